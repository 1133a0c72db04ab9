"""Changes to a meeting are staged, previewed and published all at once; past meetings are recorded as held."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import MeetingContent
from app.domain.visibility import party_key
from app.models import AgendaItem, AuditRecord, Document, Draft, Meeting, MeetingParty, OutboxMessage, Sitting
from app.services.drafts import find_draft, save_draft
from app.services.meeting_audience import keys_of
from app.services.meetings import find_meeting
from app.services.past_meetings import record_past_meeting
from app.services.staged_changes import moved_under, publication_of, publish, stage_changes
from tests import world

REFERENCE = "UNC-2026-7"
YES = dict.fromkeys(("CA", "MX", "US"), "yes")


def prepared(
    database: Database, parties: tuple[str, ...] = ("CA", "MX", "US"), reference: str = REFERENCE, **changed
) -> None:
    with database.system_session("prepare a test", "write") as session:
        settings = {"mechanism": "M01", "state": "confirmed", "answers": dict.fromkeys(parties, "yes")} | changed
        meeting = world.add_meeting(session, reference, parties, **settings)
        world.add_item(session, meeting, 1, lead_party=parties[-1])
        session.commit()


def staged(database: Database, by: str = "ana", reference: str = REFERENCE, **changed) -> uuid.UUID:
    with database.write_session(world.viewer(by)) as session:
        draft = stage_changes(session, reference)
        content = dataclasses.replace(find_draft(session, draft.id).content, **changed)
        save_draft(session, draft.id, content, version=draft.version)
        session.commit()
        return draft.id


def published(database: Database, draft_id: uuid.UUID, by: str = "ana") -> None:
    with database.write_session(world.viewer(by)) as session:
        publish(session, draft_id, version=find_draft(session, draft_id).draft.version)
        session.commit()


def refused(database: Database, act, by: str = "ana") -> tuple[str, str | None]:
    with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
        act(session)
    return caught.value.key, caught.value.field


def meeting_as(session, reference: str = REFERENCE) -> Meeting:
    return find_meeting(session, reference)


def test_a_draft_of_changes_says_what_the_meeting_says(database):
    prepared(database, hosting={"US": "host"})
    with database.write_session(world.viewer("diego")) as session:
        draft = stage_changes(session, REFERENCE)
        content = find_draft(session, draft.id).content
        assert (draft.kind, draft.owner_party, draft.meeting_version) == ("changes", "MX", 1)
        assert content == MeetingContent(
            mechanism="un-coordination", title={"en": f"Meeting {REFERENCE}"}, original="en",
            parties=("CA", "MX", "US"), hosting={"US": "host"}, place="New York", zone="America/New_York",
            first_day=dt.date(2026, 12, 10),
            last_day=dt.date(2026, 12, 10), starts=dt.time(10), ends=dt.time(13),
        )  # fmt: skip
        assert publication_of(session, draft.id).changes == ()


def test_each_delegation_has_one_open_draft_of_changes_and_sees_no_other(database):
    prepared(database)
    mine = staged(database, "ana", place=f"{world.canary('MX', 'place')}")
    assert staged(database, "diego", ordinal=4) == mine
    theirs = staged(database, "carol")
    assert theirs != mine
    with database.read_session(world.viewer("carol")) as session:
        assert [row.id for row in session.execute(select(Draft)).scalars()] == [theirs]
        assert meeting_as(session).place == "New York"


def test_another_place_keeps_the_answers_the_state_and_the_sequence(database):
    prepared(database)
    draft_id = staged(database, place="Ottawa", hosting={"CA": "host", "MX": "co_host"})
    with database.read_session(world.viewer("ana")) as session:
        planned = publication_of(session, draft_id)
        assert [(each.field, each.old, each.new) for each in planned.changes] == [
            ("hosting", {}, {"CA": "host", "MX": "co_host"}),
            ("place", "New York", "Ottawa"),
        ]
        assert not planned.is_asked_again
    published(database, draft_id)
    with database.read_session(world.viewer("carol")) as session:
        meeting = meeting_as(session)
        assert (meeting.state, meeting.sequence, meeting.place) == ("confirmed", 0, "Ottawa")
        assert {row.party_code: (row.answer, row.hosting) for row in meeting.parties} == {
            "CA": ("yes", "host"),
            "MX": ("yes", "co_host"),
            "US": ("yes", "none"),
        }


def test_another_day_asks_the_others_again_raises_the_sequence_and_keeps_the_first_day(database):
    prepared(database)
    draft_id = staged(database, first_day=dt.date(2026, 12, 15), last_day=dt.date(2026, 12, 16))
    with database.read_session(world.viewer("ana")) as session:
        planned = publication_of(session, draft_id)
        assert (planned.moves, planned.is_asked_again, planned.state.state) == (True, True, "proposed")
    published(database, draft_id)
    with database.read_session(world.viewer("carol")) as session:
        meeting = meeting_as(session)
        assert (meeting.state, meeting.sequence, meeting.first_starts_on) == ("proposed", 1, dt.date(2026, 12, 10))
        assert meeting.first_starts_at == dt.datetime(2026, 12, 10, 15, tzinfo=dt.UTC)
        assert {row.party_code: row.answer for row in meeting.parties} == {"CA": None, "MX": "yes", "US": None}
        assert [each.starts_at.day for each in meeting.sittings] == [15, 16]
        assert (meeting.starts_on, meeting.ends_on) == (dt.date(2026, 12, 15), dt.date(2026, 12, 16))


def test_a_meeting_that_gets_shorter_or_loses_its_hours_loses_its_sittings(database):
    prepared(database)
    published(database, staged(database, last_day=dt.date(2026, 12, 12)))
    published(database, staged(database, last_day=dt.date(2026, 12, 11)))
    with database.read_session(world.viewer("carol")) as session:
        assert [each.starts_at.day for each in meeting_as(session).sittings] == [10, 11]
    published(database, staged(database, starts=None, ends=None))
    with database.system_session("look at everything") as session:
        assert session.execute(select(Sitting)).all() == []
        meeting = meeting_as(session)
        assert (meeting.starts_time, meeting.starts_at) == (None, dt.datetime(2026, 12, 10, 5, tzinfo=dt.UTC))


def test_a_party_that_is_added_sees_everything_and_is_asked(database):
    prepared(database, ("MX", "US"), "UNC-2026-MXUS-3")
    published(database, staged(database, reference="UNC-2026-MXUS-3", parties=("CA", "MX", "US")))
    with database.read_session(world.viewer("isabelle")) as session:
        meeting = meeting_as(session, "UNC-2026-MXUS-3")
        assert [row.party_code for row in meeting.parties] == ["CA", "MX", "US"]
        assert len(meeting.sittings) == 1
        assert len(session.execute(select(AgendaItem)).all()) == 1
        facts = [
            record.facts
            for record in session.execute(select(AuditRecord)).scalars()
            if record.subject_kind == "meeting"
        ]
        assert facts == [{"parties": ["CA"]}]
    with database.read_session(world.viewer("sam")) as session:
        assert meeting_as(session, "UNC-2026-MXUS-3").state == "proposed"
    with database.system_session("look at everything") as session:
        told = {(row.kind, row.recipient_id) for row in session.execute(select(OutboxMessage)).scalars()}
        assert {("meeting_proposed", world.CAST[key].id) for key in ("isabelle", "adaeze")} <= told
        assert ("meeting_changed", world.CAST["carol"].id) in told
        assert ("meeting_changed", world.CAST["ana"].id) not in told
        assert ("meeting_changed", world.CAST["isabelle"].id) not in told


def test_a_party_that_is_dropped_sees_nothing_any_more_and_its_row_is_kept(database):
    prepared(database, reference="DRG-2026-3", mechanism="M02")
    with database.system_session("prepare a test", "write") as session:
        meeting = meeting_as(session, "DRG-2026-3")
        document = Document(
            file_name="note.pdf", media_type="application/pdf", size=4, digest="0" * 64, content=b"%PDF",
            owner_party="MX", added_by=world.CAST["ana"].id, added_at=world.NOW, audience_id=meeting.audience_id,
        )  # fmt: skip
        session.add(document)
        session.flush()
        meeting.parties[2].report_document_id = document.id
        session.commit()
    published(database, staged(database, reference="DRG-2026-3", parties=("CA", "MX")))
    for who in ("carol", "sam"):
        with database.read_session(world.viewer(who)) as session:
            for kind in (Meeting, MeetingParty, Sitting, AgendaItem, Document):
                assert session.execute(select(kind)).all() == [], kind
    with database.read_session(world.viewer("carol")) as session:
        acts = [row.action for row in session.execute(select(AuditRecord)).scalars() if row.subject_kind == "meeting"]
        assert acts == ["meeting_parties_dropped"]
    with database.read_session(world.viewer("isabelle")) as session:
        meeting = meeting_as(session, "DRG-2026-3")
        assert [row.party_code for row in meeting.parties] == ["CA", "MX"]
        assert keys_of(session, meeting.audience_id) == {party_key("CA"), party_key("MX")}
        assert [item.lead_party for item in session.execute(select(AgendaItem)).scalars()] == [None]
        kept = session.execute(select(MeetingParty).where(MeetingParty.removed.is_(True))).scalar_one()
        assert (kept.party_code, kept.answer) == ("US", "yes")


def test_a_party_that_is_chosen_again_has_not_answered(database):
    prepared(database)
    published(database, staged(database, parties=("CA", "MX")))
    published(database, staged(database, parties=("CA", "MX", "US")))
    with database.read_session(world.viewer("carol")) as session:
        rows = {row.party_code: (row.answer, row.removed) for row in meeting_as(session).parties}
    assert rows == {"CA": (None, False), "MX": ("yes", False), "US": (None, False)}


def test_the_record_keeps_old_and_new_for_those_who_saw_both(database):
    prepared(database)
    published(database, staged(database, place="Ottawa", conference_url="https://video.example.org/secret-room"))
    with database.read_session(world.viewer("carol")) as session:
        record = session.execute(select(AuditRecord).where(AuditRecord.action == "meeting_changed")).scalar_one()
    assert record.facts["changes"]["place"] == ["New York", "Ottawa"]
    assert record.facts["changes"]["conference_url"][0] is None
    assert "secret-room" not in str(record.facts)


def test_a_meeting_that_moved_meanwhile_is_not_overwritten(database):
    prepared(database)
    slower = staged(database, "carol", place="Washington")
    published(database, staged(database, "ana", place="Ottawa"))
    with database.write_session(world.viewer("carol")) as session, pytest.raises(StaleVersion) as caught:
        publish(session, slower, version=2)
    assert (caught.value.yours["place"], caught.value.theirs["place"]) == ("Washington", "Ottawa")
    with database.write_session(world.viewer("carol")) as session:
        found = find_draft(session, slower)
        meeting = meeting_as(session)
        assert moved_under(found, meeting)
        save_draft(session, slower, found.content, version=found.draft.version, meeting_version=meeting.version)
        publish(session, slower, version=found.draft.version)
        session.commit()
    with database.read_session(world.viewer("ana")) as session:
        assert meeting_as(session).place == "Washington"


def test_publishing_twice_changes_once(database):
    prepared(database)
    draft_id = staged(database, place="Ottawa")
    published(database, draft_id)
    with database.write_session(world.viewer("ana")) as session:
        assert publish(session, draft_id, version=2).reference == REFERENCE
        session.commit()
    with database.system_session("look at everything") as session:
        changed = session.execute(select(AuditRecord).where(AuditRecord.action == "meeting_changed")).all()
        assert len(changed) == 1


REFUSED = [
    ({}, ("nothing_changed", None)),
    ({"parties": ("CA", "US")}, ("needs_own_party", "parties")),
    ({"parties": ()}, ("needs_party", "parties")),
    ({"title": {}}, ("needs_title", "title_en")),
    ({"first_day": dt.date(2026, 11, 2), "last_day": dt.date(2026, 11, 2)}, ("start_has_passed", "first_day")),
]


@pytest.mark.parametrize(("changed", "expected"), REFUSED)
def test_what_cannot_be_published(sqlite_database, changed, expected):
    prepared(sqlite_database)
    draft_id = staged(sqlite_database, **changed)
    version = 2 if changed else 1
    assert refused(sqlite_database, lambda session: publish(session, draft_id, version=version)) == expected
    with sqlite_database.read_session(world.viewer("ana")) as session:
        assert meeting_as(session).version == 1


@pytest.mark.parametrize("state", ["held", "closed", "cancelled", "postponed"])
def test_what_is_over_or_called_off_changes_no_more(sqlite_database, state):
    prepared(sqlite_database, state=state)
    assert refused(sqlite_database, lambda session: stage_changes(session, REFERENCE)) == ("not_in_state", None)


def test_who_is_not_at_the_table_stages_nothing(database):
    prepared(database, ("MX", "US"), "UNC-2026-MXUS-3")
    for who in ("benoit", "sam", "olga", "marta"):
        with database.write_session(world.viewer(who)) as session, pytest.raises(NotFound):
            stage_changes(session, "UNC-2026-MXUS-3")


@pytest.mark.parametrize("parties", [("CA", "MX", "US"), ("MX",)])
def test_an_official_alone_neither_lets_a_party_in_nor_drops_one(database, parties):
    """What the others have of a meeting is shown to who joins it; a coordinator or head decides that."""
    prepared(database, ("MX", "US"), "UNC-2026-MXUS-3")
    draft_id = staged(database, "diego", "UNC-2026-MXUS-3", parties=parties)
    with database.read_session(world.viewer("diego")) as session:
        version = session.get_one(Draft, draft_id).version
    expected = ("parties_need_a_coordinator", "parties")
    assert refused(database, lambda session: publish(session, draft_id, version=version), "diego") == expected
    with database.read_session(world.viewer("benoit")) as session, pytest.raises(NotFound):
        find_meeting(session, "UNC-2026-MXUS-3")
    published(database, draft_id, "ana")


def told(database: Database) -> dict[str, set[str]]:
    """Return who is told what, by the names of the cast."""
    names = {member.id: key for key, member in world.CAST.items()}
    found: dict[str, set[str]] = {}
    with database.system_session("read what is to be sent") as session:
        for row in session.execute(select(OutboxMessage)).scalars():
            found.setdefault(row.kind, set()).add(names[row.recipient_id] if row.recipient_id else "")
    return found


def test_who_comes_who_stays_and_who_leaves_are_told_one_thing_each(database):
    prepared(database, ("CA", "MX"))
    published(database, staged(database, parties=("CA", "MX", "US")))
    assert told(database) == {
        "meeting_changed": {"lucia", "isabelle", "adaeze"},
        "meeting_proposed": {"carol", "erin", "sam"},
    }


def test_who_is_in_it_no_more_is_told_so_and_nothing_else(database):
    prepared(database)
    published(database, staged(database, parties=("CA", "MX"), place="Ottawa"))
    assert told(database) == {
        "meeting_changed": {"lucia", "isabelle", "adaeze"},
        "meeting_left": {"carol", "erin", "sam"},
    }
    with database.system_session("read what is to be sent") as session:
        rows = session.execute(select(OutboxMessage).where(OutboxMessage.kind == "meeting_left")).scalars()
        meeting_id = str(world.identity("meeting", REFERENCE))
        assert {tuple(sorted(row.payload.items())) for row in rows} == {
            (("meeting_id", meeting_id), ("reference", REFERENCE))
        }


def test_a_draft_of_changes_ends_for_a_party_that_was_dropped(database):
    prepared(database)
    theirs = staged(database, "carol", place="Washington")
    published(database, staged(database, parties=("CA", "MX")))
    assert refused(database, lambda session: publish(session, theirs, version=2), "carol") == ("not_found", None)


def test_editing_the_place_moves_nothing_when_zone_data_has_changed_meanwhile(database):
    prepared(database)
    with database.system_session("as an older release resolved it", "write") as session:
        meeting = meeting_as(session)
        meeting.starts_at += dt.timedelta(hours=1)
        meeting.ends_at += dt.timedelta(hours=1)
        for sitting in meeting.sittings:
            sitting.starts_at, sitting.ends_at = meeting.starts_at, meeting.ends_at
        meeting.tzdata_version = "2020a"
        session.commit()
    published(database, staged(database, place="Ottawa"))
    with database.read_session(world.viewer("ana")) as session:
        meeting = meeting_as(session)
        assert (meeting.starts_at.hour, meeting.tzdata_version, meeting.sequence) == (16, "2020a", 0)
        assert meeting.state == "confirmed"


# Past meetings ------------------------------------------------------------------------------------

PAST = MeetingContent(
    mechanism="un-coordination",
    title={"en": "Consultations"},
    parties=("CA", "MX"),
    hosting={"CA": "host"},
    format="unknown",
    place="Ottawa",
    zone="America/Toronto",
    first_day=dt.date(2019, 5, 6),
    last_day=dt.date(2019, 5, 7),
    ordinal=2,
    source="https://www.example.org/readout",
)


def test_a_past_meeting_is_held_asks_nobody_and_is_seen_by_its_parties(database):
    with database.write_session(world.viewer("benoit")) as session:
        reference = record_past_meeting(session, PAST, uid_host="entente.example").reference
        session.commit()
    assert reference == "UNC-2019-CAMX-1"
    with database.read_session(world.viewer("ana")) as session:
        meeting = meeting_as(session, reference)
        assert (meeting.state, meeting.source, meeting.format) == ("held", "https://www.example.org/readout", "unknown")
        assert {row.party_code: row.answer for row in meeting.parties} == {"CA": None, "MX": None}
        assert meeting.sittings == []
        assert session.execute(select(AgendaItem)).all() == []
        acts = [row.action for row in session.execute(select(AuditRecord)).scalars() if row.subject_kind == "meeting"]
        assert acts == ["meeting_recorded"]
    with database.read_session(world.viewer("carol")) as session, pytest.raises(NotFound):
        meeting_as(session, reference)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"source": " "}, ("required", "source")),
        ({"source": "a\x00"}, ("control_characters", "source")),
        ({"first_day": dt.date(2026, 11, 22), "last_day": None}, ("not_past", "last_day")),
        ({"parties": ("MX", "US"), "hosting": {}}, ("needs_own_party", "parties")),
        ({"title": {}}, ("needs_title", "title_en")),
        ({"first_day": None}, ("required", "first_day")),
        ({"mechanism": "nothing"}, ("unknown_mechanism", "mechanism")),
    ],
)
def test_what_cannot_be_recorded(sqlite_database, changed, expected):
    content = dataclasses.replace(PAST, **changed)
    act = lambda session: record_past_meeting(session, content, uid_host="entente.example")  # noqa: E731
    assert refused(sqlite_database, act, "benoit") == expected
    with sqlite_database.system_session("look at everything") as session:
        assert session.execute(select(Meeting)).all() == []
