"""Searching as staff do: the form is posted, and leads to the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


def search(client: Client, page: str, term: str) -> Answer:
    """Type `term` into the search field of a list of the admin ("store/user"), and follow."""
    return client.post(f"/admin/{page}/search/", {"q": term}, follow=True)
