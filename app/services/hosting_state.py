"""How the turns to host of a mechanism stand, as the viewer may read them: the order, turns taken, and changes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.cadence import MeetingFacts
from app.domain.catalogue import Mechanism as Facts
from app.domain.rotation import NextHost, PlannedTurn, TroikaRoles, next_host, troika, turns_ahead
from app.domain.visibility import Viewer
from app.models import HostingChange, Mechanism, Meeting
from app.services.hosting_changes import Changes, in_force, rows_of
from app.services.mechanism_record import counts_meetings_here, meeting_facts, meetings_of
from app.services.mechanism_whole import whole_facts

PREPARED: Final = frozenset({"proposed", "confirmed", "postponed"})


@dataclass(frozen=True, slots=True)
class HostingState:
    """The facts of a mechanism, its meetings and the changes of its hosts that count for the viewer.

    Who is not of its parties reads what is published: without meetings kept here, and without changes.
    """

    mechanism: Mechanism
    facts: Facts
    meetings: tuple[Meeting, ...] = ()
    rows: tuple[HostingChange, ...] = ()
    counts_here: bool = False

    @property
    def counted(self) -> tuple[MeetingFacts, ...]:
        """Return what the rules need to know of its meetings."""
        return tuple(meeting_facts(meeting) for meeting in self.meetings)

    @property
    def changes(self) -> Changes:
        """Return the changes in force."""
        return in_force(self.rows)

    @property
    def next_host(self) -> NextHost | None:
        """Return whose turn comes next."""
        facts = self.facts
        return next_host(facts.hosting, facts.record, self.counted, parties=facts.parties, changes=self.changes)

    @property
    def following_host(self) -> NextHost | None:
        """Return who hosts the meeting after those that are in preparation: the one that a new draft would be."""
        facts = self.facts
        taken = [dataclasses.replace(each, state="held") if each.state in PREPARED else each for each in self.counted]
        return next_host(facts.hosting, facts.record, taken, parties=facts.parties, changes=self.changes)

    @property
    def troika(self) -> TroikaRoles:
        """Return the past, the present and the next host."""
        facts = self.facts
        return troika(facts.hosting, facts.record, self.counted, parties=facts.parties, changes=self.changes)

    def ahead(self, count: int) -> tuple[PlannedTurn, ...]:
        """Return so many of the turns to come."""
        facts = self.facts
        return turns_ahead(
            facts.hosting, facts.record, self.counted, parties=facts.parties, changes=self.changes, count=count
        )


def hosting_state(session: GuardedSession, mechanism: Mechanism) -> HostingState:
    """Return how the turns of a mechanism stand, with what was merged into it: five statements at most."""
    merged = session.execute(select(Mechanism).where(Mechanism.merged_into_id == mechanism.id)).scalars().all()
    facts = whole_facts(mechanism, merged)
    if not counts_meetings_here(session.bound_viewer, mechanism):
        return HostingState(mechanism, facts)
    meetings = meetings_of(session, mechanism.id, *(each.id for each in merged))
    return HostingState(mechanism, facts, tuple(meetings), rows_of(session, mechanism.id), counts_here=True)


def is_of(viewer: Viewer, mechanism: Mechanism) -> bool:
    """Say whether the viewer sits for one of a mechanism's parties, or serves by appointment of exactly them."""
    parties = frozenset(mechanism.parties)
    if viewer.sits_at_a_table:
        return viewer.party in parties
    return any(hat.mechanism_id == mechanism.id and hat.parties == parties for hat in viewer.hats)
