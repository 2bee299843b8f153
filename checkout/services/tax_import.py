"""Tax rates from a file: a state's table of postcodes is far too long to type. All of the file is taken, or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from django.db import transaction

from catalog.models import TaxClass
from checkout.addressing import country_choices, normalise_region
from checkout.models import TaxRate
from checkout.models.rates import ALWAYS
from checkout.taxes import normalise_postcode

# Every ZIP code of the United States is about 41,000 rows.
MAX_ROWS: Final = 100_000
HEAD: Final = ("country", "region", "postcode", "percent", "valid_from", "valid_until", "name", "tax_class")
_NEEDED: Final = {"country", "percent"}
_NAMED: Final = 20  # faults
_KEY: Final = ("country", "region", "postcode", "tax_class", "valid_from")


class UnableToImportRates(Exception):
    """Nothing was written. `faults` says why, line by line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a file does to the table."""

    new: int
    changed: int
    same: int

    def __str__(self) -> str:
        return f"{self.new} new, {self.changed} changed, {self.same} as they were"


def import_tax_rates(text: str, *, is_trial: bool = False) -> Imported:
    """Write the rates of a CSV file; with `is_trial` only say what would come of it.

    The first line names the columns: country and percent (8.875), and if need be region, postcode (how it begins),
    valid_from, valid_until (2026-01-31), name and tax_class. Rows are found again by place, class and first day; what the
    file doesn't name stays. Raises UnableToImportRates.
    """
    rows = _read(text)
    with transaction.atomic():
        there = {_key(rate): rate for rate in TaxRate.objects.select_for_update()}
        new = [rate for rate in rows if _key(rate) not in there]
        changed = []
        for rate in rows:
            old = there.get(_key(rate))
            if old and (old.rate, old.valid_until, old.name) != (rate.rate, rate.valid_until, rate.name):
                rate.pk = old.pk
                changed.append(rate)
        if not is_trial:
            TaxRate.objects.bulk_create(new, batch_size=1000)
            TaxRate.objects.bulk_update(changed, ["rate", "valid_until", "name"], batch_size=500)
    return Imported(new=len(new), changed=len(changed), same=len(rows) - len(new) - len(changed))


def _key(rate: TaxRate) -> tuple[object, ...]:
    return tuple(getattr(rate, name) for name in _KEY)


def _read(text: str) -> list[TaxRate]:
    file = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    head = [name.strip().lower() for name in file.fieldnames or []]
    if missing := sorted(_NEEDED - set(head)):
        raise UnableToImportRates([f"The first line must name the columns {' and '.join(missing)}."])
    if strange := [name for name in head if name not in HEAD]:
        raise UnableToImportRates([f"These columns mean nothing here: {', '.join(strange)}."])
    file.fieldnames = head
    found: dict[tuple[object, ...], TaxRate] = {}
    faults: list[str] = []
    for number, row in enumerate(file, start=2):
        if number > MAX_ROWS + 1:
            raise UnableToImportRates([f"The file has more than {MAX_ROWS:,} rows."])
        try:
            rate = _read_row({name: (row.get(name) or "").strip() for name in HEAD})
        except ValueError as error:
            faults.append(f"Line {number}: {error}")
            continue
        if _key(rate) in found:
            faults.append(f"Line {number}: this place and first day was there before.")
        found[_key(rate)] = rate
    if faults:
        raise UnableToImportRates(list(_shorten(faults)))
    return list(found.values())


def _shorten(faults: list[str]) -> Iterable[str]:
    yield from faults[:_NAMED]
    if len(faults) > _NAMED:
        yield f"And {len(faults) - _NAMED} more."


def _read_row(row: dict[str, str]) -> TaxRate:
    """Raises ValueError with a sentence."""
    country = row["country"].upper()
    if country not in dict(country_choices()):
        raise ValueError(f"'{row['country'][:20]}' is no country; it takes two letters, as in US.")
    try:
        rate = (Decimal(row["percent"]) / 100).quantize(Decimal("0.00001"))
        is_share = 0 <= rate <= 1
    except InvalidOperation:
        raise ValueError(f"'{row['percent'][:20]}' is no percentage, as in 8.875.") from None
    if not is_share:
        raise ValueError("A percentage is between 0 and 100.")
    postcode = normalise_postcode(row["postcode"])
    if len(postcode) > 10:
        raise ValueError("A postcode has 10 letters and digits at most.")
    first, last = _read_day(row["valid_from"]) or ALWAYS, _read_day(row["valid_until"])
    if last and last < first:
        raise ValueError("It ends before it begins.")
    region = normalise_region(country=country, region=row["region"])
    tax_class = row["tax_class"].lower() or TaxClass.STANDARD.value
    if tax_class not in TaxClass.values:
        raise ValueError(f"'{row['tax_class'][:20]}' is no tax class. There are {', '.join(TaxClass.values)}.")
    if len(region) > 40 or len(row["name"]) > 40:
        raise ValueError("Region and name have 40 letters at most.")
    return TaxRate(
        country=country,
        region=region.upper(),
        postcode=postcode,
        tax_class=tax_class,
        rate=rate,
        valid_from=first,
        valid_until=last,
        name=row["name"],
    )


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"'{text[:20]}' is no day, as in 2026-01-31.") from None
