"""The demo's goods in German, as rows. What was never written in German is shown in English."""

from __future__ import annotations

from catalog.demo import german
from catalog.demo.products import PRODUCTS
from catalog.models import Category, CategoryText, Phrase, Picture, PictureText, Product, ProductText
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
    alts = {
        (item.slug, shot.alt): said
        for item in PRODUCTS
        for shot, said in zip(item.shots, german.ALTS[item.slug], strict=True)
    }
    pictures = Picture.objects.filter(product__slug__in=german.ALTS).exclude(texts__language=LANGUAGE)
    PictureText.objects.bulk_create(
        PictureText(picture=picture, language=LANGUAGE, alt=alts[picture.product.slug, picture.alt])
        for picture in pictures.select_related("product")
        if (picture.product.slug, picture.alt) in alts
    )
    measures = {value: german.measure(value) for item in PRODUCTS for _, value in item.facts if value not in german.PHRASES}
    phrases = {**german.PHRASES, **german.FACTS, **{text: said for text, said in measures.items() if said != text}}
    Phrase.objects.bulk_create(
        (Phrase(language=LANGUAGE, phrase=phrase, said=said) for phrase, said in phrases.items()), ignore_conflicts=True
    )
    forget_phrases()
    forget_category_tree()
