"""What the record says of updates on actions, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import gettext as _

from app import labels, words

UPDATE_ACTS: Final = frozenset(
    {
        "no_change_said",
        "update_reported",
        "update_taken_over",
        "update_contested",
        "answered_by_link",
        "leg_handed_over",
        "leg_hand_over_undone",
    }
)


def update_sentence(act: str, facts: Mapping[str, Any], doer: str, language: str) -> str:
    """Return the sentence of one act; `doer` is who did it, in words."""
    match act:
        case "no_change_said":
            said = _("%(who)s said that nothing is new.", who=doer)
        case "update_reported":
            said = _reported(facts, doer, language)
        case "update_taken_over":
            said = _("%(who)s took over as its own word what was reported.", who=doer)
        case "update_contested":
            said = _("%(who)s contested what was reported.", who=doer)
        case "answered_by_link":
            said = _("%(who)s answered by the link of a reminder.", who=doer)
        case _:
            said = _handed_over(act, facts, doer, language)
    return str(said)


def _reported(facts: Mapping[str, Any], doer: str, language: str) -> str:
    party = words.party_name(str(facts["party"]), language)
    if not facts.get("state"):
        return str(_("%(who)s entered what %(party)s told.", who=doer, party=party))
    state = labels.label("leg_state", facts["state"], language)
    return str(_("%(who)s entered what %(party)s told: “%(state)s”.", who=doer, party=party, state=state))


def _handed_over(act: str, facts: Mapping[str, Any], doer: str, language: str) -> str:
    """Say from whom to whom a leg was handed; people are named by what all read of them on the leg."""
    party = words.party_name(str(facts["party"]), language)
    was, now = (facts[side] or _("nobody") for side in ("was", "now"))
    if act == "leg_hand_over_undone":
        return str(
            _("%(who)s took back that the leg of %(party)s was handed on: it is with %(now)s again.",
              who=doer, party=party, now=now)
        )  # fmt: skip
    return str(
        _("%(who)s handed the leg of %(party)s from %(was)s to %(now)s.", who=doer, party=party, was=was, now=now)
    )
