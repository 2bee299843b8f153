"""Dog beds and dog toys."""

from catalog.demo.records import Picture, Product, product

PRODUCTS: tuple[Product, ...] = (
    product(
        "Biscuit Ring Bed",
        category="dog-beds",
        brand="Tuft & Daughters",
        code="TU-RIN",
        line="Round, deep and shaggy, for dogs who sleep like a croissant.",
        text="""
            Some dogs lie down. Others assemble themselves, turning three times and tucking in the nose last. This is
            for the second kind: a deep ring with a soft middle, and a rim that holds up a chin.

            The whole bed goes into the washing machine. It comes out looking drowned and then, over an afternoon on
            the line, slowly remembers that it is expensive.
        """,
        facts={
            "Material": "Long-pile recycled fleece, hollow fibre",
            "Sizes": "60, 80 and 100 cm across",
            "Rim height": "20 cm",
            "Care": "Machine wash at 40",
        },
        options={"Size": ("60 cm", "80 cm", "100 cm"), "Colour": ("Oat", "Slate")},
        price=5900,
        price_step=2000,
        weight=1400,
        weight_step=900,
        stock=(11, 7, 14, 9, 4, 0),
        picture=Picture("bed", "oat", "ring", 1),
        alt="A round oat-coloured bed with a thick shaggy rim and a soft dip in the middle.",
        in_use="A chestnut dog is curled up asleep in the round oat-coloured bed.",
    ),
    product(
        "Bolster Hall Sofa Bed",
        category="dog-beds",
        brand="Barkwell",
        code="BA-BOL",
        line="Three arms and a low front step: a sofa in everything but height.",
        text="""
            Built for dogs who rest the head on something, sigh, and watch the door. The bolsters are packed firmly
            enough to lean on and the mattress is foam on foam, soft over firm, so that hips do not find the floor.

            The front is cut low for short legs and old ones. The covers zip off. The dignity does not.
        """,
        facts={
            "Material": "Cotton canvas, two-layer foam",
            "Sizes": "70 by 50 to 110 by 80 cm",
            "Mattress": "12 cm",
            "Care": "Covers wash at 40",
        },
        options={"Size": ("Medium", "Large", "Giant"), "Colour": ("Teal", "Brick")},
        price=9900,
        price_step=2500,
        weight=3800,
        weight_step=1700,
        stock=(6, 5, 8, 2, 3, 0),
        picture=Picture("bed", "teal", "sofa", 2),
        alt="A teal sofa-shaped dog bed with plump bolsters on three sides and a cream cushion.",
        in_use="A grey dog is curled up asleep on the cream cushion of the teal sofa bed.",
    ),
    product(
        "Plain Good Mattress",
        category="dog-beds",
        brand="Barkwell",
        code="BA-MAT",
        line="A flat, thick, honest mattress that fits crates, boots and corners.",
        text="""
            No rim, no fringe, no theory of sleep. Twelve centimetres of foam in a ticking cover, squared off at the
            edges, so it sits flush in a crate or in the back of an estate car.

            The stripes hide hair for longer than you would think, and not as long as you would like.
        """,
        facts={
            "Material": "Cotton ticking, foam core",
            "Sizes": "60 by 45 to 100 by 70 cm",
            "Thickness": "12 cm",
            "Care": "Cover washes at 60",
        },
        options={"Size": ("60 by 45 cm", "80 by 55 cm", "100 by 70 cm")},
        price=4500,
        price_step=1500,
        weight=1300,
        weight_step=900,
        stock=(19, 12, 8),
        picture=Picture("bed", "sky", "mattress", 3),
        alt="A thick flat dog mattress in blue and cream ticking stripes, with piped edges.",
    ),
    product(
        "Camp Commander Cot",
        category="dog-beds",
        brand="Pellow",
        code="PE-COT",
        line="A raised bed for summer, campsites and dogs who like to oversee.",
        text="""
            Canvas stretched on an ash frame, a hand's breadth above the ground, so that the air goes under and the
            sand goes through. It packs into its own bag in about a minute, or four if you are being watched.

            Indoors it lives by the window and serves as a command post.
        """,
        facts={
            "Material": "Ash, cotton canvas",
            "Size": "90 by 60 by 18 cm",
            "Holds": "Up to 40 kg",
            "Packed": "92 by 14 cm, 2.9 kg",
        },
        options={"Colour": ("Moss", "Sand")},
        price=7400,
        weight=2900,
        stock=(10, 6),
        picture=Picture("bed", "moss", "cot", 4),
        alt="A raised dog cot of moss green canvas stretched on a pale wooden frame with four legs.",
    ),
    product(
        "Wickerley Basket",
        category="dog-beds",
        brand="Hob & Hearth",
        code="HO-WIC",
        line="The basket from the picture book, cushion and creak included.",
        text="""
            Woven from whole willow on a frame that does not wobble. It creaks when a dog turns round, and if you grew
            up with that sound you will know why we sell no quiet version.

            The cushion is reversible. Puppies will test the rim with their teeth; willow forgives, and a rim can be
            rewoven.
        """,
        facts={
            "Material": "Willow, wool-filled cushion",
            "Sizes": "65 and 85 cm wide",
            "Height": "24 cm",
            "Care": "Wipe the willow, wash the cushion",
        },
        options={"Size": ("65 cm", "85 cm")},
        price=6800,
        price_step=2100,
        weight=2300,
        weight_step=900,
        stock=(7, 3),
        picture=Picture("bed", "brick", "wicker", 5),
        alt="An oval willow basket with a low front and a brick red cushion inside.",
        in_use="A cream dog is curled up asleep on the red cushion in the willow basket.",
    ),
    product(
        "Comet Rubber Ball",
        category="dog-toys",
        brand="Muddle",
        code="MU-COM",
        line="Bounces high, floats well, turns up again in spring.",
        text="""
            Natural rubber, hollow, with a seam line like a planet's. It bounces in a direction decided by neither of
            you, which is the whole sport.

            It fits a standard ball thrower, and the space beneath every sofa ever made.
        """,
        facts={"Material": "Natural rubber", "Size": "6.5 cm across", "Weight": "110 g", "Floats": "Yes, smugly"},
        options={"Pack": ("One", "Three")},
        price=900,
        price_step=1300,
        weight=110,
        weight_step=220,
        stock=(95, 40),
        picture=Picture("ball", "coral", "", 1),
        alt="A glossy coral rubber ball with a cream band round it and a soft highlight.",
        in_use="A golden dog with folded ears sits and stares at the coral ball on the floor.",
    ),
    product(
        "Moorings Rope Toy",
        category="dog-toys",
        brand="Harbour & Heel",
        code="HH-MOO",
        line="Two knots, three colours and one winner, who is not going to be you.",
        text="""
            Thick cotton rope, knotted at both ends and long enough that your fingers are not part of the game. The
            loose ends work as a floss of sorts, and as confetti towards the end.

            When it has become more tassel than rope, retire it with honours.
        """,
        facts={"Material": "Cotton rope", "Length": "36 or 50 cm", "Weight": "From 180 g", "Care": "Boil it, if brave"},
        options={"Length": ("36 cm", "50 cm")},
        price=1100,
        price_step=400,
        weight=180,
        weight_step=90,
        stock=(52, 37),
        picture=Picture("rope", "brick", "", 1),
        alt="A thick twisted rope toy in red and cream with a big knot and a tassel at each end.",
        in_use="A black dog sits behind the red and cream rope toy, waiting for somebody to pick up the other end.",
    ),
    product(
        "Admiral Squeak",
        category="dog-toys",
        brand="Pellow",
        code="PE-ADM",
        line="A rubber duck of rank, with a squeak to be heard across water.",
        text="""
            The Admiral has a low, contented squeak when leaned on and a high, urgent one when shaken, so that your
            dog may express a range of opinions about naval matters.

            He floats upright. The squeaker sits behind a double wall, so that he takes longer than most to fall
            silent. Some of you will consider that a fault.
        """,
        facts={"Material": "Natural latex", "Size": "14 by 12 cm", "Weight": "120 g", "Volume": "Yes"},
        price=1300,
        weight=120,
        stock=(44,),
        picture=Picture("duck", "butter", "", 1),
        alt="A yellow rubber duck with an orange beak and a small navy admiral's hat.",
        in_use="A brown dog with pricked ears sits and considers the yellow rubber duck.",
    ),
    product(
        "Slow Orbit Flying Disc",
        category="dog-toys",
        brand="Muddle",
        code="MU-ORB",
        line="Flies flat, lands soft, kind to teeth and conservatory windows.",
        text="""
            Most discs were made for people. This one has a soft rubber rim that a mouth can close on at a gallop, and
            a weight that keeps it level in a breeze.

            Throw it lower than you think. The leap is for the photograph; the joints would rather have a run.
        """,
        facts={"Material": "Soft thermoplastic rubber", "Size": "22 cm across", "Weight": "145 g", "Floats": "Yes"},
        options={"Colour": ("Sky", "Coral")},
        price=1500,
        weight=145,
        stock=(28, 17),
        picture=Picture("disc", "sky", "", 1),
        alt="A sky blue flying disc with concentric rings and a cream centre, tilted on its edge.",
    ),
    product(
        "Professor Puzzle Board",
        category="dog-toys",
        brand="Pellow",
        code="PE-PUZ",
        line="Nine lids, nine biscuits, one dog with a furrowed brow.",
        text="""
            Hide a treat under each sliding lid, put the board down, and watch a mind at work. Most dogs try the nose,
            then the paw, then you.

            It starts easy and can be made harder with the pegs. Clever dogs finish in two minutes; very clever dogs
            carry it to the top of the stairs and let go.
        """,
        facts={"Material": "Beech, food-safe lacquer", "Size": "28 by 28 by 4 cm", "Weight": "1.1 kg", "Levels": "Three"},
        price=3600,
        weight=1100,
        stock=(16,),
        picture=Picture("puzzle", "pine", "", 1),
        alt="A square wooden puzzle board with nine round lids in several colours, two of them slid open.",
    ),
    product(
        "Stubborn Chew",
        category="dog-toys",
        brand="Barkwell",
        code="BA-CHE",
        line="A rubber cone with a hollow heart, to be filled and argued with.",
        text="""
            Stuff it with paste, freeze it overnight, and you have bought yourself a telephone call. The tiers wobble,
            so it never comes to rest where it was left.

            There are three strengths of rubber. Choose by what became of your last remote control.
        """,
        facts={
            "Material": "Natural rubber",
            "Sizes": "8, 10 and 13 cm",
            "Hardness": "Puppy, Grown-up, Vandal",
            "Care": "Top shelf of the dishwasher",
        },
        options={"Strength": ("Puppy", "Grown-up", "Vandal")},
        price=1200,
        price_step=300,
        weight=120,
        weight_step=80,
        stock=(30, 41, 3),
        picture=Picture("chew", "brick", "", 1),
        alt="A red rubber chew shaped like three stacked bulbs, getting smaller towards the top.",
    ),
    product(
        "Tug of Peace Ring",
        category="dog-toys",
        brand="Muddle",
        code="MU-TUG",
        line="A soft ring for two dogs, or a dog and a person with good shoes.",
        text="""
            Fleece plaited round a rubber core: gentle on gums, easy to hold, and impossible to win outright, since a
            ring has no end to pull to.

            Growling is part of the rules. So is letting go first now and then, which does more for a young dog than
            any number of lectures.
        """,
        facts={
            "Material": "Fleece on a rubber core",
            "Size": "24 cm across",
            "Weight": "310 g",
            "Care": "Machine wash at 30",
        },
        options={"Colour": ("Lilac", "Mint")},
        price=1600,
        weight=310,
        stock=(20, 13),
        picture=Picture("tug", "lilac", "", 1),
        alt="A plump plaited ring toy in lilac and cream, leaning upright.",
    ),
)
