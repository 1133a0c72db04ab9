"""What calendars say of meetings, from their rows: the facts of one, and the entries of all that a feed shows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, cast

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import load_only, selectinload

from app import labels, words
from app.calendars.feed import Rendered, rendered
from app.calendars.meeting import RENDERING
from app.db import GuardedSession, digest_of
from app.domain.entries import (
    CALLED_OFF_STAYS,
    FeedChoices,
    Format,
    Language,
    MeetingFacts,
    State,
    called_off_at,
    entry,
    in_language,
    is_shown,
    status_of,
)
from app.domain.zones import known_zone, tzdata_version
from app.models import Event, Mechanism, Meeting, MeetingParty, Party
from app.services.kept_feeds import EntryKey, KeptEntries, KeptEntry
from app.services.parents import PARENT
from app.services.practice import is_real
from app.services.zone_changes import zone_change_of

Capitals = Mapping[str, tuple[Mapping[str, str], str]]
# How many meetings one statement names at most.
LOADED_AT_ONCE: Final = 500


class Named(Protocol):
    """A mechanism's row, or what entries say of it."""

    @property
    def name(self) -> Any:
        """Return its name in each language."""

    @property
    def prefix(self) -> Any:
        """Return the letters of its references."""


@dataclass(frozen=True, slots=True)
class MechanismWords:
    """What entries say of a mechanism, and the version of its row that says it."""

    version: int
    name: Mapping[str, str]
    prefix: str


class BesideWords(NamedTuple):
    """The UID of the meeting that a meeting is around, and the place of that, or of the event that it is around."""

    uid: str | None = None
    place: str | None = None


NOTHING_BESIDE: Final = BesideWords()


# One meeting --------------------------------------------------------------------------------------


def capitals_of_parties(session: GuardedSession) -> Capitals:
    """Return the capital and its zone of each party that has both."""
    rows = session.execute(select(Party).options(load_only(Party.capital, Party.time_zone))).scalars()
    return {row.code: (row.capital, row.time_zone) for row in rows if row.capital and row.time_zone}


def facts_of(
    meeting: Meeting,
    mechanism: Named | None,
    capitals: Capitals,
    base_url: str,
    language: Language,
    now: dt.datetime,
    beside: BesideWords = NOTHING_BESIDE,
) -> MeetingFacts:
    """Return what a calendar needs of a meeting whose parties and sittings are loaded.

    Parties and capitals come in the alphabetical order of the language; `beside` is what the viewer sees that it is
    around.
    """
    has_hours = meeting.starts_time is not None
    parties = tuple(words.party_order((row.party_code for row in meeting.parties), language))
    return MeetingFacts(
        uid=meeting.uid,
        sequence=meeting.sequence,
        reference=meeting.reference,
        state=cast("State", meeting.state),
        title=meeting.title,
        mechanism_name=mechanism.name if mechanism else None,
        starts_at=meeting.starts_at if has_hours else None,
        ends_at=meeting.ends_at if has_hours else None,
        starts_on=None if has_hours else meeting.starts_on,
        ends_on=None if has_hours else meeting.ends_on,
        zone=known_zone(meeting.time_zone),
        place=meeting.place or (beside.place if meeting.format != "virtual" else None),
        format=None if meeting.format == "unknown" else cast("Format", meeting.format),
        conference_url=meeting.conference_url,
        parties=parties,
        capitals=tuple(capitals[code] for code in parties if code in capitals),
        sittings=tuple((each.starts_at, each.ends_at) for each in meeting.sittings) if has_hours else (),
        stamped_at=meeting.changed_at,
        created_at=meeting.created_at,
        changed_at=meeting.changed_at,
        url=f"{base_url}/meetings/{meeting.reference}",
        cancelled_at=meeting.cancelled_at,
        parent_uid=beside.uid,
        categories=_categories(mechanism, meeting.kind, language),
        was_confirmed=meeting.confirmed_at is not None,
        is_moment_only=zone_change_of(meeting, now) is not None,
    )


def _categories(mechanism: Named | None, kind: str, language: Language) -> tuple[str, ...]:
    """Return the mechanism's name and prefix, and the kind of a meeting that is no session of it."""
    what = () if kind == "session" else (labels.label("meeting_kind", kind, language),)
    if mechanism is None:
        return what
    name = in_language(mechanism.name, language)
    return (name, mechanism.prefix, *what) if name else (mechanism.prefix, *what)


def beside_words(session: GuardedSession, condition: ColumnElement[bool]) -> dict[uuid.UUID, BesideWords]:
    """Return, of the meetings that answer to a condition, what the viewer sees that they are around."""
    rows = session.execute(
        select(Meeting.id, PARENT.uid, func.coalesce(PARENT.place, Event.place))
        .outerjoin(PARENT, PARENT.id == Meeting.parent_id)
        .outerjoin(Event, Event.id == Meeting.event_id)
        .where(condition, or_(Meeting.parent_id.is_not(None), Meeting.event_id.is_not(None)))
    )
    return {meeting_id: BesideWords(uid, place) for meeting_id, uid, place in rows}


# All that a feed shows ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sight:
    """In what words entries are made, and the data of reference that they are made from."""

    choices: FeedChoices
    base_url: str
    capitals: Capitals
    mechanisms: Mapping[uuid.UUID, MechanismWords]

    @property
    def context(self) -> str:
        """Return a digest that differs whenever the same rows would make other bytes."""
        parts = (self.choices.language, self.choices.detail, self.base_url, tzdata_version(), RENDERING)
        return digest_of(repr((*parts, sorted(self.capitals.items()))))

    def of_mechanism(self, mechanism_id: uuid.UUID | None) -> MechanismWords | None:
        """Return what is said of a mechanism, None where there is none that the viewer may read."""
        return self.mechanisms.get(mechanism_id) if mechanism_id is not None else None


@dataclass(frozen=True, slots=True)
class Shown:
    """The entries of meetings that a feed shows now, and until when that holds if nothing is written."""

    entries: tuple[Rendered, ...]
    until: dt.datetime | None


def sight(session: GuardedSession, choices: FeedChoices, base_url: str, capitals: Capitals) -> Sight:
    """Return in what words the session's viewer is to be told of meetings."""
    rows = session.execute(select(Mechanism.id, Mechanism.version, Mechanism.name, Mechanism.prefix))
    mechanisms = {row.id: MechanismWords(row.version, row.name, row.prefix) for row in rows}
    return Sight(choices, base_url, capitals, mechanisms)


def meetings_shown(session: GuardedSession, seen: Sight, condition: ColumnElement[bool], kept: KeptEntries) -> Shown:
    """Return the entries of the meetings that answer to a condition; only those that changed are read and rendered."""
    now = session.now
    keys = _keys(session, seen, condition)
    found = {key: each for key, each in kept.find_many(keys).items() if each.until is None or now < each.until}
    made = _made(session, seen, [key for key in keys if key not in found])
    kept.keep_many(made)
    found |= made
    entries, until = [], []
    for each in found.values():
        if each.rendered is None or not is_shown(
            each.status, each.called_off_at, seen.choices, now, was_confirmed=each.was_confirmed
        ):
            continue
        entries.append(each.rendered)
        until += [each.until] if each.until else []
        until += [each.called_off_at + CALLED_OFF_STAYS] if each.status == "CANCELLED" else []
    return Shown(tuple(entries), min(until, default=None))


def _keys(session: GuardedSession, seen: Sight, condition: ColumnElement[bool]) -> list[EntryKey]:
    """Return what each entry is kept under, in one statement that reads no whole row."""
    context = seen.context
    rows = session.execute(
        select(
            Meeting.id, Meeting.version, Meeting.mechanism_id,
            func.aggregate_strings(MeetingParty.party_code, ","),
        )
        .outerjoin(MeetingParty, and_(MeetingParty.meeting_id == Meeting.id, MeetingParty.removed.is_(False)))
        .where(condition, is_real())
        .group_by(Meeting.id, Meeting.version, Meeting.mechanism_id)
    )  # fmt: skip
    beside = beside_words(session, condition)
    found: list[EntryKey] = []
    for meeting_id, version, mechanism_id, parties in rows:
        mechanism = seen.of_mechanism(mechanism_id)
        codes = ",".join(sorted(parties.split(","))) if parties else ""
        around = beside.get(meeting_id, NOTHING_BESIDE)
        found.append((context, meeting_id, version, mechanism.version if mechanism else None, codes, around))
    return found


def _made(session: GuardedSession, seen: Sight, keys: Sequence[EntryKey]) -> dict[EntryKey, KeptEntry]:
    """Read and render the entries that are not kept."""
    wanted = {key[1]: key for key in keys}
    made = {}
    for meeting in _meetings(session, list(wanted)):
        mechanism = seen.of_mechanism(meeting.mechanism_id)
        key = wanted[meeting.id]
        made[key] = _entry_of(meeting, mechanism, seen, session.now, BesideWords(*key[5]))
    return made


def _meetings(session: GuardedSession, ids: Sequence[uuid.UUID]) -> Iterable[Meeting]:
    for start in range(0, len(ids), LOADED_AT_ONCE):
        yield from session.execute(
            select(Meeting)
            .where(Meeting.id.in_(ids[start : start + LOADED_AT_ONCE]))
            .options(selectinload(Meeting.parties), selectinload(Meeting.sittings))
        ).scalars()


def _entry_of(
    meeting: Meeting, mechanism: MechanismWords | None, seen: Sight, now: dt.datetime, beside: BesideWords
) -> KeptEntry:
    """Return a meeting's entry as it is kept, whatever of it this feed chose."""
    language, detail = seen.choices.language, seen.choices.detail
    facts = facts_of(meeting, mechanism, seen.capitals, seen.base_url, language, now, beside)
    shown = entry(facts, FeedChoices(language, detail, tentative=True, cancelled=True), now)
    return KeptEntry(
        rendered=rendered(shown) if shown else None,
        status=status_of(facts.state),
        called_off_at=called_off_at(facts),
        was_confirmed=facts.was_confirmed,
        until=meeting.ends_at if facts.is_moment_only else None,
    )
