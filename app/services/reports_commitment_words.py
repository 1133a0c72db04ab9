"""The commitments of a report in words: source, how they are accounted for, each word on them, what is contested."""

from __future__ import annotations

from typing import Final

from app import labels, words
from app.domain.commitments import Cell as PartyCell
from app.papers.report import Cell, Grid, Part
from app.services.commitments import CommitmentLine
from app.services.mechanism_sources import citations
from app.services.reports_accountability import Accountability

OUTSIDE: Final = frozenset({"owes_nothing", "not_at_the_table"})


def commitments_part(found: Accountability, language: str) -> Part:
    """Return the pledges with all that they are accounted for by, as a section."""
    gettext = words.translations(language).gettext
    heads = (
        gettext("Commitment"), gettext("Source"), gettext("How it is accounted for"), gettext("Each party’s word"),
        gettext("Actions done, of those that serve it"), gettext("Contested"),
    )  # fmt: skip
    rows = tuple(_commitment_row(line, language) for line in found.pledges)
    heading = gettext("Commitments")
    return Part(
        "commitments", heading,
        (gettext("Pledges alone are counted. What repeats one is counted as that one."),),
        (Grid(heading, heads, rows),), gettext("No pledge is on record for this."),
    )  # fmt: skip


def _commitment_row(line: CommitmentLine, language: str) -> tuple[Cell, ...]:
    return (
        commitment_cell(line, language),
        Cell(_made(line, language), _source(line)),
        Cell("", _accounting(line, language)),
        Cell("", tuple(party_word(line.cell(code), language) for code in owners_of(line, language))),
        Cell("", _served(line, language)),
        Cell("", contest_words(line, language)),
    )


def commitment_cell(line: CommitmentLine, language: str) -> Cell:
    """Return a commitment by its title, that leads to its page, with its reference and mechanism."""
    title, spoken = words.pick(line.commitment.title, language)
    mechanism = (words.pick(line.mechanism.name, language)[0],) if line.mechanism else ()
    ref = line.commitment.ref
    return Cell(title, (ref, *mechanism), f"/commitments/{ref}", language=spoken or "")


def owners_of(line: CommitmentLine, language: str) -> list[str]:
    """Return the parties that owe a commitment, by name."""
    return words.party_order(line.commitment.owners, language)


def _made(line: CommitmentLine, language: str) -> str:
    facts = line.commitment.facts
    made_on = facts.get("made_on")
    day = words.partial_date(made_on, language) if made_on else ""
    return ", ".join(part for part in (facts.get("made_at") or "", day, line.meeting_reference or "") if part)


def _source(line: CommitmentLine) -> tuple[str, ...]:
    found = citations(line.commitment.facts.get("pointer"))
    return tuple(
        (f"{each.paper.title} ({', '.join(each.lines)})" if each.lines else each.paper.title)
        if each.paper
        else each.page
        for each in found
    )


def _accounting(line: CommitmentLine, language: str) -> tuple[str, ...]:
    gettext = words.translations(language).gettext
    commitment = line.commitment
    sunset = words.date_plain(commitment.sunset_on, language) if commitment.sunset_on else None
    due = words.date_plain(commitment.due_on, language) if commitment.due_on else None
    said = (
        (gettext("Indicator"), commitment.indicator), (gettext("Baseline"), commitment.baseline),
        (gettext("Data source"), commitment.data_source), (gettext("Due"), due), (gettext("Sunset"), sunset),
    )  # fmt: skip
    colon = f"{words.before_signs(language)}: "
    told = tuple(f"{name}{colon}{value}" for name, value in said if value)
    return told or (gettext("not agreed yet"),)


def party_word(cell: PartyCell, language: str) -> str:
    """Return how a party stands in a commitment: its word, what was reported of it, or what its actions say."""
    gettext = words.translations(language).gettext
    party = words.party_name(cell.party, language)
    if cell.state == "no_word" or cell.state in OUTSIDE:
        return gettext("%(party)s: no word yet") % {"party": party}
    said = {
        "stated": gettext("%(party)s: %(state)s, by its own word of %(day)s"),
        "reported": gettext("%(party)s: %(state)s, reported on %(day)s"),
    }.get(cell.basis, gettext("%(party)s: %(state)s, read from its actions on %(day)s"))
    day = words.date_plain(cell.on, language) if cell.on else ""
    return said % {"party": party, "state": labels.label("leg_state", cell.state, language), "day": day}


def _served(line: CommitmentLine, language: str) -> tuple[str, ...]:
    cells = [line.cell(code) for code in owners_of(line, language)]
    counted = [(cell.party, cell.done_count, cell.action_count) for cell in cells if cell.action_count]
    of = words.translations(language).gettext("%(party)s: %(done)s of %(all)s")
    return tuple(
        of % {"party": words.party_name(code, language), "done": words.number(done, language),
              "all": words.number(every, language)}
        for code, done, every in counted
    )  # fmt: skip


def contest_words(line: CommitmentLine, language: str) -> tuple[str, ...]:
    """Return what parties contest of a commitment, parties by name."""
    by_party = {each.party_code: each for each in reversed(line.contests)}
    said = words.translations(language).gettext("%(party)s, on %(day)s: %(words)s")
    return tuple(
        said % {"party": words.party_name(code, language), "day": words.date_plain(each.as_of_on, language),
                "words": each.text}
        for code, each in ((code, by_party[code]) for code in words.party_order(by_party, language))
    )  # fmt: skip


def practices_part(found: Accountability, language: str) -> Part:
    """Return the practices, which are counted nowhere, as a section."""
    gettext = words.translations(language).gettext
    heading = gettext("Practices, not counted")
    rows = tuple(
        (commitment_cell(line, language), Cell(_made(line, language), _source(line))) for line in found.practices
    )
    return Part(
        "practices", heading, (gettext("What is done without having been promised stands apart."),),
        (Grid(heading, (gettext("Practice"), gettext("Source")), rows),), gettext("None is on record for this."),
    )  # fmt: skip
