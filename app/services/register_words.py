"""The register in words: what each cell says of a mechanism, the same on the page and in what is taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from app import labels, words
from app.domain.cadence import Intervals, Period, Span, days_left
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue import Paper
from app.services.register import OTHERS, Register
from app.services.register_rows import RegisterRow
from app.services.register_strips import period_labels


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A row in words.

    `told` says as of when the status is and on what basis, `source` by whom; `remark` what sets the row apart.
    `owed_on` is the date to agree, or the end of a period that is met already; `owed` says what is behind the
    date, or what stands in its place; `days` counts to it and `past` tells of the period before, where that was
    not met.
    """

    row: RegisterRow
    name: str
    reference: str
    parties: tuple[str, ...]
    others: str
    level: str
    kind: str
    status: str
    told: str
    source: str
    remark: str
    owed_on: dt.date | None
    is_met: bool
    owed: str
    days: str
    past: tuple[str, ...]
    kept: str
    host: str | None
    host_basis: str

    @property
    def facts(self) -> Facts:
        """Return the published facts."""
        return self.row.facts


def line_of(row: RegisterRow, language: str) -> RegisterLine:
    """Return a row of the register in the words of a language."""
    facts, owed, following = row.facts, row.page.owed, row.page.next_host
    return RegisterLine(
        row=row,
        name=facts.name.in_language(language),
        reference=reference_of(facts),
        parties=tuple(words.party_order(facts.parties, language)),
        others=_others(facts, language),
        level=labels.label("level", facts.level, language),
        kind=labels.label("mechanism_kind", facts.kind, language),
        status=_capital(labels.label("mechanism_status", facts.status, language)),
        told=_told(facts, row.paper, language),
        source=source_of(facts, row.paper, language),
        remark=_remark(row, language),
        owed_on=owed.by if owed else None,
        is_met=owed is not None and not row.has_date_to_agree,
        owed=_owed(row, language),
        days=days_words(owed.by, row.today, language) if owed and row.has_date_to_agree else "",
        past=_past(row, language),
        kept=_kept(row, language),
        host=following.party if following else None,
        host_basis=basis_words(following.basis, language) if following else "",
    )


def reference_of(facts: Facts) -> str:
    """Return the reference and the acronym: `M02 · NADD`; what was made here has its prefix for both."""
    names = dict.fromkeys(name for name in (facts.ref, facts.acronym) if name)
    return " · ".join(names)


def days_words(day: dt.date, today: dt.date, language: str) -> str:
    """Return `in 38 days`, `today` or `12 days past`: a date to agree is past, never anyone's fault."""
    count = days_left(day, today)
    catalogue = words.translations(language)
    if count <= 0:
        return words.days_left(day, today, language)
    return catalogue.ngettext("in %(num)s day", "in %(num)s days", count) % {"num": words.number(count, language)}


def basis_words(basis: str, language: str) -> str:
    """Say on what an order of hosts rests."""
    catalogue = words.translations(language)
    return catalogue.gettext("attested") if basis == "attested" else catalogue.gettext("read from practice")


def floor_words(facts: Facts, language: str) -> str:
    """Return the floor of a cadence: `At least 2 meetings in 12 months`; nothing where none was promised."""
    cadence = facts.cadence
    if cadence is None:
        return ""
    catalogue = words.translations(language)
    meetings = catalogue.ngettext("At least %(num)s meeting", "At least %(num)s meetings", cadence.minimum_meetings)
    months = catalogue.ngettext("in %(num)s month", "in %(num)s months", cadence.period_months)
    return f"{meetings % {'num': cadence.minimum_meetings}} {months % {'num': cadence.period_months}}"


def practice_words(practice: Intervals, language: str) -> str:
    """Return how far apart the meetings of a practice were: `every 24 to 37 months in practice, last met 9 months ago`.

    A meeting of no known date may lie within any of the gaps: that there is one is said.
    """
    catalogue = words.translations(language)
    said = []
    if practice.gaps:
        every = Span(min(gap.months.least for gap in practice.gaps), max(gap.months.most for gap in practice.gaps))
        said.append(_every(every, language))
    if practice.since_last is not None:
        ago = practice.since_last.months
        sentence = catalogue.ngettext("last met %(num)s month ago", "last met %(num)s months ago", ago.most)
        said.append(sentence % {"num": _span(ago, language)})
    if practice.undated_count:
        sentence = catalogue.ngettext(
            "%(num)s more at a time not known", "%(num)s more at times not known", practice.undated_count
        )
        said.append(sentence % {"num": words.number(practice.undated_count, language)})
    return ", ".join(said)


def status_source(paper: Paper, language: str) -> str:
    """Return a paper's authors by their last names; that it names none, where it names none."""
    if not paper.authors:
        return words.translations(language).gettext("Author not named")
    return words.list_of([name.split()[-1] for name in paper.authors], language)


def source_of(facts: Facts, paper: Paper | None, language: str) -> str:
    """Return who tells the status."""
    catalogue = words.translations(language)
    if paper is not None:
        return status_source(paper, language)
    known = {"public": catalogue.gettext("public pages"), "inferred": catalogue.gettext("our reading")}
    return known.get(facts.status_source, catalogue.gettext("its parties"))


def _told(facts: Facts, paper: Paper | None, language: str) -> str:
    """Say as of when the status is, and that nobody looked again where nobody did; never as of today."""
    catalogue = words.translations(language)
    if paper is not None:
        sentence = catalogue.gettext("as described in %(date)s, not reviewed since")
    elif facts.status_source == "public":
        sentence = catalogue.gettext("as public pages told it in %(date)s, not reviewed since")
    elif facts.status_source == "inferred":
        sentence = catalogue.gettext("as read from the wording of %(date)s, not reviewed since")
    else:
        sentence = catalogue.gettext("as its parties recorded it (%(date)s)")
    return sentence % {"date": words.partial_date(facts.status_as_of, language)}


def _remark(row: RegisterRow, language: str) -> str:
    """Say that not all of its parties have said yes to a mechanism."""
    said = words.translations(language).gettext("not agreed by all of its parties yet")
    return "" if row.is_settled else said


def _others(facts: Facts, language: str) -> str:
    """Return who else is open to take part, or that the parties meet in pairs."""
    catalogue = words.translations(language)
    if facts.pairs and len(facts.parties) > 2 and facts.geometry.startswith("bilateral"):
        return catalogue.gettext("in pairs")
    return catalogue.gettext("and others") if facts.guests or facts.open_to else ""


def _owed(row: RegisterRow, language: str) -> str:
    catalogue = words.translations(language)
    owed, cadence = row.page.owed, row.facts.cadence
    if owed is not None:
        if not row.has_date_to_agree:
            return catalogue.gettext("until %(date)s") % {"date": words.date_plain(owed.by, language)}
        sentence = catalogue.ngettext("at least %(num)s meeting", "at least %(num)s meetings", owed.minimum_meetings)
        return sentence % {"num": words.number(owed.minimum_meetings, language)}
    if cadence is None or row.facts.status == "concluded" or row.page.is_proposal:
        return ""
    said = practice_words(row.practice, language) if row.practice else ""
    return said or catalogue.gettext("none: the day of the mandate is not known")


def _past(row: RegisterRow, language: str) -> tuple[str, ...]:
    """Return how long the period before is past and what is known of it, where it was not met."""
    found = row.past
    if found is None:
        return ()
    gap = words.before_signs(language)
    told = f"{_name(row, found, language)}{gap}: {_word(found, language)}"
    return (days_words(found.last_day, row.today, language), told)


def _name(row: RegisterRow, period: Period, language: str) -> str:
    channel = next(channel for channel in row.channels if period in channel.periods)
    return period_labels(channel.periods, language)[channel.periods.index(period)]


def _word(period: Period, language: str) -> str:
    return labels.label("period_state", period.word, language)


def _kept(row: RegisterRow, language: str) -> str:
    """Return how many of the periods that are over were met, and of how many there is no record."""
    kept, catalogue = row.kept, words.translations(language)
    if not kept.over:
        return ""
    if kept.unknown == kept.over:
        sentence = catalogue.ngettext("no record of %(num)s period", "no record of %(num)s periods", kept.over)
        return sentence % {"num": words.number(kept.over, language)}
    sentence = catalogue.ngettext("%(met)s of %(num)s period met", "%(met)s of %(num)s periods met", kept.over)
    said = sentence % {"met": words.number(kept.met, language), "num": words.number(kept.over, language)}
    if not kept.unknown:
        return said
    rest = catalogue.gettext("no record of %(num)s")  # within an f-string no translator would be shown it
    return f"{said}, {rest % {'num': words.number(kept.unknown, language)}}"


def _every(months: Span, language: str) -> str:
    catalogue = words.translations(language)
    if months.is_exact:
        sentence = catalogue.ngettext(
            "every %(num)s month in practice", "every %(num)s months in practice", months.most
        )
        return sentence % {"num": words.number(months.most, language)}
    sentence = catalogue.gettext("every %(least)s to %(most)s months in practice")
    return sentence % {"least": words.number(months.least, language), "most": words.number(months.most, language)}


def _span(months: Span, language: str) -> str:
    if months.is_exact:
        return words.number(months.most, language)
    return f"{words.number(months.least, language)}{words.EN_DASH}{words.number(months.most, language)}"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


# Around the rows ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shelf:
    """A paper, and the mechanisms that its author calls for."""

    paper: Paper
    rows: tuple[RegisterRow, ...]


def shelves_of(rows: Iterable[RegisterRow]) -> tuple[Shelf, ...]:
    """Return proposals by their papers, the oldest paper first; each keeps the order that it came in."""
    found: dict[str, list[RegisterRow]] = {}
    for row in rows:
        found.setdefault(row.facts.status_source, []).append(row)
    shelves = [Shelf(paper, tuple(kept)) for kept in found.values() if (paper := kept[0].paper)]
    return tuple(sorted(shelves, key=lambda shelf: shelf.paper.date.first_day))


def shelf_heading(paper: Paper, language: str) -> str:
    """Return the authors of a paper and its date."""
    catalogue = words.translations(language)
    authors = words.list_of(list(paper.authors), language) if paper.authors else catalogue.gettext("Author not named")
    date = words.partial_date(paper.date, language)
    return catalogue.gettext("%(authors)s, %(date)s") % {"authors": authors, "date": date}


def group_words(group: str, language: str) -> str:
    """Return the heading of a group of the register."""
    if group == "owing":
        return words.translations(language).gettext("With a date to agree by")
    return _capital(labels.label("mechanism_status", group, language))


def parties_words(parties: str, language: str) -> str:
    """Return what a filter by parties asks for: one among them, exactly these, or with others."""
    if parties == OTHERS:
        return words.translations(language).gettext("With others")
    codes = words.party_order(parties.split("-"), language)
    named = words.list_of([words.party_name(code, language) for code in codes], language)
    if len(codes) > 1:
        return named
    return words.translations(language).gettext("%(party)s among them") % {"party": named}


def owed_filter_words(owed: str, language: str) -> str:
    """Return what a filter by what is owed asks for."""
    catalogue = words.translations(language)
    return {
        "to_agree": catalogue.gettext("With a date to agree"),
        "past": catalogue.gettext("With a period past"),
        "nothing": catalogue.gettext("Nothing owed"),
    }[owed]


def sort_words(key: str, language: str) -> str:
    """Return what an order goes by."""
    catalogue = words.translations(language)
    return {
        "name": catalogue.gettext("Mechanism"),
        "owed_by": catalogue.gettext("Owed by"),
        "days": catalogue.gettext("Days"),
        "status_as_of": catalogue.gettext("Status, as of"),
        "next_host": catalogue.gettext("Next host"),
        "kept": catalogue.gettext("Periods kept"),
    }[key]


def narrowed_words(found: Register, language: str) -> str:
    """Say by what the register was narrowed and sorted, and how many answered; nothing where it was not."""
    catalogue, filters = words.translations(language), found.filters
    said = [
        (catalogue.gettext("words"), filters.words.strip()),
        (catalogue.gettext("parties"), parties_words(filters.parties, language) if filters.parties else ""),
        (catalogue.gettext("level"), _word_of("level", filters.level, language)),
        (catalogue.gettext("status"), _word_of("mechanism_status", filters.status, language)),
        (catalogue.gettext("owed"), owed_filter_words(filters.owed, language) if filters.owed else ""),
        (catalogue.gettext("kind"), _word_of("mechanism_kind", filters.kind, language)),
    ]
    parts = []
    if filters.are_set:
        answered = catalogue.gettext("%(shown)s of %(total)s answer to the filters")
        counts = {"shown": len(found.rows), "total": found.unnarrowed}
        gap = words.before_signs(language)
        narrowed = f"{gap}; ".join(f"{name} {value}" for name, value in said if value)
        parts.append(f"{answered % counts}{gap}: {narrowed}.")
    if found.order.key is not None:
        sentence = (
            catalogue.gettext("Sorted by: %(column)s, descending.")
            if found.order.descending
            else catalogue.gettext("Sorted by: %(column)s.")
        )
        parts.append(sentence % {"column": sort_words(found.order.key, language)})
    return " ".join(parts)


def _word_of(group: str, key: str | None, language: str) -> str:
    return labels.label(group, key, language) if key else ""
