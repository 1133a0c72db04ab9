"""A note verbale put into words for printing, in its own language: as a tagged PDF and as a text document."""

from __future__ import annotations

import uuid

from app import words
from app.db import GuardedSession
from app.domain.errors import NotFound
from app.papers.note_verbale import NotePaper, note_docx, note_pdf
from app.services.notes_verbales import NoteLine, note_view


def note_paper(session: GuardedSession, line: NoteLine) -> NotePaper:
    """Return a note that goes out as a paper; raises `NotFound` for one that came in, or that does not open now."""
    content = line.content
    if line.note.direction != "out" or content is None:
        raise NotFound
    language = content.language if content.language in words.LANGUAGES else "en"
    gettext = words.translations(language).gettext
    return NotePaper(
        language=language,
        reference=line.note.reference,
        heading=gettext("NOTE VERBALE"),
        subject=content.subject,
        paragraphs=(content.first_words, *(each for each in content.body.split("\n") if each), content.last_words),
        day=words.date_plain(line.note.dated_on, language),
        addressee=content.addressee[:1].upper() + content.addressee[1:],
        initials=gettext("[initials and stamp]"),
        dated=session.now,
    )


def note_file(session: GuardedSession, note_id: uuid.UUID, ending: str) -> tuple[str, bytes]:
    """Return the file name and the bytes of a note as `pdf` or `docx`; raises `NotFound`, `Refusal`."""
    paper = note_paper(session, note_view(session, note_id).line)
    name = f"{paper.reference.replace('/', '-')}.{ending}"
    return name, note_pdf(paper) if ending == "pdf" else note_docx(paper)
