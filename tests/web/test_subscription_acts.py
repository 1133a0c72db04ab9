"""Filters as a form, changes and their races, new addresses, the page that reads a feed back, and assistants."""

from __future__ import annotations

import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import Authorisation, Mechanism, SubscriptionFetch
from config import Settings
from tests import world
from tests.conftest import make_app
from tests.services.test_feeds import change
from tests.subscribing import counted_statements, shown, subscribe
from tests.web.test_subscriptions import FORM, live, made, text_of, token_in

LUCIA = world.CAST["lucia"].id


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    """Return the app on a database in which the story has been told."""
    return make_app(settings, told)


def checked(page: str, name: str) -> list[str]:
    """Return the values of the boxes that are ticked."""
    boxes = re.findall(rf'<input class="form-check-input" type="checkbox"[^>]* name="{name}"[^>]*>', page)
    return [value for box in boxes if " checked" in box for value in re.findall(r'value="([^"]*)"', box)]


# Filters ------------------------------------------------------------------------------------------


def test_the_form_takes_what_the_calendars_address_asks_for(client_for):
    asked = (
        "mechanism=un-coordination&mechanism=drug-dialogue&party=CA&level=ministers&kind=panel&kind=nonsense"
        "&closures=MX&closures=CA&cancelled=0"
    )
    page = client_for("ana").get(f"/subscriptions/new?{asked}").text
    assert {name: checked(page, name) for name in ("party", "level", "kind")} == {
        "party": ["CA"], "level": ["ministers"], "kind": ["panel"],
    }  # fmt: skip
    assert sorted(checked(page, "mechanism")) == ["drug-dialogue", "un-coordination"]
    assert sorted(checked(page, "closures")) == ["CA", "MX"]
    assert re.search(r'name="cancelled" value="no"\s* checked', page)
    plain = client_for("ana").get("/subscriptions/new?cancelled=1").text
    assert re.search(r'name="cancelled" value="yes"\s* checked', plain)


def test_everything_that_is_chosen_is_kept_and_shown_again(client_for, told):
    chosen = {
        "mechanism": ["un-coordination", "drug-dialogue"], "party": ["MX"], "level": ["senior_officials"],
        "kind": ["session"], "office": "US-DOS", "closures": ["US"], "to_agree": "y", "cancelled": "no", "is_seen": "y",
    }  # fmt: skip
    carol = client_for("carol")
    form = {name: value for name, value in FORM.items() if name != "gzip"} | chosen
    page = carol.post("/subscriptions/new", data=form)
    assert page.status_code == 200
    (row,) = live(told, "carol")
    kept = {name: row.choices[name] for name in ("parties", "levels", "kinds", "office")}
    assert kept == {"parties": ["MX"], "levels": ["senior_officials"], "kinds": ["session"], "office": ["US-DOS"]}
    assert (row.mechanism_id, len(row.choices["mechanisms"])) == (None, 2)
    flags = (row.keeps_cancelled, row.shows_to_agree, row.uses_gzip, row.closures_of)
    assert flags == (False, True, False, ["US"])
    edited = carol.get(f"/subscriptions/{row.id}/edit").text
    for name in ("mechanism", "party", "level", "kind", "closures"):
        value = chosen[name]
        assert sorted(checked(edited, name)) == sorted(value if isinstance(value, list) else [value])
    assert (checked(edited, "to_agree"), checked(edited, "gzip")) == (["y"], [])
    told_page = text_of(carol.get(f"/subscriptions/{row.id}").text)
    assert "2 mechanisms · Mexico, Senior officials, session, led by US-DOS" in told_page
    assert f"The address ends in {token_in(page.text)[-4:]}" in told_page


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"party": "CA", "kind": "panel"}, "This matches nothing that you may see now."),
        ({"party": "US"}, "This matches everything that you may see now, as no filter would."),
        ({"party": "CA"}, None),
        ({}, None),
    ],
)
def test_nothing_and_everything_are_said_before_anything_is_saved(client_for, told, chosen, said):
    carol = client_for("carol")
    answer = carol.post("/subscriptions/new", data=FORM | chosen)
    if said is None:
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert live(told, "carol") == []
    assert 'name="is_seen" value="y"' in answer.text
    assert checked(answer.text, "party") == [chosen["party"]]
    assert carol.post("/subscriptions/new", data=FORM | chosen | {"is_seen": "y"}).status_code == 200
    assert len(live(told, "carol")) == 1


def test_what_was_lost_is_said_on_its_page_and_in_the_list(client_for, told):
    carol = client_for("carol")
    made(carol, mechanism="drug-dialogue")
    (row,) = live(told, "carol")
    with told.system_session("hide a mechanism in a test", "write") as session:
        mechanism = session.execute(select(Mechanism).where(Mechanism.code == "drug-dialogue")).scalar_one()
        mechanism.audience_id = session.audience({"party:CA"})
        session.commit()
    page = text_of(carol.get(f"/subscriptions/{row.id}").text)
    assert "A mechanism that you no longer see: nothing of it is shown." in page
    assert "Drug" not in page
    assert "Something that it names is lost" in text_of(carol.get("/subscriptions").text)
    assert "Something that you no longer see" in text_of(carol.get(f"/subscriptions/{row.id}/edit").text)
    assert "A mechanism that you no longer see" in text_of(carol.get(f"/subscriptions/{row.id}/check").text)


# Changes ------------------------------------------------------------------------------------------


def test_a_change_keeps_the_address(client_for, told):
    carol = client_for("carol")
    token = token_in(made(carol))
    (row,) = live(told, "carol")
    form = FORM | {"version": "1", "name": "Office", "party": "CA", "submission_id": str(uuid.uuid4())}
    for _ in range(2):
        answer = carol.post(f"/subscriptions/{row.id}/edit", data=form)
        assert (answer.status_code, answer.location) == (303, f"/subscriptions/{row.id}")
    assert "Office" in text_of(carol.get(answer.location).text)
    assert len(shown(carol.get(f"/feeds/{token}.ics").data)) == 2


def test_two_at_once_are_shown_both(client_for, told):
    carol = client_for("carol")
    made(carol)
    (row,) = live(told, "carol")
    path = f"/subscriptions/{row.id}/edit"
    assert carol.post(path, data=FORM | {"version": "1", "name": "First", "party": "CA"}).status_code == 303
    answer = carol.post(path, data=FORM | {"version": "1", "name": "Second", "kind": "session"})
    assert answer.status_code == 409
    page = text_of(answer.text)
    for words in ("Name differs Second First", "Kind of meeting differs session", "Canada"):
        assert words in page
    again = FORM | {"version": re.findall(r'name="version" value="(\d+)"', answer.text)[0], "name": "Second"}
    assert carol.post(path, data=again).status_code == 303
    assert [each.name for each in live(told, "carol")] == ["Second"]


@pytest.mark.parametrize("version", ["", "x", "99"])
def test_a_change_without_its_version_is_a_lost_race(client_for, told, version):
    carol = client_for("carol")
    made(carol)
    (row,) = live(told, "carol")
    form = FORM | {"version": version, "name": "Another"}
    assert carol.post(f"/subscriptions/{row.id}/edit", data=form).status_code == 409
    assert carol.post(f"/subscriptions/{row.id}/edit", data=form | {"party": "XX"}).status_code in {409, 422}
    assert [each.name for each in live(told, "carol")] == ["Phone"]


# A new address ------------------------------------------------------------------------------------


def test_a_new_address_is_shown_once_and_the_old_one_is_dead(client_for, told):
    carol = client_for("carol")
    old = token_in(made(carol))
    (row,) = live(told, "carol")
    with told.system_session("note a fetch in a test", "write") as session:
        fetch = SubscriptionFetch(
            subscription_id=row.id, last_fetched_at=world.NOW, last_agent="Thunderbird/153", audience_id=row.audience_id
        )
        session.add(fetch)
        session.commit()
    path = f"/subscriptions/{row.id}/renew"
    asked = text_of(carol.get(path).text)
    assert "Give the new address to every program that has the old one. The last that fetched it: Thunderbird." in asked
    assert carol.get(f"/feeds/{old}.ics").status_code == 200
    submission = {"submission_id": str(uuid.uuid4())}
    page = carol.post(path, data=submission)
    new = token_in(page.text)
    assert "The old address answers nothing any more." in text_of(page.text)
    assert page.headers["Cache-Control"] == "private, no-cache, no-store"
    assert carol.get(f"/feeds/{old}.ics").status_code == 404
    assert carol.get(f"/feeds/{new}.ics").status_code == 200
    again = carol.post(path, data=submission)
    assert (again.status_code, again.location) == (303, "/subscriptions?repeated=1")
    assert carol.get(f"/feeds/{new}.ics").status_code == 200
    for address in ("/subscriptions", f"/subscriptions/{row.id}", f"/subscriptions/{row.id}/check", "/audit"):
        assert new not in carol.get(address).text


# Compression --------------------------------------------------------------------------------------


def test_a_feed_that_is_never_compressed(client_for, told):
    feed = f"/feeds/{subscribe(told, 'ana', uses_gzip=False).token}.ics"
    ana, accepted = client_for("ana"), {"Accept-Encoding": "gzip, deflate"}
    got = ana.get(feed, headers=accepted)
    assert "Content-Encoding" not in got.headers
    assert len(shown(got.data)) == 3
    assert got.headers["Vary"] == "Accept-Encoding"
    head = ana.head(feed, headers=accepted)
    assert (dict(head.headers), head.data) == (dict(got.headers), b"")
    tag = got.headers["ETag"]
    assert not tag.endswith('gzip"')
    assert ana.get(feed, headers=accepted | {"If-None-Match": tag}).status_code == 304
    assert ana.head(feed, headers=accepted | {"If-None-Match": tag}).status_code == 304


# Reading it back ----------------------------------------------------------------------------------


def test_a_feed_is_shown_as_the_main_programs_show_it(client_for, told):
    made_one = subscribe(told, "ana", closures_of=("MX",), shows_to_agree=True)
    ana = client_for("ana")
    page = ana.get(f"/subscriptions/{made_one.subscription.id}/check?lang=en").text
    told_page = text_of(page)
    assert f"The address ends in {made_one.token[-4:]}" in told_page
    assert "Problems none found" in told_page
    (off,) = re.findall(r'<tr role="row">\s*<th[^>]*>CANCELLED: Meeting NADD.*?</tr>', page, re.DOTALL)
    said = [text_of(cell) for cell in re.findall(r"<td.*?</td>", off, re.DOTALL)]
    assert [each.split()[0] for each in said] == ["not", "shown", "struck", "shown", "shown,"]
    assert "CANCELLED CANCELLED: Meeting NADD-2026-1 (NADD-2026-1)" in said[4]
    assert "zzcanary-CAMXUS-title en (UNC-2026-1) Thu 10 Dec 2026, 9:00 Mexico City shown tentative" in told_page
    assert "Date to agree: " in told_page
    assert "shown as free time" in told_page
    size = len(ana.get(f"/feeds/{made_one.token}.ics").data)
    assert f"Size {round(size / 1000, 1)} kB" in told_page
    assert made_one.token not in page


def test_reading_it_back_needs_no_address_and_keeps_nothing(client_for, told, app):
    made_one = subscribe(told, "ana")
    ana = client_for("ana")
    ana.get(f"/subscriptions/{made_one.subscription.id}/check")
    assert len(app.extensions["entente.kept_feeds"]) == 0
    body = ana.get(f"/feeds/{made_one.token}.ics").data
    assert f"/feeds/{made_one.token}.ics".encode() in body.replace(b"\r\n ", b"")
    assert ana.get(f"/subscriptions/{made_one.subscription.id}/check").status_code == 200


def test_an_empty_feed_says_so(client_for, told):
    made_one = subscribe(told, "olga")
    page = text_of(client_for("olga").get(f"/subscriptions/{made_one.subscription.id}/check").text)
    assert "There is nothing to come in this feed." in page


# Assistants ---------------------------------------------------------------------------------------


def test_an_assistant_is_let_in_subscribes_and_is_ended(client_for, told):
    lucia, ana = client_for("lucia"), client_for("ana")
    form = {"email": "ana@example.org", "submission_id": str(uuid.uuid4())}
    for _ in range(2):
        assert lucia.post("/assistants", data=form).status_code == 303
    assert 'name="whose"' in ana.get("/subscriptions/new").text
    token = token_in(made(ana, whose=str(LUCIA), name="For her"))
    assert len(shown(ana.get(f"/feeds/{token}.ics").data)) == 3
    page = text_of(lucia.get("/subscriptions?lang=en").text)
    assert "For her" in page
    assert "has it for you" in page
    (row,) = [each for each in live(told, "lucia") if each.principal_id == LUCIA]
    assert lucia.get(f"/subscriptions/{row.id}").status_code == 200
    for path in (f"/subscriptions/{row.id}/edit", f"/subscriptions/{row.id}/renew"):
        assert lucia.get(path).status_code == lucia.post(path, data=FORM).status_code == 404
    with told.read_session(world.viewer("ana")) as session:
        found = session.execute(select(Authorisation).where(Authorisation.assistant_id == world.CAST["ana"].id))
        leave = found.scalar_one().id
    assert client_for("diego").get(f"/assistants/{leave}/end").status_code == 404
    asked = text_of(lucia.get(f"/assistants/{leave}/end?lang=en").text)
    assert "1 address that was made by it answers nothing from now on." in asked
    assert lucia.post(f"/assistants/{leave}/end").status_code == 303
    assert ana.get(f"/feeds/{token}.ics").status_code == 404
    assert lucia.post(f"/assistants/{leave}/end").status_code == 404
    assert 'name="whose"' not in ana.get("/subscriptions/new").text


@pytest.mark.parametrize("email", ["benoit@example.org", "nobody@example.org", "lucia@example.org", "", "x"])
def test_who_cannot_assist_is_refused_alike(client_for, told, email):
    answer = client_for("lucia").post("/assistants?lang=en", data={"email": email})
    assert answer.status_code == 422
    assert "Fill this in." if not email else "Nobody else of your government has an account" in text_of(answer.text)
    assert f'value="{email}"' in answer.text
    with told.system_session("count in a test") as session:
        assert len(session.execute(select(Authorisation)).all()) == 1  # the story's


def test_a_forged_principal_is_refused(client_for, told):
    for whose in (str(LUCIA), str(world.CAST["carol"].id), "nonsense", ""):
        answer = client_for("ana").post("/subscriptions/new", data=FORM | {"whose": whose})
        # Nobody lets Ana subscribe for them: the form has no such field, and it becomes her own.
        assert answer.status_code == 200
    assert {row.principal_id for row in live(told, "ana")} == {None}
    for whose in (str(world.CAST["carol"].id), "nonsense", str(uuid.UUID(int=1))):
        answer = client_for("diego").post("/subscriptions/new?lang=en", data=FORM | {"whose": whose})
        assert answer.status_code == 422
        assert "does not let you subscribe for them" in text_of(answer.text)


def test_the_check_of_a_feed_that_ended_says_so(client_for, told):
    made_one = subscribe(told, "diego", principal_id=LUCIA)
    change(told, Authorisation, Authorisation.principal_id == LUCIA, ended_at=world.NOW)
    answer = client_for("diego").get(f"/subscriptions/{made_one.subscription.id}/check?lang=en")
    assert answer.status_code == 200
    assert "The address answers nothing now" in text_of(answer.text)


def test_pages_take_few_statements(client_for, told):
    for number in range(3):
        subscribe(told, "ana", name=f"n{number}", mechanisms=("un-coordination", "drug-dialogue"))
    (row, *_others) = live(told, "ana")
    ana = client_for("ana")
    for path in ("/subscriptions", f"/subscriptions/{row.id}", f"/subscriptions/{row.id}/edit", "/subscriptions/new"):
        with counted_statements(told) as statements:
            assert ana.get(path).status_code == 200
        assert len(statements) <= 12, (path, len(statements), statements)
