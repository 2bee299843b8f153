"""Pick list and packing slips as PDF. Imported where one is made only: fpdf2 takes 19 MB."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from checkout.addressing import country_name
from checkout.models import Order
from checkout.services.packing import name_of, pick
from store.language import speaking
from store.paper.pages import INK, SOFT, Paper


def pick_list_pdf(orders: Sequence[Order], *, shop: str) -> bytes:
    """The pick list as a PDF, a box to tick for each thing, and what customers noted: it stays in the house."""
    picked = pick(orders)
    noted = [order for order in orders if order.order_note]
    pdf = Paper(title="Pick list", foot=f"{shop} \N{MIDDLE DOT} pick list")
    pdf.cover("".join([*(row.name + row.sku for row in picked), *(order.order_note or "" for order in noted)]))
    pdf.add_page()
    units = sum(row.units for row in picked)
    pdf.title_line("Pick list", f"{len(orders)} orders, {len(picked)} things, {units} units")
    pdf.ln(3)
    pdf.grid(
        ("", "SKU", "What", "Units", "For orders"),
        [("\N{BALLOT BOX}", row.sku, row.name, str(row.units), ", ".join(row.orders)) for row in picked],
        widths=(1, 4, 8, 2, 7),
        align="LLLRL",
        size=9,
    )
    for order in noted:
        pdf.ln(3)
        pdf.use("B", 9, INK)
        pdf.multi_cell(0, 5, f"Note from the customer of {order.number}", align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.sentence(order.order_note or "", colour=INK)
    return bytes(pdf.output())


def packing_slips_pdf(orders: Sequence[Order], *, shop: str, return_address: str) -> bytes:
    """A page for each order, to go into the parcel. It shows no price, so a gift's is as good as any other."""
    pdf = Paper(title="Packing slips", foot=shop)
    pdf.cover("".join(_all_text(order) for order in orders))
    for order in orders:
        pdf.add_page()
        with speaking(order.language):
            _slip(pdf, order, shop=shop, return_address=return_address)
    return bytes(pdf.output())


def _slip(pdf: Paper, order: Order, *, shop: str, return_address: str) -> None:
    to = order.ship_to
    pdf.title_line(shop, _("Order {number}").format(number=order.number))
    pdf.ln(6)
    pdf.use("", 8, SOFT)
    pdf.cell(0, 5, _("Ship to"), new_x="LMARGIN", new_y="NEXT")
    pdf.use("B", 12, INK)
    pdf.multi_cell(0, 6, to.name, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.use("", 12, INK)
    *street, country = to.lines
    pdf.multi_cell(0, 6, "\n".join([*street, country_name(country)]), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(4)
    pdf.pairs(
        [(_("Delivery"), order.shown_delivery), (_("A gift"), _("Yes: no prices in the parcel") if order.is_gift else None)]
    )
    pdf.ln(2)
    lines = [line for line in order.lines.all() if line.quantity_to_ship]
    pdf.grid(
        ("", _("Units"), _("What"), _("SKU")),
        [("\N{BALLOT BOX}", str(line.quantity_to_ship), name_of(line), line.sku) for line in lines],
        widths=(1, 2, 10, 5),
        align="LRLL",
        size=10,
    )
    if order.is_gift and order.gift_message:
        pdf.ln(6)
        pdf.use("", 12, INK)
        pdf.multi_cell(0, 6, order.gift_message, align="L", new_x="LMARGIN", new_y="NEXT")
    if any(line.shipped_quantity for line in order.lines.all()):
        pdf.ln(2)
        pdf.sentence(_("The rest of this order was sent before."), colour=SOFT)
    if return_address:
        pdf.ln(4)
        pdf.sentence(
            _("Something wrong? The order's page says how to return it, to: {address}").format(address=return_address),
            colour=SOFT,
        )


def _all_text(order: Order) -> str:
    to = order.ship_to
    return "".join([to.name, *to.lines, order.gift_message or "", *(name_of(line) for line in order.lines.all())])
