"""What somebody who left still owes: who sees it, handing it on in one go, and taking that back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import Action, AuditRecord, Leg, Person
from app.services import leaver_items as service
from app.services.leaver_items import NewOwner
from tests import world

DIEGO, LUCIA = world.CAST["diego"], world.CAST["lucia"]
NARROW, WIDE, NAMED, DONE, OTHERS = (f"ACT-2026-MXUS-A0{n}" for n in range(1, 6))


@pytest.fixture
def left(sqlite_database: Database) -> Database:
    """Return a database in which Diego left: two legs with his account, one with his name, one done, one Canada's."""
    with sqlite_database.system_session("prepare a leaver", "write") as session:
        by_account = {"person_id": DIEGO.id, "person_name": DIEGO.name, "office_code": "MX-SRE"}
        world.add_action(session, NARROW, ("MX", "US"), legs={"MX": by_account})
        world.add_action(session, WIDE, legs={"MX": by_account | {"due_on": dt.date(2026, 12, 1)}})
        world.add_action(session, NAMED, ("MX",), legs={"MX": {"person_name": DIEGO.name}})
        world.add_action(session, DONE, ("MX",), legs={"MX": by_account | {"state": "done"}})
        world.add_action(session, OTHERS, ("CA", "MX"), legs={"CA": {"person_name": DIEGO.name}})
        session.get_one(Person, DIEGO.id).active = False
        session.commit()
    return sqlite_database


def refs(database: Database, key: str) -> list[tuple[str, bool]]:
    with database.read_session(world.viewer(key)) as session:
        _person, items = service.items_of(session, DIEGO.id)
        return [(item.line.action.reference, item.is_by_name) for item in items]


def versions(database: Database, *references: str) -> dict[uuid.UUID, int]:
    with database.read_session(world.viewer("ana")) as session:
        _person, items = service.items_of(session, DIEGO.id)
        return {item.leg.id: item.leg.version for item in items if item.line.action.reference in references}


def act(database: Database, key: str, verb: str, *args: Any) -> Any:
    with database.write_session(world.viewer(key)) as session:
        done = getattr(service, verb)(session, *args)
        session.commit()
    return done


def own_legs(database: Database) -> dict[str, tuple[str | None, str | None, str | None, uuid.UUID | None]]:
    with database.read_session(world.viewer("ana")) as session:
        rows = session.execute(select(Action.reference, Leg).join(Leg).where(Leg.party_code == "MX"))
        return {ref: (leg.state, leg.person_name, leg.office_code, leg.person_id) for ref, leg in rows}


def test_what_is_with_somebody_is_told_by_due_day_to_those_who_speak_for_their_party(left: Database) -> None:
    expected = [(WIDE, False), (NARROW, False), (NAMED, True)]
    assert refs(left, "ana") == expected
    assert refs(left, "lucia") == expected
    with left.read_session(world.viewer("lucia")) as session:
        assert [(each.person.name, each.count) for each in service.leavers(session)] == [(DIEGO.name, 3)]


@pytest.mark.parametrize(
    ("key", "refusal"),
    [("diego", "forbidden"), ("marta", "forbidden"), ("sam", "forbidden"), ("olga", "forbidden"),
     ("isabelle", "not_found"), ("carol", "not_found")],
)  # fmt: skip
def test_nobody_else_reads_or_hands_on(left: Database, key: str, refusal: str) -> None:
    with left.write_session(world.viewer(key)) as session:
        assert service.leavers(session) == ()
        for attempt in (
            lambda: service.items_of(session, DIEGO.id),
            lambda: service.hand_over_items(session, DIEGO.id, {uuid.uuid4(): 1}, NewOwner(office_code="CA-GAC")),
        ):
            with pytest.raises(Refusal) as refused:
                attempt()
            assert refused.value.key in {refusal, "unknown_office"}, key


def test_an_administrator_is_told_the_number_alone_and_of_their_own_government(left: Database) -> None:
    with left.read_session(world.viewer("marta")) as session:
        assert service.count_with(session, DIEGO.id) == 3
        assert session.scalars(select(Action)).all() == []
    for key, error in (("colin", NotFound), ("ana", Refusal), ("olga", Refusal)):
        with left.read_session(world.viewer(key)) as session, pytest.raises(error):
            service.count_with(session, DIEGO.id)


def test_items_are_handed_on_in_one_go_and_taken_back(left: Database) -> None:
    before = own_legs(left)
    chosen = versions(left, NARROW, WIDE)
    batch = act(left, "ana", "hand_over_items", DIEGO.id, chosen, NewOwner(LUCIA.id))
    handed_on = ("open", LUCIA.name, "MX-SRE", LUCIA.id)
    assert own_legs(left) == before | dict.fromkeys((NARROW, WIDE), handed_on)
    assert refs(left, "ana") == [(NAMED, True)]
    with left.read_session(world.viewer("carol")) as session:
        told = session.scalars(select(AuditRecord).where(AuditRecord.action == "leg_handed_over")).all()
    assert [row.facts for row in told] == [{"party": "MX", "was": DIEGO.name, "now": LUCIA.name}] * 2
    assert act(left, "lucia", "undo_hand_over", DIEGO.id, batch.id) == (2, 0)
    assert own_legs(left) == before
    with pytest.raises(Refusal, match="not_in_state"):
        act(left, "ana", "undo_hand_over", DIEGO.id, batch.id)


def test_what_was_changed_since_stays(left: Database) -> None:
    batch = act(left, "ana", "hand_over_items", DIEGO.id, versions(left, NARROW, NAMED), NewOwner(None, "Eva Ruiz"))
    with left.write_session(world.viewer("ana")) as session:
        leg = session.scalars(select(Leg).join(Action).where(Action.reference == NAMED, Leg.party_code == "MX")).one()
        leg.person_name = "Somebody else"
        session.commit()
    assert act(left, "ana", "undo_hand_over", DIEGO.id, batch.id) == (1, 1)
    assert {ref: leg[1] for ref, leg in own_legs(left).items() if ref in (NARROW, NAMED)} == {
        NARROW: DIEGO.name, NAMED: "Somebody else",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "refusal", "field"),
    [
        (NewOwner(), "new_owner_missing", "person_id"),
        (NewOwner(DIEGO.id), "unknown_person", "person_id"),
        (NewOwner(world.CAST["marta"].id), "unknown_person", "person_id"),
        (NewOwner(world.CAST["carol"].id), "unknown_person", "person_id"),
        (NewOwner(office_code="US-DOS"), "unknown_office", "office_code"),
    ],
)
def test_who_cannot_take_over(left: Database, owner: NewOwner, refusal: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        act(left, "ana", "hand_over_items", DIEGO.id, versions(left, NARROW), owner)
    assert (refused.value.key, refused.value.field) == (refusal, field)


def test_a_leg_that_reads_otherwise_by_now_stops_all(left: Database) -> None:
    chosen = versions(left, NARROW, WIDE)
    stale = {identity: version + n for n, (identity, version) in enumerate(chosen.items())}
    foreign = {**chosen, uuid.uuid4(): 1}
    for wrong in (stale, foreign):
        with pytest.raises(StaleVersion):
            act(left, "ana", "hand_over_items", DIEGO.id, wrong, NewOwner(LUCIA.id))
    with pytest.raises(Refusal, match="no_items_chosen"):
        act(left, "ana", "hand_over_items", DIEGO.id, {}, NewOwner(LUCIA.id))
    assert {leg[1] for leg in own_legs(left).values()} == {DIEGO.name, None}
