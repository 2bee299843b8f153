"""What a product's page shows of what buyers say. Whoever keeps reviews fills this in (`catalog.signals`)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.http import QueryDict

from catalog.signals import product_reviews_wanted

logger = logging.getLogger(__name__)


class Review(Protocol):
    """One opinion, as the page reads it. An erased buyer's has stars alone."""

    @property
    def stars(self) -> int: ...
    @property
    def row_of_stars(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def text(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def reply(self) -> str | None: ...
    @property
    def written_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """One page of a product's reviews, newest first, and what all of them come to."""

    rows: Sequence[Review]
    count: int
    average: float  # 1 to 5
    number: int  # of this page, from 1
    pages: int

    @property
    def shown_average(self) -> str:
        """With one decimal place."""
        return f"{self.average:.1f}"

    @property
    def newer(self) -> int:
        """The page before this one; 0 if there is none."""
        return self.number - 1

    @property
    def older(self) -> int:
        """The page after this one; 0 if there is none."""
        return self.number + 1 if self.number < self.pages else 0


def read_reviews(product_id: int, wish: QueryDict) -> Reviews | None:
    """Ask for the reviews of a product. A fault in them is logged and costs the page nothing else."""
    for _, answer in product_reviews_wanted.send_robust(sender=None, product_id=product_id, wish=wish):
        if isinstance(answer, Reviews):
            return answer
        if isinstance(answer, Exception):
            logger.error("The reviews of product %d can't be shown", product_id, exc_info=answer)
    return None
