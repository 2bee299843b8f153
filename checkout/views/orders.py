"""The order's page, the way back from the gateway, and the webhook's door."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkout.after import look_after
from checkout.gateways import NoSuchGateway
from checkout.gateways.base import BadSignature, GatewayError
from checkout.models import Order
from checkout.proofs import is_mailbox_proof
from checkout.services.admission import Step, find_terms, know_visitor
from checkout.services.by_customer import CANCELLABLE, UnableToCancelHere, ask_to_cancel, cancel_by_customer
from checkout.services.settle import settle
from checkout.services.webhooks import receive_event
from checkout.states import PaymentStatus
from checkout.story import tell_story
from checkout.views.checkout import pay as go_to_pay
from checkout.views.finding import find_order
from checkout.wording import gateway_of, ways_to_pay
from store.client import client_ip

# Bytes; Stripe's largest events are a tenth of it.
MAX_EVENT_SIZE = 256 * 1024


@require_safe
@never_cache
def order(request: HttpRequest, token: str, proof: str = "") -> HttpResponse:
    """Tell the shopper how the order stands. With `proof`, as in the link that was mailed, an order can be paid on guard."""
    found = find_order(token)
    now = timezone.now()
    if proof and not is_mailbox_proof(proof, order=found):
        raise Http404
    shipments = list(found.shipments.prefetch_related("lines__line").order_by("shipped_at"))
    asks = not proof and _asks_mailbox(request, found, now=now)
    story = tell_story(found, now=now, asks_mailbox=asks, is_part_sent=bool(shipments))
    context = {
        "order": found,
        "proof": proof,
        "story": story,
        "can_cancel": found.status in CANCELLABLE,
        "after": look_after(found, now=now),
        "shipments": shipments,
        "papers": found.documents.order_by("issued_at", "kind", "serial"),
        "return_address": settings.RETURN_ADDRESS,
        "ways": ways_to_pay(found.money, chosen=gateway_of(found)) if story.can_pay else [],
    }
    return render(request, "checkout/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel an order before it is released, or ask for it before it ships; both in two steps."""
    found = find_order(token)
    now = timezone.now()
    can_ask = found.is_released and found.cancel_asked_at is None
    if request.method != "POST":
        context = {"order": found, "can_cancel": found.status in CANCELLABLE, "can_ask": can_ask}
        return render(request, "checkout/cancel.html", context)
    try:
        if found.is_released:
            ask_to_cancel(order_id=found.pk, now=now)
            messages.success(
                request, _("We have your wish to cancel. We write to you as soon as one of us has looked at it.")
            )
        elif cancel_by_customer(order_id=found.pk, now=now):
            messages.success(request, _("Your order is cancelled."))
        else:
            messages.success(request, _("Your order is being cancelled. It takes a few minutes, and you get a mail."))
    except UnableToCancelHere as error:
        messages.error(request, str(error))
    return redirect("checkout:order", token=token)


def _asks_mailbox(request: HttpRequest, order: Order, *, now: datetime) -> bool:
    """Whether the order can be paid by the mailed link only."""
    if not order.is_awaiting_payment or any(payment.is_started for payment in order.payments.all()):
        return False
    visitor = know_visitor(user=request.user, address=client_ip(request), email=order.email or "", cart_id=order.cart_id)
    return find_terms(visitor=visitor, now=now).step == Step.MAILBOX


@require_safe
@never_cache
def returned(_request: HttpRequest, token: str) -> HttpResponse:
    """Come back from the gateway's page: settle, then show the order. Needs no session: the browser may be another one."""
    for payment in find_order(token).payments.filter(status=PaymentStatus.STARTED):
        with suppress(GatewayError):  # the webhook or the sweep will learn of it; the page says that we are waiting
            settle(payment_id=payment.pk, now=timezone.now())
    return redirect("checkout:order", token=token)


@require_POST
@never_cache
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """Resume the payment."""
    return go_to_pay(request, find_order(token))


@csrf_exempt  # the gateway has no cookie of ours; its signature is checked instead
@require_POST
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """Keep a signed event and answer at once; the work is done by the worker."""
    if gateway not in settings.PAYMENT_GATEWAYS:
        raise Http404
    if refusal := _refuse_unread(request):
        return refusal
    try:
        receive_event(gateway_name=gateway, headers=request.headers, body=request.body, now=timezone.now())
    except (BadSignature, NoSuchGateway):
        return HttpResponse("Not signed by the gateway. Nothing was kept.\n", status=400, content_type="text/plain")
    return HttpResponse(status=204)


def _refuse_unread(request: HttpRequest) -> HttpResponse | None:
    """Turn away, before a byte of it is read, what no gateway sends: without a length, too large, packed."""
    length = request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdigit()):
        return HttpResponse("Say how long it is.\n", status=411, content_type="text/plain")
    if len(length) > len(str(MAX_EVENT_SIZE)) or int(length) > MAX_EVENT_SIZE:
        return HttpResponse("Too large.\n", status=413, content_type="text/plain")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        return HttpResponse("Send it unpacked.\n", status=415, content_type="text/plain")
    return None
