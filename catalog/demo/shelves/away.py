"""Carriers, the car, towels and blankets."""

from catalog.demo.records import Picture, Product, product

PRODUCTS: tuple[Product, ...] = (
    product(
        "Steamer Trunk Carrier",
        category="carriers-and-car",
        brand="Perchery",
        code="PR-STE",
        line="Opens at the top and the front, so nobody has to be posted.",
        text="""
            The trouble with carriers is that they only appear before something unpleasant. The Steamer Trunk is
            handsome enough to leave out all year, with the door off and a cushion in, until it is simply where the cat
            lives.

            When the day comes you close the door. The top opens wide, so that whoever must have a look can do so from
            above, without the dreadful tipping.
        """,
        facts={
            "Material": "Recycled polypropylene, steel door",
            "Size": "49 by 33 by 33 cm",
            "Weight": "2.2 kg",
            "Carries": "Up to 9 kg",
        },
        options={"Colour": ("Teal", "Rose")},
        price=5800,
        weight=2200,
        stock=(14, 6),
        picture=Picture("carrier", "teal", "", 1),
        alt="A teal pet carrier with a rounded lid, a barred steel door, air slots and a carry handle.",
        in_use="A ginger cat sits beside the teal carrier, not going in yet.",
    ),
    product(
        "Porthole Backpack",
        category="carriers-and-car",
        brand="Perchery",
        code="PR-POR",
        line="A rucksack with a window, for passengers who like to be consulted.",
        text="""
            For cats and small dogs who travel by train and have views on Crewe. The window is a clear dome, the sides
            are mesh, and the floor is stiff, so that nobody is folded.

            A strap inside clips to a harness. The outside pocket holds treats, papers and the sort of apple one never
            eats.
        """,
        facts={
            "Material": "Canvas, mesh, polycarbonate dome",
            "Size": "42 by 32 by 28 cm",
            "Weight": "1.5 kg",
            "Carries": "Up to 7 kg",
        },
        options={"Colour": ("Moss", "Charcoal")},
        price=7200,
        weight=1500,
        stock=(11, 8),
        picture=Picture("backpack", "moss", "", 1),
        alt="A moss green canvas backpack with a large clear porthole window, leather straps and a front pocket.",
        in_use="The face of a grey cat looks out through the porthole of the moss green backpack.",
    ),
    product(
        "Folding Country Crate",
        category="carriers-and-car",
        brand="Barkwell",
        code="BA-CRA",
        line="A wire crate that folds like a suitcase and does not rattle like one.",
        text="""
            Two doors, a tray that slides out, and corners that have been rounded by someone with a conscience. The
            wires are welded close, so small paws stay on the right side.

            Drape a blanket over the top, and what was a cage becomes a cabin.
        """,
        facts={"Material": "Coated steel", "Sizes": "61, 76 and 91 cm long", "Weight": "From 5.4 kg", "Folds to": "9 cm"},
        options={"Length": ("61 cm", "76 cm", "91 cm")},
        price=5900,
        price_step=1600,
        weight=5400,
        weight_step=2300,
        stock=(7, 10, 0),
        picture=Picture("crate", "charcoal", "", 1),
        alt="A dark wire dog crate with an open front door, a handle on top and a cream cushion inside.",
    ),
    product(
        "Passenger Booster Seat",
        category="carriers-and-car",
        brand="Pellow",
        code="PE-BOO",
        line="Raises small dogs to the height of the scenery.",
        text="""
            Straps to a seat by its headrest and puts a small dog at window level, where it can bark at cows in the
            proper way. The sides are padded to lean on in bends.

            A short tether clips to a harness, never to a collar. You drive; they navigate.
        """,
        facts={"Material": "Quilted canvas, foam", "Size": "42 by 38 by 26 cm", "Weight": "1.9 kg", "Carries": "Up to 9 kg"},
        options={"Colour": ("Tan", "Charcoal")},
        price=6500,
        weight=1900,
        stock=(9, 5),
        picture=Picture("booster", "tan", "", 1),
        alt="A tan quilted car booster seat for a small dog, with a cream lining and a tether strap.",
    ),
    product(
        "Wayfarer Water Flask",
        category="carriers-and-car",
        brand="Drizzle & Son",
        code="DR-FLA",
        line="A flask whose lid is a bowl, and which takes back what is left over.",
        text="""
            Press, and the water rises into the cup. Let go, and what your dog leaves runs back into the flask instead
            of into your bag. One hand does it, the other has the lead.

            Steel, double-walled, cold for a day. Not to be shared, though you will be tempted on the second hill.
        """,
        facts={
            "Material": "Stainless steel, silicone",
            "Holds": "550 ml",
            "Weight": "310 g",
            "Care": "Bottle brush, warm water",
        },
        options={"Colour": ("Coral", "Navy")},
        price=2600,
        weight=310,
        stock=(35, 22),
        picture=Picture("flask", "coral", "", 1),
        alt="A coral steel water flask with a cupped drinking lid and a cord loop.",
    ),
    product(
        "After the Beck Towel",
        category="towels-and-blankets",
        brand="Tuft & Daughters",
        code="TU-TOW",
        line="Huge, thirsty, and marked DOG at the fold so that guests know.",
        text="""
            A towel big enough to lose an argument in. The weave is looped long on one side for water and flat on the
            other for mud, and there is a pocket at each end for your hands.

            Wash it with nothing you respect.
        """,
        facts={"Material": "Cotton terry", "Size": "120 by 70 cm", "Weight": "640 g", "Care": "Machine wash at 60"},
        options={"Colour": ("Sage", "Slate")},
        price=2400,
        weight=640,
        stock=(30, 19),
        picture=Picture("towel", "sage", "", 1),
        alt="A stack of three folded terry towels in sage, cream and mustard.",
        in_use="A golden dog sits beside the stack of folded towels, newly dry.",
    ),
    product(
        "Shake It Off Drying Robe",
        category="towels-and-blankets",
        brand="Drizzle & Son",
        code="DR-ROB",
        line="A dressing gown for the drive home, with a belt to be tied in a bow.",
        text="""
            Put it on at the car and by the time you are home the dog is dry, the seats are dry, and someone has been
            photographed looking like a minor film star between takes.

            The collar stands up round the neck, where the water hides. It fastens along the back and ties beneath.
        """,
        facts={
            "Material": "Cotton terry",
            "Back length": "35 to 65 cm",
            "Weight": "From 320 g",
            "Care": "Machine wash at 60",
        },
        options={"Back length": ("35 cm", "45 cm", "55 cm", "65 cm")},
        price=3800,
        price_step=300,
        weight=320,
        weight_step=80,
        stock=(13, 17, 8, 1),
        picture=Picture("coat", "rose", "robe", 4),
        alt="A rose terry drying robe for a dog on a wooden stand, with a cream shawl collar and a tied belt.",
        in_use="A cream dog stands in profile wearing the rose drying robe.",
    ),
    product(
        "Hearthside Wool Blanket",
        category="towels-and-blankets",
        brand="Hob & Hearth",
        code="HO-BLA",
        line="A checked wool blanket, to be shared by agreement.",
        text="""
            Bought for the dog, borrowed by everyone. Woven from wool that would not do for suits because it is too
            thick and too friendly, with a fringe for absent-minded plaiting.

            Hair brushes off, or becomes part of it. After some years you cannot say which.
        """,
        facts={"Material": "Pure new wool", "Size": "130 by 90 cm", "Weight": "780 g", "Care": "Air it, wash it rarely"},
        options={"Colour": ("Brick", "Moss")},
        price=4600,
        weight=780,
        stock=(12, 9),
        picture=Picture("blanket", "brick", "", 1),
        alt="A folded red checked wool blanket with a cream fringe.",
        in_use="A ginger cat sits on top of the folded red checked blanket.",
    ),
    product(
        "Burrow Snuggle Cave",
        category="towels-and-blankets",
        brand="Tuft & Daughters",
        code="TU-CAV",
        line="A sleeping bag for dachshunds and others who like a roof.",
        text="""
            Some animals will not sleep unless something is touching every part of them. The Burrow has a stiff rim to
            hold the door open and a fleece lining from there to the toes.

            To find out whether anyone is in, look for the lump. If the lump sighs, leave it.
        """,
        facts={
            "Material": "Canvas, recycled fleece",
            "Sizes": "55 and 75 cm",
            "Weight": "From 820 g",
            "Care": "Machine wash at 40",
        },
        options={"Size": ("55 cm", "75 cm")},
        price=4300,
        price_step=1400,
        weight=820,
        weight_step=420,
        stock=(15, 4),
        picture=Picture("cave", "plum", "", 1),
        alt="A plum domed pet cave with a round door and a cream fleece lining.",
        in_use="A black cat looks out of the round door of the plum cave.",
    ),
)
