"""Reading the register of mechanisms and its shelf of proposals in the literature: narrowed, and in an order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from app import words
from app.db import GuardedSession
from app.domain.actions import today_in
from app.domain.catalogue import Mechanism as Facts
from app.domain.catalogue_types import Level, MechanismKind, Status
from app.domain.mechanisms import STATUS_ORDER, collation_key, register_order
from app.services.register_rows import RegisterRow, register_rows

OTHERS: Final = "others"
OwedFilter = Literal["to_agree", "past", "nothing"]
SortKey = Literal["name", "owed_by", "days", "status_as_of", "next_host", "kept"]
SORT_KEYS: Final[tuple[SortKey, ...]] = get_args(SortKey)

# Nothing sorts after everything, whichever way a list runs.
_Sorted = tuple[object, ...] | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register is narrowed to; None, or no words, is no filter.

    `words` must all be found in a mechanism's names, acronym, references, scope or mandate. `parties` is one code
    (`CA`: among its parties), a set of codes (`CA-MX`, in any order), meant exactly, or `others`: open to guests
    and others beside its parties. `owed` is whether a date is still to agree, a period before the present one is
    past and was not met, or neither a date is to agree nor anything promised.
    """

    words: str = ""
    parties: str | None = None
    level: str | None = None
    status: str | None = None
    owed: str | None = None
    kind: str | None = None

    @property
    def are_set(self) -> bool:
        """Say whether anything is filtered at all."""
        return bool(self.words.strip() or self.parties or self.level or self.status or self.owed or self.kind)


@dataclass(frozen=True, slots=True)
class Order:
    """What the rows are sorted by; without a key they stand in the register's own order, in its groups."""

    key: SortKey | None = None
    descending: bool = False


OWN_ORDER: Final = Order()


@dataclass(frozen=True, slots=True)
class Choices:
    """What the register can be narrowed to."""

    parties: tuple[str, ...]
    party_sets: tuple[tuple[str, ...], ...]
    levels: tuple[str, ...]
    statuses: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A filter that was asked for and has no such value."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Register:
    """The register, or its shelf of proposals, narrowed and in order; what can be chosen from; the years it spans.

    `total` counts the register whole, `to_agree` those of it with a date to agree, `shelved` the proposals,
    `unnarrowed` all that stand where this was looked for, and `elsewhere` those that answer to the filters on the
    shelf (of the register: in the register). `left_out` are filters that mean nothing here.
    """

    rows: tuple[RegisterRow, ...]
    filters: Filters
    order: Order
    left_out: tuple[LeftOut, ...]
    choices: Choices
    total: int
    to_agree: int
    shelved: int
    unnarrowed: int
    elsewhere: int
    first_year: int
    last_year: int

    @property
    def groups(self) -> tuple[tuple[str, tuple[RegisterRow, ...]], ...]:
        """Return the rows by the groups of the register, in its order; in one without a name in any other order."""
        if self.order.key is not None:
            return (("", self.rows),) if self.rows else ()
        groups: dict[str, list[RegisterRow]] = {}
        for row in self.rows:
            groups.setdefault(row.group, []).append(row)
        return tuple((name, tuple(rows)) for name, rows in groups.items())


def today_for(session: GuardedSession) -> dt.date:
    """Return the day that it is where the viewer is."""
    return today_in(session.now, session.bound_viewer.time_zone)


def register(
    session: GuardedSession, asked: Filters, language: str, *, order: Order = OWN_ORDER, shelf: bool = False
) -> Register:
    """Return the mechanisms in the register's order for that language, or (`shelf`) the proposals in the literature.

    A filter without meaning is left out and named; one that nothing answers to gives no rows.
    """
    today = today_for(session)
    rows = register_rows(session, today)
    listed = [row for row in rows if not row.page.is_proposal]
    shelved = [row for row in rows if row.page.is_proposal]
    shown, others = (shelved, listed) if shelf else (listed, shelved)
    choices = choices_of(shown)
    filters, left_out = _known(asked, rows)
    return Register(
        rows=_in_order([row for row in shown if _answers(row, filters)], order, language),
        filters=filters,
        order=order,
        left_out=left_out,
        choices=_with_asked(choices, filters),
        total=len(listed),
        to_agree=sum(row.has_date_to_agree for row in listed),
        shelved=len(shelved),
        unnarrowed=len(shown),
        elsewhere=sum(_answers(row, filters) for row in others) if filters.are_set else 0,
        first_year=min(_years(listed), default=today.year),
        last_year=today.year,
    )


# What can be asked for ----------------------------------------------------------------------------


def choices_of(rows: Iterable[RegisterRow]) -> Choices:
    """Return what these rows can be narrowed to: only what some of them answer to."""
    facts = [row.facts for row in rows]
    sets = {tuple(sorted(each.parties)) for each in facts}
    return Choices(
        parties=tuple(sorted({code for each in facts for code in each.parties})),
        party_sets=tuple(sorted(sets, key=lambda codes: (-len(codes), codes))),
        levels=_ordered((each.level for each in facts), get_args(Level)),
        statuses=_ordered((each.status for each in facts), STATUS_ORDER),
        kinds=_ordered((each.kind for each in facts), get_args(MechanismKind)),
    )


def _known(asked: Filters, rows: Sequence[RegisterRow]) -> tuple[Filters, tuple[LeftOut, ...]]:
    """Return the filters that mean something, and those left out; parties are known by what the viewer reads here."""
    values: dict[str, tuple[str, ...]] = {
        "level": get_args(Level), "status": get_args(Status), "owed": get_args(OwedFilter),
        "kind": get_args(MechanismKind),
    }  # fmt: skip
    left_out = [
        LeftOut(field, value)
        for field, known in values.items()
        if (value := getattr(asked, field)) is not None and value not in known
    ]
    parties = _normal(asked.parties)
    codes = {code for row in rows for code in row.facts.parties}
    if parties not in {None, OTHERS} and not set((parties or "").split("-")) <= codes:
        left_out.insert(0, LeftOut("parties", asked.parties or ""))
    away = {each.field for each in left_out}
    known = {field: None if field in away else getattr(asked, field) for field in values}
    return Filters(asked.words, None if "parties" in away else parties, **known), tuple(left_out)


def _normal(parties: str | None) -> str | None:
    """Return codes of parties in capitals and in order, each once."""
    if parties is None or parties == OTHERS:
        return parties
    return "-".join(sorted(set(parties.upper().split("-"))))


def _with_asked(choices: Choices, filters: Filters) -> Choices:
    """Return the choices with those that were asked for, so that a form shows what it is that nothing answers to."""
    codes = tuple((filters.parties or "").split("-"))
    is_new_set = filters.parties not in {None, OTHERS} and len(codes) > 1 and codes not in choices.party_sets
    is_new_party = filters.parties not in {None, OTHERS} and len(codes) == 1 and codes[0] not in choices.parties
    return Choices(
        parties=(*choices.parties, codes[0]) if is_new_party else choices.parties,
        party_sets=(*choices.party_sets, codes) if is_new_set else choices.party_sets,
        levels=_ordered((*choices.levels, filters.level), get_args(Level)),
        statuses=_ordered((*choices.statuses, filters.status), STATUS_ORDER),
        kinds=_ordered((*choices.kinds, filters.kind), get_args(MechanismKind)),
    )


def _answers(row: RegisterRow, filters: Filters) -> bool:
    facts = row.facts
    if filters.level is not None and filters.level not in (facts.level, *facts.other_levels):
        return False
    if filters.status not in {None, facts.status} or filters.kind not in {None, facts.kind}:
        return False
    if filters.owed is not None and not _owes_so(row, filters.owed):
        return False
    if not _is_of(facts, filters.parties):
        return False
    text = searchable(_searched(facts))
    return all(searchable(word) in text for word in filters.words.split())


def _owes_so(row: RegisterRow, owed: str) -> bool:
    if owed == "past":
        return row.past is not None
    return row.has_date_to_agree == (owed == "to_agree")


def _is_of(facts: Facts, parties: str | None) -> bool:
    if parties is None:
        return True
    if parties == OTHERS:
        return bool(facts.guests or facts.open_to or facts.forums)
    if "-" not in parties:
        return parties in facts.parties
    return parties == "-".join(sorted(facts.parties))


def searchable(text: str) -> str:
    """Return the text as it is searched: without accents and capitals, ligatures apart, one kind of apostrophe."""
    for sign, plain in (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"), ("\u2019", "'"), ("\u2013", "-")):
        text = text.replace(sign, plain)
    return collation_key(text)


def _searched(facts: Facts) -> str:
    return " ".join(
        (
            facts.ref, facts.prefix, facts.acronym or "", facts.name.en, facts.name.es, facts.name.fr,
            *facts.also_known_as, *facts.scope_in, *facts.scope_out, facts.mandate.instrument or "",
        )
    )  # fmt: skip


# In which order -----------------------------------------------------------------------------------


def _in_order(rows: Sequence[RegisterRow], order: Order, language: str) -> tuple[RegisterRow, ...]:
    """Return the rows in that order; equals, and those without the fact, stand by their names."""
    by_facts = {id(row.facts): row for row in rows}
    if order.key is None:
        return tuple(by_facts[id(facts)] for facts in register_order([row.facts for row in rows], language))
    named = sorted(rows, key=lambda row: (collation_key(row.facts.name.in_language(language)), row.facts.code))
    key_of = _SORTED_BY[order.key]
    keyed = [(key, row) for row in named if (key := key_of(row, language)) is not None]
    without = [row for row in named if key_of(row, language) is None]
    keyed.sort(key=lambda pair: pair[0], reverse=order.descending)
    return (*(row for _, row in keyed), *without)


def _by_next_host(row: RegisterRow, language: str) -> _Sorted:
    following = row.page.next_host
    return (words.collation_key(words.party_name(following.party, language)),) if following else None


def _by_kept(row: RegisterRow, _language: str) -> _Sorted:
    kept = row.kept
    return (kept.met / kept.over, kept.met) if kept.over else None


_SORTED_BY: Final[dict[SortKey, Callable[[RegisterRow, str], _Sorted]]] = {
    "name": lambda row, language: (collation_key(row.facts.name.in_language(language)),),
    "owed_by": lambda row, _: (row.page.owed.by,) if row.page.owed and row.has_date_to_agree else None,
    "days": lambda row, _: (row.days,) if row.days is not None else None,
    "status_as_of": lambda row, _: (row.facts.status_as_of.first_day,),
    "next_host": _by_next_host,
    "kept": _by_kept,
}


def _ordered(found: Iterable[str | None], order: Iterable[str]) -> tuple[str, ...]:
    there = set(found)
    return tuple(key for key in dict.fromkeys(order) if key in there)


def _years(rows: Iterable[RegisterRow]) -> Iterable[int]:
    """Yield the years of which there is a meeting on record, and those in which a promise began to run."""
    for row in rows:
        yield from (entry.known_on.first_day.year for entry in row.facts.record if entry.known_on)
        yield from (channel.periods[0].first_day.year for channel in row.page.channels if channel.periods)
