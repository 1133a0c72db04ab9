"""What a text filter of actions asks of the database: guarded conditions, each party's days being its own capital's.

What is asked of a party's part (`party:`, `office:`, `person:`, `@me`, `@us`) holds for one and the same leg, and so
do the states and days beside it; without any of them, states and days are those of the whole.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, and_, false, func, not_, or_, select

from app.domain import actions as rules
from app.domain.action_query import OWN, WORD, ActionQuery, Term, days_of
from app.domain.action_query_words import folded
from app.domain.errors import Refusal
from app.domain.updates import QUIET_DAYS, quiet_before
from app.domain.visibility import Viewer
from app.models import Action, CarryOver, Commitment, CommitmentAction, Leg, Meeting
from app.services.action_whole import in_lists, not_ended, owed_as_a_whole
from app.services.updates import quiet_since

Condition = ColumnElement[bool]
_OWED: Final = sorted(rules.OWED_STATES)
OF_LEGS: Final = frozenset({"party", "office", "person", OWN})
_STILL_TO_DO: Final = frozenset({"open", "under_way", "blocked", "owed", "overdue", "unaccepted", "quiet"})
_CLOSE: Final = 6


@dataclass(frozen=True, slots=True)
class KnownMechanism:
    """A mechanism by all that it can be called in a filter."""

    id: uuid.UUID
    code: str
    ref: str | None
    prefix: str
    name: Mapping[str, str]
    is_offered: bool
    is_example: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Return what it is called in a filter, in small letters."""
        return tuple(each.lower() for each in (self.code, self.ref, self.prefix) if each)


@dataclass(frozen=True, slots=True)
class Ground:
    """What filters are held against: who asks and when, the day in each capital, and what is known by its code.

    `zone_name` is the zone of the viewer's capital, else their own; `offices` are the parties of offices by their
    codes.
    """

    viewer: Viewer
    now: dt.datetime
    zone_name: str
    todays: Mapping[str, dt.date]
    offices: Mapping[str, str]
    mechanisms: tuple[KnownMechanism, ...]

    @property
    def today(self) -> dt.date:
        """Return the day that relative days count from: that of the viewer's capital, else of their own zone."""
        return rules.today_in(self.now, self.zone_name)


def conditions(query: ActionQuery, ground: Ground) -> list[Condition]:
    """Return what must hold of an action, joined by and.

    Raises `Refusal` (field `q`): `query_unknown_party`, `query_unknown_office`, `query_unknown_mechanism` (each with
    `word` and `allowed`), `query_no_delegation` (`word`).
    """
    found = [in_lists()]
    if not any(term.key == "mechanism" and not term.negated for term in query.terms):
        examples = [each.id for each in ground.mechanisms if each.is_example]
        found.append(or_(Action.mechanism_id.is_(None), Action.mechanism_id.not_in(examples)))
    scope = [_of_leg(term, ground) for term in query.terms if term.key in OF_LEGS and not term.negated]
    for term in query.terms:
        if term.key in OF_LEGS and term.negated:
            found.append(not_(_some_leg(_of_leg(term, ground))))
        elif scope and term.key in {"is", "due"}:
            said = _is(term, ground, of_leg=True) if term.key == "is" else _due(term, ground, of_leg=True)
            scope.append(_turned(said, term))
            found += _implied(term, ground)
        elif term.key not in OF_LEGS:
            found.append(_turned(_of_whole(term, ground), term))
            found += _implied(term, ground)
    # Of an office or a person there are few: their legs are found first, and not those of each action in turn.
    few = [_of_leg(term, ground) for term in query.terms if _is_of_few(term)]
    found += [Action.id.in_(select(Leg.action_id).where(*few))] if few else []
    return [*found, _some_leg(*scope)] if scope else found


def _is_of_few(term: Term) -> bool:
    return not term.negated and (term.key in {"office", "person"} or (term.key == OWN and term.values == ("me",)))


def _turned(condition: Condition, term: Term) -> Condition:
    """Return the condition, or that it does not hold; conditions are never unknown, only true or not."""
    return not_(condition) if term.negated else condition


def _some_leg(*asked: Condition) -> Condition:
    """Return that an action has such a leg, asked of one action at a time.

    PostgreSQL may not turn it into a join, before which it would read all legs and sort all actions: a list of the
    first thousand walks an index of the actions in their order and stops (at 100,000 actions 12 ms and not 92).
    """
    found = select(Leg.id).where(Leg.action_id == Action.id, *asked).correlate(Action).exists()
    return func.coalesce(found, false(), type_=Boolean())


def _implied(term: Term, ground: Ground) -> list[Condition]:
    """Return what the whole keeps of what is asked of its legs, by which the engine finds them sooner."""
    if term.negated or term.key != "is" or not set(term.values) <= {"overdue", "owed", "unaccepted"}:
        return []
    found: list[Condition] = [owed_as_a_whole()]
    if term.values == ("overdue",):
        found.append(Action.due_on < max(ground.todays.values(), default=ground.today))
    return found


# A leg --------------------------------------------------------------------------------------------


def _of_leg(term: Term, ground: Ground) -> Condition:
    match term.key:
        case "party":
            return Leg.party_code.in_([_party(value, ground) for value in term.values])
        case "office":
            return Leg.office_code.in_([code for value in term.values for code in _offices(value, ground)])
        case "person":
            return Leg.person_name.in_(term.values)
    viewer = ground.viewer
    if viewer.party is None:
        if term.values == ("us",):
            raise Refusal("query_no_delegation", field="q", word="@us")
        return Leg.person_id == viewer.person_id
    own = Leg.party_code == viewer.party
    if term.values == ("us",):
        return own
    return or_(Leg.person_id == viewer.person_id, and_(Leg.person_name == viewer.name, own))


def _overdue(ground: Ground) -> Condition:
    """Return that a leg is accepted, still owed, and due before the day that it is in its party's capital."""
    by_day: dict[dt.date, list[str]] = {}
    for code, today in ground.todays.items():
        by_day.setdefault(today, []).append(code)
    late = [and_(Leg.due_on < today, Leg.party_code.in_(codes)) for today, codes in sorted(by_day.items())]
    if len(late) == 1:
        late = [Leg.due_on < next(iter(by_day))]
    is_owed = and_(Leg.is_accepted.is_(True), Leg.state.in_(_OWED), Leg.due_on.is_not(None))
    return and_(is_owed, or_(false(), *late))


# States and days, of a leg or of the whole --------------------------------------------------------


def _is(term: Term, ground: Ground, *, of_leg: bool) -> Condition:
    return or_(*(_is_one(value, ground, of_leg=of_leg) for value in term.values))


def _is_one(value: str, ground: Ground, *, of_leg: bool) -> Condition:
    if value in _STILL_TO_DO:
        return and_(_is_still(value, ground, of_leg=of_leg), not_ended())
    if value == "ended":
        return Action.ended_as.is_not(None)
    if value == "carried":
        return Action.id.in_(
            select(CarryOver.action_id).where(CarryOver.outcome == "carried", CarryOver.undone_at.is_(None))
        )
    return (Leg.state if of_leg else Action.state) == value


def _is_still(value: str, ground: Ground, *, of_leg: bool) -> Condition:
    if value == "quiet":
        return and_(owed_as_a_whole(), Action.news_at < quiet_before(ground.now, ground.zone_name, QUIET_DAYS))
    if value == "owed":
        return Leg.state.in_(_OWED) if of_leg else owed_as_a_whole()
    if value in {"overdue", "unaccepted"}:
        told = _overdue(ground) if value == "overdue" else and_(Leg.is_accepted.is_(False), Leg.state.in_(_OWED))
        return told if of_leg else _some_leg(told)
    return (Leg.state if of_leg else Action.state) == value


def _due(term: Term, ground: Ground, *, of_leg: bool) -> Condition:
    """Return that a day is as asked; one that is not known is neither before nor after any."""
    column: ColumnElement[dt.date | None] = (Leg.due_on if of_leg else Action.due_on).expression
    found: list[Condition] = []
    for value in term.values:
        if value == "none":
            found.append(column.is_(None))
            continue
        first, last = days_of(value, ground.today)
        found.append(
            and_(
                column.is_not(None),
                *{
                    "<": [column < first], "<=": [column <= last], ">": [column > last], ">=": [column >= first],
                    "=": [column >= first, column <= last],
                }[term.sign],
            )
        )  # fmt: skip
    return or_(*found)


# The whole ----------------------------------------------------------------------------------------


def _of_whole(term: Term, ground: Ground) -> Condition:
    match term.key:
        case "is":
            return _is(term, ground, of_leg=False)
        case "due":
            return _due(term, ground, of_leg=False)
        case "quiet":
            return _quiet(term, ground)
        case "serves" | "meeting":
            return _stands_with(term)
        case "ref" | "word":
            return or_(*(_written(term.key, value) for value in term.values))
    return _among(*_column_and_values(term, ground))


def _among(column: ColumnElement[Any], values: Sequence[Any]) -> Condition:
    return and_(column.is_not(None), column.in_(values))


def _column_and_values(term: Term, ground: Ground) -> tuple[ColumnElement[Any], Sequence[Any]]:
    match term.key:
        case "mechanism":
            return Action.mechanism_id.expression, [_mechanism(value, ground) for value in term.values]
        case "lead":
            return Action.lead_party.expression, [_party(value, ground) for value in term.values]
    columns = {"kind": Action.kind, "priority": Action.priority, "horizon": Action.horizon}
    return columns[term.key].expression, term.values


def _written(key: str, value: str) -> Condition:
    if key == WORD:
        return Action.found_by.contains(folded(value), autoescape=True)
    return Action.reference.startswith(value, autoescape=True)


def _stands_with(term: Term) -> Condition:
    """Return that an action was recorded at one of these meetings, or serves one of these commitments."""
    if term.key == "meeting":
        held = select(Meeting.id).where(Meeting.reference.in_(term.values))
        return and_(Action.meeting_id.is_not(None), Action.meeting_id.in_(held))
    serving = (
        select(CommitmentAction.action_id)
        .join(Commitment, Commitment.id == CommitmentAction.commitment_id)
        .where(CommitmentAction.ended_at.is_(None), Commitment.ref.in_(term.values))
    )
    return Action.id.in_(serving)


def _quiet(term: Term, ground: Ground) -> Condition:
    """Return that the last news is more than so many days ago, or fewer, counted as the home page counts them."""
    days = int(term.values[0])
    if term.sign == ">":
        return quiet_since(ground.now, days, ground.zone_name)
    since = quiet_before(ground.now, ground.zone_name, days - 1)
    return and_(owed_as_a_whole(), not_ended(), Action.news_at >= since)


# What is known by its code ------------------------------------------------------------------------


def _party(value: str, ground: Ground) -> str:
    if value not in ground.todays:
        raise _unknown("query_unknown_party", value, sorted({*ground.offices.values()} or ground.todays))
    return value


def _offices(value: str, ground: Ground) -> list[str]:
    """Return the codes of the offices of that name: `MX-SRE`, or `SRE` of whichever party."""
    found = [code for code in ground.offices if code == value or code.endswith(f"-{value}")]
    if not found:
        raise _unknown("query_unknown_office", value, list(ground.offices))
    return found


def _mechanism(value: str, ground: Ground) -> uuid.UUID:
    for each in ground.mechanisms:
        if value in each.names:
            return each.id
    raise _unknown("query_unknown_mechanism", value, [each.code for each in ground.mechanisms if each.is_offered])


def _unknown(key: str, value: str, known: list[str]) -> Refusal:
    """Return the refusal of a name that nothing has, with those that come nearest to it."""
    near = get_close_matches(value, known, _CLOSE, 0.4) or sorted(known)[:_CLOSE]
    return Refusal(key, field="q", word=value, allowed=", ".join(near))
