"""Drafts are their delegation's alone; proposing makes a meeting once; nothing else shows before."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import MeetingContent, Refused
from app.domain.visibility import appointment_key, party_key
from app.models import AgendaItem, AuditRecord, Draft, InstanceFact, Meeting, OutboxMessage
from app.models.base import Base
from app.services.draft_suggestions import suggested, suggested_title
from app.services.drafts import content_of, discard_draft, find_draft, own_drafts, save_draft, start_draft
from app.services.meeting_audience import keys_of
from app.services.meetings import find_meeting
from app.services.proposing import preview_of, propose
from tests import world

HOST = "entente.example"
DRAFTED = MeetingContent(
    mechanism="un-coordination",
    title={"en": f"{world.canary('MX', 'title')} coordination", "es": "Coordinación"},
    original="en",
    parties=("CA", "MX", "US"),
    hosting={"US": "host"},
    format="in_person",
    place="New York",
    zone="America/New_York",
    first_day=dt.date(2026, 12, 10),
    starts=dt.time(10),
    ends=dt.time(13),
)
TWO = dataclasses.replace(DRAFTED, parties=("MX", "US"))


def drafted(database: Database, content: MeetingContent = DRAFTED, by: str = "ana") -> uuid.UUID:
    with database.write_session(world.viewer(by)) as session:
        draft = start_draft(session, content)
        session.commit()
        return draft.id


def proposed(database: Database, content: MeetingContent = DRAFTED, by: str = "ana") -> str:
    draft_id = drafted(database, content, by)
    with database.write_session(world.viewer(by)) as session:
        meeting = propose(session, draft_id, version=1, uid_host=HOST)
        session.commit()
        return meeting.reference


def refused(database: Database, act, by: str = "ana") -> list[tuple[str, str | None]]:
    """Return what an act was refused for, and check that it left nothing behind."""
    before = counted(database)
    with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
        act(session)
    assert counted(database) == before
    every = getattr(caught.value, "refusals", (caught.value,))
    return [(each.key, each.field) for each in every]


def counted(database: Database) -> tuple[int, ...]:
    with database.system_session("count in a test") as session:
        kinds: tuple[type[Base], ...] = (Draft, Meeting, AuditRecord, OutboxMessage)
        return tuple(len(session.execute(select(kind)).scalars().all()) for kind in kinds)


# Whose a draft is ---------------------------------------------------------------------------------


def test_a_draft_is_seen_by_its_own_delegation_and_nobody_else(database):
    draft_id = drafted(database)
    for who in ("ana", "diego", "lucia"):
        with database.read_session(world.viewer(who)) as session:
            assert [each.draft.id for each in own_drafts(session)] == [draft_id]
            assert find_draft(session, draft_id).content.place == "New York"
    for who in ("benoit", "carol", "sam", "marta", "olga"):
        with database.read_session(world.viewer(who)) as session:
            assert own_drafts(session) == ()
            with pytest.raises(NotFound):
                find_draft(session, draft_id)


def test_a_draft_is_no_meeting_and_tells_nobody(database):
    drafted(database)
    with database.system_session("look at everything") as session:
        assert session.execute(select(Meeting)).all() == []
        assert session.execute(select(OutboxMessage)).all() == []
        (record,) = session.execute(select(AuditRecord).where(AuditRecord.subject_kind == "draft")).scalars()
        assert keys_of(session, record.audience_id) == {party_key("MX")}
        assert "canary" not in str(record.facts)


def test_what_a_draft_says_is_sealed_in_the_database(database):
    drafted(database)
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SET ROLE entente_system")
        (content,) = connection.exec_driver_sql("SELECT content FROM drafts").one()
    assert b"canary" not in bytes(content)
    assert b"New York" not in bytes(content)
    assert b"MX" in bytes(content)[:8]


def test_the_secretariat_drafts_for_the_mechanisms_that_appointed_it(database):
    sam = dataclasses.replace(world.viewer("sam"), hats=hats_of(database))
    with database.write_session(sam) as session:
        draft = start_draft(session, dataclasses.replace(DRAFTED, title={"en": "Joint"}))
        session.commit()
        assert draft.owner_party is None
        assert draft.owner_appointment == world.appointment_id("M01")
        assert draft.content.owner == "secretariat"
        assert keys_of(session, draft.audience_id) == {appointment_key(world.appointment_id("M01"))}
    with database.write_session(sam) as session, pytest.raises(Refusal) as caught:
        start_draft(session, dataclasses.replace(DRAFTED, mechanism=None))
    assert (caught.value.key, caught.value.field) == ("no_appointment", "mechanism")


def hats_of(database: Database):
    """Return the secretariat's hats as a sign-in makes them, each with its mechanism."""
    from app.services.identity import viewer_of_person

    found = viewer_of_person(database, world.CAST["sam"].id, world.NOW)
    assert found is not None
    return found.hats


def test_a_guest_and_an_administrator_draft_nothing(database):
    for who in ("olga", "marta"):
        assert refused(database, lambda session: start_draft(session, DRAFTED), who) == [("forbidden", None)]


# Saving -------------------------------------------------------------------------------------------


def test_an_incomplete_draft_is_kept_but_not_proposed(database):
    draft_id = drafted(database, MeetingContent(title={"es": "Algo"}))
    assert refused(database, lambda session: propose(session, draft_id, version=1, uid_host=HOST)) == [
        ("needs_party", "parties"),
        ("required", "zone"),
        ("required", "first_day"),
    ]


BAD = [
    ({"mechanism": "no-such-mechanism"}, [("unknown_mechanism", "mechanism")]),
    ({"mechanism": None, "parties": ("MX", "NL")}, [("unknown_party", "parties")]),
    ({"title": {"en": "x" * 10_000}}, [("too_long", "title_en")]),
    ({"title": {"es": "a\u202eb"}}, [("bidi_override", "title_es")]),
    ({"place": "a\x1bb"}, [("control_characters", "place")]),
    ({"zone": "Mars/Olympus"}, [("unknown_zone", "zone")]),
    ({"last_day": dt.date(2028, 1, 13)}, [("too_many_days", "last_day")]),
    ({"starts": dt.time(13), "ends": dt.time(10)}, [("ends_before_start", "ends")]),
    ({"first_day": dt.date(2027, 3, 14), "starts": dt.time(2, 30), "ends": dt.time(5)}, [("time_in_gap", "starts")]),
    ({"first_day": dt.date(2027, 11, 7), "starts": dt.time(1, 30), "ends": dt.time(5)}, [("time_in_fold", "starts")]),
    ({"parties": ("XX",), "ordinal": -1}, [("unknown_party", "parties"), ("ordinal_out_of_range", "ordinal")]),
]


@pytest.mark.parametrize(("changed", "expected"), BAD)
def test_what_cannot_be_is_neither_kept_nor_saved(sqlite_database, changed, expected):
    bad = dataclasses.replace(DRAFTED, **changed)
    assert refused(sqlite_database, lambda session: start_draft(session, bad)) == expected
    draft_id = drafted(sqlite_database)
    assert refused(sqlite_database, lambda session: save_draft(session, draft_id, bad, version=1)) == expected


def test_a_colleague_saves_and_the_one_who_was_slower_sees_both(database):
    draft_id = drafted(database)
    with database.write_session(world.viewer("diego")) as session:
        draft = save_draft(session, draft_id, dataclasses.replace(DRAFTED, place="Ottawa"), version=1)
        assert draft.version == 2
        session.commit()
    mine = dataclasses.replace(DRAFTED, place="Washington")
    with database.write_session(world.viewer("ana")) as session, pytest.raises(StaleVersion) as caught:
        save_draft(session, draft_id, mine, version=1)
    assert (caught.value.yours["place"], caught.value.theirs["place"]) == ("Washington", "Ottawa")
    with database.read_session(world.viewer("ana")) as session:
        assert find_draft(session, draft_id).content.place == "Ottawa"


def test_another_delegations_draft_does_not_exist(database):
    draft_id = drafted(database)
    for act in (
        lambda session: save_draft(session, draft_id, DRAFTED, version=1),
        lambda session: discard_draft(session, draft_id, version=1),
        lambda session: preview_of(session, draft_id),
        lambda session: propose(session, draft_id, version=1, uid_host=HOST),
    ):
        assert refused(database, act, "carol") == [("not_found", None)]


def test_a_discarded_draft_is_gone_and_kept(database):
    draft_id = drafted(database)
    with database.write_session(world.viewer("diego")) as session:
        discard_draft(session, draft_id, version=1)
        session.commit()
    assert refused(database, lambda session: find_draft(session, draft_id)) == [("not_found", None)]
    assert refused(database, lambda session: propose(session, draft_id, version=2, uid_host=HOST)) == [
        ("not_found", None)
    ]
    with database.system_session("look at everything") as session:
        assert session.get_one(Draft, draft_id).ended_at == world.NOW


# Proposing ----------------------------------------------------------------------------------------


def test_a_proposal_is_a_meeting_of_its_parties_with_everything_in_place(database):
    draft_id = drafted(database, dataclasses.replace(TWO, last_day=dt.date(2026, 12, 11)))
    with database.write_session(world.viewer("ana")) as session:
        propose(session, draft_id, version=1, uid_host=HOST)
        session.commit()
    with database.read_session(world.viewer("carol")) as session:
        meeting = find_meeting(session, "UNC-2026-MXUS-1")
        assert (meeting.state, meeting.version, meeting.sequence) == ("proposed", 1, 0)
        assert meeting.uid.endswith("@entente.example")
        uuid.UUID(meeting.uid.partition("@")[0])
        assert [(row.party_code, row.hosting, row.answer) for row in meeting.parties] == [
            ("MX", "none", "yes"),
            ("US", "host", None),
        ]
        assert meeting.parties[0].answered_by == world.CAST["ana"].id
        assert [(each.position, each.starts_at.hour, each.ends_at.hour) for each in meeting.sittings] == [
            (1, 15, 18),
            (2, 15, 18),
        ]
        assert meeting.starts_at == dt.datetime(2026, 12, 10, 15, tzinfo=dt.UTC)
        assert meeting.ends_at == dt.datetime(2026, 12, 11, 18, tzinfo=dt.UTC)
        assert meeting.tzdata_version.startswith("20")
        assert (meeting.proposed_by, meeting.proposed_by_appointment) == ("MX", None)
        items = list(session.execute(select(AgendaItem).order_by(AgendaItem.position)).scalars())
        assert [item.position for item in items] == list(range(1, len(items) + 1))
        assert {item.kind: item.type for item in items} == {
            "opening": "information",
            "adoption_of_agenda": "decision",
            "progress_since_last": "information",
            "substance": "discussion",
            "other_business": "information",
            "adoption_of_outcome": "decision",
            "closing": "information",
        }
        assert own_drafts(session) == ()


def test_a_meeting_of_two_does_not_exist_for_the_third_nor_for_the_joint_secretariat(database):
    proposed(database, TWO)
    for who in ("benoit", "isabelle", "adaeze", "sam", "olga", "marta"):
        with database.read_session(world.viewer(who)) as session:
            for kind in (Meeting, AgendaItem, Draft):
                assert session.execute(select(kind)).all() == []
            assert refused(database, lambda s: find_meeting(s, "UNC-2026-MXUS-1"), who) == [("not_found", None)]
            facts = [str(record.facts) for record in session.execute(select(AuditRecord)).scalars()]
            assert not any("MXUS" in fact for fact in facts)


def test_a_meeting_of_all_is_seen_by_the_secretariat_that_all_appointed(database):
    reference = proposed(database)
    with database.read_session(world.viewer("sam")) as session:
        meeting = find_meeting(session, reference)
        assert reference == "UNC-2026-1"
        assert keys_of(session, meeting.audience_id) == {
            party_key("CA"), party_key("MX"), party_key("US"), appointment_key(world.appointment_id("M01")),
        }  # fmt: skip


def test_those_who_speak_for_the_parties_are_told_and_the_proposer_is_not(database):
    proposed(database)
    with database.system_session("look at everything") as session:
        told = {message.recipient_id for message in session.execute(select(OutboxMessage)).scalars()}
        kinds = {message.kind for message in session.execute(select(OutboxMessage)).scalars()}
    assert kinds == {"meeting_proposed"}
    assert told == {world.CAST[key].id for key in ("lucia", "isabelle", "adaeze", "carol", "erin", "sam")}


@pytest.mark.parametrize(("by", "answer"), [("ana", "yes"), ("lucia", "yes"), ("diego", None)])
def test_only_a_coordinators_or_heads_proposal_is_a_yes(database, by, answer):
    reference = proposed(database, by=by)
    with database.read_session(world.viewer("carol")) as session:
        rows = {row.party_code: row.answer for row in find_meeting(session, reference).parties}
    assert rows == {"CA": None, "MX": answer, "US": None}


def test_references_count_each_set_of_parties_for_itself(database):
    wanted = [
        (DRAFTED, "UNC-2026-1"),
        (TWO, "UNC-2026-MXUS-1"),
        (DRAFTED, "UNC-2026-2"),
        (dataclasses.replace(DRAFTED, first_day=dt.date(2027, 1, 14)), "UNC-2027-1"),
        (dataclasses.replace(DRAFTED, mechanism=None, parties=("CA", "MX")), "ADH-2026-CAMX-1"),
        (TWO, "UNC-2026-MXUS-2"),
        (dataclasses.replace(DRAFTED, mechanism="drug-policy"), None),
    ]
    for content, reference in wanted[:-1]:
        assert proposed(database, content) == reference


def test_proposing_twice_makes_one_meeting(database):
    draft_id = drafted(database)
    references = []
    for _ in range(2):
        with database.write_session(world.viewer("ana")) as session:
            references.append(propose(session, draft_id, version=1, uid_host=HOST).reference)
            session.commit()
    assert references == ["UNC-2026-1", "UNC-2026-1"]
    with database.system_session("look at everything") as session:
        assert len(session.execute(select(Meeting)).all()) == 1


def test_the_domain_of_uids_is_that_of_the_first_meeting_for_ever(database):
    proposed(database)
    draft_id = drafted(database)
    with database.write_session(world.viewer("ana")) as session:
        assert propose(session, draft_id, version=1, uid_host="moved.example").uid.endswith("@entente.example")
        session.commit()
    with database.read_session(None) as session:
        assert [fact.value for fact in session.execute(select(InstanceFact)).scalars()] == ["entente.example"]


def test_a_draft_that_a_colleague_changed_is_not_proposed_as_it_was(database):
    draft_id = drafted(database)
    with database.write_session(world.viewer("diego")) as session:
        save_draft(session, draft_id, dataclasses.replace(DRAFTED, place="Ottawa"), version=1)
        session.commit()
    before = counted(database)
    with database.write_session(world.viewer("ana")) as session, pytest.raises(StaleVersion):
        propose(session, draft_id, version=1, uid_host=HOST)
    assert counted(database) == before


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (dataclasses.replace(DRAFTED, parties=("CA", "US"), hosting={}), [("needs_own_party", "parties")]),
        (dataclasses.replace(DRAFTED, first_day=dt.date(2026, 11, 21)), [("start_has_passed", "first_day")]),
        (dataclasses.replace(DRAFTED, agenda="UNC-2020-9"), [("unknown_meeting", "agenda")]),
    ],
)
def test_what_is_not_its_own_not_to_come_or_not_there_is_not_proposed(sqlite_database, content, expected):
    draft_id = drafted(sqlite_database, content)
    assert refused(sqlite_database, lambda session: propose(session, draft_id, version=1, uid_host=HOST)) == expected


def test_the_secretariat_proposes_for_exactly_those_who_appointed_it_and_says_no_yes_for_them(database):
    sam = dataclasses.replace(world.viewer("sam"), hats=hats_of(database))
    content = dataclasses.replace(DRAFTED, title={"en": "Joint"})
    with database.write_session(sam) as session:
        draft = start_draft(session, dataclasses.replace(content, parties=("MX", "US")))
        with pytest.raises(Refusal) as caught:
            propose(session, draft.id, version=1, uid_host=HOST)
        assert (caught.value.key, caught.value.field) == ("not_appointed_by_these", "parties")
        save_draft(session, draft.id, content, version=1)
        meeting = propose(session, draft.id, version=2, uid_host=HOST)
        assert {row.answer for row in meeting.parties} == {None}
        assert meeting.proposed_by_appointment == world.appointment_id("M01")
        session.commit()


# Copies and suggestions ---------------------------------------------------------------------------


def test_a_copy_of_the_last_meeting_takes_its_agenda_its_hours_and_no_date(database):
    with database.system_session("prepare", "write") as session:
        last = world.add_meeting(
            session, "DRG-2026-1", mechanism="M02", ordinal=8, hosting={"CA": "host"}, state="held"
        )
        world.add_item(session, last, 1, kind="opening", type="information", lead_party="US", minutes=15)
        world.add_item(session, last, 2, removed=True)
        world.add_item(session, last, 3, minutes=45)
        code = world.mechanism_of(session, "M02").code
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        content = suggested(session, code, "last")
    assert (content.agenda, content.starts, content.ends) == ("DRG-2026-1", dt.time(10), dt.time(13))
    assert (content.first_day, content.place, content.hosting) == (None, "", {"US": "host"})
    assert content.parties == ("CA", "MX", "US")
    assert content.ordinal == 9
    assert content.title["en"] == "9th North American Dialogue on Drug Policy"
    reference = proposed(database, dataclasses.replace(content, first_day=dt.date(2026, 12, 10)))
    with database.read_session(world.viewer("ana")) as session:
        meeting = find_meeting(session, reference)
        items = session.execute(
            select(AgendaItem).where(AgendaItem.meeting_id == meeting.id).order_by(AgendaItem.position)
        ).scalars()
        assert [(item.position, item.kind, item.lead_party, item.minutes) for item in items] == [
            (1, "opening", "US", 15),
            (2, "substance", None, 45),
        ]


def test_a_copy_never_looks_at_what_the_drafter_may_not_see(database):
    with database.system_session("prepare", "write") as session:
        world.add_meeting(session, "DRG-2026-MXUS-1", ("MX", "US"), mechanism="M02", ordinal=40, state="held")
        code = world.mechanism_of(session, "M02").code
        session.commit()
    with database.read_session(world.viewer("isabelle")) as session:
        assert suggested(session, code, "last").agenda == "template"
        assert suggested(session, code).ordinal != 41
        with pytest.raises(NotFound):
            suggested(session, code, "DRG-2026-MXUS-1")


def test_a_numbered_title_reads_as_each_language_numbers():
    name = {"en": "Dialogue", "es": "Diálogo", "fr": "Dialogue"}
    assert suggested_title(name, 9) == {
        "en": "9th Dialogue",
        "es": "Diálogo, 9.ª reunión",
        "fr": "Dialogue, 9e réunion",
    }
    assert suggested_title(name, None) == name


# The preview --------------------------------------------------------------------------------------


def test_a_preview_tells_what_will_be_and_writes_nothing(database):
    draft_id = drafted(
        database, dataclasses.replace(TWO, first_day=dt.date(2026, 12, 12), starts=dt.time(7), ends=dt.time(9))
    )
    before = counted(database)
    with database.read_session(world.viewer("ana")) as session:
        preview = preview_of(session, draft_id)
    assert preview.scope == "UNC-2026-MXUS"
    assert preview.state == "proposed"
    assert preview.said_yes == ("MX",)
    assert preview.ready.audience.keys == {party_key("MX"), party_key("US")}
    assert preview.ready.audience.secretariats == ()
    assert [(each.key, each.party) for each in preview.advice] == [("weekend", None), ("night", "MX")]
    assert counted(database) == before


def test_a_preview_names_the_secretariat_that_will_see_it(database):
    draft_id = drafted(database)
    with database.read_session(world.viewer("diego")) as session:
        preview = preview_of(session, draft_id)
    assert [each.name["en"] for each in preview.ready.audience.secretariats] == ["Joint secretariat"]
    assert preview.said_yes == ()


def test_the_content_of_a_draft_comes_back_as_it_was_kept(database):
    draft_id = drafted(database)
    with database.read_session(world.viewer("diego")) as session:
        found = find_draft(session, draft_id)
        assert content_of(found.draft) == DRAFTED


def test_a_stale_session_reads_nothing_of_a_draft(database):
    drafted(database)
    with database.read_session(None) as session:
        assert isinstance(session, GuardedSession)
        assert session.execute(select(Draft)).all() == []


def test_refusals_come_together():
    assert issubclass(Refused, Refusal)
