"""Loading the catalogue: idempotent, newer where nobody edited, kept and reported where somebody did."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sqlalchemy import func, select

from app.catalogue import load_shipped
from app.db import Database, GuardedSession
from app.domain.catalogue import Catalogue, Trilingual
from app.models import Audience, AuditRecord, Commitment, Mechanism, Office, Party
from app.services.catalogue import load_catalogue
from tests import world

NEW_NOTE = "Agreed again in 2027."


def newer(**changed: object) -> Catalogue:
    """Return the shipped catalogue with M02 changed."""
    shipped = load_shipped()
    mechanisms = tuple(
        dataclasses.replace(each, **changed) if each.ref == "M02" else each  # type: ignore[arg-type]
        for each in shipped.mechanisms
    )
    return dataclasses.replace(shipped, mechanisms=mechanisms)


def edit(database: Database, **facts: object) -> None:
    """Edit M02 here, as a delegation would."""
    with database.system_session("edit a mechanism in a test", "write") as session:
        row = world.mechanism_of(session, "M02")
        row.facts = row.facts | facts
        session.commit()


def facts_of(database: Database) -> dict[str, object]:
    with database.system_session("read a mechanism in a test") as session:
        return dict(world.mechanism_of(session, "M02").facts)


def test_everything_is_there_once(database: Database) -> None:
    with database.system_session("count what was loaded") as session:
        counts = {
            model: session.scalar(select(func.count()).select_from(model))
            for model in (Commitment, Mechanism, Party, Office)
        }
        revisions = session.scalar(select(func.sum(Audience.revision)))
        acts = session.scalar(select(func.count()).select_from(AuditRecord))
    shipped = load_shipped()
    # The 55 of the catalogue, and the example to practise on.
    assert counts == {Commitment: 18, Mechanism: 56, Party: len(shipped.parties), Office: len(shipped.offices)}
    report = load_catalogue(database, shipped)
    assert (report.added, report.changed, report.conflicts) == ([], [], [])
    with database.system_session("count again") as session:
        assert session.scalar(select(func.sum(Audience.revision))) == revisions
        assert session.scalar(select(func.count()).select_from(AuditRecord)) == acts


def test_what_nobody_edited_follows_the_catalogue(database: Database) -> None:
    report = load_catalogue(database, newer(status_note=NEW_NOTE, status="dormant"))
    assert (report.added, report.changed, report.conflicts) == ([], ["M02"], [])
    assert facts_of(database)["status_note"] == NEW_NOTE
    with database.system_session("read the column") as session:
        assert world.mechanism_of(session, "M02").status == "dormant"


def test_what_was_edited_here_is_kept_and_a_clash_is_told_once(database: Database) -> None:
    edit(database, status_note="As we see it.")
    report = load_catalogue(database, newer(status_note=NEW_NOTE, acronym="NADD2"))
    assert report.changed == ["M02"]
    assert [(ref, clash.field, clash.here, clash.catalogue) for ref, clash in report.conflicts] == [
        ("M02", "status_note", "As we see it.", NEW_NOTE)
    ]
    kept = facts_of(database)
    assert (kept["status_note"], kept["acronym"]) == ("As we see it.", "NADD2")
    again = load_catalogue(database, newer(status_note=NEW_NOTE, acronym="NADD2"))
    assert (again.changed, again.conflicts) == ([], [])


def test_an_edit_that_the_catalogue_comes_to_share_is_no_clash(database: Database) -> None:
    edit(database, status_note=NEW_NOTE)
    assert load_catalogue(database, newer(status_note=NEW_NOTE)).conflicts == []


def test_an_offices_name_follows_its_partys_facts(database: Database) -> None:
    shipped = load_shipped()
    renamed = Trilingual(en="Global Affairs", es="Asuntos Mundiales", fr="Affaires mondiales")
    canada = shipped.party("CA")
    offices = tuple(
        dataclasses.replace(each, name=renamed) if each.code == "CA-GAC" else each for each in canada.offices
    )
    parties = tuple(
        dataclasses.replace(canada, offices=offices) if each is canada else each for each in shipped.parties
    )
    assert load_catalogue(database, dataclasses.replace(shipped, parties=parties)).changed == ["CA"]
    with database.system_session("read an office") as session:
        assert session.get_one(Office, "CA-GAC").name["fr"] == "Affaires mondiales"


def newer_commitment(ref: str, **changed: object) -> Catalogue:
    """Return the shipped catalogue with one commitment changed."""
    shipped = load_shipped()
    commitments = tuple(
        dataclasses.replace(each, **changed) if each.ref == ref else each  # type: ignore[arg-type]
        for each in shipped.commitments
    )
    return dataclasses.replace(shipped, commitments=commitments)


def commitment(session: GuardedSession, ref: str) -> Commitment:
    return session.execute(select(Commitment).where(Commitment.ref == ref)).scalar_one()


def test_commitments_are_loaded_for_all_who_read_the_register_and_only_pledges_count(database: Database) -> None:
    with database.read_session(world.viewer("ana")) as session:
        rows = session.execute(select(Commitment).where(Commitment.origin == "catalogue")).scalars().all()
        kinds = {row.ref: row.kind for row in rows if row.kind != "pledge"}
        mechanisms = {row.ref: session.get_one(Mechanism, row.mechanism_id).ref for row in rows}
        first, last = commitment(session, "C01"), commitment(session, "C17")
        assert commitment(session, "C11").repeats_id == first.id
    assert len(rows) == 18
    assert kinds == {"C07": "practice", "C08": "practice", "C11": "repeat", "C18": "practice"}
    assert (mechanisms["C01"], mechanisms["C17"]) == ("M01", "M52")
    assert (last.due_on, last.owners) == (dt.date(2026, 7, 1), ["CA", "MX", "US"])
    assert (first.title["fr"].split()[0], first.facts["source"], first.facts["pointer"]) == ("Tenir", "S0", "S0:58-60")
    with database.read_session(world.viewer("olga")) as session:
        assert session.execute(select(Commitment)).scalars().all() == []


def test_a_commitment_follows_the_catalogue_but_for_what_was_edited_here(database: Database) -> None:
    with database.system_session("edit a commitment in a test", "write") as session:
        row = commitment(session, "C03")
        row.facts = row.facts | {"status_note": "As we see it."}
        row.indicator = "Travellers enrolled"
        session.commit()
    later = newer_commitment("C03", status_note="Asked again in 2027.", due_on=dt.date(2027, 12, 31))
    report = load_catalogue(database, later)
    assert report.changed == ["C03"]
    assert [(ref, clash.field, clash.here) for ref, clash in report.conflicts] == [
        ("C03", "status_note", "As we see it.")
    ]
    with database.system_session("read a commitment in a test") as session:
        row = commitment(session, "C03")
        assert (row.facts["status_note"], row.indicator) == ("As we see it.", "Travellers enrolled")
        assert (row.due_on, row.facts["due_on"]) == (dt.date(2027, 12, 31), "2027-12-31")
    again = load_catalogue(database, later)
    assert (again.added, again.changed, again.conflicts) == ([], [], [])
