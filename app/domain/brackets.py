r"""Disputed words inside a wording: alternatives side by side, each tagged by the parties that want it.

Written as diplomats stack them: `They will [[CA MX: place it on the agenda][US: examine it]] and report.` An
alternative without words is for leaving them out (`[US:]`); one without a party (`[: words]`) is whoever chairs'.
A single bracket is a bracket; `\[` before another keeps two from opening a dispute.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.domain.errors import Refusal

OPENING: Final = "[["
BETWEEN: Final = "]["
CLOSING: Final = "]]"
ALTERNATIVES_LIMIT: Final = 10
BRACKETS_LIMIT: Final = 50

# What a backslash escapes is passed over; the groups are the marks.
_OUTSIDE: Final = re.compile(r"\\.|(\[\[|\]\])", re.DOTALL)
_INSIDE: Final = re.compile(r"\\.|(\[\[|\]\[|\]\])", re.DOTALL)
_TAG: Final = re.compile(r"\s*([A-Z0-9]{0,8}(?:[ ,]+[A-Z0-9]{1,8})*)\s*:")
_CODES: Final = re.compile(r"[A-Z0-9]+")
# Of a run of blanks only its beginning is tried: twenty thousand of them took seconds otherwise.
_LINE_END: Final = re.compile(r"(?:(?<! ) +)?\n *")
_EXCERPT: Final = 40


@dataclass(frozen=True)
class Alternative:
    """The words that some parties want, in Markdown; no words: they want them left out. No party: nobody's yet."""

    parties: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Bracket:
    """Disputed words: at least one alternative, no party in two of them."""

    alternatives: tuple[Alternative, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """Return the parties that want one of the alternatives, by code."""
        return tuple(sorted(party for each in self.alternatives for party in each.parties))


Part = str | Bracket
Parts = tuple[Part, ...]


def parse(source: str, field: str, parties: Collection[str] | None = None) -> Parts:
    """Return the parts of a wording: words as typed and brackets, in order; no two neighbours are words.

    `parties` are the codes that a tag may have; None takes any. Raises `Refusal` with `number` (the bracket, from 1)
    and `words` (how it begins): `bracket_not_closed`, `bracket_not_opened`, `bracket_nested`, `bracket_untagged`,
    `bracket_empty`, `bracket_unknown_party` (`party`), `bracket_party_twice` (`party`), `bracket_same_words`,
    `bracket_untagged_twice`, `bracket_three`, `bracket_lines`, `bracket_too_many` and
    `bracket_too_many_alternatives` (`limit`).
    """
    parts: list[Part] = []
    begun = 0
    while (at := _next(_OUTSIDE, source, begun)) >= 0:
        where = _Where(field, sum(isinstance(part, Bracket) for part in parts) + 1, _excerpt(source, at))
        if source.startswith(CLOSING, at):
            raise where.refusal("bracket_not_opened")
        if where.number > BRACKETS_LIMIT:
            raise where.refusal("bracket_too_many", limit=BRACKETS_LIMIT)
        end, written = _written(source, at, where)
        if source[begun:at]:
            parts.append(source[begun:at])
        parts.append(Bracket(_alternatives(written, where, parties)))
        begun = end
    if source[begun:]:
        parts.append(source[begun:])
    return tuple(parts)


def bracket_at(source: str, at: int) -> tuple[Bracket, int] | None:
    """Return the bracket that opens at a place, and the place behind it; None where there is none that is sound."""
    if not source.startswith(OPENING, at):
        return None
    where = _Where("", 1, "")
    try:
        end, written = _written(source, at, where)
        return Bracket(_alternatives(written, where, None)), end
    except Refusal:
        return None


def printed(parts: Sequence[Part]) -> str:
    """Return the wording that `parse` makes these parts of, each bracket in its one way of writing."""
    return "".join(part if isinstance(part, str) else _printed_bracket(part) for part in parts)


def brackets_of(parts: Sequence[Part]) -> tuple[Bracket, ...]:
    """Return the brackets among the parts, in order."""
    return tuple(part for part in parts if isinstance(part, Bracket))


def open_count(parts: Sequence[Part]) -> int:
    """Return how many brackets are open."""
    return len(brackets_of(parts))


def resolve(parts: Sequence[Part], number: int, choice: int | None) -> Parts:
    """Return the parts with a bracket (from 1) settled on an alternative (from 0), or on leaving the words out.

    Raises `Refusal("bracket_gone")` where there is no such bracket or alternative.
    """
    _place(parts, number)
    alternatives = brackets_of(parts)[number - 1].alternatives
    if choice is None:
        return settle(parts, number, "")
    if not 0 <= choice < len(alternatives):
        raise Refusal("bracket_gone", field="bracket")
    return settle(parts, number, alternatives[choice].words)


def settle(parts: Sequence[Part], number: int, words: str) -> Parts:
    """Return the parts with a bracket (from 1) replaced by words, no space doubled where they are none.

    Raises `Refusal("bracket_gone")` where there is no such bracket.
    """
    at = _place(parts, number)
    before, after = "".join(_words_at(parts, at - 1)), "".join(_words_at(parts, at + 1))
    if not words:
        before, after = _closed_up(before, after, is_first=at == 0)
    left = parts[: at - len(_words_at(parts, at - 1))]
    right = parts[at + 1 + len(_words_at(parts, at + 1)) :]
    whole = _joined(_joined(before, words), after)
    return (*left, *((whole,) if whole else ()), *right)


def replaced(parts: Sequence[Part], number: int, bracket: Bracket, field: str) -> Parts:
    """Return the parts with a bracket (from 1) in another's place, which is checked as a typed one is."""
    at = _place(parts, number)
    return parse(printed((*parts[:at], bracket, *parts[at + 1 :])), field)


def supported(bracket: Bracket, party: str, choice: int) -> Bracket:
    """Return the bracket with a party behind an alternative (from 0), and behind no other.

    An alternative that nobody wants any more goes. Raises `Refusal("bracket_gone")` where there is none.
    """
    if not 0 <= choice < len(bracket.alternatives):
        raise Refusal("bracket_gone", field="bracket")
    moved = [
        replace(each, parties=_with(each.parties, party, is_wanted=number == choice))
        for number, each in enumerate(bracket.alternatives)
    ]
    kept = (new for old, new in zip(bracket.alternatives, moved, strict=True) if new.parties or not old.parties)
    return Bracket(tuple(kept))


@dataclass(frozen=True)
class _Where:
    """Which bracket is being read: the form's field, its number from 1, how it begins."""

    field: str
    number: int
    words: str

    def refusal(self, key: str, **values: object) -> Refusal:
        """Return a refusal that names the bracket."""
        return Refusal(key, field=self.field, number=self.number, words=self.words, **values)


def _written(source: str, at: int, where: _Where) -> tuple[int, list[str]]:
    """Return the place behind the bracket that opens at a place, and its alternatives as they are written."""
    written: list[str] = []
    begun = at + len(OPENING)
    while True:
        stop = _next(_INSIDE, source, begun)
        if stop < 0:
            raise where.refusal("bracket_not_closed")
        if source.startswith(OPENING, stop):
            raise where.refusal("bracket_nested")
        written.append(source[begun:stop])
        if len(written) > ALTERNATIVES_LIMIT:
            raise where.refusal("bracket_too_many_alternatives", limit=ALTERNATIVES_LIMIT)
        begun = stop + 2
        if source.startswith(CLOSING, stop):
            if source.startswith("]", begun):
                raise where.refusal("bracket_three")
            return begun, written


def _alternatives(written: Sequence[str], where: _Where, parties: Collection[str] | None) -> tuple[Alternative, ...]:
    """Return the alternatives of a bracket, checked."""
    found = tuple(_alternative(each, where) for each in written)
    if not any(each.words for each in found):
        raise where.refusal("bracket_empty")
    if len({each.words for each in found}) < len(found):
        raise where.refusal("bracket_same_words")
    seen: set[str] = set()
    for party in _tagged(found):
        if parties is not None and party and party not in parties:
            raise where.refusal("bracket_unknown_party", party=party)
        if party in seen:
            raise where.refusal("bracket_party_twice" if party else "bracket_untagged_twice", party=party)
        seen.add(party)
    return found


def _tagged(alternatives: Sequence[Alternative]) -> Iterator[str]:
    """Yield each tag of each alternative; an empty one for an alternative that has none."""
    for each in alternatives:
        yield from each.parties or ("",)


def _alternative(written: str, where: _Where) -> Alternative:
    """Return one alternative as it is written, its tag apart from its words."""
    tag = _TAG.match(written)
    if tag is None:
        raise where.refusal("bracket_untagged")
    if "\n\n" in _LINE_END.sub("\n", written):
        raise where.refusal("bracket_lines")
    codes: list[str] = _CODES.findall(tag[1])
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise where.refusal("bracket_party_twice", party=twice)
    return Alternative(tuple(sorted(codes)), _trimmed(_LINE_END.sub(" ", written[tag.end() :])))


def _trimmed(words: str) -> str:
    """Return words without blanks at their ends; a backslash that escaped the last blank stays one."""
    trimmed = words.strip(" \n")
    slashes = len(trimmed) - len(trimmed.rstrip("\\"))
    return trimmed + "\\" if slashes % 2 else trimmed


def _printed_bracket(bracket: Bracket) -> str:
    """Return a bracket in its one way of writing."""
    return OPENING + BETWEEN.join(_printed_alternative(each) for each in bracket.alternatives) + CLOSING


def _printed_alternative(alternative: Alternative) -> str:
    """Return an alternative in its one way of writing."""
    return f"{' '.join(alternative.parties)}: {alternative.words}".rstrip(" ")


def _next(marks: re.Pattern[str], source: str, begun: int) -> int:
    """Return the place of the next mark, or -1."""
    return next((found.start() for found in marks.finditer(source, begun) if found[1]), -1)


def _place(parts: Sequence[Part], number: int) -> int:
    """Return where among the parts a bracket (from 1) stands, or refuse."""
    places = [index for index, part in enumerate(parts) if isinstance(part, Bracket)]
    if not 1 <= number <= len(places):
        raise Refusal("bracket_gone", field="bracket")
    return places[number - 1]


def _words_at(parts: Sequence[Part], index: int) -> list[str]:
    """Return the words at a place among the parts; none where a bracket or nothing stands there."""
    return [part for part in parts[max(0, index) : index + 1] if isinstance(part, str)]


def _closed_up(before: str, after: str, *, is_first: bool) -> tuple[str, str]:
    """Return the words on both sides of what is left out, with no space too many between them."""
    if is_first or before.endswith((" ", "\n")):
        after = after.lstrip(" ")
    if after.startswith((",", ".", ")")):  # French has a space before the others
        before = before.removesuffix(" ")
    return before, after


def _joined(left: str, right: str) -> str:
    """Return two pieces of words as one, in which no mark arises that neither had."""
    is_mark = left[-1:] in {"[", "]"} and left[-1:] == right[:1]
    slashes = len(left[:-1]) - len(left[:-1].rstrip("\\"))
    return f"{left}\\{right}" if is_mark and slashes % 2 == 0 else left + right


def _with(parties: tuple[str, ...], party: str, *, is_wanted: bool) -> tuple[str, ...]:
    """Return the parties with one more or one less."""
    others = {each for each in parties if each != party}
    return tuple(sorted({*others, party} if is_wanted else others))


def _excerpt(source: str, at: int) -> str:
    """Return how a bracket begins."""
    begins = source[at : at + _EXCERPT]
    return begins + "…" if len(source) > at + _EXCERPT else begins
