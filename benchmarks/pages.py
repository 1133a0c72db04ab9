"""Pages: how many statements they take, how their time grows with the data, and how they stand to an empty route."""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.db import Database
from app.models import Contact, Mechanism, Meeting
from benchmarks.figures import Figure, unmeasured
from benchmarks.requests import Asked, fetched, request
from benchmarks.requests import rates as request_rates
from benchmarks.worlds import FEWER, MEETINGS, REF, Bench, count_rows
from config import Settings
from tests import world
from tests.clients.serving import SECRET, Server
from tests.subscribing import counted_statements

STATEMENTS: Final = 12
GROWTH: Final = 1.3
MEMORY_MB: Final = 300
ITEMS, PEOPLE = 60, 200
WHO: Final = "ana"
ROUNDS: Final = 14


def paths_of(bench: Bench) -> dict[str, str]:
    """Return the address of each page that is measured: the meeting is the next one of the mechanism of the feed."""
    with bench.database.read_session(world.viewer(WHO)) as session:
        of_feed = select(Mechanism.id).where(Mechanism.ref == REF)
        query = select(Meeting.reference).where(Meeting.mechanism_id.in_(of_feed), Meeting.state == "confirmed")
        reference = session.execute(query.order_by(Meeting.starts_at).limit(1)).scalar_one()
    return {"home": "/", "calendar": "/calendar", "register": "/mechanisms", "meeting": f"/meetings/{reference}"}


def page(server: Server, database: Database, path: str) -> Asked:
    """Return the request for a page by somebody who is signed in."""
    signer = Flask(__name__)
    signer.secret_key = SECRET
    serializer = SecureCookieSessionInterface().get_signing_serializer(signer)
    assert serializer is not None
    cookie = serializer.dumps({"sign_in": world.sign_in_token(database, world.CAST[WHO])})
    return request(server.port, path, headers={"Cookie": f"entente={cookie}"})


def statements(many: Bench, few: Bench) -> Iterator[Figure]:
    """Statements of each page: the same with ten times the data, and few."""
    counts = [_counted(bench) for bench in (many, few)]
    for name in counts[0]:
        of_many, of_few = counts[0][name], counts[1][name]
        told = f"statements of the {name} page, {MEETINGS:,} meetings against {FEWER:,}"
        yield Figure(told, many.engine, of_many, of_few, 1, unit="", at_most=True)
        told = f"statements of the {name} page against {STATEMENTS}"
        yield Figure(told, many.engine, of_many, STATEMENTS, 1, unit="", at_most=True)


@contextmanager
def served(bench: Bench) -> Iterator[Server]:
    """Serve a database in a process of its own."""
    server = Server(bench.database, bench.folder / "data", bench.folder / "keys")
    try:
        yield server
    finally:
        server.stop()


def client_of(bench: Bench) -> FlaskClient:
    """Return a client of the app on a database, signed in."""
    settings = Settings.from_environment(
        {"SECRET_KEY": SECRET, "ENTENTE_DATA": str(bench.folder / "data"), "ENTENTE_KEYS": str(bench.folder / "keys")}
    )
    client = create_app(settings, bench.database).test_client()
    with client.session_transaction() as cookie:
        cookie["sign_in"] = world.sign_in_token(bench.database, world.CAST[WHO])
    return client


def _counted(bench: Bench) -> dict[str, int]:
    client = client_of(bench)
    found = {}
    for name, path in paths_of(bench).items():
        with counted_statements(bench.database) as counted:
            assert client.get(path).status_code == 200, path
        found[name] = len(counted)
    return found


def growth(many: Bench, few: Bench, servers: tuple[Server, Server]) -> Iterator[Figure]:
    """Requests/s for each page with ten times the data, against the same page with fewer."""
    known = paths_of(many), paths_of(few)
    for name in known[0]:
        asked = [
            page(server, bench.database, paths[name])
            for server, bench, paths in zip(servers, (many, few), known, strict=True)
        ]
        told = f"{name} page, {MEETINGS:,} meetings against {FEWER:,}"
        yield Figure(told, many.engine, *request_rates(asked[0], asked[1], ROUNDS), target=round(1 / GROWTH, 3))
    yield _after_a_change(many, few, servers)


def _after_a_change(many: Bench, few: Bench, servers: tuple[Server, Server]) -> Figure:
    """Registers/s that are made anew since a meeting changed: what is kept of it cannot be given again."""
    asked = [page(server, bench.database, "/mechanisms") for server, bench in zip(servers, (many, few), strict=True)]
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        for bench, each, times in zip((many, few), asked, took, strict=True):
            _touch(bench.database, number)
            began = time.perf_counter()
            fetched(each)
            times.append(time.perf_counter() - began)
    found = [1 / statistics.median(times) for times in took]
    told = f"register after a change, {MEETINGS:,} meetings against {FEWER:,}"
    return Figure(told, many.engine, found[0], found[1], target=round(1 / GROWTH, 3))


def _touch(database: Database, number: int) -> None:
    with database.write_session(world.viewer(WHO)) as session:
        query = select(Meeting).where(Meeting.state == "held").order_by(Meeting.reference).limit(1)
        session.execute(query).scalar_one().place = f"Hall {number}"
        session.commit()


def meeting_pages(bench: Bench, server: Server) -> Iterator[Figure]:
    """Requests/s for the page of a meeting, plain and full, against the empty route."""
    empty, path = request(server.port, "/healthz"), paths_of(bench)["meeting"]
    plain = page(server, bench.database, path)
    name = "plain meeting page against the empty route"
    yield Figure(name, bench.engine, *request_rates(plain, empty, ROUNDS), target=0.03)
    _fill(bench, path.rpartition("/")[2])
    told = fetched(plain).decode()
    assert all(f"Item {number}" in told for number in (1, ITEMS))
    name = f"meeting page with {ITEMS} items and {PEOPLE} people against the empty route"
    yield Figure(name, bench.engine, *request_rates(plain, empty, ROUNDS), target=0.01)


def _fill(bench: Bench, reference: str) -> None:
    """Give a meeting its agenda, and its mechanism's parties the people whom the others can reach."""
    with bench.database.system_session("fill a meeting to measure", "write") as session:
        meeting = session.execute(select(Meeting).where(Meeting.reference == reference)).scalar_one()
        for position in range(1, ITEMS + 1):
            world.add_item(session, meeting, position, minutes=3)
        for number in range(PEOPLE):
            party = world.THREE[number % 3]
            session.add(
                Contact(
                    id=uuid.uuid4(), party_code=party, mechanism_id=meeting.mechanism_id, kind="liaison",
                    name=f"Contact {number}", position="Counsellor", email=f"contact-{number}@example.org",
                    is_shared=True, added_by=world.CAST[WHO].id, created_at=world.NOW, changed_at=world.NOW,
                    audience_id=meeting.audience_id,
                )
            )  # fmt: skip
        session.commit()
    count_rows(bench.database)


def memory(engine: str, server: Server) -> Figure:
    """Megabytes that the web process holds after all that it served."""
    name = f"one web process, resident, against {MEMORY_MB} MB"
    if not Path("/proc/self/status").exists():
        return unmeasured(name, engine, 1, "this system has no /proc")
    return Figure(name, engine, max(_resident_mb(server.pid)), MEMORY_MB, 1, unit=" MB", at_most=True)


def _resident_mb(pid: int) -> Iterator[float]:
    """Yield what a process and each of those that it started holds."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines())
    yield int(status["VmRSS"].split()[0]) / 1024
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            yield from _resident_mb(int(child))
