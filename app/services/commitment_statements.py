"""What a party says of a commitment: where it stands with its part, and that it contests what is shown."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select

from app import words
from app.db import GuardedSession
from app.domain import actions as rules
from app.domain.errors import NotFound, Refusal
from app.domain.plaintext import paragraphs
from app.domain.updates import REPORTED_STATES, check_told_on, checked_link
from app.domain.visibility import REGISTER, Facts, appointments_in, can
from app.domain.visibility import Action as Permission
from app.domain.walltime import in_zone
from app.models import Commitment, CommitmentStatement, Document, Person
from app.services.action_acts import refuse_to_verify
from app.services.commitments import CommitmentLine, commitment_line, find_commitment
from app.services.documents import keep_paper
from app.services.meeting_audience import audience_of

TEXT_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class NewStatement:
    """What a party says of its part as of a day; evidence is a link, or a file by name and content."""

    state: str
    text: str
    language: str
    limits_met: str = ""
    as_of_on: dt.date | None = None
    evidence_url: str = ""
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement with its evidence's name, its author (to those who may know them), and whether it still stands."""

    statement: CommitmentStatement
    author: str | None
    file_name: str | None
    stands: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Speaking:
    """For whom the viewer can speak on a commitment: their own party, by report others that owe, and to contest."""

    own: str | None
    reportable: tuple[str, ...]
    contesting: str | None


# Who sees it, and who may speak --------------------------------------------------------------------


def facts_of(session: GuardedSession, line: CommitmentLine) -> Facts:
    """Return what the table of permissions needs to know of a commitment; its appointments are the viewer's own.

    Of what everybody reads in the register, those count that exactly its parties made for its mechanism.
    """
    table, known = frozenset(line.table), appointments_in(line.keys)
    of_mechanism = line.commitment.mechanism_id if REGISTER in line.keys else None
    serving = frozenset(
        hat.appointment_id
        for hat in session.bound_viewer.hats
        if hat.appointment_id in known or (of_mechanism and hat.mechanism_id == of_mechanism and hat.parties == table)
    )
    return Facts(parties=table, appointments=serving)


def readers_of(session: GuardedSession, line: CommitmentLine) -> frozenset[str]:
    """Return the keys of those who read what is said of a commitment: its parties, and their secretariat."""
    if REGISTER not in line.keys:
        return line.keys
    found = audience_of(session, line.commitment.mechanism_id, line.table).keys
    return frozenset(key for key in found if not key.startswith("person:"))


def speaking_on(session: GuardedSession, line: CommitmentLine) -> Speaking:
    """Return for whom the viewer can speak."""
    viewer, owners = session.bound_viewer, line.commitment.owners
    at_table = viewer.party if viewer.party in line.table and _may_state(session, viewer.party) else None
    own = at_table if at_table in owners else None
    others = tuple(code for code in owners if code != viewer.party)
    return Speaking(own, others if _may_report(session, line) else (), at_table)


def _may_state(session: GuardedSession, party: str | None) -> bool:
    return can(session.bound_viewer, Permission.STATE_COMMITMENT, Facts(owner=party))


def _may_report(session: GuardedSession, line: CommitmentLine) -> bool:
    return can(session.bound_viewer, Permission.REPORT_UPDATE, facts_of(session, line))


# Saying -------------------------------------------------------------------------------------------


def state_commitment(session: GuardedSession, ref: str, party: str, new: NewStatement) -> CommitmentStatement:
    """Keep what a party says of its part, or what it told by note, mail or telephone; the one before is history.

    As with a leg, that a part is verified is for those who speak for the party. Raises `NotFound`; `Refusal`
    `forbidden`, `unknown_party`, `unknown_choice` (`state`), `verified_by_those_who_speak`, `unknown_language`,
    `told_later`, `not_a_link`, `required`, and what files and texts raise.
    """
    line = commitment_line(session, ref)
    is_own = session.bound_viewer.party == party and _may_state(session, party)
    if not is_own and not _may_report(session, line):
        raise Refusal("forbidden")
    if party not in line.commitment.owners:
        raise Refusal("unknown_party", field="party")
    states = rules.LEG_STATES if is_own else REPORTED_STATES
    if new.state not in states:
        raise Refusal("unknown_choice", field="state")
    if new.state == "verified":
        refuse_to_verify(session, Facts(owner=party))
    statement = _new_statement(session, line, party, "status", new.text, new.language)
    statement.state, statement.is_reported = new.state, not is_own
    statement.limits_met = paragraphs(new.limits_met, "limits_met", TEXT_LIMIT) or None
    statement.as_of_on = check_told_on(new.as_of_on, today_of(session), "as_of_on")
    statement.evidence_url = checked_link(new.evidence_url, "evidence_url")
    if new.file is not None:
        name, content = new.file
        paper = keep_paper(
            session, file_name=name, content=content, audience_id=statement.audience_id, field="evidence"
        )
        session.flush()  # the statement refers to it
        statement.document_id = paper.id
    act = "commitment_stated" if is_own else "commitment_reported"
    return _kept(session, statement, act, state=statement.state)


def contest_commitment(session: GuardedSession, ref: str, text: str, language: str) -> CommitmentStatement:
    """Say for the viewer's own party what is wrong with what is shown; it stands beside it until it is withdrawn.

    Raises `NotFound`; `Refusal` `forbidden`, `contest_needs_note`, `unknown_language`, and what texts raise.
    """
    line = commitment_line(session, ref)
    party = session.bound_viewer.party
    if party is None or party not in line.table or not _may_state(session, party):
        raise Refusal("forbidden")
    if not text.strip():
        raise Refusal("contest_needs_note", field="text")
    statement = _new_statement(session, line, party, "contest", text, language)
    return _kept(session, statement, "commitment_contested")


def withdraw_statement(session: GuardedSession, ref: str, statement_id: uuid.UUID) -> CommitmentStatement:
    """Take back what the viewer's own party said, or what the viewer reported; it is kept.

    Raises `NotFound`, `Refusal` `forbidden`, `not_in_state`.
    """
    commitment = find_commitment(session, ref)
    statement = session.execute(
        select(CommitmentStatement)
        .where(CommitmentStatement.id == statement_id, CommitmentStatement.commitment_id == commitment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if statement is None:
        raise NotFound
    if not _may_withdraw(session, statement):
        raise Refusal("forbidden")
    if statement.withdrawn_at is not None:
        raise Refusal("not_in_state")
    statement.withdrawn_at = session.now
    session.record(
        "commitment_statement_withdrawn", "commitment", commitment.id, statement.audience_id, ref=commitment.ref,
        party=statement.party_code,
    )  # fmt: skip
    return statement


def _may_withdraw(session: GuardedSession, statement: CommitmentStatement) -> bool:
    viewer = session.bound_viewer
    if statement.party_code == viewer.party and _may_state(session, viewer.party):
        return True
    return statement.is_reported and statement.person_id == viewer.person_id


def _new_statement(
    session: GuardedSession, line: CommitmentLine, party: str, kind: str, text: str, language: str
) -> CommitmentStatement:
    if language not in words.LANGUAGES:
        raise Refusal("unknown_language", field="language")
    return CommitmentStatement(
        id=uuid.uuid4(), commitment_id=line.commitment.id, party_code=party, kind=kind, language=language,
        text=paragraphs(text, "text", TEXT_LIMIT, required=True), as_of_on=today_of(session), is_reported=False,
        person_id=session.bound_viewer.person_id, made_at=session.now,
        audience_id=session.audience(readers_of(session, line)),
    )  # fmt: skip


def _kept(
    session: GuardedSession, statement: CommitmentStatement, act: str, **facts: str | None
) -> CommitmentStatement:
    session.add(statement)
    session.flush()
    session.record(
        act, "commitment", statement.commitment_id, statement.audience_id, party=statement.party_code, **facts
    )
    return statement


def today_of(session: GuardedSession) -> dt.date:
    """Return the day that it is where the viewer is."""
    return in_zone(session.now, session.bound_viewer.time_zone).date()


# Reading ------------------------------------------------------------------------------------------


def statement_lines(session: GuardedSession, commitment: Commitment) -> tuple[StatementLine, ...]:
    """Return all that was said of a commitment, the newest first, in one statement."""
    rows = session.execute(
        select(CommitmentStatement, Document.file_name, Person.name)
        .outerjoin(Document, Document.id == CommitmentStatement.document_id)
        .outerjoin(Person, Person.id == CommitmentStatement.person_id)
        .where(CommitmentStatement.commitment_id == commitment.id)
        .order_by(CommitmentStatement.made_at.desc(), CommitmentStatement.id.desc())
    ).all()
    own_words = {row.party_code for row, _file, _author in rows if _is_own_word(row)}
    standing: set[tuple[str, str]] = set()
    lines = []
    for row, file_name, author in rows:
        key = (row.party_code, row.kind)
        is_outspoken = row.is_reported and row.party_code in own_words
        stands = row.withdrawn_at is None and key not in standing and not is_outspoken
        if stands:
            standing.add(key)
        may = row.withdrawn_at is None and _may_withdraw(session, row)
        lines.append(StatementLine(row, author, file_name, stands, may))
    return tuple(lines)


def _is_own_word(statement: CommitmentStatement) -> bool:
    """Say whether a party itself says where it stands, so that what others tell of it stands back."""
    return statement.kind == "status" and not statement.is_reported and statement.withdrawn_at is None
