"""The audit record: every kind of tampering is named, and nobody reads what is not theirs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.db import Database, chain_digest, digest_of
from app.models import AgendaItem, AuditHead, AuditRecord, Document
from app.services import audit
from tests import world


def record_some(database: Database, count: int = 5, action: str = "meeting_changed"):
    """Let Ana do some things that Mexico sees."""
    for number in range(count):
        with database.write_session(world.viewer("ana")) as session:
            audience = session.audience({"party:MX"})
            facts = {"round": number, "zürich": [1, 2.5, None, {"b": 1, "a": "é"}]}
            session.record(action, "meeting", world.identity("meeting", "X"), audience, **facts)
            session.commit()


def tamper(database: Database, *statements: str):
    """Do to the record what only somebody with the database in their hands can do."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            for trigger in ("audit_no_update", "audit_no_delete"):
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        else:
            connection.exec_driver_sql("SET LOCAL ROLE entente_owner")
            connection.exec_driver_sql("ALTER TABLE audit_records DISABLE TRIGGER audit_append_only")
            connection.exec_driver_sql("ALTER TABLE audit_records DISABLE ROW LEVEL SECURITY")
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def last(database: Database):
    """Record five acts and return the number of the last record."""
    record_some(database)
    return head_of(database)


def head_of(database: Database) -> int:
    with database.system_session("count the records") as session:
        head = session.get(AuditHead, 1)
        assert head is not None
        return head.count


def found(database: Database, folder) -> list[tuple[str, int]]:
    return [(problem.kind, problem.number) for problem in audit.verify(database, folder).problems]


def test_an_untouched_record_is_whole(database, last, tmp_path):
    report = audit.verify(database, tmp_path)
    assert report.problems == []
    assert report.count == last
    assert len(report.digest) == 64


def test_an_empty_record_is_whole(tmp_path):
    from app import schema

    database = Database(f"sqlite:///{tmp_path / 'empty.db'}", tmp_path / "locks")
    schema.upgrade(database.engine)
    assert audit.verify(database, tmp_path).problems == []
    assert audit.keep_head(database, tmp_path)
    assert audit.verify(database, tmp_path).problems == []
    database.engine.dispose()


ANOTHER_AUDIENCE = "(SELECT a.id FROM audiences a WHERE a.id <> audience_id LIMIT 1)"
Case = tuple[Callable[[int], list[str]], Callable[[int], list[tuple[str, int]]]]
CASES: dict[str, Case] = {
    "a fact was altered": (
        lambda n: [f"UPDATE audit_records SET action = 'nothing_happened' WHERE number = {n - 2}"],
        lambda n: [("altered", n - 2)],
    ),
    "its time was altered": (
        lambda n: [f"UPDATE audit_records SET at = '2020-01-01 00:00:00' WHERE number = {n - 1}"],
        lambda n: [("altered", n - 1)],
    ),
    "who may see it was altered": (
        lambda n: [
            f"UPDATE audit_records SET audience_id = {ANOTHER_AUDIENCE} WHERE number = {n - 1}",
        ],
        lambda n: [("altered", n - 1)],
    ),
    "one was removed": (
        lambda n: [f"DELETE FROM audit_records WHERE number = {n - 2}"],
        lambda n: [("missing", n - 2)],
    ),
    "three were removed": (
        lambda n: [f"DELETE FROM audit_records WHERE number IN ({n - 3}, {n - 2}, {n - 1})"],
        lambda n: [("missing", n - 3)],
    ),
    "the first was removed": (
        lambda _: ["DELETE FROM audit_records WHERE number = 1"],
        lambda _: [("missing", 1)],
    ),
    "the last was removed": (
        lambda n: [f"DELETE FROM audit_records WHERE number = {n}"],
        lambda n: [("truncated", n)],
    ),
    "two changed places": (
        lambda n: [
            f"UPDATE audit_records SET number = 0 WHERE number = {n - 2}",
            f"UPDATE audit_records SET number = {n - 2} WHERE number = {n - 1}",
            f"UPDATE audit_records SET number = {n - 1} WHERE number = 0",
        ],
        lambda n: [
            ("altered", n - 2), ("reordered", n - 2), ("altered", n - 1), ("reordered", n - 1), ("reordered", n),
        ],
    ),
    "all were removed": (lambda _: ["DELETE FROM audit_records"], lambda _: [("truncated", 1)]),
    "the head was put back": (
        lambda n: [f"UPDATE audit_head SET count = {n - 1}"],
        lambda n: [("altered", n)],
    ),
    "the head is gone": (lambda _: ["DELETE FROM audit_head"], lambda n: [("truncated", n)]),
    "a row was put below the first": (
        lambda n: [f"UPDATE audit_records SET number = -7 WHERE number = {n}"],
        lambda n: [("altered", -7)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_tampering_is_named(database, last, tmp_path, name):
    how, expected = CASES[name]
    tamper(database, *how(last))
    problems = found(database, tmp_path)
    for problem in expected(last):
        assert problem in problems


def rewrite(database: Database, number: int, action: str, *, to_the_end: bool):
    """Alter a record and make its digest fit; to the end of the chain, and the head, or no further."""
    with database.system_session("read what is to be rewritten") as session:
        rows = session.execute(select(AuditRecord).order_by(AuditRecord.number)).scalars().all()
    statements, previous = [], rows[number - 2].digest
    for row in rows[number - 1 :] if to_the_end else rows[number - 1 : number]:
        columns = audit._columns(row) | {"previous_digest": previous}
        if row.number == number:
            columns["action"] = action
        previous = chain_digest(columns)
        statements.append(
            f"UPDATE audit_records SET action = '{columns['action']}', "
            f"previous_digest = '{columns['previous_digest']}', digest = '{previous}' WHERE number = {row.number}"
        )
    if to_the_end:
        statements.append(f"UPDATE audit_head SET digest = '{previous}'")
    tamper(database, *statements)


def test_a_record_rewritten_with_its_digest_is_named(database, last, tmp_path):
    rewrite(database, last - 2, "nothing_happened", to_the_end=False)
    assert found(database, tmp_path) == [("altered", last - 2)]


def test_the_last_record_rewritten_with_its_digest_is_named(database, last, tmp_path):
    rewrite(database, last, "nothing_happened", to_the_end=False)
    assert found(database, tmp_path) == [("altered", last)]


def test_a_chain_rewritten_to_its_end_shows_by_the_head_outside(database, last, tmp_path):
    assert audit.keep_head(database, tmp_path)
    rewrite(database, last - 2, "nothing_happened", to_the_end=True)
    assert audit.verify(database, tmp_path / "nowhere").problems == []
    assert found(database, tmp_path) == [("altered", last)]


def test_a_chain_cut_off_with_its_head_shows_by_the_head_outside(database, last, tmp_path):
    assert audit.keep_head(database, tmp_path)
    with database.system_session("read the record before") as session:
        before = session.get_one(AuditRecord, last - 1)
    tamper(
        database,
        f"DELETE FROM audit_records WHERE number = {last}",
        f"UPDATE audit_head SET count = {last - 1}, digest = '{before.digest}'",
    )
    assert audit.verify(database, tmp_path / "nowhere").problems == []
    assert found(database, tmp_path) == [("truncated", last)]
    # The job does not write over the evidence, nor once the record has grown again.
    kept = (tmp_path / "audit.head").read_text()
    assert not audit.keep_head(database, tmp_path)
    record_some(database, 3)
    assert not audit.keep_head(database, tmp_path)
    assert (tmp_path / "audit.head").read_text() == kept
    assert found(database, tmp_path) == [("altered", last)]


def test_the_head_outside_follows_the_record(database, last, tmp_path):
    assert audit.keep_head(database, tmp_path)
    assert json.loads((tmp_path / "audit.head").read_text())["count"] == last
    record_some(database, 2)
    assert audit.verify(database, tmp_path).problems == []
    assert audit.keep_head(database, tmp_path)
    assert json.loads((tmp_path / "audit.head").read_text())["count"] == last + 2
    assert [path.name for path in tmp_path.iterdir() if "audit" in path.name] == ["audit.head"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"count": "x", "digest": "y"}', "null"])
def test_a_head_outside_that_is_none_is_a_problem(sqlite_database, tmp_path, content):
    (tmp_path / "audit.head").write_text(content)
    assert found(sqlite_database, tmp_path) == [("altered", 0)]
    with pytest.raises(ValueError, match="does not hold the head"):
        audit.keep_head(sqlite_database, tmp_path)


# What a viewer sees


def acts(database: Database, key: str, **asked):
    with database.read_session(world.viewer(key)) as session:
        return audit.acts_seen(session, **asked)


def test_each_viewer_sees_what_is_theirs(database):
    with database.system_session("a hidden meeting", "write") as session:
        world.add_meeting(
            session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01", title={"en": "Hidden", "original": "en"}
        )
        session.commit()
    with database.write_session(world.viewer("ana")) as session:
        audience = session.audience({"party:MX", "party:US"})
        session.record("meeting_changed", "meeting", world.identity("meeting", "UNC-2026-MXUS-1"), audience)
        session.commit()
    for key, sees in {"ana": True, "diego": True, "carol": True, "benoit": False, "sam": False, "olga": False}.items():
        entries = [entry for entry in acts(database, key).entries if entry.action == "meeting_changed"]
        assert bool(entries) is sees, key
        with database.read_session(world.viewer(key)) as session:
            assert ("meeting_changed" in audit.actions_seen(session)) is sees
    (entry,) = acts(database, "carol", action="meeting_changed").entries
    assert (entry.who, entry.party) == (None, "MX")  # who in another delegation did it is not told
    assert entry.is_personal  # and that it was a person is
    assert (entry.subject.reference, entry.subject.title) == ("UNC-2026-MXUS-1", {"en": "Hidden", "original": "en"})
    (entry,) = acts(database, "diego", action="meeting_changed").entries
    assert entry.who == "Ana Robles"


def test_pages_are_told_apart_by_time_alone(database, clock):
    for _ in range(3):
        clock.forward(minutes=1)
        record_some(database, 30)
    first = acts(database, "ana", action="meeting_changed")
    assert len(first.entries) == 60  # all of the minute that the fiftieth is of
    second = acts(database, "ana", action="meeting_changed", before=first.older)
    assert len(second.entries) == 30
    assert second.older is None
    times = [entry.at for entry in (*first.entries, *second.entries)]
    assert times == sorted(times, reverse=True)


def test_a_full_last_page_has_no_older_one(database):
    record_some(database, 50)
    page = acts(database, "ana", action="meeting_changed")
    assert (len(page.entries), page.older) == (50, None)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ana", {
            ("agenda", "UNC-2026-MXUS-1", 2), ("agenda", "UNC-2026-MXUS-1", None),
            ("document", "Carta.pdf", None), ("draft", "UNC-2026-MXUS-1", None), ("draft", None, None),
        }),
        ("carol", {("agenda", "UNC-2026-MXUS-1", 2), ("agenda", "UNC-2026-MXUS-1", None),
                   ("document", None, None), ("draft", None, None)}),
    ],
)  # fmt: skip
def test_items_papers_and_drafts_are_told_to_those_who_see_them(database, key, expected):
    both, own, item = {"party:MX", "party:US"}, {"party:MX"}, uuid.uuid4()
    with database.system_session("a meeting with an agenda and a paper", "write") as session:
        meeting = world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
        session.add(
            AgendaItem(
                id=item,
                meeting_id=meeting.id,
                position=2,
                kind="substance",
                type="discussion",
                title={"en": "News"},
                minutes=15,
                audience_id=meeting.audience_id,
            )
        )
        paper = Document(
            id=uuid.uuid4(),
            file_name="Carta.pdf",
            media_type="application/pdf",
            size=1,
            digest=digest_of("x"),
            content=b"x",
            owner_party="MX",
            added_by=world.CAST["ana"].id,
            added_at=world.NOW,
            audience_id=session.audience(own),
        )
        session.add(paper)
        session.commit()
        ids = meeting.id, paper.id
    with database.write_session(world.viewer("ana")) as session:
        audience = session.audience(both)
        session.record("agenda_item_changed", "agenda", ids[0], audience, item=str(item))
        session.record("agenda_filled", "agenda", ids[0], audience, count=3)
        session.record("document_added", "document", ids[1], audience)
        session.record("draft_proposed", "draft", uuid.uuid4(), session.audience(own), reference="UNC-2026-MXUS-1")
        session.record("draft_saved", "draft", uuid.uuid4(), audience)
        session.commit()
    kinds = {"agenda", "document", "draft"}
    subjects = [entry.subject for entry in acts(database, key).entries if entry.subject.kind in kinds]
    named = {(each.kind, each.title if each.kind == "document" else each.reference, each.position) for each in subjects}
    assert named == expected
