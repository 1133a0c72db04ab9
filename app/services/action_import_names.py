"""What the words of a table mean to one viewer: parties, offices, people, mechanisms, in as many statements for any."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import select

from app.db import GuardedSession
from app.domain.action_import_owners import ALSO_CALLED, Directory
from app.domain.action_import_words import plain
from app.models import Mechanism, Office, OfficeName, Party
from app.services.leg_people import own_people
from app.services.practice import ORIGIN

_Meant = TypeVar("_Meant")
_MINISTRY: Final = re.compile(
    r"^(?:U\.?S\.? )?(?:Department|Ministry|Secretariat|Secretaría|Ministère|Département|Secrétariat|Departamento)"
    r"(?: of the | of | for | de la | de los | de l’| de | des | du | d’)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KnownMechanism:
    """A mechanism that rows can be of; `is_served` says whether the viewer may record under it."""

    id: uuid.UUID
    code: str
    name: Mapping[str, str]
    parties: frozenset[str]
    is_served: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What can be named: `core` are the parties that any action can be of, `zones` those of their capitals."""

    directory: Directory
    core: tuple[str, ...]
    zones: Mapping[str, str]
    party_names: Mapping[str, Mapping[str, str]]
    mechanisms: Mapping[str, KnownMechanism]
    by_name: Mapping[str, KnownMechanism]


def names_for(session: GuardedSession) -> Names:
    """Return what the viewer's tables can name."""
    parties = session.execute(select(Party).order_by(Party.code)).scalars().all()
    called = {party.code: (party.code, *_texts(party.name), *ALSO_CALLED.get(party.code, ())) for party in parties}
    mechanisms, by_name = _mechanisms(session)
    directory = Directory(
        parties=_by_plain((word, code) for code, words in called.items() for word in words),
        offices=_offices(session),
        people=_by_plain((person.name, (person.delegation or "", person.id)) for person in own_people(session)),
    )
    return Names(
        directory,
        tuple(party.code for party in parties if party.is_core),
        {party.code: party.time_zone for party in parties if party.time_zone},
        {party.code: party.name for party in parties},
        mechanisms,
        by_name,
    )


def _offices(session: GuardedSession) -> Mapping[str, frozenset[tuple[str, str]]]:
    rows = session.execute(select(Office.code, Office.party_code, Office.name)).all()
    said = [(word, (party, code)) for code, party, name in rows for word in _office_words(code, name)]
    party_of = {code: party for code, party, _ in rows}
    earlier = session.execute(select(OfficeName.office_code, OfficeName.name)).all()
    said += [(word, (party_of[code], code)) for code, name in earlier if code in party_of for word in _texts(name)]
    return _by_plain(said)


def _office_words(code: str, name: Mapping[str, str]) -> list[str]:
    """Return what an office is called: its code, its names, and these as people shorten them (State, Hacienda)."""
    short = [_MINISTRY.sub("", text) for text in _texts(name)]
    also = [f"{text} Department" for text in short]
    return [code, code.partition("-")[2], *_texts(name), *short, *also]


def _mechanisms(session: GuardedSession) -> tuple[dict[str, KnownMechanism], dict[str, KnownMechanism]]:
    """Return the mechanisms that are agreed, by code, and by whatever names only one of them; none to practise on."""
    viewer = session.bound_viewer
    served = {hat.mechanism_id for hat in viewer.hats}
    rows = session.execute(
        select(Mechanism.id, Mechanism.code, Mechanism.ref, Mechanism.prefix, Mechanism.name, Mechanism.parties)
        .where(
            Mechanism.status != "proposed", Mechanism.merged_into_id.is_(None), Mechanism.is_settled.is_(True),
            Mechanism.origin != ORIGIN,
        )
        .order_by(Mechanism.code)
    ).all()  # fmt: skip
    found: dict[str, KnownMechanism] = {}
    named: dict[str, list[KnownMechanism]] = {}
    for row in rows:
        is_served = viewer.party in row.parties if viewer.sits_at_a_table else row.id in served
        found[row.code] = known = KnownMechanism(row.id, row.code, row.name, frozenset(row.parties), is_served)
        for word in {plain(each) for each in (row.code, row.ref, row.prefix, *_texts(row.name)) if each}:
            named.setdefault(word, []).append(known)
    return found, {word: each[0] for word, each in named.items() if len(each) == 1}


def _texts(name: Mapping[str, str]) -> list[str]:
    return [text for language, text in name.items() if language != "original" and text]


def _by_plain(said: Iterable[tuple[str, _Meant]]) -> dict[str, frozenset[_Meant]]:
    found: dict[str, set[_Meant]] = {}
    for word, meant in said:
        if key := plain(word):
            found.setdefault(key, set()).add(meant)
    return {key: frozenset(meant) for key, meant in found.items()}
