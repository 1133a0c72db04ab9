"""Items that delegations propose: taken, joined, declined with a reason, withdrawn, or left to a later meeting.

Each stays on record with what became of it. A proposal for some of the parties is theirs alone, as the item would be.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select

from app.db import GuardedSession
from app.domain import agenda as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action, Facts, can
from app.models import AgendaItem, ItemProposal, Mechanism, Meeting
from app.services.action_content import titles
from app.services.agenda import facts_apart
from app.services.agenda_acts import OpenAgenda, item_audience, open_agenda, place_new, row_of
from app.services.agenda_content import check_topic, parties_of_new
from app.services.meeting_audience import rows_audience
from app.services.meetings import facts_of_meeting, find_meeting

NOTE_LIMIT: Final = 4_000


@dataclass(frozen=True, slots=True)
class ProposalWords:
    """A proposal as a form says it; `parties` are those whom the item would be of, none for all."""

    title: Mapping[str, str]
    type: str
    minutes: int
    original: str | None = None
    parties: Collection[str] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class MeetingProposals:
    """What was proposed for a meeting, and what its mechanism's backlog has; both the oldest first."""

    meeting: Meeting
    mechanism: Mechanism | None
    proposals: tuple[ItemProposal, ...]
    backlog: tuple[ItemProposal, ...]


# Reading ------------------------------------------------------------------------------------------


def proposals_for(session: GuardedSession, meeting: Meeting) -> MeetingProposals:
    """Return the proposals for a meeting and the open ones of its mechanism's backlog that the viewer may see."""
    mechanism = session.execute(select(Mechanism).where(Mechanism.id == meeting.mechanism_id)).scalar_one_or_none()
    of = ItemProposal.meeting_id == meeting.id
    if mechanism is not None:
        of = or_(of, in_backlog(mechanism.id))
    rows = session.execute(select(ItemProposal).where(of).order_by(ItemProposal.proposed_at, ItemProposal.id)).scalars()
    found = tuple(rows)
    return MeetingProposals(
        meeting=meeting,
        mechanism=mechanism,
        proposals=tuple(row for row in found if row.meeting_id is not None),
        backlog=tuple(row for row in found if row.meeting_id is None),
    )


def in_backlog(mechanism_id: uuid.UUID) -> Any:
    """Return the condition of what waits in a mechanism's backlog."""
    return (
        (ItemProposal.mechanism_id == mechanism_id) & ItemProposal.meeting_id.is_(None) & (ItemProposal.state == "open")
    )


def may_settle(session: GuardedSession, proposal: ItemProposal, facts: Facts) -> bool:
    """Say whether the viewer steers what the proposal is for; `facts` are the meeting's, or the mechanism's."""
    known = facts_apart(session, proposal.parties) if proposal.parties else facts
    return proposal.state == "open" and can(session.bound_viewer, Action.ISSUE_AGENDA, known)


def is_own(session: GuardedSession, proposal: ItemProposal) -> bool:
    """Say whether the viewer's own side made the proposal: their party, or a secretariat's they are."""
    viewer = session.bound_viewer
    if proposal.party_code is None:
        return bool(viewer.hats) and viewer.party is None
    return viewer.sits_at_a_table and viewer.party == proposal.party_code


# Acts ---------------------------------------------------------------------------------------------


def propose_item(session: GuardedSession, reference: str, words: ProposalWords) -> ItemProposal:
    """Propose an item for a meeting; after the last day of the supplementary list it is marked as late.

    Raises what `open_agenda` raises; `Refusal` `needs_title`, `unknown_type`, `minutes_out_of_range`,
    `unknown_party`, `own_party_needed`, `needs_two_parties`, `topic_set_aside`, `agenda_is_adopted`.
    """
    agenda = open_agenda(session, reference)
    parties = parties_of_new(session, agenda.meeting, words.parties)
    if agenda.standing.state == "adopted" and not parties:
        raise Refusal("agenda_is_adopted")
    values = checked(words)
    check_topic(session, agenda.meeting.mechanism_id, values["title"])
    audience_id = item_audience(session, agenda.meeting, parties) if parties else rows_audience(session, agenda.meeting)
    return keep(
        session, values, parties, audience_id, meeting_id=agenda.meeting.id, mechanism_id=agenda.meeting.mechanism_id,
        is_late=not parties and agenda.standing.intake == "late",
    )  # fmt: skip


def take(session: GuardedSession, reference: str, proposal_id: uuid.UUID, *, version: int) -> AgendaItem:
    """Make an item of a proposal; who steers thereby lets a late one on.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state`, and what adding an item raises; `StaleVersion`.
    """
    agenda, proposal = _to_settle(session, reference, proposal_id, version)
    return _take(session, agenda, proposal)


def join_to_item(
    session: GuardedSession, reference: str, proposal_id: uuid.UUID, item_id: uuid.UUID, *, version: int
) -> AgendaItem:
    """Join a proposal to an item of the same parties, which says what it said. Raises as `take` does."""
    agenda, proposal = _to_settle(session, reference, proposal_id, version)
    item = row_of(agenda, item_id)
    if item.removed or sorted(item.parties) != sorted(proposal.parties):
        raise Refusal("not_of_same_parties", field="target")
    _end(session, proposal, "merged", "item_proposal_merged", item=str(item.id))
    proposal.item_id = item.id
    return item


def join_to_proposal(
    session: GuardedSession, reference: str, proposal_id: uuid.UUID, other_id: uuid.UUID, *, version: int
) -> AgendaItem:
    """Join a proposal to another of the same parties, which becomes an item by that. Raises as `take` does."""
    agenda, proposal = _to_settle(session, reference, proposal_id, version)
    other = find_proposal(session, other_id, agenda.meeting)
    if other.id == proposal.id or other.state != "open" or sorted(other.parties) != sorted(proposal.parties):
        raise Refusal("not_of_same_parties", field="target")
    item = _take(session, agenda, other)
    session.flush()  # the proposal refers to it
    _end(session, proposal, "merged", "item_proposal_merged", item=str(item.id))
    proposal.item_id = item.id
    return item


def decline(session: GuardedSession, reference: str, proposal_id: uuid.UUID, reason: str, *, version: int) -> None:
    """Decline a proposal, and say why to those who see it. Raises as `take` does, and `Refusal("reason_required")`."""
    _, proposal = _to_settle(session, reference, proposal_id, version)
    said = paragraphs(reason, "reason", NOTE_LIMIT)
    if not said:
        raise Refusal("reason_required", field="reason")
    proposal.reason = said
    _end(session, proposal, "declined", "item_proposal_declined")


def withdraw(session: GuardedSession, reference: str, proposal_id: uuid.UUID, *, version: int) -> None:
    """Take back a proposal that the viewer's own side made. Raises as `take` does."""
    meeting = find_meeting(session, reference, lock=True)
    proposal = find_proposal(session, proposal_id, meeting)
    if not is_own(session, proposal):
        raise Refusal("forbidden")
    check_open(proposal, version)
    _end(session, proposal, "withdrawn", "item_proposal_withdrawn")


# What these and the backlog share ----------------------------------------------------------------------


def checked(words: ProposalWords) -> dict[str, Any]:
    """Return the values of a proposal's columns, or refuse them."""
    title = titles(words.title, words.original)
    rules.check_item("substance", words.type, words.minutes)
    return {
        "title": title,
        "type": words.type,
        "minutes": words.minutes,
        "note": paragraphs(words.note, "note", NOTE_LIMIT) or None,
    }


def keep(
    session: GuardedSession,
    values: Mapping[str, Any],
    parties: Collection[str],
    audience_id: uuid.UUID,
    *,
    mechanism_id: uuid.UUID | None,
    meeting_id: uuid.UUID | None = None,
    is_late: bool = False,
) -> ItemProposal:
    """Add a checked proposal of the viewer's own side."""
    viewer = session.bound_viewer
    proposal = ItemProposal(
        id=uuid.uuid4(), meeting_id=meeting_id, mechanism_id=mechanism_id, party_code=viewer.party,
        parties=sorted(parties), state="open", is_late=is_late, person_id=viewer.person_id, proposed_at=session.now,
        audience_id=audience_id, **values,
    )  # fmt: skip
    session.add(proposal)
    record(session, "item_proposed", proposal)
    return proposal


def find_proposal(session: GuardedSession, proposal_id: uuid.UUID, meeting: Meeting | None) -> ItemProposal:
    """Return a proposal for a meeting (None: of a backlog), held and read anew; raises `NotFound`."""
    found = session.execute(
        select(ItemProposal)
        .where(ItemProposal.id == proposal_id, ItemProposal.meeting_id == (meeting.id if meeting else None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def check_open(proposal: ItemProposal, version: int) -> None:
    """Refuse what is settled already (`not_in_state`) or was changed since it was read (`StaleVersion`)."""
    if proposal.state != "open":
        raise Refusal("not_in_state")
    if proposal.version != version:
        raise StaleVersion({"state": "open"}, {"state": proposal.state})


def record(session: GuardedSession, act: str, proposal: ItemProposal, **facts: Any) -> None:
    """Record an act on a proposal, in its own audience."""
    kind, subject = ("agenda", proposal.meeting_id) if proposal.meeting_id else ("mechanism", proposal.mechanism_id)
    if subject is None:
        raise ValueError("a proposal is for a meeting or a mechanism")
    session.record(act, kind, subject, proposal.audience_id, title=dict(proposal.title), **facts)


def _to_settle(
    session: GuardedSession, reference: str, proposal_id: uuid.UUID, version: int
) -> tuple[OpenAgenda, ItemProposal]:
    agenda = open_agenda(session, reference)
    proposal = find_proposal(session, proposal_id, agenda.meeting)
    check_open(proposal, version)
    if not may_settle(session, proposal, facts_of_meeting(session, agenda.meeting)):
        raise Refusal("forbidden")
    return agenda, proposal


def _take(session: GuardedSession, agenda: OpenAgenda, proposal: ItemProposal) -> AgendaItem:
    values = {
        "title": dict(proposal.title), "kind": "substance", "type": proposal.type, "minutes": proposal.minutes,
        "lead_party": proposal.party_code, "proposed_by": proposal.party_code,
    }  # fmt: skip
    item = place_new(session, agenda, values, tuple(proposal.parties))
    session.flush()  # the proposal refers to it
    proposal.item_id = item.id
    _end(session, proposal, "taken", "item_proposal_taken", item=str(item.id))
    return item


def _end(session: GuardedSession, proposal: ItemProposal, state: str, act: str, **facts: Any) -> None:
    proposal.state, proposal.ended_at = state, session.now
    record(session, act, proposal, **facts)
