"""Mails about accounts. The worker is told a kind and an id; address and text are made at the moment of sending."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy

from store.accounts.links import BadLink, mailbox_token, reset_link, sign_up_link, waiting_sign_up
from store.accounts.tasks import send_account_mail
from store.language import current_language, speaking
from store.models import User

logger = structlog.get_logger(__name__)

# A mail that could not be sent is tried again after 1, 2, 4, 8 minutes. Later its link would be of little use.
MAX_TRIES: Final = 5
FIRST_DELAY: Final = timedelta(minutes=1)


class AccountMail(StrEnum):
    """What a mail is about; the id beside it is a sign-up's or a user's."""

    SIGN_UP = "sign_up"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a name
    INVITED = "invited"
    CLAIM = "claim"
    # Of staff: what they log in with besides their password.
    APP_SET_UP = "app_set_up"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_MADE = "codes_made"
    FACTOR_TAKEN_AWAY = "factor_taken_away"


SUBJECTS: Final = {
    "sign_up": gettext_lazy("Confirm your account at {shop}"),
    "exists": gettext_lazy("You have an account at {shop} already"),
    "reset": gettext_lazy("Set a new password at {shop}"),
    "invited": gettext_lazy("Your log-in for the staff pages of {shop}"),
    "claim": gettext_lazy("Your past orders at {shop}"),
    "password_changed": gettext_lazy("Your password at {shop} was changed"),
    "factor": gettext_lazy("How you log in to the staff pages of {shop} was changed"),
}
# What happened to somebody's second factor, as their mail says it.
HAPPENED: Final = {
    AccountMail.APP_SET_UP: "A telephone was set up for the codes of your log-in. The one before, its recovery codes and "
    "every other session ended.",
    AccountMail.PASSKEY_ADDED: "A passkey was added to your log-in. Whoever has it and your password can log in.",
    AccountMail.PASSKEY_REMOVED: "A passkey was removed from your log-in. It opens nothing any more.",
    AccountMail.CODES_MADE: "New recovery codes were made for your log-in. The old list opens nothing any more.",
    AccountMail.FACTOR_TAKEN_AWAY: "Your second factor was taken away, by another owner or from the server itself. All your "
    "sessions ended. At your next log-in you set up a new one.",
}


def queue_account_mail(kind: AccountMail, about: uuid.UUID, *, language: str = "") -> None:
    """Let the worker send a mail. Call it in the transaction of its cause: both are written, or neither.

    It is in the language of the page that its reader is on, unless somebody else is the cause: then say which.
    """
    send_account_mail.enqueue(kind, str(about), 1, language or current_language())


def deliver_account_mail(*, kind: str, about: uuid.UUID, tries: int, language: str, now: datetime) -> bool:
    """Send a mail now and say whether there was one to send; if the mail server fails, leave it for later."""
    with speaking(language):
        message = build_account_mail(kind=AccountMail(kind), about=about, now=now)
    if message is None:
        return False
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - whatever went wrong, later it may go right
        # The class only: a mail server's words may hold the address.
        logger.warning("account mail not sent", kind=kind, tries=tries, error=type(error).__name__)
        if tries < MAX_TRIES:
            later = now + FIRST_DELAY * 2 ** (tries - 1)
            send_account_mail.using(run_after=later).enqueue(kind, str(about), tries + 1, language)
        return False
    return True


def build_account_mail(*, kind: AccountMail, about: uuid.UUID, now: datetime) -> EmailMultiAlternatives | None:
    """Render a mail as text and HTML; None when events have overtaken it, or when there never was anybody."""
    if kind is AccountMail.SIGN_UP:
        return _about_sign_up(about, now)
    user = User.objects.filter(pk=about, is_active=True).first()
    if user is not None and kind is AccountMail.INVITED:
        return _invitation(user, now) if user.is_staff and not user.has_usable_password() else None
    if user is None or not user.has_usable_password():
        return None
    return _about_account(kind, user, now)


def _about_account(kind: AccountMail, user: User, now: datetime) -> EmailMultiAlternatives:
    if kind is AccountMail.PASSWORD_CHANGED:
        return _render("password_changed", to=user.email, link=_absolute("account:reset"))
    if kind in HAPPENED:
        return _render("factor", to=user.email, link=_absolute("staff:mine"), happened=HAPPENED[kind])
    if kind is AccountMail.CLAIM:  # the page is of an app above; its address is given by name
        return _render("claim", to=user.email, link=_absolute("checkout:account-claim-link", mailbox_token(user, now=now)))
    return _render("reset", to=user.email, link=_absolute("account:reset-link", *reset_link(user)))


def _about_sign_up(pk: uuid.UUID, now: datetime) -> EmailMultiAlternatives | None:
    try:
        sign_up = waiting_sign_up(pk=pk, now=now)
    except BadLink:
        return None
    # The name isn't used: whoever asked chose it, and could make our mail say what they like.
    if User.objects.filter(email_index=sign_up.email_index).exists():
        return _render("exists", to=sign_up.email, link=_absolute("account:reset"))
    return _render("sign_up", to=sign_up.email, link=_absolute("account:sign-up-link", *sign_up_link(sign_up)))


def _invitation(user: User, now: datetime) -> EmailMultiAlternatives:
    from store.staff.invitations import MAILED_FOR, invitation_link  # noqa: PLC0415 - it has its mails sent by this module

    return _render("invited", to=user.email, link=invitation_link(user, lifetime=MAILED_FOR, now=now))


def _absolute(name: str, *args: str) -> str:
    return str(settings.SHOP_ORIGIN) + reverse(name, args=args)


def _render(template: str, *, to: str, link: str, **more: str) -> EmailMultiAlternatives:
    subject = SUBJECTS[template].format(shop=settings.SHOP_NAME)
    context = {
        "subject": subject,
        "link": link,
        "log_in": _absolute("account:log-in"),
        "shop_name": settings.SHOP_NAME,
        "shop_phone": settings.SHOP_PHONE,
        **more,
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"account/mails/{template}.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
    )
    message.attach_alternative(render_to_string(f"account/mails/{template}.html", context), "text/html")
    return message
