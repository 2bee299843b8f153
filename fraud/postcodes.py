"""Where a postcode lies, from a file that the merchant supplies (setting POSTCODES_PATH); and how lists name postcodes.

The file is made once by `manage.py make_postcodes` of a list of postcodes such as GeoNames publishes. It is SQLite, read
only and page by page: a worker keeps a megabyte of it, whatever its size. Nobody is asked over the network. Without a file,
or for a postcode that it does not know, there is no place; a rule then has no data.
"""

from __future__ import annotations

import csv
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Final
from urllib.parse import quote

from django.conf import settings

from store.postal import read_postcode

logger = logging.getLogger(__name__)

type Point = tuple[float, float]  # degrees north and east

_EARTH_KM = 6371
# A list of towns may know only the beginning of a postcode: the outward half of a British one, which ends 3 before the end,
# the first three of a Canadian one, the four digits of a Dutch one. Shorter than this, a beginning says too little.
_OUTWARD = frozenset({"GB", "GG", "IM", "JE"})
_INWARD, _SHORTEST = 3, 3
# The columns of GeoNames' dump (its readme.txt): country, postcode, ... , latitude, longitude, accuracy; tabs, no quotes.
_COUNTRY, _POSTCODE, _LATITUDE, _LONGITUDE = 0, 1, 9, 10
# Whole ten-thousandths of a degree, some ten metres, take three bytes where a float takes eight.
_FINE = 10_000


class UnableToReadPostcodes(Exception):
    """The list is not one that can be read; nothing was written. `str(error)` says which line."""


# -- Postcodes on lists ------------------------------------------------------------------------------------------------


def read_pattern(postcode: str, country: str) -> str:
    """One spelling of a listed postcode, "331*" standing for all that begin so; "" for one that means nothing."""
    country = country.strip().upper()
    code = read_postcode(postcode, country)
    if not code or len(country) != 2 or not country.isalpha():
        return ""
    return f"{country}{code}{'*' if postcode.strip().endswith('*') else ''}"


def patterns_of(postcode: str, country: str) -> list[str]:
    """Every listed postcode that this one meets, as `read_pattern` spells them: itself, and each of its beginnings."""
    whole = read_pattern(postcode.replace("*", ""), country)
    return [whole, *(f"{whole[:end]}*" for end in range(3, len(whole) + 1))] if whole else []


# -- Where they lie ----------------------------------------------------------------------------------------------------


def km_between(one: Point, other: Point) -> int:
    """The way of a crow between two points, in whole kilometres (the haversine formula)."""
    (lat, lon), (other_lat, other_lon) = (tuple(map(radians, point)) for point in (one, other))
    half = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return round(2 * _EARTH_KM * asin(min(1.0, sqrt(half))))


def point_of(postcode: str, country: str) -> Point | None:
    """Where the postcode lies: the middle of its places; None when that is not known."""
    file = _open(settings.POSTCODES_PATH) if settings.POSTCODES_PATH else None
    keys = _keys(postcode, country)
    if file is None or not keys:
        return None
    marks = ", ".join("?" * len(keys))
    try:
        found = file.execute(
            f"SELECT lat, lon FROM place WHERE key IN ({marks}) ORDER BY length(key) DESC LIMIT 1",  # noqa: S608 - marks
            keys,
        ).fetchone()
    except sqlite3.Error as error:
        _say(error)
        return None
    return (found[0] / _FINE, found[1] / _FINE) if found else None


def _keys(postcode: str, country: str) -> list[str]:
    """The postcode as the file spells it, and the beginnings that will do where the file knows no more."""
    country = country.strip().upper()
    code = read_postcode(postcode, country)
    if not code:
        return []
    if country in _OUTWARD:
        return [f"{country}{code}", f"{country}{code[:-_INWARD]}"] if len(code) > _INWARD + 1 else [f"{country}{code}"]
    return [f"{country}{code[:end]}" for end in range(len(code), min(_SHORTEST, len(code)) - 1, -1)]


_opened: Final[dict[str, sqlite3.Connection | None]] = {}


def _open(path: str) -> sqlite3.Connection | None:
    """The file, opened once per process; restart to read a newer one."""
    if path not in _opened:
        _opened[path] = _connect(path)
    return _opened[path]


def _connect(path: str) -> sqlite3.Connection | None:
    file: sqlite3.Connection | None = None
    try:
        Path(path).open("rb").close()  # SQLite says of every trouble only that it can't open the file
        # Threads may share it: SQLite is built to take turns, and nothing is ever written.
        file = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        file.execute("PRAGMA cache_size = -1000")  # kibibytes
        file.execute("SELECT lat, lon FROM place LIMIT 1")
    except (OSError, sqlite3.Error) as error:
        _say(error)  # the shop goes on without: an order must not wait for a map
        if file is not None:
            file.close()
        return None
    return file


def forget_postcodes() -> None:
    """Close the file; it is opened anew when it is next asked."""
    for file in _opened.values():
        if file is not None:
            file.close()
    _opened.clear()


def _say(error: Exception) -> None:
    logger.error("POSTCODES_PATH can't be read: %s. Distances are not known.", type(error).__name__)


# -- Making the file ---------------------------------------------------------------------------------------------------


def make_postcodes(source: Path, target: Path, *, countries: Iterable[str] = ()) -> int:
    """Write what `source` (in GeoNames' format) knows, of these countries or of all, to `target`; give how many postcodes.

    Memory stays flat. A file that is there is replaced only once the new one is whole. Raises UnableToReadPostcodes.
    """
    wanted = frozenset(country.upper() for country in countries)
    unready = target.with_name(f"{target.name}.unready")
    unready.unlink(missing_ok=True)
    file = sqlite3.connect(unready, isolation_level=None)
    try:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.execute("CREATE TEMP TABLE sums (key TEXT PRIMARY KEY, lat REAL, lon REAL, places INTEGER) WITHOUT ROWID")
        file.execute("CREATE TABLE place (key TEXT PRIMARY KEY, lat INTEGER, lon INTEGER) WITHOUT ROWID")
        file.execute("BEGIN")
        file.executemany(
            "INSERT INTO sums VALUES (?, ?, ?, 1) "
            "ON CONFLICT (key) DO UPDATE SET lat = lat + excluded.lat, lon = lon + excluded.lon, places = places + 1",
            _places(source, wanted),
        )
        file.execute(
            f"INSERT INTO place SELECT key, round(lat / places * {_FINE}), round(lon / places * {_FINE}) FROM sums"  # noqa: S608 - a number of ours
        )
        (count,) = file.execute("SELECT COUNT(*) FROM place").fetchone()
        if not count:
            raise UnableToReadPostcodes("It names no postcode of these countries. Nothing was written.")  # noqa: TRY301 - one way out
        file.execute("COMMIT")
        file.execute("DROP TABLE sums")
    except BaseException:
        file.close()
        unready.unlink(missing_ok=True)
        raise
    file.close()
    unready.replace(target)
    return int(count)


def _places(source: Path, wanted: frozenset[str]) -> Iterator[tuple[str, float, float]]:
    try:
        with source.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
                if not row:
                    continue
                try:
                    country, code = row[_COUNTRY].strip().upper(), row[_POSTCODE]
                    if wanted and country not in wanted:
                        continue
                    if not row[_LATITUDE] or not row[_LONGITUDE]:
                        continue  # named, but nobody knows where
                    lat, lon = float(row[_LATITUDE]), float(row[_LONGITUDE])
                except (IndexError, ValueError) as error:
                    said = f"Line {number} is not of GeoNames' postcodes: tabs between 12 columns. Nothing was written."
                    raise UnableToReadPostcodes(said) from error
                if key := read_postcode(code, country):
                    yield f"{country}{key}", lat, lon
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnableToReadPostcodes(f"{source.name} can't be read: {type(error).__name__}. Nothing was written.") from error
