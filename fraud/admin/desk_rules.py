"""The rules of the desk: the version in force, those before it, and a form for a new one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from fraud import services
from fraud.admin.people import demand, staff_user
from fraud.forms import DeskRulesForm
from fraud.models import DeskRules
from store.audit import record as write_audit
from store.money import Money, decimals
from store.read_only import ReadOnly

SEE, CHANGE = "fraud.view_policy", "fraud.change_policy"
# So many versions are shown; all are kept.
SHOWN = 20


@admin.register(DeskRules)
class DeskRulesAdmin(ReadOnly, admin.ModelAdmin[DeskRules]):
    """One page: what is in force, and how it came to be."""

    class Media:
        css = {"all": ["fraud/desk.css"]}

    def has_view_permission(self, request: HttpRequest, obj: DeskRules | None = None) -> bool:
        user = staff_user(request)
        return user.has_perm(SEE) or user.has_perm(CHANGE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """The page, and the address that takes a new version."""
        view = self.admin_site.admin_view(require_POST(self.change))
        return [path("new/", view, name="fraud_deskrules_new"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the rules."""
        if not self.has_view_permission(request):
            demand(request, SEE)
        return self._page(request, None)

    def change(self, request: HttpRequest) -> HttpResponse:
        """Put a new version into force."""
        user = demand(request, CHANGE)
        form = DeskRulesForm(request.POST)
        if not form.is_valid():
            return self._page(request, form)
        given = form.cleaned_data
        new = services.NewRules(
            tries=given["tries"],
            days=given["days"],
            grace_hours=given["grace_hours"],
            when_unreached=given["when_unreached"],
            release_limit=form.minor("release_limit") or 0,
            second_above=form.minor("second_above"),
            note=given["note"],
        )
        try:
            rules = services.change_desk_rules(new=new, by=user, now=timezone.now())
        except services.UnableToChangeDeskRules as error:
            form.add_error(None, str(error))
            return self._page(request, form)
        write_audit(actor=user, action="desk_rules.change", object=rules, fields=form.changed_data, request=request)
        messages.success(request, "The new rules are in force.")
        return HttpResponseRedirect(reverse("admin:fraud_deskrules_changelist"))

    def _page(self, request: HttpRequest, form: DeskRulesForm | None) -> HttpResponse:
        rules = services.current_desk_rules(now=timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Desk rules",
            "media": self.media,
            "form": form or DeskRulesForm(initial=_initial(rules)),
            "may_change": staff_user(request).has_perm(CHANGE),
            "currency": settings.SHOP_CURRENCY,
            "versions": [
                {
                    "rules": each,
                    "limit": Money(each.release_limit, each.currency),
                    "second": None if each.second_above is None else Money(each.second_above, each.currency),
                }
                for each in DeskRules.objects.newest_first().select_related("created_by")[:SHOWN]
            ],
        }
        return TemplateResponse(request, "admin/fraud/deskrules/page.html", context, status=422 if form else 200)


def _initial(rules: DeskRules) -> dict[str, Any]:
    """The rules as the form shows them: amounts as people type them."""
    places = decimals(rules.currency)

    def shown(minor: int | None) -> str:
        if minor is None:
            return ""
        return f"{minor // 10**places}.{minor % 10**places:0{places}d}" if places else str(minor)

    return {
        "tries": rules.tries,
        "days": rules.days,
        "grace_hours": rules.grace_hours,
        "when_unreached": rules.when_unreached,
        "release_limit": shown(rules.release_limit),
        "second_above": shown(rules.second_above),
    }
