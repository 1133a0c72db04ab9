from __future__ import annotations

from datetime import date

import pytest

from app.domain.partial_dates import PartialDate


@pytest.mark.parametrize(
    ("text", "precision", "first_day", "last_day", "day"),
    [
        ("2016", "year", date(2016, 1, 1), date(2016, 12, 31), None),
        ("2016-02", "month", date(2016, 2, 1), date(2016, 2, 29), None),
        ("2015-02", "month", date(2015, 2, 1), date(2015, 2, 28), None),
        ("2016-06-29", "day", date(2016, 6, 29), date(2016, 6, 29), date(2016, 6, 29)),
        ("1958", "year", date(1958, 1, 1), date(1958, 12, 31), None),
    ],
)
def test_a_date_is_known_as_far_as_it_is_written(text, precision, first_day, last_day, day):
    known = PartialDate(text)
    assert (known.precision, known.first_day, known.last_day, known.day) == (precision, first_day, last_day, day)
    assert str(known) == text


@pytest.mark.parametrize(
    "text", ["", "16", "2016-6", "2016-13", "2015-02-29", "2016-06-31", "0000", "2016-06-29 ", "29/06/2016", "２０１６"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 the text of the refusal is its own value
        PartialDate(text)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("2016", False),
        ("2016-07", True),
        ("2016-06", False),
        ("2016-06-29", True),
        ("2016-12-31", True),
        ("2017", False),
    ],
)
def test_it_lies_within_days_when_all_that_it_can_mean_does(text, inside):
    assert PartialDate(text).lies_within(date(2016, 6, 29), date(2016, 12, 31)) is inside
