"""Reads that span the catalogue's tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, F, FilteredRelation, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL

from catalog.kept import Kept
from catalog.models import Category, OldAddress, Picture, Product, ProductText, Variant
from catalog.models.product import FRONT, ProductQuerySet
from store.language import current_language, speaking

# Where prefetched rows land: attributes that `Product` declares.
CARD_VARIANTS: str = "card_variants"
CARD_PICTURES: str = "card_pictures"
PAGE_VARIANTS: str = "page_variants"
PAGE_PICTURES: str = "page_pictures"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with its place in the tree."""

    category: Category
    url: str
    language: str = settings.LANGUAGE_CODE
    children: list[Shelf] = field(default_factory=list, compare=False, repr=False)

    @property
    def pk(self) -> int:
        """The category's key."""
        return self.category.pk

    @property
    def name(self) -> str:
        """The category's name, in the language of the tree."""
        return vars(self.category).get(f"name_{self.language}") or self.category.name

    @property
    def blurb(self) -> str:
        """What is on it, in the language of the tree."""
        return vars(self.category).get(f"blurb_{self.language}") or self.category.blurb

    @property
    def family(self) -> list[int]:
        """Its own key and those of every shelf below it."""
        return [self.pk, *(pk for child in self.children for pk in child.family)]


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories, in one query."""

    roots: list[Shelf]
    by_pk: dict[int, Shelf]
    by_path: dict[str, Shelf]

    def trail(self, pk: int) -> list[Shelf]:
        """The shelf and those above it, topmost first."""
        shelf = self.by_pk.get(pk)
        trail: list[Shelf] = []
        while shelf is not None:
            trail.insert(0, shelf)
            parent_pk = shelf.category.parent_id
            shelf = self.by_pk.get(parent_pk) if parent_pk else None
        return trail


def _read_trees() -> dict[str, CategoryTree]:
    # From the primary: kept for a minute, an old tree from a replica would be old for all that time.
    rows = Category.objects.using(DEFAULT_DB_ALIAS).order_by("position", "name")
    for code, _ in settings.LANGUAGES[1:]:
        said = {f"said_{code}": FilteredRelation("texts", condition=Q(texts__language=code))}
        words = {f"{column}_{code}": F(f"said_{code}__{column}") for column in ("name", "blurb")}
        rows = rows.annotate(**said, **words)
    categories = list(rows)
    trees = {}
    for code, _ in settings.LANGUAGES:
        with speaking(code):  # its addresses are in the language, too
            trees[code] = _build_tree(categories)
    return trees


def _build_tree(categories: list[Category]) -> CategoryTree:
    shelves = {row.pk: Shelf(row, url=row.get_absolute_url(), language=current_language()) for row in categories}
    roots: list[Shelf] = []
    for shelf in shelves.values():
        parent_pk = shelf.category.parent_id
        (shelves[parent_pk].children if parent_pk else roots).append(shelf)
    return CategoryTree(roots=roots, by_pk=shelves, by_path={shelf.category.path: shelf for shelf in shelves.values()})


# The tree changes a few times a year and every page shows it.
_trees = Kept("tree", _read_trees)


def category_tree() -> CategoryTree:
    """Give the whole category tree: one query, or none when it was read within the last minute."""
    return _trees.get()[current_language()]


def forget_category_tree() -> None:
    """Make the next page read the tree again."""
    _trees.forget()


def with_cards(products: ProductQuerySet) -> ProductQuerySet:
    """Add everything a product card shows, in one further query however many products there are."""
    offers = Variant.objects.active().only("product_id", "price", "on_hand", "held")
    front = {f"front_{name}": F(f"front__{name}") for name in FRONT}
    return (
        products.spoken()
        .defer("description", "facts", "option_types")
        .annotate(front=FilteredRelation("pictures", condition=Q(pictures__position=0)), **front)
        .prefetch_related(Prefetch("variants", offers, to_attr=CARD_VARIANTS))
    )


def featured_products(*, limit: int) -> list[Product]:
    """Products the shop is proudest of, as cards, newest first."""
    return list(with_cards(Product.objects.listed().filter(is_featured=True).order_by("-created_at", "-pk"))[:limit])


def scenes(*, products: Iterable[Product]) -> list[tuple[Product, Picture]]:
    """Pair each product (as a card) with the picture that shows it in use, or else its first; none if it has none."""
    products = list(products)
    in_use = {picture.product_id: picture for picture in Picture.objects.filter(product__in=products, position=1)}
    pairs = [(product, in_use.get(product.pk) or product.first_picture) for product in products]
    return [(product, picture) for product, picture in pairs if picture is not None]


def spoken_pictures() -> QuerySet[Picture]:
    """Pictures with what they show in the language that is spoken, by a join."""
    language = current_language()
    if language == settings.LANGUAGE_CODE:
        return Picture.objects.all()
    text = FilteredRelation("texts", condition=Q(texts__language=language))
    return Picture.objects.annotate(spoken_text=text, spoken_alt=F("spoken_text__alt"))


def spoken_with_lines(product: str) -> list[Prefetch[str, QuerySet[ProductText], str]]:
    """What to prefetch so that lines (of a cart) name their products in the language that is spoken; one query, or none.

    `product` is the path to the product: "variant__product".
    """
    language = current_language()
    if language == settings.LANGUAGE_CODE:
        return []
    return [Prefetch(f"{product}__texts", ProductText.objects.filter(language=language), to_attr="spoken_texts")]


def product_page(*, slug: str, is_preview: bool = False) -> Product | None:
    """Everything a product's page shows, in three queries; None when no shopper may see it, but for a preview."""
    offers = Variant.objects.active().order_by("position", "pk")
    pictures = spoken_pictures().order_by("position")
    return (
        (Product.objects.all() if is_preview else Product.objects.listed())
        .spoken(also=("tagline", "description"))
        .prefetch_related(
            Prefetch("variants", offers, to_attr=PAGE_VARIANTS), Prefetch("pictures", pictures, to_attr=PAGE_PICTURES)
        )
        .filter(slug=slug)
        .first()
    )


def moved_to(path: str) -> str | None:
    """Where what used to be at `path` ("products/…", "catalog/…") is now; None if nothing was, or nobody may see it."""
    old = OldAddress.objects.select_related("product", "category").filter(path=path[:250]).first()
    if old is None:
        return None
    if old.product is not None:
        return old.product.get_absolute_url() if Product.objects.listed().filter(pk=old.product.pk).exists() else None
    return old.category.get_absolute_url() if old.category else None


@dataclass(frozen=True, slots=True)
class Company:
    """What else a product's page shows, as cards."""

    beside: list[Product]
    is_picked: bool  # by the merchant, the first of them at least
    seen: list[Product]


def company(*, product: Product, seen: list[int], limit: int) -> Company:
    """What goes with a product (the merchant's picks, then its shelf), and what was `seen`; two queries."""
    others = [pk for pk in seen if pk != product.pk]
    shelf = Product.objects.listed().in_categories([product.category_id]).exclude(pk=product.pk)
    shelf = shelf.order_by("-created_at", "-pk")
    parts = [
        Product.related.through.objects.filter(from_product=product.pk).values("to_product"),
        # The newest by one index, and those the shop is proud of by another: no index has both in one order.
        shelf.values("pk")[:limit],
        shelf.filter(is_featured=True).values("pk")[:limit],
        *([Product.objects.filter(pk__in=others).values("pk")] if others else []),
    ]
    statements, params = zip(*(part.query.sql_with_params() for part in parts), strict=True)
    picks = Product.related.through.objects.filter(from_product=product.pk, to_product=OuterRef("pk"))
    ids = " UNION ALL ".join(f"SELECT * FROM ({one}) AS part" for one in statements)  # noqa: S608 - all of the ORM
    wanted = RawSQL(ids, [value for some in params for value in some])  # noqa: S611 - the same
    found = Product.objects.listed().filter(pk__in=wanted).annotate(is_picked=Exists(picks))
    cards = {card.pk: card for card in with_cards(found)}
    picked = {pk for pk, card in cards.items() if vars(card)["is_picked"]}
    on_shelf = [card for card in cards.values() if card.pk in picked or card.category_id == product.category_id]
    on_shelf.sort(key=lambda card: (card.pk in picked, card.is_featured, card.created_at, card.pk), reverse=True)
    beside = on_shelf[:limit]
    shown = {card.pk for card in beside}
    return Company(
        beside=beside,
        is_picked=bool(beside) and beside[0].pk in picked,
        seen=[cards[pk] for pk in others if pk in cards and pk not in shown][:limit],
    )


def variants_for_lines(*, variant_ids: Iterable[int]) -> dict[int, Variant]:
    """Everything a cart or order line shows, by variant id: product and its first picture, in two queries."""
    first_picture = Prefetch("product__pictures", Picture.objects.filter(position=0), to_attr=CARD_PICTURES)
    return (
        Variant.objects.select_related("product")
        .prefetch_related(first_picture, *spoken_with_lines("product"))
        .in_bulk(list(variant_ids))
    )
