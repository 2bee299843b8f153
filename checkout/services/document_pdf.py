"""A document as a PDF: always the same bytes from the same row."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fpdf.enums import XPos, YPos

from checkout.addressing import country_name
from checkout.models import Document, DocumentKind
from checkout.services.document_data import DocumentData, title_of
from checkout.services.documents import read_data
from checkout.sums import write_percent
from store.language import current_language, speaking
from store.money import format_money
from store.paper.pages import INK, LINE, MARGIN, SOFT, Paper
from store.templatetags.language import day

ERASED = gettext_lazy("Name and address were erased at the customer's request.")


def as_pdf(document: Document) -> bytes:
    """Draw the document in the language that it was written in, whoever reads it."""
    data = read_data(document)
    with speaking(data.get("language")):
        return _draw(document, data)


def _draw(document: Document, data: DocumentData) -> bytes:
    title = f"{title_of(document.kind)} {document.number}"
    pdf = Paper(
        title=title,
        page_word=_("page"),
        lang=current_language(),
        foot=f"{data['seller'][0]} \N{MIDDLE DOT} {document.number}",
    )
    pdf.made_at(document.issued_at)
    pdf.cover(json.dumps(data, ensure_ascii=False) + (document.buyer or ""))
    pdf.add_page()
    _head(pdf, document, data, title)
    _rows(pdf, data)
    _sums(pdf, document, data)
    _foot(pdf, document, data)
    return bytes(pdf.output())


def _head(pdf: Paper, document: Document, data: DocumentData, title: str) -> None:
    seller, *street = data["seller"]
    pdf.use("B", 13, INK)
    pdf.cell(0, 7, seller, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    tax_id = [_("Tax number {number}").format(number=data["seller_tax_id"])] if data["seller_tax_id"] else []
    if street or tax_id:
        pdf.sentence(" \N{MIDDLE DOT} ".join([*street, *tax_id]), size=8, colour=SOFT)
    pdf.ln(9)
    top = pdf.get_y()
    pdf.use("", 8, SOFT)
    pdf.cell(0, 5, _("Billed to"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.use("", 10, INK)
    pdf.multi_cell(84, 5, _buyer(document), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    bottom = pdf.get_y()
    pdf.set_y(top)
    facts = [
        (_("Number"), document.number),
        (_("Date"), _day(timezone.localtime(document.issued_at).date().isoformat())),
        (_("Order"), _("{number} of {day}").format(number=data["order"], day=_day(data["ordered_on"]))),
        (
            _("Refers to"),
            _("{number} of {day}").format(number=data["refers_to"], day=_day(data["refers_to_date"]))
            if data["refers_to"]
            else "",
        ),
        (_("Paid by"), data["paid_by"] if document.is_invoice else ""),
        (_("Paid on"), _day(data["paid_on"]) if document.is_invoice else ""),
    ]
    for name, value in facts:
        if value:
            pdf.set_x(108)
            pdf.use("", 9, SOFT)
            pdf.cell(22, 5, name)
            pdf.use("", 9, INK)
            pdf.multi_cell(0, 5, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_y(max(bottom, pdf.get_y()) + 9)
    pdf.use("B", 17, INK)
    pdf.multi_cell(0, 8, title, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _rows(pdf: Paper, data: DocumentData) -> None:
    if data["rows"]:
        head = (_("What"), _("SKU"), _("Quantity"), _("Unit price"), _("Amount"))
        pdf.grid(
            head,
            [
                (row["name"], row["sku"], str(row["quantity"]), _money(row["unit_price"], data), _money(row["total"], data))
                for row in data["rows"]
            ],
            widths=(7, 3, 2, 3, 3),
            align="LLRRR",
            size=9,
        )


def _sums(pdf: Paper, document: Document, data: DocumentData) -> None:
    pdf.ln(3)
    if pdf.will_page_break(10 + 5.5 * (len(data["sums"]) + len(data["taxes"]) + 3)):
        pdf.add_page()
    for name, amount in data["sums"]:
        _sum(pdf, name, _money(amount, data))
    if data["taxes"]:
        _sum(pdf, _("Net"), _money(data["net"], data))
    for tax in data["taxes"]:
        words = _("{tax} {percent} % on {base}").format(
            tax=tax["name"], percent=write_percent(Decimal(tax["percent"]) / 100), base=_money(tax["base"], data)
        )
        _sum(pdf, words, _money(tax["tax"], data))
    pdf.set_draw_color(*LINE)
    pdf.line(96, pdf.get_y() + 1, pdf.w - MARGIN, pdf.get_y() + 1)
    pdf.ln(2)
    total = {
        DocumentKind.INVOICE: _("Total"),
        DocumentKind.CREDIT_NOTE: _("Given back"),
        DocumentKind.REVERSAL: _("Owed to you again"),
    }
    _sum(pdf, total[DocumentKind(document.kind)], _money(data["total"], data), style="B", size=11)


def _sum(pdf: Paper, name: str, amount: str, *, style: str = "", size: float = 9) -> None:
    pdf.set_x(96)
    pdf.use(style, size, INK if style else SOFT)
    pdf.multi_cell(62, 5.5, name, align="L", new_x=XPos.RIGHT, new_y=YPos.TOP, max_line_height=5.5)
    pdf.use(style, size, INK)
    pdf.cell(0, 5.5, amount, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _foot(pdf: Paper, document: Document, data: DocumentData) -> None:
    pdf.ln(7)
    words = {
        DocumentKind.INVOICE: _("Paid in full, thank you. The goods are supplied on the day on which they leave us."),
        DocumentKind.CREDIT_NOTE: _("This amount goes back to the card or account that you paid with."),
        DocumentKind.REVERSAL: _(
            "Your bank sent our refund back to us. The credit note above no longer counts; the money is still"
            " yours, and we are in touch to pay it another way."
        ),
    }
    pdf.sentence(words[DocumentKind(document.kind)])
    if data["ships_to"]:
        pdf.sentence(_("Delivered to: {country}.").format(country=country_name(data["ships_to"])), colour=SOFT)
    if data["seller_note"]:
        pdf.ln(2)
        pdf.sentence(data["seller_note"], colour=SOFT)


def _buyer(document: Document) -> str:
    """The address as it is printed, with the country's name in full."""
    if not document.buyer:
        return str(ERASED)
    *lines, country = document.buyer.split("\n")
    return "\n".join([*lines, country_name(country)])


def _money(amount: int, data: DocumentData) -> str:
    return format_money(amount, data["currency"])


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
