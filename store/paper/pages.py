"""One look for every PDF of the shop: headings, pairs of name and value, grids. A name in any script can be read."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

FONTS: Final = Path(__file__).parent / "fonts"
MARGIN: Final = 16  # millimetres
INK, SOFT, LINE = (22, 36, 30), (90, 104, 97), (205, 205, 195)
# It tells of every table of a font that it leaves out.
logging.getLogger("fontTools").setLevel(logging.ERROR)


class Paper(FPDF):
    """A4 pages with the same foot on each."""

    def __init__(self, *, title: str, foot: str, page_word: str = "page", lang: str = "en-GB") -> None:
        super().__init__(format="A4")
        self.foot, self.page_word = foot, page_word
        self.set_title(title)
        self.set_lang(lang)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.add_font("body", "", FONTS / "DejaVuSans.ttf")
        self.add_font("body", "B", FONTS / "DejaVuSans-Bold.ttf")

    def made_at(self, at: datetime) -> None:
        """Date the file: the same data give the same bytes, whenever they are printed."""
        self.set_creation_date(at)

    def cover(self, text: str) -> None:
        """Have a sign for every character of `text`. Costs half a second where the body's font lacks one.

        It has Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic, not the scripts further east.
        """
        font = self.fonts["body"]
        known = font.cmap if isinstance(font, TTFFont) else {}
        if any(ord(sign) not in known and sign.isprintable() for sign in text):
            self.add_font("all", "", FONTS / "unifont.woff2")
            self.set_fallback_fonts(["all"], exact_match=False)

    def footer(self) -> None:
        """Name the document and the page on every page."""
        self.set_y(-12)
        self.use("", 7, SOFT)
        self.cell(0, 4, f"{self.foot} \N{MIDDLE DOT} {self.page_word} {self.page_no()}", align="C")

    def title_line(self, title: str, under: str) -> None:
        """Begin the document."""
        self.use("B", 17, INK)
        self.cell(0, 9, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.use("", 9, SOFT)
        self.cell(0, 6, under, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, title: str) -> None:
        """Begin a part; never at the foot of a page."""
        if self.will_page_break(28):
            self.add_page()
        self.ln(4)
        self.use("B", 11, INK)
        self.cell(0, 6, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_draw_color(*LINE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(1)

    def sentence(self, text: str, *, size: float = 9, colour: tuple[int, int, int] = INK) -> None:
        """Write a sentence across the page."""
        self.use("", size, colour)
        self.multi_cell(0, size * 0.51, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def part(self, title: str, rows: list[tuple[str, str | None]]) -> None:
        """Write a heading and what is known; what isn't has no line."""
        self.heading(title)
        self.pairs(rows)

    def pairs(self, rows: list[tuple[str, str | None]]) -> None:
        """Write names and values; what has no value has no line."""
        for name, value in rows:
            if value:
                self.use("", 9, SOFT)
                self.cell(48, 5, name)
                self.use("", 9, INK)
                self.multi_cell(0, 5, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def grid(
        self,
        head: tuple[str, ...],
        rows: list[tuple[str, ...]],
        *,
        widths: tuple[int, ...],
        align: str = "",
        size: float = 8,
    ) -> None:
        """Write a table; its head comes again on each page. `align` has a letter (L, R, C) for each column."""
        self.ln(1)
        self.use("", size, INK)
        self.set_draw_color(*LINE)
        heads = FontFace(emphasis="BOLD", color=SOFT)
        sides: Any = tuple(Align.coerce(letter) for letter in align) if align else "LEFT"
        with self.table(
            col_widths=widths,
            headings_style=heads,
            borders_layout="HORIZONTAL_LINES",
            line_height=size * 0.575,
            padding=(0.6, 1, 0.6, 0),
            text_align=sides,
        ) as table:
            for row in (head, *rows):
                table.row(row)

    def use(self, style: str, size: float, colour: tuple[int, int, int]) -> None:
        """Write on in this style ("" or "B"), size in points and colour."""
        self.set_font("body", style, size)
        self.set_text_color(*colour)
