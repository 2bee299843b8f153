"""Composes any number of further products for a big demo shop.

Each new product is modelled on one that was written by hand: it keeps the shelf, the options and the picture (so that
ten thousand products need no more than some eighty drawings) and gets a name, a maker, prices, stock and sentences of
its own. No randomness from outside: product number 4,711 is the same on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from catalog.demo.records import Product, Shot, Variant, slug_of

# Counts of the two lists share no factor, so walking both in step meets every pair before any pair returns.
PLACES = (
    "Amberley", "Ashby", "Birkdale", "Blackthorn", "Bramley", "Calder", "Castleford", "Cheviot", "Coldharbour",
    "Cotswold", "Dartmoor", "Denby", "Dovecote", "Eastgate", "Elmswell", "Fairlight", "Fernhill", "Foxglove",
    "Foyle", "Glenside", "Greystone", "Hadleigh", "Hartwell", "Hawthorn", "Hazelmere", "Highfold", "Ivybridge",
    "Kelso", "Kentmere", "Kingsley", "Lakeside", "Larkhill", "Lindale", "Lowther", "Marlow", "Mayfield", "Melrose",
    "Millbrook", "Morland", "Netherby", "Northwood", "Oakham", "Orchard", "Pendle", "Penrose", "Quayside",
    "Ravenglass", "Redmire", "Rosedale", "Rushmere", "Saltmarsh", "Selkirk", "Shelford", "Silverdale", "Skelwith",
    "Sorrel", "Stanhope", "Tamar", "Thornbury",
)  # fmt: skip
MANNERS = (
    "Everyday", "Country", "Classic", "Traveller's", "Parlour", "Weekend", "Heritage", "Featherlight", "All-weather",
    "Cosy", "Sturdy", "Garden", "Little", "Grand", "Market Day", "Twilight",
)  # fmt: skip
MAKERS = (
    "Harbour & Heel", "Muddle", "Drizzle & Son", "Pellow", "Barkwell", "Hob & Hearth", "Tuft & Daughters",
    "Brass Button", "Lather & Lull", "Whiskerworks", "Perchery", "Plainspoke", "Finch & Furrow",
)  # fmt: skip

NOUNS = {
    "collar": "Collar", "lead": "Lead", "bow": "Bow Tie", "tag": "Brass Tag", "harness": "Harness",
    "coat-rain": "Raincoat", "coat-quilt": "Quilted Coat", "coat-knit": "Jumper", "coat-robe": "Drying Robe",
    "boots": "Boots", "bed-ring": "Ring Bed", "bed-sofa": "Sofa Bed", "bed-mattress": "Mattress",
    "bed-cot": "Raised Cot", "bed-wicker": "Basket", "ball": "Ball", "rope": "Rope Toy", "duck": "Squeaky Duck",
    "disc": "Flying Disc", "puzzle": "Puzzle Board", "chew": "Chew", "tug": "Tug Ring", "brush": "Brush",
    "comb": "Comb", "bottle-pump": "Shampoo", "bottle-spray": "Detangling Spray", "tin-balm": "Paw Balm",
    "mitt": "Drying Mitt", "cat_tree": "Cat Tree", "post": "Scratching Post", "wave": "Scratch Lounger",
    "hammock": "Window Hammock", "wand": "Feather Wand", "mouse": "Felt Mouse", "tunnel-cloth": "Play Tunnel",
    "tunnel-willow": "Willow Tunnel", "balls": "Jingle Balls", "balls-suet": "Suet Balls", "fish": "Kicker Fish",
    "scoop": "Litter Scoop", "tray": "Litter Tray", "hood": "Hooded Tray", "mat": "Litter Mat",
    "bowl-ceramic": "Stoneware Bowl", "bowl-steel": "Steel Bowl", "bowl-slow": "Slow Bowl",
    "bowl-stand": "Raised Feeder", "bowl-travel": "Travel Bowl", "fountain": "Drinking Fountain",
    "jar": "Biscuit Jar", "bag-fish": "Fish Crunch", "bag-bone": "Training Bites", "sticks": "Chew Bundle",
    "tin-sardine": "Sardines", "carrier": "Carrier", "backpack": "Porthole Backpack", "crate": "Crate",
    "booster": "Booster Seat", "flask": "Water Flask", "towel": "Towel", "blanket": "Wool Blanket",
    "cave": "Snuggle Cave", "hutch": "Hutch", "hayrack": "Hay Rack", "drip": "Drip Bottle", "feeder": "Seed Feeder",
    "nestbox": "Nest Box", "birdbath": "Bird Bath",
}  # fmt: skip

OPENINGS = (
    "We found this {noun} on a rainy visit to a workshop in {place} and came home with a boxful.",
    "{maker} have made their {noun} in {place} for longer than anyone there can remember.",
    "A {noun} ought to be noticed once, on the day it arrives, and then simply work. This is that one.",
    "The {noun} from {place} is the quiet one on the shelf, and the one that people come back for.",
    "Somebody at {maker} has clearly lived with animals, and this {noun} is the proof.",
    "There are cheaper ways to come by a {noun}. We have tried most of them so that you need not.",
    "Ask in {place} for a good {noun} and you will be pointed at {maker}, usually by someone covered in hair.",
    "This {noun} was drawn on the back of an envelope by {maker} and has hardly changed since.",
)
MIDDLES = (
    "It has been dropped, chewed, sat on and left out overnight, and has only gained in character.",
    "The edges are finished properly, including the ones you will never see.",
    "Nothing on it rattles, pinches or needs a manual.",
    "It is a shade heavier than it looks, which is how you can tell where the money went.",
    "Every part that wears out can be had again by asking us.",
    "In the shop it lasted eleven minutes before somebody was asleep next to it.",
    "The colour was chosen to hide what the day will do to it.",
    "We like that it can be cleaned with one hand, since the other is usually busy.",
    "It comes in plain paper, and the paper tends to be enjoyed first.",
)
CLOSINGS = (
    "If it is not right, send it back, with hair and all.",
    "Choose the larger size if in doubt: nobody ever complained of too much comfort.",
    "Buy one for home, and before long one for wherever you go in August.",
    "It makes a good present for people who say they want nothing for themselves.",
    "The animals of {place} have been consulted and offer no objection.",
    "You will stop noticing it within a week. Your visitors will not.",
    "Keep it dry if you can. If you cannot, it will forgive you.",
)
LINES = (
    "A well-made {noun} from {place}, built for daily use.",
    "Plain, solid and pleasant to own, from the makers at {maker}.",
    "The {noun} for people who have already owned a bad one.",
    "Made in small batches in {place} and sold without fuss.",
    "Easy to clean, hard to break, nice to look at.",
)


def compose_products(n: int, *, models: Sequence[Product]) -> Iterator[Product]:
    """Yield `n` products modelled in turn on `models`. Raises ValueError when n is negative."""
    if n < 0:
        raise ValueError("The number of products cannot be negative.")
    for number in range(n):
        turn, which = divmod(number, len(models))
        yield _compose(number, turn=turn, which=which, model=models[which])


def _compose(number: int, *, turn: int, which: int, model: Product) -> Product:
    dice = random.Random(f"ringback {number}")  # the same shop every time
    # Models of one kind start at different corners of the name lists, so two collars never share a name.
    pair = turn + which * 131
    place, manner = PLACES[pair % len(PLACES)], MANNERS[pair % len(MANNERS)]
    picture = model.picture
    noun = NOUNS.get(f"{picture.kind}-{picture.style}") or NOUNS[picture.kind]
    name = f"{place} {manner} {noun}"
    words = {"noun": noun.lower(), "place": place, "maker": dice.choice(MAKERS)}
    paragraphs = (
        " ".join((dice.choice(OPENINGS), dice.choice(MIDDLES))),
        " ".join(dice.sample(MIDDLES, 2)) if dice.random() < 0.4 else "",
        dice.choice(CLOSINGS),
    )
    # Between six and sixteen tenths of the model, never as dear as half a Grand Salon.
    factor = dice.randint(60, 160)
    return Product(
        slug=f"{slug_of(name)}-{number + 1}",
        name=name,
        category=model.category,
        line=dice.choice(LINES).format(**words),
        description="\n\n".join(text for text in paragraphs if text).format(**words),
        brand=words["maker"],
        facts=model.facts,
        options=model.options,
        variants=tuple(_restock(variant, number=number, factor=factor, dice=dice) for variant in model.variants),
        picture=picture,
        shots=tuple(Shot(picture, shot.view, shot.alt) for shot in model.shots),
    )


def _restock(variant: Variant, *, number: int, factor: int, dice: random.Random) -> Variant:
    """The same choice at another price: whole dollars less a nickel, so every price looks meant."""
    price = max(195, variant.price * factor // 10000 * 100 + 95)
    on_hand = dice.choice((0, 1, 2, 4, 6, 9, 12, 18, 25, 40, 60))
    return Variant(f"W{number + 1:06d}-{variant.sku}", variant.choices, price, variant.weight_grams, on_hand)
