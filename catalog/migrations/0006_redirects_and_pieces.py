"""Redirects by that name; pieces of words in texts are found faster (see `catalog/text_triggers.py`)."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from catalog import text_triggers


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    text_triggers.install_texts(schema_editor.connection)
    text_triggers.read_all_texts(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_tax_class")]

    operations = [
        migrations.AlterModelOptions(
            "oldaddress", options={"verbose_name": "redirect", "verbose_name_plural": "redirects"}
        ),
        migrations.AlterField(
            "oldaddress", "path", models.CharField(max_length=250, unique=True, verbose_name="old address")
        ),
        migrations.RunPython(install, migrations.RunPython.noop, elidable=False),
    ]
