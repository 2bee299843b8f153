"""Who could read customers may look at one, by the desk's right; and a role for whoever connects other systems."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

INTEGRATIONS = {
    "fraud.webhookendpoint": "view_webhookendpoint add_webhookendpoint change_webhookendpoint",
    "fraud.outgoingmessage": "view_outgoingmessage",
    "fraud.figures": "view_figures export_decisions",
}


def write_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    groups, permissions = apps.get_model("auth", "Group").objects, apps.get_model("auth", "Permission").objects
    content_types = apps.get_model("contenttypes", "ContentType").objects

    def right(label: str, code: str) -> object:
        # Django writes content types and permissions only after all migrations.
        app, model = label.split(".")
        meta = apps.get_model(app, model)._meta
        words = dict(meta.permissions).get(code, f"Can {code.partition('_')[0]} {meta.verbose_name}")
        content_type, _ = content_types.get_or_create(app_label=app, model=model)
        return permissions.get_or_create(content_type=content_type, codename=code, defaults={"name": words})[0]

    reveal, addresses = right("fraud.calltask", "reveal_customer"), right("checkout.orderaddress", "view_orderaddress")
    for group in groups.filter(permissions=addresses):
        group.permissions.add(reveal)
    for user in apps.get_model("store", "User").objects.filter(user_permissions=addresses):
        user.user_permissions.add(reveal)
    group, _ = groups.get_or_create(name="Integrations")
    group.permissions.add(*(right(label, code) for label, codes in INTEGRATIONS.items() for code in codes.split()))


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0011_outgoing"),
        ("checkout", "0022_terms_and_delivery_proof"),
        ("store", "0013_passkeys"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
