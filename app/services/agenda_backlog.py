"""A mechanism's backlog: items that no meeting has taken yet, put there and taken from there into the next meeting."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action, Facts, can, parties_in
from app.models import ItemProposal, Mechanism
from app.services.agenda_acts import item_audience, open_agenda
from app.services.agenda_content import check_topic, chosen_parties
from app.services.agenda_proposals import (
    ProposalWords,
    check_open,
    checked,
    find_proposal,
    in_backlog,
    is_own,
    keep,
    may_settle,
    record,
)
from app.services.meeting_audience import audience_of, keys_of, rows_audience
from app.services.meetings import facts_of_meeting


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for a meeting of a mechanism, the oldest first."""

    mechanism: Mechanism
    proposals: tuple[ItemProposal, ...]
    may_propose: bool


def backlog_of(session: GuardedSession, code: str) -> Backlog:
    """Return the backlog of a mechanism as the viewer may see it; raises `NotFound`."""
    mechanism = _mechanism(session, code)
    rows = session.execute(
        select(ItemProposal).where(in_backlog(mechanism.id)).order_by(ItemProposal.proposed_at, ItemProposal.id)
    ).scalars()
    return Backlog(mechanism, tuple(rows), can(session.bound_viewer, Action.EDIT_AGENDA, _facts(session, mechanism)))


def propose_to_backlog(session: GuardedSession, code: str, words: ProposalWords) -> ItemProposal:
    """Propose an item for some meeting of a mechanism to come; all of its parties see it.

    Raises `NotFound`; `Refusal` `forbidden`, and what `propose_item` raises of its words.
    """
    mechanism = _mechanism(session, code)
    if not can(session.bound_viewer, Action.EDIT_AGENDA, _facts(session, mechanism)):
        raise Refusal("forbidden")
    values = checked(words)
    check_topic(session, mechanism.id, values["title"])
    audience_id = session.audience(audience_of(session, mechanism.id, mechanism.parties).keys)
    return keep(session, values, (), audience_id, mechanism_id=mechanism.id)


def put_to_backlog(session: GuardedSession, reference: str, proposal_id: uuid.UUID, *, version: int) -> ItemProposal:
    """Leave a proposal for a meeting to a later one of its mechanism; the parties that see it stay the same.

    Raises `NotFound`; `Refusal` `forbidden`, `not_in_state`, `no_mechanism_no_backlog`; `StaleVersion`.
    """
    agenda = open_agenda(session, reference)
    proposal = find_proposal(session, proposal_id, agenda.meeting)
    check_open(proposal, version)
    facts = facts_of_meeting(session, agenda.meeting)
    if not (may_settle(session, proposal, facts) or is_own(session, proposal)):
        raise Refusal("forbidden")
    mechanism = session.get(Mechanism, agenda.meeting.mechanism_id) if agenda.meeting.mechanism_id else None
    if mechanism is None:
        raise Refusal("no_mechanism_no_backlog")
    record(session, "item_proposal_put_to_backlog", proposal)
    known = frozenset(proposal.parties) or chosen_parties(agenda.meeting)
    audience_id = session.audience(audience_of(session, mechanism.id, known).keys)  # asked first: one change of the row
    proposal.parties = [] if known == frozenset(mechanism.parties) else sorted(known)
    proposal.audience_id = audience_id
    proposal.meeting_id, proposal.mechanism_id, proposal.is_late = None, mechanism.id, False
    return proposal


def take_from_backlog(session: GuardedSession, reference: str, proposal_id: uuid.UUID, *, version: int) -> ItemProposal:
    """Propose for a meeting what waited in the backlog of its mechanism.

    Whoever sees it there must see it at the meeting too: what all of a mechanism's parties wait for is not taken into
    a meeting of some. Raises `NotFound`; `Refusal` `not_in_state`, `backlog_of_more_parties`, `agenda_is_adopted`;
    `StaleVersion`.
    """
    agenda = open_agenda(session, reference)
    proposal = find_proposal(session, proposal_id, None)
    if agenda.meeting.mechanism_id is None or proposal.mechanism_id != agenda.meeting.mechanism_id:
        raise NotFound
    check_open(proposal, version)
    known, chosen = parties_in(keys_of(session, proposal.audience_id)), chosen_parties(agenda.meeting)
    if not known <= chosen:
        raise Refusal("backlog_of_more_parties")
    if agenda.standing.state == "adopted" and known == chosen:
        raise Refusal("agenda_is_adopted")
    parties = () if known == chosen else tuple(sorted(known))
    of_all = rows_audience(session, agenda.meeting)
    audience_id = item_audience(session, agenda.meeting, parties) if parties else of_all
    proposal.parties, proposal.meeting_id, proposal.audience_id = list(parties), agenda.meeting.id, audience_id
    proposal.is_late = not proposal.parties and agenda.standing.intake == "late"
    record(session, "item_proposal_taken_from_backlog", proposal)
    return proposal


def withdraw_from_backlog(session: GuardedSession, proposal_id: uuid.UUID, *, version: int) -> ItemProposal:
    """Take back what the viewer's own side proposed. Raises `NotFound`; `Refusal` `forbidden`, `not_in_state`."""
    proposal = find_proposal(session, proposal_id, None)
    if not is_own(session, proposal):
        raise Refusal("forbidden")
    check_open(proposal, version)
    proposal.state, proposal.ended_at = "withdrawn", session.now
    record(session, "item_proposal_withdrawn", proposal)
    return proposal


def _mechanism(session: GuardedSession, code: str) -> Mechanism:
    found = session.execute(select(Mechanism).where(Mechanism.code == code)).scalar_one_or_none()
    if found is None or found.status == "proposed":
        raise NotFound
    return found


def _facts(session: GuardedSession, mechanism: Mechanism) -> Facts:
    hats = (hat for hat in session.bound_viewer.hats if hat.mechanism_id == mechanism.id)
    of_all = frozenset(hat.appointment_id for hat in hats if hat.parties == frozenset(mechanism.parties))
    return Facts(frozenset(mechanism.parties), appointments=of_all)
