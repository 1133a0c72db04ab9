"""Papers: known by their content, named safely, seen by their audience alone."""

from __future__ import annotations

import io
import uuid
import zipfile

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain import documents as rules
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import party_key
from app.models import AuditRecord
from app.services import documents
from app.services.commitment_statements import NewStatement, state_commitment
from app.services.meeting_life import Paper as SentPaper
from app.services.updates import Evidence, add_note
from tests import story, world

PDF = b"%PDF-1.7\n1 0 obj\n"
LETTER = b"Received: by b\r\nFrom: carol@example.org\r\nDate: Thu, 19 Nov 2026 10:00:00 -0500\r\n\r\nYes.\r\n"


def package(*names: str, mimetype: str | None = None) -> bytes:
    """Return a zip with members of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (package("[Content_Types].xml", "word/document.xml"), rules.DOCX),
        (package("[Content_Types].xml", "xl/workbook.xml"), rules.XLSX),
        (package("content.xml", mimetype="application/vnd.oasis.opendocument.text"), rules.ODT),
        (LETTER, "message/rfc822"),
        (LETTER.replace(b"Yes.", "Sí.".encode("latin-1")), "message/rfc822"),
        ("Dijo que sí, a las diez.\n".encode(), "text/plain"),
        (b"\xef\xbb\xbfYes\r\n", "text/plain"),
        (b"Note: she rang at ten\nand said yes\n", "text/plain"),
    ],
)
def test_content_says_what_a_file_is(content: bytes, expected: str) -> None:
    assert rules.media_type_of(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03",
        b"GIF89a\x01\x00",
        b"<!doctype html><script>alert(1)</script>",
        b"\xef\xbb\xbf  <svg xmlns='http://www.w3.org/2000/svg'/>",
        b"{\\rtf1\\ansi}",
        b"#!/bin/sh\nrm -rf /\n",
        b"%!PS-Adobe-3.0\n",
        b"  \n\t ",
        b"plain until \x00 here",
        "Sí".encode("latin-1"),
        "yes".encode("utf-16"),
        package("readme.txt"),
        package("word/document.xml"),
        package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        package("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        package("[Content_Types].xml", "word/document.xml")[:-20],
        b"PK\x03\x04 no zip at all",
    ],
)
def test_other_content_is_not_kept(content: bytes) -> None:
    assert rules.media_type_of(content) is None
    with pytest.raises(Refusal) as refused:
        rules.check_paper(content, field="paper")
    assert (refused.value.key, refused.value.field) == ("file_type", "paper")


def test_an_empty_file_and_one_too_large_are_refused() -> None:
    with pytest.raises(Refusal, match="file_empty"):
        rules.check_paper(b"", field="paper")
    assert rules.check_paper(b"%PDF-".ljust(50 * 1024 * 1024, b" "), field="paper") == "application/pdf"
    with pytest.raises(Refusal) as refused:
        rules.check_paper(b"%PDF-".ljust(50 * 1024 * 1024 + 1, b" "), field="paper")
    assert (refused.value.key, refused.value.values) == ("file_too_large", {"limit": 50})


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("Nota verbal 12.pdf", "application/pdf", "Nota verbal 12.pdf"),
        ("Nota.PDF", "application/pdf", "Nota.pdf"),
        ("C:\\fakepath\\..\\note.pdf", "application/pdf", "note.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("invoice.pdf.exe", "application/pdf", "invoice.pdf.exe.pdf"),
        ("page.html", "text/plain", "page.html.txt"),
        ("re\u202efdp.exe", "application/pdf", "refdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "application/pdf", "aSet-Cookie_ x.pdf"),
        ('"quoted"<b>.png', "image/png", "_quoted__b_.png"),
        (".pdf", "application/pdf", "pdf.pdf"),
        ("   ", "application/pdf", "paper.pdf"),
        ("é" * 400 + ".pdf", "application/pdf", "é" * 146 + ".pdf"),
        ("re\u0301ponse.eml", "message/rfc822", "réponse.eml"),
    ],
)
def test_names_are_cleaned_and_end_as_their_type(name: str, media_type: str, expected: str) -> None:
    assert rules.clean_file_name(name, media_type) == expected


def test_a_paper_is_kept_for_its_audience_alone(database: Database) -> None:
    with database.write_session(world.viewer("ana")) as session:
        audience = session.audience({party_key("MX"), party_key("US")})
        kept = documents.keep_paper(session, file_name="Nota.pdf", content=PDF, audience_id=audience)
        paper_id = kept.id
        session.commit()

    with database.read_session(world.viewer("carol")) as session:
        found = documents.document(session, paper_id)
        assert (found.file_name, found.content, found.size, found.owner_party) == ("Nota.pdf", PDF, len(PDF), "MX")
        listed = documents.documents(session)
        assert [(paper.file_name, paper.meeting_reference) for paper in listed.papers] == [("Nota.pdf", None)]

    for key in ("benoit", "marta", "olga", "sam"):
        with database.read_session(world.viewer(key)) as session:
            with pytest.raises(NotFound):
                documents.document(session, paper_id)
            assert documents.documents(session) == documents.PaperPage((), 1, 1)


def test_a_paper_that_is_not_there_is_not_found(sqlite_database: Database) -> None:
    with sqlite_database.read_session(world.viewer("ana")) as session:
        with pytest.raises(NotFound):
            documents.document(session, uuid.UUID(int=7))
        with pytest.raises(NotFound):
            documents.documents(session, page=2)
        with pytest.raises(NotFound):
            documents.documents(session, page=0)


def test_the_record_holds_the_digest_not_the_name(sqlite_database: Database) -> None:
    with sqlite_database.write_session(world.viewer("ana")) as session:
        audience = session.audience({party_key("MX")})
        documents.keep_paper(session, file_name="Secreto.pdf", content=PDF, audience_id=audience)
        session.commit()
        record = session.execute(select(AuditRecord).where(AuditRecord.action == "document_added")).scalar_one()
    assert record.facts == {
        "digest": "f5117edb193052414d3b7496857953fd5c40d289c84ce675aa0bd361d40ffd76",
        "media_type": "application/pdf",
        "size": 17,
    }


def test_a_paper_tells_what_it_belongs_to(told: Database) -> None:
    """A meeting's answer, an action's note, a commitment's statement: each by its reference, to who sees both."""
    action, commitment = f"{story.HIDDEN}-A01", f"{story.HIDDEN}-C01"
    said = NewStatement("under_way", "Under way.", "en", as_of_on=world.NOW.date(), file=("Said.pdf", PDF))
    with told.write_session(world.viewer("ana")) as session:
        add_note(session, action, "See the note.", "en", Evidence(paper=SentPaper("Note.pdf", PDF)))
        state_commitment(session, commitment, "MX", said)
        session.commit()
    with told.read_session(world.viewer("carol")) as session:
        listed = {paper.file_name: paper for paper in documents.documents(session).papers}
    assert (listed["Note.pdf"].action_reference, listed["Note.pdf"].commitment_ref) == (action, None)
    assert (listed["Said.pdf"].action_reference, listed["Said.pdf"].commitment_ref) == (None, commitment)
