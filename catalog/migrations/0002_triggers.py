"""What the database keeps true by itself: triggers, the search index, words, price history (see `catalog/triggers.py`)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from catalog import triggers

POSTGRESQL = (
    # One process for one question: what a page asks for takes a few milliseconds; to start a second process takes longer.
    "ALTER TABLE catalog_product SET (parallel_workers = 0)",
    # A word anywhere in a translated name.
    "CREATE INDEX IF NOT EXISTS catalog_producttext_trigrams ON catalog_producttext "
    "USING gin (lower(name || ' ' || tagline) gin_trgm_ops)",
)


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    triggers.install(connection)
    triggers.install_words(connection)
    triggers.install_history(connection)
    triggers.install_addresses(connection)
    if connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_first_release")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop, elidable=False)]
