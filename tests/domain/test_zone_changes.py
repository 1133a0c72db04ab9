"""Promises under new zone data, with the instants that older releases really gave them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refusal
from app.domain.lifecycle import OWN_YES, Answer, MeetingState, When
from app.domain.meeting_content import Timing
from app.domain.walltime import in_zone
from app.domain.zone_changes import (
    ZoneChange,
    hour_kept,
    is_open,
    keep_moment,
    moment_in,
    moment_kept,
    read_anew,
    shift_minutes,
)
from app.domain.zones import current_names

H = dt.timedelta(hours=1)


def at(written: str) -> dt.datetime:
    """Return an instant written as `2026-12-10 18:00`, in UTC."""
    return dt.datetime.fromisoformat(written).replace(tzinfo=dt.UTC)


def promise(
    zone: str, wall: str, instant: str, *, hours: float = 3, days: int = 1, release: str = "2025b", **kept: str
) -> Timing:
    """Return what an older release promised: a wall time, the instant it resolved to, on one day or several."""
    starts = dt.datetime.fromisoformat(wall)
    first = at(instant)
    spans = tuple((first + number * 24 * H, first + number * 24 * H + hours * H) for number in range(days))
    if "second" in kept:
        spans = (spans[0], (at(kept["second"]), at(kept["second"]) + hours * H))
    last_day = starts.date() + dt.timedelta(days=len(spans) - 1)
    when = When(zone, starts.date(), last_day, spans[0][0], spans[-1][1], spans)
    return Timing(when, starts.time(), (starts + hours * H).time(), release)


def changed(promised: Timing) -> ZoneChange:
    """Return the change, which there is."""
    found = read_anew(promised)
    assert found is not None
    return found


def wall(timing: Timing | None) -> tuple[str, str, str] | None:
    """Return the first day and the hours of a time."""
    if timing is None:
        return None
    return timing.when.first_day.isoformat(), f"{timing.starts:%H:%M}", f"{timing.ends:%H:%M}"


VANCOUVER = promise("America/Vancouver", "2026-12-10 10:00", "2026-12-10 18:00")

# Zone, wall time and instant as an older release had it; the instant now; the hours that keep the moment.
MOVED = [
    ("America/Vancouver", "2026-12-10 10:00", "2026-12-10 18:00", "2026-12-10 17:00", ("2026-12-10", "11:00", "14:00")),
    ("America/Edmonton", "2026-12-10 10:00", "2026-12-10 17:00", "2026-12-10 16:00", ("2026-12-10", "11:00", "14:00")),
    ("America/Winnipeg", "2027-01-20 09:30", "2027-01-20 15:30", "2027-01-20 14:30", ("2027-01-20", "10:30", "13:30")),
    # Mexico City's summer time of the rules before October 2022.
    (
        "America/Mexico_City",
        "2027-06-10 10:00",
        "2027-06-10 15:00",
        "2027-06-10 16:00",
        ("2027-06-10", "09:00", "12:00"),
    ),
    ("America/Mexico_City", "2027-06-10 00:00", "2027-06-10 05:00", "2027-06-10 06:00", None),
    ("America/Vancouver", "2026-12-10 20:30", "2026-12-11 04:30", "2026-12-11 03:30", None),
]


@pytest.mark.parametrize(("zone", "written", "instant", "now", "moment"), MOVED)
def test_a_wall_time_at_another_instant(zone, written, instant, now, moment):
    change = changed(promise(zone, written, instant))
    assert change.kind == "moved"
    assert [reading.when.starts_at for reading in change.readings] == [at(now)]
    assert wall(change.moment) == moment
    if change.moment:
        assert change.moment.when.sittings == change.promised.when.sittings
        assert change.moment.tzdata == change.release == "2026f"
    assert shift_minutes(change, change.readings[0]) == (at(now) - at(instant)) // dt.timedelta(minutes=1)


@pytest.mark.parametrize(
    "promised",
    [
        promise("America/New_York", "2026-12-10 10:00", "2026-12-10 15:00"),
        promise("America/Toronto", "2027-06-10 10:00", "2027-06-10 14:00"),
        promise("America/Mexico_City", "2026-12-10 10:00", "2026-12-10 16:00"),
        promise("America/Vancouver", "2027-06-10 10:00", "2027-06-10 17:00"),
        dataclasses.replace(VANCOUVER, tzdata="2026f"),
    ],
)
def test_what_comes_out_the_same_is_not_listed(promised):
    assert read_anew(promised) is None


def test_days_without_hours_are_days_whatever_the_clocks_do():
    day = dt.date(2026, 12, 10)
    days = Timing(
        When("America/Vancouver", day, day, at("2026-12-10 08:00"), at("2026-12-11 08:00")), None, None, "2025b"
    )
    assert read_anew(days) is None


def test_a_skipped_hour_cannot_be_kept():
    change = changed(promise("America/New_York", "2027-03-14 02:30", "2027-03-14 07:30"))
    assert (change.kind, change.readings, wall(change.moment)) == ("skipped", (), ("2027-03-14", "03:30", "06:30"))
    with pytest.raises(Refusal) as refused:
        hour_kept(change, None)
    assert refused.value.key == "hour_is_skipped"
    assert moment_kept(change, None) == change.moment


def test_a_doubled_hour_is_asked_about():
    change = changed(promise("America/New_York", "2027-11-07 01:30", "2027-11-07 05:30", hours=0.25))
    assert change.kind == "doubled"
    assert [shift_minutes(change, reading) for reading in change.readings] == [0, 60]
    with pytest.raises(Refusal) as refused:
        hour_kept(change, None)
    assert (refused.value.key, refused.value.field) == ("which_of_two", "choice")
    assert hour_kept(change, "earlier").when.starts_at == at("2027-11-07 05:30")
    assert hour_kept(change, "later").when.starts_at == at("2027-11-07 06:30")


def test_a_zone_that_is_gone_keeps_its_moment_in_another():
    change = changed(promise("America/Atlantis", "2026-12-10 10:00", "2026-12-10 18:00"))
    assert (change.kind, change.readings, change.moment) == ("zone_gone", (), None)
    for refuse, key in (
        (lambda: hour_kept(change, None), "zone_is_gone"),
        (lambda: moment_kept(change, None), "required"),
        (lambda: moment_kept(change, "America/Lemuria"), "unknown_zone"),
        (lambda: moment_kept(change, "Asia/Tokyo"), None),
    ):
        if key is None:
            assert wall(refuse()) == ("2026-12-11", "03:00", "06:00")
            continue
        with pytest.raises(Refusal) as refused:
            refuse()
        assert refused.value.key == key


def test_one_hour_for_every_day_cannot_write_moments_on_both_sides_of_a_change():
    """Days of 31 October and 1 November 2026 in Vancouver, which fell back between them until 2026."""
    promised = promise("America/Vancouver", "2026-10-31 10:00", "2026-10-31 17:00", second="2026-11-01 18:00")
    change = changed(promised)
    assert (change.kind, change.moment) == ("moved", None)
    assert [span[0] for span in change.readings[0].when.sittings] == [at("2026-10-31 17:00"), at("2026-11-01 17:00")]
    with pytest.raises(Refusal) as refused:
        moment_kept(change, None)
    assert refused.value.key == "moment_needs_other_hours"


def test_several_days_are_read_day_by_day():
    promised = promise("America/Edmonton", "2026-12-10 10:00", "2026-12-10 17:00", days=2)
    change = changed(promised)
    assert wall(change.moment) == ("2026-12-10", "11:00", "14:00")
    assert change.moment
    assert change.moment.when.last_day == dt.date(2026, 12, 11)


@pytest.mark.parametrize(
    ("state", "date_is_open", "has_hours", "expected"),
    [
        ("proposed", False, True, True),
        ("confirmed", False, True, True),
        ("postponed", True, True, False),
        ("cancelled", False, True, False),
        ("held", False, True, False),
        ("closed", False, True, False),
        ("confirmed", False, False, False),
        ("proposed", True, True, False),
    ],
)
def test_what_is_decided_about(state, date_is_open, has_hours, expected):
    assert is_open(state, date_is_open=date_is_open, has_hours=has_hours) is expected


# Keeping the moment -------------------------------------------------------------------------------


def state(when: When, **changed: Any) -> MeetingState:
    answers = {"CA": OWN_YES, "US": Answer("no"), "MX": Answer("yes", is_reported=True)}
    made = MeetingState("u", "confirmed", ("CA", "MX", "US"), when, answers, sequence=4)
    return dataclasses.replace(made, **changed)


def test_keeping_the_moment_raises_sequence_and_asks_nobody():
    change = changed(VANCOUVER)
    assert change.moment
    before = state(VANCOUVER.when)
    after = keep_moment(before, change.moment.when)
    assert after.sequence == 5
    assert (after.state, after.answers, after.first_starts_at) == (before.state, before.answers, None)
    assert after.when.sittings == before.when.sittings


def test_another_moment_is_not_kept():
    change = changed(VANCOUVER)
    with pytest.raises(ValueError, match="another moment"):
        keep_moment(state(VANCOUVER.when), change.readings[0].when)


@pytest.mark.parametrize("gone", ["held", "closed", "cancelled", "postponed"])
def test_what_is_over_or_called_off_keeps_its_record(gone):
    change = changed(VANCOUVER)
    assert change.moment
    with pytest.raises(Refusal) as refused:
        keep_moment(state(VANCOUVER.when, state=gone), change.moment.when)
    assert refused.value.key == "not_in_state"


ZONES = st.sampled_from(sorted(current_names()))


@given(
    zone=ZONES,
    day=st.dates(dt.date(2026, 1, 1), dt.date(2037, 12, 31)),
    minute=st.integers(0, 95),
    shift=st.sampled_from([-120, -60, -30, 30, 60]),
)
def test_either_way_gives_back_what_it_promises(zone, day, minute, shift):
    """The moment kept has the promised instants and settles the matter; the hour kept has the promised wall time."""
    starts = at(f"{day} 00:00") + dt.timedelta(minutes=15 * minute)
    ends = starts + H
    old = dt.timezone((in_zone(starts, zone).utcoffset() or dt.timedelta()) + dt.timedelta(minutes=shift))
    first, last = starts.astimezone(old), ends.astimezone(old)
    if first.date() != last.date():
        return
    when = When(zone, first.date(), first.date(), starts, ends, ((starts, ends),))
    change = read_anew(Timing(when, first.time(), last.time(), "2025b"))
    if change is None:
        return
    if change.moment is not None:
        assert change.moment.when.sittings == when.sittings
        assert read_anew(dataclasses.replace(change.moment, tzdata="2025b")) in (None, changed_doubled(change.moment))
    for reading in change.readings:
        assert (reading.when.first_day, reading.starts, reading.ends) == (first.date(), first.time(), last.time())
        assert in_zone(reading.when.starts_at, zone).time() == first.time()


def changed_doubled(timing: Timing) -> ZoneChange | None:
    """Return the question that a doubled hour asks under every release; None for any other."""
    found = read_anew(dataclasses.replace(timing, tzdata="2025b"))
    return found if found and found.kind == "doubled" else None


def test_a_moment_on_a_doubled_hour_is_written_with_the_right_one_of_the_two():
    promised = promise("America/Chicago", "2027-11-07 01:30", "2027-11-07 06:30", hours=0.25)
    second = moment_in(promised, "America/New_York")
    assert second
    assert second.when.starts_at == at("2027-11-07 06:30")
    assert wall(second) == ("2027-11-07", "01:30", "01:45")
