"""Answering a reminder by its signed link: for one leg, without signing in, as the person whom it was sent to.

Whoever holds the link reads the title, the day and the state of one action, and writes to one leg. Everything is done
on a session bound to the person as they are now: who left, or moved to another delegation, answers for nobody.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.db import Database, GuardedSession
from app.domain import actions as rules
from app.domain.actions import OWED_STATES, LegState
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Viewer, person_key
from app.models import Action, Leg, Party, Reminder, Submission
from app.services.action_acts import own_leg, update_leg
from app.services.answer_links import reminder_of
from app.services.identity import viewer_of_person
from app.services.link_attempts import count_attempt
from app.services.reported_updates import changed
from app.services.updates import add_note, last_news_on, say_no_change

LINK_LASTS: Final = dt.timedelta(days=45)
RACES: Final = 4
NO_CHANGE: Final = "no_change"
NOTE: Final = "note"
# What a link can say of a leg; that it was verified is said by others, and signed in.
STATES: Final[tuple[LegState, ...]] = ("open", "under_way", "done", "blocked", "dropped")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page of a link shows: whose leg of which action, by which day, in whose zone, and how it stands.

    `says` are the answers that can be given now, the states among them; none where nothing is owed any more.
    """

    viewer: Viewer
    reference: str
    title: Mapping[str, str]
    party: str
    zone_name: str
    due_on: dt.date | None
    state: LegState
    is_accepted: bool
    version: int
    last_news_on: dt.date
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: `NO_CHANGE`, `NOTE` or a state of the leg; `version` is that of the leg that was read."""

    say: str
    text: str
    language: str
    version: int
    submission: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """The reminder behind a link: to whom, of which leg of which action, at which stage."""

    reminder_id: uuid.UUID
    recipient_id: uuid.UUID
    action_id: uuid.UUID
    leg_id: uuid.UUID
    stage: str


def asked_by(database: Database, token: str, secret_key: str) -> Asked:
    """Return what a link asks of whom; nothing is written, however often it is followed.

    Raises `Refusal`: `answer_link_unknown`, `answer_link_over`, `answer_link_of_another`.
    """
    sent, viewer = _sent(database, token, secret_key)
    with database.read_session(viewer) as session:
        return _asked(session, sent)


def answer_reminder(database: Database, token: str, secret_key: str, answer: Answer) -> None:
    """Write what was answered to the leg of a reminder, once for each form that was sent.

    Raises what `asked_by` raises; `Refusal` `too_many_attempts`, `unknown_state` (`say`), `nothing_owed`,
    `not_accepted_yet`, and what notes and legs raise (`text`); `StaleVersion`.
    """
    sent, viewer = _sent(database, token, secret_key)
    count_attempt(database, token)
    for race in range(RACES):
        try:
            with database.write_session(viewer) as session:
                _answer_once(session, sent, answer)
                session.commit()
        except (StaleDataError, IntegrityError):
            if race == RACES - 1:
                raise
        else:
            return


# Who, and of what ---------------------------------------------------------------------------------


def _sent(database: Database, token: str, secret_key: str) -> tuple[_Sent, Viewer]:
    """Return the reminder that a token names, and who its recipient is now."""
    reminder_id = reminder_of(token, secret_key)
    if reminder_id is None:
        raise Refusal("answer_link_unknown")
    with database.system_session("look up the reminder of a link") as session:
        row = session.get(Reminder, reminder_id)
        if row is None:
            raise Refusal("answer_link_unknown")
        if session.now >= (row.sent_at or row.prepared_at) + LINK_LASTS or row.state == "withheld":
            raise Refusal("answer_link_over")
        sent, now = _Sent(row.id, row.recipient_id, row.action_id, row.leg_id, row.stage), session.now
    viewer = viewer_of_person(database, sent.recipient_id, now)
    if viewer is None:
        raise Refusal("answer_link_unknown")
    return sent, viewer


def _asked(session: GuardedSession, sent: _Sent) -> Asked:
    """Return what is asked, on a session of the recipient: what they may not see is as a link that leads nowhere."""
    found = session.execute(
        select(Leg, Action, Party.time_zone)
        .join(Action, Action.id == Leg.action_id)
        .join(Party, Party.code == Leg.party_code)
        .where(Leg.id == sent.leg_id, Action.id == sent.action_id)
    ).one_or_none()
    if found is None:
        raise Refusal("answer_link_unknown")
    leg, action, zone_name = found
    viewer = session.bound_viewer
    try:
        own_leg(session, action.reference, leg.party_code)
    except Refusal as refusal:
        raise Refusal("answer_link_unknown") from refusal
    given_away = leg.person_id is not None and leg.person_id != viewer.person_id
    if given_away and sent.stage != "coordinator" and not viewer.speaks_for_party:
        raise Refusal("answer_link_of_another")
    state = cast("LegState", leg.state)
    return Asked(
        viewer, action.reference, action.title, leg.party_code, zone_name or viewer.time_zone, leg.due_on, state,
        leg.is_accepted, leg.version, last_news_on(session, action), _says(action, leg, state),
    )  # fmt: skip


def _says(action: Action, leg: Leg, state: LegState) -> tuple[str, ...]:
    """Return what can be answered: nothing of what is no longer owed."""
    if state not in OWED_STATES or action.ended_as is not None:
        return ()
    states = tuple(each for each in STATES if each != state and each in rules.TRANSITIONS[state])
    return (NO_CHANGE, *states, NOTE) if leg.is_accepted else (state, *states)


# Writing ------------------------------------------------------------------------------------------


def _answer_once(session: GuardedSession, sent: _Sent, answer: Answer) -> None:
    asked = _asked(session, sent)
    known = uuid.uuid5(asked.viewer.person_id, f"answer {answer.submission.hex}") if answer.submission else None
    if known and session.execute(select(Submission.id).where(Submission.id == known)).scalar_one_or_none():
        return
    if not asked.says:
        raise Refusal("nothing_owed")
    if answer.say not in asked.says and answer.say != asked.state:
        raise Refusal("unknown_state", field="say")
    _say(session, asked, answer)
    with session.whole_truth("note that a reminder was answered") as truth:
        truth.get_one(Reminder, sent.reminder_id).answered_at = truth.now
    if known:
        audience = session.audience({person_key(asked.viewer.person_id)})
        session.add(Submission(id=known, audience_id=audience, made_at=session.now, result="answered"))
    action, _leg = own_leg(session, asked.reference, asked.party)
    session.record("answered_by_link", "action", action.id, action.audience_id, party=asked.party, said=answer.say)


def _say(session: GuardedSession, asked: Asked, answer: Answer) -> None:
    """Write the answer as a note, or to the leg; a text that is no reason becomes a note of its own."""
    if answer.say == NO_CHANGE:
        say_no_change(session, asked.reference, answer.text, way="link", language=answer.language)
        return
    if answer.say == NOTE:
        add_note(session, asked.reference, answer.text, answer.language, way="link")
        return
    state = cast("LegState", answer.say)
    needs = rules.needs_reason(asked.state, state)
    _action, leg = own_leg(session, asked.reference, asked.party)
    kept = leg.reason if state == asked.state else None
    try:
        change = changed(leg, state, answer.text if needs else kept)
        update_leg(session, asked.reference, asked.party, change, version=answer.version)
    except StaleVersion:
        raise
    except NotFound:
        raise
    except Refusal as refusal:
        field: Literal["text", "say"] = "text" if refusal.field == "reason" else "say"
        raise Refusal(refusal.key, field=field, **refusal.values) from refusal
    if answer.text.strip() and not needs:
        add_note(session, asked.reference, answer.text, answer.language, way="link")
