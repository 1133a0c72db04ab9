"""Updates written at once by several people in several processes: as many are there as were written, none twice."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.actions import whole_state
from app.models import Action, ActionNote, AuditRecord, Leg
from app.services.audit import verify
from tests import world
from tests.proofs.updater import ACTIONS, PARTIES, reference

# Those of one process write to the same legs.
PROCESSES = ("ana,diego", "carol,daniel")


def run(database: Database, folder: Path, updates: int) -> None:
    """Let four people in two processes write so many updates, and hold the database to what each says it wrote."""
    with database.system_session("prepare the updates", "write") as session:
        for n in range(ACTIONS):
            world.add_action(session, reference(n), ("MX", "US"))
        session.commit()
    url, each = database.url.render_as_string(hide_password=False), str(updates // len(PARTIES))
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.updater", url, str(folder / "locks"), keys, each],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2],
        )
        for keys in PROCESSES
    ]  # fmt: skip
    told: dict[str, dict[str, object]] = {}
    for writer in writers:
        said, _ = writer.communicate()
        assert writer.returncode == 0
        told |= json.loads(said)
    hold(database, folder, told, updates)


def hold(database: Database, folder: Path, told: dict[str, dict[str, object]], updates: int) -> None:
    """Count in, count out: every note once, every change of a leg in its version, both in the record."""
    notes = Counter(text for each in told.values() for text in each["notes"])  # type: ignore[attr-defined]
    legs: Counter[tuple[str, str]] = Counter()
    for key, each in told.items():
        for ref, count in each["legs"].items():  # type: ignore[attr-defined]
            legs[ref, PARTIES[key]] += count
    assert notes.total() + legs.total() == updates
    with database.system_session("read what was written") as session:
        assert Counter(session.scalars(select(ActionNote.text))) == notes
        rows = session.execute(select(Action, Leg).join(Leg, Leg.action_id == Action.id)).all()
        assert {(action.reference, leg.party_code): leg.version - 1 for action, leg in rows} == dict(legs)
        acts = Counter(session.scalars(select(AuditRecord.action)))
        states: dict[str, list[str]] = {}
        for action, leg in rows:
            states.setdefault(action.reference, []).append(leg.state)
        kept = {action.reference: action.state for action, _leg in rows}
    assert (acts["note_added"], acts["leg_updated"]) == (notes.total(), legs.total())
    assert kept == {ref: whole_state(each) for ref, each in states.items()}  # type: ignore[arg-type]
    assert sum(int(str(each["lost"])) for each in told.values()) >= len(PROCESSES), "somebody lost no race"
    assert verify(database, folder).problems == []


def test_a_hundred_updates_at_once(database: Database, tmp_path: Path) -> None:
    run(database, tmp_path, 100)


@pytest.mark.prove
def test_ten_thousand_updates_at_once(database: Database, tmp_path: Path) -> None:
    run(database, tmp_path, 10_000)
