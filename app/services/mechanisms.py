"""Reading one mechanism: all that its page shows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import defer

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.around import INTERSESSIONAL
from app.domain.cadence import MeetingFacts
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import Paper, RelatedForum
from app.domain.errors import NotFound
from app.domain.mechanisms import MechanismPage, is_proposal_in_literature, texts_in_english
from app.domain.rotation import HostingChange, PlannedTurn, turns_ahead
from app.domain.visibility import Action, Viewer, can
from app.models import Commitment, Mechanism, Meeting, Office
from app.services.action_lines import ActionLine
from app.services.actions import open_actions_of_mechanism
from app.services.commitments import commitments_of_mechanism
from app.services.hosting_changes import changes_of
from app.services.mechanism_record import RecordLine, counts_meetings_here, meeting_facts, meetings_of, record_lines
from app.services.poll_lines import live_polls_of_mechanism_count
from app.services.practice import ORIGIN
from app.services.register import today_for
from app.services.register_rows import RegisterRow, register_row

TO_COME: Final = ("proposed", "confirmed", "postponed")


@dataclass(frozen=True, slots=True)
class MechanismView:
    """A mechanism with all that its page shows; meetings and actions are those that the viewer may see."""

    mechanism: Mechanism
    merged_into: Mechanism | None
    row: RegisterRow
    record: tuple[RecordLine, ...]
    coming: tuple[Meeting, ...]
    between: tuple[Meeting, ...]
    parent: Mechanism | None
    related: tuple[Mechanism, ...]
    forums: tuple[RelatedForum, ...]
    commitments: tuple[Commitment, ...]
    offices: Mapping[str, Office]
    actions: tuple[ActionLine, ...]
    counts_meetings_here: bool
    turns: tuple[PlannedTurn, ...]
    may_draft: bool
    poll_count: int = 0

    @property
    def mechanism_id(self) -> uuid.UUID:
        """Return the id of the mechanism."""
        return self.mechanism.id

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

    @property
    def is_example(self) -> bool:
        """Say whether it is the one to practise on, of which nothing is put to others."""
        return self.mechanism.origin == ORIGIN

    @property
    def in_english(self) -> frozenset[str]:
        """Return the texts that are in English only, because the catalogue tells them and no party wrote others."""
        notes = frozenset(forum.note for forum in self.forums if forum.note)
        told = self.mechanism.facts if self.is_example else self.mechanism.loaded_facts
        return texts_in_english(self.facts, told) | notes


# One mechanism ------------------------------------------------------------------------------------


def mechanism_view(session: GuardedSession, code: str) -> MechanismView:
    """Return the mechanism of that code with all that its page shows; raises `NotFound`."""
    found = session.execute(
        select(Mechanism, live_polls_of_mechanism_count()).where(Mechanism.code == code)
    ).one_or_none()
    if found is None:
        raise NotFound
    mechanism, poll_count = found
    viewer = session.bound_viewer
    around = _around(session, mechanism)
    merged = [each for each in around if each.merged_into_id == mechanism.id]
    kept = meetings_of(session, mechanism.id, *(each.id for each in merged))
    counted, changes = [meeting_facts(meeting) for meeting in kept], changes_of(session, mechanism)
    row = register_row(mechanism, counted, viewer, today_for(session), merged, changes)
    facts = row.facts
    others = {each.ref or each.prefix: each for each in around}
    catalogue = load_shipped()
    return MechanismView(
        mechanism=mechanism,
        merged_into=next((each for each in around if each.id == mechanism.merged_into_id), None),
        row=row,
        record=record_lines(facts, kept),
        coming=_coming([each for each in kept if each.kind not in INTERSESSIONAL], session.now),
        between=_between(kept, session.now),
        parent=others.get(facts.parent or ""),
        related=tuple(others[ref] for ref in facts.related if ref in others),
        forums=tuple(forum for forum in catalogue.related_forums if facts.ref in forum.relates_to),
        commitments=commitments_of_mechanism(session, mechanism.id),
        offices=_offices(session, facts),
        actions=tuple(open_actions_of_mechanism(session, mechanism.id)),
        counts_meetings_here=counts_meetings_here(viewer, mechanism),
        turns=_turns(facts, counted if counts_meetings_here(viewer, mechanism) else (), changes),
        may_draft=_may_draft(viewer, mechanism, facts),
        poll_count=poll_count,
    )


def _may_draft(viewer: Viewer, mechanism: Mechanism, facts: Facts) -> bool:
    """Say whether the viewer can set up a meeting: of a mechanism of their party, or one that they serve."""
    if is_proposal_in_literature(facts) or facts.status == "concluded" or not mechanism.is_settled:
        return False
    if mechanism.merged_into_id is not None:
        return False
    return can(viewer, Action.DRAFT_MEETING) and counts_meetings_here(viewer, mechanism)


def _turns(facts: Facts, counted: Sequence[MeetingFacts], changes: Sequence[HostingChange]) -> tuple[PlannedTurn, ...]:
    """Return one round of the turns to host that are to come."""
    ahead = turns_ahead(facts.hosting, facts.record, counted, parties=facts.parties, changes=changes)
    return ahead[: len(frozenset(turn.party for turn in ahead))]


def _coming(meetings: Iterable[Meeting], now: dt.datetime) -> tuple[Meeting, ...]:
    """Return the meetings to come, those whose date is open last."""
    found = [each for each in meetings if each.state in TO_COME and (each.ends_at > now or each.date_is_open)]
    return tuple(sorted(found, key=lambda each: (each.date_is_open, each.starts_at)))


def _between(meetings: Iterable[Meeting], now: dt.datetime) -> tuple[Meeting, ...]:
    """Return what goes on between meetings, and the preparatory meetings that are past, the newest first."""
    found = [
        each
        for each in meetings
        if each.state != "cancelled"
        and (each.kind in INTERSESSIONAL or (each.kind == "preparatory" and each.ends_at <= now))
    ]
    return tuple(sorted(found, key=lambda each: (each.starts_at, each.reference), reverse=True))


def _around(session: GuardedSession, mechanism: Mechanism) -> Sequence[Mechanism]:
    """Return its parent and what is related to it, what it was merged into and what was merged into it."""
    refs = [*mechanism.facts["related"], mechanism.facts["parent"]]
    rows = session.execute(
        select(Mechanism)
        .where(
            or_(
                Mechanism.ref.in_(refs),
                and_(Mechanism.ref.is_(None), Mechanism.prefix.in_(refs)),
                Mechanism.merged_into_id == mechanism.id,
                Mechanism.id == mechanism.merged_into_id,
            )
        )
        .options(defer(Mechanism.loaded_facts))
    ).scalars()
    return rows.all()


def _offices(session: GuardedSession, facts: Facts) -> dict[str, Office]:
    codes = sorted({code for offices in facts.lead_offices.values() for code in offices})
    return {row.code: row for row in session.execute(select(Office).where(Office.code.in_(codes))).scalars()}
