"""What a shopper may say besides: that it is a gift, words for whoever gets it, a note for the shop."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from store.card_guard import GuardedForm

# Characters. A message must fit under the lines of a packing slip; a note is read by one who packs.
LONGEST_GIFT_MESSAGE: Final = 400
LONGEST_NOTE: Final = 500


class WordsField(forms.CharField):
    """A few lines of text. A browser sends a new line as two characters and counts it as one: so does this."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        # With a placeholder the style sheet can tell that nothing was typed.
        widget = forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "placeholder": " "})
        super().__init__(max_length=longest, required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """The text with simple new lines."""
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class WordsForm(GuardedForm):
    """The part of the checkout with what nobody has to say."""

    is_gift = forms.BooleanField(
        label=_("This is a gift"), required=False, help_text=_("We leave the prices out of the parcel.")
    )
    gift_message = WordsField(
        label=_("Message for whoever gets it"),
        longest=LONGEST_GIFT_MESSAGE,
        help_text=_("Printed on the slip in the parcel, without prices."),
    )
    order_note = WordsField(
        label=_("A note for us"),
        longest=LONGEST_NOTE,
        help_text=_("Anything we should know for this order. It does not go into the parcel."),
    )

    def clean(self) -> dict[str, Any]:
        """A message needs its gift: nothing that was typed is dropped in silence."""
        data = super().clean() or self.cleaned_data
        if data.get("gift_message") and not data.get("is_gift"):
            self.add_error("is_gift", _("You wrote a message for a gift. Please tick this, or empty the message."))
        return data
