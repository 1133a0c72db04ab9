"""Dates of which only the year, or the year and month, may be known."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["year", "month", "day"]

_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_PRECISIONS: dict[int, Precision] = {4: "year", 7: "month", 10: "day"}


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as far as it is known, written `2016`, `2016-06` or `2016-06-29` (ISO 8601, reduced precision).

    Raises `ValueError` when the text is anything else, or no day of the calendar.
    """

    text: str

    def __post_init__(self) -> None:
        if _WRITTEN.fullmatch(self.text) is None:
            raise ValueError(self.text)
        _ = self.first_day

    @property
    def precision(self) -> Precision:
        """Say how much is known: the year, the month or the day."""
        return _PRECISIONS[len(self.text)]

    @property
    def first_day(self) -> date:
        """Return the earliest day it can mean."""
        year, month, day = self._parts()
        return date(year, month or 1, day or 1)

    @property
    def last_day(self) -> date:
        """Return the latest day it can mean."""
        year, month, day = self._parts()
        month = month or 12
        return date(year, month, day or calendar.monthrange(year, month)[1])

    @property
    def day(self) -> date | None:
        """Return the day when the day is known, else None: a missing day is never supplied."""
        return self.first_day if self.precision == "day" else None

    def lies_within(self, first_day: date, last_day: date) -> bool:
        """Tell whether every day it can mean is between the two, both included."""
        return first_day <= self.first_day and self.last_day <= last_day

    def __str__(self) -> str:
        return self.text

    def _parts(self) -> tuple[int, int | None, int | None]:
        year, month, day = (int(part) if part else None for part in _WRITTEN.fullmatch(self.text).groups())  # type: ignore[union-attr]
        return year or 0, month, day
