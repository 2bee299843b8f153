"""A page of products: what was asked for, and the answer. Pages follow each other by key, never by OFFSET."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.attributes import AttributeBook, attribute_book
from catalog.facets import COUNT_FOUND_UP_TO, UNCOUNTED, Chip, Counts, Facet, count_facets, lay_out_chips, lay_out_facets
from catalog.filters import Filters, Pairs, read_filters
from catalog.models import Product
from catalog.models.product import ProductQuerySet
from catalog.search import Closeness, Matches, find_matches
from catalog.selectors import Shelf, with_cards

PAGE_SIZE = 24
# Counting further helps nobody and costs; the page says "100+".
COUNT_CAP = 101
MAX_TEXT = 200
# No cursor of ours is longer, and nothing longer is looked at.
MAX_CURSOR = 600
# Control characters (NUL is refused by PostgreSQL) become spaces.
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")

SORTS = {
    "relevance": gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest"),
    "price": gettext_lazy("Price, low to high"),
    "-price": gettext_lazy("Price, high to low"),
    "name": gettext_lazy("Name"),
}
type Key = int | str | datetime


@dataclass(frozen=True)
class Sort:
    """A column to sort by; ties fall to the id, in the same direction."""

    column: str
    descending: bool
    kind: type[int | str | datetime]

    def order(self) -> list[str]:
        """The ORDER BY columns."""
        sign = "-" if self.descending else ""
        return [f"{sign}{self.column}", f"{sign}id"]

    def behind(self, key: Key, pk: int) -> Q:
        """Rows that come after the given one."""
        step = "lt" if self.descending else "gt"
        return Q(**{f"{self.column}__{step}": key}) | Q(**{self.column: key, f"id__{step}": pk})


COLUMN_SORTS = {
    "newest": Sort("created_at", descending=True, kind=datetime),
    "price": Sort("price_from", descending=False, kind=int),
    "-price": Sort("price_from", descending=True, kind=int),
    "name": Sort("name", descending=False, kind=str),
}


@dataclass(frozen=True)
class Wish:
    """What the shopper asked for, made safe; `remarks` says in plain words what could not be followed."""

    text: str = ""
    sort: str = "newest"
    after: tuple[Key, int] | None = None
    remarks: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    # False where the same list has another, canonical address.
    is_tidy: bool = True

    @property
    def is_for_robots(self) -> bool:
        """True for a list that search engines may keep: a whole shelf, or one value of one facet on it."""
        plain = not (self.text or self.after) and self.sort == "newest"
        return plain and (not self.filters or self.filters.is_one_value)

    def query(self, *, sort: str | None = None, filters: Pairs | None = None, after: str = "") -> str:
        """The query string of this wish in canonical form, with another sort or other filters if given."""
        usual = "relevance" if self.text else "newest"
        sort = sort or self.sort
        own = {"q": self.text, "sort": "" if sort == usual else sort, "after": after}
        pairs = [*(self.filters.pairs() if filters is None else filters), *own.items()]
        return urlencode(sorted((name, value) for name, value in pairs if value))


@dataclass(frozen=True)
class Listing:
    """One page of products."""

    wish: Wish
    products: list[Product]
    count: int
    closeness: Closeness | None
    next_cursor: str
    facets: list[Facet] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    # The words that were looked for instead of those that were typed.
    corrected: str = ""

    @property
    def corrected_query(self) -> str:
        """The query string of the search for the corrected words."""
        return replace(self.wish, text=self.corrected).query()

    @property
    def sorts(self) -> list[tuple[str, str, str]]:
        """The sorts on offer: value, name and query string."""
        return [
            (value, str(name), self.wish.query(sort=value))
            for value, name in SORTS.items()
            if self.wish.text or value != "relevance"
        ]

    @property
    def chip_links(self) -> list[tuple[str, str]]:
        """Each filter that is set, with the query string of the list without it."""
        return [(chip.name, self.wish.query(filters=chip.pairs)) for chip in self.chips]

    @property
    def clear_query(self) -> str:
        """The query string of the list without any filter."""
        return self.wish.query(filters=[])

    @property
    def count_words(self) -> str:
        """How many there are: "1 product", "24 products", "100+ products"."""
        if self.count >= COUNT_CAP:
            return _("{number}+ products").format(number=COUNT_CAP - 1)
        return ngettext("{number} product", "{number} products", self.count).format(number=self.count)

    @property
    def is_loose(self) -> bool:
        """True when no product has all the words, so some of them had to do, and did."""
        return self.closeness is Closeness.ANY_WORD and self.count > 0

    @property
    def next_query(self) -> str:
        """The query string of the next page, or nothing."""
        return self.wish.query(after=self.next_cursor) if self.next_cursor else ""

    @property
    def first_query(self) -> str:
        """The query string of the first page."""
        return self.wish.query()


def read_wish(params: Mapping[str, str]) -> Wish:
    """Read a query string: `q`, `sort`, `after` and filters. Whatever makes no sense is left out and remarked on."""
    remarks = []
    text = " ".join(_CONTROL.sub(" ", params.get("q", "")).split())
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT].rstrip()
        remarks.append(_("That was a lot to look for: we used the first {number} characters.").format(number=MAX_TEXT))
    usual = "relevance" if text else "newest"
    sort = params.get("sort", "") or usual
    if sort not in SORTS or (sort == "relevance" and not text):
        sort = usual
        remarks.append(_("We cannot sort by that. These are sorted by: {order}.").format(order=SORTS[usual].lower()))
    after = None
    if cursor := params.get("after", ""):
        after = _read_cursor(cursor, sort)
        if after is None:
            remarks.append(_("That link does not lead to a page of this list. Here is the beginning."))
    elif "page" in params and params["page"] != "1":
        remarks.append(_("We do not number our pages. Here is the beginning; “More” at the end leads on."))
    filters, is_tidy = read_filters(params, book=attribute_book)
    return Wish(text=text, sort=sort, after=after, remarks=tuple(remarks), filters=filters, is_tidy=is_tidy or bool(remarks))


def read_listing(wish: Wish, *, shelf: Shelf | None = None) -> Listing:
    """Find a page of products, on `shelf` and those below it if one is given."""
    among = Product.objects.listed()
    if shelf:
        among = among.in_categories(shelf.family)
    book = attribute_book()
    if not wish.text:
        counts = count_facets(among, filters=wish.filters, book=book)
        narrowed = wish.filters.apply(among, book=book)
        rows, cursor = _sorted_page(narrowed, wish)
        count = narrowed.order_by().values("pk")[:COUNT_CAP].count() if counts.total is None else counts.total
        return _listing(wish, rows, count, counts=counts, book=book, next_cursor=cursor)
    matches = find_matches(wish.text, among=among)
    is_narrow = bool(shelf or wish.filters)
    found = _search_page(matches, wish, book=book, is_narrow=is_narrow) if matches else None
    if found and not found.count and not wish.filters and (loose := matches and matches.loosened()):
        found = _search_page(loose, wish, book=book, is_narrow=is_narrow)
    return found or Listing(wish, [], 0, closeness=None, next_cursor="", chips=lay_out_chips(wish.filters, book=book))


def _search_page(matches: Matches, wish: Wish, *, book: AttributeBook, is_narrow: bool) -> Listing:
    narrowed = replace(matches, among=wish.filters.apply(matches.among, book=book))
    if wish.sort == "relevance":
        rows, cursor, ranked = _ranked_page(narrowed, wish, is_narrow=is_narrow)
    else:
        (rows, cursor), ranked = _sorted_page(narrowed.products, wish), 0
    counts = None
    # Guessed words and words that don't meet are not worth a count: they are looked at, and asked again in another way.
    if matches.closeness is not Closeness.ANY_WORD and (wish.filters or not matches.is_corrected):
        too_many = ranked >= COUNT_FOUND_UP_TO  # as they are, with filters or without
        counts = UNCOUNTED if too_many else count_facets(matches.products, filters=wish.filters, book=book, is_search=True)
    count = ranked or (counts.total if counts else None)
    if count is None:
        count = narrowed.products.order_by().values("pk")[:COUNT_CAP].count() if rows or wish.after else 0
    return _listing(wish, rows, count, counts=counts, book=book, next_cursor=cursor, matches=matches)


def _listing(
    wish: Wish,
    rows: list[Product],
    count: int,
    *,
    counts: Counts | None,
    book: AttributeBook,
    next_cursor: str,
    matches: Matches | None = None,
) -> Listing:
    facets = lay_out_facets(counts, filters=wish.filters, book=book) if counts else []
    return Listing(
        wish,
        rows,
        count,
        matches.closeness if matches else None,
        next_cursor,
        facets=facets,
        chips=lay_out_chips(wish.filters, book=book),
        corrected=" ".join(matches.words) if matches and matches.is_corrected else "",
    )


def _sorted_page(among: ProductQuerySet, wish: Wish) -> tuple[list[Product], str]:
    sort = COLUMN_SORTS[wish.sort]
    if wish.after:
        among = among.filter(sort.behind(*wish.after))
    rows = list(with_cards(among).order_by(*sort.order())[: PAGE_SIZE + 1])
    page = rows[:PAGE_SIZE]
    cursor = _write_cursor(wish.sort, getattr(page[-1], sort.column), page[-1].pk) if len(rows) > PAGE_SIZE else ""
    return page, cursor


def _ranked_page(matches: Matches, wish: Wish, *, is_narrow: bool) -> tuple[list[Product], str, int]:
    after = (wish.after[0], wish.after[1]) if wish.after and isinstance(wish.after[0], int) else None
    ranked = matches.ranked(limit=PAGE_SIZE + 1, after=after, is_narrow=is_narrow)
    page = ranked.pairs[:PAGE_SIZE]
    products = with_cards(Product.objects.all()).in_bulk([pk for _, pk in page])
    cursor = _write_cursor(wish.sort, *page[-1]) if len(ranked.pairs) > PAGE_SIZE else ""
    return [products[pk] for _, pk in page if pk in products], cursor, ranked.count


# -- Cursors: the sort, and the key and id of the last row seen. Not signed: they can only move within the list. --------


def _write_cursor(sort: str, key: Key, pk: int) -> str:
    plain = json.dumps([sort, key.isoformat() if isinstance(key, datetime) else key, pk])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, sort: str) -> tuple[Key, int] | None:
    """Give the key and id in `cursor`, or None if it is not one of ours for this sort."""
    if len(cursor) > MAX_CURSOR:
        return None
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        written_for, key, pk = plain
        if written_for != sort or not _is_number(pk):
            return None
        return _read_key(key, COLUMN_SORTS[sort].kind if sort in COLUMN_SORTS else int), pk
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None


def _read_key(key: object, kind: type[Key]) -> Key:
    """Give `key` as a value of the sort column. Raise ValueError if it cannot be one."""
    if kind is int and _is_number(key):
        return cast("int", key)
    if isinstance(key, str) and key.isprintable():  # no NUL, no half of a surrogate pair
        if kind is str:
            return key
        moment = parse_datetime(key) if kind is datetime else None
        if moment is not None and moment.tzinfo is not None:
            return moment
    raise ValueError("Not a key of this sort")


# Beyond these a database column overflows.
_MAX_BIGINT = 2**63 - 1


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_BIGINT
