"""The page of reminders: what crosses is looked at as it will read, noted, sent once or withheld; who lets it come."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import event, select

from app.jobs import tasks
from app.models import Action, AppointmentMember, AuditRecord, Leg, OutboxMessage, Person, Reminder
from app.services.reminders import prepare_reminders
from tests import story, world
from tests.conftest import client_of, make_app
from tests.services.test_reminders import Kept
from tests.subscribing import counted_statements

DUE = dt.date(2026, 12, 15)
MORNING = dt.datetime(2026, 12, 15, 16, tzinfo=dt.UTC)  # a Tuesday, 10:00 in Mexico City, 11:00 in Ottawa


@pytest.fixture
def app(settings, sqlite_database, clock):
    """Return the app with what Canada recorded at a meeting of three, and Mexico's own, on the day that it is due."""
    with sqlite_database.system_session("record actions", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-1", mechanism="M01")
        named = {"person_id": world.CAST["diego"].id, "person_name": "Diego Salas"}
        for number in (1, 2):
            world.add_action(
                session, f"UNC-2026-1-A0{number}", ("MX",), meeting=meeting, created_by_party="CA", legs={"MX": named}
            )
        world.add_action(session, "UNC-2026-1-A03", ("CA", "US"), meeting=meeting)
        session.commit()
    clock.now = MORNING
    prepare_reminders(sqlite_database)
    return make_app(settings, sqlite_database)


def rows(database, party="MX"):
    with database.system_session("look") as session:
        query = select(Reminder, Action.reference).join(Action).join(Leg, Leg.id == Reminder.leg_id)
        found = session.execute(query.where(Leg.party_code == party).order_by(Action.reference, Reminder.stage))
        return {reference: reminder for reminder, reference in found}


def mails(database):
    with database.system_session("look") as session:
        return list(session.execute(select(OutboxMessage)).scalars())


def retire_secretariat(database):
    with database.system_session("let Sam go", "write") as session:
        for member in session.execute(select(AppointmentMember)).scalars():
            member.ends_on = dt.date(2026, 12, 1)
        session.commit()


def test_the_secretariat_reads_it_as_it_will_read(app, sqlite_database):
    """In the recipient's language, with everything but the link by which they answer."""
    client = client_of(app, "sam")
    page = client.get("/reminders").text
    assert page.count('name="pick"') == 3  # two to Diego, one to the United States, none of a government to itself
    assert "Diego Salas" in page
    reminder = rows(sqlite_database)["UNC-2026-1-A01"]
    page = client.get(f"/reminders/{reminder.id}").text
    assert 'class="mailtext" lang="es"' in page
    assert "martes 15 de diciembre de 2026 (Ciudad de México)" in page
    assert "/answers/…" in page
    assert not re.search(r"/answers/[\w-]{10}", page)
    assert mails(sqlite_database) == []


def test_a_note_stands_in_the_mail_and_the_mail_goes_out_once(app, sqlite_database, settings):
    client, reminder = client_of(app, "sam"), rows(sqlite_database)["UNC-2026-1-A01"]
    path = f"/reminders/{reminder.id}"
    note = "Basta una línea.\n\n<b>Gracias</b>"
    assert client.post(path, data={"note": note, "version": reminder.version}).status_code == 303
    shown = client.get(path).text
    assert "Basta una línea." in shown
    stale = client.post(path, data={"note": "Otra", "version": reminder.version})
    assert (stale.status_code, "Otra" in stale.text, "Basta una línea." in stale.text) == (409, True, True)
    assert client.post(path, data={"note": "x" * 1001, "version": reminder.version + 1}).status_code == 422
    assert client.post("/reminders/send", data={"pick": str(reminder.id)}).status_code == 303
    again = client.post("/reminders/send", data={"pick": str(reminder.id)})
    assert again.status_code == 422
    assert "None of these waits any more" in again.text
    assert client.get(path).status_code == 404
    post = Kept()
    tasks.deliver_outbox(sqlite_database, settings, post)
    (text,) = post.texts()
    assert note in text
    assert "UNC-2026-1-A02" not in text
    sent = rows(sqlite_database)["UNC-2026-1-A01"]
    assert (sent.state, sent.decided_by) == ("sent", world.CAST["sam"].id)
    with sqlite_database.system_session("look") as session:
        acts = session.execute(select(AuditRecord).where(AuditRecord.action.startswith("reminder_"))).scalars().all()
        assert [row.action for row in acts] == ["reminder_noted", "reminder_sent"]
        assert "Basta" not in repr([row.facts for row in acts])


def test_many_at_once_are_one_mail_for_each_person(app, sqlite_database, settings):
    client = client_of(app, "sam")
    picked = re.findall(r'name="pick" value="([^"]+)"', client.get("/reminders").text)
    page = client.post("/reminders/preview", data={"pick": picked}).text
    assert page.count('class="mailtext"') == 2
    assert 'lang="es"' in page
    assert 'lang="en"' in page
    assert page.count('name="pick"') == client.get("/reminders/preview").text.count('name="pick"') == 3
    assert client.post("/reminders/send", data={"pick": picked}).status_code == 303
    assert sorted(len(each.payload["reminder_ids"]) for each in mails(sqlite_database)) == [1, 2]
    assert {each.kind for each in mails(sqlite_database)} == {"reminder"}
    assert "Nothing waits for you." in client.get("/reminders").text


def test_withheld_is_withheld_for_good(app, sqlite_database, settings):
    client = client_of(app, "sam")
    picked = re.findall(r'name="pick" value="([^"]+)"', client.get("/reminders").text)
    assert client.post("/reminders/withhold", data={"pick": picked}).status_code == 303
    tasks.remind(sqlite_database)
    assert {row.state for row in rows(sqlite_database).values()} == {"withheld"}
    assert [each.recipient_id for each in mails(sqlite_database)] == [world.CAST["isabelle"].id]  # Canada's own
    assert client.post("/reminders/send", data={"pick": picked}).status_code == 422


def test_sent_on_a_closure_it_waits_and_says_so(app, sqlite_database, clock):
    """Christmas Day is a Friday: what is sent then to Mexico goes out on Monday morning, there."""
    clock.now = dt.datetime(2026, 12, 25, 18, tzinfo=dt.UTC)
    client, reminder = client_of(app, "sam"), rows(sqlite_database)["UNC-2026-1-A01"]
    assert "Mon 28 Dec 2026, 8:00\u00a0Mexico City" in client.get(f"/reminders/{reminder.id}").text.replace(
        " Mexico", "\u00a0Mexico"
    )
    client.post("/reminders/send", data={"pick": str(reminder.id)})
    (message,) = mails(sqlite_database)
    assert message.due_at == dt.datetime(2026, 12, 28, 14, tzinfo=dt.UTC)


def test_two_stages_of_one_leg_are_one_to_look_at(app, sqlite_database, clock):
    clock.now = MORNING + dt.timedelta(days=1)
    prepare_reminders(sqlite_database)
    client = client_of(app, "sam")
    picked = re.findall(r'name="pick" value="([^"]+)"', client.get("/reminders").text)
    assert len(picked) == 3
    client.post("/reminders/send", data={"pick": picked})
    with sqlite_database.system_session("look") as session:
        found = session.execute(select(Reminder.stage, Reminder.state).where(Reminder.crosses.is_(True))).all()
    assert sorted(set(map(tuple, found))) == [("after", "queued"), ("on", "withheld")]


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("sam", (200, 3), (404, None)),
        ("isabelle", (404, None), (200, 3)),
        ("adaeze", (404, None), (200, 3)),
        ("benoit", (404, None), (404, None)),  # an official
        ("ana", (404, None), (404, None)),  # the recipient's own government
        ("erin", (404, None), (404, None)),
        ("diego", (404, None), (404, None)),
        ("marta", (404, None), (404, None)),
    ],
)
def test_who_looks_at_it(app, sqlite_database, key, before, after):
    """The secretariat; where nobody serves as such, who speaks for the government that recorded it."""
    reminder = rows(sqlite_database)["UNC-2026-1-A01"]

    def seen():
        client = client_of(app, key)
        listed = client.get("/reminders")
        count = listed.text.count('name="pick"') if 'id="waiting"' in listed.text else None
        acted = client.post("/reminders/withhold", data={"pick": str(world.identity("nothing", "x"))})
        assert acted.status_code in {404, 422}
        return client.get(f"/reminders/{reminder.id}").status_code, count

    assert seen() == before
    retire_secretariat(sqlite_database)
    assert seen() == after


@pytest.mark.parametrize("key", ["ana", "erin", "isabelle"])
def test_nobody_else_sends_or_withholds(app, sqlite_database, key):
    reminder = rows(sqlite_database)["UNC-2026-1-A01"]
    client = client_of(app, key)
    for act in ("send", "withhold"):
        assert client.post(f"/reminders/{act}", data={"pick": str(reminder.id)}).status_code in {404, 422}
    assert client.post(f"/reminders/{reminder.id}", data={"note": "x", "version": "1"}).status_code == 404
    assert rows(sqlite_database)["UNC-2026-1-A01"].state == "prepared"


def test_a_party_lets_reminders_come_and_ends_it(app, sqlite_database, clock, settings):
    official, coordinator = client_of(app, "diego"), client_of(app, "ana")
    assert official.post("/reminders/consent", data={"act": "give"}).status_code == 404
    assert "reminders/consent" not in official.get("/reminders").text
    for _ in range(2):  # given twice is given once
        assert coordinator.post("/reminders/consent", data={"act": "give"}).status_code == 303
    assert official.get("/reminders").text.count("Ana Robles") == 1
    assert "Mexico" in client_of(app, "sam").get("/reminders").text
    clock.forward(days=1)
    tasks.remind(sqlite_database)
    to = [each.recipient_id for each in mails(sqlite_database)]
    assert to.count(world.CAST["diego"].id) == 1
    assert client_of(app, "ana").post("/reminders/consent", data={"act": "end"}).status_code == 303
    official = client_of(app, "diego")
    assert official.get("/reminders").text.count("Ana Robles") == 2
    clock.now = dt.datetime(2026, 12, 29, 16, tzinfo=dt.UTC)
    tasks.remind(sqlite_database)
    assert rows(sqlite_database)["UNC-2026-1-A01"].state == "prepared"


def test_each_chooses_how_reminders_come(app, sqlite_database):
    client = client_of(app, "diego")
    with sqlite_database.system_session("look") as session:
        person = session.get_one(Person, world.CAST["diego"].id)
    sent = {"name": person.name, "language": "es", "time_zone": person.time_zone, "theme": "auto", "version": "1"}
    assert client.post("/profile", data=sent | {"reminder_mails": "hourly"}).status_code == 422
    assert client.post("/profile", data=sent | {"reminder_mails": "never"}).status_code == 303
    with sqlite_database.system_session("look") as session:
        assert session.get_one(Person, world.CAST["diego"].id).reminder_mails == "never"
    assert 'name="reminder_mails"' not in client_of(app, "olga").get("/profile").text


def test_the_page_has_as_many_statements_however_much_waits(app, sqlite_database):
    def statements():
        said: list[str] = []
        event.listen(sqlite_database.engine, "before_cursor_execute", lambda *each: said.append(each[2]))
        client_of(app, "sam").get("/reminders")
        return len([each for each in said if each.startswith("SELECT")])

    first = statements()
    with sqlite_database.system_session("record more", "write") as session:
        for number in range(10, 30):
            world.add_action(session, f"UNC-2026-1-A{number}", ("MX",), created_by_party="CA")
        session.commit()
    prepare_reminders(sqlite_database)
    assert statements() <= first


def test_the_story_on_each_engine(settings, told):
    """What waits of a matter of two is not there for the third, on each engine, and is acted on by its own."""
    app = make_app(settings, told)
    hidden = world.identity("reminder", story.HIDDEN)
    with told.system_session("let it stand", "write") as session:
        row = session.get_one(Reminder, hidden)
        leg = session.get_one(Leg, row.leg_id)
        leg.due_on, leg.is_accepted, leg.state = row.due_on, True, "open"
        session.commit()
    for key in ("benoit", "isabelle", "sam", "erin", "diego"):
        assert client_of(app, key).get(f"/reminders/{hidden}").status_code == 404
    coordinator = client_of(app, "ana")
    assert coordinator.get(f"/reminders/{hidden}").status_code == 200
    assert coordinator.get("/reminders").status_code == 200
    assert coordinator.post("/reminders/send", data={"pick": str(hidden)}).status_code == 303
    assert coordinator.post("/reminders/consent", data={"act": "give"}).status_code == 303
    assert coordinator.post("/reminders/consent", data={"act": "end"}).status_code == 303
    with told.system_session("look") as session:
        assert session.get_one(Reminder, hidden).state == "queued"


def test_home_tells_who_may_look_at_them_how_many_wait(app, sqlite_database):
    """And what was recorded for a party that it has not accepted; in as many statements as a home may take."""
    with sqlite_database.system_session("Mexico accepted neither of the two", "write") as session:
        for leg in session.execute(select(Leg).where(Leg.party_code == "MX")).scalars():
            leg.is_accepted = False
        session.commit()
    told = {}
    for key in ("sam", "isabelle", "benoit", "ana"):
        client = client_of(app, key)
        with counted_statements(sqlite_database) as found:
            page = client.get("/?lang=en").text
        assert len(found) <= 12 + 3, (key, len(found))
        told[key] = ("to be looked at" in page, "2 actions are recorded for your party" in page)
    assert told == {"sam": (True, False), "isabelle": (False, False), "benoit": (False, False), "ana": (False, True)}
    retire_secretariat(sqlite_database)
    for key, expected in (("sam", False), ("isabelle", True), ("benoit", False)):
        page = client_of(app, key).get("/?lang=en").text
        assert ("to be looked at" in page) is expected, key
