"""What the hosted pages of both companies need: the policy that lets a form lead back to the shop, and countries."""

import functools
import re
from urllib.parse import urlsplit

from babel import Locale
from django.conf import settings
from django.http import HttpResponse
from django.utils.csp import CSP

NOT_COUNTRIES = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}


@functools.cache
def countries() -> list[tuple[str, str]]:
    """ISO codes and English names, by name."""
    names = Locale("en").territories
    codes = [str(code) for code in names if re.fullmatch("[A-Z]{2}", str(code)) and code not in NOT_COUNTRIES]
    return [("", "Choose a country"), *sorted(((code, str(names[code])) for code in codes), key=lambda pair: pair[1])]


def locked(response: HttpResponse, *ways_back: str | None) -> HttpResponse:
    """The strict policy, plus the shop's own origin: browsers apply form-action to the redirect after paying too."""
    origins = {f"{parts.scheme}://{parts.netloc}" for url in ways_back if url and (parts := urlsplit(url))}
    policy = {**settings.SECURE_CSP, "form-action": [CSP.SELF, *sorted(origins)]}
    response._csp_config = policy  # type: ignore[attr-defined]  # noqa: SLF001  # what csp_override sets, per response
    return response


def see_other(response: HttpResponse) -> HttpResponse:
    """Make a redirect one that always leads to a GET."""
    response.status_code = 303
    return response
