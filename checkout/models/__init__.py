"""Carts, orders, payments, and the rates they are priced by; one file per noun."""

from checkout.models.address_book import KeptAddress
from checkout.models.carts import Cart, CartLine, SavedLine
from checkout.models.confirmations import Confirmation
from checkout.models.coupons import Coupon, CouponRedemption
from checkout.models.deliveries import DeliveryProof
from checkout.models.differences import Difference, DifferenceQuerySet
from checkout.models.disputes import Dispute, GatewayNotice
from checkout.models.documents import Document, DocumentKind, DocumentSeries
from checkout.models.guards import Guard
from checkout.models.orders import Order, OrderAddress, OrderEvent, OrderLine
from checkout.models.outbox import Alert, GatewayEventRecord, Mail
from checkout.models.payments import Payment, PaymentEvent
from checkout.models.rates import DeliveryMethod, TaxRate
from checkout.models.refunds import Refund, RefundLine
from checkout.models.returns import Return, ReturnEvent, ReturnLine
from checkout.models.reviews import Review, ReviewEvent
from checkout.models.shipments import Shipment, ShipmentLine
from checkout.models.terms import ShopTerms, ShopTermsText
from checkout.models.withdrawals import Withdrawal
from checkout.models.zones import DeliveryRate, DeliveryZone

__all__ = [
    "Alert",
    "Cart",
    "CartLine",
    "Confirmation",
    "Coupon",
    "CouponRedemption",
    "DeliveryMethod",
    "DeliveryProof",
    "DeliveryRate",
    "DeliveryZone",
    "Difference",
    "DifferenceQuerySet",
    "Dispute",
    "Document",
    "DocumentKind",
    "DocumentSeries",
    "GatewayEventRecord",
    "GatewayNotice",
    "Guard",
    "KeptAddress",
    "Mail",
    "Order",
    "OrderAddress",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "PaymentEvent",
    "Refund",
    "RefundLine",
    "Return",
    "ReturnEvent",
    "ReturnLine",
    "Review",
    "ReviewEvent",
    "SavedLine",
    "Shipment",
    "ShipmentLine",
    "ShopTerms",
    "ShopTermsText",
    "TaxRate",
    "Withdrawal",
]
