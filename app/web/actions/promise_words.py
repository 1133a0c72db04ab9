"""What the record says of days, clocks, meetings and commitments of an action, in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _

from app import words

DUE_ACTS: Final = frozenset({"due_basis_set", "due_moved", "clock_started"})
CARRY_ACTS: Final = frozenset({"action_closed", "action_carried", "action_merged", "action_split", "carry_over_undone"})
SERVING_ACTS: Final = frozenset({"commitment_linked", "commitment_unlinked"})


def promise_sentence(act: str, facts: Mapping[str, Any], doer: str, language: str) -> str | None:
    """Return the sentence of one act, None for what is said elsewhere; `doer` is who did it, in words."""
    if act in DUE_ACTS:
        return _due_sentence(act, facts, doer, language)
    if act in CARRY_ACTS:
        return _carry_sentence(act, facts, doer)
    return _serving_sentence(act, facts, doer) if act in SERVING_ACTS else None


def _due_sentence(act: str, facts: Mapping[str, Any], doer: str, language: str) -> str:
    """Say how the days of an action are found, which day moved, or that its clock was started."""
    match act:
        case "due_basis_set":
            basis = {
                "date": _("on a date"),
                "next_meeting": _("by the next meeting"),
                "clock": _("by a clock"),
                "none": _("by no common day"),
            }[str(facts["now"])]
            said = _("%(who)s set how it is due: %(basis)s.", who=doer, basis=basis)
        case "due_moved":
            party = words.party_name(str(facts["party"]), language)
            old, new = (_day(facts[side], language) for side in ("was_on", "now_on"))
            said = _("%(party)s: due day from %(old)s to %(new)s, by %(who)s.", party=party, old=old, new=new, who=doer)
        case _:
            on = _day(facts["on"], language)
            if facts.get("was") and facts["was"] != facts["on"]:
                was = _day(facts["was"], language)
                said = _("%(who)s corrected when the clock’s event happened: %(day)s, before %(was)s.",
                         who=doer, day=on, was=was)  # fmt: skip
            else:
                said = _("%(who)s started the clock: its event happened on %(day)s.", who=doer, day=on)
    return str(said)


def _carry_sentence(act: str, facts: Mapping[str, Any], doer: str) -> str:
    """Say what a meeting did with an action, or that this was undone; what it went into is told by its links."""
    said = {
        "action_closed": _("%(who)s closed it at %(meeting)s.", who=doer, meeting=facts["meeting"]),
        "action_carried": _("%(who)s carried it over at %(meeting)s.", who=doer, meeting=facts["meeting"]),
        "action_merged": _("%(who)s merged it into another action at %(meeting)s.", who=doer, meeting=facts["meeting"]),
        "action_split": _("%(who)s split it at %(meeting)s.", who=doer, meeting=facts["meeting"]),
        "carry_over_undone": _("%(who)s undid what was decided at %(meeting)s.", who=doer, meeting=facts["meeting"]),
    }
    return str(said[act])


def _serving_sentence(act: str, facts: Mapping[str, Any], doer: str) -> str:
    """Say which commitment an action was said to serve, or that this was taken back."""
    if act == "commitment_linked":
        return str(_("%(who)s said that it serves %(ref)s.", who=doer, ref=facts["ref"]))
    return str(_("%(who)s took back that it serves %(ref)s.", who=doer, ref=facts["ref"]))


def _day(written: str | None, language: str) -> str:
    return words.date_short(dt.date.fromisoformat(written), language) if written else str(_("none"))
