"""Revisions of a text: issued with a number, kept as they were, and compared."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.differences import Numbered, ParagraphChange, differences
from app.domain.errors import NotFound, Refusal
from app.domain.markdown import parse
from app.domain.markdown_writing import to_plain
from app.domain.name_orders import Names, filled
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action
from app.models import AgreedText, Person, TextRevision
from app.services.text_edits import open_text
from app.services.text_languages import names_for
from app.services.texts import WholeText, numbers_of, whole_text

NOTE_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """A revision as a list shows it, with the name of who issued it (to those who may know it)."""

    revision: TextRevision
    author: str | None


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A text as it was issued, or as it stands (`number` None), in one language.

    `numbers` are those of its paragraphs by their places from 1; a heading has none.
    """

    number: int | None
    title: str
    paragraphs: tuple[Numbered[str], ...]
    numbers: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one version of a text became another in one language."""

    earlier: TextVersion
    later: TextVersion
    changes: tuple[ParagraphChange[str], ...]

    @property
    def changed_count(self) -> int:
        """Return how many paragraphs differ or have moved."""
        return sum(each.kind != "same" or each.is_moved for each in self.changes)


def issue_revision(session: GuardedSession, reference: str, note: str) -> TextRevision:
    """Issue the text as it stands as its next revision, which never changes, in all its languages.

    Raises what `open_text` raises; `Refusal` `text_empty`, `text_unchanged`, and what texts raise.
    """
    text = open_text(session, reference, Action.ISSUE_TEXT)
    whole = whole_text(session, text)
    if not any(each.markdown(text.original_language) for each in whole.paragraphs):
        raise Refusal("text_empty")
    content = content_of(whole)
    last = find_revision(session, text, text.revision) if text.revision else None
    if last is not None and last.content == content:
        raise Refusal("text_unchanged")
    hashes = {language: whole.hash_in(language) for language in sorted(text.title.keys() | _languages_of(whole))}
    row = TextRevision(
        id=uuid.uuid4(), text_id=text.id, number=text.revision + 1, content=content, hashes=hashes,
        content_hash=hashes[text.original_language], note=paragraphs(note, "note", NOTE_LIMIT) or None,
        issued_by=session.bound_viewer.person_id, issued_party=session.bound_viewer.party, issued_at=session.now,
        audience_id=text.audience_id,
    )  # fmt: skip
    session.add(row)
    text.revision, text.changed_at = row.number, session.now
    session.flush()
    session.record(
        "text_issued", "text", text.id, text.audience_id, reference=text.reference, revision=row.number,
        hash=row.content_hash,
    )  # fmt: skip
    return row


def content_of(whole: WholeText) -> dict[str, Any]:
    """Return a text as a revision keeps it: title, paragraphs with their wordings, reservations."""
    return {
        "title": dict(whole.text.title),
        "original": whole.text.original_language,
        "paragraphs": [
            {
                "id": str(each.id),
                "kind": each.kind,
                "wordings": {language: row.markdown for language, row in sorted(each.wordings.items())},
            }
            for each in whole.paragraphs
        ],
        "reservations": [
            {
                "id": str(each.id),
                "party": each.party_code,
                "kind": each.kind,
                "paragraph": str(each.paragraph_id) if each.paragraph_id else None,
                "wording": dict(each.wording),
            }
            for each in whole.reservations
        ],
    }


def revisions_of(session: GuardedSession, text: AgreedText) -> tuple[RevisionLine, ...]:
    """Return the revisions of a text, the newest first; one statement."""
    rows = session.execute(
        select(TextRevision, Person.name)
        .outerjoin(Person, Person.id == TextRevision.issued_by)
        .where(TextRevision.text_id == text.id)
        .order_by(TextRevision.number.desc())
    ).all()
    return tuple(RevisionLine(row, name) for row, name in rows)


def find_revision(session: GuardedSession, text: AgreedText, number: int) -> TextRevision:
    """Return a revision of a text by its number; raises `NotFound`."""
    found = session.execute(
        select(TextRevision).where(TextRevision.text_id == text.id, TextRevision.number == number)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def compare_versions(
    session: GuardedSession, text: AgreedText, earlier: int, later: int | None, language: str
) -> Comparison:
    """Return how a revision became a later one, or (None) the text as it stands; raises `NotFound`."""
    names = names_for(session, text, language)
    first = _version(earlier, find_revision(session, text, earlier).content, names)
    if later is not None:
        second = _version(later, find_revision(session, text, later).content, names)
    else:
        second = _version(None, content_of(whole_text(session, text)), names)
    return Comparison(first, second, differences(first.paragraphs, second.paragraphs))


def _version(number: int | None, content: Mapping[str, Any], names: Names) -> TextVersion:
    """Return a version in the language of the names; a paragraph without a wording in it has no words."""
    title = str(content["title"].get(names.language, ""))
    rows: Sequence[Mapping[str, Any]] = content["paragraphs"]
    said = ((row["id"], filled(row["wordings"].get(names.language, ""), names)) for row in rows)
    numbers = numbers_of((place, str(row["kind"])) for place, row in enumerate(rows, start=1))
    return TextVersion(number, title, tuple(Numbered(str(key), readable(markdown)) for key, markdown in said), numbers)


def readable(markdown: str) -> str:
    """Return a wording as it is compared: its words, without the marks of Markdown."""
    return to_plain(parse(markdown, has_brackets=True))


def _languages_of(whole: WholeText) -> set[str]:
    return {language for each in whole.paragraphs for language in each.wordings} | {whole.text.original_language}
