"""The strips of the register: periods and meetings as marks on one axis of years, with the words for each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app import labels, words
from app.domain.cadence import Period
from app.domain.catalogue import PartialDate
from app.services.register import Register
from app.services.register_rows import RegisterRow

YEAR_WIDTH: Final = 13
TICK_YEARS: Final = 5
# More than a page is wide; what was before is told in words.
MOST_YEARS: Final = 30
# What stands for the periods of one year together where they did not go alike: the first of these among them.
_SHARED_WORDS: Final = ("open", "partly_met", "not_held", "no_record")


@dataclass(frozen=True, slots=True)
class Axis:
    """The years that all strips of the register share; `ticks` are (middle of the year, its last two digits)."""

    first_year: int
    last_year: int
    width: int
    ticks: tuple[tuple[float, str], ...]

    def at(self, day: dt.date) -> float:
        """Return where a day stands on the axis, at its near end for a day before it, at its far end for one after."""
        share = (day.timetuple().tm_yday - 1) / 366
        return min(float(self.width), max(0.0, round((day.year - self.first_year + share) * YEAR_WIDTH, 1)))

    def middle_of(self, year: int) -> float:
        """Return where the middle of a year stands."""
        return (year - self.first_year + 0.5) * YEAR_WIDTH

    def holds(self, year: int) -> bool:
        """Say whether the year is on the axis."""
        return self.first_year <= year <= self.last_year


@dataclass(frozen=True, slots=True)
class SmallMark:
    """A period's or a meeting's mark: a state of a period, `tick` (held) or `ring` (planned, not held)."""

    kind: str
    x: float


@dataclass(frozen=True, slots=True)
class SmallStrip:
    """A mechanism's strip in the register, with the sentence that says what it shows.

    `parties` are the pair whose periods these are, none where they are those of all. `born_at` is where the year of
    the mandate begins, None where it lies before the axis or is not known.
    """

    parties: tuple[str, ...]
    starts_at: float
    born_at: float | None
    marks: tuple[SmallMark, ...]
    summary: str


def axis_of(register: Register) -> Axis:
    """Return the axis of the register's strips, of `MOST_YEARS` years at most."""
    first_year = max(register.first_year, register.last_year - MOST_YEARS + 1)
    years = range(first_year, register.last_year + 1)
    ticks = tuple(
        (round((year - first_year + 0.5) * YEAR_WIDTH, 1), f"{year % 100:02}")
        for year in years
        if year % TICK_YEARS == 0
    )
    return Axis(first_year, register.last_year, len(years) * YEAR_WIDTH, ticks)


def strips_of(row: RegisterRow, axis: Axis, language: str) -> tuple[SmallStrip, ...]:
    """Return the strip of a mechanism, or one for each pair that it is counted by.

    None where there is neither a mandate's date nor a meeting to show.
    """
    mandate = row.facts.mandate.date
    held, planned = _years_of_record(row)
    if mandate is None and not held and not planned and not row.channels:
        return ()
    begins = mandate.first_day.year if mandate else min([*held, *planned])
    starts_at = axis.at(dt.date(begins, 1, 1))
    born_at = starts_at if mandate and axis.holds(begins) else None
    if not row.channels:
        ticks = (SmallMark("tick", axis.middle_of(year)) for year in held if axis.holds(year))
        rings = (SmallMark("ring", axis.middle_of(year)) for year in planned if axis.holds(year))
        said = _said_of_record(held, planned, mandate, language)
        return (SmallStrip((), starts_at, born_at, (*ticks, *rings), said),)
    return tuple(
        SmallStrip(
            parties=tuple(sorted(channel.parties)) if len(row.page.channels) > 1 else (),
            starts_at=starts_at,
            born_at=born_at,
            marks=tuple(_marks(channel.periods, axis)),
            summary=periods_said(channel.periods, language),
        )
        for channel in row.channels
    )


def _years_of_record(row: RegisterRow) -> tuple[list[int], list[int]]:
    """Return the years in which meetings were held, and those in which some were only planned."""
    dated = [(entry.known_on.first_day.year, entry.outcome) for entry in row.facts.record if entry.known_on is not None]
    held = sorted({*(year for year, outcome in dated if outcome == "held"), *row.held_in})
    return held, sorted({year for year, outcome in dated if outcome != "held"})


def _marks(periods: Sequence[Period], axis: Axis) -> Iterable[SmallMark]:
    """Yield the marks of the periods that are on the axis: one for each, or one for all that end in the same year."""
    by_year: dict[int, list[Period]] = {}
    for period in periods:
        by_year.setdefault(period.last_day.year, []).append(period)
    for year, together in by_year.items():
        x = axis.middle_of(year) if len(together) > 1 else _middle(together[0], axis)
        if axis.holds(min(year, axis.last_year)):
            yield SmallMark(_shared_word(together), x)


def _shared_word(together: Sequence[Period]) -> str:
    found = {period.word for period in together}
    if len(found) == 1:
        return found.pop()
    if found <= {"met", "by_numbering"}:
        return "by_numbering"
    if found & {"met", "by_numbering", "partly_met"} and "open" not in found:
        return "partly_met"
    return next(word for word in _SHARED_WORDS if word in found)


def _middle(period: Period, axis: Axis) -> float:
    first, last = period.first_day, period.last_day
    if first.year == last.year and last.month == 12:  # a calendar year stands in its own column
        return axis.middle_of(first.year)
    return round((axis.at(first) + axis.at(last)) / 2, 1)


# In words -----------------------------------------------------------------------------------------


def period_labels(periods: Sequence[Period], language: str) -> list[str]:
    """Return the names of periods: a year, the years, or the days where several end in one year."""
    endings = Counter(period.last_day.year for period in periods)
    return [_label(period, language, is_alone=endings[period.last_day.year] == 1) for period in periods]


def _label(period: Period, language: str, *, is_alone: bool) -> str:
    first, last = period.first_day, period.last_day
    if first.year != last.year:
        return f"{first.year}{words.EN_DASH}{last.year}"
    if is_alone and last.month == 12:  # the first period of a yearly cadence begins with the mandate
        return str(first.year)
    return words.date_range(first, last, language)


def periods_said(periods: Sequence[Period], language: str) -> str:
    """Return the state of each period in one sentence, the oldest first."""
    states = [labels.label("period_state", each.word, language) for each in periods]
    said = [f"{name} {state}" for name, state in zip(period_labels(periods, language), states, strict=True)]
    sentence = words.translations(language).gettext("Periods, oldest first: %(summary)s.")
    return sentence % {"summary": ", ".join(said)}


def _said_of_record(held: Sequence[int], planned: Sequence[int], mandate: PartialDate | None, language: str) -> str:
    catalogue = words.translations(language)
    held_in = words.list_of([str(year) for year in held], language)
    planned_in = words.list_of([str(year) for year in planned], language)
    if held and planned:
        sentence = catalogue.gettext("Held in %(held)s; planned and not held in %(planned)s.")
        return sentence % {"held": held_in, "planned": planned_in}
    if held:
        return catalogue.gettext("Held in %(held)s.") % {"held": held_in}
    if planned:
        return catalogue.gettext("Planned and not held in %(planned)s.") % {"planned": planned_in}
    sentence = catalogue.gettext("Mandate of %(year)s, no meeting on record.")
    return sentence % {"year": mandate.first_day.year if mandate else ""}
