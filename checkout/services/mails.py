"""Mails: an outbox row in the transaction that gives cause for it, sent later by the worker, rendered at the last moment."""

from __future__ import annotations

import uuid
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from checkout.models import Alert, Confirmation, Document, DocumentKind, Mail, Order, Refund, Return, Shipment, Withdrawal
from checkout.proofs import confirmation_proof, mailbox_proof
from checkout.services.jobs import claim, put_off
from checkout.services.refund_taxes import tax_note_of, tax_parts_of, tax_sums_of
from checkout.states import OrderStatus, PaymentStatus, RefundStatus
from checkout.story import phone_ending
from checkout.wording import words_for
from store.inserting import insert_unless_there
from store.language import speaking

# Nobody reached the customer, or nobody decided, in time.
TOO_SLOW = (Order.CancelReason.DEADLINE, Order.CancelReason.NO_ANSWER, Order.CancelReason.AUTHORISATION_LOST)

SUBJECTS = {
    Mail.Kind.RECEIVED: _("We have your order {number}"),
    Mail.Kind.CONFIRMING: _("We are confirming your order {number}"),
    Mail.Kind.MISSED: _("We tried to ring you about your order {number}"),
    Mail.Kind.CONFIRM: _("Is order {number} yours?"),
    Mail.Kind.RELEASED: _("Your order {number} is confirmed"),
    Mail.Kind.CANCELLED: _("Your order {number} is cancelled"),
    Mail.Kind.SHIPPED: _("Your order {number} is on its way"),
    Mail.Kind.PART_SHIPPED: _("A part of your order {number} is on its way"),
    Mail.Kind.PROVE: _("Go on and pay for your order {number}"),
    Mail.Kind.WAITING: _("Your order {number} waits for its payment"),
    Mail.Kind.LINK: _("The link to your order {number}"),
    Mail.Kind.TOO_LATE: _("We gave your payment for order {number} back"),
    Mail.Kind.REFUNDED: _("Your refund for order {number}"),
    Mail.Kind.REFUND_FAILED: _("Your refund for order {number} came back to us"),
    Mail.Kind.RETURN_REQUESTED: _("We have your return for order {number}"),
    Mail.Kind.RETURN_APPROVED: _("How to return things of order {number}"),
    Mail.Kind.RETURN_REFUSED: _("About your return for order {number}"),
    Mail.Kind.WITHDRAWN: _("We have your withdrawal from order {number}"),
}

# These are about a return; their cause is its id.
RETURNS = (Mail.Kind.RETURN_REQUESTED, Mail.Kind.RETURN_APPROVED, Mail.Kind.RETURN_REFUSED)
# These are about a refund.
REFUNDS = (Mail.Kind.REFUNDED, Mail.Kind.REFUND_FAILED)


# These have the link by which an order can be paid even when the shop is on guard.
TO_PAY = (Mail.Kind.PROVE, Mail.Kind.WAITING)
# These say when the parcel comes: as long as that can be kept.
ARRIVALS = (Mail.Kind.RECEIVED, Mail.Kind.RELEASED)


class UnableToSendMail(Exception):
    """The mail waits for its next turn. Names the class of the error only: a mail server's words may hold the address."""


def queue_mail(*, order_id: uuid.UUID, kind: Mail.Kind, now: datetime, cause: str = "") -> bool:
    """Write the mail down, to be sent once per cause whatever happens; False when it was written before.

    `cause` is the id of the refund, return, call or late payment that it is about; most kinds come once an order without.
    """
    from checkout.tasks import send_mail  # noqa: PLC0415  # the task calls this module

    mail = Mail(order_id=order_id, kind=kind, cause=cause, written_at=now, next_try_at=now)
    is_new = insert_unless_there(mail)
    if is_new:
        send_mail.enqueue(mail.pk)
    return is_new


def send_queued_mail(*, mail_id: int, now: datetime) -> bool:
    """Send the mail unless it was sent, or is being sent, or is not due; say whether it went out. Raises UnableToSendMail.

    The row is claimed before the mail server is called, so that two workers send it once. A worker killed in between
    leaves the claim to lapse: then the mail is tried again, which may, once in a blue moon, send it twice rather than never;
    both carry one Message-ID (docs/decisions.md).
    """
    mail = claim(Mail.objects.filter(sent_at=None).select_related("order"), pk=mail_id, now=now)
    if mail is None:
        return False
    try:
        if not is_moot(mail, now=now):
            build_mail(mail).send()
    except Exception as error:  # noqa: BLE001
        # Whatever went wrong (server down, address refused) the mail waits for its next turn and the order is not touched.
        alert = Alert(
            cause=f"mail:{mail.pk}",
            order=mail.order,
            message=f"Order {mail.order.number}: the mail '{mail.get_kind_display()}' could not be sent in {{tries}} tries "
            "({error}). Look at the mail server, and tell the customer another way.",
            raised_at=now,
        )
        name = put_off(mail, error=error, alert=alert, now=now)
        raise UnableToSendMail(name) from None  # its traceback is kept with the task
    Mail.objects.filter(pk=mail_id).update(sent_at=now)
    return True


def is_moot(mail: Mail, *, now: datetime) -> bool:
    """Whether events have overtaken the mail: nobody wants "we are confirming" after "it is cancelled"."""
    if not mail.order.email:  # erased: nobody is left to read it
        return True
    if mail.kind == Mail.Kind.REFUND_FAILED:  # refunded again meanwhile
        return not Refund.objects.filter(pk=mail.cause, status=RefundStatus.FAILED).exists()
    if mail.kind in TO_PAY and (mail.order.status != OrderStatus.AWAITING_PAYMENT or mail.order.expires_at <= now):
        return True
    if mail.kind == Mail.Kind.CONFIRM:
        asked = Confirmation.objects.filter(pk=mail.cause, answer="", expires_at__gt=now)
        return mail.order.status != OrderStatus.ON_HOLD or not asked.exists()
    return mail.kind in (Mail.Kind.CONFIRMING, Mail.Kind.MISSED) and mail.order.status != OrderStatus.ON_HOLD


def build_mail(mail: Mail) -> EmailMultiAlternatives:
    """Render the mail as text and HTML, in the language of its order."""
    order = Order.objects.for_order_page().get(pk=mail.order_id)
    with speaking(order.language):
        return _render(mail, order)


def _render(mail: Mail, order: Order) -> EmailMultiAlternatives:
    link = ("checkout:order", [order.token])
    if mail.kind in TO_PAY:
        link = ("checkout:order-from-mail", [order.token, mailbox_proof(order)])
    elif mail.kind == Mail.Kind.CONFIRM and mail.cause:
        asked = Confirmation.objects.get(pk=mail.cause)
        link = ("checkout:confirm", [order.token, confirmation_proof(asked)])
    context = {
        "order": order,
        "shop_name": settings.SHOP_NAME,
        "shop_phone": settings.SHOP_PHONE,
        "was_too_slow": order.cancel_reason in TOO_SLOW,
        "was_charged": order.payments.filter(captured_amount__gt=0).exists(),
        "was_charged_back": order.payments.filter(status=PaymentStatus.CHARGED_BACK).exists(),
        "was_authorised": order.payments.filter(authorized_at__isnull=False).exists(),
        "shows_arrival": bool(order.arrival) and mail.kind in ARRIVALS,
        "phone_ending": phone_ending(order),
        **_told_of_refund(mail, order),
        "returned": _return_of(mail),
        "papers": _papers_of(mail, order),
        "shipment": _shipment_of(mail),
        "shipments": Shipment.objects.filter(order=order).order_by("shipped_at") if mail.kind == Mail.Kind.SHIPPED else [],
        "withdrawal": _withdrawal_of(mail),
        "withdrawal_days": settings.WITHDRAWAL_DAYS,
        "return_address": settings.RETURN_ADDRESS,
        "words": words_for(order),
        "order_url": settings.SHOP_ORIGIN + reverse(link[0], args=link[1]),
        "subject": SUBJECTS[Mail.Kind(mail.kind)].format(number=order.number),
    }
    message = EmailMultiAlternatives(
        subject=str(context["subject"]),
        body=render_to_string(f"mails/{mail.kind}.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[order.email],
        headers={"Message-ID": message_id(mail)},
    )
    message.attach_alternative(render_to_string(f"mails/{mail.kind}.html", context), "text/html")
    return message


def _refund_of(mail: Mail) -> Refund | None:
    """The refund that the mail is about, with its lines."""
    if not mail.cause or mail.kind not in REFUNDS:
        return None
    return Refund.objects.select_related("payment").prefetch_related("lines__line").get(pk=mail.cause)


def _told_of_refund(mail: Mail, order: Order) -> dict[str, object]:
    """The refund and its tax, rate by rate."""
    if (refund := _refund_of(mail)) is None:
        return {"refund": None}
    taxes = tax_parts_of(refund, order)
    base = refund.goods + refund.delivery
    sums = tax_sums_of(order, tax=refund.tax, other=refund.other, taxes=taxes, goods_and_delivery=base)
    return {"refund": refund, "refund_taxes": sums, "refund_tax_note": tax_note_of(order, taxes)}


def _return_of(mail: Mail) -> Return | None:
    """The return that the mail is about, with its lines."""
    if not mail.cause or mail.kind not in RETURNS:
        return None
    return Return.objects.prefetch_related("lines__line").get(pk=mail.cause)


def _shipment_of(mail: Mail) -> Shipment | None:
    """The parcel that the mail is about, with what is in it."""
    if not mail.cause or mail.kind != Mail.Kind.PART_SHIPPED:
        return None
    return Shipment.objects.prefetch_related("lines__line").get(pk=mail.cause)


def _withdrawal_of(mail: Mail) -> Withdrawal | None:
    """The withdrawal of which the mail is the receipt."""
    if not mail.cause or mail.kind != Mail.Kind.WITHDRAWN:
        return None
    return Withdrawal.objects.get(pk=mail.cause)


def _papers_of(mail: Mail, order: Order) -> list[tuple[Document, str]]:
    """The invoice or the credit notes that came about with what the mail tells of, and where they are."""
    found = Document.objects.filter(order=order).order_by("issued_at", "kind", "serial")
    match mail.kind:
        case Mail.Kind.RELEASED:
            found = found.filter(kind=DocumentKind.INVOICE)
        case Mail.Kind.REFUNDED if mail.cause:
            found = found.filter(refund_id=mail.cause, kind=DocumentKind.CREDIT_NOTE)
        case Mail.Kind.REFUND_FAILED if mail.cause:
            found = found.filter(refund_id=mail.cause, kind=DocumentKind.REVERSAL)
        case Mail.Kind.CANCELLED:
            found = found.filter(kind=DocumentKind.CREDIT_NOTE)
        case _:
            return []
    return [
        (document, settings.SHOP_ORIGIN + reverse("checkout:document", args=[order.token, document.pk]))
        for document in found
    ]


def message_id(mail: Mail) -> str:
    """The same at each try, so that a copy sent twice can be told from two mails."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{mail.pk}.{mail.order_id.hex}@{domain}>"
