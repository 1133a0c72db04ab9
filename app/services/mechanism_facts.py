"""What the parties of a mechanism say of its facts: each confirms or contests one alone; all correct one together.

A fact stands until every party said yes to another. A party's word is on the fact as it stood: once that changes,
the word is history. A party's own lead offices are its own matter.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any, Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app import words
from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.fact_edits import (
    CORRECTABLE,
    FACT_FIELDS,
    Surroundings,
    changed_fields,
    check_fields,
    digest_of_fact,
    with_companions,
)
from app.domain.plaintext import paragraphs
from app.domain.visibility import REGISTER, Action, Facts, appointment_key, appointments_in, can, party_key
from app.models import Decision, FactStatement, Mechanism, Office, Party
from app.services.decision_words import ANSWER_BY, Change, Said, Told, says
from app.services.decisions import NOTE_LIMIT, Asked, ask, effect
from app.services.fact_words import fact_in_words, field_name
from app.services.meeting_audience import audience_of, keys_of
from app.services.practice import ORIGIN

JSON = Any
Word = Literal["confirm", "contest"]
ACTS: Final = {"confirm": "fact_confirmed", "contest": "fact_contested"}


# Finding ------------------------------------------------------------------------------------------


def find_mechanism(session: GuardedSession, code: str, *, lock: bool = False) -> Mechanism:
    """Return the mechanism of a code; raises `NotFound`. `lock` holds it, and reads it anew."""
    query = select(Mechanism).where(Mechanism.code == code)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def audience_of_keepers(session: GuardedSession, mechanism: Mechanism) -> uuid.UUID:
    """Return the audience of a mechanism's parties, and of the secretariat that exactly they appointed."""
    found = audience_of(session, mechanism.id, mechanism.parties).keys
    serving = {appointment_key(each) for each in appointments_in(found)}
    return session.audience({party_key(code) for code in mechanism.parties} | serving)


def may_state(session: GuardedSession, mechanism: Mechanism) -> bool:
    """Say whether the viewer speaks for one of the mechanism's parties; of an example nobody says anything."""
    return mechanism.origin != ORIGIN and can(
        session.bound_viewer, Action.STATE_FACT, Facts(parties=frozenset(mechanism.parties))
    )


def may_ask(session: GuardedSession, mechanism: Mechanism) -> bool:
    """Say whether the viewer can put a change of a mechanism to its parties; one that was merged is kept no more."""
    if mechanism.merged_into_id is not None or mechanism.origin == ORIGIN:
        return False
    parties = frozenset(mechanism.parties)
    serving = frozenset(
        hat.appointment_id
        for hat in session.bound_viewer.hats
        if hat.mechanism_id == mechanism.id and hat.parties == parties
    )
    return can(session.bound_viewer, Action.KEEP_MECHANISM, Facts(parties=parties, appointments=serving))


def check_may_ask(session: GuardedSession, mechanism: Mechanism) -> None:
    """Refuse who cannot ask: `forbidden`; what was merged away: `already_merged`; an example: `example_is_fixed`."""
    if mechanism.origin == ORIGIN:
        raise Refusal("example_is_fixed")
    if mechanism.merged_into_id is not None:
        raise Refusal("already_merged")
    if not may_ask(session, mechanism):
        raise Refusal("forbidden")


def answering_parties(session: GuardedSession, mechanism: Mechanism) -> tuple[str, ...]:
    """Return the parties of a mechanism that answer here; raises `Refusal("no_party_here")` where none does."""
    rows = session.execute(
        select(Party.code).where(Party.code.in_(mechanism.parties), Party.is_core.is_(True)).order_by(Party.code)
    ).scalars()
    found = tuple(rows)
    if not found:
        raise Refusal("no_party_here")
    return found


def today_of(session: GuardedSession) -> dt.date:
    """Return the day that it is where the viewer is."""
    return today_in(session.now, session.bound_viewer.time_zone)


def is_read_by_all_of(session: GuardedSession, other: Mechanism, mechanism: Mechanism) -> bool:
    """Say whether whoever reads a mechanism reads the other one too."""
    if other.audience_id == mechanism.audience_id:
        return True
    keys = keys_of(session, other.audience_id)
    return REGISTER in keys or keys >= keys_of(session, mechanism.audience_id)


def surroundings(session: GuardedSession, mechanism: Mechanism | None = None) -> Surroundings:
    """Return what corrections are held against, of what the viewer may see.

    Of a mechanism, those alone that all who read it may read: its facts name no other.
    """
    rows = session.execute(
        select(Mechanism).options(load_only(Mechanism.facts, Mechanism.audience_id))
    ).scalars().all()  # fmt: skip
    told: dict[uuid.UUID, bool] = {}
    for row in rows:
        if row.audience_id not in told:
            told[row.audience_id] = mechanism is None or is_read_by_all_of(session, row, mechanism)
    parents = {row.facts["ref"]: row.facts.get("parent") for row in rows if told[row.audience_id]}
    return Surroundings(frozenset(session.execute(select(Party.code)).scalars()), parents, today_of(session))


# One party's word ---------------------------------------------------------------------------------


def state_fact(
    session: GuardedSession, code: str, field: str, word: Word, note: str | None, *, digest: str
) -> FactStatement:
    """Say for the viewer's party that a fact is right, or what is wrong with it; its word before is withdrawn.

    `digest` is of the fact that was read. Raises `NotFound`; `Refusal` `forbidden`, `contest_needs_note`;
    `StaleVersion` where the fact is another by now.
    """
    mechanism = find_mechanism(session, code)
    if field not in FACT_FIELDS:
        raise NotFound
    party = session.bound_viewer.party
    if not may_state(session, mechanism) or party is None:
        raise Refusal("forbidden")
    value = mechanism.facts.get(field)
    if digest_of_fact(value) != digest:
        raise StaleVersion({field: None}, {field: value})
    said = paragraphs(note, "note", NOTE_LIMIT) or None
    if word == "contest" and said is None:
        raise Refusal("contest_needs_note", field="note")
    for earlier in _live_statements(session, mechanism, party, field):
        earlier.withdrawn_at = session.now
    statement = FactStatement(
        id=uuid.uuid4(), mechanism_id=mechanism.id, field=field, kind=word, value_digest=digest, note=said,
        party_code=party, person_id=session.bound_viewer.person_id, made_at=session.now,
        audience_id=audience_of_keepers(session, mechanism),
    )  # fmt: skip
    session.add(statement)
    _record(session, ACTS[word], mechanism, statement.audience_id, field=field)
    return statement


def withdraw_statement(session: GuardedSession, code: str, statement_id: uuid.UUID) -> FactStatement:
    """Take back the word of the viewer's party on a fact; it is kept. Raises `NotFound`, `Refusal`."""
    mechanism = find_mechanism(session, code)
    statement = session.execute(
        select(FactStatement).where(FactStatement.id == statement_id, FactStatement.mechanism_id == mechanism.id)
    ).scalar_one_or_none()
    if statement is None:
        raise NotFound
    if not may_state(session, mechanism) or statement.party_code != session.bound_viewer.party:
        raise Refusal("forbidden")
    if statement.withdrawn_at is not None:
        raise Refusal("not_in_state")
    statement.withdrawn_at = session.now
    _record(session, "fact_statement_withdrawn", mechanism, statement.audience_id, field=statement.field)
    return statement


def _live_statements(session: GuardedSession, mechanism: Mechanism, party: str, field: str) -> list[FactStatement]:
    rows = session.execute(
        select(FactStatement).where(
            FactStatement.mechanism_id == mechanism.id,
            FactStatement.party_code == party,
            FactStatement.field == field,
            FactStatement.withdrawn_at.is_(None),
        )
    ).scalars()
    return list(rows)


# What all decide ----------------------------------------------------------------------------------


def ask_correction(
    session: GuardedSession,
    code: str,
    wanted: Mapping[str, JSON],
    note: str,
    *,
    version: int,
    answer_by: dt.date | None = None,
) -> Decision:
    """Ask the parties to let facts be others; `wanted` are values of correctable fields, changed or not.

    Raises `NotFound`; `Refusal` `forbidden`, `nothing_changed`, `status_by_activation`, `back_to_proposed`, and what
    `check_fields` finds; `StaleVersion` where the mechanism changed since the form was made.
    """
    mechanism = find_mechanism(session, code, lock=True)
    check_may_ask(session, mechanism)
    known = {name: value for name, value in wanted.items() if name in CORRECTABLE or name == "status_note"}
    if mechanism.version != version:
        raise StaleVersion(dict(known), {name: mechanism.facts.get(name) for name in known})
    if not changed_fields(mechanism.facts, known):
        raise Refusal("nothing_changed")
    _check_status(mechanism.facts["status"], known.get("status"))
    return ask_facts(session, mechanism, known, note, answer_by=answer_by)


def _check_status(before: str, after: str | None) -> None:
    if after is None or after == before:
        return
    if before == "proposed":
        raise Refusal("status_by_activation", field="status")
    if after == "proposed":
        raise Refusal("back_to_proposed", field="status")


def ask_facts(
    session: GuardedSession,
    mechanism: Mechanism,
    wanted: Mapping[str, JSON],
    note: str,
    *,
    act: str | None = None,
    answer_by: dt.date | None = None,
) -> Decision:
    """Put new values of facts to the parties, each with a digest of the one that it would replace.

    `act` names what it is for where that is more than a correction: `retire`, `reopen`, `activate`.
    """
    around = surroundings(session, mechanism)
    changed = changed_fields(mechanism.facts, wanted)
    check_fields(mechanism.facts, changed, around)
    fields = with_companions(mechanism.facts, changed, around.today)
    content: dict[str, JSON] = {
        "fields": fields,
        "before": {name: digest_of_fact(mechanism.facts.get(name)) for name in fields},
        "was": {name: mechanism.facts.get(name) for name in fields},
    }
    return ask_of(session, mechanism, "facts", content | ({"act": act} if act else {}), note, answer_by=answer_by)


def ask_of(
    session: GuardedSession,
    mechanism: Mechanism,
    kind: str,
    content: Mapping[str, JSON],
    note: str,
    *,
    answer_by: dt.date | None = None,
) -> Decision:
    """Put something on a mechanism to those of its parties that answer here, wanted by a day where one is given."""
    if answer_by is not None and answer_by < today_of(session):
        raise Refusal("date_is_past", field="answer_by")
    dated = {**content, ANSWER_BY: answer_by.isoformat()} if answer_by else content
    return ask(session, Asked(kind, dated, answering_parties(session, mechanism), mechanism, note=note))


@effect("facts")
def take_facts(session: GuardedSession, decision: Decision) -> None:
    """Let the facts be what was decided; raises `Refusal("fact_has_changed")` where they are others by now."""
    mechanism = held_mechanism(session, decision)
    fields, before = decision.content["fields"], decision.content.get("before", {})
    if any(digest_of_fact(mechanism.facts.get(name)) != before.get(name) for name in fields):
        raise Refusal("fact_has_changed")
    check_fields(mechanism.facts, fields, surroundings(session, mechanism))
    write_facts(session, mechanism, fields, decision.audience_id)


def held_mechanism(session: GuardedSession, decision: Decision) -> Mechanism:
    """Return the mechanism that a decision is on, held; raises `Refusal("already_merged")` for one merged since."""
    mechanism = session.execute(
        select(Mechanism)
        .where(Mechanism.id == decision.mechanism_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if mechanism.merged_into_id is not None:
        raise Refusal("already_merged")
    return mechanism


def write_facts(
    session: GuardedSession, mechanism: Mechanism, fields: Mapping[str, JSON], audience_id: uuid.UUID
) -> None:
    """Write facts, and the columns that repeat some of them; the catalogue leaves these fields alone from now on."""
    facts = {**mechanism.facts, **fields}
    mechanism.facts = facts
    mechanism.status, mechanism.name, mechanism.parties = facts["status"], facts["name"], facts["parties"]
    _record(session, "mechanism_facts_changed", mechanism, audience_id, fields=sorted(fields))


# One's own offices --------------------------------------------------------------------------------


def set_lead_offices(session: GuardedSession, code: str, offices: Collection[str], *, version: int) -> Mechanism:
    """Say which offices lead for the viewer's party: its own matter, in force at once, and attested by it.

    Raises `NotFound`; `Refusal` `forbidden`, `unknown_office`, `nothing_changed`; `StaleVersion`.
    """
    mechanism = find_mechanism(session, code, lock=True)
    party = session.bound_viewer.party
    if not may_state(session, mechanism) or party is None:
        raise Refusal("forbidden")
    leads: dict[str, list[str]] = {each: list(codes) for each, codes in mechanism.facts["lead_offices"].items()}
    chosen = sorted(set(offices))
    if mechanism.version != version:
        raise StaleVersion({"lead_offices": chosen}, {"lead_offices": leads.get(party, [])})
    own = set(session.execute(select(Office.code).where(Office.party_code == party)).scalars())
    if not set(chosen) <= own:
        raise Refusal("unknown_office", field="lead_offices")
    others = [each for each in mechanism.facts["lead_offices_attested"] if each not in own]
    fields = {"lead_offices": {**leads, party: chosen}, "lead_offices_attested": sorted([*others, *chosen])}
    changed = changed_fields(mechanism.facts, fields)
    if not changed:
        raise Refusal("nothing_changed")
    write_facts(session, mechanism, changed, audience_of_keepers(session, mechanism))
    return mechanism


def _record(session: GuardedSession, act: str, mechanism: Mechanism, audience_id: uuid.UUID, **facts: JSON) -> None:
    session.record(act, "mechanism", mechanism.id, audience_id, code=mechanism.code, **facts)


# In words -----------------------------------------------------------------------------------------

SHOWN: Final = frozenset({*FACT_FIELDS, "status_note"})


@says("facts")
def say_facts(told: Told, language: str) -> Said:
    """Say which facts would be others, each as it stands (once decided: as it stood) and as it would be."""
    fields: Mapping[str, JSON] = told.content["fields"]
    stood = told.content.get("was", {})
    if told.decision.state == "open" and told.mechanism is not None:
        stood = told.mechanism.facts
    names = [name for name in (*FACT_FIELDS, "status_note") if name in fields and name in SHOWN]
    changes = tuple(
        Change(
            field_name(name, language),
            fact_in_words(name, stood.get(name), language, told.names),
            fact_in_words(name, fields[name], language, told.names),
        )
        for name in names
    )
    return Said(_title(told, [field_name(name, language) for name in names], language), (), changes)


def _title(told: Told, names: list[str], language: str) -> str:
    gettext = words.translations(language).gettext
    match told.content.get("act"):
        case "retire":
            return str(gettext("Conclude this mechanism"))
        case "reopen":
            return str(gettext("Take up this mechanism again"))
        case "activate":
            return str(gettext("Create what was only proposed"))
    lowered = [name[:1].lower() + name[1:] for name in names]
    return str(gettext("Correct the facts: %(names)s") % {"names": words.list_of(lowered, language)})
