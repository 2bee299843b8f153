"""Reading answers that may be anything: valid JSON is not yet what the company documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from checkout.gateways.base import GatewayError

# What trips over fields that are missing or of another kind.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@contextmanager
def reading(company: str) -> Iterator[None]:
    """Make an answer that can't be read a GatewayError: nobody knows what has happened, and asking again may help."""
    try:
        yield
    except UNREADABLE as error:
        raise GatewayError(f"The answer of {company} can't be read ({type(error).__name__}).", is_final=False) from error


def text(value: Any) -> str:
    """`value`, if it is text; raise TypeError otherwise."""
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value
