"""Rules of the catalogue that look at several fields of one thing; each finding names the field it stands beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.domain.catalogue_calendar import CalendarFacts, Closure, DatedEvent, GeneralDebate
from app.domain.catalogue_types import (
    Commitment,
    CommitmentsFile,
    Hosting,
    Mechanism,
    MechanismsFile,
    Office,
    Party,
    RecordEntry,
    RelatedForum,
)
from app.domain.references import KEPT_PREFIXES

Finding = tuple[str, str]

_BOUND_BY_PAPER = frozenset({"S0", "S2", "S3"})
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def checked(value: object) -> Iterator[Finding]:
    """Yield what is wrong within the value: the field's name and the reason."""
    check = _CHECKS.get(type(value))
    return check(value) if check else iter(())


def _party(party: Party) -> Iterator[Finding]:
    for office in party.offices:
        if not office.code.startswith(f"{party.code}-"):
            yield "offices", f"the office {office.code} does not begin with {party.code}-"
    codes = {office.code: office for office in party.offices}
    for office in party.offices:
        if office.part_of is not None and (office.part_of not in codes or _is_above_itself(office, codes)):
            yield "offices", f"{office.code} cannot be part of {office.part_of}"
    if party.core and (party.time_zone is None or party.capital is None):
        yield "core", "a core party needs a capital and a time zone"


def _is_above_itself(office: Office, offices: dict[str, Office]) -> bool:
    seen = {office.code}
    above = office.part_of
    while above in offices:
        if above in seen:
            return True
        seen.add(above)
        above = offices[above].part_of
    return False


def _record_entry(entry: RecordEntry) -> Iterator[Finding]:
    if entry.starts_on and entry.ends_on and entry.ends_on < entry.starts_on:
        yield "ends_on", "ends before it starts"
    if entry.starts_on and not (entry.known_on and entry.starts_on.isoformat().startswith(entry.known_on.text)):
        yield "known_on", "does not agree with starts_on"
    if entry.host and entry.host in entry.co_hosts:
        yield "co_hosts", f"{entry.host} is the host already"
    if entry.attested and entry.source is None:
        yield "source", "what is attested needs a source"


def _mechanism(mechanism: Mechanism) -> Iterator[Finding]:
    yield from _sides(mechanism)
    yield from _leads(mechanism)
    yield from _numbering(mechanism.record)
    if mechanism.prefix in KEPT_PREFIXES:
        yield "prefix", f"{mechanism.prefix} is kept for what belongs to no mechanism"
    if mechanism.ref in mechanism.related:
        yield "related", "a mechanism is not related to itself"
    if mechanism.status == "proposed" and mechanism.status_source not in _BOUND_BY_PAPER:
        yield "status_source", "a proposal needs the paper that makes it"
    if mechanism.agenda_template is not None and not mechanism.agenda_template:
        yield "agenda_template", "a template without items; write null to use the default"


def _sides(mechanism: Mechanism) -> Iterator[Finding]:
    parties = set(mechanism.parties)
    if len(parties) < 2:
        yield "parties", "a mechanism has two parties or more"
    if mechanism.geometry.startswith("trilateral") and len(parties) != 3:
        yield "geometry", f"{mechanism.geometry} needs three parties"
    if mechanism.geometry.startswith("bilateral") and len(parties) > 2 and not mechanism.pairs:
        yield "pairs", "a bilateral mechanism of three parties runs by pairs, and none is given"
    for pair in mechanism.pairs:
        if not set(pair) <= parties or len(set(pair)) != 2:
            yield "pairs", f"{' and '.join(pair)} are not two of the parties"
    if len({frozenset(pair) for pair in mechanism.pairs}) != len(mechanism.pairs):
        yield "pairs", "a pair is given twice"
    if both := parties & set(mechanism.guests):
        yield "guests", f"{', '.join(sorted(both))} cannot be party and guest"
    if strangers := set(mechanism.hosting.rotation or ()) - parties:
        yield "hosting", f"{', '.join(sorted(strangers))} hosts and is not a party"


def _leads(mechanism: Mechanism) -> Iterator[Finding]:
    for party, offices in mechanism.lead_offices.items():
        if offices and party not in mechanism.parties:
            yield "lead_offices", f"{party} is not a party"
        for office in offices:
            if not office.startswith(f"{party}-"):
                yield "lead_offices", f"{office} is not an office of {party}"
    leads = {office for offices in mechanism.lead_offices.values() for office in offices}
    if unknown := set(mechanism.lead_offices_attested) - leads:
        yield "lead_offices_attested", f"{', '.join(sorted(unknown))} does not lead"


def _numbering(record: Sequence[RecordEntry]) -> Iterator[Finding]:
    counts = Counter(entry.ordinal for entry in record if entry.ordinal is not None)
    for ordinal, count in counts.items():
        if count > 1:
            yield "record", f"the ordinal {ordinal} stands {count} times"


def _commitment(commitment: Commitment) -> Iterator[Finding]:
    clock = commitment.clock
    if not commitment.owners:
        yield "owners", "a commitment has an owner"
    if (commitment.kind == "repeat") != (commitment.repeats is not None):
        yield "repeats", "a repeat, and nothing else, names the commitment that it repeats"
    if clock is None or clock.kind != "calendar":
        return
    # Day 1 is the day after the event, so the last day is the event plus the number of days.
    ends_on = clock.starts_on + timedelta(days=clock.days + (clock.second_days or 0))
    if commitment.due_on != ends_on:
        yield "due_on", f"the clock ends on {ends_on}"


def _repeats(file: CommitmentsFile) -> Iterator[Finding]:
    kinds = {commitment.ref: commitment.kind for commitment in file.commitments}
    for commitment in file.commitments:
        # What is repeated is counted in its place, so it has to be the promise itself.
        if commitment.repeats is not None and kinds.get(commitment.repeats, "pledge") != "pledge":
            yield "commitments", f"{commitment.ref} repeats {commitment.repeats}, which is no pledge"


def _hosting(hosting: Hosting) -> Iterator[Finding]:
    if hosting.rotation is None and hosting.rotation_attested:
        yield "rotation_attested", "an order that is not given cannot be attested"
    if hosting.rotation is not None and not hosting.rotation:
        yield "rotation", "an order of nobody; write null where none is known"


def _forum(forum: RelatedForum) -> Iterator[Finding]:
    return _numbering(forum.record)


def _family(file: MechanismsFile) -> Iterator[Finding]:
    parents = {mechanism.ref: mechanism.parent for mechanism in file.mechanisms}
    for ref in parents:
        seen: list[str] = []
        above: str | None = ref
        while above is not None and above not in seen:
            seen.append(above)
            above = parents.get(above)
        if above == ref:
            yield "mechanisms", f"{ref} stands above itself: {' < '.join([*seen, ref])}"


def _closure(closure: Closure) -> Iterator[Finding]:
    weekday = _WEEKDAYS[closure.date.weekday()]
    if weekday != closure.weekday:
        yield "weekday", f"{closure.date} is a {weekday}"


def _days(event: GeneralDebate | DatedEvent) -> Iterator[Finding]:
    if event.date and event.ends_on and event.ends_on < event.date:
        yield "ends_on", "ends before it starts"


def _calendar(calendar: CalendarFacts) -> Iterator[Finding]:
    counts = Counter((closure.date, closure.party, closure.name.en) for closure in calendar.closures)
    for (day, party, name), count in counts.items():
        if count > 1:
            yield "closures", f"{name} of {party} on {day} stands {count} times"


_CHECKS: Mapping[type, Callable[[Any], Iterator[Finding]]] = {
    CalendarFacts: _calendar,
    Closure: _closure,
    Commitment: _commitment,
    CommitmentsFile: _repeats,
    DatedEvent: _days,
    GeneralDebate: _days,
    Hosting: _hosting,
    Mechanism: _mechanism,
    MechanismsFile: _family,
    Party: _party,
    RecordEntry: _record_entry,
    RelatedForum: _forum,
}
