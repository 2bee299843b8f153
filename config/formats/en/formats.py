"""Dates as the shop's own pages write them; Django's English is American ("Nov. 22, 2026, 9:43 p.m.")."""

from typing import Final

DATE_FORMAT: Final = "j M Y"
TIME_FORMAT: Final = "H:i"
DATETIME_FORMAT: Final = "j M Y, H:i"
MONTH_DAY_FORMAT: Final = "j F"
SHORT_DATE_FORMAT: Final = "j M Y"
SHORT_DATETIME_FORMAT: Final = "j M Y, H:i"
