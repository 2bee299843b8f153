"""Bowls, fountains and treats."""

from catalog.demo.records import Picture, Product, product

PRODUCTS: tuple[Product, ...] = (
    product(
        "Hearthstone Ceramic Bowl",
        category="bowls-and-fountains",
        brand="Hob & Hearth",
        code="HO-BOW",
        line="Stoneware, thrown thick, glazed in the colour of a good pond.",
        text="""
            Heavy enough that dinner stays where it was served. The glaze pools a little at the rim, so no two bowls
            are quite the same green, and the foot is left bare and sanded smooth.

            It goes in the dishwasher, though most customers report that it has been cleaned rather well already.
        """,
        facts={"Material": "Stoneware", "Sizes": "14, 18 and 22 cm", "Weight": "From 620 g", "Care": "Dishwasher"},
        options={"Size": ("Small", "Medium", "Large")},
        price=2200,
        price_step=600,
        weight=620,
        weight_step=330,
        stock=(29, 24, 10),
        picture=Picture("bowl", "mint", "ceramic", 1),
        alt="A thick mint green stoneware bowl with an unglazed foot, heaped with biscuits.",
        in_use="A brown dog with folded ears sits beside the full mint green bowl, waiting for the word.",
    ),
    product(
        "Foundry Steel Bowl",
        category="bowls-and-fountains",
        brand="Brass Button",
        code="BB-STE",
        line="Spun steel with a rubber ring: rings like a bell, stays like a rock.",
        text="""
            The bowl you will still have when the puppy is grey. Brushed steel, rolled edge, and a ring of rubber round
            the foot, so that it cannot be driven around the kitchen.

            Dropped on stone it gives a clear A flat. Dogs learn the note quickly.
        """,
        facts={
            "Material": "Stainless steel, natural rubber",
            "Sizes": "0.7, 1.5 and 2.5 litres",
            "Weight": "From 210 g",
            "Care": "Dishwasher",
        },
        options={"Size": ("0.7 litre", "1.5 litre", "2.5 litre")},
        price=1200,
        price_step=400,
        weight=210,
        weight_step=120,
        stock=(50, 38, 2),
        picture=Picture("bowl", "steel", "steel", 2),
        alt="A brushed steel bowl with a dark rubber ring at the foot, full of water.",
    ),
    product(
        "Labyrinth Slow Bowl",
        category="bowls-and-fountains",
        brand="Pellow",
        code="PE-SLO",
        line="Turns eleven seconds of dinner into eleven minutes.",
        text="""
            Ridges in the shape of a maze, low enough for short noses, deep enough to make a Labrador think. Biscuits
            go in the lanes; wet food can be pressed into the corners by the vindictive.

            Start with a shallow helping. The look you get is not anger, it is respect arriving.
        """,
        facts={"Material": "Bamboo fibre and resin", "Size": "24 cm across", "Weight": "410 g", "Care": "Dishwasher"},
        options={"Colour": ("Coral", "Slate")},
        price=1900,
        weight=410,
        stock=(33, 20),
        picture=Picture("bowl", "coral", "slow", 3),
        alt="A wide coral slow-feeding bowl, seen from above, with curling ridges and biscuits in the lanes.",
    ),
    product(
        "High Table Raised Feeder",
        category="bowls-and-fountains",
        brand="Barkwell",
        code="BA-HIG",
        line="Two steel bowls in an oak stand, for the taller sort of diner.",
        text="""
            A table at the right height means less stooping for long-legged dogs and fewer ears in the soup. The oak is
            oiled, the joints are pegged, and the bowls lift out.

            The gap between them is exactly one cat wide. We noticed too late.
        """,
        facts={
            "Material": "Oak, stainless steel",
            "Heights": "20 and 30 cm",
            "Weight": "From 3.1 kg",
            "Bowls": "Two, 1.5 litres each",
        },
        options={"Height": ("20 cm", "30 cm")},
        price=6900,
        price_step=1000,
        weight=3100,
        weight_step=700,
        stock=(9, 4),
        picture=Picture("bowl", "pine", "stand", 4),
        alt="An oak stand with two steel bowls sunk into the top, one with biscuits and one with water.",
    ),
    product(
        "Concertina Travel Bowl",
        category="bowls-and-fountains",
        brand="Pellow",
        code="PE-CON",
        line="Folds flat, clips to a bag, pops up at the sound of a tap.",
        text="""
            Silicone that folds down to the thickness of a sandwich. It holds three cups of water or one very small
            bath, and clips to a belt loop, where it will slap against your leg like a well-meaning seal.

            Do not lend it on a hot day. You will not get it back.
        """,
        facts={
            "Material": "Silicone, aluminium clip",
            "Size": "13 cm across, 1.5 cm flat",
            "Weight": "90 g",
            "Holds": "700 ml",
        },
        options={"Colour": ("Sky", "Mustard")},
        price=900,
        weight=90,
        stock=(66, 45),
        picture=Picture("bowl", "sky", "travel", 5),
        alt="A sky blue folding silicone bowl with concertina sides and a steel clip, full of water.",
    ),
    product(
        "Quiet Spring Fountain",
        category="bowls-and-fountains",
        brand="Whiskerworks",
        code="WH-FOU",
        line="Moving water for cats who suspect the still kind.",
        text="""
            A cat in the wild does not drink from a puddle next to its lunch. The Quiet Spring runs in a loop over a
            porcelain dome, cool and filtered, with a murmur well below the fridge's.

            It comes apart in four pieces without tools, and all but the pump may go in the dishwasher. The little
            window shows the level, so that the first to notice is you.
        """,
        facts={
            "Material": "Porcelain, charcoal filter",
            "Holds": "2 litres",
            "Weight": "2.4 kg",
            "Power": "2 W, USB-C",
            "Noise": "A distant brook",
        },
        options={"Colour": ("Snow", "Slate")},
        price=6400,
        weight=2400,
        stock=(13, 7),
        picture=Picture("fountain", "snow", "", 1),
        alt="A white porcelain drinking fountain, with water running from a dome into a round basin.",
        in_use="A black cat sits beside the white drinking fountain, watching the water.",
    ),
    product(
        "Good Dog Biscuit Jar",
        category="treats",
        brand="Hob & Hearth",
        code="HO-JAR",
        line="A glass jar of bone biscuits, with a lid that can be heard upstairs.",
        text="""
            Baked from oats, cheese and very little else until they snap. The jar has a cork lid with a deep,
            unmistakable pop, and after a week you will not need to call anybody.

            Refills come in paper. The jar stays, and moves slowly up the shelves as the dog works out chairs.
        """,
        facts={
            "Contents": "Oats, cheese, egg, parsley",
            "Jar": "1.4 litres, glass and cork",
            "Biscuits": "450 g",
            "Keeps": "Three months, in theory",
        },
        options={"Kind": ("Filled jar", "Refill")},
        price=2400,
        price_step=-1300,
        weight=1250,
        weight_step=-780,
        stock=(31, 76),
        picture=Picture("jar", "oat", "bones", 1),
        alt="A glass jar with a cork lid, full of golden bone-shaped biscuits.",
        in_use="A golden dog with folded ears sits beside the biscuit jar, being very good.",
    ),
    product(
        "Fisherman's Rest Cat Crunch",
        category="treats",
        brand="Whiskerworks",
        code="WH-CRU",
        line="Tiny baked fish, made with real fish, shaped by someone who cared.",
        text="""
            Salmon and rice, baked in the shape of a fish with a smile. The smile is not necessary. We put it in
            anyway.

            Shake the bag once. Count to two. Hello.
        """,
        facts={
            "Contents": "Salmon, rice, brewer's yeast",
            "Bag": "120 g, resealable",
            "Pieces": "About 150",
            "Keeps": "Six months",
        },
        options={"Pack": ("One bag", "Four bags")},
        price=600,
        price_step=1500,
        weight=120,
        weight_step=360,
        stock=(140, 32),
        picture=Picture("bag", "teal", "fish", 1),
        alt="A teal paper treat bag with a fish on its cream label, and a few fish-shaped biscuits in front.",
    ),
    product(
        "Training Crumbs",
        category="treats",
        brand="Barkwell",
        code="BA-CRU",
        line="Pea-sized bribes, so a lesson does not turn into a lunch.",
        text="""
            Soft enough to be swallowed without stopping, small enough to hand out by the dozen, plain enough to live in
            a coat pocket. Three calories each: you may be generous with your praise and your crumbs alike.

            Works on dogs, most cats and one parrot in Leeds.
        """,
        facts={"Contents": "Chicken, pea, oat", "Bag": "200 g", "Each": "3 kcal", "Keeps": "Four months"},
        options={"Pack": ("One bag", "Three bags")},
        price=700,
        price_step=1200,
        weight=200,
        weight_step=400,
        stock=(88, 41),
        picture=Picture("bag", "mustard", "bone", 2),
        alt="A mustard paper treat bag with a bone on its cream label, and a few small biscuits in front.",
    ),
    product(
        "Willow & Apple Chew Bundle",
        category="treats",
        brand="Finch & Furrow",
        code="FF-CHE",
        line="A tied bundle of fruit wood for rabbits, degus and deep thinkers.",
        text="""
            Cut in winter, dried in a loft, tied with hemp. Apple is the sweet one, willow the bitter one, and every
            rabbit has a view on which should have been put in first.

            Leave the bark on. That is where the opinions are.
        """,
        facts={"Contents": "Apple and willow twigs", "Length": "15 cm", "Weight": "110 g", "Keeps": "A year, dry"},
        price=800,
        weight=110,
        stock=(36,),
        picture=Picture("sticks", "moss", "", 1),
        alt="A bundle of brown twigs tied with green string, with two leaves tucked under the knot.",
    ),
    product(
        "Tinned Celebration Sardines",
        category="treats",
        brand="Harbour & Heel",
        code="HH-SAR",
        line="For birthdays, recoveries and cats who have been through something.",
        text="""
            Sardines in spring water, nothing else, with a ring pull that every animal in the house will learn to hear
            through a closed door.

            One fish is a treat. Two is a party. The tin makes a decent ashtray for a doll's house.
        """,
        facts={"Contents": "Sardines, water", "Tin": "110 g", "Fish": "Three or four", "Keeps": "Four years"},
        options={"Pack": ("One tin", "Six tins")},
        price=500,
        price_step=2000,
        weight=140,
        weight_step=700,
        stock=(90, 3),
        picture=Picture("tin", "brick", "sardine", 2),
        alt="An oval red sardine tin with the lid rolled half back and three silver fish inside.",
    ),
)
