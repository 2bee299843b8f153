"""Checkout in two steps that need no JavaScript: your details, then review and pay.

What the shopper typed travels from step to step inside the page itself: no personal data in sessions.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from catalog.prices import keep_prices_current
from checkout import limits
from checkout.addressing import country_name
from checkout.cookies import read_cart_id
from checkout.forms import CheckoutForm, PlaceForm
from checkout.models import CartLine, Mail, Order, ShopTerms
from checkout.pricing import Quote, mark_of
from checkout.proofs import is_mailbox_proof
from checkout.services.address_book import form_values, keep_from_checkout, kept_addresses
from checkout.services.admission import Step, Terms, admit_order, admit_start, find_terms, know_visitor
from checkout.services.coupons import usable_coupon
from checkout.services.mails import queue_mail
from checkout.services.orders import (
    TermsChanged,
    TotalChanged,
    UnableToPlaceOrder,
    find_placed,
    place_order,
    quote_offer,
)
from checkout.services.payments import UnableToStartPayment, start_payment, withdraw_unpaid_orders
from checkout.states import PaymentStatus
from checkout.taxes import find_tax
from checkout.views.pause import has_waited, show_moment, show_too_often
from checkout.wording import gateway_of, ways_to_pay
from store.client import client_ip
from store.models import User
from store.money import Money
from store.throttle import TooOften

STEPS = (gettext_lazy("Cart"), gettext_lazy("Your details"), gettext_lazy("Review and pay"))

# The step that fills in one of the account's addresses -> whose fields.
FILLS = {"fill-bill": "bill", "fill-ship": "ship"}


class SeeOther(HttpResponseRedirect):
    """After a POST: fetch this with GET."""

    status_code = 303


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def checkout(request: HttpRequest) -> HttpResponse:
    """Ask for the details, show them for review, place the order and lead to the gateway's page."""
    step = request.POST.get("step", "")
    if step == "place" and (placed := _find_placed(request)):
        return _go_to_pay(request, placed)  # the same page sent twice
    cart_id = read_cart_id(request)
    keep_prices_current(now=timezone.now())
    lines = list(CartLine.objects.for_cart_page(cart_id)) if cart_id else []
    if cart_id is None or not lines or not all(line.is_available for line in lines):
        messages.error(
            request,
            _("Something in your cart is no longer available as you want it. Please look it over.")
            if lines
            else _("Your cart is empty. There is nothing to order yet."),
        )
        return redirect("checkout:cart")
    now = timezone.now()
    keeps = isinstance(request.user, User)
    if not step:
        return _show_details(request, CheckoutForm(lines=lines, now=now, keeps=keeps, initial=_initial(request)), lines)
    if step == "country" or step in FILLS:  # another form for another country; nothing is checked yet
        typed: dict[str, object] = {name: value for name, value in request.POST.items() if name in CheckoutForm.base_fields}
        typed |= _fill(request, FILLS[step]) if step in FILLS else {}
        return _show_details(request, CheckoutForm(lines=lines, now=now, keeps=keeps, initial=typed), lines)
    form = CheckoutForm(request.POST, lines=lines, now=now, keeps=keeps)
    if not form.is_valid() or step == "edit":
        return _show_details(request, form, lines, status=200 if step == "edit" else 422)
    return _place(request, form, lines, cart_id=cart_id) if step == "place" else _show_review(request, form, lines)


def _place(request: HttpRequest, form: CheckoutForm, lines: list[CartLine], *, cart_id: uuid.UUID) -> HttpResponse:
    place = PlaceForm(request.POST)
    if not place.is_valid():
        return _show_review(
            request, form, lines, complaint=_("Please look at the total once more. Nothing was ordered."), status=422
        )
    now = timezone.now()
    email = form.contact().email
    visitor = know_visitor(user=request.user, address=client_ip(request), email=email, cart_id=cart_id)
    terms = find_terms(visitor=visitor, now=now)
    if terms.step == Step.MOMENT and not has_waited(request, subject=str(place.attempt_id)):
        return show_moment(request, subject=str(place.attempt_id), fields=[*form.fields, *place.fields, "step", "gateway"])
    try:
        admit_order(visitor=visitor, terms=terms, lines=lines, now=now)
    except TooOften as error:
        return show_too_often(request, error, undone=_("Nothing was ordered, nothing was charged, and your cart is kept."))
    return _place_admitted(request, form, lines, cart_id=cart_id, place=place, terms=terms, now=now)


def _place_admitted(
    request: HttpRequest,
    form: CheckoutForm,
    lines: list[CartLine],
    *,
    cart_id: uuid.UUID,
    place: PlaceForm,
    terms: Terms,
    now: datetime,
) -> HttpResponse:
    if paid := withdraw_unpaid_orders(cart_id=cart_id, now=now):
        messages.info(
            request, _("You have an earlier order from this cart that is paid or being paid. Nothing new was ordered.")
        )
        return redirect("checkout:order", token=paid.token)
    try:
        order = place_order(
            cart_id=cart_id,
            contact=form.contact(),
            bill_to=form.bill_to(),
            ship_to=form.ship_to(),
            delivery=form.cleaned_data["delivery"],
            is_gift=form.cleaned_data["is_gift"],
            expected_total=place.cleaned_data["expected_total"],
            attempt=place.attempt_id,
            customer=request.user if isinstance(request.user, User) else None,
            ip_address=client_ip(request),
            user_agent=request.headers.get("User-Agent", ""),
            now=now,
            hold=terms.hold,
            vat_number=form.business_number(),
            gift_message=form.cleaned_data["gift_message"],
            order_note=form.cleaned_data["order_note"],
            terms_id=place.cleaned_data["terms"],
            expected_goods=place.cleaned_data["goods"],
        )
    except TermsChanged as error:
        return _show_review(request, form, lines, complaint=str(error), status=409)
    except TotalChanged as error:
        return _show_review(request, form, lines, quote=error.quote, complaint=str(error), status=409)
    except UnableToPlaceOrder as error:
        messages.error(request, str(error))
        return redirect("checkout:cart")
    if isinstance(request.user, User) and (
        undone := keep_from_checkout(customer=request.user, addresses=form.to_keep(), now=now)
    ):
        messages.info(request, undone)
    if terms.step == Step.MAILBOX:
        return _send_to_mailbox(order)
    return _open_page(request, order, hold=terms.hold)


def _go_to_pay(request: HttpRequest, order: Order) -> HttpResponse:
    """Send the shopper to the hosted page that is open, or to a new one if they may have it."""
    is_open = order.payments.filter(status=PaymentStatus.STARTED, gateway=_gateway_name(request, order)).exists()
    if not order.is_awaiting_payment or is_open:
        return _open_page(request, order)
    now = timezone.now()
    visitor = know_visitor(user=request.user, address=client_ip(request), email=order.email or "", cart_id=order.cart_id)
    terms = find_terms(visitor=visitor, now=now)
    is_proven = is_mailbox_proof(request.POST.get("proof", ""), order=order)
    subject = f"{order.pk}:{order.payments.count()}"
    if terms.step == Step.MAILBOX and not is_proven:
        return _send_to_mailbox(order)
    if terms.step == Step.MOMENT and not is_proven and not has_waited(request, subject=subject):
        return show_moment(request, subject=subject, fields=["proof", "gateway"])
    try:
        admit_start(visitor=visitor, terms=terms, order=order, now=now)
    except TooOften as error:
        return show_too_often(request, error, undone=_("Nothing was charged, and your order is kept while its time lasts."))
    return _open_page(request, order, hold=limits.HOLD if is_proven else terms.hold)


def _gateway_name(request: HttpRequest, order: Order) -> str | None:
    """The way to pay that was chosen, now or for the page before; None where the shop has none."""
    ways = ways_to_pay(order.money, chosen=request.POST.get("gateway") or gateway_of(order))
    return next((way.name for way in ways if way.is_chosen), None)


def _send_to_mailbox(order: Order) -> HttpResponse:
    """Mail a link by which the payment goes on; the order's page says so."""
    queue_mail(order_id=order.pk, kind=Mail.Kind.PROVE, now=timezone.now())
    return redirect("checkout:order", token=order.token)


def _open_page(request: HttpRequest, order: Order, *, hold: timedelta = limits.HOLD) -> HttpResponse:
    """Send the shopper to the hosted page; if it can't be opened, to the order's page, where it can be tried again."""
    gateway_name = _gateway_name(request, order)
    if gateway_name is None:
        messages.error(request, _("This shop can't take payments yet: no gateway is configured. You were not charged."))
        return redirect("checkout:order", token=order.token)
    try:
        return SeeOther(start_payment(order_id=order.pk, gateway_name=gateway_name, now=timezone.now(), hold=hold))
    except UnableToStartPayment as error:
        messages.error(request, str(error))
        return redirect("checkout:order", token=order.token)


def pay(request: HttpRequest, order: Order) -> HttpResponse:
    """Resume the payment of a placed order."""
    return _go_to_pay(request, order)


def _show_details(request: HttpRequest, form: CheckoutForm, lines: list[CartLine], *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "lines": lines,
        "items_total": sum(line.total for line in lines),
        "coupon": lines[0].cart.coupon,
        "kept": kept_addresses(request.user) if isinstance(request.user, User) else [],
        "deliver_to": country_name(form.destination.country),
        "steps": _steps(1),
        # Another language takes along what was typed, as another country does.
        "language_form": "details",
        "language_step": "country",
    }
    return render(request, "checkout/details.html", context, status=status)


def _show_review(
    request: HttpRequest,
    form: CheckoutForm,
    lines: list[CartLine],
    *,
    quote: Quote | None = None,
    complaint: str = "",
    status: int = 200,
) -> HttpResponse:
    ship_to, bill_to = form.ship_to(), form.bill_to()
    offer = form.offer
    coupon, coupon_complaint = usable_coupon(lines, now=timezone.now())
    tax = find_tax(
        country=ship_to.country, region=ship_to.region, postcode=ship_to.postcode, vat_number=form.business_number()
    )
    quote = quote or quote_offer(lines, offer, tax=tax, coupon=coupon)
    context = {
        "form": form,
        "lines": lines,
        "quote": quote,
        "offer": offer,
        "contact": form.contact(),
        "bill_to": bill_to,
        "ship_to": ship_to,
        "attempt": uuid.uuid4(),
        "goods": mark_of(lines),
        "complaint": complaint or coupon_complaint,
        "terms": ShopTerms.objects.in_force(timezone.now()),
        "ways": ways_to_pay(Money(quote.total, settings.SHOP_CURRENCY), chosen=request.POST.get("gateway", "")),
        "steps": _steps(2),
        "language_form": "typed",
        "language_step": "review",
        # What was typed, to be sent again with the next step.
        "typed": [(name, value) for name, value in request.POST.items() if name in form.fields],
    }
    return render(request, "checkout/review.html", context, status=status)


def _find_placed(request: HttpRequest) -> Order | None:
    place = PlaceForm(request.POST)
    return find_placed(attempt=place.attempt_id) if place.is_valid() else None


def _initial(request: HttpRequest) -> dict[str, object]:
    """What a customer's form begins with: who they are, and the addresses that they said to begin with."""
    if not isinstance(request.user, User):
        return {}
    values: dict[str, object] = {"email": request.user.email, "bill_name": request.user.name or ""}
    kept = kept_addresses(request.user)
    bill_to = next((address for address in kept if address.is_bill_to), None)
    ship_to = next((address for address in kept if address.is_ship_to), None)
    if bill_to:
        values |= form_values(bill_to, prefix="bill")
    if ship_to and ship_to != bill_to:
        values |= {**form_values(ship_to, prefix="ship"), "ship_elsewhere": "on"}
    return values


def _fill(request: HttpRequest, prefix: str) -> dict[str, object]:
    """The address of the account that was chosen for these fields, if it is one of theirs."""
    kept = kept_addresses(request.user) if isinstance(request.user, User) else []
    chosen = next((address for address in kept if str(address.pk) == request.POST.get(f"{prefix}_kept")), None)
    if chosen is None:
        return {}
    return form_values(chosen, prefix=prefix) | ({"ship_elsewhere": "on"} if prefix == "ship" else {})


def _steps(current: int) -> list[dict[str, object]]:
    return [
        {"name": name, "is_done": i < current, "is_current": i == current, "url": reverse("checkout:cart") if i == 0 else ""}
        for i, name in enumerate(STEPS)
    ]
