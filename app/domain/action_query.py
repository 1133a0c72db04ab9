"""The text filter of action items: `party:MX is:overdue due:<2027-01-01 @me border`, read and written back.

A term is `key:value`, several values between commas (any of them), a free word, `@me` (what the reader's own
account has to do) or `@us` (what their delegation owes). All terms must hold; `-` before one turns it round.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.domain import action_query_words as vocabulary
from app.domain.action_query_words import folded, said, value_said
from app.domain.errors import Refusal

MOST_CHARACTERS: Final = 1000
MOST_TERMS: Final = 30
MOST_VALUES: Final = 20

WORD: Final = "word"  # the key of a free word
OWN: Final = "own"  # of @me and @us
_CAPITALS: Final = frozenset({"party", "office", "lead", "serves", "ref", "meeting"})
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]{0,79}")
_SIGNS: Final = ("<=", ">=", "<", ">", "=")
_SIGNED: Final = re.compile(r"(?P<key>[^\W\d_][\w\-]*)(?P<sign>:(?:<=|>=|<|>|=)?|<=|>=|<|>|=)(?P<rest>.*)", re.DOTALL)
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_AHEAD: Final = re.compile(r"([+-]?)(\d{1,4})([dwjs])", re.IGNORECASE)  # d, j: days; w, s: weeks
_QUOTES: Final = {'"': '"', "“": "”", "«": "»"}
_PLAIN: Final = re.compile(r"[^\s\"“”«»,:<>=@\-][^\s\"“”«»,:<>=@]*")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a key and the values of which any may hold, turned round where it is `negated`.

    `sign` compares a day (`due`) or a number of days (`quiet`), and is `=` everywhere else. Values are in the
    one form in which they are compared: codes in capitals, states by their key, days as `2027`, `2027-03`,
    `2027-03-01`, `a..b`, `7d` or `none`.
    """

    key: str
    values: tuple[str, ...]
    negated: bool = False
    sign: str = "="


@dataclass(frozen=True, slots=True)
class ActionQuery:
    """What a list of actions is narrowed to: all of these terms."""

    terms: tuple[Term, ...] = ()

    def value(self, key: str) -> str | None:
        """Return what a control of that key shows: its one value, "" where it is not asked, None for more than that."""
        found = [term for term in self.terms if term.key == key]
        if not found:
            return ""
        (term, *others) = found
        if others or term.negated or len(term.values) > 1:
            return None
        return term.values[0] if term.sign == "=" else f"{term.sign}{term.values[0]}"

    def with_value(self, key: str, value: str) -> ActionQuery:
        """Return the query with one value of a key, as a control gives it, in place of what was asked of it."""
        kept = [term for term in self.terms if term.key != key]
        at = next((place for place, term in enumerate(self.terms) if term.key == key), len(kept))
        new = [_term(key, value, negated=False, language="en")] if value else []
        return ActionQuery((*kept[:at], *new, *kept[at:]))


# Reading ------------------------------------------------------------------------------------------


def parse(text: str, language: str = "en") -> ActionQuery:
    """Return the query that a text means; `language` is that of the words in which a refusal says what is allowed.

    Raises `Refusal` (field `q`), each with the `word` that it is about: `query_too_long` (`limit`),
    `query_open_quote`, `query_unknown_key` and `query_unknown_value` (`allowed`), `query_no_value`, `query_not_a_day`,
    `query_sign`, `query_not_days`, `query_not_a_code`, `query_unknown_own`.
    """
    text = "".join(char if char.isprintable() or char.isspace() else " " for char in text)
    if len(text) > MOST_CHARACTERS:
        raise _refused("query_too_long", text[:20], limit=MOST_CHARACTERS)
    pieces = _pieces(text)
    terms: list[Term] = []
    place = 0
    while place < len(pieces):
        term, place = _read(pieces, place, language)
        if term not in terms:
            terms.append(term)
    if len(terms) > MOST_TERMS:
        raise _refused("query_too_many", text[:20], limit=MOST_TERMS)
    return ActionQuery(tuple(terms))


def _pieces(text: str) -> list[str]:
    """Return the text cut at spaces outside quotation marks, which are made straight."""
    found, piece, closing = [], "", ""
    for letter in text:
        if closing:
            piece += '"' if letter == closing else letter
            closing = "" if letter == closing else closing
        elif letter in _QUOTES:
            piece, closing = f'{piece}"', _QUOTES[letter]
        elif letter.isspace() or not letter.isprintable():
            found.append(piece)
            piece = ""
        else:
            piece += letter
    if closing:
        raise _refused("query_open_quote", piece)
    return [each for each in [*found, piece] if each]


def _read(pieces: list[str], place: int, language: str) -> tuple[Term, int]:
    """Return the term that begins at a place, and the place after it."""
    piece = pieces[place]
    negated = piece.startswith("-") and len(piece) > 1
    bare = piece[1:] if negated else piece
    if bare.startswith("@"):
        own = vocabulary.own_of(bare[1:])
        if own is None:
            raise _refused("query_unknown_own", piece, allowed=", ".join(_owns_said(language)))
        return Term(OWN, (own,), negated), place + 1
    signed = None if bare.startswith('"') else _SIGNED.fullmatch(bare)
    if signed is None:
        return Term(WORD, (_word(bare, piece),), negated), place + 1
    key = vocabulary.key_of(signed["key"])
    if key is None:
        raise _refused("query_unknown_key", signed["key"], allowed=", ".join(vocabulary.keys_said(language)))
    rest = signed["sign"].removeprefix(":") + signed["rest"]
    following = pieces[place + 1] if place + 1 < len(pieces) else ""
    if key in vocabulary.VALUES and _takes_the_next(key, rest, following):
        return _term(key, f"{rest} {following}", negated=negated, language=language), place + 2
    return _term(key, rest, negated=negated, language=language), place + 1


def _takes_the_next(key: str, rest: str, following: str) -> bool:
    """Say whether a value runs on into the next word: `état:en retard`."""
    last = rest.rpartition(",")[2]
    is_whole = vocabulary.value_of(key, last) is not None
    return not is_whole and bool(following) and vocabulary.value_of(key, f"{last} {following}") is not None


def _term(key: str, rest: str, *, negated: bool, language: str) -> Term:
    """Return the term of a key and what is written after its colon."""
    sign = next((each for each in _SIGNS if rest.startswith(each)), "")
    if sign and key not in {"due", "quiet"} and sign != "=":
        raise _refused("query_sign", f"{said(key, language)}:{rest}", term=said(key, language))
    values = [_one(key, each, language) for each in _listed(rest.removeprefix(sign))]
    if not values or not all(values):
        raise _refused("query_no_value", said(key, language))
    if len(values) > MOST_VALUES:
        raise _refused("query_too_many", said(key, language), limit=MOST_VALUES)
    kept = tuple(dict.fromkeys(values))
    if key == "quiet":
        return Term(key, _only(kept, key, language), negated, ">" if sign in {"", "="} else _strict(sign, rest))
    sign = sign or "="
    if sign != "=" and (len(kept) > 1 or kept[0] == "none" or ".." in kept[0]):
        raise _refused("query_sign", f"{said(key, language)}:{rest}", term=said(key, language))
    return Term(key, kept, negated, sign)


def _strict(sign: str, rest: str) -> str:
    if sign not in {"<", ">"}:
        raise _refused("query_not_days", rest)
    return sign


def _only(values: tuple[str, ...], key: str, language: str) -> tuple[str, ...]:
    if len(values) > 1:
        raise _refused("query_not_days", f"{said(key, language)}:{','.join(values)}")
    return values


def _listed(written: str) -> list[str]:
    """Return the values between commas; one in quotation marks may hold some."""
    found, piece, is_quoted = [], "", False
    for letter in written:
        if letter == '"':
            is_quoted = not is_quoted
        elif letter == "," and not is_quoted:
            found.append(piece)
            piece = ""
        else:
            piece += letter
    return [" ".join(each.split()) for each in [*found, piece]]


def _one(key: str, written: str, language: str) -> str:
    """Return one value of a key in the form in which it is compared; "" where there is none."""
    if not written:
        return ""
    if key in vocabulary.VALUES:
        found = vocabulary.value_of(key, written)
        if found is None:
            allowed = ", ".join(vocabulary.values_said(key, language))
            raise _refused("query_unknown_value", written, term=said(key, language), allowed=allowed)
        return found
    if key == "due":
        return _day(written)
    if key == "quiet":
        return _days(written)
    if key == "person":
        return written
    if not _CODE.fullmatch(written):
        raise _refused("query_not_a_code", written, term=said(key, language))
    return written.upper() if key in _CAPITALS else written.lower()


def _day(written: str) -> str:
    first, dots, last = written.partition("..")
    if dots:
        ends = [_day_alone(first), _day_alone(last)]
        if "none" in ends:
            raise _refused("query_not_a_day", written)
        return "..".join(ends)
    return _day_alone(written)


def _day_alone(written: str) -> str:
    word = vocabulary.day_word_of(written)
    if word:
        return "0d" if word == "today" else word
    ahead = _AHEAD.fullmatch(written)
    if ahead:
        count = int(ahead[2]) * (7 if ahead[3].lower() in {"w", "s"} else 1)
        return f"{'-' if ahead[1] == '-' and count else ''}{count}d"
    try:
        _span(written)
    except ValueError:
        raise _refused("query_not_a_day", written) from None
    return written


def _days(written: str) -> str:
    found = re.fullmatch(r"(\d{1,4})[dj]?", written, re.IGNORECASE)
    if not found:
        raise _refused("query_not_days", written)
    return str(int(found[1]))


def _word(bare: str, piece: str) -> str:
    text = " ".join(bare.replace('"', " ").split())
    if not folded(text):
        raise _refused("query_no_value", piece)
    return text


def _owns_said(language: str) -> list[str]:
    return [f"@{names[language][0]}" for names in vocabulary.OWN.values()]


def _refused(key: str, word: str, **values: object) -> Refusal:
    return Refusal(key, field="q", word=word, **values)


# Days ---------------------------------------------------------------------------------------------


def _span(written: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a year, a month or a day; raises `ValueError`."""
    found = _DAY.fullmatch(written)
    if not found:
        raise ValueError(written)
    year, month, day = (int(part or 0) for part in found.groups())
    if found[2] is None:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    if found[3] is None:
        after = dt.date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
        return dt.date(year, month, 1), after - dt.timedelta(days=1) if after else dt.date.max
    return dt.date(year, month, day), dt.date(year, month, day)


def days_of(value: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that a value of `due` means, counted from `today` where it is relative."""
    if ".." in value:
        first, _, last = value.partition("..")
        return days_of(first, today)[0], days_of(last, today)[1]
    if value.endswith("d"):
        day = _clipped(today, int(value[:-1]))
        return day, day
    return _span(value)


def _clipped(today: dt.date, days: int) -> dt.date:
    try:
        return today + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max if days > 0 else dt.date.min


# Writing ------------------------------------------------------------------------------------------


def written(query: ActionQuery, language: str = "en") -> str:
    """Return the text of a query in its one form, in the words of a language; `parse` reads it back as it was."""
    return " ".join(_written(term, language) for term in query.terms)


def _written(term: Term, language: str) -> str:
    sign = "-" if term.negated else ""
    if term.key == OWN:
        return f"{sign}@{vocabulary.OWN[term.values[0]][language][0]}"
    if term.key == WORD:
        return f"{sign}{_quoted(term.values[0])}"
    compared = "" if term.sign == "=" else term.sign
    return f"{sign}{said(term.key, language)}:{compared}{','.join(_values(term, language))}"


def _values(term: Term, language: str) -> Iterable[str]:
    if term.key == "due":
        none = vocabulary.NONE[language][0]
        return (none if value == "none" else value for value in term.values)
    if term.key == "person":
        return (_quoted(value) for value in term.values)
    return (value_said(term.key, value, language) for value in term.values)


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else f'"{text}"'
