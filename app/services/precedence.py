"""Setting in which order the parties of a meeting are named and seated, and at what level it is held."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from app.db import GuardedSession
from app.domain import rosters as rules
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.models import Meeting, MeetingProtocol
from app.services.meeting_audience import rows_audience
from app.services.meeting_state import chosen_rows
from app.services.meetings import facts_of_meeting, find_meeting
from app.services.rosters import OVER, Order, order_of


@dataclass(frozen=True, slots=True)
class OrderFields:
    """The order of precedence, as a form says it."""

    precedence: str
    language: str
    first_party: str | None
    expected_level: str | None


def fields_of(order: Order) -> OrderFields:
    """Return the order of a meeting as it stands, chosen by somebody or the usual one."""
    now = order.precedence
    return OrderFields(now.rule, now.language, now.first_party, order.expected_level)


def as_values(typed: OrderFields) -> dict[str, object]:
    """Return the fields by their names."""
    return {name: getattr(typed, name) for name in OrderFields.__slots__}


def set_precedence(session: GuardedSession, reference: str, typed: OrderFields, version: int) -> Meeting:
    """Set the order of a meeting's parties and its level; `version` is 0 where nobody had chosen one.

    Raises `NotFound`, `StaleVersion`, `Refusal` `forbidden`, `roster_is_over`, `unknown_precedence`,
    `unknown_language`, `unknown_party`, `unknown_level`.
    """
    meeting = find_meeting(session, reference, lock=True)
    if not can(session.bound_viewer, Action.KEEP_PROTOCOL, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    if meeting.state in OVER:
        raise Refusal("roster_is_over")
    first = typed.first_party if typed.precedence == "rotating" else None
    rules.check_precedence(
        typed.precedence, typed.language, first, [row.party_code for row in chosen_rows(meeting)]
    )  # fmt: skip
    if typed.expected_level is not None and typed.expected_level not in rules.LEVELS:
        raise Refusal("unknown_level", field="expected_level")
    order = order_of(session, meeting)
    row = order.protocol
    if (row.version if row else 0) != version:
        raise StaleVersion(as_values(typed), as_values(fields_of(order)))
    audience_id = rows_audience(session, meeting)
    if row is None:
        row = MeetingProtocol(id=uuid.uuid4(), meeting_id=meeting.id, audience_id=audience_id)
        session.add(row)
    row.precedence, row.language, row.first_party = typed.precedence, typed.language, first
    row.expected_level = typed.expected_level
    row.changed_by, row.changed_at = session.bound_viewer.person_id, session.now
    session.flush()
    session.record(
        "protocol_changed", "roster", meeting.id, audience_id, precedence=typed.precedence, language=typed.language,
        first_party=first, level=typed.expected_level,
    )  # fmt: skip
    return meeting
