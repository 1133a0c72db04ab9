"""Warnings about a meeting: closures, high-level week, and clashes of parties, places and people."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from app.domain.lifecycle import When
from app.domain.meeting_advice import (
    Occupied,
    clashes,
    closures_during,
    high_level_during,
    hosts_of_place,
    plain,
)
from app.domain.zones import zone

CAPITALS = {"CA": "America/Toronto", "MX": "America/Mexico_City", "US": "America/New_York"}
NAMES = {"CA": ("Ottawa",), "MX": ("Mexico City", "Ciudad de México", "Mexico"), "US": ("Washington",)}


def when(first: str, last: str | None = None, hours: tuple[int, int] | None = (10, 12), name: str = "") -> When:
    """Return the time of a meeting at these hours of each day, in New York unless another zone is named."""
    zone_name = name or "America/New_York"
    days = [dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)]
    every_day = [days[0] + dt.timedelta(days=number) for number in range((days[1] - days[0]).days + 1)]
    own = zone(zone_name)
    sittings = tuple(
        (
            dt.datetime.combine(day, dt.time(hours[0]), own).astimezone(dt.UTC),
            dt.datetime.combine(day, dt.time(hours[1]), own).astimezone(dt.UTC),
        )
        for day in every_day
        if hours
    )
    bounds = (
        dt.datetime.combine(days[0], dt.time(), own).astimezone(dt.UTC),
        dt.datetime.combine(days[1] + dt.timedelta(days=1), dt.time(), own).astimezone(dt.UTC),
    )
    return When(
        zone_name, days[0], days[1], sittings[0][0] if sittings else bounds[0],
        sittings[-1][1] if sittings else bounds[1], sittings,
    )  # fmt: skip


# Closures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meets", "parties", "hosts", "expected"),
    [
        (when("2027-09-30"), ("CA", "MX"), (), [("closure", "2027-09-30", "CA")]),
        (when("2027-09-29", "2027-10-01"), ("CA", "MX"), (), [("closure", "2027-09-30", "CA")]),
        (when("2027-09-30"), ("MX", "US"), (), []),
        (when("2027-09-30"), ("MX", "US"), ("CA",), [("host_closure", "2027-09-30", "CA")]),
        (when("2027-09-30"), ("CA", "MX"), ("CA",), [("closure", "2027-09-30", "CA")]),
        (when("2027-09-16"), ("CA", "MX", "US"), (), [("closure", "2027-09-16", "MX")]),
        (
            when("2026-12-25", hours=None), ("CA", "MX", "US"), (),
            [("closure", "2026-12-25", "CA"), ("closure", "2026-12-25", "MX"), ("closure", "2026-12-25", "US")],
        ),
        (when("2026-12-25", hours=None), (), ("UN",), [("host_closure", "2026-12-25", "UN")]),
        (when("2027-09-15"), ("CA", "MX", "US"), ("UN",), []),
        (when("2027-09-30"), ("BR",), ("BR",), []),
    ],
)  # fmt: skip
def test_closures_of_the_capitals_and_of_the_city(
    meets: When, parties: tuple[str, ...], hosts: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    found = closures_during(meets, {code: CAPITALS.get(code, "America/Sao_Paulo") for code in parties}, hosts)
    assert [(each.key, each.day.isoformat(), each.party) for each in found] == expected


def test_a_day_is_the_capitals_own() -> None:
    """What is the evening of 15 September in New York is 16 September in a capital far to the east, not in Mexico."""
    late = when("2027-09-15", hours=(22, 23))
    assert closures_during(late, CAPITALS) == ()
    early_in_tokyo = when("2027-09-17", hours=(8, 9), name="Asia/Tokyo")
    [found] = closures_during(early_in_tokyo, CAPITALS)
    assert (found.party, found.day) == ("MX", dt.date(2027, 9, 16))


def test_a_closure_that_is_only_computed_says_so() -> None:
    [checked] = closures_during(when("2027-07-01"), {"CA": CAPITALS["CA"]})
    [computed] = closures_during(when("2031-07-01"), {"CA": CAPITALS["CA"]})
    assert (checked.is_attested, computed.is_attested) == (True, False)
    assert checked.name is not None
    assert checked.name.en == "Canada Day"


@pytest.mark.parametrize(
    ("place", "hosts"),
    [
        ("Ottawa", {"CA"}),
        ("Global Affairs Canada, OTTAWA, room 3", {"CA"}),
        ("Ciudad de Mexico", {"MX"}),
        ("New York, 866 UN Plaza", {"UN", "US"}),
        ("Nueva York", {"UN", "US"}),
        ("Washington, D.C.", {"US"}),
        ("Washingtonville", set()),
        ("Guadalajara", set()),
        ("", set()),
        (None, set()),
    ],
)
def test_a_place_names_the_city_whose_closures_it_keeps(place: str | None, hosts: set[str]) -> None:
    assert hosts_of_place(place, NAMES) == hosts


# High-level week ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meets", "is_inside"),
    [
        (when("2027-09-19"), False),
        (when("2027-09-20"), True),
        (when("2027-09-27"), True),
        (when("2027-09-28"), False),
        (when("2027-09-15", "2027-09-30"), True),
        (when("2027-09-07"), False),
    ],
)
def test_high_level_week_is_told_on_any_of_its_days(meets: When, is_inside: bool) -> None:
    found = high_level_during(meets)
    assert bool(found) == is_inside
    for each in found:
        assert (each.day, each.last_day) == (dt.date(2027, 9, 20), dt.date(2027, 9, 27))
        assert not each.is_attested


# Clashes ------------------------------------------------------------------------------------------


def occupied(reference: str, hours: tuple[int, int], parties: str = "CA MX", **changed: Any) -> Occupied:
    day = dt.datetime(2027, 9, 9, tzinfo=dt.UTC)
    sitting = day + dt.timedelta(hours=hours[0]), day + dt.timedelta(hours=hours[1])
    return dataclasses.replace(Occupied(reference, (sitting,), frozenset(parties.split()), id=reference), **changed)


OWN = occupied("UNC-2027-1", (14, 16), place="New York, Room 7", people={"a": "Ana", "b": None})


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (occupied("X", (15, 17), "MX US"), [("clash_parties", ("MX",), ())]),
        (occupied("X", (15, 17), "CA MX US"), [("clash_parties", ("CA", "MX"), ())]),
        (occupied("X", (16, 17), "CA MX US"), []),
        (occupied("X", (12, 14), "CA MX US"), []),
        (occupied("X", (13, 18), "US"), []),
        (occupied("X", (15, 17), "US", place="new york  room 7"), [("clash_place", (), ())]),
        (occupied("X", (15, 17), "US", place="New York"), []),
        (occupied("X", (17, 18), "US", place="New York, Room 7"), []),
        (occupied("X", (15, 17), "US", people={"a": "Ana"}), [("clash_people", (), ("Ana",))]),
        (occupied("X", (15, 17), "US", people={"b": None}), [("clash_people", (), ())]),
        (occupied("X", (15, 17), "US", people={"b": "Benoît"}), [("clash_people", (), ("Benoît",))]),
        (occupied("X", (15, 17), "US", people={"c": "Ana"}), []),
        (
            occupied("X", (15, 17), "CA", place="New York, Room 7", people={"a": "Ana"}),
            [("clash_parties", ("CA",), ()), ("clash_place", (), ()), ("clash_people", (), ("Ana",))],
        ),
        (occupied("X", (15, 17), beside=frozenset({"UNC-2027-1"})), []),
        (occupied("UNC-2027-1", (14, 16)), []),
    ],
)
def test_what_clashes_and_what_does_not(
    other: Occupied, expected: list[tuple[str, tuple[str, ...], tuple[str, ...]]]
) -> None:
    found = clashes(OWN, [other], "America/New_York")
    assert [(each.key, each.parties, each.people) for each in found] == expected
    assert {(each.reference, each.day) for each in found} <= {("X", dt.date(2027, 9, 9))}


def test_a_meeting_that_is_part_of_another_does_not_clash_with_it() -> None:
    part = dataclasses.replace(OWN, beside=frozenset({"X"}))
    assert clashes(part, [occupied("X", (9, 20))], "America/New_York") == ()


def test_meetings_of_several_days_clash_in_their_sittings_alone() -> None:
    day, hour = dt.timedelta(days=1), dt.timedelta(hours=1)
    [(starts_at, ends_at)] = OWN.sittings
    two_days = dataclasses.replace(OWN, sittings=((starts_at, ends_at), (starts_at + day, ends_at + day)))
    at_night = dataclasses.replace(two_days, id="X", sittings=((ends_at + hour, ends_at + 2 * hour),))
    next_day = dataclasses.replace(two_days, id="Y", sittings=((starts_at + day, ends_at + day),), reference="Y")
    assert clashes(two_days, [at_night], "America/New_York") == ()
    assert {each.day for each in clashes(two_days, [next_day], "America/New_York")} == {dt.date(2027, 9, 10)}


def test_the_day_of_a_clash_is_that_of_the_meetings_own_zone() -> None:
    late = dataclasses.replace(OWN, sittings=((OWN.sittings[0][0], OWN.sittings[0][1] + dt.timedelta(hours=12)),))
    other = occupied("X", (26, 27))
    assert [each.day for each in clashes(late, [other], "America/New_York")] == [dt.date(2027, 9, 9)]
    assert [each.day for each in clashes(late, [other], "Europe/Paris")] == [dt.date(2027, 9, 10)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ciudad de México", "CIUDAD DE MEXICO"), ("Room 7,  New York", "room 7 new-york"), ("Salle Nº 3", "salle no 3")],
)
def test_places_are_compared_by_letters_and_digits(one: str, other: str) -> None:
    assert plain(one) == plain(other)
