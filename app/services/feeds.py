"""Feeds: what a subscription's address answers, built for its person and kept until something they see changes."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import select, true
from sqlalchemy.orm import load_only, selectinload

from app.calendars.feed import FeedBody, body_of, joined, meeting_calendar
from app.calendars.meeting import RENDERING
from app.calendars.words import WORDS, feed_name
from app.db import Database, FeedState, GuardedSession, digest_of
from app.domain.entries import Detail, Entry, FeedChoices, Language, MeetingFacts, entry, in_language
from app.domain.errors import NotFound
from app.domain.feed_filters import FeedFilter, kept_filter
from app.domain.visibility import Action, can
from app.domain.zones import tzdata_version
from app.models import Mechanism, Meeting
from app.services.feed_actions import actions_shown
from app.services.feed_days import days_shown, uid_domain_of
from app.services.feed_facts import (
    NOTHING_BESIDE,
    beside_words,
    capitals_of_parties,
    facts_of,
    meetings_shown,
    sight,
)
from app.services.feed_filters import narrow
from app.services.kept_feeds import Feed, KeptEntries, KeptFeed, KeptFeeds
from app.services.meetings import find_meeting

# Reference data (the name of a capital) raises no revision: a feed is built anew once a day in any case.
KEPT_FOR: Final = dt.timedelta(days=1)
_FILE: Final = re.compile(r"([A-Za-z0-9_-]{1,128})\.ics")


@dataclass(frozen=True, slots=True)
class Download:
    """One meeting as a calendar to save."""

    file_name: str
    content: bytes


def find_feed(database: Database, kept_feeds: KeptFeeds, file_name: str, base_url: str) -> Feed:
    """Return the feed of a token as its person may see it now; nothing is built where nothing changed.

    `file_name` is the end of its address, `<token>.ics`; `base_url` the address of this Entente, without
    a path. Raises `NotFound` for a token that is malformed, unknown or revoked, and for one whose person
    may not subscribe any more.
    """
    named = _FILE.fullmatch(file_name)
    if named is None:
        raise NotFound
    found = current_feed(database, kept_feeds, digest_of(named[1]), f"{base_url}/feeds/{file_name}", base_url)
    if found is None:
        raise NotFound
    return found


def current_feed(
    database: Database, kept_feeds: KeptFeeds, digest: str, source_url: str, base_url: str, *, is_real: bool = True
) -> Feed | None:
    """Return the feed of the token of that digest, None where there is none (any more).

    One that is not `is_real` is built for an address that nobody knows here, and is not kept.
    """
    now, kept = database.clock(), kept_feeds.find(digest)
    state = _state(database, digest, kept)
    if state is None or not can(state.viewer, Action.SUBSCRIBE):
        kept_feeds.drop(digest)
        return None
    version = (state.revision, state.version, tzdata_version(), RENDERING, base_url)
    if kept is not None and kept.version == version and now < kept.until:
        return kept.feed
    with database.read_session(state.viewer) as session:
        body, until = _build(session, state, kept_feeds.entries, source_url, base_url)
    is_same = kept is not None and kept.feed.body.etag == body.etag
    since = kept.feed.last_modified if kept is not None and is_same else _next_second(now)
    feed = Feed(state.subscription_id, body, since, state.uses_gzip)
    if is_real:
        kept_feeds.keep(digest, KeptFeed(feed, state.viewer.keys, version, until))
    return feed


def meeting_download(session: GuardedSession, reference: str, base_url: str, language: str) -> Download:
    """Return one meeting as a calendar in the language; raises `NotFound`.

    A meeting that was called off is given however long ago that was: whoever asks for it wants it.
    """
    meeting = find_meeting(session, reference)
    shown = entry_of_meeting(session, meeting, base_url, language)
    if shown is None:
        raise NotFound
    return Download(f"{meeting.reference}.ics", meeting_calendar(shown))


def entry_of_meeting(session: GuardedSession, meeting: Meeting, base_url: str, language: str) -> Entry | None:
    """Return what a calendar shows of one meeting to the viewer, as it stands; None where it has no date."""
    mechanism = _mechanism(session, meeting.mechanism_id)
    spoken = cast("Language", language)
    beside = beside_words(session, Meeting.id == meeting.id).get(meeting.id, NOTHING_BESIDE)
    facts = facts_of(meeting, mechanism, capitals_of_parties(session), base_url, spoken, session.now, beside)
    return entry(facts, FeedChoices(spoken, tentative=True), facts.cancelled_at or session.now)


def meeting_facts(session: GuardedSession, base_url: str, language: Language) -> tuple[MeetingFacts, ...]:
    """Return what a calendar needs to know of each meeting that the viewer may see."""
    query = (
        select(Meeting, Mechanism)
        .outerjoin(Mechanism, Mechanism.id == Meeting.mechanism_id)
        .options(
            selectinload(Meeting.parties),
            selectinload(Meeting.sittings),
            load_only(Mechanism.name, Mechanism.prefix),
        )
    )
    capitals, beside = capitals_of_parties(session), beside_words(session, true())
    return tuple(
        facts_of(meeting, mechanism, capitals, base_url, language, session.now, beside.get(meeting.id, NOTHING_BESIDE))
        for meeting, mechanism in session.execute(query)
    )


def _state(database: Database, digest: str, kept: KeptFeed | None) -> FeedState | None:
    """Return the state of a feed for the keys that its person holds now, which are mostly those of the last time."""
    state = database.feed_state(digest, kept.keys if kept else ())
    if state is not None and state.asked_keys != state.viewer.keys:
        state = database.feed_state(digest, state.viewer.keys)
    return state


def _build(
    session: GuardedSession, state: FeedState, entries: KeptEntries, source_url: str, base_url: str
) -> tuple[FeedBody, dt.datetime]:
    """Return the feed's bytes, and until when they hold if nothing is written."""
    language = cast("Language", state.language)
    choices = FeedChoices(
        language, cast("Detail", state.detail), tentative=state.includes_tentative, cancelled=state.keeps_cancelled
    )
    wanted = kept_filter(state.mechanism_id, state.choices)
    narrowed = narrow(session, wanted)
    seen = sight(session, choices, base_url, capitals_of_parties(session))
    meetings = meetings_shown(session, seen, narrowed.condition, entries)
    days = days_shown(session, state, narrowed, seen.capitals, language, base_url)
    actions = actions_shown(session, state, narrowed, language, base_url, uid_domain_of(session, base_url))
    name = _name(wanted, state.detail, language, {key: words.name for key, words in seen.mechanisms.items()})
    body = joined(name, source_url, (*meetings.entries, *days.entries, *actions.entries))
    ends = (each for each in (meetings.until, days.until, actions.until) if each is not None)
    return body_of(body, is_gzipped=state.uses_gzip), min((*ends, session.now + KEPT_FOR))


def _name(wanted: FeedFilter, detail: str, language: Language, names: Mapping[uuid.UUID, Mapping[str, str]]) -> str:
    """Return the feed's name; that of a busy one does not say busy with what."""
    if detail == "busy":
        return feed_name(language, WORDS[language].busy)
    if not wanted.is_set:
        return feed_name(language)
    one = wanted.mechanism_id
    named = in_language(names.get(one, {}), language) if one else None
    return feed_name(language, named or WORDS[language].feed_some)


def _mechanism(session: GuardedSession, mechanism_id: uuid.UUID | None) -> Mechanism | None:
    """Return a mechanism where there is one that the viewer may read; without its facts."""
    if mechanism_id is None:
        return None
    query = select(Mechanism).where(Mechanism.id == mechanism_id)
    return session.execute(query.options(load_only(Mechanism.name, Mechanism.prefix))).scalar_one_or_none()


def _next_second(now: dt.datetime) -> dt.datetime:
    """Round up to the second, so that a client that dates its copy itself asks once too often, not too seldom."""
    whole = now.replace(microsecond=0)
    return whole if whole == now else whole + dt.timedelta(seconds=1)
