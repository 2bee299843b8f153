"""The admin's menu: by what somebody comes to do, not by which app keeps the table."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse

# What is done every day comes first. A table that is not listed here stands under "More", so that none can be lost.
MENU: Final[dict[str, tuple[str, ...]]] = {
    "Today": (
        "fraud.CallTask",
        "checkout.Order",
        "checkout.Return",
        "checkout.Withdrawal",
        "checkout.Review",
        "checkout.Alert",
    ),
    "Goods": (
        "catalog.Product",
        "catalog.Variant",
        "catalog.Category",
        "catalog.Attribute",
        "catalog.PriceChange",
        "catalog.PriceRow",
        "catalog.StockMove",
        "catalog.MissedSearch",
        "catalog.Phrase",
        "catalog.PictureText",
        "catalog.OldAddress",
    ),
    "Money and delivery": (
        "checkout.Payment",
        "checkout.Difference",
        "checkout.Coupon",
        "checkout.DeliveryMethod",
        "checkout.DeliveryZone",
        "checkout.TaxRate",
    ),
    "Fraud": (
        "fraud.Figures",
        "fraud.Policy",
        "fraud.ListEntry",
        "fraud.DeskRules",
        "fraud.Backtest",
        "fraud.EvidencePack",
        "fraud.Assessment",
        "fraud.Finding",
        "fraud.Call",
        "fraud.Decision",
    ),
    "Shop and people": (
        "store.User",
        "auth.Group",
        "checkout.ShopTerms",
        "store.AuditRow",
        "store.StaffSearch",
    ),
    "Machine room": (
        "checkout.Mail",
        "store.Job",
        "checkout.GatewayEventRecord",
        "fraud.WebhookEndpoint",
        "fraud.OutgoingMessage",
    ),
}
_PLACES: Final = {
    name.lower(): (group, place) for group, (_title, names) in enumerate(MENU.items()) for place, name in enumerate(names)
}


class StaffSite(AdminSite):
    """Django's admin with the shop's menu."""

    def password_change(  # type: ignore[override]  # the stubs say TemplateResponse, and Django's own view redirects, too
        self,
        request: HttpRequest,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002 - Django gives it
    ) -> HttpResponse:
        """Show the shop's own page: Django's lets the old password be guessed at any speed."""
        from store.staff.views import change_password  # noqa: PLC0415 - models exist only now

        return change_password(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The tables that somebody may see, as MENU has them; those of one app as Django has them."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        titles = [*MENU, "More"]
        groups: list[list[tuple[int, Any]]] = [[] for _title in titles]
        for app in apps:
            for model in app["models"]:
                group, place = _PLACES.get(
                    f"{app['app_label']}.{model['object_name']}".lower(), (len(MENU), len(groups[-1]))
                )
                groups[group].append((place, model))
        return [
            {
                "name": title,
                "app_label": f"menu-{number}",
                "app_url": models[0][1]["admin_url"],
                "has_module_perms": True,
                "models": [model for _place, model in sorted(models, key=lambda pair: pair[0])],
            }
            for number, (title, models) in enumerate(zip(titles, groups, strict=True))
            if models
        ]


class StaffAdminConfig(AdminConfig):
    """Django's admin app, with our site."""

    default_site = "config.menu.StaffSite"
