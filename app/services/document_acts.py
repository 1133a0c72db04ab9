"""What is done to a registered document: filed, changed, received in a language, amended, withdrawn.

Nothing of it is ever deleted: a revision is a document of its own beside the one that it revises, a file that was
replaced stays in the record, and what was withdrawn is shown as withdrawn.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import zones
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.markings import STEPS, check_heading, check_marking
from app.domain.paper_dates import LEAD_RANGE
from app.domain.visibility import DELEGATION_ROLES, Action, Facts, can, parties_in, party_key
from app.domain.walltime import Choice, resolve
from app.models import AgreedText, LanguageVersion, Mechanism, Meeting, Person, RegisteredDocument, RosterEntry
from app.services.action_content import titles
from app.services.document_audiences import NARROW_STEPS, Table, check_table, facts_of_document, point_at, reach_of
from app.services.meeting_audience import keys_of, persons_in, without_persons
from app.services.meetings import find_meeting
from app.services.registered_documents import (
    DocumentOrder,
    SentFile,
    allot_symbol,
    find_document,
    register_document,
    table_of,
)

FIELDS: Final = (
    "title", "kind", "handling_step", "named", "marking", "due_on", "lead_weeks", "release_at", "release_zone",
)  # fmt: skip
KINDS_FILED: Final = ("paper", "agenda", "report")


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """A document as a form says it; `release_on` and `release_time` are wall time in `release_zone`."""

    title: Mapping[str, str]
    original_language: str
    kind: str = "paper"
    handling_step: str = "parties"
    named: Sequence[str] = ()
    marking: str = ""
    due_on: dt.date | None = None
    lead_weeks: int | None = None
    release_on: dt.date | None = None
    release_time: dt.time | None = None
    release_zone: str = ""
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What comes with a document: files by language, what else there is to be, and what was made from what."""

    files: Mapping[str, SentFile] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    translated_from: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Namable:
    """A person who can be named as a reader: of one's own delegation, or on the meeting's roster with an account."""

    person_id: uuid.UUID
    name: str
    party: str


# Who may ------------------------------------------------------------------------------------------


def may_keep(session: GuardedSession, document: RegisteredDocument, facts: Facts) -> bool:
    """Say whether the viewer may add to a document: versions in other languages, and its place on the agenda."""
    return document.state != "withdrawn" and can(session.bound_viewer, Action.KEEP_DOCUMENTS, facts)


def may_change(session: GuardedSession, document: RegisteredDocument, facts: Facts) -> bool:
    """Say whether the viewer may change what a document says of itself: its owner's people, or its secretariat.

    An adopted text is changed by nobody: a correction of it is a text of its own.
    """
    viewer = session.bound_viewer
    is_own = viewer.party is not None and viewer.party == document.owner_party
    return may_keep(session, document, facts) and document.kind != "text" and (is_own or bool(facts.appointments))


def _opened(session: GuardedSession, address: str, *, to_change: bool) -> tuple[RegisteredDocument, Facts]:
    document = find_document(session, address, lock=True)
    facts = facts_of_document(session, document)
    if not (may_change if to_change else may_keep)(session, document, facts):
        adopted = select(AgreedText.id).where(AgreedText.document_id == document.id)
        is_adopted = document.kind == "text" and session.execute(adopted).first() is not None
        raise Refusal("document_is_adopted" if is_adopted else "forbidden")
    return document, facts


# Filing -------------------------------------------------------------------------------------------


def file_document(
    session: GuardedSession,
    words: DocumentWords,
    received: Received,
    *,
    meeting: str | None = None,
    mechanism: str | None = None,
) -> RegisteredDocument:
    """File a document of a meeting (its reference) or of a mechanism (its code), for the viewer's side.

    Raises `NotFound`; `Refusal` `forbidden`, what a title, a marking, a release and `register_document` raise.
    """
    order = replace(
        _order(session, words), files=received.files, languages=_languages(words.original_language, received),
        translated_from=_from(received), **_of(session, meeting, mechanism),
    )  # fmt: skip
    check_table(session, table_of(order))
    _check_persons(session, order.meeting, words)
    return register_document(session, order)


def _of(session: GuardedSession, meeting: str | None, mechanism: str | None) -> dict[str, Any]:
    if meeting:
        return {"meeting": find_meeting(session, meeting)}
    if mechanism:
        return {"mechanism": find_mechanism(session, mechanism)}
    raise Refusal("needs_table", field="meeting")


def find_mechanism(session: GuardedSession, code: str) -> Mechanism:
    """Return the mechanism of that code; raises `NotFound`."""
    found = session.execute(select(Mechanism).where(Mechanism.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _order(session: GuardedSession, words: DocumentWords) -> DocumentOrder:
    party = session.bound_viewer.party
    if words.kind not in KINDS_FILED:
        raise Refusal("unknown_document_kind", field="kind")
    release_at, release_zone = release_of(words)
    return DocumentOrder(
        title=titles(words.title, words.original_language),
        original_language=words.original_language,
        kind=words.kind,
        handling_step=words.handling_step,
        named=tuple(words.named) if words.handling_step in NARROW_STEPS else (),
        marking=words.marking,
        marking_party=party,
        owner_party=party,
        due_on=words.due_on,
        lead_weeks=words.lead_weeks,
        release_at=release_at,
        release_zone=release_zone,
    )


def _languages(original: str, received: Received) -> dict[str, str]:
    """Return how far each language is: what was received is there, else what was asked for."""
    asked = {code: state for code, state in received.languages.items() if state in {"requested", "not_needed"}}
    files = {code: "authentic" if code == original else "draft" for code in received.files}
    return {original: "authentic" if original in files else "requested", **asked, **files}


def _from(received: Received) -> dict[str, str]:
    return {code: source for code, source in received.translated_from.items() if source and source != code}


def release_of(words: DocumentWords) -> tuple[dt.datetime | None, str | None]:
    """Return the instant until which a document is under embargo, and the zone that it was said in.

    Raises `Refusal` `release_incomplete`, `unknown_zone`, and `TimeInGap`, `TimeInFold` on `release_time`.
    """
    if words.release_on is None and words.release_time is None:
        return None, None
    if words.release_on is None or words.release_time is None:
        raise Refusal("release_incomplete", field="release_on" if words.release_on is None else "release_time")
    if words.release_zone not in zones.zone_names():
        raise Refusal("unknown_zone", field="release_zone", zone=words.release_zone)
    wall = dt.datetime.combine(words.release_on, words.release_time)
    return resolve(wall, words.release_zone, words.choice, field="release_time").instant, words.release_zone


def people_to_name(session: GuardedSession, meeting: Meeting | None) -> tuple[Namable, ...]:
    """Return who can be named as a reader, by name: nobody's account is shown whom the viewer does not know of."""
    viewer = session.bound_viewer
    own = session.execute(
        select(Person).where(Person.active.is_(True), Person.role.in_(DELEGATION_ROLES), Person.delegation.is_not(None))
    ).scalars()
    found = {row.id: Namable(row.id, row.name, row.delegation or "") for row in own}
    if meeting is not None:
        going = session.execute(
            select(RosterEntry).where(
                RosterEntry.meeting_id == meeting.id,
                RosterEntry.state == "approved",
                RosterEntry.person_id.is_not(None),
            )
        ).scalars()
        for entry in going:
            if entry.person_id is not None:
                found.setdefault(entry.person_id, Namable(entry.person_id, entry.name, entry.party_code))
    found.pop(viewer.person_id, None)
    return tuple(sorted(found.values(), key=lambda each: (each.party, each.name)))


def _check_persons(session: GuardedSession, meeting: Meeting | None, words: DocumentWords) -> frozenset[str]:
    """Return the parties of those who are named; raises `Refusal("unknown_reader")` for one who cannot be."""
    if words.handling_step != "persons":
        return frozenset()
    known = {str(each.person_id): each.party for each in people_to_name(session, meeting)}
    known[str(session.bound_viewer.person_id)] = session.bound_viewer.party or ""
    if not set(words.named) <= set(known):
        raise Refusal("unknown_reader", field="named")
    return frozenset(known[each] for each in words.named) - {""}


# Changing -----------------------------------------------------------------------------------------


def change_document(session: GuardedSession, address: str, words: DocumentWords, *, version: int) -> RegisteredDocument:
    """Change what a document says of itself, and who reads it: fewer of those who did, never more.

    To be read by more it is filed anew: its number counts those of its readers alone. Raises `NotFound`, `Refusal`
    `forbidden`, `reach_widens`, what `file_document` raises, and `StaleVersion`.
    """
    document, _ = _opened(session, address, to_change=True)
    if version != document.version:
        raise StaleVersion(_said(words), words_of(document))
    order = _order(session, words)
    title = titles(words.title, document.original_language)
    for language, said in title.items():
        if language != "original":
            check_heading(said, field=f"title_{language}")
    if words.lead_weeks is not None and not LEAD_RANGE[0] <= words.lead_weeks <= LEAD_RANGE[1]:
        raise Refusal("weeks_out_of_range", field="lead_weeks", least=LEAD_RANGE[0], most=LEAD_RANGE[1])
    marking = check_marking(words.marking, document.marking_party or order.marking_party)
    before = words_of(document)
    _change_reach(session, document, words)
    document.title, document.kind = title, words.kind
    document.marking = marking
    document.marking_party = (document.marking_party or order.marking_party) if marking else None
    document.due_on, document.lead_weeks = words.due_on, words.lead_weeks
    document.release_at, document.release_zone = order.release_at, order.release_zone
    if words_of(document) != before:
        document.changed_at = session.now
        changed = sorted(name for name, value in words_of(document).items() if value != before[name])
        session.record(
            "document_changed", "registered_document", document.id, document.audience_id, changed=changed,
            symbol=document.symbol,
        )  # fmt: skip
    return document


def _change_reach(session: GuardedSession, document: RegisteredDocument, words: DocumentWords) -> None:
    """Point a document at those who are to read it from now on."""
    step, named = words.handling_step, sorted(words.named) if words.handling_step in NARROW_STEPS else []
    if step not in STEPS:
        raise Refusal("unknown_step", field="handling_step")
    if (step, named) == (document.handling_step, sorted(document.named)):
        return
    meeting = session.get(Meeting, document.meeting_id) if document.meeting_id else None
    if meeting is not None:
        meeting = find_meeting(session, meeting.reference)
    before = keys_of(session, document.audience_id)
    table = _table(session, document, meeting, before)
    of_named = _check_persons(session, meeting, words)
    reach = reach_of(session, table, step, named)
    if document.symbol is None and step != "persons":
        mechanism = session.get(Mechanism, document.mechanism_id) if document.mechanism_id else None
        year = meeting.starts_on.year if meeting else session.now.year
        document.symbol = allot_symbol(session, mechanism, reach.parties, year, with_others=reach.has_others)
    elif document.symbol is not None:
        wider = {party_key(code) for code in of_named} if step == "persons" else without_persons(reach.keys)
        if not wider <= before:
            raise Refusal("reach_widens", field="handling_step")
    document.handling_step, document.named = step, named
    audience_id = session.audience(reach.keys)
    session.record(
        "document_reach_changed", "registered_document", document.id, document.audience_id, step=step,
        symbol=document.symbol,
    )  # fmt: skip
    point_at(session, document, audience_id)


def _table(
    session: GuardedSession, document: RegisteredDocument, meeting: Meeting | None, keys: frozenset[str]
) -> Table:
    """Return the table of a document: that of its meeting or mechanism, else those who read it."""
    if meeting is not None:
        return table_of(DocumentOrder(title={}, original_language="en", meeting=meeting))
    mechanism = session.get(Mechanism, document.mechanism_id) if document.mechanism_id else None
    if mechanism is not None:
        return Table(frozenset(mechanism.parties), mechanism.id)
    return Table(parties_in(keys))


def words_of(document: RegisteredDocument) -> dict[str, Any]:
    """Return what a document says of itself, by the names of its columns."""
    return {
        name: dict(document.title) if name == "title" else list(document.named) if name == "named"
        else getattr(document, name)
        for name in FIELDS
    }  # fmt: skip


def _said(words: DocumentWords) -> dict[str, object]:
    return {
        "title": dict(words.title), "kind": words.kind, "handling_step": words.handling_step,
        "named": list(words.named), "marking": words.marking, "due_on": words.due_on, "lead_weeks": words.lead_weeks,
    }  # fmt: skip


# Amending, withdrawing ----------------------------------------------------------------------------


def amend_document(
    session: GuardedSession, address: str, kind: str, title: Mapping[str, str], received: Received
) -> RegisteredDocument:
    """File a revision, a correction or an addition (`Rev`, `Corr`, `Add`) of a document; the older one stays.

    The same read it, so that no number is missing for any of them. Raises `NotFound`, `Refusal` `forbidden`,
    `unknown_amendment`, `needs_file`, what `register_document` raises.
    """
    document, _ = _opened(session, address, to_change=True)
    if kind not in {"Rev", "Corr", "Add"}:
        raise Refusal("unknown_amendment", field="kind")
    if not received.files:
        raise Refusal("needs_file", field="file")
    keys = keys_of(session, document.audience_id)
    meeting = session.get(Meeting, document.meeting_id) if document.meeting_id else None
    order = DocumentOrder(
        title=titles(title, document.original_language),
        original_language=document.original_language,
        meeting=find_meeting(session, meeting.reference) if meeting else None,
        mechanism=session.get(Mechanism, document.mechanism_id) if document.mechanism_id else None,
        parties=tuple(parties_in(keys)),
        kind=document.kind,
        handling_step=document.handling_step,
        named=_named_again(document, keys),
        marking=document.marking,
        marking_party=document.marking_party,
        owner_party=document.owner_party,
        files=received.files,
        languages=_languages(document.original_language, received),
        translated_from=_from(received),
        release_at=document.release_at,
        release_zone=document.release_zone,
        amends=document,
        amendment=kind,
    )
    return register_document(session, order)


def _named_again(document: RegisteredDocument, keys: frozenset[str]) -> tuple[str, ...]:
    """Return whom the handling step of a revision names: all who read the document that it is of."""
    if document.handling_step == "persons":
        return tuple(key.removeprefix("person:") for key in persons_in(keys))
    return tuple(parties_in(keys)) if document.handling_step == "delegations" else ()


def withdraw_document(session: GuardedSession, address: str, *, version: int) -> RegisteredDocument:
    """Withdraw a document: it keeps its number and its files, and says that it no longer counts."""
    document, _ = _opened(session, address, to_change=True)
    if version != document.version:
        raise StaleVersion({"state": "withdrawn"}, words_of(document))
    document.state, document.changed_at = "withdrawn", session.now
    session.record(
        "document_withdrawn", "registered_document", document.id, document.audience_id, symbol=document.symbol
    )
    return document


def version_in(session: GuardedSession, document: RegisteredDocument, language: str) -> LanguageVersion | None:
    """Return the version of a document in a language, None where none was asked for."""
    return session.execute(
        select(LanguageVersion).where(LanguageVersion.document_id == document.id, LanguageVersion.language == language)
    ).scalar_one_or_none()
