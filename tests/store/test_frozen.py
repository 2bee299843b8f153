"""What version 1 wrote stays readable for ever. If a test here fails, the code is wrong, never the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pytest_django import Settings

from store.blind_index import blind_index
from store.keyring import Keyring

FROZEN: dict[str, Any] = json.loads(Path(__file__).with_name("frozen_v1.json").read_text())


@pytest.mark.parametrize("row", FROZEN["sealed"], ids=lambda row: f"{row['table']}.{row['column']}")
def test_a_frozen_value_opens(row: dict[str, str]) -> None:
    cipher = Keyring(FROZEN["field_keys"]).cipher(row["table"], row["column"])
    assert cipher.open(UUID(row["record"]), row["stored"]) == row["value"]


@pytest.mark.parametrize("row", FROZEN["digests"], ids=lambda row: row["kind"])
def test_a_frozen_digest_is_still_what_is_looked_for(row: dict[str, Any], settings: Settings) -> None:
    settings.INDEX_KEY = FROZEN["index_key"]
    assert blind_index(row["kind"], *row["values"]) == row["digest"]
