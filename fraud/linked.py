"""Which earlier orders share something with this one: one query, every part of which reads one index from its newest end.

Written as SQL, because it is asked for every order and Django would take longer to put it together than the database to
answer it; what of it varies are the values, and which of the seven things the order has at all.
"""

# ruff: noqa: SLF001, S608 - _meta is Django's public secret; all names in the SQL are our own, all values parameters
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from checkout.models import Dispute, GatewayNotice, Order, OrderAddress, Payment
from checkout.states import DisputeStatus, OrderStatus
from fraud.facts import MOST_EARLIER, EarlierOrder
from store.money import Money

PAID = (OrderStatus.RELEASED, OrderStatus.SHIPPED)
# Where the newest orders are all recent (an office, a good old customer), so many of the older ones are read as well.
MOST_OLD = 20
OLD = timedelta(days=60)

_TABLES = {
    "orders": Order._meta.db_table,
    "addresses": OrderAddress._meta.db_table,
    "payments": Payment._meta.db_table,
    "disputes": Dispute._meta.db_table,
    "notices": GatewayNotice._meta.db_table,
}
# The newest orders that carry one thing. SQLite wants a LIMIT in brackets of its own.
_BY_COLUMN = (
    "SELECT id FROM (SELECT id FROM {orders} WHERE {{column}} = %s AND placed_at <= %s AND id <> %s{{more}} "
    "ORDER BY placed_at DESC LIMIT {{most}}) AS part"
).format(**_TABLES)
_BY_ADDRESS = (
    "SELECT order_id FROM (SELECT order_id FROM {addresses} WHERE kind = '{{kind}}' AND address_index = %s "
    "AND placed_at <= %s AND order_id <> %s ORDER BY placed_at DESC LIMIT {{most}}) AS part"
).format(**_TABLES)
_BY_CARD = (
    "SELECT order_id FROM (SELECT order_id FROM {payments} WHERE card_fingerprint = %s "
    "AND created_at <= %s AND order_id <> %s ORDER BY created_at DESC LIMIT {most}) AS part"
).format(**_TABLES, most=MOST_EARLIER)
# What hangs on an order or a payment is read by subqueries rather than joins: the fewer tables are joined, the fewer ways of
# joining them the database thinks about, and one look at an index gives both addresses. Nor does it plan an aggregate twice,
# as it does an EXISTS.
_LINKED = """SELECT o.id = %s AS is_own, o.number, o.placed_at, o.status, o.cancel_reason, o.total, o.currency,
  o.email_index, o.phone_index, o.ip_index, o.customer_id,
  (SELECT COALESCE(MAX(CASE WHEN kind = 'ship_to' THEN address_index END), '') || ' ' ||
    COALESCE(MAX(CASE WHEN kind = 'bill_to' THEN address_index END), '') || ' ' ||
    COALESCE(MAX(CASE WHEN kind = 'bill_to' THEN last_name_index END), '')
    FROM {addresses} WHERE order_id = o.id) AS places,
  p.card_fingerprint AS card, p.declines, p.authorized_at IS NOT NULL AS was_paid,
  (SELECT MAX(1) FROM {disputes} WHERE payment_id = p.id AND status <> %s) AS is_disputed,
  (SELECT MAX(CASE WHEN kind = %s THEN 1 ELSE 0 END) FROM {notices} WHERE payment_id = p.id) AS is_warned,
  (SELECT MAX(CASE WHEN kind = %s THEN 1 ELSE 0 END) FROM {notices} WHERE payment_id = p.id AND is_open) AS is_reviewed
FROM {orders} o
LEFT JOIN {payments} p ON p.order_id = o.id
WHERE o.id {{among}} AND o.placed_at <= %s
ORDER BY o.placed_at DESC, o.number""".format(**_TABLES)
# PostgreSQL takes an array for what it is, a few ids to look up, and plans that in less time than a join with the parts.
_AMONG = {"postgresql": "= ANY(ARRAY({parts}))", "sqlite": "IN ({parts})"}


@dataclass(frozen=True, slots=True)
class Linked:
    """The earlier orders, and what is held against the payments of this one."""

    earlier: tuple[EarlierOrder, ...]
    trouble: frozenset[str]  # of "disputed", "warning", "review"


def read_linked(
    *, order: Order, bill_to: OrderAddress | None, ship_to: OrderAddress | None, card: str, now: datetime
) -> Linked:
    """Read the orders placed before that share something, newest first, and the trouble with this one. One query."""
    own = _Own(order, bill_to, ship_to, card)
    until = min(order.placed_at, now)
    parts: list[str] = []
    params: list[Any] = [_key(order), DisputeStatus.WON, GatewayNotice.Kind.EARLY_WARNING, GatewayNotice.Kind.REVIEW]
    for sql, *values in own.parts(until=until, now=now):
        parts.append(sql)
        params += values
    # This order's own rows come along for what is held against its payments.
    parts.append("SELECT id FROM {orders} WHERE id = %s".format(**_TABLES))
    params += [_key(order), _time(max(until, order.placed_at))]
    with connection.cursor() as cursor:
        among = _AMONG[connection.vendor].format(parts=" UNION ALL ".join(parts))
        cursor.execute(_LINKED.format(among=among), params)
        return own.compare(_Found(*row) for row in cursor.fetchall())


def earlier_orders(
    *, order: Order, bill_to: OrderAddress | None, ship_to: OrderAddress | None, card: str, now: datetime
) -> tuple[EarlierOrder, ...]:
    """The earlier orders alone, as the call page shows them."""
    return read_linked(order=order, bill_to=bill_to, ship_to=ship_to, card=card, now=now).earlier


def _key(order: Order) -> object:
    """The order's id as the database keeps it."""
    return Order._meta.pk.get_db_prep_value(order.pk, connection)


def _account(order: Order) -> Any:
    """The customer's id as the database keeps it; None for a guest."""
    field: Any = Order._meta.get_field("customer").target_field
    return None if order.customer_id is None else field.get_db_prep_value(order.customer_id, connection)


def _time(moment: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(moment)


class _Found(NamedTuple):
    """The columns of the query above."""

    is_own: bool
    number: str
    placed_at: datetime | str
    status: str
    cancel_reason: str
    total: int
    currency: str
    email_index: str | None
    phone_index: str | None
    ip_index: str | None
    account_index: object  # the customer's id, as the database keeps it
    places: str  # the digests of ship-to, of bill-to and of the surname there, each "" where there is none
    card: str | None
    declines: int | None
    was_paid: int
    is_disputed: int | None
    is_warned: int | None
    is_reviewed: int | None


def _moment(value: datetime | str) -> datetime:
    """A time as the database gives it: SQLite knows no zones and keeps UTC."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Row:
    """One earlier order while its payments are put together."""

    order: _Found
    cards: set[str] = field(default_factory=set)
    declines: list[int] = field(default_factory=lambda: [0, 0])  # on pages that were not paid, and on those that were
    is_disputed: bool = False


class _Own:
    """What this order carries; tells for each other one what is the same, and numbers what is not."""

    def __init__(self, order: Order, bill_to: OrderAddress | None, ship_to: OrderAddress | None, card: str) -> None:
        self.order = order
        self.keys: dict[str, Any] = {
            "email": order.email_index,
            "phone": order.phone_index,
            "ip": order.ip_index,
            "address": ship_to.address_index if ship_to else None,
            "bill_to": bill_to.address_index if bill_to else None,
            "account": _account(order),
            "card": card,
        }
        self.seen: dict[str, dict[str, int]] = {
            "email": _first(order.email_index),
            "surname": _first(bill_to.last_name_index if bill_to else None),
            "address": _first(self.keys["address"]),
            "card": _first(card),
        }

    def parts(self, *, until: datetime, now: datetime) -> Iterator[tuple[Any, ...]]:
        """The SQL that finds orders by each thing this one carries, with its parameters."""
        key, before = _key(self.order), _time(until)
        for what in ("email", "phone", "ip"):
            if self.keys[what]:
                sql = _BY_COLUMN.format(column=f"{what}_index", more="", most=MOST_EARLIER)
                yield sql, self.keys[what], before, key
        if self.keys["email"]:
            old = _BY_COLUMN.format(column="email_index", more=" AND status IN (%s, %s)", most=MOST_OLD)
            yield old, self.keys["email"], _time(until - OLD), key, *PAID
        if self.keys["address"]:
            yield _BY_ADDRESS.format(kind="ship_to", most=MOST_EARLIER), self.keys["address"], before, key
            yield _BY_ADDRESS.format(kind="ship_to", most=MOST_OLD), self.keys["address"], _time(until - OLD), key
        if self.keys["bill_to"]:
            yield _BY_ADDRESS.format(kind="bill_to", most=MOST_EARLIER), self.keys["bill_to"], before, key
        if self.keys["account"]:
            yield _BY_COLUMN.format(column="customer_id", more="", most=MOST_EARLIER), self.keys["account"], before, key
        if self.keys["card"]:
            yield _BY_CARD, self.keys["card"], _time(now), key

    def compare(self, rows: Iterable[_Found]) -> Linked:
        """One value for each order; an order paid in several tries comes in several rows."""
        found: dict[str, _Row] = {}
        trouble: set[str] = set()
        for row in rows:
            if row.is_own:
                held = {"disputed": row.is_disputed, "warning": row.is_warned, "review": row.is_reviewed}  # 1, 0 or None
                trouble |= {name for name, is_held in held.items() if is_held}
                continue
            one = found.setdefault(row.number, _Row(row))
            if row.card:
                one.cards.add(row.card)
            # What was paid counts the declines of the pages before it.
            one.declines[row.was_paid] += row.declines or 0
            one.is_disputed |= bool(row.is_disputed or row.is_warned)
        return Linked(tuple(self._one(row) for row in found.values()), frozenset(trouble))

    def _one(self, row: _Row) -> EarlierOrder:
        other, cards, keys = row.order, row.cards, self.keys
        address, bill_to, surname = other.places.split(" ")
        theirs = (
            ("email", other.email_index),
            ("phone", other.phone_index),
            ("ip", other.ip_index),
            ("address", address),
            ("bill_to", bill_to),
            ("account", other.account_index),
        )
        same = [what for what, digest in theirs if digest and digest == keys[what]]
        if keys["card"] in cards:
            same.append("card")
        return EarlierOrder(
            other.number,
            _moment(other.placed_at),
            other.status,
            other.cancel_reason,
            Money(other.total, other.currency),
            same=frozenset(same),
            email=self._number("email", other.email_index),
            surname=self._number("surname", surname),
            address=self._number("address", address),
            cards=tuple(sorted(self._number("card", card) or 0 for card in cards)) if cards else (),
            declines=max(row.declines),
            is_disputed=row.is_disputed,
        )

    def _number(self, what: str, digest: str | None) -> int | None:
        """0 for this order's own, otherwise the next number for each other one."""
        if not digest:
            return None
        seen = self.seen[what]
        return seen.setdefault(digest, len(seen))


def _first(digest: str | None) -> dict[str, int]:
    """The numbering with this order's own as number 0, a blank where it has none."""
    return {digest or "": 0}
