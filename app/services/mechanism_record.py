"""The record of a mechanism: what the catalogue tells, and the meetings kept here that the viewer may see."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from app.db import GuardedSession
from app.domain.around import counts
from app.domain.cadence import TOOK_PLACE, MeetingFacts, is_same_meeting
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import PartialDate, RecordEntry
from app.domain.visibility import Viewer
from app.models import Mechanism, Meeting, MeetingParty
from app.services.mechanism_sources import Citation, citations

COUNTED_STATES = (*sorted(TOOK_PLACE), "cancelled")
HOSTING_ORDER: Final = ("host", "co_host")


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of a record: an entry of the catalogue, a meeting kept here, or both where they are the same one."""

    entry: RecordEntry | None
    meeting: Meeting | None

    @property
    def ordinal(self) -> int | None:
        """Return the number of the meeting, None where meetings are not numbered."""
        found = self.meeting.ordinal if self.meeting else None
        return found if found is not None or self.entry is None else self.entry.ordinal

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """Return the first and last day where the days are known."""
        if self.meeting is not None:
            return self.meeting.starts_on, self.meeting.ends_on
        if self.entry is None or self.entry.starts_on is None:
            return None
        return self.entry.starts_on, self.entry.ends_on or self.entry.starts_on

    @property
    def known_on(self) -> PartialDate | None:
        """Return the date as far as it is known."""
        if self.meeting is not None:
            return PartialDate(self.meeting.starts_on.isoformat())
        return self.entry.known_on if self.entry else None

    @property
    def place(self) -> str | None:
        """Return the place, None where none is told."""
        return (self.meeting.place if self.meeting else None) or (self.entry.place if self.entry else None)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Return the codes of the hosts, the first of them first."""
        if self.meeting is not None:
            return hosts_of(self.meeting)
        if self.entry is None or self.entry.host is None:
            return ()
        return (self.entry.host, *self.entry.co_hosts)

    @property
    def guests(self) -> tuple[str, ...]:
        """Return the codes of the guests of record."""
        return self.entry.guests if self.entry else ()

    @property
    def format(self) -> str:
        """Return the form of the meeting, `unknown` where it is not told."""
        if self.meeting is not None and self.meeting.format != "unknown":
            return self.meeting.format
        return self.entry.format if self.entry else "unknown"

    @property
    def outcome(self) -> str:
        """Return what came of it: `held`, `closed`, `planned_not_held`, `postponed` or `cancelled`."""
        if self.meeting is not None:
            return self.meeting.state
        return self.entry.outcome if self.entry else "held"

    @property
    def by_numbering_only(self) -> bool:
        """Say whether the meeting is known only from the numbers of others."""
        return self.meeting is None and self.entry is not None and not self.entry.attested

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Return where the entry of the catalogue is told."""
        return citations(self.entry.source) if self.entry else ()


def counts_meetings_here(viewer: Viewer, mechanism: Mechanism) -> bool:
    """Say whether meetings kept here enter the figures that a viewer reads of a mechanism.

    They do for its parties and for those who serve as its secretariat: these see every meeting of all of its
    parties, so that all read the same figures. Others read what is published.
    """
    if viewer.sits_at_a_table:
        return viewer.party in mechanism.parties
    return any(hat.mechanism_id == mechanism.id for hat in viewer.hats)


def meeting_facts(meeting: Meeting) -> MeetingFacts:
    """Return what the rules of cadence, hosting and numbering need to know of a meeting whose parties are loaded."""
    return _facts(meeting, [(row.party_code, row.hosting) for row in meeting.parties])


# What `_facts` takes of a meeting, whether it comes as an object or as a row of these columns.
FACT_COLUMNS: Final = (
    Meeting.reference, Meeting.state, Meeting.starts_on, Meeting.ordinal, Meeting.kind, Meeting.serves_on,
)  # fmt: skip

# Who was chosen for a meeting, as `CA none,MX host`: one row for a meeting and not one for each party.
_AT_THE_TABLE: Final = func.aggregate_strings(MeetingParty.party_code + " " + MeetingParty.hosting, ",")


def _facts(meeting: Any, parties: Sequence[tuple[str, str]]) -> MeetingFacts:
    hosts = [code for part in HOSTING_ORDER for code, hosting in parties if hosting == part]
    return MeetingFacts(
        reference=meeting.reference,
        state=meeting.state,
        parties=frozenset(code for code, _ in parties),
        starts_on=meeting.starts_on,
        host=next(iter(hosts), None),
        ordinal=meeting.ordinal,
        counts=counts(meeting.kind),
        serves_on=meeting.serves_on,
    )


def hosts_of(meeting: Meeting) -> tuple[str, ...]:
    """Return the codes of a meeting's host and co-hosts, the host first."""
    return tuple(row.party_code for part in HOSTING_ORDER for row in meeting.parties if row.hosting == part)


def meetings_of(session: GuardedSession, *mechanism_ids: uuid.UUID) -> list[Meeting]:
    """Return the meetings of these mechanisms that the viewer may see, the earliest first."""
    query = (
        select(Meeting)
        .where(Meeting.mechanism_id.in_(mechanism_ids))
        .options(joinedload(Meeting.parties))
        .order_by(Meeting.starts_at, Meeting.reference)
    )
    return list(session.execute(query).scalars().unique())


def counted_meetings(
    session: GuardedSession, condition: ColumnElement[bool] | None = None, states: Sequence[str] = COUNTED_STATES
) -> dict[uuid.UUID, list[MeetingFacts]]:
    """Return, by mechanism, the meetings that say how a period went, of what the viewer may see, the earliest first.

    One statement reads a row of columns for each of what may be thousands of meetings, and no objects.
    """
    query = (
        select(Meeting.mechanism_id, *FACT_COLUMNS, _AT_THE_TABLE.label("table"))
        .join(Meeting.parties)
        .where(Meeting.mechanism_id.is_not(None), Meeting.state.in_(states))
        .group_by(Meeting.id, Meeting.mechanism_id, *FACT_COLUMNS)
    )
    if condition is not None:
        query = query.where(condition)
    found: dict[uuid.UUID, list[MeetingFacts]] = {}
    for row in sorted(session.execute(query), key=lambda row: (row.starts_on, row.reference)):
        parties = [
            (code, hosting) for code, _, hosting in (part.partition(" ") for part in sorted(row.table.split(",")))
        ]
        found.setdefault(row.mechanism_id, []).append(_facts(row, parties))
    return found


def record_lines(mechanism: Facts, meetings: Iterable[Meeting]) -> tuple[RecordLine, ...]:
    """Return the record and the mechanism's own meetings kept here that took place, newest first, each once.

    An entry without a date keeps its place in the catalogue's order, after the one before it.
    """
    kept = [meeting for meeting in meetings if meeting.state in TOOK_PLACE and counts(meeting.kind)]
    lines: list[tuple[dt.date, RecordLine]] = []
    day = dt.date.min
    for entry in mechanism.record:
        day = entry.known_on.first_day if entry.known_on else day
        twin = next((meeting for meeting in kept if _is_of(mechanism, entry, meeting)), None)
        if twin is not None:
            kept.remove(twin)
        lines.append((day, RecordLine(entry, twin)))
    lines += [(meeting.starts_on, RecordLine(None, meeting)) for meeting in kept]
    lines.sort(key=lambda each: each[0])
    return tuple(line for _, line in lines[::-1])


def _is_of(mechanism: Facts, entry: RecordEntry, meeting: Meeting) -> bool:
    """Say whether a meeting kept here is the one that an entry tells of: a meeting of all the parties."""
    facts = meeting_facts(meeting)
    return facts.brings_together(mechanism.parties) and is_same_meeting(entry, facts)
