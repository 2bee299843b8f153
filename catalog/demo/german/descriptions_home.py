"""What else there is to say of the goods for cats, for the kitchen, for travel and for the small ones, in German."""

DESCRIPTIONS_HOME: dict[str, str] = {
    "patience-scratching-post": """Die meisten Stämme sind zu kurz, also geht die Katze zurück zum Sessel, der es nicht ist. Geduld misst 82 Zentimeter: eine ganze Katze, von der Zehe bis zum Ehrgeiz.

Das Sisal ist ohne Leim gewickelt, und ist eine Seite abgenutzt, drehen Sie ihn um. Mit der Zeit hören Sie am Geräusch, wie der Tag Ihrer Katze war.""",
    "driftwood-scratch-lounger": """Sie sieht aus wie aus einem Museum für Gestaltung und wird das etwa neun Tage lang tun. Danach sieht sie geliebt aus.

Die Welle passt zu einer Katze auf dem Rücken mit einem Bein in der Luft. Ist die Oberseite hinüber, drehen Sie sie um: Darunter ist ein zweites Sofa.""",
    "sill-seat-window-hammock": """Hält mit vier großen Saugnäpfen an sauberem Glas und macht aus jedem Fenster eine Loge. Die Vögel werden es wissen. Der Postbote auch.

Glas abwischen, andrücken, vor dem ersten Gebrauch eine Stunde warten. Geprüft haben wir sie mit einer Katze von neun Kilo, deren Namen und Gewicht wir nicht zusammen drucken sollten.""",
    "heron-feather-wand": """Die Rute federt, so wird aus einer kleinen Bewegung Ihres Handgelenks am anderen Ende ein großes Ereignis. Lassen Sie die Federn etwa jedes dritte Mal fangen: Seltener ist Necken, öfter ist Wohltätigkeit.

Legen Sie sie danach in eine Schublade. Eine Katze findet sie trotzdem und bringt sie Ihnen um vier Uhr morgens, mitsamt der Rute.""",
    "rustle-tunnel": """Im Futter ist Folie, darum klingt jeder Schritt, als öffne jemand im Theater eine Tüte Chips. Katzen betreten ihn mit Tempo und verlassen ihn mit Miene durch die Seitentür.

Er springt von selbst auf und wird mit einer Schlaufe gebunden. Ihn flach zu bekommen ist die Übung des Tages.""",
    "marbles-set-of-three-jingle-balls": """Drei Bälle aus Walkwolle, jeder mit einem Glöckchen im Herzen. Auf Dielen rollen sie ohne Lärm, auf Teppichen halten sie höflich an, und unter dem Herd versammeln sie sich nach eigener Absprache.

Wir verkaufen sehr viele davon an dieselben Leute.""",
    "kipper-the-kicker": """Am einen Ende zu packen, am anderen zu treten und in der Mitte zu beschlafen. Der Bückling ist fest mit Katzenminze und Silberrebe gestopft und aus Polsterstoff genäht, nachdem die erste Auflage ein Wochenende hielt.

Sein Lächeln ist gestickt. Es übersteht alles.""",
    "candid-litter-scoop": """Wir haben elf Schaufeln ausprobiert und neun verbogen. Diese ist aus einem Stück gegossen, mit Schlitzen, die saubere Streu beim ersten Schütteln durchlassen, und einer Kante, die in die Ecken kommt.

Sie hängt an einem Haken. Niemand wird Ihnen ihretwegen ein Kompliment machen, und jeden Tag ist sie ein wenig besser, als Sie dachten.""",
    "low-step-litter-tray": """Die Seiten sind hoch genug für begeisterte Gräber und die Front niedrig genug für Kätzchen und Großmütter. Innen ist keine Kante, unter der sich etwas verstecken könnte.

Es lässt sich stapeln, und das zählt, denn die Regel lautet: eines je Katze und eines für das Glück.""",
    "discretion-hooded-tray": """Eine Haube für Katzen, die ihre Ruhe mögen, und für Menschen, die ihren Flur mögen. Die Tür schwingt nach beiden Seiten, der Deckel geht mit zwei Klammern ab, und im Dach tut ein Kohlefilter leise, undankbare Arbeit.

Lassen Sie die Tür in der ersten Woche weg. Manche Katzen wollen einen Vorhang, andere einen Fluchtplan.""",
    "crumb-catcher-mat": """Die Streu fällt durch die obere Lage und bleibt zwischen beiden, bis Sie sie zurückschütten. Das klingt selbstverständlich, und es hat lange gedauert, bis die Löcher stimmten.

Weich genug für heikle Pfoten. Springt Ihre Katze darüber, nehmen Sie die große; springt sie auch darüber, haben Sie ein Pferd.""",
    "hearthstone-ceramic-bowl": """Schwer genug, dass das Essen dort bleibt, wo serviert wurde. Die Glasur sammelt sich ein wenig am Rand, darum sind keine zwei Näpfe ganz gleich grün, und der Fuß ist unglasiert und glatt geschliffen.

Er darf in die Spülmaschine, obwohl die meisten Kunden berichten, er sei schon recht gut gereinigt.""",
    "foundry-steel-bowl": """Der Napf, den Sie noch haben, wenn der Welpe grau ist. Gebürsteter Stahl, gerollter Rand und ein Gummiring um den Fuß, damit niemand ihn durch die Küche fährt.

Auf Stein gefallen gibt er ein klares As. Hunde lernen den Ton schnell.""",
    "labyrinth-slow-bowl": """Stege in der Form eines Irrgartens, niedrig genug für kurze Nasen, tief genug, um einen Labrador zum Denken zu bringen. Kekse kommen in die Gänge; Nassfutter drücken Nachtragende in die Ecken.

Beginnen Sie mit einer flachen Portion. Der Blick, den Sie ernten, ist kein Zorn, sondern Respekt im Anflug.""",
    "high-table-raised-feeder": """Ein Tisch in der richtigen Höhe bedeutet weniger Bücken für langbeinige Hunde und weniger Ohren in der Suppe. Die Eiche ist geölt, die Verbindungen sind gedübelt, und die Näpfe lassen sich herausheben.

Der Abstand zwischen ihnen ist genau eine Katze breit. Das haben wir zu spät bemerkt.""",
    "concertina-travel-bowl": """Silikon, das sich auf die Dicke eines Butterbrots faltet. Er fasst drei Tassen Wasser oder ein sehr kleines Bad und hängt an der Gürtelschlaufe, wo er Ihnen ans Bein klatscht wie eine wohlmeinende Robbe.

Verleihen Sie ihn an heißen Tagen nicht. Sie bekommen ihn nicht zurück.""",
    "quiet-spring-fountain": """In der Natur trinkt eine Katze nicht aus der Pfütze neben dem Mittagessen. Die Stille Quelle läuft im Kreis über eine Kuppel aus Porzellan, kühl und gefiltert, mit einem Murmeln weit unter dem des Kühlschranks.

Er lässt sich ohne Werkzeug in vier Teile zerlegen, und alles außer der Pumpe darf in die Spülmaschine. Das kleine Fenster zeigt den Stand, damit Sie es zuerst bemerken.""",
    "good-dog-biscuit-jar": """Gebacken aus Hafer, Käse und sehr wenig sonst, bis sie knacken. Das Glas hat einen Korken mit einem tiefen, unverkennbaren Plopp, und nach einer Woche brauchen Sie niemanden mehr zu rufen.

Nachfüllungen kommen in Papier. Das Glas bleibt und wandert im Regal langsam nach oben, während der Hund die Stühle begreift.""",
    "fishermans-rest-cat-crunch": """Lachs und Reis, gebacken in der Form eines lächelnden Fischs. Das Lächeln ist nicht nötig. Wir haben es trotzdem hineingetan.

Einmal mit dem Beutel rascheln. Bis zwei zählen. Hallo.""",
    "training-crumbs": """Weich genug, um im Laufen geschluckt zu werden, klein genug fürs Dutzend, schlicht genug für die Manteltasche. Drei Kalorien das Stück: Seien Sie mit Lob und Krümeln gleichermaßen großzügig.

Wirkt bei Hunden, den meisten Katzen und einem Papagei in Leeds.""",
    "willow-and-apple-chew-bundle": """Im Winter geschnitten, auf dem Dachboden getrocknet, mit Hanf gebunden. Apfel ist das Süße, Weide das Bittere, und jedes Kaninchen hat eine Meinung dazu, was davon zuerst hätte hineingehört.

Lassen Sie die Rinde dran. Darin sitzen die Meinungen.""",
    "tinned-celebration-sardines": """Sardinen in Quellwasser, sonst nichts, mit einem Ring, den jedes Tier im Haus bald durch geschlossene Türen hört.

Ein Fisch ist ein Leckerbissen. Zwei sind ein Fest. Die Dose gibt einen ordentlichen Aschenbecher für ein Puppenhaus ab.""",
    "steamer-trunk-carrier": """Das Übel mit Transportboxen ist, dass sie nur vor etwas Unangenehmem auftauchen. Der Überseekoffer ist ansehnlich genug, um das ganze Jahr dazustehen, ohne Tür und mit Kissen, bis die Katze einfach darin wohnt.

Kommt der Tag, schließen Sie die Tür. Der Deckel öffnet sich weit, so kann von oben nachsehen, wer nachsehen muss, ohne das schreckliche Kippen.""",
    "folding-country-crate": """Zwei Türen, ein Boden zum Herausziehen und Ecken, die jemand mit Gewissen gerundet hat. Die Drähte sind eng verschweißt, damit kleine Pfoten auf der richtigen Seite bleiben.

Legen Sie eine Decke darüber, und aus dem Käfig wird eine Kajüte.""",
    "passenger-booster-seat": """Wird an der Kopfstütze befestigt und hebt einen kleinen Hund auf Fensterhöhe, wo er Kühe anbellen kann, wie es sich gehört. Die Seiten sind gepolstert, zum Anlehnen in Kurven.

Ein kurzer Gurt wird am Geschirr eingehakt, nie am Halsband. Sie fahren; der Hund navigiert.""",
    "wayfarer-water-flask": """Drücken, und das Wasser steigt in die Schale. Loslassen, und was Ihr Hund übrig lässt, läuft zurück in die Flasche statt in Ihre Tasche. Eine Hand genügt, die andere hat die Leine.

Stahl, doppelwandig, einen Tag lang kalt. Nicht zum Teilen gedacht, auch wenn Sie am zweiten Hügel in Versuchung kommen.""",
    "after-the-beck-towel": """Ein Handtuch, groß genug, um einen Streit darin zu verlieren. Auf einer Seite hat das Gewebe lange Schlingen für das Wasser, auf der anderen ist es glatt für den Matsch, und an beiden Enden ist eine Tasche für Ihre Hände.

Waschen Sie es mit nichts, was Ihnen am Herzen liegt.""",
    "shake-it-off-drying-robe": """Am Auto anziehen, und zu Hause sind der Hund trocken, die Sitze trocken und jemand fotografiert, der aussieht wie ein kleinerer Filmstar zwischen zwei Aufnahmen.

Der Kragen steht am Hals hoch, wo sich das Wasser versteckt. Geschlossen wird er auf dem Rücken und unter dem Bauch gebunden.""",
    "hearthside-wool-blanket": """Für den Hund gekauft, von allen ausgeliehen. Gewebt aus Wolle, die für Anzüge zu dick und zu freundlich ist, mit Fransen zum gedankenlosen Flechten.

Haare lassen sich abbürsten oder werden ein Teil davon. Nach einigen Jahren lässt sich das nicht mehr sagen.""",
    "burrow-snuggle-cave": """Manche Tiere schlafen nur, wenn etwas sie überall berührt. Der Bau hat einen steifen Rand, der die Tür offen hält, und von dort bis zu den Zehen ein Futter aus Fleece.

Ob jemand zu Hause ist, sehen Sie an der Beule. Seufzt die Beule, lassen Sie sie in Frieden.""",
    "haymaker-rack": """Eine Raufe aus Buchenleisten, die am Gitter hängt oder auf eigenen Füßen steht. Die Lücken sind weit genug für eine entschlossene Nase und eng genug, dass nicht ein ganzer Ballen auf einmal herauskommt.

Sie werden weiterhin Heu in Ihrem Pullover finden. Das liegt nicht an der Raufe.""",
    "underhill-willow-tunnel": """Aus ungeschälter Weide zum Bogen geflochten, an beiden Enden offen. Er ist erst ein Flur, dann ein Wintergarten, dann Mittagessen.

Ersetzen Sie ihn, wenn Sie mehr Kaninchen als Tunnel sehen.""",
    "drip-regular-bottle": """Zwei Stahlkugeln im Röhrchen tun die ganze Arbeit und machen das leise Ticken, das Meerschweinchen für ein Gespräch halten. Das Glas schmeckt nach nichts und lässt sich auskochen.

Die Halterung geht durchs Gitter oder wird an Holz geschraubt.""",
    "acorn-snuggle-cave": """Dicker Filz, eine Tür, kein Zug. Sie fasst ein Meerschweinchen bequem oder zwei in Besprechung.

Umgedreht ist sie ein Bett mit Rand. Das Umdrehen übernehmen die Meerschweinchen.""",
    "breakfast-club-feeder": """Ein Spender, den Eichhörnchen interessant und Vögel nützlich finden. Die Röhre ist aus Glas und wird nicht trüb, und die Schale darunter fängt auf, was die Spatzen wegwerfen, also das meiste.

Hängen Sie ihn dorthin, wo Sie Kaffee trinken. Nach einer Woche sind Sie jemand, der sagt: „Das ist wieder dasselbe Rotkehlchen.“""",
    "still-water-bird-bath": """Ein Becken aus Stein auf gedrechselter Säule. Der Rand ist rau, damit nasse Füße halten, und das Wasser nie tiefer als die Knie einer Amsel, soweit sich diese feststellen lassen.

Spülen Sie es sonntags aus. Bei Frost lassen Sie einen Korken darin schwimmen und hoffen.""",
    "suet-and-seed-fat-balls": """Gerollt von einer Maschine, die ein Bäcker im Ruhestand gebaut hat, aus Talg, Sonnenblumenkernen und Hafer. Das Netz lassen wir weg, denn darin bleiben Zehen hängen; jeder Futterkorb hält sie.

Stare essen sie im Ausschuss. Schwanzmeisen kommen als Familie und hinterlassen eine Bewertung.""",
}  # fmt: skip
