"""Collars, leads, harnesses and coats."""

from catalog.demo.records import Picture, Product, product

PRODUCTS: tuple[Product, ...] = (
    product(
        "Harbour Leather Collar",
        category="collars-and-leads",
        brand="Harbour & Heel",
        code="HH-COL",
        line="Bridle leather that starts handsome and gets better with every wet walk.",
        text="""
            The first collar we ever sold, and still the one we reach for. The leather is cut from the thick part of
            the hide, dyed all the way through and waxed by hand, so a scratch is a story rather than a hole.

            The buckle is solid brass, which means it will go dull, and then somebody will rub it on their sleeve
            while waiting for the kettle and it will come up like a trumpet.

            Break it in by doing nothing at all. After a month it remembers the neck it belongs to.
        """,
        facts={
            "Material": "Bridle leather, solid brass",
            "Width": "2.2 cm",
            "Fits necks": "28 to 56 cm",
            "Care": "A little wax twice a year",
        },
        options={"Size": ("Small", "Medium", "Large"), "Colour": ("Tan", "Black")},
        price=3200,
        price_step=400,
        weight=90,
        weight_step=30,
        stock=(24, 18, 31, 12, 16, 2),
        picture=Picture("collar", "tan", "stitched", 1),
        alt="A round tan leather collar with cream stitching, a brass buckle and a round brass tag.",
        in_use="A chestnut dog with folded ears sits upright wearing the tan leather collar.",
    ),
    product(
        "Glenmuddle Tartan Collar",
        category="collars-and-leads",
        brand="Muddle",
        code="MU-TAR",
        line="A tartan of no clan whatsoever, woven for dogs of every family.",
        text="""
            We asked which clan this tartan belongs to. The weaver looked at her loom for some time and said that it
            belongs to whoever is wearing it. We have not been able to improve on that.

            Woven wool over a webbing core, so it looks like a Sunday jacket and behaves like a seat belt. The clip
            closes with a click you can hear over a waterfall, a school run or a cocker spaniel.
        """,
        facts={
            "Material": "Wool tartan on polyester webbing",
            "Width": "2.5 cm",
            "Fits necks": "30 to 60 cm",
            "Care": "Hand wash, dry flat",
        },
        options={"Size": ("Small", "Medium", "Large")},
        price=2400,
        price_step=200,
        weight=70,
        weight_step=20,
        stock=(15, 22, 9),
        picture=Picture("collar", "brick", "tartan", 2),
        alt="A red tartan collar crossed with cream and dark lines, with a silver buckle and a round tag.",
        in_use="A grey dog with pricked ears sits upright wearing the red tartan collar.",
    ),
    product(
        "Lamplighter Reflective Collar",
        category="collars-and-leads",
        brand="Drizzle & Son",
        code="DR-LAM",
        line="Catches headlights from a long way off, and looks quiet by day.",
        text="""
            By day, a sensible teal collar. By headlight, a ring of light trotting along at knee height, which has
            startled at least one vicar.

            The reflective thread is woven into the band instead of being printed on top, so it does not crack or
            peel. Rinse the salt off in winter and it will go on glowing for years.
        """,
        facts={
            "Material": "Nylon webbing with reflective thread",
            "Width": "2 cm",
            "Fits necks": "26 to 58 cm",
            "Seen from": "About 150 metres in dipped headlights",
        },
        options={"Size": ("Small", "Medium", "Large")},
        price=1800,
        price_step=100,
        weight=55,
        weight_step=15,
        stock=(40, 0, 27),
        picture=Picture("collar", "teal", "reflective", 3),
        alt="A teal webbing collar with a pale reflective band running round it and a silver buckle.",
        in_use="A black dog with folded ears sits upright wearing the teal reflective collar.",
    ),
    product(
        "Long Shore Rope Lead",
        category="collars-and-leads",
        brand="Harbour & Heel",
        code="HH-ROP",
        line="Spliced like a mooring line, soft as an old jumper in the hand.",
        text="""
            Made by people who used to make lines for boats and found dogs pull harder. Twelve strands, spliced by
            hand and whipped with waxed thread, with a brass clip that a cold thumb can work.

            Rope has a little give in it, so a sudden squirrel arrives in your shoulder as a suggestion rather than a
            summons.

            It floats. We did not plan that, but you will be glad of it once.
        """,
        facts={
            "Material": "Twelve-strand cotton-look rope, brass clip",
            "Length": "1.5 m",
            "Thickness": "12 mm",
            "Care": "Machine wash at 30 in a pillowcase",
        },
        options={"Colour": ("Navy", "Sand", "Brick")},
        price=2800,
        weight=260,
        stock=(33, 14, 3),
        picture=Picture("lead", "navy", "rope", 4),
        alt="A navy rope lead in a neat coil, with leather whipping and a brass clip at the end.",
        in_use="A golden dog with folded ears sits beside the coiled navy rope lead, ready to go out.",
    ),
    product(
        "Bridlepath Leather Lead",
        category="collars-and-leads",
        brand="Harbour & Heel",
        code="HH-LEA",
        line="The lead that hangs by the door and makes everyone look up.",
        text="""
            A lead should feel right before you have left the house. This one is a single run of bridle leather,
            folded at the handle and stitched through twice, with no padding to go lumpy and no logo to apologise for.

            Match it with the Harbour collar if you like things to match, or do not, if you and your dog would rather
            be thought of as bohemian.
        """,
        facts={
            "Material": "Bridle leather, solid brass",
            "Length": "1.2 m",
            "Width": "1.8 cm",
            "Care": "A little wax twice a year",
        },
        options={"Colour": ("Tan", "Chestnut", "Black")},
        price=4200,
        weight=210,
        stock=(17, 8, 11),
        picture=Picture("lead", "chestnut", "leather", 2),
        alt="A chestnut leather lead in a coil with pale stitching and a brass clip.",
    ),
    product(
        "Far Field Long Line",
        category="collars-and-leads",
        brand="Drizzle & Son",
        code="DR-FAR",
        line="Freedom with an appendix: up to fifteen metres of it.",
        text="""
            For the dog who comes back every single time, except the one time. The long line lets them be as far away
            as they would like while still being, legally speaking, with you.

            The webbing is coated, so mud wipes off and bramble does not get in. It is bright because you will put it
            down in long grass, and then you will want to find it again.
        """,
        facts={
            "Material": "Coated webbing, steel clip",
            "Width": "1.6 cm",
            "Weight": "38 g per metre",
            "Care": "Wipe, dry, hang",
        },
        options={"Length": ("5 m", "10 m", "15 m")},
        price=1900,
        price_step=900,
        weight=220,
        weight_step=190,
        stock=(26, 19, 4),
        picture=Picture("lead", "coral", "long", 5),
        alt="A long coral webbing line wound in a thick coil, with a steel clip.",
    ),
    product(
        "Sunday Best Bow Tie",
        category="collars-and-leads",
        brand="Muddle",
        code="MU-BOW",
        line="Slides on to any collar. Raises the tone of any kitchen.",
        text="""
            For weddings, for birthdays, and for the sort of Tuesday that needs help. Two elastic loops at the back
            hold it to a collar, so it comes off before the trifle.

            Each tie is cut from the ends of shirt cloth, which is why we can only promise that yours will be spotted,
            and not quite how.
        """,
        facts={"Material": "Cotton shirting", "Size": "11 by 7 cm", "Weight": "18 g", "Care": "Iron it, or do not"},
        options={"Colour": ("Plum", "Navy")},
        price=1400,
        weight=18,
        stock=(21, 0),
        picture=Picture("bow", "plum", "spots", 1),
        alt="A plum bow tie with cream spots, full and slightly crooked.",
        in_use="A cream dog with pricked ears wears the plum spotted bow tie and looks pleased about it.",
    ),
    product(
        "If Found Brass Tag",
        category="collars-and-leads",
        brand="Brass Button",
        code="BB-TAG",
        line="A thick brass tag with room for a telephone number and some dignity.",
        text="""
            Three millimetres of brass, rounded at the edge and left unlacquered. It arrives bright, goes brown and
            can be brought back with toothpaste and five idle minutes.

            Tell us what to engrave after you have ordered. We suggest the number of whoever picks up the telephone.
        """,
        facts={"Material": "Solid brass", "Size": "32 mm", "Weight": "14 g", "Engraving": "Up to four lines"},
        options={"Shape": ("Round", "Bone")},
        price=1200,
        weight=14,
        stock=(80, 64),
        picture=Picture("tag", "butter", "", 1),
        alt="A large round brass tag with a paw print cut into it, hanging from a split ring.",
    ),
    product(
        "Steady On Harness",
        category="harnesses-and-coats",
        brand="Drizzle & Son",
        code="DR-HAR",
        line="A front clip, a back clip and a handle for stiles and second thoughts.",
        text="""
            The chest strap sits low and wide, so a dog who leans into it turns gently back towards you instead of
            coughing like a smoker. Four points of adjustment mean it fits barrel chests, slim waists and both at once.

            The handle on the back is for lifting over stiles. It is also, it turns out, for steering through the
            cheese aisle of a farm shop.

            Goes on over the head, clips at both sides, and no foot has to be posted through anything.
        """,
        facts={
            "Material": "Padded mesh, nylon webbing",
            "Clips": "Front and back",
            "Chest": "40 to 95 cm",
            "Care": "Machine wash at 30",
        },
        options={"Size": ("Small", "Medium", "Large"), "Colour": ("Teal", "Coral")},
        price=3900,
        price_step=400,
        weight=240,
        weight_step=60,
        stock=(12, 8, 20, 15, 7, 1),
        picture=Picture("harness", "teal", "", 1),
        alt="A teal padded dog harness seen from the front, with grey straps and a steel ring at the chest.",
        in_use="A tan dog with folded ears sits upright wearing the teal harness.",
    ),
    product(
        "Featherweight Step-in Harness",
        category="harnesses-and-coats",
        brand="Pellow",
        code="PE-STE",
        line="For small dogs with large opinions about being put into things.",
        text="""
            Lay it on the floor, wait until curiosity places two paws in it, close one clip. Done, and nobody has lost
            face.

            The whole harness weighs less than a slice of toast. Suede at the edges keeps it from rubbing behind the
            elbows, which is where small dogs keep their complaints.
        """,
        facts={"Material": "Air mesh, microsuede edge", "Weight": "45 g", "Chest": "28 to 46 cm", "Care": "Hand wash"},
        options={"Size": ("XS", "S")},
        price=2600,
        price_step=200,
        weight=45,
        weight_step=10,
        stock=(18, 13),
        picture=Picture("harness", "rose", "", 2),
        alt="A small rose-pink padded harness seen from the front, with a steel ring at the chest.",
        in_use="A tan dog with folded ears sits upright wearing the rose-pink harness.",
    ),
    product(
        "Drizzle Day Raincoat",
        category="harnesses-and-coats",
        brand="Drizzle & Son",
        code="DR-RAI",
        line="A proper mackintosh, mustard yellow, for dogs with appointments.",
        text="""
            There is a kind of rain that does not stop, it only pauses to look at you. This coat was drawn for it:
            taped seams, a storm flap over the back and a collar that turns up like a detective's.

            It fastens under the belly with one wide strap, so getting dressed takes four seconds, and shaking takes
            place inside the coat.

            The lead goes out through a covered slot. The tail goes out at the back, as tails should.
        """,
        facts={
            "Material": "Recycled polyester, cotton lining",
            "Proof against": "10,000 mm of water",
            "Back length": "30 to 60 cm",
            "Care": "Hose down, hang up",
        },
        options={"Back length": ("30 cm", "40 cm", "50 cm", "60 cm")},
        price=4800,
        price_step=500,
        weight=210,
        weight_step=60,
        stock=(9, 16, 12, 0),
        picture=Picture("coat", "mustard", "rain", 1),
        alt="A mustard yellow dog raincoat on a wooden stand, with a turned-up collar, a strap and dark poppers.",
        in_use="A grey dog stands in profile wearing the mustard raincoat.",
    ),
    product(
        "Quilted Gentleman's Coat",
        category="harnesses-and-coats",
        brand="Muddle",
        code="MU-QUI",
        line="Diamond quilting, corduroy collar, an air of owning woodland.",
        text="""
            Worn by dogs who inspect fences. The quilting traps warmth without bulk, and the corduroy collar can be
            stroked absent-mindedly during long conversations at gates.

            Ladies wear it just as well. The name is the tailor's, and he would not be moved.
        """,
        facts={
            "Material": "Cotton shell, recycled wadding",
            "Back length": "30 to 60 cm",
            "Warm to": "About minus five, standing still",
            "Care": "Machine wash at 30",
        },
        options={"Back length": ("30 cm", "40 cm", "50 cm", "60 cm")},
        price=5400,
        price_step=500,
        weight=260,
        weight_step=70,
        stock=(7, 11, 3, 5),
        picture=Picture("coat", "moss", "quilt", 2),
        alt="A moss green dog coat on a wooden stand, quilted in diamonds, with a dark corduroy collar.",
        in_use="A chestnut dog stands in profile wearing the quilted moss green coat.",
    ),
    product(
        "Fisherman's Rib Jumper",
        category="harnesses-and-coats",
        brand="Tuft & Daughters",
        code="TU-JUM",
        line="Knitted in thick rib by people who have met the North Sea.",
        text="""
            A jumper for thin coats and old bones. The rib stretches over the shoulders and hugs everything else, so
            it stays put during sleep, sulks and short runs.

            Wool keeps most of its warmth when damp, which is convenient, as so do dogs.
        """,
        facts={
            "Material": "Lambswool",
            "Back length": "25 to 55 cm",
            "Weight": "From 160 g",
            "Care": "Hand wash, dry flat, blame nobody",
        },
        options={"Back length": ("25 cm", "35 cm", "45 cm", "55 cm")},
        price=4400,
        price_step=400,
        weight=160,
        weight_step=60,
        stock=(14, 2, 10, 6),
        picture=Picture("coat", "navy", "knit", 3),
        alt="A navy ribbed dog jumper on a wooden stand, with a cream band and a thick rolled collar.",
    ),
    product(
        "Puddle Boots, Set of Four",
        category="harnesses-and-coats",
        brand="Drizzle & Son",
        code="DR-BOO",
        line="Four small wellingtons. The first ten steps are the funniest.",
        text="""
            Grit, ice, hot pavements, freshly mopped floors: there are good reasons for boots. There is also the walk
            they cause, which resembles a horse who has trodden on something surprising.

            It passes within a minute. Film it quickly.
        """,
        facts={
            "Material": "Natural rubber, ribbed sole",
            "Set": "Four boots",
            "Paw width": "4 to 8 cm",
            "Care": "Rinse and stand upside down",
        },
        options={"Size": ("1", "2", "3", "4")},
        price=3400,
        price_step=200,
        weight=240,
        weight_step=60,
        stock=(8, 12, 0, 5),
        picture=Picture("boots", "mustard", "", 1),
        alt="Four small yellow rubber boots for dogs, two in front and two behind, with cream bands and dark ribbed soles.",
    ),
)
