"""The days in a feed that are no meetings: dates that the viewer's side has to agree, and closures of capitals."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import load_only

from app.calendars.feed import Rendered, rendered
from app.db import FeedState, GuardedSession
from app.domain.actions import today_in
from app.domain.cadence import TOOK_PLACE, MeetingFacts, Period
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import from_facts
from app.domain.day_entries import DayEntry, Missing, closure_entries, to_agree_entry
from app.domain.entries import Language, in_language
from app.domain.mechanisms import channels_of, compliance, owes
from app.domain.visibility import REGISTER, Viewer
from app.domain.zones import zone
from app.models import InstanceFact, Mechanism, Meeting, MeetingParty
from app.services.feed_facts import Capitals
from app.services.feed_filters import Narrowed
from app.services.mechanism_record import counts_meetings_here
from app.services.practice import ORIGIN
from app.services.references import UID_DOMAIN

AGREED: Final = (*sorted(TOOK_PLACE), "confirmed")
# The kinds that a mechanism's cadence asks for; the others serve a meeting or stand beside it.
COUNTED_KINDS: Final = frozenset({"session", "urgent"})


@dataclass(frozen=True, slots=True)
class Owing:
    """A mechanism that owes a date, and those of its parties that have to meet, as the viewer is concerned."""

    id: uuid.UUID
    facts: Facts
    channels: tuple[frozenset[str], ...]
    period: Period


@dataclass(frozen=True, slots=True)
class DaysShown:
    """The days that a feed shows, and until when that holds: the end of the viewer's day."""

    entries: tuple[Rendered, ...]
    until: dt.datetime | None


def days_shown(
    session: GuardedSession, state: FeedState, narrowed: Narrowed, capitals: Capitals, language: Language, base_url: str
) -> DaysShown:
    """Return the days that a subscription chose; a feed of busy time has none, since nobody is busy by them."""
    if state.detail == "busy" or not (state.shows_to_agree or state.closures_of):
        return DaysShown((), None)
    today = today_in(session.now, session.bound_viewer.time_zone)
    domain = uid_domain_of(session, base_url)
    cities = {code: capital for code, (capital, _zone) in capitals.items()}
    days = list(closure_entries(state.closures_of, cities, language, today, domain))
    if state.shows_to_agree:
        days += dates_to_agree(session, narrowed, language, base_url, today, domain)
    return DaysShown(tuple(map(rendered, days)), _midnight_after(today, session.bound_viewer))


def _midnight_after(today: dt.date, viewer: Viewer) -> dt.datetime:
    return dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), zone(viewer.time_zone)).astimezone(dt.UTC)


def uid_domain_of(session: GuardedSession, base_url: str) -> str:
    """Return the domain of this installation's UIDs; before its first meeting the host that it will be."""
    fixed = session.execute(select(InstanceFact.value).where(InstanceFact.name == UID_DOMAIN)).scalar_one_or_none()
    return fixed or urlsplit(base_url).hostname or "localhost"


# Dates to agree -----------------------------------------------------------------------------------


def dates_to_agree(
    session: GuardedSession, narrowed: Narrowed, language: Language, base_url: str, today: dt.date, domain: str
) -> Iterable[DayEntry]:
    """Yield an entry for each mechanism of the viewer's side of which a meeting is still to agree in this period.

    A confirmed meeting is agreed. Where a mechanism runs by pairs, the pairs without the viewer's party are not
    told: they see none of their meetings. Nobody without the register is told anything.
    """
    if REGISTER not in session.bound_viewer.keys:
        return
    owing = list(_owing(session, narrowed, today))
    agreed = agreed_meetings(session, owing)
    for each in owing:
        missing = tuple(missing_of(each, agreed.get(each.id, ()), today))
        if missing:
            period = each.period.first_day, each.period.last_day
            name = in_language(_names(each.facts), language) or each.facts.code
            url = f"{base_url}/mechanisms/{each.facts.code}"
            yield to_agree_entry(each.facts.code, period, name, missing, language, url, domain)


def _names(facts: Facts) -> dict[str, str]:
    return {language: facts.name.in_language(language) for language in ("en", "es", "fr")}


def _owing(session: GuardedSession, narrowed: Narrowed, today: dt.date) -> Iterable[Owing]:
    """Yield the mechanisms of the viewer's side that answer to the filter and owe a date."""
    viewer = session.bound_viewer
    rows = session.execute(
        select(Mechanism)
        .where(Mechanism.status.not_in(("proposed", "concluded")), Mechanism.merged_into_id.is_(None))
        .options(load_only(Mechanism.code, Mechanism.parties, Mechanism.facts, Mechanism.origin))
        .order_by(Mechanism.code)
    ).scalars()
    for row in rows:
        if not counts_meetings_here(viewer, row) or row.origin == ORIGIN or not row.facts.get("cadence"):
            continue
        if not narrowed.has_mechanism(row.id, row.parties):
            continue
        facts = from_facts(Facts, row.facts)
        channels = tuple(each for each in channels_of(facts) if concerns(viewer, each, facts))
        periods = compliance(facts, (), today) if owes(facts, today) else ()
        if channels and periods:
            yield Owing(row.id, facts, channels, periods[-1])


def concerns(viewer: Viewer, channel: frozenset[str], facts: Facts) -> bool:
    """Say whether the viewer sees the meetings of these parties: as one of them, or as the secretariat of all."""
    return viewer.party in channel if viewer.sits_at_a_table else channel == frozenset(facts.parties)


def agreed_meetings(
    session: GuardedSession, owing: Sequence[Owing], until: dt.date = dt.date.max
) -> Mapping[uuid.UUID, list[MeetingFacts]]:
    """Return the meetings of their periods, until that day, that are held or confirmed, by mechanism."""
    found: dict[uuid.UUID, list[MeetingFacts]] = {}
    if not owing:
        return found
    first = min(each.period.first_day for each in owing)
    # Columns and no objects: a mechanism may have met a thousand times.
    rows = session.execute(
        select(
            Meeting.id, Meeting.mechanism_id, Meeting.reference, Meeting.state, Meeting.starts_on, Meeting.serves_on,
            Meeting.ordinal, Meeting.kind, func.aggregate_strings(MeetingParty.party_code, ",").label("parties"),
        )
        .join(MeetingParty, and_(MeetingParty.meeting_id == Meeting.id, MeetingParty.removed.is_(False)))
        .where(
            Meeting.mechanism_id.in_([each.id for each in owing]),
            Meeting.state.in_(AGREED),
            or_(Meeting.starts_on >= first, Meeting.serves_on >= first),
            or_(Meeting.starts_on <= until, Meeting.serves_on <= until),
        )
        .group_by(
            Meeting.id, Meeting.mechanism_id, Meeting.reference, Meeting.state, Meeting.starts_on, Meeting.serves_on,
            Meeting.ordinal, Meeting.kind,
        )
        .order_by(Meeting.starts_on, Meeting.reference)
    )  # fmt: skip
    for row in rows:
        facts = MeetingFacts(
            row.reference, row.state, frozenset(row.parties.split(",")), row.starts_on, ordinal=row.ordinal,
            counts=row.kind in COUNTED_KINDS, serves_on=row.serves_on,
        )  # fmt: skip
        found.setdefault(row.mechanism_id, []).append(facts)
    return found


def missing_of(owing: Owing, meetings: Sequence[MeetingFacts], today: dt.date) -> Iterable[Missing]:
    """Yield what is still to agree in the period of a day, for each of the channels that lacks something."""
    for channel in owing.channels:
        period = compliance(owing.facts, meetings, today, parties=channel)[-1]
        missing = period.missing_count - sum(_is_confirmed(each, period, channel) for each in meetings)
        if missing > 0:
            yield Missing(tuple(sorted(channel)), missing, period.minimum_meetings)


def _is_confirmed(meeting: MeetingFacts, period: Period, channel: frozenset[str]) -> bool:
    day = meeting.serves_on or meeting.starts_on
    is_counted = meeting.state == "confirmed" and meeting.counts and meeting.brings_together(channel)
    return is_counted and period.first_day <= day <= period.last_day
