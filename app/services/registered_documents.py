"""The register of documents: symbols, language versions, and which documents an item or a meeting has."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select

from app.db import GuardedSession
from app.domain import symbols
from app.domain.errors import NotFound, Refusal
from app.domain.markings import STEPS, check_heading, check_marking
from app.domain.paper_dates import LEAD_RANGE, LEADS, PaperDates, Standing, paper_dates
from app.domain.walltime import in_zone
from app.models import Document, ItemPaper, LanguageVersion, Mechanism, Meeting, RegisteredDocument
from app.services.document_audiences import Reach, Table, reach_of
from app.services.documents import keep_paper
from app.services.embargoes import is_embargoed, out_now
from app.services.meeting_state import chosen_rows
from app.services.references import next_number, scope_of_meeting

LANGUAGES: Final = ("en", "es", "fr")
# What the address of a document without a symbol begins with.
UNNUMBERED: Final = "D-"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent: what it calls itself, and its bytes."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """A document to be registered, of a meeting, of a mechanism, or of neither (then `parties` says whose it is).

    `title` by language, with `original`. `languages`: the state of each language version that there is to be; `files`
    what was received, by language; `translated_from` the language that a version was made from. `parties` narrows the
    table, for what only some of a meeting's parties agreed. `due_on` was set by hand; else `lead_weeks`, else the lead
    of the kind counts. `by` is who registers it where no viewer does.
    """

    title: Mapping[str, str]
    original_language: str
    meeting: Meeting | None = None
    mechanism: Mechanism | None = None
    parties: Collection[str] = ()
    kind: str = "paper"
    handling_step: str = "parties"
    named: Sequence[str] = ()
    marking: str | None = None
    marking_party: str | None = None
    owner_party: str | None = None
    languages: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, SentFile] = field(default_factory=dict)
    translated_from: Mapping[str, str] = field(default_factory=dict)
    due_on: dt.date | None = None
    lead_weeks: int | None = None
    release_at: dt.datetime | None = None
    release_zone: str | None = None
    amends: RegisteredDocument | None = None
    amendment: str = "Rev"
    is_received: bool = False
    by: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A document in a list: the row, how far each language is, when it is due, and its place on an item.

    `is_embargoed`: its instant is still to come, so that guests do not read it. `today` is where its days are counted:
    in the meeting's zone, else in the viewer's.
    """

    document: RegisteredDocument
    languages: Mapping[str, LanguageVersion]
    dates: PaperDates
    standing: Standing
    is_embargoed: bool
    today: dt.date
    meeting: Meeting | None = None
    position: int = 0

    @property
    def address(self) -> str:
        """Return how an address names it."""
        return address_of(self.document)


def address_of(document: RegisteredDocument) -> str:
    """Return how an address names a document: its symbol with dashes, its id where it has none."""
    return symbols.in_address(document.symbol) if document.symbol else f"{UNNUMBERED}{document.id.hex}"


# Symbols ------------------------------------------------------------------------------------------


def allot_symbol(
    session: GuardedSession,
    mechanism: Mechanism | None,
    parties: Collection[str],
    year: int,
    *,
    with_others: bool = False,
) -> str:
    """Return a symbol that is now this document's for ever, counted among those that exactly these parties see.

    `year` is that of the meeting in its own zone, else the year it is registered in. `with_others`: somebody sees it
    who does not see all of these parties' documents, so that it has a count of its own.
    """
    own = session.viewer.party if session.viewer is not None else None
    prefix, _, rest = scope_of_meeting(mechanism, parties, year, own).partition("-")
    codes = ".".join(part for part in (rest.partition("-")[2], symbols.WITH_SECRETARIAT if with_others else "") if part)
    scope = symbols.scope(prefix, year, codes)
    return symbols.symbol(prefix, year, next_number(session, symbols.counter(scope)), codes)


def _amended_symbol(session: GuardedSession, document: RegisteredDocument, kind: str) -> str | None:
    if document.symbol is None:
        return None
    family = symbols.family_of(document.symbol, kind)
    number = next_number(session, symbols.in_address(family).rstrip("."))
    return symbols.amended(document.symbol, kind, number)


# Registering --------------------------------------------------------------------------------------


def table_of(order: DocumentOrder) -> Table:
    """Return at whose table a document is; raises `Refusal("needs_table")` where nothing says so."""
    if order.meeting is not None:
        at_table = frozenset(row.party_code for row in chosen_rows(order.meeting))
        return Table(frozenset(order.parties) or at_table, order.meeting.mechanism_id, order.meeting.id)
    if order.mechanism is not None:
        return Table(frozenset(order.parties) or frozenset(order.mechanism.parties), order.mechanism.id)
    if not order.parties:
        raise Refusal("needs_table", field="meeting")
    return Table(frozenset(order.parties))


def register_document(session: GuardedSession, order: DocumentOrder) -> RegisteredDocument:
    """Register a document and keep its files; who reads it follows from its handling step.

    Whether the viewer may is for the caller to ask. Raises `Refusal`: `needs_table`, `unknown_step`,
    `needs_delegations`, `needs_persons`, `unknown_party`, `unknown_language`, `unknown_document_kind`,
    `weeks_out_of_range`, what a marking raises, and what a file raises on `file`.
    """
    _check(order)
    marking = check_marking(order.marking or "", order.marking_party)
    reach = reach_of(session, table_of(order), order.handling_step, order.named)
    audience_id = session.audience(reach.keys)
    document = RegisteredDocument(
        id=uuid.uuid4(),
        audience_id=audience_id,
        symbol=_symbol_for(session, order, reach),
        amends_id=order.amends.id if order.amends else None,
        meeting_id=order.meeting.id if order.meeting else None,
        mechanism_id=order.meeting.mechanism_id if order.meeting else order.mechanism.id if order.mechanism else None,
        kind=order.kind,
        state="received" if order.files or order.is_received else "expected",
        title=dict(order.title),
        original_language=order.original_language,
        owner_party=order.owner_party,
        marking=marking,
        marking_party=order.marking_party if marking else None,
        handling_step=order.handling_step,
        named=sorted(order.named),
        due_on=order.due_on,
        lead_weeks=order.lead_weeks,
        release_at=order.release_at,
        release_zone=order.release_zone,
        created_by=order.by or session.bound_viewer.person_id,
        created_at=session.now,
        changed_at=session.now,
    )
    session.add(document)
    session.flush()  # its language versions name it
    for language in LANGUAGES:
        _add_version(session, document, order, language)
    session.record(
        "document_registered", "registered_document", document.id, audience_id, symbol=document.symbol,
        kind=document.kind, step=document.handling_step, meeting=order.meeting.reference if order.meeting else None,
    )  # fmt: skip
    return document


def _check(order: DocumentOrder) -> None:
    if order.kind not in LEADS:
        raise Refusal("unknown_document_kind", field="kind")
    if order.handling_step not in STEPS:
        raise Refusal("unknown_step", field="handling_step")
    named = {order.original_language, *order.languages, *order.files}
    if not named.issubset(LANGUAGES):
        raise Refusal("unknown_language", field="original_language")
    if order.lead_weeks is not None and not LEAD_RANGE[0] <= order.lead_weeks <= LEAD_RANGE[1]:
        raise Refusal("weeks_out_of_range", field="lead_weeks", least=LEAD_RANGE[0], most=LEAD_RANGE[1])
    for language, title in order.title.items():
        if language != "original":
            check_heading(title, field=f"title_{language}")


def _symbol_for(session: GuardedSession, order: DocumentOrder, reach: Reach) -> str | None:
    if order.amends is not None:
        return _amended_symbol(session, order.amends, order.amendment)
    if order.handling_step == "persons":
        return None
    mechanism = order.mechanism
    if mechanism is None and order.meeting is not None and order.meeting.mechanism_id is not None:
        mechanism = session.get(Mechanism, order.meeting.mechanism_id)
    year = order.meeting.starts_on.year if order.meeting else session.now.year
    return allot_symbol(session, mechanism, reach.parties, year, with_others=reach.has_others)


def _add_version(session: GuardedSession, document: RegisteredDocument, order: DocumentOrder, language: str) -> None:
    """Add the version of a document in a language, with its file where it was received."""
    sent = order.files.get(language)
    file = keep_file(session, document, sent) if sent is not None else None
    is_original = language == document.original_language
    state = order.languages.get(language) or ("authentic" if is_original else "draft" if file else "not_needed")
    session.add(
        LanguageVersion(
            document_id=document.id,
            audience_id=document.audience_id,
            language=language,
            state=state,
            file_id=file.id if file else None,
            translated_from=order.translated_from.get(language),
            changed_by=order.by or session.bound_viewer.person_id,
            changed_at=session.now,
        )
    )


def keep_file(session: GuardedSession, document: RegisteredDocument, sent: SentFile) -> Document:
    """Keep a file of a document for those who read it; raises what `keep_paper` raises, and `marking_portion`."""
    check_heading(sent.file_name, field="file")
    return keep_paper(
        session, file_name=sent.file_name, content=sent.content, audience_id=document.audience_id, field="file"
    )


# Reading ------------------------------------------------------------------------------------------


def find_document(session: GuardedSession, address: str, *, lock: bool = False) -> RegisteredDocument:
    """Return the document that an address names; raises `NotFound`, the same whether there is none or it is unseen."""
    if address.startswith(UNNUMBERED):
        condition = RegisteredDocument.id == _id_in(address)
    else:
        condition = RegisteredDocument.symbol == (symbols.from_address(address) or "")
    query = select(RegisteredDocument).where(condition, out_now(session))
    if lock:
        query = query.with_for_update(of=RegisteredDocument).execution_options(populate_existing=True)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def _id_in(address: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=address.removeprefix(UNNUMBERED))
    except ValueError:
        raise NotFound from None


def papers_of_items(session: GuardedSession, meeting: Meeting) -> Mapping[uuid.UUID, tuple[PaperLine, ...]]:
    """Return the papers of each item of a meeting that the viewer may see, in their order; one statement."""
    rows = session.execute(
        select(ItemPaper, RegisteredDocument, LanguageVersion)
        .join(RegisteredDocument, RegisteredDocument.id == ItemPaper.document_id)
        .outerjoin(LanguageVersion, LanguageVersion.document_id == RegisteredDocument.id)
        .where(
            RegisteredDocument.meeting_id == meeting.id,
            RegisteredDocument.state != "withdrawn",
            ItemPaper.removed.is_(False),
            out_now(session),
        )
        .order_by(ItemPaper.position, RegisteredDocument.symbol, RegisteredDocument.id)
    ).all()
    versions = _versions_of((row, version) for _, row, version in rows)
    found: dict[uuid.UUID, dict[uuid.UUID, PaperLine]] = {}
    for place, document, _ in rows:
        line = line_of(session, document, versions[document.id], meeting, place.position)
        found.setdefault(place.item_id, {}).setdefault(document.id, line)
    return MappingProxyType({item_id: tuple(lines.values()) for item_id, lines in found.items()})


def papers_of_meeting(session: GuardedSession, meeting: Meeting) -> tuple[PaperLine, ...]:
    """Return the documents of a meeting that the viewer may see, by symbol; one statement."""
    rows = session.execute(
        select(RegisteredDocument, LanguageVersion)
        .outerjoin(LanguageVersion, LanguageVersion.document_id == RegisteredDocument.id)
        .where(RegisteredDocument.meeting_id == meeting.id, out_now(session))
        .order_by(RegisteredDocument.created_at, RegisteredDocument.id)
    ).all()
    versions = _versions_of((document, version) for document, version in rows)
    documents = sorted({row.id: row for row, _ in rows}.values(), key=lambda row: symbols.place_in_lists(row.symbol))
    return tuple(line_of(session, document, versions[document.id], meeting) for document in documents)


def _versions_of(rows: Any) -> dict[uuid.UUID, dict[str, LanguageVersion]]:
    found: dict[uuid.UUID, dict[str, LanguageVersion]] = {}
    for document, version in rows:
        of = found.setdefault(document.id, {})
        if version is not None:
            of[version.language] = version
    return found


def line_of(
    session: GuardedSession,
    document: RegisteredDocument,
    languages: Mapping[str, LanguageVersion],
    meeting: Meeting | None,
    position: int = 0,
) -> PaperLine:
    """Return a document as a list shows it; days are those of the meeting's zone, else of the viewer's."""
    zone = meeting.time_zone if meeting is not None else session.bound_viewer.time_zone
    is_dated = meeting is not None and not meeting.date_is_open and meeting.state != "cancelled"
    dates = paper_dates(
        document.kind,
        (meeting.starts_on, meeting.ends_on) if meeting is not None and is_dated else None,
        asked_on=in_zone(document.created_at, zone).date(),
        lead_weeks=document.lead_weeks,
        set_on=document.due_on,
    )
    today = in_zone(session.now, zone).date()
    return PaperLine(
        document=document,
        languages=languages,
        dates=dates,
        standing=dates.standing(today, document.state),
        today=today,
        is_embargoed=is_embargoed(session, document),
        meeting=meeting,
        position=position,
    )
