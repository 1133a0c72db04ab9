"""What is with one office, or with one person, of what the viewer may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select

from app.db import GuardedSession
from app.domain.actions import OWED_STATES
from app.domain.errors import NotFound
from app.domain.feed_filters import parts_of
from app.models import Action, Leg, Office
from app.services.action_lines import ActionLine, lines_of, today_of
from app.services.action_whole import in_lists, not_ended
from app.services.paging import PAGE_SIZE, pages_of
from app.services.practice import is_real_action


@dataclass(frozen=True, slots=True)
class Tally:
    """How many legs are still owed, of them late, of them not accepted, and how many are done."""

    owed: int
    overdue: int
    unaccepted: int
    done: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many legs that are still owed are with a part: an office's person, or a person's office; None for neither."""

    name: str | None
    office: Office | None
    owed: int


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """What is with an owner: the tally of all, with whom or where it is, and a page of what is still owed."""

    party: str
    tally: Tally
    shares: tuple[Share, ...]
    lines: tuple[ActionLine, ...]
    page: int
    page_count: int
    office: Office | None = None
    person: str | None = None


def office_actions(session: GuardedSession, code: str, page: int = 1) -> OwnerPage:
    """Return what is with an office and its parts, by due day; raises `NotFound` where there is no such office."""
    office = session.execute(select(Office).where(Office.code == code)).scalar_one_or_none()
    if office is None:
        raise NotFound
    rows = session.execute(select(Office.code, Office.part_of).where(Office.party_code == office.party_code))
    codes = parts_of(code, {row.code: row.part_of for row in rows})
    condition = Leg.office_code.in_(sorted(codes))
    return _page(session, office.party_code, condition, page, office=office)


def person_actions(session: GuardedSession, party: str, name: str, page: int = 1) -> OwnerPage:
    """Return what is with a person of a party, known by the name that stands in its legs; raises `NotFound`.

    A name that stands in none that the viewer sees is nobody's.
    """
    condition = and_(Leg.party_code == party, Leg.person_name == name)
    return _page(session, party, condition, page, person=name)


def _page(
    session: GuardedSession, party: str, condition: ColumnElement[bool], page: int, *,
    office: Office | None = None, person: str | None = None,
) -> OwnerPage:  # fmt: skip
    tally = _tally(session, condition, today_of(session, party))
    if person is not None and tally == Tally(0, 0, 0, 0):
        raise NotFound
    owed = and_(condition, Leg.state.in_(OWED_STATES))
    ids = select(Leg.action_id).where(owed)
    listed = select(Action).where(Action.id.in_(ids), not_ended(), is_real_action())
    total = session.execute(select(func.count()).select_from(listed.subquery())).scalar_one()
    page_count = pages_of(total, page)
    ordered = listed.order_by(Action.due_on.is_(None), Action.due_on, Action.reference)
    lines = lines_of(session, ordered.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    shares = _shares(session, owed, by_person=office is not None)
    return OwnerPage(party, tally, shares, lines, page, page_count, office, person)


def _tally(session: GuardedSession, condition: ColumnElement[bool], today: dt.date) -> Tally:
    """Return the counts in one statement; `today` is the day in the party's capital."""
    owed = and_(Leg.state.in_(OWED_STATES), not_ended())
    late = and_(owed, Leg.is_accepted.is_(True), Leg.due_on < today)
    done = Leg.state.in_(("done", "verified"))
    row = session.execute(
        select(*(_count(each) for each in (owed, late, and_(owed, Leg.is_accepted.is_(False)), done)))
        .join(Action, Action.id == Leg.action_id)
        .where(condition, in_lists(), is_real_action())
    ).one()
    return Tally(*(int(count) for count in row))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _shares(session: GuardedSession, owed: ColumnElement[bool], *, by_person: bool) -> tuple[Share, ...]:
    """Return how what is owed is spread: over the persons of an office, or the offices of a person."""
    by = Leg.person_name if by_person else Leg.office_code
    rows = session.execute(
        select(by, func.count())
        .join(Action, Action.id == Leg.action_id)
        .where(owed, not_ended(), is_real_action())
        .group_by(by)
        .order_by(by.is_(None), by)
    ).all()
    if by_person:
        return tuple(Share(name, None, count) for name, count in rows)
    codes = [code for code, _count in rows if code]
    offices = {each.code: each for each in session.execute(select(Office).where(Office.code.in_(codes))).scalars()}
    return tuple(Share(None, offices.get(code or ""), count) for code, count in rows)
