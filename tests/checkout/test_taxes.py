"""Taxes: which one, on which day, added or worked out, and who accounts for it; the sums always come to the total."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from catalog.models import Product, TaxClass, Variant
from checkout.invariants import check_money
from checkout.models import (
    CartLine,
    Coupon,
    DeliveryMethod,
    Document,
    Order,
    OrderLine,
    Payment,
    Refund,
    RefundLine,
    TaxRate,
)
from checkout.pricing import quote_cart
from checkout.services.document_data import describe_credit, describe_invoice
from checkout.services.payments import lines_to_pay
from checkout.services.refund_taxes import write_parts
from checkout.services.refunds import LineToRefund, quote_refund
from checkout.services.tax_import import UnableToImportRates, import_tax_rates
from checkout.taxes import Tax, WrongVatNumber, check_vat_number, find_tax
from tests.checkout.shopper import Shopper
from tests.factories.catalog import VariantFactory
from tests.factories.checkout import TaxRateFactory

LINES = st.lists(
    st.tuples(st.integers(1, 5_000_000), st.integers(1, 99), st.sampled_from(TaxClass.values)), min_size=1, max_size=6
)
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
    reduced=st.decimals(0, 1, places=5),
    coupon=st.sampled_from(
        [None, Coupon(kind="percent", percent=Decimal(33)), Coupon(kind="percent", percent=Decimal(100))]
    ),
    currency=st.sampled_from(["JPY", "EUR", "KWD"]),
    kind=st.sampled_from(["added", "included", "waived", "reversed"]),
)
def test_lines_delivery_and_tax_are_the_total_and_the_gateways_amount(
    lines: list[tuple[int, int, str]],
    delivery: int,
    rate: Decimal,
    reduced: Decimal,
    coupon: Coupon | None,
    currency: str,
    kind: str,
) -> None:
    bought = [
        CartLine(variant=Variant(price=price, product=Product(tax_class=of)), quantity=units) for price, units, of in lines
    ]
    others = {"reduced": reduced}
    tax = {
        "added": Tax(rate=rate, others=others),
        "included": Tax(rate=rate, is_included=True, others=others),
        "waived": Tax(rate=Decimal(0), is_reverse_charge=True, waived=rate, others=others),
        "reversed": Tax(rate=Decimal(0), is_reverse_charge=True),
    }[kind]
    quote = quote_cart(lines=bought, delivery=DeliveryMethod(name="Post", price=delivery), tax=tax, coupon=coupon)

    assert sum(part.amount.minor for part in quote.parts.sums) == quote.total
    order = Order(
        currency=currency,
        delivery_name="Post",
        delivery_total=quote.delivery,
        tax_total=quote.tax,
        prices_include_tax=quote.includes_tax,
    )
    rows = [
        OrderLine(quantity=row.line.quantity, unit_price=row.unit_price, total=row.total, discount=row.discount, name="x")
        for row in quote.lines
    ]
    taxed = [row.taxed for row in quote.lines]
    of_lines = sum(
        row.paid + one.delivery + (0 if tax.is_included else one.tax) for row, one in zip(rows, taxed, strict=True)
    )
    assert (of_lines, sum(one.tax for one in taxed)) == (quote.total, quote.tax)
    assert {one.rate for one in taxed} == {tax.rate_of(of) for _, _, of in lines}
    assert sum(line.unit_amount * line.quantity for line in lines_to_pay(order, rows)) == quote.total
    shelf = sum(price * units for price, units, _ in lines) - quote.discount + delivery
    for part in quote.taxes if kind == "included" else ():
        assert abs((part.base - part.tax) * part.rate - part.tax) <= Decimal("0.5") * (1 + part.rate)
    if kind == "included":
        assert quote.total == shelf  # the price on the shelf is the price
    if kind == "waived" and {of for _, _, of in lines} == {"standard"} and not coupon:
        pieces = sum(units for _, units, _ in lines) + 1
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
    TaxRateFactory.create(country="US", region="CA", rate="0.01", tax_class="reduced")
    tax = find_tax(country="US", region=region, postcode=postcode, day=day)
    assert tax.rate_of("standard") == tax.rate_of("reduced_2") == Decimal(rate)
    assert (tax.rate_of("reduced"), tax.rate_of("zero")) == (Decimal("0.01" if region.upper() == "CA" else 0), Decimal(0))


def test_a_vat_number_is_checked_by_its_form_and_completed() -> None:
    assert check_vat_number(GERMAN, country="DE") == GERMAN
    assert check_vat_number("de 136 695 976", country="DE") == GERMAN
    assert check_vat_number("136695976", country="DE") == GERMAN
    for greek in ("094259216", "GR094259216", "EL 094 259 216"):
        assert check_vat_number(greek, country="GR") == "EL094259216"
    assert check_vat_number("432525179", country="GB") == "XI432525179"
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
        ("FR", "FR40303265045", "GB", "XI432525179", True),  # Belfast, whose goods are in the EU
        ("FR", "FR40303265045", "GR", "EL094259216", True),
    ],
)
def test_two_businesses_in_two_countries_of_the_eu_reverse_the_charge(
    db: None, settings: Settings, home: str, own: str, there: str, number: str, is_reversed: bool
) -> None:
    settings.SHOP_COUNTRY, settings.SHOP_VAT_NUMBER, settings.PRICES_INCLUDE_TAX = home, own, True
    TaxRateFactory.create(country=there, region="", rate="0.19", name="VAT")
    tax = find_tax(country=there, region="", postcode="BT1 5GS", vat_number=number)
    assert not find_tax(country="GB", region="", postcode="SW1A 1AA", vat_number=number).is_reverse_charge
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

    @pytest.mark.parametrize("is_included", [True, False])
    def test_charges_several_rates_in_one_order_and_gives_each_back(
        self, shopper: Shopper, brush: Variant, settings: Settings, is_included: bool
    ) -> None:
        settings.PRICES_INCLUDE_TAX = is_included
        TaxRateFactory.create(country="DE", region="", rate="0.07", name="VAT", tax_class="reduced")
        book = VariantFactory.create(price=999, product__tax_class="reduced", product__name="Book")
        shopper.add(brush, 2)
        shopper.add(book, 3)
        review = shopper.review(**BERLIN)
        shopper.place(review)
        order = Order.objects.get()
        # 25.00 and 29.97, and 5.95 for delivery: 2.71 and 3.24 of it
        lines = [(line.tax_class, line.tax_rate, line.delivery_share) for line in order.lines.order_by("pk")]
        assert lines == [("standard", Decimal("0.19"), 271), ("reduced", Decimal("0.07"), 324)]
        assert (order.tax_rate, order.rounding) == (None, "half_up_per_rate")
        total, taxes = (6092, [442, 217]) if is_included else (6092 + 526 + 232, [526, 232])
        assert (order.total, [part.tax for part in order.taxes]) == (total, taxes)
        page = review.content.decode()
        if is_included:
            assert "The total includes $4.42 VAT (19 %) and $2.17 VAT (7 %)." in page
        else:
            assert "$5.26" in page[page.index("VAT (19 %)") :]
            assert "$2.32" in page[page.index("VAT (7 %)") :]

        TaxRate.objects.all().delete()  # the order keeps what it was placed by
        Product.objects.update(tax_class="zero")
        order.payments.update(status="captured", captured_amount=order.total)
        payment = Payment.objects.get()
        Order.objects.update(status="released")
        assert check_money() == []
        invoice = describe_invoice(payment, order)
        assert [(tax["percent"], tax["tax"]) for tax in invoice["taxes"]] == [("19", taxes[0]), ("7", taxes[1])]
        first, second = order.lines.order_by("pk")
        steps = [({first.pk: 1, second.pk: 1}, 0), ({second.pk: 2}, 200), ({first.pk: 1}, 395)]
        given_back = [refunded(payment, *step) for step in steps]
        assert sum(refund.amount for refund in given_back) == order.total
        paper = Document(issued_at=order.placed_at)
        papers = [describe_credit(refund, order, invoice=paper, invoiced=invoice) for refund in given_back]
        by_rate: Counter[str] = Counter()
        for credit in papers:
            assert credit["net"] + credit["tax"] == credit["total"]
            by_rate.update({tax["percent"]: tax["tax"] for tax in credit["taxes"]})
            by_rate.update({"base " + tax["percent"]: tax["base"] for tax in credit["taxes"]})
        for tax in invoice["taxes"]:
            assert (by_rate[tax["percent"]], by_rate["base " + tax["percent"]]) == (tax["tax"], tax["base"])
        some = Refund(payment=payment, amount=1000, other=1000)  # for no line in particular
        taxes_of_some = describe_credit(some, order, invoice=paper, invoiced=invoice)["taxes"]
        assert sum(tax["tax"] + tax["base"] for tax in taxes_of_some) == 1000

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


def refunded(payment: Payment, units: dict[int, int], delivery: int) -> Refund:
    """Write a refund of so many units of these lines, as it is written before the gateway is asked."""
    lines = [LineToRefund(line_id=pk, quantity=quantity, is_restocked=False) for pk, quantity in units.items()]
    quote = quote_refund(payment=payment, lines=lines, delivery=delivery, other=0)
    now = timezone.now()
    refund = Refund.objects.create(
        payment=payment, key=str(uuid.uuid4()), status="done", status_at=now, requested_at=now, done_at=now, amount=quote.total,
        goods=quote.goods, delivery=quote.delivery, tax=quote.tax, other=quote.other, tax_parts=write_parts(quote.taxes),
    )  # fmt: skip
    for pk, quantity in units.items():
        RefundLine.objects.create(refund=refund, line_id=pk, quantity=quantity, amount=quote.amounts[pk], is_restocked=False)
        OrderLine.objects.filter(pk=pk).update(refunded_quantity=F("refunded_quantity") + quantity)
    return refund


class TestAFileOfRates:
    def test_is_taken_whole_and_found_again(self, db: None) -> None:
        TaxRateFactory.create(country="US", region="CA", rate="0.0725", name="")
        text = (
            "country,region,postcode,percent,valid_from,name,tax_class\n"
            "us,California,94610,10.75,2026-01-01,Sales tax,\nUS,CA,,7.25,,,standard\nDE,,,19,,VAT,\nDE,,,7,,VAT,Reduced\n"
        )
        assert str(import_tax_rates(text, is_trial=True)) == "3 new, 0 changed, 1 as they were"
        assert TaxRate.objects.count() == 1
        import_tax_rates(text)
        assert str(import_tax_rates(text.replace("19", "20"))) == "0 new, 1 changed, 3 as they were"
        assert TaxRate.objects.get(country="DE", tax_class="standard").rate == Decimal("0.20000")
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
