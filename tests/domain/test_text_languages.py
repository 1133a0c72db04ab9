"""The languages of a text: what a translation lacks, which states it can be in, whom adoption waits for."""

from __future__ import annotations

import pytest

from app.domain.errors import Refusal
from app.domain.text_languages import (
    Fault,
    LanguageState,
    Pair,
    after_edit,
    after_original_edit,
    check_state,
    fault_of,
    standing,
    subject_to,
    waited_for,
)

BRACKET = "They will [[CA MX: build it][US: examine it]]."


@pytest.mark.parametrize(
    ("original", "version", "translation", "of_version", "expected"),
    [
        ("We agree.", 3, "Convenimos.", 3, None),
        ("We agree.", 3, None, None, "missing"),
        ("We agree.", 3, "  \n", 3, "missing"),
        ("We agree.", 3, "Convenimos.", 2, "out_of_date"),
        ("We agree.", 3, "Convenimos.", None, "out_of_date"),
        (BRACKET, 1, "[[CA MX: Lo construirán][US: Lo examinarán]].", 1, None),
        (BRACKET, 1, "[[US: Lo examinarán][CA MX: Lo construirán]].", 1, "brackets_differ"),
        (BRACKET, 1, "[[CA: Lo construirán][US: Lo examinarán]].", 1, "brackets_differ"),
        (BRACKET, 1, "Lo construirán.", 1, "brackets_differ"),
        (BRACKET, 1, "[[CA MX: Lo construirán][US: Lo", 1, "brackets_differ"),
        ("The Governments of {parties}", 1, "Les gouvernements {of parties}", 1, None),
        ("The Governments of Canada", 1, "Los Gobiernos de {parties}", 1, "names_differ"),
        ("Under the {treaty}", 1, "Conforme al T-MEC", 1, None),
    ],
)
def test_what_a_translation_lacks(
    original: str, version: int, translation: str | None, of_version: int | None, expected: Fault | None
) -> None:
    assert fault_of(Pair("1", original, version, translation, of_version)) == expected


PAIRS = (Pair("a", "One.", 1, "Uno.", 1), Pair("b", "Two.", 2, "Dos.", 1))


@pytest.mark.parametrize(
    ("state", "language", "pairs", "is_ready"),
    [
        ("cleared", "es", PAIRS[:1], True),
        ("cleared", "es", PAIRS, False),  # its original was changed since
        ("authentic", "es", PAIRS[:1], True),
        ("in_revision", "es", PAIRS[:1], False),
        ("not_needed", "es", (), True),
        ("cleared", "en", PAIRS, True),  # the original has nothing to be out of date with
        ("draft", "en", PAIRS, False),
    ],
)
def test_whether_a_language_is_ready(
    state: LanguageState, language: str, pairs: tuple[Pair, ...], is_ready: bool
) -> None:
    assert standing(language, state, "en", pairs).is_ready is is_ready


@pytest.mark.parametrize(
    ("language", "pairs", "wanted", "key"),
    [
        ("es", PAIRS[:1], "cleared", None),
        ("es", PAIRS, "cleared", "translation_has_faults"),
        ("es", PAIRS, "in_revision", None),
        ("es", PAIRS, "not_needed", None),
        ("es", PAIRS, "authentic", "no_such_state"),  # adoption makes it so, and nobody else
        ("es", PAIRS, "", "no_such_state"),
        ("en", PAIRS, "not_needed", "original_is_needed"),
        ("en", PAIRS, "requested", "original_is_needed"),
        ("en", PAIRS, "cleared", None),
    ],
)
def test_which_state_it_can_be_put_in(language: str, pairs: tuple[Pair, ...], wanted: str, key: str | None) -> None:
    known = standing(language, "draft", "en", pairs)
    if key is None:
        check_state(known, wanted)
        return
    with pytest.raises(Refusal) as refused:
        check_state(known, wanted)
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("state", "has_words", "after", "after_original"),
    [
        ("cleared", True, "in_revision", "in_revision"),
        ("authentic", True, "in_revision", "in_revision"),
        ("requested", True, "draft", "requested"),
        ("not_needed", True, "draft", "not_needed"),
        ("requested", False, "requested", "requested"),
        ("draft", True, "draft", "draft"),
        ("in_revision", True, "in_revision", "in_revision"),
    ],
)
def test_what_an_edit_does_to_the_states(
    state: LanguageState, has_words: bool, after: str, after_original: str
) -> None:
    assert after_edit(state, has_words=has_words) == after
    assert after_original_edit(state) == after_original


def test_adoption_waits_for_all_or_says_what_it_is_subject_to() -> None:
    english = standing("en", "cleared", "en", ())
    spanish = standing("es", "in_revision", "en", PAIRS)
    french = standing("fr", "not_needed", "en", ())
    all_of_them = (english, spanish, french)
    assert waited_for(all_of_them, needs_all=True) == ("es",)
    assert waited_for(all_of_them, needs_all=False) == ()
    assert subject_to(all_of_them) == ("es",)
    unready = standing("en", "draft", "en", ())
    assert waited_for((unready, spanish, french), needs_all=False) == ("en",)
