"""Entries of the calendar in words: what stands first, what beneath it, its mark, and where it leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app import labels, words
from app.domain.visibility import Viewer
from app.domain.zones import known_zone
from app.i18n import in_language
from app.models import Meeting
from app.services.calendar_dates import DiaryEntry
from app.web.meetings.clocks import city_of_meeting

# The mark of each kind of entry; a meeting's is that of its state.
MARKS: Final[Mapping[str, str]] = {
    "closure": "shut", "un_closure": "un", "assembly": "un", "high_level": "un", "event": "other", "date": "other",
    "to_agree": "due", "due": "due", "meeting": "",
}  # fmt: skip
STATE_MARKS: Final[Mapping[str, str]] = {"proposed": "tent", "postponed": "off", "cancelled": "off"}
# States that the mark alone tells; the others are said in a word.
SAID_BY_MARK: Final = ("confirmed",)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words; `time` and `own_time` are the reader's and the meeting's, each with its city.

    `clock` is the reader's time alone, for a page that says in its head whose it is. `said` is its name, in each
    language where it has several.
    """

    entry: DiaryEntry
    mark: str
    said: Mapping[str, str] | str
    small: str = ""
    clock: str = ""
    time: str = ""
    own_time: str = ""
    badge: str | None = None
    over: str = ""
    address: str | None = None
    until: str = ""
    state: str = ""
    is_struck: bool = False
    parties: tuple[str, ...] = field(default=())

    @property
    def name(self) -> Markup:
        """The name in the reader's language, marked where it is in another."""
        return in_language(self.said)

    def plain_name(self, language: str) -> tuple[str, str]:
        """Return the name as text, and the language that it is in."""
        found, spoken = words.pick(self.said, language)
        return found, spoken or language

    @property
    def first_day(self) -> dt.date:
        """The first of its days."""
        return self.entry.first_day

    @property
    def last_day(self) -> dt.date:
        """The last of its days."""
        return self.entry.last_day


def lines_of(entries: Iterable[DiaryEntry], viewer: Viewer, language: str) -> list[Line]:
    """Return entries in words, in their order."""
    return [_line(entry, viewer, language) for entry in entries]


def _line(entry: DiaryEntry, viewer: Viewer, language: str) -> Line:
    if entry.meeting is not None:
        return _meeting_line(entry, entry.meeting, viewer, language)
    if entry.kind == "closure" and entry.closure is not None:
        return Line(
            entry, "shut", _("closed"), _noted(entry.closure.name.in_language(language), entry), badge=entry.party
        )
    if entry.kind in ("un_closure", "assembly", "high_level"):
        return _un_line(entry, language)
    if entry.kind == "to_agree" and entry.mechanism is not None:
        agreed = _("%(agreed)s of %(minimum)s agreed", agreed=entry.agreed_count, minimum=entry.minimum_count)
        return Line(
            entry, "due", entry.mechanism.name, agreed, over=_("To agree by this day"), parties=entry.parties,
            address=url_for("mechanisms.mechanism", code=entry.mechanism.code),
        )  # fmt: skip
    if entry.action is not None:
        return Line(
            entry, "due", entry.action.title, entry.action.reference, over=_("Due"),
            address=url_for("actions.action", ref=entry.action.reference),
        )  # fmt: skip
    return Line(
        entry, "other", entry.name or "", _noted(entry.place or "", entry, _("not confirmed")),
        badge=entry.party, until=_until(entry, language),
    )  # fmt: skip


def _un_line(entry: DiaryEntry, language: str) -> Line:
    session = entry.assembly
    if session is None:
        name = entry.closure.name.in_language(language) if entry.closure else ""
        return Line(entry, "un", _("Headquarters closed"), _noted(name, entry), over=_("UN"))
    number = words.ordinal(session.session, language)
    if entry.kind == "assembly":
        return Line(
            entry, "un", _("Opening, %(number)s session", number=number), _noted("", entry), over=_("UN"),
        )  # fmt: skip
    debate = _("general debate from %(day)s", day=words.day_month(session.debate_from.on, language))
    return Line(entry, "un", _("High-level week"), _noted(debate, entry), over=_("UN"), until=_until(entry, language))


def _noted(small: str, entry: DiaryEntry, word: str = "") -> str:
    """Return the small words of a date, with what is to be known of it where it is not attested."""
    said = [] if entry.is_attested else [word or _("computed, not confirmed")]
    return ", ".join([*([small] if small else []), *said])


def _until(entry: DiaryEntry, language: str) -> str:
    if entry.first_day == entry.last_day:
        return ""
    return str(_("until %(day)s", day=words.weekday_day_month(entry.last_day, language)))


# Meetings -----------------------------------------------------------------------------------------


def _meeting_line(entry: DiaryEntry, meeting: Meeting, viewer: Viewer, language: str) -> Line:
    clock, own_time = _clocks(meeting, viewer, language)
    city = city_of_meeting(meeting, language)
    own_city = words.city_of(viewer.time_zone, language, viewer.party)
    state = "" if meeting.state in SAID_BY_MARK else labels.label("meeting_state", meeting.state, language)
    there = f"{own_time}{words.NBSP}{city}" if own_time else city
    title: Mapping[str, str] | str = meeting.title if words.pick(meeting.title, language)[0] else ""
    return Line(
        entry=entry,
        mark=STATE_MARKS.get(meeting.state, ""),
        said=title or (entry.mechanism.name if entry.mechanism else meeting.reference),
        small=" · ".join(each for each in (meeting.reference, there, state) if each),
        clock=clock,
        time=f"{clock}{words.NBSP}{own_city}" if clock else "",
        own_time=there,
        address=url_for("meetings.meeting", ref=meeting.reference),
        until=_until(entry, language),
        state=state,
        is_struck=meeting.state in ("cancelled", "postponed"),
        parties=tuple(words.party_order([row.party_code for row in meeting.parties], language)),
    )


def _clocks(meeting: Meeting, viewer: Viewer, language: str) -> tuple[str, str]:
    """Return what the reader's clock shows at the start of a meeting, and its own where that is something else."""
    if meeting.starts_time is None:
        return "", ""
    own = words.local(meeting.starts_at, viewer.time_zone)
    there = words.local(meeting.starts_at, known_zone(meeting.time_zone))
    shown = words.time_of_day(own, language)
    if own.replace(tzinfo=None) == there.replace(tzinfo=None):
        return shown, ""
    if own.date() == there.date():
        return shown, words.time_of_day(there, language)
    return shown, f"{words.weekday_day_month(there.date(), language)}, {words.time_of_day(there, language)}"
