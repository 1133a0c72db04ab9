"""Which papers of a meeting somebody may take away, for the page that offers them."""

from __future__ import annotations

from dataclasses import dataclass

from app.db import GuardedSession
from app.domain.references import joined_codes
from app.domain.visibility import Action, can
from app.models import Meeting
from app.services.agenda import items_of
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.rosters import may_list


@dataclass(frozen=True, slots=True)
class Offered:
    """The papers of a meeting that the viewer may take away.

    `apart` are the series of items of some of the parties that they see, by their codes (`MXUS`) with the parties.
    """

    meeting: Meeting
    has_agenda: bool
    has_annotated: bool
    apart: tuple[tuple[str, tuple[str, ...]], ...]
    has_book: bool
    has_pack: bool
    has_participants: bool


def papers_offered(session: GuardedSession, reference: str) -> Offered:
    """Return what the viewer may take away of a meeting; raises `NotFound`."""
    meeting = find_meeting(session, reference)
    facts = facts_of_meeting(session, meeting)
    items = [item for item in items_of(session, meeting.id) if not item.removed]
    series = {joined_codes(item.parties): tuple(sorted(item.parties)) for item in items if item.parties}
    viewer = session.bound_viewer
    return Offered(
        meeting=meeting,
        has_agenda=any(not item.parties for item in items),
        has_annotated=can(viewer, Action.EDIT_AGENDA, facts),
        apart=tuple(sorted(series.items())),
        has_book=has_book(session, meeting),
        has_pack=can(viewer, Action.CHAIR_MEETING, facts),
        has_participants=may_list(session, facts),
    )


def has_book(session: GuardedSession, meeting: Meeting) -> bool:
    """Say whether the viewer's delegation has a briefing book for a meeting: it sits at the table."""
    viewer = session.bound_viewer
    return can(viewer, Action.READ_POSITIONS) and viewer.party in {row.party_code for row in meeting.parties}
