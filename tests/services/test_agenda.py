"""The agenda: what its pages show, the acts on it, and what a race or a stranger meets."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import event, select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import person_key
from app.models import AgendaItem, AuditRecord, Meeting, Sitting
from app.services import agenda_acts
from app.services.agenda import AgendaView, agenda_of, items_of, version_of
from app.services.agenda_acts import ItemWords
from app.services.meetings import find_meeting
from tests import world

REFERENCE = "UNC-2026-2"
ITEM = ItemWords(title={"en": "Candidatures"}, kind="substance", type="discussion", minutes=25)


@pytest.fixture
def kept(database: Database) -> Database:
    """Return a database with a meeting of all three and its agenda of three items, and one of Mexico and the US."""
    with database.system_session("prepare an agenda", "write") as session:
        meeting = world.add_meeting(session, REFERENCE, mechanism="M01", hosting={"MX": "host"})
        world.add_item(session, meeting, 1, kind="opening", type="information", minutes=10)
        world.add_item(session, meeting, 2, minutes=45, lead_party="CA", title={"es": "Candidaturas", "original": "es"})
        world.add_item(session, meeting, 3, kind="closing", type="information", minutes=5)
        two = world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
        world.add_item(session, two, 1, title={"en": world.canary("MXUS", "item"), "original": "en"})
        session.commit()
    return database


def seen(database: Database, key: str = "ana", reference: str = REFERENCE) -> AgendaView:
    with database.read_session(world.viewer(key)) as session:
        return agenda_of(session, find_meeting(session, reference))


def titles(database: Database, reference: str = REFERENCE) -> list[str]:
    return [next(iter(line.item.title.values())) for line in seen(database, reference=reference).items]


def act(database: Database, key: str, verb: str, *args: object, **named: object) -> AgendaItem:
    with database.write_session(world.viewer(key)) as session:
        done = getattr(agenda_acts, f"{verb}_item")(session, REFERENCE, *args, **named)
        session.commit()
    return done


def item_at(database: Database, position: int) -> AgendaItem:
    return seen(database).items[position - 1].item


def clocks(view: AgendaView) -> list[list[str]]:
    return [[f"{time.at:%H:%M}" for time in line.times] for line in view.items]


# What is shown --------------------------------------------------------------------------------------


def test_hours_stand_in_each_capital_and_those_that_agree_share_a_column(kept: Database) -> None:
    view = seen(kept)
    assert [[city["en"] for city in column.cities] for column in view.columns] == [
        ["New York", "Ottawa", "Washington"],
        ["Mexico City"],
    ]
    assert clocks(view) == [["10:00", "09:00"], ["10:10", "09:10"], ["10:55", "09:55"]]
    assert [f"{time.at:%H:%M}" for time in view.ends] == ["11:00", "10:00"]
    assert (view.timetable.total_minutes, view.left_minutes, view.timetable.over_minutes) == (60, 120, 0)


def test_in_summer_mexico_city_is_two_hours_behind(kept: Database) -> None:
    with kept.system_session("add a meeting in June", "write") as session:
        meeting = world.add_meeting(session, "UNC-2027-1", mechanism="M01", starts_on=dt.date(2027, 6, 10))
        world.add_item(session, meeting, 1)
        session.commit()
    assert clocks(seen(kept, reference="UNC-2027-1")) == [["10:00", "08:00"]]


def test_a_capital_where_it_is_another_day_says_which(kept: Database) -> None:
    with kept.system_session("add a meeting in Tokyo", "write") as session:
        meeting = world.add_meeting(session, "UNC-2027-2", mechanism="M01", time_zone="Asia/Tokyo")
        world.add_item(session, meeting, 1)
        session.commit()
    [line] = seen(kept, reference="UNC-2027-2").items
    assert [(f"{time.at:%H:%M}", time.other_day) for time in line.times] == [
        ("10:00", None),
        ("20:00", dt.date(2026, 12, 9)),
        ("19:00", dt.date(2026, 12, 9)),
    ]


def test_an_overrun_is_told_and_marked_on_the_items_that_cause_it(kept: Database) -> None:
    act(kept, "ana", "add", ItemWords(title={"en": "Long"}, kind="substance", type="discussion", minutes=135))
    view = seen(kept)
    assert (view.timetable.total_minutes, view.timetable.over_minutes, view.left_minutes) == (195, 15, 0)
    assert [line.is_over for line in view.items] == [False, False, True, True]


def test_several_sittings_open_with_their_day(kept: Database) -> None:
    with kept.system_session("make the meeting two days long", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", REFERENCE))
        meeting.ends_on = dt.date(2026, 12, 11)
        meeting.ends_at = dt.datetime(2026, 12, 11, 18, 0, tzinfo=dt.UTC)
        start = dt.datetime(2026, 12, 11, 15, 0, tzinfo=dt.UTC)
        session.add(
            Sitting(
                meeting_id=meeting.id, position=2, starts_at=start, ends_at=meeting.ends_at,
                audience_id=meeting.audience_id,
            )
        )  # fmt: skip
        session.flush()
        world.add_item(session, meeting, 4, minutes=150)
        session.commit()
    view = seen(kept)
    assert [line.opens_day for line in view.items] == [dt.date(2026, 12, 10), None, None, dt.date(2026, 12, 11)]
    assert clocks(view)[-1] == ["10:00", "09:00"]


def test_a_meeting_without_hours_has_no_clock_times(kept: Database) -> None:
    with kept.system_session("take the hours away", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", REFERENCE))
        meeting.starts_time = meeting.ends_time = None
        session.commit()
    view = seen(kept)
    assert (view.columns, view.ends, [line.times for line in view.items]) == ((), (), [(), (), ()])
    assert view.timetable.total_minutes == 60


def test_a_date_that_is_open_has_no_clock_times(kept: Database) -> None:
    with kept.system_session("postpone it", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", REFERENCE))
        meeting.state, meeting.date_is_open, meeting.reason = "postponed", True, "the chair cannot travel"
        session.commit()
    assert seen(kept).columns == ()


# The acts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["ana", "diego", "benoit", "carol", "sam"])
def test_everybody_at_the_table_and_its_secretariat_edit(kept: Database, key: str) -> None:
    assert seen(kept, key).may_edit
    act(kept, key, "add", ITEM)
    assert titles(kept) == ["Item 1", "Candidaturas", "Candidatures", "Item 3"]


def test_an_item_is_added_where_its_kind_usually_stands(kept: Database) -> None:
    for kind in ("adoption_of_agenda", "other_business", "substance", "closing"):
        act(kept, "ana", "add", ItemWords(title={"en": kind}, kind=kind, type="information", minutes=5))
    assert titles(kept) == [
        "Item 1", "adoption_of_agenda", "Candidaturas", "substance", "other_business", "Item 3", "closing",
    ]  # fmt: skip
    assert [line.item.position for line in seen(kept).items] == [1, 2, 3, 4, 5, 6, 7]


def test_an_edit_is_written_and_recorded_with_what_stood_before(kept: Database) -> None:
    row = item_at(kept, 2)
    words = ItemWords(title={"es": "Candidaturas", "en": "Candidatures"}, kind="substance", type="decision", minutes=30,
                      lead_party="US", original="es")  # fmt: skip
    act(kept, "sam", "edit", row.id, words, version=version_of(row))
    changed = item_at(kept, 2)
    assert changed.title == {"en": "Candidatures", "es": "Candidaturas", "original": "es"}
    assert (changed.type, changed.lead_party, changed.minutes) == ("decision", "US", 30)
    record = records(kept)[-1]
    assert record.action == "agenda_item_changed"
    assert record.facts["was"] == {
        "title": {"es": "Candidaturas", "original": "es"}, "kind": "substance", "type": "discussion",
        "lead_party": "CA", "minutes": 45, "presenters": None,
    }  # fmt: skip


def records(database: Database) -> list[AuditRecord]:
    with database.read_session(world.viewer("benoit")) as session:
        return list(
            session.scalars(
                select(AuditRecord).where(AuditRecord.subject_kind == "agenda").order_by(AuditRecord.number)
            )
        )


def test_the_loser_of_a_race_sees_both_and_nothing_is_written(kept: Database) -> None:
    row = item_at(kept, 2)
    version = version_of(row)
    act(kept, "ana", "edit", row.id, ITEM, version=version)
    late = ItemWords(title={"fr": "Candidatures (fr)"}, kind="substance", type="decision", minutes=5)
    with pytest.raises(StaleVersion) as refused:
        act(kept, "benoit", "edit", row.id, late, version=version)
    assert refused.value.yours["title"] == {"fr": "Candidatures (fr)"}
    assert refused.value.theirs["title"] == {"en": "Candidatures", "original": "en"}
    assert item_at(kept, 2).minutes == 25


def test_a_move_by_others_is_no_race_with_an_edit(kept: Database) -> None:
    row = item_at(kept, 2)
    act(kept, "carol", "move", row.id, "up", order=seen(kept).order)
    act(kept, "ana", "edit", row.id, ITEM, version=version_of(row))
    assert titles(kept) == ["Candidatures", "Item 1", "Item 3"]


def test_a_move_goes_from_the_order_that_was_seen(kept: Database) -> None:
    order = seen(kept).order
    last = item_at(kept, 3)
    act(kept, "ana", "move", last.id, "up", order=order)
    assert titles(kept) == ["Item 1", "Item 3", "Candidaturas"]
    with pytest.raises(StaleVersion) as refused:
        act(kept, "benoit", "move", last.id, "up", order=order)
    assert refused.value.yours == {"direction": "up", "title": {"en": "Item 3", "original": "en"}}
    assert [next(iter(each.values())) for each in refused.value.theirs["order"]] == ["Item 1", "Item 3", "Candidaturas"]  # type: ignore[attr-defined]
    assert titles(kept) == ["Item 1", "Item 3", "Candidaturas"]


def test_at_the_end_of_the_list_nothing_moves_and_nothing_is_recorded(kept: Database) -> None:
    act(kept, "ana", "move", item_at(kept, 1).id, "up", order=seen(kept).order)
    assert titles(kept) == ["Item 1", "Candidaturas", "Item 3"]
    assert records(kept) == []


def test_a_removed_item_is_kept_and_comes_back_to_its_place(kept: Database) -> None:
    row = item_at(kept, 2)
    act(kept, "ana", "remove", row.id, version=version_of(row))
    assert titles(kept) == ["Item 1", "Item 3"]
    assert [item.id for item in seen(kept).removed] == [row.id]
    act(kept, "carol", "restore", row.id)
    assert titles(kept) == ["Item 1", "Candidaturas", "Item 3"]
    assert [line.item.position for line in seen(kept).items] == [1, 2, 3]
    assert [record.action for record in records(kept)] == ["agenda_item_removed", "agenda_item_restored"]


def test_an_item_that_was_removed_meanwhile_is_not_changed_in_silence(kept: Database) -> None:
    row = item_at(kept, 2)
    version = version_of(row)
    act(kept, "ana", "remove", row.id, version=version)
    with pytest.raises(StaleVersion):
        act(kept, "benoit", "edit", row.id, ITEM, version=version)


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({"title": {}}, "needs_title", "title_en"),
        ({"title": {"en": "  "}}, "needs_title", "title_en"),
        ({"title": {"fr": "x" * 301}}, "too_long", "title_fr"),
        ({"title": {"es": "a\u202eb"}}, "bidi_override", "title_es"),
        ({"title": {"en": "a\x07b"}}, "control_characters", "title_en"),
        ({"kind": "party"}, "unknown_kind", "kind"),
        ({"type": "dance"}, "unknown_type", "type"),
        ({"minutes": -1}, "minutes_out_of_range", "minutes"),
        ({"minutes": 1441}, "minutes_out_of_range", "minutes"),
        ({"lead_party": "NL"}, "unknown_party", "lead_party"),
        ({"kind": "other_business", "type": "decision"}, "no_decision_under_other_business", "type"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    kept: Database, changed: dict[str, object], key: str, field: str
) -> None:
    values: dict[str, object] = {"title": {"en": "A"}, "kind": "substance", "type": "discussion", "minutes": 5}
    with pytest.raises(Refusal) as refused:
        act(kept, "ana", "add", ItemWords(**(values | changed)))  # type: ignore[arg-type]
    assert (refused.value.key, refused.value.field) == (key, field)
    assert titles(kept) == ["Item 1", "Candidaturas", "Item 3"]


def test_an_agenda_has_a_limit(kept: Database) -> None:
    with kept.system_session("fill the agenda up", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", REFERENCE))
        for position in range(4, 201):
            world.add_item(session, meeting, position)
        session.commit()
    with pytest.raises(Refusal) as refused:
        act(kept, "ana", "add", ITEM)
    assert refused.value.key == "too_many_items"


def test_a_closed_meeting_is_frozen(kept: Database) -> None:
    with kept.system_session("close the meeting", "write") as session:
        session.get_one(Meeting, world.identity("meeting", REFERENCE)).state = "closed"
        session.commit()
    row = item_at(kept, 2)
    view = seen(kept)
    assert (view.is_frozen, view.may_edit) == (True, False)
    for verb, args, named in [
        ("add", (ITEM,), {}),
        ("edit", (row.id, ITEM), {"version": version_of(row)}),
        ("move", (row.id, "up"), {"order": view.order}),
        ("remove", (row.id,), {"version": version_of(row)}),
        ("restore", (row.id,), {}),
    ]:
        with pytest.raises(Refusal) as refused:
            act(kept, "ana", verb, *args, **named)
        assert refused.value.key == "not_in_state", verb


def test_a_guest_of_the_meeting_reads_and_may_not_edit(kept: Database) -> None:
    olga = world.CAST["olga"]
    with kept.system_session("invite a guest", "write") as session:
        keys = {person_key(olga.id)}
        meeting = world.add_meeting(session, "UNC-2026-3", mechanism="M01", extra_keys=keys)
        world.add_item(session, meeting, 1)
        session.commit()
    view = seen(kept, "olga", "UNC-2026-3")
    assert (len(view.items), view.may_edit) == (1, False)
    with kept.write_session(world.viewer("olga")) as session, pytest.raises(Refusal) as refused:
        agenda_acts.add_item(session, "UNC-2026-3", ITEM)
    assert refused.value.key == "forbidden"


def test_what_is_of_two_does_not_exist_for_the_third(kept: Database) -> None:
    with kept.read_session(world.viewer("ana")) as session:
        [hidden] = items_of(session, world.identity("meeting", "UNC-2026-MXUS-1"))
    with kept.write_session(world.viewer("benoit")) as session:
        assert items_of(session, world.identity("meeting", "UNC-2026-MXUS-1")) == []
        with pytest.raises(NotFound):
            agenda_acts.add_item(session, "UNC-2026-MXUS-1", ITEM)
        for unknown in (hidden.id, uuid.uuid4()):
            with pytest.raises(NotFound):
                agenda_acts.restore_item(session, REFERENCE, unknown)


def test_nothing_of_it_reaches_the_calendar(kept: Database) -> None:
    def promised() -> tuple[int, int, dt.datetime]:
        with kept.read_session(world.viewer("ana")) as session:
            meeting = find_meeting(session, REFERENCE)
            return meeting.sequence, meeting.version, meeting.changed_at

    before = promised()
    row = act(kept, "ana", "add", ITEM)
    act(kept, "ana", "move", row.id, "up", order=seen(kept).order)
    act(kept, "ana", "remove", row.id, version=version_of(item_at(kept, 2)))
    assert promised() == before


# Templates ------------------------------------------------------------------------------------------


def test_an_empty_agenda_is_filled_from_the_mechanisms_template(kept: Database) -> None:
    with kept.system_session("add empty meetings", "write") as session:
        world.add_meeting(session, "UNC-2027-1", mechanism="M01")
        world.add_meeting(session, "ADH-2026-CAMX-1", ("CA", "MX"))
        session.commit()
    for reference, kinds in [
        ("UNC-2027-1", ["opening", "adoption_of_agenda", "progress_since_last", "substance"]),
        ("ADH-2026-CAMX-1", ["opening", "adoption_of_agenda", "progress_since_last", "substance", "other_business",
                             "adoption_of_outcome", "closing"]),
    ]:  # fmt: skip
        with kept.write_session(world.viewer("ana")) as session:
            agenda_acts.fill_agenda(session, reference)
            session.commit()
        view = seen(kept, reference=reference)
        assert [line.item.kind for line in view.items][: len(kinds)] == kinds
        assert {"en", "es", "fr"} <= set(view.items[0].item.title)


def test_an_agenda_with_items_is_not_filled(kept: Database) -> None:
    with kept.write_session(world.viewer("ana")) as session, pytest.raises(Refusal) as refused:
        agenda_acts.fill_agenda(session, REFERENCE)
    assert refused.value.key == "agenda_not_empty"


# Progress since the last meeting --------------------------------------------------------------------


@pytest.fixture
def followed(kept: Database) -> Database:
    """Return the world with an agenda item on progress, and meetings before it with their actions."""
    add = world.add_meeting
    with kept.system_session("prepare what went before", "write") as session:
        held: Any = {"mechanism": "M01", "state": "held"}
        older = add(session, "UNC-2026-1", starts_on=dt.date(2026, 3, 5), **held)
        last = add(session, "UNC-2026-4", starts_on=dt.date(2026, 6, 5), **held)
        two = add(session, "UNC-2026-MXUS-2", ("MX", "US"), starts_on=dt.date(2026, 9, 5), **held)
        add(session, "UNC-2026-5", starts_on=dt.date(2026, 10, 5), mechanism="M01", state="cancelled")
        add(session, "NADD-2026-1", starts_on=dt.date(2026, 10, 6), mechanism="M02", state="held")
        world.add_action(session, "UNC-2026-1-A01", meeting=older)
        world.add_action(session, "UNC-2026-4-A01", meeting=last)
        done = {code: {"state": "done"} for code in world.THREE}
        world.add_action(session, "UNC-2026-4-A02", meeting=last, legs=done)
        narrow = world.add_action(
            session, "UNC-2026-4-MXUS-A01", ("MX", "US"), title={"en": world.canary("MXUS", "action"), "original": "en"}
        )
        narrow.meeting_id, narrow.mechanism_id = last.id, last.mechanism_id
        world.add_action(session, "UNC-2026-MXUS-2-A01", ("MX", "US"), meeting=two)
        session.flush()
        item = session.scalars(
            select(AgendaItem).where(AgendaItem.position == 2, AgendaItem.audience_id == last.audience_id)
        )
        item.one().kind = "progress_since_last"
        session.commit()
    return kept


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ana", ["UNC-2026-1-A01", "UNC-2026-4-A01", "UNC-2026-4-MXUS-A01"]),
        ("carol", ["UNC-2026-1-A01", "UNC-2026-4-A01", "UNC-2026-4-MXUS-A01"]),
        ("benoit", ["UNC-2026-1-A01", "UNC-2026-4-A01"]),
        ("sam", ["UNC-2026-1-A01", "UNC-2026-4-A01"]),
    ],
)
def test_progress_shows_what_is_open_of_the_meetings_before_of_the_same_parties(
    followed: Database, key: str, expected: list[str]
) -> None:
    view = seen(followed, key)
    shown = [[line.action.reference for line in item.open_actions] for item in view.items]
    assert shown == [[], expected, []]


def test_progress_is_read_live(followed: Database) -> None:
    from app.services.action_acts import LegChange, update_leg

    for key, code in (("ana", "MX"), ("benoit", "CA"), ("carol", "US")):
        assert len(seen(followed, "benoit").items[1].open_actions) == 2
        with followed.write_session(world.viewer(key)) as session:
            change = LegChange(state="done", due_on=dt.date(2026, 12, 15))
            update_leg(session, "UNC-2026-4-A01", code, change, version=1)
            session.commit()
    still = seen(followed, "benoit").items[1].open_actions
    assert [line.action.reference for line in still] == ["UNC-2026-1-A01"]


# Statements -----------------------------------------------------------------------------------------


def count_statements(database: Database, read: object) -> int:
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and "set_config" not in statement:
            found.append(statement)

    with database.read_session(world.viewer("ana")) as session:
        event.listen(database.engine, "before_cursor_execute", note)
        try:
            read(session)  # type: ignore[operator]
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
    return len(found)


def test_as_many_statements_for_sixty_items_as_for_three(followed: Database) -> None:
    def read(session: GuardedSession) -> None:
        agenda_of(session, find_meeting(session, REFERENCE))

    few = count_statements(followed, read)
    with followed.system_session("add many items and actions", "write") as session:
        meeting = session.get_one(Meeting, world.identity("meeting", REFERENCE))
        last = session.get_one(Meeting, world.identity("meeting", "UNC-2026-4"))
        for position in range(4, 61):
            world.add_item(session, meeting, position, lead_party="MX")
            world.add_action(session, f"UNC-2026-4-A{position:02d}", meeting=last)
        session.commit()
    assert count_statements(followed, read) == few <= 14
