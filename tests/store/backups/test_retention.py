"""All of a day, one of each hour for a week, one of each day for 35 days, and always the newest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from store.backups.retention import choose_to_keep

START = datetime(2026, 9, 1, tzinfo=UTC)


def test_sixty_days_of_backups_leave_what_is_promised() -> None:
    kept: dict[str, datetime] = {}
    for quarter in range(60 * 96):
        now = START + timedelta(minutes=15 * quarter)
        kept[now.isoformat()] = now
        if quarter % 101 == 0 or quarter == 60 * 96 - 1:  # tidied at odd times, too
            names = choose_to_keep(kept, now=now)
            kept = {name: at for name, at in kept.items() if name in names}
    ages = sorted(now - at for at in kept.values())

    assert [age for age in ages if age <= timedelta(days=1)] == [timedelta(minutes=15 * n) for n in range(97)]
    hourly = [age for age in ages if timedelta(days=1) < age <= timedelta(days=7)]
    assert hourly == [timedelta(minutes=45, hours=n) for n in range(24, 168)]
    daily = sorted({at.date() for at in kept.values() if now - at > timedelta(days=7)})
    assert len(daily) == 28
    assert daily[-1] - daily[0] == timedelta(days=27)
    assert max(ages) <= timedelta(days=35)
    assert len(kept) == 97 + 144 + 28


def test_the_newest_stays_however_old_it_is() -> None:
    moments = {str(day): START + timedelta(days=day) for day in range(3)}

    assert choose_to_keep(moments, now=START + timedelta(days=400)) == {"2"}
    assert choose_to_keep({}, now=START) == set()


def test_one_from_a_clock_that_was_ahead_is_kept() -> None:
    moments = {"ahead": START + timedelta(hours=3), "old": START - timedelta(days=60), "now": START}

    assert choose_to_keep(moments, now=START) == {"ahead", "now"}
