"""Looking people up is work for staff; copying the customer list is not: each search is written down, too many must wait.

What is looked for never stands in an address, where a proxy's log and the browser's history would keep it: the search form
posts it, and the list that follows is named by a handle. Behind that is a digest, for one member of staff, for a while.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from store.auth import in_words
from store.blind_index import Digest, all_digests
from store.card_numbers import has_card_number
from store.models import StaffLookup, StaffSearch, User
from store.throttle import STAFF_SEARCH, take_try

# How long the pages of one search can be leafed through.
KEPT: Final = timedelta(minutes=15)
# The handle of a search that was refused: an empty list, not all there is.
_NOTHING: Final = f"found-{'0' * 32}"
_HANDLE: Final = re.compile(r"found-[\w-]{32}")


def may_search(request: HttpRequest, *, what: str) -> bool:
    """Write down that this member of staff looks for `what` (never the value), and say whether they may now.

    A refusal tells them how long to wait. Call it before any look-up through a blind index on a staff page.
    """
    if not isinstance(request.user, User):
        return False
    now = timezone.now()
    wait = take_try(STAFF_SEARCH, str(request.user.pk), now=now)
    StaffSearch.objects.create(by=request.user, what=what, at=now, is_allowed=not wait)
    if wait:
        messages.warning(request, f"Those were many searches. Please wait {in_words(wait)} and search again.")
    return not wait


class UnableToSearch(Exception):
    """Not everybody may look for that. `str(error)` says for what this member of staff may."""


class PrivateSearch:
    """For a `ModelAdmin` whose search box takes what is personal. Its template: `admin/_private_search.html`.

    The two methods with `NotImplementedError` say what a term is, and how it is found.
    """

    def read_term(self, request: HttpRequest, term: str) -> tuple[str, str]:
        """Return what a term is ("e-mail") and its digest; "" as the first for what may stand in an address.

        Raises `UnableToSearch` if this member of staff may not look for it.
        """
        raise NotImplementedError

    def find_by_digest(self, queryset: models.QuerySet[Any], what: str, digest: str) -> models.QuerySet[Any]:
        """Return the rows that have this digest."""
        raise NotImplementedError

    def find_public(self, queryset: models.QuerySet[Any], term: str) -> models.QuerySet[Any]:
        """Return the rows found by what isn't personal."""
        del term
        return queryset.none()

    def get_urls(self) -> list[URLPattern]:
        """Add the address to which the search form posts."""
        options = self.opts  # type: ignore[attr-defined]  # a ModelAdmin's, as below
        view = self.admin_site.admin_view(require_POST(sensitive_post_parameters("q")(self.search)))  # type: ignore[attr-defined]
        own = path("search/", view, name=f"{options.app_label}_{options.model_name}_search")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def search(self, request: HttpRequest) -> HttpResponse:
        """Take a term, and lead to the list of what it finds."""
        user = request.user
        if not self.has_view_or_change_permission(request) or not isinstance(user, User):  # type: ignore[attr-defined]
            raise PermissionDenied
        term = request.POST.get(SEARCH_VAR, "").strip()
        kept = {
            name: str(value) for name, value in request.POST.items() if name not in (SEARCH_VAR, "p", "csrfmiddlewaretoken")
        }
        if term:
            kept[SEARCH_VAR] = _NOTHING
        if has_card_number(term):
            messages.warning(request, "That looks like a card number. Nothing was searched or kept.")
        elif term:
            try:
                what, digest = self.read_term(request, term)
            except UnableToSearch as error:
                messages.warning(request, str(error))
            else:
                if not what:
                    kept[SEARCH_VAR] = term
                elif may_search(request, what=what):
                    kept[SEARCH_VAR] = _keep(user, what=what, digest=digest)
        options = self.opts  # type: ignore[attr-defined]
        back = redirect(f"admin:{options.app_label}_{options.model_name}_changelist")
        back["Location"] += f"?{urlencode(kept)}" if kept else ""
        return back

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Refuse what is personal in an address, kindly, and show an address without it."""
        term = request.GET.get(SEARCH_VAR, "").strip()
        if term and not _HANDLE.fullmatch(term) and self._is_personal(request, term):
            messages.warning(
                request,
                "Nothing was searched: what names a person must not stand in the address, where logs keep it. Please type "
                "it into the search field.",
            )
            return redirect(f"{request.path}?{urlencode({SEARCH_VAR: _NOTHING})}")
        return super().changelist_view(request, extra_context)  # type: ignore[misc,no-any-return]

    def _is_personal(self, request: HttpRequest, term: str) -> bool:
        try:
            return bool(self.read_term(request, term)[0])
        except UnableToSearch:
            return True

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Find what a handle stands for, or what isn't personal."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if not _HANDLE.fullmatch(term):
            return self.find_public(queryset, term), False
        lookup = _find(request, term)
        if term == _NOTHING:
            return queryset.none(), False
        if lookup is None:
            messages.warning(request, "This search is over. Please search again.")
            return queryset.none(), False
        digests = lookup.digests.split()
        # A term with nothing in it has no digest, and rows without one must not be found by it.
        return (self.find_by_digest(queryset, lookup.what, Digest(digests)) if digests else queryset.none()), False


def _keep(user: User, *, what: str, digest: str) -> str:
    """Keep a search for a while; return its handle."""
    now = timezone.now()
    StaffLookup.objects.filter(made_at__lt=now - KEPT).delete()
    handle = f"found-{secrets.token_urlsafe(24)}"
    StaffLookup.objects.create(
        key=_hash(handle), by=user, what=what, digests=" ".join(one for one in all_digests(digest) if one), made_at=now
    )
    return handle


def _find(request: HttpRequest, handle: str) -> StaffLookup | None:
    """Return a search that this member of staff made lately."""
    if not isinstance(request.user, User):
        return None
    fresh = StaffLookup.objects.filter(by=request.user, made_at__gte=timezone.now() - KEPT)
    return fresh.filter(key=_hash(handle)).first()


def _hash(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()
