"""Give those who look after the catalogue rights to what it has got since: attributes, planned prices, searches in vain."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RIGHTS = {
    "attribute": "view add change delete",
    "attributechoice": "view add change delete",
    "productattribute": "view add change delete",
    "pricechange": "view add change",
    "pricerow": "view",
    "missedsearch": "view",
}


def give_rights(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    group = apps.get_model("auth", "Group").objects.filter(name="Catalogue").first()
    if group is None:  # the merchant has other groups
        return
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for model, codes in RIGHTS.items():
        name = apps.get_model("catalog", model)._meta.verbose_name
        content_type, _ = content_types.get_or_create(app_label="catalog", model=model)
        for code in codes.split():
            permission, _ = permissions.get_or_create(
                content_type=content_type, codename=f"{code}_{model}", defaults={"name": f"Can {code} {name}"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("fraud", "0013_prune_messages"),
        ("catalog", "0007_waits_and_wishes"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
