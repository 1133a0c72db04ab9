"""The zones that calendars bring, against the zone data itself, read by readers that did not write them."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dateutil.tz import tzical  # type: ignore[import-untyped]

from app.calendars.vtimezones import vtimezone
from app.calendars.zonedata import DayRule, zone_data
from app.domain import zones
from tests.calendars.vtimezone_reader import onsets

ROOT = Path(__file__).parents[2]
BEGIN = datetime(2022, 1, 1, tzinfo=UTC)
END = datetime(2038, 1, 1, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)

NAMED = [
    "America/Ciudad_Juarez",
    "America/Tijuana",
    "America/Vancouver",
    "America/Edmonton",
    "America/Winnipeg",
    "America/Mexico_City",
    "America/Toronto",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Cancun",
    "America/Hermosillo",
    # Their changes fall on the day after the one that their rule names.
    "America/Santiago",
    "America/Nuuk",
]
AMERICAS = sorted(name for name in zones.zone_names() if name.startswith("America/"))


def mistakes(name: str, since: datetime, instants: Iterator[datetime]) -> list[str]:
    """Return the instants at which the emitted zone says another offset than the zone data."""
    found = onsets(vtimezone(name, since), END.replace(tzinfo=None))
    zone = zones.zone(name)
    wrong, position = [], 0
    assert found[0].at <= since.replace(tzinfo=None), f"{name}: nothing is in force at the window's beginning"
    for instant in instants:
        bare = instant.replace(tzinfo=None)
        while position + 1 < len(found) and found[position + 1].at <= bare:
            position += 1
        if found[position].offset != instant.astimezone(zone).utcoffset():
            wrong.append(f"{name} {instant.isoformat()}: {found[position].offset}")
    return wrong


def half_hours(begin: datetime = BEGIN) -> Iterator[datetime]:
    """Every half hour from then through 2037."""
    for number in range((END - begin) // HALF_HOUR):
        yield begin + number * HALF_HOUR


def around_changes(name: str) -> Iterator[datetime]:
    """Every half hour of the two days around each change of offset, and two instants of every other day."""
    zone = zones.zone(name)
    for number in range((END - BEGIN).days):
        day = BEGIN + timedelta(days=number)
        has_change = day.astimezone(zone).utcoffset() != (day + timedelta(days=1)).astimezone(zone).utcoffset()
        for step in range(48) if has_change else (0, 24):
            yield day + step * HALF_HOUR


@pytest.mark.parametrize("name", NAMED)
def test_around_every_change(name):
    assert mistakes(name, BEGIN, around_changes(name)) == []


@pytest.mark.parametrize("name", ["America/New_York", "America/Mexico_City"])
def test_every_half_hour(name):
    assert mistakes(name, BEGIN, half_hours()) == []


@pytest.mark.prove
@pytest.mark.parametrize("name", AMERICAS)
def test_every_half_hour_in_the_americas(name):
    assert mistakes(name, BEGIN, half_hours()) == []


@pytest.mark.prove
@pytest.mark.parametrize("year", [1950, 2007, 2026, 2031])
def test_every_zone_from_any_year(year):
    for name in sorted(zones.zone_names()):
        begin = datetime(year, 7, 1, tzinfo=UTC)
        instants = (begin + timedelta(hours=5 * number) for number in range((END - begin) // timedelta(hours=5)))
        assert mistakes(name, begin, instants) == []


@pytest.mark.parametrize("name", NAMED)
def test_as_dateutil_reads_it(name):
    content = vtimezone(name, BEGIN).decode()
    read = tzical(io.StringIO(content)).get(name)
    zone = zones.zone(name)
    noons = (datetime(2022, 1, 2, 12, 0) + timedelta(days=5 * number) for number in range(1168))  # noqa: DTZ001
    wrong = [noon for noon in noons if read.utcoffset(noon) != zone.utcoffset(noon)]
    assert wrong == []


def test_the_check_can_fail():
    """The zone of another city does not pass for this one's."""
    found = onsets(vtimezone("America/Chicago", BEGIN), END.replace(tzinfo=None))
    assert found[0].offset == timedelta(hours=-6)
    assert found != onsets(vtimezone("America/New_York", BEGIN), END.replace(tzinfo=None))


MEXICO_CITY_NOW = """\
BEGIN:VTIMEZONE
TZID:America/Mexico_City
BEGIN:STANDARD
DTSTART:20221030T020000
TZNAME:CST
TZOFFSETFROM:-0500
TZOFFSETTO:-0600
END:STANDARD
END:VTIMEZONE
"""
MEXICO_CITY_BEFORE = """\
BEGIN:VTIMEZONE
TZID:America/Mexico_City
BEGIN:DAYLIGHT
DTSTART:20220403T020000
TZNAME:CDT
TZOFFSETFROM:-0600
TZOFFSETTO:-0500
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20221030T020000
TZNAME:CST
TZOFFSETFROM:-0500
TZOFFSETTO:-0600
END:STANDARD
END:VTIMEZONE
"""
NEW_YORK_IN_DECEMBER = """\
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:STANDARD
DTSTART:20261101T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
TZNAME:EST
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20270314T020000
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
TZNAME:EDT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("name", "since", "expected"),
    [
        # The clocks of Mexico City went back for good at 07:00 UTC.
        ("America/Mexico_City", datetime(2022, 10, 30, 7, 0, tzinfo=UTC), MEXICO_CITY_NOW),
        ("America/Mexico_City", datetime(2027, 6, 1, tzinfo=UTC), MEXICO_CITY_NOW),
        ("America/Mexico_City", datetime(2022, 10, 30, 6, 59, tzinfo=UTC), MEXICO_CITY_BEFORE),
        ("America/New_York", datetime(2026, 12, 10, 15, 0, tzinfo=UTC), NEW_YORK_IN_DECEMBER),
        ("America/New_York", datetime(2026, 11, 1, 6, 0, tzinfo=UTC), NEW_YORK_IN_DECEMBER),
    ],
)
def test_the_component(name, since, expected):
    assert vtimezone(name, since).decode() == expected.replace("\n", "\r\n")


def test_before_all_changes():
    """A zone is true even for what was before its first change."""
    assert (
        mistakes("America/New_York", datetime(1850, 1, 1, tzinfo=UTC), iter([datetime(1850, 1, 1, tzinfo=UTC)])) == []
    )


def test_every_zone_has_a_rule_that_can_be_read():
    for name in zones.zone_names():
        zone_data(name)


@pytest.mark.parametrize(
    ("rule", "year", "wall_time", "recurrence"),
    [
        # second Sunday of March, 2:00
        (DayRule(3, 2, 0, 7200), 2027, "2027-3-14 2:00", {"BYMONTH": 3, "BYDAY": "2SU"}),
        (DayRule(11, 1, 0, 7200), 2026, "2026-11-1 2:00", {"BYMONTH": 11, "BYDAY": "1SU"}),
        # last Sunday of October, 1:00
        (DayRule(10, 5, 0, 3600), 2027, "2027-10-31 1:00", {"BYMONTH": 10, "BYDAY": "-1SU"}),
        # first Saturday of April at 24:00 (Santiago)
        (
            DayRule(4, 1, 6, 86_400),
            2028,
            "2028-4-2 0:00",
            {"BYMONTH": 4, "BYDAY": "SU", "BYMONTHDAY": [2, 3, 4, 5, 6, 7, 8]},
        ),
        # an hour before the last Sunday of March (Nuuk)
        (
            DayRule(3, 5, 0, -3600),
            2029,
            "2029-3-24 23:00",
            {"BYMONTH": 3, "BYDAY": "SA", "BYMONTHDAY": [24, 25, 26, 27, 28, 29, 30]},
        ),
        # last Thursday of October at 24:00 (Cairo), which may be in November
        (DayRule(10, 5, 4, 86_400), 2030, "2030-11-1 0:00", None),
        # a day before the first Sunday of April, which may be in March
        (DayRule(4, 1, 0, -3600), 2029, "2029-3-31 23:00", None),
        # last Sunday of February: its day depends on the year
        (DayRule(2, 5, 0, 0), 2028, "2028-2-27 0:00", {"BYMONTH": 2, "BYDAY": "-1SU"}),
        (DayRule(2, 5, 0, 86_400), 2028, "2028-2-28 0:00", None),
    ],
)
def test_day_rule(rule, year, wall_time, recurrence):
    found = rule.wall_time(year)
    assert f"{found.year}-{found.month}-{found.day} {found.hour}:{found.minute:02}" == wall_time
    assert rule.recurrence() == (None if recurrence is None else {"FREQ": "YEARLY", **recurrence})


def test_unknown_zones_are_refused():
    for name in ("America/Atlantis", "EST5EDT", "../../etc/passwd"):
        with pytest.raises(KeyError):
            vtimezone(name, BEGIN)


def test_the_machines_own_zone_data_is_not_read():
    """Whoever imports icalendar through us has the pinned data, whatever the machine's copy says."""
    code = (
        "import zoneinfo, datetime; early = zoneinfo.ZoneInfo('America/Vancouver'); import app.calendars.feed;"
        "noon = datetime.datetime(2027, 1, 15, 12, tzinfo=zoneinfo.ZoneInfo('America/Vancouver'));"
        "print(zoneinfo.TZPATH, noon.utcoffset())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "() -1 day, 17:00:00"
