"""The pages of drafts: the form, its questions, the preview, proposing, staged changes, past meetings."""

from __future__ import annotations

import re
import uuid

import pytest
from sqlalchemy import select

from app.models import AuditRecord, Draft, Meeting, OutboxMessage, Submission
from app.services.drafts import own_drafts
from app.services.meetings import find_meeting
from tests import world

TYPED = {
    "mechanism": "un-coordination",
    "title_en": f"{world.canary('MX', 'title')} coordination",
    "title_es": "Coordinación",
    "title_fr": "",
    "original": "es",
    "ordinal": "",
    "parties": ["MX", "US"],
    "hosting_MX": "host",
    "hosting_US": "none",
    "hosting_CA": "none",
    "format": "hybrid",
    "place": "Torre de Tlatelolco",
    "conference_url": "https://video.example.org/r/7",
    "first_day": "2026-12-10",
    "last_day": "",
    "starts": "09:30",
    "ends": "12:00",
    "zone": "America/Mexico_City",
    "agenda": "template",
    "act": "save",
}


def form(**changed):
    return TYPED | {"submission_id": str(uuid.uuid4())} | changed


def rows(app) -> tuple[int, ...]:
    with app.extensions["entente.database"].system_session("count in a test") as session:
        kinds = (Draft, Meeting, AuditRecord, OutboxMessage, Submission)
        return tuple(len(session.execute(select(kind)).all()) for kind in kinds)


def saved(client, **changed) -> str:
    """Save a new draft and return the address of its page."""
    response = client.post("/meetings/new", data=form(**changed))
    assert response.status_code == 303, response.text
    return response.location


def version_in(text: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', text)
    assert found
    return found[1]


def add(app, reference: str, parties=world.THREE, **changed):
    with app.extensions["entente.database"].system_session("prepare a test", "write") as session:
        world.add_meeting(session, reference, parties, **changed)
        session.commit()


def meeting(app, reference: str, who: str = "ana") -> Meeting:
    with app.extensions["entente.database"].read_session(world.viewer(who)) as session:
        return find_meeting(session, reference)


# The form -----------------------------------------------------------------------------------------


def test_a_new_draft_begins_with_the_mechanisms_parties_and_title(client_for):
    page = client_for("ana").get("/meetings/new?mechanism=un-coordination&lang=en").text
    for code in ("CA", "MX", "US"):
        assert re.search(rf'name="parties" value="{code}"\s+checked', page)
    assert 'value="United Nations and multilateral coordination"' in page
    assert re.search(r'<option value="un-coordination" selected', page)
    assert re.search(r'<option value="America/Mexico_City" selected', page)


def test_a_draft_is_saved_shown_to_colleagues_and_to_nobody_else(client_for):
    address = saved(client_for("ana"))
    page = client_for("diego").get(address).text
    assert "Torre de Tlatelolco" in page
    assert 'value="2026-12-10"' in page
    assert 'value="09:30"' in page
    for who in ("carol", "isabelle", "sam", "olga", "marta"):
        for method, path in (("GET", ""), ("GET", "/preview"), ("POST", "/propose"), ("GET", "/discard"), ("POST", "")):
            response = client_for(who).open(
                address + path, method=method, data={"version": "1"} if method == "POST" else None
            )
            assert response.status_code == 404, (who, path)


BAD = [
    ({"title_en": "x" * 10_000}, "title_en", "300"),
    ({"title_es": "a\u202eb"}, "title_es", "direction"),
    ({"place": "a\x07b"}, "place", "cannot be printed"),
    ({"first_day": "10/12/2026"}, "first_day", "not a date"),
    ({"starts": "25:00"}, "starts", "not a time"),
    ({"starts": "half past"}, "starts", "not a time"),
    ({"ends": "09:00"}, "ends", "before the start"),
    ({"last_day": "2026-12-09"}, "last_day", "before the start"),
    ({"last_day": "2028-01-13"}, "last_day", "31 days"),
    ({"zone": "America/Washington"}, "zone", "no time zone"),
    ({"ordinal": "nine"}, "ordinal", "digits"),
    ({"ordinal": "1000"}, "ordinal", "999"),
    ({"parties": ["MX", "ZZ"]}, "parties", "cannot be chosen"),
    ({"mechanism": "no-such-thing"}, "mechanism", "mechanism"),
    ({"hosting_US": "host"}, "hosting_US", "Only one party"),
    ({"conference_url": "http://video.example.org"}, "conference_url", "https://"),
    ({"format": "carrier-pigeon"}, "format", "form"),
]


@pytest.mark.parametrize(("changed", "field", "words"), BAD)
def test_bad_input_is_told_beside_its_field_kept_and_not_written(app, client_for, changed, field, words):
    before = rows(app)
    response = client_for("ana").post("/meetings/new?lang=en", data=form(**changed))
    assert response.status_code == 422
    beside = re.search(rf'id="{field}-error">.*?<span>(.*?)</span>', response.text, re.DOTALL)
    assert beside, response.text
    assert words in beside[1]
    assert f'<a href="#{field}">' in response.text
    assert "Torre de Tlatelolco" in response.text or field == "place"
    assert rows(app) == before


def test_what_was_typed_wrong_comes_back_as_it_was_typed(client_for):
    page = client_for("ana").post("/meetings/new", data=form(first_day="10/12/2026", starts="half past")).text
    assert 'value="10/12/2026"' in page
    assert 'value="half past"' in page


def test_a_time_that_the_clocks_skip_is_a_question_and_an_answer_mends_it(app, client_for):
    client = client_for("ana")
    gap = {"zone": "America/New_York", "first_day": "2027-03-14", "starts": "02:30", "ends": "05:00"}
    page = client.post("/meetings/new?lang=en", data=form(**gap))
    assert page.status_code == 422
    assert re.findall(r'name="instead_starts" value="([0-9:]+)"', page.text) == ["01:30", "03:30"]
    address = saved(client, **gap, instead_starts="03:30")
    assert 'value="03:30"' in client.get(address).text


def test_a_time_that_comes_twice_is_a_question_with_both_offsets_and_the_choice_is_kept(client_for):
    client = client_for("ana")
    fold = {"zone": "America/New_York", "first_day": "2027-11-07", "starts": "01:30", "ends": "05:00"}
    page = client.post("/meetings/new?lang=en", data=form(**fold))
    assert page.status_code == 422
    assert "EDT, UTC−4" in page.text
    assert "EST, UTC−5" in page.text
    address = saved(client, **fold, choice="later")
    assert re.search(r'name="choice" value="later"\s+checked', client.get(address).text)


def test_the_times_are_shown_in_each_place_and_nothing_is_saved(app, client_for):
    before = rows(app)
    response = client_for("ana").post("/meetings/new?lang=en", data=form(act="times"))
    assert response.status_code == 200
    shown = re.findall(r"<h3>(.*?)</h3>\s*<span class=\"t\">(.*?)</span>", response.text)
    assert shown == [("Mexico City", "9:30–12:00"), ("Washington", "10:30–13:00")]
    assert rows(app) == before


def test_the_same_form_sent_twice_makes_one_draft(app, client_for):
    client = client_for("ana")
    sent = form()
    first, second = client.post("/meetings/new", data=sent), client.post("/meetings/new", data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert rows(app)[0] == 1


def test_the_slower_of_two_colleagues_sees_both_texts(client_for):
    address = saved(client_for("ana"))
    assert client_for("diego").post(address, data=form(version="1", place="Los Pinos")).status_code == 303
    response = client_for("ana").post(address + "?lang=en", data=form(version="1", place="Palacio Nacional"))
    assert response.status_code == 409
    assert "Los Pinos" in response.text
    assert "Palacio Nacional" in response.text
    shown = response.text.partition('id="compare-heading"')[2].partition("<form")[0]
    assert "un-coordination" not in shown
    assert "2026-12-10" not in shown
    assert "the template’s items" in shown
    again = client_for("ana").post(address, data=form(version=version_in(response.text), place="Palacio Nacional"))
    assert again.status_code == 303
    assert "Palacio Nacional" in client_for("diego").get(address).text


def test_a_draft_is_discarded_after_a_question(client_for, app):
    client = client_for("ana")
    address = saved(client)
    asked = client.get(address + "/discard")
    assert asked.status_code == 200
    response = client.post(
        address + "/discard", data={"version": version_in(asked.text), "submission_id": str(uuid.uuid4())}
    )
    assert response.status_code == 303
    assert client.get(address).status_code == 404
    with app.extensions["entente.database"].read_session(world.viewer("ana")) as session:
        assert own_drafts(session) == ()


@pytest.mark.parametrize("who", ["olga", "marta"])
def test_who_drafts_nothing_finds_no_form(client_for, who):
    for path in ("/meetings/new", "/meetings/record"):
        assert client_for(who).get(path).status_code == 404


# Proposing ----------------------------------------------------------------------------------------


def test_the_preview_tells_what_each_party_sees_and_proposing_does_it_once(app, client_for):
    client = client_for("ana")
    address = saved(client, title_en="Coordination")
    page = client.get(address + "/preview?lang=en")
    assert page.status_code == 200
    assert "UNC-2026-MXUS-…" in page.text
    assert "10:30–13:00" in page.text
    assert "Its coordinator or head is asked for a yes." in page.text
    assert "Joint secretariat" not in page.text
    sent = {"version": version_in(page.text), "submission_id": str(uuid.uuid4())}
    for _ in range(2):
        response = client.post(address + "/propose", data=sent)
        assert (response.status_code, response.location) == (303, "/meetings/UNC-2026-MXUS-1")
    assert rows(app)[1] == 1
    assert meeting(app, "UNC-2026-MXUS-1", "carol").uid.endswith("@127.0.0.1")
    assert client.get(address).status_code == 404


def test_the_preview_names_the_secretariat_where_it_sees_the_meeting(client_for):
    client = client_for("ana")
    page = client.get(saved(client, title_en="C", parties=["CA", "MX", "US"]) + "/preview?lang=en").text
    assert page.count("Joint secretariat") == 2


def test_the_preview_warns_and_forbids_nothing(client_for):
    client = client_for("ana")
    page = client.get(saved(client, first_day="2026-12-12", starts="06:00") + "/preview?lang=en")
    assert page.status_code == 200
    assert "On a weekend: Saturday 12 December 2026." in page.text
    assert "reaches into the night in Mexico City" in page.text


def test_what_is_missing_is_told_instead_of_a_preview(client_for):
    client = client_for("ana")
    address = saved(client, title_en="", title_es="", first_day="", ends="")
    page = client.get(address + "/preview?lang=en")
    assert page.status_code == 422
    for field in ("title_en", "first_day", "ends"):
        assert f'id="{field}-error"' in page.text
    assert "The draft is saved. Before it can be proposed, this is missing:" in page.text
    assert "Nothing was saved" not in page.text
    wrong = client.post(address + "?lang=en", data=form(version="1", ordinal="many"))
    assert wrong.status_code == 422
    assert "Nothing was saved: one thing needs a correction." in wrong.text


def test_a_meeting_of_others_is_not_proposed(app, client_for):
    client = client_for("ana")
    address = saved(client, parties=["CA", "US"], hosting_MX="none")
    before = rows(app)
    response = client.post(address + "/propose?lang=en", data={"version": "1", "submission_id": str(uuid.uuid4())})
    assert response.status_code == 422
    assert "Choose your own party too" in response.text
    assert rows(app) == before


def test_the_secretariat_drafts_and_proposes_for_all_who_appointed_it(app, client_for):
    client = client_for("sam")
    three = {"parties": ["CA", "MX", "US"], "title_en": "Joint", "title_es": ""}
    refused = client.post("/meetings/new?lang=en", data=form(mechanism="-", **three))
    assert refused.status_code == 422
    assert "You serve in no secretariat for this mechanism" in refused.text
    address = saved(client, **three)
    assert client_for("ana").get(address).status_code == 404
    sent = {"version": "1", "submission_id": str(uuid.uuid4())}
    assert client.post(address + "/propose", data=sent).location == "/meetings/UNC-2026-1"
    assert {row.answer for row in meeting(app, "UNC-2026-1").parties} == {None}


def test_a_new_draft_can_begin_from_the_last_meeting(app, client_for):
    add(app, "UNC-2026-2", mechanism="M01", state="held")
    client = client_for("ana")
    page = client.get("/meetings/new?mechanism=un-coordination&lang=en").text
    assert "copy=last" in page
    copied = client.get("/meetings/new?mechanism=un-coordination&copy=last&lang=en").text
    assert re.search(r'<option value="UNC-2026-2" selected>the items of UNC-2026-2', copied)
    assert 'value="10:00"' in copied
    assert client.get("/meetings/new?copy=UNC-2026-9").status_code == 404


# Changes ------------------------------------------------------------------------------------------


def test_changes_are_staged_shown_side_by_side_and_published(app, client_for):
    add(app, "UNC-2026-7", mechanism="M01", state="confirmed", answers=dict.fromkeys(world.THREE, "yes"))
    client = client_for("ana")
    staged = client.post("/meetings/UNC-2026-7/changes", data={"submission_id": str(uuid.uuid4())})
    assert staged.status_code == 303
    address = staged.location
    page = client.get(address + "?lang=en").text
    assert 'name="mechanism"' not in page
    typed = form(
        version=version_in(page), meeting_version="1", title_en="Meeting UNC-2026-7", title_es="", original="en",
        parties=["CA", "MX", "US"], hosting_MX="none", format="in_person", place="New York", conference_url="",
        zone="America/New_York", starts="10:00", ends="13:00", first_day="2026-12-14", last_day="2026-12-14",
        act="preview",
    )  # fmt: skip
    saved_page = client.post(address, data=typed)
    assert (saved_page.status_code, saved_page.location) == (303, address + "/preview")
    preview = client.get(address + "/preview?lang=en").text
    assert "Thu 10 Dec 2026" in preview
    assert "Mon 14 Dec 2026" in preview
    assert "The time moves: Canada and United States will be asked again." in preview
    response = client.post(
        address + "/publish", data={"version": version_in(preview), "submission_id": str(uuid.uuid4())}
    )
    assert (response.status_code, response.location) == (303, "/meetings/UNC-2026-7")
    changed = meeting(app, "UNC-2026-7")
    assert (changed.state, changed.sequence, changed.starts_on.day, changed.first_starts_on.day) == (
        "proposed",
        1,
        14,
        10,
    )


def test_changes_to_a_meeting_that_moved_meanwhile_show_both(app, client_for):
    add(app, "UNC-2026-7", mechanism="M01")
    carol, ana = client_for("carol"), client_for("ana")
    base = {
        "title_en": "Meeting UNC-2026-7", "title_es": "", "original": "en", "parties": ["CA", "MX", "US"],
        "hosting_MX": "none", "format": "in_person", "conference_url": "", "zone": "America/New_York",
        "starts": "10:00", "ends": "13:00", "last_day": "2026-12-10", "meeting_version": "1", "version": "1",
    }  # fmt: skip
    addresses = {}
    for client, place in ((carol, "Washington"), (ana, "Ottawa")):
        address = client.post("/meetings/UNC-2026-7/changes", data={"submission_id": str(uuid.uuid4())}).location
        assert client.post(address, data=form(**base | {"place": place})).status_code == 303
        addresses[place] = address
    sent = {"version": "2", "submission_id": str(uuid.uuid4())}
    assert ana.post(addresses["Ottawa"] + "/publish", data=sent).status_code == 303
    late = carol.post(addresses["Washington"] + "/publish", data=sent | {"submission_id": str(uuid.uuid4())})
    assert late.status_code == 409
    assert "Washington" in late.text
    assert "Ottawa" in late.text
    assert meeting(app, "UNC-2026-7").place == "Ottawa"


@pytest.mark.parametrize("who", ["isabelle", "sam", "olga", "marta"])
def test_nobody_stages_changes_to_what_they_do_not_see(app, client_for, who):
    add(app, "UNC-2026-MXUS-3", ("MX", "US"), mechanism="M01")
    assert client_for(who).post("/meetings/UNC-2026-MXUS-3/changes").status_code == 404
    assert client_for("ana").post("/meetings/UNC-2026-MXUS-4/changes").status_code == 404


# Past meetings ------------------------------------------------------------------------------------


def test_a_past_meeting_is_recorded_with_its_source(app, client_for):
    client = client_for("ana")
    assert client.get("/meetings/record?mechanism=un-coordination").status_code == 200
    typed = form(
        first_day="2019-05-06", last_day="2019-05-07", format="unknown", source="Comunicado 112", starts="", ends=""
    )
    response = client.post("/meetings/record", data=typed)
    assert (response.status_code, response.location) == (303, "/meetings/UNC-2019-MXUS-1")
    kept = meeting(app, "UNC-2019-MXUS-1", "carol")
    assert (kept.state, kept.source, kept.starts_time) == ("held", "Comunicado 112", None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"source": ""}, "source"), ({"first_day": "2026-12-01"}, "last_day"), ({"first_day": ""}, "first_day")],
)
def test_what_cannot_be_recorded_is_told_and_kept(app, client_for, changed, field):
    before = rows(app)
    typed = form(first_day="2019-05-06", source="Comunicado 112", format="unknown") | changed
    response = client_for("ana").post("/meetings/record", data=typed)
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    assert "Torre de Tlatelolco" in response.text
    assert rows(app) == before
