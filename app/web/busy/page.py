"""What the pages of busy time show and take: whose it is, who sees it, the file that was brought."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.calendars.busy import FILE_LIMIT, BusyReading
from app.domain.busy import Blackout
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import party_key
from app.i18n import reader_language
from app.models import Office
from app.services import busy_times as service
from app.services.busy_acts import BusyFields, digest_of_file
from app.services.busy_times import Secretariat, Sharing
from app.web.busy.week import WeekDay, bounds_of, days_of, week_asked
from app.web.routing import session, viewer

OWN: Final = "me"
_ZONES_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Brought:
    """A calendar file as it was read, or why it was not."""

    digest: str
    reading: BusyReading | None
    refusal: Refusal | None

    def checked(self) -> BusyReading:
        """Return what was read; raises the `Refusal` where nothing was."""
        if self.reading is None:
            raise self.refusal or Refusal("required", field="file")
        return self.reading


@dataclass(frozen=True, slots=True)
class Look:
    """A week of busy time as somebody sees it: whose, who looks, and the addresses of the weeks around."""

    whose: str
    seen_as: str
    viewers: list[tuple[str, str]]
    subjects: list[tuple[str, str]]
    monday: dt.date
    days: list[WeekDay]
    before: str
    after: str


def brought_file() -> Brought:
    """Read the file that was sent; called before any transaction is open."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return Brought("", None, Refusal("required", field="file"))
    content = sent.stream.read(FILE_LIMIT + 1)
    try:
        reading = service.read_calendar(content, request.form.get("time_zone", ""), g.now)
    except Refusal as refusal:
        return Brought("", None, refusal)
    return Brought(digest_of_file(content), reading, None)


def tell_reading(reading: BusyReading) -> None:
    """Say what came of a file, and what of it was read otherwise than it says."""
    flash(
        ngettext(
            "The calendar is read: %(num)d busy period. Nothing else of it was kept.",
            "The calendar is read: %(num)d busy periods. Nothing else of it was kept.",
            len(reading.intervals),
        )
    )
    if reading.unreadable_count:
        said = ngettext(
            "%(num)d entry could not be read and is left out.",
            "%(num)d entries could not be read and are left out.",
            reading.unreadable_count,
        )
        flash(said, "warning")
    if reading.unknown_count:
        said = ngettext(
            "%(num)d entry names a time zone that nobody knows (%(zones)s). It was read in the one that you gave.",
            "%(num)d entries name time zones that nobody knows (%(zones)s). They were read in the one that you gave.",
            reading.unknown_count,
            zones=_named(reading.unknown_zones),
        )
        flash(said, "warning")
    if reading.differing_zones:
        said = _(
            "The file describes these time zones otherwise than they are: %(zones)s. What is in force there was used.",
            zones=_named(reading.differing_zones),
        )
        flash(said, "warning")


def _named(zones: Sequence[str]) -> str:
    return words.list_of(list(zones[:_ZONES_NAMED]), reader_language()) + ("…" if len(zones) > _ZONES_NAMED else "")


def whose_choices(offices: Iterable[Office]) -> list[tuple[str, str]]:
    """Return whose busy time the viewer keeps: their own, and that of each office by its name."""
    named = [(office.code, words.pick(office.name, reader_language())[0]) for office in offices]
    return [(OWN, _("Your own")), *sorted(named, key=lambda pair: words.collation_key(pair[1]))]


def seen_by_choices(sharing: Sharing, standing: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return who else can see it, each by its key; who saw it already and cannot be chosen any more too."""
    language = reader_language()
    own = service.own_key(viewer())
    parties = [
        (party_key(code), words.party_name(code, language)) for code in words.party_order(sharing.parties, language)
    ]
    found = [*parties, *((each.key, _secretariat(each, language)) for each in sharing.secretariats)]
    known = {key for key, _words in found}
    return [*found, *((key, _("a secretariat of before")) for key in standing if key not in known and key != own)]


def _secretariat(each: Secretariat, language: str) -> str:
    name = words.pick(each.name, language)[0]
    if each.mechanism_name is None:
        return name
    mechanism = words.pick(each.mechanism_name, language)[0]
    return str(_("%(secretariat)s: %(mechanism)s", secretariat=name, mechanism=mechanism))


def look_of(offices: Sequence[Office], sharing: Sharing) -> Look:
    """Return the week that was asked for, as who was asked for sees it; raises `NotFound` for what is none of these."""
    subjects, own = whose_choices(offices), service.own_key(viewer())
    viewers = [(own, _("Your own people") if viewer().party else _("Yourself")), *seen_by_choices(sharing)]
    whose, seen_as = request.args.get("of", OWN), request.args.get("as", own)
    if whose not in dict(subjects) or seen_as not in dict(viewers):
        raise NotFound
    zone_name = viewer().time_zone
    monday = week_asked(words.local(session().now, zone_name).date())
    intervals = service.seen_intervals(
        session(), None if whose == OWN else whose, seen_as, *bounds_of(monday, zone_name)
    )
    address: dict[str, Any] = {"of": whose, "as": None if seen_as == own else seen_as, "_anchor": "seen"}
    before, after = (
        url_for("busy.busy", week=(monday + dt.timedelta(days=days)).isoformat(), **address) for days in (-7, 7)
    )
    return Look(whose, seen_as, viewers, subjects, monday, days_of(monday, intervals, zone_name), before, after)


def fields_typed(form: Any) -> BusyFields:
    """Return what was typed of busy time."""
    office_code = "" if form.whose.data in {None, OWN} else form.whose.data
    return BusyFields(office_code, form.label.data or "", form.time_zone.data or "", tuple(form.seen_by.data or ()))


def typed_blackout(form: Any) -> Blackout:
    """Return the days and hours that were typed."""
    return Blackout(form.first_day.data, form.last_day.data, form.starts.data, form.ends.data)
