"""Reading decisions: what is asked of the viewer's side, what it asked, what was decided, and one of them whole."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import load_only, selectinload

from app.db import GuardedSession
from app.domain.errors import NotFound
from app.models import Decision, DecisionAnswer, Mechanism, Meeting
from app.services.decision_words import Told, wanted_on
from app.services.decisions import may_answer, may_withdraw, waiting_for
from app.services.paging import PAGE_SIZE, pages_of
from app.services.people_names import names_of


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision in a list, the parties whose yes is missing, and the day by which answers are wanted."""

    told: Told
    waits_for: tuple[str, ...]
    wanted_on: dt.date | None

    @property
    def decision(self) -> Decision:
        """Return the decision."""
        return self.told.decision


@dataclass(frozen=True, slots=True)
class DecisionList:
    """What waits for the viewer's party, what its side asked, what else is open, and a page of what is over."""

    to_answer: tuple[DecisionLine, ...]
    asked: tuple[DecisionLine, ...]
    others: tuple[DecisionLine, ...]
    over: tuple[DecisionLine, ...]
    page: int
    page_count: int


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision with all that its page shows; `names` are of the persons whom the viewer may know."""

    line: DecisionLine
    answers: Mapping[str, DecisionAnswer]
    names: Mapping[uuid.UUID, str]
    may_answer: bool
    may_withdraw: bool

    @property
    def decision(self) -> Decision:
        """Return the decision."""
        return self.line.decision


def decision_list(session: GuardedSession, page: int) -> DecisionList:
    """Return the decisions that the viewer may see; raises `NotFound` for a page that is none."""
    names = mechanism_names(session)
    open_lines = open_lines_of(session, names)
    over = select(func.count(Decision.id)).where(Decision.state != "open")
    page_count = pages_of(session.execute(over).scalar_one(), page)
    rows = session.execute(
        _decisions()
        .where(Decision.state != "open")
        .order_by(Decision.decided_at.desc(), Decision.id)
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    own = [line for line in open_lines if waits_for_viewer(session, line)]
    asked = [line for line in open_lines if line not in own and is_own_asking(session, line.decision)]
    return DecisionList(
        to_answer=tuple(own),
        asked=tuple(asked),
        others=tuple(line for line in open_lines if line not in own and line not in asked),
        over=tuple(_line(*row, names) for row in rows),
        page=page,
        page_count=page_count,
    )


def decision_view(session: GuardedSession, decision_id: uuid.UUID) -> DecisionView:
    """Return one decision with who answered what and when; raises `NotFound`."""
    row = session.execute(_decisions().where(Decision.id == decision_id)).one_or_none()
    if row is None:
        raise NotFound
    line = _line(*row, mechanism_names(session))
    decision = line.decision
    people = (decision.asked_by, *(each.person_id for each in decision.answers))
    return DecisionView(
        line=line,
        answers={each.party_code: each for each in decision.answers},
        names=names_of(session, people),
        may_answer=may_answer(session, decision),
        may_withdraw=may_withdraw(session, decision),
    )


def open_lines_of(
    session: GuardedSession, names: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[DecisionLine, ...]:
    """Return what is open of all that the viewer may see, the oldest first; two statements where names are given."""
    known = mechanism_names(session) if names is None else names
    rows = session.execute(_decisions().where(Decision.state == "open").order_by(Decision.asked_at, Decision.id))
    return tuple(_line(*row, known) for row in rows)


def lines_on_mechanism(session: GuardedSession, mechanism: Mechanism) -> tuple[DecisionLine, ...]:
    """Return the decisions on a mechanism that the viewer may see, the newest first; names are only its own."""
    rows = session.execute(
        _decisions()
        .where(Decision.mechanism_id == mechanism.id)
        .order_by(Decision.asked_at.desc(), Decision.id)
        .limit(PAGE_SIZE)
    )
    return tuple(_line(*row, {}) for row in rows)


def waits_for_viewer(session: GuardedSession, line: DecisionLine) -> bool:
    """Say whether the yes of the viewer's party is missing and it has not said no either."""
    party = session.bound_viewer.party
    answered = {row.party_code for row in line.decision.answers}
    return session.bound_viewer.sits_at_a_table and party in line.waits_for and party not in answered


def is_own_asking(session: GuardedSession, decision: Decision) -> bool:
    """Say whether the viewer's party asked for a decision, or a secretariat that they serve in."""
    viewer = session.bound_viewer
    if decision.asked_by_appointment is not None:
        return any(hat.appointment_id == decision.asked_by_appointment for hat in viewer.hats)
    return viewer.sits_at_a_table and viewer.party == decision.asked_by_party


def mechanism_names(session: GuardedSession) -> dict[str, Mapping[str, str]]:
    """Return the names of all mechanisms that the viewer may see, by their refs and by their codes."""
    found: dict[str, Mapping[str, str]] = {}
    for ref, code, prefix, name in session.execute(
        select(Mechanism.ref, Mechanism.code, Mechanism.prefix, Mechanism.name)
    ):
        found |= {ref or prefix: name, code: name}
    return found


def _decisions() -> Select[Decision, Mechanism, Meeting]:
    return (
        select(Decision, Mechanism, Meeting)
        .outerjoin(Mechanism, Mechanism.id == Decision.mechanism_id)
        .outerjoin(Meeting, Meeting.id == Decision.meeting_id)
        .options(
            selectinload(Decision.answers),
            load_only(Mechanism.code, Mechanism.name, Mechanism.ref, Mechanism.prefix, Mechanism.facts),
            load_only(Meeting.reference, Meeting.title, Meeting.starts_on),
        )
    )


def _line(
    decision: Decision, mechanism: Mechanism | None, meeting: Meeting | None, names: Mapping[str, Mapping[str, str]]
) -> DecisionLine:
    told = Told(decision, mechanism, meeting, names)
    return DecisionLine(told, waiting_for(decision), wanted_on(told))
