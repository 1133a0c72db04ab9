"""Characters that nobody sees: in an agreed text they are refused, and said which and where.

Two wordings that look the same must be the same, or a signature binds what its giver has not read.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from app.domain.errors import Refusal

# Cf is invisible by definition, Cc and Cn cannot be printed, Co looks otherwise on every machine, Cs is half of one.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Seen as nothing, though their category says letter, mark or symbol: fillers, joiners and variation selectors.
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# A letter of our languages carries two marks at most; a pile of them hides the lines around it.
_PILE: Final = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4}")
_WORDS_BEFORE: Final = 24


class Unseen(NamedTuple):
    """A character that nobody sees: itself, its place from 0, its line from 1 and the words just before it."""

    char: str
    place: int
    line: int
    before: str

    @property
    def name(self) -> str:
        """Return its number and its name in Unicode, as in `U+202E RIGHT-TO-LEFT OVERRIDE`."""
        return f"U+{ord(self.char):04X} {unicodedata.name(self.char, '')}".strip()


def first_unseen(text: str) -> Unseen | None:
    """Return the first character that nobody sees; line feeds and the spaces of print are none."""
    for place, char in enumerate(text):
        if char == "\n" or (char.isprintable() and not _BLANK.match(char)):
            continue
        if unicodedata.category(char) in _UNSEEN or _BLANK.match(char):
            return _told(text, place)
    pile = _PILE.search(text)
    return _told(text, pile.start()) if pile else None


def refuse_unseen(text: str, field: str) -> None:
    """Raise `Refusal("unseen_character")` (`character`, `line`, `before`) for one that nobody sees."""
    found = first_unseen(text)
    if found is not None:
        raise Refusal("unseen_character", field=field, character=found.name, line=found.line, before=found.before)


def _told(text: str, place: int) -> Unseen:
    """Return where a character stands."""
    line_starts = text.rfind("\n", 0, place) + 1
    before = text[max(line_starts, place - _WORDS_BEFORE) : place]
    return Unseen(text[place], place, text.count("\n", 0, place) + 1, before)
