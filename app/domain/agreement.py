"""Agreement on a text: whose it needs, which signatures are one, and what still stands in the way of adopting it.

Consensus is explicit: nothing that a party did not say itself counts for it, and no silence counts here (that is
`silence`). A signature is on one content, and says nothing on any other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.domain.errors import Refusal

# By consensus of all of the text's parties; the one other kind is its chair's own responsibility.
BY_CONSENSUS: Final = frozenset(
    {"joint_statement", "summary_of_conclusions", "minutes", "terms_of_reference", "agenda"}
)
CHAIRS: Final = "chairs_summary"

SignatureStanding = Literal["counts", "ad_referendum", "lapsed", "voided", "other_content"]
BlockerKind = Literal["chair", "brackets", "languages", "signatures", "ad_referendum"]
Endorsed = Literal["none", "one", "some", "all"]


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it was given: for a party, on a content, at an instant.

    One that was given ad referendum has `confirm_until`, the instant at which its last day ends in the party's
    capital: it counts from `confirmed_at` on, where that is earlier. `excepted` are the paragraphs not endorsed.
    """

    party: str
    content_hash: str
    signed_at: dt.datetime
    confirm_until: dt.datetime | None = None
    confirmed_at: dt.datetime | None = None
    voided_at: dt.datetime | None = None
    excepted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stands in the way of adoption: how many, or of whom (party codes, or languages)."""

    kind: BlockerKind
    count: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextTerms:
    """What a text needs to be agreed: its kind and parties, and what has been said of brackets and languages.

    `open_brackets` are in the original; `uncleared` are the languages that adoption waits for.
    """

    kind: str
    parties: frozenset[str]
    content_hash: str
    chair_party: str | None = None
    open_brackets: int = 0
    brackets_noted: bool = False
    uncleared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endorsement:
    """Who endorses a text: how many of how many, in so many words, with the paragraphs that each leaves out."""

    how: Endorsed
    count: int
    of: int
    endorsed_by: tuple[str, ...]
    missing: tuple[str, ...]
    excepted: tuple[tuple[str, frozenset[str]], ...] = ()


def whose_agreement(kind: str, parties: Collection[str], chair_party: str | None = None) -> frozenset[str]:
    """Return the parties without whose own signature such a text is not agreed.

    All of them, or for a chair's summary its chair alone. Raises `Refusal` `chair_missing` where that is nobody of
    the parties, and `ValueError` for a kind that is none.
    """
    if kind == CHAIRS:
        if chair_party is None or chair_party not in parties:
            raise Refusal("chair_missing", field="chair_party")
        return frozenset({chair_party})
    if kind not in BY_CONSENSUS:
        raise ValueError(f"no outcome is a {kind}")
    if not parties:
        raise ValueError("a text of nobody is agreed by nobody")
    return frozenset(parties)


def standing_of(signed: Signed, content_hash: str, now: dt.datetime) -> SignatureStanding:
    """Say what a signature is on this content at an instant; one that is void is never anything else again."""
    if signed.voided_at is not None:
        return "voided"
    if signed.content_hash != content_hash:
        return "other_content"
    if signed.confirm_until is None:
        return "counts"
    if signed.confirmed_at is not None and signed.confirmed_at < signed.confirm_until:
        return "counts"
    return "ad_referendum" if now < signed.confirm_until else "lapsed"


def signed_by(signatures: Iterable[Signed], content_hash: str, now: dt.datetime) -> frozenset[str]:
    """Return the parties whose signature on this content counts."""
    return frozenset(each.party for each in signatures if standing_of(each, content_hash, now) == "counts")


def check_exceptions(kind: str, excepted: Collection[str], paragraphs: Collection[str]) -> None:
    """Refuse to sign a part of what is agreed as a whole, and exceptions that are no paragraph of the text.

    A chair's summary may be endorsed in part. Raises `Refusal` `exceptions_not_here`, `unknown_paragraph`,
    `excepts_everything`.
    """
    if not excepted:
        return
    if kind != CHAIRS:
        raise Refusal("exceptions_not_here", field="excepted")
    if not set(excepted) <= set(paragraphs):
        raise Refusal("unknown_paragraph", field="excepted")
    if set(excepted) == set(paragraphs):
        raise Refusal("excepts_everything", field="excepted")


def check_confirm_by(confirm_by: dt.date | None, today: dt.date, silence_ends_on: dt.date | None = None) -> dt.date:
    """Return the last day for a capital to confirm; raises `Refusal` where it is missing, past, or after a silence.

    A silence does not wait for a capital: what is not confirmed when it ends is not said.
    """
    if confirm_by is None:
        raise Refusal("required", field="confirm_by_on")
    if confirm_by < today:
        raise Refusal("confirm_by_has_passed", field="confirm_by_on")
    if silence_ends_on is not None and confirm_by > silence_ends_on:
        raise Refusal("confirm_by_after_silence", field="confirm_by_on", last=silence_ends_on)
    return confirm_by


def obstacles(terms: TextTerms) -> tuple[Blocker, ...]:
    """Return what stands in the way of any adoption, by whatever way, in the order of the page."""
    found = []
    if terms.kind == CHAIRS and (terms.chair_party is None or terms.chair_party not in terms.parties):
        found.append(Blocker("chair"))
    if terms.open_brackets and not terms.brackets_noted:
        found.append(Blocker("brackets", terms.open_brackets))
    if terms.uncleared:
        found.append(Blocker("languages", len(terms.uncleared), terms.uncleared))
    return tuple(found)


def blockers(terms: TextTerms, signatures: Sequence[Signed], now: dt.datetime) -> tuple[Blocker, ...]:
    """Return all that stands in the way of adopting a text by signatures: none, and it may be adopted."""
    found = list(obstacles(terms))
    if any(each.kind == "chair" for each in found):
        return tuple(found)
    needed = whose_agreement(terms.kind, terms.parties, terms.chair_party)
    missing = needed - signed_by(signatures, terms.content_hash, now)
    waiting = {
        each.party for each in signatures if standing_of(each, terms.content_hash, now) == "ad_referendum"
    } & missing
    if missing - waiting:
        found.append(Blocker("signatures", len(missing - waiting), tuple(sorted(missing - waiting))))
    if waiting:
        found.append(Blocker("ad_referendum", len(waiting), tuple(sorted(waiting))))
    return tuple(found)


def endorsement(
    parties: Collection[str], signatures: Iterable[Signed], content_hash: str, now: dt.datetime
) -> Endorsement:
    """Say plainly who endorses a text: by how many of how many, by none where nobody has signed."""
    counted = [each for each in signatures if standing_of(each, content_hash, now) == "counts"]
    by = sorted({each.party for each in counted} & set(parties))
    missing = sorted(set(parties) - set(by))
    how: Endorsed = "none" if not by else "all" if not missing else "one" if len(by) == 1 else "some"
    excepted = tuple(sorted(((each.party, each.excepted) for each in counted if each.excepted), key=lambda one: one[0]))
    return Endorsement(how, len(by), len(set(parties)), tuple(by), tuple(missing), excepted)
