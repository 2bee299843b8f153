"""What checkout answers when a product's page asks for its reviews."""

from __future__ import annotations

import math
from typing import Any

from django.db.models import Avg, Count, Window
from django.http import QueryDict

from catalog.reviews import Reviews
from checkout.models import Review

PAGE_SIZE = 5
# Beyond it nobody reads, and counting further costs the database more and more.
LAST_PAGE = 200


def show_reviews(*, product_id: int, wish: QueryDict, **_kwargs: Any) -> Reviews | None:
    """One page of a product's reviews with their count and average, in one query (receiver of `product_reviews_wanted`).

    None if there are none, or none so far back.
    """
    asked = wish.get("reviews", "")
    number = min(int(asked), LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 5 and int(asked) else 1
    start = (number - 1) * PAGE_SIZE
    rows = list(
        Review.objects.published(product_id)
        .annotate(total=Window(Count("pk")), mean=Window(Avg("stars")))
        .only("id", "stars", "title", "text", "name", "reply", "written_at")[start : start + PAGE_SIZE]
    )
    if not rows:
        return None
    total: int = rows[0].total
    return Reviews(
        rows=rows,
        count=total,
        average=float(rows[0].mean),
        number=number,
        pages=min(math.ceil(total / PAGE_SIZE), LAST_PAGE),
    )
