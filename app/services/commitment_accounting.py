"""How a commitment is accounted for: by what it is measured, from where, with what data, and until when.

That is agreed by all who owe it, in a decision; what stood holds until each has said yes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain.errors import Refusal, StaleVersion
from app.domain.plaintext import paragraphs
from app.domain.visibility import Action as Permission
from app.domain.visibility import appointments_in, can
from app.domain.walltime import check_year
from app.models import Commitment, Decision, Mechanism, Meeting, Party
from app.services.commitment_statements import facts_of
from app.services.commitments import CommitmentLine, commitment_line, find_commitment
from app.services.decision_words import ANSWER_BY, Change, Said, Told, says
from app.services.decisions import Asked, ask, effect
from app.services.mechanism_facts import today_of
from app.services.meeting_audience import keys_of

KIND: Final = "commitment"
FIELDS: Final = ("indicator", "baseline", "data_source", "sunset_on", "sunset_reason")
TEXT_LIMIT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Accounting:
    """How a commitment would be accounted for; a sunset needs its reason."""

    indicator: str = ""
    baseline: str = ""
    data_source: str = ""
    sunset_on: dt.date | None = None
    sunset_reason: str = ""


def accounting_of(commitment: Commitment) -> dict[str, str | None]:
    """Return how a commitment is accounted for now, a day as ISO 8601 writes it."""
    values = {name: getattr(commitment, name) for name in FIELDS}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


def may_ask_accounting(session: GuardedSession, line: CommitmentLine) -> bool:
    """Say whether the viewer speaks for a party that owes it, or serves those who do."""
    facts = replace(facts_of(session, line), parties=frozenset(line.commitment.owners))
    return can(session.bound_viewer, Permission.RECORD_COMMITMENT, facts)


def ask_accounting(
    session: GuardedSession,
    ref: str,
    wanted: Accounting,
    note: str,
    *,
    version: int,
    answer_by: dt.date | None = None,
) -> Decision:
    """Ask the owners to account for a commitment so.

    Raises `NotFound`; `Refusal` `forbidden`, `nothing_changed`, `reason_required` (`sunset_reason`), `no_party_here`,
    `date_is_past`, and what days and texts raise; `StaleVersion` where it changed since the form was made.
    """
    commitment = find_commitment(session, ref, lock=True)
    if not may_ask_accounting(session, commitment_line(session, ref)):
        raise Refusal("forbidden")
    fields, was = _checked(wanted), accounting_of(commitment)
    if commitment.version != version:
        raise StaleVersion(dict(fields), dict(was))
    if fields == was:
        raise Refusal("nothing_changed")
    if answer_by is not None and answer_by < today_of(session):
        raise Refusal("date_is_past", field="answer_by")
    content: dict[str, Any] = {"ref": commitment.ref, "title": dict(commitment.title), "fields": fields, "was": was}
    if answer_by is not None:
        content[ANSWER_BY] = answer_by.isoformat()
    mechanism, meeting = _subject(session, commitment)
    asked = Asked(KIND, content, _answering(session, commitment), mechanism, meeting, commitment.id, note)
    return ask(session, asked)


def _checked(wanted: Accounting) -> dict[str, str | None]:
    texts = {
        name: paragraphs(getattr(wanted, name), name, TEXT_LIMIT) or None
        for name in ("indicator", "baseline", "data_source", "sunset_reason")
    }
    if wanted.sunset_on is not None:
        check_year(wanted.sunset_on, field="sunset_on")
        if not texts["sunset_reason"]:
            raise Refusal("reason_required", field="sunset_reason")
    sunset = wanted.sunset_on.isoformat() if wanted.sunset_on else None
    return {name: sunset if name == "sunset_on" else texts[name] for name in FIELDS}


def _subject(session: GuardedSession, commitment: Commitment) -> tuple[Mechanism | None, Meeting | None]:
    """Return what the decision is on, so that its secretariat sees it too: of one that it does not see, nothing."""
    if commitment.origin == "catalogue":
        return (session.get(Mechanism, commitment.mechanism_id) if commitment.mechanism_id else None), None
    if commitment.meeting_id is None or not appointments_in(keys_of(session, commitment.audience_id)):
        return None, None
    return None, session.get(Meeting, commitment.meeting_id)


def _answering(session: GuardedSession, commitment: Commitment) -> tuple[str, ...]:
    """Return the owners that answer here; raises `Refusal("no_party_here")` where none does."""
    query = select(Party.code).where(Party.code.in_(commitment.owners), Party.is_core.is_(True)).order_by(Party.code)
    found = tuple(session.execute(query).scalars())
    if not found:
        raise Refusal("no_party_here")
    return found


@effect(KIND)
def take_accounting(session: GuardedSession, decision: Decision) -> None:
    """Let a commitment be accounted for as was decided; raises `Refusal("fact_has_changed")` where it changed since."""
    commitment = find_commitment(session, decision.content["ref"], lock=True)
    if accounting_of(commitment) != decision.content["was"]:
        raise Refusal("fact_has_changed")
    fields = decision.content["fields"]
    for name in FIELDS:
        value = fields[name]
        setattr(commitment, name, dt.date.fromisoformat(value) if name == "sunset_on" and value else value)
    commitment.changed_at = session.now
    session.record(
        "commitment_accounting_changed", "commitment", commitment.id, decision.audience_id, ref=commitment.ref
    )


@says(KIND)
def say_accounting(told: Told, language: str) -> Said:
    """Say of which commitment, and what would change."""
    gettext = words.translations(language).gettext
    fields, was = told.content["fields"], told.content["was"]
    title = words.pick(told.content["title"], language)[0]
    heading = gettext("How %(ref)s is accounted for") % {"ref": told.content["ref"]}
    changes = tuple(
        Change(field_name(name, language), _said(name, was, language), _said(name, fields, language))
        for name in FIELDS
        if fields[name] != was[name]
    )
    return Said(heading, (title,), changes)


def field_name(name: str, language: str) -> str:
    """Return the name of a field of the accounting."""
    gettext = words.translations(language).gettext
    names = {
        "indicator": gettext("Indicator"),
        "baseline": gettext("Baseline"),
        "data_source": gettext("Data source"),
        "sunset_on": gettext("Sunset"),
        "sunset_reason": gettext("Reason for the sunset"),
    }
    return str(names[name])


def _said(name: str, values: Mapping[str, str | None], language: str) -> str:
    value = values[name]
    if value and name == "sunset_on":
        return words.date_plain(dt.date.fromisoformat(value), language)
    return value or ""


def open_accounting(session: GuardedSession, commitment: Commitment) -> Decision | None:
    """Return what is asked and not yet decided of how a commitment is accounted for, where the viewer sees it."""
    query = select(Decision).where(
        Decision.kind == KIND, Decision.subject_id == commitment.id, Decision.state == "open"
    )
    return session.execute(query.order_by(Decision.asked_at.desc())).scalars().first()
