"""Reviews: written by who was sent the thing, read by staff, then shown to everybody."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from checkout.models import Order, OrderLine, Review, ReviewEvent
from checkout.services.moves import UnableToMove, move_review
from checkout.states import OrderStatus, ReviewStatus
from store.models import User


class UnableToReview(Exception):
    """Nothing was changed. `str(error)` says what happened and what comes next."""


def write_review(
    *, order_id: uuid.UUID, line_id: int, stars: int, title: str, text: str, name: str, now: datetime
) -> Review:
    """Keep a buyer's opinion of one line's product until it was read. Raises UnableToReview."""
    order = Order.objects.get(pk=order_id)
    line = OrderLine.objects.select_related("variant").filter(pk=line_id, order=order).first()
    if line is None:
        raise UnableToReview(_("That is not in this order. Nothing was kept."))
    if order.status != OrderStatus.SHIPPED:
        raise UnableToReview(_("You can tell what you think of it once it was sent. Nothing was kept."))
    try:
        with transaction.atomic():
            review = Review.objects.create(
                product_id=line.variant.product_id,
                order=order,
                status_at=now,
                written_at=now,
                stars=stars,
                title=title or None,
                text=text or None,
                name=name or None,
            )
            ReviewEvent.objects.create(review=review, now=ReviewStatus.WAITING, why="Written by the buyer.", at=now)
    except IntegrityError as error:
        raise UnableToReview(
            _("You have told us what you think of it already. To change it, call us on {phone}.").format(
                phone=settings.SHOP_PHONE
            )
        ) from error
    return review


def publish_review(*, review_id: uuid.UUID, by: User, now: datetime) -> Review:
    """Show it to everybody. Raises UnableToReview."""
    with transaction.atomic():
        review = _move(review_id, to=ReviewStatus.PUBLISHED, by=by, why="Published.", now=now)
        review.rejection = None
        review.save(update_fields=["rejection"])
    return review


def reject_review(*, review_id: uuid.UUID, reason: str, by: User, now: datetime) -> Review:
    """Do not show it, or no longer; the writer can read why. Raises UnableToReview."""
    if not reason:
        raise UnableToReview("Please say why: the writer can read it. It was not rejected.")
    with transaction.atomic():
        review = _move(review_id, to=ReviewStatus.REJECTED, by=by, why=reason, now=now)
        review.rejection = reason
        review.save(update_fields=["rejection"])
    return review


def reply_to_review(*, review_id: uuid.UUID, reply: str, by: User, now: datetime) -> Review:
    """Answer it in the shop's name, where everybody reads it; a blank takes the answer away."""
    with transaction.atomic():
        review = Review.objects.select_for_update().get(pk=review_id)
        review.reply = reply or None
        review.save(update_fields=["reply"])
        why = reply or "The answer was taken away."
        ReviewEvent.objects.create(review=review, was=review.status, now=review.status, by=by, why=why, at=now)
    return review


def _move(review_id: uuid.UUID, *, to: ReviewStatus, by: User, why: str, now: datetime) -> Review:
    review = Review.objects.get(pk=review_id)
    try:
        move_review(review, to=to, by=by, why=why, now=now)
    except UnableToMove as error:
        state = Review.objects.get(pk=review_id).get_status_display().lower()
        raise UnableToReview(f"This review is “{state}” meanwhile. Nothing was changed; look again.") from error
    return review
