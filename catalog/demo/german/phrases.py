"""Categories, options, attributes and labels of facts. What reads the same in both languages is left out."""

# Slug -> name and line.
CATEGORIES: dict[str, tuple[str, str]] = {
    "dogs": ("Hunde", "Alles für das Tier, das jedes Paket für seines hält."),
    "collars-and-leads": (
        "Halsbänder & Leinen",
        "Die zwei Enden eines guten Spaziergangs: eines zum Tragen, eines zum Halten.",
    ),
    "harnesses-and-coats": ("Geschirre & Mäntel", "Für alle, die ziehen, frösteln oder etwas gegen den November haben."),
    "dog-beds": ("Hundebetten", "Sechzehn Stunden am Tag sind ein Beruf. Richten Sie ihn ordentlich ein."),
    "dog-toys": ("Hundespielzeug", "Zum Werfen, Zerren und Quietschen morgens um halb sechs."),
    "grooming": ("Fellpflege", "Bürsten, Balsame und Flaschen für vor, nach und trotz der Pfütze."),
    "dog-polishers": ("Hundepolierer", "Drei Modelle, ein Zweck: ein Hund, in dem Sie sich spiegeln."),
    "cats": ("Katzen", "Möbel, Beute und sanitäre Anlagen für das Oberhaupt der Familie."),
    "trees-and-scratchers": ("Kratzbäume & Kratzmöbel", "Plätze zum Klettern, Kratzen und Herabsehen."),
    "cat-toys": ("Katzenspielzeug", "Kleine Beute, große Gefühle. Der Karton ist inbegriffen."),
    "litter-corner": ("Stilles Örtchen", "Das unscheinbarste Regal im Laden, so gut gemacht, wie es geht."),
    "kitchen": ("Küche", "Näpfe, Brunnen und Dinge, für die man gern brav sitzt."),
    "bowls-and-fountains": ("Näpfe & Brunnen", "Schwerer Boden, runder Rand, kein Schlittern durch die Küche."),
    "treats": ("Leckerbissen", "Bestechung, Belohnung und Entschuldigung, nach Gewicht verkauft."),
    "home-and-travel": ("Zuhause & Reise", "Für den gemeinsamen Aufbruch und die nasse Heimkehr."),
    "carriers-and-car": ("Transport & Auto", "Boxen, Taschen und Sitze, in die niemand hineingestopft werden muss."),
    "towels-and-blankets": ("Handtücher & Decken", "Zwischen Hund und Sofa gehört Stoff."),
    "small-and-feathered": ("Kleine & Gefiederte", "Kaninchen, Meerschweinchen und wer sonst den Garten besucht."),
    "rabbits-and-guinea-pigs": ("Kaninchen & Meerschweinchen", "Guter Wohnraum für kleine Hausherren."),
    "garden-birds": ("Gartenvögel", "Haustiere, die draußen wohnen, mit Gesang zahlen und Ihnen nichts schulden."),
}

PHRASES: dict[str, str] = {
    # What lists can be narrowed by
    "Machine washable": "Maschinenwaschbar", "Weight": "Gewicht", "Leather": "Leder", "Cotton and canvas": "Baumwolle und Leinen",
    "Wool and felt": "Wolle und Filz", "Wood": "Holz", "Wicker and rope": "Geflecht und Seil", "Steel and brass": "Stahl und Messing",
    "Rubber and plastic": "Gummi und Kunststoff", "Stoneware and ceramic": "Steingut und Keramik",
    # Options and their values
    "Back length": "Rückenlänge", "Black": "Schwarz", "Bone": "Knochen", "Brick": "Ziegel", "Charcoal": "Anthrazit", "Chestnut": "Kastanie",
    "Claret": "Bordeaux", "Colour": "Farbe", "Coral": "Koralle", "Filled jar": "Gefülltes Glas", "Finish": "Ausführung",
    "Four bags": "Vier Beutel", "Giant": "Riese", "Grown-up": "Erwachsen", "Height": "Höhe", "Hole": "Einflugloch", "Ivory": "Elfenbein",
    "Kind": "Sorte", "Large": "Groß", "Length": "Länge", "Lilac": "Flieder", "Medium": "Mittel", "Midnight": "Mitternacht",
    "Mint": "Minze", "Moss": "Moos", "Mustard": "Senf", "Navy": "Marineblau", "Oat": "Hafer", "One": "Eins", "One bag": "Ein Beutel",
    "One tin": "Eine Dose", "Pack": "Packung", "Plum": "Pflaume", "Puppy": "Welpe", "Refill": "Nachfüllung", "Regular": "Normal",
    "Rose": "Rosé", "Round": "Rund", "Ruby": "Rubin", "Sage": "Salbei", "Sand": "Sand", "Shape": "Form", "Six": "Sechs",
    "Six tins": "Sechs Dosen", "Size": "Größe", "Sky": "Himmelblau", "Slate": "Schiefer", "Small": "Klein", "Snow": "Schnee",
    "Strength": "Härte", "Tan": "Cognac", "Teal": "Petrol", "Three": "Drei", "Three bags": "Drei Beutel", "Twenty": "Zwanzig",
    "Two": "Zwei", "Two tins": "Zwei Dosen", "Vandal": "Rowdy", "Wand": "Angel", "Wand and lures": "Angel mit Ködern",
    "0.7 litre": "0,7 Liter", "1 litre": "1 Liter", "1.5 litre": "1,5 Liter", "2.5 litre": "2,5 Liter",
    "60 by 45 cm": "60 mal 45 cm", "80 by 55 cm": "80 mal 55 cm", "100 by 70 cm": "100 mal 70 cm",
    # Labels of facts
    "Afterwards": "Danach", "Bag": "Beutel", "Biscuits": "Kekse", "Bottle": "Flasche", "Bowls": "Näpfe", "Care": "Pflege",
    "Carries": "Trägt", "Chest": "Brustumfang", "Clips": "Haken", "Contents": "Inhalt", "Each": "Je Stück", "Engraving": "Gravur",
    "Filter": "Filter", "Fish": "Fisch", "Fits necks": "Halsumfang", "Floats": "Schwimmt", "Folds to": "Gefaltet",
    "Front height": "Höhe vorn", "Hardness": "Härte", "Heights": "Höhen", "Holds": "Fasst", "Jar": "Glas", "Keeps": "Hält",
    "Levels": "Stufen", "Mattress": "Matratze", "Noise": "Geräusch", "Packed": "Verpackt", "Paw width": "Pfotenbreite",
    "Pieces": "Teile", "Power": "Strom", "Proof against": "Schützt vor", "Rim height": "Randhöhe", "Scent": "Duft",
    "Seen from": "Sichtbar aus", "Set": "Satz", "Sizes": "Größen", "Spare lures": "Ersatzköder", "Spare sisal": "Ersatzsisal",
    "Suits": "Geeignet für", "Teeth": "Zähne", "Thickness": "Dicke", "Tin": "Dose", "Treated with": "Behandelt mit", "Tub": "Dose",
    "Volume": "Lautstärke", "Warm to": "Warm bis", "Width": "Breite",
}  # fmt: skip
