"""`{% load language %}`: this page's address in each language, for people and for crawlers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import override

from store.language import current_language, has_page, in_language

register = template.Library()


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language, and where this page is in it."""

    code: str
    name: str
    url: str
    is_spoken: bool


@register.simple_tag(takes_context=True)
def tongues(context: template.Context) -> list[Tongue]:
    """Give each language with the address of this page in it; the home page's where there is no such page."""
    request = context.get("request")
    spoken = current_language()
    found = []
    for code, name in settings.LANGUAGES:
        with override(code):
            url = reverse("catalog:home")
        # The answer to a form has an address that need not answer a link, unless the form itself is sent there.
        is_asked = request is not None and (request.method in ("GET", "HEAD") or "language_form" in context)
        if request is not None and is_asked and request.resolver_match is not None:
            path = in_language(request.path, code)
            if has_page(path):
                query = _kept_query(request, code)
                url = f"{path}?{query}" if query else path
        found.append(Tongue(code=code, name=name, url=url, is_spoken=code == spoken))
    return found


def _kept_query(request: HttpRequest, code: str) -> str:
    """What was looked for, or where the log-in leads on to. Elsewhere a query may be a token, or a stranger's words."""
    match = request.resolver_match
    if match is None or match.app_name == "catalog":
        return request.GET.urlencode()
    wanted = request.GET.get("next", "") if match.view_name == "account:log-in" else ""
    return urlencode({"next": in_language(wanted, code)}) if has_page(wanted) else ""


@register.simple_tag(takes_context=True)
def found_at(context: template.Context, path: str = "", query: str = "") -> SafeString:
    """Write the links that tell crawlers a page's one address, and where it is in the other languages."""
    request = context["request"]
    origin, path = f"{request.scheme}://{request.get_host()}", path or request.path
    end = f"?{query}" if query else ""
    places = [(code, origin + in_language(path, code) + end) for code, _ in settings.LANGUAGES]
    others = format_html_join(
        "", '<link rel="alternate" hreflang="{}" href="{}">', [*places, ("x-default", dict(places)[settings.LANGUAGE_CODE])]
    )
    return format_html('<link rel="canonical" href="{}">{}', origin + path + end, others)


# The shop's own ways to write a day, in the letters of Django's `date`.
_WAYS = {
    "day": {"en": "j F Y", "de": "j. F Y"},
    "moment": {"en": "j F Y, H:i T", "de": r"j. F Y, H:i \U\h\r (T)"},
    "short_day": {"en": "j M", "de": "j. M"},
    "soon": {"en": "j F, H:i", "de": r"j. F, H:i \U\h\r"},
}


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """Write a day: 3 March 2026, 3. März 2026."""
    return _write(value, "day")


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """Write a day and an hour with its zone: 3 March 2026, 14:05 EST."""
    return _write(value, "moment")


@register.filter(expects_localtime=True)
def short_day(value: date | None) -> str:
    """Write a day without its year, short: 3 Mar."""
    return _write(value, "short_day")


@register.filter(expects_localtime=True)
def soon(value: datetime | None) -> str:
    """Write a day without its year and an hour: 3 March, 14:05."""
    return _write(value, "soon")


def _write(value: date | None, way: str) -> str:
    return date_format(value, _WAYS[way][current_language()], use_l10n=False) if value else ""
