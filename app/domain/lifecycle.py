"""The life of a meeting: who confirms it, how it moves, and when its SEQUENCE rises.

A draft is a row of its own and no state of a meeting: the life begins when a draft is proposed.
Calendar rules are those of RFC 5546, section 2.1.4.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from app.domain.errors import Refusal
from app.domain.plaintext import paragraphs
from app.domain.visibility import SPEAKING_ROLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime

State = Literal["proposed", "confirmed", "held", "closed", "postponed", "cancelled"]
Verb = Literal["answer", "publish", "postpone", "cancel", "reinstate", "hold", "close"]
CalendarStatus = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]

STATES: Final[tuple[State, ...]] = ("proposed", "confirmed", "held", "closed", "postponed", "cancelled")

# What may be done in each state, and where it can lead. What is not here is refused.
TRANSITIONS: Final[Mapping[State, Mapping[Verb, frozenset[State]]]] = MappingProxyType(
    {
        "proposed": {
            "answer": frozenset({"proposed", "confirmed"}),
            "publish": frozenset({"proposed", "confirmed"}),
            "postpone": frozenset({"postponed", "proposed", "confirmed"}),
            "cancel": frozenset({"cancelled"}),
        },
        "confirmed": {
            "answer": frozenset({"proposed", "confirmed"}),
            "publish": frozenset({"proposed", "confirmed"}),
            "postpone": frozenset({"postponed", "proposed", "confirmed"}),
            "cancel": frozenset({"cancelled"}),
            "hold": frozenset({"held"}),
        },
        "postponed": {
            "reinstate": frozenset({"proposed", "confirmed"}),
            "cancel": frozenset({"cancelled"}),
        },
        "cancelled": {
            "reinstate": frozenset({"proposed", "confirmed"}),
        },
        "held": {
            "close": frozenset({"closed"}),
        },
        "closed": {},
    }
)

CALENDAR_STATUS: Final[Mapping[State, CalendarStatus]] = MappingProxyType(
    {
        "proposed": "TENTATIVE",
        "confirmed": "CONFIRMED",
        "held": "CONFIRMED",
        "closed": "CONFIRMED",
        "postponed": "CANCELLED",  # postponed means that no new date is known; a new date makes it proposed
        "cancelled": "CANCELLED",
    }
)


@dataclass(frozen=True)
class Answer:
    """What a party said to the proposed meeting; `is_reported` when it came by note or telephone."""

    value: Literal["yes", "no"] | None = None
    is_reported: bool = False

    @property
    def confirms(self) -> bool:
        """Say whether this is the party's own yes."""
        return self.value == "yes" and not self.is_reported


NO_ANSWER: Final = Answer()
OWN_YES: Final = Answer("yes")


@dataclass(frozen=True)
class When:
    """The time promised: days in a zone, the UTC instants that bound them, and each sitting's instants.

    Without sittings it is a meeting of days without hours, and its bounds are midnights.
    """

    zone_name: str
    first_day: date
    last_day: date
    starts_at: datetime
    ends_at: datetime
    sittings: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def has_hours(self) -> bool:
        """Say whether the hours are known, not the days alone."""
        return bool(self.sittings)

    def is_too_late(self, now: datetime) -> bool:
        """Say whether it can be promised no more: its first hour has come or, without hours, its days are over."""
        return (self.starts_at if self.has_hours else self.ends_at) <= now


@dataclass(frozen=True)
class MeetingState:
    """What the rules of a meeting's life need to know of it; each rule returns another one.

    `first_starts_on` (and `first_starts_at`, where hours were promised) is the start first promised,
    kept from the first time the date moves. `date_is_open` while postponed: `when` is then the date
    that no longer holds. `reason` is that of the last postponement or cancellation.
    """

    uid: str
    state: State
    parties: tuple[str, ...]
    when: When
    answers: Mapping[str, Answer] = field(default_factory=dict)
    sequence: int = 0
    first_starts_on: date | None = None
    first_starts_at: datetime | None = None
    date_is_open: bool = False
    reason: str | None = None

    @property
    def calendar_status(self) -> CalendarStatus:
        """The iCalendar STATUS of this state."""
        return CALENDAR_STATUS[self.state]


def allowed(state: State, verb: Verb) -> bool:
    """Say whether something may be done to a meeting in this state at all."""
    return verb in TRANSITIONS[state]


def confirmed_by_all(answers: Mapping[str, Answer], parties: Iterable[str]) -> bool:
    """Say whether every chosen party gave its own yes; one that is only reported does not confirm."""
    chosen = tuple(parties)
    return bool(chosen) and all(answers.get(party, NO_ANSWER).confirms for party in chosen)


def speaks_for(by_party: str | None, by_role: str, parties: Iterable[str]) -> bool:
    """Say whether this person's act is a chosen party's own yes: its coordinator or head, nobody else."""
    return by_role in SPEAKING_ROLES and by_party in set(parties)


def propose(
    uid: str,
    parties: Iterable[str],
    when: When,
    *,
    by_party: str | None,
    by_role: str,
    said_yes: Collection[str] = (),
) -> MeetingState:
    """Return the meeting that a draft becomes, its proposer's coordinator or head having said yes.

    `said_yes` are parties whose own yes to this very time was given beforehand, in a poll. Proposed, unless no
    other party has a word to say: then confirmed. Raises `Refusal("no_parties")`.
    """
    chosen = _chosen(parties)
    answers = _fresh_answers(chosen, by_party, by_role, said_yes)
    return _settled(MeetingState(uid, "proposed", chosen, when, answers))


def record_held(uid: str, parties: Iterable[str], when: When, now: datetime) -> MeetingState:
    """Return a meeting that took place without Entente, entered afterwards; it asks nobody for an answer.

    Raises `Refusal` `no_parties`, or `not_yet_started` when it is not past.
    """
    chosen = _chosen(parties)
    _check_started(when, now)
    return MeetingState(uid, "held", chosen, when, _fresh_answers(chosen, None, ""))


def after_answer(meeting: MeetingState, party: str, answer: Answer) -> MeetingState:
    """Return the meeting after a chosen party's answer: confirmed with the last own yes, proposed again without.

    Raises `Refusal`: `not_in_state`; `not_a_party`; `own_answer_stands` where a report would
    replace what the party itself said here.
    """
    _check_verb(meeting, "answer")
    if party not in meeting.parties:
        raise Refusal("not_a_party", field="party", party=party)
    standing = meeting.answers.get(party, NO_ANSWER)
    if answer.is_reported and standing.value is not None and not standing.is_reported:
        raise Refusal("own_answer_stands", field="answer", party=party)
    answers = {**meeting.answers, party: answer}
    return _sequenced(meeting, _settled(dataclasses.replace(meeting, answers=answers)))


def agreed_at_once(meeting: MeetingState) -> MeetingState:
    """Return a proposed meeting confirmed by every party: what becomes of one to practise with, where nobody is asked.

    Any other meeting is returned as it is.
    """
    if meeting.state != "proposed":
        return meeting
    return _settled(dataclasses.replace(meeting, answers=dict.fromkeys(meeting.parties, OWN_YES)))


def publish_changes(
    meeting: MeetingState,
    *,
    parties: Iterable[str],
    when: When,
    by_party: str | None,
    by_role: str,
    said_yes: Collection[str] = (),
) -> MeetingState:
    """Return the meeting after staged changes are published all at once.

    Another time, zone or set of parties clears the answers, since nobody has agreed to that, and the
    publisher's own coordinator or head counts as a yes, as do those who `said_yes` to it beforehand. Any other
    change keeps state and answers.
    Raises `Refusal` `not_in_state` or `no_parties`.
    """
    _check_verb(meeting, "publish")
    chosen = _chosen(parties)
    if when == meeting.when and set(chosen) == set(meeting.parties):
        return dataclasses.replace(meeting, parties=chosen)
    answers = _fresh_answers(chosen, by_party, by_role, said_yes)
    changed = dataclasses.replace(_moved(meeting, when), parties=chosen, answers=answers)
    return _sequenced(meeting, _settled(changed))


def postpone(
    meeting: MeetingState,
    reason: str,
    *,
    by_party: str | None,
    by_role: str,
    when: When | None = None,
    said_yes: Collection[str] = (),
) -> MeetingState:
    """Return the meeting postponed: to a new date, which is proposed to all anew, or to a date left open.

    The first date and the reason are kept. Raises `Refusal`: `not_in_state`, `reason_required`,
    `same_date` when the new date is the old one.
    """
    _check_verb(meeting, "postpone")
    why = _reason(reason)
    if when is None:
        kept = _with_first_start(meeting)
        return _sequenced(meeting, dataclasses.replace(kept, state="postponed", reason=why, date_is_open=True))
    if when == meeting.when:
        raise Refusal("same_date", field="starts")
    answers = _fresh_answers(meeting.parties, by_party, by_role, said_yes)
    moved = dataclasses.replace(_with_first_start(meeting), when=when, reason=why, answers=answers)
    return _sequenced(meeting, _settled(moved))


def cancel(meeting: MeetingState, reason: str) -> MeetingState:
    """Return the meeting cancelled, its date and the reason kept; raises `not_in_state`, `reason_required`."""
    _check_verb(meeting, "cancel")
    return _sequenced(meeting, dataclasses.replace(meeting, state="cancelled", reason=_reason(reason)))


def reinstate(
    meeting: MeetingState,
    *,
    by_party: str | None,
    by_role: str,
    when: When | None = None,
    said_yes: Collection[str] = (),
) -> MeetingState:
    """Return a cancelled or postponed meeting proposed again: the same UID, a higher SEQUENCE, answers asked anew.

    The yes of the reinstating party's own coordinator or head counts. Without `when` it is proposed
    on the date it had. Raises `Refusal("not_in_state")`.
    """
    _check_verb(meeting, "reinstate")
    answers = _fresh_answers(meeting.parties, by_party, by_role, said_yes)
    back = dataclasses.replace(_moved(meeting, when or meeting.when), answers=answers)
    return _sequenced(meeting, _settled(back))


def hold(meeting: MeetingState, now: datetime) -> MeetingState:
    """Return a confirmed meeting as held, from its start on (`now` aware); raises `not_in_state`, `not_yet_started`."""
    _check_verb(meeting, "hold")
    _check_started(meeting.when, now)
    return _sequenced(meeting, dataclasses.replace(meeting, state="held"))


def close(meeting: MeetingState) -> MeetingState:
    """Return a held meeting as closed, for good; raises `Refusal("not_in_state")`."""
    _check_verb(meeting, "close")
    return _sequenced(meeting, dataclasses.replace(meeting, state="closed"))


def next_sequence(old: MeetingState, new: MeetingState) -> int:
    """Return the SEQUENCE of the changed meeting: one higher when its time or calendar STATUS changed, never lower."""
    is_significant = old.when != new.when or old.calendar_status != new.calendar_status
    return old.sequence + 1 if is_significant else old.sequence


def _check_verb(meeting: MeetingState, verb: Verb) -> None:
    if not allowed(meeting.state, verb):
        raise Refusal("not_in_state", state=meeting.state, verb=verb)


def _check_started(when: When, now: datetime) -> None:
    if now < when.starts_at:
        raise Refusal("not_yet_started", starts=when.starts_at)


def _chosen(parties: Iterable[str]) -> tuple[str, ...]:
    """Return the parties in their order, each once."""
    chosen = tuple(dict.fromkeys(parties))
    if not chosen:
        raise Refusal("no_parties", field="parties")
    return chosen


def _reason(reason: str) -> str:
    """Return the reason cleaned; a postponement or cancellation without one is refused."""
    cleaned = paragraphs(reason, "reason", limit=2000)
    if not cleaned:
        raise Refusal("reason_required", field="reason")
    return cleaned


def _fresh_answers(
    parties: tuple[str, ...], by_party: str | None, by_role: str, said_yes: Collection[str] = ()
) -> dict[str, Answer]:
    """Return the answers when all are asked anew; the own coordinator's or head's act is that party's yes."""
    answers = {party: OWN_YES if party in said_yes else NO_ANSWER for party in parties}
    if by_party is not None and speaks_for(by_party, by_role, parties):
        answers[by_party] = OWN_YES
    return answers


def _settled(meeting: MeetingState) -> MeetingState:
    """Return the meeting confirmed or proposed, as its answers say."""
    state: State = "confirmed" if confirmed_by_all(meeting.answers, meeting.parties) else "proposed"
    return dataclasses.replace(meeting, state=state, date_is_open=False)


def _moved(meeting: MeetingState, when: When) -> MeetingState:
    """Return the meeting at another time; its first start is kept when the day moves, not the hour alone."""
    kept = meeting if when.first_day == meeting.when.first_day else _with_first_start(meeting)
    return dataclasses.replace(kept, when=when)


def _with_first_start(meeting: MeetingState) -> MeetingState:
    """Return the meeting with the start that it has now as its first, unless an earlier promise is on record."""
    if meeting.first_starts_on is not None:
        return meeting
    return dataclasses.replace(
        meeting,
        first_starts_on=meeting.when.first_day,
        first_starts_at=meeting.when.starts_at if meeting.when.has_hours else None,
    )


def _sequenced(old: MeetingState, new: MeetingState) -> MeetingState:
    """Return the changed meeting with the SEQUENCE that the change calls for."""
    return dataclasses.replace(new, sequence=next_sequence(old, new))
