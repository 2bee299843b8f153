"""The control page: what happened lately, and buttons to make other things happen."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sandbox.control import selectors
from sandbox.ground import deliveries, faults, switches
from sandbox.ground.faults import UnknownFaultError
from sandbox.ground.models import Fault
from sandbox.ground.switches import UnknownSwitchError
from sandbox.ground.worker import let_time_pass
from sandbox.paypal import disputes, payments, refunds
from sandbox.paypal import store as paypal_store
from sandbox.paypal import switches as paypal_switches
from sandbox.paypal.errors import ApiError as PaypalError
from sandbox.stripe import store, trouble
from sandbox.stripe.errors import ApiError
from sandbox.stripe.events import BY_ITSELF
from sandbox.stripe.models import Resource

type Form = Mapping[str, str]

SHOWN_PAYMENTS = 20
SHOWN_EVENTS = 40


@never_cache
@require_GET
def control_page(request: HttpRequest) -> HttpResponse:
    """The page."""
    let_time_pass()
    shown = {
        "merchant": settings.MERCHANT_NAME,
        "payments": selectors.recent_payments(SHOWN_PAYMENTS),
        "orders": selectors.recent_paypal_orders(SHOWN_PAYMENTS),
        "paypal_switches": [(name, name.replace("_", " "), words) for name, words in paypal_switches.WORDS.items()],
        "events": selectors.event_log(SHOWN_EVENTS)[::-1],
        "state": selectors.switches_now(),
        "webhook_switches": [
            ("drop", "Drop: events are never sent"),
            ("duplicate", "Duplicate: each event is sent twice"),
            ("reorder", "Reorder: younger events overtake older ones"),
            ("ungenerated", "Lose: events are not even made"),
        ],
        "calls": faults.CALLS,
        "modes": faults.MODES,
        "statuses": faults.STATUSES,
        "clock": datetime.fromtimestamp(switches.now(), UTC),
        "problem": request.GET.get("problem", ""),
    }
    return render(request, "control/control.html", shown)


@require_POST
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do what a button says, then show the page again."""
    action = ACTIONS.get(name)
    if action is None:
        raise Http404
    problem = ""
    try:
        with transaction.atomic():
            action(request.POST.dict())
    except (ApiError, PaypalError, UnknownFaultError, UnknownSwitchError, ValueError) as error:
        problem = str(error)
    if name == "deliver" and not problem:
        deliveries.deliver_all()
    query = {"problem": problem} if problem else None
    return redirect(reverse("control", query=query, fragment=request.POST.get("back")))


def _set_switches(form: Form) -> None:
    ticked = {name: name in form for name in ("drop", "duplicate", "reorder", "ungenerated")}
    delay = float(form.get("delay_seconds") or 0)
    switches.change_webhook({"mode": form.get("mode", ""), "delay_seconds": delay, **ticked})
    if form.get("webhook_url"):
        switches.change_urls({"stripe": form["webhook_url"]})
    if form.get("paypal_webhook_url"):
        switches.change_urls({"paypal": form["paypal_webhook_url"]})


def _set_paypal(form: Form) -> None:
    paypal_switches.change({name: form[name] for name in paypal_switches.WORDS if name in form})


def _act_at_paypal(form: Form) -> None:
    """What a person does in PayPal's own dashboard, and trouble for one capture."""
    now, ref, what = switches.now(), form.get("ref", ""), form.get("what", "")
    if what == "capture":
        payments.capture_authorization(ref=ref, given={}, now=now)
    elif what == "void":
        payments.void_authorization(ref=ref, now=now)
    elif what == "refund":
        refunds.refund_capture(ref=ref, given={}, now=now)
    elif what in {"COMPLETED", "DECLINED"}:
        payments.settle_capture(ref=ref, status=what, now=now)
    elif what == "dispute":
        capture = paypal_store.find("capture", ref)
        disputes.open_dispute(capture=capture, amount=None, reason="UNAUTHORISED", stage="INQUIRY", now=now)
    elif what in disputes.ENDS:
        disputes.close_dispute(ref=ref, favour=what, now=now)


def _add_fault(form: Form) -> None:
    faults.add_fault(
        call=form.get("call", ""),
        mode=form.get("mode", ""),
        status=int(form.get("status") or 500),
        times=int(form.get("times") or 1),
        seconds=float(form.get("seconds") or 0),
    )


def _clear_faults(_form: Form) -> None:
    Fault.objects.all().delete()


def _set_clock(form: Form) -> None:
    switches.set_clock(float(form.get("hours") or 0) * 3600)


def _resend(form: Form) -> None:
    deliveries.resend(form.get("event", ""))


def _make(form: Form) -> None:
    """Trouble for one payment."""
    intent = store.find("payment_intent", form.get("payment_intent", ""))
    charge = store.find("charge", intent.body["latest_charge"])
    now = switches.now()
    what = form.get("what")
    if what == "dispute":
        trouble.open_dispute(charge=charge, amount=None, reason="fraudulent", cause=BY_ITSELF, now=now)
    elif what == "warning":
        trouble.warn_early(charge=charge, fraud_type="made_with_stolen_card", cause=BY_ITSELF, now=now)
    elif what == "review":
        trouble.open_review(charge=charge, reason="rule", cause=BY_ITSELF, now=now)
    elif what in {"approved", "refunded_as_fraud"}:
        trouble.close_review(ref=charge.body["review"] or "", reason=what, cause=BY_ITSELF, now=now)
    elif what in trouble.DISPUTE_ENDS:
        trouble.close_dispute(ref=_dispute_of(charge), status=what, cause=BY_ITSELF, now=now)


def _dispute_of(charge: Resource) -> str:
    dispute = Resource.objects.filter(kind="dispute", charge=charge.ref).first()
    return dispute.ref if dispute else ""


def _deliver(_form: Form) -> None:
    """Delivering happens after the transaction: the shop may call back while it takes an event."""


ACTIONS: dict[str, Callable[[Form], None]] = {
    "switches": _set_switches,
    "fault": _add_fault,
    "clear-faults": _clear_faults,
    "clock": _set_clock,
    "resend": _resend,
    "make": _make,
    "deliver": _deliver,
    "paypal": _act_at_paypal,
    "paypal-switches": _set_paypal,
}
