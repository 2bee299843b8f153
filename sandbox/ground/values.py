"""Types that everything here shares."""

from typing import Any

type Json = dict[str, Any]
