"""Whose agreement a text needs, which signatures are one, and what stands in the way, as tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from app.domain.agreement import (
    Blocker,
    Endorsement,
    SignatureStanding,
    Signed,
    TextTerms,
    blockers,
    check_confirm_by,
    check_exceptions,
    endorsement,
    signed_by,
    standing_of,
    whose_agreement,
)
from app.domain.errors import Refusal

NOW = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
THIS, OTHER = "7f3a91c2", "0bad0bad"
MX = Signed("MX", THIS, NOW - HOUR)
CA = Signed("CA", THIS, NOW - HOUR)
US = Signed("US", THIS, NOW - HOUR)
LATER = NOW + 48 * HOUR
REFERENDUM = replace(US, confirm_until=LATER)
TERMS = TextTerms("joint_statement", frozenset({"CA", "MX", "US"}), THIS)


@pytest.mark.parametrize(
    ("kind", "parties", "chair", "needed"),
    [
        ("joint_statement", {"CA", "MX", "US"}, None, {"CA", "MX", "US"}),
        ("summary_of_conclusions", {"MX", "US"}, "MX", {"MX", "US"}),
        ("minutes", {"CA"}, None, {"CA"}),
        ("terms_of_reference", {"CA", "MX", "US", "GT"}, None, {"CA", "MX", "US", "GT"}),
        ("agenda", {"CA", "US"}, None, {"CA", "US"}),
        ("chairs_summary", {"CA", "MX", "US"}, "CA", {"CA"}),
    ],
)
def test_whose_agreement_an_outcome_needs(kind: str, parties: set[str], chair: str | None, needed: set[str]) -> None:
    assert whose_agreement(kind, parties, chair) == needed


@pytest.mark.parametrize("chair", [None, "GT"])
def test_a_chairs_summary_has_a_chair_at_the_table(chair: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        whose_agreement("chairs_summary", {"CA", "MX", "US"}, chair)
    assert refused.value.key == "chair_missing"


def test_there_is_no_other_kind_and_no_text_of_nobody() -> None:
    with pytest.raises(ValueError, match="readout"):
        whose_agreement("readout", {"CA"})
    with pytest.raises(ValueError, match="nobody"):
        whose_agreement("minutes", set())


@pytest.mark.parametrize(
    ("signed", "at", "standing"),
    [
        (MX, NOW, "counts"),
        (replace(MX, voided_at=NOW), NOW, "voided"),
        (replace(MX, content_hash=OTHER), NOW, "other_content"),
        (replace(MX, content_hash=OTHER, voided_at=NOW), NOW, "voided"),
        (REFERENDUM, NOW, "ad_referendum"),
        (REFERENDUM, LATER - dt.timedelta(microseconds=1), "ad_referendum"),
        (REFERENDUM, LATER, "lapsed"),
        (replace(REFERENDUM, confirmed_at=NOW), NOW, "counts"),
        (replace(REFERENDUM, confirmed_at=NOW), LATER + HOUR, "counts"),
        (replace(REFERENDUM, confirmed_at=LATER), LATER + HOUR, "lapsed"),
        (replace(REFERENDUM, confirmed_at=NOW, voided_at=NOW), NOW, "voided"),
        (replace(REFERENDUM, confirmed_at=NOW, content_hash=OTHER), NOW, "other_content"),
    ],
)
def test_what_a_signature_counts(signed: Signed, at: dt.datetime, standing: SignatureStanding) -> None:
    assert standing_of(signed, THIS, at) == standing
    assert (signed.party in signed_by([signed], THIS, at)) is (standing == "counts")


@pytest.mark.parametrize(
    ("terms", "signatures", "found"),
    [
        (TERMS, [MX, CA, US], ()),
        (TERMS, [MX, CA], (Blocker("signatures", 1, ("US",)),)),
        (TERMS, [], (Blocker("signatures", 3, ("CA", "MX", "US")),)),
        (TERMS, [MX, CA, REFERENDUM], (Blocker("ad_referendum", 1, ("US",)),)),
        (TERMS, [MX, REFERENDUM], (Blocker("signatures", 1, ("CA",)), Blocker("ad_referendum", 1, ("US",)))),
        (TERMS, [MX, CA, replace(US, voided_at=NOW)], (Blocker("signatures", 1, ("US",)),)),
        (replace(TERMS, content_hash=OTHER), [MX, CA, US], (Blocker("signatures", 3, ("CA", "MX", "US")),)),
        (replace(TERMS, open_brackets=2), [MX, CA, US], (Blocker("brackets", 2),)),
        (replace(TERMS, open_brackets=2, brackets_noted=True), [MX, CA, US], ()),
        (replace(TERMS, uncleared=("es", "fr")), [MX, CA, US], (Blocker("languages", 2, ("es", "fr")),)),
        (replace(TERMS, kind="chairs_summary"), [MX, CA, US], (Blocker("chair"),)),
        (replace(TERMS, kind="chairs_summary", chair_party="CA"), [CA], ()),
        (
            replace(TERMS, kind="chairs_summary", chair_party="CA"),
            [MX, US],
            (Blocker("signatures", 1, ("CA",)),),
        ),
        (replace(TERMS, parties=frozenset({"MX", "US"})), [MX, US], ()),
        (
            replace(TERMS, parties=frozenset({"CA", "MX", "US", "GT"})),
            [CA, MX, US],
            (Blocker("signatures", 1, ("GT",)),),
        ),
    ],
)
def test_what_stands_in_the_way(terms: TextTerms, signatures: list[Signed], found: tuple[Blocker, ...]) -> None:
    assert blockers(terms, signatures, NOW) == found


@pytest.mark.parametrize(
    ("signatures", "said"),
    [
        ([], Endorsement("none", 0, 3, (), ("CA", "MX", "US"))),
        ([MX], Endorsement("one", 1, 3, ("MX",), ("CA", "US"))),
        ([MX, CA], Endorsement("some", 2, 3, ("CA", "MX"), ("US",))),
        ([MX, CA, REFERENDUM], Endorsement("some", 2, 3, ("CA", "MX"), ("US",))),
        ([MX, CA, US], Endorsement("all", 3, 3, ("CA", "MX", "US"), ())),
        (
            [MX, replace(US, excepted=frozenset({"p4", "p5"}))],
            Endorsement("some", 2, 3, ("MX", "US"), ("CA",), (("US", frozenset({"p4", "p5"})),)),
        ),
    ],
)
def test_who_endorses_is_said_plainly(signatures: list[Signed], said: Endorsement) -> None:
    assert endorsement({"CA", "MX", "US"}, signatures, THIS, NOW) == said


def test_one_party_alone_endorses_all_of_its_own() -> None:
    assert endorsement({"MX"}, [MX], THIS, NOW).how == "all"


@pytest.mark.parametrize(
    ("kind", "excepted", "key"),
    [
        ("joint_statement", {"p1"}, "exceptions_not_here"),
        ("chairs_summary", {"p9"}, "unknown_paragraph"),
        ("chairs_summary", {"p1", "p2"}, "excepts_everything"),
        ("chairs_summary", {"p1"}, None),
        ("joint_statement", set(), None),
    ],
)
def test_what_may_be_left_out(kind: str, excepted: set[str], key: str | None) -> None:
    if key is None:
        check_exceptions(kind, excepted, {"p1", "p2"})
        return
    with pytest.raises(Refusal) as refused:
        check_exceptions(kind, excepted, {"p1", "p2"})
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("day", "silence_ends_on", "key"),
    [
        (None, None, "required"),
        (dt.date(2026, 11, 21), None, "confirm_by_has_passed"),
        (dt.date(2026, 11, 22), None, None),
        (dt.date(2026, 11, 25), dt.date(2026, 11, 24), "confirm_by_after_silence"),
        (dt.date(2026, 11, 24), dt.date(2026, 11, 24), None),
    ],
)
def test_the_day_by_which_a_capital_confirms(
    day: dt.date | None, silence_ends_on: dt.date | None, key: str | None
) -> None:
    if key is None:
        assert check_confirm_by(day, dt.date(2026, 11, 22), silence_ends_on) == day
        return
    with pytest.raises(Refusal) as refused:
        check_confirm_by(day, dt.date(2026, 11, 22), silence_ends_on)
    assert refused.value.key == key
