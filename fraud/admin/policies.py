"""The versions of the policy: read, compared, drafted, activated; and what a version says of an order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from checkout.models import Order
from fraud.admin.backtests import RUN as TRY
from fraud.admin.backtests import VIEW as VIEW_TRIES
from fraud.admin.people import demand, staff_user
from fraud.admin.policy_texts import paste_policy, policy_text
from fraud.admin.scorecard import SCORES, scorecard_csv, scorecard_page
from fraud.answers import UnableToAnswer, answers
from fraud.models import Policy
from fraud.policy_changes import changes_between
from fraud.policy_forms import PolicyForm
from fraud.recent import Recent, count_recent, recent_in_words
from fraud.services.assess import current_policy
from fraud.services.policies import UnableToChangePolicy, activate_policy, discard_draft, save_draft, start_draft
from store.audit import record
from store.card_guard import GuardedForm
from store.read_only import ReadOnly
from store.staff.again import ask_again
from store.staff.looking import REVEAL

CHANGE, VIEW, READ_REASONS = "fraud.change_policy", "fraud.view_policy", "fraud.view_finding"


class ActivateForm(forms.Form):
    """Proof of what was seen: the version that the draft takes the place of."""

    instead_of = forms.IntegerField(widget=forms.HiddenInput)


class TestOrderForm(GuardedForm):
    """Which order, which version, which facts."""

    order_number = forms.CharField(
        label="Order number",
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "R-1234-5678"}),
    )
    version = forms.TypedChoiceField(label="Version of the policy", coerce=int)
    facts = forms.ChoiceField(
        label="Facts", choices=[("now", "As they are now"), ("kept", "As the last assessment found them")], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = Policy.objects.order_by("-version").only("version", "is_active", "activated_at")[:200]
        choices = [(policy.version, f"{policy.version} ({_state(policy)})") for policy in versions]
        self.fields["version"].choices = choices  # type: ignore[attr-defined]  # a choice field


def _state(policy: Policy) -> str:
    if policy.is_active:
        return "active"
    return "draft" if policy.is_draft else "was active"


@admin.register(Policy)
class PolicyAdmin(ReadOnly, admin.ModelAdmin[Policy]):
    """The versions of the policy."""

    list_display = ("name", "state", "threshold", "note", "written_by", "created_at", "activated_at")
    list_display_links = ("name",)
    list_select_related = ("created_by",)
    ordering = ("-version",)
    actions = None
    change_list_template = "admin/fraud/policy/change_list.html"

    class Media:
        css = {"all": ["fraud/desk.css", "store/chart.css"]}

    @admin.display(description="version", ordering="version")
    def name(self, policy: Policy) -> str:
        """The number."""
        return f"Version {policy.version}"

    @admin.display(description="state")
    def state(self, policy: Policy) -> str:
        """Active, draft, or a thing of the past."""
        return _state(policy)

    @admin.display(description="written by")
    def written_by(self, policy: Policy) -> str:
        """Who wrote it; the first version came with the shop."""
        return policy.created_by.get_full_name() if policy.created_by else "the shop"

    # -- Rights --------------------------------------------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        user = staff_user(request)
        return user.has_perm(VIEW) or user.has_perm(CHANGE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or staff_user(request).has_perm(CHANGE)

    # -- Pages ---------------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """The list, the page of a version, and one address for each button."""

        def view(function: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
            return self.admin_site.admin_view(function)

        return [
            path("test/", view(require_GET(self.test)), name="fraud_policy_test"),
            path("scorecard/", view(require_GET(partial(scorecard_page, self))), name="fraud_policy_scorecard"),
            path("scorecard.csv", view(require_safe(partial(scorecard_csv, self))), name="fraud_policy_scorecard_csv"),
            path("paste/", view(partial(paste_policy, self)), name="fraud_policy_paste"),
            path("<int:policy_id>/text/", view(require_safe(partial(policy_text, self))), name="fraud_policy_text"),
            path("<int:policy_id>/count/", view(require_POST(self.count)), name="fraud_policy_count"),
            path("draft/", view(require_POST(self.draft)), name="fraud_policy_draft"),
            path("<int:policy_id>/activate/", view(require_POST(self.activate)), name="fraud_policy_activate"),
            path("<int:policy_id>/discard/", view(require_POST(self.discard)), name="fraud_policy_discard"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the versions; offer what this person may do."""
        if self.has_view_permission(request):
            current_policy(now=timezone.now())  # there is one from the first look on
        user = staff_user(request)
        context = {
            "title": "Policies",
            "may_change": user.has_perm(CHANGE),
            "may_test": user.has_perm(READ_REASONS),
            "may_see_tries": user.has_perm(VIEW_TRIES),
            "may_see_scores": user.has_perm(SCORES),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a version and what it changes; a draft to whoever may change it, as a form."""
        user = staff_user(request)
        if not self.has_view_permission(request):
            demand(request, VIEW)
        policy = self._policy(object_id)
        may_edit = policy.is_draft and user.has_perm(CHANGE)
        form: PolicyForm | None = None
        status = 200
        if request.method == "POST":
            demand(request, CHANGE)
            if not policy.is_draft:
                raise PermissionDenied  # a version that was ever active is a record
            form = PolicyForm(request.POST, policy=policy.values, note=policy.note)
            if request.POST.get("step") == "count" and form.is_valid():
                return self._page(request, policy, form, recent=self._count(policy, form))
            if form.is_valid() and self._save(request, policy, form):
                return HttpResponseRedirect(request.path)
            status = 422
        elif may_edit:
            form = PolicyForm(policy=policy.values, note=policy.note)
        return self._page(request, policy, form, status=status)

    def count(self, request: HttpRequest, policy_id: int) -> HttpResponse:
        """Say what the form as it is typed would have done with the last orders; nothing is saved."""
        demand(request, CHANGE)
        policy = self._policy(policy_id)
        form = PolicyForm(request.POST, policy=policy.values, note=policy.note)
        if not form.is_valid():
            return JsonResponse({"said": f"Not counted. {form.errors_in_words[0]}", "around": "", "hits": {}}, status=422)
        recent = self._count(policy, form)
        said, around = recent_in_words(recent)
        return JsonResponse({"said": said, "around": around, "hits": form.hits})

    def _count(self, policy: Policy, form: PolicyForm) -> Recent:
        recent = count_recent(tried=form.values(policy.version), active=current_policy(now=timezone.now()).values)
        form.hits = form.hits_in_words(recent)
        return recent

    def _save(self, request: HttpRequest, policy: Policy, form: PolicyForm) -> bool:
        try:
            save_draft(policy_id=policy.pk, values=form.values(policy.version), note=form.cleaned_data["note"])
        except UnableToChangePolicy as error:
            form.add_error(None, str(error))
            return False
        messages.success(request, "The draft is saved. It judges nothing until it is activated.")
        return True

    def _page(
        self,
        request: HttpRequest,
        policy: Policy,
        form: PolicyForm | None,
        *,
        recent: Recent | None = None,
        status: int = 200,
    ) -> HttpResponse:
        active = current_policy(now=timezone.now())
        other = self._other(request, policy, active)
        changes = changes_between(other.values, policy.values) if other else ()
        shown = form or PolicyForm(policy=policy.values)
        shown.changed = frozenset(change.rule for change in changes)
        counted, around = recent_in_words(recent) if recent else ("", "")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": f"Policy version {policy.version}",
            "counted": counted,
            "around": around,
            "policy": policy,
            "state": _state(policy),
            "form": form,
            "groups": list(shown.groups()),
            "other": other,
            "changes": changes,
            "active": active,
            "versions": Policy.objects.exclude(pk=policy.pk)
            .order_by("-version")
            .only("version", "is_active", "activated_at")[:50],
            "activate_form": ActivateForm(initial={"instead_of": active.version}),
            "may_change": staff_user(request).has_perm(CHANGE),
            "may_test": staff_user(request).has_perm(READ_REASONS),
            "may_try": staff_user(request).has_perms((VIEW_TRIES, TRY)),
        }
        return TemplateResponse(request, "admin/fraud/policy/version.html", context, status=status)

    def _other(self, request: HttpRequest, policy: Policy, active: Policy) -> Policy | None:
        """The version to compare with: the one asked for, the active one for a draft, the one before otherwise."""
        asked = request.GET.get("with", "")
        if asked.isascii() and asked.isdigit() and len(asked) < 9:
            return Policy.objects.filter(version=int(asked)).first()
        if policy.is_draft:
            return active
        return Policy.objects.filter(version__lt=policy.version, activated_at__isnull=False).order_by("-version").first()

    def _policy(self, object_id: object) -> Policy:
        text = str(object_id)
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            raise Http404
        policy = Policy.objects.select_related("created_by", "activated_by").filter(pk=int(text)).first()
        if policy is None:
            raise Http404
        return policy

    # -- Buttons -------------------------------------------------------------------------------------------------------

    def draft(self, request: HttpRequest) -> HttpResponse:
        """Start a draft from the active version."""
        user = demand(request, CHANGE)
        try:
            draft = start_draft(by=user, now=timezone.now())
        except UnableToChangePolicy as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:fraud_policy_changelist"))
        return HttpResponseRedirect(reverse("admin:fraud_policy_change", args=[draft.pk]))

    def activate(self, request: HttpRequest, policy_id: int) -> HttpResponse:
        """Let a draft judge from now on."""
        user = demand(request, CHANGE)
        if asked := ask_again(request):
            return asked
        form = ActivateForm(request.POST)
        seen = form.cleaned_data["instead_of"] if form.is_valid() else 0  # there is no version 0
        try:
            policy = activate_policy(policy_id=policy_id, instead_of=seen, by=user, now=timezone.now())
        except UnableToChangePolicy as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Version {policy.version} judges from now on. Past assessments keep their version.")
        self._policy(policy_id)
        return HttpResponseRedirect(reverse("admin:fraud_policy_change", args=[policy_id]))

    def discard(self, request: HttpRequest, policy_id: int) -> HttpResponse:
        """Throw a draft away."""
        demand(request, CHANGE)
        try:
            discard_draft(policy_id=policy_id)
        except UnableToChangePolicy as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "The draft is gone.")
        return HttpResponseRedirect(reverse("admin:fraud_policy_changelist"))

    # -- Test this order -----------------------------------------------------------------------------------------------

    def test(self, request: HttpRequest) -> HttpResponse:
        """Say what any version thinks of any order, without a trace."""
        demand(request, READ_REASONS)
        now = timezone.now()
        active = current_policy(now=now)
        asked = "order_number" in request.GET
        form = TestOrderForm(request.GET if asked else None, initial={"version": active.version, "facts": "now"})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": "Test an order",
            "form": form,
        }
        status = 200
        if asked and form.is_valid():
            given = form.cleaned_data
            order = Order.objects.filter(number=given["order_number"].strip().upper()).first()
            if order is None:
                form.add_error("order_number", "There is no order with this number.")
            else:
                user = demand(request, REVEAL)
                if shown_first := ask_again(request):
                    return shown_first
                why = f"Tested by version {given['version']}"
                record(actor=user, action="order.test", object=order, fields=["findings"], why=why, request=request)
                policy = Policy.objects.get(version=given["version"])
                try:
                    found = answers(order=order, policy=policy.values, now=now, kept=given["facts"] == "kept")
                    context |= {"order": order, "policy": policy, "answers": found}
                except UnableToAnswer as error:
                    form.add_error("facts", str(error))
        if asked and form.errors:
            status = 422
        return TemplateResponse(request, "admin/fraud/policy/test.html", context, status=status)
