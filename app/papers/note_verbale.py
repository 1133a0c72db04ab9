"""A note verbale as a paper: a tagged PDF and a text document, unsigned, with a place for initials and stamp."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

import docx
from docx.shared import Pt

from app.papers.rendering import date_parts, render_pdf
from app.papers.report_docx import LOCALES, clean, same_bytes, set_language


@dataclass(frozen=True)
class NotePaper:
    """All that a note shows, in its own language; `dated` (aware) makes the same note the same bytes."""

    language: str
    reference: str
    heading: str
    subject: str
    paragraphs: tuple[str, ...]
    day: str
    addressee: str
    initials: str
    dated: dt.datetime


def note_pdf(paper: NotePaper) -> bytes:
    """Return the note as a tagged PDF (PDF/UA-1, Letter); raises `Refusal("paper_too_long")`."""
    data = {
        "language": paper.language, "reference": paper.reference, "heading": paper.heading, "subject": paper.subject,
        "paragraphs": list(paper.paragraphs), "day": paper.day, "addressee": paper.addressee,
        "initials": paper.initials,
        "document": {"title": f"{paper.heading} {paper.reference}", **date_parts(paper.dated)},
    }  # fmt: skip
    return render_pdf("note_verbale.typ", data, paper.dated)


def note_docx(paper: NotePaper) -> bytes:
    """Return the note as a text document, the same bytes for the same note; no person is named as its author."""
    document = docx.Document()
    told = document.core_properties
    told.title, told.author, told.last_modified_by = clean(f"{paper.heading} {paper.reference}"), "Entente", "Entente"
    told.language, told.comments, told.revision = LOCALES[paper.language], "", 1
    told.created = told.modified = paper.dated.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    styles: Any = document.styles
    styles["Normal"].font.size = Pt(11)
    set_language(styles["Normal"].element.get_or_add_rPr(), paper.language)
    document.add_paragraph(clean(paper.reference))
    document.add_heading(clean(paper.heading), level=1)
    if paper.subject:
        document.add_paragraph().add_run(clean(paper.subject)).bold = True
    for said in paper.paragraphs:
        document.add_paragraph(clean(said))
    document.add_paragraph(clean(paper.day))
    document.add_paragraph(clean(paper.initials))
    document.add_paragraph(clean(paper.addressee))
    written = io.BytesIO()
    document.save(written)
    return same_bytes(written.getvalue())
