"""Reading one mechanism: all that its page shows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.catalogue import Commitment, Paper, RelatedForum
from app.domain.catalogue import Mechanism as Facts
from app.domain.errors import NotFound
from app.domain.mechanisms import MechanismPage, is_proposal_in_literature
from app.domain.visibility import Action, Viewer, can
from app.models import Mechanism, Meeting, Office
from app.services.action_lines import ActionLine
from app.services.actions import open_actions_of_mechanism
from app.services.mechanism_record import RecordLine, counts_meetings_here, meeting_facts, meetings_of, record_lines
from app.services.register import today_for
from app.services.register_rows import RegisterRow, register_row

# What an author only recommends stands nowhere beside what was promised.
RECOMMENDED: Final = "recommended"
TO_COME: Final = ("proposed", "confirmed", "postponed")


@dataclass(frozen=True, slots=True)
class MechanismView:
    """A mechanism with all that its page shows; meetings and actions are those that the viewer may see."""

    mechanism_id: uuid.UUID
    row: RegisterRow
    record: tuple[RecordLine, ...]
    coming: tuple[Meeting, ...]
    parent: Mechanism | None
    related: tuple[Mechanism, ...]
    forums: tuple[RelatedForum, ...]
    commitments: tuple[Commitment, ...]
    offices: Mapping[str, Office]
    actions: tuple[ActionLine, ...]
    counts_meetings_here: bool
    may_draft: bool

    @property
    def facts(self) -> Facts:
        """Return the published facts."""
        return self.row.facts

    @property
    def page(self) -> MechanismPage:
        """Return what is computed from them."""
        return self.row.page

    @property
    def paper(self) -> Paper | None:
        """Return the paper that tells the status, None where no paper does."""
        return self.row.paper


# One mechanism ------------------------------------------------------------------------------------


def mechanism_view(session: GuardedSession, code: str) -> MechanismView:
    """Return the mechanism of that code with all that its page shows; raises `NotFound`."""
    mechanism = session.execute(select(Mechanism).where(Mechanism.code == code)).scalar_one_or_none()
    if mechanism is None:
        raise NotFound
    viewer = session.bound_viewer
    kept = meetings_of(session, mechanism.id)
    row = register_row(mechanism, [meeting_facts(meeting) for meeting in kept], viewer, today_for(session))
    facts = row.facts
    others = _named(session, [*facts.related, *([facts.parent] if facts.parent else [])])
    catalogue = load_shipped()
    return MechanismView(
        mechanism_id=mechanism.id,
        row=row,
        record=record_lines(facts, kept),
        coming=_coming(kept, session.now),
        parent=others.get(facts.parent or ""),
        related=tuple(others[ref] for ref in facts.related if ref in others),
        forums=tuple(forum for forum in catalogue.related_forums if facts.ref in forum.relates_to),
        commitments=tuple(
            each for each in catalogue.commitments if each.mechanism == facts.ref and each.status != RECOMMENDED
        ),
        offices=_offices(session, facts),
        actions=tuple(open_actions_of_mechanism(session, mechanism.id)),
        counts_meetings_here=counts_meetings_here(viewer, mechanism),
        may_draft=_may_draft(viewer, mechanism, facts),
    )


def _may_draft(viewer: Viewer, mechanism: Mechanism, facts: Facts) -> bool:
    """Say whether the viewer can set up a meeting: of a mechanism of their party, or one that they serve."""
    if is_proposal_in_literature(facts) or facts.status == "concluded":
        return False
    return can(viewer, Action.DRAFT_MEETING) and counts_meetings_here(viewer, mechanism)


def _coming(meetings: Iterable[Meeting], now: dt.datetime) -> tuple[Meeting, ...]:
    """Return the meetings to come, those whose date is open last."""
    found = [each for each in meetings if each.state in TO_COME and (each.ends_at > now or each.date_is_open)]
    return tuple(sorted(found, key=lambda each: (each.date_is_open, each.starts_at)))


def _named(session: GuardedSession, refs: Sequence[str]) -> dict[str, Mechanism]:
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.ref.in_(refs))
        .options(load_only(Mechanism.ref, Mechanism.code, Mechanism.name, Mechanism.status))
    ).scalars()
    return {row.ref or "": row for row in rows}


def _offices(session: GuardedSession, facts: Facts) -> dict[str, Office]:
    codes = sorted({code for offices in facts.lead_offices.values() for code in offices})
    return {row.code: row for row in session.execute(select(Office).where(Office.code.in_(codes))).scalars()}
