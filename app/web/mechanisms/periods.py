"""The words of a mechanism's periods, as marks of its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from app import words
from app.domain.cadence import Counted, Period
from app.pictures import PeriodMark
from app.services.mechanism_record import RecordLine
from app.services.register_strips import period_labels

Days = tuple[dt.date, dt.date]


def period_marks(
    periods: Sequence[Period], record: Sequence[RecordLine], language: str, *, owes: bool
) -> tuple[PeriodMark, ...]:
    """Return the marks of the periods, oldest first; `owes` says that a meeting of the last is still to be agreed."""
    days = {_name_of(line): line.days for line in record}
    marks = []
    for name, period in zip(period_labels(periods, language), periods, strict=True):
        note = ", ".join(_day_note(counted, days, language) for counted in period.held)
        if not note and owes and period is periods[-1]:
            note = _("to agree")
        marks.append(PeriodMark(name, period.word, note, len(period.held)))
    return tuple(marks)


def _name_of(line: RecordLine) -> str:
    if line.meeting is not None:
        return line.meeting.reference
    return line.entry.label if line.entry else ""


def _day_note(counted: Counted, days: Mapping[str, Days | None], language: str) -> str:
    if not counted.attested:
        return str(_("by number"))
    known = days.get(counted.label)
    if known is None:
        return words.partial_date(counted.on, language)
    # A date ends with its year in each of the three languages; the year stands above the mark already.
    return words.date_range(*known, language).removesuffix(f" {known[1].year}")
