"""Texts, silences and signatures on the services themselves, in any order, beside the same oracle as the rules.

Shorter than the model of the rules: it shows that what is written down, and read again, comes to the same.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import Refusal
from app.models import AgreedText, Reservation
from app.services.silence_acts import accept_early, break_silence, extend_silence, withdraw_silence
from app.services.silence_circulation import EndOrder, circulate
from app.services.silence_ends import record_ends
from app.services.silence_receipts import receive
from app.services.silence_reports import SilenceReport, report_answer, settle_answer
from tests import agreeing, world
from tests.agreeing import SPEAKERS, TEXT, acting
from tests.conftest import Clock
from tests.domain.agreement_oracle import Notebook

PARTIES = st.sampled_from(world.THREE)


class ServicesMachine(RuleBasedStateMachine):
    """A text of three parties under silence, which Mexico circulates and chairs, with a reservation of its own."""

    template: ClassVar[Path]
    folder: ClassVar[Path]

    @initialize(wished=st.sampled_from((60, 180)))
    def circulate(self, wished: int) -> None:
        copied = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(self.template, copied)
        self.clock = Clock(world.NOW)
        self.database = Database(f"sqlite:///{copied}", self.folder / "locks", clock=self.clock)
        agreeing.prepare(self.database, parties=("MX", "CA", "US"))
        acting(self.database, "ana", _reserve)
        self.hash = agreeing.shown(self.database)
        until = world.NOW + dt.timedelta(minutes=wished)
        order = EndOrder(until.date(), until.time().replace(tzinfo=None), "Africa/Abidjan")  # no offset: UTC
        acting(
            self.database, "ana",
            lambda session: circulate(session, TEXT, order, hours=1, shown_hash=self.hash),
        )  # fmt: skip
        self.book = Notebook(("CA", "MX", "US"), 1, wished)
        self.book.receipt("MX")
        self.said: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.engine.dispose()

    def taken(self, key: str, act: Callable[[GuardedSession], object]) -> bool:
        try:
            acting(self.database, key, act)
        except Refusal:
            return False
        return True

    @rule(minutes=st.integers(1, 100), is_watched=st.booleans())
    def time_passes(self, minutes: int, is_watched: bool) -> None:
        self.clock.forward(minutes=minutes)
        self.book.pass_to(self.book.clock + minutes)
        if is_watched:
            record_ends(self.database)

    @rule()
    def time_passes_to_the_end(self) -> None:
        ends = self.book.wished if self.book.ends is None else self.book.ends
        if ends > self.book.clock:
            self.time_passes(ends - self.book.clock, False)

    @rule(party=PARTIES)
    def receive(self, party: str) -> None:
        assert self.taken(SPEAKERS[party], partial(receive, reference=TEXT)) == self.book.receipt(party)

    @rule(party=PARTIES)
    def object(self, party: str) -> None:
        act = partial(break_silence, reference=TEXT, words="Not so.")
        assert self.taken(SPEAKERS[party], act) == self.book.objection(party)

    @rule(party=PARTIES)
    def agree(self, party: str) -> None:
        is_taken = self.taken(SPEAKERS[party], partial(accept_early, reference=TEXT, shown_hash=self.hash))
        assert is_taken == (party not in self.said and self.book.agreement(party))
        self.said |= {party} if is_taken else set()

    @rule(party=st.sampled_from(("CA", "US")), kind=st.sampled_from(("objection", "agreement")))
    def report(self, party: str, kind: str) -> None:
        act = partial(report_answer, reference=TEXT, report=SilenceReport(party, kind, "mail", "From its mission."))
        assert self.taken("ana", act) == self.book.report(party)

    @rule(was_objection=st.booleans())
    def settle(self, was_objection: bool) -> None:
        waiting = [row for row in agreeing.answers_of(self.database) if row.is_reported and not row.settled_at]
        ruling = "objection" if was_objection else "no_objection"
        is_taken = bool(waiting) and self.taken(
            "ana",
            lambda session: settle_answer(
                session, TEXT, waiting[0].id, ruling, "Asked.",
                version=agreeing.silence_of(self.database).version,
            ),
        )  # fmt: skip
        assert is_taken == self.book.settle(was_objection=was_objection)

    @rule(later=st.integers(-30, 90))
    def extend(self, later: int) -> None:
        ends = (self.book.wished if self.book.ends is None else self.book.ends) + later
        until = world.NOW + dt.timedelta(minutes=ends)
        order = EndOrder(until.date(), until.time().replace(tzinfo=None), "Africa/Abidjan")
        version = agreeing.silence_of(self.database).version
        act = partial(extend_silence, reference=TEXT, order=order, version=version)
        assert self.taken("ana", act) == self.book.extend(ends)

    @rule(is_meant=st.integers(0, 3))
    def withdraw(self, is_meant: int) -> None:
        if is_meant == 0:
            version = agreeing.silence_of(self.database).version
            act = partial(withdraw_silence, reference=TEXT, reason="A slip.", version=version)
            assert self.taken("ana", act) == self.book.withdraw()

    @invariant()
    def what_is_written_down_is_what_became_of_it(self) -> None:
        if not hasattr(self, "book"):
            return
        text, silence = agreeing.text_of(self.database), agreeing.silence_of(self.database)
        if silence.state in {"circulated", "running", "held"}:
            assert text.state == "under_silence"
            return
        assert self.book.over is not None
        assert silence.state == self.book.over[0]
        assert text.state == ("adopted" if silence.state == "adopted" else "draft")
        if text.state == "adopted":
            assert text.adopted_at == world.NOW + dt.timedelta(minutes=self.book.over[1])
        assert _reserved(self.database) == ["MX"]

    @rule()
    def the_server_comes_back(self) -> None:
        self.clock.forward(seconds=6)
        record_ends(self.database)
        self.clock.now -= dt.timedelta(seconds=6)
        is_over = agreeing.silence_of(self.database).state not in {"circulated", "running", "held"}
        assert is_over == (self.book.over is not None)


def _reserve(session: GuardedSession) -> None:
    text = session.execute(select(AgreedText)).scalar_one()
    session.add(
        Reservation(
            text_id=text.id, party_code="MX", kind="reservation", wording={"en": "Training.", "original": "en"},
            made_by=world.CAST["ana"].id, made_at=session.now, audience_id=text.audience_id,
        )
    )  # fmt: skip


def _reserved(database: Database) -> list[str]:
    with database.system_session("look at the reservations") as session:
        rows = session.execute(select(Reservation.party_code).where(Reservation.withdrawn_at.is_(None)))
        return list(rows.scalars())


def test_the_services_do_what_the_notebook_says(sqlite_template: Path, request: pytest.FixtureRequest) -> None:
    folder = Path(tempfile.mkdtemp())
    request.addfinalizer(lambda: shutil.rmtree(folder, ignore_errors=True))
    run_state_machine_as_test(
        type("Bound", (ServicesMachine,), {"template": sqlite_template, "folder": folder}),
        settings=settings(
            max_examples=8, stateful_step_count=10, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )  # fmt: skip
