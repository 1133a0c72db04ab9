"""The pages of subscriptions: the list, the address that is shown once, and revoking."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.models import Mechanism, Subscription, SubscriptionFetch
from app.web.subscriptions.pages import program_words
from config import Settings
from tests import story, world
from tests.conftest import CheckingClient, make_app
from tests.subscribing import shown

FORM = {
    "tentative": "yes", "cancelled": "yes", "detail": "full", "language": "en", "gzip": "y", "name": "Phone",
}  # fmt: skip
Clients = Callable[[str | None], CheckingClient]


@pytest.fixture
def app(settings: Settings, told: Database) -> Flask:
    """Return the app on a database in which the story has been told."""
    return make_app(settings, told)


def live(database: Database, key: str) -> list[Subscription]:
    with database.read_session(world.viewer(key)) as session:
        rows = session.execute(select(Subscription).where(Subscription.revoked_at.is_(None)))
        return list(rows.scalars())


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def made(client: CheckingClient, **changed: str) -> str:
    response = client.post("/subscriptions/new", data=FORM | {"submission_id": str(uuid.uuid4())} | changed)
    assert response.status_code == 200
    return response.text


def token_in(page: str) -> str:
    tokens = set(re.findall(r"/feeds/([A-Za-z0-9_-]+)\.ics", page))
    assert len(tokens) == 1
    return tokens.pop()


def test_the_address_is_shown_once_in_every_form_and_works(client_for, told):
    carol = client_for("carol")
    page = made(carol)
    token = token_in(page)
    for form in ("http", "webcal"):
        assert re.search(rf'<input [^>]*value="{form}://127\.0\.0\.1:8000/feeds/{token}\.ics" readonly', page)
    assert f'href="webcal://127.0.0.1:8000/feeds/{token}.ics"' in page
    assert re.search(r'<span role="img" aria-label="[^"]+"><svg ', page)
    assert not re.search(r"<[^>]* style=|data:|<script>", page)
    for program in ("Google Calendar", "Outlook", "Apple Calendar", "Thunderbird", "khal"):
        assert re.search(rf"<h2[^>]*>{program}</h2>", page)
    assert len(shown(carol.get(f"/feeds/{token}.ics").data)) == 3
    for path in ("/subscriptions", "/subscriptions/new", "/audit"):
        assert token not in carol.get(path).text


def test_the_answer_is_kept_by_nothing_on_its_way(client_for):
    response = client_for("carol").post("/subscriptions/new", data=FORM)
    assert response.headers["Cache-Control"] == "private, no-cache, no-store"
    assert token_in(response.text) not in str(response.headers)


def test_the_code_holds_the_address_for_opening(app, client_for):
    """The picture is drawn anew from the address on the page; the same squares are on the page."""
    import segno

    page = made(client_for("carol"))
    drawn = segno.make_qr(f"webcal://127.0.0.1:8000/feeds/{token_in(page)}.ics", error="m")
    assert drawn.svg_inline(scale=4, border=4, light="#fff", svgclass="qr", lineclass=None) in page


def test_the_same_form_again_makes_nothing_and_says_so(client_for, told):
    carol = client_for("carol")
    submission = {"submission_id": str(uuid.uuid4())}
    token = token_in(made(carol, **submission))
    again = carol.post("/subscriptions/new", data=FORM | submission)
    assert again.status_code == 303
    page = carol.get(again.location).text
    assert "was made already, and its address was shown then" in text_of(page)
    assert token not in page
    assert len(live(told, "carol")) == 1


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, (None, True, "full", "en", "Phone")),
        (
            {"tentative": "no", "detail": "busy", "language": "fr", "name": "  At   work "},
            (None, False, "busy", "fr", "At work"),
        ),
        ({"mechanism": "un-coordination", "name": ""}, ("un-coordination", True, "full", "en", "")),
    ],
)
def test_what_was_chosen_is_kept(client_for, told, changed, kept):
    made(client_for("carol"), **changed)
    (row,) = live(told, "carol")
    with told.system_session("find a mechanism in a test") as session:
        mechanism = session.get_one(Mechanism, row.mechanism_id).code if row.mechanism_id else None
    assert (mechanism, row.includes_tentative, row.detail, row.language, row.name) == kept


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"mechanism": "no-such"}, "mechanism", "There is no such mechanism that you can choose."),
        ({"mechanism": ""}, "mechanism", "There is no such mechanism that you can choose."),
        ({"party": "XX"}, "party", "Choose one from the list."),
        ({"party": "NL"}, "party", "Choose one from the list."),
        ({"level": "gods"}, "level", "Choose one from the list."),
        ({"kind": "party"}, "kind", "Choose one from the list."),
        ({"office": "MX-SRE"}, "office", "Choose one from the list."),
        ({"closures": "FR"}, "closures", "Choose one from the list."),
        ({"cancelled": ""}, "cancelled", "Choose one."),
        ({"tentative": ""}, "tentative", "Choose one."),
        ({"detail": "some"}, "detail", "Not a valid choice"),
        ({"language": "de"}, "language", "Choose one of the three languages."),
        ({"name": "a\u202eb"}, "name", "hidden marks"),
        ({"name": "n" * 90}, "name", "Use 80 characters or fewer."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_made(client_for, told, changed, field, message):
    response = client_for("carol").post("/subscriptions/new", data=FORM | changed)
    assert response.status_code == 422
    (error,) = re.findall(rf'id="{field}-error">(.*?)</p>', response.text, re.DOTALL)
    assert message in text_of(error)
    for name, value in (FORM | changed).items():
        if name == "name":
            assert f'value="{value}"' in response.text
    assert live(told, "carol") == []


def test_only_what_one_sees_is_offered(client_for):
    page = client_for("benoit").get("/subscriptions/new").text
    assert 'value="un-coordination"' in page
    guest = client_for("olga").get("/subscriptions/new").text
    for name in ("mechanism", "party", "level", "office", "to_agree", "whose"):
        assert f'name="{name}"' not in guest
    assert 'name="closures"' in guest


def test_a_mechanisms_page_can_lead_here(client_for):
    page = client_for("benoit").get("/subscriptions/new?mechanism=un-coordination").text
    assert 'value="un-coordination" checked' in page
    assert 'name="mechanism" value' in page
    unknown = client_for("benoit").get("/subscriptions/new?mechanism=x&party=XX&level=x&kind=x&closures=x")
    assert unknown.status_code == 200
    assert 'value="un-coordination" checked' not in unknown.text


def test_the_list_says_when_and_by_what_each_was_fetched(client_for, told):
    with told.system_session("note a fetch in a test", "write") as session:
        row = session.get(SubscriptionFetch, world.identity("subscription", "ana"))
        row.last_agent = "Mozilla/5.0 (X11) Gecko/20100101 Thunderbird/153.0 <script>"
        session.commit()
    page = text_of(client_for("ana").get("/subscriptions?lang=en").text)
    assert "zzcanary-MX-feed" in page
    assert "All my meetings Confirmed and proposed meetings full details Spanish Sun 22 Nov 2026" in page
    assert "Sun 22 Nov 2026, 9:00 Mexico City Thunderbird" in page
    assert "Gecko" not in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Google-Calendar-Importer", "Google Calendar"),
        ("Mozilla/5.0 (compatible; Google-Calendar-Importer; +https://x)", "Google Calendar"),
        ("Microsoft.Exchange/15.20 (Microsoft Outlook)", "Outlook"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)", "Outlook"),
        ("iOS/18.1 (22B83) dataaccessd/1.0", "Apple Calendar"),
        ("macOS/15.1 (24B83) CalendarAgent/1141", "Apple Calendar"),
        ("Mac+OS+X/10.15.7 (19H2) CalendarAgent/930", "Apple Calendar"),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/153.0", "Thunderbird"),
        ("vdirsyncer/0.21.0", "vdirsyncer (khal)"),
        ("ICSx5/2.4 (ktor)", "ICSx⁵"),
        ("Home Assistant/2026.11", "Home Assistant"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "a web browser"),
        ("curl/8.5.0", "curl"),
        ("<img src=x>", "another program"),
        ("", "another program"),
    ],
)
def test_programs_are_named_by_what_is_known_of_them(app, agent, words):
    with app.test_request_context():
        assert program_words(agent) == words


def test_nobody_has_any_at_first(client_for):
    page = text_of(client_for("carol").get("/subscriptions").text)
    assert "You have no subscriptions." in page


def test_revoking_asks_first_then_ends_it(client_for, told):
    carol = client_for("carol")
    token = token_in(made(carol))
    (row,) = live(told, "carol")
    path = f"/subscriptions/{row.id}/revoke"
    asked = carol.get(path)
    assert asked.status_code == 200
    assert len(live(told, "carol")) == 1
    assert carol.get(f"/feeds/{token}.ics").status_code == 200
    submission = {"submission_id": str(uuid.uuid4())}
    for _ in range(2):
        answer = carol.post(path, data=submission)
        assert (answer.status_code, answer.location) == (303, "/subscriptions")
    assert live(told, "carol") == []
    assert carol.get(f"/feeds/{token}.ics").status_code == 404
    assert carol.get(path).status_code == 404


def test_another_persons_is_as_one_that_is_not(client_for, told):
    ana = world.identity("subscription", "ana")
    diego = client_for("diego")
    for subscription_id in (ana, uuid.UUID(int=1)):
        for method in ("GET", "POST"):
            assert diego.open(f"/subscriptions/{subscription_id}/revoke", method=method).status_code == 404
    assert [row.id for row in live(told, "ana")] == [ana]


def test_an_administrator_has_none_of_this(client_for):
    for path in ("/subscriptions", "/subscriptions/new", f"/subscriptions/{uuid.UUID(int=1)}/revoke"):
        assert client_for("marta").get(path).status_code == 404


def test_a_guest_subscribes_to_what_was_released_to_them(client_for, told):
    with told.system_session("release a meeting in a test", "write") as session:
        world.add_meeting(session, "ADH-2026-CAMX-1", ("CA", "MX"), extra_keys={f"person:{world.CAST['olga'].id}"})
        session.commit()
    olga = client_for("olga")
    token = token_in(made(olga, language="fr"))
    assert shown(olga.get(f"/feeds/{token}.ics").data) == [("Meeting ADH-2026-CAMX-1 (ADH-2026-CAMX-1)", "TENTATIVE")]


def test_in_production_the_address_is_the_public_one(told, settings, client_for):
    import dataclasses

    public = dataclasses.replace(settings, base_url="https://entente.example")
    app = make_app(public, told)
    from tests.conftest import client_of

    page = made(client_of(app, "carol"))
    token = token_in(page)
    assert f'value="https://entente.example/feeds/{token}.ics"' in page
    assert f'value="webcal://entente.example/feeds/{token}.ics"' in page
    assert "runs on this computer alone" not in page


def test_story_tokens_are_live(client_for):
    assert client_for("benoit").get(f"/feeds/{story.TOKENS['benoit']}.ics").status_code == 200
