"""The rules of positions: what is kept, who clears and who lets out, and what exactly goes to the others."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refusal
from app.domain.positions import (
    CHOSEN_PARTS,
    PARTS,
    PositionContent,
    Question,
    Standing,
    checked,
    checked_expiry,
    checked_recipients,
    excerpt,
    found_in,
    handed_over,
    is_shown,
    may_clear,
    may_release,
)

WRITER, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
WHOLE = PositionContent(
    lines="Lines",
    red_lines="Red",
    fallback="Fallback",
    questions=(Question("Why?", "Because"),),
    papers=("UNC/2026/4",),
    language="fr",
)
TODAY = dt.date(2026, 11, 22)


def refused(call: object, *arguments: object) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        call(*arguments)  # type: ignore[operator]
    return caught.value.key, caught.value.field


@pytest.mark.parametrize(
    "content",
    [
        WHOLE,
        PositionContent(lines="x"),
        PositionContent(lines="x", expires_on=TODAY),
        PositionContent(questions=(Question("Why?"),), language="es"),
    ],
)
def test_what_is_sealed_is_read_again(content: PositionContent) -> None:
    assert PositionContent.from_json(content.to_json()) == content


def test_what_is_not_said_is_not_in_the_sealed_text() -> None:
    assert PositionContent(lines="x").to_json() == '{"language": "en", "lines": "x"}'


def test_what_is_typed_is_cleaned() -> None:
    typed = PositionContent(
        lines="  a \r\n\r\n\r\n\r\nb ",
        questions=(Question("", ""), Question(" Why\n us? ", "x\t")),
        papers=("", " A ", "A", "B"),
    )
    assert checked(typed) == PositionContent(lines="a\n\nb", questions=(Question("Why us?", "x"),), papers=("A", "B"))


@pytest.mark.parametrize(
    ("content", "kind", "answer"),
    [
        (PositionContent(), "position", ("required", "lines")),
        (PositionContent(lines=" \n "), "position", ("required", "lines")),
        (PositionContent(fallback="x"), "non_paper", ("required", "lines")),
        (PositionContent(lines="x", language="de"), "position", ("unknown_language", "language")),
        (PositionContent(lines="x" * 8001), "position", ("too_long", "lines")),
        (PositionContent(lines="a\u202eb"), "position", ("bidi_override", "lines")),
        (PositionContent(lines="a\x00b"), "non_paper", ("control_characters", "lines")),
        (PositionContent(questions=(Question("", "so"),)), "position", ("question_required", "question_1")),
        (
            PositionContent(questions=(Question("?"), Question("", "x" * 2001))),
            "position",
            ("too_long", "answer_2"),
        ),
        (PositionContent(questions=(Question("?"),) * 21), "position", ("too_many_entries", None)),
        (
            PositionContent(papers=tuple(str(number) for number in range(41))),
            "position",
            ("too_many_entries", "papers"),
        ),
    ],
)
def test_what_cannot_be_kept_is_refused(content: PositionContent, kind: str, answer: tuple[str, str | None]) -> None:
    assert refused(checked, content, kind) == answer


def test_a_non_paper_keeps_its_text_alone() -> None:
    assert checked(WHOLE, "non_paper") == PositionContent(lines="Lines", language="fr")


@pytest.mark.parametrize(
    ("state", "person", "speaks", "clears", "releases"),
    [
        ("draft", OTHER, True, None, "position_not_cleared"),
        ("draft", WRITER, True, "position_own_change", "position_not_cleared"),
        ("draft", OTHER, False, "forbidden", "forbidden"),
        ("cleared", OTHER, True, "not_in_state", None),
        ("cleared", WRITER, True, "not_in_state", "position_own_release"),
        ("cleared", OTHER, False, "forbidden", "forbidden"),
        ("cleared", WRITER, False, "forbidden", "forbidden"),
    ],
)
def test_two_people_stand_behind_what_is_let_out(
    state: str, person: uuid.UUID, *, speaks: bool, clears: str | None, releases: str | None
) -> None:
    standing = Standing(state, WRITER)
    assert may_clear(standing, person, speaks=speaks) == clears
    assert may_release(standing, person, speaks=speaks) == releases


@pytest.mark.parametrize(
    ("chosen", "parts"),
    [
        ((), ("lines",)),
        (("fallback",), ("lines", "fallback")),
        (("papers", "questions"), ("lines", "questions", "papers")),
        (CHOSEN_PARTS, PARTS),
    ],
)
def test_only_the_lines_and_what_was_ticked_go(chosen: tuple[str, ...], parts: tuple[str, ...]) -> None:
    assert handed_over(WHOLE, "position", chosen).parts == parts


@given(st.sets(st.sampled_from(CHOSEN_PARTS)))
def test_what_was_not_ticked_is_nowhere_in_what_goes(chosen: set[str]) -> None:
    words = {"red_lines": "Red", "fallback": "Fallback", "questions": "Because", "papers": "UNC/2026/4"}
    written = handed_over(WHOLE, "position", chosen).to_json()
    assert {part for part, word in words.items() if word in written} == chosen


def test_what_goes_says_nothing_that_was_not_written() -> None:
    assert handed_over(PositionContent(lines="x"), "position", CHOSEN_PARTS) == PositionContent(lines="x")


def test_a_day_to_be_shown_until_is_a_non_papers_alone() -> None:
    text = PositionContent(lines="x")
    assert handed_over(text, "non_paper", (), TODAY).expires_on == TODAY
    assert handed_over(text, "position", (), TODAY).expires_on is None


@pytest.mark.parametrize(
    ("content", "kind", "chosen", "answer"),
    [
        (WHOLE, "position", ("notes",), ("unknown_part", "part")),
        (WHOLE, "position", ("lines",), ("unknown_part", "part")),
        (WHOLE, "non_paper", ("fallback",), ("unknown_part", "part")),
        (PositionContent(fallback="x"), "position", ("fallback",), ("share_without_lines", None)),
    ],
)
def test_what_cannot_go_is_refused(
    content: PositionContent, kind: str, chosen: tuple[str, ...], answer: tuple[str, str | None]
) -> None:
    assert refused(handed_over, content, kind, chosen) == answer


@pytest.mark.parametrize(
    ("chosen", "offered", "answer"),
    [
        (["US", "CA", "US"], ["CA", "US"], ("CA", "US")),
        (["NL"], ["NL", "US"], ("NL",)),
        ([], ["CA"], "recipient_required"),
        (["CA"], ["US"], "recipient_not_offered"),
        (["CA", "US"], ["US"], "recipient_not_offered"),
        (["MX"], [], "recipient_not_offered"),
    ],
)
def test_it_goes_to_parties_that_are_offered(chosen: list[str], offered: list[str], answer: object) -> None:
    if isinstance(answer, str):
        assert refused(checked_recipients, chosen, offered) == (answer, "party")
    else:
        assert checked_recipients(chosen, offered) == answer


@pytest.mark.parametrize(
    ("day", "is_shown_today"),
    [(None, True), (TODAY, True), (dt.date(2026, 11, 21), False), (dt.date(2026, 11, 23), True)],
)
def test_a_non_paper_is_shown_to_the_end_of_its_last_day(day: dt.date | None, *, is_shown_today: bool) -> None:
    assert is_shown(day, TODAY) is is_shown_today
    if is_shown_today:
        assert checked_expiry(day, TODAY) == day
    else:
        assert refused(checked_expiry, day, TODAY) == ("expiry_past", "expires_on")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("posicion", True),
        ("POSICIÓN frontera", True),
        ("porque", True),
        ("unc/2026/4", True),
        ("canada", False),
        ("posicion canada", False),
        ("", True),
    ],
)
def test_words_are_found_whatever_their_case_and_accents(query: str, *, found: bool) -> None:
    content = PositionContent(
        lines="Nuestra posición sobre la frontera", questions=(Question("¿Por qué?", "Porque sí"),),
        papers=("UNC/2026/4",),
    )  # fmt: skip
    assert found_in(content, query) is found


def test_an_excerpt_shows_the_words_that_were_looked_for() -> None:
    content = PositionContent(lines="a " * 200 + "needle " + "b " * 200)
    assert "needle" in excerpt(content, "needle")
    assert excerpt(content, "needle").startswith("…")
    assert excerpt(PositionContent(lines="one\ntwo")) == "one two"
    assert excerpt(PositionContent(fallback="x"), "nothing") == ""
