"""What buyers say of what they bought. Only who was sent the thing may write, once; nothing shows before it was read."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Product
from checkout.models.orders import Order
from checkout.states import ReviewStatus
from store.fields import EncryptedTextField

STARS = 5
# Characters.
MAX_TITLE, MAX_TEXT, MAX_NAME = 100, 3000, 60


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews, by what a page needs of them."""

    def published(self, product_id: int) -> models.QuerySet[Review]:
        """What everybody may read of a product, newest first."""
        return self.filter(product_id=product_id, status=ReviewStatus.PUBLISHED).order_by("-written_at", "-pk")


class Review(models.Model):
    """One buyer's opinion of one product of one order. An erasure takes the words and the name; the stars stay."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=12, choices=ReviewStatus.choices, default=ReviewStatus.WAITING)
    status_at = models.DateTimeField()
    written_at = models.DateTimeField()
    stars = models.PositiveSmallIntegerField()
    title = EncryptedTextField(max_length=MAX_TITLE, null=True)
    text = EncryptedTextField(max_length=MAX_TEXT, null=True)
    name = EncryptedTextField(max_length=MAX_NAME, null=True, help_text="What the writer wants to be called.")
    reply = EncryptedTextField(null=True, help_text="The shop's answer, shown below it.")
    rejection = EncryptedTextField(null=True, help_text="Why it is not shown; the writer can read it.")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        permissions = [("moderate_review", "Can publish, reject and answer reviews")]
        indexes = [
            models.Index(fields=["product", "-written_at", "-id"], condition=Q(status="published"), name="review_shown"),
            models.Index(fields=["written_at"], condition=Q(status="waiting"), name="review_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="review_once_per_order_and_product"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=STARS), name="review_one_to_five_stars"),
        ]

    def __str__(self) -> str:
        return f"Review {str(self.pk)[:8]} ({self.get_status_display()})"

    @property
    def is_waiting(self) -> bool:
        return self.status == ReviewStatus.WAITING

    @property
    def is_published(self) -> bool:
        return self.status == ReviewStatus.PUBLISHED

    @property
    def is_rejected(self) -> bool:
        return self.status == ReviewStatus.REJECTED

    @property
    def row_of_stars(self) -> str:
        """Full and empty stars, to look at; say the number beside them."""
        return "★" * self.stars + "☆" * (STARS - self.stars)


class ReviewEvent(models.Model):
    """One fact in a review's life. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="events")
    was = models.CharField(max_length=12, blank=True)
    now = models.CharField(max_length=12)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    why = EncryptedTextField()  # what staff write may name the customer
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.was or 'new'} -> {self.now}"
