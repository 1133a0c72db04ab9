"""A process that writes until it is killed, and says each commit aloud only after it was made."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import select

from app.db import Database
from app.domain.visibility import party_key
from app.models import Meeting
from tests import world


def main(url: str, folder: str, name: str, start: str) -> None:
    """Write for ever: a meeting's place and an audit record of it, in one transaction; count from `start`."""
    database = Database(url, Path(folder))
    n = int(start)
    while True:
        n += 1
        with database.write_session(world.viewer("ana")) as session:
            meeting = session.scalars(select(Meeting).where(Meeting.reference == f"KILL-2026-{name}")).one()
            meeting.place = f"{name}-{n}"
            session.record("moved", "meeting", f"{name}-{n}", session.audience({party_key("MX")}), n=n)
            session.commit()
        print(f"{name}-{n}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
