"""The action items in a feed: what the viewer's delegation owes, or all that a secretariat sees, as was chosen."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, false, or_, select

from app import labels, words
from app.calendars.feed import Rendered, rendered_action
from app.db import FeedState, GuardedSession
from app.domain.action_entries import DONE_STAYS, PRIORITIES, ActionEntry, percent_done, shapes
from app.domain.actions import OWED_STATES
from app.domain.entries import Language, in_language
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.models import Action, Leg, Meeting
from app.services.action_lines import ActionLine, LegLine, lines_of
from app.services.feed_filters import Narrowed
from app.services.practice import is_real_action

# More than a calendar program can show; those that are due first are in it.
SHOWN_AT_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class ActionsShown:
    """The actions that a feed shows now, and until when that holds if nothing is written."""

    entries: tuple[Rendered, ...]
    until: dt.datetime | None


def actions_shown(
    session: GuardedSession, state: FeedState, narrowed: Narrowed, language: Language, base_url: str, domain: str
) -> ActionsShown:
    """Return the actions that a subscription chose; a feed of busy time has none, since nobody is busy by them.

    A filter on kinds and levels of meetings says nothing of actions; one on mechanisms and parties does.
    """
    if state.actions_as == "none" or state.detail == "busy" or not can(session.bound_viewer, Permission.READ_ACTIONS):
        return ActionsShown((), None)
    entries = tuple(action_entries(session, narrowed, language, base_url, domain))
    shown = tuple(rendered_action(entry, shape) for entry in entries for shape in shapes(state.actions_as, entry))
    return ActionsShown(shown, min((each.leaves_at for each in entries if each.leaves_at), default=None))


def action_entries(
    session: GuardedSession, narrowed: Narrowed, language: Language, base_url: str, domain: str
) -> Iterable[ActionEntry]:
    """Yield an entry for each action that answers to the filter and is to be done, or was until lately."""
    viewer = session.bound_viewer
    own = viewer.party if viewer.sits_at_a_table else None
    condition = _condition(session, narrowed, own)
    query = select(Action).where(condition).order_by(Action.due_on.is_(None), Action.due_on, Action.reference)
    lines = lines_of(session, query.limit(SHOWN_AT_MOST))
    uids = _uids_of_meetings(session, condition)
    for line in lines:
        entry = _entry(line, own, language, base_url, domain, uids)
        if entry.leaves_at is None or session.now < entry.leaves_at:
            yield entry


def _condition(session: GuardedSession, narrowed: Narrowed, own: str | None) -> ColumnElement[bool]:
    """Return which actions answer: the delegation's own legs that are owed or were until lately, or the wholes."""
    lately = session.now - DONE_STAYS
    legs = select(Leg.action_id).where(Leg.party_code == own) if own else select(Leg.action_id)
    owed = legs.where(or_(Leg.state.in_(OWED_STATES), Leg.changed_at > lately))
    found = [Action.id.in_(owed), or_(Action.ended_at.is_(None), Action.ended_at > lately), is_real_action()]
    if narrowed.mechanism_ids is not None:
        found.append(Action.mechanism_id.in_(narrowed.mechanism_ids) if narrowed.mechanism_ids else false())
    if narrowed.parties is not None:
        of_any = select(Leg.action_id).where(Leg.party_code.in_(sorted(narrowed.parties)))
        found.append(Action.id.in_(of_any) if narrowed.parties else false())
    return and_(*found)


def _uids_of_meetings(session: GuardedSession, condition: ColumnElement[bool]) -> dict[uuid.UUID, str]:
    """Return the UIDs of the meetings that these actions are of, where the viewer sees them."""
    of = select(Action.meeting_id).where(condition, Action.meeting_id.is_not(None))
    rows = session.execute(select(Meeting.id, Meeting.uid).where(Meeting.id.in_(of)))
    return {row.id: row.uid for row in rows}


def _entry(
    line: ActionLine, own: str | None, language: Language, base_url: str, domain: str, uids: dict[uuid.UUID, str]
) -> ActionEntry:
    """Return what a subscriber is shown of an action: of its own leg, or, without one, of the whole."""
    action, leg = line.action, line.legs.get(own or "")
    meeting = uids.get(action.meeting_id) if action.meeting_id else None
    codes = words.party_order(line.legs, language)
    return ActionEntry(
        uid=f"action-{leg.leg.id if leg else action.id}@{domain}",
        sequence=max(0, action.version - 1) + (max(0, leg.leg.version - 1) if leg else 0),
        language=language,
        reference=action.reference,
        title=in_language(action.title, language) or action.reference,
        state=leg.state if leg else line.state,
        due_on=leg.leg.due_on if leg else line.due_on,
        done_at=leg.leg.done_at if leg else _last_done(line),
        ended_at=action.ended_at,
        is_accepted=leg.leg.is_accepted if leg else True,
        priority=PRIORITIES[action.priority],
        percent=None if leg else percent_done(tuple(each.state for each in line.legs.values())),
        parts=tuple((words.party_name(code, language), _said(line.legs[code], language)) for code in codes),
        mechanism=in_language(line.mechanism.name, language) if line.mechanism else None,
        parent_uid=meeting,
        url=f"{base_url}/actions/{action.reference}",
        created_at=action.created_at,
        changed_at=max(action.changed_at, *(each.leg.changed_at for each in line.legs.values())),
    )


def _last_done(line: ActionLine) -> dt.datetime | None:
    """Return when the last of the legs that are done was done."""
    return max((each.leg.done_at for each in line.legs.values() if each.leg.done_at), default=None)


def _said(leg: LegLine, language: Language) -> str:
    """Return the word for a leg's state as it is kept: that it is late would come true without anybody writing."""
    return labels.label("leg_state", leg.state, language)
