"""Papers that are taken away: who gets which, in which form and language; and forms of one's own."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.domain.documents import DOCX
from app.keys import KeyRing
from app.models import PaperTemplate
from app.models.sealed import use_keys
from app.papers.docx_forms import own_form
from config import Settings
from tests import story, world
from tests.conftest import client_of, make_app, readable
from tests.papers.test_prose import words_of_docx

MEETING = f"/meetings/{story.SHARED}"
HIDDEN = f"/meetings/{story.HIDDEN}"
TEXT = f"/texts/{story.SHARED}-T1"
TABLE = {"ana", "diego", "lucia", "benoit", "isabelle", "adaeze", "carol", "daniel", "erin"}
CHAIRS = {"ana", "lucia", "isabelle", "adaeze", "carol", "erin", "sam"}
# One of each kind of viewer; the whole cast asks in the matrix.
KINDS = ("ana", "diego", "benoit", "isabelle", "carol", "sam", "olga", "marta", None)
# What each address gives, and to whom.
GIVEN: dict[str, tuple[set[str], str]] = {
    f"{MEETING}/briefing-book.pdf": (TABLE, "application/pdf"),
    f"{MEETING}/chairs-pack.pdf": (CHAIRS, "application/pdf"),
    f"{MEETING}/papers": (TABLE | {"sam"}, "text/html"),
    f"{MEETING}/agenda.pdf?in=en&in=fr": (TABLE | {"sam"}, "application/pdf"),
    f"{MEETING}/agenda.docx?in=es": (TABLE | {"sam"}, DOCX),
    f"{MEETING}/agenda.md?in=fr&in=&in=en": (TABLE | {"sam"}, "text/markdown"),
    f"{MEETING}/annotated-agenda.pdf?in=en&in=es&in=fr": (TABLE | {"sam"}, "application/pdf"),
    f"{MEETING}/annotated-agenda.docx": (TABLE | {"sam"}, DOCX),
    f"{MEETING}/annotated-agenda.md": (TABLE | {"sam"}, "text/markdown"),
    f"{TEXT}/text.pdf?in=en&in=es&in=fr": (TABLE | {"sam"}, "application/pdf"),
    f"{TEXT}/text.docx?in=en": (TABLE | {"sam"}, DOCX),
    f"{TEXT}/text.md": (TABLE | {"sam"}, "text/markdown"),
    f"{HIDDEN}/briefing-book.pdf": (TABLE - {"benoit", "isabelle", "adaeze"}, "application/pdf"),
    f"{HIDDEN}/chairs-pack.pdf": ({"ana", "lucia", "carol", "erin"}, "application/pdf"),
    f"{HIDDEN}/annotated-agenda.md": (TABLE - {"benoit", "isabelle", "adaeze"}, "text/markdown"),
    "/documents/forms": (TABLE | {"sam"}, "text/html"),
    "/documents/forms/ours.docx": (TABLE | {"sam"}, DOCX),
}
REFUSED = (f"{MEETING}/agenda.md?in=de", f"{MEETING}/agenda.md?of=MXUS", f"{MEETING}/annotated-agenda.md?of=CA")


@pytest.fixture(scope="module")
def read_app(
    sqlite_story: Path, key_ring: KeyRing, keys_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Return the app on the told story; nothing is written to it."""
    folder = tmp_path_factory.mktemp("take_away")
    shutil.copy(sqlite_story, folder / "told.db")
    use_keys(key_ring)
    database = Database(f"sqlite:///{folder}/told.db", folder / "locks", clock=lambda: world.NOW)
    environment = {"SECRET_KEY": "x" * 32, "ENTENTE_DATA": str(folder), "ENTENTE_KEYS": str(keys_folder)}
    yield make_app(Settings.from_environment(environment), database)
    database.engine.dispose()


@pytest.mark.parametrize("address", GIVEN)
def test_a_paper_is_given_to_those_whose_it_is_and_is_not_there_for_others(read_app: Flask, address: str) -> None:
    """The bytes, their metadata and the names of the files are read for canaries by the client itself."""
    whose, media_type = GIVEN[address]
    for key in KINDS:
        response = client_of(read_app, key).get(address)
        if key in whose:
            assert (response.status_code, response.mimetype) == (200, media_type), (key, address)
            assert readable(media_type, response.get_data()).strip()
        else:
            assert response.status_code == (404 if key else 303), (key, address)


def test_papers_are_read_behind_the_locks_of_each_engine(settings: Settings, told: Database) -> None:
    app = make_app(settings, told)
    for address in GIVEN:
        status = client_of(app, "isabelle").get(address).status_code
        assert status == (200 if "isabelle" in GIVEN[address][0] else 404), address


@pytest.mark.parametrize("address", REFUSED)
def test_what_cannot_be_asked_for_is_not_there(read_app: Flask, address: str) -> None:
    assert client_of(read_app, "ana").get(address).status_code == 404


def test_a_paper_says_its_languages_and_is_saved_unless_it_is_a_pdf(read_app: Flask) -> None:
    client = client_of(read_app, "benoit")
    client.get("/profile?lang=fr")
    saved = client.get(f"{MEETING}/annotated-agenda.docx?in=es&in=en")
    assert saved.headers["Content-Language"] == "es, en"
    assert saved.headers["Content-Disposition"] == (
        f'attachment; filename="{story.SHARED}-annotated-agenda-es-en.docx"'
    )
    shown = client.get(f"{MEETING}/chairs-pack.pdf?in=es")
    assert shown.status_code == 404  # an official does not chair
    assert client.get(f"{MEETING}/briefing-book.pdf?in=es").headers["Content-Disposition"].startswith("inline")
    assert 'lang="fr"' in client.get("/profile").get_data(as_text=True)[:400]  # a paper changes no one's language


def test_pages_lead_to_papers(read_app: Flask) -> None:
    for key, leads in (("ana", True), ("sam", False)):
        page = client_of(read_app, key).get(MEETING).get_data(as_text=True)
        assert f"{MEETING}/papers" in page
        assert (f"{MEETING}/briefing-book.pdf" in page) == leads
        assert f"{MEETING}/papers" in client_of(read_app, key).get(f"{MEETING}/agenda").get_data(as_text=True)
    page = client_of(read_app, "ana").get(TEXT).get_data(as_text=True)
    assert all(f"{TEXT}/text.{form}" in page for form in ("pdf", "docx", "md"))
    offered = client_of(read_app, "diego").get(f"{MEETING}/papers").get_data(as_text=True)
    assert "briefing-book.pdf" in offered
    assert "chairs-pack.pdf" not in offered


# Forms ---------------------------------------------------------------------------------------------


@pytest.fixture
def app(settings: Settings, make_database: Callable[..., Database]) -> Iterator[Flask]:
    """Return the app on a told story of its own."""
    database = make_database("sqlite", "story")
    yield make_app(settings, database)
    database.engine.dispose()


def a_form(*lines: str) -> bytes:
    """Return a form with these lines, which names whoever wrote it wherever a text document can."""
    document = docx.Document(io.BytesIO(own_form()))
    for line in lines:
        document.add_paragraph(line)
    document.core_properties.author = "zz clerk"
    written = io.BytesIO()
    document.save(written)
    changed = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/app.xml":
                content = content.replace(b"<Company></Company>", b"<Company>zz ministry</Company>")
            new.writestr(name, content)
    return changed.getvalue()


def put(app: Flask, key: str, content: bytes, **more: str) -> Any:
    """Put a form in the place of ours."""
    data = {"kind": "outcome", "whose": "", "file": (io.BytesIO(content), "briefkopf.docx"), **more}
    return client_of(app, key).post("/documents/forms/put", data=data, content_type="multipart/form-data")


def test_a_form_stands_for_its_own_side_until_it_goes_back_to_ours(app: Flask) -> None:
    assert put(app, "ana", a_form("Zz Letterhead of a ministry")).status_code == 303
    found = client_of(app, "diego").get(f"{TEXT}/text.docx?in=en").get_data()
    assert "Zz Letterhead of a ministry" in words_of_docx(found)
    assert "zz" not in readable(DOCX, found).replace("zzcanary", "").replace("Zz Letterhead", "")  # nobody is named
    for other in ("benoit", "sam"):
        assert "Letterhead" not in words_of_docx(client_of(app, other).get(f"{TEXT}/text.docx?in=en").get_data())
        assert "briefkopf" not in client_of(app, other).get("/documents/forms").get_data(as_text=True)
    client = client_of(app, "ana")
    assert "briefkopf.docx" in client.get("/documents/forms").get_data(as_text=True)
    theirs = client.get("/documents/forms/theirs.docx?kind=outcome")
    assert "attachment" in theirs.headers["Content-Disposition"]
    assert "Zz Letterhead" in words_of_docx(theirs.get_data())
    assert "briefkopf.docx" in client.get("/documents/forms/drop?kind=outcome").get_data(as_text=True)
    assert client.post("/documents/forms/drop", data={"kind": "outcome"}).status_code == 303
    assert "Letterhead" not in words_of_docx(client.get(f"{TEXT}/text.docx?in=en").get_data())
    assert client.get("/documents/forms/drop?kind=outcome").status_code == 404
    with app.extensions["entente.database"].system_session("see what is kept") as session:
        kept = session.execute(select(PaperTemplate).where(PaperTemplate.kind == "outcome")).scalars().all()
    assert [row.replaced_at is not None for row in kept] == [True]


def test_who_serves_several_says_for_whom(app: Flask) -> None:
    hats = sorted((world.appointment_id(ref) for ref in ("M01", "M02", "M03")), key=str)
    page = client_of(app, "sam").get("/documents/forms/put").get_data(as_text=True)
    assert all(str(hat) in page for hat in hats)
    assert put(app, "sam", a_form("Of the joint team"), whose=str(world.appointment_id("M01"))).status_code == 303
    assert put(app, "sam", a_form("Of another team"), whose=str(world.appointment_id("M02"))).status_code == 303
    found = words_of_docx(client_of(app, "sam").get(f"{TEXT}/text.docx?in=en").get_data())
    assert ("Of the joint team" in found, "Of another team" in found) == (True, False)  # the text is of M01
    assert put(app, "sam", a_form("Of nobody")).status_code == 404
    assert put(app, "ana", a_form("Of others"), whose=str(world.appointment_id("M01"))).status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "file"),
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "(DOCX)"),
        (b"PK\x03\x04 not a package", ""),
        (a_form("{{ secret }}"), "secret"),
    ],
    ids=["nothing", "pdf", "broken", "unknown_field"],
)
def test_what_is_no_form_is_refused_and_nothing_changes(app: Flask, content: bytes, said: str) -> None:
    response = put(app, "ana", content)
    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert said in page
    assert 'value="outcome" selected' in page  # what was chosen is kept
    assert "briefkopf" not in client_of(app, "ana").get("/documents/forms").get_data(as_text=True)


def test_a_kind_that_is_none_is_not_there(app: Flask) -> None:
    assert put(app, "ana", a_form(), kind="letter").status_code == 404
    assert client_of(app, "ana").get("/documents/forms/theirs.docx?kind=agenda").status_code == 404
    assert client_of(app, "olga").get("/documents/forms").status_code == 404
    assert client_of(app, "marta").get("/documents/forms").status_code == 404
