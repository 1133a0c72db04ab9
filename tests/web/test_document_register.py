"""Documents over HTTP: filed, shown, narrowed, translated, amended; what was typed is kept, and nobody else sees it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.db import Database
from config import Settings
from tests import story
from tests.conftest import CheckingClient, client_of, make_app

PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def told(make_database: Callable[..., Database]) -> Iterator[Database]:
    made = make_database("sqlite", "story")
    yield made
    made.engine.dispose()


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    return make_app(settings, told)


def post(client: CheckingClient, path: str, form: dict[str, object], read: str | None = None) -> TestResponse:
    """Send a form with the tokens of its page."""
    page = client.get(read or path).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    version = re.search(r'name="version" value="([^"]+)"', page)
    sent = {"csrf_token": token[1] if token else "", **({"version": version[1]} if version else {}), **form}
    return client.post(path, data=sent)


def form(**changed: object) -> dict[str, object]:
    return {
        "meeting": story.SHARED, "title_en": "Peace operations", "kind": "paper", "original_language": "en",
        "handling_step": "parties", "language_es": "requested", "language_fr": "not_needed",
        "file": (io.BytesIO(PDF), "Note.pdf"), **changed,
    }  # fmt: skip


NEW = f"/documents/new?meeting={story.SHARED}"


def filed(client: CheckingClient, **changed: object) -> str:
    response = post(client, "/documents/new", form(**changed), NEW)
    assert response.status_code == 303, response.get_data(as_text=True)
    return response.location


def text(response: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_a_document_is_filed_and_shown_on_its_meeting(app: Flask) -> None:
    ana, benoit = client_of(app, "ana"), client_of(app, "benoit")
    assert filed(ana, marking="PROTECTED A", release_on="2026-12-01", release_time="9:00", release_zone="America/Mexico_City") == "/documents/UNC-2026-1"  # fmt: skip  # noqa: E501
    page = text(benoit.get("/documents/UNC-2026-1"))
    for words in ("Peace operations", "UNC/2026/1", "PROTECTED A", "Note.pdf"):
        assert words in page
    assert "Mexico" in page or "Mexique" in page
    assert "UNC/2026/1" in text(benoit.get(f"/meetings/{story.SHARED}"))
    assert "UNC/2026/1" in text(benoit.get("/documents"))
    assert "UNC/2026/1" in text(benoit.get("/documents?language=es&state=requested"))
    assert "UNC/2026/1" not in text(benoit.get("/documents?language=fr&state=requested"))


def test_what_only_some_read_is_nowhere_for_the_others(app: Flask) -> None:
    ana = client_of(app, "ana")
    address = filed(ana, handling_step="delegations", named=["US"], title_en="Joint border note")
    assert address == "/documents/UNC-2026-MXUS-1"
    assert client_of(app, "carol").get(address).status_code == 200
    for key in ("benoit", "sam", "olga", "colin"):
        client = client_of(app, key)
        assert client.get(address).status_code == 404
        assert client.get(f"{address}/edit").status_code == 404
        assert client.get("/documents/UNC-2026-MXUS-77").get_data() is not None
        if key in {"benoit", "sam"}:
            seen = text(client.get(f"/meetings/{story.SHARED}")) + text(client.get("/documents"))
            assert "border" not in seen
            assert "UNC/2026/MXUS" not in seen


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"marking": "SECRET//NOFORN"}, "national ladder of classified information"),
        ({"marking": "(S//NF)"}, "mark of a classified paragraph"),
        ({"marking": "Confidencial"}, "where it means privacy"),
        ({"file": (io.BytesIO(b"<script>alert(1)</script>"), "x.pdf")}, "Files of this kind"),
        ({"file": (io.BytesIO(PDF + b"<< /S /JavaScript >>"), "x.pdf")}, "something that runs"),
        ({"handling_step": "persons"}, "Choose the persons who read it."),
        ({"release_on": "2026-12-01"}, "both the day and the time"),
        ({"release_on": "2027-11-07", "release_time": "1:30", "release_zone": "America/New_York"}, "which one?"),
        ({"lead_weeks": "99"}, "between -12 and 52"),
        ({"lead_weeks": "ten"}, None),
        ({"due_on": "31/12/2026"}, None),
        ({"title_en": ""}, None),
        ({"title_en": "x" * 301}, "300 characters"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    app: Flask, changed: dict[str, object], words: str | None
) -> None:
    carol = client_of(app, "carol")
    sent = form(**{"marking": "CUI//SP-PRVCY", **changed})
    response = post(carol, "/documents/new", sent, NEW)
    assert response.status_code == 422
    assert str(sent["marking"]) in response.get_data(as_text=True)
    assert words is None or words in text(response)
    assert "UNC/2026/1" not in text(carol.get("/documents"))


def test_a_file_is_saved_and_never_run(app: Flask) -> None:
    ana = client_of(app, "ana")
    page = ana.get(filed(ana)).get_data(as_text=True)
    link = re.search(r'href="(/documents/[0-9a-f-]{36})"', page)
    assert link
    response = client_of(app, "benoit").get(link[1])
    assert response.get_data() == PDF
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_document_is_changed_and_the_loser_of_a_race_sees_both(app: Flask) -> None:
    ana = client_of(app, "ana")
    address = filed(ana)
    old = ana.get(f"{address}/edit").get_data(as_text=True)
    version = re.search(r'name="version" value="([^"]+)"', old)
    assert version
    changed = {key: value for key, value in form(title_en="First").items() if key != "file"}
    assert post(ana, f"{address}/edit", changed).status_code == 303
    lost = post(ana, f"{address}/edit", {**changed, "title_en": "Second", "version": version[1]})
    assert lost.status_code == 409
    assert "First" in text(lost)
    assert "Second" in lost.get_data(as_text=True)


def test_versions_in_other_languages(app: Flask) -> None:
    ana, benoit = client_of(app, "ana"), client_of(app, "benoit")
    address = filed(ana)
    nota: dict[str, object] = {"state": "draft", "translated_from": "en", "file": (io.BytesIO(PDF), "Nota.pdf")}
    assert post(benoit, f"{address}/languages/es", nota).status_code == 303
    assert "Nota.pdf" in text(ana.get(address))
    refused = post(benoit, f"{address}/languages/fr", {"state": "cleared"})
    assert refused.status_code == 422
    assert '<option value="en" selected>' in benoit.get(f"{address}/languages/fr").get_data(as_text=True)
    asked_for: dict[str, object] = {"state": "not_needed", "file": (io.BytesIO(PDF), "Note (fr).pdf")}
    assert post(benoit, f"{address}/languages/fr", asked_for).status_code == 303
    assert "Note (fr).pdf" in text(ana.get(address))
    stale = post(benoit, f"{address}/languages/es", {"state": "cleared", "version": "1"})
    assert stale.status_code == 409
    assert benoit.get(f"{address}/languages/de").status_code == 404


def test_a_revision_and_a_withdrawal(app: Flask) -> None:
    ana, benoit = client_of(app, "ana"), client_of(app, "benoit")
    address = filed(ana)
    sent: dict[str, object] = {
        "kind": "Rev",
        "title_en": "Again",
        "language": "en",
        "file": (io.BytesIO(PDF), "Note 2.pdf"),
    }
    revised = post(ana, f"{address}/amend", sent)
    assert revised.location == "/documents/UNC-2026-1-Rev.1"
    assert "UNC/2026/1/Rev.1" in text(benoit.get(address))
    assert post(ana, f"{address}/amend", {"kind": "Rev", "title_en": "x", "language": "en"}).status_code == 422
    assert benoit.get(f"{address}/amend").status_code == 403
    assert post(ana, f"{address}/withdraw", {}, address).status_code == 303
    assert "withdrawn" in text(client_of(app, "carol").get(address))


def test_papers_of_items(app: Flask) -> None:
    ana = client_of(app, "ana")
    address = filed(ana)
    page = ana.get(address).get_data(as_text=True)
    item = re.search(r'<option value="([0-9a-f-]{36})"', page)
    assert item
    assert post(ana, f"{address}/items", {"item": item[1]}, address).status_code == 303
    for path, sent in (("move", {"direction": "up"}), ("move", {"direction": "down"}), ("detach", {})):
        assert post(ana, f"{address}/items/{item[1]}/{path}", dict(sent), address).status_code == 303
    assert post(ana, f"{address}/items", {"item": "x"}, address).status_code == 404
    assert post(ana, f"{address}/items/{item[1]}/move", {"direction": "left"}, address).status_code == 404


@pytest.mark.parametrize(
    "narrowed", ["symbol=%25", "meeting=../x", "mechanism=x", "language=xx", "state=zz", "due=maybe"]
)
def test_a_filter_that_nothing_answers_to_gives_no_rows(app: Flask, narrowed: str) -> None:
    carol = client_of(app, "carol")
    assert "No document that you can see answers to this." in text(carol.get(f"/documents?{narrowed}"))
    assert carol.get("/documents?page=9").status_code == 404


def test_nothing_is_filed_without_a_table(app: Flask) -> None:
    ana = client_of(app, "ana")
    assert ana.get("/documents/new").status_code == 404
    assert ana.get("/documents/new?mechanism=nothing").status_code == 404
    assert client_of(app, "benoit").get(f"/documents/new?meeting={story.HIDDEN}").status_code == 404
    assert ana.get("/documents/new?mechanism=un-coordination").status_code == 200


def test_what_is_due_stands_on_the_first_page(app: Flask) -> None:
    carol = client_of(app, "carol")
    assert post(carol, "/documents/new", {**form(due_on="2026-11-01"), "file": ""}, NEW).status_code == 303
    page = text(carol.get("/"))
    assert "A document that your side owes" in page
    assert "UNC/2026/1" in page
    assert "UNC/2026/1" not in text(client_of(app, "benoit").get("/"))


def test_notes_verbales_over_http(app: Flask) -> None:
    carol = client_of(app, "carol")
    note = {
        "direction": "out", "language": "en", "sender": "the Department of State", "addressee": "the Embassy of Canada",
        "subject": "Salmon", "body": "It proposes a meeting.", "dated_on": "2026-11-22", "other_party": "CA",
    }  # fmt: skip
    refused = post(carol, "/documents/notes/new", {**note, "subject": ""})
    assert refused.status_code == 422
    assert "It proposes a meeting." in refused.get_data(as_text=True)
    assert post(carol, "/documents/notes/new", {**note, "meeting": "UNC-2026-77"}).status_code == 422
    address = post(carol, "/documents/notes/new", dict(note)).location
    page = text(carol.get(address))
    assert "US/NV/2026/1" in page
    assert "The Department of State presents its compliments to the Embassy of Canada" in page
    assert "Salmon" in text(carol.get("/documents/notes?q=salmon"))
    assert "Salmon" not in text(carol.get("/documents/notes?q=cod"))
    for ending, kind in (("pdf", "application/pdf"), ("docx", "application/vnd.openxmlformats")):
        printed = carol.get(f"{address}/note.{ending}")
        assert printed.headers["Content-Type"].startswith(kind)
        assert printed.headers["Content-Disposition"].startswith("attachment;")
    edited = post(carol, f"{address}/edit", {**note, "subject": "Cod"})
    assert edited.status_code == 303
    assert post(carol, f"{address}/edit", {**note, "version": "1"}).status_code == 409
    came: dict[str, object] = {**note, "direction": "in", "reference": "", "body": ""}
    assert post(carol, "/documents/notes/new", came, "/documents/notes/new?direction=in").status_code == 422
    for key in ("ana", "benoit", "sam", "olga", "frank"):
        assert client_of(app, key).get(address).status_code == 404


def test_nobody_shows_more_than_they_meant_to(app: Flask) -> None:
    page = client_of(app, "carol").get(NEW).get_data(as_text=True)
    assert '<option value="parties" selected>' in page
    assert '<option value="public" selected>' not in page
