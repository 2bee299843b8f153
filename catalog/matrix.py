"""The variants of a product as a table: one option down, another across, and what is sold out said of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.models import Variant
from catalog.saying import say

type OptionTypes = list[tuple[str, list[str]]]
# A table needs a way down and a way across.
_TWO = 2


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an option, and whether every variant that has it is sold out."""

    name: str
    is_sold_out: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; a cell without a variant is a combination that is not made."""

    value: Value
    cells: list[tuple[str, Variant | None]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What is chosen down the side (`down`), and across the top (`across`)."""

    down: str
    across: str
    columns: list[Value]
    rows: list[Row]


def read_option_types(variants: Iterable[Variant], *, wanted: Sequence[Sequence[object]] = ()) -> OptionTypes:
    """Name the options these variants have, with the values in use, in the order of `wanted` and then of the variants."""
    found: dict[str, list[str]] = {}
    for variant in variants:
        for name, value in variant.options.items():
            values = found.setdefault(str(name), [])
            if str(value) not in values:
                values.append(str(value))
    order: dict[str, list[str]] = {}
    for item in wanted:
        match item:
            case [str(name), [*listed]] if name in found:
                order[name] = [str(value) for value in listed if str(value) in found[name]]
            case _:  # nothing on sale has it any more
                continue
    for name, values in found.items():
        known = order.setdefault(name, [])
        known += [value for value in values if value not in known]
    return list(order.items())


def build_matrix(variants: Sequence[Variant], *, option_types: OptionTypes) -> Matrix | None:
    """Lay the variants out by their options; None where a table would not say it (one option, or doubtful data).

    The last option goes across; all before it are joined down the side.
    """
    if len(option_types) < _TWO:
        return None
    *names_down, across = (name for name, _ in option_types)
    places: dict[tuple[str, str], Variant] = {}
    for variant in variants:
        if set(variant.options) != {*names_down, across}:
            return None
        place = " / ".join(str(variant.options[name]) for name in names_down), str(variant.options[across])
        if place in places:
            return None
        places[place] = variant
    rank = {name: {value: number for number, value in enumerate(values)} for name, values in option_types}
    ordered = sorted(variants, key=lambda variant: [rank[name][str(variant.options[name])] for name in names_down])
    down = list(dict.fromkeys(" / ".join(str(variant.options[name]) for name in names_down) for variant in ordered))
    columns = list(dict(option_types)[across])

    def is_sold_out(*, row: str | None = None, column: str | None = None) -> bool:
        return all(
            variant.is_sold_out
            for (here, there), variant in places.items()
            if here == (row or here) and there == (column or there)
        )

    return Matrix(
        down=" / ".join(say(name) for name in names_down),
        across=say(across),
        columns=[Value(say(name), is_sold_out(column=name)) for name in columns],
        rows=[
            Row(Value(say(row), is_sold_out(row=row)), [(say(column), places.get((row, column))) for column in columns])
            for row in down
        ],
    )
