"""The pages around an agenda: issuing and comparing it, proposals, consent, adoption, and what is asked after it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import html5lib
import pytest
from sqlalchemy import event, select

from app.db import Database
from app.i18n import LANGUAGE_COOKIE
from app.models import Decision, ItemPaper, ItemProposal, Mechanism
from app.services.agenda import agenda_of
from app.services.agenda_page import agenda_page
from app.services.meetings import find_meeting
from tests import world
from tests.text_rows import add_text_rows

REF = "UNC-2026-2"
AGENDA = f"/meetings/{REF}/agenda"
TOPIC = "issues of the bilateral relationship"
Client = Callable[[str | None], Any]
PROPOSAL = {"title_en": "Arms trade treaty", "type": "discussion", "minutes": "20", "note": "Before the conference."}
ITEM = {"title_en": "Candidatures", "kind": "substance", "type": "discussion", "minutes": "25"}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Return a database with a meeting of all three and its agenda, whose mechanism sets a topic aside."""
    with sqlite_database.system_session("prepare an agenda", "write") as session:
        mechanism = session.execute(select(Mechanism).where(Mechanism.ref == "M01")).scalar_one()
        mechanism.facts = {**mechanism.facts, "scope_out": [TOPIC]}
        meeting = world.add_meeting(session, REF, mechanism="M01", hosting={"MX": "host"})
        world.add_item(session, meeting, 1, kind="opening", type="information", title={"en": "Opening"})
        world.add_item(session, meeting, 2, title={"en": "Peace operations"}, minutes=45)
        session.commit()
    return sqlite_database


@pytest.fixture
def english(client_for: Client) -> Client:
    """Return clients of people who chose to read English."""

    def client(key: str | None) -> Any:
        opened = client_for(key)
        profile = world.CAST[key].language if key else ""
        opened.set_cookie(LANGUAGE_COOKIE, f"en.{profile}")
        return opened

    return client


def text_of(response: Any) -> str:
    page = html5lib.parse(response.get_data(as_text=True), namespaceHTMLElements=False)
    return " ".join(" ".join(page.find(".//main").itertext()).split())


def seen(database: Database) -> str:
    with database.read_session(world.viewer("ana")) as session:
        return agenda_page(session, find_meeting(session, REF)).seen


def ids(database: Database, key: str = "ana") -> dict[str, uuid.UUID]:
    with database.read_session(world.viewer(key)) as session:
        view = agenda_of(session, find_meeting(session, REF))
        return {line.item.title["en"]: line.item.id for line in (*view.items, *view.apart)}


def decided(database: Database, english: Client, *keys: str) -> None:
    for key in keys:
        with database.read_session(world.viewer(key)) as session:
            query = select(Decision).where(Decision.state == "open").order_by(Decision.asked_at)
            decision = session.execute(query).scalars().one()
        sent = {"answer": "yes", "note": "", "version": decision.version}
        assert english(key).post(f"/decisions/{decision.id}/answer", data=sent).status_code == 303


def test_a_revision_is_issued_read_and_compared(english: Client, database: Database) -> None:
    sam, benoit = english("sam"), english("benoit")
    assert "A draft. The provisional agenda is due on 10 November 2026." in text_of(sam.get(AGENDA))
    assert "Issue revision" not in text_of(benoit.get(AGENDA))
    read = seen(database)
    assert sam.post(f"{AGENDA}/issue", data={"seen": read}).status_code == 303
    assert sam.post(f"{AGENDA}/issue", data={"seen": read}).status_code == 422
    assert benoit.post(f"{AGENDA}/items", data=ITEM).status_code == 303
    stale = sam.post(f"{AGENDA}/issue", data={"seen": read})
    assert stale.status_code == 409
    assert "has changed since you opened it" in text_of(stale)
    assert sam.post(f"{AGENDA}/issue", data={"seen": seen(database)}).status_code == 303
    shown = text_of(benoit.get(f"{AGENDA}/revisions/2/changes?with=1"))
    assert "From revision 1 to revision 2." in shown
    assert "3 Candidatures added" in shown
    assert "Candidatures" not in text_of(benoit.get(f"{AGENDA}/revisions/1"))
    assert "Candidatures supplementary" in text_of(benoit.get(f"{AGENDA}/revisions/2"))
    for path in ("revisions/3", "revisions/1/changes?with=9", "revisions/1/changes?with=x"):
        assert benoit.get(f"{AGENDA}/{path}").status_code == 404
    assert english("isabelle").post(f"{AGENDA}/issue", data={"seen": read}).status_code in (409, 422)


def test_lead_times_are_changed_and_a_wrong_number_is_kept(english: Client, database: Database) -> None:
    ana = english("ana")
    wrong = ana.post(
        f"{AGENDA}/lead-times", data={"provisional_days": "ten", "supplementary_days": "5", "version": "0"}
    )
    assert wrong.status_code == 422
    assert 'value="ten"' in wrong.get_data(as_text=True)
    sent = {"provisional_days": "60", "supplementary_days": "30", "version": "0"}
    assert ana.post(f"{AGENDA}/lead-times", data=sent).status_code == 303
    assert ana.post(f"{AGENDA}/lead-times", data=sent).status_code == 409
    assert "Sun 11 Oct 2026 60 days before" in text_of(ana.get(AGENDA))


def test_proposals_stand_side_by_side_and_are_settled(english: Client, database: Database) -> None:
    benoit, daniel, ana = english("benoit"), english("daniel"), english("ana")
    address = f"{AGENDA}/proposals"
    assert benoit.post(address, data=PROPOSAL).status_code == 303
    assert (
        daniel.post(address, data={**PROPOSAL, "title_en": "The arms trade treaty and its review"}).status_code == 303
    )
    assert daniel.post(address, data={**PROPOSAL, "minutes": ""}).status_code == 422
    shown = text_of(ana.get(address))
    assert "On the agenda CA Canada US United States Arms trade treaty The arms trade treaty and its review" in shown
    assert "2 open" in text_of(ana.get(AGENDA))
    assert "Put it on the agenda" not in text_of(benoit.get(address))
    with database.read_session(world.viewer("ana")) as session:
        rows = session.execute(select(ItemProposal).order_by(ItemProposal.party_code)).scalars()
        first, second = (row.id for row in rows)
    assert ana.post(f"{address}/{first}/take", data={"version": "7"}).status_code == 409
    target = {"version": "1", "target": f"proposal:{first}"}
    assert ana.post(f"{address}/{second}/join", data=target).status_code == 303
    assert ana.post(f"{address}/{first}/decline", data={"version": "2", "reason": "x"}).status_code == 422
    shown = text_of(ana.get(address))
    assert "No proposal is open." in shown
    assert shown.count("item 3") == 2
    assert "Arms trade treaty" in ids(database)
    assert benoit.post(f"{address}/{first}/take", data={"version": "1"}).status_code == 422


def test_what_waits_is_left_to_a_later_meeting_and_fetched(english: Client, database: Database) -> None:
    ana = english("ana")
    made = ana.post("/mechanisms/un-coordination/backlog", data=PROPOSAL)
    assert made.status_code == 303
    assert "Before the conference." in text_of(english("benoit").get("/mechanisms/un-coordination/backlog"))
    with database.read_session(world.viewer("ana")) as session:
        found = session.execute(select(ItemProposal.id)).scalar_one()
    fetched = english("diego").post(f"{AGENDA}/proposals/{found}/fetch", data={"version": "1"})
    assert fetched.status_code == 303
    assert ana.post(f"{AGENDA}/proposals/{found}/backlog", data={"version": "2"}).status_code == 303
    gone = ana.post(f"/mechanisms/un-coordination/backlog/{found}/withdraw", data={"version": "3"})
    assert gone.status_code == 303
    assert "Nothing waits." in text_of(ana.get("/mechanisms/un-coordination/backlog"))


def test_a_topic_set_aside_is_named_and_consent_is_offered(english: Client, database: Database) -> None:
    ana, sent = english("ana"), {**ITEM, "title_en": "The bilateral relationship"}
    refused = ana.post(f"{AGENDA}/items", data=sent)
    assert refused.status_code == 422
    assert f"The mechanism sets this topic aside: “{TOPIC}”." in text_of(refused)
    assert 'value="The bilateral relationship"' in refused.get_data(as_text=True)
    assert ana.post(f"{AGENDA}/items", data={**sent, "consent": "yes", "note": ""}).status_code == 422
    asked = ana.post(f"{AGENDA}/items", data={**sent, "consent": "yes", "note": "The presidents asked."})
    assert asked.status_code == 303
    assert "The presidents asked." in text_of(english("benoit").get(asked.location))
    decided(database, english, "isabelle", "carol")
    item = ids(database)["The bilateral relationship"]
    shown = text_of(english("benoit").get(f"{AGENDA}/{item}"))
    assert "Every party consented to this item" in shown
    assert "The presidents asked." in shown
    proposed = english("benoit").post(f"{AGENDA}/proposals", data={**PROPOSAL, "title_en": "Bilateral relationship"})
    assert proposed.status_code == 422
    assert "Ask every party’s consent" in text_of(proposed)


def test_an_item_is_pointed_out_and_waits(english: Client, database: Database) -> None:
    carol, item = english("carol"), ids(database)["Peace operations"]
    refused = carol.post(f"{AGENDA}/{item}/topic", data={"topic": "weather", "note": "kept words"})
    assert refused.status_code == 422
    assert "kept words" in refused.get_data(as_text=True)
    assert carol.post(f"{AGENDA}/{item}/topic", data={"topic": TOPIC, "note": "Ours."}).status_code == 303
    assert "waits for every party’s consent" in text_of(english("benoit").get(AGENDA))
    waits = english("sam").post(f"{AGENDA}/issue", data={"seen": seen(database)})
    assert waits.status_code == 422
    assert "An item waits for every party’s consent" in text_of(waits)


def test_adoption_is_asked_answered_and_changes_are_asked_after_it(english: Client, database: Database) -> None:
    ana = english("ana")
    page = text_of(ana.get(f"{AGENDA}/adoption"))
    assert "1 Opening 2 Peace operations" in page
    assert "With a party missing, a sitting is informal" in page
    assert ana.post(f"{AGENDA}/adoption", data={"seen": "old"}).status_code == 409
    asked = ana.post(f"{AGENDA}/adoption", data={"seen": seen(database)})
    assert asked.status_code == 303
    assert "2. Peace operations" in text_of(english("carol").get(asked.location))
    again = english("carol").post(f"{AGENDA}/adoption", data={"seen": seen(database)})
    assert again.status_code == 422
    assert english("benoit").get(f"{AGENDA}/adoption").status_code == 404
    decided(database, english, "isabelle", "carol")
    shown = text_of(english("benoit").get(AGENDA))
    assert "Adopted on 22 November 2026, by every party." in shown
    assert "Add the item" not in shown
    item = ids(database)["Peace operations"]
    form = ana.get(f"{AGENDA}/{item}").get_data(as_text=True)
    version = re.search(r'name="version" value="([0-9a-f]+)"', form)
    assert version
    sent = {**ITEM, "title_en": "Peacekeeping", "version": version[1], "note": "Clearer."}
    assert english("benoit").post(f"{AGENDA}/{item}", data=sent).status_code == 422
    asked = ana.post(f"{AGENDA}/{item}", data=sent)
    assert asked.status_code == 303
    assert "Peacekeeping" in text_of(english("carol").get(asked.location))
    decided(database, english, "isabelle", "carol")
    assert "Peacekeeping" in ids(database)
    for path, more in (
        ("items", ITEM), (f"{item}/place", {"place": "1", "order": _order(database)}),
    ):  # fmt: skip
        assert "/decisions/" in ana.post(f"{AGENDA}/{path}", data=more).location


def _order(database: Database) -> str:
    with database.read_session(world.viewer("ana")) as session:
        return agenda_of(session, find_meeting(session, REF)).order


def test_two_edits_of_one_item_show_both_in_every_field(english: Client, database: Database) -> None:
    item = ids(database)["Peace operations"]
    form = english("ana").get(f"{AGENDA}/{item}").get_data(as_text=True)
    found = re.search(r'name="version" value="([0-9a-f]+)"', form)
    assert found
    sent = {**ITEM, "version": found[1]}
    assert english("benoit").post(f"{AGENDA}/{item}", data={**sent, "annotation_fr": "À lui"}).status_code == 303
    lost = english("ana").post(f"{AGENDA}/{item}", data={**sent, "annotation_fr": "À moi"})
    assert lost.status_code == 409
    assert "Annotation in French differs À moi À lui" in text_of(lost)


def test_items_of_two_are_on_no_page_of_the_third(english: Client, database: Database) -> None:
    sent = {**ITEM, "title_en": world.canary("MXUS", "apart"), "parties": ["MX", "US"]}
    assert english("ana").post(f"{AGENDA}/items", data=sent).status_code == 303
    assert "MXUS-1" in text_of(english("carol").get(AGENDA))
    assert "MXUS-1" in text_of(english("carol").get(f"/meetings/{REF}"))
    for key in ("benoit", "sam"):
        for path in (AGENDA, f"{AGENDA}/annotated", f"/meetings/{REF}", f"{AGENDA}/proposals"):
            assert "MXUS" not in english(key).get(path).get_data(as_text=True), (key, path)
    # An agenda goes from hand to hand among all.
    assert "MXUS" not in english("ana").get(f"{AGENDA}/print").get_data(as_text=True)


def test_the_annotated_agenda_is_made_of_markdown(english: Client, database: Database) -> None:
    ana, item = english("ana"), ids(database)["Peace operations"]
    form = ana.get(f"{AGENDA}/{item}").get_data(as_text=True)
    found = re.search(r'name="version" value="([0-9a-f]+)"', form)
    assert found
    sent = {
        **ITEM,
        "version": found[1],
        "annotation_es": "El *mandato*:\n\n- uno\n- dos",
        "expected_result_en": "A list.",
    }
    assert ana.post(f"{AGENDA}/{item}", data=sent).status_code == 303
    shown = english("benoit").get(f"{AGENDA}/annotated").get_data(as_text=True)
    assert re.search(r'<div class="annotation" lang="es"><p>El <em>mandato</em>:</p>\s*<ul>\s*<li>uno</li>', shown)
    assert "A list." in shown


def test_as_many_statements_for_sixty_items_as_for_six(english: Client, database: Database) -> None:
    """The page of 60 items with papers and positions takes as many as one of 6, at most 15 (issue 6)."""
    with database.system_session("prepare six", "write") as session:
        meeting = find_meeting(session, REF)
        add_text_rows(session, meeting, "CAMXUS", "carol")
        session.commit()
    client = english("carol")
    few = statements(database, client)
    with database.system_session("prepare sixty", "write") as session:
        meeting = find_meeting(session, REF)
        for number in range(3, 61):
            row = world.add_item(session, meeting, number)
            session.add(
                ItemPaper(
                    item_id=row.id, document_id=world.identity("document", REF), position=1,
                    audience_id=meeting.audience_id,
                )
            )  # fmt: skip
        session.commit()
    assert statements(database, client) == few
    assert few <= 15, few


def statements(database: Database, client: Any) -> int:
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            told.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert client.get(AGENDA).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(told)
