"""The group of those who ring. A merchant may change it later; this writes it once."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RIGHTS = {
    "work_call_queue": "Can see the call queue and record calls",
    "release_call": "Can release orders after a call",
    "cancel_call": "Can cancel orders after a call",
}


def write_group(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Django writes content types and permissions only after all migrations, so the three that the group needs come from here.
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="fraud", model="calltask")
    permissions = apps.get_model("auth", "Permission").objects
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Reviewers")
    group.permissions.add(
        *(permissions.get_or_create(content_type=content_type, codename=code, defaults={"name": name})[0] for code, name in RIGHTS.items())
    )


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(write_group, migrations.RunPython.noop)]
