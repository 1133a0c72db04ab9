"""Papers over HTTP: saved, never run, and only by those who may see them."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from app.db import Database
from app.domain.visibility import party_key
from app.services.documents import keep_paper
from app.web.documents.routes import attachment
from tests import world
from tests.conftest import CheckingClient

PDF = b"%PDF-1.7\n1 0 obj\n"
Client = Callable[[str | None], CheckingClient]


def keep(database: Database, file_name: str = "Nota verbal.pdf", content: bytes = PDF) -> uuid.UUID:
    """Keep a paper of Mexico and the United States."""
    with database.write_session(world.viewer("ana")) as session:
        audience = session.audience({party_key("MX"), party_key("US")})
        kept = keep_paper(session, file_name=file_name, content=content, audience_id=audience).id
        session.commit()
    return kept


def test_a_paper_is_handed_over_as_a_file_to_be_saved(database: Database, client_for: Client) -> None:
    response = client_for("carol").get(f"/documents/{keep(database)}")
    assert response.status_code == 200
    assert response.get_data() == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"Nota verbal.pdf\"; filename*=UTF-8''Nota%20verbal.pdf"
    )
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("key", ["benoit", "sam", "olga", "marta"])
def test_others_find_nothing(database: Database, client_for: Client, key: str) -> None:
    client = client_for(key)
    seen = client.get(f"/documents/{keep(database)}")
    missing = client.get(f"/documents/{uuid.UUID(int=7)}")
    assert (seen.status_code, missing.status_code) == (404, 404)
    assert "Nota" not in client.get("/documents/files").get_data(as_text=True)


def test_who_is_not_signed_in_is_sent_to_sign_in(database: Database, client_for: Client) -> None:
    response = client_for(None).get(f"/documents/{keep(database)}")
    assert response.status_code == 303
    assert response.location.startswith("/login")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("réponse.eml", "attachment; filename=\"reponse.eml\"; filename*=UTF-8''r%C3%A9ponse.eml"),
        ("ноты.pdf", "attachment; filename=\".pdf\"; filename*=UTF-8''%D0%BD%D0%BE%D1%82%D1%8B.pdf"),
        ('a"b;c.pdf', "attachment; filename=\"a_b_c.pdf\"; filename*=UTF-8''a%22b%3Bc.pdf"),
        ("a\r\nX: y.pdf", "attachment; filename=\"a__X_ y.pdf\"; filename*=UTF-8''a%0D%0AX%3A%20y.pdf"),
    ],
)
def test_no_name_breaks_out_of_its_header(name: str, expected: str) -> None:
    assert attachment(name) == expected


def test_the_list_of_papers(database: Database, client_for: Client) -> None:
    client = client_for("carol")
    assert "There is no paper that you can see." in client.get("/documents/files").get_data(as_text=True)
    keep(database, "<b>Nota</b>.pdf")
    page = client.get("/documents/files").get_data(as_text=True)
    assert "_b_Nota__b_.pdf" not in page
    assert "b_.pdf" in page
    assert client.get("/documents/files?page=2").status_code == 404
    assert client.get("/documents/files?page=x").status_code == 404
