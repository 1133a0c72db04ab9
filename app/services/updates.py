"""Updates on action items: notes with what bears them out, that nothing is new, and which had no news for long."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast

from sqlalchemy import ColumnElement, and_, select

from app.db import GuardedSession
from app.domain import updates as rules
from app.domain.actions import OWED_STATES, LegState, today_in
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action as Permission
from app.domain.visibility import Facts, can
from app.models import Action, ActionNote, Leg
from app.services.action_whole import heard, in_lists, not_ended, owed_as_a_whole
from app.services.actions import find_action
from app.services.documents import keep_paper
from app.services.meeting_life import Paper
from app.services.note_lines import is_contest, may_correct
from app.services.practice import is_real_action

LANGUAGES: Final = ("en", "es", "fr")
LONGEST_QUIET: Final = 36_500
SHOWN_QUIET: Final = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What bears an update out: a link as it was typed, or a file as it came."""

    link: str | None = None
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class QuietAction:
    """An action that is owed and had no news for so many days, by the calendar of the viewer's own capital."""

    reference: str
    title: dict[str, str]
    days: int


NO_EVIDENCE: Final = Evidence()


# Notes --------------------------------------------------------------------------------------------


def add_note(
    session: GuardedSession, reference: str, text: str, language: str, evidence: Evidence = NO_EVIDENCE,
    *, way: str = "page",
) -> ActionNote:  # fmt: skip
    """Add a dated note, which everyone who sees the action reads; `language` is the one it is written in.

    Raises `NotFound`; `Refusal` `forbidden`, `unknown_language`, and what texts, links (`evidence_url`) and
    papers (`paper`) raise.
    """
    action = find_action(session, reference, lock=True)
    note = new_note(session, action, text, language, evidence, way=way)
    session.record("note_added", "action", action.id, action.audience_id, note=str(note.id), **_way(way))
    return note


def note_to_correct(session: GuardedSession, reference: str, note_id: uuid.UUID) -> tuple[Action, ActionNote]:
    """Return an action and a note on it that the viewer may correct; raises `NotFound`, `Refusal("forbidden")`."""
    action, note = note_on(session, reference, note_id)
    if not may_correct(session, note):
        raise Refusal("forbidden")
    return action, note


def note_on(session: GuardedSession, reference: str, note_id: uuid.UUID) -> tuple[Action, ActionNote]:
    """Return an action and a note on it; raises `NotFound`."""
    action = find_action(session, reference, lock=False)
    note = next((note for note in action.notes if note.id == note_id), None)
    if note is None:
        raise NotFound
    return action, note


def correct_note(session: GuardedSession, reference: str, note_id: uuid.UUID, text: str, language: str) -> ActionNote:
    """Let a new note stand in the place of an earlier one of the same delegation, which stays readable.

    What was reported stays reported, and what bears a note out goes with it. Raises `NotFound`; `Refusal`
    `forbidden`, `unknown_language` and what texts raise; `StaleVersion` where another correction came first.
    """
    find_action(session, reference, lock=True)
    action, note = note_to_correct(session, reference, note_id)
    check_stands(action, note, text)
    new = new_note(session, action, text, language, supersedes=note)
    session.record("note_corrected", "action", action.id, action.audience_id, note=str(new.id), corrects=str(note.id))
    return new


def check_stands(action: Action, note: ActionNote, text: str) -> None:
    """Refuse with `StaleVersion`, which shows `text` beside the later note, where a later one superseded a note."""
    later = next((other for other in action.notes if other.supersedes_id == note.id), None)
    if later is not None:
        raise StaleVersion({"text": text}, {"text": later.text, "note": later.id})


def new_note(
    session: GuardedSession, action: Action, text: str, language: str, evidence: Evidence = NO_EVIDENCE,
    *, way: str = "page", supersedes: ActionNote | None = None, facts: Mapping[str, object] = MappingProxyType({}),
) -> ActionNote:  # fmt: skip
    """Add a note to an action that the caller holds locked, and return it; what it corrects hands on what it was.

    `facts` are what a note of another kind than `note` tells beside its text, by column.
    """
    viewer = session.bound_viewer
    if not can(viewer, Permission.NOTE_ACTION):
        raise Refusal("forbidden")
    if language not in LANGUAGES:
        raise Refusal("unknown_language", field="language")
    note = ActionNote(
        id=uuid.uuid4(), action_id=action.id, text=paragraphs(text, "text", required=True), language=language,
        party_code=viewer.party if viewer.sits_at_a_table else None, person_id=viewer.person_id, way=way,
        supersedes_id=supersedes.id if supersedes else None, created_at=session.now, audience_id=action.audience_id,
        evidence_url=rules.checked_link(evidence.link, "evidence_url"), document_id=_kept(session, action, evidence),
        **facts,
    )  # fmt: skip
    if supersedes is not None and not is_contest(note, supersedes):
        _hand_on(supersedes, note)
    session.add(note)
    heard(action, session.now)
    session.flush()
    return note


def _hand_on(old: ActionNote, new: ActionNote) -> None:
    """Let a correction be what the note was that it corrects; one that only said that nothing is new becomes a note."""
    new.evidence_url, new.document_id = old.evidence_url, old.document_id
    if old.kind == "reported":
        new.kind, new.for_party = old.kind, old.for_party
        new.reported_state, new.told_on = old.reported_state, old.told_on


def _kept(session: GuardedSession, action: Action, evidence: Evidence) -> uuid.UUID | None:
    """Keep the file for those who see the action, and return its id; None for none."""
    if evidence.paper is None:
        return None
    name, content = evidence.paper.file_name, evidence.paper.content
    return keep_paper(session, file_name=name, content=content, audience_id=action.audience_id).id


def _way(way: str) -> dict[str, str]:
    return {} if way == "page" else {"way": way}


# Nothing new --------------------------------------------------------------------------------------


def say_no_change(
    session: GuardedSession, reference: str, text: str = "", *, way: str = "page", language: str | None = None
) -> ActionNote:
    """Say for the viewer's party that nothing is new since the last news, with a word or without.

    `language` is the one that the word is written in, the viewer's own where none is given. Raises `NotFound`;
    `Refusal` `forbidden` where the party owes nothing of it, `nothing_owed` where it is done, `not_accepted_yet`,
    and what texts raise.
    """
    action = find_action(session, reference, lock=True)
    leg = _own_leg(session, action)
    if leg.state not in OWED_STATES or action.ended_as is not None:
        raise Refusal("nothing_owed")
    if not leg.is_accepted:
        raise Refusal("not_accepted_yet")
    viewer = session.bound_viewer
    note = ActionNote(
        id=uuid.uuid4(), action_id=action.id, text=paragraphs(text, "text"), way=way,
        language=language or viewer.language, party_code=viewer.party, person_id=viewer.person_id,
        created_at=session.now, audience_id=action.audience_id, kind="no_change",
        told_on=last_news_on(session, action),
    )  # fmt: skip
    session.add(note)
    heard(action, session.now)
    session.flush()
    session.record("no_change_said", "action", action.id, action.audience_id, note=str(note.id), **_way(way))
    return note


def last_news_on(session: GuardedSession, action: Action) -> dt.date:
    """Return the day of the last news of an action in the viewer's own capital; that nothing was new is no news."""
    last = max(action.notes, key=lambda note: note.created_at, default=None)
    if last is not None and last.kind == "no_change" and last.told_on and last.created_at >= action.news_at:
        return last.told_on
    return today_in(action.news_at, session.bound_viewer.time_zone)


def _own_leg(session: GuardedSession, action: Action) -> Leg:
    viewer = session.bound_viewer
    leg = next((leg for leg in action.legs if leg.party_code == viewer.party), None)
    if leg is None or not can(viewer, Permission.UPDATE_LEG, Facts(owner=leg.party_code)):
        raise Refusal("forbidden")
    return leg


# No news for long ---------------------------------------------------------------------------------


def quiet_since(now: dt.datetime, days: int, zone_name: str) -> ColumnElement[bool]:
    """Return the condition that an action is owed and had no news for more than so many days, by a zone's calendar."""
    before = rules.quiet_before(now, zone_name, min(days, LONGEST_QUIET))
    return and_(Action.news_at < before, owed_as_a_whole(), not_ended())


def quiet_of(actions: Iterable[Action], now: dt.datetime, zone_name: str) -> tuple[QuietAction, ...]:
    """Return what of these actions had no news for longest, as `quiet_actions` finds it; none is read."""
    days = rules.QUIET_DAYS
    found = [
        each for each in actions
        if each.ended_as is None and rules.is_quiet(cast("LegState", each.state), each.news_at, now, zone_name, days)
    ]  # fmt: skip
    found.sort(key=lambda each: (each.news_at, each.reference))
    return tuple(_quiet(each.reference, each.title, each.news_at, now, zone_name) for each in found[: SHOWN_QUIET + 1])


def _quiet(
    reference: str, title: dict[str, str], news_at: dt.datetime, now: dt.datetime, zone_name: str
) -> QuietAction:
    return QuietAction(reference, title, rules.days_without_news(news_at, now, zone_name))


def quiet_actions(session: GuardedSession, zone_name: str, days: int = rules.QUIET_DAYS) -> tuple[QuietAction, ...]:
    """Return what had no news for longest, of what the viewer's party still owes (of all, for a secretariat).

    The days are counted by the calendar of a zone, which is that of the viewer's capital. One statement; one row
    more than `SHOWN_QUIET` tells that there are more.
    """
    viewer = session.bound_viewer
    query = (
        select(Action.reference, Action.title, Action.news_at)
        .where(quiet_since(session.now, days, zone_name), in_lists(), is_real_action())
        .order_by(Action.news_at, Action.reference)
        .limit(SHOWN_QUIET + 1)
    )
    if viewer.sits_at_a_table:
        owed = select(Leg.action_id).where(Leg.party_code == viewer.party, Leg.state.in_(sorted(OWED_STATES)))
        query = query.where(Action.id.in_(owed))
    return tuple(
        _quiet(row.reference, row.title, row.news_at, session.now, zone_name) for row in session.execute(query)
    )
