"""What a shop answers a dispute with: one file about one order, for the bank that decides.

gather.py   the pack as plain values; `SCHEMA` names their shape, docs/evidence-pack.md describes it
earlier.py  earlier orders of the same hand, and what Visa's Compelling Evidence 3.0 makes of them
files.py    the pack as JSON and as PDF

It holds what speaks for the sale and how the shop verified it. What rules and reviewers suspected is not in it.
"""

from fraud.evidence_pack.files import as_json, as_pdf
from fraud.evidence_pack.gather import SCHEMA, build_pack, missing_of

__all__ = ["SCHEMA", "as_json", "as_pdf", "build_pack", "missing_of"]
