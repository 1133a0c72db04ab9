"""The forms of those who run a poll: their shape; what they mean is the services' to say."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Optional

from app.domain.poll_orders import SlotOrder
from app.models import Poll
from app.services.poll_acts import NewDeadline
from app.web.forms import DayField, HourField, choice_of_two

ROWS: Final = 5
NEEDED: Final = _l("Fill this in.")


class PollActForm(FlaskForm):
    """An act on a poll; the routes drop the fields that it does not ask for."""

    version = IntegerField(validators=[InputRequired()])
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give a reason. It stays in the record."))],
        description=_l("Everybody who sees this poll can read it."),
    )
    closes_on = DayField(_l("Answers until"), [InputRequired(NEEDED)])
    closes_time = HourField(_l("At"), [InputRequired(NEEDED)])
    choice = RadioField(_l("This time comes twice that day. Which is meant?"), [Optional()], validate_choice=False)

    def keep_only(self, *names: str) -> None:
        """Drop the fields of an act that does not ask for them."""
        for name in ("reason", "closes_on", "closes_time", "choice"):
            if name not in names:
                del self[name]

    def deadline(self) -> NewDeadline:
        """Return the deadline that was typed; the fields are valid."""
        day, time = self.closes_on.data, self.closes_time.data
        if day is None or time is None:
            raise ValueError("a form that is not valid has no deadline")
        return NewDeadline(day, time, choice_of_two(self.choice.data))


class SlotsForm(FlaskForm):
    """Slots to withdraw, and a few rows for others: a day, and an hour where the poll is about hours."""

    version = IntegerField(validators=[InputRequired()])
    withdrawn = SelectMultipleField(_l("Withdraw"), validate_choice=False)

    def rows(self) -> list[tuple[Any, Any]]:
        """Return the fields of each row for a slot: its day and its hour."""
        return [(self[f"day_{number}"], self[f"time_{number}"]) for number in range(1, ROWS + 1)]

    def orders(self, poll: Poll) -> list[SlotOrder]:
        """Return the slots that were typed, as long as those of the poll; the fields are valid."""
        return [
            _order(poll, day.data, time.data, day.name)
            for day, time in self.rows()
            if day.data and (poll.minutes is None or time.data)
        ]

    def has_gaps(self, poll: Poll) -> bool:
        """Put an error beside each row that has its day or its hour alone, and say whether there is one."""
        found = False
        for day, time in self.rows():
            if poll.minutes is not None and bool(day.data) != bool(time.data):
                (time if day.data else day).errors = [NEEDED]
                found = True
        return found


for _number in range(1, ROWS + 1):
    setattr(SlotsForm, f"day_{_number}", DayField(_l("Day"), [Optional()]))
    setattr(SlotsForm, f"time_{_number}", HourField(_l("Begins at"), [Optional()]))


class PollReportForm(FlaskForm):
    """What another delegation answered, how it came, and what bears it out; the answers stand beside the slots."""

    seat = RadioField(_l("Whose answer"), [InputRequired(_l("Choose one of these."))])
    channel = RadioField(_l("How it came"), [InputRequired(_l("Choose one of these."))])
    note = TextAreaField(
        _l("From whom, to whom, and when"),
        [InputRequired(NEEDED)],
        description=_l("Everybody who sees this poll can read it, of a hidden one once it is closed."),
    )
    paper = FileField(_l("The paper itself"))


def _order(poll: Poll, day: dt.date, starts: dt.time | None, field: str) -> SlotOrder:
    last = day + min(dt.timedelta(days=poll.days_count - 1), dt.date.max - day)  # no year is refused here
    if poll.minutes is None or starts is None:
        return SlotOrder(day, last, field=field)
    ends = dt.datetime.combine(dt.date.min, starts) + dt.timedelta(minutes=poll.minutes)
    return SlotOrder(day, last, starts, ends.time(), field=field)
