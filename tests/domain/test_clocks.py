"""Clocks: what they count to, how they are shown to count, and what no clock is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from app.catalogue import load_shipped
from app.domain.clocks import (
    Clock,
    checked,
    clock_of,
    first_days,
    is_history,
    phase,
    reckon,
    tell,
    written,
)
from app.domain.dues import check_move
from app.domain.errors import Refusal

DAY = dt.date.fromisoformat
TODAY = dt.date(2026, 11, 22)
DECLARATION = {"days": 45, "kind": "calendar", "starts_on": "2019-06-07"}


def steps(clock: Clock, party: str | None = None) -> list[str]:
    found = reckon(clock, party)
    assert found is not None
    return [f"{step.from_on} + {step.days} = {step.ends_on}" for step in found.steps]


def test_the_declaration_of_2019_as_the_catalogue_has_it() -> None:
    """C12 counts once, C14 twice; day 1 is the day after. C13 has no clock."""
    facts = {row.ref: row for row in load_shipped().commitments}
    clocks = {}
    for ref in ("C12", "C14"):
        row = facts[ref]
        assert row.clock is not None
        clock = clock_of(
            {
                "made_at": row.made_at,
                "determines": row.determines,
                "condition": row.condition,
                "consequence": row.consequence,
                "clock": {
                    "days": row.clock.days, "kind": row.clock.kind, "second_days": row.clock.second_days,
                    "starts_on": "2019-06-07",
                },
            }
        )  # fmt: skip
        assert clock is not None
        clocks[ref] = clock
    assert facts["C13"].clock is None
    assert steps(clocks["C12"]) == ["2019-06-07 + 45 = 2019-07-22"]
    assert steps(clocks["C14"]) == ["2019-06-07 + 45 = 2019-07-22", "2019-07-22 + 45 = 2019-09-05"]
    assert clocks["C12"].event == "joint declaration by Mexico and the United States"
    assert clocks["C12"].condition.startswith("The United States judges")
    assert (clocks["C12"].determines, clocks["C14"].second_days) == ("US", 45)


def test_history_that_ran_out_is_never_late_and_one_that_was_taken_on_is() -> None:
    clock = clock_of(DECLARATION)
    assert clock is not None
    todays = {"MX": TODAY, "US": TODAY}
    told = tell(clock, ["MX", "US"], todays, recorded_on=dt.date(2026, 11, 1), accepted=["US"])
    assert [(leg.party, leg.phase, leg.is_history) for leg in told.legs] == [
        ("MX", "ended", True),
        ("US", "ended", False),
    ]
    assert not told.is_history
    assert tell(clock, ["MX"], todays, recorded_on=dt.date(2026, 11, 1)).is_history
    # Recorded on the day itself, or still running: no history.
    end = dt.date(2019, 7, 22)
    assert not is_history(clock, end, today=TODAY, recorded_on=dt.date(2019, 6, 7), is_accepted=False)
    assert not is_history(clock, end, today=end, recorded_on=dt.date(2019, 6, 20), is_accepted=False)
    assert not is_history(Clock(45), None, today=TODAY, recorded_on=TODAY, is_accepted=False)


@pytest.mark.parametrize(
    ("party", "starts_on", "days", "ends_on", "skipped", "weekend_days"),
    [
        # Thanksgiving is Washington's alone; Revolution Day and Remembrance Day are of the others.
        ("US", "2026-11-20", 5, "2026-11-30", ["2026-11-26"], 4),
        ("CA", "2026-11-20", 5, "2026-11-27", [], 2),
        ("MX", "2026-11-12", 5, "2026-11-20", ["2026-11-16"], 2),
        # Boxing Day of 2026 is a Saturday, given on the Monday.
        ("CA", "2026-12-24", 3, "2026-12-31", ["2026-12-25", "2026-12-28"], 2),
        ("US", "2026-12-31", 1, "2027-01-04", ["2027-01-01"], 2),
        # An organisation has no calendar here: only weekends are skipped.
        ("OAS", "2026-11-20", 5, "2026-11-27", [], 2),
    ],
)
def test_working_days_are_those_of_the_party(
    party: str, starts_on: str, days: int, ends_on: str, skipped: list[str], weekend_days: int
) -> None:
    found = reckon(Clock(days, "working", starts_on=DAY(starts_on)), party)
    assert found is not None
    assert found.end.isoformat() == ends_on
    assert [day.on.isoformat() for day in found.steps[0].skipped] == skipped
    assert found.steps[0].weekend_days == weekend_days
    assert found.knows_closures == (party != "OAS")


@pytest.mark.parametrize(
    ("party", "starts_on", "days", "weekend", "closure"),
    [
        ("MX", "2026-11-01", 15, False, "Revolution Day"),  # 16 November
        ("US", "2026-11-01", 15, False, None),
        ("US", "2026-11-01", 13, True, None),
        ("US", "2028-02-01", 28, False, None),  # the leap day itself
    ],
)
def test_a_calendar_clock_that_ends_on_a_closure_says_so_and_stays(
    party: str, starts_on: str, days: int, weekend: bool, closure: str | None
) -> None:
    found = reckon(Clock(days, starts_on=DAY(starts_on)), party)
    assert found is not None
    assert found.end == DAY(starts_on) + dt.timedelta(days=days)
    assert (found.is_weekend, found.closure.name.en if found.closure else None) == (weekend, closure)
    assert found.ends_closed == (weekend or closure is not None)


def test_the_phases_of_a_clock() -> None:
    clock = Clock(10, starts_on=dt.date(2026, 11, 1), second_days=5)
    found = reckon(clock, "MX")
    days = {day: phase(clock, found, dt.date(2026, 11, day)) for day in (1, 11, 12, 16, 17)}
    assert days == {1: "first", 11: "first", 12: "second", 16: "second", 17: "ended"}
    waiting = Clock(10, event="the declaration")
    assert reckon(waiting, "MX") is None
    assert phase(waiting, None, TODAY) == "waiting"
    assert tell(waiting, ["MX"], {"MX": TODAY}, TODAY).sums == ()
    both = tell(Clock(15, starts_on=dt.date(2026, 11, 1)), ["MX", "US"], {"MX": TODAY, "US": TODAY}, TODAY)
    assert [parties for parties, _ in both.sums] == [("MX", "US")]
    assert [each.party for each in both.closed] == ["MX"]


GOOD = Clock(45, "calendar", "the declaration")


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({"days": 0}, "clock_days", "days"),
        ({"days": 4000}, "clock_days", "days"),
        ({"days": -3}, "clock_days", "days"),
        ({"second_days": 0}, "clock_days", "second_days"),
        ({"second_days": 4000}, "clock_days", "second_days"),
        ({"event": " \t"}, "clock_needs_event", "event"),
        ({"kind": "moons"}, "clock_kind", "kind"),
        ({"starts_on": dt.date(2026, 11, 23)}, "clock_event_to_come", "starts_on"),
        ({"starts_on": dt.date(1492, 10, 12)}, "year_out_of_range", "starts_on"),
        ({"starts_on": dt.date(9999, 12, 31)}, "year_out_of_range", "starts_on"),
        ({"determines": "FR"}, "unknown_party", "determines"),
        ({"consulted": ("FR",)}, "unknown_party", "consulted"),
        ({"condition": "x" * 2001}, "too_long", "condition"),
    ],
)
def test_what_no_clock_is(changed: dict[str, Any], key: str, field: str) -> None:
    made = Clock(**{name: changed.get(name, getattr(GOOD, name)) for name in GOOD.__dataclass_fields__})
    with pytest.raises(Refusal) as refused:
        checked(made, today=TODAY, parties=("MX", "US"))
    assert (refused.value.key, refused.value.field) == (key, field)


def test_a_clock_without_its_event_is_kept_and_waits_and_a_second_needs_a_first() -> None:
    kept = checked(GOOD, today=TODAY)
    assert (kept.starts_on, reckon(kept, "MX")) == (None, None)
    with pytest.raises(Refusal) as refused:
        first_days(None, 45)
    assert (refused.value.key, refused.value.field) == ("clock_needs_first", "days")
    with pytest.raises(Refusal, match="clock_days"):
        first_days(None, None)
    with pytest.raises(Refusal, match="year_out_of_range"):
        reckon(Clock(3650, starts_on=dt.date(2199, 1, 1)), "MX")


def test_what_is_no_clock_reads_as_none_and_a_month_starts_none() -> None:
    assert clock_of({"clock": None, "made_at": "somewhere"}) is None
    assert clock_of({"days": 0}) is None
    assert clock_of({"meeting_id": "x"}) is None
    found = clock_of({"made_at": "a note", "clock": {"days": 5, "kind": "working", "starts_on": "2026-11"}})
    assert found == Clock(5, "working", "a note")
    full = Clock(5, "working", "e", dt.date(2026, 11, 2), 7, "US", ("MX",), "if", "then", "es")
    assert clock_of(written(full)) == full


@pytest.mark.parametrize(
    ("first", "was", "now", "reason", "kept"),
    [
        (None, None, "2026-12-01", None, None),  # given for the first time
        ("2026-12-01", "2026-12-01", "2026-12-01", "idle", None),  # it stays
        ("2026-12-01", "2026-12-01", "2027-01-01", " No funds ", "No funds"),
        (None, "2026-12-01", None, "Not asked for", "Not asked for"),
        ("2026-12-01", None, "2026-12-01", "Back", "Back"),
    ],
)
def test_a_day_moves_with_a_reason(
    first: str | None, was: str | None, now: str | None, reason: str | None, kept: str | None
) -> None:
    days = [DAY(each) if each else None for each in (first, was, now)]
    assert check_move(days[0], days[1], days[2], reason) == kept


@pytest.mark.parametrize(
    ("first", "was", "now"),
    [
        ("2026-12-01", "2026-12-01", "2027-01-01"),
        (None, "2026-12-01", None),
        ("2026-12-01", None, "2026-12-01"),
    ],
)
def test_a_day_that_moves_without_a_reason_is_refused(first: str | None, was: str | None, now: str | None) -> None:
    days = [DAY(each) if each else None for each in (first, was, now)]
    with pytest.raises(Refusal) as refused:
        check_move(days[0], days[1], days[2], " ")
    assert (refused.value.key, refused.value.field) == ("due_reason_required", "due_reason")
