"""Polls: what may be asked, and how the answers are counted by delegation."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.date_plans import PlannedSeat
from app.domain.meeting_content import Refused
from app.domain.poll_orders import PollOrder, SlotOrder, check_order, check_slots
from app.domain.polls import AnswerValue, ResponseFacts, SeatFacts, best_first, tally, veiled

NOW = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)
NEW_YORK = "America/New_York"
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
PARTIES = ("CA", "MX", "US")


def slot(day: str, starts: str | None = "10:00", ends: str | None = "13:00", last: str | None = None) -> SlotOrder:
    """Return a slot on a day, or on days in a row."""
    first = dt.date.fromisoformat(day)
    begins, finishes = (dt.time.fromisoformat(each) if each else None for each in (starts, ends))
    return SlotOrder(first, dt.date.fromisoformat(last) if last else first, begins, finishes)


def order(*slots: SlotOrder, **values: Any) -> PollOrder:
    """Return an order that can be asked, save for what a test changes."""
    made = PollOrder(
        zone=NEW_YORK,
        slots=slots or (slot("2027-01-26"), slot("2027-02-04")),
        parties=PARTIES,
        required_parties=("MX", "CA"),
        closes_on=dt.date(2026, 11, 27),
        closes_time=dt.time(12),
        closes_zone="America/Toronto",
    )
    return dataclasses.replace(made, **values)


def refused(asked: PollOrder) -> list[tuple[str, str | None]]:
    """Return the key and the field of all that is refused of an order."""
    with pytest.raises(Refused) as caught:
        check_order(asked, NOW)
    return [(each.key, each.field) for each in caught.value.refusals]


def test_an_order_is_cleaned_and_resolved() -> None:
    checked = check_order(
        order(slot("2027-02-04"), slot("2027-01-26", None, None, "2027-01-27"), note="  Please answer.\r\n"), NOW
    )
    assert [(each.starts_at.isoformat(), each.ends_at.isoformat()) for each in checked.slots] == [
        ("2027-01-26T05:00:00+00:00", "2027-01-28T05:00:00+00:00"),
        ("2027-02-04T15:00:00+00:00", "2027-02-04T18:00:00+00:00"),
    ]
    assert checked.closes_at == dt.datetime(2026, 11, 27, 17, tzinfo=dt.UTC)
    assert checked.order.note == "Please answer."
    assert checked.order.required_parties == ("CA", "MX")
    assert [(seat.party, seat.kind, seat.is_required) for seat in checked.order.seats] == [
        ("CA", "delegation", True),
        ("MX", "delegation", True),
        ("US", "delegation", True),
    ]


def test_a_party_with_nobody_required_is_asked_as_a_delegation() -> None:
    seats = (
        PlannedSeat("US", "person", name=" John  Doe ", is_required=False),
        PlannedSeat("CA", "office", office_code="CA-GAC"),
        PlannedSeat("CA", "person", name="Deputy Minister", is_required=False),
    )
    found = check_order(order(seats=seats), NOW).order.seats
    assert [(seat.party, seat.kind, seat.office_code or seat.name, seat.is_required) for seat in found] == [
        ("CA", "office", "CA-GAC", True),
        ("CA", "person", "Deputy Minister", False),
        ("MX", "delegation", None, True),
        ("US", "person", "John Doe", False),
        ("US", "delegation", None, True),
    ]


DAYS = [slot(f"2027-{number // 28 + 1:02}-{number % 28 + 1:02}", "10:00", "11:00") for number in range(300)]
MANY = tuple(DAYS) + tuple(slot(each.first_day.isoformat(), "12:00", "13:00") for each in DAYS[:200])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (dataclasses.replace(order(), slots=()), [("no_slots", "slots")]),
        (order(slot("2027-01-26")), [("one_slot", "asks_one")]),
        (order(*MANY), [("too_many_slots", "slots")]),
        (order(*DAYS[:61]), [("too_many_slots", "slots")]),
        (order(slot("2026-11-22", "09:00", "10:00"), slot("2027-01-26")), [("slot_has_passed", "slots")]),
        (order(slot("2027-01-26"), slot("2027-01-26")), [("double_slot", "slots")]),
        (order(slot("2027-03-14", "02:30", "04:00"), slot("2027-03-15")), [("time_in_gap", "slots")]),
        (order(slot("2027-11-07", "01:30", "04:00"), slot("2027-11-08")), [("time_in_fold", "slots")]),
        (order(slot("2027-01-26", "22:00", "01:00"), slot("2027-01-27")), [("ends_before_start", "slots")]),
        (order(zone="America/Gotham"), [("unknown_zone", "zone")]),
        (order(closes_zone="America/Gotham"), [("unknown_zone", "closes_zone")]),
        (order(closes_on=None), [("required", "closes_on")]),
        (order(closes_on=dt.date(2026, 11, 22), closes_time=dt.time(9, 59)), [("deadline_has_passed", "closes_on")]),
        (
            order(closes_on=dt.date(2027, 1, 26), closes_time=dt.time(10, 1)),
            [("deadline_after_first_slot", "closes_on")],
        ),
        (
            order(slot("2027-11-09"), slot("2027-11-10"), closes_on=dt.date(2027, 11, 7), closes_time=dt.time(1, 30)),
            [("time_in_fold", "closes_time")],
        ),
        (order(required_parties=()), [("no_required_party", "required_parties")]),
        (order(required_parties=("BR",)), [("no_required_party", "required_parties")]),
        (order(seats=(PlannedSeat("BR", "delegation"),)), [("not_a_party", "seats")]),
        (order(seats=(PlannedSeat("CA", "person", name=" "),)), [("required", "names_CA")]),
        (
            order(seats=(PlannedSeat("CA", "person", name="A b"), PlannedSeat("CA", "person", name="A  b"))),
            [("double_seat", "names_CA")],
        ),
        (
            order(seats=tuple(PlannedSeat("CA", "person", name=str(n)) for n in range(201))),
            [("too_many_seats", "seats")],
        ),
        (order(note="x" * 2001), [("too_long", "note")]),
        (
            order(slot("2027-01-26"), closes_on=None, note="\x07", required_parties=()),
            [
                ("one_slot", "asks_one"),
                ("required", "closes_on"),
                ("no_required_party", "required_parties"),
                ("control_characters", "note"),
            ],
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_beside_its_field(
    asked: PollOrder, expected: list[tuple[str, str | None]]
) -> None:
    assert refused(asked) == expected


def test_one_slot_is_a_question_and_the_deadline_may_be_where_it_begins() -> None:
    asked = order(slot("2027-01-26"), asks_one=True, closes_on=dt.date(2027, 1, 26), closes_time=dt.time(10))
    assert len(check_order(asked, NOW).slots) == 1
    assert len(check_order(order(*DAYS[20:80]), NOW).slots) == 60


def test_slots_are_added_to_those_that_stand() -> None:
    first = check_slots([slot("2027-01-26")], NEW_YORK, NOW)
    # The same instants by another zone's clock are the same slot.
    with pytest.raises(Refused) as caught:
        check_slots([slot("2027-01-26", "09:00", "12:00")], "America/Mexico_City", NOW, [each.span for each in first])
    assert caught.value.key == "double_slot"
    with pytest.raises(Refused) as caught:
        check_slots([slot("2027-01-26")], NEW_YORK, NOW, [(NOW, NOW)] * 60)
    assert caught.value.key == "too_many_slots"


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("America/Ciudad_Juarez", "2027-03-12", "2027-03-12T17:00:00+00:00"),
        ("America/Ciudad_Juarez", "2027-03-15", "2027-03-15T16:00:00+00:00"),
        ("America/Tijuana", "2027-03-12", "2027-03-12T18:00:00+00:00"),
        ("America/Tijuana", "2027-03-15", "2027-03-15T17:00:00+00:00"),
        ("America/Mexico_City", "2027-03-15", "2027-03-15T16:00:00+00:00"),
        ("America/Tijuana", "2027-11-08", "2027-11-08T18:00:00+00:00"),
        ("America/Toronto", "2027-11-08", "2027-11-08T15:00:00+00:00"),
    ],
)
def test_a_slot_keeps_the_hour_of_its_city_when_the_clocks_change(zone: str, day: str, expected: str) -> None:
    (found,) = check_slots([slot(day)], zone, NOW)
    assert found.starts_at.isoformat() == expected


# Counting ------------------------------------------------------------------------------------------


def seat(number: int, party: str = "CA", **values: Any) -> SeatFacts:
    """Return a seat by its number."""
    return SeatFacts(uuid.UUID(int=100 + number), party, **values)


def said(number: int, one: AnswerValue | None = None, two: AnswerValue | None = None, **values: Any) -> ResponseFacts:
    """Return what a seat says of two slots."""
    found: dict[uuid.UUID, AnswerValue] = {key: value for key, value in ((ONE, one), (TWO, two)) if value}
    return ResponseFacts(uuid.UUID(int=100 + number), found, **values)


@pytest.mark.parametrize(
    ("seats", "responses", "expected"),
    [
        ([seat(1)], [], ("waiting", [], [1], False)),
        ([seat(1)], [said(1, "yes")], ("yes", [], [], False)),
        ([seat(1), seat(2)], [said(1, "yes"), said(2, "if_need_be")], ("if_need_be", [], [], False)),
        ([seat(1), seat(2)], [said(1, "yes")], ("waiting", [], [2], False)),
        ([seat(1), seat(2)], [said(1, "no")], ("no", [1], [2], False)),
        ([seat(1), seat(2)], [said(1, "yes"), said(2, None, "yes")], ("waiting", [], [2], False)),
        ([seat(1), seat(2, is_required=False)], [said(1, "yes"), said(2, "no")], ("yes", [], [], False)),
        ([seat(1), seat(2, is_inner=True)], [said(1, "yes"), said(2, "no")], ("yes", [], [], False)),
        ([seat(1)], [said(1, "yes", is_reported=True)], ("yes", [], [], True)),
        ([seat(1)], [said(1, "yes", is_reported=True), said(1, "no")], ("no", [1], [], False)),
        ([seat(1)], [said(1, None, "no"), said(1, "yes", is_reported=True)], ("yes", [], [], True)),
        ([seat(1)], [said(1, "no", is_late=True)], ("waiting", [], [1], False)),
        ([seat(1)], [said(1, "yes"), said(1, "no", is_late=True)], ("yes", [], [], False)),
        ([seat(1, counts_late=True)], [said(1, "yes"), said(1, "no", is_late=True)], ("no", [1], [], False)),
        (
            [seat(1, counts_late=True)],
            [said(1, "yes"), said(1, None, "yes", is_late=True)],
            ("waiting", [], [1], False),
        ),
    ],
)  # fmt: skip
def test_a_delegation_answers_by_its_required_seats(
    seats: Sequence[SeatFacts],
    responses: Sequence[ResponseFacts],
    expected: tuple[str, list[int], list[int], bool],
) -> None:
    answer = tally([ONE, TWO], seats, responses, ["CA"], ["CA"]).slots[ONE].answers["CA"]
    numbers = [[each.int - 100 for each in ids] for ids in (answer.lacking, answer.awaited)]
    assert (answer.state, *numbers, answer.is_reported) == expected


def test_a_slot_works_by_the_required_delegations_alone() -> None:
    seats = [seat(1, "CA"), seat(2, "MX"), seat(3, "US")]
    found = tally(
        [ONE, TWO], seats, [said(1, "yes", "no"), said(2, "if_need_be", "yes"), said(3, "no", "yes")],
        PARTIES, ["CA", "MX"],
    )  # fmt: skip
    assert [found.slots[each].works for each in (ONE, TWO)] == [True, False]
    assert found.has_answered == {"CA": True, "MX": True, "US": True}
    assert best_first(found, [TWO, ONE]) == (ONE, TWO)


def test_late_answers_are_told_apart_until_they_count() -> None:
    late = [said(1, "yes", is_late=True), said(2, "yes", is_late=True)]
    found = tally([ONE], [seat(1), seat(2, counts_late=True), seat(3)], late, ["CA"], ["CA"])
    assert found.late == {uuid.UUID(int=101)}
    assert found.has_answered == {"CA": False}


def test_a_veil_leaves_who_has_answered_and_ones_own_answer() -> None:
    found = veiled(tally([ONE], [seat(1, "CA"), seat(2, "MX")], [said(1, "yes"), said(2, "no")], PARTIES, ["CA"]), "CA")
    assert found.is_veiled
    assert list(found.slots[ONE].answers) == ["CA"]
    assert not found.slots[ONE].works
    assert found.has_answered["MX"]


VALUES = st.sampled_from(["yes", "if_need_be", "no", None])
FLAGS = st.fixed_dictionaries(
    {
        "party": st.sampled_from(PARTIES),
        "is_required": st.booleans(),
        "is_inner": st.booleans(),
        "counts_late": st.booleans(),
    }
)
WORDS = st.dictionaries(
    st.tuples(st.integers(0, 7), st.booleans(), st.booleans()), st.tuples(VALUES, VALUES), max_size=20
)


@given(st.lists(FLAGS, max_size=8), WORDS, st.sets(st.sampled_from(PARTIES)))
def test_the_count_is_that_of_an_oracle(
    flags: list[dict[str, Any]],
    given_words: Mapping[tuple[int, bool, bool], tuple[AnswerValue | None, AnswerValue | None]],
    required: set[str],
) -> None:
    seats = [seat(number, **each) for number, each in enumerate(flags)]
    responses = [
        said(number, *values, is_late=late, is_reported=reported)
        for (number, late, reported), values in given_words.items()
    ]
    found = tally([ONE, TWO], seats, responses, PARTIES, required)
    for column, slot_id in enumerate((ONE, TWO)):
        expected = {party: _asked_one_by_one(flags, given_words, party, column) for party in PARTIES}
        assert {party: answer.state for party, answer in found.slots[slot_id].answers.items()} == expected
        assert found.slots[slot_id].works == all(expected[party] in ("yes", "if_need_be") for party in required)


def _asked_one_by_one(
    flags: list[dict[str, Any]],
    given_words: Mapping[tuple[int, bool, bool], tuple[AnswerValue | None, AnswerValue | None]],
    party: str,
    column: int,
) -> str:
    """Return a delegation's answer as somebody would find it out who rings one person after the other."""
    heard: list[AnswerValue | None] = []
    for number, each in enumerate(flags):
        if each["party"] != party or each["is_inner"] or not each["is_required"]:
            continue
        word: AnswerValue | None = None
        for reported in (True, False):  # the last word heard stands: their own
            key = (number, True, reported)
            if not (each["counts_late"] and key in given_words):
                key = (number, False, reported)
            if key in given_words and given_words[key][column] is not None:
                word = given_words[key][column]
        heard.append(word)
    if "no" in heard:
        return "no"
    if not heard or None in heard:
        return "waiting"
    return "if_need_be" if "if_need_be" in heard else "yes"
