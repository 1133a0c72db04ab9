"""What reports are about: the days of a period, and the points at which a change of government asks for a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from app.domain.errors import Refusal
from app.domain.walltime import check_year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.domain.catalogue_calendar import DatedEvent

PointKind = Literal["election", "inauguration", "date"]
LONGEST_YEARS: Final = 20
# What falls due so many days before a change of government and after it is looked at together.
DAYS_BEFORE: Final = 90
DAYS_AFTER: Final = 180
AHEAD_YEARS: Final = 6


@dataclass(frozen=True, slots=True)
class ReportDays:
    """The first and the last day of a report, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Say whether a day is one of them."""
        return self.first <= day <= self.last


def report_days(first: date | None, last: date | None, today: date) -> ReportDays:
    """Return the days of a report: those asked for, else the year so far, or a year up to the day named.

    Raises `Refusal` `ends_before_start` (field `to`), `report_too_long` (`years`) and `year_out_of_range`.
    """
    for day, field in ((first, "from"), (last, "to")):
        if day is not None:
            check_year(day, field=field)
    until = last or today
    since = first or (until.replace(month=1, day=1) if last is None else _year_before(until))
    if until < since:
        raise Refusal("ends_before_start", field="to")
    if until.year - since.year > LONGEST_YEARS:
        raise Refusal("report_too_long", field="from", years=LONGEST_YEARS)
    return ReportDays(since, until)


def _year_before(day: date) -> date:
    """Return the first day of the year that ends with a day."""
    following = day + timedelta(days=1)
    if (following.month, following.day) == (2, 29):
        following = following.replace(day=28)
    return following.replace(year=following.year - 1)


# Review points ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReviewPoint:
    """An election, an inauguration or a fixed date: whose it is (None: of no one party) and how it is known.

    One that is not attested follows from the rule by which the one before it fell where it did.
    """

    key: str
    kind: PointKind
    on: date
    party: str | None
    name: Mapping[str, str]
    is_attested: bool
    source: str | None
    note: str | None

    @property
    def days_around(self) -> ReportDays:
        """Return the days in which what falls due is looked at with it."""
        return ReportDays(self.on - timedelta(days=DAYS_BEFORE), self.on + timedelta(days=DAYS_AFTER))


def _first_sunday_of_june(year: int) -> date:
    first = date(year, 6, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7)


def _tuesday_after_the_first_monday_of_november(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 1)


# By law: Mexico, Ley General de Instituciones y Procedimientos Electorales, art. 22, and Constitution, art. 83; the
# United States, 2 U.S.C. 7 and Constitution, Amendment XX. Years between, and the day of a year.
_RULES: Final[Mapping[str, tuple[int, Callable[[int], date]]]] = MappingProxyType(
    {
        "mx-general-election": (6, _first_sunday_of_june),
        "mx-inauguration": (6, lambda year: date(year, 10, 1)),
        "us-general-election": (4, _tuesday_after_the_first_monday_of_november),
        "us-inauguration": (4, lambda year: date(year, 1, 20)),
    }
)


def review_points(political: Iterable[DatedEvent], fixed: Iterable[DatedEvent], until: date) -> tuple[ReviewPoint, ...]:
    """Return the points that are told, and those that follow from a rule up to a day, in order of time.

    A party whose elections follow from no fixed rule has none but those told.
    """
    told = [point for each in political if (point := _told(each)) is not None]
    last = {point.key.rpartition("-")[0]: point for point in sorted(told, key=lambda point: point.on)}
    following = [each for stem, point in last.items() for each in _following(stem, point, until)]
    dates = [point for each in fixed if (point := _told(each, kind="date")) is not None]
    return tuple(sorted((*told, *following, *dates), key=lambda point: (point.on, point.key)))


def _told(event: DatedEvent, kind: PointKind | None = None) -> ReviewPoint | None:
    day = event.date or event.ends_on
    if day is None:
        return None
    found = kind or ("inauguration" if "inauguration" in event.key else "election")
    name = {"en": event.name.en, "es": event.name.es, "fr": event.name.fr}
    return ReviewPoint(event.key, found, day, event.party, name, event.attested, event.source, event.note)


def _following(stem: str, last: ReviewPoint, until: date) -> Iterable[ReviewPoint]:
    if stem not in _RULES:
        return
    years, day_of = _RULES[stem]
    year = last.on.year + years
    while (day := day_of(year)) <= until:
        yield ReviewPoint(
            f"{stem}-{year}", last.kind, day, last.party, last.name, is_attested=False, source=None, note=None
        )
        year += years


def last_change(points: Iterable[ReviewPoint], party: str, today: date) -> ReviewPoint | None:
    """Return a party's last inauguration up to today; None where none is told."""
    past = [point for point in points if point.kind == "inauguration" and point.party == party and point.on <= today]
    return max(past, key=lambda point: point.on, default=None)


def asks_for_a_look(status: str, told_on: date, last_met_on: date | None, change_on: date) -> bool:
    """Say whether a mandate was told of before a change of government and has not met since.

    A proposal was promised by nobody, and what is concluded is over.
    """
    if status in {"proposed", "concluded"}:
        return False
    return told_on < change_on and (last_met_on is None or last_met_on < change_on)
