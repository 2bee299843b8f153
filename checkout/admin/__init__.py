"""Checkout in the Django admin, one file per noun."""

from checkout.admin.alerts import AlertAdmin
from checkout.admin.coupons import CouponAdmin
from checkout.admin.differences import DifferenceAdmin
from checkout.admin.orders import OrderAdmin
from checkout.admin.outbox import GatewayEventAdmin, MailAdmin
from checkout.admin.payments import PaymentAdmin
from checkout.admin.rates import DeliveryMethodAdmin, DeliveryZoneAdmin, TaxRateAdmin
from checkout.admin.returns import ReturnAdmin
from checkout.admin.reviews import ReviewAdmin
from checkout.admin.terms import ShopTermsAdmin
from checkout.admin.withdrawals import WithdrawalAdmin

__all__ = [
    "AlertAdmin",
    "CouponAdmin",
    "DeliveryMethodAdmin",
    "DeliveryZoneAdmin",
    "DifferenceAdmin",
    "GatewayEventAdmin",
    "MailAdmin",
    "OrderAdmin",
    "PaymentAdmin",
    "ReturnAdmin",
    "ReviewAdmin",
    "ShopTermsAdmin",
    "TaxRateAdmin",
    "WithdrawalAdmin",
]
