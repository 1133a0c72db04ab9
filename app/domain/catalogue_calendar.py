"""The catalogue's calendar facts of 2024 to 2028: for checking a computation, not to be its only source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from app.domain.catalogue_schema import (
    Defines,
    Factual,
    PartyCode,
    Slug,
    SourceList,
    Version,
    Within,
    Year,
)
from app.domain.catalogue_types import Trilingual
from app.domain.partial_dates import PartialDate

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
DayCount = Annotated[int, Within(0, 366)]
HourCount = Annotated[int, Within(0, 24)]


@dataclass(frozen=True, slots=True)
class ClosureCounts(Factual):
    """How many weekdays of a year have a closure, by party and in all."""

    year: Year
    weekdays_with_a_closure: DayCount
    per_party: Mapping[PartyCode, DayCount]
    weeks_without_closure: DayCount


@dataclass(frozen=True, slots=True)
class Closure(Factual):
    """A weekday on which a party's capital is closed; `observed` = moved here from a weekend."""

    date: dt.date
    weekday: Weekday
    party: PartyCode
    name: Trilingual
    observed: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class HeadquartersClosures(Factual):
    """The days of one year on which United Nations Headquarters is closed."""

    year: Year
    dates: tuple[dt.date, ...]
    attested: bool
    source: SourceList | None
    note: str | None


@dataclass(frozen=True, slots=True)
class AssemblyOpening(Factual):
    """The day on which a session of the General Assembly opens; not attested = computed."""

    date: dt.date
    attested: bool


@dataclass(frozen=True, slots=True)
class GeneralDebate(Factual):
    """The days of a general debate; not attested = computed."""

    date: dt.date
    ends_on: dt.date | None
    attested: bool


@dataclass(frozen=True, slots=True)
class AssemblySession(Factual):
    """A session of the General Assembly, beside its opening by the rule of resolution 57/301."""

    session: Annotated[int, Within(1, 300)]
    year: Year
    opening: AssemblyOpening
    opening_by_old_rule: dt.date
    general_debate: GeneralDebate
    source: SourceList | None
    note: str | None


@dataclass(frozen=True, slots=True)
class TimeDifference(Factual):
    """Hours by which Ottawa, Washington and New York are ahead of Mexico City, within and outside two dates."""

    year: Year
    two_hours_from: dt.date
    two_hours_until: dt.date
    hours_inside: HourCount
    hours_outside: HourCount


@dataclass(frozen=True, slots=True)
class DatedEvent(Factual):
    """An election, an inauguration, a treaty date or a meeting of another body; `date` where the day is known."""

    key: Annotated[Slug, Defines("calendar key")]
    date: dt.date | None
    ends_on: dt.date | None
    known_on: PartialDate
    party: PartyCode | None
    place: str | None
    name: Trilingual
    attested: bool
    source: SourceList | None
    note: str | None


@dataclass(frozen=True, slots=True)
class CalendarFacts(Factual):
    """The whole of `calendar.yaml`."""

    version: Version
    counts: tuple[ClosureCounts, ...]
    closures: tuple[Closure, ...]
    un_headquarters_closures: tuple[HeadquartersClosures, ...]
    un_general_assembly: tuple[AssemblySession, ...]
    time_difference: tuple[TimeDifference, ...]
    political_dates: tuple[DatedEvent, ...]
    fixed_dates: tuple[DatedEvent, ...]
    external_meetings: tuple[DatedEvent, ...]
