"""What facts say in German, by what they say in English. Measures are put together from their words (`measure`)."""

from __future__ import annotations

import re
from typing import Final

FACTS: dict[str, str] = {
    # What things are made of
    "Beech, natural bristle": "Buche, Naturborste", "Beech, steel pins, rubber cushion": "Buche, Stahlstifte, Gummikissen",
    "Stainless steel, walnut": "Edelstahl, Nussbaum", "Oatmeal, rosemary, coconut soap": "Hafer, Rosmarin, Kokosseife",
    "Oat, aloe, water": "Hafer, Aloe, Wasser", "Beeswax, calendula, shea butter": "Bienenwachs, Ringelblume, Sheabutter",
    "Microfibre chenille": "Mikrofaser-Chenille", "Enamelled steel, brass, lambswool": "Emaillierter Stahl, Messing, Lammwolle",
    "Enamelled steel, ash, lambswool": "Emaillierter Stahl, Esche, Lammwolle",
    "Enamelled steel, brass, walnut, lambswool": "Emaillierter Stahl, Messing, Nussbaum, Lammwolle",
    "Bridle leather, solid brass": "Zaumleder, massives Messing",
    "Wool tartan on polyester webbing": "Wollkaro auf Polyestergurt",
    "Nylon webbing with reflective thread": "Nylongurt mit reflektierendem Faden",
    "Twelve-strand cotton-look rope, brass clip": "Zwölffach geflochtenes Tau in Baumwolloptik, Messingkarabiner",
    "Coated webbing, steel clip": "Beschichteter Gurt, Stahlkarabiner", "Cotton shirting": "Hemdenstoff aus Baumwolle",
    "Solid brass": "Massives Messing", "Padded mesh, nylon webbing": "Gepolstertes Netzgewebe, Nylongurt",
    "Air mesh, microsuede edge": "Luftiges Netzgewebe, Kante aus Mikrovelours",
    "Recycled polyester, cotton lining": "Recyceltes Polyester, Baumwollfutter",
    "Cotton shell, recycled wadding": "Außen Baumwolle, recycelte Füllung", "Lambswool": "Lammwolle",
    "Natural rubber, ribbed sole": "Naturkautschuk, gerippte Sohle",
    "Long-pile recycled fleece, hollow fibre": "Langfloriges recyceltes Fleece, Hohlfaser",
    "Cotton canvas, two-layer foam": "Baumwollleinwand, zweilagiger Schaumstoff",
    "Cotton ticking, foam core": "Baumwolldrell, Schaumstoffkern", "Ash, cotton canvas": "Esche, Baumwollleinwand",
    "Willow, wool-filled cushion": "Weide, Kissen mit Wollfüllung", "Natural rubber": "Naturkautschuk",
    "Cotton rope": "Baumwolltau", "Natural latex": "Naturlatex", "Soft thermoplastic rubber": "Weiches thermoplastisches Gummi",
    "Beech, food-safe lacquer": "Buche, lebensmittelechter Lack", "Fleece on a rubber core": "Fleece auf Gummikern",
    "Birch ply, sisal, wool felt": "Birkensperrholz, Sisal, Wollfilz", "Sisal, rubberwood": "Sisal, Kautschukholz",
    "Corrugated card, starch glue": "Wellpappe, Stärkekleber",
    "Cotton canvas, steel wire, silicone": "Baumwollleinwand, Stahldraht, Silikon",
    "Glass fibre rod, dyed goose feathers": "Glasfaserstab, gefärbte Gänsefedern",
    "Felted wool, catnip, leather": "Filzwolle, Katzenminze, Leder",
    "Polyester, spring steel, foil lining": "Polyester, Federstahl, Knisterfolie",
    "Boiled wool, brass bell": "Walkwolle, Messingglöckchen", "Canvas, catnip, silver vine": "Leinwand, Katzenminze, Matatabi",
    "Cast aluminium, beech": "Aluminiumguss, Buche", "Recycled polypropylene": "Recyceltes Polypropylen",
    "Recycled polypropylene, carbon filter": "Recyceltes Polypropylen, Kohlefilter", "EVA foam": "EVA-Schaum",
    "Stoneware": "Steingut", "Stainless steel, natural rubber": "Edelstahl, Naturkautschuk",
    "Bamboo fibre and resin": "Bambusfaser und Harz", "Oak, stainless steel": "Eiche, Edelstahl",
    "Silicone, aluminium clip": "Silikon, Aluminiumkarabiner", "Porcelain, charcoal filter": "Porzellan, Aktivkohlefilter",
    "Oats, cheese, egg, parsley": "Hafer, Käse, Ei, Petersilie", "1.4 litres, glass and cork": "1,4 Liter, Glas und Kork",
    "Salmon, rice, brewer's yeast": "Lachs, Reis, Bierhefe", "Chicken, pea, oat": "Huhn, Erbse, Hafer",
    "Apple and willow twigs": "Apfel- und Weidenzweige", "Sardines, water": "Sardinen, Wasser",
    "Recycled polypropylene, steel door": "Recyceltes Polypropylen, Stahltür",
    "Canvas, mesh, polycarbonate dome": "Leinwand, Netzgewebe, Kuppel aus Polycarbonat", "Coated steel": "Beschichteter Stahl",
    "Quilted canvas, foam": "Gesteppte Leinwand, Schaumstoff", "Stainless steel, silicone": "Edelstahl, Silikon",
    "Cotton terry": "Baumwollfrottee", "Pure new wool": "Reine Schurwolle", "Canvas, recycled fleece": "Leinwand, recyceltes Fleece",
    "Larch, galvanised mesh, felt roof": "Lärche, verzinktes Gitter, Pappdach", "Beech": "Buche", "Willow": "Weide",
    "Borosilicate glass, stainless steel": "Borosilikatglas, Edelstahl", "Wool felt": "Wollfilz",
    "Glass, powder-coated steel, ash": "Glas, pulverbeschichteter Stahl, Esche", "Larch, copper": "Lärche, Kupfer",
    "Cast stone": "Steinguss", "Beef suet, sunflower, oats": "Rindertalg, Sonnenblumenkerne, Hafer",
    # How they are cared for
    "Machine wash at 60": "Maschinenwäsche bei 60 Grad", "Machine wash at 30": "Maschinenwäsche bei 30 Grad",
    "Machine wash at 40": "Maschinenwäsche bei 40 Grad",
    "Machine wash at 30 in a pillowcase": "Maschinenwäsche bei 30 Grad in einem Kissenbezug",
    "A little wax twice a year": "Zweimal im Jahr etwas Wachs", "Hand wash, dry flat": "Handwäsche, liegend trocknen",
    "Wipe, dry, hang": "Abwischen, trocknen, aufhängen", "Iron it, or do not": "Bügeln oder bleiben lassen",
    "Hand wash": "Handwäsche", "Hose down, hang up": "Abspritzen, aufhängen",
    "Hand wash, dry flat, blame nobody": "Handwäsche, liegend trocknen, niemandem die Schuld geben",
    "Rinse and stand upside down": "Ausspülen und kopfüber hinstellen", "Covers wash at 40": "Bezüge waschbar bei 40 Grad",
    "Cover washes at 60": "Bezug waschbar bei 60 Grad",
    "Wipe the willow, wash the cushion": "Die Weide abwischen, das Kissen waschen", "Boil it, if brave": "Auskochen, wer sich traut",
    "Top shelf of the dishwasher": "Oberes Fach der Spülmaschine", "Goes out with the paper": "Kommt ins Altpapier",
    "Canvas washes at 40": "Leinwand waschbar bei 40 Grad", "Refresh in a bag of catnip": "Auffrischen im Beutel mit Katzenminze",
    "Brush off": "Abbürsten", "Hot water, now and then": "Ab und zu heißes Wasser", "Rinse and hang": "Abspülen und aufhängen",
    "Dishwasher": "Spülmaschine", "Bottle brush, warm water": "Flaschenbürste, warmes Wasser",
    "Air it, wash it rarely": "Lüften, selten waschen", "Boil or dishwasher": "Auskochen oder Spülmaschine",
    "Frost-proof, empty it anyway": "Frostfest, trotzdem leeren",
    # Everything else
    "Short and medium coats": "Kurzes und mittleres Fell", "Long and wavy coats": "Langes und welliges Fell",
    "Half wide, half narrow": "Halb weit, halb eng", "Slight": "Dezent", "Recycled and recyclable": "Recycelt und recycelbar",
    "None": "Keiner", "Refillable": "Nachfüllbar", "Reusable": "Wiederverwendbar", "A contented bee": "Eine zufriedene Biene",
    "Parlour": "Salonglanz", "A library with one person humming": "Eine Bibliothek, in der einer summt",
    "Mirror, on smooth coats": "Spiegel, auf glattem Fell",
    "220 W, about one good light bulb per roller": "220 W, etwa eine gute Glühbirne je Walze",
    "Distant applause": "Ferner Applaus", "Beyond mirror": "Jenseits des Spiegels",
    "About 150 metres in dipped headlights": "Etwa 150 Metern im Abblendlicht", "38 g per metre": "38 g je Meter",
    "Up to four lines": "Bis zu vier Zeilen", "Front and back": "Vorn und hinten", "10,000 mm of water": "10.000 mm Wassersäule",
    "About minus five, standing still": "Etwa minus fünf Grad im Stehen", "Four boots": "Vier Stiefel", "Yes, smugly": "Ja, und stolz darauf",
    "Yes": "Ja", "Puppy, Grown-up, Vandal": "Welpe, Erwachsen, Rowdy",
    "Three cats on speaking terms": "Drei Katzen, die miteinander reden", "Sold by the metre, ask us": "Als Meterware, fragen Sie uns",
    "90 cm plus string": "90 cm und Schnur", "Pack of three": "Dreierpack", "9 cm plus tail": "9 cm und Schwanz",
    "4 cm each": "Je 4 cm", "30 g the set": "30 g der Satz", "Lasts three months": "Hält drei Monate",
    "Two, 1.5 litres each": "Zwei zu je 1,5 Litern", "13 cm across, 1.5 cm flat": "13 cm Durchmesser, gefaltet 1,5 cm",
    "2 W, USB-C": "2 W, USB-C", "A distant brook": "Ein ferner Bach", "Three months, in theory": "Drei Monate, theoretisch",
    "120 g, resealable": "120 g, wiederverschließbar", "About 150": "Etwa 150", "Six months": "Sechs Monate", "Four months": "Vier Monate",
    "A year, dry": "Ein Jahr, trocken", "Three or four": "Drei oder vier", "Four years": "Vier Jahre",
    "Two rabbits, or four guinea pigs": "Zwei Kaninchen oder vier Meerschweinchen", "A good armful": "Einen guten Armvoll",
    "Nothing": "Nichts", "1.2 litres of seed": "1,2 Liter Körner",
    "28 mm for blue tits, 32 mm for sparrows": "28 mm für Blaumeisen, 32 mm für Spatzen", "Six or twenty": "Sechs oder zwanzig",
    "Nine months": "Neun Monate",
}  # fmt: skip

_WORDS: Final = {
    "by": "mal", "to": "bis", "and": "und", "or": "oder", "litre": "Liter", "litres": "Liter", "across": "Durchmesser",
    "wide": "breit", "long": "lang", "high": "hoch", "From": "Ab", "Up": "Bis",
    "cm": "cm", "mm": "mm", "m": "m", "g": "g", "kg": "kg", "ml": "ml", "kcal": "kcal",
}  # fmt: skip
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|,? ")


def measure(text: str) -> str:
    """Give "6.4 kg" as "6,4 kg", "21 by 7 cm" as "21 mal 7 cm"; what is more than a measure comes back as it is."""
    tokens = _TOKEN.findall(text.replace("Up to", "Up"))
    words = [token for token in tokens if token.isalpha()]
    if "".join(tokens) != text.replace("Up to", "Up") or not set(words) <= _WORDS.keys():
        return text
    return "".join(_WORDS.get(token, token.replace(".", ",")) for token in tokens)
