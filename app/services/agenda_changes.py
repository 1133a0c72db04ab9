"""Changes of an adopted agenda: asked of every party with what would be, and made at the last yes.

Each is asked on what its maker saw; where the item, or the order, is another at the last yes, it takes no effect.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final, Literal

from app import labels, words
from app.db import GuardedSession
from app.domain import agenda as rules
from app.domain.agenda_standing import check_other_business
from app.domain.errors import Refusal, StaleVersion
from app.models import AgendaItem, Decision
from app.services.agenda import items_of, order_digest, version_of
from app.services.agenda_acts import (
    OpenAgenda,
    check_room,
    open_agenda,
    place_new,
    put_back,
    put_in_order,
    row_of,
    stale_order,
    take_off,
    write_values,
)
from app.services.agenda_content import FORMAL, ItemWords, check_topic, checked_values, chosen_parties, said, words_of
from app.services.agenda_revisions import keep_revision, snapshot_of
from app.services.decision_words import Change, Said, Told
from app.services.decisions import Asked, ask

_SHOWN: Final = ("kind", "type", "lead_party", "minutes", "presenters")


def ask_to_add(session: GuardedSession, reference: str, item: ItemWords, note: str = "") -> Decision:
    """Ask every party to add an item to an adopted agenda. Raises as adding one does, and `Refusal("not_in_state")`."""
    agenda = _adopted(session, reference)
    check_other_business(item.kind, "adopted")
    check_room(agenda.series_of(()))
    values = {**checked_values(agenda.meeting, item), "proposed_by": item.proposed_by or session.bound_viewer.party}
    if item.kind not in FORMAL:
        check_topic(session, agenda.meeting.mechanism_id, values["title"])
    return _ask(session, agenda, {"do": "add", "values": values}, note, uuid.uuid4())


def ask_to_edit(
    session: GuardedSession, reference: str, item_id: uuid.UUID, item: ItemWords, note: str = "", *, version: str
) -> Decision:
    """Ask every party to change an item of an adopted agenda. Raises as editing one does, `nothing_changed`."""
    agenda = _adopted(session, reference)
    row = row_of(agenda, item_id)
    if version != version_of(row):
        raise StaleVersion(said(item), words_of(row))
    values = checked_values(agenda.meeting, item)
    if item.kind != row.kind:
        check_other_business(item.kind, "adopted")
    if values == words_of(row):
        raise Refusal("nothing_changed")
    if values["title"] != row.title and item.kind not in FORMAL:
        check_topic(session, agenda.meeting.mechanism_id, values["title"])
    content = {"do": "edit", "values": values, "was": words_of(row), "version": version}
    return _ask(session, agenda, content, note, row.id)


def ask_to_remove(
    session: GuardedSession, reference: str, item_id: uuid.UUID, note: str = "", *, version: str
) -> Decision:
    """Ask every party to take an item off an adopted agenda. Raises as removing one does."""
    agenda = _adopted(session, reference)
    row = row_of(agenda, item_id)
    if version != version_of(row):
        raise StaleVersion({"removed": True}, words_of(row))
    return _ask(session, agenda, {"do": "remove", "was": words_of(row), "version": version}, note, row.id)


def ask_to_restore(session: GuardedSession, reference: str, item_id: uuid.UUID, note: str = "") -> Decision:
    """Ask every party to put an item back on an adopted agenda. Raises as putting one back does."""
    agenda = _adopted(session, reference)
    row = row_of(agenda, item_id)
    if not row.removed:
        raise Refusal("not_in_state")
    content = {"do": "restore", "values": words_of(row), "version": version_of(row)}
    return _ask(session, agenda, content, note, row.id)


def ask_to_move(
    session: GuardedSession,
    reference: str,
    item_id: uuid.UUID,
    way: Literal["up", "down"] | int,
    note: str = "",
    *,
    order: str,
) -> Decision:
    """Ask every party to move an item of an adopted agenda a place up or down, or to a place. Raises as moving does."""
    agenda = _adopted(session, reference)
    row = row_of(agenda, item_id)
    standing = agenda.series_of(())
    ids = [other.id for other in standing]
    if row.removed or order != order_digest(ids):
        raise stale_order({"direction": way, "title": dict(row.title)}, standing)
    wanted = rules.placed(ids, row.id, way) if isinstance(way, int) else rules.move(ids, row.id, way)
    if list(wanted) == ids:
        raise Refusal("nothing_changed")
    content = {
        "do": "move", "was": words_of(row), "from": row.position, "to": wanted.index(row.id) + 1, "order": order
    }  # fmt: skip
    return _ask(session, agenda, content, note, row.id)


def _adopted(session: GuardedSession, reference: str) -> OpenAgenda:
    agenda = open_agenda(session, reference, is_agreed=True)
    if agenda.standing.state != "adopted":
        raise Refusal("not_in_state")
    return agenda


def _ask(
    session: GuardedSession, agenda: OpenAgenda, content: Mapping[str, Any], note: str, subject_id: uuid.UUID
) -> Decision:
    parties = chosen_parties(agenda.meeting)
    return ask(session, Asked("agenda", content, parties, meeting=agenda.meeting, subject_id=subject_id, note=note))


# What the last yes does --------------------------------------------------------------------------------


def apply_change(session: GuardedSession, reference: str, decision: Decision) -> None:
    """Change the adopted agenda as every party agreed, and keep it as a revision of what was adopted.

    Raises `Refusal` `agenda_has_changed` where the item, or the order, is not what was asked about.
    """
    agenda = open_agenda(session, reference, is_agreed=True)
    content, item_id = decision.content, decision.subject_id
    if agenda.standing.state != "adopted":
        raise Refusal("agenda_has_changed")
    if content["do"] == "add":
        place_new(session, agenda, content["values"], item_id=item_id)
    else:
        row = next((each for each in agenda.rows if each.id == item_id), None)
        if row is None or not _is_as_asked(agenda, row, content):
            raise Refusal("agenda_has_changed")
        _apply_to(session, agenda, row, content)
    session.flush()
    rows = items_of(session, agenda.meeting.id, fresh=True)
    keep_revision(session, agenda.meeting, snapshot_of(rows), "adopted")


def _is_as_asked(agenda: OpenAgenda, row: AgendaItem, content: Mapping[str, Any]) -> bool:
    if content["do"] == "move":
        return not row.removed and content["order"] == order_digest(each.id for each in agenda.series_of(()))
    return bool(content["version"] == version_of(row))


def _apply_to(session: GuardedSession, agenda: OpenAgenda, row: AgendaItem, content: Mapping[str, Any]) -> None:
    match content["do"]:
        case "edit":
            write_values(session, agenda, row, content["values"])
        case "remove":
            take_off(session, agenda, row)
        case "restore":
            put_back(session, agenda, row)
        case "move":
            ids = [each.id for each in agenda.series_of(())]
            put_in_order(session, agenda, row, rules.placed(ids, row.id, content["to"]))


# In words --------------------------------------------------------------------------------------------


def say_change(told: Told, language: str) -> Said:
    """Say what would be changed of an adopted agenda, with what stands beside what would be."""
    gettext = words.translations(language).gettext
    content = told.content
    values = content.get("values") or content["was"]
    title = words.pick(values["title"], language)[0]
    heading = {
        "add": gettext("Add to the adopted agenda: %(title)s"),
        "edit": gettext("Change an item of the adopted agenda: %(title)s"),
        "remove": gettext("Take an item off the adopted agenda: %(title)s"),
        "restore": gettext("Put an item back on the adopted agenda: %(title)s"),
        "move": gettext("Move an item of the adopted agenda: %(title)s"),
    }[content["do"]]
    lines = [gettext("The agenda was adopted. It is changed once every party has said yes.")]
    if content["do"] == "move":
        lines.append(gettext("From place %(old)s to place %(new)s.") % {"old": content["from"], "new": content["to"]})
    compared = tuple(_changes(content.get("was", {}), values, language)) if content["do"] in {"edit", "add"} else ()
    return Said(str(heading % {"title": title}), tuple(str(line) for line in lines), compared)


def _changes(was: Mapping[str, Any], values: Mapping[str, Any], language: str) -> list[Change]:
    names = labels.labels("agenda_field", language)
    found = [
        Change(names[f"{name}_{code}"], *(str(side.get(name, {}).get(code, "")) for side in (was, values)))
        for name in ("title", "annotation", "expected_result")
        for code in words.LANGUAGES
    ]
    found += [Change(names[name], *(field_words(name, side.get(name), language) for side in (was, values)))
              for name in _SHOWN]  # fmt: skip
    return [change for change in found if change.stands != change.would_be]


def field_words(name: str, value: Any, language: str) -> str:
    """Return the value of an item's field as a person reads it."""
    if value is None or value == "":
        return ""
    match name:
        case "kind" | "type":
            return labels.label(f"item_{name}", value, language)
        case "lead_party" | "proposed_by":
            return words.party_name(value, language)
        case "minutes":
            return words.number(value, language)
        case "is_supplementary":
            pgettext = words.translations(language).pgettext
            return str(pgettext("agenda item", "yes") if value else pgettext("agenda item", "no"))
    return str(value)
