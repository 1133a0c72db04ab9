"""Which yes in a poll is a party's own yes to the meeting that takes the slot."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.polls import AnswerValue, DelegationAnswer


@dataclass(frozen=True, slots=True)
class Word:
    """What one seat that counts said itself to the slot: by whom and when, and whether they speak for their party."""

    party: str
    value: AnswerValue
    person_id: uuid.UUID
    at: datetime
    speaks: bool
    is_late: bool = False


def own_yes(outcomes: Mapping[str, DelegationAnswer], words: Iterable[Word]) -> dict[str, Word]:
    """Return the parties that said yes themselves, each with the word that counts as it.

    That is a yes to this very slot which a coordinator or head gave in time, where the delegation's answer is yes and
    none of it is only reported. No such word counts beside another of a coordinator or head that is none, nor beside
    anything else that came late: a later doubt must not look like a yes.
    """
    by_party: dict[str, list[Word]] = {}
    for word in words:
        by_party.setdefault(word.party, []).append(word)
    found = {}
    for party, outcome in outcomes.items():
        said = by_party.get(party, [])
        doubts = [word for word in said if word.value != "yes" and (word.speaks or word.is_late)]
        spoken = [word for word in said if word.value == "yes" and word.speaks and not word.is_late]
        if outcome.state == "yes" and not outcome.is_reported and spoken and not doubts:
            found[party] = max(spoken, key=lambda word: (word.at, word.person_id))
    return found
