"""The shop's texts in other languages: collecting them from the sources, and compiling them. Pure Python, by Babel.

Two sets, so that who translates the checkout and who translates the rest don't wait for each other. See
docs/dev-languages.md. The shop itself never calls this: it reads the compiled files, which are committed.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

# Set -> the files and folders whose texts it holds. `shop` also has what the others don't.
CHECKOUT: Final = ("checkout/", "templates/checkout/", "templates/mails/", "templates/account/mails/")
SHOP: Final = ("catalog/", "store/", "templates/")
# What only staff see speaks English.
FOR_STAFF: Final = (
    "templates/admin/",
    "templates/store/staff/",
    "store/staff/",
    "store/management/",
    "checkout/management/",
)
KEYWORDS: Final = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def sources(name: str) -> Iterator[Path]:
    """The files whose texts the set `name` holds, in order."""
    for path in sorted(
        {
            *settings.BASE_DIR.glob("templates/**/*.*"),
            *settings.BASE_DIR.glob("c*/**/*.py"),
            *settings.BASE_DIR.glob("store/**/*.py"),
        }
    ):
        place = path.relative_to(settings.BASE_DIR).as_posix()
        if path.suffix not in {".py", ".html", ".txt"} or "/migrations/" in place or place.startswith(FOR_STAFF):
            continue
        if place.startswith(CHECKOUT if name == "checkout" else SHOP) and (
            name == "checkout" or not place.startswith(CHECKOUT)
        ):
            yield path


def collect(name: str) -> Catalog:
    """The texts of the set `name`, untranslated."""
    texts = Catalog()
    for path in sources(name):
        code = path.read_text()
        if path.suffix != ".py":
            # Django makes calls of the tags and X of all else; without indents Python can read it.
            code = "\n".join(line.strip() for line in templatize(code, origin=str(path)).splitlines())
        if "gettext" not in code and not re.search(r"\b_\(", code):
            continue
        for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
            texts.add(message, context=context)
    return texts


def po_path(name: str, language: str) -> Path:
    """Where the texts of a set are translated."""
    return Path(settings.BASE_DIR) / "locale" / name / language / "LC_MESSAGES" / "django.po"


def read(name: str, language: str) -> Catalog:
    """The translated texts of a set; none if it is new."""
    path = po_path(name, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renew(name: str, language: str) -> Catalog:
    """The translated texts of a set as the sources want them: new ones empty, old ones gone, none guessed."""
    held, wanted = read(name, language), collect(name)
    fresh = Catalog(locale=language, charset="utf-8")
    for message in wanted:
        if message.id:
            old = held.get(message.id, message.context)
            # A text with a plural and the same text without one are two.
            same_shape = old is not None and isinstance(old.id, str) is isinstance(message.id, str)
            none = "" if isinstance(message.id, str) else ("",) * fresh.num_plurals
            fresh.add(message.id, old.string if old is not None and same_shape else none, context=message.context)
    return fresh


def _head(texts: Catalog) -> str:
    """What gettext must know of a file. No dates, names or versions: the same texts make the same file."""
    return (
        f"Language: {texts.locale}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        f"Content-Transfer-Encoding: 8bit\nPlural-Forms: {texts.plural_forms}\n"
    )


def as_po(texts: Catalog) -> bytes:
    """The file to translate in: sorted and without line numbers, so that two people's changes merge."""
    out = io.BytesIO()
    write_po(out, texts, width=0, sort_output=True, no_location=True, omit_header=True)
    head = "".join(f'"{line}\\n"\n' for line in _head(texts).splitlines())
    return f'msgid ""\nmsgstr ""\n{head}\n'.encode() + out.getvalue()


def translated(message: Message) -> list[str]:
    """What a text is in the language: one string, or one for each plural form. Empty ones aren't translated yet."""
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def as_mo(texts: Catalog) -> bytes:
    """The compiled file that the shop reads ("The Format of GNU MO Files"); Babel's own writer writes its version in."""
    pairs = [("", _head(texts))]
    for message in texts:
        one, many = (message.id, "") if isinstance(message.id, str) else message.id
        strings = translated(message)
        if one and all(strings):
            key = f"{message.context}\4{one}" if message.context else one
            pairs.append((f"{key}\0{many}" if many else key, "\0".join(strings)))
    rows = sorted((key.encode(), value.encode()) for key, value in pairs)
    tables, data = [], b""
    start = 28 + 16 * len(rows)
    for column in (0, 1):
        for row in rows:
            tables.append(struct.pack("<II", len(row[column]), start + len(data)))
            data += row[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, start)
    return head + b"".join(tables) + data
