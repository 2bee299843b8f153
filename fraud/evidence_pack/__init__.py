"""What a shop answers a dispute with: one file about one order, for the bank that decides.

gather.py   the pack as plain values; `SCHEMA` names their shape, docs/evidence-pack.md describes it
earlier.py  earlier orders of the same hand, and what Visa's Compelling Evidence 3.0 makes of them
files.py    the pack as PDF

It holds what speaks for the sale and how the shop verified it. What rules and reviewers suspected is not in it.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from fraud.evidence_pack.gather import SCHEMA, build_pack, missing_of

__all__ = ["SCHEMA", "as_json", "as_pdf", "build_pack", "missing_of"]


def as_json(pack: dict[str, Any]) -> bytes:
    """Write the pack as JSON, in the order of its fields."""
    return json.dumps(pack, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2).encode()


def as_pdf(pack: dict[str, Any]) -> bytes:
    """Write the pack as a PDF. A name in any script is shown; one that isn't Latin also as it is spoken, roughly."""
    from fraud.evidence_pack import files  # noqa: PLC0415  # fpdf2 takes 19 MB, which only a process that makes one pays

    return files.as_pdf(pack)
