"""The form of the refund page: so many of each line, so much of the delivery, any other amount."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from checkout.models import OrderLine, Payment, Refund
from checkout.services.refunds import LineToRefund
from store.card_guard import GuardedForm
from store.money import decimals, format_money
from store.staff.again import ask_again


class AmountField(forms.DecimalField):
    """An amount as people write it, in minor units once cleaned; blank is nothing."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        places = decimals(currency)
        super().__init__(min_value=0, max_digits=14, decimal_places=places, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "placeholder": f"{Decimal(0):.{places}f}"}

    def clean(self, value: Any) -> int:
        """Give minor units."""
        cleaned = super().clean(value)
        return int((cleaned or Decimal(0)).scaleb(decimals(self.currency)))


@dataclass(frozen=True, slots=True)
class LineRow:
    """One order line on the page."""

    line: OrderLine
    price: str
    quantity: forms.BoundField | None  # None: all units are refunded
    restock: forms.BoundField | None


class RefundForm(GuardedForm):
    """What goes back, and why."""

    reason = forms.ChoiceField(choices=[("", "Choose one"), *Refund.Reason.choices])
    note = forms.CharField(
        max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="For your colleagues; optional."
    )

    def __init__(self, *args: Any, payment: Payment, lines: Sequence[OrderLine], has_goods: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines if has_goods else []
        self.payment = payment
        for line in self.lines:
            self.fields[f"quantity_{line.pk}"] = forms.IntegerField(
                label=f"Units of {line.name} to refund",
                min_value=0,
                max_value=line.quantity_refundable,
                required=False,
                disabled=not line.quantity_refundable,
                widget=forms.NumberInput(attrs={"placeholder": "0"}),
            )
            self.fields[f"restock_{line.pk}"] = forms.BooleanField(
                label=f"Put {line.name} on sale again", required=False, initial=True
            )
        self.fields["delivery"] = AmountField(currency=payment.currency, label="Delivery")
        self.fields["other"] = AmountField(
            currency=payment.currency,
            label="Any other amount",
            help_text="Tax included. For goodwill, or when a refund came back.",
        )

    def rows(self) -> list[LineRow]:
        """The lines with their inputs."""
        return [
            LineRow(
                line=line,
                price=format_money(line.unit_price, self.payment.currency),
                quantity=self[f"quantity_{line.pk}"] if line.quantity_refundable else None,
                restock=self[f"restock_{line.pk}"] if line.quantity_refundable else None,
            )
            for line in self.lines
        ]

    def chosen(self) -> list[LineToRefund]:
        """Once valid: the lines of which something is refunded."""
        data = self.cleaned_data
        return [
            LineToRefund(line_id=line.pk, quantity=units, is_restocked=bool(data[f"restock_{line.pk}"]))
            for line in self.lines
            if (units := data.get(f"quantity_{line.pk}") or 0)
        ]


class ConfirmForm(forms.Form):
    """What the second page adds: what was shown, and which page it was."""

    expected_total = forms.IntegerField(min_value=0, max_value=2**53)
    token = forms.UUIDField()

    @property
    def token_id(self) -> uuid.UUID:
        """Once valid."""
        value: uuid.UUID = self.cleaned_data["token"]
        return value


def large_refunds_ask_again[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Have staff show again who they are above `settings.REFUND_ASKS_ABOVE`.

    The amount is what the page was confirmed for; the service refuses if it comes to another.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = next(arg for arg in args if isinstance(arg, HttpRequest))
        confirm = ConfirmForm(request.POST)
        is_large = confirm.is_valid() and confirm.cleaned_data["expected_total"] > settings.REFUND_ASKS_ABOVE
        asked = ask_again(request) if is_large else None
        return asked or view(*args, **kwargs)

    return guarded
