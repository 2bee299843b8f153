"""What leaves the shop when something breaks."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from store.watch.reports import report_errors


class Kept(Transport):
    """Keeps what would have been sent."""

    sent: list[dict[str, Any]]

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        if event:
            self.sent.append(dict(event))


@pytest.fixture
def sent() -> Iterator[list[dict[str, Any]]]:
    Kept.sent = []
    report_errors("https://key@reports.example/1", version="1", transport=Kept)
    yield Kept.sent
    sentry_sdk.get_client().close()
    sentry_sdk.init()


def test_a_report_tells_what_broke_and_not_for_whom(sent: list[dict[str, Any]]) -> None:
    dana = "dana@example.com"
    sentry_sdk.set_user({"email": dana})
    try:
        int(f"no such person: {dana}, 4242 4242 4242 4242")
    except ValueError:
        logging.getLogger("shop").exception("It broke for %s", dana)
    [report] = sent
    text = json.dumps(report, default=str)
    assert "ValueError" in text
    assert "test_a_report_tells_what_broke" in text
    for personal in (dana, "4242 4242", "vars", '"user"', "server_name"):
        assert personal not in text
