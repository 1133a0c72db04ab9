"""Feeds: what a subscription's address answers, built for its person and kept until something they see changes."""

from __future__ import annotations

import datetime as dt
import re
import threading
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import load_only, selectinload

from app import words
from app.calendars.feed import FeedBody, assemble, meeting_calendar
from app.calendars.meeting import RENDERING
from app.calendars.words import WORDS, feed_name
from app.db import Database, FeedState, GuardedSession, digest_of
from app.domain.entries import (
    Detail,
    FeedChoices,
    Format,
    Language,
    MeetingFacts,
    State,
    entry,
    in_language,
    valid_until,
)
from app.domain.errors import NotFound
from app.domain.visibility import Action, can
from app.domain.zones import known_zone, tzdata_version
from app.models import Mechanism, Meeting, Party
from app.services.meetings import find_meeting
from app.services.zone_changes import zone_change_of

KEPT_FEEDS: Final = 2_000
KEPT_BYTES: Final = 64 * 1024 * 1024
# Reference data (the name of a capital) raises no revision: a feed is built anew once a day in any case.
KEPT_FOR: Final = dt.timedelta(days=1)
_FILE: Final = re.compile(r"([A-Za-z0-9_-]{1,128})\.ics")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is sent: both encodings and their tags, and since when it has these bytes (whole seconds)."""

    subscription_id: uuid.UUID
    body: FeedBody
    last_modified: dt.datetime


@dataclass(frozen=True, slots=True)
class Download:
    """One meeting as a calendar to save."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    """A feed with what it was made from; another `version`, or the instant `until`, makes it old."""

    feed: Feed
    keys: frozenset[str]
    version: tuple[object, ...]
    until: dt.datetime

    @property
    def size(self) -> int:
        return len(self.feed.body.body) + len(self.feed.body.gzip_body)


class KeptFeeds:
    """The feeds that one process keeps, by the digest of their token: the least recently asked for go first."""

    def __init__(self, feeds: int = KEPT_FEEDS, size: int = KEPT_BYTES) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._limits = feeds, size
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, digest: str) -> _Kept | None:
        """Return what is kept under the digest."""
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
            return self._kept.get(digest)

    def keep(self, digest: str, kept: _Kept) -> None:
        """Keep a feed, and let others go where that is too much."""
        with self._lock:
            self._drop(digest)
            self._kept[digest] = kept
            self._size += kept.size
            while len(self._kept) > self._limits[0] or (self._size > self._limits[1] and self._kept):
                self._drop(next(iter(self._kept)))

    def drop(self, digest: str) -> None:
        """Forget a feed that is no more."""
        with self._lock:
            self._drop(digest)

    def _drop(self, digest: str) -> None:
        gone = self._kept.pop(digest, None)
        if gone is not None:
            self._size -= gone.size


def find_feed(database: Database, kept_feeds: KeptFeeds, file_name: str, base_url: str) -> Feed:
    """Return the feed of a token as its person may see it now; nothing is built where nothing changed.

    `file_name` is the end of its address, `<token>.ics`; `base_url` the address of this Entente, without
    a path. Raises `NotFound` for a token that is malformed, unknown or revoked, and for one whose person
    may not subscribe any more.
    """
    named = _FILE.fullmatch(file_name)
    if named is None:
        raise NotFound
    digest, now = digest_of(named[1]), database.clock()
    kept = kept_feeds.find(digest)
    state = _state(database, digest, kept)
    if state is None or not can(state.viewer, Action.SUBSCRIBE):
        kept_feeds.drop(digest)
        raise NotFound
    version = (state.revision, state.version, tzdata_version(), RENDERING, base_url)
    if kept is not None and kept.version == version and now < kept.until:
        return kept.feed
    with database.read_session(state.viewer) as session:
        body, until = _build(session, state, f"{base_url}/feeds/{file_name}", base_url, now)
    is_same = kept is not None and kept.feed.body.etag == body.etag
    since = kept.feed.last_modified if kept is not None and is_same else _next_second(now)
    feed = Feed(state.subscription_id, body, since)
    kept_feeds.keep(digest, _Kept(feed, state.viewer.keys, version, until))
    return feed


def meeting_download(session: GuardedSession, reference: str, base_url: str, language: str) -> Download:
    """Return one meeting as a calendar in the language; raises `NotFound`.

    A meeting that was called off is given however long ago that was: whoever asks for it wants it.
    """
    meeting = find_meeting(session, reference)
    mechanism = _mechanism(session, meeting.mechanism_id)
    spoken = cast("Language", language)
    facts = _facts(meeting, mechanism, _capitals(session), base_url, spoken, session.now)
    shown = entry(facts, FeedChoices(spoken, tentative=True), facts.cancelled_at or session.now)
    if shown is None:
        raise NotFound
    return Download(f"{meeting.reference}.ics", meeting_calendar(shown))


def meeting_facts(
    session: GuardedSession, base_url: str, language: Language, mechanism_id: uuid.UUID | None = None
) -> tuple[MeetingFacts, ...]:
    """Return all meetings that the viewer may see, or those of one mechanism, as calendars need them."""
    query = (
        select(Meeting, Mechanism)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .options(
            selectinload(Meeting.parties),
            selectinload(Meeting.sittings),
            load_only(Mechanism.name, Mechanism.prefix),
        )
    )
    if mechanism_id is not None:
        query = query.where(Meeting.mechanism_id == mechanism_id)
    capitals = _capitals(session)
    rows = session.execute(query)
    return tuple(_facts(meeting, mechanism, capitals, base_url, language, session.now) for meeting, mechanism in rows)


def _state(database: Database, digest: str, kept: _Kept | None) -> FeedState | None:
    """Return the state of a feed for the keys that its person holds now, which are mostly those of the last time."""
    state = database.feed_state(digest, kept.keys if kept else ())
    if state is not None and state.asked_keys != state.viewer.keys:
        state = database.feed_state(digest, state.viewer.keys)
    return state


def _build(
    session: GuardedSession, state: FeedState, source_url: str, base_url: str, now: dt.datetime
) -> tuple[FeedBody, dt.datetime]:
    """Return the feed's bytes, and until when they hold if nothing is written."""
    language = cast("Language", state.language)
    choices = FeedChoices(language, detail=cast("Detail", state.detail), tentative=state.includes_tentative)
    facts = meeting_facts(session, base_url, language, state.mechanism_id)
    entries = [shown for each in facts if (shown := entry(each, choices, now)) is not None]
    body = assemble(_name(session, state, language), source_url, entries)
    return body, min(valid_until(facts, choices, now) or now + KEPT_FOR, now + KEPT_FOR)


def _name(session: GuardedSession, state: FeedState, language: Language) -> str:
    """Return the feed's name; that of a busy one does not say busy with what."""
    if state.detail == "busy":
        return feed_name(language, WORDS[language].busy)
    mechanism = _mechanism(session, state.mechanism_id)
    return feed_name(language, in_language(mechanism.name, language) if mechanism else None)


def _mechanism(session: GuardedSession, mechanism_id: uuid.UUID | None) -> Mechanism | None:
    """Return a mechanism where there is one that the viewer may read; without its facts."""
    if mechanism_id is None:
        return None
    query = select(Mechanism).where(Mechanism.id == mechanism_id)
    return session.execute(query.options(load_only(Mechanism.name, Mechanism.prefix))).scalar_one_or_none()


def _capitals(session: GuardedSession) -> Mapping[str, tuple[Mapping[str, str], str]]:
    """Return the capital and its zone of each party that has both."""
    rows = session.execute(select(Party).options(load_only(Party.capital, Party.time_zone))).scalars()
    return {row.code: (row.capital, row.time_zone) for row in rows if row.capital and row.time_zone}


def _facts(
    meeting: Meeting,
    mechanism: Mechanism | None,
    capitals: Mapping[str, tuple[Mapping[str, str], str]],
    base_url: str,
    language: Language,
    now: dt.datetime,
) -> MeetingFacts:
    """Return what a calendar needs of a meeting whose parties and sittings are loaded.

    Parties and capitals come in the alphabetical order of the language.
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
        place=meeting.place,
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
        categories=_categories(mechanism, language),
        was_confirmed=meeting.confirmed_at is not None,
        is_moment_only=zone_change_of(meeting, now) is not None,
    )


def _categories(mechanism: Mechanism | None, language: Language) -> tuple[str, ...]:
    if mechanism is None:
        return ()
    name = in_language(mechanism.name, language)
    return (name, mechanism.prefix) if name else (mechanism.prefix,)


def _next_second(now: dt.datetime) -> dt.datetime:
    """Round up to the second, so that a client that dates its copy itself asks once too often, not too seldom."""
    whole = now.replace(microsecond=0)
    return whole if whole == now else whole + dt.timedelta(seconds=1)
