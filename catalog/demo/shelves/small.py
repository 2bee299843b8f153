"""Rabbits, guinea pigs and garden birds."""

from catalog.demo.records import Picture, Product, product

PRODUCTS: tuple[Product, ...] = (
    product(
        "Two-up Two-down Hutch",
        category="rabbits-and-guinea-pigs",
        brand="Finch & Furrow",
        code="FF-HUT",
        line="Upstairs for sleeping, downstairs for grass, a ramp for arguments.",
        text="""
            A hutch should be the small part of a rabbit's day, with a garden attached. This one has a dry bedroom
            under a felted roof and an open ground floor, with a ramp that has proper treads.

            The front comes off for cleaning in two turns of a catch. The catch has a second catch, because rabbits
            have time.
        """,
        facts={
            "Material": "Larch, galvanised mesh, felt roof",
            "Size": "120 by 60 by 104 cm",
            "Weight": "23 kg",
            "Suits": "Two rabbits, or four guinea pigs",
        },
        price=17900,
        weight=23000,
        stock=(4,),
        picture=Picture("hutch", "pine", "", 1),
        alt="A two-storey wooden hutch with a sloping roof, a mesh front and a ramp.",
        in_use="A white rabbit sits in front of the wooden hutch.",
    ),
    product(
        "Haymaker Rack",
        category="rabbits-and-guinea-pigs",
        brand="Finch & Furrow",
        code="FF-HAY",
        line="Keeps hay off the floor, in the air and mostly in the rabbit.",
        text="""
            A slatted beech rack that hangs from mesh or stands on its own feet. The gaps are wide enough for a
            determined nose and narrow enough that a whole bale does not come out at once.

            You will go on finding hay in your jumper. That is not the rack.
        """,
        facts={"Material": "Beech", "Size": "28 by 16 by 20 cm", "Weight": "720 g", "Holds": "A good armful"},
        price=1900,
        weight=720,
        stock=(21,),
        picture=Picture("hayrack", "pine", "", 1),
        alt="A slatted wooden hay rack overflowing with golden hay.",
        in_use="A brown rabbit sits beside the full hay rack.",
    ),
    product(
        "Underhill Willow Tunnel",
        category="rabbits-and-guinea-pigs",
        brand="Finch & Furrow",
        code="FF-TUN",
        line="A tunnel you can eat, which is more than most railways offer.",
        text="""
            Woven from unpeeled willow in an arch, open at both ends. It is a corridor, then a sunroom, then lunch.

            Replace it when you can see more rabbit than tunnel.
        """,
        facts={"Material": "Willow", "Size": "32 by 24 by 20 cm", "Weight": "460 g", "Treated with": "Nothing"},
        price=1700,
        weight=460,
        stock=(19,),
        picture=Picture("tunnel", "walnut", "willow", 2),
        alt="A woven brown willow tunnel lying on its side, open at the front.",
    ),
    product(
        "Drip Regular Bottle",
        category="rabbits-and-guinea-pigs",
        brand="Plainspoke",
        code="PL-DRI",
        line="A glass bottle with a steel spout that drips only when asked.",
        text="""
            Two steel balls in the spout do all the work and make the small ticking noise that guinea pigs regard as
            conversation. The glass does not taste of anything and can be boiled.

            The bracket holds through mesh or screws to wood.
        """,
        facts={
            "Material": "Borosilicate glass, stainless steel",
            "Holds": "500 ml",
            "Weight": "330 g",
            "Care": "Boil or dishwasher",
        },
        options={"Size": ("300 ml", "500 ml")},
        price=1100,
        price_step=300,
        weight=250,
        weight_step=80,
        stock=(28, 3),
        picture=Picture("drip", "sky", "", 1),
        alt="A glass drinking bottle on a mesh panel, half full of water, with a bent steel spout.",
    ),
    product(
        "Acorn Snuggle Cave",
        category="rabbits-and-guinea-pigs",
        brand="Tuft & Daughters",
        code="TU-ACO",
        line="A felt house for a guinea pig with a rich inner life.",
        text="""
            Thick felt, one door, no draughts. It holds one guinea pig in comfort or two in conference.

            Turn it upside down and it is a bed with a rim. Guinea pigs will do this for you.
        """,
        facts={"Material": "Wool felt", "Size": "26 by 24 cm", "Weight": "240 g", "Care": "Hand wash"},
        options={"Colour": ("Mustard", "Sage")},
        price=2100,
        weight=240,
        stock=(17, 0),
        picture=Picture("cave", "mustard", "", 2),
        alt="A small mustard felt cave with a round door and a cream fleece lining.",
        in_use="A brown rabbit sits beside the mustard felt cave.",
    ),
    product(
        "Breakfast Club Feeder",
        category="garden-birds",
        brand="Finch & Furrow",
        code="FF-FEE",
        line="Six perches and a tin roof. Opens at dawn, closes when empty.",
        text="""
            A seed feeder that squirrels find interesting and birds find useful. The tube is glass, so it does not
            cloud, and the tray below catches what the sparrows throw, which is most of it.

            Hang it where you have your coffee. Within a week you will be the sort of person who says "that's the same
            robin".
        """,
        facts={
            "Material": "Glass, powder-coated steel, ash",
            "Size": "38 by 16 cm",
            "Weight": "1.1 kg",
            "Holds": "1.2 litres of seed",
        },
        options={"Colour": ("Brick", "Moss")},
        price=2900,
        weight=1100,
        stock=(24, 11),
        picture=Picture("feeder", "brick", "", 1),
        alt="A hanging glass seed feeder with a red tin roof, full of seed, with a round tray and perches.",
        in_use="A small round blue bird stands on the tray of the seed feeder.",
    ),
    product(
        "Vacancies Nest Box",
        category="garden-birds",
        brand="Finch & Furrow",
        code="FF-NES",
        line="A one-bedroom house, south-east wall, no chain.",
        text="""
            Rough larch inside, so fledglings can climb to the door, and a plate of copper round the hole to keep out
            anyone with a bigger beak and worse manners.

            Hang it before February and look busy. The side opens for cleaning in autumn, when the tenants have gone.
        """,
        facts={
            "Material": "Larch, copper",
            "Size": "29 by 17 by 16 cm",
            "Weight": "1.2 kg",
            "Hole": "28 mm for blue tits, 32 mm for sparrows",
        },
        options={"Hole": ("28 mm", "32 mm")},
        price=2300,
        weight=1200,
        stock=(20, 14),
        picture=Picture("nestbox", "sky", "", 1),
        alt="A pale blue wooden nest box with a pitched roof, a round hole with a copper ring, and a perch.",
        in_use="A small round yellow bird stands on the roof of the blue nest box.",
    ),
    product(
        "Still Water Bird Bath",
        category="garden-birds",
        brand="Finch & Furrow",
        code="FF-BAT",
        line="Shallow at the edge, deep in the middle, splashed on all sides.",
        text="""
            A stone basin on a turned pillar. The edge is rough, so that wet feet hold, and the water is never deeper
            than a blackbird's knees, as far as those can be established.

            Rinse it on Sundays. In frost, float a cork in it and hope.
        """,
        facts={
            "Material": "Cast stone",
            "Size": "48 cm across, 68 cm high",
            "Weight": "19 kg",
            "Winter": "Frost-proof, empty it anyway",
        },
        price=8900,
        weight=19000,
        stock=(6,),
        picture=Picture("birdbath", "steel", "", 1),
        alt="A pale stone bird bath on a turned pillar, filled with blue water.",
        in_use="A small round blue bird stands on the rim of the stone bird bath.",
    ),
    product(
        "Suet & Seed Fat Balls",
        category="garden-birds",
        brand="Finch & Furrow",
        code="FF-FAT",
        line="Winter in a ball: suet, seed and no net to catch a foot.",
        text="""
            Rolled by a machine that a retired baker built, from suet, sunflower and oats. We leave out the net, since
            toes get caught in it; any cage feeder will hold them.

            Starlings eat them in a committee. Long-tailed tits come as a family and leave a review.
        """,
        facts={"Contents": "Beef suet, sunflower, oats", "Each": "85 g", "Tub": "Six or twenty", "Keeps": "Nine months"},
        options={"Pack": ("Six", "Twenty")},
        price=800,
        price_step=1400,
        weight=560,
        weight_step=1250,
        stock=(58, 27),
        picture=Picture("balls", "oat", "suet", 2),
        alt="Three round balls of pale suet, thick with seeds, piled on the floor.",
    ),
)
