"""What leaves the machine by a backup, a stolen disk or a log: of what is sealed, ciphertext and nothing else.

Which columns are sealed, and what they say in the story, is read off the models: a new one is covered by itself.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from app.db import Database
from app.jobs import worker
from app.services.keys import sealed_columns
from config import Settings
from tests import postgres, world
from tests.conftest import client_of, make_app
from tests.web.test_matrix import RULES, addresses

CANARY = re.compile(r"zzcanary-[A-Za-z]+-[a-z_]+")
# The story tells this in a column that is not sealed, so a search that finds nothing has not looked.
TOLD_OPENLY = b"zzcanary-MXUS-title"


def sealed_canaries(database: Database) -> dict[str, set[str]]:
    """Return the canaries in each sealed column of the story."""
    found: dict[str, set[str]] = {}
    with database.system_session("open everything") as session:
        for column in sealed_columns():
            texts = [each.text for each in session.scalars(select(column.attribute)) if each is not None]
            found[column.context] = {word for text in texts for word in CANARY.findall(text)}
    return found


def dump_of(database: Database) -> bytes:
    """Return everything that the database keeps: the bytes of its files, or every table as its superuser copies it."""
    if database.is_sqlite:
        file = Path(database.url.database or "")
        beside = [file.with_name(file.name + end) for end in ("-wal", "-shm", "-journal")]
        assert beside[0].stat().st_size > 0, "what was just written is in the log beside the file"
        return b"".join(path.read_bytes() for path in (file, *beside) if path.exists())
    address = postgres.admin_url(postgres.database_name(database.url.render_as_string(hide_password=False)))
    with psycopg.connect(postgres.conninfo(address)) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        copied = bytearray()
        for schema, table in tables:
            copy = sql.SQL("COPY {}.{} TO STDOUT (FORMAT binary)").format(sql.Identifier(schema), sql.Identifier(table))
            with connection.cursor().copy(copy) as rows:
                for part in rows:
                    copied += part
        return bytes(copied)


def files_of(folder: Path) -> bytes:
    """Return the names and the bytes of everything in a folder, however deep."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(str(path).encode() + b"\n" + path.read_bytes() for path in found)


def forms_of(word: str) -> tuple[bytes, ...]:
    """Return how a word can stand in bytes: as it is, in UTF-16, and in hexadecimal digits."""
    plain = word.encode()
    return plain, word.encode("utf-16-le"), plain.hex().encode()


def test_every_sealed_column_is_told_with_a_canary(told: Database) -> None:
    assert [context for context, words in sealed_canaries(told).items() if not words] == []


def test_no_dump_shows_what_is_sealed(
    told: Database, settings: Settings, capfd: pytest.CaptureFixture[str], keys_folder: Path
) -> None:
    """Read, write and mail, then search the database's own bytes, the data folder and the log for every canary."""
    own = dataclasses.replace(settings, database_url=told.url.render_as_string(hide_password=False))
    app = make_app(own, told)
    for key in ("ana", "diego", "carol", "sam"):
        client = client_of(app, key)
        for path in sorted({addresses(rule)[0] for rule in RULES if rule.endpoint.split(".")[0] in {"drafts", "busy"}}):
            client.get(path)
    ana = client_of(app, "ana")
    written = [
        ana.post("/meetings/new", data={"title_en": world.canary("MX", "typed"), "parties": ["MX", "US"]}),
        ana.post("/actions/UNC-2026-1-A01/steps", data={"step": world.canary("MX", "typed")}),
    ]
    assert [response.status_code for response in written] == [303, 303]
    worker.run_once(told, own)
    words = {word for each in sealed_canaries(told).values() for word in each}
    assert world.canary("MX", "typed") in words
    logged = "".join(capfd.readouterr()).encode()
    dumped = dump_of(told)
    assert TOLD_OPENLY in dumped
    data = files_of(own.data_dir)
    for word in sorted(words):
        for form in forms_of(word):
            assert form not in dumped, word
            assert form not in data, word
            assert form not in logged, word
    for file in keys_folder.glob("*/*.key"):
        for form in (file.read_bytes(), file.read_bytes().hex().encode()):
            assert form not in dumped
            assert form not in data
