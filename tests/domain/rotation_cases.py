"""What the tests of hosting are made of: orders, meetings hosted in one year after another, and changes."""

from __future__ import annotations

from datetime import date

from app.domain.cadence import MeetingFacts
from app.domain.catalogue import Hosting
from app.domain.rotation import HostingChange

ALL = frozenset({"CA", "MX", "US"})
NONE_GIVEN = Hosting(rotation=None, rotation_attested=False, note=None)
ATTESTED = Hosting(rotation=("US", "MX", "CA"), rotation_attested=True, note=None)
READ = Hosting(rotation=("CA", "US", "MX"), rotation_attested=False, note=None)


def hosted(*hosts, state="held", parties=ALL, first_year=2017):
    return [
        MeetingFacts(f"X-{first_year + number}-1", state, frozenset(parties), date(first_year + number, 5, 1), host)
        for number, host in enumerate(hosts)
    ]


def change(kind, party, on="2020-01-01", with_party=None):
    return HostingChange(kind, party, date.fromisoformat(on), "as agreed by note", with_party)
