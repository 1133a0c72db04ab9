"""Deciding at a meeting on all that is still open: closed, carried on, merged or split, in one act, or not at all."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import carry_over as rules
from app.domain.carry_over import NEW, Choice, field
from app.domain.errors import NotFound, Refusal
from app.domain.meeting_content import Refused
from app.models import Action, ActionLink, CarryOver, Commitment, CommitmentAction, Meeting
from app.services.action_acts import NewAction, PartyPart, record_action
from app.services.action_content import ActionContent
from app.services.action_lines import ActionLine
from app.services.action_whole import heard
from app.services.carry_lines import OPEN_STATES, done_at, meeting_to_carry, open_line
from app.services.commitment_links import serve
from app.services.meeting_actions import open_before
from app.services.meeting_audience import keys_of

_ACTS = {"closed": "action_closed", "carried": "action_carried", "merged": "action_merged", "split": "action_split"}
Lines = Mapping[str, ActionLine]


def carry_over(
    session: GuardedSession,
    reference: str,
    choices: Sequence[Choice],
    versions: Mapping[str, int],
    language: str,
) -> Counter[str]:
    """Do at a meeting what was chosen for each open action, all or nothing; return how many of each outcome.

    `versions` are those of the actions as they were shown, by reference; `language` is the one that new titles are
    written in. What ends stays as it was: its legs are untouched. Raises `NotFound`; `Refusal` `forbidden`,
    `carry_not_now`; `Refused` with all that cannot be, each at its row: what the rules refuse, `carry_gone`,
    `carry_changed`, `carry_owes_others`, `carry_other_readers`, `carry_lacks_leg`, and what new actions refuse.
    """
    meeting = meeting_to_carry(session, reference, lock=True)
    if meeting.state not in OPEN_STATES:
        raise Refusal("carry_not_now")
    lines = _locked(session, meeting, {choice.reference for choice in choices if choice.outcome != "leave"})
    chosen, refusals = rules.checked(choices, lines)
    for choice in chosen:
        refusals += _refusals(session, choice, chosen, lines, versions)
    if refusals:
        raise Refused(refusals)
    _write(session, meeting, chosen, lines, language)
    return Counter(rules.KEPT[choice.outcome] for choice in chosen)


def undo_carry_over(session: GuardedSession, reference: str, carry_over_id: uuid.UUID) -> Action:
    """Take back what a meeting did with an action, as long as the meeting is not closed.

    New actions that it made leave the lists, unless work has been done on them. Raises `NotFound`; `Refusal`
    `forbidden`, `carry_not_now`, `carry_work_done`.
    """
    meeting = meeting_to_carry(session, reference, lock=True)
    row = session.execute(
        select(CarryOver).where(
            CarryOver.id == carry_over_id, CarryOver.meeting_id == meeting.id, CarryOver.undone_at.is_(None)
        )
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    if meeting.state not in OPEN_STATES:
        raise Refusal("carry_not_now")
    action = session.execute(
        select(Action).where(Action.id == row.action_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    _take_back_links(session, meeting, row)
    row.undone_at = session.now
    if action.ended_as == row.outcome:  # and was not withdrawn since with the import that brought it
        action.ended_as = action.ended_at = None
        heard(action, session.now)
    session.record(
        "carry_over_undone", "action", action.id, action.audience_id, meeting=meeting.reference, was=row.outcome
    )
    return action


# What cannot be -----------------------------------------------------------------------------------


def _locked(session: GuardedSession, meeting: Meeting, touched: Iterable[str]) -> dict[str, ActionLine]:
    """Return what is still open before a meeting and not decided on at it, by reference.

    The rows of those that are touched are held to the end of the transaction, always in the same order.
    """
    session.execute(
        select(Action)
        .where(Action.reference.in_(sorted(touched)))
        .order_by(Action.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalars().all()
    decided = {each.action.id for each in done_at(session, meeting)}
    return {line.action.reference: line for line in open_before(session, meeting) if line.action.id not in decided}


def _refusals(
    session: GuardedSession, choice: Choice, chosen: Sequence[Choice], lines: Lines, versions: Mapping[str, int]
) -> list[Refusal]:
    """Return what stands against a choice, of what the rows say."""
    at = field("choice", choice.reference)
    line = lines.get(choice.reference)
    if line is None:
        return [Refusal("carry_gone", field=at)]
    found = []
    if versions.get(choice.reference) != line.action.version:
        found.append(Refusal("carry_changed", field=at))
    seen = open_line(session, line)
    if choice.ends and not seen.may_end:
        found.append(Refusal("carry_owes_others", field=at, parties=seen.owed_by_others))
    if choice.outcome == "merge":
        found += _merge_refusals(choice, chosen, lines)
    return found


def _merge_refusals(choice: Choice, chosen: Sequence[Choice], lines: Lines) -> list[Refusal]:
    """Return what stands against a merger: other readers, or a party that would no longer owe what it owes."""
    source, at = lines[choice.reference], field("into", choice.reference)
    if choice.into == NEW:
        same = [lines[each.reference] for each in chosen if _is_same_new(each, choice) and each.reference in lines]
        readers = {each.action.audience_id for each in same}
        return [Refusal("carry_other_readers", field=at)] if len(readers) > 1 else []
    target = lines[choice.into]
    if target.action.audience_id != source.action.audience_id:
        return [Refusal("carry_other_readers", field=at)]
    lacking = tuple(code for code, leg in source.legs.items() if leg.is_owed and code not in target.legs)
    return [Refusal("carry_lacks_leg", field=at, parties=lacking, reference=choice.into)] if lacking else []


def _is_same_new(one: Choice, other: Choice) -> bool:
    """Say whether two choices merge into the same new action: one of the same title."""
    return (one.outcome, one.into, one.titles) == (other.outcome, other.into, other.titles)


# Writing ------------------------------------------------------------------------------------------


def _write(session: GuardedSession, meeting: Meeting, chosen: Sequence[Choice], lines: Lines, language: str) -> None:
    made: dict[str, Action] = {}
    for choice in chosen:
        line = lines[choice.reference]
        facts: dict[str, object] = {}
        if choice.outcome == "merge" and choice.into == NEW:
            sources = [lines[each.reference] for each in chosen if _is_same_new(each, choice)]
            title = choice.titles[0]
            if title not in made:
                made[title] = _new(session, meeting, choice, title, sources, language)
            facts["into"] = [_linked(session, line.action, made[title], "merged_into")]
        elif choice.outcome == "merge":
            facts["into"] = [_linked(session, line.action, lines[choice.into].action, "merged_into")]
        elif choice.outcome == "split":
            new = [_new(session, meeting, choice, title, [line], language) for title in choice.titles]
            facts["into"] = [_linked(session, each, line.action, "split_from") for each in new]
        _keep(session, meeting, choice, line.action, facts)


def _keep(
    session: GuardedSession, meeting: Meeting, choice: Choice, action: Action, facts: Mapping[str, object]
) -> None:
    """Keep what was done with an action; one that ends stays as it was."""
    viewer, outcome = session.bound_viewer, rules.KEPT[choice.outcome]
    session.add(
        CarryOver(
            id=uuid.uuid4(), action_id=action.id, meeting_id=meeting.id, outcome=outcome, note=choice.note or None,
            party_code=viewer.party if viewer.sits_at_a_table else None, person_id=viewer.person_id,
            made_at=session.now, audience_id=action.audience_id,
        )
    )  # fmt: skip
    if choice.ends:
        action.ended_as, action.ended_at = outcome, session.now
        heard(action, session.now)
    session.record(_ACTS[outcome], "action", action.id, action.audience_id, meeting=meeting.reference, **facts)


def _new(
    session: GuardedSession,
    meeting: Meeting,
    choice: Choice,
    title: str,
    sources: Sequence[ActionLine],
    language: str,
) -> Action:
    """Record an action at the meeting with what its sources still owe; what they served, it serves."""
    first = sources[0].action
    content = ActionContent({}, lead_party=first.lead_party, priority=first.priority, horizon=first.horizon)
    parts = tuple(_part(session, code, sources) for code in sources[0].parties)
    try:
        new = record_action(
            session, NewAction({language: title}, parts, original=language, content=content), meeting.reference
        )
    except Refusal as refusal:
        raise Refusal(refusal.key, field=field("titles", choice.reference), **refusal.values) from refusal
    _serve_same(session, new, [each.action.id for each in sources])
    return new


def _part(session: GuardedSession, code: str, sources: Iterable[ActionLine]) -> PartyPart:
    """Return the part of a party in a new action: what it still owes of the old ones, by the earliest day."""
    legs = [each.legs[code].leg for each in sources if code in each.legs and each.legs[code].is_owed]
    if not legs:
        return PartyPart(code, "sees")
    days = [leg.due_on for leg in legs if leg.due_on is not None]
    own = code == session.bound_viewer.party
    return PartyPart(
        code, "owes", legs[0].office_code, legs[0].person_name, min(days, default=None),
        legs[0].person_id if own else None,
    )  # fmt: skip


def _serve_same(session: GuardedSession, new: Action, sources: Sequence[uuid.UUID]) -> None:
    """Let a new action serve the commitments that its sources serve."""
    served = session.execute(
        select(Commitment)
        .where(
            Commitment.id.in_(
                select(CommitmentAction.commitment_id).where(
                    CommitmentAction.action_id.in_(sources), CommitmentAction.ended_at.is_(None)
                )
            )
        )
        .order_by(Commitment.ref)
    ).scalars()
    for commitment in served.all():
        serve(session, new, commitment)


def _linked(session: GuardedSession, one: Action, other: Action, kind: str) -> str:
    """Link two actions, for those who see both; return the reference of what the old one became."""
    shared = keys_of(session, one.audience_id) & keys_of(session, other.audience_id)
    session.add(
        ActionLink(
            id=uuid.uuid4(), from_id=one.id, to_id=other.id, kind=kind, made_by=session.bound_viewer.person_id,
            made_at=session.now, audience_id=session.audience(shared),
        )
    )  # fmt: skip
    return other.reference if kind == "merged_into" else one.reference


# Undoing ------------------------------------------------------------------------------------------


def _take_back_links(session: GuardedSession, meeting: Meeting, row: CarryOver) -> None:
    """End the links that an outcome made, and withdraw the actions that it alone made."""
    if row.outcome not in {"merged", "split"}:
        return
    kind = "merged_into" if row.outcome == "merged" else "split_from"
    own, far = (
        (ActionLink.from_id, ActionLink.to_id) if row.outcome == "merged" else (ActionLink.to_id, ActionLink.from_id)
    )
    rows = session.execute(
        select(ActionLink, Action)
        .join(Action, Action.id == far)
        .where(ActionLink.kind == kind, own == row.action_id, ActionLink.ended_at.is_(None))
    ).all()
    for link, other in rows:
        link.ended_at = session.now
        if other.meeting_id == meeting.id and other.created_at == row.made_at and not _still_fed(session, link, other):
            if other.changed_at != other.created_at or other.ended_as is not None:
                raise Refusal("carry_work_done", reference=other.reference)
            other.ended_as, other.ended_at = "withdrawn", session.now


def _still_fed(session: GuardedSession, link: ActionLink, other: Action) -> bool:
    """Say whether another action than the link's was merged into a new one too."""
    if link.kind != "merged_into":
        return False
    query = select(ActionLink.id).where(
        ActionLink.to_id == other.id,
        ActionLink.kind == "merged_into",
        ActionLink.ended_at.is_(None),
        ActionLink.id != link.id,
    )
    return session.execute(query).first() is not None
