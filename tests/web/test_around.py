"""Around a meeting on its pages: the form, the place, the banner, the urgent form, the period, the history."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Contact, Meeting, OutboxMessage
from app.services.mail_content import Letterhead
from app.services.mails import compose
from app.services.outbox import claim
from tests import world
from tests.subscribing import counted_statements
from tests.web.test_drafts import form, saved, version_in

SUMMIT, SIDE = "UNC-2026-1", "UNC-2026-MXUS-7"
DAY = dt.date(2026, 12, 10)


def database_of(app: Flask):
    return app.extensions["entente.database"]


@pytest.fixture
def summit(app: Flask) -> None:
    """Add a meeting of the three, and one of Mexico and the United States beside it, without a place of its own."""
    with database_of(app).system_session("prepare a test", "write") as session:
        row = world.add_meeting(session, SUMMIT, mechanism="M01", state="confirmed", place="Palacio Nacional",
                                title={"en": "The summit", "original": "en"})  # fmt: skip
        world.add_meeting(session, SIDE, ("MX", "US"), mechanism="M01", kind="side_session", parent_id=row.id,
                          parent_starts_on=DAY, place=None, title={"en": "On water", "original": "en"})  # fmt: skip
        session.commit()


def change(app: Flask, reference: str, **values: object) -> None:
    with database_of(app).system_session("change it in a test", "write") as session:
        row = session.get_one(Meeting, world.identity("meeting", reference))
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


def page(client_for, who: str, path: str) -> str:
    response = client_for(who).get(f"{path}{'&' if '?' in path else '?'}lang=en")
    assert response.status_code == 200, path
    return str(response.text)


def post(client, path: str, **data: str):
    return client.post(path, data=data | {"submission_id": str(uuid.uuid4())})


# The form -----------------------------------------------------------------------------------------


def test_the_form_offers_each_kind_with_what_it_means_and_what_it_can_be_around(client_for, summit) -> None:
    shown = page(client_for, "ana", "/meetings/new?mechanism=un-coordination")
    for kind in ("session", "urgent", "preparatory", "panel", "side_session", "training", "exercise", "study_visit"):
        assert re.search(rf'name="kind" value="{kind}"', shown)
    assert "prepares another meeting: it does not count" in shown
    assert f'<option value="{SUMMIT}">' in shown
    assert f'<option value="{SIDE}">' in shown
    assert SIDE not in page(client_for, "benoit", "/meetings/new?mechanism=un-coordination")


def test_a_meeting_around_this_one_begins_with_its_days_and_parties(client_for, summit) -> None:
    link = re.search(r'href="(/meetings/new\?around=[^"]+)"', page(client_for, "ana", f"/meetings/{SUMMIT}"))
    assert link
    shown = page(client_for, "ana", link[1].replace("&amp;", "&"))
    assert re.search(rf'value="{SUMMIT}" selected', shown)
    assert re.search(r'name="kind" value="preparatory"\s+checked', shown)
    assert 'name="first_day" type="date" value="2026-12-10"' in shown
    assert client_for("ana").get("/meetings/new?around=UNC-2026-99").status_code == 404
    assert client_for("benoit").get(f"/meetings/new?around={SIDE}").status_code == 404


def test_the_days_of_the_other_one_are_taken_by_a_button_and_nothing_is_saved(client_for, app, summit) -> None:
    answer = client_for("ana").post("/meetings/new", data=form(act="days", around=SUMMIT, kind="panel", first_day=""))
    assert answer.status_code == 200
    assert 'name="first_day" type="date" value="2026-12-10"' in answer.text
    none = client_for("ana").post("/meetings/new", data=form(act="days", around=""))
    assert none.status_code == 422


def test_a_panel_with_a_party_that_is_not_there_is_refused_beside_its_field(client_for, summit) -> None:
    typed = form(around=SIDE, kind="panel", parties=["CA", "MX", "US"])
    answer = client_for("ana").post("/meetings/new?lang=en", data=typed)
    assert answer.status_code == 422
    assert "Canada is not at that meeting, and would learn of it." in answer.text
    assert 'href="#around"' in answer.text


def test_an_exercise_is_proposed_and_named_as_one(client_for, app) -> None:
    client = client_for("ana")
    where = saved(client, kind="exercise", title_en="On ports")
    preview = client.get(f"{where}/preview?lang=en").text
    answer = post(client, f"{where}/propose", version=version_in(preview))
    assert answer.status_code == 303
    assert "exercise" in page(client_for, "carol", answer.location)
    assert "exercise" in page(client_for, "carol", "/mechanisms/un-coordination")
    assert "Between meetings" in page(client_for, "carol", "/mechanisms/un-coordination")
    assert "Between meetings" not in page(client_for, "benoit", "/mechanisms/un-coordination")


# The page -----------------------------------------------------------------------------------------


def test_the_place_of_the_other_one_is_shown_as_that_and_a_guest_of_neither_sees_none(client_for, summit) -> None:
    shown = page(client_for, "carol", f"/meetings/{SIDE}")
    assert f"as {SUMMIT}: Palacio Nacional" in shown
    assert "Held beside" in shown
    assert "On water" in page(client_for, "carol", f"/meetings/{SUMMIT}")
    for who in ("benoit", "sam"):
        shown = page(client_for, who, f"/meetings/{SUMMIT}")
        assert SIDE not in shown
        assert "On water" not in shown


def test_it_is_followed_by_a_preview_or_left_and_nothing_moves_by_itself(client_for, app, summit) -> None:
    assert "moved to later" not in page(client_for, "ana", f"/meetings/{SIDE}")
    change(app, SUMMIT, starts_on=dt.date(2026, 12, 12), ends_on=dt.date(2026, 12, 12))
    shown = page(client_for, "diego", f"/meetings/{SIDE}")
    assert f"{SUMMIT} moved to later, by 2 days." in shown
    assert "What this meeting is around has moved: follow it?" in page(client_for, "diego", "/")
    client = client_for("diego")
    answer = post(client, f"/meetings/{SIDE}/follow")
    assert answer.status_code == 303
    preview = client.get(f"{answer.location}?lang=en").text
    assert "12 Dec 2026" in preview
    assert "will be asked again" in preview
    kept = post(client, f"/meetings/{SIDE}/keep-date", version="1")
    assert kept.status_code == 303
    shown = page(client_for, "diego", f"/meetings/{SIDE}")
    assert f"Date kept, although {SUMMIT} moved by 2 days" in shown
    assert "Follow it" not in shown
    assert post(client, f"/meetings/{SIDE}/keep-date", version="2").status_code == 422
    assert post(client_for("benoit"), f"/meetings/{SIDE}/follow").status_code == 404


def test_a_day_that_the_clocks_make_impossible_is_said_and_nothing_is_half_done(client_for, app, summit) -> None:
    change(app, SUMMIT, starts_on=dt.date(2027, 3, 14), ends_on=dt.date(2027, 3, 14))
    change(app, SIDE, starts_time=dt.time(2, 30), ends_time=dt.time(4))
    answer = post(client_for("ana"), f"/meetings/{SIDE}/follow")
    assert (answer.status_code, answer.location) == (303, f"/meetings/{SIDE}")


def test_a_cancelled_other_one_is_told_of_and_the_meeting_can_be_left(client_for, app, summit) -> None:
    change(app, SUMMIT, state="cancelled", reason="Storm", cancelled_at=world.NOW)
    shown = page(client_for, "ana", f"/meetings/{SIDE}")
    assert f"{SUMMIT} was called off." in shown
    assert "Leave it as it is" in shown
    assert "Follow it" not in shown
    assert post(client_for("ana"), f"/meetings/{SIDE}/keep-date", version="1").status_code == 303
    shown = page(client_for, "ana", f"/meetings/{SIDE}")
    assert f"{SUMMIT} was called off." in shown
    assert "Leave it as it is" not in shown.split('id="history"')[0]


def test_few_statements_however_much_stands_around(app, client_for, summit) -> None:
    client = client_for("ana")
    client.get(f"/meetings/{SUMMIT}")
    counts = []
    for more in (1, 9):
        with database_of(app).system_session("more of them", "write") as session:
            for number in range(more):
                world.add_meeting(session, f"UNC-2026-MXUS-{10 * more + number}", ("MX", "US"), kind="panel",
                                  parent_id=world.identity("meeting", SUMMIT), parent_starts_on=DAY)  # fmt: skip
            session.commit()
        client.get(f"/meetings/{SUMMIT}")
        with counted_statements(database_of(app)) as found:
            client.get(f"/meetings/{SUMMIT}")
        counts.append(len(found))
    assert counts[0] == counts[1]


# Urgent -------------------------------------------------------------------------------------------

URGENT = {
    "mechanism": "un-coordination", "original": "en", "title_en": "Storm in the Gulf", "first_day": "2026-11-23",
    "starts": "09:00", "ends": "10:00", "zone": "America/Mexico_City", "format": "virtual", "place": "",
    "conference_url": "https://video.example.org/u", "parties": ["CA", "MX", "US"], "act": "preview",
}  # fmt: skip


def test_an_urgent_meeting_takes_one_short_form_and_its_proposal(client_for, app) -> None:
    assert "/meetings/urgent?mechanism=un-coordination" in page(client_for, "ana", "/mechanisms/un-coordination")
    begun = page(client_for, "ana", "/meetings/urgent?mechanism=un-coordination")
    assert 'value="Urgent meeting: ' in begun
    assert 'name="first_day" type="date" value="2026-11-22"' in begun
    assert 'name="agenda"' not in begun
    client = client_for("ana")
    answer = client.post("/meetings/urgent", data=URGENT | {"submission_id": str(uuid.uuid4())})
    assert answer.status_code == 303
    preview = client.get(f"{answer.location}?lang=en").text
    proposed = post(client, answer.location.replace("/preview", "/propose"), version=version_in(preview))
    assert proposed.location == "/meetings/UNC-2026-1"
    shown = page(client_for, "benoit", proposed.location)
    assert "urgent meeting" in shown
    assert "No party has shared a contact for meetings at short notice." in shown
    with database_of(app).system_session("count what is mailed") as session:
        assert len(session.execute(select(OutboxMessage)).scalars().all()) >= 4


def test_the_roster_of_an_urgent_meeting_is_what_each_party_shared_for_it(client_for, app) -> None:
    with database_of(app).system_session("an urgent meeting", "write") as session:
        meeting = world.add_meeting(session, SUMMIT, mechanism="M01", kind="urgent")
        for party, shared in (("US", True), ("CA", False)):
            audience = meeting.audience_id if shared else session.audience({f"party:{party}"})
            session.add(
                Contact(
                    id=uuid.uuid4(), party_code=party, mechanism_id=meeting.mechanism_id, kind="duty",
                    name=f"Duty desk {party}", phone="+1 555 0100", is_urgent=True, is_shared=shared,
                    added_by=world.CAST["carol"].id, created_at=world.NOW, changed_at=world.NOW, audience_id=audience,
                )
            )  # fmt: skip
        session.commit()
    shown = page(client_for, "ana", f"/meetings/{SUMMIT}")
    assert "Duty desk US" in shown
    assert 'href="tel:+15550100"' in shown
    assert "Duty desk CA" not in shown


def test_what_cannot_be_is_refused_on_the_short_form_and_what_was_typed_stays(client_for, app) -> None:
    typed = URGENT | {"starts": "25:00", "title_en": "Storm <b>"}
    answer = client_for("ana").post("/meetings/urgent?lang=en", data=typed)
    assert answer.status_code == 422
    assert "Storm &lt;b&gt;" in answer.text
    assert "This is not a time." in answer.text


def test_the_mail_of_an_urgent_meeting_says_so_in_its_subject(client_for, app, key_ring) -> None:
    client = client_for("ana")
    where = client.post("/meetings/urgent", data=URGENT).location
    post(client, where.replace("/preview", "/propose"), version=version_in(client.get(where).text))
    from email.headerregistry import Address

    head = Letterhead("https://e.test", Address("Entente", "entente", "e.test"), "x" * 32)
    subjects = [
        str(mail["Subject"])
        for message in claim(database_of(app), limit=20)
        if (mail := compose(database_of(app), message, head))
    ]
    assert subjects
    assert "Urgent. Proposed to you: Storm in the Gulf" in subjects


# The period, the history, the reference -----------------------------------------------------------


def test_a_coordinator_records_the_period_that_a_meeting_was_held_for(client_for, app) -> None:
    with database_of(app).system_session("held late", "write") as session:
        world.add_meeting(session, "NADD-2026-1", mechanism="M02", state="held", starts_on=dt.date(2026, 1, 20))
        session.commit()
    assert 'name="period"' not in page(client_for, "diego", "/meetings/NADD-2026-1")
    shown = page(client_for, "ana", "/meetings/NADD-2026-1")
    assert re.search(r'<option value="2026-01-01" selected>', shown)
    client = client_for("ana")
    assert post(client, "/meetings/NADD-2026-1/served", period="2025-01-01", version="1").status_code == 303
    assert "Held in 2026 for the period" in page(client_for, "benoit", "/meetings/NADD-2026-1")
    assert post(client, "/meetings/NADD-2026-1/served", period="2031-01-01", version="2").status_code == 422
    assert post(client, "/meetings/NADD-2026-1/served", period="January", version="2").status_code == 422
    assert "Held for the period" in page(client_for, "benoit", "/meetings/NADD-2026-1/history")


def test_the_whole_history_is_one_page_for_those_who_see_the_meeting(client_for, app, summit) -> None:
    assert "How the meeting changed" in page(client_for, "carol", f"/meetings/{SIDE}/history")
    assert client_for("benoit").get(f"/meetings/{SIDE}/history").status_code == 404


def test_before_a_meeting_is_opened_the_coordinator_reads_what_its_reference_tells(client_for, app, summit) -> None:
    client = client_for("ana")
    draft = post(client, f"/meetings/{SIDE}/changes").location
    shown = client.get(f"{draft}?lang=en").text
    typed = form(
        parties=["CA", "MX", "US"],
        title_en="On water",
        around="",
        kind="session",
        version=version_in(shown),
        act="save",
    )
    assert client.post(draft, data=typed | {"meeting_version": "1"}).status_code == 303
    preview = client.get(f"{draft}/preview?lang=en").text
    assert f"The reference stays {SIDE}, and is never renumbered." in preview
    assert re.search(r"began as a meeting of Mexico and (the )?United States", preview)
    assert "there were 6 such meetings before it" in preview
    anew = post(client, f"{draft}/anew", version=version_in(preview))
    assert anew.status_code == 303
    assert anew.location != draft
    assert client.get(anew.location).status_code == 200
    assert client.get(draft).status_code == 404
    assert post(client_for("carol"), f"{draft}/anew", version="1").status_code == 404
