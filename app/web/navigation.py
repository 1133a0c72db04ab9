"""The frame of every page: the places that this viewer has at its top and its foot, and whom they act for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app import words
from app.domain.visibility import Action, Hat, Viewer, can


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation."""

    url: str
    label: str
    is_current: bool


def navigation(viewer: Viewer | None, path: str) -> list[Place]:
    """Return the entries that lead somewhere for this viewer; none for who is not signed in."""
    if viewer is None:
        return []
    entries = [(url_for("home.home"), _("Home"))]
    entries += [(url_for(endpoint), name) for action, endpoint, name in _offered() if can(viewer, action)]
    if not can(viewer, Action.READ_REGISTER):
        entries += _subscriptions(viewer)  # a guest has room for them at the top
    # Commitments are read from the page of actions, which serve them.
    return _places(entries, url_for("actions.actions") if path.startswith(url_for("commitments.commitments")) else path)


def _offered() -> list[tuple[Action, str, str]]:
    """Return the places of the navigation in their order, each with what a viewer must be able to do there."""
    return [
        (Action.READ_MEETINGS, "calendar.calendar", _("Calendar")),
        (Action.READ_REGISTER, "mechanisms.register", _("Mechanisms")),
        (Action.READ_MEETINGS, "meetings.meetings", _("Meetings")),
        (Action.READ_TEXTS, "texts.texts", _("Texts")),
        (Action.READ_ACTIONS, "actions.actions", _("Actions")),
        (Action.READ_MEETINGS, "documents.documents", _("Documents")),
        (Action.READ_REPORTS, "reports.reports", _("Reports")),
        (Action.ADMINISTER_PEOPLE, "people.people", _("People")),
        (Action.ADMINISTER_PEOPLE, "audit.audit", _("Audit trail")),
    ]


def _subscriptions(viewer: Viewer) -> list[tuple[str, str]]:
    return [(url_for("subscriptions.subscriptions"), _("Subscriptions"))] if can(viewer, Action.SUBSCRIBE) else []


def footing(viewer: Viewer | None, path: str) -> list[Place]:
    """Return the entries at the foot of the page: how it is used, for anybody, and what was done."""
    entries = [
        (url_for("home.accessibility"), _("Accessibility")),
        (url_for("home.keyboard"), _("Keyboard")),
    ]
    if viewer is not None and can(viewer, Action.READ_REGISTER):
        entries = [*_subscriptions(viewer), *entries]
        entries += [(url_for("decisions.decisions"), _("Decisions")), (url_for("events.events"), _("Events of others"))]
        entries.append((url_for("rooms.practices"), _("Best practices")))
    if can(viewer, Action.READ_ACTIONS):
        entries += [(url_for("contacts.contacts"), _("Contacts")), (url_for("reminders.reminders"), _("Reminders"))]
    if can(viewer, Action.READ_AUDIT):
        entries.append((url_for("audit.audit"), _("Audit trail")))
    return _places(entries, path)


@dataclass(frozen=True, slots=True)
class Acting:
    """Whom the viewer acts for: sentences, the party to go back to where a hat is on, and whether there is a choice."""

    sentences: list[str]
    lent_by: str | None
    can_choose: bool


def acting_for(viewer: Viewer | None, language: str) -> Acting | None:
    """Return for which secretariats the viewer acts and for what, a sentence for each secretariat.

    None for those whom no secretariat has.
    """
    if viewer is None or not (viewer.hats or viewer.spare_hats):
        return None
    if not viewer.hats:
        own = words.party_name(viewer.party or "", language)
        return Acting([_("You act for %(party)s.", party=own)], None, can_choose=True)
    served: dict[str, list[str]] = {}
    for hat in viewer.hats:
        served.setdefault(words.pick(hat.name, language)[0] or _("secretariat"), []).append(served_by(hat, language))
    sentences = [
        _("You act for the %(name)s: %(mechanisms)s.", name=name, mechanisms=words.list_of(each, language))
        for name, each in served.items()
    ]
    can_choose = len(viewer.hats) + len(viewer.spare_hats) > 1
    return Acting(sentences, words.party_name(viewer.lent_by, language) if viewer.lent_by else None, can_choose)


def served_by(hat: Hat, language: str) -> str:
    """Return what a hat is for: one meeting by its reference, a mechanism by its name, or ad hoc meetings."""
    return hat.meeting_reference or words.pick(hat.mechanism_name, language)[0] or str(_("ad hoc meetings"))


def _places(entries: Sequence[tuple[str, str]], path: str) -> list[Place]:
    return [Place(url, label, path == url or (url != "/" and path.startswith(url))) for url, label in entries]
