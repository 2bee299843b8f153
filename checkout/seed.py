"""Rates to begin with: ways of delivery and the taxes of the United States, Canada and the European Union."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from catalog.models import Phrase, TaxClass
from checkout.models import DeliveryMethod, ShopTerms, TaxRate
from checkout.services.terms import add_terms

DELIVERY_METHODS: tuple[tuple[str, str, str, int, bool, list[str]], ...] = (
    ("standard", "Standard delivery", "3 to 5 working days", 595, False, []),
    ("express", "Express delivery", "the next working day, ordered before 14:00", 1495, True, []),
    ("collect", "Collect from the shop", "ready in two hours, at our own counter", 0, False, ["US"]),
)

# State sales tax without the local part (Federation of Tax Administrators, 2026); VAT standard rates of the EU and the UK.
TAX_RATES = {
    ("US", "AZ"): "0.056", ("US", "CA"): "0.0725", ("US", "CO"): "0.029", ("US", "CT"): "0.0635", ("US", "FL"): "0.06",
    ("US", "GA"): "0.04", ("US", "IL"): "0.0625", ("US", "IN"): "0.07", ("US", "MA"): "0.0625", ("US", "MD"): "0.06",
    ("US", "MI"): "0.06", ("US", "MN"): "0.06875", ("US", "MO"): "0.04225", ("US", "NC"): "0.0475", ("US", "NJ"): "0.06625",
    ("US", "NV"): "0.0685", ("US", "NY"): "0.04", ("US", "OH"): "0.0575", ("US", "PA"): "0.06", ("US", "TN"): "0.07",
    ("US", "TX"): "0.0625", ("US", "UT"): "0.0485", ("US", "VA"): "0.043", ("US", "WA"): "0.065", ("US", "WI"): "0.05",
    ("CA", ""): "0.05", ("CA", "ON"): "0.13", ("CA", "QC"): "0.14975", ("CA", "BC"): "0.12",
    ("GB", ""): "0.20", ("DE", ""): "0.19", ("FR", ""): "0.20", ("IT", ""): "0.22", ("ES", ""): "0.21", ("NL", ""): "0.21",
    ("BG", ""): "0.20", ("HR", ""): "0.25", ("CY", ""): "0.19", ("CZ", ""): "0.21", ("EE", ""): "0.24", ("FI", ""): "0.255",
    ("GR", ""): "0.24", ("HU", ""): "0.27", ("LT", ""): "0.21", ("LU", ""): "0.17", ("LV", ""): "0.21", ("MT", ""): "0.18",
    ("PT", ""): "0.23", ("RO", ""): "0.21", ("SI", ""): "0.22", ("SK", ""): "0.23",
    ("BE", ""): "0.21", ("AT", ""): "0.20", ("IE", ""): "0.23", ("SE", ""): "0.25", ("DK", ""): "0.25", ("PL", ""): "0.23",
}  # fmt: skip

# Reduced rates of some countries, to be looked over: where there are several, the usual one for goods (compared with the
# tables of europa.eu/youreurope, "VAT rates", and mindlink.lv/useful/vat-rates-in-eu). The law says which goods bear them.
REDUCED_RATES = {
    "AT": "0.10", "BE": "0.06", "DE": "0.07", "ES": "0.10", "FR": "0.055", "IT": "0.10", "LU": "0.08", "NL": "0.09",
    "PT": "0.06",
}  # fmt: skip


# What a shop may begin with; a lawyer looks it over.
TERMS = """# What you order
The review page shows goods, delivery, tax and total. By pressing the button there you order them.

# When you pay
The payment company authorises your card when you order. It is charged when we have \
confirmed the order; we may ring you first. If we cannot confirm it, the authorisation is given back and nothing is charged.

# Delivery
We send what you ordered once it is confirmed, and mail you the carrier's tracking number.

# If you change your mind
You may withdraw from the contract within 14 days after the goods came, without a reason, on the page \
"Withdraw from a contract".

# If something is wrong
Goods that are broken or not what you ordered are replaced or paid back. Your rights by law stay as they are."""


TERMS_DE = """# Was Sie bestellen
Die Prüfseite zeigt Ware, Lieferung, Steuer und Gesamtbetrag. Mit dem Knopf darauf bestellen Sie verbindlich.

# Wann Sie bezahlen
Das Zahlungsunternehmen reserviert den Betrag auf Ihrer Karte, wenn Sie bestellen. Abgebucht wird er erst, wenn wir die
Bestellung bestätigt haben; es kann sein, dass wir Sie vorher anrufen. Können wir sie nicht bestätigen, wird die Reservierung
aufgehoben und nichts abgebucht.

# Lieferung
Wir verschicken, was Sie bestellt haben, sobald die Bestellung bestätigt ist, und mailen Ihnen die Sendungsnummer.

# Wenn Sie es sich anders überlegen
Sie können den Vertrag innerhalb von 14 Tagen, nachdem Sie die Ware erhalten haben, ohne Angabe von Gründen auf der Seite
„Vertrag widerrufen“ widerrufen.

# Wenn etwas nicht stimmt
Was beschädigt ankommt oder nicht Ihrer Bestellung entspricht, ersetzen wir, oder Sie bekommen Ihr Geld zurück. Ihre
gesetzlichen Rechte bleiben unberührt."""

# How the ways of delivery are called in German.
DELIVERY_DE = {
    "Standard delivery": "Standardversand", "3 to 5 working days": "3 bis 5 Werktage",
    "Express delivery": "Expressversand",
    "the next working day, ordered before 14:00": "am nächsten Werktag, wenn Sie vor 14 Uhr bestellen",
    "Collect from the shop": "Abholung im Laden",
    "ready in two hours, at our own counter": "in zwei Stunden bereit, bei uns am Tresen",
}  # fmt: skip


def seed_terms(*, now: datetime) -> None:
    """Write a first version of the terms where there is none."""
    if not ShopTerms.objects.exists():
        add_terms(text=TERMS, valid_from=None, by=None, now=now, others={"de": TERMS_DE})


def seed_rates() -> None:
    """Write the rates that are not there yet; what a merchant changed stays as it is."""
    for position, (code, name, promise, price, is_express, countries) in enumerate(DELIVERY_METHODS):
        DeliveryMethod.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "promise": promise,
                "price": price,
                "is_express": is_express,
                "countries": countries,
                "position": position,
            },
        )
    for phrase, said in DELIVERY_DE.items():
        Phrase.objects.get_or_create(language="de", phrase=phrase, defaults={"said": said})
    for (country, region), rate in TAX_RATES.items():
        name = {"US": "Sales tax", "CA": "Sales tax"}.get(country, "VAT")
        if not TaxRate.objects.filter(country=country, region=region, postcode="", tax_class=TaxClass.STANDARD).exists():
            TaxRate.objects.create(country=country, region=region, rate=Decimal(rate), name=name)
    for country, rate in REDUCED_RATES.items():
        if not TaxRate.objects.filter(country=country, tax_class=TaxClass.REDUCED).exists():
            TaxRate.objects.create(country=country, tax_class=TaxClass.REDUCED, rate=Decimal(rate), name="VAT")
