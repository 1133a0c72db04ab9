"""Owners as tables write them: `MX/US`, `Mexico, United States`, `SRE; State`, `Ana Robles (SRE)`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from app.domain.action_import_words import EVERYBODY, NOTHING, plain
from app.domain.errors import Refusal

OWNERS_LIMIT: Final = 24
# More than so many names of so many letters can have; a longer text is worked at for ever.
_LETTERS_LIMIT: Final = 2_000
_STRONG: Final = re.compile(r"\s*[;\n|/+]\s*|\s+[–—]\s+|\s*\\\s*")
_WEAK: Final = re.compile(r"\s*[,&]\s*|\s+(?:and|y|e|et|und)\s+", re.IGNORECASE)
_WITH: Final = re.compile(r"(?P<one>[^()\[\]]+?)\s*[(\[](?P<other>[^()\[\]]+)[)\]]")
_COLON: Final = re.compile(r"(?P<one>[^:]+?)\s*(?::|\s-)\s*(?P<other>[^:]+)")
# How lists call a government beside its code and its names.
ALSO_CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "CA": ("CAN", "CDA", "Canadian", "Canadá", "Canadienne"),
    "MX": ("MEX", "México", "Mexique", "Mexican", "Méx"),
    "US": (
        "USA", "U.S.", "U.S.A.", "EUA", "EE.UU.", "EEUU", "EE. UU.", "É.-U.", "EU", "United States of America",
        "Estados Unidos de América", "États-Unis d’Amérique", "American", "Estados Unidos", "États-Unis",
    ),
}  # fmt: skip
_A_NAME: Final = re.compile(r"[^\W\d_][^\d<>{}\[\]=@#]*")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owes: a party, and as far as it is written the office and the person there."""

    party: str
    office: str | None = None
    person: str | None = None
    person_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """What owners may be called: by the plain form of each name, whom it means."""

    parties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    offices: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    people: Mapping[str, frozenset[tuple[str, uuid.UUID]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one piece of a cell says."""

    party: str | None = None
    office: str | None = None
    person: str | None = None
    person_id: uuid.UUID | None = None


def parties_of(written: str, directory: Directory, column: str, everybody: Iterable[str]) -> tuple[str, ...]:
    """Return the parties that a cell names; raises `Refusal("unknown_party_named")` (`written`)."""
    if plain(written) in EVERYBODY:
        return tuple(sorted(everybody))
    found = {owner.party for owner in owners_of(written, directory, column, None, everybody)}
    return tuple(sorted(found))


def owners_of(
    written: str, directory: Directory, column: str, plain_party: str | None, everybody: Iterable[str]
) -> tuple[Owner, ...]:
    """Return one owner for each party that a cell names, in the order of their codes.

    A party has one leg: its first office is kept, further ones stand beside the persons' names. A name that is no
    party's, office's or account's is a person of the party or office beside it, else of `plain_party`. Raises
    `Refusal` with `column`: `unknown_owner`, `ambiguous_owner` (`written`), `too_many_owners`.
    """
    if len(written) > _LETTERS_LIMIT or len(_WEAK.findall(written)) > 2 * OWNERS_LIMIT:
        raise Refusal("too_many_owners", field=column, limit=OWNERS_LIMIT)
    said = " ".join(written.replace("\n", " ; ").split())
    if plain(said) in NOTHING:
        return ()
    if plain(said) in EVERYBODY:
        return tuple(Owner(code) for code in sorted(everybody))
    pieces = [each for piece in _STRONG.split(said) if piece for each in _pieces(piece.strip(), directory)]
    whole = _known(said, directory)
    if whole is not None:
        pieces = [whole]
    if len(pieces) > OWNERS_LIMIT:
        raise Refusal("too_many_owners", field=column, limit=OWNERS_LIMIT)
    return _joined(_with_party(pieces, said, plain_party, column))


def _pieces(text: str, directory: Directory) -> list[_Found]:
    """Return what a text without strong marks says; the longest run of words that is a name is one."""
    alone = _known(text, directory) or _pair(text, directory)
    if alone is not None:
        return [alone]
    marks = [(match.start(), match.end()) for match in _WEAK.finditer(text)]
    for start, end in reversed(marks):
        head = _known(text[:start].strip(), directory) or _pair(text[:start].strip(), directory)
        if head is not None:
            return [head, *_pieces(text[end:].strip(), directory)] if text[end:].strip() else [head]
    if marks:
        start, end = marks[0]
        rest = text[end:].strip()
        return [_Found(person=text[:start].strip()), *(_pieces(rest, directory) if rest else [])]
    return [_Found(person=text)]


def _pair(text: str, directory: Directory) -> _Found | None:
    """Return what `one (other)` or `one: other` says: a party, office or person beside one that is known."""
    match = _WITH.fullmatch(text) or _COLON.fullmatch(text)
    if match is None:
        return None
    one, other = match["one"].strip(), match["other"].strip()
    first, second = _known(one, directory), _known(other, directory)
    for known, unknown, name in ((second, first, one), (first, second, other)):
        if known is not None and known.party is not None and known.person is None:
            office = _office_in(name, known.party, directory)
            if office is not None:
                return replace(known, office=office)
            if unknown is not None and unknown.party == known.party:
                return _merged(known, unknown)
            if unknown is None or unknown.party is None:
                return replace(known, person=name)
    return None


def _merged(one: _Found, other: _Found) -> _Found:
    return _Found(one.party, one.office or other.office, one.person or other.person, one.person_id or other.person_id)


def _office_in(name: str, party: str, directory: Directory) -> str | None:
    found = {office for code, office in directory.offices.get(plain(name), ()) if code == party}
    return found.pop() if len(found) == 1 else None


def _known(text: str, directory: Directory) -> _Found | None:
    """Return whom a name means; a _Found without a party where it means several."""
    key = plain(text)
    if not key:
        return None
    parties = directory.parties.get(key, frozenset())
    if len(parties) == 1:
        return _Found(next(iter(parties)))
    offices = directory.offices.get(key, frozenset())
    if len(offices) == 1:
        return _Found(*next(iter(offices)))
    people = directory.people.get(key, frozenset())
    if len(people) == 1:
        party, person_id = next(iter(people))
        return _Found(party, None, text, person_id)
    return _Found() if parties or offices or people else None


def _with_party(pieces: list[_Found], written: str, plain_party: str | None, column: str) -> list[Owner]:
    """Return the pieces as owners; a person alone belongs to the party that was named just before or after."""
    owners = []
    for place, piece in enumerate(pieces):
        if piece.party is not None:
            owners.append(Owner(piece.party, piece.office, piece.person, piece.person_id))
            continue
        if piece.person is None:
            raise Refusal("ambiguous_owner", field=column, written=written[:80])
        named = {each.party for each in pieces if each.party is not None}
        before = next((each.party for each in reversed(pieces[:place]) if each.party), None)
        party = (next(iter(named)) if len(named) == 1 else None) or before or plain_party
        if party is None or _A_NAME.fullmatch(piece.person) is None or len(piece.person) > 120:
            raise Refusal("unknown_owner", field=column, written=piece.person[:80])
        if named and plain_party is None and len(piece.person.split()) < 2:
            # One word beside a party is as likely an office that is not known here as a name.
            raise Refusal("unknown_owner", field=column, written=piece.person[:80])
        owners.append(Owner(party, None, piece.person))
    return owners


def _joined(owners: list[Owner]) -> tuple[Owner, ...]:
    found: dict[str, list[Owner]] = {}
    for owner in owners:
        found.setdefault(owner.party, []).append(owner)
    return tuple(_one(found[party]) for party in sorted(found))


def _one(owners: list[Owner]) -> Owner:
    offices = list(dict.fromkeys(owner.office for owner in owners if owner.office))
    people = list(dict.fromkeys(owner.person for owner in owners if owner.person))
    people += offices[1:]
    ids = {owner.person_id for owner in owners if owner.person_id}
    only = len(people) == 1 and len(ids) == 1
    return Owner(
        owners[0].party, offices[0] if offices else None, "; ".join(people) or None, ids.pop() if only else None
    )
