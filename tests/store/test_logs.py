"""Log lines hold nothing personal, whoever writes them."""

from __future__ import annotations

import json
import logging
import re

import pytest
import structlog
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from store.card_guard import find_card_numbers
from store.logs import make_formatter, mask, request_id


@pytest.fixture
def lines() -> list[str]:
    """What a production handler would have written."""
    return []


@pytest.fixture
def logger(lines: list[str]) -> logging.Logger:
    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(make_formatter(as_json=True))
    logger = logging.getLogger("tests.masked")
    logger.handlers, logger.propagate, logger.level = [handler], False, logging.DEBUG
    return logger


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail to Ada.Byron+x@Example.co.uk failed", "mail to [e-mail] failed"),
        ("GET /?e=ada%40example.com", "GET /?e=[e-mail]"),
        ("rang +1 (415) 555-0142 twice", "rang [phone] twice"),
        ("card 4242 4242 4242 4242", "card [card number]"),
        ("from 203.0.113.9", "from [ip]"),
        ("from 127.0.0.1", "from 127.0.0.1"),
        ("Not Found: /orders/Zk3v9QmT7xB2_nR8wLp4YcHd/", "Not Found: /orders/[token]/"),
        ("Forbidden: /admin/welcome/WyIzNzlkNjdjY2Y5OTk:1xVN7m:n3Le_7y6bUi/", "Forbidden: /admin/welcome/[token]/"),
        (
            "Not Found: /products/a-very-long-name-of-a-product-indeed/",
            "Not Found: /products/a-very-long-name-of-a-product-indeed/",
        ),
        ("order 550e8400-e29b-41d4-a716-446655440000 moved", "order 550e8400-e29b-41d4-a716-446655440000 moved"),
        (
            "order RB-2026-000123 took 12.5 ms at 2026-11-22T10:45:59Z",
            "order RB-2026-000123 took 12.5 ms at 2026-11-22T10:45:59Z",
        ),
    ],
)
def test_text_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@given(st.text())
def test_masking_any_text_leaves_no_card_number(text: str) -> None:
    assert find_card_numbers(mask(text)) == []


def test_a_line_is_json_with_the_requests_id(logger: logging.Logger, lines: list[str]) -> None:
    token = request_id.set("0123456789abcdef")
    logger.warning("order %s moved for %s", "RB-1", "ada@example.com")
    request_id.reset(token)
    line = json.loads(lines[0])
    assert line.pop("timestamp")
    assert line == {
        "event": "order RB-1 moved for [e-mail]",
        "level": "warning",
        "logger": "tests.masked",
        "request_id": "0123456789abcdef",
    }


def test_registered_personal_values_are_masked_by_name(logger: logging.Logger, lines: list[str]) -> None:
    log: structlog.stdlib.BoundLogger = structlog.get_logger("tests.masked")
    log.info(
        "saved",
        email="not an address",
        name_="x",
        city="Springfield",
        password="hunter2",
        details={"postcode": "94103", "n": 3},
    )
    line = json.loads(lines[0])
    assert (line["email"], line["password"], line["name_"]) == ("[email]", "[password]", "x")
    assert "Springfield" not in lines[0] or "city" not in line
    assert line["details"]["n"] == 3


def test_extras_and_arguments_of_any_type_are_masked(logger: logging.Logger, lines: list[str]) -> None:
    class Shown:
        def __str__(self) -> str:
            return "ada@example.com"

    logger.error("no", extra={"who": Shown(), "many": ["+14155550142", ("4242424242424242",)]})
    line = json.loads(lines[0])
    assert (line["who"], line["many"]) == ("[e-mail]", ["[phone]", ["[card number]"]])


def test_a_traceback_is_masked_and_shows_no_variables(logger: logging.Logger, lines: list[str]) -> None:
    secret = "ada@example.com"
    try:
        raise ValueError(f"cannot send to {secret}")  # noqa: TRY301 - the traceback is the point
    except ValueError:
        logger.exception("mail failed")
    assert "cannot send to [e-mail]" in json.loads(lines[0])["exception"]
    assert secret not in lines[0]


def test_the_whole_request_is_not_logged(logger: logging.Logger, lines: list[str]) -> None:
    logger.error("Internal Server Error: /x", extra={"request": object(), "status_code": 500})
    assert set(json.loads(lines[0])) == {"event", "level", "logger", "status_code", "timestamp"}


def test_a_long_line_is_cut() -> None:
    assert len(mask("x" * 1_000_000)) < 21_000


class TestRequestId:
    def test_every_answer_names_its_request(self, client: Client) -> None:
        one, other = client.get("/livez")["X-Request-ID"], client.get("/livez")["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{32}", one)
        assert one != other

    def test_a_proxys_id_is_taken_over_if_it_looks_like_one(self, client: Client) -> None:
        assert client.get("/livez", headers={"X-Request-ID": "proxy-12345678"})["X-Request-ID"] == "proxy-12345678"
        for strange in ("short", "x" * 65, "a b c d e f g h", "4242-4242-4242-4242", "<script>alert</script>"):
            assert client.get("/livez", headers={"X-Request-ID": strange})["X-Request-ID"] != strange
