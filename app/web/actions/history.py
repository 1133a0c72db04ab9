"""What was done to an action, in sentences: newest first, in the reader's words and time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app import labels, words
from app.domain.visibility import Viewer
from app.services.history import HistoryEntry
from app.web.actions.promise_words import promise_sentence
from app.web.actions.update_words import UPDATE_ACTS, update_sentence

Line = tuple[dt.datetime, str, str]


def history_of(entries: Sequence[HistoryEntry], viewer: Viewer, language: str) -> list[Line]:
    """Return each entry as (instant, time in the reader's city, sentence)."""
    return [
        (entry.at, words.day_and_time(entry.at, viewer.time_zone, language), sentence_of(entry, language))
        for entry in entries
    ]


def who(name: str | None, party_code: str | None, language: str) -> str:
    """Return who did it: the person to those who may know them, else their party, else the secretariat."""
    party = words.party_name(party_code, language) if party_code else None
    if name:
        return f"{name} ({party})" if party else name
    return party or str(_("the secretariat"))


def sentence_of(entry: HistoryEntry, language: str) -> str:
    """Return what was done, in one sentence."""
    doer = who(entry.person_name, entry.party_code, language)
    said: str | None = None
    match entry.act:
        case "action_recorded":
            said = _("%(who)s recorded the action.", who=doer)
        case "action_title_corrected":
            said = _("%(who)s corrected the title, which was “%(title)s”.", who=doer, title=_title(entry, language))
        case "leg_added":
            party = words.party_name(str(entry.facts["party"]), language)
            said = _("%(who)s added a leg of %(party)s.", who=doer, party=party)
        case "leg_updated":
            said = _leg_sentence(entry.facts, doer, language)
        case "leg_put_back":
            party = words.party_name(str(entry.facts["party"]), language)
            said = _("%(who)s took back a change of the leg of %(party)s.", who=doer, party=party)
        case "note_added":
            said = _("%(who)s added a note.", who=doer)
        case "note_corrected":
            said = _("%(who)s corrected a note.", who=doer)
        case act if act in UPDATE_ACTS:
            said = update_sentence(act, entry.facts, doer, language)
    said = said or _said_of_action(entry, doer, language)
    return str(said or labels.labels("audit_action", language).get(entry.act, entry.act))


def _said_of_action(entry: HistoryEntry, doer: str, language: str) -> str | None:
    """Say what was done to what an action says, to its links, its days, by meetings and for commitments."""
    match entry.act:
        case "leg_accepted":
            party = words.party_name(str(entry.facts["party"]), language)
            return str(_("%(who)s accepted the leg of %(party)s.", who=doer, party=party))
        case "action_edited":
            changes = [_change(name, was, language) for name, was in entry.facts["was"].items()]
            return str(_("%(who)s changed: %(changes)s.", who=doer, changes=words.list_of(changes, language)))
        case "action_linked" | "action_unlinked":
            return _link_sentence(entry, doer, language)
    return promise_sentence(entry.act, entry.facts, doer, language)


def _link_sentence(entry: HistoryEntry, doer: str, language: str) -> str:
    """Say what the action was said to be to another one, or that this was taken back."""
    link = f"{labels.label('action_link', str(entry.facts['said']), language)} {entry.facts['other']}"
    if entry.act == "action_linked":
        return str(_("%(who)s linked it: “%(link)s”.", who=doer, link=link))
    return str(_("%(who)s took a link back: “%(link)s”.", who=doer, link=link))


def _change(name: str, was: Any, language: str) -> str:
    """Return the name of what was changed, and what stood there before."""
    called = {
        "body": _("the text"), "conclusion": _("the conclusion"), "kind": _("the kind"), "lead_party": _("who leads"),
        "priority": _("the priority"), "horizon": _("the horizon"),
    }.get(name)  # fmt: skip
    if called is None:
        return str(_("what its kind asks for"))
    before = _before(name, was, language)
    return str(_("%(what)s (was “%(was)s”)", what=called, was=before)) if before else str(called)


def _before(name: str, was: Any, language: str) -> str:
    if not was:
        return ""
    match name:
        case "body" | "conclusion":
            return words.pick(was, language)[0]
        case "lead_party":
            return words.party_name(str(was), language)
        case "kind":
            return labels.label("action_kind", str(was), language)
    return labels.label(name, str(was), language)


def _title(entry: HistoryEntry, language: str) -> str:
    """Return the title that stood before."""
    return words.pick(entry.facts["was"], language)[0]


def _leg_sentence(facts: Any, doer: str, language: str) -> str:
    """Say what changed of a leg: its state first, else its day, else something smaller."""
    was, now = facts["was"], facts["now"]
    party = words.party_name(str(facts["party"]), language)
    if was["state"] != now["state"]:
        old, new = (labels.label("leg_state", side["state"], language) for side in (was, now))
        if now["reason"]:
            sentence = _(
                "%(party)s: from “%(old)s” to “%(new)s”, by %(who)s. %(reason)s",
                party=party, old=old, new=new, who=doer, reason=now["reason"],
            )  # fmt: skip
            return str(sentence)
        return str(_("%(party)s: from “%(old)s” to “%(new)s”, by %(who)s.", party=party, old=old, new=new, who=doer))
    if was["due_on"] != now["due_on"]:
        old, new = (_day(side["due_on"], language) for side in (was, now))
        sentence = _("%(party)s: due day from %(old)s to %(new)s, by %(who)s.", party=party, old=old, new=new, who=doer)
        return str(sentence)
    return str(_("%(who)s updated the leg of %(party)s.", who=doer, party=party))


def _day(written: str | None, language: str) -> str:
    return words.date_short(dt.date.fromisoformat(written), language) if written else str(_("none"))
