"""The rows of the register: each mechanism with its figures, as one viewer may read them on one day."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from app.db import GuardedSession
from app.domain.cadence import TOOK_PLACE, Intervals, MeetingFacts, Period, days_left, intervals
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import Paper
from app.domain.mechanisms import Channel, MechanismPage, is_proposal_in_literature, page_of
from app.domain.rotation import HostingChange
from app.domain.visibility import Viewer
from app.models import Audience, Mechanism
from app.services.hosting_changes import changes_by_mechanism
from app.services.mechanism_record import counted_meetings, counts_meetings_here
from app.services.mechanism_sources import paper_named
from app.services.mechanism_whole import merged_by_target, whole_facts
from app.services.practice import ORIGIN

KEPT_REGISTERS: Final = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """How many periods that are over were met, of how many, and of how many there is no record; the present is not."""

    met: int
    over: int
    unknown: int


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A mechanism as the register shows it on `today`; `held_in` are the years of its meetings kept here.

    `practice` says how far apart the meetings were of what has a cadence and not the day of a mandate. One that not
    all of its parties have said yes to is not `is_settled`, and owes nothing.
    """

    facts: Facts
    page: MechanismPage
    today: dt.date
    held_in: tuple[int, ...] = ()
    practice: Intervals | None = None
    is_settled: bool = True

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return the parties by whom its periods are counted: all of them, or each pair where it runs by pairs."""
        return tuple(channel for channel in self.page.channels if channel.periods)

    @property
    def periods(self) -> tuple[Period, ...]:
        """Return the periods of its cadence for all of its parties; none where it runs by pairs."""
        return self.page.channels[0].periods if len(self.page.channels) == 1 else ()

    @property
    def current(self) -> Period | None:
        """Return the period that holds today, where it has any."""
        return self.periods[-1] if self.periods else None

    @property
    def paper(self) -> Paper | None:
        """Return the paper that tells the status, None where no paper does."""
        return paper_named(self.facts.status_source)

    @property
    def group(self) -> str:
        """Return the group of the register that it stands in: `owing`, or its status."""
        return "owing" if self.page.owed else self.facts.status

    @property
    def has_date_to_agree(self) -> bool:
        """Say whether a meeting is still to be agreed for the current period, by any of its pairs where it has such."""
        if self.page.owed is None:
            return False
        return not self.channels or any(channel.periods[-1].missing_count for channel in self.channels)

    @property
    def past(self) -> Period | None:
        """Return the period before the present one where it was not met, by any of its pairs where it has such."""
        if self.page.owed is None:
            return None
        over = [channel.periods[-2] for channel in self.channels if len(channel.periods) > 1]
        return next((period for period in over if period.missing_count), None)

    @property
    def days(self) -> int | None:
        """Return the days since a period that is past (below 0), else those to the date to agree; None for neither."""
        if self.past is not None:
            return days_left(self.past.last_day, self.today)
        return self.page.owed.days_left if self.page.owed and self.has_date_to_agree else None

    @property
    def kept(self) -> Kept:
        """Return how many of the periods that are over were met, those of all pairs together."""
        over = [period for channel in self.channels for period in channel.periods if period.last_day < self.today]
        states = [period.state for period in over]
        return Kept(states.count("met"), len(over), states.count("no_record"))


def register_rows(session: GuardedSession, today: dt.date) -> tuple[RegisterRow, ...]:
    """Return every mechanism as the viewer may read it on that day, in no order; an example is none of them.

    What was made before is given again until something that the viewer may see is written (or they hold other
    keys, or the day is another), so that the register does not take longer with every meeting kept.
    """
    version = (today, *_seen(session))
    kept = _kept_on(session)
    found = kept.find(version)
    if found is None:
        found = _read(session, today)
        kept.keep(version, found)
    return found


def register_row(
    mechanism: Mechanism,
    meetings: Sequence[MeetingFacts],
    viewer: Viewer,
    today: dt.date,
    merged: Sequence[Mechanism] = (),
    changes: Sequence[HostingChange] = (),
) -> RegisterRow:
    """Return a mechanism as the register shows it to that viewer, from the meetings of it that they may see.

    `merged` are the mechanisms that were merged into it; their meetings are among those given. `changes` are those
    of the turns of its hosts.
    """
    facts = whole_facts(mechanism, merged)
    counted, changed = (meetings, changes) if counts_meetings_here(viewer, mechanism) else ((), ())
    own = [each for each in counted if each.counts and each.brings_together(facts.parties)]
    held_in = sorted({each.starts_on.year for each in own if each.state in TOOK_PLACE})
    page = page_of(facts, counted, today, changes=changed)
    if not mechanism.is_settled:
        page = dataclasses.replace(page, owed=None, channels=())
    return RegisterRow(facts, page, today, tuple(held_in), _practice(facts, own, today), mechanism.is_settled)


def _practice(facts: Facts, meetings: Sequence[MeetingFacts], today: dt.date) -> Intervals | None:
    """Return how far apart the meetings of a practice were: of what promises a cadence, but not from which day."""
    is_practice = facts.cadence is not None and facts.mandate.since is None
    if not is_practice or is_proposal_in_literature(facts) or facts.status == "concluded":
        return None
    return intervals(facts.record, meetings, today, parties=facts.parties)


def _read(session: GuardedSession, today: dt.date) -> tuple[RegisterRow, ...]:
    columns = (
        Mechanism.id, Mechanism.parties, Mechanism.facts, Mechanism.merged_into_id, Mechanism.record_here,
        Mechanism.is_settled, Mechanism.origin,
    )  # fmt: skip
    found = session.execute(select(Mechanism).options(load_only(*columns))).scalars().all()
    meetings, changes = counted_meetings(session), changes_by_mechanism(session)
    merged = merged_by_target(found)
    viewer = session.bound_viewer
    rows = []
    for each in found:
        if each.merged_into_id is None and each.origin != ORIGIN:
            theirs = merged.get(each.id, ())
            counted = [meeting for one in (each, *theirs) for meeting in meetings.get(one.id, ())]
            rows.append(register_row(each, counted, viewer, today, theirs, changes.get(each.id, ())))
    return tuple(rows)


# What was made before -----------------------------------------------------------------------------

Version = tuple[object, ...]


class KeptRegisters:
    """The rows that one process keeps for those who asked last, each under all that they were made from."""

    def __init__(self, limit: int = KEPT_REGISTERS) -> None:
        self._lock = threading.Lock()
        self._limit = limit
        self._kept: OrderedDict[Version, tuple[RegisterRow, ...]] = OrderedDict()

    def find(self, version: Version) -> tuple[RegisterRow, ...] | None:
        """Return the rows that were made from the same."""
        with self._lock:
            if version in self._kept:
                self._kept.move_to_end(version)
            return self._kept.get(version)

    def keep(self, version: Version, rows: tuple[RegisterRow, ...]) -> None:
        """Keep rows, and let those go that were not asked for the longest."""
        with self._lock:
            self._kept[version] = rows
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)


_by_engine: weakref.WeakKeyDictionary[object, KeptRegisters] = weakref.WeakKeyDictionary()


def _kept_on(session: GuardedSession) -> KeptRegisters:
    """Return what is kept of the session's database."""
    return _by_engine.setdefault(session.get_bind().engine, KeptRegisters())


def _seen(session: GuardedSession) -> tuple[str, int, int]:
    """Return what changes whenever something that the viewer may see is written, as this session reads it.

    It is read first: rows written meanwhile are then kept under what was before them, which nobody asks for again.
    """
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(Audience.revision), 0)).where(Audience.id.in_(session.audience_ids))
    ).one()
    return session.bound_viewer.keys_digest, count, total
