"""The roles: groups that a merchant may change later; this writes them once. An owner is a superuser."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ROLES = {
    "Reviewers": {"fraud.calltask": "view_call_queue work_call_queue release_small_call release_call cancel_call"},
    "Senior reviewers": {
        "fraud.calltask": "view_call_queue work_call_queue release_small_call release_call cancel_call reveal_customer",
        "fraud.call": "view_call",
        "fraud.decision": "view_decision",
        "fraud.assessment": "view_assessment",
        "fraud.finding": "view_finding",
        "fraud.listentry": "view_listentry change_lists",
        "fraud.policy": "view_policy view_scorecard",
        "fraud.figures": "view_figures",
        "fraud.backtest": "view_backtest run_backtest",
        "fraud.evidencepack": "take_evidence",
        "checkout.order": "view_order lift_freeze renew_authorisation",
        "checkout.orderaddress": "view_orderaddress",
        "checkout.alert": "view_alert change_alert",
    },
    "Orders": {
        "fraud.calltask": "reveal_customer",
        "checkout.order": "view_order ship_order cancel_order refund_order renew_authorisation",
        "checkout.orderaddress": "view_orderaddress",
        "checkout.payment": "view_payment",
        "checkout.return": "view_return handle_return",
        "checkout.mail": "view_mail",
        "checkout.alert": "view_alert change_alert",
    },
    "Catalogue": {
        "catalog.category": "view_category add_category change_category",
        "catalog.product": "view_product add_product change_product",
        "catalog.variant": "view_variant add_variant change_variant",
        "catalog.picture": "view_picture add_picture change_picture delete_picture",
        "catalog.stockmove": "view_stockmove",
        "catalog.attribute": "view_attribute add_attribute change_attribute delete_attribute",
        "catalog.attributechoice": "view_attributechoice add_attributechoice change_attributechoice delete_attributechoice",
        "catalog.productattribute": "view_productattribute add_productattribute change_productattribute delete_productattribute",
        "catalog.pricechange": "view_pricechange add_pricechange change_pricechange",
        "catalog.pricerow": "view_pricerow",
        "catalog.missedsearch": "view_missedsearch",
        "checkout.review": "view_review moderate_review",
    },
    "Integrations": {
        "fraud.webhookendpoint": "view_webhookendpoint add_webhookendpoint change_webhookendpoint",
        "fraud.outgoingmessage": "view_outgoingmessage",
        "fraud.figures": "view_figures export_decisions",
    },
}


def write_roles(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Django writes content types and permissions only after all migrations, so those that the groups need come from here.
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for name, rights in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for label, codes in rights.items():
            app, model = label.split(".")
            meta = apps.get_model(app, model)._meta
            content_type, _ = content_types.get_or_create(app_label=app, model=model)
            for code in codes.split():
                words = dict(meta.permissions).get(code, f"Can {code.partition('_')[0]} {meta.verbose_name}")
                group.permissions.add(
                    permissions.get_or_create(content_type=content_type, codename=code, defaults={"name": words})[0]
                )


class Migration(migrations.Migration):
    replaces = [("fraud", name) for name in ("0002_reviewers", "0010_roles", "0012_more_roles", "0014_catalogue_rights")]

    dependencies = [
        ("fraud", "0001_first_release"),
        ("checkout", "0001_first_release"),
        ("catalog", "0002_triggers"),
        ("store", "0001_first_release"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
