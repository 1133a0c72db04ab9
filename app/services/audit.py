"""The audit record: whether it is whole, and what a viewer may see of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from app.db import GENESIS, Database, GuardedSession, chain_digest
from app.logs import get_logger
from app.models import (
    Action,
    AgendaItem,
    AuditHead,
    AuditRecord,
    Decision,
    Document,
    Draft,
    Mechanism,
    Meeting,
)
from app.services.people_names import names_of

HEAD_FILE: Final = "audit.head"
PAGE_LENGTH: Final = 50
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the record: `altered`, `missing`, `reordered` or `truncated`; where, and how it shows."""

    kind: str
    number: int
    explanation: str

    def __str__(self) -> str:
        return f"record {self.number}: {self.kind}: {self.explanation}"


@dataclass(frozen=True, slots=True)
class Head:
    """The number and the digest of the last record."""

    count: int
    digest: str


@dataclass(slots=True)
class Report:
    """What came of looking through the whole record."""

    count: int = 0
    digest: str = GENESIS
    problems: list[Problem] = field(default_factory=list)


# Whether it is whole ----------------------------------------------------------------------------------


def verify(database: Database, data_dir: Path) -> Report:
    """Go through the whole record, its head, and the head that is kept outside of the database."""
    report = Report()
    try:
        kept = kept_head(data_dir)
    except ValueError as error:
        kept = None
        report.problems.append(Problem("altered", 0, str(error)))
    with database.system_session("verify the audit record") as session:
        at_kept = None
        previous = GENESIS
        for record in _records(session):
            if record.number < 1:
                report.problems.append(Problem("altered", record.number, "no record has such a number"))
                continue
            report.problems += _problems_of(session, record, report.count, previous)
            report.count, previous = record.number, record.digest
            if kept and record.number == kept.count:
                at_kept = record.digest
        report.digest = previous
        head = session.get(AuditHead, 1)
        report.problems += _problems_of_end(report, Head(head.count, head.digest) if head else None)
    if kept and kept.count and at_kept != kept.digest:
        report.problems.append(_problem_of_kept(kept, at_kept))
    return report


def _records(session: GuardedSession) -> Iterator[AuditRecord]:
    """Give every record in the order of its number, some at a time."""
    last: int | None = None
    while True:
        wanted = select(AuditRecord).order_by(AuditRecord.number).limit(_BATCH)
        if last is not None:
            wanted = wanted.where(AuditRecord.number > last)
        batch = session.execute(wanted).scalars().all()
        if not batch:
            return
        yield from batch
        last = batch[-1].number
        session.expunge_all()


def _problems_of(session: GuardedSession, record: AuditRecord, last_number: int, previous: str) -> Iterator[Problem]:
    """Say what is wrong with one record, given the number and the digest of the one before it."""
    if record.number > last_number + 1:
        first, last = last_number + 1, record.number - 1
        which = f"record {first} is" if first == last else f"records {first} to {last} are"
        yield Problem("missing", first, f"{which} not there")
    if chain_digest(_columns(record)) != record.digest:
        yield Problem("altered", record.number, "what it says is not what its digest was made of")
    if record.previous_digest != previous and record.number == last_number + 1:
        yield _misplaced(session, record, last_number)


def _misplaced(session: GuardedSession, record: AuditRecord, last_number: int) -> Problem:
    """Say what it means that a record does not follow on the one before it."""
    follows = session.execute(
        select(AuditRecord.number).where(AuditRecord.digest == record.previous_digest).limit(1)
    ).scalar_one_or_none()
    if record.previous_digest == GENESIS:
        return Problem("reordered", record.number, "it was the first record once")
    if follows is not None:
        return Problem("reordered", record.number, f"it was written after what is now record {follows}")
    if last_number == 0:
        return Problem("missing", record.number, "it was not the first record: earlier ones are not there")
    return Problem("altered", last_number, f"record {record.number} was written after another record than this one")


def _problems_of_end(report: Report, head: Head | None) -> Iterator[Problem]:
    if head is None:
        yield Problem("truncated", report.count, "the head of the record is not there")
    elif head.count > report.count:
        yield Problem("truncated", report.count + 1, f"the head says that there are {head.count} records")
    elif head.count < report.count:
        yield Problem("altered", report.count, f"the head says that there are {head.count} records only")
    elif head.digest != report.digest:
        yield Problem("altered", report.count, "the head was made of another last record")


def _problem_of_kept(kept: Head, at_kept: str | None) -> Problem:
    if at_kept is None:
        return Problem("truncated", kept.count, "the head kept outside of the database has seen this record")
    return Problem("altered", kept.count, "the head kept outside of the database has seen another record here")


def _columns(record: AuditRecord) -> dict[str, Any]:
    return {column.key: getattr(record, column.key) for column in AuditRecord.__mapper__.column_attrs}


# The head outside of the database ---------------------------------------------------------------------


def kept_head(data_dir: Path) -> Head | None:
    """Return the head that is kept outside of the database, None when none was kept yet.

    Raises `ValueError` when the file is there and is not one.
    """
    path = data_dir / HEAD_FILE
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text("ascii"))
        return Head(int(found["count"]), str(found["digest"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} does not hold the head of an audit record") from error


def keep_head(database: Database, data_dir: Path) -> bool:
    """Write the present head outside of the database, so that a record cut off with its head shows.

    A head that the database no longer bears out is left as it is, and said loudly: the result is False.
    """
    kept = kept_head(data_dir)
    with database.system_session("keep the head of the audit record") as session:
        head = session.get(AuditHead, 1)
        record = session.get(AuditRecord, kept.count) if kept and kept.count else None
        now = session.now
    count, digest = (head.count, head.digest) if head else (0, GENESIS)
    if kept and kept.count and (count < kept.count or record is None or record.digest != kept.digest):
        get_logger().critical("the audit record was cut off or altered", kept=kept.count, found=count)
        return False
    if kept is None or kept.count != count:
        _write_head(data_dir, Head(count, digest), now)
    return True


def _write_head(data_dir: Path, head: Head, now: dt.datetime) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    draft = data_dir / f".{HEAD_FILE}.{uuid.uuid4().hex}"
    with draft.open("x", encoding="ascii") as file:
        json.dump({"count": head.count, "digest": head.digest, "at": now.isoformat(timespec="seconds")}, file)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(data_dir / HEAD_FILE)


# What a viewer may see of it --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on, as far as its viewer may know it: its title or name, and its reference where it has one.

    Of an agenda and its items, of staged changes and of a draft that was proposed the reference is the meeting's.
    `position` is the number that an agenda item of all the parties has now.
    """

    kind: str
    title: Mapping[str, str] | str | None = None
    reference: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as its viewer reads it; `who` is a name where the viewer may know it, else None.

    `is_personal` where a person did it, known or not, and not Entente by itself.
    """

    at: dt.datetime
    action: str
    who: str | None
    is_personal: bool
    party: str | None
    subject: Subject
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some acts, newest first; `older` is where the next page begins, None at the end."""

    entries: Sequence[Entry]
    older: dt.datetime | None


def acts_seen(session: GuardedSession, action: str | None = None, before: dt.datetime | None = None) -> Page:
    """Return the acts that the viewer may see, those before an instant, of one kind or of all.

    A page has fifty, and all of the transaction that the fiftieth is of: no number tells the pages
    apart, since numbers would show that there is something between them.
    """
    wanted = select(AuditRecord).order_by(AuditRecord.at.desc(), AuditRecord.number.desc())
    if action:
        wanted = wanted.where(AuditRecord.action == action)
    if before:
        wanted = wanted.where(AuditRecord.at < before)
    found = list(session.execute(wanted.limit(PAGE_LENGTH)).scalars())
    if len(found) < PAGE_LENGTH:
        return Page(_entries(session, found), None)
    last = found[-1].at
    rest = session.execute(wanted.where(AuditRecord.at == last)).scalars()
    shown = [record for record in found if record.at != last] + list(rest)
    more = session.execute(wanted.where(AuditRecord.at < last).limit(1)).first() is not None
    return Page(_entries(session, shown), last if more else None)


def actions_seen(session: GuardedSession) -> Sequence[str]:
    """Return the kinds of acts among those that the viewer may see."""
    return sorted(session.execute(select(AuditRecord.action).distinct()).scalars())


def _entries(session: GuardedSession, records: Sequence[AuditRecord]) -> list[Entry]:
    actors = {record.person_id for record in records if record.person_id}
    names = names_of(session, actors | _ids(records, "person"))
    subjects: dict[tuple[str, uuid.UUID | None], Subject] = {
        ("person", identity): Subject("person", name) for identity, name in names.items()
    }
    for kind, model in (("meeting", Meeting), ("action", Action)):
        rows = session.execute(select(model.id, model.title, model.reference).where(model.id.in_(_ids(records, kind))))
        subjects |= {(kind, row.id): Subject(kind, row.title, row.reference) for row in rows}
    papers = session.execute(select(Document.id, Document.file_name).where(Document.id.in_(_ids(records, "document"))))
    subjects |= {("document", row.id): Subject("document", row.file_name) for row in papers}
    subjects |= _mechanisms(session, records)
    special = _subjects_on_agendas(session, records) | _subjects_of_drafts(session, records)
    return [
        Entry(
            at=record.at,
            action=record.action,
            who=names.get(record.person_id) if record.person_id else None,
            is_personal=record.person_id is not None,
            party=record.party_code,
            subject=special.get(record.number)
            or subjects.get((record.subject_kind, _id(record)))
            or Subject(record.subject_kind),
            facts=dict(sorted(record.facts.items())),
        )
        for record in records
    ]


def _mechanisms(session: GuardedSession, records: Sequence[AuditRecord]) -> dict[tuple[str, uuid.UUID | None], Subject]:
    """Return the mechanisms that were acted on, and those that decisions are on, by their codes."""
    found = session.execute(
        select(Mechanism.id, Mechanism.code, Mechanism.name).where(Mechanism.id.in_(_ids(records, "mechanism")))
    )
    subjects = {("mechanism", row.id): Subject("mechanism", row.name, row.code) for row in found}
    decided = session.execute(
        select(Decision.id, Mechanism.code, Mechanism.name)
        .join(Mechanism, Mechanism.id == Decision.mechanism_id)
        .where(Decision.id.in_(_ids(records, "decision")))
    )
    return subjects | {("decision", row.id): Subject("mechanism", row.name, row.code) for row in decided}


def _subjects_on_agendas(session: GuardedSession, records: Sequence[AuditRecord]) -> dict[int, Subject]:
    """Return what was acted on by the records' numbers: an item of an agenda, or all of it."""
    meetings = session.execute(select(Meeting.id, Meeting.reference).where(Meeting.id.in_(_ids(records, "agenda"))))
    references = {row.id: row.reference for row in meetings}
    wanted = {record.number: _uuid(record.facts.get("item")) for record in records if record.subject_kind == "agenda"}
    found = session.execute(
        select(AgendaItem.id, AgendaItem.title, AgendaItem.position, AgendaItem.removed, AgendaItem.parties).where(
            AgendaItem.id.in_({identity for identity in wanted.values() if identity})
        )
    )
    items = {row.id: row for row in found}
    subjects = {}
    for record in records:
        reference = references.get(_id(record)) if record.number in wanted else None
        if reference is None:
            continue
        item = items.get(wanted[record.number])
        place = item.position if item and not item.removed and not item.parties else None
        subjects[record.number] = Subject("agenda", item.title if item else None, reference, place)
    return subjects


def _subjects_of_drafts(session: GuardedSession, records: Sequence[AuditRecord]) -> dict[int, Subject]:
    """Return the meetings of drafts by the records' numbers: those that they change, or became."""
    drafts = session.execute(select(Draft.id, Draft.meeting_id).where(Draft.id.in_(_ids(records, "draft"))))
    meeting_of = {row.id: row.meeting_id for row in drafts}
    became = {str(record.facts["reference"]) for record in records if "reference" in record.facts}
    wanted = Meeting.id.in_({each for each in meeting_of.values() if each}) | Meeting.reference.in_(became)
    rows = session.execute(select(Meeting.id, Meeting.reference, Meeting.title).where(wanted)).all()
    seen = {row.id: row for row in rows} | {row.reference: row for row in rows}
    subjects = {}
    for record in records:
        if record.subject_kind != "draft":
            continue
        row = seen.get(meeting_of.get(_id(record))) or seen.get(record.facts.get("reference"))
        if row is not None:
            subjects[record.number] = Subject("draft", row.title, row.reference)
    return subjects


def _ids(records: Sequence[AuditRecord], kind: str) -> set[uuid.UUID]:
    found = {_id(record) for record in records if record.subject_kind == kind}
    return {identity for identity in found if identity}


def _id(record: AuditRecord) -> uuid.UUID | None:
    return _uuid(record.subject_id)


def _uuid(written: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(written))
    except ValueError:
        return None
