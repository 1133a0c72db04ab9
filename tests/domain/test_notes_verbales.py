"""Notes verbales: courtesies in three languages, the third person of the names as typed, numbers and days."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from app.domain import notes_verbales as rules
from app.domain.errors import Refusal
from app.domain.notes_verbales import NoteContent

NOTE = NoteContent("en", "the Embassy of Mexico", "the Department of State", "Visas", "It proposes 3 March.")


@pytest.mark.parametrize(
    ("language", "sender", "addressee", "first", "last"),
    [
        (
            "en", "the Embassy of Mexico", "the Department of State",
            "The Embassy of Mexico presents its compliments to the Department of State",
            "The Embassy of Mexico avails itself of this opportunity to renew to the Department of State",
        ),
        (
            "es", "la Embajada del Canadá", "el Departamento de Estado",
            "La Embajada del Canadá saluda muy atentamente al Departamento de Estado y tiene el honor de",
            "La Embajada del Canadá aprovecha la oportunidad para reiterar al Departamento de Estado las",
        ),
        (
            "es", "la Embajada de México", "El Salvador",
            "La Embajada de México saluda muy atentamente a El Salvador y tiene el honor de",
            "La Embajada de México aprovecha la oportunidad para reiterar a El Salvador las",
        ),
        (
            "fr", "l’Ambassade des États-Unis", "le Ministère des Affaires étrangères",
            "L’Ambassade des États-Unis présente ses compliments au Ministère des Affaires étrangères et a",
            "L’Ambassade des États-Unis saisit cette occasion pour renouveler au Ministère des Affaires étrangères",
        ),
    ],
)  # fmt: skip
def test_the_courtesies(language: str, sender: str, addressee: str, first: str, last: str) -> None:
    note = replace(NOTE, language=language, sender=sender, addressee=addressee)
    assert note.first_words.startswith(first)
    assert note.last_words.startswith(last)


def test_another_courtesy_takes_the_place_of_the_usual_one() -> None:
    assert replace(NOTE, opening="Verbal note.").first_words == "Verbal note."
    assert replace(NOTE, closing="With thanks.").last_words == "With thanks."
    tricky = replace(NOTE, sender="{addressee}", addressee="{sender}")
    assert tricky.first_words.startswith("{addressee} presents its compliments to {sender} and")


def test_a_note_is_sealed_and_read_back() -> None:
    assert NoteContent.from_json(NOTE.to_json()) == NOTE
    assert NoteContent.from_json("no JSON at all").body == "no JSON at all"
    assert NoteContent.from_json("[1]").body == "[1]"
    assert NoteContent.from_json('{"body": "x", "other": 1}') == NoteContent("", "", "", "", "x")


def test_words_are_found_in_whatever_case() -> None:
    assert NOTE.has("embassy MARCH")
    assert not NOTE.has("embassy April")


@pytest.mark.parametrize(
    ("changed", "direction", "key", "field"),
    [
        ({"language": "de"}, "out", "unknown_language", "language"),
        ({"sender": " "}, "out", "required", "sender"),
        ({"addressee": ""}, "out", "required", "addressee"),
        ({"subject": ""}, "in", "required", "subject"),
        ({"body": ""}, "out", "required", "body"),
        ({"body": "x" * 20_001}, "in", "too_long", "body"),
        ({"subject": "a\x00b"}, "out", "control_characters", "subject"),
        ({"body": "a\u202eb"}, "out", "bidi_override", "body"),
    ],
)
def test_what_is_no_note_is_refused(changed: dict[str, str], direction: str, key: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.checked(replace(NOTE, **changed), direction)
    assert (refused.value.key, refused.value.field) == (key, field)


def test_a_note_that_came_in_needs_no_names() -> None:
    assert rules.checked(NoteContent("en", "", "", "Visas", ""), "in") == NoteContent("en", "", "", "Visas", "")


def test_numbers_and_days() -> None:
    assert rules.note_reference("MX", 2026, 3) == "MX/NV/2026/3"
    assert rules.counter("MX", "out", 2026) != rules.counter("MX", "in", 2026) != rules.counter("CA", "in", 2026)
    rules.check_days(dt.date(2026, 11, 22), dt.date(2026, 11, 22))
    for days, key in (
        ((None, None), "required"),
        ((dt.date(2026, 11, 22), dt.date(2026, 11, 21)), "answer_before_note"),
    ):
        with pytest.raises(Refusal, match=key):
            rules.check_days(*days)
