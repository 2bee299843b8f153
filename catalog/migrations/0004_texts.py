"""Search in the languages of texts: an index and a vocabulary of their own (see `catalog/text_triggers.py`)."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from catalog import text_triggers


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    text_triggers.install_texts(schema_editor.connection)
    text_triggers.read_all_texts(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_options")]

    operations = [
        migrations.CreateModel(
            name="TextWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=8)),
                ("word", models.CharField(max_length=40)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("language", "word"), name="catalog_textword_once")],
            },
        ),
        migrations.RunPython(install, migrations.RunPython.noop, elidable=False),
    ]
