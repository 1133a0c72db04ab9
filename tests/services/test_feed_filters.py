"""What a feed is narrowed to: each filter, several together, what was lost, and what is kept of what others changed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database
from app.domain.errors import Refusal, StaleVersion
from app.domain.feed_filters import FeedFilter, kept_filter, parts_of
from app.models import Mechanism, Meeting, MeetingParty, Subscription
from app.services import feed_choices, feed_facts
from app.services import subscription_edits as edits
from app.services import subscriptions as service
from app.services.feeds import find_feed
from app.services.kept_feeds import KeptEntries, KeptFeeds
from app.services.subscriptions import Made
from tests import world
from tests.services.test_feeds import add, change
from tests.subscribing import ALL, BASE, feed_of, shown, subscribe

TWO = ("MX", "US")
NAMES = {
    "M01": "un-coordination", "M02": "drug-dialogue", "M05": "policy-planning-us-mx", "M09":
    "climate-energy-environment", "M15": "defence-cooperation-us-mx",
}  # fmt: skip


@pytest.fixture
def filled(database: Database) -> Database:
    """Return a database with a meeting of each of five mechanisms, and one of none."""
    add(database, "A-2026-1", mechanism="M01", state="confirmed", kind="session")
    add(database, "A-2026-2", mechanism="M02", state="confirmed", kind="preparatory")
    add(database, "A-2026-5", TWO, mechanism="M05", state="proposed", kind="urgent")
    add(database, "A-2026-9", mechanism="M09", state="confirmed", kind="session")
    add(database, "A-2026-15", TWO, mechanism="M15", state="confirmed", kind="exercise")
    add(database, "A-2026-99", ("CA", "MX"), state="confirmed", kind="training")
    return database


def numbers(body: bytes) -> str:
    """Return the numbers of the meetings in a feed."""
    return " ".join(sorted((title.split("-")[-1].strip(")") for title, _status in shown(body)), key=int))


@pytest.mark.parametrize(
    ("key", "wanted", "expected"),
    [
        ("ana", {}, "1 2 5 9 15 99"),
        ("benoit", {}, "1 2 9 99"),
        ("ana", {"mechanisms": ("un-coordination",)}, "1"),
        ("ana", {"mechanisms": ("un-coordination", "policy-planning-us-mx")}, "1 5"),
        ("ana", {"parties": ("CA",)}, "1 2 9 99"),
        ("ana", {"parties": ("US",)}, "1 2 5 9 15"),
        ("ana", {"parties": ("CA", "US")}, "1 2 5 9 15 99"),
        ("benoit", {"parties": ("US",)}, "1 2 9"),
        ("ana", {"levels": ("senior_officials",)}, "1 2"),
        ("ana", {"levels": ("agencies",)}, "9"),
        ("ana", {"levels": ("leaders", "military_staff")}, "9 15"),
        ("ana", {"kinds": ("session",)}, "1 9"),
        ("ana", {"kinds": ("session", "training")}, "1 9 99"),
        ("ana", {"office": "MX-SEMAR"}, "15"),
        ("ana", {"office": "MX-SRE"}, "1 2 5"),
        ("benoit", {"office": "CA-PM"}, "9"),
        ("ana", {"includes_tentative": False}, "1 2 9 15 99"),
        ("ana", {"mechanisms": ("un-coordination", "drug-dialogue"), "kinds": ("preparatory",)}, "2"),
        ("ana", {"parties": ("CA",), "levels": ("senior_officials",), "kinds": ("session",)}, "1"),
        ("ana", {"parties": ("CA",), "kinds": ("exercise",)}, ""),
    ],
)
def test_each_filter_and_several(filled, key, wanted, expected):
    assert numbers(feed_of(filled, subscribe(filled, key, **wanted)).body.body) == expected


def test_an_office_has_its_parts_and_theirs(sqlite_database):
    above = {"A": None, "B": "A", "C": "B", "D": None, "E": "D", "X": "Y", "Y": "X"}
    assert parts_of("A", above) == {"A", "B", "C"}
    assert parts_of("E", above) == {"E"}
    assert parts_of("X", above) == {"X", "Y"}


@pytest.mark.parametrize(
    "wanted",
    [
        FeedFilter(),
        FeedFilter(mechanisms=(uuid.UUID(int=1),)),
        FeedFilter(mechanisms=(uuid.UUID(int=1), uuid.UUID(int=2)), office="MX-SRE"),
        FeedFilter(parties=("CA", "MX"), levels=("ministers",), kinds=("panel",)),
    ],
)
def test_a_filter_is_kept_as_it_was(wanted):
    assert kept_filter(wanted.mechanism_id, wanted.choices) == wanted
    assert wanted.is_set is (wanted != FeedFilter())


# What was lost ------------------------------------------------------------------------------------


def change_mechanism(database: Database, ref: str, **values: Any) -> None:
    change(database, Mechanism, Mechanism.ref == ref, **values)


def hide(database: Database, ref: str) -> None:
    """Give a mechanism to Canada and the United States alone."""
    with database.system_session("hide a mechanism in a test", "write") as session:
        world.mechanism_of(session, ref).audience_id = session.audience({"party:CA", "party:US"})
        session.commit()


def lost(database: Database, key: str, made: Made) -> list[tuple[str, str]]:
    with database.read_session(world.viewer(key)) as session:
        line = service.find_subscription(session, made.subscription.id)
        found = feed_choices.matched(session, line.filter).lost
        return [(each.kind, each.code or (each.name or {}).get("en", "")) for each in found]


def test_a_merged_or_hidden_mechanism_shows_nothing_and_the_others_go_on(filled):
    both, kept = subscribe(filled, "ana", mechanisms=("un-coordination", "drug-dialogue")), KeptFeeds()
    one = subscribe(filled, "ana", mechanism="drug-dialogue")
    assert numbers(feed_of(filled, both, kept).body.body) == "1 2"
    with filled.system_session("find a mechanism in a test") as session:
        into = world.mechanism_of(session, "M01").id
    change_mechanism(filled, "M02", merged_into_id=into)
    assert numbers(feed_of(filled, both, kept).body.body) == "1 2"  # of the other, where it counts now
    assert numbers(feed_of(filled, one, kept).body.body) == ""
    assert [kind for kind, _name in lost(filled, "ana", both)] == ["merged"]
    change_mechanism(filled, "M02", merged_into_id=None)
    hide(filled, "M02")
    assert numbers(feed_of(filled, both, kept).body.body) == "1"
    body = feed_of(filled, one, kept).body.body
    assert (numbers(body), b"all my meetings" in body, b"Drug" in body) == ("", False, False)
    assert lost(filled, "ana", both) == lost(filled, "ana", one) == [("mechanism", "")]


def test_what_has_ended_is_said_and_its_meetings_stay(filled):
    made = subscribe(filled, "ana", mechanism="drug-dialogue")
    change_mechanism(filled, "M02", status="concluded")
    assert numbers(feed_of(filled, made).body.body) == "2"
    assert [kind for kind, _name in lost(filled, "ana", made)] == ["retired"]


def test_what_is_not_known_any_more_shows_nothing(filled):
    made = subscribe(filled, "ana")
    choices = {"parties": ["XX", "CA"], "levels": ["gods", "senior_officials"], "kinds": ["dance", "session"]}
    change(filled, Subscription, Subscription.id == made.subscription.id, choices=choices)
    assert numbers(feed_of(filled, made).body.body) == "1"
    assert lost(filled, "ana", made) == [("level", "gods"), ("party", "XX"), ("kind", "dance")]
    change(filled, Subscription, Subscription.id == made.subscription.id, choices={"parties": ["XX"]})
    assert numbers(feed_of(filled, made).body.body) == ""
    change(filled, Subscription, Subscription.id == made.subscription.id, choices={"office": ["US-DOS"]})
    assert numbers(feed_of(filled, made).body.body) == ""
    assert lost(filled, "ana", made) == [("office", "US-DOS")]


@pytest.mark.parametrize(
    ("wanted", "count", "is_everything"),
    [
        (FeedFilter(parties=("MX",)), 6, True),
        (FeedFilter(parties=("NL",)), 0, False),
        (FeedFilter(kinds=("session",)), 2, False),
    ],
)
def test_what_a_filter_matches_is_told(filled, wanted, count, is_everything):
    with filled.read_session(world.viewer("ana")) as session:
        found = feed_choices.matched(session, wanted)
    assert (found.count, found.total, found.is_everything) == (count, 6, is_everything)


def test_what_can_be_chosen_is_of_what_one_sees(filled):
    add(filled, "A-2026-98", ("MX", "NL"))
    for key, parties in (("ana", {"CA", "MX", "NL", "US"}), ("carol", {"CA", "MX", "US"}), ("olga", set())):
        with filled.read_session(world.viewer(key)) as session:
            assert set(feed_choices.parties_to_choose(session)) == parties
    with filled.read_session(world.viewer("sam")) as session:
        assert feed_choices.offices_to_choose(session) == ()


# Editing ------------------------------------------------------------------------------------------


def edit(database: Database, key: str, made: Made, version: int, **changed: Any) -> None:
    with database.write_session(world.viewer(key)) as session:
        wanted = dataclasses.replace(ALL, **changed)
        edits.edit_subscription(session, made.subscription.id, wanted, version)
        session.commit()


def test_editing_keeps_the_address_and_changes_the_feed_at_once(filled):
    made, kept = subscribe(filled, "ana"), KeptFeeds()
    assert numbers(feed_of(filled, made, kept).body.body) == "1 2 5 9 15 99"
    edit(filled, "ana", made, 1, mechanisms=("un-coordination", "drug-dialogue"), name="Two", language="fr")
    assert numbers(feed_of(filled, made, kept).body.body) == "1 2"
    edit(filled, "ana", made, 2, kinds=("training",), uses_gzip=False)
    found = feed_of(filled, made, kept)
    assert (numbers(found.body.body), found.body.gzip_body, found.uses_gzip) == ("99", None, False)
    with filled.read_session(world.viewer("ana")) as session:
        line = service.find_subscription(session, made.subscription.id)
        assert line.address_end == made.token[-4:]
        assert line.subscription.token_digest == made.subscription.token_digest


def test_who_comes_second_sees_both(filled):
    made = subscribe(filled, "ana", name="Phone")
    edit(filled, "ana", made, 1, name="First")
    with pytest.raises(StaleVersion) as caught:
        edit(filled, "ana", made, 1, name="Second")
    assert (caught.value.yours["name"], caught.value.theirs["name"]) == ("Second", "First")


def test_a_lost_mechanism_may_stay_where_it_stood_and_is_not_chosen_anew(filled):
    made = subscribe(filled, "ana", mechanisms=("un-coordination", "drug-dialogue"))
    with filled.system_session("find a mechanism in a test") as session:
        gone = str(world.mechanism_of(session, "M02").id)
    hide(filled, "M02")
    with filled.read_session(world.viewer("ana")) as session:
        standing = edits.wanted_of(service.find_subscription(session, made.subscription.id))
    assert standing.mechanisms == ("un-coordination", gone)
    edit(filled, "ana", made, 1, mechanisms=standing.mechanisms, name="x")
    edit(filled, "ana", made, 2, mechanisms=("un-coordination",))
    with pytest.raises(Refusal, match="unknown_mechanism"):
        edit(filled, "ana", made, 3, mechanisms=(gone,))
    with pytest.raises(Refusal, match="too_many_choices"):
        edit(filled, "ana", made, 3, kinds=tuple(f"k{n}" for n in range(81)))


# What is kept of entries --------------------------------------------------------------------------


def test_feeds_share_entries_and_never_more_than_each_may_see(told):
    """Everybody's feed from what others left behind has the bytes of one that is built from nothing."""
    with told.system_session("release a meeting in a test", "write") as session:
        keys = {f"person:{world.CAST['olga'].id}"}
        meeting = world.add_meeting(session, "ADH-2026-CAMX-1", ("CA", "MX"), mechanism="M06", extra_keys=keys)
        alone = session.audience({"party:CA", "party:MX"})
        rows = session.execute(select(MeetingParty).where(MeetingParty.meeting_id == meeting.id)).scalars()
        for row in rows:
            row.audience_id = alone
        session.commit()
    kept = KeptFeeds()
    for key in ("ana", "olga", "benoit", "carol", "sam", "lucia", "olga", "diego"):
        for detail in ("full", "busy"):
            made = subscribe(told, key, detail=detail)
            assert feed_of(told, made, kept).body == feed_of(told, made).body
    olga = feed_of(told, subscribe(told, "olga"), kept).body.body
    assert len(shown(olga)) == 1
    assert b"Canada" not in olga
    assert b"Ottawa" not in olga


def test_only_what_changed_is_read_again(database, monkeypatch):
    for number in range(1, 6):
        add(database, f"A-2026-{number}")
    read: list[str] = []
    made, kept = subscribe(database, "ana"), KeptFeeds()

    whole = feed_facts._entry_of

    def note(meeting: Meeting, *others: Any) -> Any:
        read.append(meeting.reference)
        return whole(meeting, *others)

    monkeypatch.setattr(feed_facts, "_entry_of", note)
    feed_of(database, made, kept)
    assert len(read) == 5
    read.clear()
    change(database, Meeting, Meeting.reference == "A-2026-3", place="Elsewhere")
    body = feed_of(database, made, kept).body
    assert (read, b"Elsewhere" in body.body) == (["A-2026-3"], True)
    assert body == feed_of(database, made).body


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (Mechanism, {"name": {"en": "Another name", "es": "Otro nombre", "fr": "Un autre nom"}}),
        (MeetingParty, {"removed": True}),
    ],
)
def test_what_stands_around_a_meeting_makes_its_entry_anew(database, what, values):
    add(database, "A-2026-1", mechanism="M01")
    made, kept = subscribe(database, "ana"), KeptFeeds()
    before = feed_of(database, made, kept).body
    found = Mechanism.ref == "M01" if what is Mechanism else MeetingParty.party_code == "CA"
    change(database, what, found, **values)
    after = feed_of(database, made, kept).body
    assert after.body != before.body
    assert after == feed_of(database, made).body


def test_what_one_sees_no_more_leaves(database):
    add(database, "A-2026-1")
    add(database, "A-2026-2")
    made, kept = subscribe(database, "benoit"), KeptFeeds()
    assert numbers(feed_of(database, made, kept).body.body) == "1 2"
    with database.system_session("leave Canada out in a test", "write") as session:
        row = session.execute(select(Meeting).where(Meeting.reference == "A-2026-2")).scalar_one()
        row.audience_id = session.audience({"party:MX", "party:US"})
        session.commit()
    assert numbers(feed_of(database, made, kept).body.body) == "1"


def test_entries_are_kept_up_to_a_size(sqlite_database):
    for number in range(1, 6):
        add(sqlite_database, f"A-2026-{number}")
    made = subscribe(sqlite_database, "ana")
    small = KeptFeeds(entries=KeptEntries(2, 10_000_000))
    assert feed_of(sqlite_database, made, small).body == feed_of(sqlite_database, made).body
    assert len(small.entries) == 2
    tiny = KeptFeeds(entries=KeptEntries(100, 1_000))
    feed_of(sqlite_database, made, tiny)
    assert len(tiny.entries) <= 1


def test_the_address_of_the_page_is_part_of_what_is_kept(sqlite_database):
    add(sqlite_database, "A-2026-1")
    made, kept = subscribe(sqlite_database, "ana"), KeptFeeds()
    for base in (BASE, "https://other.example"):
        body = find_feed(sqlite_database, kept, f"{made.token}.ics", base).body.body
        assert f"URL:{base}/meetings/A-2026-1".encode() in body


DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(("keeps", "expected"), [(True, 1), (False, 0)])
def test_cancelled_ones_are_kept_or_dropped(database, keeps, expected):
    add(database, "A-2026-1", state="cancelled", reason="R", cancelled_at=world.NOW, confirmed_at=world.NOW - DAY)
    assert len(shown(feed_of(database, subscribe(database, "ana", keeps_cancelled=keeps)).body.body)) == expected
