"""What a new draft begins with: the template, the last meeting, or another one; each a suggestion to write over."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import words
from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.catalogue import Mechanism as MechanismFacts
from app.domain.catalogue import from_facts
from app.domain.errors import NotFound
from app.domain.mechanisms import next_ordinal
from app.domain.meeting_content import FROM_TEMPLATE, LANGUAGES, NO_AGENDA, MeetingContent
from app.models import Mechanism, Meeting
from app.services.drafts import mechanism_named
from app.services.hosting_state import hosting_state
from app.services.mechanism_record import meeting_facts, meetings_of
from app.services.meeting_state import CALLED_OFF
from app.services.meeting_times import content_of_meeting
from app.services.meetings import find_meeting

LAST: Final = "last"
SESSION: Final = "session"


def suggested(session: GuardedSession, mechanism_code: str | None, copy: str | None = None) -> MeetingContent:
    """Return what a new draft begins with; `copy` is `last`, `template`, or the reference of a meeting.

    The day and the place are never copied: they are what has to be agreed anew. The host is whose turn it is. Raises
    `Refusal("unknown_mechanism")`, and `NotFound` for a reference of nothing that the viewer may see.
    """
    source = _source(session, mechanism_code, copy)
    if source is None:
        return _from_template(session, mechanism_named(session, mechanism_code))
    mechanism = _mechanism_of(session, source)
    copied = content_of_meeting(source, mechanism.code if mechanism else None)
    ordinal = _next_ordinal(session, mechanism)
    return dataclasses.replace(
        copied,
        title=suggested_title(mechanism.name, ordinal) if mechanism and ordinal else dict(copied.title),
        original=session.bound_viewer.language if mechanism and ordinal else copied.original,
        ordinal=ordinal,
        hosting=_whose_turn(session, mechanism, copied.parties),
        place="",
        conference_url="",
        format="in_person" if copied.format == "unknown" else copied.format,
        first_day=None,
        last_day=None,
        choice=None,
        agenda=source.reference,
        kind="session" if copied.kind == "urgent" else copied.kind,
    )


def suggested_past(session: GuardedSession, mechanism_code: str | None) -> MeetingContent:
    """Return what recording a past meeting begins with: its mechanism's name and parties, no number and no hours."""
    mechanism = mechanism_named(session, mechanism_code)
    begun = _from_template(session, mechanism)
    title = suggested_title(mechanism.name, None) if mechanism else {}
    return dataclasses.replace(begun, title=title, ordinal=None, hosting={}, format="unknown")


def suggested_urgent(session: GuardedSession, mechanism_code: str | None, language: str) -> MeetingContent:
    """Return what calling an urgent meeting begins with: today, by video, no agenda, no number, a title to write over.

    The title is in the language that is read. Raises `Refusal("unknown_mechanism")`.
    """
    viewer = session.bound_viewer
    mechanism = mechanism_named(session, mechanism_code)
    name = words.pick(mechanism.name, language)[0] if mechanism else ""
    forms = {"en": "Urgent meeting: {name}", "es": "Reunión urgente: {name}", "fr": "Réunion urgente : {name}"}
    return dataclasses.replace(
        _from_template(session, mechanism),
        kind="urgent",
        title={language: forms[language].format(name=name)} if name else {},
        original=language,
        ordinal=None,
        format="virtual",
        agenda=NO_AGENDA,
        first_day=today_in(session.now, viewer.time_zone),
    )


def suggested_title(name: Mapping[str, str], ordinal: int | None) -> dict[str, str]:
    """Return the formal title of a mechanism's next meeting in each language, numbered where its meetings are."""
    given = {language: name[language] for language in LANGUAGES if name.get(language)}
    if ordinal is None:
        return given
    forms = {"en": "{number} {name}", "es": "{name}, {number} reunión", "fr": "{name}, {number} réunion"}
    return {
        language: forms[language].format(number=words.ordinal(ordinal, language), name=text)
        for language, text in given.items()
    }


def last_meeting(session: GuardedSession, mechanism_code: str | None) -> Meeting | None:
    """Return the latest meeting of the mechanism itself that the viewer may see and that was not called off."""
    if mechanism_code is None:
        return None
    return session.execute(
        select(Meeting)
        .join(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .where(Mechanism.code == mechanism_code, Meeting.state.not_in(sorted(CALLED_OFF)), Meeting.kind == SESSION)
        .order_by(Meeting.starts_at.desc())
        .limit(1)
        .options(selectinload(Meeting.parties), selectinload(Meeting.sittings))
    ).scalar_one_or_none()


def _source(session: GuardedSession, mechanism_code: str | None, copy: str | None) -> Meeting | None:
    if copy is None or copy == FROM_TEMPLATE:
        return None
    if copy == LAST:
        return last_meeting(session, mechanism_code)
    return find_meeting(session, copy)


def _mechanism_of(session: GuardedSession, meeting: Meeting) -> Mechanism | None:
    if meeting.mechanism_id is None:
        return None
    row = session.get(Mechanism, meeting.mechanism_id)
    if row is None:
        raise NotFound
    return row


def _from_template(session: GuardedSession, mechanism: Mechanism | None) -> MeetingContent:
    viewer = session.bound_viewer
    own = frozenset({viewer.party} if viewer.party else ())
    if mechanism is None:
        hat = next((hat for hat in viewer.hats if hat.is_ad_hoc), None)
        parties = hat.parties if hat and not own else own
        return MeetingContent(parties=tuple(sorted(parties)), zone=viewer.time_zone)
    ordinal = _next_ordinal(session, mechanism)
    return MeetingContent(
        mechanism=mechanism.code,
        title=suggested_title(mechanism.name, ordinal),
        original=viewer.language,
        ordinal=ordinal,
        parties=tuple(sorted(mechanism.parties)),
        hosting=_whose_turn(session, mechanism, mechanism.parties),
        zone=viewer.time_zone,
    )


def _whose_turn(session: GuardedSession, mechanism: Mechanism | None, parties: Collection[str]) -> dict[str, str]:
    """Return who would host the next meeting of all of the parties, after those in preparation, and who beside."""
    if mechanism is None or frozenset(parties) != frozenset(mechanism.parties):
        return {}
    following = hosting_state(session, mechanism).following_host
    if following is None:
        return {}
    return {following.party: "host", **dict.fromkeys(following.co_hosts, "co_host")}


def _next_ordinal(session: GuardedSession, mechanism: Mechanism | None) -> int | None:
    """Return the number of the mechanism's next meeting, from its record and the meetings that the viewer may see."""
    if mechanism is None:
        return None
    kept = [meeting_facts(meeting) for meeting in meetings_of(session, mechanism.id)]
    return next_ordinal(from_facts(MechanismFacts, mechanism.facts).record, kept, parties=mechanism.parties)
