"""The example mechanism, on which a newcomer practises: what is done there stays inside their own delegation.

Its meetings are seen by the delegation that sets them up and by nobody else, every party agrees at once, nobody is
mailed, nothing is put to other parties, and no list, calendar or count has them but the example's own page.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, or_, select

from app.db import GuardedSession
from app.domain.mechanism_entry import NewMechanism, facts_of_new
from app.domain.visibility import REGISTER
from app.models import Action, Mechanism, Meeting, Poll

ORIGIN: Final = "example"
CODE: Final = "example"
PREFIX: Final = "EXA"
_BEGUN_ON: Final = dt.date(2026, 1, 1)
_EXAMPLE: Final = NewMechanism(
    name={
        "en": "Example to practise on: harbour lights",
        "es": "Ejemplo para practicar: faros de puerto",
        "fr": "Exemple pour s’exercer : feux de port",
    },
    letters=PREFIX,
    parties=("CA", "MX", "US"),
    status="active",
    minimum_meetings=2,
    period_months=12,
    instrument="An example, agreed by nobody",
    mandate_on=_BEGUN_ON.isoformat(),
    scope_in=("Harbour lights", "Buoys"),
    scope_out=("Everything that is real",),
)


def example_facts() -> dict[str, Any]:
    """Return the facts of the example."""
    return facts_of_new(_EXAMPLE, CODE, PREFIX, _BEGUN_ON)


def add_example(session: GuardedSession) -> bool:
    """Add the example mechanism where there is none, on a system session; say whether it was added."""
    standing = session.execute(
        select(Mechanism.id).where(or_(Mechanism.code == CODE, Mechanism.prefix == PREFIX))
    ).scalar_one_or_none()
    if standing is not None:
        return False
    facts = example_facts()
    session.add(
        Mechanism(
            ref=None, code=CODE, prefix=PREFIX, status=facts["status"], name=facts["name"], parties=facts["parties"],
            facts=facts, loaded_facts={}, origin=ORIGIN, record_here=[], audience_id=session.audience({REGISTER}),
        )
    )  # fmt: skip
    return True


def is_example(session: GuardedSession, one: Meeting | Poll) -> bool:
    """Say whether a meeting or a poll is one to practise with."""
    mechanism = session.get(Mechanism, one.mechanism_id) if one.mechanism_id else None
    return mechanism is not None and mechanism.origin == ORIGIN


def is_real() -> ColumnElement[bool]:
    """Return the condition that a meeting is not one to practise with."""
    return or_(Meeting.mechanism_id.is_(None), Meeting.mechanism_id.not_in(_examples()))


def is_real_action() -> ColumnElement[bool]:
    """Return the condition that an action is not one of a meeting to practise with."""
    return or_(Action.mechanism_id.is_(None), Action.mechanism_id.not_in(_examples()))


def _examples() -> Select[uuid.UUID]:
    return select(Mechanism.id).where(Mechanism.origin == ORIGIN)
