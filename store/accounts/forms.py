"""The forms of an account. Password fields keep spaces and take any length: what is good is said by `PasswordRules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from store.accounts.access import complaint_about
from store.auth import LogInForm as ThrottledLogInForm
from store.card_guard import GuardedForm
from store.models import User
from store.passwords import HINT, SHORTEST, SHORTEST_FOR_STAFF

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

WRONG: Final = gettext_lazy(
    "This e-mail address and this password don't belong together, or the account isn't confirmed yet."
)


def _password(label: StrPromise, autocomplete: str, *, help_text: StrPromise | str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def rules_for(user: User | None = None) -> str:
    """Return what the form says of a good password beforehand."""
    if user is not None and user.is_staff:
        return f"At least {SHORTEST_FOR_STAFF} characters with a letter and a digit. {HINT}"
    rule = _("At least {number} characters, any you like, spaces too.").format(number=SHORTEST)
    return f"{rule} {HINT}"


_rules = lazy(rules_for, str)


class LogInForm(ThrottledLogInForm):
    """Logs a customer in. Says the same for a wrong password, an unknown address, and an account that isn't live."""

    error_messages = {**ThrottledLogInForm.error_messages, "invalid_login": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # "username" is the token by which browsers find the log-in they kept; the field's name is Django's.
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "maxlength": 254})
        self.fields["username"].label = gettext_lazy("E-mail")


class SignUpForm(GuardedForm):
    """Asks for an account. The password is typed once here, and again behind the link."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = _password(gettext_lazy("Password"), "new-password", help_text=_rules())

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Judge the password, knowing the e-mail and the name."""
        data = super().clean() or self.cleaned_data
        if password := data.get("password"):
            _judge(self, "password", password, User(email=data.get("email", ""), name=data.get("name", "")))
        return data


class ConfirmForm(GuardedForm):
    """Behind the link of a sign-up: the password that was chosen."""

    password = _password(gettext_lazy("The password you chose"), "current-password")


class AskResetForm(GuardedForm):
    """Asks for a link to set a new password."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class NewPasswordForm(GuardedForm):
    """A new password, twice, as nobody sees what they type."""

    new_password = _password(gettext_lazy("New password"), "new-password", help_text=_rules())
    new_password_again = _password(gettext_lazy("New password again"), "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new_password"].help_text = rules_for(user)

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Judge the password, and compare the two."""
        data = super().clean() or self.cleaned_data
        password, again = data.get("new_password"), data.get("new_password_again")
        if password and again and password != again:
            self.add_error("new_password_again", _("These two passwords aren't the same. Please type it again."))
        if password:
            _judge(self, "new_password", password, self.user)
        return data


class PasswordAgainForm(GuardedForm):
    """The password of whoever is logged in, once more: before what can't be undone, or shows everything."""

    current_password = _password(gettext_lazy("Your password"), "current-password")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    @sensitive_variables()
    def clean_current_password(self) -> str:
        """Check it, at the speed of a person."""
        password: str = self.cleaned_data["current_password"]
        if complaint := complaint_about(self.request, password):
            raise ValidationError(complaint, code="password")
        return password


class ChangePasswordForm(PasswordAgainForm, NewPasswordForm):
    """The old password and a new one."""

    field_order = ["current_password", "new_password", "new_password_again"]


class EraseForm(PasswordAgainForm):
    """The password, and words that nobody types by mistake."""

    WORDS = gettext_lazy("erase my data")
    words = forms.CharField(
        label=format_lazy(gettext_lazy("Type “{words}”"), words=WORDS),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ["words", "current_password"]

    def clean_words(self) -> str:
        """Compare the words, not their case."""
        words: str = self.cleaned_data["words"]
        if " ".join(words.casefold().split()).strip("“”„\"'.") != self.WORDS.casefold():
            why = _("Please type the words “{words}”. Nothing was erased.").format(words=self.WORDS)
            raise ValidationError(why, code="words")
        return words


@sensitive_variables("password")
def _judge(form: forms.BaseForm, field: str, password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        form.add_error(field, error)
        form[field].help_text = ""  # the error says it again
