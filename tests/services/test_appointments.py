"""A secretariat holds by the consent of exactly its parties: asked, in force, ended; its members, and their hats."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession, digest_of
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Viewer, appointment_key, party_key
from app.models import (
    Action,
    AgendaItem,
    Appointment,
    AuditRecord,
    Base,
    Decision,
    Document,
    Guarded,
    Leg,
    Meeting,
    MeetingParty,
    Person,
    SignInSession,
    Sitting,
)
from app.services import appointment_members as members
from app.services import decision_effects as _effects  # noqa: F401 - each of its services declares what it does
from app.services import hats
from app.services.appointment_lists import appointments_of
from app.services.appointments import (
    NewSecretariat,
    ask_to_appoint,
    end_appointment,
    find_appointment,
    state_of,
)
from app.services.audience_moves import OF_MEETING, OF_THOSE, STAYS
from app.services.commitment_statements import NewStatement, state_commitment
from app.services.decisions import answer, find_decision, withdraw
from app.services.identity import viewer_of_person, viewer_of_token
from app.services.meeting_audience import keys_of
from app.services.meeting_life import Paper as SentPaper
from app.services.meetings import find_meeting
from app.services.updates import Evidence, add_note
from tests import story, world
from tests.conftest import Clock

THREE = frozenset(world.THREE)
TODAY = dt.date(2026, 11, 22)
NAME = {"en": "Office of the cycle", "es": "", "fr": ""}


def new(**changed: Any) -> NewSecretariat:
    values: dict[str, Any] = {"name": NAME, "office_code": None, "starts_on": TODAY, "ends_on": None}
    return NewSecretariat(**(values | changed))


def asked(
    database: Database, ref: str | None = "M04", meeting: str | None = None, by: str = "ana", **changed: Any
) -> uuid.UUID:
    """Ask for a secretariat of a mechanism, or of a meeting, and return the appointment's id."""
    with database.write_session(world.viewer(by)) as session:
        made = ask_to_appoint(
            session,
            new(**changed),
            mechanism=world.mechanism_of(session, ref) if ref and not meeting else None,
            meeting=find_meeting(session, meeting) if meeting else None,
        )
        session.commit()
        return made.id


def agreed(database: Database, appointment_id: uuid.UUID, *by: str) -> None:
    """Let each of these say yes for their party."""
    for key in by:
        with database.write_session(world.viewer(key)) as session:
            decision = session.execute(select(Decision).where(Decision.subject_id == appointment_id)).scalar_one()
            answer(session, decision.id, "yes", "", version=decision.version)
            session.commit()


def appointed(database: Database, **changed: Any) -> uuid.UUID:
    made = asked(database, **changed)
    agreed(database, made, "isabelle", "erin")
    return made


def meeting(database: Database, reference: str, parties: tuple[str, ...] = world.THREE, **changed: Any) -> None:
    with database.system_session("prepare a test", "write") as session:
        world.add_meeting(session, reference, parties, **({"mechanism": "M04"} | changed))
        session.commit()


def keys(database: Database, reference: str) -> frozenset[str]:
    with database.system_session("look at a test's meeting") as session:
        row = session.execute(select(Meeting).where(Meeting.reference == reference)).scalar_one()
        return keys_of(session, row.audience_id)


def named(database: Database, appointment_id: uuid.UUID, key: str, by: str = "ana", **days: Any) -> uuid.UUID:
    wanted = members.NewMember(world.CAST[key].id, "", days.get("starts_on"), days.get("ends_on"))
    with database.write_session(world.viewer(by)) as session:
        row = members.name_member(session, appointment_id, wanted)
        session.commit()
        return row.id


def refused(database: Database, by: str, act: Callable[[GuardedSession], Any]) -> tuple[str, str | None]:
    with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
        act(session)
    return caught.value.key, caught.value.field


def hats_of(database: Database, key: str) -> set[uuid.UUID]:
    found = viewer_of_person(database, world.CAST[key].id, database.clock())
    assert found is not None
    return {hat.appointment_id for hat in (*found.hats, *found.spare_hats)}


# Consent -------------------------------------------------------------------------------------------


def test_it_is_in_force_at_the_last_yes_and_not_before(database: Database) -> None:
    made = asked(database)
    named(database, made, "diego")
    for yes in ("isabelle", "erin"):
        with database.read_session(world.viewer("carol")) as session:
            assert state_of(find_appointment(session, made), TODAY) == "asked"
        assert hats_of(database, "diego") == set()
        agreed(database, made, yes)
    with database.read_session(world.viewer("carol")) as session:
        row = find_appointment(session, made)
        assert (state_of(row, TODAY), row.in_force_at, row.parties) == ("in_force", world.NOW, ["CA", "MX", "US"])
    assert hats_of(database, "diego") == {made}


@pytest.mark.parametrize("by", ["diego", "marta", "sam", "olga"])
def test_only_who_speaks_for_one_of_its_parties_asks(database: Database, by: str) -> None:
    def ask(session: GuardedSession) -> None:
        ask_to_appoint(session, new(), mechanism=None, meeting=None)

    assert refused(database, by, ask) == ("forbidden", None)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"name": {"en": " "}}, ("required", "name_en")),
        ({"starts_on": None}, ("required", "starts_on")),
        ({"starts_on": dt.date(2026, 11, 21)}, ("starts_in_the_past", "starts_on")),
        ({"ends_on": dt.date(2026, 11, 21)}, ("ends_before_start", "ends_on")),
        ({"office_code": "XX-NONE"}, ("unknown_holder", "office")),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    sqlite_database: Database, changed: dict[str, Any], refusal: tuple[str, str]
) -> None:
    def ask(session: GuardedSession) -> None:
        ask_to_appoint(session, new(**changed), mechanism=world.mechanism_of(session, "M04"))

    assert refused(sqlite_database, "ana", ask) == refusal


def test_two_secretariats_of_the_same_parties_follow_one_another_and_never_overlap(database: Database) -> None:
    first = appointed(database, ends_on=dt.date(2026, 12, 31))

    def ask_for(starts_on: dt.date) -> Callable[[GuardedSession], Appointment]:
        return lambda session: ask_to_appoint(
            session, new(starts_on=starts_on), mechanism=world.mechanism_of(session, "M04")
        )

    assert refused(database, "ana", ask_for(dt.date(2026, 12, 31))) == ("already_appointed", "starts_on")
    second = appointed(database, starts_on=dt.date(2027, 1, 1))
    with database.read_session(world.viewer("benoit")) as session:
        mechanism = world.mechanism_of(session, "M04")
        states = {line.appointment.id: line.state for line in appointments_of(session, mechanism=mechanism)}
    assert states == {first: "in_force", second: "to_come"}


def test_what_was_asked_and_withdrawn_is_no_secretariat(database: Database) -> None:
    made = asked(database)
    with database.write_session(world.viewer("ana")) as session:
        decision = session.execute(select(Decision).where(Decision.subject_id == made)).scalar_one()
        withdraw(session, decision.id, version=decision.version)
        session.commit()
        assert appointments_of(session, mechanism=world.mechanism_of(session, "M04")) == ()


# What it sees --------------------------------------------------------------------------------------


def test_it_is_given_the_meetings_to_come_of_exactly_its_parties(database: Database) -> None:
    meeting(database, "NCM-2026-1", starts_on=dt.date(2026, 12, 10))
    meeting(database, "NCM-2026-2", starts_on=dt.date(2026, 10, 10), state="held")
    meeting(database, "NCM-2026-3", starts_on=dt.date(2026, 10, 10), state="postponed", reason="a strike")
    meeting(database, "NCM-2026-MXUS-1", ("MX", "US"))
    meeting(database, "NADD-2026-5", mechanism="M05")
    made = appointment_key(appointed(database))
    seen = {
        reference: made in keys(database, reference)
        for reference in ("NCM-2026-1", "NCM-2026-2", "NCM-2026-3", "NCM-2026-MXUS-1", "NADD-2026-5")
    }
    assert seen == {
        "NCM-2026-1": True, "NCM-2026-2": False, "NCM-2026-3": True, "NCM-2026-MXUS-1": False, "NADD-2026-5": False,
    }  # fmt: skip


def told_appointment(database: Database) -> uuid.UUID:
    """Appoint a secretariat for the story's hidden meeting of Mexico and the United States alone."""
    made = asked(database, meeting=story.HIDDEN)
    agreed(database, made, "erin")
    return made


def test_everything_of_a_meeting_follows_but_drafts_and_what_only_some_see(told: Database) -> None:
    with told.system_session("prepare a test", "write") as session:
        hidden = session.execute(select(Meeting).where(Meeting.reference == story.HIDDEN)).scalar_one()
        apart = world.add_action(session, f"{story.HIDDEN}-MX-A09", ("MX",))
        apart.meeting_id = hidden.id
        session.commit()
    made = told_appointment(told)
    own = appointment_key(made)
    with told.system_session("look at a test's meeting") as session:
        hidden = session.execute(select(Meeting).where(Meeting.reference == story.HIDDEN)).scalar_one()
        models: tuple[type[Any], ...] = (MeetingParty, Sitting, AgendaItem)
        for model in models:
            found = session.execute(select(model).where(model.meeting_id == hidden.id)).scalars().all()
            assert {own in keys_of(session, row.audience_id) for row in found} == {True}, model
        actions = {
            row.reference: own in keys_of(session, row.audience_id)
            for row in session.execute(select(Action).where(Action.meeting_id == hidden.id)).scalars()
        }
        assert actions == {
            f"{story.HIDDEN}-A01": True, f"{story.HIDDEN}-A02": True, f"{story.HIDDEN}-MX-A09": False,
        }  # fmt: skip
        legs = session.execute(select(Leg).join(Action).where(Action.reference == f"{story.HIDDEN}-A01")).scalars()
        assert {own in keys_of(session, row.audience_id) for row in legs} == {True}
        paper = session.get_one(Document, world.identity("document", story.HIDDEN))
        assert keys_of(session, paper.audience_id) == {party_key("MX"), party_key("US"), own}


def test_what_bears_out_notes_and_statements_follows_a_secretariat_in_and_out(told: Database) -> None:
    paper, both = SentPaper("Nota.pdf", b"%PDF-1.7\n1 0 obj\n"), {party_key("MX"), party_key("US")}
    said = NewStatement("under_way", "Under way.", "en", as_of_on=TODAY, file=("Said.pdf", paper.content))
    with told.write_session(world.viewer("ana")) as session:
        note = add_note(session, f"{story.HIDDEN}-A01", "See the note.", "en", Evidence(paper=paper))
        papers = [note.document_id, state_commitment(session, f"{story.HIDDEN}-C01", "MX", said).document_id]
        session.commit()

    def keys_of_papers() -> list[frozenset[str]]:
        with told.system_session("look at a test's papers") as session:
            return [keys_of(session, session.get_one(Document, each).audience_id) for each in papers]

    made = told_appointment(told)
    assert keys_of_papers() == [both | {appointment_key(made)}] * 2
    ended(told, made, None)
    assert keys_of_papers() == [both] * 2


HANGING = (
    *("meeting_id", "action_id", "from_id", "decision_id", "commitment_id", "poll_id", "response_id"),
    *("text_id", "silence_id", "document_id"),
)


def test_every_kind_of_row_that_hangs_on_a_meeting_is_known_to_follow_or_to_stay() -> None:
    """A new table with a meeting, an action or a decision is decided on here, or the test fails."""
    known = {model.__name__ for model, _ in OF_MEETING} | {model.__name__ for model, _, _ in OF_THOSE} | STAYS
    hanging = {
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Guarded)
        for column in HANGING
        if column in mapper.columns and mapper.class_.__name__ != "HostingChange"  # of a mechanism, by a decision
    }
    assert hanging == known


def test_a_bilateral_meeting_has_no_secretariat_though_the_trilateral_one_has(database: Database) -> None:
    meeting(database, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
    sam = viewer_of_person(database, world.CAST["sam"].id, world.NOW)
    with database.read_session(sam) as session, pytest.raises(NotFound):
        find_meeting(session, "UNC-2026-MXUS-1")
    made = asked(database, meeting="UNC-2026-MXUS-1")
    with database.read_session(world.viewer("isabelle")) as session:
        assert session.get(Appointment, made) is None, "Canada learns nothing of it"
        assert session.execute(select(Decision)).scalars().all() == []
    assert appointment_key(made) not in keys(database, "UNC-2026-MXUS-1"), "one yes is not both"
    agreed(database, made, "carol")
    assert keys(database, "UNC-2026-MXUS-1") == {party_key("MX"), party_key("US"), appointment_key(made)}
    with database.read_session(sam) as session, pytest.raises(NotFound):
        find_meeting(session, "UNC-2026-MXUS-1")


def test_it_is_recorded_once_which_meetings_it_was_given(database: Database) -> None:
    meeting(database, "NCM-2026-1")
    meeting(database, "NCM-2026-4", starts_on=dt.date(2026, 12, 20))
    made = appointed(database)
    with database.read_session(world.viewer("benoit")) as session:
        records = session.execute(select(AuditRecord).where(AuditRecord.subject_id == str(made))).scalars().all()
    assert [(row.action, row.facts.get("meetings")) for row in records] == [
        ("appointment_made", None),
        ("secretariat_let_in", ["NCM-2026-1", "NCM-2026-4"]),
    ]


# Ending it -----------------------------------------------------------------------------------------


def ended(database: Database, made: uuid.UUID, last_on: dt.date | None, by: str = "erin") -> None:
    with database.write_session(world.viewer(by)) as session:
        end_appointment(session, made, last_on)
        session.commit()


def test_one_party_ends_it_and_what_it_saw_leaves_its_sight_at_once(database: Database) -> None:
    meeting(database, "NCM-2026-1")
    made = appointed(database)
    named(database, made, "diego")
    assert hats_of(database, "diego") == {made}
    ended(database, made, None)
    assert hats_of(database, "diego") == set()
    assert keys(database, "NCM-2026-1") == {party_key(code) for code in THREE}
    assert refused(database, "ana", lambda s: end_appointment(s, made, None)) == ("not_in_state", None)


def test_it_can_be_ended_from_a_day_on_and_never_prolonged_by_one_party(database: Database) -> None:
    made = appointed(database, ends_on=dt.date(2026, 12, 31))
    named(database, made, "diego")

    def end_on(day: dt.date) -> Callable[[GuardedSession], Appointment]:
        return lambda session: end_appointment(session, made, day)

    assert refused(database, "erin", end_on(dt.date(2027, 1, 31))) == ("ends_later_than_agreed", "last_on")
    assert refused(database, "erin", end_on(dt.date(2026, 11, 21))) == ("ends_in_the_past", "last_on")
    ended(database, made, dt.date(2026, 11, 30))
    assert hats_of(database, "diego") == {made}
    with database.read_session(world.viewer("benoit")) as session:
        assert find_appointment(session, made).ends_on == dt.date(2026, 11, 30)


@pytest.mark.parametrize("by", ["diego", "sam"])
def test_nobody_else_ends_it(database: Database, by: str) -> None:
    with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
        end_appointment(session, world.appointment_id("M01"), None)
    assert caught.value.key == "forbidden"


def test_the_hat_holds_from_its_first_day_to_its_last(database: Database, clock: Clock) -> None:
    made = appointed(database, starts_on=dt.date(2026, 11, 24), ends_on=dt.date(2026, 11, 26))
    named(database, made, "diego", starts_on=dt.date(2026, 11, 25))
    meeting_seen = []
    for _day in range(22, 29):
        meeting_seen.append((clock().day, made in hats_of(database, "diego")))
        clock.forward(days=1)
    assert meeting_seen == [
        (22, False), (23, False), (24, False), (25, True), (26, True), (27, False), (28, False),
    ]  # fmt: skip


def test_a_meeting_proposed_before_its_first_day_is_its_own_from_that_day(database: Database, clock: Clock) -> None:
    """The key is there from the last yes, and opens nothing before somebody wears the hat."""
    from app.services.meeting_audience import audience_of

    made = appointed(database, starts_on=dt.date(2026, 11, 24))
    with database.read_session(world.viewer("ana")) as session:
        mechanism = world.mechanism_of(session, "M04")
        assert appointment_key(made) in audience_of(session, mechanism.id, THREE).keys
        assert audience_of(session, mechanism.id, {"MX", "US"}).keys == {party_key("MX"), party_key("US")}


# Members -------------------------------------------------------------------------------------------


def test_an_office_has_people_of_its_own_government_whom_that_government_names(database: Database) -> None:
    made = appointed(database, office_code="MX-SRE")
    named(database, made, "diego", by="lucia")
    named(database, made, "lucia", by="marta")
    for by, whom in (("isabelle", "benoit"), ("diego", "ana"), ("colin", "benoit")):
        with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
            members.name_member(session, made, members.NewMember(world.CAST[whom].id, "", None, None))
        assert caught.value.key in {"forbidden", "not_found"}, by
    wanted = members.NewMember(None, "sam@example.org", None, None)
    assert refused(database, "ana", lambda s: members.name_member(s, made, wanted)) == ("required", "person")


def test_each_party_of_a_joint_team_names_its_own_and_secretariats_accounts(database: Database) -> None:
    made = appointed(database)
    named(database, made, "diego", by="ana")
    with database.write_session(world.viewer("isabelle")) as session:
        members.name_member(session, made, members.NewMember(None, " SAM@example.org ", None, None))
        session.commit()
    theirs = members.NewMember(world.CAST["daniel"].id, "", None, None)
    assert refused(database, "ana", lambda s: members.name_member(s, made, theirs)) == ("unknown_person", "person")
    for address in ("ana@example.org", "olga@example.org", "nobody@example.org"):
        wanted = members.NewMember(None, address, None, None)

        def name(session: GuardedSession, wanted: members.NewMember = wanted) -> None:
            members.name_member(session, made, wanted)

        assert refused(database, "erin", name) == ("unknown_secretariat", "email")
    with database.read_session(world.viewer("erin")) as session:
        lines = members.members_of(session, find_appointment(session, made), None)
        assert {(line.party, line.name, line.may_remove) for line in lines} == {
            ("MX", None, False), (None, "Sam Ortega", True),
        }  # fmt: skip


def test_who_is_taken_off_or_disabled_loses_the_hat_at_once(database: Database) -> None:
    made = appointed(database)
    row = named(database, made, "diego")
    named(database, made, "benoit", by="isabelle")
    assert refused(database, "erin", lambda s: members.remove_member(s, made, row)) == ("forbidden", None)
    with database.write_session(world.viewer("lucia")) as session:
        members.remove_member(session, made, row)
        session.commit()
    assert hats_of(database, "diego") == set()
    named(database, made, "diego")
    assert hats_of(database, "diego") == {made}, "and can be named anew"
    with database.system_session("prepare a test", "write") as session:
        session.get_one(Person, world.CAST["benoit"].id).active = False
        session.commit()
    assert viewer_of_person(database, world.CAST["benoit"].id, world.NOW) is None


# Hats ----------------------------------------------------------------------------------------------


def worn(database: Database, key: str, appointment_id: uuid.UUID | None) -> Viewer:
    """Return who a member of the cast is in a sign-in in which they put on that hat."""
    token = world.sign_in_token(database, world.CAST[key])
    before = viewer_of_token(database, digest_of(token), world.NOW)
    assert before is not None
    hats.put_on(database, before, token, appointment_id)
    after = viewer_of_token(database, digest_of(token), database.clock())
    assert after is not None
    return after


def test_with_the_hat_on_somebody_is_the_secretariat_and_without_it_their_party(database: Database) -> None:
    meeting(database, "NCM-2026-1")
    made = appointed(database)
    named(database, made, "diego")
    plain = viewer_of_person(database, world.CAST["diego"].id, world.NOW)
    assert plain is not None
    assert (plain.party, plain.hats, [hat.appointment_id for hat in plain.spare_hats]) == ("MX", (), [made])
    assert appointment_key(made) not in plain.keys
    serving = worn(database, "diego", made)
    assert (serving.party, serving.lent_by, serving.role.value) == (None, "MX", "secretariat")
    assert party_key("MX") not in serving.keys
    with database.read_session(serving) as session:
        assert find_meeting(session, "NCM-2026-1").reference == "NCM-2026-1"
        hidden = session.execute(select(Meeting).where(Meeting.mechanism_id.is_(None))).scalars().all()
        assert hidden == []


def test_a_hat_that_is_over_is_off_and_one_of_others_is_refused(database: Database, clock: Clock) -> None:
    made = appointed(database, ends_on=dt.date(2026, 11, 22))
    named(database, made, "diego")
    serving = worn(database, "diego", made)
    assert serving.party is None
    clock.forward(hours=9)  # another day, and the sign-in goes on
    with database.system_session("look at a test's sign-in") as session:
        row = session.execute(
            select(SignInSession).where(SignInSession.person_id == world.CAST["diego"].id)
        ).scalar_one()  # fmt: skip
        assert row.worn_appointment_id == made
        digest = row.token_digest
    over = viewer_of_token(database, digest, clock())
    assert over is not None
    assert (over.party, over.lent_by, over.hats) == ("MX", None, ())
    token = world.sign_in_token(database, world.CAST["benoit"])
    other = viewer_of_token(database, digest_of(token), clock())
    assert other is not None
    with pytest.raises(Refusal) as caught:
        hats.put_on(database, other, token, made)
    assert caught.value.key == "not_your_hat"


def test_a_secretariats_person_has_all_hats_on_until_they_choose_one(database: Database) -> None:
    everything = worn(database, "sam", None)
    assert len(everything.hats) == 3
    chosen = worn(database, "sam", world.appointment_id("M02"))
    assert [hat.appointment_id for hat in chosen.hats] == [world.appointment_id("M02")]
    assert len(chosen.spare_hats) == 2


def test_putting_a_hat_on_is_recorded_for_the_person_and_the_secretariat(database: Database) -> None:
    made = appointed(database)
    named(database, made, "diego")
    worn(database, "diego", made)
    with database.system_session("look at a test's record") as session:
        rows = session.execute(select(AuditRecord).where(AuditRecord.action == "hat_put_on")).scalars().all()
        assert [(row.person_id, row.subject_id) for row in rows] == [(world.CAST["diego"].id, str(made))]


def test_the_decision_says_what_it_asks_in_words(database: Database) -> None:
    from app.services.decision_words import Told, said_of

    made = asked(database, ends_on=dt.date(2027, 6, 30))
    with database.read_session(world.viewer("erin")) as session:
        decision = session.execute(select(Decision).where(Decision.subject_id == made)).scalar_one()
        said = said_of(Told(find_decision(session, decision.id)), "en")
    assert said.title == "Appoint a secretariat: Office of the cycle"
    assert said.lines[0] == "It serves from 22 November 2026 to 30 June 2027."
