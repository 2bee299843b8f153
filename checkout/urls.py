"""Addresses of cart, checkout and orders."""

from django.conf import settings
from django.urls import path

from checkout.views import (
    account,
    address_book,
    again,
    cart,
    checkout,
    confirming,
    demo,
    documents,
    looking_up,
    orders,
    returns,
    terms,
    withdrawing,
)

app_name = "checkout"
urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/past-orders/", account.ask_for_past_orders, name="account-claim"),
    path("account/past-orders/<str:token>/", account.claim, name="account-claim-link"),
    path("account/addresses/", address_book.addresses, name="addresses"),
    path("account/addresses/edit/", address_book.edit, name="address"),
    path("account/addresses/delete/", address_book.delete, name="address-delete"),
    path("account/data/", account.data, name="account-data"),
    path("account/data/erased/", account.erased, name="account-erased"),
    path("cart/", cart.cart, name="cart"),
    path("cart/add/", cart.add, name="cart-add"),
    path("cart/coupon/", cart.coupon, name="cart-coupon"),
    path("cart/saved/<int:saved_id>/", cart.saved, name="cart-saved"),
    path("cart/lines/<int:line_id>/", cart.change, name="cart-change"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("find-order/", looking_up.look_up, name="look-up"),
    path("find-order/asked/", looking_up.asked, name="look-up-asked"),
    path("orders/<str:token>/", orders.order, name="order"),
    path("orders/<str:token>/from-mail/<str:proof>/", orders.order, name="order-from-mail"),
    path("orders/<str:token>/confirm/<str:proof>/", confirming.confirm, name="confirm"),
    path("orders/<str:token>/returned/", orders.returned, name="returned"),
    path("orders/<str:token>/again/", again.again, name="again"),
    path("orders/<str:token>/cancel/", orders.cancel, name="cancel"),
    path("orders/<str:token>/pay/", orders.pay, name="pay"),
    path("orders/<str:token>/documents/<uuid:document_id>/", documents.document, name="document"),
    path("orders/<str:token>/return/", returns.ask, name="return"),
    path("orders/<str:token>/opinion/<int:line_id>/", returns.review, name="review"),
    path("withdraw/", withdrawing.withdraw, name="withdraw"),
    path("terms/", terms.terms, name="terms"),
]
if settings.DEMO:
    urlpatterns += [
        path("demo/mails/", demo.mails, name="demo-mails"),
        path("demo/mails/<str:name>/", demo.mail, name="demo-mail"),
    ]
