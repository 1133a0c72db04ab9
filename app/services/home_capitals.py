"""The clocks of the capitals on the first page, and what is counted in passing: that which waits to be looked at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.zones import zone
from app.models import Party
from app.services.poll_lines import waiting_polls_count
from app.services.reminder_lists import waiting_count


@dataclass(frozen=True, slots=True)
class Capital:
    """A party's capital, and what its clock shows."""

    party: Party
    at: dt.datetime


def capitals_now(session: GuardedSession) -> tuple[tuple[Capital, ...], int, int]:
    """Return the capitals of the governments that run Entente, with the time there; how many reminders, polls wait."""
    rows = session.execute(
        select(Party, waiting_count(session), waiting_polls_count(session))
        .where(Party.is_core.is_(True), Party.time_zone.is_not(None))
        .order_by(Party.code)
        .options(load_only(Party.code, Party.name, Party.capital, Party.time_zone))
    ).all()
    at = [Capital(row, session.now.astimezone(zone(row.time_zone))) for row, *_ in rows if row.time_zone]
    return (tuple(at), *next(((reminders, polls) for _, reminders, polls in rows), (0, 0)))
