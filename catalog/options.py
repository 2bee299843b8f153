"""What is asked of one variant: all options that a shopper chose together and, if that was chosen, a unit that is free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connections

from catalog.attributes import AttributeBook
from catalog.models import Attribute
from catalog.option_triggers import slug_sql

OPTION: Final = str(Attribute.Kind.OPTION)
# The options of a variant "x" as rows.
_PAIRS: Final = {
    "sqlite": "json_each(x.options) o",
    "postgresql": (
        "jsonb_each_text(CASE WHEN jsonb_typeof(x.options) = 'object' THEN x.options ELSE '{}'::jsonb END) AS o (key, value)"
    ),
}
type Chosen = Mapping[str, tuple[str, ...]]  # code of the option -> values, as in addresses


def chosen_options(choices: Chosen, *, book: AttributeBook) -> dict[str, tuple[str, ...]]:
    """Give those of the choices that are options of variants."""
    return {code: slugs for code, slugs in choices.items() if book.by_code[code].kind == OPTION}


def variant_sql(options: Chosen, *, in_stock: bool, using: str) -> tuple[str, list[object]]:
    """SQL, and its parameters, for a variant "x" that has one of the values of each option and, if asked, a free unit."""
    sql, params = ["x.is_active"], list[object]()
    pairs = _PAIRS[connections[using].vendor]
    if in_stock:
        sql.append("x.on_hand > x.held")
    for code, slugs in options.items():
        sql.append(
            f"EXISTS (SELECT 1 FROM {pairs} WHERE {slug_sql('o.key')} = %s "  # noqa: S608 - constants of this module
            f"AND {slug_sql('o.value')} IN ({', '.join(['%s'] * len(slugs))}))"
        )
        params += [code, *slugs]
    return " AND ".join(sql), params


def counting_sql(test: str, *, rows: str, passing: str, attributes: list[int], using: str) -> str:
    """SQL for how many products of `rows` that are `passing` have a variant with each value, among those that pass `test`.

    LATERAL with OFFSET keeps PostgreSQL from beginning with all the variants of the shop.
    """
    slug, code = slug_sql("o.value"), slug_sql("o.key")
    if connections[using].vendor == "postgresql":
        each = (
            f"CROSS JOIN LATERAL (SELECT * FROM catalog_variant x WHERE x.product_id = {rows}.id AND {test} OFFSET 0) AS x "  # noqa: S608 - constants
            f"CROSS JOIN LATERAL {_PAIRS['postgresql']}"
        )
        where = "true"
    else:
        each = f"CROSS JOIN catalog_variant x CROSS JOIN {_PAIRS['sqlite']}"
        where = f"x.product_id = {rows}.id AND {test}"
    return (
        f"SELECT 'answer', a.id, CAST(c.id AS varchar), COUNT(DISTINCT {rows}.id) FROM {rows} {each} "  # noqa: S608 - constants, and ids of the book
        f"JOIN catalog_attribute a ON a.code = {code} AND a.id IN ({', '.join(map(str, attributes))}) "
        f"JOIN catalog_attributechoice c ON c.attribute_id = a.id AND c.slug = {slug} "
        f"WHERE {where} AND {passing} GROUP BY 2, 3"
    )


def any_variant(test: str, *, rows: str) -> str:
    """SQL: a product of `rows` has a variant that passes. OFFSET, again, so that PostgreSQL looks at its own alone."""
    return f"EXISTS (SELECT 1 FROM catalog_variant x WHERE x.product_id = {rows}.id AND {test} LIMIT 1 OFFSET 0)"  # noqa: S608 - constants


def most_common(counts: Mapping[tuple[str, int], Mapping[str, int]], pks: list[int], *, most: int) -> set[int]:
    """Give the options that part the most products, of those with at least two values."""
    told: dict[int, Any] = {pk: sum(values.values()) for pk in pks if len(values := counts.get(("answer", pk), {})) > 1}
    return set(sorted(told, key=lambda pk: (-told[pk], pk))[:most])
