"""What else there is to say of the goods for dogs, in German. Slug -> paragraphs."""

DESCRIPTIONS_DOGS: dict[str, str] = {
    "hedgerow-bristle-brush": """Für den Glanz, nicht für den Kampf. Sind die Knoten heraus, verteilen die Borsten das Fett des Fells über jedes Haar, und ein Hund, der aussah wie ein Teppich, sieht allmählich aus wie ein Porträt.

Der Rücken ist aus geölter Buche und liegt in der Hand. Die meisten Hunde lehnen sich so fest dagegen, dass sie umfallen.""",
    "bramble-pin-brush": """Geht durch Fahnen, Halskrausen und die Hosenregion, ohne hängen zu bleiben. Die Stifte sitzen in einem Gummikissen und geben nach, bevor die Haut es tut.

Arbeiten Sie abschnittsweise, von den Spitzen her und bei laufendem Radio. Was aus der Bürste kommt, reicht für einen zweiten, kleineren Hund.""",
    "sheddington-comb": """Ein schlichter Stahlkamm mit hölzernem Rücken, an einem Ende weit und am anderen eng gezähnt. Er hat keinen Abzug, keine Klinge und nichts zum Aufladen, und er überlebt die meisten Ihrer Schuhe.

Zweimal die Woche zehn Minuten, draußen und mit dem Wind im Rücken.""",
    "puddles-end-shampoo": """Das Geheimnis eines Bades ist, dass es vorbei sein sollte. Dieses Shampoo schäumt gerade so viel, dass man sieht, wo man schon war, und ist in einem Gang ausgespült. Die Sache ist also erledigt, während der Hund seinen Einspruch noch formuliert.

Es duftet leise nach einem Kräutergarten nach dem Regen. Nach einer Stunde, so hört man, duftet nichts mehr.""",
    "detangle-and-apologise-spray": """Sprühen, warten, den Knoten mit den Fingern lösen und trotzdem um Verzeihung bitten. Es hinterlässt weder Fett noch Parfüm und wirkt bei Ruten, Ohren und der einen oder anderen Strickjacke.

Vorher schütteln. Hafer und Aloe trennen sich, sobald sie sich unbeobachtet glauben.""",
    "cobblestone-paw-balm": """Für Ballen, die Salz, Schotter oder dem August begegnet sind. Ein wenig zwischen den Fingern anwärmen, einmassieren und die Pfote einen Augenblick halten, als wollten Sie ihr einen Antrag machen. So lange dauert es, bis er eingezogen ist.

Eine Dose reicht einem mittelgroßen Hund etwa einen Winter.""",
    "mud-season-mitt": """Hand hinein, Pfote greifen, und der Matsch wechselt die Seite. Der Handschuh trinkt etwa das Siebenfache seines Gewichts, und danach wringen Sie ihn über etwas aus, das Sie nicht lieben.

Einen an die Tür, einen ins Auto. Der dritte ist für das Kind.""",
    "bridlepath-leather-lead": """Eine Leine muss sich richtig anfühlen, bevor man aus dem Haus ist. Diese ist aus einem einzigen Streifen Zaumleder, am Griff umgeschlagen und doppelt durchgenäht, ohne Polster, das verklumpt, und ohne Logo, für das man sich entschuldigt.

Sie passt zum Halsband Hafen, wenn Sie es gern passend haben. Wenn Sie und Ihr Hund lieber als Künstler gelten, nehmen Sie ein anderes.""",
    "far-field-long-line": """Für den Hund, der jedes einzelne Mal zurückkommt, bis auf das eine Mal. An der Schleppleine ist er so weit weg, wie er möchte, und rechtlich gesehen doch bei Ihnen.

Das Gurtband ist beschichtet: Matsch lässt sich abwischen, und Dornen kommen nicht hinein. Es leuchtet, weil Sie es ins hohe Gras legen werden und dann wiederfinden möchten.""",
    "if-found-brass-tag": """Drei Millimeter Messing, am Rand gerundet und nicht lackiert. Sie kommt blank, wird braun und lässt sich mit Zahnpasta und fünf müßigen Minuten zurückholen.

Was wir gravieren sollen, sagen Sie uns nach der Bestellung. Wir empfehlen die Nummer dessen, der ans Telefon geht.""",
    "steady-on-harness": """Der Brustgurt sitzt tief und breit. Ein Hund, der sich hineinlehnt, dreht sich darum sanft zu Ihnen um, statt zu husten wie ein Raucher. Vier Verstellungen machen es passend für breite Brust, schmale Taille und beides zugleich.

Der Griff auf dem Rücken ist zum Heben über Zauntritte gedacht. Er taugt, wie sich zeigt, auch zum Lenken vorbei an der Käsetheke im Hofladen.

Es geht über den Kopf, schließt auf beiden Seiten, und keine Pfote muss irgendwo hindurchgefädelt werden.""",
    "featherweight-step-in-harness": """Auf den Boden legen, warten, bis die Neugier zwei Pfoten hineinstellt, eine Schnalle schließen. Fertig, und niemand hat das Gesicht verloren.

Das ganze Geschirr wiegt weniger als eine Scheibe Toast. Wildleder an den Kanten hält es davon ab, hinter den Ellbogen zu scheuern, wo kleine Hunde ihre Beschwerden aufbewahren.""",
    "quilted-gentlemans-coat": """Getragen von Hunden, die Zäune begutachten. Die Steppung hält warm, ohne aufzutragen, und der Cordkragen lässt sich bei langen Gesprächen am Gartentor gedankenverloren streicheln.

Damen steht er ebenso. Der Name stammt vom Schneider, und der war nicht umzustimmen.""",
    "fishermans-rib-jumper": """Ein Pullover für dünnes Fell und alte Knochen. Die Rippen dehnen sich über den Schultern und schmiegen sich sonst überall an, so bleibt er beim Schlafen, Schmollen und bei kurzen Läufen, wo er ist.

Wolle wärmt auch feucht noch. Das trifft sich gut, denn Hunde tun das auch.""",
    "puddle-boots-set-of-four": """Splitt, Eis, heißer Asphalt, frisch gewischte Böden: Es gibt gute Gründe für Stiefel. Es gibt auch den Gang, den sie auslösen, und der erinnert an ein Pferd, das auf etwas Überraschendes getreten ist.

Nach einer Minute ist es vorbei. Filmen Sie schnell.""",
    "bolster-hall-sofa-bed": """Gebaut für Hunde, die den Kopf ablegen, seufzen und die Tür beobachten. Die Polster sind fest genug zum Anlehnen, und die Matratze ist Schaum auf Schaum, weich über fest, damit keine Hüfte den Boden findet.

Vorn ist es niedrig, für kurze Beine und für alte. Die Bezüge gehen mit einem Reißverschluss ab. Die Würde nicht.""",
    "plain-good-mattress": """Kein Rand, keine Fransen, keine Theorie des Schlafs. Zwölf Zentimeter Schaum in einem Drellbezug mit geraden Kanten, der glatt in einer Box oder hinten im Kombi liegt.

Die Streifen verbergen Haare länger, als man denkt, und nicht so lange, wie man möchte.""",
    "camp-commander-cot": """Segeltuch auf einem Rahmen aus Esche, eine Handbreit über dem Boden: Die Luft geht darunter durch und der Sand hindurch. In seinem Beutel ist es in etwa einer Minute, oder in vier, wenn jemand zusieht.

Drinnen steht es am Fenster und dient als Kommandoposten.""",
    "wickerley-basket": """Geflochten aus ganzer Weide auf einem Rahmen, der nicht wackelt. Er knarrt, wenn ein Hund sich umdreht, und wer mit diesem Geräusch aufgewachsen ist, weiß, warum wir keine leise Ausführung führen.

Das Kissen lässt sich wenden. Welpen prüfen den Rand mit den Zähnen; Weide verzeiht, und ein Rand lässt sich neu flechten.""",
    "comet-rubber-ball": """Naturkautschuk, hohl, mit einer Naht wie bei einem Planeten. Er springt in eine Richtung, die keiner von Ihnen bestimmt hat, und genau das ist der Sport.

Er passt in übliche Ballschleudern und unter jedes Sofa, das je gebaut wurde.""",
    "moorings-rope-toy": """Dickes Baumwolltau, an beiden Enden verknotet und so lang, dass Ihre Finger nicht mitspielen. Die losen Enden dienen als eine Art Zahnseide, und gegen Ende als Konfetti.

Ist es mehr Quaste als Tau, entlassen Sie es in Ehren.""",
    "slow-orbit-flying-disc": """Die meisten Wurfscheiben wurden für Menschen gemacht. Diese hat einen weichen Gummirand, den ein Maul im Galopp schließen kann, und ein Gewicht, das sie auch bei Wind gerade hält.

Werfen Sie flacher, als Sie denken. Der Sprung ist für das Foto; den Gelenken ist ein Sprint lieber.""",
    "professor-puzzle-board": """Verstecken Sie unter jedem Schieber einen Leckerbissen, stellen Sie das Brett hin und sehen Sie einem Geist bei der Arbeit zu. Die meisten Hunde versuchen es mit der Nase, dann mit der Pfote, dann mit Ihnen.

Es beginnt leicht und wird mit den Zapfen schwerer. Kluge Hunde brauchen zwei Minuten; sehr kluge tragen es die Treppe hinauf und lassen los.""",
    "stubborn-chew": """Mit Paste füllen, über Nacht einfrieren, und Sie haben sich ein Telefonat gekauft. Die Ringe wackeln, darum bleibt es nie dort liegen, wo man es gelassen hat.

Es gibt drei Härten. Entscheiden Sie danach, was aus Ihrer letzten Fernbedienung geworden ist.""",
    "tug-of-peace-ring": """Fleece, um einen Kern aus Gummi geflochten: sanft zum Zahnfleisch, gut zu greifen und nie ganz zu gewinnen, denn ein Ring hat kein Ende, an dem man ziehen könnte.

Knurren gehört zu den Regeln. Ab und zu als Erster loslassen auch, und davon hat ein junger Hund mehr als von jedem Vortrag.""",
}  # fmt: skip
