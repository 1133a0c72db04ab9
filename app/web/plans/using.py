"""What the page that asks before a date is used says: the question, what follows, and whether a reason is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from app.db import GuardedSession
from app.i18n import reader_language
from app.models import Meeting
from app.services import meeting_life as life
from app.services.date_plans import OpenPlan
from app.services.dispatches import MailPlan, who_is_told
from app.services.meetings import facts_of_meeting
from app.services.slot_use import way_of
from app.web.meetings.clocks import promised

NO_MAIL: Final = MailPlan("none")


@dataclass(frozen=True, slots=True)
class UseWords:
    """The question, its consequences, the button, and the mails; `is_allowed` where the viewer may do it."""

    heading: str
    consequences: tuple[str, ...]
    button: str
    needs_reason: bool = False
    is_allowed: bool = True
    mails: MailPlan = NO_MAIL


def use_words(session: GuardedSession, found: OpenPlan) -> UseWords:
    """Return what is asked before a slot of a plan becomes the date of its draft or meeting."""
    if found.meeting is None:
        return UseWords(
            heading=_("Use this date in the draft?"),
            consequences=(
                _("The draft takes its days, its hours, its time zone, its place and its form from here."),
                _("Only your own side sees the draft until it is proposed."),
                _("This search for a date ends."),
            ),
            button=_("Use this date"),
        )
    return _of_meeting(session, found, found.meeting)


def _of_meeting(session: GuardedSession, found: OpenPlan, meeting: Meeting) -> UseWords:
    language = reader_language()
    way = way_of(meeting)
    acts = life.possible_acts(session, meeting, facts_of_meeting(session, meeting))
    consequences = [_("Every party is asked again; your own yes counts if you are a coordinator or head.")]
    if way == "postpone":
        was = promised(meeting, language)
        consequences.append(_("The date it has now, %(date)s, and your reason stay in the record.", date=was))
    if way != "change" and found.content.place != (meeting.place or ""):
        consequences.append(_("The meeting keeps its place and its form; these are changed on its own page."))
    consequences.append(_("This search for a date ends."))
    return UseWords(
        heading=_("Move the meeting to this date?") if way != "reinstate" else _("Propose the meeting on this date?"),
        consequences=tuple(consequences),
        button=_("Move the meeting") if way != "reinstate" else _("Propose the meeting"),
        needs_reason=way == "postpone",
        is_allowed=way in acts,
        mails=who_is_told(session, meeting, "publish" if way == "change" else way or ""),
    )
