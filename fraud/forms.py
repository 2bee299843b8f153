"""What a reviewer writes down. Every text passes the card-number guard before anything is saved."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from checkout.models import Order
from fraud.models import Call, DeskRules, EscalationReason, ReleaseReason
from fraud.services import REVIEWER_REASONS
from store.card_guard import GuardedForm
from store.money import decimals

TICKS = [("pass", "Right"), ("fail", "Wrong"), ("", "Not asked")]
# Fields of answers are named by the code of their question, after this.
ASKED = "asked_"


def _help(name: str) -> str:
    """What the model says of a column."""
    return str(getattr(DeskRules._meta.get_field(name), "help_text", ""))  # noqa: SLF001 - Django's public secret


class RecordCallForm(GuardedForm):
    """One call, as it was. The questions of the script are fields of their own, made for each case."""

    dialled_phone = forms.CharField(
        label="Number dialled",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "list": "known-numbers"}),
        help_text="Empty: the one on the order.",
    )
    source = forms.ChoiceField(
        label="Where the number comes from",
        choices=[("", "Find it among the known ones"), *Call.Source.choices],
        required=False,
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
    callback_at = forms.DateTimeField(
        label="Ring again at",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Write the time as 2026-03-03 14:30."},
    )
    note = forms.CharField(
        label="Note",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What was said. Never a card number or security code.",
    )
    corrects = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.fields["callback_at"].help_text = f"Only if the customer asked for it; our time ({settings.TIME_ZONE})."
        for code in questions:
            self.fields[ASKED + code] = forms.ChoiceField(choices=TICKS, required=False, widget=forms.RadioSelect)

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

    @property
    def answers(self) -> dict[str, str]:
        """What was ticked, by the code of the question."""
        ticked = {code: self.cleaned_data.get(ASKED + code, "") for code in self.questions}
        return {code: tick for code, tick in ticked.items() if tick}


class ReleaseForm(GuardedForm):
    """Why the order may go."""

    release_reason = forms.ChoiceField(
        label="Reason", choices=[("", "As the calls say"), *ReleaseReason.choices], required=False
    )
    why = forms.CharField(
        label="Note",
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


class EscalateForm(GuardedForm):
    """Why somebody else should decide."""

    escalation_reason = forms.ChoiceField(
        label="Reason",
        choices=[("", "Choose a reason"), *EscalationReason.choices],
        error_messages={"required": "Choose why somebody else should decide."},
    )
    why = forms.CharField(label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class WhyForm(GuardedForm):
    """Words that are needed: an objection, or what was wrong about an entry."""

    why = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why, in a few words."},
    )


class DeskRulesForm(GuardedForm):
    """A new version of the desk's rules. Amounts are typed in the shop's currency, kept in its minor units."""

    tries = forms.IntegerField(label="Tries", min_value=1, max_value=20, help_text=_help("tries"))
    days = forms.IntegerField(label="Days", min_value=1, max_value=14, help_text=_help("days"))
    grace_hours = forms.IntegerField(label="Hours to ring back", min_value=0, max_value=96, help_text=_help("grace_hours"))
    when_unreached = forms.ChoiceField(
        label="After that",
        choices=DeskRules.WhenUnreached.choices,
        widget=forms.RadioSelect,
        help_text="Money is never taken.",
    )
    release_limit = forms.DecimalField(
        label="Small orders, up to", min_value=0, max_digits=14, help_text=_help("release_limit")
    )
    second_above = forms.DecimalField(
        label="Two people above",
        min_value=0,
        max_digits=14,
        required=False,
        help_text=f"{_help('second_above')} Empty: one person is enough.",
    )
    note = forms.CharField(label="Why they change", max_length=300, required=False)

    def minor(self, name: str) -> int | None:
        """An amount in minor units; None for an empty one."""
        amount: Decimal | None = self.cleaned_data[name]
        return None if amount is None else int(amount.scaleb(decimals(settings.SHOP_CURRENCY)))


class ReaddressForm(GuardedForm):
    """Where the parcel goes instead, in the same country and region."""

    name = forms.CharField(label="Name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    line1 = forms.CharField(label="Street and number", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    line2 = forms.CharField(
        label="Flat, company", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    city = forms.CharField(label="City", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    postcode = forms.CharField(
        label="Postcode", max_length=20, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    as_typed = forms.BooleanField(label="Use it as typed, whatever its country's checks say", required=False)
    why = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say who asked for it, and how you know that it was them."},
    )


# What the last call suggests as a reason; the reviewer may choose another.
_SUGGESTED = {
    Call.Outcome.BAD_NUMBER: Order.CancelReason.FALSE_NUMBER,
    Call.Outcome.WRONG_PERSON: Order.CancelReason.FALSE_NUMBER,
    Call.Outcome.NO_ANSWER: Order.CancelReason.NO_ANSWER,
    Call.Outcome.VOICEMAIL: Order.CancelReason.NO_ANSWER,
    Call.Outcome.REFUSED: Order.CancelReason.UNVERIFIED,
}


def suggest_reason(call: Call | None) -> str:
    """The reason that the last call speaks for; "" when it speaks for none."""
    if call is None or call.confirms:
        return ""
    if call.outcome == Call.Outcome.REACHED:
        return Order.CancelReason.DENIED if call.answer == Call.Answer.DENIES else ""
    return _SUGGESTED.get(Call.Outcome(call.outcome), "")
