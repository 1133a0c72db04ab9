"""The life of a meeting, through the services: proposed, confirmed, moved, called off."""

from __future__ import annotations

from collections.abc import Callable

from app.db import Database, GuardedSession
from app.domain.meeting_content import MeetingContent
from app.services import meeting_life
from app.services.drafts import start_draft
from app.services.meeting_life import NewDate, answer_meeting, promise_of
from app.services.meetings import find_meeting
from app.services.proposing import propose
from tests import world

SPEAKERS = ("ana", "isabelle", "erin")


def act(database: Database, key: str, do: Callable[[GuardedSession], object]) -> None:
    with database.write_session(world.viewer(key)) as session:
        do(session)
        session.commit()


def propose_meeting(database: Database, content: MeetingContent) -> str:
    """Propose a meeting by Mexico's coordinator, and return its reference."""
    with database.write_session(world.viewer("ana")) as session:
        draft = start_draft(session, content)
        meeting = propose(session, draft.id, version=1, uid_host="entente.example")
        session.commit()
        return meeting.reference


def confirm(database: Database, reference: str) -> None:
    """Let every party that has not said yes say so, by its coordinator."""
    for key in SPEAKERS:

        def say(session: GuardedSession, key: str = key) -> None:
            meeting = find_meeting(session, reference)
            row = next(each for each in meeting.parties if each.party_code == world.CAST[key].party)
            if row.answer != "yes":
                answer_meeting(session, reference, "yes", promise=promise_of(meeting), version=row.version)

        act(database, key, say)


def steer(database: Database, verb: str, reference: str, *words: str, date: NewDate | None = None) -> None:
    """Let Mexico's coordinator do to the meeting what the verb says."""

    def do(session: GuardedSession) -> None:
        version = find_meeting(session, reference).version
        dated = {} if date is None else {"date": date}
        getattr(meeting_life, f"{verb}_meeting")(session, reference, *words, version=version, **dated)

    act(database, "ana", do)
