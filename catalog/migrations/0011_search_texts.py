"""What finds a word anywhere in a translated name: PostgreSQL's trigrams, which the vocabulary brought (0004)."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forwards(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX IF NOT EXISTS catalog_producttext_trigrams ON catalog_producttext "
            "USING gin (lower(name || ' ' || tagline) gin_trgm_ops)"
        )


def backwards(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS catalog_producttext_trigrams")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_texts")]

    operations = [migrations.RunPython(forwards, backwards)]
