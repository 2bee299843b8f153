"""What every page of the shop shows."""

from django.conf import settings
from django.http import HttpRequest


def shop(request: HttpRequest) -> dict[str, object]:
    """The shop's name and how many things are in the cart."""
    return {"shop_name": settings.SHOP_NAME, "cart_count": 0}
