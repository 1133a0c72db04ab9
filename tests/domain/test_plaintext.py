import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Opening by the host  ", "Opening by the host"),
        ("Re\u0301union", "Réunion"),
        ("a\tb\r\nc   d", "a b c d"),
        ("Prêt\u202f: oui", "Prêt\u202f: oui"),
        ("عربي\u200f 2026", "عربي\u200f 2026"),
        ("👩\u200d⚖️", "👩\u200d⚖️"),
        (None, ""),
        ("   ", ""),
        ("\u200b\u00a0\u2060", ""),
    ],
)
def test_a_line_is_cleaned(typed, kept):
    assert one_line(typed, "title") == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one  \n\n\n\n\ntwo\n", "one\n\ntwo"),
        ("one\ttwo\u2029three", "one two\nthree"),
        (None, ""),
    ],
)
def test_paragraphs_keep_their_lines(typed, kept):
    assert paragraphs(typed, "reason", 100) == kept


@pytest.mark.parametrize("clean", [one_line, paragraphs])
@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("a\x00b", "control_characters"),
        ("a\x07b", "control_characters"),
        ("a\x0bb", "control_characters"),
        ("a\x1bb", "control_characters"),
        ("a\x7fb", "control_characters"),
        ("a\x85b", "control_characters"),
        ("a\ud800b", "control_characters"),
        ("a\uffffb", "control_characters"),
        *((f"a{chr(code)}b", "bidi_override") for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        ("x" * 301, "too_long"),
        ("x" * 10_000, "too_long"),
        ("e\u0301" * 301, "too_long"),
    ],
)
def test_what_could_mislead_is_refused(clean, typed, key):
    with pytest.raises(Refusal) as refused:
        clean(typed, "title", 300)
    assert (refused.value.key, refused.value.field) == (key, "title")


def test_the_limit_counts_what_is_kept_and_is_told():
    assert one_line("x" * 300, "title") == "x" * 300
    assert one_line("e\u0301" * 300, "title") == "é" * 300
    with pytest.raises(Refusal) as refused:
        one_line("x" * 301, "title")
    assert refused.value.values == {"limit": 300, "length": 301}


@pytest.mark.parametrize("typed", [None, "", "  \n ", "\u200b\u200e", "\u3000"])
@pytest.mark.parametrize("clean", [one_line, paragraphs])
def test_nothing_is_not_enough_where_something_is_required(clean, typed):
    with pytest.raises(Refusal) as refused:
        clean(typed, "title", 300, required=True)
    assert (refused.value.key, refused.value.field) == ("required", "title")


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from([one_line, paragraphs]))
def test_cleaning_twice_changes_nothing(typed, clean):
    try:
        once = clean(typed, "title", 100)
    except Refusal:
        return
    assert clean(once, "title", 100) == once
    assert "\r" not in once
