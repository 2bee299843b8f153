"""Every address of the API that this stand-in answers, the certificates, and the approval page."""

from django.urls import path, re_path

from sandbox.paypal import endpoints, pages
from sandbox.paypal.api import route, token

urlpatterns = [
    path("v1/oauth2/token", token),
    path("v2/checkout/orders", route(post=endpoints.create_order)),
    path("v2/checkout/orders/<ref>", route(get=endpoints.get_order)),
    path("v2/checkout/orders/<ref>/authorize", route(post=endpoints.authorize_order)),
    path("v2/checkout/orders/<ref>/capture", route(post=endpoints.capture_order)),
    path("v2/payments/authorizations/<ref>", route(get=endpoints.get_authorization)),
    path("v2/payments/authorizations/<ref>/capture", route(post=endpoints.capture)),
    path("v2/payments/authorizations/<ref>/void", route(post=endpoints.void)),
    path("v2/payments/authorizations/<ref>/reauthorize", route(post=endpoints.reauthorize)),
    path("v2/payments/captures/<ref>", route(get=endpoints.get_capture)),
    path("v2/payments/captures/<ref>/refund", route(post=endpoints.refund)),
    path("v2/payments/refunds/<ref>", route(get=endpoints.get_refund)),
    path("v1/notifications/webhooks", route(get=endpoints.list_webhooks)),
    path("v1/notifications/webhooks-events", route(get=endpoints.list_events)),
    path("v1/notifications/webhooks-events/<ref>", route(get=endpoints.get_event)),
    path("v1/notifications/webhooks-events/<ref>/resend", route(post=endpoints.resend_event)),
    path("v1/notifications/verify-webhook-signature", route(post=endpoints.verify)),
    path("v1/reporting/transactions", route(get=endpoints.search)),
    path("v1/customer/disputes", route(get=endpoints.list_disputes)),
    path("v1/customer/disputes/<ref>", route(get=endpoints.get_dispute)),
    path("checkoutnow", pages.approval_page, name="approve"),
    path("v1/notifications/certs/<name>", pages.certificate),
    re_path("^v2/", route()),
]
