"""Markings: what is classified is refused and said why, the rest is kept word for word."""

from __future__ import annotations

import pytest

from app.domain import markings
from app.domain.errors import Refusal


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("CONFIDENTIAL", "marking_classified", "CONFIDENTIAL"),
        ("Confidential", "marking_classified", "CONFIDENTIAL"),
        ("secret", "marking_classified", "SECRET"),
        ("TOP SECRET", "marking_classified", "TOP SECRET"),
        ("Top-Secret", "marking_classified", "TOP SECRET"),
        ("TOP SECRET//SI//NOFORN", "marking_classified", "TOP SECRET"),
        ("SECRET//REL TO USA, CAN, MEX", "marking_classified", "SECRET"),
        ("TRÈS SECRET", "marking_classified", "TRES SECRET"),
        ("Très\u00a0secret", "marking_classified", "TRES SECRET"),
        ("tre\u0300s secret", "marking_classified", "TRES SECRET"),
        ("Confidentiel", "marking_classified", "CONFIDENTIEL"),
        ("SECRET DÉFENSE", "marking_classified", "SECRET DEFENSE"),
        ("ALTO SECRETO", "marking_classified", "ALTO SECRETO"),
        ("Máximo secreto", "marking_classified", "MAXIMO SECRETO"),
        ("Información secreta", "marking_classified", "SECRETA"),
        ("S E C R E T", "marking_classified", "SECRET"),
        ("S.E.C.R.E.T", "marking_classified", "SECRET"),
        ("SEC\u200bRET", "marking_classified", "SECRET"),
        ("ЅЕСRЕТ", "marking_classified", "SECRET"),
        ("ＳＥＣＲＥＴ", "marking_classified", "SECRET"),
        ("PROTECTED B / SECRET", "marking_classified", "SECRET"),
        ("CUI//SECRET", "marking_classified", "SECRET"),
        ("FORMERLY RESTRICTED DATA", "marking_classified", "FORMERLY RESTRICTED DATA"),
        ("NATO SECRET", "marking_nato", "NATO SECRET"),
        ("NATO RESTRICTED", "marking_nato", "NATO RESTRICTED"),
        ("OTAN DIFFUSION RESTREINTE", "marking_nato", "OTAN DIFFUSION RESTREINTE"),
        ("COSMIC TOP SECRET", "marking_nato", "COSMIC TOP SECRET"),
        ("Cosmic très secret", "marking_nato", "COSMIC TRES SECRET"),
        ("(S//NF)", "marking_portion", "(S//NF)"),
        ("(TS)", "marking_portion", "(TS)"),
        ("(c)", "marking_portion", "(C)"),
        ("( S / REL )", "marking_portion", "( S / REL )"),
        ("TS//SI", "marking_portion", "TS//SI"),
        ("S", "marking_portion", "S"),
        ("TS/SCI", "marking_portion", "TS/SCI"),
        ("REL TO USA, CAN, MEX", "marking_release", "REL TO"),
        ("Releasable to USA, MEX", "marking_release", "RELEASABLE TO"),
        ("NOFORN", "marking_release", "NOFORN"),
        ("PROTECTED C", "marking_protected_c", "PROTECTED C"),
        ("Protégé C", "marking_protected_c", "PROTEGE C"),
    ],
)
def test_what_is_classified_is_refused_and_said_why(text: str, key: str, words: str) -> None:
    for party in ("CA", "MX", "US", None):
        assert markings.refused_marking(text, party) == markings.Refused(key, words)


@pytest.mark.parametrize(
    "text",
    [
        "UNCLASSIFIED", "Unclassified", "CUI", "CUI//SP-PRVCY//NOFORN", "CUI//REL TO USA, CAN, MEX",
        "(CUI)", "(U)", "(U//FOUO)", "PROTECTED A", "PROTECTED B", "Protégé A", "PROTÉGÉ B",
        "Reservada", "RESERVADA, 5 años, art. 110 LFTAIP, Dirección General para la ONU", "Pública",
        "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED", "Secretaría de Relaciones Exteriores",
        "Secretariat only", "Non classifié", "No clasificado", "RESTRICTED", "NATO UNCLASSIFIED",
        "Solicitor-client privilege",
    ],
)  # fmt: skip
def test_what_is_no_classification_is_kept_word_for_word(text: str) -> None:
    for party in ("CA", "MX", "US"):
        assert markings.check_marking(f"  {text} ", party) == text


def test_confidencial_is_privacy_in_mexico_alone() -> None:
    """Mexico's *Confidencial* is of the law on access to information; from others it is CONFIDENTIAL in Spanish."""
    assert markings.check_marking("Información confidencial", "MX") == "Información confidencial"
    for party in ("US", "CA", None):
        assert markings.refused_marking("Confidencial", party) == markings.Refused(
            "marking_confidencial", "CONFIDENCIAL"
        )
    assert markings.refused_marking("Confidential", "MX") == markings.Refused("marking_classified", "CONFIDENTIAL")


def test_a_marking_is_short_seen_and_may_be_missing() -> None:
    assert markings.check_marking("   ") is None
    assert markings.check_marking("x" * 300) == "x" * 300
    for text, key in (("x" * 301, "too_long"), ("CUI\u202e", "marking_unseen"), ("CUI\nTLP:RED", "marking_unseen")):
        with pytest.raises(Refusal) as refused:
            markings.check_marking(text, field="mark")
        assert (refused.value.key, refused.value.field) == (key, "mark")


def test_the_refusal_says_which_words() -> None:
    with pytest.raises(Refusal) as refused:
        markings.check_marking("Très secret")
    assert (refused.value.key, refused.value.field, refused.value.values) == (
        "marking_classified", "marking", {"words": "TRES SECRET"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "title",
    ["(S//NF) Peace operations", "Peace operations (TS)", "S//NF cable.pdf", "SECRET//NOFORN annex", "(C) Note"],
)
def test_a_heading_with_a_portion_mark_is_refused(title: str) -> None:
    with pytest.raises(Refusal, match="marking_portion"):
        markings.check_heading(title, field="title")


@pytest.mark.parametrize(
    "title",
    ["Rules for a secret ballot", "Confidential informants", "Annex C", "(U) Note", "Option (A) and (B)", "S/RES/2719"],
)
def test_a_heading_in_plain_words_is_none(title: str) -> None:
    markings.check_heading(title, field="title")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (["public"], "public"),
        (["public", "parties", "public"], "parties"),
        (["persons", "public"], "persons"),
        (["delegations", "parties"], "delegations"),
    ],
)
def test_the_narrowest_step_of_a_bundle_wins(steps: list[str], expected: str) -> None:
    assert markings.highest_step(steps) == expected


@pytest.mark.parametrize("steps", [[], ["secret"]])
def test_a_bundle_has_steps_of_ours(steps: list[str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  whichever of the two it is
        markings.highest_step(steps)
