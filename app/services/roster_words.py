"""Rosters in words, in any of the three languages, for pages and papers alike."""

from __future__ import annotations

from app import labels, words
from app.domain.rosters import Quorum, Substitution
from app.services.rosters import EntryLine, Order


def order_reason(order: Order, language: str) -> str:
    """Say by which rule the parties stand as they do."""
    gettext = words.translations(language).gettext
    now = order.precedence
    if now.rule == "rotating":
        first = words.party_name(order.parties[0], language) if order.parties else ""
        return str(gettext("In turns, in the mechanism’s own order, from %(party)s on.")) % {"party": first}
    spoken = labels.label("language", now.language, language)
    if now.host is None:
        return str(gettext("Alphabetical. Language: %(language)s.")) % {"language": spoken}
    values = {"language": spoken, "host": words.party_name(now.host, language)}
    return str(gettext("Alphabetical in the language of the host, %(host)s: %(language)s.")) % values


def quorum_said(quorum: Quorum, language: str) -> str:
    """Say whether a day's sitting had its quorum, or is informal and for want of whom."""
    gettext = words.translations(language).gettext
    if quorum.state == "none":
        return str(gettext("No attendance is recorded."))
    if quorum.state == "quorum":
        return str(gettext("Quorum: every party is recorded present."))
    unrecorded = str(gettext("Not recorded yet: %(parties)s.")) % {"parties": _named(quorum.unrecorded, language)}
    if quorum.state == "open":
        return unrecorded
    missing = str(gettext("Informal sitting, without a quorum. Missing: %(parties)s."))
    said = missing % {"parties": _named(quorum.missing, language)}
    return f"{said} {unrecorded}" if quorum.unrecorded else said


def substitution_said(substitution: Substitution, language: str) -> str:
    """Say who is spoken for, and what level was expected where somebody of another spoke."""
    gettext = words.translations(language).gettext
    said = []
    if substitution.acts_for:
        said.append(str(gettext("Speaks for %(name)s.")) % {"name": substitution.acts_for})
    if substitution.expected and substitution.actual and substitution.expected != substitution.actual:
        expected, actual = (
            labels.label("roster_level", level, language) for level in (substitution.expected, substitution.actual)
        )
        level = str(gettext("Level: %(actual)s; expected: %(expected)s."))
        said.append(level % {"actual": actual, "expected": expected})
    return " ".join(said)


def presence_said(line: EntryLine, language: str) -> str:
    """Say on which days somebody was there and how; nothing where nobody recorded it."""
    parts = [
        f"{words.day_short_month(on, language)}{words.before_signs(language)}: "
        f"{labels.label('presence', presence, language)}"
        for on, presence in sorted(line.attended.items())
    ]
    return "; ".join(parts)


def _named(parties: tuple[str, ...], language: str) -> str:
    names = [words.party_name(code, language) for code in words.party_order(parties, language)]
    return words.list_of(names, language)
