"""The brief for a new government in words, and its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from app import labels, words
from app.db import GuardedSession
from app.papers.report import Cell, Grid, Part, ReportPaper
from app.services.decision_words import asker, on_what, said_of
from app.services.register import today_for
from app.services.reports_brief import Brief, BriefLeg, brief_of
from app.services.reports_commitment_words import commitment_cell, contest_words, party_word
from app.services.reports_paper import file_of
from app.services.reports_reviews import mechanism_cell
from app.services.reports_rows import action_cell
from app.services.reports_words import points_part, standing


def brief_paper(session: GuardedSession, on: dt.date | None, language: str, base_url: str = "") -> ReportPaper:
    """Return the brief of the viewer's own party in words; raises what `brief_of` raises."""
    gettext = words.translations(language).gettext
    found = brief_of(session, on, language)
    named = {"party": words.party_name(found.party, language), "day": words.date_plain(found.on, language)}
    return ReportPaper(
        language=language,
        title=gettext("Brief for a new government: %(party)s") % named,
        standing=standing(session, language),
        lede=gettext("What %(party)s owes, what it is owed, and what comes next, for %(day)s.") % named,
        parts=_parts(found, language),
        page=labels.label("agenda_paper", "page", language),
        dated=session.now,
        base_url=base_url,
    )


def brief_file(
    session: GuardedSession, form: str, on: dt.date | None, language: str, base_url: str
) -> tuple[str, bytes]:
    """Return the file name and the bytes of the brief in a form of `FORMS`; raises what `brief_of` raises."""
    paper = brief_paper(session, on, language, base_url)
    day = (on or today_for(session)).isoformat()
    return f"brief-{session.bound_viewer.party}-{day}-{language}.{form}", file_of(paper, form)


def _parts(found: Brief, language: str) -> tuple[Part, ...]:
    return (
        _summary(found, language),
        _commitments(found, language),
        _owes(found, language),
        _is_owed(found, language),
        _decisions(found, language),
        _meetings(found, language),
        _mechanisms(found, language),
        _hosting(found, language),
        points_part(found.points, language),
        _contacts(found, language),
    )


def _summary(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    counts = found.counts
    counted = (
        (gettext("Commitments that it owns"), len(found.commitments), "commitments"),
        (gettext("Action items that it has accepted and owes"), counts.accepted, "owes"),
        (gettext("Of these, overdue"), counts.overdue, "owes"),
        (gettext("Recorded for it, not accepted"), counts.unaccepted, "owes"),
        (gettext("Decisions that wait for its answer"), len(found.decisions), "decisions"),
        (gettext("Meetings to come"), len(found.meetings), "next-meetings"),
    )
    rows = tuple(
        (Cell(name), Cell(words.number(count, language), target=f"/reports/brief?on={found.on.isoformat()}#{section}"))
        for name, count, section in counted
    )
    heading = gettext("In figures")
    return Part("summary", heading, (), (Grid(heading, (gettext("What"), gettext("How many")), rows, (1,)),))


def _commitments(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    rows = tuple(
        (
            commitment_cell(line, language), Cell(party_word(line.cell(found.party), language)),
            Cell(_day(line.commitment.due_on, language)), Cell(_day(line.commitment.sunset_on, language)),
            Cell("", contest_words(line, language)),
        )
        for line in found.commitments
    )  # fmt: skip
    heads = (gettext("Commitment"), gettext("Its word"), gettext("Due"), gettext("Sunset"), gettext("Contested"))
    heading = gettext("Commitments that it owns")
    return Part("commitments", heading, (), (Grid(heading, heads, rows),), gettext("None."))


def _owes(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    heads = (gettext("Action"), gettext("Due"), gettext("State"), gettext("Person"))
    grids = []
    for office, legs in found.by_office:
        name = words.pick(office.name, language)[0] if office else gettext("No office named")
        grids.append(Grid(name, heads, tuple(_leg_row(each, language) for each in legs)))
    notes = [gettext("By office. What is recorded and not accepted is never overdue.")]
    if found.counts.total > len(found.owes):
        more = gettext("The first %(shown)s of %(all)s, by due day; the register of actions has all of them.")
        shown, every = (words.number(count, language) for count in (len(found.owes), found.counts.total))
        notes.append(more % {"shown": shown, "all": every})
    return Part("owes", gettext("What it owes"), tuple(notes), tuple(grids), gettext("Nothing that is recorded here."))


def _leg_row(each: BriefLeg, language: str) -> tuple[Cell, ...]:
    return (
        action_cell(each.action, each.mechanism, language), Cell(_day(each.leg.due_on, language)),
        _state(each, language), Cell(each.leg.person_name or ""),
    )  # fmt: skip


def _state(each: BriefLeg, language: str) -> Cell:
    gettext = words.translations(language).gettext
    small = [labels.label("leg_state", "overdue", language)] if each.is_overdue else []
    small += [] if each.leg.is_accepted else [gettext("recorded, not accepted")]
    small += [each.leg.reason] if each.leg.reason else []
    return Cell(labels.label("leg_state", each.leg.state, language), tuple(small), is_strong=each.is_overdue)


def _is_owed(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    heads = (gettext("Action"), gettext("Party"), gettext("Due"), gettext("State"))
    rows = tuple(
        (
            action_cell(each.action, each.mechanism, language), Cell(words.party_name(each.leg.party_code, language)),
            Cell(_day(each.leg.due_on, language)), _state(each, language),
        )
        for each in found.is_owed
    )  # fmt: skip
    heading = gettext("What it is owed")
    notes = (gettext("By others, of actions of which it does a part as well; by due day."),)
    return Part("is-owed", heading, notes, (Grid(heading, heads, rows),), gettext("Nothing that is recorded here."))


def _decisions(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    rows = tuple(
        (
            Cell(said_of(line.told, language).title, target=f"/decisions/{line.decision.id}"),
            Cell(on_what(line.told, language)), Cell(asker(line.decision, language)),
            Cell(_day(line.wanted_on, language)),
        )
        for line in found.decisions
    )  # fmt: skip
    heads = (gettext("Decision"), gettext("On"), gettext("Asked by"), gettext("Answer wanted by"))
    heading = gettext("Decisions that wait for its answer")
    return Part("decisions", heading, (), (Grid(heading, heads, rows),), gettext("None."))


def _meetings(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    rows = []
    for meeting, mechanism in found.meetings:
        title, spoken = words.pick(meeting.title, language)
        days = words.date_range(meeting.starts_on, meeting.ends_on, language)
        rows.append(
            (
                Cell(title, (meeting.reference,), f"/meetings/{meeting.reference}", language=spoken or ""),
                Cell(words.pick(mechanism.name, language)[0] if mechanism else ""),
                Cell(gettext("new date open") if meeting.date_is_open else days),
                Cell(meeting.place or ""), Cell(labels.label("meeting_state", meeting.state, language)),
            )
        )  # fmt: skip
    heads = (gettext("Meeting"), gettext("Mechanism"), gettext("Days"), gettext("Place"), gettext("State"))
    heading = gettext("Next meetings")
    return Part("next-meetings", heading, (), (Grid(heading, heads, tuple(rows)),), gettext("None is set."))


def _mechanisms(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    rows = []
    for row in found.mechanisms:
        owed = row.page.owed if row.has_date_to_agree else None
        told = gettext("as of %(date)s") % {"date": words.partial_date(row.facts.status_as_of, language)}
        rows.append(
            (
                mechanism_cell(row, language), Cell(_names(row.facts.parties, language)),
                Cell(labels.label("mechanism_status", row.facts.status, language), (told,)),
                Cell(_day(owed.by if owed else None, language)),
            )
        )  # fmt: skip
    heads = (gettext("Mechanism"), gettext("Parties"), gettext("Status"), gettext("Date to agree by"))
    heading = gettext("Mechanisms, and the next dates to agree")
    return Part("mechanisms", heading, (), (Grid(heading, heads, tuple(rows)),), gettext("None."))


def _hosting(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    rows = []
    for row in found.hosting:
        following = row.page.next_host
        is_attested = following is not None and following.basis == "attested"
        rows.append(
            (mechanism_cell(row, language), Cell(gettext("attested") if is_attested else gettext("read from practice")))
        )
    heading = gettext("Turns to host")
    heads = (gettext("Mechanism"), gettext("How it is known"))
    return Part("hosting", heading, (), (Grid(heading, heads, tuple(rows)),), gettext("None is next."))


def _contacts(found: Brief, language: str) -> Part:
    gettext = words.translations(language).gettext
    rows = tuple(
        (
            Cell(line.contact.name, (line.contact.position,) if line.contact.position else ()),
            Cell(words.party_name(line.contact.party_code, language)),
            Cell(words.pick(line.office.name, language)[0] if line.office else ""),
            Cell(words.pick(line.mechanism.name, language)[0] if line.mechanism else ""),
            Cell("", tuple(way for way in (line.contact.email, line.contact.phone) if way)),
        )
        for line in found.contacts
    )
    heads = (gettext("Name"), gettext("Party"), gettext("Office"), gettext("Mechanism"), gettext("How to reach them"))
    heading = gettext("Contacts")
    notes = (gettext("Its own, and those that others share with it."),)
    return Part("contacts", heading, notes, (Grid(heading, heads, rows),), gettext("None."))


def _day(day: dt.date | None, language: str) -> str:
    return words.date_plain(day, language) if day else ""


def _names(codes: Sequence[str], language: str) -> str:
    return words.list_of([words.party_name(code, language) for code in words.party_order(codes, language)], language)
