"""An order is a snapshot: what was bought, at what price, for whom. It never looks back at the catalogue."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Now

from catalog.models import TaxClass, Variant
from catalog.saying import say
from checkout.addressing import country_name, write_town
from checkout.models.carts import Cart
from checkout.models.terms import ShopTerms
from checkout.states import OrderStatus, PaymentStatus
from checkout.sums import Parts, RatePart, add_up_rates, write_days
from store.blind_index import BlindIndexField
from store.fields import EncryptedTextField
from store.money import Money


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders, by what a page or a sweep needs of them."""

    def for_order_page(self) -> OrderQuerySet:
        """An order with its lines, addresses and payments."""
        return self.prefetch_related(Prefetch("lines", OrderLine.objects.order_by("pk")), "addresses", "payments")

    def ready_to_ship(self) -> OrderQuerySet:
        """Orders that may leave the house: released, not stopped, all captured, and no refund under way."""
        paid = apps.get_model("checkout", "Payment").objects.filter(
            order=OuterRef("pk"), status=PaymentStatus.CAPTURED, refunding_amount=0
        )
        return self.filter(Exists(paid), status=OrderStatus.RELEASED, frozen_at=None)

    def unpaid_past(self, now: datetime) -> OrderQuerySet:
        """Orders whose time to pay is over."""
        return self.filter(status=OrderStatus.AWAITING_PAYMENT, expires_at__lte=now)


class Order(models.Model):
    """One purchase."""

    class CancelReason(models.TextChoices):
        """Why an order was cancelled; one word per thing, used by reviewers and figures alike."""

        DENIED = "denied", "The cardholder denies the order"
        UNVERIFIED = "unverified", "The customer could not be verified"
        FALSE_NUMBER = "false_number", "The phone number is false"
        NO_ANSWER = "no_answer", "No answer before the deadline"
        CUSTOMER = "customer", "The customer asked for it"
        SUPERSEDED = "superseded", "The customer started again with another order"
        SOLD_OUT = "sold_out", "Paid too late and sold out meanwhile"
        DEADLINE = "deadline", "Nobody decided before the authorisation lapsed"
        AUTHORISATION_LOST = "authorisation_lost", "The card's authorisation lapsed"
        SHOP = "shop", "The shop cannot deliver"

    class Rounding(models.TextChoices):
        """How its tax was rounded: the rule is kept with the order so that refunds and books follow it for ever."""

        HALF_UP_ONCE = "half_up_once", "Half up, once, on goods and delivery together"
        HALF_UP_PER_RATE = "half_up_per_rate", "Half up, once for each rate, on its goods and their part of the delivery"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=12, unique=True, editable=False)
    # The address of the order's page carries a random token; only its SHA-256 can be looked up (192 bits: no salt needed).
    token = EncryptedTextField(editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    # A checkout page carries one attempt; sending it twice finds the order instead of placing another.
    attempt = models.UUIDField(unique=True, editable=False)
    cart = models.ForeignKey(Cart, null=True, on_delete=models.SET_NULL, related_name="orders", editable=False)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )

    status = models.CharField(max_length=20, choices=OrderStatus.choices, default=OrderStatus.AWAITING_PAYMENT)
    status_at = models.DateTimeField()
    placed_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField(help_text="Stock is held until then unless the order is paid.")
    # Who decided to release or cancel, written before the gateway is called, so that a sweep can finish the decision.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decision = EncryptedTextField(null=True, editable=False)
    cancel_reason = models.CharField(max_length=20, choices=CancelReason.choices, blank=True)
    # A dispute, a warning or a review came before the parcel left: it stays until a person says otherwise.
    frozen_at = models.DateTimeField(null=True, editable=False)
    cancel_asked_at = models.DateTimeField(null=True, editable=False, help_text="By the customer, after its release.")

    email = EncryptedTextField(max_length=254)
    # Indexed with the time (see Meta): whoever links orders wants the newest few of what may be thousands.
    email_index = BlindIndexField(kind="email", source="email", db_index=False)
    phone = EncryptedTextField(max_length=40, help_text="As typed, or E.164 when it can be read as a number.")
    phone_index = BlindIndexField(kind="phone", source="phone", db_index=False)
    # Of the pages it was placed on: mails and documents speak it (store/language.py).
    language = models.CharField(max_length=8, default="en", db_default="en", editable=False)
    ip_address = EncryptedTextField(null=True, editable=False)
    ip_index = BlindIndexField(kind="ip", source="ip_address", db_index=False)
    user_agent = EncryptedTextField(null=True, editable=False)

    # The version that the review page named, and when the order was placed by it; orders from before have none.
    terms = models.ForeignKey(ShopTerms, null=True, editable=False, on_delete=models.PROTECT, related_name="+")
    terms_accepted_at = models.DateTimeField(null=True, editable=False)

    currency = models.CharField(max_length=3)
    items_total = models.PositiveBigIntegerField(help_text="Minor units.")
    delivery_total = models.PositiveBigIntegerField(help_text="Minor units.")
    tax_total = models.PositiveBigIntegerField(help_text="Minor units.")
    discount_total = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Minor units taken off the goods: the sum of its lines' discounts."
    )
    total = models.PositiveBigIntegerField(help_text="Minor units.")
    tax_rate = models.DecimalField(
        max_digits=7,
        decimal_places=5,
        null=True,
        help_text="The rate used, as a share: 0.08875 is 8.875 %. Empty where there were several: see the lines.",
    )
    coupon_code = models.CharField(max_length=40, blank=True, default="", db_default="")
    tax_name = models.CharField(max_length=40, blank=True, default="", db_default="", help_text="VAT, Sales tax.")
    prices_include_tax = models.BooleanField(
        default=False, db_default=False, help_text="The tax is part of goods and delivery; otherwise it is added to them."
    )
    is_reverse_charge = models.BooleanField(
        default=False, db_default=False, help_text="The customer, a business in the EU, accounts for the VAT."
    )
    vat_number = EncryptedTextField(null=True, help_text="The customer's, checked by its form.")  # a sole trader's is theirs
    rounding = models.CharField(
        max_length=20, choices=Rounding.choices, default=Rounding.HALF_UP_ONCE, db_default=Rounding.HALF_UP_ONCE
    )
    delivery_code = models.CharField(max_length=40)
    delivery_name = models.CharField(max_length=80)
    arrives_from = models.DateField(
        null=True, help_text="The first day on which the parcel may come, as the shopper was told."
    )
    arrives_until = models.DateField(null=True)
    is_gift = models.BooleanField(default=False)
    # Their lengths are those of checkout/words.py; a row written by a process that doesn't know them has none.
    gift_message = EncryptedTextField(null=True, help_text="For whoever gets the parcel; printed on the slip in it.")
    order_note = EncryptedTextField(null=True, help_text="The customer's, for the shop.")
    carrier = models.CharField(max_length=60, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        permissions = [
            ("ship_order", "Can ship orders"),
            ("cancel_order", "Can cancel orders that are not on the call desk"),
            ("refund_order", "Can refund orders"),
            ("renew_authorisation", "Can have a payment authorised anew"),
            ("lift_freeze", "Can let orders ship that were stopped by a dispute or a warning"),
        ]
        indexes = [
            models.Index(fields=["status", "expires_at"], name="order_status_expires"),
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["email_index", "-placed_at"], name="order_email_newest"),
            models.Index(fields=["phone_index", "-placed_at"], name="order_phone_newest"),
            models.Index(fields=["ip_index", "-placed_at"], name="order_ip_newest"),
            models.Index(fields=["customer", "-placed_at"], name="order_customer_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(terms=None, terms_accepted_at=None) | Q(terms__isnull=False, terms_accepted_at__isnull=False),
                name="order_terms_with_their_moment",
            ),
            models.CheckConstraint(
                condition=Q(
                    prices_include_tax=False,
                    total=F("items_total") - F("discount_total") + F("delivery_total") + F("tax_total"),
                )
                | Q(prices_include_tax=True, total=F("items_total") - F("discount_total") + F("delivery_total")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(condition=Q(discount_total__lte=F("items_total")), name="order_discount_within_goods"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        """What the order costs."""
        return Money(self.total, self.currency)

    @property
    def arrival(self) -> str:
        """When the parcel comes, as the shopper was told; empty if they weren't."""
        return write_days(self.arrives_from, self.arrives_until)

    @property
    def shown_delivery(self) -> str:
        """How it is sent, in the language that is spoken; kept in the first one."""
        return say(self.delivery_name)

    @property
    def parts(self) -> Parts:
        """What the total is made of, for showing it."""
        return Parts(
            currency=self.currency,
            items=self.items_total,
            discount=self.discount_total,
            coupon_code=self.coupon_code,
            delivery=self.delivery_total,
            delivery_name=self.delivery_name,
            tax=self.tax_total,
            taxes=self.taxes,
            tax_name=self.tax_name,
            includes_tax=self.prices_include_tax,
            is_reverse_charge=self.is_reverse_charge,
        )

    @property
    def taxes(self) -> tuple[RatePart, ...]:
        """What is taxed at which rate, the highest first; with several rates it needs the lines."""
        if self.tax_rate is not None:
            base = self.total if self.prices_include_tax else self.total - self.tax_total
            return (RatePart(rate=Decimal(self.tax_rate), base=base, tax=self.tax_total),)
        return add_up_rates(
            RatePart(rate=line.tax_rate or Decimal(0), base=line.paid + line.delivery_share, tax=line.tax)
            for line in self.lines.all()
        )

    @property
    def bill_to(self) -> OrderAddress:
        """The card's address."""
        return self._address(OrderAddress.Kind.BILL_TO)

    @property
    def ship_to(self) -> OrderAddress:
        """Where the parcel goes."""
        return self._address(OrderAddress.Kind.SHIP_TO)

    def _address(self, kind: str) -> OrderAddress:
        return next(address for address in self.addresses.all() if address.kind == kind)

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None

    @property
    def is_awaiting_payment(self) -> bool:
        return self.status == OrderStatus.AWAITING_PAYMENT

    @property
    def is_on_hold(self) -> bool:
        return self.status == OrderStatus.ON_HOLD

    @property
    def is_released(self) -> bool:
        return self.status == OrderStatus.RELEASED

    @property
    def is_cancelled(self) -> bool:
        return self.status == OrderStatus.CANCELLED

    @property
    def is_expired(self) -> bool:
        return self.status == OrderStatus.EXPIRED

    @property
    def is_shipped(self) -> bool:
        return self.status == OrderStatus.SHIPPED


class OrderLine(models.Model):
    """So many of one variant at the price the shopper saw."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    options = models.CharField(max_length=200, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = models.PositiveBigIntegerField(help_text="Minor units.")
    total = models.PositiveBigIntegerField(help_text="Minor units.")
    discount = models.PositiveBigIntegerField(default=0, db_default=0, help_text="Minor units: its part of the coupon.")
    # Frozen when it was placed; orders from before there were classes have the order's one rate and no shares.
    tax_class = models.CharField(
        max_length=10, choices=TaxClass.choices, default=TaxClass.STANDARD, db_default=TaxClass.STANDARD.value
    )
    tax_rate = models.DecimalField(max_digits=7, decimal_places=5, null=True, help_text="As a share. Empty: the order's.")
    delivery_share = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Minor units: the part of the delivery that is taxed as this line is."
    )
    tax = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="Minor units: the tax on this line and its part of the delivery."
    )
    refunded_quantity = models.PositiveIntegerField(default=0, help_text="Units refunded, or about to be.")
    shipped_quantity = models.PositiveIntegerField(default=0, db_default=0, help_text="Units that have left.")
    returned_quantity = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Units refunded that had come back while other parts were still to be sent."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "variant"], name="order_line_once_per_variant"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity")), name="order_line_refunded_within_bought"
            ),
            models.CheckConstraint(
                condition=Q(shipped_quantity__lte=F("quantity")), name="order_line_shipped_within_bought"
            ),
            models.CheckConstraint(
                condition=Q(returned_quantity__lte=F("refunded_quantity")) & Q(returned_quantity__lte=F("shipped_quantity")),
                name="order_line_returned_was_sent_and_refunded",
            ),
            models.CheckConstraint(condition=Q(total=F("unit_price") * F("quantity")), name="order_line_total_adds_up"),
            models.CheckConstraint(condition=Q(discount__lte=F("total")), name="order_line_discount_within_total"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"

    @property
    def paid(self) -> int:
        """What the customer pays for all of it, in minor units."""
        return self.total - self.discount

    def paid_for(self, units: int) -> int:
        """What the first `units` of it cost, in minor units; for all of them it is `paid`, whatever the discount."""
        return self.unit_price * units - self.discount * units // self.quantity

    @property
    def quantity_left(self) -> int:
        """Units not refunded."""
        return self.quantity - self.refunded_quantity

    @property
    def quantity_to_ship(self) -> int:
        """Units neither sent nor refunded, of an order not yet shipped: of a shipped one, refunded units were sent."""
        return max(self.quantity - (self.refunded_quantity - self.returned_quantity) - self.shipped_quantity, 0)

    @property
    def quantity_sent(self) -> int:
        """Units that have left and for which no money went back, while other parts are still to be sent."""
        return self.shipped_quantity - self.returned_quantity

    @property
    def quantity_refundable(self) -> int:
        """Units that can be refunded now; needs `order`. What left in part comes back by a return first."""
        return self.quantity_to_ship if self.order.is_released else self.quantity_left


class OrderAddress(models.Model):
    """Bill-to or ship-to of one order. Country and region stay readable: tax and figures need them."""

    class Kind(models.TextChoices):
        """The two addresses of an order."""

        BILL_TO = "bill_to", "Bill-to"
        SHIP_TO = "ship_to", "Ship-to"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # The order's, so that an index can give the newest orders to an address.
    placed_at = models.DateTimeField(db_default=Now())
    name = EncryptedTextField(max_length=120)
    line1 = EncryptedTextField(max_length=120)
    line2 = EncryptedTextField(max_length=120)
    city = EncryptedTextField(max_length=80)
    postcode = EncryptedTextField(max_length=20)
    region = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2)
    is_as_typed = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It fails the checks of its country, and the shopper wanted it all the same.",
    )
    address_index = BlindIndexField(kind="address", source=("line1", "line2", "city", "postcode", "country"), db_index=False)
    last_name_index = BlindIndexField(kind="last_name", source="name")
    name_postcode_index = BlindIndexField(kind="name_postcode", source=("name", "postcode"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "kind"], name="order_address_once_per_kind")]
        indexes = [
            models.Index(
                fields=["address_index", "-placed_at"], condition=Q(kind="ship_to"), name="order_address_ship_to_newest"
            ),
            models.Index(
                fields=["address_index", "-placed_at"], condition=Q(kind="bill_to"), name="order_address_bill_to_newest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of order {self.order_id}"

    @property
    def lines(self) -> list[str]:
        """The address as it is written on a parcel, without the name."""
        town = write_town(country=self.country, city=self.city, region=self.region, postcode=self.postcode)
        return [part for part in (self.line1, self.line2, *town, country_name(self.country)) if part]


class OrderEvent(models.Model):
    """One fact in an order's life. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    was = models.CharField(max_length=20, blank=True)
    now = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    why = EncryptedTextField()  # a reviewer's own words may name the customer
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["order", "at"], name="order_event_order_at")]

    def __str__(self) -> str:
        return f"{self.was or 'new'} -> {self.now}"
