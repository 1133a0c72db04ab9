"""The page of the audit record."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from app.services.audit import PAGE_LENGTH
from tests import world


def record(database, key, action, subject, keys, **facts):
    with database.write_session(world.viewer(key)) as session:
        session.record(action, *subject, session.audience(keys), **facts)
        session.commit()


@pytest.fixture
def hidden(database):
    """Add a meeting of Mexico and the United States, and something that was done to it."""
    with database.system_session("a hidden meeting", "write") as session:
        word = world.canary("MXUS", "title")
        meeting = world.add_meeting(
            session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01", title={"en": word, "original": "en"}
        )
        session.commit()
    record(
        database, "ana", "never_heard_of", ("meeting", meeting.id), {"party:MX", "party:US"},
        reason=world.canary("MXUS", "reason"), was={"state": "proposed", "hosts": ["MX"]},
    )  # fmt: skip
    return word


@pytest.mark.parametrize("key", list(world.CAST))
def test_everybody_has_the_page_and_sees_their_part(client_for, hidden, key):
    page = client_for(key).get("/audit")
    assert page.status_code == 200
    sees = world.CAST[key].party in {"MX", "US"} and world.CAST[key].role != "administrator"
    assert (hidden in page.text) is sees
    assert ("<code>never_heard_of</code>" in page.text) is sees
    assert ("hosts: MX, state: proposed" in page.text) is sees


def test_a_hidden_act_is_one_that_there_is_none_of(client_for, hidden):
    client = client_for("benoit")
    pages = [client.get(f"/audit?act={act}") for act in ("never_heard_of", "never_heard_ot")]
    assert [page.status_code for page in pages] == [200, 200]
    assert len({page.text.replace("never_heard_of", "x").replace("never_heard_ot", "x") for page in pages}) == 1
    assert "There is nothing in the record that you can see here." in client.get("/audit?act=x&lang=en").text


def test_pages_by_time(client_for, database, clock):
    for _ in range(PAGE_LENGTH + 5):
        clock.forward(minutes=1)
        record(database, "ana", "profile_changed", ("person", world.CAST["ana"].id), {"party:MX"})
    client = client_for("ana")
    first = client.get("/audit?lang=en").text
    assert first.count("Changed the profile") == PAGE_LENGTH + 1  # the rows, and the choice of the filter
    older = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "before=" in older
    second = client.get(older + "&lang=en").text
    assert second.count("Changed the profile") == 6
    assert 'rel="next"' not in second
    assert "Newest acts" in second


@pytest.mark.parametrize("before", ["", "x", "2026-13-45", "2026-11-22", "2026-11-22T15:00:00", "9" * 5000])
def test_a_beginning_that_is_none_is_the_newest(client_for, hidden, before):
    page = client_for("ana").get("/audit", query_string={"before": before})
    assert page.status_code == 200
    assert hidden in page.text


@pytest.mark.parametrize(("language", "words"), [("en", "Signed in"), ("es", "es"), ("fr", "fr")])
def test_acts_have_words(client_for, database, language, words):
    from app import labels

    record(database, "ana", "signed_in", ("person", world.CAST["ana"].id), {"party:MX"})
    page = client_for("ana").get(f"/audit?lang={language}").text
    assert f">{labels.label('audit_action', 'signed_in', language)}</td>" in page


def test_the_number_of_statements_does_not_grow_with_the_record(client_for, database, hidden):
    def count() -> int:
        statements = []
        event.listen(database.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
        client_for("ana").get("/audit")
        return len(statements)

    few = count()
    for _ in range(40):
        record(database, "diego", "signed_in", ("person", world.CAST["diego"].id), {"party:MX"})
    assert count() == few
