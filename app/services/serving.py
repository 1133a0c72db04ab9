"""For which period a meeting was held, where that is not the period of its first day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from app.db import GuardedSession
from app.domain.around import counts, periods_near
from app.domain.errors import Refusal, StaleVersion
from app.domain.visibility import Action, Facts, can
from app.models import Mechanism, Meeting
from app.services.kept_facts import facts_of
from app.services.meeting_audience import rows_audience
from app.services.meetings import facts_of_meeting, find_meeting

SERVES: Final = ("confirmed", "held")
Window = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Serving:
    """The periods that a meeting can be held for, by their first and last days, and the one that it is held for.

    `may_set` says whether the viewer may say another one.
    """

    periods: tuple[Window, ...]
    now: Window | None
    may_set: bool

    @property
    def is_own(self) -> bool:
        """Say whether nothing but the meeting's own first day decides."""
        return self.now is None


def serving_of(session: GuardedSession, meeting: Meeting, mechanism: Mechanism | None, facts: Facts) -> Serving | None:
    """Return for which period a meeting is held; None where it counts towards none, or its mechanism asks for none."""
    if mechanism is None or not counts(meeting.kind):
        return None
    near = _periods(meeting, mechanism)
    if not near:
        return None
    may_set = meeting.state in SERVES and can(session.bound_viewer, Action.STEER_MEETING, facts)
    return Serving(near, _holding(near, meeting.serves_on), may_set)


def set_served(session: GuardedSession, reference: str, first_day: dt.date | None, *, version: int) -> Meeting:
    """Say for which period a meeting was held, by that period's first day; the figures follow, and it is recorded.

    The period of its own first day is said by saying none. Raises `NotFound`; `Refusal` `forbidden`, `not_in_state`,
    `not_a_period_of_it`, `nothing_changed`; `StaleVersion`.
    """
    meeting = find_meeting(session, reference, lock=True)
    if not can(session.bound_viewer, Action.STEER_MEETING, facts_of_meeting(session, meeting)):
        raise Refusal("forbidden")
    if meeting.state not in SERVES:
        raise Refusal("not_in_state", state=meeting.state, verb="serve")
    if version != meeting.version:
        raise StaleVersion({"version": version}, {"version": meeting.version})
    mechanism = session.get(Mechanism, meeting.mechanism_id) if meeting.mechanism_id else None
    near = _periods(meeting, mechanism) if mechanism and counts(meeting.kind) else ()
    chosen = next((window for window in near if window[0] == first_day), None)
    if chosen is None:
        raise Refusal("not_a_period_of_it", field="period")
    was = _holding(near, meeting.serves_on or meeting.starts_on)
    if chosen == was:
        raise Refusal("nothing_changed", field="period")
    meeting.serves_on = None if chosen[0] <= meeting.starts_on <= chosen[1] else chosen[0]
    session.record(
        "meeting_served_set", "meeting", meeting.id, rows_audience(session, meeting), was=_told(was), now=_told(chosen)
    )
    return meeting


def _periods(meeting: Meeting, mechanism: Mechanism) -> tuple[Window, ...]:
    known = facts_of(mechanism)
    return periods_near(known.cadence, known.mandate.since, meeting.starts_on)


def _holding(near: tuple[Window, ...], day: dt.date | None) -> Window | None:
    return next((window for window in near if day is not None and window[0] <= day <= window[1]), None)


def _told(window: Window | None) -> list[str] | None:
    return [day.isoformat() for day in window] if window else None
