"""One process for one question about products, on PostgreSQL.

What a page asks for takes a few milliseconds; to start a second process takes longer, most of all on a busy machine.
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forwards(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE catalog_product SET (parallel_workers = 0)")


def backwards(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE catalog_product RESET (parallel_workers)")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_wait_language")]

    operations = [migrations.RunPython(forwards, backwards)]
