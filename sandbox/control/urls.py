"""The addresses below /control/."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from sandbox.control import api, pages, paypal


def _switches(request: HttpRequest) -> HttpResponse:
    return api.show_switches(request) if request.method == "GET" else api.set_switches(request)


_switches.csrf_exempt = True  # type: ignore[attr-defined]  # both views behind it are

urlpatterns = [
    path("", pages.control_page, name="control"),
    path("do/<name>", pages.act, name="act"),
    path("api/switches", _switches),
    path("api/reset", api.reset),
    path("api/clock", api.set_clock),
    path("api/ledger", api.ledger),
    path("api/pay", api.pay_session),
    path("api/deliver", api.deliver),
    path("api/take", api.take),
    path("api/events", api.events),
    path("api/resend", api.resend),
    path("api/dispute", api.make_dispute),
    path("api/dispute/answer", api.answer_dispute),
    path("api/dispute/close", api.end_dispute),
    path("api/warning", api.make_warning),
    path("api/review", api.make_review),
    path("api/review/close", api.end_review),
    path("api/paypal/approve", paypal.approve),
    path("api/paypal/cancel", paypal.cancel),
    path("api/paypal/capture", paypal.capture),
    path("api/paypal/void", paypal.void),
    path("api/paypal/refund", paypal.refund),
    path("api/paypal/settle", paypal.settle),
    path("api/paypal/dispute", paypal.make_dispute),
    path("api/paypal/dispute/close", paypal.end_dispute),
    path("api/paypal/ca", paypal.authority),
]
