"""What a subscription shows of a meeting, as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.entries import Details, FeedChoices, entry, in_language, valid_until
from tests.calendars.cases import NOW, meeting

ALL = FeedChoices("en", tentative=True, cancelled=True)
FIRM = FeedChoices("en", tentative=False, cancelled=True)
NO_CANCELLED = FeedChoices("en", tentative=True, cancelled=False)
BUSY = FeedChoices("en", detail="busy", tentative=True, cancelled=True)
NOVEMBER_1 = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "choices", "status", "is_transparent", "called_off"),
    [
        ("proposed", ALL, "TENTATIVE", False, None),
        ("confirmed", ALL, "CONFIRMED", False, None),
        ("held", ALL, "CONFIRMED", False, None),
        ("closed", ALL, "CONFIRMED", False, None),
        ("postponed", ALL, "CANCELLED", True, "postponed"),
        ("cancelled", ALL, "CANCELLED", True, "cancelled"),
        ("confirmed", FIRM, "CONFIRMED", False, None),
        ("cancelled", FIRM, "CANCELLED", True, "cancelled"),
        ("confirmed", NO_CANCELLED, "CONFIRMED", False, None),
        ("confirmed", BUSY, None, False, None),
        ("proposed", BUSY, None, False, None),
    ],
)
def test_status(state, choices, status, is_transparent, called_off):
    found = entry(meeting(state=state, cancelled_at=NOVEMBER_1), choices, NOW)
    assert found is not None
    assert (found.status, found.is_transparent, found.called_off) == (status, is_transparent, called_off)


@pytest.mark.parametrize(
    ("changes", "choices"),
    [
        ({"state": "proposed"}, FIRM),
        ({"state": "cancelled", "cancelled_at": NOVEMBER_1}, NO_CANCELLED),
        ({"state": "postponed", "cancelled_at": NOVEMBER_1}, NO_CANCELLED),
        ({"state": "cancelled", "cancelled_at": NOVEMBER_1}, BUSY),
        ({"state": "cancelled", "cancelled_at": NOVEMBER_1, "was_confirmed": False}, FIRM),
        ({"state": "confirmed", "starts_at": None, "ends_at": None}, ALL),
    ],
    ids=["tentative", "cancelled", "postponed", "cancelled is not busy", "fell as a proposal", "no date"],
)
def test_not_shown(changes, choices):
    assert entry(meeting(**changes), choices, NOW) is None


def test_a_proposal_that_fell_is_shown_to_those_who_follow_proposals():
    facts = meeting(state="cancelled", cancelled_at=NOVEMBER_1, was_confirmed=False)
    assert entry(facts, ALL, NOW) is not None


@pytest.mark.parametrize(
    ("state", "cancelled_at", "last_instant"),
    [
        ("cancelled", NOVEMBER_1, datetime(2027, 1, 30, 9, 0, tzinfo=UTC)),
        ("postponed", NOVEMBER_1, datetime(2027, 1, 30, 9, 0, tzinfo=UTC)),
        # Nobody noted when: from the last change of the record, 9 November, 20:05.
        ("cancelled", None, datetime(2027, 2, 7, 20, 5, tzinfo=UTC)),
    ],
)
def test_called_off_leaves_after_90_days(state, cancelled_at, last_instant):
    facts = meeting(state=state, cancelled_at=cancelled_at)
    assert entry(facts, ALL, last_instant - timedelta(microseconds=1)) is not None
    assert entry(facts, ALL, last_instant) is None
    assert valid_until([facts], ALL, NOW) == last_instant
    assert valid_until([facts], ALL, last_instant) is None


def test_valid_until_is_the_first_to_leave():
    early = meeting(state="cancelled", cancelled_at=datetime(2026, 9, 1, tzinfo=UTC))
    late = meeting(state="postponed", cancelled_at=datetime(2026, 10, 1, tzinfo=UTC))
    gone = meeting(state="cancelled", cancelled_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert valid_until([meeting(), gone, late, early], ALL, NOW) == datetime(2026, 11, 30, tzinfo=UTC)
    assert valid_until([meeting(), gone, late], ALL, NOW) == datetime(2026, 12, 30, tzinfo=UTC)
    assert valid_until([meeting(), gone], ALL, NOW) is None
    assert valid_until([], ALL, NOW) is None
    assert valid_until([early, late], NO_CANCELLED, NOW) is None
    assert valid_until([early, late], BUSY, NOW) is None


@pytest.mark.parametrize(
    ("changes", "starts_on", "ends_on"),
    [
        ({"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 3)}, date(2026, 12, 1), date(2026, 12, 3)),
        ({"starts_on": date(2026, 12, 1)}, date(2026, 12, 1), date(2026, 12, 1)),
    ],
)
def test_days_without_hours(changes, starts_on, ends_on):
    found = entry(meeting(starts_at=None, ends_at=None, **changes), ALL, NOW)
    assert found is not None
    assert (found.starts_at, found.ends_at) == (None, None)
    assert (found.starts_on, found.ends_on) == (starts_on, ends_on)


def test_hours_win_over_days():
    found = entry(meeting(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 3)), ALL, NOW)
    assert found is not None
    assert found.starts_at == datetime(2026, 12, 10, 15, 0, tzinfo=UTC)
    assert (found.starts_on, found.ends_on) == (None, None)


def test_busy_has_no_details_at_all():
    found = entry(meeting(), BUSY, NOW)
    assert found is not None
    assert found.details is None
    told = repr(found)
    for secret in ("UNC", "coordination", "Mission", "video", "https", "CA", "MX", "confirmed"):
        assert secret not in told


def test_details_are_in_the_language():
    found = entry(meeting(), FeedChoices("es"), NOW)
    assert found is not None
    assert isinstance(found.details, Details)
    assert found.details.title == "Segunda coordinación sobre las Naciones Unidas"
    assert found.details.mechanism == "Coordinación en las Naciones Unidas"
    assert found.details.capitals == (
        ("Ottawa", "America/Toronto"),
        ("Ciudad de México", "America/Mexico_City"),
        ("Washington", "America/New_York"),
    )


@pytest.mark.parametrize(
    ("names", "language", "expected"),
    [
        ({"en": "One", "fr": "Un"}, "fr", "Un"),
        ({"en": "One", "fr": "Un"}, "es", "One"),
        ({"en": "One", "fr": "Un", "original": "fr"}, "es", "Un"),
        ({"es": "Uno", "fr": "Un"}, "en", "Uno"),
        ({"fr": "Un"}, "en", "Un"),
        ({"en": "  ", "fr": "Un"}, "en", "Un"),
        ({}, "en", None),
    ],
)
def test_in_language(names, language, expected):
    assert in_language(names, language) == expected


@pytest.mark.parametrize(
    ("title", "mechanism", "expected"),
    [
        ({}, {"en": "United Nations coordination"}, "United Nations coordination"),
        ({}, None, "UNC-2026-2"),
    ],
)
def test_title_falls_back(title, mechanism, expected):
    found = entry(meeting(title=title, mechanism_name=mechanism), ALL, NOW)
    assert found is not None
    assert found.details is not None
    assert found.details.title == expected


def test_entries_of_equal_facts_are_equal_and_hash_alike():
    one, other = entry(meeting(), ALL, NOW), entry(meeting(), ALL, NOW + timedelta(days=1))
    assert one == other
    assert hash(one) == hash(other)
    assert one != entry(meeting(sequence=3), ALL, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": datetime(2026, 12, 10, 15, 0)},  # noqa: DTZ001 - what is refused
        {"stamped_at": datetime(2026, 12, 10, 15, 0)},  # noqa: DTZ001
        {"sittings": ((datetime(2026, 12, 10, 15, 0, tzinfo=UTC), datetime(2026, 12, 10, 15, 0)),)},  # noqa: DTZ001
    ],
)
def test_naive_instants_are_refused(changes):
    with pytest.raises(ValueError, match="is not aware"):
        meeting(**changes)
