"""Whether amounts are fit for PayPal, and whether those of a purchase unit add up."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.ground.values import Json
from sandbox.paypal.amounts import CURRENCIES, NO_DECIMALS, places, value_of
from sandbox.paypal.errors import unprocessable

_ADDED = ("item_total", "tax_total", "shipping", "handling", "insurance")
_TAKEN_AWAY = ("shipping_discount", "discount")


def check_money(money: Json, *, field: str, may_be_zero: bool = False) -> None:
    """Raise ApiError (422) for a currency that PayPal does not have, too many decimals, or too little money."""
    currency, value = money["currency_code"], value_of(money)
    if currency not in CURRENCIES:
        raise unprocessable("INVALID_CURRENCY_CODE", field=f"{field}/currency_code", value=currency)
    decimals = len(money["value"].partition(".")[2])
    if decimals > places(currency):
        issue = "DECIMALS_NOT_SUPPORTED" if currency in NO_DECIMALS else "DECIMAL_PRECISION"
        raise unprocessable(issue, field=f"{field}/value", value=money["value"])
    if may_be_zero and value < 0:
        raise unprocessable("CANNOT_BE_NEGATIVE", field=f"{field}/value", value=money["value"])
    if not may_be_zero and value <= 0:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", field=f"{field}/value", value=money["value"])


def check_unit(unit: Json, *, field: str) -> None:
    """Raise ApiError (422) when the amounts of a purchase unit are unfit or do not add up."""
    amount, items = unit["amount"], unit.get("items") or []
    breakdown = amount.get("breakdown") or {}
    check_money(amount, field=f"{field}/amount")
    parts = [(part, f"{field}/amount/breakdown/{name}") for name, part in breakdown.items()]
    for at, item in enumerate(items):
        parts += [(item[name], f"{field}/items/{at}/{name}") for name in ("unit_amount", "tax") if item.get(name)]
    for part, where in parts:
        check_money(part, field=where, may_be_zero=True)
        if part["currency_code"] != amount["currency_code"]:
            raise unprocessable("CURRENCY_MISMATCH", field=f"{where}/currency_code", value=part["currency_code"])
    _check_items(items, breakdown, name="unit_amount", total="item_total", field=field)
    if any(item.get("tax") for item in items):
        _check_items(items, breakdown, name="tax", total="tax_total", field=field)
    if breakdown:
        total = _sum(breakdown.get(name) for name in _ADDED) - _sum(breakdown.get(name) for name in _TAKEN_AWAY)
        if total != value_of(amount):
            raise unprocessable("AMOUNT_MISMATCH", field=f"{field}/amount/value", value=amount["value"])


def _check_items(items: list[Json], breakdown: Json, *, name: str, total: str, field: str) -> None:
    if not items:
        return
    where = f"{field}/amount/breakdown/{total}"
    if total not in breakdown:
        raise unprocessable("ITEM_TOTAL_REQUIRED" if name == "unit_amount" else "TAX_TOTAL_REQUIRED", field=where)
    added = sum((value_of(item[name]) * int(item["quantity"]) for item in items if item.get(name)), Decimal(0))
    if added != value_of(breakdown[total]):
        issue = "ITEM_TOTAL_MISMATCH" if name == "unit_amount" else "TAX_TOTAL_MISMATCH"
        raise unprocessable(issue, field=f"{where}/value", value=breakdown[total]["value"])


def _sum(parts: Iterable[Json | None]) -> Decimal:
    return sum((value_of(part) for part in parts if part), Decimal(0))
