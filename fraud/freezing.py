"""Facts as text and back: an assessment keeps what it looked at, so that it can be looked at again."""

from __future__ import annotations

import json
import types
import uuid
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

from fraud.facts import OrderFacts


def freeze(facts: OrderFacts) -> str:
    """Write facts as JSON. It holds the customer's data: store it encrypted only."""
    return json.dumps(_writer(OrderFacts)(facts), separators=(",", ":"), ensure_ascii=False)


def thaw(text: str) -> OrderFacts:
    """Read facts again; what a newer version of the facts has besides takes its default.

    Raises ValueError when the text is from a version whose facts cannot be read any more.
    """
    try:
        facts: OrderFacts = _reader(OrderFacts)(json.loads(text))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("These facts were kept by another version of the shop and can't be read any more.") from error
    return facts


def _same(value: Any) -> Any:
    return value


_WRITERS: dict[Any, Callable[[Any], Any]] = {datetime: datetime.isoformat, uuid.UUID: str}
# What JSON knows as it is.
_AS_IS = frozenset({str, int, float, bool, types.NoneType})


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.init)


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """What makes plain values of a value of this type; put together once for each type."""
    origin = get_origin(kind)
    if kind in _AS_IS:
        return _same
    if origin in (Union, types.UnionType):
        (inner,) = (_writer(each) for each in get_args(kind) if each is not types.NoneType)
        return _same if inner is _same else lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _writer(get_args(kind)[0])
        return _same if item is _same else lambda value: [item(each) for each in value]
    if is_dataclass(kind):
        hints, names = get_type_hints(kind), _names(kind)  # type: ignore[arg-type]  # a class here, never an instance
        read = attrgetter(*names)
        others = [(name, writer) for name in names if (writer := _writer(hints[name])) is not _same]

        def write(value: Any) -> dict[str, Any]:
            plain = dict(zip(names, read(value), strict=True))
            for name, writer in others:
                plain[name] = writer(plain[name])
            return plain

        return write
    return sorted if origin is frozenset else _WRITERS[kind]


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of this type of what JSON gave; put together once for each type."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (_reader(each) for each in get_args(kind) if each is not types.NoneType)
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(get_args(kind)[0])
        return tuple if item is _same else lambda value: tuple(map(item, value))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        readers = {name: _reader(hints[name]) for name in _names(kind)}  # type: ignore[arg-type]  # as above
        return lambda value: kind(**{name: readers[name](item) for name, item in value.items() if name in readers})  # type: ignore[operator]  # as above
    others: dict[Any, Callable[[Any], Any]] = {datetime: datetime.fromisoformat, uuid.UUID: uuid.UUID}
    return frozenset if origin is frozenset else others.get(kind, _same)
