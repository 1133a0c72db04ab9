"""A meeting that is held today: three items for all of its parties, and one of two of them apart."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from app.db import Database
from app.domain.visibility import party_key
from tests import world

REF: Final = "UNC-2026-1"
DAY: Final = dt.date(2026, 11, 22)  # today, 10:00 to 13:00 in New York; now it is 10:00 there


def item_id(number: int) -> uuid.UUID:
    return world.identity("item", f"{REF} {number}")


def tell(database: Database) -> None:
    with database.system_session("tell a meeting that is held in a test", "write") as session:
        meeting = world.add_meeting(session, REF, mechanism="M01", state="confirmed", starts_on=DAY)
        for number, minutes in ((1, 10), (2, 25), (3, 20)):
            world.add_item(session, meeting, number, id=item_id(number), minutes=minutes)
        apart = world.add_item(session, meeting, 1, id=item_id(9), title={"en": "Apart", "original": "en"})
        apart.parties = ["MX", "US"]
        apart.audience_id = session.audience({party_key("MX"), party_key("US")})
        session.commit()
