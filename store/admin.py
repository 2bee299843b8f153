"""The people who sign in, in the Django admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest

from store.blind_index import blind_index
from store.card_guard import GuardedModelForm
from store.models import StaffSearch, User
from store.read_only import ReadOnly
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


class ChangeUserForm(_UniqueEmail, UserChangeForm):  # type: ignore[type-arg]  # generic only in the stubs
    """Changes an account."""

    class Meta:
        model = User
        fields = "__all__"

    def clean_is_staff(self) -> bool:
        """Make nobody staff on a password that is too weak for staff."""
        is_staff: bool = self.cleaned_data["is_staff"]
        if is_staff and "is_staff" in self.changed_data and not self.instance.has_staff_password:
            raise forms.ValidationError(
                "Their password doesn't meet the rules for staff: at least 12 characters, with a letter and a digit. "
                "Set a new one first.",
                code="password",
            )
        return is_staff


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
        """Only an owner deletes staff, one by one or many at once (the admin asks about each)."""
        return super().has_delete_permission(request, obj) and _is_in_reach(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who is no owner gives nobody rights."""
        return self.readonly_fields if _is_owner(request) else (*self.readonly_fields, *RIGHTS)

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


@admin.register(StaffSearch)
class StaffSearchAdmin(ReadOnly, admin.ModelAdmin[StaffSearch]):
    """Who looked for people, to be read only."""

    list_display = ("at", "by", "what", "is_allowed")
    list_filter = ("is_allowed", "what")
    list_select_related = ("by",)
    ordering = ("-at",)
    show_full_result_count = False


from store.jobs.admin import JobAdmin  # noqa: E402, F401  # found by the admin through this module
