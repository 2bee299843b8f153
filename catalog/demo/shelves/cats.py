"""Cat trees, cat toys and the litter corner."""

from catalog.demo.records import Picture, Product, product

PRODUCTS: tuple[Product, ...] = (
    product(
        "Lookout Cat Tree",
        category="trees-and-scratchers",
        brand="Whiskerworks",
        code="WH-LOO",
        line="Three platforms, one den and a commanding view of the biscuit tin.",
        text="""
            A tree for people who like their living room. The posts are wrapped in sisal, the shelves are birch, and
            the cushions come off for washing, one at a time, so that somebody always has a seat.

            It arrives in a flat box with a single key. Allow forty minutes, of which fifteen are for getting the cat
            out of the box and five for putting it back.

            The base weighs as much as a Labrador puppy, so that a leap from the top shelf moves the cat and not the
            tree.
        """,
        facts={
            "Material": "Birch ply, sisal, wool felt",
            "Size": "60 by 50 by 142 cm",
            "Weight": "14.5 kg",
            "Holds": "Three cats on speaking terms",
        },
        options={"Colour": ("Moss", "Slate")},
        price=14900,
        weight=14500,
        stock=(5, 3),
        picture=Picture("cat_tree", "moss", "", 1),
        alt="A tall cat tree with sisal posts, two round moss green platforms and a den with a round door.",
        in_use="A grey cat sits beside the tall cat tree, deciding.",
    ),
    product(
        "Patience Scratching Post",
        category="trees-and-scratchers",
        brand="Whiskerworks",
        code="WH-PAT",
        line="Tall enough for a full stretch, heavy enough not to flinch.",
        text="""
            Most posts are too short, and so the cat goes back to the armchair, which is not. Patience stands 82
            centimetres: a whole cat, from toe to ambition.

            The sisal is wound without glue, and when one side is worn you can turn it. In time you will know how your
            cat's day went by the sound.
        """,
        facts={
            "Material": "Sisal, rubberwood",
            "Size": "40 by 40 by 82 cm",
            "Weight": "6.2 kg",
            "Spare sisal": "Sold by the metre, ask us",
        },
        price=4900,
        weight=6200,
        stock=(15,),
        picture=Picture("post", "teal", "", 1),
        alt="A tall scratching post wound in sisal rope on a square wooden base, with a teal pompom on a string.",
        in_use="A ginger cat sits beside the tall scratching post.",
    ),
    product(
        "Driftwood Scratch Lounger",
        category="trees-and-scratchers",
        brand="Whiskerworks",
        code="WH-DRI",
        line="A wave of corrugated card to shred from, sleep on and drape over.",
        text="""
            It looks like something from a design museum, and will go on doing so for about nine days. After that it
            looks loved.

            The wave fits a cat lying on its back with one leg up. Turn it over when the top is done: there is a second
            sofa underneath.
        """,
        facts={
            "Material": "Corrugated card, starch glue",
            "Size": "65 by 24 by 22 cm",
            "Weight": "1.9 kg",
            "Afterwards": "Goes out with the paper",
        },
        options={"Pack": ("One", "Two")},
        price=2400,
        price_step=1800,
        weight=1900,
        weight_step=1900,
        stock=(22, 9),
        picture=Picture("wave", "tan", "", 1),
        alt="A wave-shaped scratch lounger made of corrugated cardboard layers.",
        in_use="A black cat lies along the top of the cardboard wave.",
    ),
    product(
        "Sill Seat Window Hammock",
        category="trees-and-scratchers",
        brand="Perchery",
        code="PR-SIL",
        line="A hammock on four suckers for close study of the neighbours.",
        text="""
            Holds to clean glass with four large suckers and turns any window into a private box. The birds will
            know. The postman will know.

            Wipe the glass, press, wait an hour before first use. We tested it with a cat of nine kilos, whose name
            and weight we were asked not to put together in print.
        """,
        facts={
            "Material": "Cotton canvas, steel wire, silicone",
            "Size": "56 by 36 cm",
            "Holds": "Up to 15 kg",
            "Care": "Canvas washes at 40",
        },
        price=3200,
        weight=980,
        stock=(4,),
        picture=Picture("hammock", "rose", "", 1),
        alt="A rose canvas window hammock hanging by cables from suckers on a window with a view of hills.",
        in_use="A ginger cat lies in the rose window hammock, looking out over the hills.",
    ),
    product(
        "Heron Feather Wand",
        category="cat-toys",
        brand="Perchery",
        code="PR-HER",
        line="A long rod, a short temper and three feathers on a string.",
        text="""
            The rod is springy, so a small movement of your wrist becomes a large event at the other end. Let the
            feathers be caught about one time in three: fewer is teasing, more is charity.

            Put it away in a drawer afterwards. A cat will find it anyway and bring it to you at four in the morning,
            rod and all.
        """,
        facts={
            "Material": "Glass fibre rod, dyed goose feathers",
            "Length": "90 cm plus string",
            "Weight": "40 g",
            "Spare lures": "Pack of three",
        },
        options={"Pack": ("Wand", "Wand and lures")},
        price=1100,
        price_step=600,
        weight=40,
        weight_step=20,
        stock=(47, 18),
        picture=Picture("wand", "teal", "", 1),
        alt="A slender toy rod with a cork grip, a curling string and three feathers in teal, coral and mustard.",
        in_use="A grey cat sits beside the feather wand, all attention.",
    ),
    product(
        "Mortimer the Mouse",
        category="cat-toys",
        brand="Tuft & Daughters",
        code="TU-MOR",
        line="Felted wool, leather tail, a past he does not discuss.",
        text="""
            Mortimer is felted by hand from a single tuft and filled with catnip of the strong sort. He has been found
            in boots, in a piano and once, perfectly dry, at the bottom of a teapot.

            He is brave, he is light, and he is sold in threes as well, because you will find two of them again when
            you move house.
        """,
        facts={
            "Material": "Felted wool, catnip, leather",
            "Size": "9 cm plus tail",
            "Weight": "14 g",
            "Care": "Refresh in a bag of catnip",
        },
        options={"Pack": ("One", "Three")},
        price=700,
        price_step=1000,
        weight=14,
        weight_step=28,
        stock=(120, 55),
        picture=Picture("mouse", "slate", "", 1),
        alt="A grey felt mouse with pink ears, a bright black eye and a long curling tail.",
        in_use="A ginger cat sits over the small felt mouse and looks the other way.",
    ),
    product(
        "Rustle Tunnel",
        category="cat-toys",
        brand="Whiskerworks",
        code="WH-RUS",
        line="A crackling tunnel with a side door for ambushes and second thoughts.",
        text="""
            There is foil in the lining, so that every step sounds like somebody opening crisps in a theatre. Cats
            enter at speed and leave by the side door with an expression.

            It springs flat and ties with a loop. Getting it flat is the day's exercise.
        """,
        facts={
            "Material": "Polyester, spring steel, foil lining",
            "Size": "120 by 25 cm",
            "Weight": "420 g",
            "Folds to": "28 by 4 cm",
        },
        options={"Colour": ("Coral", "Sky")},
        price=1800,
        weight=420,
        stock=(25, 31),
        picture=Picture("tunnel", "coral", "cloth", 1),
        alt="A coral and cream striped play tunnel lying on its side, open at the front.",
        in_use="A black cat looks out of the round mouth of the striped tunnel.",
    ),
    product(
        "Marbles, Set of Three Jingle Balls",
        category="cat-toys",
        brand="Tuft & Daughters",
        code="TU-MAR",
        line="Felt balls with a bell inside, quiet on floors, loud in dreams.",
        text="""
            Three balls of boiled wool, each with one small bell at its heart. They roll without clatter on boards,
            stop politely on rugs and gather beneath the cooker by some arrangement of their own.

            We sell a great many sets to the same people.
        """,
        facts={"Material": "Boiled wool, brass bell", "Size": "4 cm each", "Weight": "30 g the set", "Care": "Hand wash"},
        price=900,
        weight=30,
        stock=(73,),
        picture=Picture("balls", "lilac", "", 1),
        alt="Three felt balls in lilac, mustard and cream, stitched with little stars.",
    ),
    product(
        "Kipper the Kicker",
        category="cat-toys",
        brand="Tuft & Daughters",
        code="TU-KIP",
        line="A fish the length of a forearm, for hugging with four sets of claws.",
        text="""
            To be gripped at one end, kicked at the other and slept on in the middle. Kipper is packed tight with
            catnip and silver vine, and is sewn from upholstery canvas, after the first edition lasted a weekend.

            His smile is stitched in. It survives everything.
        """,
        facts={"Material": "Canvas, catnip, silver vine", "Size": "34 by 12 cm", "Weight": "160 g", "Care": "Brush off"},
        price=1400,
        weight=160,
        stock=(26,),
        picture=Picture("fish", "sky", "", 1),
        alt="A plump blue cloth fish with stitched scales, a cream belly and a button eye.",
    ),
    product(
        "Candid Litter Scoop",
        category="litter-corner",
        brand="Plainspoke",
        code="PL-SCO",
        line="Cast aluminium, sharp edge, beech handle. It does the thing.",
        text="""
            We tried eleven scoops and bent nine. This one is cast in one piece, with slots that let clean litter
            through at the first shake and an edge that reaches the corners.

            It hangs on a hook. Nobody will compliment you on it, and every day it will be slightly better than you
            expected.
        """,
        facts={
            "Material": "Cast aluminium, beech",
            "Size": "29 by 13 cm",
            "Weight": "240 g",
            "Care": "Hot water, now and then",
        },
        price=1600,
        weight=240,
        stock=(41,),
        picture=Picture("scoop", "sky", "", 1),
        alt="A pale metal litter scoop with long slots and a wooden handle, leaning at an angle.",
    ),
    product(
        "Low Step Litter Tray",
        category="litter-corner",
        brand="Plainspoke",
        code="PL-TRA",
        line="High at the back, low at the front, and smooth all over.",
        text="""
            The sides are high enough for enthusiastic diggers and the front is low enough for kittens and
            grandmothers. There is no lip inside for anything to hide under.

            It stacks, which matters, since the rule is one tray per cat and one for luck.
        """,
        facts={
            "Material": "Recycled polypropylene",
            "Size": "56 by 40 by 24 cm",
            "Weight": "1.3 kg",
            "Front height": "11 cm",
        },
        options={"Colour": ("Slate", "Sky")},
        price=2200,
        weight=1300,
        stock=(18, 0),
        picture=Picture("tray", "slate", "", 1),
        alt="An open slate grey litter tray with high sides, a low front and pale litter inside.",
    ),
    product(
        "Discretion Hooded Tray",
        category="litter-corner",
        brand="Plainspoke",
        code="PL-HOO",
        line="A small house with a swing door and no questions asked.",
        text="""
            A hood for cats who like privacy and people who like their hallway. The door swings both ways, the lid
            lifts with two clips, and there is a carbon filter in the roof doing quiet, thankless work.

            Leave the door off for the first week. Some cats want a curtain, others want an exit strategy.
        """,
        facts={
            "Material": "Recycled polypropylene, carbon filter",
            "Size": "57 by 42 by 41 cm",
            "Weight": "2.1 kg",
            "Filter": "Lasts three months",
        },
        price=4200,
        weight=2100,
        stock=(12,),
        picture=Picture("hood", "snow", "", 1),
        alt="A rounded white hooded litter box with a see-through swing door and a carry handle.",
        in_use="A grey cat sits beside the white hooded box, having nothing to say.",
    ),
    product(
        "Crumb Catcher Mat",
        category="litter-corner",
        brand="Plainspoke",
        code="PL-MAT",
        line="Two layers of honeycomb between the litter and your socks.",
        text="""
            Litter falls through the top layer and stays between the two until you pour it back. It sounds obvious, and
            it took a long time to get the holes right.

            Soft enough for fussy paws. If your cat jumps over it, buy the large one; if it jumps over that, you have
            a horse.
        """,
        facts={
            "Material": "EVA foam",
            "Sizes": "55 by 40 and 75 by 55 cm",
            "Weight": "From 380 g",
            "Care": "Rinse and hang",
        },
        options={"Size": ("Regular", "Large")},
        price=1700,
        price_step=700,
        weight=380,
        weight_step=240,
        stock=(24, 16),
        picture=Picture("mat", "moss", "honeycomb", 1),
        alt="A moss green mat with a honeycomb surface, one corner lifted to show the second layer.",
    ),
)
