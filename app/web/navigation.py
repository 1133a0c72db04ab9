"""The main navigation: the pages that this viewer has, in the order of the masthead."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.domain.visibility import Action, Viewer, can


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
    if can(viewer, Action.READ_REGISTER):
        entries.append((url_for("mechanisms.register"), _("Mechanisms")))
    if can(viewer, Action.READ_MEETINGS):
        entries.append((url_for("meetings.meetings"), _("Meetings")))
    if can(viewer, Action.READ_ACTIONS):
        entries.append((url_for("actions.actions"), _("Actions")))
    if can(viewer, Action.SUBSCRIBE):
        entries.append((url_for("subscriptions.subscriptions"), _("Subscriptions")))
    if can(viewer, Action.ADMINISTER_PEOPLE):
        entries.append((url_for("people.people"), _("People")))
    return [Place(url, label, path == url or (url != "/" and path.startswith(url))) for url, label in entries]
