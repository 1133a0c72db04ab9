"""Rotation, sealing anew and the end of keys, over every sealed column that the models have."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import Database
from app.domain.visibility import administration_key, party_key
from app.keys import KeyRing, KeyServiceDown, StillNeeded
from app.models import AudienceMember, AuditRecord
from app.models.sealed import Private, use_keys
from app.services import keys
from app.services.keys import list_keys, reseal, retire_key, rotate_key, rows_by_key, sealed_columns
from config import Settings
from tests import world
from tests.conftest import make_app
from tests.key_services import Running, entrust, running


@pytest.fixture
def ring(tmp_path: Path, keys_folder: Path, told: Database) -> Iterator[KeyRing]:
    """Return the keys that the story was sealed under, in a folder of this test's own."""
    shutil.copytree(keys_folder, tmp_path / "keys")
    made = KeyRing(tmp_path / "keys")
    use_keys(made)
    yield made
    made.close()


def texts(database: Database) -> list[tuple[str, object, str, str]]:
    """Return everything that is sealed, opened: where it stands, whose it is, and what it says."""
    found = []
    with database.system_session("open everything") as session:
        for column in sealed_columns():
            rows = session.execute(select(column.cls.id, column.attribute).where(column.attribute.is_not(None)))
            found += [(column.context, identity, each.owner, each.text) for identity, each in rows]
    return sorted(found, key=str)


def counted(database: Database) -> dict[tuple[str, str], int]:
    with database.system_session("count") as session:
        return dict(rows_by_key(session))


def rest(folder: Path) -> None:
    """Let an hour pass over an owner's folder."""
    then = time.time() - 3601
    for name in ("current", "service.json"):
        if (folder / name).exists():
            os.utime(folder / name, (then, then))


def test_every_sealed_column_is_one_of_a_guarded_row_with_a_context_of_its_own():
    contexts = [column.context for column in sealed_columns()]
    assert contexts == sorted({f"{each.cls.__tablename__}.{each.attribute.key}" for each in sealed_columns()})
    assert {"drafts.content", "positions.content", "share_copies.content", "inner_notes.text"} <= set(contexts)
    assert all(hasattr(each.cls, "audience_id") and hasattr(each.cls, "id") for each in sealed_columns())


def test_rotated_sealed_anew_and_retired(told: Database, ring: KeyRing, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    before, was = texts(told), counted(told)
    (old,) = {key_id for owner, key_id in was if owner == "MX"}
    needed = was["MX", old]
    assert needed == len([each for each in before if each[2] == "MX"]) > 4
    new = rotate_key(told, ring, "MX")
    with pytest.raises(StillNeeded, match=f"{needed} rows are sealed under it"):
        retire_key(told, ring, "MX", old)
    outcome = reseal(told, ring, "MX")
    assert (outcome.done, outcome.unopened) == (needed, 0)
    assert counted(told) == {(owner, new if owner == "MX" else key_id): rows for (owner, key_id), rows in was.items()}
    assert reseal(told, ring, "MX").done == 0
    with pytest.raises(StillNeeded, match="less than an hour ago"):
        retire_key(told, ring, "MX", old)
    rest(tmp_path / "keys" / "MX")
    retire_key(told, ring, "MX", old)
    assert [path.stem for path in (tmp_path / "keys" / "MX").glob("*.key")] == [new]
    assert texts(told) == before


def test_what_was_done_to_keys_is_in_the_record_of_their_owner(told: Database, ring: KeyRing):
    new = rotate_key(told, ring, "MX")
    done = reseal(told, ring, "MX").done
    with told.system_session("read the record") as session:
        records = session.scalars(select(AuditRecord).where(AuditRecord.subject_kind == "key")).all()
        assert {each.subject_id for each in records} == {new}
        assert records[0].action == "key_rotated"
        assert sum(each.facts["count"] for each in records if each.action == "rows_resealed") == done
        audience = select(AudienceMember.key).where(AudienceMember.audience_id == records[0].audience_id)
        assert set(session.scalars(audience)) == {party_key("MX"), administration_key("MX")}
        assert "zzcanary" not in str([each.facts for each in records])


def test_ended_in_between_it_goes_on(told: Database, ring: KeyRing, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    needed = sum(rows for (owner, _key_id), rows in counted(told).items() if owner == "MX")
    rotate_key(told, ring, "MX")
    whole, calls = ring.reseal, []

    def ends(owner: str, many):
        calls.append(len(many))
        if len(calls) == 3:
            raise KeyServiceDown(owner, "unreachable")
        return whole(owner, many)

    monkeypatch.setattr(ring, "reseal", ends)
    with pytest.raises(KeyServiceDown):
        reseal(told, ring, "MX")
    monkeypatch.undo()
    done = sum(calls[:2])
    assert 0 < done < needed
    assert reseal(told, ring, "MX").done == needed - done


def test_a_row_that_does_not_open_stays_and_is_counted(told: Database, ring: KeyRing, tmp_path: Path):
    (lost,) = {key_id for owner, key_id in counted(told) if owner == "MX"}
    rotate_key(told, ring, "MX")
    (tmp_path / "keys" / "MX" / f"{lost}.key").unlink()
    needed = counted(told)["MX", lost]
    outcome = reseal(told, ring, "MX")
    assert (outcome.done, outcome.unopened) == (0, needed)
    assert counted(told)["MX", lost] == needed
    (mexico,) = (each for each in list_keys(told, ring) if each.owner == "MX")
    assert [(use.is_there, use.row_count) for use in mexico.keys if use.key_id == lost] == [(False, needed)]


def test_a_row_that_is_changed_meanwhile_stays_as_it_was_changed(sqlite_database: Database, tmp_path: Path):
    from app.domain.meeting_content import MeetingContent
    from app.models import Draft
    from app.services.drafts import start_draft

    ring = KeyRing(tmp_path / "keys")
    use_keys(ring)
    with sqlite_database.write_session(world.viewer("ana")) as session:
        identity = start_draft(session, MeetingContent(title={"en": "Before"})).id
        session.commit()
    (column,) = (each for each in sealed_columns() if each.context == "drafts.content")
    read_before = ring.seal("MX", b"what it said when it was read", b"drafts.content")
    with sqlite_database.system_session("seal anew what was read before", "write") as session:
        keys._reseal_rows(session, ring, "MX", column, [(identity, read_before)])
        session.commit()
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert "Before" in session.get_one(Draft, identity).content.text


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "theirs") as started:
        yield started


def test_all_of_it_with_a_service(told: Database, ring: KeyRing, service: Running, tmp_path: Path):
    before, was = texts(told), counted(told)
    (here,) = {key_id for owner, key_id in was if owner == "MX"}
    entrust(tmp_path / "keys", "MX", service.url, service.token)
    assert texts(told) == before, "what the folder has still opens"
    needed = was["MX", here]
    assert reseal(told, ring, "MX").done == needed
    first = service.keeper.keys.keys().current
    assert first is not None
    rest(tmp_path / "keys" / "MX")
    retire_key(told, ring, "MX", here)
    assert sorted(path.name for path in (tmp_path / "keys" / "MX").iterdir()) == ["current", "service.json", "token"]
    asked = len(service.lines())
    assert texts(told) == before
    per_column = {context for context, _identity, owner, _text in before if owner == "MX"}
    assert len(service.lines()) - asked == len(per_column), "one request for all that is read together"
    second = rotate_key(told, ring, "MX")
    assert reseal(told, ring, "MX").done == needed
    rest(service.folder / "MX")
    retire_key(told, ring, "MX", first)
    assert service.keeper.keys.keys().key_ids == (second,)
    assert texts(told) == before
    service.cut()
    with pytest.raises(KeyServiceDown):
        texts(told)
    with pytest.raises(KeyServiceDown):
        reseal(told, ring, "MX")
    assert counted(told)["MX", second] == needed


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(settings: Settings, told: Database, ring: KeyRing) -> Run:
    """Return a function that runs a command and gives its exit status and everything that it said."""
    app: Flask = make_app(settings, told)
    use_keys(ring)

    def invoke(*arguments: str) -> tuple[int, str]:
        result = app.test_cli_runner().invoke(args=["keys", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return invoke


def test_the_commands(run: Run, told: Database, tmp_path: Path):
    (old,) = {key_id for owner, key_id in counted(told) if owner == "MX"}
    needed = counted(told)["MX", old]
    assert run("list", "MX") == (0, f"MX: in the key folder\n  {old}  current, {needed} rows\n")
    status, said = run("rotate", "MX")
    new = said.split()[3]
    assert (status, said) == (
        0, f"MX seals under {new} from now on. `keys reseal MX` brings older rows under it.\n",
    )  # fmt: skip
    assert run("retire", old, "--yes") == (1, f"Error: {needed} rows are sealed under it; seal them anew first\n")
    assert run("reseal", "MX") == (0, f"{needed} rows of MX were sealed anew.\n")
    rest(tmp_path / "keys" / "MX")
    assert run("retire", old)[0] == 1, "it asks first"
    assert run("retire", old, "--yes") == (0, f"The key {old} of MX is retired.\n")
    assert run("retire", old, "--yes") == (1, f"Error: Nobody that can be asked has a key {old}.\n")
    assert run("rotate", "mx") == (1, "Error: 'mx' is no code of a delegation.\n")
    assert {line for line in run("list")[1].splitlines() if line[0] != " "} >= {
        "MX: in the key folder", "US: in the key folder",
    }  # fmt: skip


def test_the_list_says_when_a_service_is_away(run: Run, service: Running, tmp_path: Path, told: Database):
    (here,) = {key_id for owner, key_id in counted(told) if owner == "MX"}
    entrust(tmp_path / "keys", "MX", service.url, "wrong")
    needed = counted(told)["MX", here]
    away = f"MX: with a key service\n  The key service of MX cannot be used: refused.\n  {here}  {needed} rows\n"
    assert run("list", "MX") == (0, away)
    assert run("rotate", "MX") == (1, "Error: The key service of MX cannot be used: paused.\n")


def test_a_private_text_on_a_row_is_prepared_before_anything_is_written(tmp_path: Path, service: Running):
    from app.models import Draft

    ring = KeyRing(tmp_path / "keys")
    use_keys(ring)
    entrust(tmp_path / "keys", "MX", service.url, service.token)
    Draft(content=Private("MX", "said"))
    assert [line["act"] for line in service.lines()] == ["wrap", "unwrap"]
    service.cut()
    with pytest.raises(KeyServiceDown):
        Draft(content=Private("MX", "said"))
    ring.close()
