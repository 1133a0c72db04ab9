"""The page of an agenda of 60 items, with what delegations prepared and registered, against that of one with 6."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Iterator
from typing import Any, Final

from app.db import GuardedSession
from app.domain.visibility import party_key
from app.models import AgendaItem, ItemPaper, Meeting, Position, RegisteredDocument
from app.models.sealed import Private
from benchmarks.figures import Figure
from benchmarks.pages import client_of
from benchmarks.worlds import Bench, count_rows
from tests import world
from tests.subscribing import counted_statements

ITEMS: Final = 60
FEW: Final = 6
POSITIONS: Final = 400
DOCUMENTS: Final = 200
STATEMENTS: Final = 15
PER_ITEM: Final = 2
ROUNDS: Final = 15
_FULL, _SPARE = "UNC-2031-1", "UNC-2031-2"


def figures_of(bench: Bench) -> Iterator[Figure]:
    """Yield the statements of the page, and the milliseconds that it takes for an item."""
    client = client_of(bench)  # first, since it opens the keys under which positions are sealed
    with bench.database.system_session("prepare agendas to measure", "write") as session:
        for reference, share in ((_FULL, 1.0), (_SPARE, FEW / ITEMS)):
            meeting = world.add_meeting(session, reference, mechanism="M01", hosting={"MX": "host"})
            _fill(session, meeting, share)
        session.commit()
    count_rows(bench.database)
    paths = [f"/meetings/{reference}/agenda" for reference in (_FULL, _SPARE)]
    with counted_statements(bench.database) as counted:
        assert client.get(paths[0]).status_code == 200
    held = f"{ITEMS} items, {POSITIONS} positions and {DOCUMENTS} documents"
    name = f"statements of the agenda page of {held} against {STATEMENTS}"
    yield Figure(name, bench.engine, len(counted), STATEMENTS, 1, unit="", at_most=True)
    took = _milliseconds(client, paths)
    name = f"agenda page of {held}, time per item against one with {FEW}"
    yield Figure(name, bench.engine, took[0] / ITEMS, took[1] / FEW, PER_ITEM, unit=" ms", at_most=True)


def _milliseconds(client: Any, paths: list[str]) -> list[float]:
    """Return the median time of each page, asked for in turns."""
    times: list[list[float]] = [[] for _ in paths]
    for number in range(ROUNDS):
        for path, found in zip(paths, times, strict=True):
            began = time.perf_counter()
            assert client.get(path).status_code == 200
            if number:  # the first one fills what is kept
                found.append((time.perf_counter() - began) * 1000)
    return [statistics.median(found) for found in times]


def _fill(session: GuardedSession, meeting: Meeting, share: float) -> None:
    """Add that share of the items, positions (a delegation's own, and non-papers) and documents."""
    kinds = ["progress_since_last", *["substance"] * (round(ITEMS * share) - 1)]
    items = [world.add_item(session, meeting, number, kind=kind, minutes=3) for number, kind in enumerate(kinds, 1)]
    _positions(session, meeting, items, round(POSITIONS * share))
    _documents(session, meeting, items, round(DOCUMENTS * share))


def _positions(session: GuardedSession, meeting: Meeting, items: list[AgendaItem], count: int) -> None:
    pairs = [(item, party) for item in items for party in world.THREE]
    for number in range(count):
        item, party = pairs[number % len(pairs)]
        is_first = number < len(pairs)
        session.add(
            Position(
                id=uuid.uuid4(), kind="position" if is_first else "non_paper", meeting_id=meeting.id,
                item_id=item.id, owner_party=party, state="draft", content=Private(party, '{"lines": "x"}'),
                written_by=world.CAST["ana"].id, changed_at=world.NOW,
                audience_id=session.audience({party_key(party)}),
            )
        )  # fmt: skip
    session.flush()


def _documents(session: GuardedSession, meeting: Meeting, items: list[AgendaItem], count: int) -> None:
    seen = {"audience_id": meeting.audience_id}
    for number in range(1, count + 1):
        paper = RegisteredDocument(
            id=uuid.uuid4(), symbol=f"{meeting.reference.replace('-', '/')}/{number}", meeting_id=meeting.id,
            state="expected", title={"en": f"Paper {number}", "original": "en"}, original_language="en",
            created_by=world.CAST["ana"].id, created_at=world.NOW, changed_at=world.NOW, **seen,
        )  # fmt: skip
        session.add(paper)
        session.flush()
        item = items[number % len(items)]
        session.add(ItemPaper(item_id=item.id, document_id=paper.id, position=number, **seen))
    session.flush()
