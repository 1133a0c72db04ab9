"""The words for states and kinds of texts, their languages, signatures and silences; `app.labels` lists them."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str, str], str]
Table = dict[str, str]


def outcome_kinds(pgettext: Say) -> Table:
    """Return the kinds of texts that are agreed word by word."""
    return {
        "joint_statement": pgettext("kind of text", "joint statement"),
        "summary_of_conclusions": pgettext("kind of text", "summary of conclusions"),
        "minutes": pgettext("kind of text", "minutes"),
        "chairs_summary": pgettext("kind of text", "chair’s summary"),
        "terms_of_reference": pgettext("kind of text", "terms of reference"),
        "agenda": pgettext("kind of text", "agenda"),
    }


def text_states(pgettext: Say) -> Table:
    """Return the states of a text."""
    return {
        "draft": pgettext("state of a text", "draft"),
        "under_silence": pgettext("state of a text", "under silence"),
        "adopted": pgettext("state of a text", "adopted"),
        "withdrawn": pgettext("state of a text", "withdrawn"),
    }


def language_states(pgettext: Say) -> Table:
    """Return how far a text or a document is in one language."""
    return {
        "not_needed": pgettext("state of a language version", "not needed"),
        "requested": pgettext("state of a language version", "requested"),
        "draft": pgettext("state of a language version", "draft"),
        "in_revision": pgettext("state of a language version", "in revision"),
        "cleared": pgettext("state of a language version", "cleared"),
        "authentic": pgettext("state of a language version", "authentic"),
    }


def language_faults(pgettext: Say) -> Table:
    """Return what keeps a translated paragraph from being cleared."""
    return {
        "missing": pgettext("fault of a translation", "not translated yet"),
        "out_of_date": pgettext("fault of a translation", "the original has changed since"),
        "brackets_differ": pgettext("fault of a translation", "its brackets are not those of the original"),
        "names_differ": pgettext("fault of a translation", "it has names that the original has not"),
    }


def name_orders(pgettext: Say) -> Table:
    """Return the orders in which a text names its parties."""
    return {
        "host_first": pgettext("order of names", "the host first, then alphabetical in each language"),
        "alternat": pgettext("order of names", "alternat: each party first in its own original"),
        "alphabetical": pgettext("order of names", "alphabetical in each language"),
    }


def reservation_kinds(pgettext: Say) -> Table:
    """Return the kinds of what a party appends to a text."""
    return {
        "reservation": pgettext("kind of statement", "reservation"),
        "footnote": pgettext("kind of statement", "footnote"),
        "interpretative_statement": pgettext("kind of statement", "interpretative statement"),
        "explanation_of_position": pgettext("kind of statement", "explanation of position"),
    }


def silence_states(pgettext: Say) -> Table:
    """Return the states of a silence."""
    return {
        "circulated": pgettext("state of a silence", "circulated"),
        "running": pgettext("state of a silence", "running"),
        "held": pgettext("state of a silence", "held"),
        "broken": pgettext("state of a silence", "broken"),
        "adopted": pgettext("state of a silence", "adopted"),
        "withdrawn": pgettext("state of a silence", "withdrawn"),
        "lapsed": pgettext("state of a silence", "lapsed"),
    }


def signature_standings(pgettext: Say) -> Table:
    """Return what a signature is, and what a party is that has none."""
    return {
        "counts": pgettext("signature on a text", "signed"),
        "ad_referendum": pgettext("signature on a text", "ad referendum"),
        "lapsed": pgettext("signature on a text", "lapsed, not confirmed in time"),
        "voided": pgettext("signature on a text", "void"),
        "other_content": pgettext("signature on a text", "on another content"),
        "waits_in_silence": pgettext("signature on a text", "waits in silence"),
        "agreed_in_silence": pgettext("signature on a text", "accepted early"),
        "missing": pgettext("signature on a text", "not signed"),
        "not_needed": pgettext("signature on a text", "not needed"),
    }
