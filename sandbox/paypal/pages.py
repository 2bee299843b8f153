"""The page on which the buyer approves, and the certificate that webhooks are signed with. No script, no session."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from sandbox.ground import switches
from sandbox.ground.hosted import locked, see_other
from sandbox.ground.values import Json
from sandbox.paypal import orders
from sandbox.paypal.amounts import for_people, minus, money, value_of
from sandbox.paypal.forms import ApproveForm
from sandbox.paypal.models import Resource
from sandbox.paypal.orders import OrderClosedError, approve_order, cancel_url, return_url
from sandbox.paypal.passing_time import let_time_pass
from sandbox.paypal.signing import certificates

# Parts of an amount, as the page calls them; what takes away comes with a minus.
PARTS = {
    "shipping": "Delivery",
    "handling": "Handling",
    "tax_total": "Tax",
    "insurance": "Insurance",
    "discount": "Discount",
    "shipping_discount": "Delivery discount",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def approval_page(request: HttpRequest) -> HttpResponse:
    """Show what is to be paid and let the buyer approve; an order that is paid or gone says so."""
    let_time_pass()
    order = Resource.objects.filter(kind="order", ref=request.GET.get("token", "")).first()
    if order is None:
        raise Http404
    if order.hidden.get("gone") or order.body["status"] == "COMPLETED":
        return _closed(request, order)
    orders.visit(order, now=switches.now())
    source: Json = order.hidden["source"]
    asks_address = order.hidden["context"].get("shipping_preference", "GET_FROM_FILE") == "GET_FROM_FILE"
    if request.method != "POST":
        form = ApproveForm(order=order.body, source=source, asks_address=asks_address)
        return _form_page(request, order, form, status=200)
    form = ApproveForm(request.POST, order=order.body, source=source, asks_address=asks_address)
    if not form.is_valid():
        return _form_page(request, order, form, status=422)
    try:
        approval = approve_order(ref=order.ref, buyer=form.account(), now=switches.now())
    except OrderClosedError:
        return _closed(request, Resource.objects.get(ref=order.ref))
    if not approval.return_url:
        return render(request, "paypal_pages/closed.html", {"approved": True, **_summary(order)})
    return see_other(HttpResponseRedirect(approval.return_url))


@require_GET
def certificate(_request: HttpRequest, name: str) -> HttpResponse:
    """The signing certificate with its issuer, as PEM."""
    keys = certificates()
    if name != keys.name:
        raise Http404
    return HttpResponse(keys.chain_pem, content_type="application/x-pem-file")


def _form_page(request: HttpRequest, order: Resource, form: ApproveForm, *, status: int) -> HttpResponse:
    context = order.hidden["context"]
    shown = {
        "form": form,
        "declined": bool(order.hidden.get("declines")),
        "pays_now": context.get("user_action") == "PAY_NOW",
        "holds_only": order.body["intent"] == "AUTHORIZE",
        **_summary(order),
    }
    page = render(request, "paypal_pages/approve.html", shown, status=status)
    return locked(page, context.get("return_url"), context.get("cancel_url"))


def _closed(request: HttpRequest, order: Resource) -> HttpResponse:
    paid = order.body["status"] == "COMPLETED"
    if paid and request.method == "POST" and return_url(order):  # sent twice: the first one did it
        return see_other(HttpResponseRedirect(return_url(order)))
    shown = {"paid": paid, "return_url": return_url(order) if paid else "", **_summary(order)}
    return render(request, "paypal_pages/closed.html", shown, status=200 if paid else 410)


def _summary(order: Resource) -> Json:
    unit = order.body["purchase_units"][0]
    breakdown: Json = unit["amount"].get("breakdown") or {}
    lines = [
        {
            "name": item["name"],
            "quantity": int(item["quantity"]),
            "each": for_people(item["unit_amount"]),
            "total": for_people(
                money(value_of(item["unit_amount"]) * int(item["quantity"]), item["unit_amount"]["currency_code"])
            ),
        }
        for item in unit.get("items") or []
    ]
    parts = [
        {"name": said, "amount": for_people(minus(breakdown[name]) if "discount" in name else breakdown[name])}
        for name, said in PARTS.items()
        if name in breakdown and value_of(breakdown[name])
    ]
    is_provided = order.hidden["context"].get("shipping_preference") == "SET_PROVIDED_ADDRESS"
    return {
        "merchant": order.hidden["context"].get("brand_name") or settings.MERCHANT_NAME,
        "lines": lines,
        "parts": parts,
        "total": for_people(unit["amount"]),
        "cancel_url": cancel_url(order),
        "ship_to": unit.get("shipping") if is_provided else None,
    }
