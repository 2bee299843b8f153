"""Every address of the API that this stand-in answers, and the hosted page."""

from django.urls import path, re_path

from sandbox.stripe import pages
from sandbox.stripe.api import route
from sandbox.stripe.endpoints import events, payments, sessions

urlpatterns = [
    path("v1/checkout/sessions", route(get=sessions.listed, post=sessions.create)),
    path("v1/checkout/sessions/<ref>", route(get=sessions.retrieve, post=sessions.update)),
    path("v1/checkout/sessions/<ref>/expire", route(post=sessions.expire)),
    path("v1/checkout/sessions/<ref>/line_items", route(get=sessions.lines)),
    path("v1/payment_intents", route(get=payments.list_intents)),
    path("v1/payment_intents/<ref>", route(get=payments.retrieve_intent, post=payments.update_intent)),
    path("v1/payment_intents/<ref>/capture", route(post=payments.capture)),
    path("v1/payment_intents/<ref>/cancel", route(post=payments.cancel)),
    path("v1/payment_methods/<ref>", route(get=payments.retrieve_method)),
    path("v1/charges", route(get=payments.list_charges)),
    path("v1/charges/<ref>", route(get=payments.retrieve_charge, post=payments.update_charge)),
    path("v1/refunds", route(get=payments.list_refunds, post=payments.refund)),
    path("v1/refunds/<ref>", route(get=payments.retrieve_refund, post=payments.update_refund)),
    path("v1/balance_transactions", route(get=payments.list_transactions)),
    path("v1/balance_transactions/<ref>", route(get=payments.retrieve_transaction)),
    path("v1/events", route(get=events.list_events)),
    path("v1/events/<ref>", route(get=events.retrieve_event)),
    path("v1/disputes", route(get=events.list_disputes)),
    path("v1/disputes/<ref>", route(get=events.retrieve_dispute, post=events.update_dispute)),
    path("v1/disputes/<ref>/close", route(post=events.accept_dispute)),
    path("v1/radar/early_fraud_warnings", route(get=events.list_warnings)),
    path("v1/radar/early_fraud_warnings/<ref>", route(get=events.retrieve_warning)),
    path("v1/reviews", route(get=events.list_reviews)),
    path("v1/reviews/<ref>", route(get=events.retrieve_review)),
    path("v1/reviews/<ref>/approve", route(post=events.approve_review)),
    re_path("^v1/", route()),
    path("c/pay/<ref>", pages.pay_page, name="pay"),
    path("c/3ds/<token>", pages.challenge_page, name="challenge"),
]
