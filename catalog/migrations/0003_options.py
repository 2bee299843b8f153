"""Lists can be narrowed by the options of variants (see `catalog/option_triggers.py`)."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from catalog import option_triggers

KINDS = [
    ("choice", "one or more of a list"),
    ("number", "a number"),
    ("flag", "yes or no"),
    ("option", "an option of the variants"),
]


def install(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    option_triggers.install_options(schema_editor.connection)
    option_triggers.answer_all_options(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_triggers")]

    operations = [
        migrations.AlterField("attribute", "kind", models.CharField(choices=KINDS, max_length=6)),
        migrations.RunPython(install, migrations.RunPython.noop, elidable=False),
    ]
