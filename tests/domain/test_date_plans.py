"""What a plan may say, how its slots are named, and which city keeps which clock."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import zones
from app.domain.cities import CITIES, city_named, name_of
from app.domain.date_plans import PlanContent, PlannedSeat, PlannedSlot, check_plan, slot_of
from app.domain.errors import Refusal

TODAY = dt.date(2026, 11, 22)
OFFICES = {"MX-SRE": "MX", "US-DOS": "US", "BR-MRE": "BR"}
SEATS = (PlannedSeat("MX", "person", name="Luis Pardo"), PlannedSeat("US", "office", "US-DOS", is_required=False))
GOOD = PlanContent(
    first_day=dt.date(2027, 1, 11),
    last_day=dt.date(2027, 2, 19),
    place="Mexico City",
    zone="America/Mexico_City",
    parties=("MX", "US"),
    required_parties=("MX", "US"),
    seats=SEATS,
)


def refusals(**changed: object) -> list[tuple[str, str | None]]:
    """Return what a plan with these changes is refused for."""
    _, found = check_plan(dataclasses.replace(GOOD, **changed), TODAY, OFFICES)  # type: ignore[arg-type]
    return [(each.key, each.field) for each in found]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"last_day": dt.date(2027, 1, 10)}, [("ends_before_start", "last_day")]),
        ({"last_day": dt.date(2028, 7, 11)}, []),  # 18 months, to the day
        ({"last_day": dt.date(2028, 7, 12)}, [("range_too_long", "last_day")]),
        ({"first_day": dt.date(2026, 10, 1), "last_day": dt.date(2026, 11, 21)}, [("plan_is_past", "last_day")]),
        ({"first_day": dt.date(2026, 10, 1), "last_day": dt.date(2026, 11, 22)}, []),  # it begins today then
        ({"last_day": dt.date(2027, 1, 13), "days_count": 4}, [("range_too_short", "last_day")]),
        ({"first_day": None}, [("required", "first_day")]),
        ({"first_day": dt.date(1800, 1, 1)}, [("year_out_of_range", "first_day")]),
        ({"days_count": 0}, [("days_count_out_of_range", "days_count")]),
        ({"days_count": 6}, [("days_count_out_of_range", "days_count")]),
        ({"days_count": 5, "minutes": None}, []),
        ({"minutes": 0}, [("length_out_of_range", "minutes")]),
        ({"minutes": 29}, [("length_out_of_range", "minutes")]),
        ({"minutes": 30}, []),
        ({"minutes": 15 * 60}, [("window_too_short", "ends")]),
        ({"starts": dt.time(12), "ends": dt.time(9)}, [("ends_before_start", "ends")]),
        ({"starts": None}, [("required", "starts")]),
        ({"format": "by_owl"}, [("unknown_format", "format")]),
        ({"zone": "Mars/Olympus"}, [("unknown_zone", "zone")]),
        ({"zone": ""}, [("required", "zone")]),
        ({"required_parties": ()}, [("no_required_party", "required_parties")]),
        ({"required_parties": ("CA",)}, [("not_a_party", "required_parties")]),
        ({"agenda_days": -1, "papers_days": 366}, [("lead_out_of_range", n) for n in ("agenda_days", "papers_days")]),
        ({"seats": (PlannedSeat("MX", "office", "US-DOS"),)}, [("office_of_others", "seats")]),
        ({"seats": (PlannedSeat("BR", "office", "BR-MRE"),)}, []),  # of no party here: left out
        ({"seats": (PlannedSeat("MX", "person", name="Luis\x00"),)}, [("control_characters", "names_MX")]),
        ({"seats": tuple(PlannedSeat("MX", "person", name=f"{n}") for n in range(61))}, [("too_many_seats", "seats")]),
        ({"place": "x" * 301}, [("too_long", "place")]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field(changed: dict[str, object], expected: object) -> None:
    assert refusals(**changed) == expected


def test_who_is_named_twice_must_attend_and_empty_names_are_nobody() -> None:
    seats = (
        PlannedSeat("MX", "person", name=" Luis  Pardo ", is_required=False),
        PlannedSeat("MX", "person", name="Luis Pardo"),
        PlannedSeat("US", "person", name="  "),
        PlannedSeat("CA", "person", name="Gone with their party"),
    )
    cleaned, found = check_plan(dataclasses.replace(GOOD, seats=seats), TODAY, OFFICES)
    assert (cleaned.seats, found) == ((PlannedSeat("MX", "person", name="Luis Pardo"),), ())


@given(
    st.builds(
        PlanContent,
        first_day=st.none() | st.dates(),
        minutes=st.none() | st.integers(30, 1440),
        starts=st.none() | st.times(),
        place=st.text(max_size=20),
        parties=st.lists(st.sampled_from(["CA", "MX", "US"])).map(tuple),
        seats=st.lists(st.builds(PlannedSeat, party=st.just("MX"), kind=st.just("person"), name=st.text())).map(tuple),
    )
)
def test_a_plan_is_read_as_it_was_written(content: PlanContent) -> None:
    minute = content.starts and content.starts.replace(second=0, microsecond=0)
    assert PlanContent.from_json(content.to_json()) == dataclasses.replace(content, starts=minute)


@pytest.mark.parametrize(
    ("changed", "key", "expected"),
    [
        ({}, "2027-01-26T10:00", ("2027-01-26", "2027-01-26", "10:00", "13:00")),
        ({"days_count": 2}, "2027-01-29T10:00", ("2027-01-29", "2027-01-30", "10:00", "13:00")),
        ({"minutes": None, "days_count": 5}, "2027-01-25", ("2027-01-25", "2027-01-29", None, None)),
        ({}, "2027-01-26", None),  # hours are wanted
        ({"minutes": None}, "2027-01-26T10:00", None),  # none are
        ({}, "2027-01-26T22:00", None),  # past midnight
        ({}, "2027-02-30T10:00", None),
        ({}, "2027-01-26T25:00", None),
        ({}, "9999-12-31T10:00", None),
        ({}, "２027-01-26T10:00", None),  # a digit of another script
        ({}, "", None),
    ],
)  # fmt: skip
def test_slots_by_their_names(changed: dict[str, object], key: str, expected: tuple[str, ...] | None) -> None:
    content = dataclasses.replace(GOOD, **changed)  # type: ignore[arg-type]
    if expected is None:
        with pytest.raises(Refusal, match="unknown_slot"):
            slot_of(content, key)
        return
    slot = slot_of(content, key)
    hours = [each.isoformat("minutes") if each else None for each in (slot.starts, slot.ends)]
    assert (slot.first_day.isoformat(), slot.last_day.isoformat(), *hours) == expected
    assert slot.key == key


def test_a_slot_promises_its_instants() -> None:
    slot = PlannedSlot(dt.date(2027, 3, 12), dt.date(2027, 3, 15), dt.time(9), dt.time(10), "America/Tijuana")
    begins = [starts.astimezone(dt.UTC).hour for starts, _ in slot.timing.when.sittings]
    assert begins == [17, 17, 16, 16]  # the clocks go forward on 14 March


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Ciudad Juárez", "America/Ciudad_Juarez"),
        ("ciudad juarez, El Chamizal", "America/Ciudad_Juarez"),
        ("Tijuana", "America/Tijuana"),
        ("Mexico", "America/Mexico_City"),
        ("Ciudad de México", "America/Mexico_City"),
        ("Nueva York", "America/New_York"),
        ("New York, Headquarters", "America/New_York"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_city_brings_its_zone(typed: str, zone: str | None) -> None:
    found = city_named(typed)
    assert (found.zone if found else None) == zone


def test_every_city_has_a_zone_of_the_pinned_data_and_a_name_of_its_own() -> None:
    assert {city.zone for city in CITIES} <= zones.zone_names()
    assert len({city.names for city in CITIES}) == len(CITIES)
    assert (name_of("Nueva York", "fr"), name_of("Somewhere", "fr")) == ("New York", "Somewhere")
