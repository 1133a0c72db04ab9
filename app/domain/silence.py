"""The silence procedure: a text is adopted where none of its parties objects in writing before an exact instant.

OSCE Rules of Procedure 2006, Annex 1(A). What became of a silence follows from what is recorded of it and from
nothing else: whoever asks, whenever they ask, is told the same of an instant that has passed. So it does not matter
when it is written down, by whom, or whether anybody was there at the instant. What comes at the instant itself is
late, for whatever it would do.

A reported answer is neither an objection nor silence: it holds the adoption until the chair has settled it. Where that
is after the end, the text is adopted at the settling: until then nobody could rely on it, and an instant that
lies before the decision that it hangs on would be a promise made backwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from app.domain.errors import Refusal

SilenceState = Literal["circulated", "running", "held", "broken", "adopted", "withdrawn", "lapsed"]
Ruling = Literal["objection", "no_objection"]

STANDING: Final = frozenset({"circulated", "running", "held"})
DEFAULT_HOURS: Final = 72
SHORTEST_HOURS: Final = 1
LONGEST: Final = dt.timedelta(days=90)
REMIND_BEFORE: Final = dt.timedelta(hours=24)
# What was under way at the instant may still be on its way to the row: the end is written down a little after it.
GRACE: Final = dt.timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Reported:
    """An answer that somebody entered for a party; `ruling` is the chair's, None until it has been settled."""

    party: str
    reported_at: dt.datetime
    settled_at: dt.datetime | None = None
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class SilenceFacts:
    """All that is recorded of a silence. `receipts` and `agreements` are the instants by party.

    `ends_at` is None until the last receipt has fixed it. `objections` and `agreements` are parties' own words.
    """

    parties: frozenset[str]
    hours: int
    until_at: dt.datetime
    ends_at: dt.datetime | None = None
    receipts: Mapping[str, dt.datetime] = field(default_factory=dict)
    objections: tuple[tuple[str, dt.datetime], ...] = ()
    agreements: Mapping[str, dt.datetime] = field(default_factory=dict)
    reported: tuple[Reported, ...] = ()
    withdrawn_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a silence is at an instant, and since when; `by` is the party that broke it."""

    state: SilenceState
    at: dt.datetime | None = None
    by: str | None = None

    @property
    def is_over(self) -> bool:
        """Say whether nothing can change it any more."""
        return self.state not in STANDING


def end_after(until_at: dt.datetime, hours: int, last_receipt: dt.datetime) -> dt.datetime:
    """Return the end that the last receipt fixes: the instant wished, or so many hours later where that is later."""
    return max(until_at, last_receipt + dt.timedelta(hours=hours))


def verdict(facts: SilenceFacts, now: dt.datetime) -> Verdict:
    """Return what the silence is at this instant, from what is recorded of it.

    Of what would end it the earliest counts: an objection, a withdrawal, all parties' early agreement, its end.
    """
    ends = [each for each in _endings(facts) if each.at is not None and each.at <= now]
    if ends:
        # At one and the same instant the text is not adopted: a doubt is nobody's consent.
        return min(ends, key=lambda each: (each.at, each.state == "adopted"))
    if facts.ends_at is None:
        return Verdict("held" if _unsettled(facts) else "circulated")
    return Verdict("held" if _unsettled(facts) else "running", facts.ends_at)


def _endings(facts: SilenceFacts) -> list[Verdict]:
    """Return each way in which it ended, or will where nothing else happens."""
    closes_at = facts.until_at if facts.ends_at is None else facts.ends_at
    found = [Verdict("broken", at, party) for party, at in facts.objections if at < closes_at]
    found += [
        Verdict("broken", each.settled_at, each.party)
        for each in facts.reported
        if each.ruling == "objection" and each.settled_at is not None
    ]
    if facts.withdrawn_at is not None:
        found.append(Verdict("withdrawn", facts.withdrawn_at))
    if facts.ends_at is None:
        found.append(Verdict("lapsed", facts.until_at))
        return found
    if not _unsettled(facts):
        settled = [each.settled_at for each in facts.reported if each.settled_at is not None]
        found.append(Verdict("adopted", max([facts.ends_at, *settled])))
        if facts.agreements.keys() >= facts.parties and facts.parties:
            early = max([*(facts.agreements[party] for party in facts.parties), *settled, *facts.receipts.values()])
            if early < facts.ends_at:
                found.append(Verdict("adopted", early))
    return found


def _unsettled(facts: SilenceFacts) -> bool:
    return any(each.settled_at is None for each in facts.reported)


# What may be done ---------------------------------------------------------------------------------


def check_circulation(
    until_at: dt.datetime, hours: int, now: dt.datetime, *, parties: Collection[str], opted_in: Collection[str] | None
) -> None:
    """Refuse a silence that cannot be one; `opted_in` is None where the text is of no mechanism.

    Raises `Refusal` `silence_needs_mechanism`, `silence_not_opted_in` (`parties`), `silence_alone`, and on the fields
    `silence_too_short`, `silence_in_the_past`, `silence_too_far`.
    """
    if opted_in is None:
        raise Refusal("silence_needs_mechanism")
    if len(set(parties)) < 2:
        raise Refusal("silence_alone")
    missing = sorted(set(parties) - set(opted_in))
    if missing:
        raise Refusal("silence_not_opted_in", parties=tuple(missing))
    if not SHORTEST_HOURS <= hours <= LONGEST // dt.timedelta(hours=1):
        raise Refusal("silence_hours", field="hours", least=SHORTEST_HOURS, most=LONGEST // dt.timedelta(hours=1))
    _check_until(until_at, now)


def _check_until(until_at: dt.datetime, now: dt.datetime) -> None:
    if until_at <= now:
        raise Refusal("silence_in_the_past", field="until_on")
    if until_at > now + LONGEST:
        raise Refusal("silence_too_far", field="until_on", days=LONGEST.days)


def check_standing(facts: SilenceFacts, now: dt.datetime) -> Verdict:
    """Return what the silence is; raises `Refusal` `silence_is_over` (`state`, `at`) once nothing can change it."""
    found = verdict(facts, now)
    if found.is_over:
        raise Refusal("silence_is_over", state=found.state, at=found.at)
    return found


def check_answer(facts: SilenceFacts, party: str, now: dt.datetime) -> None:
    """Refuse an objection or agreement, own or reported, that comes too late, or of a party that was not asked.

    Where an answer was reported the silence may be held past its end: that lets nobody speak who was silent until
    then. Raises `Refusal` `silence_is_over`, `silence_too_late` (`at`), `silence_not_asked`.
    """
    if party not in facts.parties:
        raise Refusal("silence_not_asked")
    check_standing(facts, now)
    if facts.ends_at is not None and now >= facts.ends_at:
        raise Refusal("silence_too_late", at=facts.ends_at)


def check_extension(facts: SilenceFacts, new_end: dt.datetime, now: dt.datetime) -> None:
    """Refuse to extend a silence that has ended, or to a moment that is not later than the one that stands.

    Raises `Refusal` `silence_is_over`, `silence_too_late`, `silence_not_later` (`at`), `silence_too_far`.
    """
    check_standing(facts, now)
    stands = facts.until_at if facts.ends_at is None else facts.ends_at
    if now >= stands:
        raise Refusal("silence_too_late", at=stands)
    if new_end <= stands:
        raise Refusal("silence_not_later", field="until_on", at=stands)
    _check_until(new_end, now)


def is_to_remind(facts: SilenceFacts, now: dt.datetime) -> bool:
    """Say whether a day or less is left of a silence that runs."""
    found = verdict(facts, now)
    return not found.is_over and facts.ends_at is not None and facts.ends_at - REMIND_BEFORE <= now < facts.ends_at


def said_nothing(facts: SilenceFacts) -> frozenset[str]:
    """Return the parties that have said nothing of their own word yet, whatever was reported of them."""
    return facts.parties - facts.agreements.keys() - {party for party, _ in facts.objections}
