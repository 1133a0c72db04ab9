import re

import pytest

from app.domain.references import (
    ACTION_PATTERN,
    MEETING_PATTERN,
    ActionReference,
    MeetingReference,
    action_reference,
    action_reference_in,
    action_scope,
    adhoc_action_scope,
    adhoc_commitment_scope,
    commitment_counter,
    commitment_reference_in,
    joined_codes,
    known_commitment_reference,
    meeting_reference,
    meeting_scope,
    parse_action_reference,
    parse_meeting_reference,
)

THREE = ("CA", "MX", "US")


@pytest.mark.parametrize(
    ("prefix", "mechanism", "chosen", "scope"),
    [
        ("UNC", THREE, ("US", "CA", "MX"), "UNC-2026"),
        ("UNC", THREE, ("US", "MX"), "UNC-2026-MXUS"),
        ("UNC", THREE, ("MX",), "UNC-2026-MX"),
        ("UNC", THREE, (*THREE, "NL"), "UNC-2026-CAMXNLUS"),
        ("NORAD", ("CA", "US"), ("CA", "US"), "NORAD-2026"),
        ("NORAD", ("CA", "US"), THREE, "NORAD-2026-CAMXUS"),
        ("GFD", THREE, ("CA", "OECD"), "GFD-2026-CA.OECD"),
        (None, (), ("MX", "CA"), "ADH-2026-CAMX"),
        (None, THREE, THREE, "ADH-2026-CAMXUS"),
    ],
)
def test_a_meeting_is_counted_among_those_who_know_of_it(prefix, mechanism, chosen, scope):
    assert meeting_scope(prefix, mechanism, chosen, 2026) == scope
    assert re.fullmatch(MEETING_PATTERN, meeting_reference(scope, 1))


@pytest.mark.parametrize("prefix", ["ADH", "ACT", "COM", "unc", "U", "UNC-1", ""])
def test_a_prefix_cannot_pass_for_something_else(prefix):
    with pytest.raises(ValueError, match="prefix"):
        meeting_scope(prefix, THREE, THREE, 2026)


@pytest.mark.parametrize("parties", [(), ("",), ("M-X",), ("mx",)])
def test_codes_are_codes(parties):
    with pytest.raises(ValueError, match="codes"):
        joined_codes(parties)


def test_longer_codes_do_not_run_together():
    assert joined_codes(("UN", "OAS")) == "OAS.UN"
    assert joined_codes(("G20", "CA")) == "CA.G20"
    assert joined_codes(("EU", "CA")) == "CAEU"


@pytest.mark.parametrize(
    ("meeting", "meeting_parties", "action_parties", "number", "reference"),
    [
        ("UNC-2026-2", THREE, THREE, 7, "UNC-2026-2-A07"),
        ("UNC-2026-2", THREE, ("US", "MX"), 1, "UNC-2026-2-MXUS-A01"),
        ("UNC-2026-MXUS-1", ("MX", "US"), ("MX", "US"), 12, "UNC-2026-MXUS-1-A12"),
        ("UNC-2026-MXUS-1", ("MX", "US"), ("MX",), 100, "UNC-2026-MXUS-1-MX-A100"),
        ("ADH-2026-CAMX-1", ("CA", "MX"), ("CA", "MX"), 1, "ADH-2026-CAMX-1-A01"),
    ],
)
def test_an_action_is_counted_among_those_who_know_of_it(meeting, meeting_parties, action_parties, number, reference):
    assert action_reference(meeting, meeting_parties, action_parties, number) == reference
    parsed = parse_action_reference(reference)
    assert parsed is not None
    assert (parsed.meeting, parsed.number) == (meeting, number)
    assert parsed.scope == action_scope(meeting, meeting_parties, action_parties)
    assert re.fullmatch(ACTION_PATTERN, reference)


def test_an_action_of_no_meeting_has_a_scope_of_its_own():
    scope = adhoc_action_scope(("MX", "CA"), 2026)
    assert scope == "ACT-2026-CAMX"
    assert action_reference_in(scope, 1) == "ACT-2026-CAMX-A01"
    assert parse_action_reference("ACT-2026-CAMX-A01") == ActionReference("ACT-2026-CAMX", None, "CAMX", 1)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("UNC-2026-2", MeetingReference("UNC-2026", "UNC", 2026, "", 2)),
        (" unc-2026-2 ", MeetingReference("UNC-2026", "UNC", 2026, "", 2)),
        ("UNC-2026-MXUS-1", MeetingReference("UNC-2026-MXUS", "UNC", 2026, "MXUS", 1)),
        ("ADH-2026-CAMX-31", MeetingReference("ADH-2026-CAMX", "ADH", 2026, "CAMX", 31)),
        ("GFD-2026-CA.OECD-1", MeetingReference("GFD-2026-CA.OECD", "GFD", 2026, "CA.OECD", 1)),
    ],
)
def test_a_meeting_reference_is_taken_apart(text, parsed):
    assert parse_meeting_reference(text) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "UNC",
        "UNC-2026",
        "UNC-26-2",
        "UNC-2026-0",
        "UNC-2026-02",
        "UNC-2026-2-A07",
        "UNC-2026-2\n3",
        "١",
        "COM-2026-CAMX-1",
    ],
)
def test_what_is_no_meeting_reference_is_none(text):
    assert parse_meeting_reference(text) is None


@pytest.mark.parametrize(
    "text", ["", "UNC-2026-2", "UNC-2026-2-A7", "UNC-2026-2-A00", "UNC-2026-2-A007", "ACT-2026-A01", "UNC-2026-A01"]
)
def test_what_is_no_action_reference_is_none(text):
    assert parse_action_reference(text) is None


def test_counts_begin_at_one():
    with pytest.raises(ValueError, match="begins at 1"):
        meeting_reference("UNC-2026", 0)
    with pytest.raises(ValueError, match="begins at 1"):
        action_reference_in("UNC-2026-2", 0)


@pytest.mark.parametrize(
    ("scope", "number", "reference"),
    [
        (action_scope("UNC-2026-2", THREE, THREE), 1, "UNC-2026-2-C01"),
        (action_scope("UNC-2026-2", THREE, ("US", "MX")), 1, "UNC-2026-2-MXUS-C01"),
        (action_scope("UNC-2026-MXUS-1", THREE, ("US", "MX")), 12, "UNC-2026-MXUS-1-C12"),
        (adhoc_commitment_scope(("MX", "CA"), 2026), 1, "COM-2026-CAMX-1"),
        (adhoc_commitment_scope(("CA", "OECD"), 2026), 3, "COM-2026-CA.OECD-3"),
    ],
)
def test_a_commitment_is_counted_among_those_who_know_of_it(scope, number, reference):
    assert commitment_reference_in(scope, number) == reference
    assert known_commitment_reference(f" {reference.lower()} ") == reference
    # Neither its count nor its reference is that of an action or a meeting.
    assert commitment_counter(scope) != scope
    assert parse_meeting_reference(reference) is None
    assert parse_action_reference(reference) is None


@pytest.mark.parametrize(
    "text",
    ["", "C1", "C00", "C001", "UNC-2026-2", "UNC-2026-2-A01", "UNC-2026-C01", "COM-2026-1", "COM-2026-CAMX-0", "C٠١"],
)
def test_what_is_no_commitment_reference_is_none(text):
    assert known_commitment_reference(text) is None


def test_the_catalogues_own_references_are_commitments():
    assert [known_commitment_reference(text) for text in ("c01", "C18", "C123")] == ["C01", "C18", "C123"]
