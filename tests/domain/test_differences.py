"""Differences: paragraphs by id, words within; nothing is lost, and nothing takes long."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.differences import Numbered, ParagraphChange, WordChange, differences, word_changes


def version(*paragraphs: tuple[str, str]) -> list[Numbered[str]]:
    return [Numbered(*each) for each in paragraphs]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("", "", []),
        ("One.", "One.", [("same", "One.")]),
        ("", "One.", [("added", "One.")]),
        ("One.", "", [("removed", "One.")]),
        ("They will meet twice.", "They will meet two times.",
         [("same", "They will meet "), ("removed", "twice"), ("added", "two times"), ("same", ".")]),
        ("They meet.", "They will meet.", [("same", "They "), ("added", "will "), ("same", "meet.")]),
        ("a common facility for all", "one shared facility for all",
         [("removed", "a common"), ("added", "one shared"), ("same", " facility for all")]),
        ("report, and meet", "report and meet", [("same", "report"), ("removed", ","), ("same", " and meet")]),
        ("the Leaders’ Summit", "the Leaders’ Dialogue",
         [("same", "the Leaders’ "), ("removed", "Summit"), ("added", "Dialogue")]),
        ("Días hábiles", "Dias hábiles", [("removed", "Días"), ("added", "Dias"), ("same", " hábiles")]),
    ],
)  # fmt: skip
def test_words(before, after, changes):
    assert word_changes(before, after) == tuple(WordChange(*each) for each in changes)


def test_paragraphs_are_found_by_their_ids_whatever_they_say():
    before = version(("a", "One."), ("b", "Two."), ("c", "Three."), ("d", "Four."), ("e", "Five."))
    after = version(("d", "Four."), ("a", "One."), ("x", "Two."), ("c", "Three, changed."), ("e", "Five."))
    assert differences(before, after) == (
        ParagraphChange("d", "same", 4, 1, is_moved=True, words=(WordChange("same", "Four."),)),
        ParagraphChange("a", "same", 1, 2, is_moved=False, words=(WordChange("same", "One."),)),
        ParagraphChange("b", "removed", 2, None, is_moved=False, words=(WordChange("removed", "Two."),)),
        ParagraphChange("x", "added", None, 3, is_moved=False, words=(WordChange("added", "Two."),)),
        ParagraphChange(
            "c", "changed", 3, 4, is_moved=False,
            words=(WordChange("same", "Three"), WordChange("added", ", changed"), WordChange("same", ".")),
        ),
        ParagraphChange("e", "same", 5, 5, is_moved=False, words=(WordChange("same", "Five."),)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [("abcd", "abcd", ""), ("abcd", "bcda", "a"), ("abcd", "dabc", "d"), ("abcd", "acbd", "c"), ("abc", "", "")],
)
def test_says_the_fewest_that_moved(before, after, moved):
    changes = differences([Numbered(each, each) for each in before], [Numbered(each, each) for each in after])
    assert "".join(each.id for each in changes if each.is_moved) == moved


def test_what_was_removed_at_the_beginning_comes_first():
    changes = differences(version(("a", "A"), ("b", "B")), version(("b", "B"), ("c", "C")))
    assert [(each.id, each.kind) for each in changes] == [("a", "removed"), ("b", "same"), ("c", "added")]


TEXTS = st.text(st.sampled_from("ab c,.\n’é"), max_size=40)


@given(TEXTS, TEXTS)
def test_both_wordings_can_be_read_from_their_difference(before, after):
    changes = word_changes(before, after)
    assert "".join(words for kind, words in changes if kind != "added").split() == before.split()
    assert "".join(words for kind, words in changes if kind != "removed") == after
    kinds = [kind for kind, _ in changes]
    assert all(one != other for one, other in itertools.pairwise(kinds))


@given(st.lists(st.integers(0, 9), unique=True), st.lists(st.integers(0, 9), unique=True))
def test_every_paragraph_is_told_once(before, after):
    changes = differences([Numbered(n, str(n)) for n in before], [Numbered(n, f"{n}.") for n in after])
    assert [each.id for each in changes if each.after] == after
    assert sorted(each.id for each in changes) == sorted({*before, *after})
    assert {each.id for each in changes if each.kind == "removed"} == set(before) - set(after)
    assert {each.id for each in changes if each.kind == "added"} == set(after) - set(before)
    unmoved = [each.before for each in changes if each.before and each.after and not each.is_moved]
    assert unmoved == sorted(unmoved)


@pytest.mark.parametrize(
    ("before", "after"),
    [("a " * 9000, "b " * 9000), ("a b " * 4000, "b a " * 4000), (" ".join(map(str, range(3000))), "x " * 3000)],
)
def test_no_two_wordings_take_long(before, after):
    began = time.perf_counter()
    changes = word_changes(before, after)
    assert time.perf_counter() - began < 1
    assert "".join(words for kind, words in changes if kind != "removed") == after
