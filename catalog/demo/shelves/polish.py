"""Grooming, and the three Dog Polishers."""

from catalog.demo.records import Picture, Product, product

PRODUCTS: tuple[Product, ...] = (
    product(
        "Hedgerow Bristle Brush",
        category="grooming",
        brand="Hob & Hearth",
        code="HO-BRU",
        line="Beech and boar bristle: the last thing you do before guests arrive.",
        text="""
            For the finish rather than the fight. Once the knots are out, the bristles spread the coat's own oil along
            every hair, and a dog who looked like a rug begins to look like a portrait.

            The back is oiled beech, shaped for a palm. Most dogs lean into it so hard that they fall over.
        """,
        facts={
            "Material": "Beech, natural bristle",
            "Size": "21 by 7 cm",
            "Weight": "130 g",
            "Suits": "Short and medium coats",
        },
        price=1900,
        weight=130,
        stock=(34,),
        picture=Picture("brush", "pine", "bristle", 1),
        alt="A paddle-shaped wooden brush with dense cream bristles.",
    ),
    product(
        "Bramble Pin Brush",
        category="grooming",
        brand="Hob & Hearth",
        code="HO-PIN",
        line="Round-tipped pins on a soft cushion, for long coats and long stories.",
        text="""
            Goes through feathering, ruffs and the trouser area without snagging. The pins are set in a rubber cushion,
            so they give way before the skin does.

            Work in sections, from the ends upwards, with the wireless on. What comes out of the brush will make a
            second, smaller dog.
        """,
        facts={
            "Material": "Beech, steel pins, rubber cushion",
            "Size": "23 by 7 cm",
            "Weight": "150 g",
            "Suits": "Long and wavy coats",
        },
        price=2200,
        weight=150,
        stock=(2,),
        picture=Picture("brush", "rose", "pin", 2),
        alt="A rose-coloured paddle brush with rows of round-tipped steel pins on a pale cushion.",
    ),
    product(
        "Sheddington Comb",
        category="grooming",
        brand="Brass Button",
        code="BB-COM",
        line="Two widths of steel teeth for finding the undercoat before the sofa does.",
        text="""
            A plain steel comb with a wooden back, wide teeth at one end and narrow at the other. It has no trigger, no
            blade and nothing to charge, and it will outlive most of your shoes.

            Ten minutes twice a week, outdoors, downwind.
        """,
        facts={
            "Material": "Stainless steel, walnut",
            "Size": "19 by 5 cm",
            "Weight": "95 g",
            "Teeth": "Half wide, half narrow",
        },
        price=1500,
        weight=95,
        stock=(27,),
        picture=Picture("comb", "walnut", "", 1),
        alt="A steel comb with a walnut back, half of its teeth set wide and half set close.",
    ),
    product(
        "Puddle's End Shampoo",
        category="grooming",
        brand="Lather & Lull",
        code="LL-SHA",
        line="Oatmeal and rosemary, low lather, rinses before patience runs out.",
        text="""
            The secret of a bath is that it should be over. This shampoo foams just enough to show where you have
            been and rinses in a single pass, so the whole affair is finished while the dog is still composing its
            objection.

            It smells faintly of a herb garden after rain. Within the hour, we are told, so will nothing at all.
        """,
        facts={
            "Contents": "Oatmeal, rosemary, coconut soap",
            "Sizes": "250 ml and 1 litre",
            "Scent": "Slight",
            "Bottle": "Recycled and recyclable",
        },
        options={"Size": ("250 ml", "1 litre")},
        price=1100,
        price_step=1500,
        weight=290,
        weight_step=790,
        stock=(48, 21),
        picture=Picture("bottle", "sage", "pump", 1),
        alt="A sage green pump bottle with a cream label that bears a small paw print.",
        in_use="A black dog with folded ears sits beside the green pump bottle, under protest.",
    ),
    product(
        "Detangle & Apologise Spray",
        category="grooming",
        brand="Lather & Lull",
        code="LL-SPR",
        line="A light mist for knots, burrs and the end of bramble season.",
        text="""
            Spray, wait, tease the knot apart with your fingers, say sorry anyway. It leaves no grease and no perfume,
            and it works on tails, ears and the odd cardigan.

            Shake first. The oat and aloe part company when they think nobody is looking.
        """,
        facts={"Contents": "Oat, aloe, water", "Size": "300 ml", "Scent": "None", "Bottle": "Refillable"},
        price=1300,
        weight=340,
        stock=(0,),
        picture=Picture("bottle", "lilac", "spray", 2),
        alt="A lilac spray bottle with a white trigger and a cream label that bears a small paw print.",
    ),
    product(
        "Cobblestone Paw Balm",
        category="grooming",
        brand="Lather & Lull",
        code="LL-BAL",
        line="Beeswax and calendula in a tin that clicks shut like a good car.",
        text="""
            For pads that have met salt, gravel or August. Warm a little between your fingers, work it in, then hold
            the paw for a moment as if you were about to propose. That is how long it takes to sink in.

            A tin lasts a medium dog about a winter.
        """,
        facts={"Contents": "Beeswax, calendula, shea butter", "Size": "60 ml", "Weight": "85 g", "Tin": "Reusable"},
        options={"Pack": ("One tin", "Two tins")},
        price=1000,
        price_step=800,
        weight=85,
        weight_step=85,
        stock=(60, 25),
        picture=Picture("tin", "mustard", "balm", 1),
        alt="A round mustard tin of golden balm, with its lid, marked with a paw print, standing behind it.",
    ),
    product(
        "Mud Season Mitt",
        category="grooming",
        brand="Tuft & Daughters",
        code="TU-MIT",
        line="A glove of fat microfibre noodles, for feet that have been gardening.",
        text="""
            Put your hand in, take hold of a paw, and the mud changes sides. It drinks about seven times its own
            weight, and then you wring it out over somewhere you do not love.

            Keep one by the door and one in the car. The third is for the child.
        """,
        facts={"Material": "Microfibre chenille", "Size": "25 by 18 cm", "Weight": "120 g", "Care": "Machine wash at 60"},
        options={"Colour": ("Mint", "Slate")},
        price=1200,
        weight=120,
        stock=(38, 29),
        picture=Picture("mitt", "mint", "", 1),
        alt="A mint green drying mitt covered in plump chenille noodles, with a ribbed cuff.",
    ),
    product(
        "Dog Polisher No. 1, the Pocket",
        category="dog-polishers",
        brand="Lustre & Daughters",
        code="LD-POL1",
        line="A hand-held polisher for touch-ups between appointments.",
        text="""
            The Pocket is where most people begin. One lambswool pad, one brass dial, and a motor with the hum of a
            contented bee. Start at the shoulder and work towards the tail in small circles, as with shoes.

            On a short-coated dog it takes about six minutes to reach what the manual calls a parlour finish. Wire
            coats stop at satin. Poodles should be discussed with us by telephone first.

            It charges on its stand overnight. Please do not polish a dog that is asleep: the manual is firm on this,
            and so was the dog.
        """,
        facts={
            "Material": "Enamelled steel, brass, lambswool",
            "Size": "16 by 9 cm",
            "Weight": "480 g",
            "Noise": "A contented bee",
            "Finish": "Parlour",
        },
        options={"Finish": ("Mint", "Ivory")},
        price=4900,
        weight=480,
        stock=(23, 14),
        picture=Picture("polisher", "mint", "hand", 1),
        alt="A rounded mint green hand polisher with a brass dial, a wooden grip and a fluffy lambswool pad.",
        in_use="A gleaming brown dog sits beside the mint green hand polisher, catching the light.",
    ),
    product(
        "Dog Polisher No. 2, the Parlour",
        category="dog-polishers",
        brand="Lustre & Daughters",
        code="LD-POL2",
        line="An upright for the whole dog, nose to stern, in a single pass.",
        text="""
            With the Parlour you stand up straight. Twin lambswool drums turn in opposite directions, so the coat is
            lifted and laid in one movement, and the headlamp shows you at once where you have not been.

            The dog stands still for this, or rather the dog is delighted, which from the front looks the same. There
            are two speeds: Spaniel and Other.

            Drums lift out for washing. The handle folds, so that it can be kept in the hall cupboard next to the
            vacuum cleaner, with which it must on no account be confused.
        """,
        facts={
            "Material": "Enamelled steel, ash, lambswool",
            "Size": "112 by 34 cm",
            "Weight": "6.4 kg",
            "Noise": "A library with one person humming",
            "Finish": "Mirror, on smooth coats",
        },
        options={"Finish": ("Teal", "Ivory", "Claret")},
        price=18900,
        weight=6400,
        stock=(8, 5, 2),
        picture=Picture("polisher", "teal", "upright", 2),
        alt="A teal upright polisher with a curved handle, a brass headlamp and two fluffy lambswool drums.",
        in_use="A gleaming black dog sits beside the teal upright polisher, catching the light.",
    ),
    product(
        "Dog Polisher No. 3, the Grand Salon",
        category="dog-polishers",
        brand="Lustre & Daughters",
        code="LD-POL3",
        line="The walk-through polisher. One trot, and they can see themselves in each other.",
        text="""
            The Grand Salon is not a gadget. It is a piece of furniture with ambitions. The dog enters at one end,
            passes beneath an arch of five lambswool rollers, and leaves at the other with a coat that throws light on
            the ceiling.

            A gauge on the brow of the machine shows lustre as it builds. At ninety a small bell rings. Above ninety-five
            we ask that you draw the curtains, out of consideration for aircraft.

            Delivered by two people in aprons, who will level the feet, warm the rollers and polish one dog of your
            choice by way of demonstration. The brass is unlacquered and will need polishing too; a cloth is
            included, since the Grand Salon cannot do itself.

            Every order for a Grand Salon is confirmed by telephone before it ships. At this price you would want us to.
        """,
        facts={
            "Material": "Enamelled steel, brass, walnut, lambswool",
            "Size": "118 by 96 by 70 cm",
            "Weight": "41 kg",
            "Power": "220 W, about one good light bulb per roller",
            "Noise": "Distant applause",
            "Finish": "Beyond mirror",
        },
        options={"Finish": ("Ruby", "Midnight")},
        price=89900,
        weight=41000,
        stock=(72, 48),
        picture=Picture("polisher", "ruby", "grand", 3),
        alt="A walk-through polisher: a ruby red arch on a walnut base, lined with fluffy lambswool rollers, with a "
        "brass gauge at the top.",
        in_use="A gleaming golden dog sits under the ruby red arch of the polisher, sparkling.",
    ),
)
