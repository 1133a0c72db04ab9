"""What the pages of new zone data say: each time with the city whose it is, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app import labels, words
from app.domain import zones
from app.domain.lifecycle import Answer, When
from app.domain.meeting_content import Timing
from app.domain.visibility import Viewer
from app.domain.zone_changes import CHOICES, Keep, ZoneChange, shift_minutes
from app.i18n import reader_language
from app.models import Meeting, Party
from app.services.zone_changes import Affected, Decision
from app.web.meetings.clocks import city_of_meeting

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class TimeIn:
    """A time in one city: its day and hours there, and the offset of its clock."""

    hours: str
    offset: str


@dataclass(frozen=True, slots=True)
class CityRow:
    """One city's clock: at the moment promised, then at each reading of the hour on the wall."""

    city: str
    zone: str
    promised: TimeIn
    readings: tuple[TimeIn, ...]
    is_meeting: bool
    is_reader: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One way to settle it: its words, and which of two hours it means where that is asked."""

    keep: Keep
    words: str
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A meeting on the list, in words."""

    affected: Affected
    promise: str
    finding: str
    columns: tuple[str, ...]
    rows: tuple[CityRow, ...]
    options: tuple[Option, ...]
    hindrances: tuple[str, ...]


def shown(affected: Affected, parties: Mapping[str, Party], viewer: Viewer) -> Shown:
    """Return what the list shows of one meeting."""
    change = affected.change
    return Shown(
        affected=affected,
        promise=promise_in_words(affected.meeting, change),
        finding=finding_in_words(change),
        columns=tuple(_kept_in_words(change, number) for number in range(len(change.readings))),
        rows=tuple(city_rows(affected.meeting, change, change.readings, parties, viewer)),
        options=tuple(_options(change)),
        hindrances=tuple(_hindrances(change)),
    )


def promise_in_words(meeting: Meeting, change: ZoneChange) -> str:
    """Return what was promised: the wall time, the zone, the instant, and the release that said so."""
    return str(_(
        "%(times)s in %(city)s (%(zone)s): by zone data %(version)s that is %(instant)s UTC.",
        times=wall_hours(change.promised), city=_named_city(meeting), zone=change.promised.when.zone_name,
        version=change.promised.tzdata, instant=_time_in(change.promised.when, UTC).hours,
    ))  # fmt: skip


def finding_in_words(change: ZoneChange) -> str:
    """Return what the zone data in force says instead."""
    zone, version = change.promised.when.zone_name, change.release
    match change.kind:
        case "skipped":
            return str(
                _(
                    "By zone data %(version)s the clocks of %(zone)s skip this hour that day.",
                    version=version,
                    zone=zone,
                )
            )
        case "doubled":
            return str(_(
                "By zone data %(version)s the clocks of %(zone)s show this hour twice that day.",
                version=version, zone=zone,
            ))  # fmt: skip
        case "zone_gone":
            return str(_("Zone data %(version)s has no zone %(zone)s any more.", version=version, zone=zone))
    [reading] = change.readings
    return str(_(
        "By zone data %(version)s it is %(instant)s UTC: %(difference)s.",
        version=version, instant=_time_in(reading.when, UTC).hours, difference=shift_in_words(change, reading),
    ))  # fmt: skip


def shift_in_words(change: ZoneChange, reading: Timing) -> str:
    """Return how far a reading is from the moment promised."""
    minutes = shift_minutes(change, reading)
    length = words.duration(abs(minutes), reader_language())
    if minutes < 0:
        return str(_("%(duration)s earlier than promised", duration=length))
    if minutes > 0:
        return str(_("%(duration)s later than promised", duration=length))
    if reading.when.ends_at != change.promised.when.ends_at:
        return str(_("it begins as promised and ends at another moment"))
    return str(_("the moment promised"))


def wall_hours(timing: Timing) -> str:
    """Return the days and hours of a time as its own wall clock has them."""
    language = reader_language()
    days = words.date_range(timing.when.first_day, timing.when.last_day, language)
    if timing.starts is None or timing.ends is None:
        return days
    return f"{days}, {words.time_range(timing.starts, timing.ends, language)}"


def city_rows(
    meeting: Meeting, change: ZoneChange, readings: Sequence[Timing], parties: Mapping[str, Party], viewer: Viewer
) -> Iterable[CityRow]:
    """Yield the clock of the meeting's city, of each party's capital, of the reader's city, and UTC, each once."""
    language = reader_language()
    own, reader = _own_city(meeting), words.city_of(viewer.time_zone, language, viewer.party)
    asked = [(own, zones.known_zone(meeting.time_zone))]
    for code in words.party_order([row.party_code for row in meeting.parties], language):
        party = parties.get(code)
        if party and party.time_zone and party.capital:
            asked.append((words.pick(party.capital, language)[0], party.time_zone))
    asked += [(reader, viewer.time_zone), (UTC, UTC)]
    cities: dict[str, str] = {}
    for city, zone in asked:
        cities.setdefault(city, zone)  # the first one named wins
    for city, zone in cities.items():
        yield CityRow(
            city=city,
            zone=zone,
            promised=_time_in(change.promised.when, zone),
            readings=tuple(_time_in(reading.when, zone) for reading in readings),
            is_meeting=city == own,
            is_reader=city == reader,
        )


def _time_in(when: When, zone: str) -> TimeIn:
    """Return the days and hours of a time on one city's clock, from its first beginning to its last end."""
    language = reader_language()
    starts, ends = words.local(when.starts_at, zone), words.local(when.ends_at, zone)
    if starts.date() == ends.date():
        hours = f"{words.date_short(starts.date(), language)}, {words.time_range(starts, ends, language)}"
    else:
        first, last = (words.day_and_time(instant, zone, language) for instant in (when.starts_at, when.ends_at))
        hours = _("%(first)s to %(last)s", first=first, last=last)
    return TimeIn(hours, words.offset_words(when.starts_at, zone, language))


def _named_city(meeting: Meeting) -> str:
    """Return the city that the promise named, though the data may have its zone no more."""
    return words.city_at(meeting.time_zone, meeting.place, reader_language())


def _own_city(meeting: Meeting) -> str:
    return city_of_meeting(meeting, reader_language())


def _kept_in_words(change: ZoneChange, number: int) -> str:
    if len(change.readings) < 2:
        return str(_("If the hour on the wall is kept"))
    return str(
        _("If the first of the two hours is kept") if number == 0 else _("If the second of the two hours is kept")
    )


def _options(change: ZoneChange) -> Iterable[Option]:
    match len(change.readings):
        case 0:
            pass
        case 1:
            yield Option("hour", _("Keep the hour on the wall"))
        case _:
            yield Option("hour", _("Keep the first of the two hours"), CHOICES[0])
            yield Option("hour", _("Keep the second of the two hours"), CHOICES[1])
    if change.moment is not None or change.kind == "zone_gone":
        yield Option("moment", _("Keep the moment"))


def _hindrances(change: ZoneChange) -> Iterable[str]:
    """Yield why one of the two ways is not open."""
    if change.kind == "skipped":
        yield _("The hour on the wall cannot be kept: the clocks skip it.")
    if change.kind == "zone_gone":
        yield _("The hour on the wall cannot be kept: nobody says any more when it is.")
    elif change.moment is None:
        yield _("The moment cannot be kept: one hour for every day does not write it. Change the meeting instead.")


# A decision ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PartyRow:
    """What one party is told: its capital's clock before and after, and what becomes of its answer."""

    code: str
    city: str
    before: TimeIn
    after: TimeIn
    answer: str


def party_rows(planned: Decision, parties: Mapping[str, Party]) -> Iterable[PartyRow]:
    """Yield what each party is told, in the order of the reader's alphabet; the UTC hours where it has no capital."""
    language = reader_language()
    for code in words.party_order(planned.state.parties, language):
        party = parties.get(code)
        city, zone = UTC, UTC
        if party and party.time_zone and party.capital:
            city, zone = words.pick(party.capital, language)[0], party.time_zone
        yield PartyRow(
            code=code,
            city=city,
            before=_time_in(planned.change.promised.when, zone),
            after=_time_in(planned.timing.when, zone),
            answer=_answer_in_words(planned, planned.state.answers[code]),
        )


def likely_zone(meeting: Meeting, parties: Mapping[str, Party], viewer: Viewer) -> str:
    """Return the zone offered first where the meeting's own is gone: that of its host's capital, else the reader's."""
    hosts = [row.party_code for row in meeting.parties if row.hosting == "host" and row.party_code in parties]
    own = parties[hosts[0]].time_zone if hosts else None
    return own or viewer.time_zone


def _answer_in_words(planned: Decision, answer: Answer) -> str:
    if planned.is_asked_again:
        said = _("yes, by this decision") if answer.confirms else _("is asked for again")
    elif answer.value is None:
        said = _("not given yet, still asked for")
    else:
        said = _("its yes stands") if answer.value == "yes" else _("its no stands")
    return str(said)


def consequences(planned: Decision) -> list[str]:
    """Return what deciding causes, as sentences."""
    language, change = reader_language(), planned.change
    city = words.city_at(planned.timing.when.zone_name, planned.meeting.place, language)
    values = {"city": city, "new": wall_hours(planned.timing), "old": wall_hours(change.promised)}
    if planned.keep == "moment":
        said = [
            _("The meeting stays at the moment promised. Its hour is written anew: %(new)s in %(city)s.", **values),
            _("It was promised as %(old)s in %(promised)s.", promised=_named_city(planned.meeting), **values),
            _("Nobody is asked again: the parties answered to this very moment."),
        ]
    else:
        said = [
            _("The hour on the wall stays: %(new)s in %(city)s.", **values),
            _("The meeting moves: %(difference)s.", difference=shift_in_words(change, planned.timing))
            if planned.is_asked_again
            else _("The meeting does not move, and the answers stand."),
        ]
    if planned.state.state != planned.meeting.state:
        state = labels.label("meeting_state", planned.state.state, language)
        said.append(_("The meeting’s state becomes: %(state)s.", state=state))
    return [
        *said,
        _("Calendars that follow it show it there at their next visit."),
        _("The release of the zone data and your decision stay in the record."),
    ]
