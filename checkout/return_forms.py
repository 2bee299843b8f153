"""The forms of what comes after the parcel: returns and reviews."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from checkout.models import OrderLine, ReturnLine
from checkout.models.reviews import MAX_NAME, MAX_TEXT, MAX_TITLE
from checkout.services.refunds import LineToRefund
from checkout.services.returns import LineToReturn
from store.card_guard import GuardedForm


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """One order line of the return form."""

    line: OrderLine
    left: int
    quantity: forms.BoundField
    reason: forms.BoundField


class ReturnForm(GuardedForm):
    """How many of what comes back, and why."""

    attempt = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Anything else we should know"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("What is wrong with it, for instance. Please no card numbers."),
    )

    def __init__(self, *args: Any, lines: Sequence[tuple[OrderLine, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line, left in lines:
            self.fields[f"quantity_{line.pk}"] = forms.TypedChoiceField(
                label=_("How many of {name}").format(name=line.name),
                choices=[(0, _("None")), *((units, str(units)) for units in range(1, left + 1))],
                coerce=int,
                required=False,
                error_messages={"invalid_choice": _("At most {left} can be returned.").format(left=left)},
            )
            self.fields[f"reason_{line.pk}"] = forms.ChoiceField(
                label=_("Why {name} comes back").format(name=line.name),
                choices=[("", _("Choose a reason")), *ReturnLine.Reason.choices],
                required=False,
                error_messages={"invalid_choice": _("Please choose one of the reasons.")},
            )
        self.order_fields([name for name in self.fields if name != "note"])

    def rows(self) -> list[ReturnRow]:
        """The lines with their inputs."""
        return [ReturnRow(line, left, self[f"quantity_{line.pk}"], self[f"reason_{line.pk}"]) for line, left in self.lines]

    def clean(self) -> dict[str, Any]:
        """A reason for each line that comes back, and at least one line."""
        data = super().clean() or self.cleaned_data
        chosen = [line for line, _ in self.lines if data.get(f"quantity_{line.pk}")]
        for line in chosen:
            if not data.get(f"reason_{line.pk}") and f"reason_{line.pk}" not in self.errors:
                self.add_error(f"reason_{line.pk}", _("Please choose a reason."))
        if not chosen and not self.errors:
            raise forms.ValidationError(_("Please say how many of what you want to return. Nothing was sent."))
        return data

    def chosen(self) -> list[LineToReturn]:
        """Once valid: the lines that come back."""
        data = self.cleaned_data
        return [
            LineToReturn(line_id=line.pk, quantity=units, reason=ReturnLine.Reason(data[f"reason_{line.pk}"]))
            for line, _ in self.lines
            if (units := data.get(f"quantity_{line.pk}") or 0)
        ]

    @property
    def attempt_id(self) -> uuid.UUID:
        """Once valid."""
        value: uuid.UUID = self.cleaned_data["attempt"]
        return value


class WithdrawForm(GuardedForm):
    """From which contract, and where the receipt goes."""

    attempt = forms.UUIDField(widget=forms.HiddenInput)
    number = forms.CharField(
        label=_("Order number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It stands in each mail about the order, as in R-1234-5678."),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("The one you ordered with. The receipt goes there."),
    )


class ReviewForm(GuardedForm):
    """What a buyer thinks of it."""

    stars = forms.TypedChoiceField(
        label=_("How many stars"),
        coerce=int,
        choices=[(5, _("5, splendid")), (4, _("4, good")), (3, _("3, all right")), (2, _("2, poor")), (1, _("1, bad"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose one to five stars."),
            "invalid_choice": _("Please choose 1 to 5 stars."),
        },
    )
    title = forms.CharField(
        label=_("In a few words"), max_length=MAX_TITLE, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    text = forms.CharField(
        label=_("What others should know"),
        max_length=MAX_TEXT,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        help_text=_("What was good, what was not, and for which animal."),
    )
    name = forms.CharField(
        label=_("Name to show"),
        max_length=MAX_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        help_text=_("Everybody can read it. Leave it blank to be “A verified buyer”."),
    )


class AnswerForm(GuardedForm):
    """Our words to a shopper who wants to return something."""

    answer = forms.CharField(
        label="Words to the customer",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="They stand in the mail and on the order's page.",
    )


class WhyForm(GuardedForm):
    """Why something is closed or rejected."""

    why = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ReplyForm(GuardedForm):
    """The shop's answer to a review."""

    reply = forms.CharField(
        label="The shop's answer",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody reads it below the review. Leave it blank to have none.",
    )


@dataclass(frozen=True, slots=True)
class ArrivedRow:
    """One line of a return, with what staff say of it."""

    row: ReturnLine
    units: forms.BoundField
    restock: forms.BoundField | None = None


class ReceiveForm(GuardedForm):
    """What arrived, and how."""

    condition = forms.CharField(
        label="How it arrived",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For your colleagues; the customer does not see it.",
    )

    def __init__(self, *args: Any, lines: Sequence[ReturnLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for row in lines:
            self.fields[f"arrived_{row.pk}"] = _units(f"Units of {row.line.name} that arrived", row.quantity)

    def rows(self) -> list[ArrivedRow]:
        """The lines with their inputs."""
        return [ArrivedRow(row, self[f"arrived_{row.pk}"]) for row in self.lines]

    def arrived(self) -> dict[int, int]:
        """Once valid: units by the id of the return's line."""
        return {row.pk: self.cleaned_data[f"arrived_{row.pk}"] for row in self.lines}


class RefundReturnForm(forms.Form):
    """What is refunded of what arrived, and what goes back on sale."""

    delivery = forms.BooleanField(label="Refund the delivery, too", required=False)

    def __init__(self, *args: Any, lines: Sequence[ReturnLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [row for row in lines if row.arrived]
        for row in self.lines:
            self.fields[f"units_{row.pk}"] = _units(f"Units of {row.line.name} to refund", row.arrived)
            self.fields[f"restock_{row.pk}"] = forms.BooleanField(label=f"Put {row.line.name} on sale again", required=False)

    def rows(self) -> list[ArrivedRow]:
        """The lines with their inputs."""
        return [ArrivedRow(row, self[f"units_{row.pk}"], self[f"restock_{row.pk}"]) for row in self.lines]

    def chosen(self) -> list[LineToRefund]:
        """Once valid: the lines to refund."""
        data = self.cleaned_data
        return [
            LineToRefund(line_id=row.line_id, quantity=units, is_restocked=bool(data[f"restock_{row.pk}"]))
            for row in self.lines
            if (units := data[f"units_{row.pk}"])
        ]


def _units(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, initial=most)
