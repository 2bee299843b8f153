"""What rules say, in exactly these words: one file for each kind of thing they ask about (tests/fraud/test_rules.py asks them)."""

from __future__ import annotations

from tests.fraud.cases.customers import CUSTOMERS
from tests.fraud.cases.places import PLACES
from tests.fraud.cases.speed import SPEED

MORE = [*PLACES, *CUSTOMERS, *SPEED]
