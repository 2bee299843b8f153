"""What the page of a back-test shows: the two policies side by side, charts, rules, and the orders that change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fraud.backtest import MINUTES, Ending
from fraud.models import Backtest
from fraud.models.assessments import TITLES
from fraud.policy import Verdict
from store.charts import Chart, Kind, Series
from store.money import Money

# A chart with more columns than this is drawn by week.
MOST_DAYS_DRAWN = 45
MOST_RULES_DRAWN = 8
_ENDED = {Ending.BAD: "Badly", Ending.GOOD: "Well", Ending.OPEN: "Not known"}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure under both policies. `better` is 1 where more is good, -1 where less is, 0 where it depends."""

    label: str
    before: float
    after: float
    better: int = 0
    help: str = ""
    per_cent: bool = False

    def _shown(self, value: float) -> str:
        if self.per_cent:
            return f"{value:.1%}"
        return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"

    @property
    def shown(self) -> tuple[str, str, str]:
        """Before, after, and the difference with its sign."""
        change = self.after - self.before
        signed = f"{'+' if change > 0 else '\N{MINUS SIGN}'}{self._shown(abs(change))}" if change else "\N{EN DASH}"
        return self._shown(self.before), self._shown(self.after), signed

    @property
    def tone(self) -> str:
        """A class for the difference: is-good, is-bad, or none."""
        way = (self.after - self.before) * self.better
        return "is-good" if way > 0 else "is-bad" if way < 0 else ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """How often one rule hit."""

    title: str
    before: int
    after: int
    bad: int
    good: int


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """One order of which the two policies think differently."""

    id: str
    number: str
    day: date
    total: Money
    ended: str
    tone: str
    says: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Results:
    """The whole page, once there are figures."""

    orders: int
    unreadable: int
    bad: int
    good: int
    open: int
    called_anew: int
    released: int
    lines: list[Line]
    rules: list[RuleLine]
    charts: dict[str, Chart]  # by the name of the file of its figures
    changed: list[ChangedLine]

    @property
    def moved(self) -> int:
        """How many orders change."""
        return self.called_anew + self.released

    @property
    def not_shown(self) -> int:
        """How many of them are counted only."""
        return self.moved - len(self.changed)


def results_of(backtest: Backtest) -> Results | None:
    """Make the page of what was counted; None while there is nothing, or when no order could be judged."""
    kept: Mapping[str, Any] = backtest.result or {}
    if not kept.get("orders"):
        return None
    orders, endings, moved = kept["orders"], kept["endings"], kept["moved"]
    rules = _rules(kept["rules"])
    return Results(
        orders=orders,
        unreadable=kept["unreadable"],
        bad=endings.get("bad", 0),
        good=endings.get("good", 0),
        open=endings.get("open", 0),
        called_anew=sum(count for key, count in moved.items() if key.startswith("call ")),
        released=sum(count for key, count in moved.items() if key.startswith("release ")),
        lines=_lines(kept, days=backtest.days),
        rules=rules,
        charts=_charts(kept, rules, versions=(f"Version {backtest.against}", f"Version {backtest.version}")),
        changed=[_changed(one) for one in kept["changed"]],
    )


def _lines(kept: Mapping[str, Any], *, days: int) -> list[Line]:
    before, after = kept["sides"]["before"], kept["sides"]["after"]
    bad, orders = kept["endings"].get("bad", 0), kept["orders"]
    called = before.get("called", 0), after.get("called", 0)
    caught = before.get("bad", 0), after.get("bad", 0)
    good = before.get("good", 0), after.get("good", 0)
    gifts = before.get("gifts", 0), after.get("gifts", 0)
    return [
        Line("Orders rung about", *called),
        Line("Share of all orders", called[0] / orders, called[1] / orders, per_cent=True),
        Line("Calls a day", called[0] / days, called[1] / days),
        Line("Minutes a day", called[0] * MINUTES / days, called[1] * MINUTES / days, help=f"{MINUTES} minutes a call"),
        Line("Bad orders caught", *caught, better=1, help="rung about, and stopped, disputed or warned of"),
        Line("Bad orders missed", bad - caught[0], bad - caught[1], better=-1, help="released without a call"),
        Line("Good orders rung about", *good, better=-1, help="released or shipped, and nobody complained"),
        Line("Good gifts rung about", *gifts, better=-1, help=f"of {kept['gifts']:,} good gift orders"),
    ]


def _rules(kept: Mapping[str, Mapping[str, int]]) -> list[RuleLine]:
    lines = [
        RuleLine(
            TITLES.get(code, code), hits.get("before", 0), hits.get("after", 0), hits.get("bad", 0), hits.get("good", 0)
        )
        for code, hits in kept.items()
    ]
    return sorted(lines, key=lambda line: (-abs(line.after - line.before), -line.after, line.title))


def _charts(kept: Mapping[str, Any], rules: list[RuleLine], *, versions: tuple[str, str]) -> dict[str, Chart]:
    before, after = kept["sides"]["before"], kept["sides"]["after"]
    bad = kept["endings"].get("bad", 0)
    caught = (before.get("bad", 0), after.get("bad", 0))
    labels, calls = _in_time(kept["days"])
    differ = [line for line in rules if line.before != line.after][:MOST_RULES_DRAWN]
    charts = {
        "calls": Chart(
            title="Calls",
            about="Orders that would have been rung about.",
            labels=labels,
            series=[Series(name, values) for name, values in zip(versions, calls, strict=True)],
            kind=Kind.LINE,
            of="Day" if len(kept["days"]) <= MOST_DAYS_DRAWN else "Week from",
        ),
        "bad-orders": Chart(
            title="Bad orders",
            about="By what was written down of them later.",
            labels=versions,
            series=[Series("Caught", caught), Series("Missed", tuple(bad - one for one in caught))],
            kind=Kind.STACKED,
            of="Policy",
        ),
    }
    if differ:
        charts["rules"] = Chart(
            title="Rules that hit differently",
            about="Orders on which each hit.",
            labels=[line.title for line in differ],
            series=[
                Series(versions[0], [line.before for line in differ]),
                Series(versions[1], [line.after for line in differ]),
            ],
            kind=Kind.ROWS,
            of="Rule",
        )
    return charts


def _in_time(days: Mapping[str, Mapping[str, int]]) -> tuple[list[str], tuple[list[int], list[int]]]:
    """Labels and both rows of figures by day, or by week where there are many days."""
    by_week = len(days) > MOST_DAYS_DRAWN
    sums: dict[date, list[int]] = {}
    for text, counts in sorted(days.items()):
        day = date.fromisoformat(text)
        start = date.fromordinal(day.toordinal() - day.weekday()) if by_week else day
        both = sums.setdefault(start, [0, 0])
        both[0] += counts.get("before", 0)
        both[1] += counts.get("after", 0)
    labels = [f"{day:%d %b}".lstrip("0") for day in sums]
    return labels, ([both[0] for both in sums.values()], [both[1] for both in sums.values()])


def _changed(one: Mapping[str, Any]) -> ChangedLine:
    is_called, ending = one["verdict"] == Verdict.CALL, Ending(one["ending"])
    # Right: a bad one called, or a good one released.
    is_right = {Ending.BAD: is_called, Ending.GOOD: not is_called}.get(ending)
    return ChangedLine(
        id=one["id"],
        number=one["number"],
        day=date.fromisoformat(one["day"]),
        total=Money(one["total"], one["currency"]),
        ended=_ENDED[ending],
        tone="" if is_right is None else "is-good" if is_right else "is-bad",
        says="Rung about" if is_called else "Released",
        before=one["before"],
        after=one["after"],
    )
