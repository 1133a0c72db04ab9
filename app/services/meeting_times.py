"""Writing a promised time, and the parties chosen, to the rows of a meeting; and reading them back as a content."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.errors import Refusal
from app.domain.meeting_content import MeetingContent, Timing, timing_of
from app.domain.walltime import Choice
from app.models import Meeting, MeetingParty, Sitting
from app.services.meeting_audience import rows_audience

CHOICES: Final[tuple[Choice | None, ...]] = (None, "earlier", "later")


def write_timing(session: GuardedSession, meeting: Meeting, timing: Timing) -> None:
    """Write a time to a meeting and rebuild its sittings, which are loaded; what is left over of them is deleted."""
    when = timing.when
    meeting.time_zone, meeting.tzdata_version = when.zone_name, timing.tzdata
    meeting.starts_on, meeting.ends_on = when.first_day, when.last_day
    meeting.starts_time, meeting.ends_time = timing.starts, timing.ends
    meeting.starts_at, meeting.ends_at = when.starts_at, when.ends_at
    kept = {sitting.position: sitting for sitting in meeting.sittings}
    for position, (starts_at, ends_at) in enumerate(when.sittings, start=1):
        sitting = kept.pop(position, None)
        if sitting is None:
            meeting.sittings.append(
                Sitting(position=position, starts_at=starts_at, ends_at=ends_at, audience_id=meeting.audience_id)
            )
        else:
            sitting.starts_at, sitting.ends_at = starts_at, ends_at
    for sitting in kept.values():
        meeting.sittings.remove(sitting)
        session.delete(sitting)


def write_parties(
    session: GuardedSession, meeting: Meeting, parties: Iterable[str], hosting: Mapping[str, str]
) -> None:
    """Make the rows of a meeting's parties those of `parties`, and load them; answers stay as they are.

    A party that is chosen no more keeps its row, removed; chosen again, it has not answered yet.
    """
    rows = {row.party_code: row for row in _all_rows(session, meeting)}
    chosen = frozenset(parties)
    audience_id = rows_audience(session, meeting)
    for code in sorted(chosen - rows.keys()):
        session.add(MeetingParty(meeting_id=meeting.id, party_code=code, audience_id=audience_id))
    for code, row in rows.items():
        if row.removed and code in chosen:
            _forget_answer(row)
        row.removed = code not in chosen
    session.flush()  # the parties are read again below
    session.expire(meeting, ["parties"])
    for row in meeting.parties:
        row.hosting = hosting.get(row.party_code, "none")


def content_of_meeting(meeting: Meeting, mechanism_code: str | None, around: str = "") -> MeetingContent:
    """Return what a draft of this meeting would say; its parties are loaded, `around` is what it is around."""
    content = MeetingContent(
        mechanism=mechanism_code,
        title={language: text for language, text in meeting.title.items() if language != "original" and text},
        original=meeting.title.get("original"),
        ordinal=meeting.ordinal,
        parties=tuple(sorted(row.party_code for row in meeting.parties)),
        hosting={row.party_code: row.hosting for row in meeting.parties if row.hosting != "none"},
        format=meeting.format,
        place=meeting.place or "",
        conference_url=meeting.conference_url or "",
        zone=meeting.time_zone,
        first_day=meeting.starts_on,
        last_day=meeting.ends_on,
        starts=meeting.starts_time,
        ends=meeting.ends_time,
        kind=meeting.kind,
        around=around,
    )
    return dataclasses.replace(content, choice=_choice_that_meant(content, meeting))


def _choice_that_meant(content: MeetingContent, meeting: Meeting) -> Choice | None:
    """Return which of a doubled time was meant; None where the time comes once, or the zone data has moved since."""
    for choice in CHOICES:
        try:
            when = timing_of(dataclasses.replace(content, choice=choice)).when
        except Refusal:
            continue
        if (when.starts_at, when.ends_at) == (meeting.starts_at, meeting.ends_at):
            return choice
    return None


def _all_rows(session: GuardedSession, meeting: Meeting) -> list[MeetingParty]:
    """Return the rows of the meeting's parties, those chosen no more among them."""
    return list(session.execute(select(MeetingParty).where(MeetingParty.meeting_id == meeting.id)).scalars())


def _forget_answer(row: MeetingParty) -> None:
    row.answer = row.answered_at = row.answered_by = row.report_note = row.report_document_id = None
    row.is_reported = False
