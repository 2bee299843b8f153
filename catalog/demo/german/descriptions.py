"""What there is to say of the best known goods, in German. Slug -> paragraphs."""

DESCRIPTIONS: dict[str, str] = {
    "dog-polisher-no-1-the-pocket": """Mit dem Handlichen fangen die meisten an. Ein Polster aus Lammwolle, ein Drehknopf aus Messing und ein Motor, der summt wie eine zufriedene Biene. Beginnen Sie an der Schulter und arbeiten Sie sich in kleinen Kreisen zum Schwanz vor, wie beim Schuheputzen.

Bei kurzem Fell dauert es etwa sechs Minuten bis zu dem Glanz, den die Anleitung Salonfinish nennt. Drahthaar bleibt bei Seidenmatt. Über Pudel sprechen Sie bitte vorher am Telefon mit uns.

Er lädt über Nacht in seiner Station. Bitte polieren Sie keinen schlafenden Hund: Die Anleitung ist da streng, und der Hund war es auch.""",
    "dog-polisher-no-2-the-parlour": """Mit dem Salon stehen Sie aufrecht. Zwei Trommeln aus Lammwolle drehen sich gegeneinander, heben das Fell und legen es in einer Bewegung wieder hin, und der Scheinwerfer zeigt Ihnen sofort, wo Sie noch nicht waren.

Der Hund hält dabei still, genauer gesagt: Er ist begeistert, was von vorn gleich aussieht. Es gibt zwei Stufen: Spaniel und Sonstige.

Die Trommeln lassen sich zum Waschen herausnehmen. Der Griff ist klappbar, so passt das Gerät in den Dielenschrank neben den Staubsauger, mit dem es keinesfalls verwechselt werden darf.""",
    "dog-polisher-no-3-the-grand-salon": """Der Große Salon ist kein Gerät. Er ist ein Möbelstück mit Ambitionen. Der Hund tritt an einem Ende ein, geht unter einem Bogen aus fünf Walzen mit Lammwolle hindurch und verlässt ihn am anderen mit einem Fell, das Licht an die Decke wirft.

Eine Anzeige an der Stirn der Maschine zeigt, wie der Glanz zunimmt. Bei neunzig läutet ein Glöckchen. Über fünfundneunzig bitten wir Sie, die Vorhänge zu schließen, aus Rücksicht auf den Luftverkehr.

Geliefert wird er von zwei Personen in Schürze, die die Füße ausrichten, die Walzen vorwärmen und zur Vorführung einen Hund Ihrer Wahl polieren. Das Messing ist nicht lackiert und will ebenfalls poliert werden; ein Tuch liegt bei, denn sich selbst kann der Große Salon nicht.

Jede Bestellung eines Großen Salons bestätigen wir vor dem Versand am Telefon. Bei diesem Preis würden Sie es so wollen.""",
    "harbour-leather-collar": """Das erste Halsband, das wir je verkauft haben, und noch immer das, nach dem wir greifen. Das Leder stammt aus dem dicken Teil der Haut, ist durchgefärbt und von Hand gewachst. Ein Kratzer ist darum eine Geschichte und kein Loch.

Die Schnalle ist aus massivem Messing. Sie läuft also an, und dann reibt jemand sie beim Warten auf das Teewasser am Ärmel, und sie glänzt wieder wie eine Trompete.

Einlaufen lassen Sie es, indem Sie gar nichts tun. Nach einem Monat weiß es, zu welchem Hals es gehört.""",
    "glenmuddle-tartan-collar": """Wir haben gefragt, zu welchem Clan dieses Karo gehört. Die Weberin sah eine Weile auf ihren Webstuhl und sagte, es gehöre dem, der es trägt. Besser können wir es auch nicht sagen.

Gewebte Wolle über einem Gurtkern: Es sieht aus wie ein Sonntagssakko und benimmt sich wie ein Sicherheitsgurt. Den Verschluss hört man über einem Wasserfall, auf dem Schulweg und neben einem Cockerspaniel einrasten.""",
    "lamplighter-reflective-collar": """Bei Tag ein vernünftiges Halsband in Petrol. Im Scheinwerferlicht ein leuchtender Ring, der in Kniehöhe daherläuft und schon mindestens einen Pfarrer erschreckt hat.

Das reflektierende Garn ist eingewebt statt aufgedruckt, es bricht also nicht und blättert nicht ab. Spülen Sie im Winter das Salz heraus, dann leuchtet es noch viele Jahre.""",
    "long-shore-rope-lead": """Gemacht von Leuten, die früher Tauwerk für Boote herstellten und feststellten, dass Hunde stärker ziehen. Zwölf Litzen, von Hand gespleißt und mit gewachstem Garn umwickelt, mit einem Messinghaken, den auch ein kalter Daumen öffnet.

Ein Seil gibt ein wenig nach. So kommt ein plötzliches Eichhörnchen in Ihrer Schulter als Vorschlag an und nicht als Vorladung.

Die Leine schwimmt. Geplant war das nicht, aber einmal werden Sie froh darum sein.""",
    "sunday-best-bow-tie": """Für Hochzeiten, für Geburtstage und für Dienstage, die Hilfe brauchen. Zwei Gummischlaufen auf der Rückseite halten sie am Halsband, vor dem Nachtisch ist sie also schnell wieder ab.

Jede Fliege ist aus Resten von Hemdenstoff geschnitten. Darum können wir nur versprechen, dass Ihre Punkte hat, und nicht genau, welche.""",
    "drizzle-day-raincoat": """Es gibt einen Regen, der nicht aufhört, sondern nur innehält, um Sie anzusehen. Für den wurde dieser Mantel entworfen: verklebte Nähte, eine Sturmklappe über dem Rücken und ein Kragen, den man hochschlägt wie ein Detektiv.

Geschlossen wird er unter dem Bauch mit einem breiten Gurt. Das Anziehen dauert vier Sekunden, und geschüttelt wird im Mantel.

Die Leine geht durch einen verdeckten Schlitz. Der Schwanz geht hinten hinaus, wie es sich für Schwänze gehört.""",
    "biscuit-ring-bed": """Manche Hunde legen sich hin. Andere setzen sich zusammen, drehen sich dreimal und stecken zuletzt die Nase weg. Für die zweiten ist dieses Bett: ein tiefer Ring mit weicher Mitte und einem Rand, der ein Kinn trägt.

Das ganze Bett passt in die Waschmaschine. Es kommt heraus, als wäre es ertrunken, und erinnert sich einen Nachmittag lang an der Leine langsam daran, dass es teuer war.""",
    "admiral-squeak": """Der Admiral quietscht tief und zufrieden, wenn man sich auf ihn stützt, und hoch und dringlich, wenn man ihn schüttelt. So kann Ihr Hund zu Fragen der Marine verschiedene Meinungen äußern.

Er schwimmt aufrecht. Die Quietsche sitzt hinter einer doppelten Wand, er verstummt also später als die meisten. Manche von Ihnen werden das für einen Mangel halten.""",
    "lookout-cat-tree": """Ein Kratzbaum für Menschen, die ihr Wohnzimmer mögen. Die Stämme sind mit Sisal umwickelt, die Bretter aus Birke, und die Kissen lassen sich zum Waschen abnehmen, eines nach dem anderen, damit immer jemand einen Platz hat.

Er kommt in einem flachen Karton mit einem einzigen Schlüssel. Rechnen Sie mit vierzig Minuten, davon fünfzehn, um die Katze aus dem Karton zu holen, und fünf, um sie zurückzutun.

Der Fuß wiegt so viel wie ein Labradorwelpe. Bei einem Sprung vom obersten Brett bewegt sich also die Katze und nicht der Baum.""",
    "mortimer-the-mouse": """Mortimer wird von Hand aus einem einzigen Flausch gefilzt und mit Katzenminze der starken Sorte gefüllt. Man hat ihn schon in Stiefeln gefunden, in einem Klavier und einmal, ganz trocken, auf dem Grund einer Teekanne.

Er ist tapfer, er ist leicht, und es gibt ihn auch zu dritt, denn zwei davon finden Sie erst beim Umzug wieder.""",
    "porthole-backpack": """Für Katzen und kleine Hunde, die mit der Bahn reisen und eine Meinung über Umsteigebahnhöfe haben. Das Fenster ist eine klare Kuppel, die Seiten sind aus Netz und der Boden ist steif, damit niemand gefaltet wird.

Ein Gurt innen wird am Geschirr eingehakt. In die Außentasche passen Leckerbissen, Papiere und die Sorte Apfel, die man nie isst.""",
    "two-up-two-down-hutch": """Ein Stall sollte der kleine Teil im Tag eines Kaninchens sein, mit einem Garten daran. Dieser hat ein trockenes Schlafzimmer unter einem Dach mit Dachpappe und ein offenes Erdgeschoss, dazu eine Rampe mit richtigen Stufen.

Zum Reinigen lässt sich die Front mit zwei Handgriffen abnehmen. Der Riegel hat einen zweiten Riegel, denn Kaninchen haben Zeit.""",
    "vacancies-nest-box": """Innen rohe Lärche, damit die Jungen zur Tür klettern können, und eine Kupferplatte um das Loch, die alle draußen hält, die einen größeren Schnabel und schlechtere Manieren haben.

Hängen Sie ihn vor Februar auf und tun Sie beschäftigt. Die Seite lässt sich im Herbst zum Reinigen öffnen, wenn die Mieter ausgezogen sind.""",
}  # fmt: skip
