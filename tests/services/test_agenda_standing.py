"""An agenda from proposals to adoption and after: who may what, what waits for whom, and what others never learn."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from app.db import Database, GuardedSession
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import person_key
from app.models import Agenda, AgendaItem, AgendaRevision, AuditRecord, Decision, ItemProposal, Mechanism, OutboxMessage
from app.services import agenda_acts as acts
from app.services import agenda_adoption as adoption
from app.services import agenda_backlog as backlogs
from app.services import agenda_changes as changes
from app.services import agenda_proposals as proposals
from app.services import agenda_revisions as revisions
from app.services import agenda_topics as topics
from app.services import audience_moves, decision_effects, decisions
from app.services.agenda import AgendaView, agenda_of, items_of, version_of
from app.services.agenda_acts import ItemWords
from app.services.agenda_page import AgendaPage, agenda_page
from app.services.agenda_proposals import ProposalWords
from app.services.agenda_standing import set_lead_times, standing_of
from app.services.meetings import find_meeting
from tests import world

REF = "UNC-2026-2"
TOPIC = "issues of the bilateral relationship"
assert decision_effects.SERVICES  # what a decision does is declared by being imported


@pytest.fixture
def kept(sqlite_database: Database) -> Database:
    """Return a database with a meeting of all three, its agenda of three items, and a mechanism that sets one aside."""
    with sqlite_database.system_session("prepare an agenda", "write") as session:
        mechanism = session.execute(select(Mechanism).where(Mechanism.ref == "M01")).scalar_one()
        mechanism.facts = {**mechanism.facts, "scope_out": [TOPIC]}
        meeting = world.add_meeting(session, REF, mechanism="M01", hosting={"MX": "host"})
        world.add_item(session, meeting, 1, kind="opening", type="information", title={"en": "Opening"})
        world.add_item(session, meeting, 2, title={"en": "Peace operations"}, minutes=45)
        world.add_item(session, meeting, 3, kind="closing", type="information", title={"en": "Closing"})
        world.add_meeting(session, "UNC-2026-MXUS-1", ("MX", "US"), mechanism="M01")
        world.add_meeting(session, "UNC-2027-1", mechanism="M01", starts_on=dt.date(2027, 3, 4))
        session.commit()
    return sqlite_database


def does(database: Database, key: str, act: Any, *args: Any, **named: Any) -> Any:
    with database.write_session(world.viewer(key)) as session:
        done = act(session, *args, **named)
        session.commit()
    return done


def seen(database: Database, key: str = "ana", reference: str = REF) -> AgendaView:
    with database.read_session(world.viewer(key)) as session:
        return agenda_of(session, find_meeting(session, reference))


def page(database: Database, key: str = "ana") -> AgendaPage:
    with database.read_session(world.viewer(key)) as session:
        return agenda_page(session, find_meeting(session, REF))


def rows(database: Database, key: str, model: type[Any]) -> list[Any]:
    with database.read_session(world.viewer(key)) as session:
        return list(session.execute(select(model)).scalars())


def refused(database: Database, key: str, act: Any, *args: Any, **named: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as found:
        does(database, key, act, *args, **named)
    return found.value.key, found.value.field


def item(title: str = "Candidatures", **changed: Any) -> ItemWords:
    return ItemWords(**{"title": {"en": title}, "kind": "substance", "type": "discussion", "minutes": 20, **changed})


def proposal(title: str = "Candidatures", **changed: Any) -> ProposalWords:
    return ProposalWords(**{"title": {"en": title}, "type": "discussion", "minutes": 20, **changed})


def issue(database: Database, key: str = "sam") -> AgendaRevision:
    return does(database, key, revisions.issue_revision, REF, seen=page(database, key).seen)


def says_yes(database: Database, decision: Decision, *keys: str) -> Decision:
    for key in keys:
        with database.read_session(world.viewer(key)) as session:
            version = decisions.find_decision(session, decision.id).version
        decision = does(database, key, decisions.answer, decision.id, "yes", "", version=version)
    return decision


def adopt(database: Database) -> Decision:
    asked = does(database, "sam", adoption.ask_adoption, REF, seen=page(database).seen)
    return says_yes(database, asked, "ana", "isabelle", "carol")


def at(database: Database, title: str, key: str = "ana") -> AgendaItem:
    view = seen(database, key)
    return next(line.item for line in (*view.items, *view.apart) if line.item.title["en"] == title)


def titles(database: Database, key: str = "ana") -> list[str]:
    return [line.item.title["en"] for line in seen(database, key).items]


@pytest.fixture
def later(kept: Database) -> Iterator[Any]:
    """Let the clock of the database stand on a day at noon, UTC."""
    before = kept.clock

    def move(day: dt.date) -> None:
        kept.clock = lambda: dt.datetime.combine(day, dt.time(12), dt.UTC)

    yield move
    kept.clock = before


# Draft, provisional, supplementary, late --------------------------------------------------------------


def test_a_meeting_of_which_nothing_was_said_has_a_draft(kept: Database) -> None:
    standing = seen(kept).standing
    assert (standing.state, standing.revision, standing.version) == ("draft", 0, 0)
    assert (standing.provisional_due_on, standing.supplementary_until) == (dt.date(2026, 11, 10), dt.date(2026, 11, 26))
    assert standing.is_due
    assert rows(kept, "ana", Agenda) == []


@pytest.mark.parametrize(("key", "may"), [("ana", True), ("carol", True), ("sam", True), ("benoit", False)])
def test_who_steers_issues_revisions_and_they_are_kept(kept: Database, key: str, may: bool) -> None:
    assert seen(kept, key).may_steer is may
    if not may:
        assert refused(kept, key, revisions.issue_revision, REF, seen=page(kept).seen)[0] == "forbidden"
        return
    revision = issue(kept, key)
    assert (revision.number, revision.state) == (1, "provisional")
    assert [each["title"]["en"] for each in revision.content["items"]] == ["Opening", "Peace operations", "Closing"]
    assert seen(kept).standing.state == "provisional"
    assert refused(kept, key, revisions.issue_revision, REF, seen=page(kept).seen)[0] == "nothing_changed"


def test_what_comes_after_the_provisional_agenda_is_supplementary_then_late(kept: Database, later: Any) -> None:
    does(kept, "benoit", acts.add_item, REF, item("In the draft"))
    issue(kept)
    later(dt.date(2026, 11, 26))
    does(kept, "benoit", acts.add_item, REF, item("In time"))
    later(dt.date(2026, 11, 27))
    assert refused(kept, "benoit", acts.add_item, REF, item("Late"))[0] == "item_is_late"
    late = does(kept, "benoit", proposals.propose_item, REF, proposal("Late"))
    assert late.is_late
    does(kept, "ana", proposals.take, REF, late.id, version=late.version)
    does(kept, "ana", acts.add_item, REF, item("Let on"))
    marks = {line.item.title["en"]: line.item.is_supplementary for line in seen(kept).items}
    assert [title for title, is_supplementary in marks.items() if is_supplementary] == ["In time", "Late", "Let on"]
    assert issue(kept).number == 2


def test_the_agenda_that_was_read_is_the_one_that_is_issued(kept: Database) -> None:
    read = page(kept).seen
    does(kept, "benoit", acts.add_item, REF, item())
    with pytest.raises(StaleVersion):
        does(kept, "sam", revisions.issue_revision, REF, seen=read)
    assert rows(kept, "sam", AgendaRevision) == []


def test_lead_times_are_changed_by_who_steers_and_a_race_is_seen(kept: Database) -> None:
    does(kept, "sam", set_lead_times, REF, 60, 30, version=0)
    standing = seen(kept).standing
    assert (standing.provisional_due_on, standing.supplementary_until) == (dt.date(2026, 10, 11), dt.date(2026, 11, 10))
    assert refused(kept, "diego", set_lead_times, REF, 30, 14, version=1)[0] == "forbidden"
    assert refused(kept, "ana", set_lead_times, REF, 3, 14, version=1)[0] == "supplementary_before_provisional"
    with pytest.raises(StaleVersion):
        does(kept, "ana", set_lead_times, REF, 30, 14, version=0)


def test_two_revisions_are_compared_in_either_order(kept: Database) -> None:
    issue(kept)
    old = at(kept, "Peace operations")
    said = item("Peace operations", minutes=30, annotation={"es": "Mandato"}, presenters="The chair")
    does(kept, "benoit", acts.edit_item, REF, old.id, said, version=version_of(old))
    issue(kept)
    with kept.read_session(world.viewer("carol")) as session:
        found = revisions.compare_revisions(session, REF, 2, 1)
        again = revisions.compare_revisions(session, REF, 2, None)
        with pytest.raises(NotFound):
            revisions.compare_revisions(session, REF, 2, 3)
    assert (found.older.number, found.newer and found.newer.number) == (1, 2)
    [changed] = [each for each in found.changes if each.how != "same"]
    assert [each.field for each in changed.fields] == ["minutes", "presenters", "annotation.es"]
    assert again.is_same


# Adoption and after -----------------------------------------------------------------------------------


def test_the_last_yes_adopts_and_freezes(kept: Database) -> None:
    asked = does(kept, "ana", adoption.ask_adoption, REF, seen=page(kept).seen)
    assert says_yes(kept, asked, "isabelle").state == "open"
    assert seen(kept).standing.state == "draft"
    assert says_yes(kept, asked, "carol").state == "taken"
    standing = seen(kept).standing
    assert (standing.state, standing.revision, standing.adopted_at) == ("adopted", 1, world.NOW)
    row = at(kept, "Peace operations")
    for act, args, named in [
        (acts.add_item, (item(),), {}),
        (acts.edit_item, (row.id, item()), {"version": version_of(row)}),
        (acts.remove_item, (row.id,), {"version": version_of(row)}),
        (acts.move_item, (row.id, "up"), {"order": seen(kept).order}),
        (acts.place_item, (row.id, 1), {"order": seen(kept).order}),
        (proposals.propose_item, (proposal(),), {}),
    ]:
        assert refused(kept, "ana", act, REF, *args, **named)[0] == "agenda_is_adopted", act
    assert refused(kept, "ana", revisions.issue_revision, REF, seen=page(kept).seen)[0] == "not_in_state"
    assert refused(kept, "sam", set_lead_times, REF, 30, 14, version=standing.version)[0] == "not_in_state"


def test_a_no_adopts_nothing_and_a_secretariat_says_no_yes(kept: Database) -> None:
    asked = does(kept, "sam", adoption.ask_adoption, REF, seen=page(kept).seen)
    with kept.read_session(world.viewer("ana")) as session:
        assert decisions.find_decision(session, asked.id).answers == []
    says_yes(kept, asked, "ana", "carol")
    with kept.read_session(world.viewer("adaeze")) as session:
        version = decisions.find_decision(session, asked.id).version
    does(kept, "adaeze", decisions.answer, asked.id, "no", "not yet", version=version)
    assert seen(kept).standing.state == "draft"


def test_an_agenda_that_changed_is_not_adopted_and_is_asked_anew(kept: Database) -> None:
    first = does(kept, "ana", adoption.ask_adoption, REF, seen=page(kept).seen)
    assert refused(kept, "carol", adoption.ask_adoption, REF, seen=page(kept).seen)[0] == "adoption_asked_already"
    does(kept, "benoit", acts.add_item, REF, item())
    says_yes(kept, first, "isabelle")
    with pytest.raises(Refusal, match="agenda_has_changed"):
        says_yes(kept, first, "carol")
    assert not page(kept).is_asked_as_it_stands
    second = does(kept, "carol", adoption.ask_adoption, REF, seen=page(kept).seen)
    assert says_yes(kept, second, "ana", "isabelle").state == "taken"
    with kept.read_session(world.viewer("ana")) as session:
        assert decisions.find_decision(session, first.id).state == "withdrawn"


def test_two_adoptions_at_once_leave_one_question(database: Database) -> None:
    with database.system_session("prepare an agenda", "write") as session:
        world.add_item(session, world.add_meeting(session, REF, mechanism="M01"), 1)
        session.commit()
    read, outcomes = page(database).seen, []

    def ask(key: str) -> None:
        try:
            does(database, key, adoption.ask_adoption, REF, seen=read)
            outcomes.append("asked")
        except Refusal as refusal:
            outcomes.append(refusal.key)

    threads = [threading.Thread(target=ask, args=(key,)) for key in ("ana", "carol")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["adoption_asked_already", "asked"]


def test_two_edits_of_one_item_show_both(kept: Database) -> None:
    row = at(kept, "Peace operations")
    version = version_of(row)
    does(kept, "benoit", acts.edit_item, REF, row.id, item("Peace", annotation={"fr": "Sien"}), version=version)
    with pytest.raises(StaleVersion) as lost:
        does(kept, "ana", acts.edit_item, REF, row.id, item("Operations", annotation={"en": "Mine"}), version=version)
    assert (lost.value.yours["annotation"], lost.value.theirs["annotation"]) == (
        {"en": "Mine"},
        {"fr": "Sien", "original": "fr"},
    )


def test_an_adopted_agenda_changes_by_every_party_and_is_a_revision_again(kept: Database) -> None:
    adopt(kept)
    row = at(kept, "Peace operations")
    order = seen(kept).order
    asked = does(
        kept, "ana", changes.ask_to_edit, REF, row.id, item("Peacekeeping"), "clearer", version=version_of(row)
    )
    moved = does(kept, "ana", changes.ask_to_move, REF, row.id, 1, order=order)
    assert titles(kept) == ["Opening", "Peace operations", "Closing"]
    says_yes(kept, asked, "isabelle", "carol")
    says_yes(kept, moved, "isabelle", "carol")
    assert titles(kept) == ["Peacekeeping", "Opening", "Closing"]
    added = does(kept, "sam", changes.ask_to_add, REF, item("Candidatures"))
    says_yes(kept, added, "ana", "isabelle", "carol")
    closing = at(kept, "Closing")
    gone = does(kept, "carol", changes.ask_to_remove, REF, closing.id, version=version_of(closing))
    says_yes(kept, gone, "ana", "isabelle")
    assert titles(kept) == ["Peacekeeping", "Opening", "Candidatures"]
    back = does(kept, "carol", changes.ask_to_restore, REF, closing.id)
    says_yes(kept, back, "ana", "isabelle")
    standing = seen(kept).standing
    assert (standing.state, standing.revision, standing.adopted_at) == ("adopted", 6, world.NOW)
    assert {each.state for each in rows(kept, "benoit", AgendaRevision)} == {"adopted"}


def test_a_change_asked_of_what_changed_meanwhile_takes_no_effect(kept: Database) -> None:
    adopt(kept)
    row = at(kept, "Peace operations")
    first = does(kept, "ana", changes.ask_to_edit, REF, row.id, item("One"), version=version_of(row))
    second = does(kept, "carol", changes.ask_to_edit, REF, row.id, item("Two"), version=version_of(row))
    says_yes(kept, first, "isabelle", "carol")
    says_yes(kept, second, "isabelle")
    with pytest.raises(Refusal, match="agenda_has_changed"):
        says_yes(kept, second, "ana")
    assert titles(kept)[1] == "One"


def test_other_business_is_announced_before_adoption_and_never_after(kept: Database) -> None:
    other = item("A visit", kind="other_business", type="information")
    added = does(kept, "benoit", acts.add_item, REF, other)
    assert added.announced_at == world.NOW
    adopt(kept)
    assert refused(kept, "ana", changes.ask_to_add, REF, other)[0] == "other_business_too_late"
    row = at(kept, "Peace operations")
    turned = item("Peace operations", kind="other_business", type="information")
    named = {"version": version_of(row)}
    assert refused(kept, "ana", changes.ask_to_edit, REF, row.id, turned, **named)[0] == "other_business_too_late"


# Items of some of the parties --------------------------------------------------------------------------


def test_items_of_some_stand_apart_unseen_by_others(kept: Database) -> None:
    before = seen(kept, "benoit")
    for title in ("Their border", "Their river"):
        does(kept, "diego", acts.add_item, REF, item(title, parties=("MX", "US"), lead_party="US"))
    assert [(line.number, line.item.title["en"]) for line in seen(kept, "carol").apart] == [
        ("MXUS-1", "Their border"),
        ("MXUS-2", "Their river"),
    ]
    assert [line.number for line in seen(kept).items] == ["1", "2", "3"]
    for key in ("benoit", "sam"):
        view = seen(kept, key)
        assert (view.apart, view.removed, titles(kept, key)) == ((), (), ["Opening", "Peace operations", "Closing"])
    after = seen(kept, "benoit")
    assert (after.order, after.timetable) == (before.order, before.timetable)
    assert [each.number for each in rows(kept, "benoit", AuditRecord) if each.action == "agenda_item_added"] == []
    issue(kept, "ana")
    assert all("Their" not in str(each.content) for each in rows(kept, "benoit", AgendaRevision))


def test_an_item_of_some_is_changed_by_them_alone_adopted_or_not(kept: Database) -> None:
    own = does(kept, "diego", acts.add_item, REF, item("Their border", parties=("MX", "US")))
    second = does(kept, "carol", acts.add_item, REF, item("Their river", parties=("US", "MX")))
    adopt(kept)
    line = seen(kept, "daniel").apart[1]
    does(kept, "daniel", acts.move_item, REF, second.id, "up", order=line.order)
    does(kept, "ana", acts.edit_item, REF, own.id, item("Our border"), version=version_of(own))
    assert [each.item.title["en"] for each in seen(kept, "diego").apart] == ["Their river", "Our border"]
    with pytest.raises(NotFound):
        does(kept, "benoit", acts.edit_item, REF, own.id, item(), version=version_of(own))
    assert (
        refused(
            kept, "ana", acts.edit_item, REF, own.id, item(lead_party="CA"), version=version_of(at(kept, "Our border"))
        )[0]
        == "unknown_party"
    )


@pytest.mark.parametrize(
    ("key", "parties", "expected"),
    [
        ("benoit", ("MX", "US"), ("own_party_needed", "parties")),
        ("sam", ("MX", "US"), ("own_party_needed", "parties")),
        ("ana", ("MX",), ("needs_two_parties", "parties")),
        ("ana", ("MX", "NL"), ("unknown_party", "parties")),
    ],
)
def test_parties_that_cannot_be(kept: Database, key: str, parties: tuple[str, ...], expected: tuple[str, str]) -> None:
    assert refused(kept, key, acts.add_item, REF, item(parties=parties)) == expected
    assert refused(kept, key, proposals.propose_item, REF, proposal(parties=parties)) == expected


def test_a_guest_and_a_party_that_leaves_change_whom_others_items_are_seen_by_for_nobody_else(kept: Database) -> None:
    does(kept, "ana", acts.add_item, REF, item("Their border", parties=("MX", "US")))
    does(kept, "ana", acts.add_item, REF, item("Our north", parties=("MX", "CA")))

    def of(key: str) -> list[str]:
        return [line.item.title["en"] for line in seen(kept, key).apart]

    def let_in(session: GuardedSession) -> None:
        audience_moves.release_rows(session, find_meeting(session, REF), person_key(world.CAST["olga"].id), ())

    does(kept, "ana", let_in)
    assert (of("benoit"), of("carol"), of("sam")) == (["Our north"], ["Their border"], [])

    def leaves(session: GuardedSession) -> None:
        audience_moves.move_to_parties(session, find_meeting(session, REF), ("CA", "MX"), ("US",))

    does(kept, "ana", leaves)
    assert [row.title["en"] for row in rows(kept, "carol", AgendaItem)] == []
    assert sorted(row.title["en"] for row in rows(kept, "ana", AgendaItem) if row.parties) == [
        "Our north",
        "Their border",
    ]


# Proposals ---------------------------------------------------------------------------------------------


def test_a_proposal_is_taken_joined_declined_or_withdrawn_and_stays(kept: Database) -> None:
    one = does(kept, "benoit", proposals.propose_item, REF, proposal("Arms trade"))
    two = does(kept, "daniel", proposals.propose_item, REF, proposal("The arms trade treaty"))
    three = does(kept, "diego", proposals.propose_item, REF, proposal("Trade in arms"))
    four = does(kept, "diego", proposals.propose_item, REF, proposal("Weather"))
    five = does(kept, "benoit", proposals.propose_item, REF, proposal("Fishing"))
    assert refused(kept, "benoit", proposals.take, REF, one.id, version=1)[0] == "forbidden"
    taken = does(kept, "sam", proposals.join_to_proposal, REF, two.id, one.id, version=1)
    does(kept, "ana", proposals.join_to_item, REF, three.id, taken.id, version=1)
    assert refused(kept, "ana", proposals.decline, REF, four.id, " ", version=1) == ("reason_required", "reason")
    does(kept, "ana", proposals.decline, REF, four.id, "not ours", version=1)
    assert refused(kept, "carol", proposals.withdraw, REF, five.id, version=1)[0] == "forbidden"
    does(kept, "adaeze", proposals.withdraw, REF, five.id, version=1)
    assert refused(kept, "ana", proposals.take, REF, five.id, version=2)[0] == "not_in_state"
    found = {each.id: each for each in rows(kept, "olga", ItemProposal) + rows(kept, "benoit", ItemProposal)}
    assert [(found[each.id].state, found[each.id].item_id) for each in (one, two, three, four, five)] == [
        ("taken", taken.id),
        ("merged", taken.id),
        ("merged", taken.id),
        ("declined", None),
        ("withdrawn", None),
    ]
    assert (taken.proposed_by, taken.lead_party, titles(kept)) == (
        "CA", "CA", ["Opening", "Peace operations", "Arms trade", "Closing"],
    )  # fmt: skip


def test_a_proposal_of_some_is_theirs_and_becomes_an_item_apart(kept: Database) -> None:
    made = does(kept, "diego", proposals.propose_item, REF, proposal("Their border", parties=("MX", "US")))
    assert (rows(kept, "benoit", ItemProposal), rows(kept, "sam", ItemProposal)) == ([], [])
    assert page(kept, "benoit").open_proposals == 0
    plenary = does(kept, "benoit", proposals.propose_item, REF, proposal("Border"))
    named = {"version": 1}
    assert (
        refused(kept, "ana", proposals.join_to_proposal, REF, made.id, plenary.id, **named)[0] == "not_of_same_parties"
    )
    does(kept, "carol", proposals.take, REF, made.id, version=1)
    assert [line.number for line in seen(kept, "ana").apart] == ["MXUS-1"]
    assert seen(kept, "benoit").apart == ()


def test_the_backlog_keeps_what_waits_and_lets_nobody_else_in(kept: Database) -> None:
    code = "un-coordination"
    whole = does(kept, "benoit", backlogs.propose_to_backlog, code, proposal("Candidatures"))
    made = does(kept, "diego", proposals.propose_item, "UNC-2026-MXUS-1", proposal("Their border"))
    does(kept, "ana", backlogs.put_to_backlog, "UNC-2026-MXUS-1", made.id, version=1)

    def waiting(key: str) -> list[str]:
        with kept.read_session(world.viewer(key)) as session:
            return sorted(each.title["en"] for each in backlogs.backlog_of(session, code).proposals)

    assert (waiting("benoit"), waiting("carol")) == (["Candidatures"], ["Candidatures", "Their border"])
    two = "UNC-2026-MXUS-1"
    assert refused(kept, "ana", backlogs.take_from_backlog, two, whole.id, version=1)[0] == "backlog_of_more_parties"
    does(kept, "ana", backlogs.take_from_backlog, "UNC-2027-1", made.id, version=2)
    does(kept, "ana", backlogs.take_from_backlog, "UNC-2027-1", whole.id, version=1)
    assert [each.parties for each in rows(kept, "carol", ItemProposal)] in ([["MX", "US"], []], [[], ["MX", "US"]])
    assert [each.title["en"] for each in rows(kept, "benoit", ItemProposal)] == ["Candidatures"]
    assert waiting("carol") == []


# Topics set aside --------------------------------------------------------------------------------------


def test_a_topic_set_aside_is_refused_until_every_party_consents_with_the_note_kept(kept: Database) -> None:
    wanted = item("The bilateral relationship")
    assert refused(kept, "benoit", acts.add_item, REF, wanted) == ("topic_set_aside", "title_en")
    words = proposal("Bilateral relationships")
    assert refused(kept, "benoit", proposals.propose_item, REF, words)[0] == "topic_set_aside"
    assert refused(kept, "benoit", backlogs.propose_to_backlog, "un-coordination", words)[0] == "topic_set_aside"
    assert refused(kept, "ana", topics.ask_item, REF, wanted, "  ") == ("reason_required", "note")
    assert refused(kept, "benoit", topics.ask_item, REF, wanted, "why")[0] == "forbidden"
    assert refused(kept, "ana", topics.ask_item, REF, item(), "why")[0] == "no_topic_touched"
    asked = does(kept, "ana", topics.ask_item, REF, wanted, "The presidents asked for it.")
    assert [each.topic for each in page(kept, "benoit").to_come] == [TOPIC]
    says_yes(kept, asked, "isabelle")
    assert "The bilateral relationship" not in titles(kept)
    says_yes(kept, asked, "carol")
    row = at(kept, "The bilateral relationship")
    consent = page(kept, "benoit").consents[row.id]
    assert (consent.is_given, consent.decision.note) == (True, "The presidents asked for it.")
    assert row.proposed_by == "MX"


def test_any_party_points_out_an_item_which_then_waits(kept: Database) -> None:
    row = at(kept, "Peace operations")
    assert refused(kept, "carol", topics.point_out, REF, row.id, "fishing", "why") == ("unknown_topic", "topic")
    asked = does(kept, "carol", topics.point_out, REF, row.id, TOPIC, "It is about our border.")
    assert asked.answers == []
    assert refused(kept, "ana", topics.point_out, REF, row.id, TOPIC, "too")[0] == "pointed_out_already"
    assert refused(kept, "sam", revisions.issue_revision, REF, seen=page(kept).seen)[0] == "topic_waits"
    assert refused(kept, "sam", adoption.ask_adoption, REF, seen=page(kept).seen)[0] == "topic_waits"
    says_yes(kept, asked, "ana", "isabelle", "carol")
    assert issue(kept).number == 1
    assert refused(kept, "ana", topics.point_out, REF, row.id, TOPIC, "again")[0] == "consented_already"


def test_consent_to_an_item_of_some_is_asked_of_them_alone(kept: Database) -> None:
    wanted = item("The bilateral relationship", parties=("MX", "US"))
    asked = does(kept, "ana", topics.ask_item, REF, wanted, "ours")
    assert asked.parties == ["MX", "US"]
    assert (rows(kept, "isabelle", Decision), rows(kept, "sam", Decision)) == ([], [])
    says_yes(kept, asked, "carol")
    assert [line.number for line in seen(kept, "ana").apart] == ["MXUS-1"]
    assert page(kept, "isabelle").consents == {}
    with kept.system_session("look at the mails", "read") as session:
        told = set(
            session.execute(select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "decision_asked")).scalars()
        )
    assert told.isdisjoint({world.CAST[key].id for key in ("isabelle", "adaeze", "sam")})


# Words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "key"),
    [
        ("<script>alert(1)</script>", "html_not_allowed"),
        ("[x](javascript:alert(1))", "link_not_allowed"),
        ("a\u202eb", "unseen_character"),
        ("x" * 9_000, "too_long"),
    ],
)
def test_annotations_that_are_refused(kept: Database, annotation: str, key: str) -> None:
    row = at(kept, "Peace operations")
    said = item("Peace operations", annotation={"fr": annotation})
    assert refused(kept, "ana", acts.edit_item, REF, row.id, said, version=version_of(row)) == (key, "annotation_fr")


def test_an_item_is_put_at_a_place_on_the_order_that_was_seen(kept: Database) -> None:
    row, order = at(kept, "Closing"), seen(kept).order
    does(kept, "diego", acts.place_item, REF, row.id, 1, order=order)
    assert titles(kept) == ["Closing", "Opening", "Peace operations"]
    with pytest.raises(StaleVersion):
        does(kept, "diego", acts.place_item, REF, row.id, 3, order=order)
    assert [each.position for each in _items(kept)] == [1, 2, 3]


def _items(database: Database) -> list[AgendaItem]:
    with database.read_session(world.viewer("ana")) as session:
        return items_of(session, find_meeting(session, REF).id)


def test_what_is_not_there_is_not_found(kept: Database) -> None:
    nothing = uuid.uuid4()
    for key, act, args in [
        ("ana", proposals.take, (REF, nothing)),
        ("ana", backlogs.take_from_backlog, (REF, nothing)),
        ("benoit", proposals.take, ("UNC-2026-MXUS-1", nothing)),
    ]:
        with pytest.raises(NotFound):
            does(kept, key, act, *args, version=1)
    with kept.read_session(world.viewer("benoit")) as session, pytest.raises(NotFound):
        backlogs.backlog_of(session, "no-such-mechanism")


def test_the_standing_of_a_meeting_without_a_date_has_no_days(kept: Database) -> None:
    def open_it(session: GuardedSession) -> None:
        meeting = find_meeting(session, REF)
        meeting.state, meeting.date_is_open, meeting.reason = "postponed", True, "a strike"
        assert standing_of(session, meeting).supplementary_until is None

    does(kept, "ana", open_it)
