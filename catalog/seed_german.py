"""The demo's goods in German, as rows. What was never written in German is shown in English."""

from __future__ import annotations

from catalog.demo import german
from catalog.models import Category, CategoryText, Phrase, Product, ProductText
from catalog.saying import forget_phrases
from catalog.selectors import forget_category_tree

LANGUAGE = "de"


def translate_demo() -> None:
    """Add the German texts that are missing; what somebody changed stays."""
    products = Product.objects.filter(slug__in=german.PRODUCTS).exclude(texts__language=LANGUAGE)
    ProductText.objects.bulk_create(
        ProductText(
            product=product,
            language=LANGUAGE,
            name=german.PRODUCTS[product.slug][0],
            tagline=german.PRODUCTS[product.slug][1],
            description=german.DESCRIPTIONS.get(product.slug, ""),
        )
        for product in products.only("slug")
    )
    categories = Category.objects.filter(slug__in=german.CATEGORIES).exclude(texts__language=LANGUAGE)
    CategoryText.objects.bulk_create(
        CategoryText(
            category=category,
            language=LANGUAGE,
            name=german.CATEGORIES[category.slug][0],
            blurb=german.CATEGORIES[category.slug][1],
        )
        for category in categories
    )
    Phrase.objects.bulk_create(
        (Phrase(language=LANGUAGE, phrase=phrase, said=said) for phrase, said in german.PHRASES.items()),
        ignore_conflicts=True,
    )
    forget_phrases()
    forget_category_tree()
