"""The accountability report in words: the same sections for its page, its PDF and its text document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app import labels, words
from app.db import GuardedSession
from app.domain.report import ReviewPoint
from app.papers.report import Cell, Grid, Part, ReportPaper
from app.services.commitments import CommitmentLine
from app.services.fact_words import field_name
from app.services.register import today_for
from app.services.register_rows import RegisterRow
from app.services.reports import Figure, ReportScope, rows_address
from app.services.reports_accountability import CONTESTED, Accountability, accountability
from app.services.reports_commitment_words import commitment_cell, commitments_part, practices_part
from app.services.reports_meetings import MEETINGS, PERIOD_FIGURES, FactContest


def seen_by(session: GuardedSession, language: str) -> str:
    """Return who the reader is: their party, or the secretariat that they serve in."""
    viewer = session.bound_viewer
    if viewer.party and not viewer.hats:
        return words.party_name(viewer.party, language)
    named = [words.pick(hat.name, language)[0] for hat in viewer.hats]
    return next((name for name in named if name), str(words.translations(language).gettext("the secretariat")))


def standing(session: GuardedSession, language: str) -> str:
    """Say as who sees it, and on which day, a report tells what it tells."""
    said = words.translations(language).gettext(
        "As %(who)s sees it, on %(day)s. Another reader’s figures may be others."
    )
    return str(said) % {"who": seen_by(session, language), "day": words.date_plain(today_for(session), language)}


def report_paper(
    session: GuardedSession, scope: ReportScope, rows: Sequence[RegisterRow], language: str, base_url: str = ""
) -> ReportPaper:
    """Return the accountability report in words; `rows` are those of `rows_for`."""
    catalogue = words.translations(language)
    found = accountability(session, scope, rows)
    lede = catalogue.gettext("What was promised from %(first)s to %(last)s, and what came of it.") % {
        "first": words.date_plain(scope.days.first, language), "last": words.date_plain(scope.days.last, language),
    }  # fmt: skip
    return ReportPaper(
        language=language,
        title=catalogue.gettext("Accountability report"),
        standing=standing(session, language),
        lede=" ".join((lede, *narrowed_words(found, language))),
        parts=parts_of(found, language),
        page=labels.label("agenda_paper", "page", language),
        dated=session.now,
        base_url=base_url,
    )


def narrowed_words(found: Accountability, language: str) -> list[str]:
    """Say what the report is narrowed to, where it is."""
    gettext = words.translations(language).gettext
    scope, said = found.scope, []
    if scope.mechanism:
        named = [
            facts.name.in_language(language) for facts in found.meetings.mechanisms if facts.code == scope.mechanism
        ]
        said.append(gettext("Of the mechanism %(name)s alone.") % {"name": next(iter(named), scope.mechanism)})
    if scope.parties:
        parties = [words.party_name(code, language) for code in words.party_order(scope.parties, language)]
        said.append(gettext("Of what is owed by %(parties)s alone.") % {"parties": words.list_of(parties, language)})
    return said


def parts_of(found: Accountability, language: str) -> tuple[Part, ...]:
    """Return the sections of the report."""
    return (
        _figures(found, language),
        commitments_part(found, language),
        practices_part(found, language),
        _meetings(found, language),
        _contests(found, language),
        points_part(found.points, language),
        _method(language),
    )


# Figures ------------------------------------------------------------------------------------------


def figure_name(key: str, language: str) -> str:
    """Return what a figure is called."""
    gettext = words.translations(language).gettext
    names = {
        "promised": gettext("Promised in the period"),
        "done": gettext("Done in the period"),
        "owed": gettext("Still owed at its end"),
        "overdue": gettext("Overdue at its end, of what was accepted"),
        "unaccepted": gettext("Recorded and not accepted at its end"),
        "dropped": gettext("Dropped in the period, with a reason"),
        "moved": gettext("Days moved in the period, with a reason"),
        "commitments": gettext("Commitments (pledges)"),
        "contested": gettext("Contested"),
        "meetings": gettext("Meetings held in the period"),
        "periods": gettext("Periods of a cadence that ended in it"),
        "periods_met": gettext("Of these, met"),
        "periods_partly_met": gettext("Of these, partly met"),
        "periods_not_held": gettext("Of these, not held"),
        "periods_no_record": gettext("Of these, without a record"),
    }
    return str(names[key])


def _figures(found: Accountability, language: str) -> Part:
    gettext = words.translations(language).gettext
    parties = words.party_order({code for figure in found.legs for code in figure.by_party}, language)
    heads = (gettext("Action items, by leg"), gettext("All"), *(words.party_name(code, language) for code in parties))
    rows = tuple(_figure_row(figure, found.scope, parties, language) for figure in found.legs)
    totals = found.totals
    others = tuple(
        (
            Cell(figure_name(key, language)),
            Cell(words.number(totals[key], language), target=rows_address(key, found.scope), is_strong=True),
            Cell(_beside(key, found, language)),
        )
        for key in ("commitments", CONTESTED, MEETINGS, *PERIOD_FIGURES)
    )
    return Part(
        "figures",
        gettext("The period in figures"),
        (
            gettext("Each figure leads to its rows. One action that several parties owe counts once for each of them."),
            gettext("Parties stand in alphabetical order; nothing here compares governments."),
        ),
        (
            Grid(gettext("Action items"), heads, rows, tuple(range(1, len(heads)))),
            Grid(
                gettext("Commitments and meetings"),
                (gettext("Figure"), gettext("All"), gettext("What a party contests of it")), others, (1,),
            ),
        ),
    )  # fmt: skip


def _figure_row(figure: Figure, scope: ReportScope, parties: Sequence[str], language: str) -> tuple[Cell, ...]:
    whole = Cell(words.number(figure.value, language), target=rows_address(figure.key, scope), is_strong=True)
    own = (
        Cell(words.number(figure.by_party.get(code, 0), language), target=rows_address(figure.key, scope.of(code)))
        for code in parties
    )
    return (Cell(figure_name(figure.key, language)), whole, *own)


def _beside(key: str, found: Accountability, language: str) -> str:
    """Return what parties contest of what a figure counts: who, and of what."""
    if key == "commitments":
        return "; ".join(_contesters(line, language) for line in found.pledges if line.contests)
    if key == "periods":
        return "; ".join(_contested_fact(each, language) for each in found.fact_contests)
    return ""


def _contesters(line: CommitmentLine, language: str) -> str:
    parties = words.party_order({each.party_code for each in line.contests}, language)
    return f"{line.commitment.ref} ({words.list_of([words.party_name(code, language) for code in parties], language)})"


def _contested_fact(each: FactContest, language: str) -> str:
    party = words.party_name(each.statement.party_code, language)
    return f"{each.facts.ref}, {field_name(each.statement.field, language)} ({party})"


# Meetings, contests, review points ----------------------------------------------------------------


def _meetings(found: Accountability, language: str) -> Part:
    gettext = words.translations(language).gettext
    held = found.meetings.held_by_code
    heads = (gettext("Mechanism"), gettext("Held"), *(_short_period(key, language) for key in PERIOD_FIGURES))
    rows = []
    for facts in found.meetings.to_tell:
        scope = ReportScope(found.scope.days, facts.code, found.scope.parties)
        counts = [(MEETINGS, held[facts.code])]
        counts += [(key, len(found.meetings.periods_of(key, facts.code))) for key in PERIOD_FIGURES]
        own = (Cell(words.number(count, language), target=rows_address(key, scope)) for key, count in counts)
        rows.append((Cell(facts.name.in_language(language), (facts.ref,), f"/mechanisms/{facts.code}"), *own))
    heading = gettext("Meetings held, against the cadence")
    return Part(
        "meetings", heading,
        (
            gettext("A period counts in the report in which it ends. Without a record is not the same as not held."),
            gettext("Mechanisms stand by name; ad hoc meetings are in the figures above alone."),
        ),
        (Grid(heading, heads, tuple(rows), tuple(range(1, len(heads)))),),
        gettext("No period ended and no meeting was held in these days."),
    )  # fmt: skip


def _short_period(key: str, language: str) -> str:
    if key == "periods":
        return str(words.translations(language).gettext("Periods ended"))
    return labels.label("period_state", key.removeprefix("periods_"), language)


def _contests(found: Accountability, language: str) -> Part:
    gettext = words.translations(language).gettext
    heading = gettext("What is contested")
    return Part(
        "contested", heading, (), (contests_grid(found, language),), gettext("No party contests what is shown here."),
    )  # fmt: skip


def contests_grid(found: Accountability, language: str) -> Grid:
    """Return everything that a party contests of what the report is of, as a table."""
    gettext = words.translations(language).gettext
    heads = (gettext("Contested"), gettext("By"), gettext("As of"), gettext("In its words"))
    rows = [
        (
            commitment_cell(line, language), Cell(words.party_name(each.party_code, language)),
            Cell(words.date_plain(each.as_of_on, language)), Cell(each.text, language=each.language),
        )
        for line in found.contested
        for each in line.contests
    ]  # fmt: skip
    rows += [
        (
            Cell(
                each.facts.name.in_language(language), (field_name(each.statement.field, language),),
                f"/mechanisms/{each.facts.code}/facts",
            ),
            Cell(words.party_name(each.statement.party_code, language)),
            Cell(words.date_plain(each.made_on, language)), Cell(each.statement.note or ""),
        )
        for each in found.fact_contests
    ]  # fmt: skip
    return Grid(gettext("What is contested"), heads, tuple(rows))


def points_part(points: Iterable[ReviewPoint], language: str) -> Part:
    """Return review points as a section: when, what, whose, and how each is known."""
    gettext = words.translations(language).gettext
    heading = gettext("Review points")
    heads = (gettext("Day"), gettext("What"), gettext("Party"), gettext("How it is known"))
    rows = tuple(
        (
            Cell(words.date_plain(point.on, language), is_strong=True), Cell(words.pick(point.name, language)[0]),
            Cell(words.party_name(point.party, language) if point.party else ""),
            Cell(known_words(point, language), (point.source,) if point.source else ()),
        )
        for point in points
    )  # fmt: skip
    note = gettext(
        "Elections and changes of government are told so that promises are looked at in time; nobody is judged."
    )
    return Part("reviews", heading, (note,), (Grid(heading, heads, rows),), gettext("None falls within these days."))


def known_words(point: ReviewPoint, language: str) -> str:
    """Say how the day of a review point is known."""
    gettext = words.translations(language).gettext
    return str(gettext("attested") if point.is_attested else gettext("computed from the law, not attested"))


def _method(language: str) -> Part:
    gettext = words.translations(language).gettext
    return Part(
        "method", gettext("How it was counted"),
        (
            gettext("States are as recorded on the day of this report; days are those of the reader’s own zone."),
            gettext("A leg is overdue where its party had accepted it and its day, as it stands now, was past."),
            gettext("What was merged or split at a meeting goes on in other actions and is not owed here any more."),
        ),
    )  # fmt: skip
