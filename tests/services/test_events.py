"""Events of others: added, copied from the catalogue, changed, cancelled; seen by all who read the register."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import Refused
from app.models import AuditRecord, Event
from app.services.events import (
    EventFields,
    add_event,
    cancel_event,
    copy_event,
    events,
    fields_of,
    find_event,
    offers,
    save_event,
)
from tests import world

FORUM = EventFields(
    name={"en": "Forum on ports", "fr": "Forum sur les ports"}, first_day=dt.date(2027, 5, 3),
    last_day=dt.date(2027, 5, 5), place="Geneva", zone="Europe/Zurich", source="ports.example", is_attested=True,
)  # fmt: skip


def done(database: Database, by: str, act: Callable[[GuardedSession], Any]) -> Any:
    with database.write_session(world.viewer(by)) as session:
        found = act(session)
        session.commit()
        return found


def test_an_event_is_seen_by_all_who_read_the_register_and_by_no_guest(database: Database) -> None:
    event_id = done(database, "ana", lambda session: add_event(session, FORUM).id)
    for key in ("benoit", "carol", "sam"):
        with database.read_session(world.viewer(key)) as session:
            row = find_event(session, event_id)
            assert (row.code, row.added_by_party, fields_of(row)) == ("forum-on-ports-2027", "MX", FORUM)
            acts = session.execute(select(AuditRecord.action).where(AuditRecord.subject_id == str(event_id))).scalars()
            assert list(acts) == ["event_added"]
    for key in ("olga", "marta"):
        with database.read_session(world.viewer(key)) as session:
            assert events(session) == ()
            with pytest.raises(NotFound):
                find_event(session, event_id)


@pytest.mark.parametrize("key", ["marta", "olga"])
def test_who_does_not_work_on_meetings_keeps_no_event(database: Database, key: str) -> None:
    with database.write_session(world.viewer(key)) as session:
        for act in (lambda: add_event(session, FORUM), lambda: copy_event(session, "unga-82")):
            with pytest.raises(Refusal) as caught:
                act()
            assert caught.value.key == "forbidden"


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({"name": {}}, "needs_title", "title_en"),
        ({"name": {"es": "a\x00"}}, "control_characters", "title_es"),
        ({"first_day": None}, "required", "first_day"),
        ({"last_day": dt.date(2027, 5, 2)}, "ends_before_start", "last_day"),
        ({"last_day": dt.date(2029, 5, 2)}, "too_many_days", "last_day"),
        ({"zone": "Mars/Base"}, "unknown_zone", "zone"),
        ({"place": "x" * 301}, "too_long", "place"),
        ({"source": ""}, "required", "source"),
    ],
)
def test_what_an_event_cannot_be_is_refused_and_nothing_is_written(database, changed, key, field) -> None:
    with database.write_session(world.viewer("ana")) as session, pytest.raises(Refused) as caught:
        add_event(session, dataclasses.replace(FORUM, **changed))
    assert [(each.key, each.field) for each in caught.value.refusals] == [(key, field)]
    with database.read_session(world.viewer("ana")) as session:
        assert events(session) == ()


def test_the_same_event_is_not_added_twice(database: Database) -> None:
    done(database, "ana", lambda session: add_event(session, FORUM))
    with database.write_session(world.viewer("carol")) as session, pytest.raises(Refusal) as caught:
        add_event(session, FORUM)
    assert caught.value.key == "event_code_taken"
    later = dataclasses.replace(FORUM, first_day=dt.date(2028, 5, 3), last_day=None)
    assert done(database, "carol", lambda session: add_event(session, later).code) == "forum-on-ports-2028"


def test_a_change_is_on_record_with_what_it_was_and_the_loser_of_a_race_sees_both(database: Database) -> None:
    event_id = done(database, "ana", lambda session: add_event(session, FORUM).id)
    moved = dataclasses.replace(FORUM, first_day=dt.date(2027, 5, 4))
    done(database, "carol", lambda session: save_event(session, event_id, moved, version=1))
    with database.read_session(world.viewer("benoit")) as session:
        record = session.execute(select(AuditRecord).where(AuditRecord.action == "event_changed")).scalar_one()
        assert (record.facts["was"], record.facts["now"]) == ({"starts_on": "2027-05-03"}, {"starts_on": "2027-05-04"})
    with database.write_session(world.viewer("ana")) as session, pytest.raises(StaleVersion) as caught:
        save_event(session, event_id, dataclasses.replace(FORUM, place="Bern"), version=1)
    assert (caught.value.yours["place"], caught.value.theirs["place"]) == ("Bern", "Geneva")
    with database.write_session(world.viewer("ana")) as session, pytest.raises(Refusal) as unchanged:
        save_event(session, event_id, moved, version=2)
    assert unchanged.value.key == "nothing_changed"


def test_a_cancelled_event_stays_and_changes_no_more(database: Database) -> None:
    event_id = done(database, "ana", lambda session: add_event(session, FORUM).id)
    done(database, "sam", lambda session: cancel_event(session, event_id, version=1))
    with database.read_session(world.viewer("benoit")) as session:
        assert find_event(session, event_id).cancelled_at == world.NOW
    for act in (save_event, cancel_event):
        with database.write_session(world.viewer("ana")) as session, pytest.raises(Refusal) as caught:
            act(session, event_id, *([FORUM] if act is save_event else []), version=2)
        assert caught.value.key == "event_is_cancelled"


def test_the_catalogue_offers_what_is_known_by_its_days_and_says_what_is_computed(database: Database) -> None:
    with database.read_session(world.viewer("ana")) as session:
        found = {offer.key: offer for offer in offers(session)}
    assert "oas-54" not in found  # over for more than a year
    assert found["oas-56"].place == "Panama"
    assert not found["oas-56"].is_attested
    assembly = found["unga-82"]
    assert (assembly.starts_on, assembly.place, assembly.zone) == (dt.date(2027, 9, 20), "New York", "America/New_York")
    assert not found["unga-84"].is_attested


def test_what_is_offered_is_copied_once_with_its_source(database: Database) -> None:
    first = done(database, "ana", lambda session: copy_event(session, "oas-56").id)
    assert done(database, "carol", lambda session: copy_event(session, "oas-56").id) == first
    with database.read_session(world.viewer("benoit")) as session:
        row = find_event(session, first)
        assert (row.starts_on, row.ends_on) == (dt.date(2026, 6, 21), dt.date(2026, 6, 21))
        assert row.source
        assert "oas-56" not in {offer.key for offer in offers(session)}
        assert len(session.execute(select(Event)).scalars().all()) == 1
    with database.write_session(world.viewer("ana")) as session, pytest.raises(Refusal) as caught:
        copy_event(session, "no-such-event")
    assert caught.value.key == "no_such_offer"


def test_an_event_that_is_not_there_is_not_found(database: Database) -> None:
    with database.write_session(world.viewer("ana")) as session, pytest.raises(NotFound):
        save_event(session, uuid.UUID(int=1), FORUM, version=1)
