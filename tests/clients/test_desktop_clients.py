"""Thunderbird and evolution-data-server, subscribed to the running app, while meetings are moved and called off.

The server's clock is the machine's, so the meetings are those of next year, whenever that is.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import Database
from app.domain.meeting_content import MeetingContent
from app.services.meeting_life import NewDate
from scripts.desktop_clients import missing
from tests import world
from tests.clients.desktop import Desktop, EvolutionDataServer, Kept, Thunderbird
from tests.clients.life import confirm, propose_meeting, steer
from tests.clients.serving import ROOT, open_now
from tests.subscribing import subscribe

# One at a time: each is a whole desktop's worth of processes.
pytestmark = pytest.mark.xdist_group("desktop-clients")

PROGRAMS: dict[str, type[Desktop]] = {"thunderbird": Thunderbird, "evolution-data-server": EvolutionDataServer}
YEAR = dt.datetime.now(dt.UTC).year + 1


def sunday_from(month: int, day: int) -> dt.date:
    """Return the first Sunday of next year from this day on."""
    first = dt.date(YEAR, month, day)
    return first + dt.timedelta(days=6 - first.weekday())


# Where the clocks of the United States change: the second Sunday of March, the first of November.
SPRING, AUTUMN = sunday_from(3, 8), sunday_from(11, 1)
ONE_DAY = dt.timedelta(days=1)
DAYS = (SPRING - ONE_DAY, SPRING + ONE_DAY, AUTUMN - ONE_DAY, AUTUMN + ONE_DAY)
# The hour in UTC of 9:00 there, on each of the four days.
HOURS: dict[str, tuple[int, int, int, int]] = {
    "America/New_York": (14, 13, 13, 14),
    "America/Mexico_City": (15, 15, 15, 15),
    "America/Ciudad_Juarez": (16, 15, 15, 16),
    "America/Tijuana": (17, 16, 16, 17),
}
LONG = (
    "Réunion préparatoire des délégués à l’échéance « été » ; ordre du jour, annexes A\\B, pièces jointes "
    "et procès‑verbaux à approuver — où siégera‑t‑on, à Québec ou à Ciudad Juárez ?"
)
NEW_YORK = "America/New_York"


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> type[Desktop]:
    """Return a program that is on this machine; skips only where `make` found that it cannot be had."""
    name: str = request.param
    if name in missing():
        report = ROOT / "build" / "desktop-clients"
        assert report.exists(), f"{name} is not here: `make desktop-clients` installs it, or writes down why it cannot"
        reasons = dict(line.split(": ", 1) for line in report.read_text("utf-8").splitlines())
        assert name in reasons, f"{name} is gone: run `make desktop-clients` again"
        if os.environ.get("CI"):
            pytest.fail(f"{name} must be there in a run for everyone: {reasons[name]}")
        pytest.skip(f"{name} is not on this machine, and cannot be installed: {reasons[name]}")
    return PROGRAMS[name]


@pytest.fixture
def running(sqlite_database: Database, tmp_path: Path) -> Iterator[Database]:
    """Return a database with the world in it, on the machine's clock; what a feed says is the same on each engine."""
    opened = open_now(sqlite_database, tmp_path)
    yield opened
    opened.engine.dispose()


def content(title: str, zone: str, day: dt.date, last_day: dt.date | None = None) -> MeetingContent:
    """Return a meeting from 9:00 to 10:30 in a zone; up to a last day, of whole days."""
    starts, ends = (None, None) if last_day else (dt.time(9), dt.time(10, 30))
    return MeetingContent(
        title={"en": "Meeting", "fr": title}, original="fr", parties=world.THREE, format="in_person", place="Salle 3",
        zone=zone, first_day=day, last_day=last_day, starts=starts, ends=ends,
    )  # fmt: skip


def kept(summary: str, zone: str, day: dt.date, hour: int, status: str = "TENTATIVE") -> Kept:
    """Return what is shown of an hour and a half that begins at an hour in UTC."""
    return Kept(summary, f"{day}T{hour:02}:00Z", f"{day}T{hour + 1:02}:30Z", status, zone)


def propose(database: Database, meeting: MeetingContent) -> tuple[str, str]:
    """Propose a meeting; return its reference and its subject."""
    reference = propose_meeting(database, meeting)
    return reference, f"{meeting.title['fr']} ({reference})"


def test_it_shows_each_meeting_at_its_hour_in_its_zone(program, running, serve, tmp_path):
    server, made = serve(running), subscribe(running, "benoit", language="fr")
    expected = []
    for zone, hours in HOURS.items():
        for day, hour in zip(DAYS, hours, strict=True):
            _, subject = propose(running, content(f"Séance à 9 h, {zone}", zone, day))
            expected.append(kept(subject, zone, day, hour))
    days = content("Atelier d’été", NEW_YORK, dt.date(YEAR, 12, 30), dt.date(YEAR + 1, 1, 1))
    _, subject = propose(running, days)
    expected.append(Kept(subject, f"{YEAR}-12-30", f"{YEAR + 1}-01-02", "TENTATIVE", None))
    _, subject = propose(running, content(LONG, NEW_YORK, DAYS[0]))
    expected.append(kept(subject, NEW_YORK, DAYS[0], 14))
    with program(tmp_path / "desktop", server.address(f"/feeds/{made.token}.ics")) as desktop:
        assert desktop.shown(expected) == sorted(expected)


def test_it_follows_meetings_that_are_moved_and_called_off(program, running, serve, tmp_path):
    server, made = serve(running), subscribe(running, "benoit", language="fr")
    (stays, staying), (moved, moving), (lost, going) = (
        propose(running, content(title, NEW_YORK, DAYS[1])) for title in ("Année", "Bâtiment", "Crédit")
    )
    before, after = (DAYS[1], 13), (DAYS[3], 14)
    for reference in (stays, moved, lost):
        confirm(running, reference)
    with program(tmp_path / "desktop", server.address(f"/feeds/{made.token}.ics")) as desktop:

        def see(*changed: Kept) -> None:
            expected = [kept(staying, NEW_YORK, *before, "CONFIRMED"), *changed]
            assert desktop.shown(expected) == sorted(expected)

        see(kept(moving, NEW_YORK, *before, "CONFIRMED"), kept(going, NEW_YORK, *before, "CONFIRMED"))
        steer(running, "postpone", moved, "Un vote")
        steer(running, "cancel", lost, "Une crue")
        off = kept(f"ANNULÉE\u00a0: {going}", NEW_YORK, *before, "CANCELLED")
        see(kept(f"REPORTÉE\u00a0: {moving}", NEW_YORK, *before, "CANCELLED"), off)
        steer(running, "reinstate", moved, date=NewDate(DAYS[3], starts=dt.time(9), ends=dt.time(10, 30)))
        see(kept(moving, NEW_YORK, *after, "TENTATIVE"), off)
        confirm(running, moved)
        see(kept(moving, NEW_YORK, *after, "CONFIRMED"), off)


@pytest.mark.parametrize("program", ["thunderbird"], indirect=True)
def test_it_takes_a_zone_from_the_calendar_where_the_machine_may_be_behind(program, running, serve, tmp_path):
    """Vancouver keeps one hour all year since November 2026; evolution-data-server would ask the machine."""
    server, made = serve(running), subscribe(running, "benoit", language="fr")
    subjects = [propose(running, content("Rencontre", "America/Vancouver", day))[1] for day in DAYS]
    expected = [kept(subject, "America/Vancouver", day, 16) for subject, day in zip(subjects, DAYS, strict=True)]
    with program(tmp_path / "desktop", server.address(f"/feeds/{made.token}.ics")) as desktop:
        assert desktop.shown(expected) == sorted(expected)
