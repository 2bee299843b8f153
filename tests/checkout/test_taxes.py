"""Taxes: which one, on which day, added or worked out, and who accounts for it; the sums always come to the total."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from catalog.models import Variant
from checkout.models import CartLine, DeliveryMethod, Order, OrderLine, TaxRate
from checkout.pricing import quote_cart
from checkout.services.payments import lines_to_pay
from checkout.services.tax_import import UnableToImportRates, import_tax_rates
from checkout.taxes import Tax, WrongVatNumber, check_vat_number, find_tax
from tests.checkout.shopper import Shopper
from tests.factories.checkout import TaxRateFactory

LINES = st.lists(st.tuples(st.integers(1, 5_000_000), st.integers(1, 99)), min_size=1, max_size=6)
BERLIN = {
    "bill_line1": "Invalidenstraße 116",
    "bill_line2": "",
    "bill_city": "Berlin",
    "bill_region": "",
    "bill_postcode": "10115",
    "bill_country": "DE",
}
GERMAN = "DE136695976"


@hypothesis_settings(max_examples=80)
@given(
    lines=LINES,
    delivery=st.integers(0, 100_000),
    rate=st.decimals(0, 1, places=5),
    currency=st.sampled_from(["JPY", "EUR", "KWD"]),
    kind=st.sampled_from(["added", "included", "waived", "reversed"]),
)
def test_lines_delivery_and_tax_are_the_total_and_the_gateways_amount(
    lines: list[tuple[int, int]], delivery: int, rate: Decimal, currency: str, kind: str
) -> None:
    bought = [CartLine(variant=Variant(price=price), quantity=units) for price, units in lines]
    tax = {
        "added": Tax(rate=rate),
        "included": Tax(rate=rate, is_included=True),
        "waived": Tax(rate=Decimal(0), is_reverse_charge=True, waived=rate),
        "reversed": Tax(rate=Decimal(0), is_reverse_charge=True),
    }[kind]
    quote = quote_cart(lines=bought, delivery=DeliveryMethod(name="Post", price=delivery), tax=tax)

    assert sum(part.amount.minor for part in quote.parts.sums) == quote.total
    order = Order(
        currency=currency,
        delivery_name="Post",
        delivery_total=quote.delivery,
        tax_total=quote.tax,
        prices_include_tax=quote.includes_tax,
    )
    rows = [
        OrderLine(quantity=row.line.quantity, unit_price=row.unit_price, total=row.total, name="x") for row in quote.lines
    ]
    assert sum(line.unit_amount * line.quantity for line in lines_to_pay(order, rows)) == quote.total
    shelf = sum(price * units for price, units in lines) + delivery
    if kind == "included":
        assert quote.total == shelf  # the price on the shelf is the price
        assert abs((quote.total - quote.tax) * rate - quote.tax) <= Decimal("0.5") * (1 + rate)
    if kind == "waived":
        pieces = sum(units for _, units in lines) + 1
        assert abs(quote.total * (1 + rate) - shelf) <= pieces  # each piece rounded by half a unit at the most


@pytest.mark.parametrize(
    ("region", "postcode", "day", "rate"),
    [
        ("CA", "94610", date(2026, 7, 1), "0.1075"),  # the postcode
        ("CA", "94610-1234", date(2026, 7, 1), "0.1075"),  # and its longer form
        ("CA", "94612", date(2026, 7, 1), "0.1"),  # how it begins
        ("CA", "90001", date(2026, 7, 1), "0.0725"),  # the state
        ("ca", "90001", date(2026, 7, 1), "0.0725"),
        ("OR", "97214", date(2026, 7, 1), "0"),  # the country has none
        ("CA", "94610", date(2025, 12, 31), "0.095"),  # the day before
        ("CA", "94610", date(2027, 1, 1), "0.1"),  # over, so the next best
    ],
)
def test_the_most_exact_rate_of_the_day_is_taken(db: None, region: str, postcode: str, day: date, rate: str) -> None:
    for row in (
        {"region": "CA", "rate": "0.0725"},
        {"region": "CA", "postcode": "946", "rate": "0.1", "valid_from": date(2026, 1, 1)},
        {"region": "CA", "postcode": "94610", "rate": "0.095", "valid_until": date(2025, 12, 31)},
        {
            "region": "CA",
            "postcode": "94610",
            "rate": "0.1075",
            "valid_from": date(2026, 1, 1),
            "valid_until": date(2026, 12, 31),
        },
    ):
        TaxRateFactory.create(country="US", **row)
    assert find_tax(country="US", region=region, postcode=postcode, day=day).rate == Decimal(rate)


def test_a_vat_number_is_checked_by_its_form_and_completed() -> None:
    assert check_vat_number(GERMAN, country="DE") == GERMAN
    assert check_vat_number("de 136 695 976", country="DE") == GERMAN
    assert check_vat_number("136695976", country="DE") == GERMAN
    assert check_vat_number("094259216", country="GR") == "EL094259216"
    for wrong in ("DE136695977", "136695977", "XX1", "", "=1+1"):
        with pytest.raises(WrongVatNumber):
            check_vat_number(wrong, country="DE")


@pytest.mark.parametrize(
    ("home", "own", "there", "number", "is_reversed"),
    [
        ("FR", "FR40303265045", "DE", GERMAN, True),
        ("DE", "DE129274202", "DE", GERMAN, False),  # both in one country
        ("FR", "", "DE", GERMAN, False),  # the shop is no business
        ("FR", "FR40303265045", "DE", "", False),  # the customer is none
        ("FR", "FR40303265045", "AT", GERMAN, False),  # it goes elsewhere
        ("US", "x", "DE", GERMAN, False),  # not the EU
    ],
)
def test_two_businesses_in_two_countries_of_the_eu_reverse_the_charge(
    db: None, settings: Settings, home: str, own: str, there: str, number: str, is_reversed: bool
) -> None:
    settings.SHOP_COUNTRY, settings.SHOP_VAT_NUMBER, settings.PRICES_INCLUDE_TAX = home, own, True
    TaxRateFactory.create(country=there, region="", rate="0.19", name="VAT")
    tax = find_tax(country=there, region="", vat_number=number)
    if is_reversed:
        assert tax == Tax(rate=Decimal(0), name="VAT", is_reverse_charge=True, waived=Decimal("0.19000"))
    else:
        assert tax == Tax(rate=Decimal("0.19000"), name="VAT", is_included=True)


class TestAShopWhosePricesIncludeTheTax:
    @pytest.fixture(autouse=True)
    def _shop(self, settings: Settings, rates: None) -> None:
        settings.SHOP_COUNTRY, settings.SHOP_VAT_NUMBER, settings.PRICES_INCLUDE_TAX = "FR", "FR40303265045", True
        TaxRateFactory.create(country="DE", region="", rate="0.19", name="VAT")

    def test_charges_what_the_shelf_says_and_tells_what_of_it_is_tax(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush, 2)
        page = shopper.review(**BERLIN).content.decode()
        assert "$30.95" in page  # 2 x 12.50 + 5.95
        assert "The total includes $4.94 VAT (19 %)." in page

    def test_keeps_rule_and_tax_with_the_order_and_refunds_it_whole(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush, 2)
        shopper.place(shopper.review(**BERLIN))  # no gateway answers here, and the order is kept
        order = Order.objects.get()
        assert (order.total, order.tax_total, order.prices_include_tax) == (3095, 494, True)
        assert (order.rounding, order.tax_name, order.is_reverse_charge) == ("half_up_once", "VAT", False)

    def test_sells_without_vat_to_a_business_abroad(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush, 2)
        review = shopper.review(**BERLIN, vat_number="136695976")
        assert "VAT (reverse charge: you account for it)" in review.content.decode()
        shopper.place(review)
        order = Order.objects.get()
        # 12.50 and 5.95 less their 19 %
        assert (order.items_total, order.delivery_total, order.tax_total, order.total) == (2100, 500, 0, 2600)
        assert (order.vat_number, order.is_reverse_charge, order.prices_include_tax) == (GERMAN, True, False)
        assert order.lines.get().unit_price == 1050

    def test_refuses_a_vat_number_that_is_none(self, shopper: Shopper, brush: Variant) -> None:
        shopper.add(brush)
        answer = shopper.review(**BERLIN, vat_number="DE136695977")
        assert answer.status_code == 422
        assert "That is no VAT number of the EU" in answer.content.decode()


class TestAFileOfRates:
    def test_is_taken_whole_and_found_again(self, db: None) -> None:
        TaxRateFactory.create(country="US", region="CA", rate="0.0725", name="")
        text = (
            "country,region,postcode,percent,valid_from,name\n"
            "us,California,94610,10.75,2026-01-01,Sales tax\nUS,CA,,7.25,,\nDE,,,19,,VAT\n"
        )
        assert str(import_tax_rates(text, is_trial=True)) == "2 new, 0 changed, 1 as they were"
        assert TaxRate.objects.count() == 1
        import_tax_rates(text)
        assert str(import_tax_rates(text.replace("19", "20"))) == "0 new, 1 changed, 2 as they were"
        assert TaxRate.objects.get(country="DE").rate == Decimal("0.20000")
        assert TaxRate.objects.get(postcode="94610").region == "CA"

    @pytest.mark.parametrize(
        ("row", "fault"),
        [
            ("XX,,,5,,", "Line 3: 'XX' is no country"),
            ("US,CA,,five,,", "Line 3: 'five' is no percentage"),
            ("US,CA,,nan,,", "percentage"),
            ("US,CA,,101,,", "Line 3: A percentage is between 0 and 100."),
            ("US,CA,,5,1/1/2026,", "Line 3: '1/1/2026' is no day"),
            ("US,CA,,5,,\nUS,CA,,6,,", "Line 4: this place and first day was there before."),
        ],
    )
    def test_with_a_fault_changes_nothing(self, db: None, row: str, fault: str) -> None:
        with pytest.raises(UnableToImportRates) as error:
            import_tax_rates(f"country,region,postcode,percent,valid_from,name\nDE,,,19,,\n{row}\n")
        assert fault in str(error.value)
        assert not TaxRate.objects.exists()

    def test_is_taken_in_the_admin_from_those_who_may(self, admin_client: Client, client: Client) -> None:
        def send(who: Client, **more: str) -> int:
            file = SimpleUploadedFile("rates.csv", b"country,percent\nDE,19\n")
            return who.post("/admin/checkout/taxrate/import/", {"file": file, **more}).status_code

        assert send(admin_client, **{"try": "1"}) == 302
        assert not TaxRate.objects.exists()
        assert send(admin_client) == 302
        assert TaxRate.objects.get().rate == Decimal("0.19000")
        assert send(client) in {302, 403}
        assert admin_client.get("/admin/checkout/taxrate/").content.count(b"Import a file") == 1
