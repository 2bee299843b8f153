"""Lists: disputes, events, and the transaction search that a nightly reconciliation reads.

Sources: developer.paypal.com/docs/api/transaction-search/v1, /customer-disputes/v1, /webhooks/v1.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from sandbox.ground.values import Json
from sandbox.paypal import disputes
from sandbox.paypal.amounts import minus
from sandbox.paypal.errors import bad_request, detail
from sandbox.paypal.models import Resource
from sandbox.paypal.shapes import MERCHANT_ID, link
from sandbox.paypal.switches import behaviour

LONGEST_SEARCH = timedelta(days=31)
# Kind of object -> transaction event code (T-codes), whether the money leaves, and what its reference is the id of.
TRANSACTIONS: dict[str, tuple[str, bool, str]] = {
    "authorization": ("T1300", False, "ODR"),
    "reauthorization": ("T1301", False, "TXN"),
    "capture": ("T0006", False, "TXN"),
    "refund": ("T1107", True, "TXN"),
    "reversal": ("T1201", True, "TXN"),
}
TOLD_OF_DISPUTES = (
    "dispute_id", "create_time", "update_time", "reason", "status", "dispute_state", "dispute_amount",
    "dispute_life_cycle_stage", "dispute_channel", "seller_response_due_date", "disputed_transactions", "links",
)  # fmt: skip
# Status of an object -> transaction status: Success, Pending, Denied, or V for what was taken back.
STATUSES = {
    "CREATED": "P", "PARTIALLY_CAPTURED": "P", "CAPTURED": "S", "VOIDED": "V", "COMPLETED": "S", "PENDING": "P",
    "DECLINED": "D", "PARTIALLY_REFUNDED": "S", "REFUNDED": "V",
}  # fmt: skip


def search_transactions(*, query: dict[str, str], path: str, now: int) -> Json:
    """Transactions of at most 31 days, a page at a time; raise ApiError (400) for a query that is none."""
    start, end = _moment(query, "start_date"), _moment(query, "end_date")
    if end < start or end - start > LONGEST_SEARCH:
        raise bad_request([_unfit("end_date", "The date range must be between 0 and 31 days.")])
    size = _whole(query, "page_size", default=100, most=500)
    page = _whole(query, "page", default=1, most=2**31)
    known_until = now - behaviour().report_delay_seconds
    found = Resource.objects.filter(
        kind__in=("authorization", "capture", "refund", "reversal"),
        created__gte=start.timestamp(),
        created__lte=min(end.timestamp(), known_until),
    ).order_by("position")
    rows = [_transaction(item) for item in found]
    for name in ("transaction_id", "transaction_status"):
        if wanted := query.get(name):
            rows = [row for row in rows if row[name] == wanted]
    total_pages = max(1, -(-len(rows) // size))
    pages = {"self": page, "first": 1, "last": total_pages}
    if page < total_pages:
        pages["next"] = page + 1
    return {
        "transaction_details": [{"transaction_info": row} for row in rows[(page - 1) * size : page * size]],
        "account_number": MERCHANT_ID,
        "start_date": _reported(start.timestamp()),
        "end_date": _reported(end.timestamp()),
        "last_refreshed_datetime": _reported(known_until),
        "page": page,
        "total_items": len(rows),
        "total_pages": total_pages,
        "links": [_page_link(path, query, rel, page=str(number)) for rel, number in pages.items()],
    }


def list_disputes(*, query: dict[str, str], path: str) -> Json:
    """Disputes, youngest first, told in short; `next_page_token` in the link named `next` leads on."""
    size = _whole(query, "page_size", default=10, most=50)
    found = Resource.objects.filter(kind="dispute").order_by("-position")
    if transaction := query.get("disputed_transaction_id"):
        found = found.filter(parent=transaction)
    for name, bound in (("start_time", "created__gte"), ("update_time_after", "created__gte")):
        if name in query:
            found = found.filter(**{bound: _moment(query, name).timestamp()})
    if state := query.get("dispute_state"):
        found = found.filter(body__dispute_state__in=state.split(","))
    if token := query.get("next_page_token"):
        found = found.filter(position__lt=int(token) if token.isdigit() else 0)
    items = list(found[: size + 1])
    links = [link(path, "self")]
    if len(items) > size:
        links.append(_page_link(path, query, "next", next_page_token=str(items[size - 1].position)))
    rows = [disputes.shown(item) for item in items[:size]]
    return {"items": [{name: row[name] for name in TOLD_OF_DISPUTES} for row in rows], "links": links}


def list_events(*, query: dict[str, str], path: str) -> Json:
    """Events, youngest first, a page at a time."""
    size = _whole(query, "page_size", default=10, most=300)
    found = Resource.objects.filter(kind="event").order_by("-position")
    if kind := query.get("event_type"):
        found = found.filter(body__event_type=kind)
    if transaction := query.get("transaction_id"):
        found = found.filter(body__resource__id=transaction)
    for name, bound in (("start_time", "created__gte"), ("end_time", "created__lte")):
        if name in query:
            found = found.filter(**{bound: _moment(query, name).timestamp()})
    if after := query.get("after"):
        found = found.filter(position__lt=int(after) if after.isdigit() else 0)
    items = list(found[: size + 1])
    links = [link(path, "self")]
    if len(items) > size:
        links.append(_page_link(path, query, "next", after=str(items[size - 1].position)))
    events = [item.body for item in items[:size]]
    return {"events": events, "count": len(events), "links": links}


def _transaction(item: Resource) -> Json:
    kind = "reauthorization" if item.kind == "authorization" and item.parent else item.kind
    code, leaves, reference = TRANSACTIONS[kind]
    amount = item.body["amount"]
    row: Json = {
        "paypal_account_id": MERCHANT_ID,
        "transaction_id": item.ref,
        "paypal_reference_id": item.parent or item.order,
        "paypal_reference_id_type": reference if item.parent else "ODR",
        "transaction_event_code": code,
        "transaction_initiation_date": _reported(item.created),
        "transaction_updated_date": _reported(datetime.fromisoformat(item.body["update_time"]).timestamp()),
        "transaction_amount": minus(amount) if leaves else amount,
        "transaction_status": STATUSES[item.body["status"]],
        "protection_eligibility": "01" if (item.body.get("seller_protection") or {}).get("status") == "ELIGIBLE" else "02",
    }
    if item.kind == "capture":
        row["fee_amount"] = minus(item.body["seller_receivable_breakdown"]["paypal_fee"])
    if "invoice_id" in item.body:
        row["invoice_id"] = item.body["invoice_id"]
    if "custom_id" in item.body:
        row["custom_field"] = item.body["custom_id"]
    return row


def _page_link(path: str, query: dict[str, str], rel: str, **changes: str) -> Json:
    return link(f"{path}?{urlencode({**query, **changes})}", rel)


def _reported(seconds: float) -> str:
    """A time as the transaction search writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _moment(query: dict[str, str], name: str) -> datetime:
    if name not in query:
        raise bad_request([detail("MISSING_REQUIRED_PARAMETER", field=name, location="query")])
    # A plus that nobody escaped arrives as a space.
    return _read(datetime.fromisoformat, query[name].replace(" ", "+"), name).astimezone(UTC)


def _whole(query: dict[str, str], name: str, *, default: int, most: int) -> int:
    number = _read(int, query.get(name, str(default)), name)
    if not 1 <= number <= most:
        raise bad_request([_unfit(name, f"Must be between 1 and {most}.")])
    return number


def _read[T](how: Callable[[str], T], value: str, name: str) -> T:
    try:
        return how(value)
    except ValueError:
        raise bad_request([_unfit(name, "The value of a field does not conform to the expected format.")]) from None


def _unfit(name: str, description: str) -> Json:
    return detail("INVALID_PARAMETER_VALUE", field=name, location="query", description=description)
