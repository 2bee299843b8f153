"""The catalogue's tables, one noun per file.

Imports go one way: `renditions` <- `category` <- `product` <- `picture`, `variant` <- `stock`.
"""

from catalog.models.category import Category
from catalog.models.picture import Picture
from catalog.models.product import Product
from catalog.models.stock import StockMove
from catalog.models.variant import Variant

__all__ = ["Category", "Picture", "Product", "StockMove", "Variant"]
