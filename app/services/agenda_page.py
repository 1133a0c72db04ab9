"""All that the page of an agenda shows beside its items: what is asked, issued, proposed, prepared and handed over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from app.db import GuardedSession
from app.domain.visibility import Facts
from app.models import Agenda, AgendaRevision, Decision, ItemProposal, Meeting
from app.services.agenda import AgendaView, agenda_of
from app.services.agenda_revisions import digest_of_snapshot, snapshot_of
from app.services.agenda_standing import standing_from
from app.services.agenda_topics import Consent
from app.services.positions import PositionLine, ReceivedLine, position_lines, received_lines
from app.services.registered_documents import PaperLine, papers_of_items


@dataclass(frozen=True, slots=True)
class AgendaPage:
    """An agenda with what its page shows of each item, by its id, and of the whole.

    `seen` is the digest that issuing or adopting it carries; `is_issued_as_it_stands` says that it reads as its last
    revision does. `asked` are open questions on the agenda itself, `to_come` those on items that are not on it yet.
    """

    view: AgendaView
    revisions: tuple[AgendaRevision, ...]
    open_proposals: int
    asked: tuple[Decision, ...]
    consents: Mapping[uuid.UUID, Consent]
    papers: Mapping[uuid.UUID, tuple[PaperLine, ...]]
    positions: Mapping[uuid.UUID, PositionLine]
    received: Mapping[uuid.UUID, tuple[ReceivedLine, ...]]
    seen: str

    @property
    def is_issued_as_it_stands(self) -> bool:
        """Say whether nothing of the agenda changed since its last revision."""
        return bool(self.revisions) and self.revisions[0].digest == self.seen

    @property
    def adoption(self) -> Decision | None:
        """Return the open question of adopting the agenda."""
        return next((each for each in self.asked if each.content.get("do") == "adopt"), None)

    @property
    def is_asked_as_it_stands(self) -> bool:
        """Say whether what is asked to be adopted is the agenda as it reads now."""
        return self.adoption is not None and self.adoption.content.get("digest") == self.seen

    @property
    def to_come(self) -> tuple[Consent, ...]:
        """Return what waits for every party's consent before it is put on the agenda."""
        return tuple(
            each for each in self.consents.values() if not each.is_given and each.decision.content["do"] == "item"
        )


def agenda_page(session: GuardedSession, meeting: Meeting, facts: Facts | None = None) -> AgendaPage:
    """Return the page of the agenda of a meeting whose parties and sittings are loaded, as the viewer may see it."""
    row, revisions, open_proposals = _issued_and_proposed(session, meeting.id)
    view = agenda_of(session, meeting, facts, standing=standing_from(session, meeting, row))
    decisions = _decisions(session, meeting.id)
    prepares = session.bound_viewer.sits_at_a_table
    return AgendaPage(
        view=view,
        revisions=revisions,
        open_proposals=open_proposals,
        asked=tuple(each for each in decisions if each.kind == "agenda" and each.state == "open"),
        consents={
            each.subject_id: Consent(str(each.content["topic"]), each)
            for each in decisions
            if each.kind == "topic" and each.subject_id is not None
        },
        papers=papers_of_items(session, meeting),
        positions=position_lines(session, meeting) if prepares else {},
        received=received_lines(session, meeting) if prepares else {},
        seen=digest_of_snapshot(snapshot_of(line.item for line in view.items)),
    )


def _decisions(session: GuardedSession, meeting_id: uuid.UUID) -> tuple[Decision, ...]:
    rows = session.execute(
        select(Decision)
        .where(Decision.meeting_id == meeting_id, Decision.kind.in_(("agenda", "topic")), Decision.state != "withdrawn")
        .order_by(Decision.asked_at, Decision.id)
    ).scalars()
    return tuple(rows)


def _issued_and_proposed(
    session: GuardedSession, meeting_id: uuid.UUID
) -> tuple[Agenda | None, tuple[AgendaRevision, ...], int]:
    """Return an agenda's row, its revisions, the newest first, and how many proposals are open, in one statement."""
    proposed = (
        select(func.count(ItemProposal.id))
        .where(ItemProposal.meeting_id == meeting_id, ItemProposal.state == "open")
        .scalar_subquery()
    )
    found = session.execute(
        select(Agenda, AgendaRevision, proposed)
        .select_from(Meeting)
        .outerjoin(Agenda, Agenda.meeting_id == Meeting.id)
        .outerjoin(AgendaRevision, AgendaRevision.meeting_id == Meeting.id)
        .where(Meeting.id == meeting_id)
        .options(defer(AgendaRevision.content))
        .order_by(AgendaRevision.number.desc())
    ).all()
    if not found:
        return None, (), 0
    return found[0][0], tuple(row[1] for row in found if row[1] is not None), found[0][2]
