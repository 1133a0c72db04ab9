"""The commitments of a report in words: source, how they are accounted for, each word on them, what is contested."""

from __future__ import annotations

import datetime as dt
from typing import Final

from app import labels, words
from app.domain.commitments import Cell as PartyCell
from app.papers.report import Cell, Grid, Part
from app.services.commitment_words import described_words, due_of, is_told_by_catalogue, made_words, sources_of
from app.services.commitments import CommitmentLine
from app.services.reports_accountability import Accountability, Served

OUTSIDE: Final = frozenset({"owes_nothing", "not_at_the_table"})


def commitments_part(found: Accountability, language: str) -> Part:
    """Return the pledges with all that they are accounted for by, as a section."""
    gettext = words.translations(language).gettext
    heads = [
        gettext("Commitment"), gettext("Source"), gettext("How it is accounted for"), gettext("Each party’s word"),
        gettext("Legs done, of the actions that serve it"),
    ]  # fmt: skip
    rows = [_commitment_row(line, found, language) for line in found.pledges]
    if any(line.contests for line in found.pledges):
        heads.append(gettext("Contested"))
        contests = [Cell("", contest_words(line, language)) for line in found.pledges]
        rows = [(*row, contested) for row, contested in zip(rows, contests, strict=True)]
    heading = gettext("Commitments")
    return Part(
        "commitments", heading,
        (gettext("Pledges alone are counted. What repeats one is counted as that one."),),
        (Grid(heading, tuple(heads), tuple(rows)),), gettext("No pledge is on record for this."),
    )  # fmt: skip


def _commitment_row(line: CommitmentLine, found: Accountability, language: str) -> tuple[Cell, ...]:
    return (
        commitment_cell(line, language), _source_cell(line, language),
        Cell("", _accounting(line, found.today, language)),
        Cell("", tuple(party_word(line.cell(code), language) for code in owners_of(line, language))),
        _served_cell(line, found.served, language),
    )  # fmt: skip


def commitment_cell(line: CommitmentLine, language: str) -> Cell:
    """Return a commitment by its title, that leads to its page, with its reference and mechanism."""
    title, spoken = words.pick(line.commitment.title, language)
    mechanism = (words.pick(line.mechanism.name, language)[0],) if line.mechanism else ()
    ref = line.commitment.ref
    return Cell(title, (ref, *mechanism), f"/commitments/{ref}", language=spoken or "")


def owners_of(line: CommitmentLine, language: str) -> list[str]:
    """Return the parties that owe a commitment, by name."""
    return words.party_order(line.commitment.owners, language)


def _source_cell(line: CommitmentLine, language: str) -> Cell:
    """Return where a commitment was made and when, where that is told, and how it was described there."""
    commitment = line.commitment
    told = tuple(
        (f"{each.paper.title} ({', '.join(each.lines)})" if each.lines else each.paper.title)
        if each.paper
        else each.page
        for each in sources_of(commitment)
    )
    small = (made_words(commitment.facts, language), *told, described_words(commitment, language))
    made_at = commitment.facts.get("made_at") or line.meeting_reference or ""
    spoken = "en" if is_told_by_catalogue(commitment) else ""
    return Cell(made_at, tuple(each for each in small if each), language=spoken)


def _accounting(line: CommitmentLine, today: dt.date, language: str) -> tuple[str, ...]:
    gettext = words.translations(language).gettext
    commitment, due = line.commitment, due_of(line, today, language)
    sunset = words.date_plain(commitment.sunset_on, language) if commitment.sunset_on else None
    on = words.date_plain(due.on, language) if due.on else None
    said = (
        (gettext("Due"), ". ".join(part for part in (on, due.remark) if part)), (gettext("Floor"), due.floor),
        (gettext("Indicator"), commitment.indicator), (gettext("Baseline"), commitment.baseline),
        (gettext("Data source"), commitment.data_source), (gettext("Sunset"), sunset),
    )  # fmt: skip
    colon = f"{words.before_signs(language)}: "
    told = tuple(f"{name}{colon}{value}" for name, value in said if value)
    is_agreed = commitment.indicator or commitment.baseline or commitment.data_source
    return told if is_agreed else (*told, gettext("No indicator is agreed yet."))


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


def _served_cell(line: CommitmentLine, served: Served, language: str) -> Cell:
    """Return how many of the legs that serve a commitment are done, by party; it leads to the actions."""
    commitment = line.commitment
    counted = {code: pair for (key, code), pair in served.items() if key == commitment.id}
    if not counted:
        return Cell(words.number(0, language))
    gettext = words.translations(language).gettext
    whole = gettext("%(done)s of %(all)s") % {
        "done": words.number(sum(done for done, _ in counted.values()), language),
        "all": words.number(sum(every for _, every in counted.values()), language),
    }  # fmt: skip
    of = gettext("%(party)s: %(done)s of %(all)s")
    small = tuple(
        of % {"party": words.party_name(code, language), "done": words.number(counted[code][0], language),
              "all": words.number(counted[code][1], language)}
        for code in words.party_order(counted, language)
    )  # fmt: skip
    return Cell(whole, small, f"/actions?q=commitment:{commitment.ref}")


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
    rows = tuple((commitment_cell(line, language), _source_cell(line, language)) for line in found.practices)
    return Part(
        "practices", heading, (gettext("What is done without having been promised stands apart."),),
        (Grid(heading, (gettext("Practice"), gettext("Source")), rows),), gettext("None is on record for this."),
    )  # fmt: skip
