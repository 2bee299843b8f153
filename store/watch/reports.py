"""Error reports to whom `SENTRY_DSN` names: what broke and where, and nothing of whom it broke for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.logs import mask, request_id

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def report_errors(dsn: str, *, version: str, transport: Any = None) -> None:
    """Have errors reported. `transport` takes the place of the network (tests)."""
    import sentry_sdk  # noqa: PLC0415  # a shop that reports nothing need not load it

    sentry_sdk.init(
        dsn=dsn,
        release=version,
        transport=transport,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_enabling_integrations=False,  # what breaks is logged, and the log is listened to
        server_name="",
        before_send=strip,
        traces_sample_rate=0.0,
        auto_session_tracking=False,
        send_client_reports=False,
    )


def strip(event: Event, _hint: Hint) -> Event:
    """Keep type, masked message, stack and request id; leave out all else."""
    kept: dict[str, Any] = {
        name: event[name]
        for name in ("event_id", "timestamp", "platform", "level", "logger", "release", "exception")
        if name in event
    }
    if isinstance(entry := event.get("logentry"), dict):
        kept["logentry"] = {"message": mask(str(entry.get("message", "")))}
    for value in (kept.get("exception") or {}).get("values") or []:
        value["value"] = mask(str(value.get("value") or ""))
        for frame in (value.get("stacktrace") or {}).get("frames") or []:
            frame.pop("vars", None)
    if current := request_id.get():
        kept["tags"] = {"request_id": current}
    return kept  # type: ignore[return-value]  # an Event is a dict
