"""What the catalogue asks whoever listens."""

from __future__ import annotations

from django.dispatch import Signal

# provides: product_id: int, wish: QueryDict of the page's address. Answers a `catalog.reviews.Reviews`, or None: what buyers
# say is known further up, and the product's page does without when nobody answers.
product_reviews_wanted = Signal()
