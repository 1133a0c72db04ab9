"""What the pages of a roster share: who may read it, and what it shows in words."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app import words
from app.db import GuardedSession
from app.domain.errors import NotFound
from app.i18n import reader_language
from app.models import Meeting
from app.services.meetings import find_meeting
from app.services.roster_acts import may_note_credentials
from app.services.roster_words import order_reason, presence_said, quorum_said, substitution_said
from app.services.rosters import NOBODY, RosterView, guests_on, may_list, roster_counts, roster_of
from app.web import routing


def readable_roster(ref: str) -> tuple[Meeting, RosterView]:
    """Return a meeting and its roster for its parties and secretariats; raises `NotFound` for anybody else."""
    meeting = find_meeting(routing.session(), ref)
    view = roster_of(routing.session(), meeting)
    if not may_list(routing.session(), view.facts):
        raise NotFound
    return meeting, view


def shown(meeting: Meeting, view: RosterView) -> dict[str, Any]:
    """Return what the page of a roster shows, in the reader's words."""
    language = reader_language()
    return {
        "meeting": meeting,
        "view": view,
        "advice": _advice(view),
        "reason": order_reason(view.order, language),
        "quorums": [(each, quorum_said(each, language)) for each in view.quorums if each.state != "none"],
        "substitutions": {
            line.entry.id: substitution_said(line.substitution, language)
            for line in (*view.approved, *view.waiting)
            if line.substitution
        },
        "presences": {line.entry.id: presence_said(line, language) for line in view.approved},
        "may_note": {
            line.entry.id
            for line in view.approved
            if not view.is_over and may_note_credentials(routing.session(), meeting, view.facts, line.entry)
        },
        "guests": guests_on(routing.session(), meeting),
        "today": routing.session().now.date(),
    }


def roster_section(session: GuardedSession, meeting: Meeting, *, is_empty: bool) -> dict[str, Any]:
    """Return what the page of a meeting says of its roster, in one statement; its parties and sittings are loaded."""
    counts = NOBODY if is_empty else roster_counts(session, meeting)
    language = reader_language()
    return {"counts": counts, "quorums": [(each, quorum_said(each, language)) for each in counts.quorums]}


def address(meeting: Meeting, anchor: str | None = None) -> str:
    """Return the address of a meeting's roster."""
    return url_for("rosters.roster", ref=meeting.reference, _anchor=anchor)


def _advice(view: RosterView) -> list[str]:
    """Return what is worth a second look: the head of one's own delegation, or of each to a secretariat."""
    own, language = routing.session().bound_viewer.party, reader_language()
    parties = [code for code in view.order.parties if own in {None, code}]
    said = {
        "missing": _("No head of delegation is approved yet: %(party)s."),
        "several": _("More than one head of delegation is approved, where one is usual: %(party)s."),
    }
    return [said[each.advice] % {"party": words.party_name(each.party, language)} for each in view.heads(parties)]
