"""Calendar files read as busy time: what they say, what they lie, and what they try, in bounded time and memory."""

from __future__ import annotations

import calendar as months
import datetime as dt
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.timezone import tzp

from app.calendars import busy
from app.calendars.busy import Limits, read_busy, window_of
from app.calendars.busy_lines import BYTE_LIMIT
from app.calendars.busy_series import SERIES_LIMIT
from app.calendars.expansion import expand
from app.domain.errors import Refusal

NOW = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
MEXICO = "America/Mexico_City"
ROOT = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024


def event(*lines):
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", *lines, "END:VEVENT"))


def ics(*parts, ends="\r\n"):
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(parts)}END:VCALENDAR\r\n".replace("\r\n", ends)


def zone(name, winter="-0600", summer="-0500"):
    """Return a VTIMEZONE with the summer time that Mexico City gave up in 2022."""
    return (
        f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n"
        f"BEGIN:STANDARD\r\nDTSTART:20001029T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
        f"TZOFFSETFROM:{summer}\r\nTZOFFSETTO:{winter}\r\nEND:STANDARD\r\n"
        f"BEGIN:DAYLIGHT\r\nDTSTART:20000402T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4\r\n"
        f"TZOFFSETFROM:{winter}\r\nTZOFFSETTO:{summer}\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
    )


@pytest.fixture
def here(monkeypatch):
    """Expand in this process, for cases that are about what is read: the same code, without starting one for each."""
    tzp.use_default()  # it remembers the zones of the files before
    monkeypatch.setattr(busy, "_expanded", lambda order, _limits: expand(order))


def said(reading):
    """Return intervals as texts, `01-05 15:00/16:00` or with the second day where it is another."""
    return [
        f"{one:%m-%d %H:%M}/{other:{'%H:%M' if one.date() == other.date() else '%m-%d %H:%M'}}"
        for one, other in reading.intervals
    ]


NEW_YORK = "TZID=America/New_York"
MASTER = ("UID:s", f"DTSTART;{NEW_YORK}:20270104T090000", f"DTEND;{NEW_YORK}:20270104T100000")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        # Single entries
        ([event("DTSTART:20270105T150000Z", "DTEND:20270105T160000Z")], ["01-05 15:00/16:00"]),
        ([event("DTSTART:20270105T150000Z", "DURATION:PT90M")], ["01-05 15:00/16:30"]),
        ([event("DTSTART:20270105T150000Z")], []),  # no length
        ([event("DTSTART:20261101T150000Z", "DTEND:20261102T160000Z")], []),  # over
        ([event("DTSTART:20261101T150000Z", "DTEND:20261123T160000Z")], ["11-21 00:00/11-23 16:00"]),
        ([event("DTSTART:20280615T150000Z", "DTEND:20281201T000000Z")], ["06-15 15:00/06-22 00:00"]),
        ([event("DTSTART:20270105T090000", "DTEND:20270105T100000")], ["01-05 15:00/16:00"]),  # floating
        # Whole days are those of the person's zone
        ([event("DTSTART;VALUE=DATE:20270105")], ["01-05 06:00/01-06 06:00"]),
        ([event("DTSTART;VALUE=DATE:20270105", "DTEND;VALUE=DATE:20270105")], ["01-05 06:00/01-06 06:00"]),
        ([event("DTSTART:20270105", "DTEND:20270107")], ["01-05 06:00/01-07 06:00"]),
        # Free
        ([event("DTSTART:20270105T150000Z", "DURATION:PT1H", "TRANSP:TRANSPARENT")], []),
        ([event("DTSTART:20270105T150000Z", "DURATION:PT1H", "STATUS:cancelled")], []),
        ([event("DTSTART:20270105T150000Z", "DURATION:PT1H", "STATUS:TENTATIVE")], ["01-05 15:00/16:00"]),
        (["BEGIN:VTODO\r\nDTSTART:20270105T150000Z\r\nDUE:20270105T160000Z\r\nEND:VTODO\r\n"], []),
        # Touching and overlapping ones are one
        (
            [
                event("DTSTART:20270105T150000Z", "DURATION:PT1H"), event("DTSTART:20270105T160000Z", "DURATION:PT1H"),
                event("DTSTART:20270105T153000Z", "DURATION:PT1H"), event("DTSTART:20270105T180000Z", "DURATION:PT1H"),
            ],
            ["01-05 15:00/17:00", "01-05 18:00/19:00"],
        ),
        # Series keep their wall time across a change of the clocks (14 March 2027)
        (
            [event("UID:s", f"DTSTART;{NEW_YORK}:20270307T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2")],
            ["03-07 14:00/15:00", "03-14 13:00/14:00"],
        ),
        # One left out, one moved, one called off, one added, one from an added list of periods
        (
            [
                event(
                    *MASTER, "RRULE:FREQ=DAILY;COUNT=4", f"EXDATE;{NEW_YORK}:20270105T090000",
                    "RDATE;VALUE=PERIOD:20270110T140000Z/PT2H",
                ),
                event(
                    "UID:s", f"RECURRENCE-ID;{NEW_YORK}:20270106T090000", f"DTSTART;{NEW_YORK}:20270106T130000",
                    "DURATION:PT30M",
                ),
                event(
                    "UID:s", f"RECURRENCE-ID;{NEW_YORK}:20270107T090000", f"DTSTART;{NEW_YORK}:20270107T090000",
                    "STATUS:CANCELLED",
                ),
            ],
            ["01-04 14:00/15:00", "01-06 18:00/18:30", "01-10 14:00/16:00"],
        ),
        # From one on an hour later
        (
            [
                event(*MASTER, "RRULE:FREQ=DAILY;COUNT=3"),
                event(
                    "UID:s", f"RECURRENCE-ID;RANGE=THISANDFUTURE;{NEW_YORK}:20270105T090000",
                    f"DTSTART;{NEW_YORK}:20270105T100000", f"DTEND;{NEW_YORK}:20270105T110000",
                ),
            ],
            ["01-04 14:00/15:00", "01-05 15:00/16:00", "01-06 15:00/16:00"],
        ),
        # A newer version of an entry holds; entries that share a UID by mistake are each read
        (
            [
                event("UID:v", "SEQUENCE:1", "DTSTART:20270105T150000Z", "DURATION:PT1H"),
                event("UID:v", "SEQUENCE:2", "DTSTART:20270106T150000Z", "DURATION:PT1H"),
            ],
            ["01-06 15:00/16:00"],
        ),
        (
            [
                event("UID:v", "DTSTART:20270105T150000Z", "DURATION:PT1H"),
                event("UID:v", "DTSTART:20270106T150000Z", "DURATION:PT1H"),
            ],
            ["01-05 15:00/16:00", "01-06 15:00/16:00"],
        ),
        # A rule that began long ago, one that ended, and a million of them day by day
        ([event("DTSTART:20100104T150000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY")],
         ["01-04 15:00/16:00", "01-04 15:00/16:00"]),
        ([event("DTSTART:20100104T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20200101")], []),
        ([event("DTSTART:20280620T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=1000000")],
         ["06-20 15:00/16:00", "06-21 15:00/16:00"]),
        # Published as free or busy time, without any entries
        (
            [
                (
                    "BEGIN:VFREEBUSY\r\nDTSTART:20270101T000000Z\r\nDTEND:20270201T000000Z\r\n"
                    "FREEBUSY;FBTYPE=BUSY:20270105T150000Z/PT1H,20270106T150000Z/20270106T160000Z\r\n"
                    "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270107T150000Z/20270107T160000Z\r\n"
                    "FREEBUSY;FBTYPE=FREE:20270108T150000Z/PT1H\r\nEND:VFREEBUSY\r\n"
                ),
            ],
            ["01-05 15:00/16:00", "01-06 15:00/16:00", "01-07 15:00/16:00"],
        ),
        # Zones by their name, with a program's words before it, as Windows calls it, in other letters
        *(
            ([event(f"DTSTART;TZID={name}:20270701T090000", "DURATION:PT1H")], ["07-01 13:00/14:00"])
            for name in (
                "America/New_York", '"/freeassociation.sourceforge.net/America/New_York"', "Eastern Standard Time",
                "america/new_york", "US/Eastern",
            )
        ),
        # A zone of the file's own is read by its own rules; a colon in its name is no end of it
        (
            [zone("Custom"), event("DTSTART;TZID=Custom:20270701T090000", "DURATION:PT1H")],
            ["07-01 14:00/15:00"],
        ),
        (
            [
                zone("(UTC-06:00) Guadalajara"),
                event('DTSTART;TZID="(UTC-06:00) Guadalajara":20270701T090000', "DURATION:PT1H"),
            ],
            ["07-01 14:00/15:00"],
        ),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("here")
def test_what_a_calendar_says(parts, expected):
    reading = read_busy(ics(*parts).encode(), MEXICO, NOW)
    assert (said(reading), reading.unreadable_count, reading.unknown_count) == (expected, 0, 0)
    assert reading.differing_zones == ()


@pytest.mark.usefixtures("here")
def test_a_zone_that_lies_about_its_name_is_read_by_its_name_and_told():
    lying = ics(zone(MEXICO), event(f"DTSTART;TZID={MEXICO}:20270701T090000", "DURATION:PT1H"))
    reading = read_busy(lying.encode(), "America/Toronto", NOW)
    assert (said(reading), reading.differing_zones) == (["07-01 15:00/16:00"], (MEXICO,))


@pytest.mark.usefixtures("here")
def test_a_zone_that_nobody_knows_is_read_in_the_persons_and_told():
    entry = event("DTSTART;TZID=Mars/Olympus:20270701T090000", "DURATION:PT1H")
    reading = read_busy(ics(entry, entry).encode(), MEXICO, NOW)
    assert (said(reading), reading.unknown_count) == (["07-01 15:00/16:00"], 2)
    assert reading.unknown_zones == ("Mars/Olympus",)


GOOD = event("DTSTART:20270105T150000Z", "DURATION:PT1H")


@pytest.mark.parametrize(
    "bad",
    [
        event("DTSTART:tomorrow"),
        event("DTEND:20270105T160000Z"),
        event("DTSTART:20271345T150000Z"),
        event("DTSTART:20270105T250000Z", "DURATION:PT1H"),
        event("DTSTART:20270105T150000Z", "RRULE:FREQ=NEVER"),
        event("DTSTART:20270105T150000Z", "RRULE:every monday"),
        event("DTSTART:20270105T150000Z", "RRULE:FREQ=DAILY;BYDAY=XX"),
        event("DTSTART:20270105T150000Z", "RDATE:20270105T150000Z,soon"),
        event("DTSTART:20270105T150000Z", "DURATION:an hour"),
        event("DTSTART;TZID=Own:20270105T150000", "DURATION:PT1H")
        + "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:x\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
    ],
)
@pytest.mark.usefixtures("here")
def test_an_entry_that_makes_no_sense_is_counted_and_the_others_are_read(bad):
    reading = read_busy(ics(bad, GOOD).encode(), MEXICO, NOW)
    assert (said(reading), reading.unreadable_count) == (["01-05 15:00/16:00"], 1)


ACCENTED = ics(event("SUMMARY:Reunión à huis clos ☂", "DTSTART:20270105T150000Z", "DURATION:PT1H"))


@pytest.mark.parametrize(
    "content",
    [
        ACCENTED.encode(),
        ACCENTED.encode("utf-8-sig"),
        ACCENTED.encode("utf-16"),
        ACCENTED.encode("utf-16-le"),
        ACCENTED.encode("utf-32"),
        ACCENTED.replace("☂", "").encode("latin-1"),
        ACCENTED.replace("\r\n", "\n").encode(),
        ACCENTED.replace("\r\n", "\r").encode(),
        ACCENTED.replace("DTSTART:2027", "DTSTA\r\n RT:2\r\n\t027").encode(),
        ACCENTED.replace("VEVENT", "vevent").replace("DTSTART", "dtstart").encode(),
        b"\r\n\r\n" + ACCENTED.encode() + b"\r\n\r\n" + ACCENTED.encode(),
    ],
)
@pytest.mark.usefixtures("here")
def test_letters_and_line_ends_of_every_program_are_read(content):
    assert said(read_busy(content, MEXICO, NOW)) == ["01-05 15:00/16:00"]


EVERY_SECOND = event("DTSTART:20270105T150000Z", "RRULE:FREQ=SECONDLY")
NASTY = {
    "nothing": (b"", "file_empty"),
    "50 MB": (b"B" * 50 * MEGABYTE, "file_too_large"),
    "a page": (b"<!doctype html><title>Sign in</title>", "not_a_calendar"),
    "an archive": (b"PK\x03\x04" + b"0" * 100, "busy_zip"),
    "half of UTF-16": (ACCENTED.encode("utf-16")[:-1], "busy_encoding"),
    "zeros": (b"BEGIN:VCALENDAR\r\n\0\0\0", "busy_encoding"),
    "cut short": (ACCENTED.encode()[:-20], "busy_cut_short"),
    "crossed": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\nEND:VEVENT\r\n", "busy_cut_short"),
    "nothing but line ends": (b"BEGIN:VCALENDAR" + b"\n" * 5_000_000, "busy_too_much"),
    "deep": (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 300_000, "busy_too_much"),
    "entries": (ics(*[event("DTSTART:20270105")] * 30_000).encode(), "busy_too_much"),
    "zones": (
        ics(*[f"BEGIN:VTIMEZONE\r\nTZID:{n}\r\nEND:VTIMEZONE\r\n" for n in range(5_000)]).encode(),
        "busy_too_much",
    ),
    "one line": (ics(event("DTSTART:2" + "0" * 4 * MEGABYTE)).encode(), "busy_too_much"),
    "dates": (
        ics(event("DTSTART:20270105", *["RDATE:" + ",".join(["20270105"] * 5_000)] * 5)).encode(),
        "busy_too_many",
    ),
    "each second": (ics(EVERY_SECOND).encode(), "busy_repeats"),
    "a million": (ics(EVERY_SECOND.replace("SECONDLY", "SECONDLY;COUNT=1000000")).encode(), "busy_repeats"),
    "each second of each day": (
        ics(event("DTSTART:20270105T000000Z", "RRULE:FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24)))
            + ";BYMINUTE=" + ",".join(map(str, range(60))))).encode(),
        "busy_repeats",
    ),
    "since the year 1": (ics(*[event("DTSTART:00010101T000000Z", "RRULE:FREQ=DAILY")] * 2).encode(), "busy_repeats"),
    "rules of zones": (
        ics(zone("Own").replace("END:STANDARD", "RDATE:20200101T000000\r\n" * 9_000 + "END:STANDARD")).encode(),
        "busy_too_much",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_a_file_that_is_none_or_too_much_is_refused_at_once(name):
    content, key = NASTY[name]
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(Refusal) as refused:
        read_busy(content, MEXICO, NOW)
    seconds, (_, most) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (refused.value.key, refused.value.field) == (key, "file")
    assert seconds < 5  # as tracing makes it several times slower
    assert most < 120 * MEGABYTE


@pytest.mark.parametrize("name", [[], ["UID:the same"]])
def test_more_series_than_anybody_has_are_refused_before_any_is_expanded(name):
    with pytest.raises(Refusal, match="busy_too_many"):
        read_busy(ics(*[event(*name, "DTSTART:20270105")] * (SERIES_LIMIT + 1)).encode(), MEXICO, NOW)


# What no look beforehand can know: a second of a day that never comes.
ENDLESS = ics(event("DTSTART:20270105T150000Z", "RRULE:FREQ=SECONDLY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=30")).encode()
ENDLESS_ZONE = ics(
    zone("Own").replace("FREQ=YEARLY;BYDAY=1SU;BYMONTH=4", "FREQ=SECONDLY"),
    event("DTSTART;TZID=Own:20270105T150000", "DURATION:PT1H"),
).encode()
MIDDLE_AGES = ics(event("DTSTART:09000101T150000Z", "RRULE:FREQ=DAILY")).encode()
CROWD = ics(*[event(f"UID:{n}", "DTSTART:20270105T150000Z", "RRULE:FREQ=DAILY") for n in range(150)]).encode()


# A child counts as large as its parent for the moment before it is another program: this one reads in a small parent.
READER = """
import resource, sys
from datetime import datetime
from app.calendars.busy import Limits, read_busy
from app.domain.errors import Refusal
try:
    limits = Limits(*map(int, sys.argv[3:]))
    read_busy(sys.stdin.buffer.read(), sys.argv[1], datetime.fromisoformat(sys.argv[2]), limits)
except Refusal as refusal:
    print(refusal.key, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def largest_child_of_a_small_reader(content: bytes, limits: Limits) -> int:
    """Return the memory (bytes) that the process took which a calendar was read in, once more."""
    held = [str(each) for each in (limits.cpu_seconds, limits.wall_seconds, limits.memory_bytes)]
    order = [sys.executable, "-c", READER, MEXICO, NOW.isoformat(), *held]
    said = subprocess.run(order, input=content, capture_output=True, check=True, cwd=ROOT).stdout.split()
    assert said[0] == b"busy_too_many"
    return int(said[1])


@pytest.mark.parametrize(
    ("content", "limits"),
    [
        (ENDLESS, Limits(cpu_seconds=1)),
        (ENDLESS, Limits(wall_seconds=1)),
        (ENDLESS_ZONE, Limits(cpu_seconds=1)),
        (MIDDLE_AGES, Limits(memory_bytes=32 * MEGABYTE)),
        (CROWD, Limits()),  # more occurrences than are told
    ],
)
def test_what_runs_on_is_ended_by_its_limits(content, limits):
    begun = time.monotonic()
    with pytest.raises(Refusal, match="busy_too_many"):
        read_busy(content, MEXICO, NOW, limits)
    assert time.monotonic() - begun < limits.wall_seconds + 5
    assert largest_child_of_a_small_reader(content, limits) < Limits().memory_bytes
    assert busy._AT_ONCE.acquire(blocking=False)  # the next one may be read
    busy._AT_ONCE.release()


def test_the_process_of_its_own_reads_the_pinned_zones_and_no_title(monkeypatch):
    orders = []
    run = subprocess.run

    def noted(*args, **given):
        orders.append(given)
        return run(*args, **given)

    monkeypatch.setattr(subprocess, "run", noted)
    # British Columbia kept its summer time in 2026, which the machine's own data does not know.
    entry = event("UID:secret", "SUMMARY:secret", "LOCATION:secret", "DTSTART;TZID=America/Vancouver:20270105T090000",
                  "DURATION:PT1H")  # fmt: skip
    assert said(read_busy(ics(entry).encode(), MEXICO, NOW)) == ["01-05 16:00/17:00"]
    (given_to,) = orders
    assert "secret" not in given_to["input"]
    assert given_to["env"] == {"PYTHONTZPATH": ""}


def test_as_large_a_calendar_as_may_be_is_read():
    filler = "DESCRIPTION:" + "x" * 3_100
    entries = [
        event(f"UID:{n}", filler, f"DTSTART:2027{1 + n % 12:02}{1 + n // 12 % 28:02}T{n % 24:02}0000Z", "DURATION:PT1H")
        for n in range(1_600)
    ]
    content = ics(*entries).encode()
    assert 0.95 * BYTE_LIMIT < len(content) < BYTE_LIMIT
    reading = read_busy(content, MEXICO, NOW)
    assert (len(reading.intervals), reading.unreadable_count) == (336, 0)


# An independent expansion of simple rules -------------------------------------------------------------

WINDOW = window_of(NOW)
DAY = dt.timedelta(days=1)
RULES = st.fixed_dictionaries(
    {
        "freq": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
        "first": st.dates(dt.date(2026, 6, 1), dt.date(2028, 3, 1)),
        "hour": st.integers(4, 22),
        "minutes": st.integers(1, 2_000),
        "interval": st.integers(1, 5),
        "count": st.none() | st.integers(1, 60),
        "days": st.sets(st.integers(0, 6), max_size=4),
        "left_out": st.sets(st.integers(0, 20), max_size=4),
        "zone": st.sampled_from(["America/Toronto", "America/Tijuana", MEXICO, "Europe/Brussels", "UTC"]),
    }
)
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def days_of_rule(rule):
    """Yield the days of a rule, counted off on a calendar."""
    first, interval = rule["first"], rule["interval"]
    weekdays = rule["days"] | {first.weekday()} if rule["freq"] == "WEEKLY" else set()
    monday, day = first - DAY * first.weekday(), first
    while day < dt.date(2028, 8, 1):
        months_on = (day.year - first.year) * 12 + day.month - first.month
        if (
            (rule["freq"] == "DAILY" and (day - first).days % interval == 0)
            or (rule["freq"] == "WEEKLY" and (day - monday).days // 7 % interval == 0 and day.weekday() in weekdays)
            or (rule["freq"] == "MONTHLY" and months_on % interval == 0 and day.day == first.day)
        ):
            yield day
        day += DAY


def busy_minutes(rule):
    """Return when the rule is busy in the window, as pairs of UTC instants, joined by hand."""
    place, length = ZoneInfo(rule["zone"]), dt.timedelta(minutes=rule["minutes"])
    found: list[list[dt.datetime]] = []
    for number, day in enumerate(days_of_rule(rule)):
        if rule["count"] is not None and number >= rule["count"]:
            break
        if number in rule["left_out"]:
            continue
        starts = dt.datetime.combine(day, dt.time(rule["hour"]))
        one, other = (wall.replace(tzinfo=place).astimezone(dt.UTC) for wall in (starts, starts + length))
        one, other = max(one, WINDOW[0]), min(other, WINDOW[1])
        if one >= other:
            continue
        if found and one <= found[-1][1]:
            found[-1][1] = max(found[-1][1], other)
        else:
            found.append([one, other])
    return [tuple(pair) for pair in found]


@settings(max_examples=100, deadline=None)
@given(rule=RULES)
def test_simple_rules_are_expanded_as_an_independent_count_has_them(rule):
    at = f";TZID={rule['zone']}:{{:%Y%m%d}}T{rule['hour']:02}0000"
    ends = dt.datetime.combine(rule["first"], dt.time(rule["hour"])) + dt.timedelta(minutes=rule["minutes"])
    parts = [f"FREQ={rule['freq']}", f"INTERVAL={rule['interval']}"]
    if rule["count"] is not None:
        parts.append(f"COUNT={rule['count']}")
    if rule["freq"] == "WEEKLY" and rule["days"]:
        parts.append("BYDAY=" + ",".join(NAMES[day] for day in sorted(rule["days"] | {rule["first"].weekday()})))
    gone = [day for number, day in enumerate(days_of_rule(rule)) if number in rule["left_out"]]
    lines = [f"DTSTART{at.format(rule['first'])}", f"DTEND;TZID={rule['zone']}:{ends:%Y%m%dT%H%M%S}",
             f"RRULE:{';'.join(parts)}", *(f"EXDATE{at.format(day)}" for day in gone)]  # fmt: skip
    content = ics(event(*lines)).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(busy, "_expanded", lambda order, _limits: expand(order))
        reading = read_busy(content, MEXICO, NOW)
    assert list(reading.intervals) == busy_minutes(rule), months.month_name[rule["first"].month]
    assert reading.unreadable_count == 0
