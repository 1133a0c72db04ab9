"""How far a text is in each of its languages, and whether they let it be adopted.

The languages are equals: each has a state of its own, a translation that was made of an older wording says so by
paragraph, and adoption asks for all of them, or says that it is subject to translation (practice.md B33).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.domain import brackets
from app.domain.errors import Refusal
from app.domain.name_orders import places_in

LanguageState = Literal["not_needed", "requested", "draft", "in_revision", "cleared", "authentic"]
Fault = Literal["missing", "out_of_date", "brackets_differ", "names_differ"]

READY: Final = frozenset({"cleared", "authentic"})
# What somebody may choose: authentic is what adoption makes of what is cleared.
TRANSLATION_STATES: Final = ("not_needed", "requested", "draft", "in_revision", "cleared")
ORIGINAL_STATES: Final = ("draft", "in_revision", "cleared")


@dataclass(frozen=True, slots=True)
class Pair:
    """A paragraph in the original and in one translation; `of_version` is what the translation was made of."""

    paragraph_id: str
    original: str
    original_version: int
    translation: str | None = None
    of_version: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a text is in one language; `faults` name what keeps it from being cleared, by paragraph."""

    language: str
    state: LanguageState
    is_original: bool
    faults: Mapping[str, Fault]

    @property
    def is_ready(self) -> bool:
        """Say whether adoption need not wait for it: it is cleared as it stands, or not needed."""
        return self.state == "not_needed" or (self.state in READY and not self.faults)


def fault_of(pair: Pair) -> Fault | None:
    """Return what a translation of a paragraph lacks: the words, the newest original, its brackets or its names.

    The brackets of a translation are those of the original, in the same order and with the same parties.
    """
    if pair.translation is None or not pair.translation.strip():
        return "missing"
    if pair.of_version != pair.original_version:
        return "out_of_date"
    if _tags(pair.original) != _tags(pair.translation):
        return "brackets_differ"
    # An original may write a name out that a language has to decline: only places too many are a fault.
    return "names_differ" if set(places_in(pair.translation)) - _names_of(pair.original) else None


def standing(language: str, state: LanguageState, original_language: str, pairs: Iterable[Pair]) -> Standing:
    """Return how far a text is in a language; the original has no faults."""
    is_original = language == original_language
    found = () if is_original else ((pair.paragraph_id, fault_of(pair)) for pair in pairs)
    return Standing(language, state, is_original, {paragraph: fault for paragraph, fault in found if fault})


def check_state(known: Standing, wanted: str) -> None:
    """Refuse a state that a language cannot be put in.

    Keys on `state`: `no_such_state`; `original_is_needed` for an original that would not be needed;
    `translation_has_faults` (`count`) for one that would be cleared as it does not stand.
    """
    if wanted not in TRANSLATION_STATES:
        raise Refusal("no_such_state", field="state")
    if known.is_original and wanted not in ORIGINAL_STATES:
        raise Refusal("original_is_needed", field="state")
    if wanted == "cleared" and known.faults:
        raise Refusal("translation_has_faults", field="state", count=len(known.faults))


def after_edit(state: LanguageState, *, has_words: bool) -> LanguageState:
    """Return the state of a language one of whose wordings was written: what was cleared is in revision again."""
    if state in READY:
        return "in_revision"
    if state in {"not_needed", "requested"} and has_words:
        return "draft"
    return state


def after_original_edit(state: LanguageState) -> LanguageState:
    """Return the state of a translation whose original was changed: cleared words were of another text."""
    return "in_revision" if state in READY else state


def waited_for(standings: Iterable[Standing], *, needs_all: bool) -> tuple[str, ...]:
    """Return the languages that adoption waits for; none where it is subject to translation, save the original."""
    return tuple(each.language for each in standings if not each.is_ready and (needs_all or each.is_original))


def subject_to(standings: Iterable[Standing]) -> tuple[str, ...]:
    """Return the languages that a text adopted now would still be translated into."""
    return tuple(each.language for each in standings if not each.is_ready and not each.is_original)


def _tags(wording: str) -> list[list[Sequence[str]]]:
    """Return who stands behind each alternative of each bracket; of a wording that cannot be read, none."""
    try:
        parts = brackets.parse(wording, "text")
    except Refusal:
        return [[("?",)]]
    return [[each.parties for each in bracket.alternatives] for bracket in brackets.brackets_of(parts)]


def _names_of(original: str) -> set[str]:
    """Return the places that a translation may have: a language that declines takes `{of parties}` for `{parties}`."""
    found = set(places_in(original))
    return found | ({"{parties}", "{of parties}"} if found & {"{parties}", "{of parties}"} else set())
