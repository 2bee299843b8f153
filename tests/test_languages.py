"""English and German: the address says which. What shoppers see is translated whole, and what is compiled is current."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Category
from catalog.selectors import forget_category_tree
from store.language import has_page, in_language, speaking
from store.money import format_money
from store.translations import as_mo, as_po, po_path, read, renew, translated
from tests.factories.catalog import CategoryFactory
from tests.processes import ROOT

# Folders and files of templates that hold no text outside of translate tags.
FINISHED = [
    "base.html",
    "catalog",
    "checkout",
    "components",
    "django",
    *(f"{number}.html" for number in (400, 403, 404, 500, 503)),
    "403_csrf.html",
    "card_number.html",
    "maintenance.html",
    "account/mails",
    "mails",
    *(f"account/{name}.html" for name in ("_mailbox", "_page", "account", "bad_link", "claim", "data", "erased", "log_in")),
    *(f"account/{name}.html" for name in ("password", "reset", "reset_new", "reset_sent", "sign_up", "sign_up_confirm")),
    "account/sign_up_sent.html",
]
# What only staff see.
FOR_STAFF = {"components/chart.html"}
SETS = [(name, code) for name in settings.LOCALE_SETS for code, _ in settings.LANGUAGES[1:]]
# Words that are the same everywhere.
TEMPLATES = ROOT / "templates"
SAME = {"Ringback", "· Ringback", "E-Mail", "RSS", "(PDF)"}
_QUIET = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|<!--.*?-->|{%\s*blocktranslate.*?endblocktranslate\s*%}|<(script|style)\b.*?</\1>",
    re.DOTALL,
)
_SHOWN = re.compile(r"""\b(?:title|alt|placeholder|aria-label|content|label|summary)=("[^"<>]*"|'[^'<>]*')""")


def words_outside(text: str, *, is_page: bool) -> list[str]:
    """What a template would show in one language only. Arguments of `include` count, tags do not."""
    text = _QUIET.sub(" ", text)
    given = [
        words
        for tag in re.findall(r"{%\s*include(.*?)%}", text)
        for words in re.findall(r'\b(?!size|id|name)\w+="([^"]* [^"]*)"', tag)
    ]
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.DOTALL)
    if is_page:
        shown = [
            match[1:-1]
            for match in _SHOWN.findall(
                re.sub(
                    r"<meta name=\"(?:robots|viewport|theme-color|referrer|(?:supported-)?color-schemes?)\"[^>]*>|<meta property[^>]*>",
                    "",
                    text,
                )
            )
        ]
        text = re.sub(r"<[^>]*>", " \0 ", text)
    else:
        shown = []
    pieces = [piece.strip() for piece in [*given, *shown, *text.split("\0")]]
    return [piece for piece in pieces if re.search(r"[^\W\d_]{2}", re.sub(r"&\w+;", "", piece)) and piece not in SAME]


def test_finished_templates_hold_no_text_in_one_language_only() -> None:
    paths = [
        path
        for place in FINISHED
        for path in ([TEMPLATES / place] if "." in place else sorted((TEMPLATES / place).rglob("*.*")))
    ]
    found = {
        name: words
        for path in paths
        if (name := path.relative_to(TEMPLATES).as_posix()) not in FOR_STAFF
        and (words := words_outside(path.read_text(), is_page=path.suffix == ".html"))
    }
    assert not found


@pytest.mark.parametrize(("name", "code"), SETS)
def test_translations_are_those_of_the_sources_and_compiled(name: str, code: str) -> None:
    path = po_path(name, code)
    assert path.read_bytes() == as_po(renew(name, code)), "run manage.py translate"
    assert path.with_suffix(".mo").read_bytes() == as_mo(read(name, code)), "run manage.py translate"


@pytest.mark.parametrize(("name", "code"), SETS)
def test_every_text_is_translated_with_its_placeholders(name: str, code: str) -> None:
    wrong = [message.id for message in read(name, code) if message.id and (message.fuzzy or not _is_whole(message))]
    assert not wrong


def _is_whole(message: Message) -> bool:
    given = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = translated(message)
    # A singular may say "one" instead of the number.
    return all(strings) and all(
        _names(string) <= _names(given[-1]) and (_names(given[min(place, len(given) - 1)]) <= _names(string))
        for place, string in enumerate(strings)
    )


def _names(text: str) -> set[str]:
    braces = {name for _, name, _, _ in Formatter().parse(text) if name} if "%(" not in text else set()
    return braces | set(re.findall(r"%\((\w+)\)[sd]", text)) | set(re.findall(r"<(/?\w+)", text))


def test_an_address_is_found_in_the_other_language_and_back() -> None:
    assert in_language("/cart/", "de") == "/de/cart/"
    assert in_language("/de/cart/", "en") == "/cart/"
    assert in_language("/de/", "de") == "/de/"
    assert [has_page(path) for path in ("/de/cart/", "/cart/")] == [True, True]
    assert not any(has_page(path) for path in ("/de/admin/", "/de/webhooks/stripe/", "/de/robots.txt", "/fr/cart/"))


def test_money_is_written_as_the_language_does_it() -> None:
    assert format_money(123450, "EUR") == "€1,234.50"
    with speaking("de"):
        assert format_money(123450, "EUR") == "1.234,50\xa0€"
    with speaking("xx"):  # a row may name a language that was given up
        assert format_money(123450, "EUR") == "€1,234.50"


@pytest.mark.django_db
def test_the_address_alone_says_the_language(client: Client) -> None:
    german = client.get("/de/catalog/?sort=price", headers={"Accept-Language": "en"})
    english = client.get("/catalog/?sort=price", headers={"Accept-Language": "de"})
    assert (german["Content-Language"], english["Content-Language"]) == ("de", "en")
    assert '<html lang="de" dir="ltr">' in german.text
    assert '<html lang="en" dir="ltr">' in english.text
    assert "Accept-Language" not in german.get("Vary", "") + english.get("Vary", "")
    assert not {*german.cookies, *english.cookies}
    assert '<a href="/de/catalog/?sort=price" hreflang="de" lang="de">Deutsch</a>' in english.text
    assert '<a href="/catalog/?sort=price" hreflang="en" lang="en">English</a>' in german.text
    home = client.get("/de/").text
    assert '<link rel="canonical" href="http://testserver/de/">' in home
    assert '<link rel="alternate" hreflang="x-default" href="http://testserver/">' in home
    assert client.get("/de").status_code == 301


@pytest.mark.django_db
def test_a_form_s_answer_and_a_lost_page_lead_to_the_other_home(client: Client) -> None:
    for answer in (client.get("/de/nowhere/"), client.post("/de/account/log-in/", {})):
        assert '<a href="/" hreflang="en" lang="en">English</a>' in answer.text
    for wanted, kept in (("/account/addresses/", "?next=%2Fde%2Faccount%2Faddresses%2F"), ("//evil.example/", "")):
        page = client.get("/account/log-in/", {"next": wanted}).text
        assert f'<a href="/de/account/log-in/{kept}" hreflang="de" lang="de">Deutsch</a>' in page


@pytest.mark.django_db
def test_a_lost_page_shows_the_shelves_and_asks_nothing_of_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shelf: Category = CategoryFactory.create(name="Owls")
    forget_category_tree()
    client.get("/")
    with django_assert_num_queries(0):
        page = client.get("/nowhere/").text
    assert f'<h3><a href="/catalog/{shelf.path}/">Owls</a></h3>' in page
    assert '<a href="/find-order/">Was it the link of an order?' in page


_PHYSICAL = re.compile(
    r"(?:margin|padding|border|scroll-margin)-(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius|(?<![-\w])(?:left|right)\b"
)
_FOUR = re.compile(r"(?:padding|margin|inset|border-width):\s*(\S+) (\S+) (\S+) (\S+);")


def test_stylesheets_of_the_shop_name_no_left_and_no_right() -> None:
    """What is meant all the same says why, in a comment that begins with "physical"."""
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in sorted((ROOT / "static" / "css").rglob("*.css"))
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if ";" in line and "/* physical" not in line
        if _PHYSICAL.search(line.partition("/*")[0]) or ((four := _FOUR.search(line)) and four[2] != four[4])
    ]
    assert not found
