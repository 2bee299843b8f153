"""Which tax an order bears: by where it goes and on which day, and who of two businesses accounts for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as WrongNumber

from catalog.models import TaxClass
from checkout.models import TaxRate

# The VAT area of the European Union (Directive 2006/112/EC, article 5), by ISO 3166 code.
EU: Final = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV"),
        *("MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    )
)
# Greek VAT numbers begin with the country's own name; those of Northern Ireland, whose trade in goods is the EU's
# (Windsor Framework, article 8), with a code of their own (Directive (EU) 2020/1756).
_PREFIX: Final = {"GR": "EL", "GB": "XI"}
_LONGEST_POSTCODE: Final = 10


class WrongVatNumber(Exception):
    """No business can have this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """The tax of one order.

    With `is_reverse_charge` the customer, a business, accounts for it: `rate` is nought, and `waived` is what the shop's
    prices contain of it and what comes off them, if they do.
    """

    rate: Decimal  # of what is of the standard class
    name: str = ""
    is_included: bool = False
    is_reverse_charge: bool = False
    waived: Decimal = Decimal(0)
    others: Mapping[str, Decimal] = field(default_factory=dict)  # tax class -> its rate, or what is waived of it

    def rate_of(self, tax_class: str) -> Decimal:
        """The rate for products of this class."""
        return Decimal(0) if self.is_reverse_charge else self._of(tax_class, self.rate)

    def waived_of(self, tax_class: str) -> Decimal:
        """What comes off the prices of products of this class."""
        return self._of(tax_class, self.waived) if self.is_reverse_charge else Decimal(0)

    def _of(self, tax_class: str, standard: Decimal) -> Decimal:
        usual = Decimal(0) if tax_class == TaxClass.ZERO else standard
        return self.others.get(tax_class, usual)


def find_tax(*, country: str, region: str, postcode: str = "", vat_number: str = "", day: date | None = None) -> Tax:
    """The tax on what is sent there on `day` (today in the shop's time zone, unless given); one query.

    A row for the postcode wins over one for the region, and that over one for the country; of two, the later one. Each tax
    class has its own; where a reduced one has none, the standard rate is charged: too much can be given back, too little
    is the shop's to pay.
    """
    rows = _find_rows(country=country, region=region, postcode=postcode, day=day or timezone.localdate())
    row = rows.pop(TaxClass.STANDARD, None)
    rate, name = (row.rate, row.name) if row else (Decimal(0), next((other.name for other in rows.values()), ""))
    others = {tax_class: other.rate for tax_class, other in rows.items()}
    if is_reverse_charge(country=country, postcode=postcode, vat_number=vat_number):
        is_waived = settings.PRICES_INCLUDE_TAX
        waived, others = (rate, others) if is_waived else (Decimal(0), {})
        return Tax(rate=Decimal(0), name=name or "VAT", is_reverse_charge=True, waived=waived, others=others)
    return Tax(rate=rate, name=name, is_included=settings.PRICES_INCLUDE_TAX, others=others)


def find_tax_rate(*, country: str, region: str, postcode: str = "", day: date | None = None) -> Decimal:
    """The standard rate alone, as a share."""
    return find_tax(country=country, region=region, postcode=postcode, day=day).rate


def is_reverse_charge(*, country: str, vat_number: str, postcode: str = "") -> bool:
    """Whether the customer accounts for the VAT: two businesses in two countries of the EU.

    The rule is that of Directive 2006/112/EC, articles 138 and 196. `vat_number` has been checked; it must be of the
    country that the goods go to, and the shop must have one of its own.
    """
    is_in_union = country in EU or (country == "GB" and normalise_postcode(postcode).startswith("BT"))
    if not vat_number or not settings.SHOP_VAT_NUMBER or not is_in_union or settings.SHOP_COUNTRY not in EU:
        return False
    return country != settings.SHOP_COUNTRY and vat_number[:2] == _PREFIX.get(country, country)


def check_vat_number(number: str, *, country: str) -> str:
    """Give a VAT number in its compact form, 'DE136695976'; the country may be left out of `number`, and Greece be GR.

    It is checked by form and check digit. Nobody is asked whether it is in use; staff look that up before they ship.
    Raises WrongVatNumber.
    """
    prefix = _PREFIX.get(country, country)
    for candidate in (number, prefix + number):
        try:
            return re.sub("^GR", "EL", str(vat.validate(candidate)))
        except WrongNumber:
            continue
    raise WrongVatNumber


def normalise_postcode(postcode: str) -> str:
    """Letters and digits alone, in capitals: as rows of the table are compared."""
    return "".join(sign for sign in postcode.upper() if sign.isalnum())


def _find_rows(*, country: str, region: str, postcode: str, day: date) -> dict[str, TaxRate]:
    """Tax class -> the row for this place and day."""
    whole = normalise_postcode(postcode)
    prefixes = [whole[:length] for length in range(min(len(whole), _LONGEST_POSTCODE) + 1)]
    rows = TaxRate.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day),
        valid_from__lte=day,
        country=country,
        region__in=[region.upper(), ""],
        postcode__in=prefixes,
    )
    return {
        row.tax_class: row for row in sorted(rows, key=lambda row: (len(row.postcode), bool(row.region), row.valid_from))
    }
