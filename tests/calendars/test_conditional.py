"""Conditional requests, as RFC 9110 has them and as clients send them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.calendars.conditional import last_modified_header, not_modified

ETAG = '"0123abcd"'
CHANGED_AT = datetime(2026, 11, 22, 10, 30, 15, 700_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("if_none_match", "if_modified_since", "expected"),
    [
        (None, None, False),
        ('"0123abcd"', None, True),
        ('W/"0123abcd"', None, True),
        ('"other", "0123abcd"', None, True),
        ('"other",W/"0123abcd" , "third"', None, True),
        ('"comma,inside", "0123abcd"', None, True),
        (", ,", None, False),
        ("*", None, True),
        (" * ", None, True),
        ('"other"', None, False),
        ('"0123ABCD"', None, False),
        ("0123abcd", None, False),
        ('"0123abcd', None, False),
        ('w/"0123abcd"', None, False),
        ('"0123abcd-gzip"', None, False),
        ('"x"0123abcd"', None, False),
        ("", None, False),
        # 10:30:15 is the second of the change: what was fetched then or later has it.
        (None, "Sun, 22 Nov 2026 10:30:15 GMT", True),
        (None, "Sun, 22 Nov 2026 10:30:16 GMT", True),
        (None, "Sun, 22 Nov 2026 10:30:14 GMT", False),
        (None, "Sat, 21 Nov 2026 10:30:15 GMT", False),
        (None, "Tue, 22 Nov 2033 10:30:15 GMT", True),
        (None, "Sunday, 22-Nov-26 10:30:15 GMT", True),
        (None, "Sun Nov 22 10:30:15 2026", True),
        (None, "yesterday", False),
        (None, "", False),
        (None, "Sun, 99 Nov 2026 99:30:15 GMT", False),
        # The tag decides alone where there is one.
        ('"other"', "Sun, 22 Nov 2026 10:30:15 GMT", False),
        ('"0123abcd"', "Sat, 21 Nov 2026 10:30:15 GMT", True),
    ],
)
def test_not_modified(if_none_match, if_modified_since, expected):
    assert not_modified(if_none_match, if_modified_since, etag=ETAG, last_modified=CHANGED_AT) is expected


def test_without_a_date_of_change_no_date_is_enough():
    assert not not_modified(None, "Tue, 22 Nov 2033 10:30:15 GMT", etag=ETAG, last_modified=None)


@pytest.mark.parametrize(
    ("last_modified", "now", "expected"),
    [
        (CHANGED_AT, CHANGED_AT + timedelta(seconds=1), "Sun, 22 Nov 2026 10:30:15 GMT"),
        (CHANGED_AT, datetime(2026, 11, 22, 10, 30, 16, tzinfo=UTC), "Sun, 22 Nov 2026 10:30:15 GMT"),
        (CHANGED_AT, CHANGED_AT + timedelta(milliseconds=299), None),
        (None, CHANGED_AT, None),
    ],
)
def test_last_modified_header(last_modified, now, expected):
    assert last_modified_header(last_modified, now) == expected


def test_a_long_header_is_read_in_time():
    for hostile in ('"a", ' * 20_000 + "!", " ," * 20_000 + "!", '"' * 20_000, "W/" * 20_000):
        assert not not_modified(hostile, None, etag=ETAG, last_modified=None)
