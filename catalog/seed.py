"""Fill the shelves of the demo shop. Running it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, chain, islice
from multiprocessing import get_context

from django.core.files.storage import default_storage
from django.db import transaction
from tqdm import tqdm

from catalog.categories import place_category
from catalog.demo import answers
from catalog.demo import products as shelves
from catalog.encoding import WIDTHS, Encoded
from catalog.models import (
    Attribute,
    AttributeChoice,
    Category,
    Picture,
    Product,
    ProductAttribute,
    StockMove,
    TaxClass,
    Variant,
)
from catalog.pictures import store_files
from catalog.seed_drawing import Drawing, draw_one, edition
from catalog.seed_german import translate_demo

# The demo is made to be tried on a laptop: two drawing processes leave it usable.
DRAWERS = 2
# Rows per INSERT and per transaction.
BATCH = 500
# The front of the shop, best first: the first five make the paw of the home page.
FEATURED = (
    "dog-polisher-no-3-the-grand-salon",
    "porthole-backpack",
    "sunday-best-bow-tie",
    "glenmuddle-tartan-collar",
    "vacancies-nest-box",
    "drizzle-day-raincoat",
    "lookout-cat-tree",
    "dog-polisher-no-1-the-pocket",
    "biscuit-ring-bed",
    "mortimer-the-mouse",
    "hearthstone-ceramic-bowl",
    "two-up-two-down-hutch",
    "admiral-squeak",
)


def seed_catalogue(*, products: int, now: datetime, progress: bool) -> None:
    """Put `products` products on the shelves, with categories, variants, stock and pictures.

    What is there already (by slug) is left as it is; pictures are drawn only where a file is missing. `progress`
    shows bars on the terminal.
    """
    written = list(
        islice(chain(shelves.PRODUCTS, shelves.more_products(max(0, products - len(shelves.PRODUCTS)))), products)
    )
    there = set(Product.objects.values_list("slug", flat=True))
    missing = [product for product in written if product.slug not in there]
    wanted = {_key(shot.picture, shot.view): (shot.picture, shot.view) for item in missing for shot in item.shots}
    wanted |= {_key(item.picture, 0): (item.picture, 0) for item in shelves.CATEGORIES}
    drawn = _draw_missing(wanted, progress=progress)
    categories = _place_categories(drawn)
    asked = _ask_attributes()
    rank = {slug: place for place, slug in enumerate(dict.fromkeys([*FEATURED, *(item.slug for item in written)]))}
    with tqdm(total=len(missing), desc="Products", unit="product", disable=not (progress and missing)) as bar:
        for batch in batched(missing, BATCH, strict=False):
            _stock_shelves(batch, categories=categories, drawn=drawn, rank=rank, asked=asked, now=now)
            bar.update(len(batch))
    translate_demo()


def _place_categories(drawn: dict[str, Encoded]) -> dict[str, Category]:
    there = {category.slug: category for category in Category.objects.all()}
    for position, item in enumerate(shelves.CATEGORIES):
        if item.slug not in there:
            picture = drawn[_key(item.picture, 0)]
            category = Category(
                slug=item.slug,
                name=item.name,
                blurb=item.line,
                parent=there[item.parent] if item.parent else None,
                position=position,
                stem=picture.stem,
                widths=list(picture.widths),
                width=picture.width,
                height=picture.height,
            )
            there[item.slug] = place_category(category=category)
    return there


@transaction.atomic
def _stock_shelves(
    batch: Iterable[shelves.Product],
    *,
    categories: dict[str, Category],
    drawn: dict[str, Encoded],
    rank: dict[str, int],
    asked: Asked,
    now: datetime,
) -> None:
    items = list(batch)
    products = Product.objects.bulk_create(
        Product(
            category=categories[item.category],
            slug=item.slug,
            name=item.name,
            brand=item.brand,
            tagline=item.line,
            description=item.description,
            facts=[list(fact) for fact in item.facts],
            option_types=[[option.name, list(option.values)] for option in item.options],
            is_featured=item.slug in FEATURED,
            # Germany, for one, taxes what pets eat less than what they wear (UStG, annex 2, no. 37).
            tax_class=TaxClass.REDUCED if item.category == "treats" else None,
            created_at=now - timedelta(minutes=rank[item.slug]),
        )
        for item in items
    )
    variants = Variant.objects.bulk_create(
        Variant(
            product=product,
            sku=variant.sku,
            label=variant.label,
            options=dict(variant.choices),
            price=variant.price,
            weight_g=variant.weight_grams,
            on_hand=variant.on_hand,
            position=position,
        )
        for product, item in zip(products, items, strict=True)
        for position, variant in enumerate(item.variants)
    )
    StockMove.objects.bulk_create(
        StockMove(variant=variant, kind=StockMove.Kind.COUNT, on_hand_delta=variant.on_hand, cause="seed:first", at=now)
        for variant in variants
        if variant.on_hand
    )
    ProductAttribute.objects.bulk_create(
        answer for product, item in zip(products, items, strict=True) for answer in _answers(product, item, asked)
    )
    Picture.objects.bulk_create(
        _picture_row(product, shot, position, drawn)
        for product, item in zip(products, items, strict=True)
        for position, shot in enumerate(item.shots)
    )


@dataclass(frozen=True)
class Asked:
    """The attributes of the demo."""

    material: Attribute
    washable: Attribute
    weight: Attribute
    choices: dict[str, AttributeChoice]


def _ask_attributes() -> Asked:
    kinds = Attribute.Kind
    material, _ = Attribute.objects.get_or_create(
        code="material", defaults={"name": "Material", "kind": kinds.CHOICE, "position": 0}
    )
    washable, _ = Attribute.objects.get_or_create(
        code="washable", defaults={"name": "Machine washable", "kind": kinds.FLAG, "position": 2}
    )
    weight, _ = Attribute.objects.get_or_create(
        code="weight", defaults={"name": "Weight", "kind": kinds.NUMBER, "unit": "kg", "position": 1}
    )
    choices = {
        slug: AttributeChoice.objects.get_or_create(
            attribute=material, slug=slug, defaults={"name": name, "position": position}
        )[0]
        for position, (slug, name, _) in enumerate(answers.MATERIALS)
    }
    return Asked(material, washable, weight, choices)


def _answers(product: Product, item: shelves.Product, asked: Asked) -> Iterator[ProductAttribute]:
    for slug in answers.materials_of(item):
        yield ProductAttribute(product=product, attribute=asked.material, choice=asked.choices[slug])
    if (washable := answers.is_washable(item)) is not None:
        yield ProductAttribute(product=product, attribute=asked.washable, flag=washable)
    if (weight := answers.weight_of(item)) is not None:
        yield ProductAttribute(product=product, attribute=asked.weight, number=weight)


def _picture_row(product: Product, shot: shelves.Shot, position: int, drawn: dict[str, Encoded]) -> Picture:
    files = drawn[_key(shot.picture, shot.view)]
    return Picture(
        product=product,
        position=position,
        alt=shot.alt,
        stem=files.stem,
        widths=list(files.widths),
        width=files.width,
        height=files.height,
    )


# -- Drawing ---------------------------------------------------------------------------------------------------------------


def _key(picture: shelves.Picture, view: int) -> str:
    return f"{picture.slug}-{view}"


def _draw_missing(wanted: dict[str, Drawing], *, progress: bool) -> dict[str, Encoded]:
    """Draw and store what has no file yet, and say of every drawing where its files are."""
    state = edition()
    drawn = {key: _as_stored(f"catalog/{key}-{state}") for key in wanted}
    todo = [(drawn[key].stem, drawing) for key, drawing in wanted.items() if not _is_stored(drawn[key])]
    if not todo:
        return drawn
    # "spawn": a forked child would share this process's database connection.
    with ProcessPoolExecutor(DRAWERS, mp_context=get_context("spawn")) as pool:
        results = pool.map(draw_one, todo)
        for encoded in tqdm(results, total=len(todo), desc="Pictures", unit="picture", disable=not progress):
            store_files(encoded)
    return drawn


def _as_stored(stem: str) -> Encoded:
    """Say where the files of a square drawing lie, without drawing it."""
    return Encoded(stem=stem, widths=WIDTHS, width=WIDTHS[-1], height=WIDTHS[-1], files=())


def _is_stored(encoded: Encoded) -> bool:
    names = [f"{encoded.stem}-{width}.{extension}" for width in encoded.widths for extension in ("avif", "webp")]
    return all(default_storage.exists(name) for name in names)
