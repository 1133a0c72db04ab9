"""A meeting is released to a guest by all its parties, and by none of them alone; and it is taken back by any."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal
from app.models import (
    Action,
    AgendaItem,
    AuditRecord,
    Contact,
    Decision,
    Document,
    Draft,
    LanguageVersion,
    Meeting,
    MeetingParty,
    RegisteredDocument,
    Release,
    Sitting,
)
from app.services import decision_effects as _effects  # noqa: F401 - each of its services declares what it does
from app.services.agenda import version_of
from app.services.agenda_acts import ItemWords, add_item, remove_item, restore_item
from app.services.decisions import answer
from app.services.drafts import find_draft, save_draft
from app.services.meeting_life import NewDate, answer_meeting, postpone_meeting, promise_of
from app.services.meetings import find_meeting
from app.services.registered_documents import DocumentOrder, SentFile, register_document
from app.services.releases import NewRelease, ask_to_release, guests_of, released_meeting, withdraw_release
from app.services.staged_changes import publish, stage_changes
from tests import story, world

PAPER = str(world.identity("document", story.SHARED))
REFERENCE = "ADH-2026-CAMX-1"
PDF = b"%PDF-1.7\n1 0 obj\n"


def new(**changed: Any) -> NewRelease:
    values: dict[str, Any] = {"email": "olga@example.org", "shows_agenda": False, "documents": ()}
    return NewRelease(**(values | changed))


def asked(database: Database, reference: str, by: str = "ana", **changed: Any) -> uuid.UUID:
    with database.write_session(world.viewer(by)) as session:
        decision = ask_to_release(session, reference, new(**changed))
        session.commit()
        return decision.id


def agreed(database: Database, decision_id: uuid.UUID, *by: str) -> None:
    for key in by:
        with database.write_session(world.viewer(key)) as session:
            version = session.execute(select(Decision.version).where(Decision.id == decision_id)).scalar_one()
            answer(session, decision_id, "yes", "", version=version)
            session.commit()


def released(database: Database, reference: str = REFERENCE, **changed: Any) -> None:
    others = ("isabelle", "erin") if reference == story.SHARED else ("isabelle",)
    agreed(database, asked(database, reference, **changed), *others)


def refused(database: Database, by: str, act: Callable[[GuardedSession], Any]) -> tuple[str, str | None]:
    with database.write_session(world.viewer(by)) as session, pytest.raises(Refusal) as caught:
        act(session)
    return caught.value.key, caught.value.field


def seen_by_olga(database: Database, *models: type[Any]) -> dict[str, int]:
    """Return how many rows of each class the guest's session gives."""
    with database.read_session(world.viewer("olga")) as session:
        return {model.__name__: len(session.execute(select(model)).scalars().all()) for model in models}


def withdrawn(database: Database, reference: str, by: str) -> None:
    with database.write_session(world.viewer(by)) as session:
        meeting = find_meeting(session, reference)
        row = session.execute(select(Release).where(Release.meeting_id == meeting.id)).scalar_one()
        withdraw_release(session, reference, row.id)
        session.commit()


@pytest.fixture
def ours(database: Database) -> Database:
    """Return a world with a meeting of Canada and Mexico, two items on its agenda, and an action item."""
    with database.system_session("prepare a test", "write") as session:
        meeting = world.add_meeting(session, REFERENCE, ("CA", "MX"))
        world.add_item(session, meeting, 1)
        world.add_item(session, meeting, 2)
        world.add_action(session, f"{REFERENCE}-A01", ("CA", "MX"), meeting=meeting)
        session.commit()
    return database


ALL = (Meeting, Sitting, AgendaItem, MeetingParty, Action, Document, Decision, Draft, Contact)
NOTHING = dict.fromkeys((model.__name__ for model in ALL), 0)


def test_it_takes_the_yes_of_every_chosen_party(ours: Database) -> None:
    decision = asked(ours, REFERENCE)
    assert seen_by_olga(ours, *ALL) == NOTHING
    agreed(ours, decision, "adaeze")
    assert seen_by_olga(ours, *ALL) == NOTHING | {"Meeting": 1, "Sitting": 1}


def test_the_agenda_and_papers_only_where_that_was_said(told: Database) -> None:
    released(told, story.SHARED)
    assert seen_by_olga(told, *ALL) == NOTHING | {"Meeting": 1, "Sitting": 1}
    released(told, story.SHARED, shows_agenda=True, documents=(PAPER,))
    assert seen_by_olga(told, *ALL) == NOTHING | {"Meeting": 1, "Sitting": 1, "AgendaItem": 4, "Document": 1}
    released(told, story.SHARED, shows_agenda=True)
    assert seen_by_olga(told, *ALL) == NOTHING | {"Meeting": 1, "Sitting": 1, "AgendaItem": 4}


def test_public_documents_of_a_meeting_come_and_go_with_it(ours: Database) -> None:
    with ours.write_session(world.viewer("ana")) as session:
        meeting = find_meeting(session, REFERENCE)
        for step in ("public", "parties"):
            order = DocumentOrder(
                title={"en": f"Paper, {step}", "original": "en"}, original_language="en", meeting=meeting,
                handling_step=step, files={"en": SentFile("paper.pdf", PDF)},
            )  # fmt: skip
            register_document(session, order)
        session.commit()
    of_documents = (RegisteredDocument, LanguageVersion, Document)
    nothing = {"RegisteredDocument": 0, "LanguageVersion": 0, "Document": 0}
    assert seen_by_olga(ours, *of_documents) == nothing
    released(ours)
    assert seen_by_olga(ours, *of_documents) == {"RegisteredDocument": 1, "LanguageVersion": 3, "Document": 1}
    withdrawn(ours, REFERENCE, "isabelle")
    assert seen_by_olga(ours, *of_documents) == nothing


def test_what_the_guest_is_given_is_what_was_released(told: Database) -> None:
    released(told, story.SHARED, shows_agenda=True, documents=(PAPER,))
    with told.read_session(world.viewer("olga")) as session:
        found = released_meeting(session, story.SHARED)
        assert (found.meeting.reference, found.parties, len(found.items)) == (story.SHARED, ("CA", "MX", "US"), 4)
        assert [str(paper.id) for paper in found.papers] == [PAPER]
        for reference in (story.HIDDEN, story.CANCELLED, "UNC-2026-99"):
            with pytest.raises(NotFound):
                released_meeting(session, reference)


def test_nothing_that_is_done_to_the_meeting_is_in_the_guests_record(ours: Database) -> None:
    released(ours, shows_agenda=True)
    with ours.write_session(world.viewer("isabelle")) as session:
        meeting = find_meeting(session, REFERENCE)
        own = next(row for row in meeting.parties if row.party_code == "CA")
        answer_meeting(session, REFERENCE, "yes", promise=promise_of(meeting), version=own.version)
        date = NewDate(dt.date(2026, 12, 17), None, dt.time(9), dt.time(12))
        postpone_meeting(session, REFERENCE, "a strike", version=meeting.version, date=date)
        session.commit()
    with ours.read_session(world.viewer("olga")) as session:
        assert session.execute(select(AuditRecord.action)).scalars().all() == []
        assert find_meeting(session, REFERENCE).starts_on == dt.date(2026, 12, 17)
        assert len(find_meeting(session, REFERENCE).sittings) == 1


def test_the_guest_follows_the_agenda_as_it_changes(ours: Database) -> None:
    released(ours, shows_agenda=True)
    with ours.write_session(world.viewer("ana")) as session:
        item = add_item(session, REFERENCE, ItemWords({"en": "New"}, "substance", "discussion", 5))
        session.commit()
    assert seen_by_olga(ours, AgendaItem) == {"AgendaItem": 3}
    with ours.write_session(world.viewer("ana")) as session:
        row = session.get_one(AgendaItem, item.id)
        remove_item(session, REFERENCE, item.id, version=version_of(row))
        session.commit()
    assert seen_by_olga(ours, AgendaItem) == {"AgendaItem": 2}
    with ours.write_session(world.viewer("ana")) as session:
        restore_item(session, REFERENCE, item.id)
        session.commit()
    assert seen_by_olga(ours, AgendaItem) == {"AgendaItem": 3}


def test_the_agenda_that_is_not_released_stays_unseen_as_it_changes(ours: Database) -> None:
    released(ours)
    with ours.write_session(world.viewer("ana")) as session:
        add_item(session, REFERENCE, ItemWords({"en": "New"}, "substance", "discussion", 5))
        session.commit()
    assert seen_by_olga(ours, AgendaItem) == {"AgendaItem": 0}


@pytest.mark.parametrize("shows_agenda", [False, True])
def test_the_guest_stays_when_the_parties_change(ours: Database, *, shows_agenda: bool) -> None:
    released(ours, shows_agenda=shows_agenda)
    with ours.write_session(world.viewer("ana")) as session:
        draft = stage_changes(session, REFERENCE)
        content = dataclasses.replace(
            find_draft(session, draft.id).content, parties=("CA", "MX", "US"), first_day=dt.date(2026, 12, 16),
            last_day=dt.date(2026, 12, 17),
        )  # fmt: skip
        save_draft(session, draft.id, content, version=draft.version)
        session.commit()
        publish(session, draft.id, version=find_draft(session, draft.id).draft.version)
        session.commit()
    items = 2 if shows_agenda else 0
    assert seen_by_olga(ours, *ALL) == NOTHING | {"Meeting": 1, "Sitting": 2, "AgendaItem": items}
    with ours.read_session(world.viewer("erin")) as session:
        guests = guests_of(session, find_meeting(session, REFERENCE))
        assert (len(guests.lines), guests.may_withdraw) == (1, True)
    withdrawn(ours, REFERENCE, "erin")
    assert seen_by_olga(ours, *ALL) == NOTHING


def test_what_was_asked_of_other_parties_lapses_when_they_change(ours: Database) -> None:
    decision = asked(ours, REFERENCE)
    with ours.write_session(world.viewer("ana")) as session:
        draft = stage_changes(session, REFERENCE)
        content = dataclasses.replace(find_draft(session, draft.id).content, parties=("MX", "US"))
        save_draft(session, draft.id, content, version=draft.version)
        session.commit()
        publish(session, draft.id, version=find_draft(session, draft.id).draft.version)
        session.commit()
        assert session.get_one(Decision, decision).state == "withdrawn"
    for key in ("isabelle", "erin"):
        with ours.read_session(world.viewer(key)) as session:
            assert session.execute(select(Decision)).scalars().all() == [], key


@pytest.mark.parametrize("by", ["ana", "adaeze"])
def test_any_one_party_takes_it_back_at_once(ours: Database, by: str) -> None:
    released(ours, shows_agenda=True)
    withdrawn(ours, REFERENCE, by)
    assert seen_by_olga(ours, *ALL, Release) == NOTHING | {"Release": 0}
    released(ours)
    assert seen_by_olga(ours, *ALL) == NOTHING | {"Meeting": 1, "Sitting": 1}


def test_a_paper_is_taken_back_by_a_party_that_came_after_it_was_released(told: Database) -> None:
    """The United States withdraws a paper of Canada and Mexico that it has never seen."""
    with told.system_session("prepare a test", "write") as session:
        meeting = world.add_meeting(session, REFERENCE, ("CA", "MX"))
        paper = session.get_one(Document, world.identity("document", story.SHARED))
        paper.audience_id = meeting.audience_id
        session.commit()
    released(told, documents=(PAPER,))
    with told.write_session(world.viewer("ana")) as session:
        draft = stage_changes(session, REFERENCE)
        content = dataclasses.replace(find_draft(session, draft.id).content, parties=("CA", "MX", "US"))
        save_draft(session, draft.id, content, version=draft.version)
        session.commit()
        publish(session, draft.id, version=find_draft(session, draft.id).draft.version)
        session.commit()
    assert seen_by_olga(told, Meeting, Document) == {"Meeting": 1, "Document": 1}
    with told.read_session(world.viewer("erin")) as session:
        assert session.get(Document, uuid.UUID(PAPER)) is None
    withdrawn(told, REFERENCE, "erin")
    assert seen_by_olga(told, Meeting, Document) == {"Meeting": 0, "Document": 0}


@pytest.mark.parametrize("email", ["nobody@example.org", "carol@example.org", "marta@example.org", "sam@example.org"])
def test_only_a_guests_address_is_known(ours: Database, email: str) -> None:
    """An address of somebody else's account answers as one that nobody has."""
    assert refused(ours, "ana", lambda s: ask_to_release(s, REFERENCE, new(email=email))) == ("unknown_guest", "email")


@pytest.mark.parametrize(
    ("by", "refusal"),
    [("diego", "forbidden"), ("benoit", "forbidden"), ("erin", "not_found"), ("sam", "not_found")],
)
def test_only_who_speaks_for_a_party_or_serves_them_all_asks(ours: Database, by: str, refusal: str) -> None:
    assert refused(ours, by, lambda s: ask_to_release(s, REFERENCE, new())) == (refusal, None)


def test_what_is_refused_at_its_field(ours: Database) -> None:
    def ask(**changed: Any) -> Callable[[GuardedSession], Any]:
        return lambda session: ask_to_release(session, REFERENCE, new(**changed))

    assert refused(ours, "ana", ask(email=" ")) == ("required", "email")
    assert refused(ours, "ana", ask(documents=(PAPER,))) == ("unknown_document", "documents")
    decision = asked(ours, REFERENCE)
    assert refused(ours, "isabelle", ask()) == ("asked_already", "email")
    agreed(ours, decision, "isabelle")
    assert refused(ours, "isabelle", ask()) == ("released_already", "email")


def test_a_secretariat_asks_and_the_parties_answer(told: Database) -> None:
    with told.write_session(world.viewer("sam")) as session:
        decision = ask_to_release(session, story.SHARED, new())
        session.commit()
        assert (decision.asked_by_party, decision.asked_by_appointment) == (None, world.appointment_id("M01"))
    agreed(told, decision.id, "ana", "isabelle")
    assert seen_by_olga(told, Meeting) == {"Meeting": 0}
    agreed(told, decision.id, "carol")
    assert seen_by_olga(told, Meeting) == {"Meeting": 1}
    withdrawn_by_sam = refused(
        told, "sam", lambda s: withdraw_release(s, story.SHARED, world.identity("release", story.SHARED))
    )
    assert withdrawn_by_sam == ("forbidden", None), "it holds by the parties' consent"
