"""What a shopper has put aside. A signed cookie ties a cart to a browser, and logging in ties it to an account."""

from __future__ import annotations

import uuid

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.models import Picture, TaxClass, Variant
from catalog.selectors import spoken_with_lines
from checkout.limits import MAX_QUANTITY
from checkout.states import OrderStatus


class CartQuerySet(models.QuerySet["Cart"]):
    """Carts, by what a page needs of them."""

    def count_items(self, cart_id: uuid.UUID) -> int:
        """How many units the cart holds, for the header."""
        lines = CartLine.objects.filter(cart_id=cart_id)
        return int(lines.aggregate(n=Coalesce(Sum("quantity"), 0))["n"])


class Cart(models.Model):
    """One browser's cart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Whose it is, once they logged in with it: only their sessions see it then (checkout/cookies.py).
    customer = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="cart", editable=False
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)
    coupon = models.ForeignKey(
        "checkout.Coupon", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    objects = CartQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Cart {str(self.pk)[:8]}"


class CartLineQuerySet(models.QuerySet["CartLine"]):
    """Cart lines, by what a page needs of them."""

    def with_own_hold(self) -> CartLineQuerySet:
        """Annotate `own_hold`: units that the cart's own unpaid orders hold, which ordering again would free."""
        order_lines = apps.get_model("checkout", "OrderLine").objects.filter(
            order__cart_id=OuterRef("cart_id"), variant_id=OuterRef("variant_id"), order__status=OrderStatus.AWAITING_PAYMENT
        )
        held = order_lines.values("variant_id").annotate(units=Sum("quantity")).values("units")
        return self.annotate(own_hold=Coalesce(Subquery(held), 0))

    def for_cart_page(self, cart_id: uuid.UUID) -> CartLineQuerySet:
        """The lines of a cart with all that a page shows of each."""
        return (
            self.filter(cart_id=cart_id)
            .with_own_hold()
            .select_related("variant__product", "cart__coupon")
            .prefetch_related(
                Prefetch("variant__product__pictures", Picture.objects.order_by("position")),
                *spoken_with_lines("variant__product"),
            )
            .order_by("pk")
        )


class CartLine(models.Model):
    """So many of one variant."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()

    objects = CartLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once_per_variant"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(quantity__lte=MAX_QUANTITY), name="cart_quantity_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x variant {self.variant_id}"

    @property
    def total(self) -> int:
        """Minor units, at today's price."""
        return self.variant.price * self.quantity

    @property
    def tax_class(self) -> str:
        """How the law taxes it; needs `variant.product`."""
        return self.variant.product.tax_class or TaxClass.STANDARD

    @property
    def free(self) -> int:
        """Units that this cart could have right now; needs `with_own_hold`."""
        variant = self.variant
        own_hold: int = getattr(self, "own_hold")  # noqa: B009  # the annotation, see with_own_hold
        return variant.available + own_hold if variant.is_active and variant.product.is_active else 0

    @property
    def is_available(self) -> bool:
        """Whether the whole quantity could be had right now; needs `with_own_hold`."""
        return self.free >= self.quantity


class SavedLineQuerySet(models.QuerySet["SavedLine"]):
    """What was saved, by what a page needs of it."""

    def for_cart_page(self, cart_id: uuid.UUID) -> SavedLineQuerySet:
        """What a cart's page shows of it."""
        lines = self.filter(cart_id=cart_id).select_related("variant__product")
        return lines.prefetch_related(*spoken_with_lines("variant__product")).order_by("pk")


class SavedLine(models.Model):
    """What lay in the account's cart when its owner came with another one: kept in sight, bought only if put back."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="saved")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()

    objects = SavedLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="saved_line_once_per_variant"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(quantity__lte=MAX_QUANTITY), name="saved_quantity_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x variant {self.variant_id}, saved"
