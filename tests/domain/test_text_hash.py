"""The content hash: literal values, since what was signed years ago must still be what it was."""

from __future__ import annotations

import uuid

import pytest

from app.domain.text_hash import Said, canonical, content_hash, short_hash

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
PARAGRAPHS = (Said(ONE, "paragraph", "They will meet."), Said(TWO, "paragraph", "Se reunirán."))


def test_of_a_text():
    assert content_hash("joint_statement", "en", "Joint statement", PARAGRAPHS) == (
        "946ba717a101b85031aea710016fc0298e3b6c0452dc649cab2b43b8d448c81c"
    )


def test_of_an_empty_text():
    assert content_hash("minutes", "fr", "", ()) == "8f43ff52f0feed2c64fedfc9ccaad03808934e46bace001a13edd485526a4a49"


@pytest.mark.parametrize(
    "other",
    [
        ("minutes", "en", "Joint statement", PARAGRAPHS),
        ("joint_statement", "es", "Joint statement", PARAGRAPHS),
        ("joint_statement", "en", "Joint Statement", PARAGRAPHS),
        ("joint_statement", "en", "Joint statement", PARAGRAPHS[::-1]),
        ("joint_statement", "en", "Joint statement", PARAGRAPHS[:1]),
        ("joint_statement", "en", "Joint statement", (PARAGRAPHS[0]._replace(paragraph_id=TWO), PARAGRAPHS[1])),
        ("joint_statement", "en", "Joint statement", (PARAGRAPHS[0]._replace(kind="heading"), PARAGRAPHS[1])),
        ("joint_statement", "en", "Joint statement", (PARAGRAPHS[0]._replace(wording="They meet."), PARAGRAPHS[1])),
        ("joint_statement", "en", "Joint statement", (Said(ONE, "paragraph", "They will meet.Se reunirán."),)),
    ],
)
def test_whatever_is_agreed_changes_it(other):
    assert content_hash(*other) != content_hash("joint_statement", "en", "Joint statement", PARAGRAPHS)


@pytest.mark.parametrize(
    ("words", "form"),
    [
        ("reunira\u0301n", "reunirán"),
        ("one \r\ntwo\rthree", "one\ntwo\nthree"),
        ("\none\t\n", "one"),
        ("  two  words", "  two  words"),
    ],
)
def test_what_reads_the_same_is_the_same(words, form):
    assert canonical(words) == form
    said = [content_hash("minutes", "en", "", [Said(ONE, "paragraph", each)]) for each in (words, form)]
    assert said[0] == said[1]


def test_as_people_compare_them():
    assert short_hash("7f3a91c2" + "0" * 56) == "7f3a 91c2"
