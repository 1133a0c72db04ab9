import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.errors import Refusal
from app.domain.lifecycle import (
    NO_ANSWER,
    OWN_YES,
    STATES,
    TRANSITIONS,
    Answer,
    MeetingState,
    When,
    after_answer,
    allowed,
    cancel,
    close,
    confirmed_by_all,
    hold,
    next_sequence,
    postpone,
    propose,
    publish_changes,
    record_held,
    reinstate,
)

REPORTED_YES = Answer("yes", is_reported=True)
NO = Answer("no")


def on(day: int, hour: int = 15, zone_name: str = "America/New_York") -> When:
    starts_at = datetime(2026, 12, day, hour, tzinfo=UTC)
    ends_at = starts_at + timedelta(hours=3)
    return When(zone_name, date(2026, 12, day), date(2026, 12, day), starts_at, ends_at, ((starts_at, ends_at),))


DAYS_ALONE = When(
    "America/New_York",
    date(2026, 12, 10),
    date(2026, 12, 11),
    datetime(2026, 12, 10, 5, tzinfo=UTC),
    datetime(2026, 12, 12, 5, tzinfo=UTC),
)
BEFORE = datetime(2026, 12, 10, 14, 59, tzinfo=UTC)
AFTER = datetime(2026, 12, 10, 15, 0, tzinfo=UTC)
THREE = ("CA", "MX", "US")
ANA: dict[str, Any] = {"by_party": "MX", "by_role": "coordinator"}
BENOIT: dict[str, Any] = {"by_party": "CA", "by_role": "official"}
CAROL: dict[str, Any] = {"by_party": "US", "by_role": "head"}
SAM: dict[str, Any] = {"by_party": None, "by_role": "secretariat"}


TENTH = on(10)


def proposed(when: When = TENTH, parties: tuple[str, ...] = THREE) -> MeetingState:
    return propose("uid-1@entente.test", parties, when, **ANA)


def confirmed(when: When = TENTH) -> MeetingState:
    meeting = proposed(when)
    for party in ("CA", "US"):
        meeting = after_answer(meeting, party, OWN_YES)
    return meeting


def in_state(state: str) -> MeetingState:
    return {
        "proposed": proposed,
        "confirmed": confirmed,
        "held": lambda: hold(confirmed(), AFTER),
        "closed": lambda: close(hold(confirmed(), AFTER)),
        "postponed": lambda: postpone(confirmed(), "the chair cannot travel", **SAM),
        "cancelled": lambda: cancel(confirmed(), "no agenda"),
    }[state]()


@pytest.mark.parametrize(
    ("answers", "parties", "by_all"),
    [
        ({"CA": OWN_YES, "MX": OWN_YES, "US": OWN_YES}, THREE, True),
        ({"CA": OWN_YES, "MX": OWN_YES, "US": REPORTED_YES}, THREE, False),
        ({"CA": OWN_YES, "MX": OWN_YES, "US": NO}, THREE, False),
        ({"CA": OWN_YES, "MX": OWN_YES, "US": NO_ANSWER}, THREE, False),
        ({"CA": OWN_YES, "MX": OWN_YES}, THREE, False),
        ({"CA": OWN_YES, "MX": OWN_YES, "US": NO}, ("CA", "MX"), True),
        ({"MX": OWN_YES}, ("MX",), True),
        ({}, (), False),
    ],
)
def test_only_every_chosen_partys_own_yes_confirms(answers, parties, by_all):
    assert confirmed_by_all(answers, parties) is by_all


@pytest.mark.parametrize(
    ("by", "own_yes"),
    [
        (ANA, {"MX"}),
        (CAROL, {"US"}),
        (BENOIT, set()),
        (SAM, set()),
        ({"by_party": "MX", "by_role": "administrator"}, set()),
        ({"by_party": "NL", "by_role": "coordinator"}, set()),
    ],
)
def test_a_proposal_counts_as_the_yes_of_its_coordinator_or_head_alone(by, own_yes):
    meeting = propose("uid-1@entente.test", THREE, on(10), **by)
    assert meeting.state == "proposed"
    assert {party for party, answer in meeting.answers.items() if answer.confirms} == own_yes
    assert set(meeting.answers) == set(THREE)
    assert (meeting.sequence, meeting.calendar_status) == (0, "TENTATIVE")


def test_a_meeting_of_one_party_is_confirmed_by_its_own_proposal():
    assert propose("u", ("MX",), on(10), **ANA).state == "confirmed"
    assert propose("u", ("CA",), on(10), **BENOIT).state == "proposed"


def test_a_meeting_has_parties_each_once():
    assert propose("u", ["US", "MX", "US"], on(10), **SAM).parties == ("US", "MX")
    with pytest.raises(Refusal) as refused:
        propose("u", [], on(10), **SAM)
    assert refused.value.key == "no_parties"


def test_the_last_own_yes_confirms_and_raises_the_sequence():
    meeting = after_answer(proposed(), "CA", OWN_YES)
    assert (meeting.state, meeting.sequence) == ("proposed", 0)
    meeting = after_answer(meeting, "US", REPORTED_YES)
    assert (meeting.state, meeting.sequence) == ("proposed", 0)
    meeting = after_answer(meeting, "US", OWN_YES)
    assert (meeting.state, meeting.sequence, meeting.calendar_status) == ("confirmed", 1, "CONFIRMED")


@pytest.mark.parametrize("answer", [NO, NO_ANSWER])
def test_a_yes_withdrawn_returns_the_meeting_to_proposed(answer):
    meeting = after_answer(confirmed(), "CA", answer)
    assert (meeting.state, meeting.sequence) == ("proposed", 2)
    assert meeting.answers["MX"] == OWN_YES


@pytest.mark.parametrize("report", [REPORTED_YES, Answer("no", is_reported=True)])
def test_a_report_does_not_replace_what_the_party_said_itself(report):
    with pytest.raises(Refusal) as refused:
        after_answer(confirmed(), "CA", report)
    assert refused.value.key == "own_answer_stands"
    waiting = after_answer(proposed(), "CA", REPORTED_YES)
    assert after_answer(waiting, "CA", report).answers["CA"] == report


def test_a_party_that_was_not_chosen_has_no_answer():
    with pytest.raises(Refusal) as refused:
        after_answer(proposed(parties=("MX", "US")), "CA", OWN_YES)
    assert refused.value.key == "not_a_party"


ALLOWED = {
    ("proposed", "answer"),
    ("proposed", "publish"),
    ("proposed", "postpone"),
    ("proposed", "cancel"),
    ("confirmed", "answer"),
    ("confirmed", "publish"),
    ("confirmed", "postpone"),
    ("confirmed", "cancel"),
    ("confirmed", "hold"),
    ("postponed", "reinstate"),
    ("postponed", "cancel"),
    ("cancelled", "reinstate"),
    ("held", "close"),
}
ACTS = {
    "answer": lambda meeting: after_answer(meeting, "CA", OWN_YES),
    "publish": lambda meeting: publish_changes(meeting, parties=THREE, when=on(12), **ANA),
    "postpone": lambda meeting: postpone(meeting, "why", **SAM),
    "cancel": lambda meeting: cancel(meeting, "why"),
    "reinstate": lambda meeting: reinstate(meeting, **ANA),
    "hold": lambda meeting: hold(meeting, AFTER),
    "close": close,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ACTS)
def test_each_act_is_for_its_states_alone(state, verb):
    meeting = in_state(state)
    assert allowed(state, verb) is ((state, verb) in ALLOWED)
    if (state, verb) in ALLOWED:
        assert ACTS[verb](meeting).state in TRANSITIONS[state][verb]
    else:
        with pytest.raises(Refusal) as refused:
            ACTS[verb](meeting)
        assert refused.value.key == "not_in_state"
        assert refused.value.values == {"state": state, "verb": verb}


def test_the_table_knows_every_state():
    assert set(TRANSITIONS) == set(STATES)
    assert TRANSITIONS["closed"] == {}


@pytest.mark.parametrize("reason", ["", "   \n ", "\u200b"])
def test_a_reason_is_required(reason):
    for act in (
        lambda: postpone(confirmed(), reason, **SAM),
        lambda: postpone(confirmed(), reason, **SAM, when=on(12)),
        lambda: cancel(confirmed(), reason),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.key, refused.value.field) == ("reason_required", "reason")


def test_postponed_to_a_date_left_open_is_cancelled_to_calendars():
    meeting = postpone(confirmed(), "the chair cannot travel", **SAM)
    assert (meeting.state, meeting.calendar_status, meeting.sequence) == ("postponed", "CANCELLED", 2)
    assert (meeting.date_is_open, meeting.reason) == (True, "the chair cannot travel")
    assert (meeting.first_starts_on, meeting.first_starts_at) == (date(2026, 12, 10), on(10).starts_at)


def test_postponed_to_a_new_date_is_proposed_anew():
    meeting = postpone(confirmed(), "the chair cannot travel", **CAROL, when=on(16))
    assert (meeting.state, meeting.when, meeting.sequence) == ("proposed", on(16), 2)
    assert meeting.answers == {"CA": NO_ANSWER, "MX": NO_ANSWER, "US": OWN_YES}
    assert (meeting.first_starts_on, meeting.reason, meeting.date_is_open) == (
        date(2026, 12, 10),
        "the chair cannot travel",
        False,
    )
    with pytest.raises(Refusal) as refused:
        postpone(confirmed(), "why", **SAM, when=on(10))
    assert refused.value.key == "same_date"


def test_the_first_date_is_the_first_for_ever():
    meeting = postpone(confirmed(), "once", **ANA, when=on(16))
    meeting = postpone(meeting, "twice", **ANA)
    meeting = reinstate(meeting, **ANA, when=on(20))
    meeting = publish_changes(meeting, parties=THREE, when=on(21), **ANA)
    assert (meeting.first_starts_on, meeting.first_starts_at) == (date(2026, 12, 10), on(10).starts_at)
    assert meeting.reason == "twice"


def test_an_hour_moved_within_the_day_is_no_other_first_date():
    meeting = publish_changes(confirmed(), parties=THREE, when=on(10, hour=16), **ANA)
    assert (meeting.first_starts_on, meeting.first_starts_at) == (None, None)


def test_days_without_hours_keep_a_first_day_and_no_hour():
    meeting = publish_changes(proposed(DAYS_ALONE), parties=THREE, when=on(14), **ANA)
    assert (meeting.first_starts_on, meeting.first_starts_at) == (date(2026, 12, 10), None)


@pytest.mark.parametrize("state", ["cancelled", "postponed"])
@pytest.mark.parametrize(("by", "own_yes"), [(ANA, {"MX"}), (CAROL, {"US"}), (BENOIT, set()), (SAM, set())])
def test_reinstating_proposes_again_under_the_same_uid(state, by, own_yes):
    ended = in_state(state)
    meeting = reinstate(ended, **by)
    assert (meeting.state, meeting.uid, meeting.when) == ("proposed", ended.uid, on(10))
    assert meeting.sequence == ended.sequence + 1
    assert not meeting.date_is_open
    assert {party for party, answer in meeting.answers.items() if answer != NO_ANSWER} == own_yes


@pytest.mark.parametrize(
    ("when", "parties"),
    [
        (on(11), THREE),
        (on(10, hour=16), THREE),
        (on(10, zone_name="America/Mexico_City"), THREE),
        (DAYS_ALONE, THREE),
        (on(10), ("MX", "US")),
        (on(10), (*THREE, "NL")),
    ],
)
def test_another_time_zone_or_table_asks_everyone_again(when, parties):
    meeting = publish_changes(confirmed(), parties=parties, when=when, **ANA)
    assert meeting.state == "proposed"
    assert set(meeting.answers) == set(parties)
    assert {party for party, answer in meeting.answers.items() if answer.confirms} == {"MX"}
    assert meeting.sequence == 2


def test_other_changes_keep_state_answers_and_sequence():
    before = confirmed()
    after = publish_changes(before, parties=("US", "MX", "CA"), when=on(10), **BENOIT)
    assert after == dataclasses.replace(before, parties=("US", "MX", "CA"))


def test_the_table_of_a_proposed_meeting_changes_without_a_calendar_change():
    meeting = publish_changes(proposed(), parties=("MX", "US"), when=on(10), **ANA)
    assert (meeting.state, meeting.sequence) == ("proposed", 0)


def test_a_meeting_is_held_from_its_start_on():
    with pytest.raises(Refusal) as refused:
        hold(confirmed(), BEFORE)
    assert refused.value.key == "not_yet_started"
    meeting = hold(confirmed(), AFTER)
    assert (meeting.state, meeting.sequence) == ("held", 1)
    assert (close(meeting).state, close(meeting).sequence) == ("closed", 1)


def test_days_without_hours_begin_at_midnight_in_their_zone():
    with pytest.raises(Refusal):
        hold(confirmed(DAYS_ALONE), datetime(2026, 12, 10, 4, 59, tzinfo=UTC))
    assert hold(confirmed(DAYS_ALONE), datetime(2026, 12, 10, 5, 0, tzinfo=UTC)).state == "held"


def test_a_past_meeting_is_recorded_as_held():
    meeting = record_held("u", THREE, on(10), AFTER)
    assert (meeting.state, meeting.calendar_status, meeting.sequence) == ("held", "CONFIRMED", 0)
    with pytest.raises(Refusal) as refused:
        record_held("u", THREE, on(10), BEFORE)
    assert refused.value.key == "not_yet_started"


def test_sequence_rises_by_one_for_time_or_status_and_for_nothing_else():
    meeting = confirmed()
    assert next_sequence(meeting, meeting) == 1
    assert next_sequence(meeting, dataclasses.replace(meeting, when=on(11))) == 2
    assert next_sequence(meeting, dataclasses.replace(meeting, state="cancelled")) == 2
    assert next_sequence(meeting, dataclasses.replace(meeting, state="cancelled", when=on(11))) == 2
    assert next_sequence(meeting, dataclasses.replace(meeting, state="held", reason="x", parties=("CA",))) == 1


people = st.sampled_from([ANA, BENOIT, CAROL, SAM])
whens = st.sampled_from([on(10), on(11), on(10, hour=16), on(10, zone_name="America/Toronto"), DAYS_ALONE])
tables = st.sampled_from([THREE, ("MX", "US"), ("CA",), (*THREE, "NL")])


class LifeOfAMeeting(RuleBasedStateMachine):
    """Any acts in any order, refused or not; `own` is kept apart, as who really said yes since last asked."""

    @initialize(parties=tables, when=whens, by=people)
    def begin(self, parties, when, by):
        self.meeting = propose("uid-1@entente.test", parties, when, **by)
        self.first = self.meeting
        self.own: set[str] = set()
        self.asked_anew(by)

    def asked_anew(self, by):
        speaks = by["by_role"] in {"coordinator", "head"} and by["by_party"] in self.meeting.parties
        self.own = {by["by_party"]} if speaks else set()

    def do(self, act):
        before = self.meeting
        try:
            self.meeting = act(before)
        except Refusal:
            return False
        assert before.state != "closed"
        assert self.meeting.sequence in {before.sequence, before.sequence + 1}
        is_significant = before.when != self.meeting.when or before.calendar_status != self.meeting.calendar_status
        assert (self.meeting.sequence > before.sequence) is is_significant
        if before.first_starts_on is not None:
            assert self.meeting.first_starts_on == before.first_starts_on
        return True

    @rule(party=st.sampled_from([*THREE, "NL"]), answer=st.sampled_from([OWN_YES, REPORTED_YES, NO, NO_ANSWER]))
    def answer(self, party, answer):
        if self.do(lambda meeting: after_answer(meeting, party, answer)):
            self.own = self.own | {party} if answer == OWN_YES else self.own - {party}

    @rule(parties=tables, when=whens, by=people)
    def publish(self, parties, when, by):
        before = self.meeting
        if self.do(lambda meeting: publish_changes(meeting, parties=parties, when=when, **by)) and (
            before.when != when or set(before.parties) != set(parties)
        ):
            self.asked_anew(by)

    @rule(when=st.none() | whens, by=people, reason=st.sampled_from(["", "why"]))
    def postpone(self, when, by, reason):
        if self.do(lambda meeting: postpone(meeting, reason, **by, when=when)):
            assert reason
            if when is not None:
                self.asked_anew(by)

    @rule(reason=st.sampled_from(["", "why"]))
    def cancel(self, reason):
        if self.do(lambda meeting: cancel(meeting, reason)):
            assert self.meeting.reason == "why"

    @rule(when=st.none() | whens, by=people)
    def reinstate(self, when, by):
        if self.do(lambda meeting: reinstate(meeting, **by, when=when)):
            self.asked_anew(by)

    @rule(now=st.sampled_from([BEFORE, AFTER]))
    def hold(self, now):
        self.do(lambda meeting: hold(meeting, now))

    @rule()
    def close(self):
        self.do(close)

    @invariant()
    def confirmed_means_everyones_own_yes(self):
        if self.meeting.state == "confirmed":
            assert set(self.meeting.parties) <= self.own
        if self.meeting.state == "proposed":
            assert not set(self.meeting.parties) <= self.own

    @invariant()
    def the_uid_is_untouched(self):
        assert self.meeting.uid == self.first.uid

    @invariant()
    def a_date_is_open_only_while_postponed_or_ended_so(self):
        if self.meeting.date_is_open:
            assert self.meeting.state in {"postponed", "cancelled"}
            assert self.meeting.first_starts_on is not None


LifeOfAMeeting.TestCase.settings = settings(deadline=None)
TestLifeOfAMeeting = LifeOfAMeeting.TestCase


@pytest.mark.parametrize(
    ("when", "now", "too_late"),
    [
        (TENTH, BEFORE, False),
        (TENTH, AFTER, True),
        (DAYS_ALONE, AFTER, False),
        (DAYS_ALONE, datetime(2026, 12, 12, 4, 59, tzinfo=UTC), False),
        (DAYS_ALONE, datetime(2026, 12, 12, 5, 0, tzinfo=UTC), True),
    ],
)
def test_a_meeting_can_be_promised_until_its_hour_or_until_its_days_are_over(
    when: When, now: datetime, too_late: bool
) -> None:
    assert when.is_too_late(now) is too_late
