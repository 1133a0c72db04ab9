"""The weekdays on which the federal offices of the three capitals are closed, computed for any year.

Washington: the federal holidays, a Saturday's on the Friday before and a Sunday's on the Monday after (5 USC
6103), and Inauguration Day, which closes the Washington area alone. Ottawa: the twelve days of the federal
public service, moved from a weekend to the next weekday that is free. Mexico City: the Calendario Oficial of
federal offices, with 5 May and the day of the transfer of the executive, never moved.

The dates are those of the `holidays` package, with what it lacks computed here; the names are ours, since its
translations fall back on another language without a word. Ministry vacations, closures by special order and
provincial, state and city holidays are left out.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import holidays

from app.domain.catalogue_types import Trilingual

# What lies outside is not computed: no closures are known there, which does not say that there are none.
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2060

# The years whose closures were checked day by day against the catalogue; any other year follows from the rules.
CHECKED_YEARS: Final = range(2024, 2029)

SATURDAY: Final = 5
SUNDAY: Final = 6
_DAY: Final = dt.timedelta(days=1)
_WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A weekday on which a party's capital is closed; `is_observed` where it was moved here from a weekend.

    `is_attested` is false where the day is only computed, outside the years that were checked.
    """

    on: dt.date
    party: str
    name: Trilingual
    is_observed: bool
    is_attested: bool


@dataclass(frozen=True, slots=True)
class SharedClosure:
    """A day on which two of the parties or more are closed, in the order of their codes."""

    on: dt.date
    closed: tuple[ClosedDay, ...]

    @property
    def parties(self) -> frozenset[str]:
        """Return the codes of the parties that are closed."""
        return frozenset(day.party for day in self.closed)


@dataclass(frozen=True, slots=True)
class _Holiday:
    """A holiday on its own day, before any move from a weekend."""

    on: dt.date
    name: Trilingual


def closures(party: str, first_day: dt.date, last_day: dt.date) -> tuple[ClosedDay, ...]:
    """Return the days on which a party's capital is closed, both ends included, the earliest first.

    None for a party whose closures are not computed here, and none before `FIRST_YEAR` or after `LAST_YEAR`.
    """
    years = range(max(first_day.year, FIRST_YEAR), min(last_day.year, LAST_YEAR) + 1)
    return tuple(day for year in years for day in _closures_of_year(party, year) if first_day <= day.on <= last_day)


def closures_of(parties: Iterable[str], first_day: dt.date, last_day: dt.date) -> tuple[ClosedDay, ...]:
    """Return the closures of several parties by day, then by code; a party named twice counts once."""
    found = (day for party in sorted(set(parties)) for day in closures(party, first_day, last_day))
    return tuple(sorted(found, key=lambda day: (day.on, day.party)))


def closure_on(party: str, day: dt.date) -> ClosedDay | None:
    """Return the closure of a party's capital on that day, or None."""
    return next(iter(closures(party, day, day)), None)


def is_closed(party: str, day: dt.date) -> bool:
    """Tell whether a party's capital has a closure on that day; a weekend is none."""
    return closure_on(party, day) is not None


def shared_closures(parties: Iterable[str], first_day: dt.date, last_day: dt.date) -> tuple[SharedClosure, ...]:
    """Return the days on which two of the parties or more are closed, the earliest first."""
    by_day: dict[dt.date, list[ClosedDay]] = {}
    for day in closures_of(parties, first_day, last_day):
        by_day.setdefault(day.on, []).append(day)
    return tuple(SharedClosure(on, tuple(closed)) for on, closed in by_day.items() if len(closed) > 1)


def weeks_without_closure(parties: Iterable[str], year: int) -> tuple[dt.date, ...]:
    """Return the Mondays of the weeks, Monday to Friday and wholly in the year, in which no party is closed."""
    new_year, next_year = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    taken = {day.on - day.on.weekday() * _DAY for day in closures_of(parties, new_year, next_year - _DAY)}
    monday = new_year + (-new_year.weekday() % 7) * _DAY
    mondays = (monday + number * _WEEK for number in range(53))
    return tuple(one for one in mondays if one + 4 * _DAY < next_year and one not in taken)


@functools.lru_cache(maxsize=512)
def _closures_of_year(party: str, year: int) -> tuple[ClosedDay, ...]:
    """Return the closures that fall in the year, which may be the next New Year's Day moved to a Friday."""
    rules = _CAPITALS.get(party)
    if rules is None:
        return ()
    listed, moved = rules
    closed: dict[dt.date, ClosedDay] = {}
    for on, holiday in (*moved(listed(year)), *moved(listed(year + 1))):
        # Two on one day are one closure: Inauguration Day of 2025 is the birthday of Martin Luther King Jr.
        if on.year == year and on not in closed:
            closed[on] = ClosedDay(on, party, holiday.name, on != holiday.on, on.year in CHECKED_YEARS)
    return tuple(closed[on] for on in sorted(closed))


# From a weekend ---------------------------------------------------------------------------------


def _not_moved(listed: Iterable[_Holiday]) -> Iterator[tuple[dt.date, _Holiday]]:
    """Yield what falls on a weekday: what falls on a weekend closes nothing."""
    return ((holiday.on, holiday) for holiday in listed if holiday.on.weekday() < SATURDAY)


def _to_the_nearest_weekday(listed: Iterable[_Holiday]) -> Iterator[tuple[dt.date, _Holiday]]:
    steps = {SATURDAY: -_DAY, SUNDAY: _DAY}
    for holiday in listed:
        # Only Inauguration Day is never given back when it falls on a Saturday (5 USC 6103(c)).
        if holiday.name is _INAUGURATION and holiday.on.weekday() == SATURDAY:
            continue
        yield holiday.on + steps.get(holiday.on.weekday(), dt.timedelta(0)), holiday


def _to_the_next_free_weekday(listed: Iterable[_Holiday]) -> Iterator[tuple[dt.date, _Holiday]]:
    """Yield each on a day of its own: with Christmas on a Sunday, Boxing Day keeps its Monday."""
    every = sorted(listed, key=lambda holiday: holiday.on)
    taken = {holiday.on for holiday in every if holiday.on.weekday() < SATURDAY}
    for holiday in every:
        on = holiday.on
        if on.weekday() >= SATURDAY:
            while on.weekday() >= SATURDAY or on in taken:
                on += _DAY
            taken.add(on)
        yield on, holiday


# The three capitals -----------------------------------------------------------------------------


def _washington(year: int) -> Iterator[_Holiday]:
    yield from _of_package("US", "public", _WASHINGTON, year)
    if year % 4 == 1:
        yield _Holiday(dt.date(year, 1, 20), _INAUGURATION)


def _ottawa(year: int) -> Iterator[_Holiday]:
    good_friday = None
    for holiday in _of_package("CA", "government", _OTTAWA, year):
        if holiday.name is _GOOD_FRIDAY:
            good_friday = holiday.on
        yield holiday
    if good_friday is not None:
        yield _Holiday(good_friday + 3 * _DAY, _EASTER_MONDAY)
    first_of_august = dt.date(year, 8, 1)
    yield _Holiday(first_of_august + (-first_of_august.weekday() % 7) * _DAY, _CIVIC_HOLIDAY)


def _mexico_city(year: int) -> Iterator[_Holiday]:
    yield from _of_package("MX", "public", _MEXICO_CITY, year)
    yield _Holiday(dt.date(year, 5, 5), _BATTLE_OF_PUEBLA)


def _of_package(country: str, category: str, names: Mapping[str, Trilingual], year: int) -> Iterator[_Holiday]:
    """Yield a country's holidays on their own days, under our names.

    Raises `KeyError` for one that has no name here, so that a new release of the package is noticed.
    """
    listed = holidays.country_holidays(
        country, years=year, observed=False, expand=False, language="en_US", categories=(category,)
    )
    for on in sorted(listed):
        for name in listed.get_list(on):
            yield _Holiday(on, names[name])


_NEW_YEAR = Trilingual("New Year's Day", "Año Nuevo", "Jour de l’An")
_CHRISTMAS = Trilingual("Christmas Day", "Navidad", "Noël")
_GOOD_FRIDAY = Trilingual("Good Friday", "Viernes Santo", "Vendredi saint")
_EASTER_MONDAY = Trilingual("Easter Monday", "Lunes de Pascua", "Lundi de Pâques")
_CIVIC_HOLIDAY = Trilingual("Civic Holiday", "Día Cívico", "Congé civique")
_BATTLE_OF_PUEBLA = Trilingual("Battle of Puebla", "Batalla de Puebla", "Bataille de Puebla")
_INAUGURATION = Trilingual("Inauguration Day", "Día de la toma de posesión", "Jour de l’investiture")

# What the package calls each, in English; and what it is called here.
_WASHINGTON: Final = MappingProxyType(
    {
        "New Year's Day": _NEW_YEAR,
        "Martin Luther King Jr. Day": Trilingual(
            "Martin Luther King Jr. Day", "Día de Martin Luther King Jr.", "Journée de Martin Luther King Jr."
        ),
        "Washington's Birthday": Trilingual(
            "Washington's Birthday", "Natalicio de Washington", "Anniversaire de Washington"
        ),
        "Memorial Day": Trilingual("Memorial Day", "Día de los Caídos", "Jour commémoratif des soldats morts"),
        "Juneteenth National Independence Day": Trilingual(
            "Juneteenth National Independence Day",
            "Día Nacional de la Independencia Juneteenth",
            "Journée nationale de l’indépendance Juneteenth",
        ),
        "Independence Day": Trilingual("Independence Day", "Día de la Independencia", "Jour de l’Indépendance"),
        "Labor Day": Trilingual("Labor Day", "Día del Trabajo", "Fête du Travail"),
        "Columbus Day": Trilingual("Columbus Day", "Día de Colón", "Jour de Colomb"),
        "Veterans Day": Trilingual("Veterans Day", "Día de los Veteranos", "Jour des anciens combattants"),
        "Thanksgiving Day": Trilingual("Thanksgiving Day", "Día de Acción de Gracias", "Jour de l’Action de grâce"),
        "Christmas Day": _CHRISTMAS,
    }
)
_OTTAWA: Final = MappingProxyType(
    {
        "New Year's Day": _NEW_YEAR,
        "Good Friday": _GOOD_FRIDAY,
        "Victoria Day": Trilingual("Victoria Day", "Día de la Reina Victoria", "Fête de la Reine"),
        "Canada Day": Trilingual("Canada Day", "Día de Canadá", "Fête du Canada"),
        "Labor Day": Trilingual("Labour Day", "Día del Trabajo", "Fête du Travail"),
        "National Day for Truth and Reconciliation": Trilingual(
            "National Day for Truth and Reconciliation",
            "Día Nacional de la Verdad y la Reconciliación",
            "Journée nationale de la vérité et de la réconciliation",
        ),
        "Thanksgiving Day": Trilingual("Thanksgiving Day", "Día de Acción de Gracias", "Jour de l’Action de grâces"),
        "Remembrance Day": Trilingual("Remembrance Day", "Día del Recuerdo", "Jour du Souvenir"),
        "Christmas Day": _CHRISTMAS,
        "Boxing Day": Trilingual("Boxing Day", "Día siguiente a Navidad", "Lendemain de Noël"),
    }
)
_MEXICO_CITY: Final = MappingProxyType(
    {
        "New Year's Day": _NEW_YEAR,
        "Constitution Day": Trilingual("Constitution Day", "Día de la Constitución", "Jour de la Constitution"),
        "Benito Juárez's birthday": Trilingual(
            "Benito Juarez's Birthday", "Natalicio de Benito Juárez", "Anniversaire de Benito Juárez"
        ),
        "Labor Day": Trilingual("Labour Day", "Día del Trabajo", "Fête du Travail"),
        "Independence Day": Trilingual("Independence Day", "Día de la Independencia", "Jour de l’Indépendance"),
        "Change of Federal Government": Trilingual(
            "Transfer of the federal executive",
            "Transmisión del Poder Ejecutivo Federal",
            "Passation du pouvoir exécutif fédéral",
        ),
        "Revolution Day": Trilingual("Revolution Day", "Aniversario de la Revolución", "Anniversaire de la Révolution"),
        "Christmas Day": _CHRISTMAS,
    }
)

_Listed = Callable[[int], Iterator[_Holiday]]
_Moved = Callable[[Iterable[_Holiday]], Iterator[tuple[dt.date, _Holiday]]]

_CAPITALS: Final[Mapping[str, tuple[_Listed, _Moved]]] = MappingProxyType(
    {
        "CA": (_ottawa, _to_the_next_free_weekday),
        "MX": (_mexico_city, _not_moved),
        "US": (_washington, _to_the_nearest_weekday),
    }
)
