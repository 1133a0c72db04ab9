"""Events of others, on whose margins meetings are held: kept here by hand, or copied from the catalogue.

Whoever reads the register sees every event: no event says anything of a meeting that is held there.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from app.catalogue import load_shipped
from app.db import GuardedSession
from app.domain.assembly import assemblies
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import LANGUAGES, Refused
from app.domain.plaintext import one_line
from app.domain.visibility import REGISTER, Action, can
from app.domain.walltime import days
from app.domain.zones import zone_names
from app.models import Event

# As far ahead as the Assembly is offered; what is over for longer than a year is offered no more.
OFFERED_YEARS: Final = 3
OFFERED_FOR: Final = dt.timedelta(days=365)
NEW_YORK: Final = "America/New_York"
CODE_LIMIT: Final = 70


@dataclass(frozen=True, slots=True)
class EventFields:
    """What is said of an event, as it was typed; `zone` is an IANA name or nothing."""

    name: Mapping[str, str]
    first_day: dt.date | None
    last_day: dt.date | None = None
    place: str = ""
    zone: str = ""
    source: str = ""
    is_attested: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An event that the catalogue tells, or whose days follow from a rule, to be copied as one of those kept here."""

    key: str
    name: Mapping[str, str]
    starts_on: dt.date
    ends_on: dt.date
    place: str | None
    zone: str | None
    source: str | None
    is_attested: bool


def events(session: GuardedSession) -> tuple[Event, ...]:
    """Return the events kept here, the earliest first."""
    return tuple(session.execute(select(Event).order_by(Event.starts_on, Event.code)).scalars())


def find_event(session: GuardedSession, event_id: uuid.UUID) -> Event:
    """Return an event; raises `NotFound`."""
    found = session.execute(select(Event).where(Event.id == event_id)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def add_event(session: GuardedSession, typed: EventFields) -> Event:
    """Keep an event that everybody who reads the register sees.

    Raises `Refusal` `forbidden`, `event_code_taken`; `Refused` with what `_checked` finds.
    """
    _check_may_keep(session)
    values = _checked(typed)
    return _add(session, _code_of(values["name"], values["starts_on"].year), values)


def copy_event(session: GuardedSession, key: str) -> Event:
    """Copy an event that is offered, with its source; one that is kept already is given again.

    Raises `Refusal` `forbidden`, `no_such_offer`.
    """
    _check_may_keep(session)
    standing = session.execute(select(Event).where(Event.code == key)).scalar_one_or_none()
    if standing is not None:
        return standing
    offer = next((each for each in _every_offer(session.now.date()) if each.key == key), None)
    if offer is None:
        raise Refusal("no_such_offer")
    return _add(
        session,
        key,
        {
            "name": dict(offer.name), "place": offer.place, "time_zone": offer.zone, "starts_on": offer.starts_on,
            "ends_on": offer.ends_on, "source": offer.source, "is_attested": offer.is_attested,
        },
    )  # fmt: skip


def save_event(session: GuardedSession, event_id: uuid.UUID, typed: EventFields, *, version: int) -> Event:
    """Change an event; meetings on its margins stay as they are, and who may change them is asked whether they follow.

    Raises `NotFound`; `Refusal` `forbidden`, `event_is_cancelled`, `nothing_changed`; `Refused`; `StaleVersion`.
    """
    event = _to_change(session, event_id)
    values = _checked(typed)
    if event.version != version:
        raise StaleVersion(as_values(typed), as_values(fields_of(event)))
    changed = {name: value for name, value in values.items() if getattr(event, name) != value}
    if not changed:
        raise Refusal("nothing_changed")
    was = {name: _plain(getattr(event, name)) for name in changed}
    for name, value in changed.items():
        setattr(event, name, value)
    session.record(
        "event_changed", "event", event.id, event.audience_id, was=was,
        now={name: _plain(value) for name, value in changed.items()},
    )  # fmt: skip
    return event


def cancel_event(session: GuardedSession, event_id: uuid.UUID, *, version: int) -> Event:
    """Record that an event does not take place.

    Raises `NotFound`; `Refusal` `forbidden`, `event_is_cancelled`; `StaleVersion`.
    """
    event = _to_change(session, event_id)
    if event.version != version:
        raise StaleVersion({}, as_values(fields_of(event)))
    event.cancelled_at = session.now
    session.record("event_cancelled", "event", event.id, event.audience_id, code=event.code)
    return event


def fields_of(event: Event) -> EventFields:
    """Return what stands of an event."""
    return EventFields(
        name={language: text for language, text in event.name.items() if language in LANGUAGES},
        first_day=event.starts_on,
        last_day=event.ends_on if event.ends_on != event.starts_on else None,
        place=event.place or "",
        zone=event.time_zone or "",
        source=event.source or "",
        is_attested=event.is_attested,
    )


def as_values(typed: EventFields) -> dict[str, Any]:
    """Return the fields as a form has them, its names as a title's languages."""
    values: dict[str, Any] = {name: getattr(typed, name) for name in EventFields.__slots__ if name != "name"}
    return {"title": dict(typed.name), **values}


# What is offered ----------------------------------------------------------------------------------


def offers(session: GuardedSession) -> tuple[Offer, ...]:
    """Return what can be copied and is not kept here yet, the earliest first: what is over for a year is left out."""
    kept = set(session.execute(select(Event.code)).scalars())
    found = [each for each in _every_offer(session.now.date()) if each.key not in kept]
    return tuple(sorted(found, key=lambda each: (each.starts_on, each.key)))


def _every_offer(today: dt.date) -> Iterator[Offer]:
    since = today - OFFERED_FOR
    facts = load_shipped().calendar
    for told in (*facts.external_meetings, *facts.fixed_dates):
        first = told.date or told.ends_on
        last = told.ends_on or told.date
        if first is None or last is None or last < since:
            continue
        name = {"en": told.name.en, "es": told.name.es, "fr": told.name.fr, "original": "en"}
        yield Offer(told.key, name, first, last, told.place, None, told.source, told.attested)
    for one in assemblies(today, dt.date(today.year + OFFERED_YEARS, 12, 31), facts.un_general_assembly):
        if one.high_level_until < since:
            continue
        name = {
            "en": f"UN General Assembly, session {one.session}: high-level week",
            "es": f"Asamblea General de la ONU, período de sesiones {one.session}: semana de alto nivel",
            "fr": f"Assemblée générale de l’ONU, session {one.session} : semaine de haut niveau",
            "original": "en",
        }
        is_attested = one.debate_from.is_attested and one.debate_until.is_attested
        yield Offer(
            f"unga-{one.session}", name, one.high_level_from, one.high_level_until, "New York", NEW_YORK,
            _source_of(one.year), is_attested,
        )  # fmt: skip


def _source_of(year: int) -> str | None:
    told = load_shipped().calendar.un_general_assembly
    return next((each.source for each in told if each.year == year), None)


# What is typed ------------------------------------------------------------------------------------


def _check_may_keep(session: GuardedSession) -> None:
    if not can(session.bound_viewer, Action.KEEP_EVENTS):
        raise Refusal("forbidden")


def _to_change(session: GuardedSession, event_id: uuid.UUID) -> Event:
    event = find_event(session, event_id)
    _check_may_keep(session)
    if event.cancelled_at is not None:
        raise Refusal("event_is_cancelled")
    return event


def _checked(typed: EventFields) -> dict[str, Any]:
    """Return the columns of an event; raises `Refused` with what of it cannot be.

    Keys: `needs_title`, `required`, `unknown_zone`, and what texts and days raise. What is attested names its source.
    """
    refusals: list[Refusal] = []
    name = {code: _line(typed.name.get(code, ""), f"title_{code}", refusals) for code in LANGUAGES}
    name = {code: text for code, text in name.items() if text}
    if not name and not refusals:
        refusals.append(Refusal("needs_title", field="title_en"))
    place, source = _line(typed.place, "place", refusals), _line(typed.source, "source", refusals)
    if typed.is_attested and not source:
        refusals.append(Refusal("required", field="source"))
    if typed.zone and typed.zone not in zone_names():
        refusals.append(Refusal("unknown_zone", field="zone", zone=typed.zone[:64]))
    first, last = typed.first_day, typed.last_day or typed.first_day
    if first is None or last is None:
        refusals.append(Refusal("required", field="first_day"))
    else:
        try:
            days(first, last)
        except Refusal as refusal:
            refusals.append(refusal)
    if refusals:
        raise Refused(refusals)
    return {
        "name": {**name, "original": next(iter(name))}, "place": place or None, "time_zone": typed.zone or None,
        "starts_on": first, "ends_on": last, "source": source or None, "is_attested": typed.is_attested,
    }  # fmt: skip


def _line(text: str, field: str, refusals: list[Refusal]) -> str:
    try:
        return one_line(text, field)
    except Refusal as refusal:
        refusals.append(refusal)
        return ""


def _code_of(name: Mapping[str, str], year: int) -> str:
    """Return the code of an event that is added by hand: its name's plain letters and its year."""
    text = unicodedata.normalize("NFKD", name[name["original"]]).encode("ascii", "ignore").decode().lower()
    slug = re.sub("[^a-z0-9]+", "-", text).strip("-")[:CODE_LIMIT].strip("-")
    return f"{slug or 'event'}-{year}"


def _add(session: GuardedSession, code: str, values: Mapping[str, Any]) -> Event:
    if session.execute(select(Event.id).where(Event.code == code)).scalar_one_or_none() is not None:
        raise Refusal("event_code_taken", field="title_en")
    viewer = session.bound_viewer
    event = Event(
        id=uuid.uuid4(), code=code, added_by_party=viewer.party, added_by=viewer.person_id, created_at=session.now,
        audience_id=session.audience({REGISTER}), **values,
    )  # fmt: skip
    session.add(event)
    session.flush()
    session.record("event_added", "event", event.id, event.audience_id, code=code)
    return event


def _plain(value: object) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
