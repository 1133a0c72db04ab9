"""The pages of texts: side by side, edited, compared; who loses a race sees both; what was typed is kept."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import AgreedText, Meeting
from app.services.text_making import Heading, TextOrder, make_text
from config import Settings
from tests import world
from tests.conftest import CheckingClient, client_of, make_app
from tests.web.test_meetings import statements_of

MEETING = "UNC-2026-2"
TEXT = "UNC-2026-2-T1"
PAGE = f"/texts/{TEXT}"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Return a world with a meeting of three and a text of it; the pages say no SQL of their own."""
    with sqlite_database.system_session("a meeting of three", "write") as session:
        world.add_meeting(session, MEETING, mechanism="M01")
        session.commit()
    add_text(sqlite_database, ("Peace operations", "They *reaffirm* their support.", "They will [[CA: go][US: stay]]."))
    return sqlite_database


def add_text(database: Database, paragraphs: tuple[str, ...]) -> str:
    with database.write_session(world.viewer("ana")) as session:
        meeting = session.get_one(Meeting, world.identity("meeting", MEETING))
        first, *others = paragraphs
        order = TextOrder(
            "joint_statement", {"en": "Joint statement"}, "en", meeting=meeting, paragraphs=(Heading(first), *others)
        )
        made = make_text(session, order).reference
        session.commit()
    return made


@pytest.fixture
def app(settings: Settings, database: Database) -> Flask:
    """Return the app on that world."""
    return make_app(settings, database)


@pytest.fixture
def client_for(app: Flask) -> Callable[[str], CheckingClient]:
    """Return what signs somebody of the cast in."""
    return lambda key: client_of(app, key)


def read(client: CheckingClient, path: str) -> str:
    response = client.get(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def wording_path(page: str, number: int, language: str = "en") -> str:
    found = re.findall(r'href="(/texts/[^"]*/paragraphs/[0-9a-f-]{36})/en"', page)
    return f"{found[number - 1]}/{language}"


def found_in(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    assert found
    return found[1]


def version_on(page: str) -> str:
    return found_in(page, r'name="version" value="(\d+)"')


def test_the_page_shows_the_text_its_brackets_and_its_state(client_for):
    page = read(client_for("benoit"), PAGE)
    for said in (
        "<h1>Joint statement</h1>", "Interim text, provisional title", "Original in English.", "Peace operations</h3>",
        "They <em>reaffirm</em> their support.", "1 open bracket.", "1 open</span>", "of 1 ever opened",
        "none issued yet",
    ):  # fmt: skip
        assert said in page
    assert page.count('class="bracket"') == 2


@pytest.mark.parametrize("key", ["olga", "marta"])
def test_who_has_no_part_in_texts_finds_none(client_for, key):
    client = client_for(key)
    assert client.get("/texts").status_code == 404
    assert client.get(PAGE).status_code == 404
    assert "/texts" not in client.get("/").get_data(as_text=True)


def test_a_text_is_begun_from_its_meeting(client_for):
    client = client_for("carol")
    assert f"/texts/new?meeting={MEETING}" in read(client, f"/meetings/{MEETING}")
    path = f"/texts/new?meeting={MEETING}"
    form = {
        "kind": "summary_of_conclusions", "title_en": "Conclusions", "original_language": "en", "parties": ["MX", "US"],
        "markdown": "# One\n\nFirst.\r\n\r\n- a\n- b\n\n[[MX: x][US: y]]",
    }  # fmt: skip
    response = client.post(path, data=form)
    assert (response.status_code, response.location) == (303, "/texts/UNC-2026-2-MXUS-T1")
    page = read(client, response.location)
    assert 'class="para-head">One</h3>' in page
    assert "<ul><li>a</li><li>b</li></ul>" in page
    assert client_for("benoit").get(response.location).status_code == 404
    refused = client.post(path, data=form | {"markdown": "[[MX: x"})
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "Bracket 1 is not closed: “[[MX: x”." in page
    assert ">\n[[MX: x</textarea>" in page
    assert "UNC-2026-2-MXUS-T2" not in read(client, "/texts")


def test_two_editors_of_one_paragraph_both_see_both(client_for):
    ana, carol = client_for("ana"), client_for("carol")
    path = wording_path(read(ana, PAGE), 2)
    version = version_on(read(carol, path))
    saved = ana.post(path, data={"version": version, "markdown": "Ana’s words."})
    assert saved.status_code == 303
    lost = carol.post(path, data={"version": version, "markdown": "Carol’s *words*."})
    assert lost.status_code == 409
    page = lost.get_data(as_text=True)
    assert "Nothing of yours has been written." in page
    assert ">\nCarol’s *words*.</textarea>" in page
    assert page.count("Ana’s words.") == 1
    again = carol.post(path, data={"version": version_on(page), "markdown": "Agreed words."})
    assert again.status_code == 303
    assert "Agreed words." in read(ana, PAGE)


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("[x](javascript:alert(1))", "“javascript:alert(1)” is no address that a link may lead to."),
        ("a <script>b", "“&lt;script&gt;b” reads as HTML, which is not taken."),
        ("one\ntwo\u202e", "Line 2 has a character that nobody sees: U+202E RIGHT-TO-LEFT OVERRIDE, after “two”."),
        ("x" * 20_001, "Use 20,000 characters or fewer."),
        ("|a" * 9 + "\n" + "|-" * 9, "A table has 8 columns, and all tables together 300 cells, at most."),
    ],
)
def test_bad_input_is_told_and_kept(client_for, markdown, said):
    client = client_for("ana")
    path = wording_path(read(client, PAGE), 2)
    response = client.post(path, data={"version": "1", "markdown": markdown})
    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert said in page
    assert "They <em>reaffirm</em>" in read(client, PAGE)


def test_brackets_are_settled_and_supported_by_buttons(client_for):
    client = client_for("lucia")
    path = wording_path(read(client, PAGE), 3)
    page = read(client, path)
    assert page.count("My party wants this") == 2
    support = client.post(f"{path}/support", data={"version": version_on(page), "bracket": "1", "choice": "1"})
    assert support.status_code == 303
    page = read(client, path)
    assert page.count("My party wants this") == 1
    assert "[[CA: go][MX US: stay]]" in page
    late = client.post(f"{path}/settle", data={"version": "1", "bracket": "1", "choice": "0"})
    assert late.status_code == 409
    assert "This bracket is not there any more" in late.get_data(as_text=True)
    settled = client.post(f"{path}/settle", data={"version": version_on(page), "bracket": "1", "choice": "1"})
    assert settled.status_code == 303
    page = read(client, PAGE)
    assert "They will stay." in page
    assert "<span>clean</span>" in page


def test_a_translation_stands_beside_the_original(client_for):
    client = client_for("ana")
    path = wording_path(read(client, PAGE), 2, "es")
    assert "Original in English" in read(client, path)
    assert client.post(path, data={"version": "0", "markdown": "Reafirman su apoyo."}).status_code == 303
    page = read(client, f"{PAGE}?second=es")
    assert "Side by side: English and Spanish" in page
    assert re.search(r'<div class="wording" lang="es"><p>Reafirman su apoyo.</p></div>', page)
    assert page.count("not written in this language yet") == 2


def test_paragraphs_are_added_moved_and_taken_away(client_for):
    client = client_for("sam")
    path = wording_path(read(client, PAGE), 2)
    add = client.post(
        f"{PAGE}/paragraphs/new?after={path.split('/')[-2]}", data={"kind": "paragraph", "markdown": "New."}
    )
    assert add.status_code == 303
    order = found_in(read(client, path), r'name="order" value="([0-9a-f]+)"')
    base = path.removesuffix("/en")
    client.post(f"{base}/move", data={"direction": "up", "order": order})
    said = client.post(f"{base}/move", data={"direction": "up", "order": order}, follow_redirects=True)
    assert "The order of the paragraphs has changed." in said.get_data(as_text=True)
    client.post(f"{base}/remove", data={"version": "1"})
    page = read(client, PAGE)
    assert "1 paragraph was taken away" in page
    client.post(f"{base}/restore")
    assert "was taken away" not in read(client, PAGE)


def test_a_difference_is_said_in_words(client_for):
    client = client_for("ana")
    assert client.get(f"{PAGE}/compare").status_code == 404
    assert client.post(f"{PAGE}/issue", data={"note": "First issue."}).status_code == 303
    path = wording_path(read(client, PAGE), 2)
    client.post(path, data={"version": "1", "markdown": "They *confirm* their support."})
    page = read(client, f"{PAGE}/compare")
    assert "1 paragraph differs between rev. 1 and the text as it stands." in page
    assert re.search(r"<del><span[^>]*>taken away: </span>reaffirm<span", page)
    assert re.search(r"<ins><span[^>]*>put in: </span>confirm<span", page)
    assert "First issue." in read(client, PAGE)
    assert "They <em>reaffirm</em> their support." in read(client, f"{PAGE}/revisions/1")
    for asked in ("?from=2", "?from=1&to=1", "?from=x", "?from=1&to=9"):
        assert client.get(f"{PAGE}/compare{asked}").status_code == 404, asked
    assert client.post(f"{PAGE}/issue", data={}).status_code == 303
    assert client.post(f"{PAGE}/issue", data={}).status_code == 422


def test_remarks_go_to_whom_they_are_for(client_for):
    client = client_for("diego")
    path = f"{PAGE}/remarks/new?paragraph={wording_path(read(client, PAGE), 2).split('/')[-2]}"
    assert 'value="own" checked' in read(client, path)
    for readers, said in (("own", "Only for us."), ("all", "For all of you.")):
        assert client.post(path, data={"readers": readers, "words": said}).status_code == 303
    assert client.post(path, data={"words": "Whom it is for was not said."}).status_code == 303
    page = read(client_for("carol"), PAGE)
    assert "was not said" not in page
    assert "For all of you." in page
    assert "Only for us." not in page
    assert "Only for us." in read(client_for("ana"), PAGE)


def test_a_reservation_is_numbered_and_printed_in_what_it_was_written(client_for):
    ana = client_for("ana")
    here = wording_path(read(ana, PAGE), 2).split("/")[-2]
    form = {"kind": "reservation", "paragraph": here, "original": "es", "wording_es": "México *entiende*."}
    assert ana.post(f"{PAGE}/reservations/new", data=form).status_code == 303
    page = read(client_for("benoit"), PAGE)
    assert '<sup><a class="fn" href="#fn1" id="r1" aria-label="Reservation 1">1</a></sup>' in page
    assert "<p>México <em>entiende</em>.</p>" in page
    assert "Change or translate" not in page
    page = read(ana, PAGE)
    change = found_in(page, r'href="([^"]*/reservations/[0-9a-f-]{36})"')
    assert "México *entiende*." in read(ana, change)
    assert client_for("carol").get(change).status_code == 404
    assert ana.post(f"{change}/withdraw").status_code == 303
    assert "México <em>" not in read(ana, PAGE)


def test_readouts_stand_side_by_side_once_published(client_for):
    diego, path = client_for("diego"), f"/meetings/{MEETING}/readouts"
    assert diego.post(f"{path}/own", data={"version": "0", "wording_es": "Media hora."}).status_code == 303
    assert "Media hora." not in read(client_for("carol"), path)
    assert "Publish it" not in read(diego, path)
    lost = diego.post(f"{path}/own", data={"version": "0", "wording_es": "Una hora."})
    assert lost.status_code == 409
    assert client_for("ana").post(f"{path}/publish", data={"version": "1"}).status_code == 303
    page = read(client_for("carol"), path)
    assert '<div class="wording" lang="es"><p>Media hora.</p></div>' in page
    assert page.count("none published") == 2


def test_a_text_under_silence_is_not_edited(client_for, database):
    client = client_for("ana")
    path = wording_path(read(client, PAGE), 2)
    with database.system_session("put it under silence", "write") as session:
        session.execute(select(AgreedText)).scalar_one().state = "under_silence"
        session.commit()
    response = client.post(path, data={"version": "1", "markdown": "Typed at length."})
    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert "This text is under silence." in page
    assert ">\nTyped at length.</textarea>" in page


def test_a_text_is_withdrawn_and_taken_up_by_who_may_steer(client_for):
    assert "Withdraw this text" not in read(client_for("diego"), PAGE)
    client = client_for("ana")
    assert "Withdraw this text" in read(client, PAGE)
    assert client.post(f"{PAGE}/withdraw").status_code == 303
    page = read(client, PAGE)
    assert "Take it up again" in page
    assert "Issue a revision" not in page
    assert client.post(f"{PAGE}/take-up").status_code == 303
    assert "Issue a revision" in read(client, PAGE)


def test_a_long_text_takes_no_more_statements_than_a_short_one(client_for, database):
    long = add_text(database, ("Head", *(f"Paragraph {n} [[CA: a][US: b]]." for n in range(60))))
    for key in ("ana", "sam"):
        client = client_for(key)
        few, many = (statements_of(database, client, path) for path in (PAGE, f"/texts/{long}"))
        assert few == many <= 16  # four are of what was signed and put under silence
        assert statements_of(database, client, "/texts") <= 12
