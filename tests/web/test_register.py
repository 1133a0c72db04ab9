"""The register's page and what is taken away from it: narrowed, sorted, in three languages, and nobody else's."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from app.db import Database
from app.domain.visibility import party_key
from app.models import Mechanism
from tests import world
from tests.conftest import WORKBOOK, CheckingClient, readable
from tests.papers.test_tables import cells_of, part
from tests.services.test_register import add_copies, change_facts
from tests.subscribing import counted_statements
from tests.web.test_mechanisms import markup_of, text_of

ClientFor = Callable[[str | None], CheckingClient]
FORMS = ("xlsx", "csv", "pdf")


def database_of(app: Flask) -> Database:
    """Return the app's database."""
    found: Database = app.extensions["entente.database"]
    return found


def lines_of(client: CheckingClient, query: str = "") -> list[dict[str, str]]:
    """Return the rows of the CSV by their headings."""
    response = client.get(f"/mechanisms.csv{query}")
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def names_on(client: CheckingClient, path: str) -> list[str]:
    """Return the codes of the mechanisms on a page, in their order."""
    return re.findall(r'<th role="rowheader"[^>]*><a href="/mechanisms/([a-z0-9-]+)"', client.get(path).text)


def heads_on(page: str) -> list[tuple[str, str]]:
    """Return the words of each head of a table and how it says that it is sorted."""
    found = re.findall(r'<th role="columnheader"[^>]*?(?:aria-sort="([a-z]+)")?>(.*?)</th>', page, flags=re.DOTALL)
    return [
        (" ".join(re.sub(r'<svg.*?</svg>|<span class="sort-name">.*?</span>|<[^>]+>', "", said).split()), sort)
        for sort, said in found
    ]


# Sorted -------------------------------------------------------------------------------------------


def test_heads_are_plain_links_that_say_how_the_rows_run(client_for: ClientFor) -> None:
    client = client_for("carol")
    own = client.get("/mechanisms?level=ministers").text
    assert "aria-sort" not in own
    assert 'href="/mechanisms?level=ministers&amp;sort=name"' in own
    ascending = client.get("/mechanisms?level=ministers&sort=name").text
    assert ("Mechanism ↑", "ascending") in heads_on(ascending)
    assert 'href="/mechanisms?level=ministers&amp;sort=-name"' in ascending
    descending = client.get("/mechanisms?level=ministers&sort=-name").text
    assert ("Mechanism ↓", "descending") in heads_on(descending)
    assert [sort for _, sort in heads_on(descending) if sort] == ["descending"]
    assert 'href="/mechanisms?level=ministers&amp;sort=name"' in descending
    assert 'href="/mechanisms?level=ministers">Show them in the register’s own order' in descending


def test_group_headings_stand_in_the_registers_own_order_alone(client_for: ClientFor) -> None:
    client = client_for("carol")
    own, by_name = client.get("/mechanisms").text, client.get("/mechanisms?sort=name").text
    assert re.findall(r"<summary><h3>([^<]*)</h3>", own) == [
        "With a date to agree by", "Active", "Agreed", "Stalled", "Dormant", "Concluded",
    ]  # fmt: skip
    assert "<summary><h3>" not in by_name
    assert "Sorted by: Mechanism." in by_name
    # Heads sort once a page: nobody tabs through them again for each group.
    assert own.count('class="sort"') == by_name.count('class="sort"') == 6
    assert sorted(names_on(client, "/mechanisms")) == sorted(names_on(client, "/mechanisms?sort=name"))


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("sort", ["name", "-owed_by", "days", "-status_as_of", "next_host", "-kept", ""])
def test_what_is_taken_away_is_what_stands_on_the_page(client_for: ClientFor, language: str, sort: str) -> None:
    client = client_for("ana")
    query = f"?lang={language}&parties=CA&sort={sort}"
    page = names_on(client, f"/mechanisms{query}")
    shown = [
        " ".join(name.split())
        for name in re.findall(r'<th role="rowheader"[^>]*><a[^>]*>([^<]*)</a>', client.get(f"/mechanisms{query}").text)
    ]
    [_, *rows] = cells_of(client.get(f"/mechanisms.xlsx{query}").data)
    assert [name.replace("'", "&#39;") for (_, _), (_, name), *_ in rows] == shown
    assert [list(line.values())[1] for line in lines_of(client, query)] == [name for _, (_, name), *_ in rows]
    assert len(page) == len(rows) == 20


# Narrowed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("level=kings", "There is no level called “kings”; it was left out."),
        ("status=alive", "There is no status called “alive”; it was left out."),
        ("owed=late", "Nothing is owed in a way called “late”; it was left out."),
        ("kind=x", "There is no kind called “x”; it was left out."),
        ("parties=CA-BR", "No mechanism here has parties called “CA-BR”; they were left out."),
        ("sort=age", "There is no order called “age”; it was left out."),
        ("shelf=top", "There is no shelf called “top”; it was left out."),
        (f"level={'k' * 70}", f"There is no level called “{'k' * 60}…”; it was left out."),
    ],
)
def test_what_does_not_exist_is_said(client_for: ClientFor, query: str, said: str) -> None:
    page = text_of(client_for("carol"), f"/mechanisms?{query}")
    assert said in page
    assert "33 mechanisms. 2 have a date" in page
    assert "answer to the filters" not in page


def test_what_does_not_exist_is_escaped_and_goes_no_further(client_for: ClientFor) -> None:
    page = client_for("carol").get("/mechanisms", query_string={"level": "<script>x", "status": "active"}).text
    assert "<script>x" not in page
    assert "“&lt;script&gt;x”" in page
    assert 'href="/mechanisms.xlsx?status=active"' in page
    assert 'href="/mechanisms?status=active&amp;sort=name"' in page


def test_nothing_and_everything(client_for: ClientFor) -> None:
    client = client_for("carol")
    nothing = client.get("/mechanisms?words=zzz&sort=name").text
    assert "No mechanism answers to these filters." in nothing
    assert nothing.count('href="/mechanisms?sort=name">Show all</a>') == 2
    assert "answer to the filters." not in nothing
    everything = client.get("/mechanisms?words=a").text
    assert "All of the register, 33 mechanisms, answers to the filters." in everything
    assert 'href="/mechanisms">Show all</a>' in everything
    shelf = client.get("/mechanisms?shelf=proposals&words=zzz").text
    assert "No proposal answers to these filters." in shelf
    assert shelf.count('href="/mechanisms?shelf=proposals">Show all</a>') == 2
    assert "All of the shelf, 22 proposals, answers" in client.get("/mechanisms?shelf=proposals&words=a").text


def test_what_answers_on_the_other_side_is_one_link_away(client_for: ClientFor) -> None:
    client = client_for("carol")
    page = client.get("/mechanisms?words=cyber+rapid").text
    assert 'href="/mechanisms?words=cyber+rapid&amp;shelf=proposals">1 proposal in the literature answers' in page
    shelf = client.get("/mechanisms?words=cyber&shelf=proposals").text
    assert 'href="/mechanisms?words=cyber">1 mechanism of the register answers' in shelf


def test_the_form_shows_what_was_asked(client_for: ClientFor) -> None:
    client = client_for("carol")
    asked = "parties=us&level=ministers&status=active&owed=nothing&kind=recurring"
    page = client.get(f"/mechanisms?{asked}&sort=-days").text
    chosen = re.findall(r'<option value="([^"]*)" selected>', page)
    assert chosen == ["US", "ministers", "active", "nothing", "recurring", "-days"]
    assert names_on(client, f"/mechanisms?{asked}") == [
        "defence-ministerial", "energy-ministers",
    ]  # fmt: skip


# What a row says ----------------------------------------------------------------------------------


def test_what_the_rows_say(client_for: ClientFor) -> None:
    page = text_of(client_for("carol"), "/mechanisms")
    for said in (
        "as of 22 November 2026",
        "Active as public pages told it in November 2024, not reviewed since public pages",
        "Agreed as described in January 2017, not reviewed since Wayne and Sarukhan",
        "7 of 10 periods met, no record of 3",
        "no record of 10 periods",
        "31 December 2026 at least 2 meetings",
        "in 39 days 326 days past 2025: no record",
        "every 24 to 81 months in practice, last met 33 months ago, 1 more at a time not known",
        "US read from practice",
        "CA attested",
    ):
        assert said in page
    assert "overdue" not in page
    assert not re.search(r"\blate\b", page)


def test_a_strip_says_what_it_shows(client_for: ClientFor) -> None:
    page = client_for("carol").get("/mechanisms").text
    assert 'aria-label="Periods, oldest first: 2016 met, 2017 met, by numbering only, 2018 met, by numbering' in page
    assert 'aria-label="Held in 2012, 2014, 2017 and 2024."' in page
    assert 'aria-label="Mandate of 2016, no meeting on record."' in page


# Taken away ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("key", "status"),
    [("ana", 200), ("benoit", 200), ("carol", 200), ("sam", 200), ("olga", 404), ("marta", 404), (None, 303)],
)
def test_who_takes_it_away(client_for: ClientFor, form: str, key: str | None, status: int) -> None:
    assert client_for(key).get(f"/mechanisms.{form}").status_code == status


@pytest.mark.parametrize(
    ("path", "name", "mimetype"),
    [
        ("/mechanisms.xlsx?lang=en", 'attachment; filename="mechanisms-2026-11-22-en.xlsx"', WORKBOOK),
        ("/mechanisms.csv?lang=es", 'attachment; filename="mechanisms-2026-11-22-es.csv"', "text/csv"),
        ("/mechanisms.pdf?lang=fr", 'inline; filename="mechanisms-2026-11-22-fr.pdf"', "application/pdf"),
        ("/mechanisms.pdf?shelf=proposals", 'inline; filename="proposals-2026-11-22-en.pdf"', "application/pdf"),
    ],
)
def test_files_are_named_by_the_day(client_for: ClientFor, path: str, name: str, mimetype: str) -> None:
    response = client_for("carol").get(path)
    assert (response.headers["Content-Disposition"], response.mimetype) == (name, mimetype)
    assert response.headers["Cache-Control"] == "private, no-cache, no-store"
    # A paper in some language says nothing about the language that its reader wants pages in.
    assert not any("entente_lang" in cookie for cookie in response.headers.getlist("Set-Cookie"))


def test_the_page_links_to_what_it_shows(client_for: ClientFor) -> None:
    page = client_for("carol").get("/mechanisms?parties=MX-US&sort=-name").text
    for form in FORMS:
        assert f'href="/mechanisms.{form}?parties=MX-US&amp;sort=-name"' in page
    shelf = client_for("carol").get("/mechanisms?shelf=proposals").text
    assert 'href="/mechanisms.csv?shelf=proposals"' in shelf


def test_the_values_of_a_row(client_for: ClientFor) -> None:
    [found] = lines_of(client_for("carol"), "?words=nadd")
    assert found == {
        "Reference": "M02 · NADD", "Mechanism": "North American Dialogue on Drug Policy",
        "Parties": "Canada, Mexico, United States", "Others": "and others", "Level": "Senior officials",
        "Kind": "Meets again and again", "Status": "Active", "As of": "2024-11",
        "Basis of the status": "as public pages told it in November 2024, not reviewed since",
        "Source of the status": "public pages", "Floor": "At least 1 meeting in 12 months",
        "Mandate of": "2016-06-29", "Mandate": "North American Leaders' Summit, Ottawa",
        "Source of the mandate": "Towards a North American Foreign Policy Footprint (19, 168-178)",
        "Owed by": "2026-12-31", "Meetings owed at least": "1", "Days to the date": "39",
        "Period past": "2025: no record", "Days past": "326", "Periods met": "7", "Periods over": "10",
        "Periods without a record": "3",
        "Periods": "Periods, oldest first: 2016 met, 2017 met, by numbering only, 2018 met, by numbering only,"
        " 2019 met, 2020 no record, 2021 no record, 2022 met, 2023 met, 2024 met, 2025 no record, 2026 open.",
        "In practice": "", "Next host": "Canada", "Basis of the next host": "read from practice", "Remark": "",
    }  # fmt: skip


def test_a_workbook_has_days_as_days_and_says_whose_it_is(client_for: ClientFor) -> None:
    content = client_for("carol").get("/mechanisms.xlsx?words=nadd").data
    [heads, row] = cells_of(content)
    by_head = dict(zip([said for _, said in heads if said not in {"In practice", "Remark"}], row, strict=True))
    assert by_head["Owed by"] == (None, "46387")
    assert by_head["Days to the date"] == (None, "39")
    assert by_head["Mechanism"] == ("s", "North American Dialogue on Drug Policy")
    notes = [said for [(_, said)] in cells_of(content, 2)]
    standing = (
        "As of 22 November 2026 (Washington). Made for Carol Whitfield (United States) from Entente, of what they"
    )
    assert notes[0] == "Mechanisms"
    assert notes[1] == f"{standing} may read."
    assert notes[2] == "1 of 33 answer to the filters: words nadd."
    [foot] = part(content, "xl/worksheets/sheet1.xml").iterfind(".//{*}oddFooter")
    assert standing in (foot.text or "")


def test_text_in_english_only_is_marked_for_readers_of_other_languages(client_for: ClientFor) -> None:
    client = client_for("benoit")
    french, english = lines_of(client, "?lang=fr")[0], lines_of(client, "?lang=en")[0]
    assert len(french) == len(english) == 27
    heads = list(zip(french, english, strict=True))
    [(marked, _)] = [pair for pair in heads if pair[1] == "Mandate"]
    assert marked not in {"Mandate", "Mandat"}
    assert "(" in marked
    assert french[marked] == english["Mandate"] == "North American Leaders' Summit, Ottawa"
    shelf = client.get("/mechanisms?shelf=proposals&lang=fr").text
    assert '<cite lang="en">Towards a North American Foreign Policy Footprint</cite>' in shelf


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Mechanisms", "North American Dialogue on Drug Policy", "in 39 days", "partly met", "31 December"]),
        ("es", ["Mecanismos", "Diálogo de América del Norte sobre Política de Drogas", "cumplido en parte", "Canadá"]),
        (
            "fr",
            ["Mécanismes", "Dialogue nord-américain sur la politique", "non tenue", "Mexique"],
        ),
    ],
)
def test_the_paper_is_tagged_in_each_language(client_for: ClientFor, language: str, said: list[str]) -> None:
    reader = PdfReader(io.BytesIO(client_for("ana").get(f"/mechanisms.pdf?lang={language}").data))
    root: Any = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"].value) == (language, True)
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert all(each in " ".join(pages) for each in said)
    assert all("Ana Robles" in page for page in pages)


def test_a_name_that_a_spreadsheet_would_run_is_text(app: Flask, client_for: ClientFor) -> None:
    typed = '=HYPERLINK("https://example.org","x")'
    change_facts(database_of(app), "M02", name={"en": typed, "es": "+1", "fr": "@x"}, acronym="-1")
    client = client_for("carol")
    [found] = lines_of(client, "?words=hyperlink")
    assert found["Mechanism"] == f"'{typed}"
    assert (found["Reference"], lines_of(client, "?lang=es")[0]["Mecanismo"]) == ("M02 · -1", "'+1")
    content = client.get("/mechanisms.xlsx?words=hyperlink").data
    assert cells_of(content)[1][1] == ("s", typed)
    assert b"<f>" not in readable(WORKBOOK, content).encode()


# Whose it is --------------------------------------------------------------------------------------


@pytest.fixture
def bilateral(app: Flask) -> Flask:
    """Return an app in which Mexico and the United States keep a mechanism that only they know, and its meetings."""
    with database_of(app).system_session("a mechanism of two", "write") as session:
        model = world.mechanism_of(session, "M05")
        name = world.canary("MXUS", "name")
        facts = {
            **model.facts, "code": "of-two", "prefix": "OFTWO", "name": {"en": name, "es": name, "fr": name},
            "status": "active", "level": "legislature", "kind": "standing",
            "mandate": {"instrument": world.canary("MXUS", "mandate"), "date": "2001-01-01", "source": "S0",
                        "pointer": "S0:192"},
        }  # fmt: skip
        session.add(
            Mechanism(
                ref=None, code="of-two", prefix="OFTWO", status="active", name=facts["name"], parties=["MX", "US"],
                facts=facts, loaded_facts={}, audience_id=session.audience({party_key("MX"), party_key("US")}),
            )
        )  # fmt: skip
        world.add_meeting(
            session, "PPT-2026-1", ("MX", "US"), mechanism="M05", state="held", starts_on=dt.date(2026, 2, 3),
            hosting={"MX": "host"},
        )  # fmt: skip
        session.commit()
    return app


QUERIES = ("", "?sort=name", "?sort=-kept", "?level=legislature", "?parties=MX-US", "?words=zzcanary", "?owed=to_agree")


@pytest.mark.parametrize("key", ["benoit", "isabelle", "sam"])
def test_a_mechanism_of_two_changes_nothing_for_a_third(
    app: Flask, request: Any, client_for: ClientFor, key: str
) -> None:
    client = client_for(key)

    def everything() -> list[object]:
        files = [client.get(f"/mechanisms.{form}{query}").data for form in FORMS for query in QUERIES]
        return [*files, *(markup_of(client, f"/mechanisms{query}") for query in QUERIES)]

    before = everything()
    request.getfixturevalue("bilateral")
    assert everything() == before


def test_its_parties_read_it_on_the_page_and_take_it_away(bilateral: Flask, client_for: ClientFor) -> None:
    assert bilateral is not None
    for key in ("ana", "carol"):
        client = client_for(key)
        page = client.get("/mechanisms?level=legislature&lang=en").text
        assert world.canary("MXUS", "name") in page
        assert "3 have a date by which" in page
        [found] = [line for line in lines_of(client, "?level=legislature&lang=en") if "zzcanary" in line["Mechanism"]]
        assert (found["Mandate of"], found["Mandate"], found["Periods over"]) == (
            "2001-01-01", world.canary("MXUS", "mandate"), "25",
        )  # fmt: skip
        for form in FORMS:
            response = client.get(f"/mechanisms.{form}?level=legislature")
            assert world.canary("MXUS", "name") in readable(response.mimetype or "", response.data).replace(
                "\u200b", ""
            )


@pytest.mark.parametrize("path", ["/mechanisms", "/mechanisms?sort=name", "/mechanisms.csv"])
def test_statements_do_not_grow_with_the_mechanisms(app: Flask, client_for: ClientFor, path: str) -> None:
    client, counts = client_for("ana"), []
    for total in (55, 300):
        add_copies(database_of(app), total)
        with counted_statements(database_of(app)) as found:
            assert client.get(path).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 12
