"""A meeting to begin from: the coordination of December 2026 in New York, and ways to alter it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Any

from app.domain.entries import Entry, FeedChoices, MeetingFacts, entry

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

OTTAWA = ({"en": "Ottawa", "es": "Ottawa", "fr": "Ottawa"}, "America/Toronto")
MEXICO_CITY = ({"en": "Mexico City", "es": "Ciudad de México", "fr": "Mexico"}, "America/Mexico_City")
WASHINGTON = ({"en": "Washington", "es": "Washington", "fr": "Washington"}, "America/New_York")

_COORDINATION = MeetingFacts(
    uid="5f0c6f0e-6f0d-4a63-9a0e-000000000001@entente.example",
    sequence=2,
    reference="UNC-2026-2",
    state="confirmed",
    title={
        "en": "Second coordination on the United Nations",
        "es": "Segunda coordinación sobre las Naciones Unidas",
        "fr": "Deuxième coordination sur les Nations Unies",
        "original": "en",
    },
    mechanism_name={
        "en": "United Nations coordination",
        "es": "Coordinación en las Naciones Unidas",
        "fr": "Coordination aux Nations Unies",
    },
    starts_at=datetime(2026, 12, 10, 15, 0, tzinfo=UTC),
    ends_at=datetime(2026, 12, 10, 18, 30, tzinfo=UTC),
    starts_on=None,
    ends_on=None,
    zone="America/New_York",
    place="Permanent Mission of Mexico, New York",
    format="hybrid",
    conference_url="https://video.example/entente?id=7&key=a,b;c",
    parties=("CA", "MX", "US"),
    capitals=(OTTAWA, MEXICO_CITY, WASHINGTON),
    sittings=(),
    stamped_at=datetime(2026, 11, 9, 20, 5, tzinfo=UTC),
    created_at=datetime(2026, 10, 22, 13, 40, tzinfo=UTC),
    changed_at=datetime(2026, 11, 9, 20, 5, tzinfo=UTC),
    url="https://entente.example/meetings/UNC-2026-2",
    categories=("United Nations coordination", "UNC"),
)


def meeting(**changes: Any) -> MeetingFacts:
    """Return the meeting with these facts instead."""
    return dataclasses.replace(_COORDINATION, **changes)


def shown(choices: FeedChoices | None = None, **changes: Any) -> Entry:
    """Return the meeting's entry, which must be one."""
    found = entry(meeting(**changes), choices or FeedChoices("en", tentative=True), NOW)
    assert found is not None
    return found
