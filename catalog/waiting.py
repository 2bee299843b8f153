"""“Tell me when it is back”: asked for, confirmed from the mailbox, mailed once, forgotten.

Whoever asks gets the same answer whether the address waits already or not. What nobody confirms is gone after a day.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import F, prefetch_related_objects
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import StockWait, Variant
from catalog.selectors import spoken_with_lines
from catalog.tasks import send_wait_mail
from store.blind_index import blind_index
from store.language import current_language, speaking
from store.throttle import Rate, Use, take_uses

logger = structlog.get_logger(__name__)

# Mails to one mailbox: nobody is to be pestered through us. And what one network may ask for in an hour.
BY_EMAIL: Final = Rate(name="stock waits by e-mail", most=6, window=24 * 3600)
BY_ADDRESS: Final = Rate(name="stock waits by address", most=20, window=3600)
CONFIRM_WITHIN: Final = timedelta(days=1)
# What nobody could send for so long is not news any more.
KEPT: Final = timedelta(days=180)
# A mail that could not be sent is tried again after 5, 10, 20 … minutes, this often.
MAX_TRIES: Final = 8
FIRST_DELAY: Final = timedelta(minutes=5)
# Mails sent in one run; the next run follows soon.
BATCH: Final = 200
_signer: Final = Signer(salt="catalog.waiting")


class UnableToWait(Exception):
    """Nothing was noted. `str(error)` tells the shopper why."""


class NobodyWaits(Exception):
    """The link is not ours, or what it was about is over. Nothing was changed."""


def ask_to_wait(*, variant_id: int, email: str, address: str, now: datetime) -> None:
    """Note the wish and send its confirmation. Raise UnableToWait, or `store.throttle.TooOften`; then nothing was noted."""
    variant = Variant.objects.for_sale().filter(pk=variant_id).first()
    if variant is None:
        raise UnableToWait(_("That item is not in the shop any more. We have noted nothing."))
    if not variant.is_sold_out:
        raise UnableToWait(_("Good news: it is on the shelf again. We have noted nothing, as you can have it now."))
    take_uses([Use(rate=BY_EMAIL, parts=(email,)), Use(rate=BY_ADDRESS, parts=(address,))], now=now)
    same = StockWait.objects.filter(variant=variant, email_index=blind_index("email", email))
    with transaction.atomic():
        wait = same.first()
        if wait is None:
            try:
                with transaction.atomic():
                    wait = StockWait.objects.create(variant=variant, email=email, language=current_language(), asked_at=now)
            except IntegrityError:  # sent twice at once, and the other was quicker: it sends the mail
                return
        if wait.confirmed_at is None:
            send_wait_mail.enqueue(str(wait.pk))


def wait_link(wait: StockWait) -> list[str]:
    """The two parts of a wait's address: which, and proof that the link is ours."""
    return [str(wait.pk), _signer.signature(str(wait.pk))]


def find_wait(*, pk: uuid.UUID, proof: str, now: datetime) -> StockWait:
    """The wait that a link is about. Raise NobodyWaits."""
    try:
        _signer.unsign(f"{pk}:{proof}")
    except BadSignature:
        raise NobodyWaits from None
    same = StockWait.objects.select_related("variant__product").prefetch_related(*spoken_with_lines("variant__product"))
    wait = same.filter(pk=pk).first()
    if wait is None or (wait.confirmed_at is None and wait.asked_at <= now - CONFIRM_WITHIN):
        raise NobodyWaits
    return wait


def confirm_wait(*, wait: StockWait, now: datetime) -> None:
    """The owner of the mailbox wants it. Twice is once."""
    StockWait.objects.filter(pk=wait.pk, confirmed_at=None).update(confirmed_at=now)


def forget_wait(*, wait: StockWait) -> None:
    """Forget the address."""
    StockWait.objects.filter(pk=wait.pk).delete()


def tell_who_waits(*, now: datetime) -> tuple[int, int]:
    """Mail those whose variant is back, first come first told; forget what is too old. Gives how many of each.

    A row is claimed before the mail server is called, and deleted once the mail is out: two workers send it once.
    """
    old = StockWait.objects.filter(confirmed_at=None, asked_at__lte=now - CONFIRM_WITHIN).delete()[0]
    old += StockWait.objects.filter(asked_at__lte=now - KEPT).delete()[0]
    ready = StockWait.objects.filter(
        confirmed_at__isnull=False,
        variant__is_active=True,
        variant__product__is_active=True,
        variant__on_hand__gt=F("variant__held"),
    ).exclude(next_try_at__gt=now)
    told = 0
    for wait in ready.select_related("variant__product").order_by("asked_at", "pk")[:BATCH]:
        claim = StockWait.objects.filter(pk=wait.pk, tries=wait.tries)
        later = now + FIRST_DELAY * 2**wait.tries
        if not claim.update(tries=wait.tries + 1, next_try_at=later):
            continue
        if _send(wait, "back_in_stock"):
            told += 1
            StockWait.objects.filter(pk=wait.pk).delete()
        elif wait.tries + 1 >= MAX_TRIES:
            StockWait.objects.filter(pk=wait.pk).delete()
    return told, old


def send_confirmation(*, pk: uuid.UUID) -> bool:
    """Ask the mailbox; False when there is nothing to ask any more, or the mail server failed."""
    wait = StockWait.objects.select_related("variant__product").filter(pk=pk, confirmed_at=None).first()
    return wait is not None and _send(wait, "back_in_stock_confirm")


def _send(wait: StockWait, template: str) -> bool:
    with speaking(wait.language):
        message = _write(wait, template)
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - whatever went wrong, later it may go right
        # The class only: a mail server's words may hold the address.
        logger.warning("stock mail not sent", kind=template, error=type(error).__name__)
        return False
    return True


def _write(wait: StockWait, template: str) -> EmailMultiAlternatives:
    prefetch_related_objects([wait], *spoken_with_lines("variant__product"))
    product = wait.variant.product
    subject = _("Shall we tell you? {product}") if template == "back_in_stock_confirm" else _("{product} is back")
    subject = subject.format(product=product.shown_name)
    context = {
        "subject": subject,
        "product": product,
        "variant": wait.variant,
        "wait": wait,
        "product_url": f"{settings.SHOP_ORIGIN}{product.get_absolute_url()}?sku={wait.variant.sku}",
        "link": settings.SHOP_ORIGIN + reverse("catalog:stock-wait", args=wait_link(wait)),
        "shop_name": settings.SHOP_NAME,
        "shop_phone": settings.SHOP_PHONE,
    }
    message = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"catalog/mails/{template}.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[wait.email],
    )
    message.attach_alternative(render_to_string(f"catalog/mails/{template}.html", context), "text/html")
    return message
