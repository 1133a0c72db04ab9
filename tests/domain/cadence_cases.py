"""What the tests of cadences are made of: record entries, meetings, and strategies that make many of them."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from app.domain.cadence import MeetingFacts
from app.domain.catalogue import Cadence, RecordEntry
from app.domain.partial_dates import PartialDate

TODAY = date(2026, 11, 22)
ALL = frozenset({"CA", "MX", "US"})
YEARLY = Cadence(1, 12, "calendar_year")
TWICE_A_YEAR = Cadence(2, 12, "calendar_year")
OTTAWA_2016 = date(2016, 6, 29)


def entry(known_on, *, outcome="held", attested=True, by_parties=False, ordinal=None):
    return RecordEntry(
        ordinal=ordinal,
        label=f"entry {known_on}",
        known_on=PartialDate(known_on) if known_on else None,
        starts_on=None,
        ends_on=None,
        place=None,
        country=None,
        host=None,
        co_hosts=(),
        guests=(),
        margins_of=None,
        outcome=outcome,
        format="unknown",
        attested=attested,
        source=None,
        note=None,
        by_parties=by_parties,
    )


def meeting(starts_on, *, state="held", parties=ALL, ordinal=None, counts=True, serves_on=None):
    return MeetingFacts(
        f"UNC-{starts_on.isoformat()}",
        state,
        frozenset(parties),
        starts_on,
        ordinal=ordinal,
        counts=counts,
        serves_on=serves_on,
    )


# Of any day two meetings hardly ever fall on the same; the edges of months and years are where rules go wrong.
EDGES = [
    date(2016, 2, 29),
    date(2016, 12, 31),
    date(2017, 1, 1),
    date(2020, 1, 31),
    date(2020, 2, 29),
    date(2020, 3, 1),
]
DAYS = st.one_of(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.sampled_from(EDGES))
CADENCES = st.builds(Cadence, st.integers(1, 4), st.integers(1, 40), st.sampled_from(["calendar_year", "rolling"]))
MEETINGS = st.lists(
    st.builds(
        MeetingFacts,
        reference=st.just("UNC-2016-1"),
        state=st.sampled_from(["proposed", "confirmed", "held", "closed", "postponed", "cancelled"]),
        parties=st.sampled_from([ALL, frozenset({"MX", "US"}), ALL | {"NL"}]),
        starts_on=DAYS,
        ordinal=st.one_of(st.none(), st.integers(1, 4)),
        counts=st.sampled_from([True, True, True, False]),
        serves_on=st.one_of(st.none(), st.none(), DAYS),
    ),
    max_size=6,
)
ENTRIES = st.lists(
    st.builds(
        entry,
        st.one_of(st.none(), DAYS.map(str), DAYS.map(lambda day: str(day)[:7]), DAYS.map(lambda day: str(day)[:4])),
        outcome=st.sampled_from(["held", "planned_not_held", "postponed", "cancelled"]),
        attested=st.booleans(),
        by_parties=st.booleans(),
        ordinal=st.one_of(st.none(), st.integers(1, 4)),
    ),
    max_size=6,
)
