"""Log lines: one JSON object each in production, with the request's id, and nothing personal in them.

Every line is masked on its way out, whoever wrote it: card numbers, e-mail addresses, telephone numbers, order tokens in
addresses, and any value logged under the name of a registered personal column. Libraries log what they please, and an
exception's text may quote a value; so the masking looks at the finished text, too.
"""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, Final

import structlog

from store.card_numbers import mask_card_numbers

request_id: ContextVar[str] = ContextVar("request_id", default="")

_EMAIL: Final = re.compile(r"[\w.!#$'*+^`{|}~-]{1,64}(?:@|%40)[\w-]+(?:\.[\w-]+)+")
# International numbers only: without the plus, any long number would be one.
_PHONE: Final = re.compile(r"(?:\+|%2B)[1-9](?:[\s().\-]{0,3}\d){6,14}(?!\d)", re.IGNORECASE)
# What opens an order or resets a password: the long part of an address. What Django signs has colons in it.
_TOKEN: Final = re.compile(r"(?<=/)(?=[\w:-]*[A-Z0-9_])(?![0-9a-f]{8}-[0-9a-f]{4}-)[A-Za-z0-9_:-]{24,}(?=/|\s|$|\?|\"|')")
_IP: Final = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_ALWAYS_SECRET: Final = {
    "password",
    "secret",
    "token",
    "authorization",
    "cookie",
    "csrfmiddlewaretoken",
    "session_key",
    "api_key",
}
# Keys of a log line that structlog or we set ourselves.
_OURS: Final = {"level", "logger", "timestamp", "request_id", "event", "exception", "stack"}


def mask(text: str) -> str:
    """Return `text` without card numbers, e-mail addresses, telephone numbers, tokens and IP addresses."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}… ({len(text)} characters)"
    text = _EMAIL.sub("[e-mail]", text)
    text = _PHONE.sub("[phone]", text)
    text = _TOKEN.sub("[token]", text)
    text = _IP.sub(_mask_ip, text)
    return mask_card_numbers(text)


# Longer lines are cut: nobody reads them, and masking takes time.
_LONGEST: Final = 20_000


def _mask_ip(match: re.Match[str]) -> str:
    # Our own side of the network names no person.
    address = match.group()
    return address if address.startswith(("127.", "10.", "0.")) else "[ip]"


def mask_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask a log line (structlog processor)."""
    personal = _personal_names()
    for key, value in event.items():
        if key in personal and key not in _OURS:
            event[key] = f"[{key}]" if value not in (None, "") else value
        else:
            event[key] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: f"[{key}]" if key in _personal_names() else _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    return value if isinstance(value, int | float | bool | None) else mask(str(value))


_names: set[str] = set()


def _personal_names() -> set[str]:
    """Return the names under which personal values are logged, once the models are loaded."""
    if not _names:
        from django.apps import apps  # noqa: PLC0415 - logging is set up before apps

        if not apps.models_ready:
            return _ALWAYS_SECRET
        from store.registry import PERSONAL  # noqa: PLC0415 - same

        _names.update(_ALWAYS_SECRET, *(entry.fields for entry in PERSONAL.values()))
        _names.difference_update({"reason", "why", "number"})  # words of ours, too; they are masked as text
    return _names


def add_request_id(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id of the request being answered (structlog processor)."""
    if current := request_id.get():
        event["request_id"] = current
    return event


def make_formatter(*, as_json: bool) -> logging.Formatter:
    """Return the formatter of every handler (named in `settings.LOGGING`), and let structlog's own loggers end in it."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_request_id,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=None)],
        processors=[
            _drop_request,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # A traceback as text, without the values of its variables, and then masked like all else.
            structlog.processors.format_exc_info,
            mask_event,
            renderer,
        ],
    )


def _drop_request(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what Django attaches for error mails: the whole request. Of an address that leads nowhere keep the beginning.

    Our own addresses hold ids, slugs and tokens; one that a visitor made up can hold anything, a name for one.
    """
    request = event.pop("request", None)
    # "message" is the line as another handler made it: the same again, unmasked.
    for key in ("server_time", "message", "asctime"):
        event.pop(key, None)
    path = getattr(request, "path", None)
    if isinstance(path, str) and getattr(request, "resolver_match", None) is None:
        beginning = _BEGINNING.match(path)
        shown = f"{beginning.group() if beginning else '/'}…"
        for spelling in {path, path.encode("unicode_escape").decode("ascii")}:
            if len(spelling) > len(shown):
                event["event"] = str(event.get("event", "")).replace(spelling, shown)
    return event


# "/wp-admin/" is worth knowing; what stands behind is not.
_BEGINNING: Final = re.compile(r"/[a-z0-9.-]{1,20}/")
