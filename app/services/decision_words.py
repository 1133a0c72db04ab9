"""What a decision is, in the reader's words: a title, lines, and what stands beside what would be.

Each kind of decision has its own: the service of the kind says it in a function marked with `@says("hosting")`. A
kind that nobody gave words to has its plain name. Pages, mails and the first page take the words from here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app import words
from app.models import Decision, Mechanism, Meeting


@dataclass(frozen=True, slots=True)
class Told:
    """A decision with what its words need: what it is on, and the names of mechanisms by their refs and codes."""

    decision: Decision
    mechanism: Mechanism | None = None
    meeting: Meeting | None = None
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def content(self) -> Mapping[str, Any]:
        """Return what would be, in the form of the decision's kind."""
        return self.decision.content


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would change: its name, how it stands (or stood), and how it would be (or is)."""

    name: str
    stands: str
    would_be: str


@dataclass(frozen=True, slots=True)
class Said:
    """A decision in words: a title of one line without an end stop, sentences, and what would change."""

    title: str
    lines: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


Say = Callable[[Told, str], Said]
_sayings: dict[str, Say] = {}


def says(kind: str) -> Callable[[Say], Say]:
    """Declare the words of a kind of decision: a function of what is told and a language."""

    def declare(function: Say) -> Say:
        _sayings[kind] = function
        return function

    return declare


def said_of(told: Told, language: str) -> Said:
    """Return a decision in words; content that its kind cannot read gets the kind's plain name."""
    say = _sayings.get(told.decision.kind)
    if say is not None:
        try:
            return say(told, language)
        except (KeyError, TypeError, ValueError):  # what an older release wrote is no reason to show no page
            pass
    return Said(kind_name(told.decision.kind, language))


def kind_name(kind: str, language: str) -> str:
    """Return the plain name of a kind of decision."""
    pgettext = words.translations(language).pgettext
    names = {
        "entry": pgettext("kind of decision", "A new mechanism"),
        "facts": pgettext("kind of decision", "Correct the facts"),
        "not_held": pgettext("kind of decision", "A period without a meeting"),
        "merge": pgettext("kind of decision", "Merge two mechanisms"),
        "hosting": pgettext("kind of decision", "A change of hosts"),
        "appointment": pgettext("kind of decision", "A secretariat"),
        "release": pgettext("kind of decision", "A release to a guest"),
        "commitment": pgettext("kind of decision", "How a commitment is accounted for"),
        "agenda": pgettext("kind of decision", "The agenda of a meeting"),
        "topic": pgettext("kind of decision", "A topic that the mechanism sets aside"),
    }
    return str(names[kind])


def on_what(told: Told, language: str) -> str:
    """Return what a decision is on: a commitment or meeting by its reference, a mechanism by its name, or nothing."""
    if told.decision.kind == "commitment":
        return str(told.content.get("ref", ""))
    if told.meeting is not None:
        return told.meeting.reference
    return words.pick(told.mechanism.name, language)[0] if told.mechanism is not None else ""


def asker(decision: Decision, language: str) -> str:
    """Return who asked: a party by its name, else the secretariat."""
    if decision.asked_by_party is not None:
        return words.party_name(decision.asked_by_party, language)
    return str(words.translations(language).pgettext("who asked for a decision", "The secretariat"))


def wanted_on(told: Told) -> dt.date | None:
    """Return the day by which answers are wanted, where whoever asked gave one; else that of the meeting it is on."""
    written = told.content.get(ANSWER_BY)
    if isinstance(written, str):
        return dt.date.fromisoformat(written)
    return told.meeting.starts_on if told.meeting is not None else None


# Where the content of any decision may have the day by which answers are wanted, as ISO 8601 writes it.
ANSWER_BY: Final = "answer_by"
