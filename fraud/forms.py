"""What a reviewer writes down. Every text passes the card-number guard before anything is saved."""

from __future__ import annotations

from typing import Any

from django import forms

from checkout.models import Order
from fraud.models import Call
from fraud.services import REVIEWER_REASONS
from store.card_guard import GuardedForm


class RecordCallForm(GuardedForm):
    """One call, as it was."""

    dialled_phone = forms.CharField(
        label="Number dialled",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    outcome = forms.ChoiceField(
        label="Who answered?",
        choices=Call.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say who or what answered."},
    )
    answer = forms.ChoiceField(
        label="What did they say of the order?",
        choices=[("", "Not reached"), *Call.Answer.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Note",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What was said. Never a card number or security code.",
    )

    def clean(self) -> dict[str, Any] | None:
        """An answer belongs to a call that reached somebody, and only to such a call."""
        cleaned = super().clean()
        is_reached = self.cleaned_data.get("outcome") == Call.Outcome.REACHED
        answer = self.cleaned_data.get("answer")
        if is_reached and not answer:
            self.add_error("answer", "You reached the customer: say what they said of the order.")
        if answer and not is_reached and "outcome" in self.cleaned_data:
            self.add_error("answer", "Nobody was reached, so nobody can have said this. Choose “Not reached”.")
        return cleaned


class ReleaseForm(GuardedForm):
    """Why the order may go."""

    why = forms.CharField(
        label="Why",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed only if no call confirmed the order.",
    )


class CancelForm(GuardedForm):
    """Why the order may not."""

    reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose a reason"), *((reason.value, reason.label) for reason in REVIEWER_REASONS)],
        error_messages={"required": "Choose why the order is cancelled."},
    )
    why = forms.CharField(label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


# What the last call suggests as a reason; the reviewer may choose another.
_SUGGESTED = {
    Call.Outcome.BAD_NUMBER: Order.CancelReason.FALSE_NUMBER,
    Call.Outcome.WRONG_PERSON: Order.CancelReason.FALSE_NUMBER,
    Call.Outcome.NO_ANSWER: Order.CancelReason.NO_ANSWER,
    Call.Outcome.VOICEMAIL: Order.CancelReason.NO_ANSWER,
}


def suggest_reason(call: Call | None) -> str:
    """The reason that the last call speaks for; "" when it speaks for none."""
    if call is None or call.confirms:
        return ""
    if call.outcome == Call.Outcome.REACHED:
        return Order.CancelReason.DENIED if call.answer == Call.Answer.DENIES else ""
    return _SUGGESTED.get(Call.Outcome(call.outcome), "")
