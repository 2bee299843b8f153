"""The people who sign in, in the Django admin."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from store.blind_index import blind_index
from store.card_guard import GuardedModelForm
from store.models import StaffSearch, User
from store.read_only import ReadOnly
from store.staff.again import ask_again
from store.staff.deeds import DEEDS, deeds_for, do_deed
from store.staff_search import PrivateSearch


class _UniqueEmail(GuardedModelForm):
    """Refuses an e-mail that another account has; the digest that is unique isn't part of the form."""

    def clean_email(self) -> str:
        """Return the e-mail without white space around it."""
        email: str = self.cleaned_data["email"].strip()
        if User.objects.for_email(email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is an account with this e-mail address already.", code="unique")
        return email


class AddUserForm(_UniqueEmail, AdminUserCreationForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Adds an account with its first password."""

    class Meta:
        model = User
        fields = ("email", "name", "is_staff")  # what the password must be like depends on the last

    def clean(self) -> dict[str, Any]:
        """Let no one choose the password of somebody who is to work here."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("is_staff") and data.get("set_usable_password"):
            self.add_error(
                "is_staff",
                "Staff choose their own password. Disable the password here; then send them a link from their page.",
            )
        return data


class ChangeUserForm(_UniqueEmail, UserChangeForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Changes an account."""

    class Meta:
        model = User
        fields = "__all__"

    def clean_is_staff(self) -> bool:
        """Make nobody staff on a password that is too weak for staff."""
        is_staff: bool = self.cleaned_data["is_staff"]
        is_weak = self.instance.has_usable_password() and not self.instance.has_staff_password
        if is_staff and "is_staff" in self.changed_data and is_weak:
            raise forms.ValidationError(
                "Their password doesn't meet the rules for staff: at least 12 characters, with a letter and a digit. "
                "Set a new one first.",
                code="password",
            )
        return is_staff

    def clean(self) -> dict[str, Any]:
        """Take nobody's place here by a tick: the button ends sessions, links and second factor, too."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.initial.get("is_staff") and not (data.get("is_staff", True) and data.get("is_active", True)):
            raise forms.ValidationError(
                "Nothing was changed. To end the log-in of somebody who works here, use the button “Has left”: it ends "
                "their sessions, links and second factor, too.",
                code="leave",
            )
        return data


# What only an owner (a superuser) may give.
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


def _is_owner(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _is_in_reach(request: HttpRequest, user: User | None) -> bool:
    return user is None or not (user.is_staff or user.is_superuser) or _is_owner(request)


@admin.register(User)
class UserAdmin(PrivateSearch, DjangoUserAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    """Accounts. The list shows names, so it is decrypted row by row; the search takes a whole e-mail address."""

    form = ChangeUserForm
    add_form = AddUserForm
    list_display = ("__str__", "shown_email", "shown_name", "is_staff", "is_active", "date_joined")
    list_display_links = ("__str__", "shown_email")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    list_per_page = 50
    actions = None  # accounts are deleted one by one: the page of one asks who it is
    search_fields = ("email_index",)
    search_help_text = "A whole e-mail address"
    ordering = ("-date_joined",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "is_staff", "usable_password", "password1", "password2")}),)

    # -- Rights: the right to change accounts must not grow into the right to everything ----------------------------------

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only an owner touches staff: whoever sets a password can sign in with it."""
        return super().has_change_permission(request, obj) and _is_in_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only an owner deletes staff."""
        return super().has_delete_permission(request, obj) and _is_in_reach(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who is no owner gives nobody rights."""
        return self.readonly_fields if _is_owner(request) else (*self.readonly_fields, *RIGHTS)

    # -- What owners do to the log-ins of others ---------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the buttons."""
        own = [
            path(f"<uuid:pk>/{name}/", self.admin_site.admin_view(partial(do_deed, name=name)), name=f"store_user_{name}")
            for name in DEEDS
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the buttons that this owner has for this account."""
        user = kwargs.get("obj")
        if isinstance(user, User) and isinstance(request.user, User):
            buttons = [
                (reverse(f"admin:store_user_{deed.name}", args=[user.pk]), deed) for deed in deeds_for(user, by=request.user)
            ]
            context["deeds"] = buttons
        return super().render_change_form(request, context, *args, **kwargs)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's name
        """Nobody chooses the password of somebody else who works here: not even an owner would know it then."""
        user = self.get_object(request, unquote(id))
        if user is not None and user == request.user:  # who finds a session open knows no old password
            return redirect("admin:password_change")
        if user is not None and user.is_staff and self.has_change_permission(request, user):
            messages.warning(request, "Staff choose their own password: by the button below, or “I don't know my password”.")
            return redirect("admin:store_user_change", user.pk)
        return ask_again(request) or super().user_change_password(request, id, form_url)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask who gives rights, or an account to another mailbox, once more who they are."""
        asked = ask_again(request) if request.method == "POST" else None
        return asked or super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask who deletes an account once more who they are: it ends a log-in, too."""
        return ask_again(request) or super().delete_view(request, *args, **kwargs)

    @admin.display(description="e-mail")
    def shown_email(self, user: User) -> str:
        """Return the e-mail; shown through a method so that the admin can't offer to sort by it."""
        return str(user.email)

    @admin.display(description="name")
    def shown_name(self, user: User) -> str:
        """Return the name."""
        return str(user.name)

    def read_term(self, request: HttpRequest, term: str) -> tuple[str, str]:
        """Every term is an e-mail address here."""
        return "account by e-mail", blind_index("email", term)

    def find_by_digest(self, queryset: QuerySet[User], what: str, digest: str) -> QuerySet[User]:
        """Find the account of exactly this e-mail, however it is spelled."""
        return queryset.filter(email_index=digest)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Keep digests out of the address bar."""
        return "email" not in lookup and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]  # stubs want a request


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """Groups. Only owners change them: whoever else could would give themselves every right by a group of their own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only an owner."""
        return _is_owner(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Only an owner."""
        return _is_owner(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Only an owner."""
        return _is_owner(request) and super().has_delete_permission(request, obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask who gives rights once more who they are."""
        asked = ask_again(request) if request.method == "POST" else None
        return asked or super().changeform_view(request, *args, **kwargs)


@admin.register(StaffSearch)
class StaffSearchAdmin(ReadOnly, admin.ModelAdmin[StaffSearch]):
    """Who looked for people, to be read only."""

    list_display = ("at", "by", "what", "is_allowed")
    list_filter = ("is_allowed", "what")
    list_select_related = ("by",)
    ordering = ("-at",)
    show_full_result_count = False


from store.audit.admin import AuditRowAdmin  # noqa: E402, F401  # same
from store.jobs.admin import JobAdmin  # noqa: E402, F401  # found by the admin through this module
