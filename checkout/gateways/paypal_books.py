"""PayPal's books: the transaction search for what moved, the disputes API for what is complained about.

The search knows nothing of orders, and shows a transaction up to three hours late. Reading it takes about a line of memory
for each authorisation and refund of the time asked about: it lists parts, and only all of them make a payment.

Sources: developer.paypal.com/docs/api/transaction-search/v1, /docs/api/customer-disputes/v1,
/docs/transaction-search/transaction-event-codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from checkout.gateways.base import DisputeStatus, GatewayDispute, GatewayTrouble, Movement, MovementKind
from checkout.gateways.paypal_client import PayPalClient
from checkout.gateways.paypal_reading import Json, moment, read_money
from checkout.gateways.reading import reading, text
from store.money import Money

# PayPal's limits: days in one search, lines in one page of it, lines in one page of disputes.
LONGEST_SEARCH = timedelta(days=31)
PAGE = 500
DISPUTES_PAGE = 50

_AUTHORIZED, _REAUTHORIZED, _CAPTURED, _REFUNDED = "T1300", "T1301", "T0006", "T1107"

_STATUSES = {
    "OPEN": DisputeStatus.NEEDS_RESPONSE,
    "WAITING_FOR_SELLER_RESPONSE": DisputeStatus.NEEDS_RESPONSE,
    "WAITING_FOR_BUYER_RESPONSE": DisputeStatus.UNDER_REVIEW,
    "UNDER_REVIEW": DisputeStatus.UNDER_REVIEW,
}
# Of those that are resolved; a word of next year is looked at by a person.
_OUTCOMES = {
    "RESOLVED_BUYER_FAVOUR": DisputeStatus.LOST,
    "ACCEPTED": DisputeStatus.LOST,
    "RESOLVED_SELLER_FAVOUR": DisputeStatus.WON,
    "RESOLVED_WITH_PAYOUT": DisputeStatus.WON,  # PayPal paid, not the shop
    "CANCELED_BY_BUYER": DisputeStatus.WON,
    "DENIED": DisputeStatus.WON,
    "NONE": DisputeStatus.WON,
}


@dataclass(slots=True)
class _Books:
    """What the search listed, by the id that leads to it."""

    authorizations: dict[str, Json] = field(default_factory=dict)
    renewed: set[str] = field(default_factory=set)  # authorisations in whose place another one stands
    captures: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))  # by authorisation
    refunds: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))  # by capture


@dataclass(frozen=True, slots=True)
class _Owner:
    """The payment that a capture belongs to."""

    reference: str | None
    payment_id: str


def movements(client: PayPalClient, since: datetime, until: datetime, *, is_live: bool) -> Iterator[Movement]:
    """Go through all that began, was refunded or was disputed from `since` until `until`."""
    books = _Books()
    for row in _search(client, since, until):
        with reading("PayPal"):
            _enter(row, books)
    owners: dict[str, _Owner] = {}
    for reference, row in books.authorizations.items():
        with reading("PayPal"):
            captures = books.captures.get(reference, [])
            for capture in captures:
                owners[capture["transaction_id"]] = _Owner(reference, _custom(capture) or _custom(row))
            if reference in books.renewed:
                continue
            move = _payment(reference, row, captures, books, is_live=is_live)
        if move is not None:
            yield move
    for capture_id, refunds in books.refunds.items():
        owner = owners.get(capture_id) or _ask_for_owner(client, capture_id)
        refunded = sum(abs(_amount(row).minor) for row in refunds)
        for row in refunds:
            with reading("PayPal"):
                amount = _amount(row)
                yield Movement(
                    kind=MovementKind.REFUNDED,
                    id=text(row["transaction_id"]),
                    reference=owner.reference,
                    payment_id=owner.payment_id,
                    amount=Money(abs(amount.minor), amount.currency),
                    refunded=refunded,
                    at=moment(row["transaction_initiation_date"]),
                    is_live=is_live,
                )
    yield from _disputed(client, since, until, owners, is_live=is_live)


def list_trouble(client: PayPalClient, *, captures: list[str] | None, since: datetime | None) -> GatewayTrouble:
    """Disputes of these captures, or all that were opened `since`. PayPal has no warnings and no reviews."""
    queries = [{"disputed_transaction_id": capture} for capture in captures or ()]
    if since is not None:
        queries = [{"start_time": _written(since)}]
    found = [dispute for query in queries for dispute in _disputes(client, query)]
    return GatewayTrouble(disputes=tuple(_read_dispute(client, dispute) for dispute in found))


def _enter(row: Json, books: _Books) -> None:
    """File one line of the search under what it belongs to. Denied and failed ones moved nothing."""
    code, status = text(row["transaction_event_code"]), text(row["transaction_status"])
    reference = text(row["transaction_id"])
    parent = text(row.get("paypal_reference_id") or "")
    match code:
        case "T1300" | "T1301" if status in {"P", "S", "V"}:
            books.authorizations[reference] = row
            if code == _REAUTHORIZED:
                books.renewed.add(parent)
        case "T0006" if status in {"S", "V"}:  # V: refunded since
            books.captures[parent].append(row)
        case "T1107" if status in {"S", "P"}:
            books.refunds[parent].append(row)
        case _:
            pass  # payouts, conversions, fees, and what else an account is used for


def _payment(reference: str, row: Json, captures: list[Json], books: _Books, *, is_live: bool) -> Movement | None:
    """The one line of a payment: captured if anything of it was, else open or voided."""
    amount = _amount(row)
    refunded = 0
    if captures:
        kind = MovementKind.CAPTURED
        amount = Money(sum(_amount(capture).minor for capture in captures), amount.currency)
        refunds = [refund for capture in captures for refund in books.refunds.get(capture["transaction_id"], [])]
        refunded = sum(abs(_amount(refund).minor) for refund in refunds)
    elif row["transaction_status"] == "P":
        kind = MovementKind.AUTHORIZED
    elif row["transaction_status"] == "V":
        kind = MovementKind.VOIDED
    else:
        return None  # captured, and the capture is not listed yet
    return Movement(
        kind=kind,
        id=reference,
        reference=reference,
        payment_id=_custom(row),
        amount=amount,
        refunded=refunded,
        at=moment(row["transaction_initiation_date"]),
        is_live=is_live,
    )


def _disputed(
    client: PayPalClient, since: datetime, until: datetime, owners: dict[str, _Owner], *, is_live: bool
) -> Iterator[Movement]:
    for dispute in _disputes(client, {"start_time": _written(since)}):
        with reading("PayPal"):
            opened_at = moment(dispute["create_time"])
            capture_id = _disputed_capture(dispute)
        if opened_at > until:
            continue
        owner = owners.get(capture_id) or _ask_for_owner(client, capture_id)
        with reading("PayPal"):
            yield Movement(
                kind=MovementKind.DISPUTED,
                id=text(dispute["dispute_id"]),
                reference=owner.reference,
                payment_id=owner.payment_id,
                amount=read_money(dispute["dispute_amount"]),
                at=opened_at,
                is_live=is_live,
            )


def _search(client: PayPalClient, since: datetime, until: datetime) -> Iterator[Json]:
    """Every line, page by page, in stretches that PayPal allows."""
    while since < until:
        end = min(since + LONGEST_SEARCH, until)
        query = {
            "start_date": _written(since),
            "end_date": _written(end),
            "fields": "transaction_info",
            "balance_affecting_records_only": "N",  # an authorisation moves no balance
            "page_size": str(PAGE),
        }
        page, last = 1, 1
        while page <= last:
            answer = client.get(f"/v1/reporting/transactions?{urlencode({**query, 'page': str(page)})}")
            with reading("PayPal"):
                rows = [detail["transaction_info"] for detail in answer["transaction_details"]]
                last = int(answer["total_pages"])
            yield from rows
            page += 1
        since = end


def _disputes(client: PayPalClient, query: dict[str, str]) -> Iterator[Json]:
    """Every dispute, in full: the list leaves out how a resolved one ended."""
    query = {**query, "page_size": str(DISPUTES_PAGE)}
    while True:
        answer = client.get(f"/v1/customer/disputes?{urlencode(query)}")
        with reading("PayPal"):
            ids = [text(item["dispute_id"]) for item in answer["items"]]
            following = [link["href"] for link in answer.get("links") or [] if link["rel"] == "next"]
            token = parse_qs(urlsplit(following[0]).query)["next_page_token"][0] if following else ""
        for dispute_id in ids:
            yield client.get(f"/v1/customer/disputes/{quote(dispute_id, safe='')}")
        if not token:
            return
        query["next_page_token"] = token


def _read_dispute(client: PayPalClient, dispute: Json) -> GatewayDispute:
    with reading("PayPal"):
        status = _STATUSES.get(dispute["status"], DisputeStatus.NEEDS_RESPONSE)
        if dispute["status"] == "RESOLVED":
            outcome = str((dispute.get("dispute_outcome") or {}).get("outcome_code"))
            status = _OUTCOMES.get(outcome, DisputeStatus.NEEDS_RESPONSE)
        due = dispute.get("seller_response_due_date")
        capture_id = _disputed_capture(dispute)
        return GatewayDispute(
            reference=text(dispute["dispute_id"]),
            payment_reference=_ask_for_owner(client, capture_id).reference or "",
            amount=read_money(dispute["dispute_amount"]),
            status=status,
            reason=text(dispute.get("reason") or ""),
            takes_money=dispute.get("dispute_life_cycle_stage") != "INQUIRY",
            evidence_due=moment(due) if due else None,
        )


def _ask_for_owner(client: PayPalClient, capture_id: str) -> _Owner:
    """Whose capture it is, where the books begin later than it."""
    capture = client.get(f"/v2/payments/captures/{quote(capture_id, safe='')}")
    with reading("PayPal"):
        related: Any = (capture.get("supplementary_data") or {}).get("related_ids") or {}
        return _Owner(related.get("authorization_id"), text(capture.get("custom_id") or ""))


def _disputed_capture(dispute: Json) -> str:
    return text(dispute["disputed_transactions"][0]["seller_transaction_id"])


def _amount(row: Json) -> Money:
    return read_money(row["transaction_amount"])


def _custom(row: Json) -> str:
    return text(row.get("custom_field") or "")


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
