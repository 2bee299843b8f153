"""The figures as a page shows them: one line each, and the charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from checkout.models import Order
from fraud.figures.read import AGES, LOST_TO_THE_CLOCK, Figures
from store.charts import Chart, Kind, Series
from store.money import decimals, format_money


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One figure, what it is, and what it says."""

    name: str
    value: str
    about: str = ""
    is_bad: bool = False


def headlines_of(figures: Figures) -> list[Headline]:
    """The figures that matter, in the order in which they matter."""
    flagged, assessed = figures.total("flagged", "cases"), figures.total("assessed", "orders")
    rung, got = figures.total("calls", "rung"), figures.total("calls", "got")
    accepted, cancelled = figures.total("closed", "accepted"), figures.total("closed", "cancelled")
    released = figures.total("released", "rung") + figures.total("released", "unrung")
    disputed = figures.total("released", "rung_disputed") + figures.total("released", "unrung_disputed")
    lost = figures.total("lost", "orders")
    oldest = figures.waiting["oldest"]
    foreign = figures.total("stopped", "foreign")
    elsewhere = f", and {foreign} in other currencies" if foreign else ""
    return [
        Headline(name="Orders flagged", value=f"{flagged:,}", about=f"{_share(flagged, assessed)} of {assessed:,} assessed"),
        Headline(name="Customers reached", value=_share(got, rung), about=f"{got:,} of {rung:,} cases rung about, by day"),
        Headline(name="Minutes per case", value=_minutes(figures), about="on the telephone, where calls were timed"),
        Headline(name="Accepted after a call", value=_share(accepted, accepted + cancelled),
                 about=f"{accepted:,} released, {cancelled:,} cancelled"),
        Headline(name="Fraud stopped", value=format_money(figures.total("stopped", "amount"), settings.SHOP_CURRENCY),
                 about=f"{figures.total('stopped', 'orders'):,} orders unmasked as theft{elsewhere}"),
        Headline(name="Later disputes", value=f"{disputed:,}", about=f"of {released:,} released; banks may take 120 days"),
        Headline(name="Oldest waiting", value=_age(figures.period.now - oldest) if oldest else "\N{EN DASH}",
                 about=f"{figures.waiting['cases']:,} wait now, {figures.waiting['late']:,} of them late",
                 is_bad=bool(figures.waiting["late"])),
        Headline(name="Lost to the clock", value=f"{lost:,}", is_bad=lost > 0,
                 about="as it must be" if not lost else "cancelled since nobody decided in time: this must be 0"),
    ]  # fmt: skip


def charts_of(figures: Figures) -> dict[str, Chart]:
    """The charts by the name that their CSV has in an address."""
    labels, piece = figures.period.labels, figures.period.piece.capitalize()

    def drawn(title: str, about: str, series: list[Series], kind: Kind = Kind.BARS) -> Chart:
        return Chart(title=title, about=about, labels=labels, of=piece, series=series, kind=kind)

    flagged = figures.series("flagged", "cases")
    amounts = [float(minor) / 10 ** decimals(settings.SHOP_CURRENCY) for minor in figures.series("stopped", "amount")]
    reasons = {str(Order.CancelReason(reason).label): count for reason, count in figures.reasons.items()}
    lost = {str(Order.CancelReason(reason).label): figures.reasons.get(reason, 0) for reason in LOST_TO_THE_CLOCK}
    return {
        "flagged": drawn(
            "Orders flagged", "Cases that came onto the desk, second looks included.", [Series("Flagged", flagged)]
        ),
        "calls": drawn(
            "Calls by outcome", "Every call that stands in the log.",
            [Series(name, figures.series("calls", what)) for name, what in (
                ("Reached", "reached"), ("Nobody answered", "unanswered"), ("Wrong person or number", "wrong"),
                ("Would not talk", "refused"),
            )], Kind.STACKED,
        ),
        "minutes": drawn(
            "Minutes per case", "Time on the telephone for each case rung about, where calls were timed.",
            [Series("Minutes", _per_case(figures))], Kind.LINE,
        ),
        "accepted": drawn(
            "Accepted after a call", "Cases closed that were rung about: what was released, and what was not.",
            [Series("Released", figures.series("closed", "accepted")),
             Series("Cancelled", figures.series("closed", "cancelled"))], Kind.STACKED,
        ),
        "stopped": Chart(
            title="Fraud stopped", of=piece, labels=labels, series=[Series(f"Amount, {settings.SHOP_CURRENCY}", amounts)],
            about="What orders cost that were cancelled as denied, unverified or with a false number.",
        ),
        "disputes": drawn(
            "Later disputes", "Of the orders released then, how many were disputed since. Recent ones may still be.",
            [Series("After a call", figures.series("released", "rung_disputed")),
             Series("Without a call", figures.series("released", "unrung_disputed"))], Kind.STACKED,
        ),
        "waiting": Chart(
            title="Waiting now", of="Waiting for", kind=Kind.ROWS, labels=[name for name, *_ in AGES],
            about="Cases that nobody has closed, by how long they have waited.",
            series=[Series("Cases", [figures.waiting[f"age{at}"] for at in range(len(AGES))])],
        ),
        "reasons": Chart(
            title="Why orders were cancelled", of="Reason", kind=Kind.ROWS, labels=list(reasons),
            about="All cancelled orders of the period.", series=[Series("Orders", list(reasons.values()))],
        ),
        "lost": Chart(
            title="Lost to the clock", of="Reason", kind=Kind.ROWS, labels=list(lost),
            about="Orders that ended because nobody decided before the authorisation did. This must be 0.",
            series=[Series("Orders", list(lost.values()))],
        ),
    }  # fmt: skip


def _per_case(figures: Figures) -> list[float | None]:
    pairs = zip(figures.times("calls", "time"), figures.series("calls", "cases"), strict=True)
    return [round(time.total_seconds() / 60 / cases, 1) if cases else None for time, cases in pairs]


def _minutes(figures: Figures) -> str:
    cases = figures.total("calls", "cases")
    time = sum(figures.times("calls", "time"), timedelta())
    return f"{time.total_seconds() / 60 / cases:.1f}" if cases else "\N{EN DASH}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}".replace("%", "\N{NO-BREAK SPACE}%") if whole else "\N{EN DASH}"


def _age(waited: timedelta) -> str:
    hours = int(waited.total_seconds() // 3600)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h" if hours else f"{int(waited.total_seconds() // 60)} min"
