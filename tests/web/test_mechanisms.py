"""The pages of the register: who has them, what they say, and what they never show."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.catalogue import load_shipped
from app.db import Database
from tests import world
from tests.conftest import CheckingClient
from tests.subscribing import counted_statements

ClientFor = Callable[[str | None], CheckingClient]


def text_of(client: CheckingClient, path: str) -> str:
    """Return a page's text as a person reads it: without marks, in one line."""
    response = client.get(path)
    assert response.status_code == 200, path
    without = re.sub(
        r"<(svg|head|footer|header).*?</\1>|<[^>]+>", " ", response.get_data(as_text=True), flags=re.DOTALL
    )
    return " ".join(without.replace("&#39;", "'").replace("\u00a0", " ").split())


def markup_of(client: CheckingClient, path: str) -> str:
    """Return a page as it is sent, without the token of its forms, which is another at every second."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", client.get(path).get_data(as_text=True))


@pytest.fixture
def kept(app: Flask) -> Database:
    """Return a database in which Mexico and the United States keep a bilateral mechanism, full of canaries."""
    database: Database = app.extensions["entente.database"]
    said = {"title": {"en": world.canary("MXUS", "title"), "original": "en"}, "place": world.canary("MXUS", "place")}
    with database.system_session("a bilateral mechanism", "write") as session:
        of: dict[str, Any] = {"mechanism": "M05", **said}
        held = world.add_meeting(
            session, "PPT-2026-1", ("MX", "US"), state="held", starts_on=dt.date(2026, 2, 3),
            source=world.canary("MXUS", "source"), **of,
        )  # fmt: skip
        world.add_meeting(session, "PPT-2026-2", ("MX", "US"), state="confirmed", **of)
        title = {"en": world.canary("MXUS", "action"), "original": "en"}
        world.add_action(session, "PPT-2026-1-A01", ("MX", "US"), meeting=held, title=title)
        session.commit()
    return database


# Who reads them -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/mechanisms", "/mechanisms?shelf=proposals", "/mechanisms/un-coordination"])
@pytest.mark.parametrize(
    ("key", "status"),
    [("ana", 200), ("benoit", 200), ("carol", 200), ("sam", 200), ("olga", 404), ("marta", 404), (None, 303)],
)
def test_who_reads_the_register(client_for: ClientFor, path: str, key: str | None, status: int) -> None:
    assert client_for(key).get(path).status_code == status


def test_what_a_guest_may_not_read_answers_as_what_is_not_there(client_for: ClientFor) -> None:
    guest = client_for("olga")
    pages = [
        guest.get(f"/mechanisms/{code}").get_data(as_text=True).replace(code, "")
        for code in ("un-coordination", "nope")
    ]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_mechanism_has_its_page_in_each_language(client_for: ClientFor, language: str) -> None:
    client = client_for("carol")
    for mechanism in load_shipped().mechanisms:
        page = client.get(f"/mechanisms/{mechanism.code}?lang={language}").get_data(as_text=True)
        assert f"<h1>{mechanism.name.in_language(language).replace(chr(39), '&#39;')}</h1>" in page


# What stays with its parties ----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/mechanisms", "/mechanisms/policy-planning-us-mx", "/"])
@pytest.mark.parametrize("key", ["benoit", "isabelle", "sam"])
def test_nothing_of_others_meetings_appears(kept: Database, client_for: ClientFor, path: str, key: str) -> None:
    page = client_for(key).get(path).get_data(as_text=True)
    assert kept is not None
    assert "zzcanary" not in page
    assert "PPT-2026" not in page


def test_a_page_reads_for_a_stranger_as_if_nothing_were_kept_here(app: Flask, client_for: ClientFor) -> None:
    client = client_for("benoit")
    before = markup_of(client, "/mechanisms/policy-planning-us-mx")
    database: Database = app.extensions["entente.database"]
    with database.system_session("a meeting of two others", "write") as session:
        world.add_meeting(
            session, "PPT-2026-1", ("MX", "US"), mechanism="M05", state="held", starts_on=dt.date(2026, 2, 3)
        )
        session.commit()
    assert markup_of(client, "/mechanisms/policy-planning-us-mx") == before


@pytest.mark.parametrize("key", ["ana", "carol"])
def test_the_parties_read_what_they_keep(kept: Database, client_for: ClientFor, key: str) -> None:
    page = client_for(key).get("/mechanisms/policy-planning-us-mx?lang=en").get_data(as_text=True)
    assert kept is not None
    for field in ("title", "place", "source", "action"):
        assert world.canary("MXUS", field) in page
    assert 'href="/meetings/PPT-2026-1"' in page
    assert 'href="/meetings/PPT-2026-2"' in page
    assert 'href="/actions/PPT-2026-1-A01"' in page


# What they say ------------------------------------------------------------------------------------


def test_the_page_of_the_un_coordination(client_for: ClientFor) -> None:
    page = text_of(client_for("carol"), "/mechanisms/un-coordination")
    for said in (
        "Status: agreed, as described in January 2017 by Earl Anthony Wayne and Arturo Sarukhan in",
        "Towards a North American Foreign Policy Footprint , not reviewed since.",
        "No meeting on record. Prepare the first. Set up a meeting",
        "At least 2 meetings in 12 months counted by calendar year",
        "Date to agree by 31 December 2026 39 days left, none held yet",
        "Next host Not stated",
        "Level Senior officials attested",
        "Hold the multilateral coordination meeting two times a year or more C01",
        "lines 26, 58–60 and 160",
        "also known as North American Caucus",
        "Coordinación en las Naciones Unidas y otros foros multilaterales (our rendering)",
        "Permanent Mission of Mexico to the United Nations our reading",
        "Nothing is recorded as out of scope.",
    ):
        assert said in page
    assert "C11" not in page
    assert "overdue" not in page


def test_the_page_of_the_drug_dialogue(client_for: ClientFor) -> None:
    page = text_of(client_for("carol"), "/mechanisms/drug-dialogue")
    for said in (
        "Status: active, as public pages told it in November 2024, not reviewed since.",
        "Canada read from practice; last host Mexico, 2024",
        "8 meetings by number; attested: 6",
        "8 13–14 Nov 2024 Mexico City MX in person BE NL whitehouse.gov; cronica.com.mx",
        "not confirmed",
        "by numbering only",
        "The order is read from practice, not stated as a rule.",
        "2017 met, by numbering only by number",
        "2020 no record",
        "2026 open to agree",
        "Hold the drug dialogue every year C02",
    ):
        assert said in page
    assert "Prepare the first" not in page


def test_the_defence_ministers_owe_no_date_without_the_day_of_a_mandate(client_for: ClientFor) -> None:
    page = text_of(client_for("carol"), "/mechanisms/defence-ministerial")
    assert "Date to agree by No date the day of the mandate is not known" in page
    assert "United States read from practice" in page
    assert "4 no date known not confirmed" in page


def test_english_only_text_is_marked_and_says_so(client_for: ClientFor) -> None:
    page = client_for("benoit").get("/mechanisms/drug-dialogue?lang=fr").get_data(as_text=True)
    assert '<span lang="en">Three panels, each chaired by another country.</span>' in page
    assert '<ul class="scope"><li lang="en">drug trends</li>' in page
    sections = re.findall(r"<section class=\"sec.*?</section>", page, flags=re.DOTALL)
    note = re.search(r'<p class="small quiet">([^<]*)</p>\s*</div></section>', sections[1])
    assert note is not None
    marked = [section for section in sections if 'lang="en"' in section]
    assert [section.count(note[1]) for section in marked] == [1] * len(marked) == [1, 1, 1, 1]
    english = client_for("carol").get("/mechanisms/drug-dialogue").get_data(as_text=True)
    assert "exists in English only" not in english


def test_what_the_parties_typed_is_in_no_language_that_anybody_knows(app: Flask, client_for: ClientFor) -> None:
    database: Database = app.extensions["entente.database"]
    with database.system_session("correct facts", "write") as session:
        row = world.mechanism_of(session, "M02")
        mandate = {**row.facts["mandate"], "instrument": "Acuerdo de Mérida"}
        row.facts = {**row.facts, "scope_in": ["faros", "drug trends"], "scope_out": ["boyas"], "mandate": mandate}
        session.commit()
    page = client_for("benoit").get("/mechanisms/drug-dialogue?lang=fr").get_data(as_text=True)
    assert '<ul class="scope"><li>faros</li><li lang="en">drug trends</li></ul>' in page
    assert '<ul class="scope"><li>boyas</li></ul>' in page
    assert "<dd>Acuerdo de Mérida</dd>" in page
    sections = re.findall(r"<section class=\"sec.*?</section>", page, flags=re.DOTALL)
    noted = [section for section in sections if "n’existe qu’en anglais" in section]
    assert noted == [section for section in sections if 'lang="en"' in section]


def test_a_proposal_says_whose_it_is_and_owes_nothing(client_for: ClientFor) -> None:
    page = text_of(client_for("carol"), "/mechanisms/energy-security")
    assert "Earl Anthony Wayne and Arturo Sarukhan, January 2017: called for in" in page
    for owed in ("Date to agree", "Set up a meeting", "Subscribe", "Next host", "No meeting on record", "days left"):
        assert owed not in page


def test_proposals_stand_on_a_shelf_of_their_own(client_for: ClientFor) -> None:
    client = client_for("carol")
    listed, shelf = text_of(client, "/mechanisms"), text_of(client, "/mechanisms?shelf=proposals")
    assert "33 mechanisms. 2 have a date by which meetings are to be agreed." in listed
    assert "22 more are called for by authors only." in listed
    assert "Continental energy security" not in listed
    assert "Continental energy security" in shelf
    assert "North American Leaders' Summit" not in shelf
    assert "days left" not in shelf
    authors = [
        shelf.index(said)
        for said in (
            "Earl Anthony Wayne and Arturo Sarukhan, January 2017",
            "Author not named, June 2019",
            "Christopher Landau, 2024",
        )
    ]
    assert authors == sorted(authors)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("words=nadm", "1 mechanism answers to the filters."),
        ("level=ministers&status=stalled", "1 mechanism answers to the filters."),
        ("parties=CA-MX-US&status=agreed", "3 mechanisms answer to the filters."),
        ("words=zzz", "No mechanism answers to these filters."),
        ("level=nonsense&status=x", "33 mechanisms. 2 have a date"),
        ("shelf=proposals&parties=MX-US", "5 proposals answer to the filters."),
    ],
)
def test_filters_stand_in_the_address(client_for: ClientFor, query: str, said: str) -> None:
    assert said in text_of(client_for("carol"), f"/mechanisms?{query}")


def test_what_was_typed_is_kept_and_escaped(client_for: ClientFor) -> None:
    page = client_for("carol").get("/mechanisms", query_string={"words": '"><script>x', "level": "ministers"})
    assert b"<script>x" not in page.data
    assert b'value="&#34;&gt;&lt;script&gt;x"' in page.data
    assert b'<option value="ministers" selected>' in page.data


def test_the_buttons_are_those_of_who_reads(client_for: ClientFor) -> None:
    address = 'href="/meetings/new?mechanism=policy-planning-us-mx"'
    pages = {
        key: client_for(key).get("/mechanisms/policy-planning-us-mx").get_data(as_text=True)
        for key in ("ana", "diego", "benoit", "sam")
    }
    assert {key: address in page for key, page in pages.items()} == {
        "ana": True,
        "diego": True,
        "benoit": False,
        "sam": False,
    }
    assert all('href="/subscriptions/new?mechanism=policy-planning-us-mx"' in page for page in pages.values())


@pytest.mark.parametrize("path", ["/", "/mechanisms", "/mechanisms/drug-dialogue"])
def test_statements_of_a_page_do_not_grow(app: Flask, client_for: ClientFor, path: str) -> None:
    database: Database = app.extensions["entente.database"]
    client, counts, added = client_for("ana"), [], 0
    for total in (3, 60):
        with database.system_session("meetings and actions", "write") as session:
            for number in range(added, total):
                day = dt.date(2026, 12, 1) + dt.timedelta(days=number)
                made = world.add_meeting(session, f"NADD-2026-{number + 1}", mechanism="M02", starts_on=day)
                world.add_action(session, f"NADD-2026-{number + 1}-A01", meeting=made)
            session.commit()
        added = total
        with counted_statements(database) as found:
            assert client.get(path).status_code == 200
        counts.append(len(found))
    # Three of them say who is asking: the sign-in, the appointments, the audiences. The page of a mechanism has since
    # got what its meetings found to be good practice, and who takes part in the silence procedure.
    assert counts[0] == counts[1] <= 14 + 3
