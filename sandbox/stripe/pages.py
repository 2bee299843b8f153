"""The hosted payment page and the 3-D Secure step. No script, no session, no card number kept."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sandbox.ground import switches
from sandbox.ground.hosted import locked, see_other
from sandbox.ground.values import Json
from sandbox.stripe.amounts import money
from sandbox.stripe.cards import GROUPS, TEST_CARDS, TestCard
from sandbox.stripe.forms import PayForm
from sandbox.stripe.models import Challenge, Resource
from sandbox.stripe.passing_time import let_time_pass
from sandbox.stripe.payments import Outcome, SessionClosedError, finish_challenge, pay
from sandbox.stripe.sessions import success_url


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def pay_page(request: HttpRequest, ref: str) -> HttpResponse:
    """Show what is to be paid and take the card; a session that is paid or expired says so."""
    let_time_pass()
    session = Resource.objects.filter(kind="checkout.session", ref=ref).first()
    if session is None:
        raise Http404
    if session.body["status"] != "open":
        return _closed(request, session)
    if request.method != "POST":
        form = PayForm(session=session.body, now=switches.now())
        problem = _challenge_failed(request, session)
        return _form_page(request, session, form, problem=problem, status=200)
    form = PayForm(request.POST, session=session.body, now=switches.now())
    if not form.is_valid():
        return _form_page(request, session, form, problem="", status=422)
    try:
        outcome = pay(session_ref=ref, card=form.card_facts, billing=form.billing(), now=switches.now())
    except SessionClosedError:
        return _closed(request, Resource.objects.get(ref=ref))
    if outcome.status == "declined":
        return _form_page(request, session, form, problem=outcome.message, status=402)
    return _go_on(outcome)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def challenge_page(request: HttpRequest, token: str) -> HttpResponse:
    """The bank's page of a 3-D Secure payment: complete it or fail it."""
    let_time_pass()
    challenge = Challenge.objects.filter(token=token).first()
    if challenge is None:
        return render(request, "stripe_pages/closed.html", {"gone": True}, status=410)
    session = Resource.objects.get(ref=challenge.session)
    if request.method == "POST":
        try:
            outcome = finish_challenge(token=token, complete=request.POST.get("result") == "complete", now=switches.now())
        except SessionClosedError:
            return render(request, "stripe_pages/closed.html", {"gone": True}, status=410)
        return _go_on(outcome)
    shown = {"lines": session.hidden["line_items"], "last4": challenge.card["last4"], **_summary(session)}
    return _locked(render(request, "stripe_pages/challenge.html", shown), session)


def _go_on(outcome: Outcome) -> HttpResponse:
    if outcome.status == "challenge":
        return see_other(redirect("challenge", token=outcome.token))
    if outcome.status == "declined":
        return see_other(redirect("pay", ref=outcome.session))
    return see_other(HttpResponseRedirect(outcome.success_url))


def _challenge_failed(request: HttpRequest, session: Resource) -> str:
    """Why the last try failed, when the shopper comes back from the bank's page."""
    if not session.body["payment_intent"] or request.method == "POST":
        return ""
    intent = Resource.objects.get(ref=session.body["payment_intent"])
    error = intent.body["last_payment_error"] or {}
    return str(error.get("message", ""))


def _form_page(request: HttpRequest, session: Resource, form: PayForm, *, problem: str, status: int) -> HttpResponse:
    shown = {"form": form, "problem": problem, "groups": _card_groups(), **_summary(session)}
    return _locked(render(request, "stripe_pages/pay.html", shown, status=status), session)


def _closed(request: HttpRequest, session: Resource) -> HttpResponse:
    paid = session.body["status"] == "complete"
    if paid and request.method == "POST":  # sent twice: the first one did it
        return see_other(HttpResponseRedirect(success_url(session)))
    shown = {"paid": paid, "success_url": success_url(session) if paid else "", **_summary(session)}
    return _locked(render(request, "stripe_pages/closed.html", shown, status=200 if paid else 410), session)


def _summary(session: Resource) -> Json:
    body = session.body
    lines = [
        {
            "name": line["description"],
            "quantity": line["quantity"],
            "each": money(line["price"]["unit_amount"], body["currency"]),
            "total": money(line["amount_total"], body["currency"]),
        }
        for line in session.hidden["line_items"]
    ]
    shipping = body["total_details"]["amount_shipping"]
    return {
        "merchant": settings.MERCHANT_NAME,
        "lines": lines,
        "shipping": money(shipping, body["currency"]) if shipping else "",
        "total": money(body["amount_total"], body["currency"]),
        "cancel_url": body["cancel_url"],
        "holds_only": session.hidden["payment_intent_data"].get("capture_method") == "manual",
    }


def _card_groups() -> list[tuple[str, list[TestCard]]]:
    return [(group, [card for card in TEST_CARDS if card.group == group]) for group in GROUPS]


def _locked(response: HttpResponse, session: Resource) -> HttpResponse:
    return locked(response, session.body["success_url"], session.body["cancel_url"])
