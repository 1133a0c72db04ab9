"""The clocks of the capitals on the first page, and what is counted in passing: that which waits to be looked at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.zones import zone
from app.models import Party
from app.services.dispatches import held_count
from app.services.home_agendas import waiting_agendas_count
from app.services.home_documents import waiting_papers_count
from app.services.home_positions import waiting_positions_count
from app.services.home_texts import waiting_texts_count
from app.services.poll_lines import waiting_polls_count
from app.services.reminder_lists import waiting_count
from app.services.rosters import to_approve


@dataclass(frozen=True, slots=True)
class Capital:
    """A party's capital, and what its clock shows."""

    party: Party
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of what the first page may tell of there is; what there is none of is not looked for.

    `roster_meeting` is the reference of a meeting to which somebody would go whom the viewer has to approve.
    """

    reminder_count: int = 0
    poll_count: int = 0
    held_count: int = 0
    roster_count: int = 0
    roster_meeting: str | None = None
    position_count: int = 0
    paper_count: int = 0
    text_count: int = 0
    agenda_count: int = 0


def capitals_now(session: GuardedSession) -> tuple[tuple[Capital, ...], Waiting]:
    """Return the capitals of the governments that run Entente, with the time there; and how much waits."""
    rows = session.execute(
        select(
            Party, waiting_count(session), waiting_polls_count(session), held_count(), *to_approve(session),
            waiting_positions_count(session),
            waiting_papers_count(session), waiting_texts_count(session), waiting_agendas_count(session),
        )
        .where(Party.is_core.is_(True), Party.time_zone.is_not(None))
        .order_by(Party.code)
        .options(load_only(Party.code, Party.name, Party.capital, Party.time_zone))
    ).all()  # fmt: skip
    at = [Capital(row, session.now.astimezone(zone(row.time_zone))) for row, *_ in rows if row.time_zone]
    waiting = [
        Waiting(reminders, polls, held, people, reference, positions, papers, texts, agendas)
        for _, reminders, polls, held, people, reference, positions, papers, texts, agendas in rows
    ]
    return tuple(at), next(iter(waiting), Waiting())
