"""Offices of a government: added, and renamed from a day on; every name that one had stays with its days."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.db import Database, GuardedSession
from app.domain import zones
from app.domain.actions import today_in
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.plaintext import one_line
from app.domain.visibility import administration_key, party_key
from app.models import Office, OfficeName, Party
from app.services.people import own_government

LANGUAGES: Final = ("en", "es", "fr")
_CODE: Final = re.compile("[A-Z0-9]{2,20}")
NAME_LIMIT: Final = 200
NOTE_LIMIT: Final = 300


@dataclass(frozen=True, slots=True)
class NewOffice:
    """An office to be added: `letters` after the party's code, and what it is part of, if anything."""

    letters: str
    name: Mapping[str, str]
    part_of: str | None
    city: str
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class Renaming:
    """A new name from a day on; `known_name_id` is the latest dated name that the form was made from."""

    name: Mapping[str, str]
    starts_on: dt.date | None
    note: str
    known_name_id: uuid.UUID | None


def offices_with_names(session: GuardedSession) -> Sequence[Office]:
    """Return the offices of the administrator's own government with every dated name, by code."""
    own = own_government(session)
    return (
        session.execute(
            select(Office)
            .where(Office.party_code == own)
            .options(selectinload(Office.names))
            .order_by(Office.code)
            .execution_options(populate_existing=True)
        )
        .scalars()
        .all()
    )


def own_office(session: GuardedSession, code: str) -> Office:
    """Return one office of the administrator's own government; `NotFound` for any other's."""
    found = next((office for office in offices_with_names(session) if office.code == code), None)
    if found is None:
        raise NotFound
    return found


def latest_name_id(office: Office) -> uuid.UUID | None:
    """Return the id of the office's last dated name; its names are loaded."""
    dated = sorted(office.names, key=lambda name: name.starts_on or dt.date.min)
    return dated[-1].id if dated else None


def add_office(session: GuardedSession, typed: NewOffice) -> str:
    """Add an office to the administrator's own government and return its code; offices are seen by everybody.

    Raises `Refusal` with its field: `required`, `office_code_letters`, `office_code_taken`, `unknown_office`
    (`part_of`), `unknown_zone`, and what names raise.
    """
    own = own_government(session)
    letters = typed.letters.strip().upper()
    if _CODE.fullmatch(letters) is None:
        raise Refusal("office_code_letters" if letters else "required", field="letters")
    code, name = f"{own}-{letters}", _checked_name(typed.name)
    codes = {office.code for office in offices_with_names(session)}
    if code in codes:
        raise Refusal("office_code_taken", field="letters", code=code)
    if typed.part_of and typed.part_of not in codes:
        raise Refusal("unknown_office", field="part_of")
    if typed.time_zone and typed.time_zone not in zones.zone_names():
        raise Refusal("unknown_zone", field="time_zone", zone=typed.time_zone[:64])
    city = one_line(typed.city, "city", 60)
    with session.whole_truth("add an office to the published ones") as truth:
        truth.add(
            Office(
                code=code, party_code=own, name=name, city=city or None, time_zone=typed.time_zone or None,
                part_of=typed.part_of or None,
            )
        )  # fmt: skip
        truth.flush()
    _record(session, own, "office_added", code)
    return code


def rename_office(session: GuardedSession, code: str, typed: Renaming) -> None:
    """Give an office a new name from a day on; the one before keeps its days.

    A name of a day to come is used from that day on. Raises `NotFound`; `StaleVersion` where somebody renamed it
    since the form was made; `Refusal` with its field: `required`, `name_is_the_same`, `name_starts_too_early`,
    and what names raise.
    """
    own = own_government(session)
    office = own_office(session, code)
    name, note = _checked_name(typed.name), one_line(typed.note, "note", NOTE_LIMIT)
    if typed.starts_on is None:
        raise Refusal("required", field="starts_on")
    latest = max(office.names, key=lambda each: each.starts_on or dt.date.min, default=None)
    standing = latest.name if latest else office.name
    if latest_name_id(office) != typed.known_name_id:
        raise StaleVersion({"name": dict(name)}, {"name": dict(standing)})
    if dict(standing) == name:
        raise Refusal("name_is_the_same", field="name_en")
    if latest and latest.starts_on and typed.starts_on <= latest.starts_on:
        raise Refusal("name_starts_too_early", field="starts_on", day=latest.starts_on)
    with session.whole_truth("give an office of one's own a name") as truth:
        _write_name(truth, code, name, typed, note, session.bound_viewer.person_id)
        if typed.starts_on <= today_in(session.now, session.bound_viewer.time_zone):
            _use_name(truth, code, name)
    _record(session, own, "office_renamed", code, starts_on=typed.starts_on.isoformat())


def use_names_of_today(database: Database) -> int:
    """Let the names whose day has come (UTC) be the ones that are shown, and return how many changed."""
    with database.system_session("use the office names of today", "write") as session:
        today = session.now.date()
        rows = session.execute(
            select(OfficeName, Office)
            .join(Office, Office.code == OfficeName.office_code)
            .where(OfficeName.starts_on <= today)
            .order_by(OfficeName.starts_on)
        )
        latest = {office.code: (office, name.name) for name, office in rows}
        changed = [(office, name) for office, name in latest.values() if office.name != name]
        for office, name in changed:
            _use_name(session, office.code, name)
        session.commit()
    return len(changed)


def _write_name(
    truth: GuardedSession, code: str, name: dict[str, str], typed: Renaming, note: str, person_id: uuid.UUID
) -> None:
    """Add the dated name, and end the one before it on the day before.

    The office is locked here: two who rename it at once take turns, and the second is told of the first.
    """
    starts_on = typed.starts_on or dt.date.max
    office = truth.execute(
        select(Office).where(Office.code == code).options(selectinload(Office.names)).with_for_update(of=Office)
    ).scalar_one()
    day_before = starts_on - dt.timedelta(days=1)
    before = max(office.names, key=lambda each: each.starts_on or dt.date.min, default=None)
    if latest_name_id(office) != typed.known_name_id:
        raise StaleVersion({"name": name}, {"name": dict(before.name if before else office.name)})
    if before is None:
        truth.add(OfficeName(office_code=code, name=dict(office.name), ends_on=day_before))
    else:
        before.ends_on = day_before
    truth.add(OfficeName(office_code=code, name=name, starts_on=starts_on, note=note or None, added_by=person_id))
    truth.flush()


def _use_name(truth: GuardedSession, code: str, name: Mapping[str, str]) -> None:
    """Show the name, and keep it in the facts of its party, where a newer catalogue finds that it was edited."""
    office = truth.get_one(Office, code)
    office.name = dict(name)
    party = truth.get_one(Party, office.party_code)
    listed: list[dict[str, Any]] = party.facts.get("offices", [])
    party.facts = {
        **party.facts,
        "offices": [{**each, "name": dict(name)} if each["code"] == code else each for each in listed],
    }
    truth.flush()


def _checked_name(typed: Mapping[str, str]) -> dict[str, str]:
    return {each: one_line(typed.get(each), f"name_{each}", NAME_LIMIT, required=True) for each in LANGUAGES}


def _record(session: GuardedSession, own: str, act: str, code: str, **facts: Any) -> None:
    session.record(act, "office", code, session.audience({party_key(own), administration_key(own)}), **facts)
