"""What a draft says: kept and read back, cleaned, refused where it cannot be, and turned into a promised time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest

from app.domain.errors import Refusal
from app.domain.meeting_advice import advice, changes
from app.domain.meeting_content import (
    PAST_FORMATS,
    MeetingContent,
    Refused,
    check,
    check_own_side,
    missing,
    timing_of,
)
from app.domain.walltime import Choice

PARTIES = {"CA", "MX", "US"}
FULL = MeetingContent(
    mechanism="un-coordination",
    title={"en": "UN coordination", "fr": "Coordination à l’ONU"},
    original="fr",
    ordinal=3,
    parties=("CA", "MX"),
    hosting={"MX": "host"},
    format="hybrid",
    place="New York, 866 UN Plaza",
    conference_url="https://video.example.org/room/7?pwd=x",
    zone="America/New_York",
    first_day=dt.date(2026, 12, 10),
    last_day=dt.date(2026, 12, 11),
    starts=dt.time(10),
    ends=dt.time(13, 30),
    agenda="UNC-2026-1",
    source="",
    kind="preparatory",
    around="UNC-2026-2",
)


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


@pytest.mark.parametrize("content", [MeetingContent(), FULL])
def test_what_is_kept_is_read_back_the_same(content):
    assert MeetingContent.from_json(content.to_json()) == content


def test_a_draft_kept_before_there_were_kinds_is_a_session_around_nothing():
    plain = json.loads(FULL.to_json())
    del plain["kind"], plain["around"]
    read = MeetingContent.from_json(json.dumps(plain))
    assert (read.kind, read.around) == ("session", "")


@pytest.mark.parametrize(
    ("typed", "kept"), [(" unc-2026-mxus-1 ", "UNC-2026-MXUS-1"), ("event:unga-82", "event:unga-82"), ("", "")]
)
def test_what_a_meeting_is_around_is_kept_as_people_write_it(typed, kept):
    checked = check(dataclasses.replace(FULL, around=typed), PARTIES)
    assert (checked.content.around, checked.refusals) == (kept, ())


def test_a_full_content_is_cleaned_to_itself_and_lacks_nothing():
    checked = check(FULL, PARTIES)
    assert checked.refusals == ()
    assert checked.content == FULL
    assert missing(checked.content) == ()


def test_an_empty_content_may_be_kept_but_lacks_what_proposing_needs():
    checked = check(MeetingContent(), PARTIES)
    assert checked.refusals == ()
    assert checked.timing is None
    assert [(each.key, each.field) for each in missing(checked.content)] == [
        ("needs_title", "title_en"),
        ("needs_party", "parties"),
        ("required", "zone"),
        ("required", "first_day"),
    ]


@pytest.mark.parametrize(("hours", "field"), [({"starts": dt.time(9)}, "ends"), ({"ends": dt.time(9)}, "starts")])
def test_one_hour_without_the_other_may_be_kept_but_not_proposed(hours, field):
    content = dataclasses.replace(FULL, **({"starts": None, "ends": None} | hours))
    assert check(content, PARTIES).refusals == ()
    assert [(each.key, each.field) for each in missing(content)] == [("needs_both_times", field)]


REFUSED = [
    ({"title": {"en": "x" * 10_000}}, "too_long", "title_en"),
    ({"title": {"es": "Reuni\x00ón"}}, "control_characters", "title_es"),
    ({"title": {"fr": "R\u202eunion"}}, "bidi_override", "title_fr"),
    ({"place": "New\x07 York"}, "control_characters", "place"),
    ({"place": "x" * 301}, "too_long", "place"),
    ({"parties": ("CA", "XX")}, "unknown_party", "parties"),
    ({"parties": ("CA", "MX"), "hosting": {"CA": "host", "MX": "host"}}, "one_host", "hosting_MX"),
    ({"hosting": {"CA": "owner"}}, "unknown_hosting", "hosting_CA"),
    ({"format": "telepathy"}, "unknown_format", "format"),
    ({"format": "unknown"}, "unknown_format", "format"),
    ({"ordinal": 0}, "ordinal_out_of_range", "ordinal"),
    ({"ordinal": 1000}, "ordinal_out_of_range", "ordinal"),
    ({"conference_url": "http://video.example.org/"}, "not_https", "conference_url"),
    ({"conference_url": "javascript:alert(1)"}, "not_https", "conference_url"),
    ({"conference_url": "https://"}, "not_https", "conference_url"),
    ({"conference_url": "https://user:secret@video.example.org/"}, "not_https", "conference_url"),
    ({"conference_url": "https://video.example.org/a b"}, "not_https", "conference_url"),
    ({"conference_url": "https://[broken/"}, "not_https", "conference_url"),
    ({"conference_url": "https://video.example.org:99999/"}, "not_https", "conference_url"),
    ({"zone": "America/Washington"}, "unknown_zone", "zone"),
    ({"zone": "../../etc/passwd"}, "unknown_zone", "zone"),
    ({"last_day": dt.date(2026, 12, 9)}, "ends_before_start", "last_day"),
    ({"last_day": dt.date(2028, 1, 14)}, "too_many_days", "last_day"),
    ({"zone": "", "last_day": dt.date(2026, 12, 9)}, "ends_before_start", "last_day"),
    ({"first_day": dt.date(2900, 1, 1), "last_day": None}, "year_out_of_range", "first_day"),
    ({"ends": dt.time(10)}, "ends_before_start", "ends"),
    ({"ends": dt.time(9, 59)}, "ends_before_start", "ends"),
    ({"kind": "banquet"}, "unknown_meeting_kind", "kind"),
    ({"around": "the summit"}, "unknown_parent", "around"),
]


@pytest.mark.parametrize(("changed", "key", "field"), REFUSED)
def test_what_cannot_be_is_refused_beside_its_field(changed, key, field):
    refusals = check(dataclasses.replace(FULL, **changed), PARTIES).refusals
    assert [(each.key, each.field) for each in refusals] == [(key, field)]


def test_everything_wrong_is_found_at_once_and_carried_together():
    content = dataclasses.replace(FULL, title={"en": "\x00"}, zone="Nowhere/None", ordinal=0)
    refusals = check(content, PARTIES).refusals
    assert {each.key for each in refusals} == {"control_characters", "unknown_zone", "ordinal_out_of_range"}
    together = Refused(refusals)
    assert together.refusals == refusals
    assert (together.key, together.field) == (refusals[0].key, refusals[0].field)


def test_an_unknown_zone_is_not_repeated_in_full_or_unprintable():
    refusal = check(dataclasses.replace(FULL, zone="A\x00" * 100), PARTIES).refusals[0]
    assert refusal.values == {"zone": "A" * 32}


def test_a_gap_is_a_question_with_the_nearest_times():
    content = dataclasses.replace(FULL, first_day=dt.date(2027, 3, 14), last_day=None, starts=dt.time(2, 30))
    (refusal,) = check(content, PARTIES).refusals
    assert (refusal.key, refusal.field) == ("time_in_gap", "starts")
    assert refusal.values["earlier"] == dt.datetime(2027, 3, 14, 1, 30)  # noqa: DTZ001 - a wall time
    assert refusal.values["later"] == dt.datetime(2027, 3, 14, 3, 30)  # noqa: DTZ001 - a wall time


def test_a_doubled_time_is_a_question_and_the_choice_answers_it():
    content = dataclasses.replace(
        FULL, first_day=dt.date(2026, 11, 1), last_day=None, starts=dt.time(1, 30), ends=dt.time(4), choice=None
    )
    (refusal,) = check(content, PARTIES).refusals
    assert (refusal.key, refusal.field) == ("time_in_fold", "starts")
    assert (refusal.values["earlier"], refusal.values["later"]) == (utc(2026, 11, 1, 5, 30), utc(2026, 11, 1, 6, 30))
    choices: tuple[tuple[Choice, dt.datetime], ...] = (
        ("earlier", utc(2026, 11, 1, 5, 30)),
        ("later", utc(2026, 11, 1, 6, 30)),
    )
    for choice, starts_at in choices:
        timing = check(dataclasses.replace(content, choice=choice), PARTIES).timing
        assert timing is not None
        assert timing.when.starts_at == starts_at
        assert timing.when.ends_at == utc(2026, 11, 1, 9)


def test_a_choice_that_answers_no_question_is_dropped():
    assert check(dataclasses.replace(FULL, choice="later"), PARTIES).content.choice is None


def test_the_time_of_a_content_is_one_sitting_a_day():
    when = timing_of(FULL).when
    assert when.sittings == (
        (utc(2026, 12, 10, 15), utc(2026, 12, 10, 18, 30)),
        (utc(2026, 12, 11, 15), utc(2026, 12, 11, 18, 30)),
    )
    assert (when.starts_at, when.ends_at) == (utc(2026, 12, 10, 15), utc(2026, 12, 11, 18, 30))


def test_days_without_hours_run_from_midnight_to_midnight_and_a_missing_last_day_is_the_first():
    when = timing_of(dataclasses.replace(FULL, starts=None, ends=None, last_day=None)).when
    assert when.sittings == ()
    assert (when.starts_at, when.ends_at) == (utc(2026, 12, 10, 5), utc(2026, 12, 11, 5))
    assert (when.first_day, when.last_day) == (dt.date(2026, 12, 10), dt.date(2026, 12, 10))


def test_the_original_is_a_language_that_has_a_title():
    assert check(dataclasses.replace(FULL, original="es"), PARTIES).content.original == "en"
    assert check(dataclasses.replace(FULL, title={"es": "Título"}, original=None), PARTIES).content.titles == {
        "es": "Título",
        "original": "es",
    }


def test_a_party_that_is_not_chosen_hosts_nothing():
    assert check(dataclasses.replace(FULL, hosting={"US": "host", "CA": "none"}), PARTIES).content.hosting == {}


def test_the_form_of_a_recorded_meeting_may_be_untold():
    assert check(dataclasses.replace(FULL, format="unknown"), PARTIES, PAST_FORMATS).refusals == ()


@pytest.mark.parametrize(
    ("parties", "own", "makers", "key"),
    [
        (("CA", "MX"), "CA", None, None),
        (("MX", "US"), "CA", None, "needs_own_party"),
        (("CA", "MX", "US"), None, frozenset({"CA", "MX", "US"}), None),
        (("MX", "US"), None, frozenset({"CA", "MX", "US"}), "not_appointed_by_these"),
        (("CA", "MX", "US"), None, frozenset({"MX", "US"}), "not_appointed_by_these"),
    ],
)
def test_a_side_proposes_only_what_it_has_a_part_in(parties, own, makers, key):
    if key is None:
        check_own_side(parties, own, makers)
        return
    with pytest.raises(Refusal) as refused:
        check_own_side(parties, own, makers)
    assert (refused.value.key, refused.value.field) == (key, "parties")


def test_weekends_and_nights_are_worth_a_second_look():
    content = dataclasses.replace(
        FULL, first_day=dt.date(2026, 12, 11), last_day=dt.date(2026, 12, 12), starts=dt.time(7, 30), ends=dt.time(21)
    )
    found = advice(timing_of(content).when, {"MX": "America/Mexico_City", "CA": "America/Toronto"})
    assert [(each.key, each.day, each.party) for each in found] == [
        ("weekend", dt.date(2026, 12, 12), None),
        ("night", dt.date(2026, 12, 11), "MX"),
        ("night", dt.date(2026, 12, 12), "MX"),
    ]
    assert found[1].starts is not None
    assert found[1].starts.time() == dt.time(6, 30)


@pytest.mark.parametrize(
    ("starts", "ends", "is_night"),
    [
        (dt.time(7), dt.time(21), False),
        (dt.time(6, 59), dt.time(9), True),
        (dt.time(9), dt.time(21, 1), True),
        (dt.time(22), dt.time(23), True),
    ],
)
def test_it_is_night_before_seven_and_after_nine(starts, ends, is_night):
    content = dataclasses.replace(FULL, last_day=None, starts=starts, ends=ends)
    found = advice(timing_of(content).when, {"CA": "America/Toronto"})
    assert [each.key for each in found] == (["night"] if is_night else [])


def test_changes_are_the_fields_that_differ_in_the_order_of_the_form():
    new = dataclasses.replace(FULL, place="Ottawa", parties=("CA", "MX", "US"))
    assert [(each.field, each.old, each.new) for each in changes(FULL, new)] == [
        ("parties", ("CA", "MX"), ("CA", "MX", "US")),
        ("place", "New York, 866 UN Plaza", "Ottawa"),
    ]
