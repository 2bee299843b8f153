"""The demo's goods in German: names and one-liners, some descriptions, categories, and the phrases that products share."""

from catalog.demo.german.descriptions import DESCRIPTIONS
from catalog.demo.german.phrases import CATEGORIES, PHRASES
from catalog.demo.german.products import PRODUCTS

__all__ = ["CATEGORIES", "DESCRIPTIONS", "PHRASES", "PRODUCTS"]
