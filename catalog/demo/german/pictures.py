"""What the demo's pictures show, in German: slug -> one sentence for each picture of its gallery, in their order."""

ALTS: dict[str, tuple[str, ...]] = {
    "hedgerow-bristle-brush": ("Eine paddelförmige Holzbürste mit dichten cremefarbenen Borsten.",),
    "bramble-pin-brush": ("Eine rosenrote Paddelbürste mit Reihen rundköpfiger Stahlstifte auf hellem Kissen.",),
    "sheddington-comb": ("Ein Stahlkamm mit Rücken aus Nussbaum, die Zähne halb weit, halb eng.",),
    "puddles-end-shampoo": (
        "Eine salbeigrüne Pumpflasche mit cremefarbenem Etikett und kleinem Pfotenabdruck.",
        "Ein schwarzer Hund mit Schlappohren sitzt unter Protest neben der grünen Pumpflasche.",
    ),
    "detangle-and-apologise-spray": (
        "Eine fliederfarbene Sprühflasche mit weißem Abzug, cremefarbenem Etikett und kleinem Pfotenabdruck.",
    ),
    "cobblestone-paw-balm": ("Eine runde senfgelbe Dose mit goldenem Balsam, dahinter ihr Deckel mit Pfotenabdruck.",),
    "mud-season-mitt": ("Ein minzgrüner Trockenhandschuh voller dicker Chenillenudeln, mit geripptem Bund.",),
    "dog-polisher-no-1-the-pocket": (
        "Ein rundlicher minzgrüner Handpolierer mit Messingskala, Holzgriff und flauschigem Polster aus Lammwolle.",
        "Ein glänzender brauner Hund sitzt neben dem minzgrünen Handpolierer und fängt das Licht ein.",
    ),
    "dog-polisher-no-2-the-parlour": (
        "Ein petrolfarbener Standpolierer mit geschwungenem Griff, Messinglampe und zwei flauschigen Lammwollwalzen.",
        "Ein glänzender schwarzer Hund sitzt neben dem petrolfarbenen Standpolierer und fängt das Licht ein.",
    ),
    "dog-polisher-no-3-the-grand-salon": (
        "Ein Polierer zum Durchgehen: ein rubinroter Bogen auf Nussbaumsockel, innen flauschige Lammwollwalzen, oben ein Messingzeiger.",
        "Ein glänzender goldener Hund sitzt funkelnd unter dem rubinroten Bogen des Polierers.",
    ),
    "harbour-leather-collar": (
        "Ein rundes cognacfarbenes Lederhalsband mit cremefarbener Naht, Messingschnalle und runder Messingmarke.",
        "Ein kastanienbrauner Hund mit Schlappohren sitzt aufrecht und trägt das cognacfarbene Lederhalsband.",
    ),
    "glenmuddle-tartan-collar": (
        "Ein rotes Karohalsband mit cremefarbenen und dunklen Linien, silberner Schnalle und runder Marke.",
        "Ein grauer Hund mit Stehohren sitzt aufrecht und trägt das rote Karohalsband.",
    ),
    "lamplighter-reflective-collar": (
        "Ein petrolfarbenes Gurthalsband mit hellem Leuchtstreifen und silberner Schnalle.",
        "Ein schwarzer Hund mit Schlappohren sitzt aufrecht und trägt das petrolfarbene Leuchthalsband.",
    ),
    "long-shore-rope-lead": (
        "Eine marineblaue Tauleine, ordentlich aufgerollt, mit Lederwicklung und Messingkarabiner.",
        "Ein goldener Hund mit Schlappohren sitzt ausgehbereit neben der aufgerollten blauen Tauleine.",
    ),
    "bridlepath-leather-lead": ("Eine aufgerollte kastanienbraune Lederleine mit heller Naht und Messingkarabiner.",),
    "far-field-long-line": ("Eine lange korallenrote Gurtleine, dick aufgerollt, mit Stahlkarabiner.",),
    "sunday-best-bow-tie": (
        "Eine pflaumenblaue Fliege mit cremefarbenen Punkten, füllig und etwas schief.",
        "Ein cremefarbener Hund mit Stehohren trägt die gepunktete Fliege und sieht zufrieden aus.",
    ),
    "if-found-brass-tag": ("Eine große runde Messingmarke mit ausgeschnittener Pfote an einem Schlüsselring.",),
    "steady-on-harness": (
        "Ein gepolstertes petrolfarbenes Hundegeschirr von vorn, mit grauen Gurten und Stahlring an der Brust.",
        "Ein hellbrauner Hund mit Schlappohren sitzt aufrecht und trägt das petrolfarbene Geschirr.",
    ),
    "featherweight-step-in-harness": (
        "Ein kleines gepolstertes rosa Geschirr von vorn, mit Stahlring an der Brust.",
        "Ein hellbrauner Hund mit Schlappohren sitzt aufrecht und trägt das rosa Geschirr.",
    ),
    "drizzle-day-raincoat": (
        "Ein senfgelber Hunderegenmantel auf einem Holzständer, mit hochgestelltem Kragen, Gurt und dunklen Druckknöpfen.",
        "Ein grauer Hund steht im Profil und trägt den senfgelben Regenmantel.",
    ),
    "quilted-gentlemans-coat": (
        "Ein moosgrüner Hundemantel auf einem Holzständer, in Rauten gesteppt, mit dunklem Cordkragen.",
        "Ein kastanienbrauner Hund steht im Profil und trägt den gesteppten moosgrünen Mantel.",
    ),
    "fishermans-rib-jumper": (
        "Ein marineblauer Rippenpullover für Hunde auf einem Holzständer, mit cremefarbenem Streifen und dickem Rollkragen.",
    ),
    "puddle-boots-set-of-four": (
        "Vier kleine gelbe Gummistiefel für Hunde, zwei vorn, zwei hinten, mit cremefarbenem Rand und dunkler Rippensohle.",
    ),
    "biscuit-ring-bed": (
        "Ein rundes haferfarbenes Bett mit dickem zottigem Rand und weicher Mulde.",
        "Ein kastanienbrauner Hund schläft zusammengerollt im runden haferfarbenen Bett.",
    ),
    "bolster-hall-sofa-bed": (
        "Ein petrolfarbenes Hundebett in Sofaform mit prallen Lehnen an drei Seiten und cremefarbenem Kissen.",
        "Ein grauer Hund schläft zusammengerollt auf dem cremefarbenen Kissen des Sofabetts.",
    ),
    "plain-good-mattress": ("Eine dicke flache Hundematratze, blau und cremefarben gestreift, mit Paspeln.",),
    "camp-commander-cot": ("Eine Hundeliege aus moosgrüner Leinwand auf einem hellen Holzrahmen mit vier Beinen.",),
    "wickerley-basket": (
        "Ein ovaler Weidenkorb mit niedriger Vorderseite und ziegelrotem Kissen.",
        "Ein cremefarbener Hund schläft zusammengerollt auf dem roten Kissen im Weidenkorb.",
    ),
    "comet-rubber-ball": (
        "Ein glänzender korallenroter Gummiball mit cremefarbenem Ring.",
        "Ein goldener Hund mit Schlappohren sitzt und starrt den korallenroten Ball auf dem Boden an.",
    ),
    "moorings-rope-toy": (
        "Ein dickes gedrehtes Tau in Rot und Creme mit großem Knoten und Quasten an beiden Enden.",
        "Ein schwarzer Hund sitzt hinter dem Tau und wartet, dass jemand das andere Ende nimmt.",
    ),
    "admiral-squeak": (
        "Eine gelbe Gummiente mit orangem Schnabel und kleinem marineblauem Admiralshut.",
        "Ein brauner Hund mit Stehohren sitzt und mustert die gelbe Gummiente.",
    ),
    "slow-orbit-flying-disc": ("Eine himmelblaue Wurfscheibe mit Rillen und cremefarbener Mitte, auf die Kante gestellt.",),
    "professor-puzzle-board": ("Ein quadratisches Holzbrett mit neun runden Deckeln in mehreren Farben, zwei davon aufgeschoben.",),
    "stubborn-chew": ("Ein rotes Kauspielzeug aus Gummi wie drei gestapelte Kugeln, nach oben kleiner.",),
    "tug-of-peace-ring": ("Ein praller geflochtener Ring in Flieder und Creme, aufrecht angelehnt.",),
    "lookout-cat-tree": (
        "Ein hoher Kratzbaum mit Sisalstämmen, zwei runden moosgrünen Plattformen und einer Höhle mit runder Tür.",
        "Eine graue Katze sitzt neben dem hohen Kratzbaum und überlegt.",
    ),
    "patience-scratching-post": (
        "Ein hoher mit Sisal umwickelter Kratzstamm auf quadratischem Holzfuß, daran ein petrolfarbener Pompon.",
        "Eine rote Katze sitzt neben dem hohen Kratzstamm.",
    ),
    "driftwood-scratch-lounger": (
        "Eine wellenförmige Kratzliege aus Schichten von Wellpappe.",
        "Eine schwarze Katze liegt oben auf der Welle aus Pappe.",
    ),
    "sill-seat-window-hammock": (
        "Eine rosa Fensterliege aus Leinwand, an Seilen und Saugnäpfen vor einem Fenster mit Blick auf Hügel.",
        "Eine rote Katze liegt in der rosa Fensterliege und schaut über die Hügel.",
    ),
    "heron-feather-wand": (
        "Eine schlanke Spielangel mit Korkgriff, geringelter Schnur und drei Federn in Petrol, Koralle und Senf.",
        "Eine graue Katze sitzt hellwach neben der Federangel.",
    ),
    "mortimer-the-mouse": (
        "Eine graue Filzmaus mit rosa Ohren, blankem schwarzem Auge und langem geringeltem Schwanz.",
        "Eine rote Katze sitzt über der kleinen Filzmaus und schaut weg.",
    ),
    "rustle-tunnel": (
        "Ein korallenrot und cremefarben gestreifter Spieltunnel, auf der Seite liegend, vorn offen.",
        "Eine schwarze Katze schaut aus der runden Öffnung des gestreiften Tunnels.",
    ),
    "marbles-set-of-three-jingle-balls": ("Drei Filzbälle in Flieder, Senf und Creme, mit kleinen Sternen bestickt.",),
    "kipper-the-kicker": ("Ein praller blauer Stofffisch mit gestickten Schuppen, hellem Bauch und Knopfauge.",),
    "candid-litter-scoop": ("Eine helle Streuschaufel aus Metall mit langen Schlitzen und Holzgriff, schräg angelehnt.",),
    "low-step-litter-tray": ("Eine offene schiefergraue Katzentoilette mit hohen Seiten, niedrigem Einstieg und heller Streu.",),
    "discretion-hooded-tray": (
        "Eine runde weiße Haubentoilette mit durchsichtiger Schwingtür und Tragegriff.",
        "Eine graue Katze sitzt neben der weißen Haubentoilette und hat nichts zu sagen.",
    ),
    "crumb-catcher-mat": ("Eine moosgrüne Wabenmatte, eine Ecke angehoben, darunter die zweite Lage.",),
    "hearthstone-ceramic-bowl": (
        "Ein dicker minzgrüner Steingutnapf mit unglasiertem Fuß, voller Kekse.",
        "Ein brauner Hund mit Schlappohren sitzt neben dem vollen Napf und wartet auf das Wort.",
    ),
    "foundry-steel-bowl": ("Ein gebürsteter Stahlnapf mit dunklem Gummiring am Fuß, voll Wasser.",),
    "labyrinth-slow-bowl": ("Ein breiter korallenroter Antischlingnapf von oben, mit geschwungenen Rippen und Keksen dazwischen.",),
    "high-table-raised-feeder": ("Ein Eichengestell mit zwei eingelassenen Stahlnäpfen, einer mit Keksen, einer mit Wasser.",),
    "concertina-travel-bowl": ("Ein himmelblauer Faltnapf aus Silikon mit Ziehharmonikawand und Stahlkarabiner, voll Wasser.",),
    "quiet-spring-fountain": (
        "Ein weißer Trinkbrunnen aus Porzellan; Wasser läuft von einer Kuppel in ein rundes Becken.",
        "Eine schwarze Katze sitzt neben dem weißen Trinkbrunnen und schaut dem Wasser zu.",
    ),
    "good-dog-biscuit-jar": (
        "Ein Glas mit Korkdeckel voller goldener Kekse in Knochenform.",
        "Ein goldener Hund mit Schlappohren sitzt neben dem Keksglas und ist sehr brav.",
    ),
    "fishermans-rest-cat-crunch": ("Ein petrolfarbener Papierbeutel mit Fisch auf dem Etikett, davor ein paar Kekse in Fischform.",),
    "training-crumbs": ("Ein senfgelber Papierbeutel mit Knochen auf dem Etikett, davor ein paar kleine Kekse.",),
    "willow-and-apple-chew-bundle": ("Ein Bündel brauner Zweige mit grüner Schnur, zwei Blätter im Knoten.",),
    "tinned-celebration-sardines": ("Eine ovale rote Sardinendose, der Deckel halb aufgerollt, darin drei silberne Fische.",),
    "steamer-trunk-carrier": (
        "Eine petrolfarbene Transportbox mit rundem Deckel, vergitterter Stahltür, Luftschlitzen und Tragegriff.",
        "Eine rote Katze sitzt neben der petrolfarbenen Box und geht noch nicht hinein.",
    ),
    "porthole-backpack": (
        "Ein moosgrüner Rucksack aus Leinwand mit großem klarem Bullauge, Lederriemen und Vordertasche.",
        "Das Gesicht einer grauen Katze schaut durch das Bullauge des moosgrünen Rucksacks.",
    ),
    "folding-country-crate": ("Eine dunkle Drahtbox für Hunde mit offener Vordertür, Griff und cremefarbenem Kissen.",),
    "passenger-booster-seat": ("Ein gesteppter cognacfarbener Autositz für kleine Hunde mit cremefarbenem Futter und Haltegurt.",),
    "wayfarer-water-flask": ("Eine korallenrote Trinkflasche aus Stahl mit Trinkschale als Deckel und Kordelschlaufe.",),
    "after-the-beck-towel": (
        "Ein Stapel aus drei gefalteten Frotteehandtüchern in Salbei, Creme und Senf.",
        "Ein goldener Hund sitzt frisch getrocknet neben dem Stapel Handtücher.",
    ),
    "shake-it-off-drying-robe": (
        "Ein rosa Frotteebademantel für Hunde auf einem Holzständer, mit cremefarbenem Schalkragen und gebundenem Gürtel.",
        "Ein cremefarbener Hund steht im Profil und trägt den rosa Bademantel.",
    ),
    "hearthside-wool-blanket": (
        "Eine gefaltete rot karierte Wolldecke mit cremefarbenen Fransen.",
        "Eine rote Katze sitzt oben auf der gefalteten rot karierten Decke.",
    ),
    "burrow-snuggle-cave": (
        "Eine pflaumenblaue Kuschelhöhle mit Kuppel, runder Tür und cremefarbenem Fleecefutter.",
        "Eine schwarze Katze schaut aus der runden Tür der pflaumenblauen Höhle.",
    ),
    "two-up-two-down-hutch": (
        "Ein zweistöckiger Stall aus Holz mit schrägem Dach, Gitterfront und Rampe.",
        "Ein weißes Kaninchen sitzt vor dem Holzstall.",
    ),
    "haymaker-rack": (
        "Eine Heuraufe aus Holzlatten, aus der goldenes Heu quillt.",
        "Ein braunes Kaninchen sitzt neben der vollen Heuraufe.",
    ),
    "underhill-willow-tunnel": ("Ein geflochtener brauner Weidentunnel, auf der Seite liegend, vorn offen.",),
    "drip-regular-bottle": ("Eine Trinkflasche aus Glas an einem Gitter, halb voll Wasser, mit gebogenem Stahlrohr.",),
    "acorn-snuggle-cave": (
        "Eine kleine senfgelbe Filzhöhle mit runder Tür und cremefarbenem Fleecefutter.",
        "Ein braunes Kaninchen sitzt neben der senfgelben Filzhöhle.",
    ),
    "breakfast-club-feeder": (
        "Ein hängender Futterspender aus Glas mit rotem Blechdach, voller Körner, mit rundem Teller und Sitzstangen.",
        "Ein kleiner runder blauer Vogel steht auf dem Teller des Futterspenders.",
    ),
    "vacancies-nest-box": (
        "Ein blassblauer Nistkasten aus Holz mit Spitzdach, rundem Loch mit Kupferring und Sitzstange.",
        "Ein kleiner runder gelber Vogel steht auf dem Dach des blauen Nistkastens.",
    ),
    "still-water-bird-bath": (
        "Eine helle Vogeltränke aus Stein auf gedrechselter Säule, mit blauem Wasser gefüllt.",
        "Ein kleiner runder blauer Vogel steht auf dem Rand der steinernen Vogeltränke.",
    ),
    "suet-and-seed-fat-balls": ("Drei runde Knödel aus hellem Talg voller Körner, auf dem Boden gestapelt.",),
}  # fmt: skip
