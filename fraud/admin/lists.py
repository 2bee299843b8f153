"""The merchant's lists: look at them, look what an entry would have met, add it, take it off."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from fraud.admin.people import demand, staff_user
from fraud.list_forms import FORMS, ListEntryForm
from fraud.listing import preview_entry, shown_value
from fraud.models import ListEntry
from fraud.models.lists import digest_of
from fraud.services.lists import UnableToList, add_list_entry, remove_list_entry
from store.read_only import ReadOnly
from store.staff_search import may_search

CHANGE = "fraud.change_lists"


class WhetherItRuns(admin.SimpleListFilter):
    """Entries that count now, unless asked otherwise."""

    title = "whether it counts"
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [("over", "Lapsed or taken off"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """The first choice, which the admin calls "All", shows what counts now."""
        first, *others = super().choices(changelist)
        yield {**first, "display": "Counting now"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[ListEntry]) -> QuerySet[ListEntry]:
        now = timezone.now()
        over = Q(removed_at__isnull=False) | Q(expires_at__lte=now)
        match self.value():
            case "over":
                return queryset.filter(over)
            case "all":
                return queryset
            case _:
                return queryset.exclude(over)


@admin.register(ListEntry)
class ListEntryAdmin(ReadOnly, admin.ModelAdmin[ListEntry]):
    """Who and what is listed."""

    list_display = ("what", "shown", "effect", "shown_reason", "order", "until", "author", "added_at")
    list_display_links = ("what", "shown")
    list_filter = (WhetherItRuns, "effect", "kind")
    list_select_related = ("order", "added_by")
    list_per_page = 50
    ordering = ("-added_at",)
    show_full_result_count = False
    actions = None
    fields = (
        "what",
        "shown",
        "effect",
        "shown_reason",
        "order",
        "added_by",
        "added_at",
        "until",
        "removed_by",
        "removed_at",
    )
    readonly_fields = fields
    change_form_template = "admin/fraud/listentry/entry.html"

    class Media:
        css = {"all": ["fraud/desk.css"]}

    # -- Rights --------------------------------------------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: ListEntry | None = None) -> bool:
        user = staff_user(request)
        return user.has_perm("fraud.view_listentry") or user.has_perm(CHANGE)

    def has_add_permission(self, *args: Any) -> bool:
        """Adding is looking first and then writing a new row: the right to change the lists."""
        return staff_user(args[0]).has_perm(CHANGE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or staff_user(request).has_perm(CHANGE)

    # -- Columns -------------------------------------------------------------------------------------------------------

    @admin.display(description="what", ordering="kind")
    def what(self, entry: ListEntry) -> str:
        """The kind of thing."""
        return entry.get_kind_display()

    @admin.display(description="value")
    def shown(self, entry: ListEntry) -> SafeString:
        """The value, line by line."""
        return format_html_join("", "<div>{}</div>", ((line,) for line in shown_value(entry)))

    @admin.display(description="why")
    def shown_reason(self, entry: ListEntry) -> str:
        """The reason; through a method, so that the admin offers no sorting by it."""
        return entry.reason or ""

    @admin.display(description="added by")
    def author(self, entry: ListEntry) -> str:
        """Who put it there."""
        return entry.added_by.get_full_name()

    @admin.display(description="until")
    def until(self, entry: ListEntry) -> str:
        """When it stops counting."""
        if entry.removed_at:
            return "taken off"
        return f"{timezone.localtime(entry.expires_at):%d %b %Y}" if entry.expires_at else "no end"

    # -- Adding --------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The stock pages, and taking an entry off."""
        remove = self.admin_site.admin_view(require_POST(self.remove))
        return [path("<uuid:entry_id>/remove/", remove, name="fraud_listentry_remove"), *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for one kind of value, show which past orders it would have met, then add it."""
        user = demand(request, CHANGE)
        kind = request.GET.get("kind", "")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Put on a list",
            "media": self.media,
            "kinds": [(value, label, f"?kind={value}", value == kind) for value, label in ListEntry.Kind.choices],
        }
        if kind not in FORMS:
            return TemplateResponse(request, "admin/fraud/listentry/add.html", context)
        is_post = request.method == "POST"
        initial = {"order_number": request.GET.get("order", "")[:12]}
        form = FORMS[kind](request.POST) if is_post else FORMS[kind](initial=initial)
        context |= {"form": form, "kind": kind, "title": f"Put on a list: {ListEntry.Kind(kind).label.lower()}"}
        if not is_post or not form.is_valid():
            status = 422 if is_post else 200
            return TemplateResponse(request, "admin/fraud/listentry/add.html", context, status=status)
        looked = _sign(form)
        if request.POST.get("step") == "add" and constant_time_compare(request.POST.get("looked", ""), looked):
            given = form.cleaned_data
            now = timezone.now()
            try:
                entry = add_list_entry(
                    kind=form.kind,
                    effect=ListEntry.Effect(given["effect"]),
                    value=given["value"],
                    reason=given["reason"],
                    order=given["order_number"],
                    expires_at=form.ends(now),
                    by=user,
                    now=now,
                )
            except UnableToList as error:
                form.add_error(None, str(error))
                return TemplateResponse(request, "admin/fraud/listentry/add.html", context, status=422)
            messages.success(request, "It is on the list, and counts for every order assessed from now on.")
            return HttpResponseRedirect(reverse("admin:fraud_listentry_change", args=[entry.pk]))
        if not may_search(request, what=f"orders by listed {kind}"):
            return TemplateResponse(request, "admin/fraud/listentry/add.html", context, status=429)
        context |= {"preview": preview_entry(kind=kind, value=form.cleaned_data["value"]), "looked": looked}
        return TemplateResponse(request, "admin/fraud/listentry/add.html", context)

    def remove(self, request: HttpRequest, entry_id: uuid.UUID) -> HttpResponse:
        """Take an entry off."""
        user = demand(request, CHANGE)
        try:
            remove_list_entry(entry_id=entry_id, by=user, now=timezone.now())
        except UnableToList as error:
            messages.error(request, str(error))
        except ListEntry.DoesNotExist as error:
            raise Http404 from error
        else:
            messages.success(request, "It is off the list. Orders that were assessed with it keep what was found.")
        return HttpResponseRedirect(reverse("admin:fraud_listentry_changelist"))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Offer to take a running entry off."""
        entry: ListEntry | None = kwargs.get("obj")
        context["can_remove"] = entry is not None and entry.removed_at is None and staff_user(request).has_perm(CHANGE)
        return super().render_change_form(request, context, *args, **kwargs)


def _sign(form: ListEntryForm) -> str:
    """Proof that this very value was looked at before it is added."""
    given = form.cleaned_data
    seen = f"{form.kind}|{given['effect']}|{digest_of(form.kind, given['value'])}"
    return salted_hmac("fraud.lists.looked", seen, algorithm="sha256").hexdigest()
