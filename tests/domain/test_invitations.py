"""Invitations: which message a calendar needs, over a meeting's whole life and over any path of acts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import lifecycle
from app.domain.entries import Status
from app.domain.errors import Refusal
from app.domain.invitations import Last, Notice, PartStat, Standing, Told, notice, participation, standing_reply
from app.domain.lifecycle import Answer, MeetingState, When

START = datetime(2026, 12, 10, 15, tzinfo=UTC)
FIRST = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def told(day: int = 0, digest: str = "as it was") -> Told:
    starts = START + timedelta(days=day)
    return Told("1@entente.example", "UNC-2026-1", starts, starts + timedelta(hours=3), "America/New_York", digest)


def standing(
    status: Status, sequence: int, minute: int = 0, what: Told | None = None, *, is_over: bool = False
) -> Standing:
    return Standing(status, sequence, FIRST + timedelta(minutes=minute), is_over, what or told())


def last(notice_sent: Notice | None, reply: PartStat = "needs_action") -> Last | None:
    if notice_sent is None:
        return None
    sent = notice_sent
    return Last(sent.method, sent.sequence, sent.stamped_at, sent.told, reply)


ASKED = Last("REQUEST", 1, FIRST, told())
CALLED_OFF = Last("CANCEL", 2, FIRST, told())


@pytest.mark.parametrize(
    ("now", "before", "method", "status", "sequence"),
    [
        # Before it was first confirmed, nothing; of one that was never asked for, nothing is called off.
        (standing("TENTATIVE", 0), None, None, None, None),
        (standing("CANCELLED", 1), None, None, None, None),
        (None, None, None, None, None),
        (standing("CONFIRMED", 1), None, "REQUEST", "CONFIRMED", 1),
        (standing("CONFIRMED", 1, is_over=True), None, None, None, None),
        # What the calendar knows is not said again; what it does not know is, whether SEQUENCE rose or not.
        (standing("CONFIRMED", 1, 5), ASKED, None, None, None),
        (standing("CONFIRMED", 1, 5, told(digest="in another room")), ASKED, "REQUEST", "CONFIRMED", 1),
        (standing("TENTATIVE", 2, 5, told(7)), ASKED, "REQUEST", "TENTATIVE", 2),
        (standing("TENTATIVE", 2, 5), ASKED, "REQUEST", "TENTATIVE", 2),
        (standing("CANCELLED", 2, 5), ASKED, "CANCEL", "CANCELLED", 2),
        # Once called off it is called off, postponed and then cancelled too; proposed again it comes back.
        (standing("CANCELLED", 2, 9), CALLED_OFF, None, None, None),
        (standing("TENTATIVE", 3, 9), CALLED_OFF, "REQUEST", "TENTATIVE", 3),
        # What may not have gone out is said again.
        (standing("CONFIRMED", 1, 5), dataclasses.replace(ASKED, is_sure=False), "REQUEST", "CONFIRMED", 1),
        (standing("CANCELLED", 2, 5), dataclasses.replace(CALLED_OFF, is_sure=False), "CANCEL", "CANCELLED", 2),
        (None, dataclasses.replace(CALLED_OFF, is_sure=False), "CANCEL", None, 2),
        # Taken off: no STATUS, since the event goes on, and the SEQUENCE that they knew.
        (None, ASKED, "CANCEL", None, 1),
        (None, CALLED_OFF, None, None, None),
        # Put on again, with the same SEQUENCE; of one that is over nobody is told anew.
        (standing("CONFIRMED", 2, 9), CALLED_OFF, "REQUEST", "CONFIRMED", 2),
        (standing("CONFIRMED", 2, 9, is_over=True), CALLED_OFF, None, None, None),
        (standing("CONFIRMED", 1, 9, told(digest="held"), is_over=True), ASKED, "REQUEST", "CONFIRMED", 1),
    ],
)
def test_the_life_of_a_meeting_in_a_calendar(now, before, method, status, sequence):
    due = notice(now, before, FIRST + timedelta(hours=1))
    found = (due.method, due.status, due.sequence) if due else (None, None, None)
    assert found == (method, status, sequence)
    if due is not None:
        assert before is None or (due.stamped_at > before.stamped_at) == before.is_sure
        assert due.stamped_at.microsecond == 0


def test_who_is_taken_off_is_told_nothing_that_was_decided_without_them():
    due = notice(None, ASKED, FIRST + timedelta(hours=1, microseconds=7))
    assert due == Notice("CANCEL", None, 1, FIRST + timedelta(hours=1), told())


@pytest.mark.parametrize(
    ("changed", "stamp"),
    [
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(minutes=5, microseconds=999_999), timedelta(minutes=5)),
        # Two changes in one second, or a clock that was set back, still rise.
        (timedelta(0), timedelta(seconds=1)),
        (timedelta(minutes=-5), timedelta(seconds=1)),
    ],
)
def test_the_stamp_rises_with_every_message(changed, stamp):
    now = dataclasses.replace(standing("CANCELLED", 1), stamped_at=FIRST + changed)
    due = notice(now, ASKED, FIRST)
    assert due is not None
    assert due.stamped_at == FIRST + stamp


@pytest.mark.parametrize(
    ("before", "now", "reply"),
    [
        (dataclasses.replace(ASKED, reply="accepted"), told(digest="in another room"), "accepted"),
        (dataclasses.replace(ASKED, reply="declined"), told(), "declined"),
        (dataclasses.replace(ASKED, reply="accepted"), told(1), "needs_action"),
        (dataclasses.replace(CALLED_OFF, reply="accepted"), told(), "needs_action"),
        (None, told(), "needs_action"),
    ],
)
def test_a_reply_stands_as_long_as_the_time_does(before, now, reply):
    assert standing_reply(before, now) == reply


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("head", "REQ-PARTICIPANT"),
        ("interpreter", "REQ-PARTICIPANT"),
        ("liaison", "OPT-PARTICIPANT"),
        ("support", "NON-PARTICIPANT"),
        (None, "OPT-PARTICIPANT"),
    ],
)
def test_the_role_of_who_is_invited(role, expected):
    assert participation(role) == expected


# Any path of acts -------------------------------------------------------------------------------------


def when(day: int) -> When:
    starts = START + timedelta(days=day)
    return When("America/New_York", starts.date(), starts.date(), starts, starts + timedelta(hours=3), ())


@dataclass
class Calendar:
    """A calendar by RFC 5546: of two messages the higher SEQUENCE counts, then the later DTSTAMP."""

    seen: tuple[int, datetime] | None = None
    shown: tuple[Status | None, Told] | None = None

    def take(self, message: Notice) -> None:
        turn = (message.sequence, message.stamped_at)
        if self.seen is not None and turn <= self.seen:
            return
        self.seen = turn
        self.shown = (message.status, message.told) if message.method == "REQUEST" else None


@dataclass
class World:
    """A meeting, one person who is invited to it or not, and what was mailed to them."""

    meeting: MeetingState = field(
        default_factory=lambda: lifecycle.propose(
            "1@entente.example", ("CA", "MX"), when(0), by_party="MX", by_role="coordinator"
        )
    )
    now: datetime = FIRST
    changed_at: datetime = FIRST
    room: int = 0
    is_invited: bool = True
    was_asked: bool = False
    known: Last | None = None
    mailed: list[Notice] = field(default_factory=list)

    def act(self, act: str, number: int) -> None:
        """Do something to the meeting or to the roster; what is not allowed changes nothing."""
        rules = {
            "answer": lambda: lifecycle.after_answer(self.meeting, "CA", Answer("yes" if number % 4 else "no")),
            "move": lambda: lifecycle.postpone(
                self.meeting, "a reason", when=when(number), by_party="MX", by_role="head"
            ),
            "leave open": lambda: lifecycle.postpone(self.meeting, "a reason", by_party="MX", by_role="head"),
            "cancel": lambda: lifecycle.cancel(self.meeting, "a reason"),
            "reinstate": lambda: lifecycle.reinstate(
                self.meeting, when=when(number) if number % 2 else None, by_party="MX", by_role="head"
            ),
            "publish": lambda: lifecycle.publish_changes(
                self.meeting, parties=("CA", "MX"), when=when(number % 3), by_party="MX", by_role="head"
            ),
        }
        try:
            if act == "another room":
                self.room += 1
            elif act in {"put on", "take off"}:
                self.is_invited = act == "put on"
            else:
                self.meeting = rules[act]()
            self.changed_at = self.now if act not in {"put on", "take off"} else self.changed_at
        except Refusal:
            pass

    def due(self) -> Notice | None:
        return notice(self.standing() if self.is_invited else None, self.known, self.now)

    def standing(self) -> Standing:
        when_ = self.meeting.when
        shown = Told(self.meeting.uid, "UNC-2026-1", when_.starts_at, when_.ends_at, when_.zone_name, str(self.room))
        return Standing(self.meeting.calendar_status, self.meeting.sequence, self.changed_at, False, shown)

    def mail(self, outcome: str) -> None:
        """Mail what is due: it goes out, it is refused, or it goes out and the worker ends before it notes that."""
        due = self.due()
        if due is None:
            return
        self.mailed += [due] if outcome != "refused" else []
        self.known = last(due)
        if outcome != "mail" and self.known is not None:
            self.known = dataclasses.replace(self.known, is_sure=False)
            assert self.due() == due

    def expected(self) -> tuple[Status | None, Told] | None:
        """Return what the person's calendar has to show."""
        now = self.standing()
        is_shown = self.is_invited and now.status != "CANCELLED"
        return (now.status, now.told) if is_shown and self.known is not None else None


ACTS = st.sampled_from(
    ["answer", "answer", "move", "leave open", "cancel", "reinstate", "publish", "another room", "put on", "take off"]
)
STEPS = st.lists(
    st.tuples(
        ACTS, st.integers(0, 5), st.sampled_from(["wait", "mail", "die", "refused"]), st.sampled_from([0, 0.3, 1, 90])
    ),
    max_size=14,
)


@settings(max_examples=300)
@given(STEPS, st.randoms(use_true_random=False))
def test_a_calendar_ends_where_the_meeting_stands(steps: Sequence[tuple[str, int, str, float]], order) -> None:
    world = World()
    for act, number, then, seconds in steps:
        world.now += timedelta(seconds=seconds)
        before = world.known
        world.act(act, number)
        if then != "wait":
            world.mail(then)
        assert before is None or world.known is None or world.known.sequence >= before.sequence
    world.mail("mail")
    assert world.due() is None
    in_turn, mixed_up = Calendar(), Calendar()
    for message in world.mailed:
        in_turn.take(message)
    for message in order.sample(world.mailed, len(world.mailed)):
        mixed_up.take(message)
    assert in_turn.shown == mixed_up.shown == world.expected()
    # A CANCEL that may have gone out is said again, whether the meeting or the person went: both take it away.
    once = dict.fromkeys((each.sequence, each.stamped_at, each.method, each.told) for each in world.mailed)
    turns = [(sequence, stamped_at) for sequence, stamped_at, *_said in once]
    assert turns == sorted(set(turns))


def test_the_check_itself_would_notice_a_stamp_that_stays():
    calendar = Calendar()
    asked = notice(standing("CONFIRMED", 1), None, FIRST)
    assert asked is not None
    calendar.take(asked)
    calendar.take(dataclasses.replace(asked, told=told(digest="in another room")))
    assert calendar.shown == ("CONFIRMED", told())
