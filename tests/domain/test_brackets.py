"""Disputed words: read, refused with where, settled, printed back."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.brackets import (
    Alternative,
    Bracket,
    brackets_of,
    open_count,
    parse,
    printed,
    replaced,
    resolve,
    settle,
    supported,
)
from app.domain.errors import Refusal

PARTIES = ("CA", "MX", "US")
FACILITY = "They will [[CA MX: place a common facility on the agenda][US: examine whether it is feasible]] and report."
PLACE = Alternative(("CA", "MX"), "place a common facility on the agenda")
EXAMINE = Alternative(("US",), "examine whether it is feasible")


def bracket(*alternatives: tuple[str, str]) -> Bracket:
    return Bracket(tuple(Alternative(tuple(parties.split()), words) for parties, words in alternatives))


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("", ()),
        ("No dispute.", ("No dispute.",)),
        (FACILITY, ("They will ", Bracket((PLACE, EXAMINE)), " and report.")),
        ("[[US: and report]]", (bracket(("US", "and report")),)),
        ("[[US:][CA MX: and report]]", (bracket(("US", ""), ("CA MX", "and report")),)),
        ("[[: of the chair][US: b]]", (bracket(("", "of the chair"), ("US", "b")),)),
        ("[[MX,CA :a][ US : b ]]", (bracket(("CA MX", "a"), ("US", "b")),)),
        ("[[CA: a\nb]]", (bracket(("CA", "a b")),)),
        ("[[CA: a]][[US: b]]", (bracket(("CA", "a")), bracket(("US", "b")))),
        ("[[CA: see [the note](https://gc.example/a)][US: b]]",
         (bracket(("CA", "see [the note](https://gc.example/a)"), ("US", "b")),)),
        ("[[CA: 9:30][US: 10:30]]", (bracket(("CA", "9:30"), ("US", "10:30")),)),
        # What is escaped, or single, opens nothing.
        (r"\[[CA: a]", (r"\[[CA: a]",)),
        (r"an [annex] and [another][one]", ("an [annex] and [another][one]",)),
        (r"\\[[CA: a]]", ("\\\\", bracket(("CA", "a")))),
        (r"[[CA: a\]\]b]]", (bracket(("CA", r"a\]\]b")),)),
        ("[[CA: a\\ ]]", (bracket(("CA", "a\\\\")),)),
    ],
)  # fmt: skip
def test_reads_a_wording(source, parts):
    assert parse(source, "wording", PARTIES) == parts
    assert parse(printed(parts), "wording", PARTIES) == parts


@pytest.mark.parametrize(
    ("source", "key", "values"),
    [
        ("a [[CA: b", "bracket_not_closed", {"number": 1, "words": "[[CA: b"}),
        ("a [[CA: b]", "bracket_not_closed", {"number": 1, "words": "[[CA: b]"}),
        ("[[CA: a]] and [[US: b", "bracket_not_closed", {"number": 2, "words": "[[US: b"}),
        ("a ]] b", "bracket_not_opened", {"number": 1, "words": "]] b"}),
        ("[[CA: a [[US: b]] c]]", "bracket_nested", {"number": 1, "words": "[[CA: a [[US: b]] c]]"}),
        ("[[words of nobody]]", "bracket_untagged", {"number": 1, "words": "[[words of nobody]]"}),
        ("[[ca: a]]", "bracket_untagged", {"number": 1, "words": "[[ca: a]]"}),
        ("[[: a][: b]]", "bracket_untagged_twice", {"number": 1, "words": "[[: a][: b]]"}),
        ("[[]]", "bracket_untagged", {"number": 1, "words": "[[]]"}),
        ("[[US:]]", "bracket_empty", {"number": 1, "words": "[[US:]]"}),
        ("[[US: ][CA: \n]]", "bracket_empty", {"number": 1, "words": "[[US: ][CA: \n]]"}),
        ("[[CA: a][BR: b]]", "bracket_unknown_party", {"party": "BR", "words": "[[CA: a][BR: b]]"}),
        ("[[CA: a][US CA: b]]", "bracket_party_twice", {"party": "CA"}),
        ("[[CA CA: a]]", "bracket_party_twice", {"party": "CA"}),
        ("[[CA: a][US: a ]]", "bracket_same_words", {"number": 1}),
        ("[[CA: see [x]]]", "bracket_three", {"words": "[[CA: see [x]]]"}),
        ("[[CA: a\n \nb]]", "bracket_lines", {"number": 1}),
        ("[[CA: a]]" * 51, "bracket_too_many", {"number": 51, "limit": 50}),
        ("[[CA: a" + "".join(f"][P{n}: {n}" for n in range(10)) + "]]", "bracket_too_many_alternatives", {"limit": 10}),
        ("[[CA: " + "long " * 20, "bracket_not_closed", {"words": "[[CA: long long long long long long long…"}),
    ],
)
def test_says_which_bracket_is_broken(source, key, values):
    with pytest.raises(Refusal) as refused:
        parse(source, "wording", PARTIES)
    assert (refused.value.key, refused.value.field) == (key, "wording")
    assert {name: refused.value.values[name] for name in values} == values


def test_takes_any_party_where_none_are_named():
    assert parse("[[BR: a]]", "wording") == (bracket(("BR", "a")),)


@pytest.mark.parametrize(
    ("source", "count"), [("", 0), ("[one]", 0), ("[[CA: a]]", 1), ("[[CA: a]] b [[US: c][MX:]]", 2)]
)
def test_counts_open_brackets(source, count):
    parts = parse(source, "wording")
    assert open_count(parts) == count
    assert len(brackets_of(parts)) == count


def test_a_bracket_knows_its_parties():
    assert bracket(("US", "a"), ("CA MX", ""), ("", "b")).parties == ("CA", "MX", "US")


@pytest.mark.parametrize(
    ("source", "number", "choice", "settled"),
    [
        (FACILITY, 1, 0, "They will place a common facility on the agenda and report."),
        (FACILITY, 1, 1, "They will examine whether it is feasible and report."),
        (FACILITY, 1, None, "They will and report."),
        ("A facility [[CA: for all]], and more.", 1, None, "A facility, and more."),
        ("A facility [[CA: for all]].", 1, None, "A facility."),
        ("[[CA: Soon]] they meet.", 1, None, "they meet."),
        ("They meet [[CA: soon]]", 1, None, "They meet "),
        ("[[CA: a]]", 1, None, ""),
        ("[[CA: a]] [[US: b]] c", 2, None, "[[CA: a]] c"),
        ("[[CA: a]] [[US: b]] c", 1, 0, "a [[US: b]] c"),
        ("[[CA: a]][[US: b]]", 2, 0, "[[CA: a]]b"),
        ("[[CA: a][US:]] b", 1, 1, "b"),
        ("Pour tous [[CA: b]] ; ensuite", 1, None, "Pour tous ; ensuite"),
        # Words that would open or close a dispute together with their neighbours are kept from it.
        ("[[CA: x[]][y", 1, 0, r"x[\[y"),
        ("a][[CA: ]b]]", 1, 0, r"a]\]b"),
    ],
)
def test_settles_a_bracket(source, number, choice, settled):
    parts = resolve(parse(source, "wording"), number, choice)
    assert printed(parts) == settled
    assert parse(settled, "wording") == parts


def test_settles_a_bracket_on_words_of_its_own():
    assert printed(settle(parse(FACILITY, "wording"), 1, "consider a facility")) == (
        "They will consider a facility and report."
    )


@pytest.mark.parametrize(("number", "choice"), [(0, 0), (2, 0), (1, 2), (1, -1), (2, None)])
def test_a_bracket_that_is_gone_cannot_be_settled(number, choice):
    with pytest.raises(Refusal, match="bracket_gone"):
        resolve(parse(FACILITY, "wording"), number, choice)


@pytest.mark.parametrize(
    ("party", "choice", "alternatives"),
    [
        ("US", 0, [("CA MX US", "a")]),
        ("MX", 1, [("CA", "a"), ("MX US", "b")]),
        ("CA", 0, [("CA MX", "a"), ("US", "b")]),
    ],
)
def test_a_party_stands_behind_one_alternative(party, choice, alternatives):
    assert supported(bracket(("CA MX", "a"), ("US", "b")), party, choice) == bracket(*alternatives)


def test_words_of_nobody_stay_when_a_party_goes_elsewhere():
    assert supported(bracket(("", "a"), ("US", "b")), "MX", 1) == bracket(("", "a"), ("MX US", "b"))


def test_no_party_stands_behind_words_that_are_gone():
    with pytest.raises(Refusal, match="bracket_gone"):
        supported(bracket(("CA", "a")), "MX", 1)


def test_puts_a_bracket_in_anothers_place():
    parts = parse("x [[CA: a]] y [[US: b]]", "wording")
    assert printed(replaced(parts, 2, bracket(("US", "b"), ("MX", "c")), "wording")) == (
        "x [[CA: a]] y [[US: b][MX: c]]"
    )
    with pytest.raises(Refusal, match="bracket_same_words"):
        replaced(parts, 2, bracket(("US", "b"), ("MX", "b")), "wording")


TYPED = st.text(st.sampled_from("[]\\:a CAMXUS\n|*"), max_size=60)


@given(TYPED)
def test_whatever_is_read_is_printed_and_read_the_same(source):
    try:
        parts = parse(source, "wording", PARTIES)
    except Refusal as refused:
        if not refused.key.startswith("bracket_"):
            raise
        return
    assert parse(printed(parts), "wording", PARTIES) == parts
    assert all(not (isinstance(a, str) and isinstance(b, str)) for a, b in itertools.pairwise(parts))


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="[]\\\n"), max_size=12).map(
    lambda each: each.strip(" ")
)
TAGS = st.permutations(PARTIES).flatmap(lambda codes: st.integers(1, 3).map(lambda cut: (codes[:cut], codes[cut:])))


@given(st.lists(st.tuples(WORDS, TAGS, WORDS.filter(bool)), max_size=5), WORDS)
def test_brackets_made_by_hand_are_read_as_they_were_made(made, end):
    parts: list[str | Bracket] = []
    for before, (some, others), words in made:
        alternatives = [Alternative(tuple(sorted(some)), words)]
        if others:
            alternatives.append(Alternative(tuple(sorted(others)), words + "!"))
        parts += [before + ".", Bracket(tuple(alternatives))]
    parts.append(end + ".")
    assert list(parse(printed(parts), "wording", PARTIES)) == parts
    clean = parse(printed(parts), "wording", PARTIES)
    for _, _, words in made:
        clean = resolve(clean, 1, 0)
        assert words in printed(clean)
    assert open_count(clean) == 0


@given(TYPED, st.integers(1, 3), st.none() | st.integers(0, 2))
def test_settling_one_leaves_one_fewer(source, number, choice):
    try:
        parts = parse(source, "wording")
        settled = resolve(parts, number, choice)
    except Refusal:
        return
    assert open_count(settled) == open_count(parts) - 1
    assert parse(printed(settled), "wording") == settled
