"""The demo's goods in German: names, one-liners and descriptions, facts, pictures, categories, and shared phrases."""

from catalog.demo.german.descriptions import DESCRIPTIONS as _FAMOUS
from catalog.demo.german.descriptions_dogs import DESCRIPTIONS_DOGS
from catalog.demo.german.descriptions_home import DESCRIPTIONS_HOME
from catalog.demo.german.facts import FACTS, measure
from catalog.demo.german.phrases import CATEGORIES, PHRASES
from catalog.demo.german.pictures import ALTS
from catalog.demo.german.products import PRODUCTS

DESCRIPTIONS = {**_FAMOUS, **DESCRIPTIONS_DOGS, **DESCRIPTIONS_HOME}

__all__ = ["ALTS", "CATEGORIES", "DESCRIPTIONS", "FACTS", "PHRASES", "PRODUCTS", "measure"]
