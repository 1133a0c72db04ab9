"""Polls for the tests: one with slots and seats, and what people answered, as rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.visibility import party_key
from app.models import Mechanism, Poll, PollAnswer, PollProxy, PollResponse, PollSeat, PollSlot
from tests import world

FIRST_DAY: Final = dt.date(2027, 3, 2)
CLOSES_AT: Final = world.NOW + dt.timedelta(days=5)
ZONE: Final = "America/New_York"


def add_poll(
    session: GuardedSession,
    reference: str,
    parties: Sequence[str] = ("MX", "US"),
    *,
    slots: int = 2,
    seats: Mapping[str, int] | None = None,
    **values: Any,
) -> Poll:
    """Add a poll of M01 with slots of three hours on following days, and required seats by name, one a party."""
    mechanism = session.execute(select(Mechanism).where(Mechanism.ref == "M01")).scalar_one()
    audience_id = session.audience({party_key(code) for code in parties})
    facts: dict[str, Any] = {
        "owner_party": parties[0], "format": "in_person", "title": {"en": "Spring meeting", "original": "en"},
        "time_zone": ZONE, "minutes": 180, "parties": list(parties), "required_parties": list(parties),
        "closes_at": CLOSES_AT, "closes_zone": ZONE, "created_by": world.CAST["ana"].id, "created_at": world.NOW,
        "changed_at": world.NOW,
    }  # fmt: skip
    poll = Poll(
        id=world.identity("poll", reference), reference=reference, mechanism_id=mechanism.id,
        audience_id=audience_id, **{**facts, **values},
    )  # fmt: skip
    session.add(poll)
    session.flush()
    for number in range(slots):
        add_slot(session, poll, number)
    for party in parties:
        for number in range((seats or {}).get(party, 1)):
            add_seat(session, reference, party, number)
    session.flush()
    return poll


def add_seat(session: GuardedSession, reference: str, party: str, number: int, **values: Any) -> PollSeat:
    """Add the seat of that number to a poll: a principal by name, required."""
    poll = session.get_one(Poll, world.identity("poll", reference))
    facts = {"kind": "person", "name": f"Principal {number + 1}", **values}
    seat = PollSeat(
        id=seat_id(reference, party, number), poll_id=poll.id, party_code=party, position=number + 1,
        audience_id=poll.audience_id, **facts,
    )  # fmt: skip
    session.add(seat)
    session.flush()
    return seat


def add_slot(session: GuardedSession, poll: Poll, number: int) -> PollSlot:
    """Add the slot of that number: ten to one in New York, so many days after the first."""
    day = FIRST_DAY + dt.timedelta(days=number)
    slot = PollSlot(
        id=slot_id(poll.reference, number), poll_id=poll.id, starts_on=day, ends_on=day, starts_time=dt.time(10),
        ends_time=dt.time(13), starts_at=dt.datetime.combine(day, dt.time(15), dt.UTC),
        ends_at=dt.datetime.combine(day, dt.time(18), dt.UTC), added_at=world.NOW, audience_id=poll.audience_id,
    )  # fmt: skip
    session.add(slot)
    return slot


def slot_id(reference: str, number: int) -> uuid.UUID:
    """Return the id of a poll's slot."""
    return world.identity("slot", f"{reference} {number}")


def seat_id(reference: str, party: str, number: int = 0) -> uuid.UUID:
    """Return the id of a poll's seat."""
    return world.identity("seat", f"{reference} {party} {number}")


def answer(
    session: GuardedSession,
    reference: str,
    key: str,
    values: Mapping[int, str],
    *,
    seat: int = 0,
    party: str | None = None,
    **facts: Any,
) -> PollResponse:
    """Add what one of the cast answered for a seat, by the numbers of slots; a reported one is of `party`."""
    member = world.CAST[key]
    code = party or member.party or ""
    poll = session.get_one(Poll, world.identity("poll", reference))
    is_shared = facts.get("is_reported", False)
    audience_id = poll.audience_id if is_shared else session.audience({party_key(code)})
    speaks = not is_shared and member.role.value in {"coordinator", "head"}
    response = PollResponse(
        poll_id=poll.id, seat_id=seat_id(reference, code, seat), party_code=code, person_id=member.id,
        answered_at=world.NOW, audience_id=audience_id, **{"speaks": speaks, **facts},
    )  # fmt: skip
    session.add(response)
    session.flush()
    session.add_all(
        PollAnswer(response_id=response.id, slot_id=slot_id(reference, number), value=value, audience_id=audience_id)
        for number, value in values.items()
    )
    session.flush()
    return response


def name_proxy(session: GuardedSession, reference: str, party: str, key: str, seat: int = 0) -> None:
    """Name one of the cast to answer for a seat."""
    person_id = world.CAST[key].id
    session.add(
        PollProxy(
            seat_id=seat_id(reference, party, seat), person_id=person_id, named_by=person_id, named_at=world.NOW,
            audience_id=session.audience({party_key(party)}),
        )
    )  # fmt: skip
    session.flush()


def with_poll(database: Database, reference: str, **values: Any) -> Poll:
    """Add a poll in a transaction of its own."""
    with database.system_session("add a poll", "write") as session:
        poll = add_poll(session, reference, **values)
        session.commit()
        return poll
