"""Rosters: who proposes and approves, who sees what, the order of the parties, attendance, and the paper's words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain import rosters as rules
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.models import (
    AuditRecord,
    Contact,
    Decision,
    Meeting,
    OutboxMessage,
    Release,
    RosterAddress,
    RosterEntry,
    rosters,
)
from app.services import attendance, precedence, roster_acts, roster_many
from app.services.attendance import Marked
from app.services.audience_moves import move_to_parties
from app.services.meetings import find_meeting
from app.services.participants import participants_paper
from app.services.precedence import OrderFields
from app.services.roster_people import EntryFields, address_of
from app.services.rosters import RosterView, approved_entries, note_reply, order_of, roster_counts, roster_of
from tests import world
from tests.conftest import Clock

MEETING = "UNC-2026-5"
PAIR = "UNC-2026-MXUS-7"
DAY = dt.date(2026, 12, 10)


def convene(database: Database, reference: str = MEETING, parties: tuple[str, ...] = world.THREE, **more: Any) -> None:
    with database.system_session("convene a meeting of the tests", "write") as session:
        world.add_meeting(session, reference, parties, **{"mechanism": "M01", "hosting": {"MX": "host"}, **more})
        session.commit()


@pytest.fixture
def held(sqlite_database: Database) -> Database:
    """Return a database with a meeting of the three in it, hosted by Mexico."""
    convene(sqlite_database)
    return sqlite_database


def act(database: Database, key: str, do: Callable[..., Any], *args: Any, reference: str = MEETING, **more: Any) -> Any:
    """Do something as a member of the cast, and return what it gives."""
    with database.write_session(world.viewer(key)) as session:
        given = do(session, reference, *args, **more)
        session.commit()
        return given


def propose(database: Database, key: str, reference: str = MEETING, **fields: Any) -> RosterEntry:
    row: RosterEntry = act(database, key, roster_acts.propose_entry, EntryFields(**fields), reference=reference)
    return row


def seen(database: Database, key: str, reference: str = MEETING) -> RosterView:
    with database.read_session(world.viewer(key)) as session:
        return roster_of(session, find_meeting(session, reference))


def names(database: Database, key: str, reference: str = MEETING) -> set[str]:
    view = seen(database, key, reference)
    return {line.entry.name for line in (*view.approved, *view.waiting, *view.ended)}


def refused(do: Callable[[], Any]) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        do()
    return caught.value.key, caught.value.field


def told(database: Database) -> list[tuple[str, uuid.UUID | None, uuid.UUID | None]]:
    with database.system_session("read who was told") as session:
        rows = session.execute(select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.kind)).scalars()
        return [(row.kind, row.recipient_id, row.entry_id) for row in rows]


def recorded(database: Database) -> list[tuple[str, str | None]]:
    with database.system_session("read the record") as session:
        rows = session.execute(
            select(AuditRecord).where(AuditRecord.subject_kind == "roster").order_by(AuditRecord.number)
        ).scalars()
        return [(row.action, row.party_code) for row in rows]


def test_the_words_of_the_rules_are_those_of_the_tables() -> None:
    assert (rules.ROLES, rules.LEVELS) == (rosters.ROSTER_ROLES, rosters.LEVELS)


# Who sees what -------------------------------------------------------------------------------------


def test_an_entry_crosses_the_wall_when_it_is_approved_and_comes_back_when_it_is_withdrawn(database: Database) -> None:
    convene(database)
    row = propose(database, "diego", name="Teresa Urrutia", role="head", email="Tere@Example.org", language="fr")
    assert row.state == "proposed"
    assert all(names(database, key) == {"Teresa Urrutia"} for key in ("ana", "diego", "lucia"))
    assert not any(names(database, key) for key in ("benoit", "carol", "sam"))
    assert told(database) == []

    act(database, "ana", roster_acts.approve_entry, row.id, row.version)
    assert all(names(database, key) == {"Teresa Urrutia"} for key in ("diego", "benoit", "carol", "sam"))
    for key, address in (("diego", "tere@example.org"), ("benoit", None), ("sam", None)):
        with database.read_session(world.viewer(key)) as session:
            kept = address_of(session, row.id)
            assert (kept.email if kept else None) == address
            assert len(session.execute(select(RosterAddress)).all()) == (1 if address else 0)

    version = seen(database, "ana").approved[0].entry.version
    act(database, "ana", roster_acts.withdraw_entry, row.id, version)
    assert names(database, "diego") == {"Teresa Urrutia"}
    assert not any(names(database, key) for key in ("benoit", "carol", "sam"))
    assert told(database) == [("roster_joined", None, row.id), ("roster_left", None, row.id)]

    back = act(database, "ana", roster_acts.restore_entry, row.id, seen(database, "ana").ended[0].entry.version)
    assert back.state == "approved"
    assert names(database, "benoit") == {"Teresa Urrutia"}
    assert recorded(database) == [
        (each, "MX")
        for each in ("roster_proposed", "roster_approved", "roster_withdrawn", "roster_restored", "roster_approved")
    ]


def test_a_meeting_of_two_and_its_roster_do_not_exist_for_the_third(sqlite_database: Database) -> None:
    convene(sqlite_database, PAIR, ("MX", "US"))
    propose(sqlite_database, "ana", PAIR, name="Teresa Urrutia")
    assert names(sqlite_database, "erin", PAIR) == {"Teresa Urrutia"}
    with pytest.raises(NotFound):
        seen(sqlite_database, "isabelle", PAIR)
    with pytest.raises(NotFound):
        propose(sqlite_database, "isabelle", PAIR, name="Somebody")


def test_the_record_of_what_waits_is_its_own_delegations(held: Database) -> None:
    propose(held, "diego", name="Teresa Urrutia")
    for key, count in (("lucia", 1), ("benoit", 0), ("sam", 0), ("marta", 0)):
        with held.read_session(world.viewer(key)) as session:
            rows = session.execute(select(AuditRecord).where(AuditRecord.subject_kind == "roster")).scalars().all()
            assert len(rows) == count
            assert "Teresa" not in str([row.facts for row in rows])


# Who goes ------------------------------------------------------------------------------------------


def test_a_coordinators_own_entry_is_approved_at_once_and_the_person_told(held: Database) -> None:
    row = propose(held, "ana", person_id=world.CAST["diego"].id, role="alternate", title="Director")
    assert (row.state, row.name, row.title, row.decided_by) == (
        "approved", "Diego Salas", "Director", world.CAST["ana"].id,
    )  # fmt: skip
    assert told(held) == [("roster_joined", world.CAST["diego"].id, None)]


def test_another_address_begins_anew_so_that_the_first_one_opens_nothing(held: Database) -> None:
    """Whoever was written to by mistake is told that they do not go; who acts for the person acts for them still."""
    row = propose(held, "ana", name="Teresa Urrutia", role="head", email="wrong@example.org", language="fr")
    other = propose(held, "ana", name="Luis Rey", role="alternate", acts_for_id=row.id)
    typed = EntryFields(name="Teresa Urrutia", role="head", email="right@example.org", language="fr")
    new = act(held, "ana", roster_acts.change_entry, row.id, typed, row.version)
    with held.read_session(world.viewer("diego")) as session:
        before = session.get_one(RosterEntry, row.id)
        kept = [address_of(session, each) for each in (row.id, new.id)]
        assert (before.state, new.state, session.get_one(RosterEntry, other.id).acts_for_id) == (
            "withdrawn", "approved", new.id,
        )  # fmt: skip
        assert [each.email for each in kept if each] == ["wrong@example.org", "right@example.org"]
    assert told(held) == [
        ("roster_joined", None, row.id), ("roster_joined", None, other.id), ("roster_joined", None, new.id),
        ("roster_left", None, row.id),
    ]  # fmt: skip
    assert names(held, "benoit") == {"Teresa Urrutia", "Luis Rey"}
    # What changes no address changes the entry itself.
    same = EntryFields(name="Teresa Urrutia", role="head", title="Minister", email="Right@example.org", language="fr")
    assert act(held, "ana", roster_acts.change_entry, new.id, same, new.version).id == new.id


def test_contacts_and_addresses_that_have_an_account_are_taken_for_whom_they_are(held: Database) -> None:
    with held.write_session(world.viewer("ana")) as session:
        contact = Contact(
            id=uuid.uuid4(), party_code="MX", kind="protocol", name="Rosa Lima", position="Protocol", added_by=session.
            bound_viewer.person_id, email="rosa@example.org", created_at=world.NOW, changed_at=world.NOW,
            audience_id=session.audience({"party:MX"}),
        )  # fmt: skip
        session.add(contact)
        session.commit()
    row = propose(held, "diego", contact_id=contact.id)
    assert (row.name, row.title, row.person_id) == ("Rosa Lima", "Protocol", None)
    with held.read_session(world.viewer("diego")) as session:
        kept = address_of(session, row.id)
        assert kept is not None
        assert (kept.email, kept.language, kept.time_zone) == ("rosa@example.org", "es", "America/Mexico_City")
    own = propose(held, "diego", name="Somebody", email=" LUCIA@example.org ")
    assert (own.person_id, own.name) == (world.CAST["lucia"].id, "Lucía Mena")
    # Whether an address has an account at another party says nothing.
    other = propose(held, "diego", name="Benoît T.", email="benoit@example.org")
    assert (other.person_id, other.name) == (None, "Benoît T.")


@pytest.mark.parametrize(
    ("key", "fields", "expected"),
    [
        ("diego", {}, ("person_or_name", "name")),
        ("diego", {"person_id": world.CAST["benoit"].id}, ("unknown_person", "person_id")),
        ("diego", {"person_id": uuid.UUID(int=1)}, ("unknown_person", "person_id")),
        ("diego", {"contact_id": uuid.UUID(int=1)}, ("unknown_contact", "contact_id")),
        ("diego", {"name": "A", "role": "minister"}, ("unknown_roster_role", "role")),
        ("diego", {"name": "A", "office_code": "CA-GAC"}, ("unknown_office", "office_code")),
        ("diego", {"name": "A", "acts_for_id": uuid.UUID(int=1)}, ("unknown_entry", "acts_for_id")),
        ("diego", {"name": "A", "email": "no address"}, ("not_an_email", "email")),
        ("diego", {"name": "A", "email": "a@example.org\r\nBcc: b@example.org"}, ("not_an_email", "email")),
        ("diego", {"name": "A", "email": "a@example.org", "time_zone": "Mars/Base"}, ("unknown_zone", "time_zone")),
        ("diego", {"name": "A\x00B"}, ("control_characters", "name")),
        ("diego", {"name": "\u202eA"}, ("bidi_override", "name")),
        ("diego", {"name": "x" * 301}, ("too_long", "name")),
        ("sam", {"name": "A"}, ("forbidden", None)),
    ],
)
def test_what_is_refused_leaves_nothing(
    held: Database, key: str, fields: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    assert refused(lambda: propose(held, key, **fields)) == expected
    assert names(held, "ana") == set()


def test_a_header_in_a_name_is_one_line_of_it(held: Database) -> None:
    row = propose(held, "diego", name="Ana\r\nBcc: everybody@example.org", title="=HYPERLINK(1)")
    assert (row.name, row.title) == ("Ana Bcc: everybody@example.org", "=HYPERLINK(1)")


def test_nobody_is_on_a_roster_twice_until_they_are_withdrawn(held: Database) -> None:
    row = propose(held, "diego", name="Lía Núñez")
    assert refused(lambda: propose(held, "ana", name="LIA NUNEZ")) == ("on_roster_already", "name")
    act(held, "diego", roster_acts.withdraw_entry, row.id, row.version)
    again = propose(held, "diego", name="Lía Núñez")
    ended = seen(held, "diego").ended[0].entry
    assert refused(lambda: act(held, "diego", roster_acts.restore_entry, ended.id, ended.version))[0] == (
        "on_roster_already"
    )
    assert again.state == "proposed"


def test_who_proposes_does_not_decide(held: Database) -> None:
    row = propose(held, "diego", name="Teresa Urrutia")
    for decide in (roster_acts.approve_entry, roster_acts.refuse_entry):
        assert refused(lambda each=decide: act(held, "diego", each, row.id, row.version)) == ("forbidden", None)  # type: ignore[misc]
    with pytest.raises(NotFound):
        act(held, "isabelle", roster_acts.approve_entry, row.id, row.version)
    act(held, "lucia", roster_acts.approve_entry, row.id, row.version)
    now = seen(held, "diego").approved[0].entry
    change = EntryFields(name="Teresa U.")
    assert refused(lambda: act(held, "diego", roster_acts.change_entry, row.id, change, now.version))[0] == (
        "approved_is_theirs"
    )
    assert refused(lambda: act(held, "diego", roster_acts.withdraw_entry, row.id, now.version)) == ("forbidden", None)
    # Somebody else's approved entry is seen, and nobody else's to change.
    with pytest.raises(NotFound):
        act(held, "isabelle", roster_acts.withdraw_entry, row.id, now.version)


def test_a_decision_on_another_version_than_was_looked_at_is_not_taken(held: Database) -> None:
    row = propose(held, "diego", name="Teresa Urrutia")
    act(held, "diego", roster_acts.change_entry, row.id, EntryFields(name="Teresa U.", role="head"), row.version)
    with pytest.raises(StaleVersion):
        act(held, "ana", roster_acts.approve_entry, row.id, row.version)
    with pytest.raises(StaleVersion) as stale:
        act(held, "ana", roster_acts.change_entry, row.id, EntryFields(name="T. Urrutia"), row.version)
    assert (stale.value.yours["name"], stale.value.theirs["name"]) == ("T. Urrutia", "Teresa U.")
    assert [line.entry.state for line in seen(held, "ana").waiting] == ["proposed"]


def test_a_refused_entry_is_kept_and_can_be_put_back_to_wait(held: Database) -> None:
    row = propose(held, "diego", name="Teresa Urrutia")
    gone = act(held, "ana", roster_acts.refuse_entry, row.id, row.version)
    assert gone.state == "refused"
    assert (told(held), names(held, "benoit")) == ([], set())
    back = act(held, "diego", roster_acts.restore_entry, row.id, seen(held, "diego").ended[0].entry.version)
    assert back.state == "proposed"


def test_people_stand_in_the_order_of_their_role_and_place_and_say_whom_they_speak_for(held: Database) -> None:
    act(held, "ana", precedence.set_precedence, OrderFields("alphabetical", "es", None, "minister"), 0)
    minister = propose(held, "ana", name="The minister", role="head")
    propose(held, "ana", name="B", role="adviser")
    propose(held, "ana", name="A", role="adviser")
    propose(held, "ana", name="First", role="adviser", position=1)
    propose(held, "ana", name="Deputy", role="alternate", acts_for_id=minister.id, actual_level="deputy_minister")
    act(held, "ana", roster_acts.change_entry, minister.id,
        EntryFields(name="The minister", role="head", actual_level="director"), minister.version)  # fmt: skip
    mexico = next(each for each in seen(held, "benoit").delegations if each.party == "MX")
    assert [line.entry.name for line in mexico.lines] == ["The minister", "Deputy", "B", "First", "A"]
    first = mexico.lines[0].substitution
    assert first is not None
    assert (first.expected, first.actual) == ("minister", "director")
    second = mexico.lines[1].substitution
    assert second is not None
    assert (second.acts_for, second.expected) == ("The minister", None)


def test_whom_somebody_speaks_for_is_not_named_to_others_while_that_one_waits(held: Database) -> None:
    waits = propose(held, "diego", name="Not to be known")
    propose(held, "ana", name="Deputy", role="head", acts_for_id=waits.id)
    assert seen(held, "ana").approved[0].acts_for == "Not to be known"
    assert seen(held, "benoit").approved[0].acts_for == ""
    with held.read_session(world.viewer("ana")) as session:
        assert "Not to be known" not in str(participants_paper(session, MEETING, "en"))


def test_heads_are_advised_on_and_never_enforced(held: Database) -> None:
    assert [each.advice for each in seen(held, "ana").heads(("MX",))] == ["missing"]
    for name in ("One", "Two"):
        propose(held, "ana", name=name, role="head")
    assert [(each.party, each.advice) for each in seen(held, "sam").heads(world.THREE)] == [
        ("CA", "missing"), ("MX", "several"), ("US", "missing"),
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_the_roster_of_a_meeting_that_is_over_stays(sqlite_database: Database, state: str) -> None:
    convene(sqlite_database, state=state)
    assert refused(lambda: propose(sqlite_database, "ana", name="A")) == ("roster_is_over", None)
    view = seen(sqlite_database, "ana")
    assert (view.may_keep, view.may_approve, view.may_steer) == (False, False, False)


def test_a_party_that_comes_later_sees_who_goes_and_not_who_waits(sqlite_database: Database) -> None:
    convene(sqlite_database, "UNC-2026-MXUS-8", ("MX", "US"))
    propose(sqlite_database, "ana", "UNC-2026-MXUS-8", name="Approved")
    propose(sqlite_database, "diego", "UNC-2026-MXUS-8", name="Waiting")
    with sqlite_database.system_session("let a party in", "write") as session:
        meeting = session.execute(select(Meeting).where(Meeting.reference == "UNC-2026-MXUS-8")).scalar_one()
        move_to_parties(session, meeting, world.THREE, ())
        session.commit()
    with sqlite_database.read_session(world.viewer("isabelle")) as session:
        assert [row.name for row in session.execute(select(RosterEntry)).scalars()] == ["Approved"]


# Several at once -----------------------------------------------------------------------------------


def test_a_pasted_table_is_added_whole_or_not_at_all(held: Database) -> None:
    text = "Name;Role;E-mail;Takes part\nJuan Paz;Head of delegation;jp@example.org;\nEva Sol;;;By video\nIx;adviser;;"
    preview = act(held, "diego", roster_many.preview_entries, text)
    assert [(line.new.name, line.new.role, line.new.mode) for line in preview.lines if line.new] == [
        ("Juan Paz", "head", "in_person"), ("Eva Sol", "adviser", "remote"), ("Ix", "adviser", "in_person"),
    ]  # fmt: skip
    assert (preview.wrong_count, preview.may_approve, names(held, "ana")) == (0, False, set())
    made = act(held, "diego", roster_many.add_entries, text)
    assert [(row.name, row.position, row.state) for row in made] == [
        ("Juan Paz", 1, "proposed"), ("Eva Sol", 1, "proposed"), ("Ix", 2, "proposed"),
    ]  # fmt: skip
    wrong = "Name;Role;E-mail\nNew One;emperor;\nJUAN PAZ;;\nOther;;nowhere\nOther;;"
    preview = act(held, "diego", roster_many.preview_entries, wrong)
    assert [[refusal.key for refusal in line.refusals] for line in preview.lines] == [
        ["unknown_roster_role"], ["on_roster_already"], ["not_an_email"], ["on_roster_already"],
    ]  # fmt: skip
    assert refused(lambda: act(held, "diego", roster_many.add_entries, wrong)) == ("rows_are_wrong", "table")
    assert names(held, "ana") == {"Juan Paz", "Eva Sol", "Ix"}


# The order of the parties --------------------------------------------------------------------------


def test_the_order_of_the_parties_and_who_sets_it(held: Database) -> None:
    assert seen(held, "benoit").order.parties == ("CA", "US", "MX")
    typed = OrderFields("rotating", "en", "US", "minister")
    for key in ("diego", "benoit"):
        assert refused(lambda who=key: act(held, who, precedence.set_precedence, typed, 0)) == ("forbidden", None)  # type: ignore[misc]
    act(held, "sam", precedence.set_precedence, typed, 0)
    order = seen(held, "benoit").order
    assert (order.parties, order.precedence.is_kept, order.expected_level) == (("US", "CA", "MX"), True, "minister")
    with pytest.raises(StaleVersion):
        act(held, "ana", precedence.set_precedence, OrderFields("alphabetical", "fr", None, None), 0)
    act(held, "ana", precedence.set_precedence, OrderFields("alphabetical", "fr", "US", None), 1)
    order = seen(held, "benoit").order
    assert (order.parties, order.precedence.first_party) == (("CA", "US", "MX"), None)
    for typed, key in (
        (OrderFields("rank", "en", None, None), "unknown_precedence"),
        (OrderFields("rotating", "en", "BR", None), "unknown_party"),
        (OrderFields("rotating", "en", None, "emperor"), "unknown_level"),
    ):
        assert refused(lambda what=typed: act(held, "ana", precedence.set_precedence, what, 2))[0] == key  # type: ignore[misc]


def test_the_turns_are_those_in_which_the_mechanisms_parties_host(sqlite_database: Database) -> None:
    convene(sqlite_database, "NALS-2026-1", mechanism="M04")
    for version, (first, expected) in enumerate(((None, ("US", "MX", "CA")), ("CA", ("CA", "US", "MX")))):
        act(sqlite_database, "ana", precedence.set_precedence, OrderFields("rotating", "en", first, None), version,
            reference="NALS-2026-1")  # fmt: skip
        assert seen(sqlite_database, "benoit", "NALS-2026-1").order.parties == expected


# Credentials ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "may"), [("ana", True), ("diego", True), ("sam", True), ("erin", True), ("benoit", False)]
)
def test_credentials_are_noted_by_their_own_side_the_host_and_the_secretariat(
    held: Database, key: str, may: bool
) -> None:
    def note(on: dt.date | None) -> Any:
        return act(held, key, roster_acts.note_credentials, row.id, on, version)

    row = propose(held, "erin", name="Head", role="head")
    version = seen(held, "erin").approved[0].entry.version
    if not may:
        assert refused(lambda: act(held, key, roster_acts.note_credentials, row.id, DAY, version)) == (
            "forbidden",
            None,
        )
        return
    later = world.NOW.date() + dt.timedelta(days=1)
    assert refused(lambda: note(later)) == (
        "credentials_later", "credentials_on",
    )  # fmt: skip
    noted = note(dt.date(2026, 11, 20))
    assert noted.credentials_on == dt.date(2026, 11, 20)
    with pytest.raises(StaleVersion):
        note(None)
    view = seen(held, "benoit")
    assert (view.credentials_due_on, view.approved[0].entry.credentials_on) == (
        dt.date(2026, 12, 3),
        noted.credentials_on,
    )


# The list of participants ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "headings", "reason"),
    [
        ("en", ["Canada", "United States", "Mexico"], "Alphabetical in the language of the host, Mexico: Spanish."),
        ("es", ["Canadá", "Estados Unidos", "México"], None),
        ("fr", ["Canada", "États-Unis", "Mexique"], None),
    ],
)
def test_the_list_has_those_who_are_approved_in_the_order_of_precedence(
    held: Database, language: str, headings: list[str], reason: str | None
) -> None:
    propose(held, "ana", name="Head", role="head", email="head@example.org")
    propose(held, "diego", name="Not yet")
    for key in ("diego", "benoit", "sam"):
        with held.read_session(world.viewer(key)) as session:
            paper = participants_paper(session, MEETING, language)
        assert [each.heading for each in paper.parties] == headings
        assert [[person.name for person in each.people] for each in paper.parties] == [[], [], ["Head"]]
        assert "example.org" not in str(paper)
        assert reason in {None, paper.precedence}


def test_guests_of_a_released_meeting_are_listed_by_name_to_its_parties_alone(held: Database) -> None:
    olga = world.CAST["olga"]
    content = {"person_id": str(olga.id), "name": olga.name, "email": olga.email, "documents": []}
    with held.system_session("release the meeting to a guest", "write") as session:
        meeting = find_meeting(session, MEETING)
        session.add_all(
            [
                Decision(
                    id=uuid.uuid4(), kind="release", state=state, meeting_id=meeting.id, subject_id=olga.id,
                    content=content | {"name": name}, parties=list(world.THREE), asked_by_party="MX",
                    asked_by=world.CAST["ana"].id, asked_at=world.NOW, decided_at=decided,
                    audience_id=meeting.audience_id,
                )
                for state, name, decided in (("taken", olga.name, world.NOW), ("open", "Not yet", None))
            ]
        )  # fmt: skip
        session.add(
            Release(
                id=uuid.uuid4(), meeting_id=meeting.id, person_id=olga.id, released_at=world.NOW,
                audience_id=session.audience({*(f"party:{code}" for code in world.THREE), f"person:{olga.id}"}),
            )
        )  # fmt: skip
        session.commit()
    with held.read_session(world.viewer("benoit")) as session:
        paper = participants_paper(session, MEETING, "en")
    assert (paper.parties[-1].heading, [each.name for each in paper.parties[-1].people]) == (
        "Observers and guests", [olga.name],
    )  # fmt: skip
    assert olga.email not in str(paper)
    with held.read_session(world.viewer("olga")) as session, pytest.raises(NotFound):
        participants_paper(session, MEETING, "en")


# Who was there -------------------------------------------------------------------------------------


def test_attendance_and_quorum(sqlite_database: Database, clock: Clock) -> None:
    convene(sqlite_database)
    rows = {
        key: propose(sqlite_database, key, name=f"Head of {key}", role="head") for key in ("isabelle", "ana", "erin")
    }

    def record(key: str, on: dt.date = DAY, **marks: tuple[str, str | None]) -> Any:
        marked = {rows[each].id: Marked(*mark) for each, mark in marks.items()}
        return act(sqlite_database, key, attendance.record_attendance, on, marked)

    assert refused(lambda: record("ana", ana=("present", None))) == ("day_still_to_come", "day")
    clock.now = dt.datetime(2026, 12, 10, 16, tzinfo=dt.UTC)
    assert refused(lambda: record("ana", DAY + dt.timedelta(days=1), ana=("present", None)))[0] == (
        "not_a_day_of_the_meeting"
    )
    assert refused(lambda: record("ana", erin=("present", None))) == ("forbidden", None)
    assert refused(lambda: record("ana", ana=("late", None))) == ("unknown_presence", "presence")
    record("ana", ana=("present", None))
    assert [each.state for each in seen(sqlite_database, "benoit").quorums] == ["open"]
    record("sam", erin=("remote", None), isabelle=("absent", None))
    for key in ("benoit", "diego", "carol", "sam"):
        quorum = seen(sqlite_database, key).quorums[0]
        assert (quorum.state, quorum.missing) == ("informal", ("CA",))
        with sqlite_database.read_session(world.viewer(key)) as session:
            counts = roster_counts(session, find_meeting(session, MEETING))
        assert (dict(counts.approved), counts.quorums) == ({"CA": 1, "MX": 1, "US": 1}, (quorum,))
    # Afterwards too, but never over another's mark without having seen it.
    clock.now += dt.timedelta(days=20)
    with pytest.raises(StaleVersion):
        record("isabelle", isabelle=("present", None))
    record("isabelle", isabelle=("present", "absent"))
    assert seen(sqlite_database, "benoit").quorums[0].state == "quorum"
    assert recorded(sqlite_database)[-3:] == [
        ("attendance_recorded", "MX"),
        ("attendance_recorded", None),
        ("attendance_recorded", "CA"),
    ]


# For others ----------------------------------------------------------------------------------------


def test_replies_are_noted_on_the_entry(held: Database) -> None:
    row = propose(held, "ana", name="Head", role="head")
    with held.write_session(world.viewer("ana")) as session:
        (entry,) = approved_entries(session, find_meeting(session, MEETING).id)
        note_reply(session, entry, "accepted")
        session.commit()
    kept = seen(held, "ana").approved[0].entry
    assert (kept.id, kept.reply, kept.replied_at) == (row.id, "accepted", world.NOW)


def test_the_order_needs_one_statement_and_the_counts_another(held: Database) -> None:
    from sqlalchemy import event

    propose(held, "ana", name="Head", role="head")
    statements: list[str] = []
    with held.read_session(world.viewer("ana")) as session:
        meeting = find_meeting(session, MEETING)
        event.listen(held.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        order_of(session, meeting)
        roster_counts(session, meeting)
    assert len(statements) == 2, statements
