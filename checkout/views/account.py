"""The account's page with its orders, and all we know about the person, to take away or to erase."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkout.after import newest_returns
from checkout.limits import Visitor, uses_of_proof
from checkout.models import Document, DocumentKind, Order
from checkout.services.by_customer import claim_past_orders
from checkout.states import OrderStatus
from checkout.views.pause import show_too_often
from store.accounts.access import for_customers, log_in_path
from store.accounts.forms import EraseForm, PasswordAgainForm
from store.accounts.links import BadLink, check_mailbox
from store.accounts.mails import AccountMail, queue_account_mail
from store.blind_index import blind_index
from store.client import client_ip
from store.erasure import UnableToEraseCustomer, erase_customer, reasons_against
from store.export import as_json, export_customer
from store.models import User
from store.throttle import TooOften, take_uses

PAGE_SIZE = 20
# What the shopper reads in the list; the order's page says more (`checkout.story`). Never a word of suspicion.
WORDS = {
    OrderStatus.AWAITING_PAYMENT: gettext_lazy("Waits for its payment"),
    OrderStatus.ON_HOLD: gettext_lazy("We are confirming it"),
    OrderStatus.RELEASED: gettext_lazy("Confirmed"),
    OrderStatus.SHIPPED: gettext_lazy("On its way"),
    OrderStatus.CANCELLED: gettext_lazy("Cancelled"),
    OrderStatus.EXPIRED: gettext_lazy("Not paid in time"),
}


@require_safe
@for_customers
def account(request: HttpRequest, user: User) -> HttpResponse:
    """List the customer's orders, newest first.

    Only those placed while logged in, and those claimed: a guest's order isn't the account's by its e-mail address alone,
    which anybody can type at the checkout. Whoever proves the mailbox may claim it (`claim`), as its mails show it to them.
    """
    orders = Order.objects.filter(customer=user).prefetch_related("lines").order_by("-placed_at", "-id")
    before = _read_cursor(request.GET.get("before", ""))
    if before and (last := Order.objects.filter(customer=user, pk=before).values("placed_at", "pk").first()):
        orders = orders.filter(placed_at__lte=last["placed_at"]).exclude(placed_at=last["placed_at"], pk__gte=last["pk"])
    rows = list(orders[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    returned = newest_returns(shown)
    invoices = {invoice.order_id: invoice for invoice in Document.objects.filter(order__in=shown, kind=DocumentKind.INVOICE)}
    context = {
        "user": user,
        "rows": [
            {
                "order": order,
                "words": WORDS[OrderStatus(order.status)],
                "lines": order.lines.all(),
                "returned": returned.get(order, ""),
                "invoice": invoices.get(order.pk),
            }
            for order in shown
        ],
        "older": _cursor(shown[-1]) if len(rows) > PAGE_SIZE else "",
        "is_first": not before,
    }
    return render(request, "account/account.html", context)


@require_POST
@for_customers
def ask_for_past_orders(request: HttpRequest, user: User) -> HttpResponse:
    """Mail a link to the account's address: whoever opens it may have its guest orders listed."""
    try:
        take_uses(uses_of_proof(Visitor(address=client_ip(request), email=user.email)), now=timezone.now())
    except TooOften as error:
        return show_too_often(request, error, undone=_("No mail was sent."))
    queue_account_mail(AccountMail.CLAIM, user.pk)
    messages.success(request, _("We have sent you a mail with a link. Open it in this browser."))
    return redirect("checkout:account")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """List past guest orders in the account, once its mailbox is proven. Looking changes nothing."""
    user = request.user
    if not isinstance(user, User):
        return redirect(log_in_path(then=request.path))
    try:
        check_mailbox(token, user=user, now=timezone.now())
    except BadLink:
        messages.error(request, _("This link is too old, or another account asked for it. Nothing was changed."))
        return redirect("checkout:account")
    if request.method != "POST":
        return render(request, "account/claim.html", {"user": user})
    count = claim_past_orders(user=user)
    listed = ngettext("{count} past order is listed now.", "{count} past orders are listed now.", count).format(count=count)
    messages.success(request, listed if count else _("There was no other order under your address."))
    return redirect("checkout:account")


@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
@sensitive_post_parameters()
def data(request: HttpRequest, user: User) -> HttpResponse:
    """Show what we keep; hand it out or erase it, after the password was typed again."""
    step = request.POST.get("step")
    download = PasswordAgainForm(request.POST if step == "download" else None, request=request, prefix="download")
    erase = EraseForm(request.POST if step == "erase" else None, request=request, prefix="erase")
    status = 422 if step else 200
    if download.is_valid():
        return _hand_out(user)
    if erase.is_valid():
        try:
            erase_customer(email=user.email, now=timezone.now())
        except UnableToEraseCustomer as error:
            for reason in error.reasons:
                erase.add_error(None, reason)
            status = 409
        else:
            logout(request)
            return redirect("checkout:account-erased")
    context = {
        "user": user,
        "download": download,
        "erase": erase,
        "words": EraseForm.WORDS,
        "reasons": reasons_against(blind_index("email", user.email)),
    }
    return render(request, "account/data.html", context, status=status)


@require_safe
@never_cache
def erased(request: HttpRequest) -> HttpResponse:
    """Say goodbye."""
    return render(request, "account/erased.html")


def _hand_out(user: User) -> HttpResponse:
    text = as_json(export_customer(email=user.email, now=timezone.now(), is_self_service=True))
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


def _cursor(order: Order) -> str:
    return urlsafe_base64_encode(order.pk.bytes)


def _read_cursor(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(bytes=urlsafe_base64_decode(text)) if text else None
    except ValueError:
        return None
