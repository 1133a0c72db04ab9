"""The United Nations General Assembly each September: its opening, its general debate, its high-level week.

Weeks count from the first one of September with a working day. A session opened on the Tuesday of the third
week (resolution 57/301), and since the 79th, of 2024, on the Tuesday of the second; the general debate opens on
the Tuesday of the fourth week under both. The Assembly departs from the rule when it wants to, so what is
attested goes before what is computed, and each date says which of the two it is.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.catalogue_calendar import AssemblySession, HeadquartersClosures
from app.domain.catalogue_types import Trilingual
from app.domain.closures import FIRST_YEAR as FIRST_YEAR_OF_CLOSURES
from app.domain.closures import LAST_YEAR, ClosedDay, closures

# The rule of resolution 57/301 begins with the 58th session.
FIRST_YEAR: Final = 2003
FIRST_YEAR_OF_SECOND_WEEK: Final = 2024
# The second session is that of 1947, and one has opened in each September since.
_YEAR_BEFORE_THE_FIRST: Final = 1945

_DAY: Final = dt.timedelta(days=1)
_WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Departure:
    """Dates of one year that public pages tell; None where they tell none and the rule stands."""

    opens_on: dt.date | None = None
    debate_from: dt.date | None = None
    debate_until: dt.date | None = None


# 2014: moved for the climate summit (sdg.iisd.org; unis.unvienna.org). 2015: after the summit on sustainable
# development and the Pope's visit (unis.unvienna.org; un.org/press GA/11692; its end, report.az). 2023: opened
# in the second week already (unric.org; tass.com), and the debate was closed on its second Tuesday (cri.cn).
DEPARTURES: Final[Mapping[int, Departure]] = MappingProxyType(
    {
        2014: Departure(debate_from=dt.date(2014, 9, 24), debate_until=dt.date(2014, 10, 1)),
        2015: Departure(debate_from=dt.date(2015, 9, 28), debate_until=dt.date(2015, 10, 3)),
        2023: Departure(
            opens_on=dt.date(2023, 9, 5), debate_from=dt.date(2023, 9, 19), debate_until=dt.date(2023, 9, 26)
        ),
    }
)


@dataclass(frozen=True, slots=True)
class AssemblyDate:
    """A day in New York; not attested = computed from the rule, and to be looked up before it is relied on."""

    on: dt.date
    is_attested: bool


@dataclass(frozen=True, slots=True)
class Assembly:
    """The first weeks of one regular session; `debate_from` and `debate_until` are both days of the debate."""

    session: int
    year: int
    opening: AssemblyDate
    debate_from: AssemblyDate
    debate_until: AssemblyDate

    @property
    def high_level_from(self) -> dt.date:
        """Return the Monday of the week in which the debate opens, when summits and commemorations begin."""
        return self.debate_from.on - self.debate_from.on.weekday() * _DAY

    @property
    def high_level_until(self) -> dt.date:
        """Return the last day of the general debate."""
        return self.debate_until.on

    @property
    def is_attested(self) -> bool:
        """Tell whether all of its dates are attested and none is computed."""
        return self.opening.is_attested and self.debate_from.is_attested and self.debate_until.is_attested

    def is_high_level_on(self, day: dt.date) -> bool:
        """Tell whether the day lies from the Monday before the debate to the debate's end."""
        return self.high_level_from <= day <= self.high_level_until


def assembly_of(year: int, attested: Iterable[AssemblySession] = ()) -> Assembly | None:
    """Return the regular session that opens in that year, or None before the rule began.

    What `attested` tells goes before the departures known here, and those before the rule. A date that the
    facts themselves call computed counts as computed. A debate ends, where its end is not told, on the Monday
    after it opened: six days after a Tuesday.
    """
    if year < FIRST_YEAR:
        return None
    told = next((session for session in attested if session.year == year), None)
    departure = DEPARTURES.get(year, Departure())
    opening = AssemblyDate(told.opening.date, told.opening.attested) if told else None
    debate_from = AssemblyDate(told.general_debate.date, told.general_debate.attested) if told else None
    ends_on = told.general_debate.ends_on if told else None
    debate_until = AssemblyDate(ends_on, told.general_debate.attested) if told and ends_on else None
    if debate_from is None:
        debate_from = _known(departure.debate_from) or AssemblyDate(general_debate_by_rule(year), is_attested=False)
    return Assembly(
        session=told.session if told else year - _YEAR_BEFORE_THE_FIRST,
        year=year,
        opening=opening or _known(departure.opens_on) or AssemblyDate(opening_by_rule(year), is_attested=False),
        debate_from=debate_from,
        debate_until=debate_until or _known(departure.debate_until) or _monday_after(debate_from.on),
    )


def assemblies(first_day: dt.date, last_day: dt.date, attested: Iterable[AssemblySession] = ()) -> tuple[Assembly, ...]:
    """Return the sessions that open, or whose high-level week falls, within the days, both included."""
    sessions = tuple(attested)
    found = (assembly_of(year, sessions) for year in range(first_day.year, last_day.year + 1))
    return tuple(
        one
        for one in found
        if one is not None
        and (
            first_day <= one.opening.on <= last_day
            or (one.high_level_from <= last_day and one.high_level_until >= first_day)
        )
    )


def is_high_level(day: dt.date, attested: Iterable[AssemblySession] = ()) -> bool:
    """Tell whether the day lies in the high-level week of its year."""
    found = assembly_of(day.year, attested)
    return found is not None and found.is_high_level_on(day)


def opening_by_rule(year: int) -> dt.date:
    """Return the Tuesday on which the session opens: of the second week since 2024, of the third before."""
    return _tuesday(year, week=2 if year >= FIRST_YEAR_OF_SECOND_WEEK else 3)


def opening_by_old_rule(year: int) -> dt.date:
    """Return the Tuesday of the third week, on which resolution 57/301 would open the session."""
    return _tuesday(year, week=3)


def general_debate_by_rule(year: int) -> dt.date:
    """Return the Tuesday of the fourth week, on which the general debate opens."""
    return _tuesday(year, week=4)


def _tuesday(year: int, *, week: int) -> dt.date:
    first = dt.date(year, 9, 1)
    # A September that begins on a weekend has no working day in that week; the count begins with the next.
    first_monday = first + (7 - first.weekday()) * _DAY if first.weekday() >= 5 else first - first.weekday() * _DAY
    return first_monday + (week - 1) * _WEEK + _DAY


def _known(day: dt.date | None) -> AssemblyDate | None:
    return None if day is None else AssemblyDate(day, is_attested=True)


def _monday_after(day: dt.date) -> AssemblyDate:
    return AssemblyDate(day + (7 - day.weekday()) * _DAY, is_attested=False)


# Headquarters -----------------------------------------------------------------------------------

_HEADQUARTERS_CLOSED: Final = Trilingual(
    "United Nations Headquarters closed",
    "Cierre de la Sede de las Naciones Unidas",
    "Fermeture du Siège de l’Organisation des Nations Unies",
)

# Which of the closures of Washington and Ottawa are also days off at Headquarters.
_DAYS_OFF: Final = frozenset(
    {
        ("US", "New Year's Day"),
        ("CA", "Good Friday"),
        ("US", "Memorial Day"),
        ("US", "Independence Day"),
        ("US", "Labor Day"),
        ("US", "Thanksgiving Day"),
        ("US", "Christmas Day"),
    }
)


def un_closures(
    first_day: dt.date, last_day: dt.date, attested: Iterable[HeadquartersClosures] = ()
) -> tuple[ClosedDay, ...]:
    """Return the days on which Headquarters in New York is closed, both ends included, the earliest first.

    A year that is told of has exactly the days told. Any other is computed and says so: seven days off, moved
    from a weekend as the host country moves them. Eid al-Fitr and Eid al-Adha follow the moon and the floating
    holiday a decision of each year, so these are never computed.
    """
    told = {facts.year: facts for facts in attested}
    years = range(max(first_day.year, FIRST_YEAR_OF_CLOSURES), min(last_day.year, LAST_YEAR) + 1)
    found = [day for year in years for day in _closed_at_headquarters(year, told.get(year))]
    return tuple(day for day in found if first_day <= day.on <= last_day)


def _closed_at_headquarters(year: int, told: HeadquartersClosures | None) -> list[ClosedDay]:
    computed = {
        day.on: day
        for party in ("US", "CA")
        for day in closures(party, dt.date(year, 1, 1), dt.date(year, 12, 31))
        if (party, day.name.en) in _DAYS_OFF
    }
    if told is None:
        return [dataclasses.replace(computed[on], party="UN", is_attested=False) for on in sorted(computed)]
    return [
        ClosedDay(
            on,
            "UN",
            computed[on].name if on in computed else _HEADQUARTERS_CLOSED,
            is_observed=on in computed and computed[on].is_observed,
            is_attested=told.attested,
        )
        for on in sorted(told.dates)
    ]
