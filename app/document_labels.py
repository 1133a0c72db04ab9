"""The words of documents: their kinds, how they stand, what amends them, and notes verbales."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str, str], str]
Table = dict[str, str]


def document_kinds(pgettext: Say) -> Table:
    """Return what kind of document it is."""
    return {
        "paper": pgettext("kind of document", "paper"),
        "agenda": pgettext("kind of document", "agenda"),
        "text": pgettext("kind of document", "adopted text"),
        "report": pgettext("kind of document", "report"),
    }


def document_states(pgettext: Say) -> Table:
    """Return how far a document is."""
    return {
        "expected": pgettext("state of a document", "not received"),
        "received": pgettext("state of a document", "received"),
        "withdrawn": pgettext("state of a document", "withdrawn"),
    }


def paper_standings(pgettext: Say) -> Table:
    """Return how a document that is expected stands with its day."""
    return {
        "overdue": pgettext("standing of a paper", "overdue"),
        "at_once": pgettext("standing of a paper", "due at once"),
        "on_time": pgettext("standing of a paper", "due later"),
    }


def amendments(pgettext: Say) -> Table:
    """Return what amends a document."""
    return {
        "Rev": pgettext("what amends a document", "Revision: it takes the place of this one"),
        "Corr": pgettext("what amends a document", "Correction: it mends words of this one"),
        "Add": pgettext("what amends a document", "Addition: it is read with this one"),
    }


def note_directions(pgettext: Say) -> Table:
    """Return which way a note verbale goes."""
    return {
        "out": pgettext("direction of a note verbale", "sent"),
        "in": pgettext("direction of a note verbale", "received"),
    }
