"""The reports in the browser: figures that lead to their rows, files with the same figures, charts without scripts."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

import html5lib
import pytest
from sqlalchemy import select

from app import words
from app.db import Database
from app.domain.visibility import party_key
from app.models import Commitment, CommitmentStatement
from app.services.reports_rows import FIGURES
from tests import story, world
from tests.conftest import CheckingClient, readable
from tests.subscribing import counted_statements

ClientFor = Callable[[str | None], CheckingClient]
REPORT = "/reports/accountability?from=2016-01-01&to=2026-12-31"
XHTML = "{http://www.w3.org/1999/xhtml}"
CHARTS = ("periods", "ages", "months", "durations")


@pytest.fixture
def database(make_database: Callable[..., Database]) -> Iterator[Database]:
    """Return a database with the story told in it, and actions that Canada does not know of.

    What differs by engine is held in `tests/services/test_reports.py`.
    """
    made = make_database("sqlite", "story")
    with made.system_session("promise something between two", "write") as session:
        for number in range(3):
            world.add_action(session, f"UNC-2026-MXUS-7-A{number + 1:02}", ("MX", "US"))
        session.commit()
    yield made
    made.engine.dispose()


def page(client: CheckingClient, path: str) -> ET.Element:
    response = client.get(path)
    assert response.status_code == 200, path
    return html5lib.parse(response.get_data(as_text=True))


def figures(root: ET.Element) -> dict[str, str]:
    """Return the words of every figure of the page by the address that it leads to."""
    links = [each for each in root.iter(f"{XHTML}a") if "/rows/" in each.get("href", "")]
    return {each.get("href", ""): "".join(each.itertext()) for each in links}


def rows_told(root: ET.Element) -> str:
    head = next(each for each in root.iter(f"{XHTML}h2") if each.get("id") == "rows")
    return re.sub(r"\D", "", "".join(head.itertext()))


def test_every_figure_leads_to_as_many_rows(client_for: ClientFor) -> None:
    client = client_for("ana")
    found = figures(page(client, REPORT))
    assert len(found) > 30
    whole = {path: value for path, value in found.items() if "party=" not in path and "mechanism=" not in path}
    narrowed = {path: value for path, value in found.items() if path not in whole and value != "0"}
    assert len(whole) == len(FIGURES)
    for path, value in (*whole.items(), *list(narrowed.items())[::7]):
        assert rows_told(page(client, path)) == value, path


@pytest.mark.parametrize(("key", "who"), [("ana", "As Mexico sees it"), ("sam", "As Joint secretariat sees it")])
def test_the_head_says_as_whom_and_on_which_day(client_for: ClientFor, key: str, who: str) -> None:
    text = client_for(key).get(f"{REPORT}&lang=en").get_data(as_text=True)
    assert f"{who}, on 22 November 2026." in text


def test_the_reports_of_two_delegations_differ_by_what_one_does_not_know(client_for: ClientFor) -> None:
    ours, theirs = (figures(page(client_for(key), f"{REPORT}&lang=en")) for key in ("ana", "benoit"))
    promised = "/reports/accountability/rows/promised?from=2016-01-01&to=2026-12-31"
    assert int(ours[promised]) - int(theirs[promised]) >= 6
    parties = [path.rpartition("party=")[2] for path in ours if "/rows/promised" in path and "party=" in path]
    assert parties == ["CA", "MX", "US"]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("name", ["accountability", "brief"])
def test_files_have_the_figures_of_the_page(client_for: ClientFor, name: str, language: str) -> None:
    client = client_for("ana")
    query = f"?from=2016-01-01&to=2026-12-31&on=2026-11-22&lang={language}"
    root = page(client, f"/reports/{name}{query}")
    told = [
        "".join("".join(each.itertext()).split())
        for each in root.iter()
        if each.tag in {f"{XHTML}td", f"{XHTML}th"} and each.get("class") == "num"
    ]
    assert len(told) > 5
    for form, kind in (("pdf", "application/pdf"), ("docx", "wordprocessingml")):
        response = client.get(f"/reports/{name}.{form}{query}")
        assert kind in response.content_type
        text = readable(response.mimetype or "", response.get_data())
        if form == "docx":
            text = re.sub(r"<[^>]+>", " ", text)
        bare = "".join(text.split())
        at = 0
        for figure in told:  # in the order of the page
            at = bare.find(figure, at)
            assert at >= 0, (form, figure)
            at += len(figure)
        assert words.date_plain(world.NOW.date(), language).replace(" ", "") in bare.replace("\xa0", "")


def test_what_is_contested_stands_beside_the_figure(client_for: ClientFor, database: Database) -> None:
    with database.system_session("contest", "write") as session:
        pledge = session.execute(select(Commitment).where(Commitment.ref == "C02")).scalar_one()
        session.add(
            CommitmentStatement(
                commitment_id=pledge.id, party_code="CA", kind="contest", text="The first was in 2015.", language="en",
                as_of_on=dt.date(2026, 5, 1), person_id=world.CAST["isabelle"].id, made_at=world.NOW,
                audience_id=session.audience({party_key(code) for code in world.THREE}),
            )
        )  # fmt: skip
        session.commit()
    text = client_for("benoit").get(f"{REPORT}&lang=en").get_data(as_text=True)
    assert "C02 (Canada)" in text
    assert "The first was in 2015." in text


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_has_its_picture_its_table_and_its_files(client_for: ClientFor, chart: str) -> None:
    client = client_for("ana")
    root = page(client, f"/reports/charts/{chart}?party=MX&lang=en")
    inline = [each for each in root.iter() if each.tag.endswith("}svg") and each.get("class") == "chart"]
    assert len(inline) == (0 if chart == "durations" else 1)  # nothing of the story is done yet
    addresses = [each.get("href", "") for each in root.iter(f"{XHTML}a")]
    kept = "?party=MX"
    for form in ("svg", "csv"):
        assert (f"/reports/charts/{chart}.{form}{kept}" in addresses) == bool(inline)
    picture = client.get(f"/reports/charts/{chart}.svg{kept}")
    assert picture.mimetype == "image/svg+xml"
    alone = ET.fromstring(picture.get_data(as_text=True))
    assert alone.find("{http://www.w3.org/2000/svg}desc") is not None
    values = client.get(f"/reports/charts/{chart}.csv{kept}").get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(values)))
    if inline:
        assert len(rows) - 1 == sum(1 for row in root.iter(f"{XHTML}tr") if row.find(f"{XHTML}td") is not None)


def test_charts_count_what_their_reader_may_see(client_for: ClientFor) -> None:
    counted = {}
    for key in ("ana", "benoit"):
        body = client_for(key).get("/reports/charts/months.csv?lang=en").get_data().decode("utf-8-sig")
        counted[key] = sum(int(row[1]) for row in list(csv.reader(io.StringIO(body)))[1:])
    assert counted["ana"] - counted["benoit"] >= 6


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2026-05-01&to=2026-04-01", "The end comes before the start."),
        ("from=1950-01-01&to=2026-01-01", "A report covers 20 years at most."),
        ("from=soon", "This is not a date."),
        ("to=0001-01-01", "1900"),
    ],
)
def test_days_that_are_none_are_told(client_for: ClientFor, query: str, said: str) -> None:
    client = client_for("ana")
    response = client.get(f"/reports/accountability?{query}&lang=en")
    assert response.status_code == 422
    assert said in response.get_data(as_text=True)
    assert client.get(f"/reports/accountability.pdf?{query}").status_code == 422


def test_a_brief_is_there_for_who_sits_at_a_table_alone(client_for: ClientFor) -> None:
    for path in ("/reports/brief", "/reports/brief.pdf", "/reports/brief.docx"):
        assert client_for("sam").get(path).status_code == 404
    assert "/reports/brief" not in client_for("sam").get("/reports").get_data(as_text=True)
    text = client_for("ana").get("/reports/brief?on=2027-01-01&lang=en").get_data(as_text=True)
    assert "for 1 January 2027." in text
    assert story.SHARED in text
    assert client_for("ana").get("/reports/brief?on=2300-01-01").status_code == 422


def test_review_points_say_which_days_are_computed(client_for: ClientFor) -> None:
    text = client_for("carol").get("/reports/reviews?lang=en").get_data(as_text=True)
    assert text.count("computed from the law, not attested") == 4
    assert "The catalogue tells no election of Canada" in text


def test_reports_take_as_many_statements_for_many_actions_as_for_few(database: Database, client_for: ClientFor) -> None:
    client = client_for("ana")
    paths = ("/reports/charts", REPORT, "/reports/accountability/rows/owed", "/reports/reviews", "/reports/brief")

    def counts() -> list[int]:
        found = []
        for path in paths:
            client.get(path)
            with counted_statements(database) as counted:
                assert client.get(path).status_code == 200
            found.append(len(counted))
        return found

    few = counts()
    with database.system_session("many actions", "write") as session:
        for number in range(60):
            world.add_action(
                session, f"UNC-2026-8-A{number + 1:02}", mechanism_id=world.mechanism_of(session, "M01").id
            )
        session.commit()
    assert counts() == few
    assert few[0] <= 12
    assert few[2] <= 12
    assert few[3] <= 12
