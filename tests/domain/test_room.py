"""The room of a meeting: what comes next, what time is left, how far behind the agenda."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refusal
from app.domain.room import (
    EntryWords,
    Planned,
    Taken,
    checked_entry,
    expected_times,
    item_before,
    minutes_behind,
    next_item,
    running,
    still_to_come,
    used_minutes,
)

A, B, C, D = (uuid.UUID(int=number) for number in range(1, 5))
TEN = dt.datetime(2026, 12, 10, 15, 0, tzinfo=dt.UTC)  # 10:00 in New York
PARTIES = ("CA", "MX", "US")


def at(minutes: float) -> dt.datetime:
    return TEN + dt.timedelta(minutes=minutes)


AGENDA = (
    Planned(A, 10, at(0), at(10)),
    Planned(B, 25, at(10), at(35)),
    Planned(C, 20, at(35), at(55)),
)


@pytest.mark.parametrize(
    ("current", "taken", "expected"),
    [
        (None, (), A),
        (A, (A,), B),
        (B, (A, B), C),
        (C, (A, C), B),  # B was passed over
        (C, (A, B, C), None),
        (D, (A,), B),  # an item that was taken off the agenda meanwhile
    ],
)
def test_the_next_item_is_the_one_after_this_that_was_not_taken(
    current: uuid.UUID | None, taken: tuple[uuid.UUID, ...], expected: uuid.UUID | None
) -> None:
    assert next_item([A, B, C], current, taken) == expected


@pytest.mark.parametrize(("current", "expected"), [(A, None), (B, A), (C, B), (None, C), (D, C)])
def test_the_item_before(current: uuid.UUID | None, expected: uuid.UUID | None) -> None:
    assert item_before([A, B, C], current) == expected


def test_there_is_none_before_on_an_empty_agenda() -> None:
    assert item_before([], None) is None


def test_an_item_that_was_taken_twice_has_used_both_turns() -> None:
    spans = [Taken(A, at(0), at(4)), Taken(B, at(4), at(9)), Taken(A, at(9))]
    assert used_minutes(A, spans, at(15.5)) == 10
    assert used_minutes(B, spans, at(15)) == 5
    assert used_minutes(C, spans, at(15)) == 0


@pytest.mark.parametrize(
    ("now", "used", "left", "ends"),
    [(10, 0, 25, 35), (21, 11, 14, 35), (35, 25, 0, 35), (40, 30, -5, 40)],
)
def test_the_time_of_the_item_that_is_taken(now: float, used: int, left: int, ends: float) -> None:
    found = running(AGENDA[1], [Taken(B, at(10))], at(now))
    assert (found.used_minutes, found.left_minutes, found.ends_at) == (used, left, at(ends))


@pytest.mark.parametrize(
    ("started", "now", "expected"),
    [
        (10, 20, 0),
        (12, 20, 2),  # began two minutes late
        (10, 41, 6),  # runs over by six
        (5, 20, -5),  # five minutes ahead
        (5 - 24 * 60, 20 - 24 * 60, 0),  # held the day before: on another clock than the agenda
    ],
)
def test_how_far_behind_the_agenda_with_an_item_on(started: float, now: float, expected: int) -> None:
    on = running(AGENDA[1], [Taken(B, at(started))], at(now))
    assert minutes_behind(AGENDA, on, AGENDA[2], at(now)) == expected


@pytest.mark.parametrize(("now", "expected"), [(-30, 0), (0, 0), (7, 7), (7 + 24 * 60, 0)])
def test_how_far_behind_the_agenda_between_items(now: float, expected: int) -> None:
    assert minutes_behind(AGENDA, None, AGENDA[0], at(now)) == expected


def test_days_without_hours_are_never_behind() -> None:
    planned = (Planned(A, 10),)
    assert minutes_behind(planned, running(planned[0], [Taken(A, at(0))], at(50)), None, at(50)) == 0
    assert expected_times(planned, at(0), (), ("America/New_York",)) == ()


def test_what_is_to_come_is_expected_from_the_end_of_this_and_waits_for_the_next_sitting() -> None:
    sittings = [(at(0), at(60)), (at(240), at(300))]
    rest = still_to_come(AGENDA, A, [A])
    assert [each.item_id for each in rest] == [B, C]
    times = expected_times(rest, at(22), sittings, ("America/New_York", "America/Mexico_City"))
    assert [time.starts_at for time in times] == [at(22), at(240)]
    assert [time.starts_in["America/Mexico_City"].strftime("%H:%M") for time in times] == ["09:22", "13:00"]


def test_after_the_last_sitting_what_is_left_runs_on() -> None:
    times = expected_times(AGENDA[2:], at(70), [(at(0), at(60))], ("America/New_York",))
    assert [(time.starts_at, time.is_over) for time in times] == [(at(70), True)]


@given(
    taken=st.lists(st.sampled_from([A, B, C, D]), unique=True),
    current=st.sampled_from([None, A, B, C, D]),
)
def test_each_item_comes_once_and_none_that_was_taken(taken: list[uuid.UUID], current: uuid.UUID | None) -> None:
    items = (*AGENDA, Planned(D, 5))
    found = [each.item_id for each in still_to_come(items, current, taken)]
    assert sorted(found) == sorted({A, B, C, D} - set(taken) - {current})


# What is captured ----------------------------------------------------------------------------------

SAID = EntryWords("point", " Asked for more time. ", "en", "MX", "Ana Robles", ("US",), dt.date(2027, 1, 1))


def test_a_point_has_a_speaker_and_owes_nothing() -> None:
    assert checked_entry(SAID, PARTIES, is_attributed=True) == EntryWords(
        "point", "Asked for more time.", "en", "MX", "Ana Robles"
    )


def test_without_attribution_no_speaker_is_kept() -> None:
    kept = checked_entry(SAID, PARTIES, is_attributed=False)
    assert (kept.speaker_party, kept.speaker) == (None, None)


def test_an_action_has_who_owes_it_and_by_when() -> None:
    entry = EntryWords("action", "Send the list.", "es", owed_by=("US", "MX", "US"), due_on=dt.date(2027, 1, 15))
    kept = checked_entry(entry, PARTIES, is_attributed=True)
    assert (kept.owed_by, kept.due_on) == (("MX", "US"), dt.date(2027, 1, 15))


def test_what_nobody_sees_is_left_out_of_what_is_pasted() -> None:
    entry = EntryWords("conclusion", "One\u00ad two\u200b.\nThree", "en")
    assert checked_entry(entry, PARTIES, is_attributed=True).words == "One two.\nThree"


@pytest.mark.parametrize(
    ("entry", "key", "field"),
    [
        (EntryWords("vote", "x", "en"), "unknown_kind", "kind"),
        (EntryWords("point", "x", "de"), "unknown_language", "language"),
        (EntryWords("point", "  ", "en"), "required", "words"),
        (EntryWords("point", "a\u202eb", "en"), "bidi_override", "words"),
        (EntryWords("point", "x" * 8001, "en"), "too_long", "words"),
        (EntryWords("point", "x", "en", "BR"), "unknown_party", "speaker_party"),
        (EntryWords("action", "x", "en", owed_by=("BR",)), "unknown_party", "owed_by"),
    ],
)
def test_what_is_no_entry_is_refused(entry: EntryWords, key: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked_entry(entry, PARTIES, is_attributed=True)
    assert (refused.value.key, refused.value.field) == (key, field)
