import itertools
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.agenda import ITEM_KINDS, check_item, clock_times, from_template, move, positions
from app.domain.errors import Refusal


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


ONE = [(at(10, 15), at(10, 18))]
TWO = [(at(10, 15), at(10, 17)), (at(11, 15), at(11, 17))]
ZONES = ("America/New_York", "America/Mexico_City")


def test_items_follow_one_another_in_every_capital():
    table = clock_times([10, 10, 160], ONE, ZONES)
    assert [item.starts_at for item in table.items] == [at(10, 15), at(10, 15, 10), at(10, 15, 20)]
    assert [{zone: local.time() for zone, local in item.starts_in.items()} for item in table.items] == [
        {"America/New_York": time(10, 0), "America/Mexico_City": time(9, 0)},
        {"America/New_York": time(10, 10), "America/Mexico_City": time(9, 10)},
        {"America/New_York": time(10, 20), "America/Mexico_City": time(9, 20)},
    ]
    assert (table.total_minutes, table.available_minutes, table.over_minutes, table.is_over) == (180, 180, 0, False)
    assert (table.sittings[0].ends_at, table.sittings[0].left_minutes) == (at(10, 18), 0)


@pytest.mark.parametrize(
    ("minutes", "sittings", "starts", "over", "left", "over_minutes"),
    [
        # It fits to the minute: nothing moves.
        ([60, 60, 60], TWO, [at(10, 15), at(10, 16), at(11, 15)], [False] * 3, [0, 60], [0, 0]),
        # The second does not fit into the 30 minutes left, so it opens the next sitting.
        ([90, 45, 60], TWO, [at(10, 15), at(11, 15), at(11, 15, 45)], [False] * 3, [30, 15], [0, 0]),
        # A later item that would have fitted does not jump the queue.
        ([90, 45, 20], TWO, [at(10, 15), at(11, 15), at(11, 15, 45)], [False] * 3, [30, 55], [0, 0]),
        # What no longer fits into the last sitting runs over its end.
        ([90, 90, 45], TWO, [at(10, 15), at(11, 15), at(11, 16, 30)], [False, False, True], [30, 0], [0, 15]),
        # An item longer than any sitting is taken where it opens one, and those after it go to the next.
        ([150, 30], TWO, [at(10, 15), at(11, 15)], [True, False], [0, 90], [30, 0]),
        # An item of no minutes stays where it is, at the very end too.
        ([120, 0, 10], TWO, [at(10, 15), at(10, 17), at(11, 15)], [False] * 3, [0, 110], [0, 0]),
        ([], TWO, [], [], [120, 120], [0, 0]),
        ([200], ONE, [at(10, 15)], [True], [0], [20]),
    ],
)
def test_items_flow_through_the_sittings_unsplit(minutes, sittings, starts, over, left, over_minutes):
    table = clock_times(minutes, sittings, ZONES)
    assert [item.starts_at for item in table.items] == starts
    assert [item.is_over for item in table.items] == over
    assert [sitting.left_minutes for sitting in table.sittings] == left
    assert [sitting.over_minutes for sitting in table.sittings] == over_minutes
    assert table.is_over is any(over_minutes)


def test_an_overrun_into_the_next_sitting_opens_it_late():
    morning_and_afternoon = [(at(10, 15), at(10, 16)), (at(10, 16, 30), at(10, 18))]
    table = clock_times([120, 30], morning_and_afternoon, ZONES)
    assert [(item.starts_at, item.sitting) for item in table.items] == [(at(10, 15), 0), (at(10, 17), 1)]
    assert table.over_minutes == 60


def test_clock_times_pass_through_a_clock_change():
    night = [(datetime(2027, 3, 14, 6, 30, tzinfo=UTC), datetime(2027, 3, 14, 8, 30, tzinfo=UTC))]
    table = clock_times([30, 30], night, ("America/New_York",))
    assert [item.starts_in["America/New_York"].time() for item in table.items] == [time(1, 30), time(3, 0)]


def test_days_without_hours_have_no_clock_times():
    table = clock_times([10, 20], [], ZONES)
    assert (table.items, table.sittings, table.total_minutes, table.is_over) == ((), (), 30, False)


def test_an_unknown_zone_is_refused():
    with pytest.raises(Refusal) as refused:
        clock_times([10], ONE, ("America/Nowhere",))
    assert refused.value.key == "unknown_zone"


@settings(deadline=None)
@given(st.lists(st.integers(0, 200), max_size=30), st.integers(1, 4))
def test_no_item_begins_before_the_one_above_it_has_ended(minutes, count):
    sittings = [(at(10 + number, 15), at(10 + number, 18)) for number in range(count)]
    items = clock_times(minutes, sittings, ZONES).items
    assert len(items) == len(minutes)
    assert all(later.starts_at >= earlier.ends_at for earlier, later in itertools.pairwise(items))
    assert all(later.sitting >= earlier.sitting for earlier, later in itertools.pairwise(items))
    assert all(item.starts_at >= sittings[item.sitting][0] for item in items)
    assert all(item.starts_in["America/New_York"].tzinfo == ZoneInfo("America/New_York") for item in items)


@pytest.mark.parametrize(
    ("item", "direction", "order"),
    [
        ("b", "up", ("b", "a", "c")),
        ("b", "down", ("a", "c", "b")),
        ("a", "up", ("a", "b", "c")),
        ("c", "down", ("a", "b", "c")),
        ("c", "up", ("a", "c", "b")),
    ],
)
def test_a_button_moves_an_item_one_place(item, direction, order):
    assert move(["a", "b", "c"], item, direction) == order
    assert positions(order) == {order[0]: 1, order[1]: 2, order[2]: 3}


def test_an_item_that_is_not_there_cannot_move():
    with pytest.raises(ValueError, match="not in list"):
        move(["a"], "b", "up")


def test_a_template_gives_each_kind_its_usual_type():
    template = [{"kind": kind, "title": {"en": kind, "es": kind, "fr": kind}, "minutes": 5} for kind in ITEM_KINDS]
    assert [(item.kind, item.type, item.minutes) for item in from_template(template)] == [
        ("opening", "information", 5),
        ("adoption_of_agenda", "decision", 5),
        ("progress_since_last", "information", 5),
        ("substance", "discussion", 5),
        ("other_business", "information", 5),
        ("adoption_of_outcome", "decision", 5),
        ("closing", "information", 5),
    ]
    assert from_template(template)[0].title == {"en": "opening", "es": "opening", "fr": "opening"}


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"kind": "party", "title": {"en": "x"}, "minutes": 5},
        {"kind": "opening", "title": "x", "minutes": 5},
        {"kind": "opening", "title": {"en": "x"}, "minutes": "5"},
        {"kind": "opening", "title": {"en": "x"}, "minutes": -5},
    ],
)
def test_what_is_no_template_is_refused(row):
    with pytest.raises(ValueError, match=r"template|minutes"):
        from_template([row])


@pytest.mark.parametrize(
    ("kind", "item_type", "minutes", "key"),
    [
        ("party", "decision", 5, "unknown_kind"),
        ("substance", "vote", 5, "unknown_type"),
        ("substance", "decision", -1, "minutes_out_of_range"),
        ("substance", "decision", 1441, "minutes_out_of_range"),
        ("other_business", "decision", 5, "no_decision_under_other_business"),
    ],
)
def test_an_item_that_cannot_be_is_refused(kind, item_type, minutes, key):
    with pytest.raises(Refusal) as refused:
        check_item(kind, item_type, minutes)
    assert refused.value.key == key


def test_an_item_that_can_be_is_let_through():
    check_item("substance", "decision", 0)
    check_item("other_business", "discussion", 1440)
