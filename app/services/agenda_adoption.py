"""Adopting an agenda, by the yes of every party, and changing one that was adopted, by the same.

Adoption is the first thing that a meeting decides, and by consensus: with a party missing the sitting is informal, and
what lacks one party's yes is not adopted. What is asked is the agenda as it was read; where it changed meanwhile the
last yes takes no effect, and the question is put anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.models import Decision, Meeting
from app.services import agenda_changes as changes
from app.services.agenda import items_of
from app.services.agenda_content import chosen_parties
from app.services.agenda_revisions import check_ready, digest_of_snapshot, keep_revision, snapshot_of
from app.services.decision_words import Said, Told, says
from app.services.decisions import Asked, ask, effect
from app.services.meetings import facts_of_meeting, find_meeting


def ask_adoption(session: GuardedSession, reference: str, *, seen: str, note: str = "") -> Decision:
    """Ask every party to adopt the agenda as it stands; `seen` is the digest of what was read.

    A question on an agenda that has changed since lapses. Raises what `issue_revision` raises, and `Refusal`
    `adoption_asked_already`.
    """
    _hold_open(session, reference)  # before the meeting, in the order in which an answer holds them
    meeting = find_meeting(session, reference, lock=True)
    if not can(session.bound_viewer, Action.ISSUE_AGENDA, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    content = snapshot_of(items_of(session, meeting.id, fresh=True))
    check_ready(session, meeting, content, seen)
    for decision in _open_adoptions(session, meeting.id):  # with one that was asked while this waited for the meeting
        if decision.content["digest"] == seen:
            raise Refusal("adoption_asked_already")
        decision.state, decision.decided_at = "withdrawn", session.now
        session.record("decision_lapsed", "decision", decision.id, decision.audience_id, kind=decision.kind)
    asked = {"do": "adopt", "digest": seen, "items": content["items"]}
    return ask(session, Asked("agenda", asked, chosen_parties(meeting), meeting=meeting, note=note))


def _on_agenda(meeting_id: uuid.UUID) -> Any:
    return (
        select(Decision)
        .where(Decision.meeting_id == meeting_id, Decision.kind == "agenda", Decision.state == "open")
        .order_by(Decision.asked_at, Decision.id)
    )


def _hold_open(session: GuardedSession, reference: str) -> None:
    session.execute(_on_agenda(find_meeting(session, reference).id).with_for_update(of=Decision)).all()


def _open_adoptions(session: GuardedSession, meeting_id: uuid.UUID) -> list[Decision]:
    found = session.execute(_on_agenda(meeting_id).execution_options(populate_existing=True)).scalars()
    return [row for row in found if row.content.get("do") == "adopt"]


@effect("agenda")
def take_agenda(session: GuardedSession, decision: Decision) -> None:
    """Adopt the agenda, or change an adopted one, at the last yes.

    Raises `Refusal` `agenda_has_changed` where it is not what was asked, `topic_waits`, and what a change raises.
    """
    reference = session.execute(select(Meeting.reference).where(Meeting.id == decision.meeting_id)).scalar_one()
    if decision.content["do"] != "adopt":
        changes.apply_change(session, reference, decision)
        return
    meeting = find_meeting(session, reference, lock=True)
    content = snapshot_of(items_of(session, meeting.id, fresh=True))
    if digest_of_snapshot(content) != decision.content["digest"]:
        raise Refusal("agenda_has_changed")
    try:
        check_ready(session, meeting, content, decision.content["digest"])
    except StaleVersion as stale:
        raise Refusal("agenda_has_changed") from stale
    keep_revision(session, meeting, content, "adopted")


@says("agenda")
def say_agenda(told: Told, language: str) -> Said:
    """Say what would be adopted, item by item, or what would be changed of what was adopted."""
    gettext = words.translations(language).gettext
    if told.content["do"] != "adopt":
        return changes.say_change(told, language)
    lines = [gettext("Once every party has said yes, the agenda is adopted and no longer changed without all of them.")]
    lines += [_numbered(item, language) for item in told.content["items"]]
    return Said(str(gettext("Adopt the agenda")), tuple(str(line) for line in lines))


def _numbered(item: Mapping[str, Any], language: str) -> str:
    return f"{item['number']}. {words.pick(item['title'], language)[0]}"
