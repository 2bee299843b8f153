"""The catalogue's tables, one noun per file.

Imports go one way: `renditions` <- `category` <- `product` <- `address`, `attribute`, `picture`, `variant` <- `price`,
`stock`, `text`, `waiting`.
"""

from catalog.models.address import OldAddress
from catalog.models.attribute import Attribute, AttributeChoice, ProductAttribute
from catalog.models.category import Category
from catalog.models.picture import Picture
from catalog.models.price import PriceChange, PriceRow
from catalog.models.product import Product, TaxClass
from catalog.models.stock import StockMove
from catalog.models.text import CategoryText, Phrase, PictureText, ProductText
from catalog.models.variant import Variant
from catalog.models.waiting import StockWait
from catalog.models.wishes import Wish, WishList
from catalog.models.words import MissedSearch, TextWord, Word

__all__ = [
    "Attribute",
    "AttributeChoice",
    "Category",
    "CategoryText",
    "MissedSearch",
    "OldAddress",
    "Phrase",
    "Picture",
    "PictureText",
    "PriceChange",
    "PriceRow",
    "Product",
    "ProductAttribute",
    "ProductText",
    "StockMove",
    "StockWait",
    "TaxClass",
    "TextWord",
    "Variant",
    "Wish",
    "WishList",
    "Word",
]
