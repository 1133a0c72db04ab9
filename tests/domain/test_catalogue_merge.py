from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.catalogue import Conflict, MergeResult, merge

CASES = [
    # nobody edited here: the new value comes in
    ({"a": 1, "b": 2}, {"a": 1, "b": 2}, {"a": 1, "b": 3}, MergeResult({"a": 1, "b": 3}, ["b"], [])),
    # nothing new
    ({"a": 1}, {"a": 1}, {"a": 1}, MergeResult({"a": 1}, [], [])),
    # edited here, unchanged there: kept, nothing to tell
    ({"a": 9}, {"a": 1}, {"a": 1}, MergeResult({"a": 9}, [], [])),
    # edited here, changed there: kept and told
    ({"a": 9}, {"a": 1}, {"a": 2}, MergeResult({"a": 9}, [], [Conflict("a", 9, 2)])),
    # both came to the same: nothing to tell
    ({"a": 2}, {"a": 1}, {"a": 2}, MergeResult({"a": 2}, [], [])),
    # a field that is new in the catalogue
    ({"a": 1}, {"a": 1}, {"a": 1, "b": 5}, MergeResult({"a": 1, "b": 5}, ["b"], [])),
    # a field that the catalogue dropped: gone here too, unless edited here
    ({"a": 1, "b": 5}, {"a": 1, "b": 5}, {"a": 1}, MergeResult({"a": 1}, ["b"], [])),
    ({"a": 1, "b": 6}, {"a": 1, "b": 5}, {"a": 1}, MergeResult({"a": 1, "b": 6}, [], [Conflict("b", 6, None)])),
    # a field of this place alone stays
    ({"a": 1, "z": 7}, {"a": 1}, {"a": 2}, MergeResult({"a": 2, "z": 7}, ["a"], [])),
    # null is the word for nothing known
    ({"a": None}, {}, {"a": 3}, MergeResult({"a": 3}, ["a"], [])),
    # a list is one field: an entry added here and another there is a conflict
    ({"r": [1, 2]}, {"r": [1]}, {"r": [1, 3]}, MergeResult({"r": [1, 2]}, [], [Conflict("r", [1, 2], [1, 3])])),
    ({"n": {"en": "X", "es": "Y"}}, {"n": {"en": "X", "es": "Y"}}, {"n": {"en": "X", "es": "Z"}},
     MergeResult({"n": {"en": "X", "es": "Z"}}, ["n"], [])),
]  # fmt: skip


@pytest.mark.parametrize(("current", "last_loaded", "new", "result"), CASES)
def test_three_ways(current, last_loaded, new, result):
    assert merge(current, last_loaded, new) == result


def test_a_conflict_is_told_once_for_each_change_of_the_catalogue():
    current, loaded, new = {"a": 9}, {"a": 1}, {"a": 2}
    first = merge(current, loaded, new)
    second = merge(first.updated, new, new)
    third = merge(second.updated, new, {"a": 3})
    assert (len(first.conflicts), len(second.conflicts), third.conflicts) == (1, 0, [Conflict("a", 9, 3)])


FACTS = st.dictionaries(st.sampled_from("abcd"), st.one_of(st.none(), st.integers(0, 2), st.lists(st.integers(0, 1))))


@given(FACTS, FACTS)
def test_what_was_not_edited_becomes_the_new_catalogue(loaded, new):
    result = merge(loaded, loaded, new)
    assert result.updated == new
    assert result.conflicts == []


@given(FACTS, FACTS)
def test_an_unchanged_catalogue_changes_nothing(current, loaded):
    result = merge(current, loaded, loaded)
    assert {name: result.updated.get(name) for name in "abcd"} == {name: current.get(name) for name in "abcd"}
    assert (result.changed, result.conflicts) == ([], [])


@given(FACTS, FACTS, FACTS)
def test_an_edit_is_never_lost_and_loading_again_does_nothing(current, loaded, new):
    result = merge(current, loaded, new)
    for name in "abcd":
        if current.get(name) != loaded.get(name):
            assert result.updated.get(name) == current.get(name)
    again = merge(result.updated, new, new)
    assert {name: again.updated.get(name) for name in "abcd"} == {name: result.updated.get(name) for name in "abcd"}
    assert (again.changed, again.conflicts) == ([], [])
