"""What a meeting does with what was still open: each item is left, closed, carried on, merged or split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.domain.errors import Refusal
from app.domain.plaintext import one_line, paragraphs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

Outcome = Literal["leave", "close", "carry", "merge", "split"]

OUTCOMES: Final[tuple[Outcome, ...]] = ("leave", "close", "carry", "merge", "split")
# What is kept of each in the record.
KEPT: Final[Mapping[str, str]] = {"close": "closed", "carry": "carried", "merge": "merged", "split": "split"}
NEW: Final = "new"
NOTE_LIMIT: Final = 2000
SPLIT_LIMIT: Final = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to become of one open action; `into` is another's reference or `NEW`, `titles` are of new ones."""

    reference: str
    outcome: str
    note: str = ""
    into: str = ""
    titles: tuple[str, ...] = ()

    @property
    def ends(self) -> bool:
        """Say whether the action is then no longer open."""
        return self.outcome in {"close", "merge", "split"}


def field(name: str, reference: str) -> str:
    """Return the name of a field of an action's row."""
    return f"{name}-{reference}"


def checked(choices: Iterable[Choice], known: Collection[str]) -> tuple[tuple[Choice, ...], list[Refusal]]:
    """Return the choices that do something, cleaned, and all that cannot be; `known` are what can be merged into.

    A refusal stands at its own row. Keys: `carry_outcome`, `carry_needs_target`, `carry_into_itself`,
    `carry_unknown_target`, `carry_target_ends`, `carry_needs_title`, `carry_split_into`, and what texts raise.
    """
    every = tuple(choices)
    ending = {choice.reference for choice in every if choice.ends}
    kept, refusals = [], []
    for choice in every:
        try:
            done = _checked(choice, known, ending)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            if done.outcome != "leave":
                kept.append(done)
    return tuple(kept), refusals


def _checked(choice: Choice, known: Collection[str], ending: Collection[str]) -> Choice:
    if choice.outcome not in OUTCOMES:
        raise Refusal("carry_outcome", field=field("choice", choice.reference))
    note = paragraphs(choice.note, field("note", choice.reference), NOTE_LIMIT)
    at_titles = field("titles", choice.reference)
    lines = (one_line(each, at_titles) for each in choice.titles)
    titles = tuple(dict.fromkeys(line for line in lines if line))
    if choice.outcome == "split" and not 2 <= len(titles) <= SPLIT_LIMIT:
        raise Refusal("carry_split_into", field=at_titles, limit=SPLIT_LIMIT)
    if choice.outcome == "merge":
        _check_target(choice, known, ending)
        if choice.into == NEW and len(titles) != 1:
            raise Refusal("carry_needs_title", field=at_titles)
    return Choice(choice.reference, choice.outcome, note, choice.into, titles)


def _check_target(choice: Choice, known: Collection[str], ending: Collection[str]) -> None:
    at = field("into", choice.reference)
    if not choice.into:
        raise Refusal("carry_needs_target", field=at)
    if choice.into == NEW:
        return
    if choice.into == choice.reference:
        raise Refusal("carry_into_itself", field=at)
    if choice.into not in known:
        raise Refusal("carry_unknown_target", field=at)
    if choice.into in ending:
        raise Refusal("carry_target_ends", field=at, reference=choice.into)
