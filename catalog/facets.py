"""The facets beside a list, with disjunctive counts: how many products each value would give if it were ticked as well.

One statement counts them all. Within a facet values add up ("wool or felt"), so a facet's own ticks don't narrow its own
counts; all the other facets' do. Of options ("Small", "Teal") one and the same variant must have all that are ticked, and
be there to be sold if that is ticked as well (`catalog.options`).
"""

# ruff: noqa: S608 - no part of a request is in the SQL: the ORM wrote `base`, the rest is of this module, values are parameters
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.attributes import AttributeBook, Known
from catalog.filters import Filters, Pairs, write_number
from catalog.models import Attribute
from catalog.models.product import ProductQuerySet
from catalog.options import OPTION, any_variant, chosen_options, counting_sql, most_common, variant_sql
from catalog.saying import say
from catalog.search_index import RANKED_UP_TO
from store.money import decimals, format_money

# Counting more than this for every facet takes longer than a page may; above it values are shown without numbers.
COUNT_UP_TO = 5_000
# A search ranks what it finds besides; above this it looks at no more.
COUNT_FOUND_UP_TO = RANKED_UP_TO
# The makers with the most products; the search box finds the rest.
MOST_BRANDS = 12
# A shop of many kinds of goods has many options; those that part the most products of a list are worth their room.
MOST_OPTIONS = 4
# Of an option whose values were not counted.
MOST_UNCOUNTED = 12
_TWO = 2


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One box to tick; `count` is None where there are too many products to count."""

    value: str
    name: str
    count: int | None
    is_chosen: bool

    @property
    def count_words(self) -> str:
        """How many, for those who hear the page. Not by a template's tag, which would cost more than all the counting."""
        return ngettext("({number} product)", "({number} products)", self.count or 0).format(number=self.count)


@dataclass(frozen=True, slots=True)
class Facet:
    """One question with its answers, or a range with its two bounds as typed."""

    name: str  # of the parameter
    title: str
    values: list[FacetValue] = field(default_factory=list)
    is_range: bool = False
    low: str = ""
    high: str = ""
    step: str = "any"


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set, and the parameters of the list without it."""

    name: str
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted. `total` is how many pass all filters; None where there were too many to count."""

    total: int | None
    by: dict[tuple[str, int], dict[str, int]]


UNCOUNTED = Counts(total=None, by={})


@dataclass(frozen=True, slots=True)
class _Test:
    """One facet that is set: the question it asks of a row of `base`, as SQL."""

    kind: str
    attribute: int
    sql: str
    params: list[object]


def count_facets(among: ProductQuerySet, *, filters: Filters, book: AttributeBook, is_search: bool = False) -> Counts:
    """Count the values of every facet among these products (as yet unfiltered), if there are not too many; one query."""
    up_to = COUNT_FOUND_UP_TO if is_search else COUNT_UP_TO
    base, params = among.order_by().values_list("pk", "price_from", "brand")[: up_to + 1].query.sql_with_params()
    tests = list(_tests(filters, book, using=among.db))
    flags = "".join(f", ({test.sql}) AS ok{number}" for number, test in enumerate(tests))
    head = (
        f"WITH base (id, price_from, brand) AS MATERIALIZED ({base}), "
        f"flagged AS MATERIALIZED (SELECT base.*{flags} FROM base), "
        "size (n) AS MATERIALIZED (SELECT COUNT(*) FROM base) "
    )
    few = f"(SELECT n FROM size) <= {up_to}"
    legs: list[str] = ["SELECT 'size' AS kind, 0 AS a, '' AS b, n FROM size"]
    legs.append(f"SELECT 'total', 0, '', COUNT(*) FROM flagged WHERE {few}{_passing(tests)}")
    legs.append(
        f"SELECT 'brand', 0, brand, COUNT(*) FROM flagged WHERE {few} AND brand <> ''{_passing(tests, but='brand')} "
        "GROUP BY brand"
    )
    legs_params: list[object] = []
    options = chosen_options(filters.choices, book=book)
    sellable, sellable_params = variant_sql(options, in_stock=True, using=among.db)
    legs.append(
        f"SELECT 'stock', 0, '1', COUNT(*) FROM flagged WHERE {few}{_passing(tests, but='variant')} "
        f"AND {any_variant(sellable, rows='flagged')}"
    )
    legs_params += sellable_params
    asked = sorted({test.attribute for test in tests if test.attribute})
    apart = list(asked)
    if any(test.kind == "variant" for test in tests):
        for sql, more in _option_legs(filters, book, passing=f"{few}{_passing(tests, but='variant')}", using=among.db):
            legs.append(sql)
            legs_params += more
        apart += [known.pk for known in book.by_code.values() if known.kind == OPTION]
    joined = f"FROM flagged CROSS JOIN {_ANSWERS[connections[among.db].vendor]} AND"
    answer = "CASE WHEN v.choice_id IS NOT NULL THEN CAST(v.choice_id AS varchar) WHEN v.flag THEN 'yes' ELSE 'no' END"
    others = f" AND v.attribute_id NOT IN ({', '.join(map(str, apart))})" if apart else ""
    if not tests:  # one look at the answers does for both
        kind = "CASE WHEN v.number IS NULL THEN 'answer' ELSE 'number' END"
        value = f"CASE WHEN v.number IS NULL THEN {answer} ELSE '' END"
        legs.append(f"SELECT {kind}, v.attribute_id, {value}, COUNT(*) {joined} {few} GROUP BY 1, 2, 3")
    else:
        legs.append(
            f"SELECT 'answer', v.attribute_id, {answer}, COUNT(*) {joined} {few} AND v.number IS NULL{others}"
            f"{_passing(tests)} GROUP BY 2, 3"
        )
        legs += [
            f"SELECT 'answer', v.attribute_id, {answer}, COUNT(*) {joined} {few} AND v.number IS NULL "
            f"AND v.attribute_id = {pk}{_passing(tests, but=pk)} GROUP BY 2, 3"
            for pk in asked
        ]
        legs.append(f"SELECT 'number', v.attribute_id, '', COUNT(*) {joined} {few} AND v.number IS NOT NULL GROUP BY 2")
    with connections[among.db].cursor() as cursor:  # where the page is read from
        values: list[Any] = [*params, *(value for test in tests for value in test.params), *legs_params]
        cursor.execute(head + " UNION ALL ".join(legs), values)
        rows = cursor.fetchall()
    by: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for kind, attribute, value, number in rows:
        by[kind, int(attribute)][value] = int(number)
    is_counted = by["size", 0][""] <= up_to
    return Counts(total=by["total", 0][""] if is_counted else None, by=dict(by))


def _option_legs(filters: Filters, book: AttributeBook, *, passing: str, using: str) -> Iterator[tuple[str, list[object]]]:
    """Count the values of the options where it matters which variant has them: the ticked ones one by one."""
    options = chosen_options(filters.choices, book=book)
    free = [known.pk for known in book.by_code.values() if known.kind == OPTION and known.code not in options]
    groups = [(options, free), *(({**options, code: ()}, [book.by_code[code].pk]) for code in options)]
    for wanted, attributes in groups:
        test, params = variant_sql(
            {code: slugs for code, slugs in wanted.items() if slugs}, in_stock=filters.in_stock, using=using
        )
        if attributes:
            yield counting_sql(test, rows="flagged", passing=passing, attributes=attributes, using=using), params


# By themselves both begin with all the answers there are. SQLite joins in the order that CROSS JOIN says, PostgreSQL looks
# where LATERAL says if OFFSET keeps it from knowing better.
_ANSWERS = {
    "sqlite": "catalog_productattribute v WHERE v.product_id = flagged.id",
    "postgresql": (
        "LATERAL (SELECT * FROM catalog_productattribute a WHERE a.product_id = flagged.id OFFSET 0) AS v WHERE true"
    ),
}


def _tests(filters: Filters, book: AttributeBook, *, using: str) -> Iterator[_Test]:
    if filters.brands:
        yield _Test("brand", 0, f"base.brand IN ({_marks(filters.brands)})", list(filters.brands))
    low, high = filters.price_bounds
    if low is not None or high is not None:
        yield _Test("price", 0, "base.price_from BETWEEN %s AND %s", [low or 0, 2**62 if high is None else high])
    options = chosen_options(filters.choices, book=book)
    if filters.in_stock or options:
        test, params = variant_sql(options, in_stock=filters.in_stock, using=using)
        yield _Test("variant", 0, any_variant(test, rows="base"), params)
    answer = "EXISTS (SELECT 1 FROM catalog_productattribute v WHERE v.product_id = base.id AND v.attribute_id = %s AND {})"
    for code, slugs in filters.choices.items():
        known = book.by_code[code]
        if known.kind == OPTION:
            continue
        chosen = [known.choices[slug].pk for slug in slugs]
        yield _Test("answer", known.pk, answer.format(f"v.choice_id IN ({_marks(chosen)})"), [known.pk, *chosen])
    for code, flag in filters.flags.items():
        known = book.by_code[code]
        yield _Test("answer", known.pk, answer.format("v.flag = %s"), [known.pk, flag])
    for code, (least, most) in filters.ranges.items():
        known = book.by_code[code]
        bounds = [(sign, bound) for sign, bound in ((">=", least), ("<=", most)) if bound is not None]
        yield _Test(
            "number",
            known.pk,
            answer.format(" AND ".join(f"v.number {sign} %s" for sign, _ in bounds)),
            [known.pk, *(bound for _, bound in bounds)],
        )


def _marks(values: list[int] | tuple[str, ...]) -> str:
    return ", ".join(["%s"] * len(values))


def _passing(tests: list[_Test], *, but: str | int = "") -> str:
    """The condition that a row passes all tests, except the named facet's own."""
    return "".join(f" AND ok{number}" for number, test in enumerate(tests) if but not in (test.kind, test.attribute))


# -- What the page shows ---------------------------------------------------------------------------------------------------


def lay_out_facets(counts: Counts, *, filters: Filters, book: AttributeBook) -> list[Facet]:
    """Give the facets worth showing: those that can still part these products, and those that are set."""
    low, high = filters.price
    price = Facet(
        "price",
        _("Price ({currency})").format(currency=settings.SHOP_CURRENCY),
        is_range=True,
        low="" if low is None else write_number(low),
        high="" if high is None else write_number(high),
        step="1" if not decimals(settings.SHOP_CURRENCY) else "0.01",
    )
    stock = counts.by.get(("stock", 0), {}).get("1", 0)
    facets = [
        Facet("stock", _("Stock"), [FacetValue("1", _("In stock now"), _shown(stock, counts), filters.in_stock)]),
        price,
    ]
    options = [known.pk for known in book.by_code.values() if known.kind == OPTION]
    shown = set(options[:MOST_OPTIONS]) if counts.total is None else most_common(counts.by, options, most=MOST_OPTIONS)
    facets += [
        facet
        for known in book.by_code.values()
        if (known.kind != OPTION or known.pk in shown or known.code in filters.choices)
        and (facet := _attribute(known, counts, filters))
    ]
    brands = counts.by.get(("brand", 0), {})
    most = sorted(brands, key=lambda brand: (-brands[brand], brand))[:MOST_BRANDS]
    values = [
        FacetValue(brand, brand, _shown(brands.get(brand, 0), counts), brand in filters.brands)
        for brand in sorted({*most, *filters.brands}, key=str.casefold)
    ]
    if len(values) >= _TWO or filters.brands:
        facets.append(Facet("brand", _("Maker"), values))
    return facets


def _attribute(known: Known, counts: Counts, filters: Filters) -> Facet | None:
    if known.kind == Attribute.Kind.NUMBER:
        low, high = filters.ranges.get(known.code, (None, None))
        if counts.total is not None and ("number", known.pk) not in counts.by and low is high is None:
            return None
        bounds = ["" if bound is None else write_number(bound) for bound in (low, high)]
        return Facet(
            known.code,
            f"{say(known.name)} ({say(known.unit)})" if known.unit else say(known.name),
            is_range=True,
            low=bounds[0],
            high=bounds[1],
        )
    found = counts.by.get(("answer", known.pk), {})
    if known.kind == Attribute.Kind.FLAG:
        flag = filters.flags.get(known.code)
        if counts.total is not None and "yes" not in found and flag is None:
            return None
        return Facet(
            known.code, known.name, [FacetValue("yes", _("Yes"), _shown(found.get("yes", 0), counts), flag is True)]
        )
    chosen = filters.choices.get(known.code, ())
    values = [
        FacetValue(choice.slug, say(choice.name), _shown(found.get(str(choice.pk), 0), counts), choice.slug in chosen)
        for choice in known.choices.values()
        if counts.total is None or str(choice.pk) in found or choice.slug in chosen
    ]
    if counts.total is None and known.kind == OPTION:
        values = [value for number, value in enumerate(values) if number < MOST_UNCOUNTED or value.is_chosen]
    return Facet(known.code, say(known.name), values) if len(values) >= _TWO or chosen else None


def _shown(number: int, counts: Counts) -> int | None:
    return None if counts.total is None else number


def lay_out_chips(filters: Filters, *, book: AttributeBook) -> list[Chip]:
    """Give one chip for each filter that is set."""
    chips = [Chip(brand, filters.without("brand", brand).pairs()) for brand in filters.brands]
    if any(bound is not None for bound in filters.price):
        low, high = (
            None if bound is None else format_money(bound, settings.SHOP_CURRENCY) for bound in filters.price_bounds
        )
        chips.append(Chip(_range_words(low, high), filters.without("price").pairs()))
    if filters.in_stock:
        chips.append(Chip(_("In stock now"), filters.without("stock").pairs()))
    for code, slugs in filters.choices.items():
        chips += [Chip(say(book.by_code[code].choices[slug].name), filters.without(code, slug).pairs()) for slug in slugs]
    for code, flag in filters.flags.items():
        chips.append(Chip(f"{say(book.by_code[code].name)}: {_('yes') if flag else _('no')}", filters.without(code).pairs()))
    for code, bounds in filters.ranges.items():
        known = book.by_code[code]
        low, high = (None if bound is None else f"{write_number(bound)} {say(known.unit)}".strip() for bound in bounds)
        chips.append(Chip(f"{say(known.name)} {_range_words(low, high)}", filters.without(code).pairs()))
    return chips


def _range_words(low: str | None, high: str | None) -> str:
    if low and high:
        return _("{low} to {high}").format(low=low, high=high)
    return _("from {low}").format(low=low) if low else _("up to {high}").format(high=high)
