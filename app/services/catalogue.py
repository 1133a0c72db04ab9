"""Loading the catalogue: what nobody edited here follows it, what somebody did is kept and reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from app.domain.catalogue import Catalogue, Conflict, merge
from app.domain.catalogue import Mechanism as MechanismFacts
from app.domain.catalogue import Office as OfficeFacts
from app.domain.catalogue import Party as PartyFacts
from app.domain.visibility import REGISTER
from app.models import Commitment, Mechanism, Office, Party
from app.services.catalogue_commitments import columns_of, pledges_first
from app.services.practice import PREFIX, add_example

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from app.db import Database, GuardedSession


@dataclass(slots=True)
class LoadReport:
    """What a load did: refs or codes added and changed, and the clashes with what was edited here."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    conflicts: list[tuple[str, Conflict]] = field(default_factory=list)

    def merged(self, name: str, row: Party | Mechanism | Commitment, new: dict[str, Any]) -> dict[str, Any]:
        """Merge the newer facts into the row's, note what came of it, and return the facts to keep."""
        result = merge(row.facts, row.loaded_facts, new)
        if result.changed:
            self.changed.append(name)
        self.conflicts += [(name, conflict) for conflict in result.conflicts]
        if row.loaded_facts != new:
            row.loaded_facts = new
        return result.updated


def load_catalogue(database: Database, catalogue: Catalogue) -> LoadReport:
    """Load the catalogue in one transaction; loading the same one again changes nothing."""
    report = LoadReport()
    with database.system_session("load the catalogue", "write") as session:
        for party in catalogue.parties:
            kept = _load_party(session, party, report)
            for office in _parents_first(party.offices):
                _load_office(session, party.code, office, kept)
        register = session.audience({REGISTER})
        for mechanism in catalogue.mechanisms:
            _load_mechanism(session, mechanism, report)
        session.flush()  # commitments refer to them
        refs = {row.ref: row.id for row in session.execute(select(Mechanism.ref, Mechanism.id)) if row.ref}
        for commitment in pledges_first(catalogue.commitments):
            _load_commitment(session, dict(commitment.as_facts()), refs, report)
        if add_example(session):
            report.added.append(PREFIX)
        if report.added or report.changed:
            session.record(
                "catalogue_loaded", "catalogue", "catalogue", register, added=report.added, changed=report.changed
            )
        session.commit()
    return report


def _load_party(session: GuardedSession, party: PartyFacts, report: LoadReport) -> dict[str, Any]:
    """Load a party and return the facts that are kept of it, its offices among them."""
    new: dict[str, Any] = dict(party.as_facts())
    row = session.get(Party, party.code)
    facts = report.merged(party.code, row, new) if row else new
    shown = {name: facts[name] for name in ("name", "capital", "time_zone")} | {
        "is_core": facts["core"],
        "facts": facts,
    }
    if row is None:
        session.add(Party(code=party.code, loaded_facts=new, **shown))
        report.added.append(party.code)
        session.flush()  # offices refer to it
    else:
        _set(row, shown)
    return facts


def _load_office(session: GuardedSession, party_code: str, office: OfficeFacts, kept: dict[str, Any]) -> None:
    """Load an office as part of its party's facts, where its edits are found and kept."""
    facts = next((entry for entry in kept["offices"] if entry["code"] == office.code), dict(office.as_facts()))
    shown = {name: facts.get(name) for name in ("name", "part_of", "city", "time_zone")}
    row = session.get(Office, office.code)
    if row is None:
        session.add(Office(code=office.code, party_code=party_code, **shown))
        session.flush()  # another office may be part of it
    else:
        _set(row, shown)


def _set(row: object, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _parents_first(offices: tuple[OfficeFacts, ...]) -> list[OfficeFacts]:
    """Return the offices with each one after the office it is part of, since keys point that way."""
    ordered: list[OfficeFacts] = []
    waiting = list(offices)
    while waiting:
        placed = {office.code for office in ordered}
        ready = [office for office in waiting if office.part_of is None or office.part_of in placed]
        if not ready:
            raise ValueError(f"offices are parts of each other in a circle: {[office.code for office in waiting]}")
        ordered += ready
        waiting = [office for office in waiting if office not in ready]
    return ordered


def _load_mechanism(session: GuardedSession, mechanism: MechanismFacts, report: LoadReport) -> None:
    new = mechanism.as_facts()
    row = session.execute(select(Mechanism).where(Mechanism.ref == mechanism.ref)).scalar_one_or_none()
    if row is None:
        taken = session.execute(
            select(Mechanism.prefix).where(
                or_(Mechanism.code == mechanism.code, Mechanism.prefix == mechanism.prefix), Mechanism.ref.is_(None)
            )
        ).scalar_one_or_none()
        if taken is not None:
            report.conflicts.append((mechanism.ref, Conflict("prefix", taken, mechanism.prefix)))
            return
        row = Mechanism(
            ref=mechanism.ref,
            facts=new,
            loaded_facts=new,
            audience_id=session.audience({REGISTER}),
            code=mechanism.code,
            prefix=mechanism.prefix,
            status=mechanism.status,
            name=new["name"],
            parties=new["parties"],
        )
        session.add(row)
        report.added.append(mechanism.ref)
        return
    facts = report.merged(mechanism.ref, row, new)
    if facts != row.facts:
        row.facts = facts
        row.code, row.prefix, row.status = facts["code"], facts["prefix"], facts["status"]
        row.name, row.parties = facts["name"], facts["parties"]


def _load_commitment(
    session: GuardedSession, new: dict[str, Any], mechanisms: Mapping[str, uuid.UUID], report: LoadReport
) -> None:
    """Load a commitment; what its parties say of it, and how they agreed to account for it, is no fact of it."""
    ref = new["ref"]
    row = session.execute(select(Commitment).where(Commitment.ref == ref)).scalar_one_or_none()
    facts = report.merged(ref, row, new) if row else new
    if row is not None and facts == row.facts:
        return
    columns = columns_of(facts) | {"mechanism_id": mechanisms.get(facts["mechanism"])}
    repeated = select(Commitment.id).where(Commitment.ref == facts["repeats"])
    columns["repeats_id"] = session.execute(repeated).scalar_one_or_none() if facts["repeats"] else None
    if row is None:
        register = session.audience({REGISTER})
        dated = {"created_at": session.now, "changed_at": session.now}
        session.add(Commitment(ref=ref, loaded_facts=new, audience_id=register, **columns, **dated))
        session.flush()  # another may repeat it
        report.added.append(ref)
        return
    _set(row, columns | {"changed_at": session.now})
