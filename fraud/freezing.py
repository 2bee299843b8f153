"""Facts as text and back: an assessment keeps what it looked at, so that it can be looked at again."""

from __future__ import annotations

import json
import types
import uuid
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from fraud.facts import OrderFacts


def freeze(facts: OrderFacts) -> str:
    """Write facts as JSON. It holds the customer's data: store it encrypted only."""
    return json.dumps(_plain(facts), separators=(",", ":"), ensure_ascii=False)


def thaw(text: str) -> OrderFacts:
    """Read facts again; what a newer version of the facts has besides takes its default.

    Raises ValueError when the text is from a version whose facts cannot be read any more.
    """
    try:
        facts: OrderFacts = _read(OrderFacts, json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("These facts were kept by another version of the shop and can't be read any more.") from error
    return facts


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.init}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:  # noqa: PLR0911 - one line for each type there is
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (kind,) = (each for each in get_args(kind) if each is not type(None))
        return _read(kind, value)
    if origin is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in value)
    if origin is frozenset:
        return frozenset(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is uuid.UUID:
        return uuid.UUID(value)
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]  # a dataclass is a type here
        known = {field.name for field in fields(kind) if field.init}
        return kind(**{name: _read(hints[name], item) for name, item in value.items() if name in known})  # type: ignore[operator]  # likewise
    return value
