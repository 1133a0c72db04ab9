"""The pages: one folder per domain, each with its routes and forms."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from flask import Flask

from app.web.wording import init_wordings

DOMAINS: Final = (
    "health",
    "sign_in",
    "home",
    "calendar",
    "mechanisms",
    "hosting",
    "meetings",
    "rosters",
    "rooms",
    "invitations",
    "secretariat",
    "releases",
    "dispatches",
    "drafts",
    "events",
    "zone_changes",
    "decisions",
    "plans",
    "polls",
    "busy",
    "agenda",
    "positions",
    "texts",
    "actions",
    "answers",
    "commitments",
    "proposals",
    "reminders",
    "documents",
    "take_away",
    "subscriptions",
    "people",
    "contacts",
    "reports",
    "audit",
)


def register(app: Flask) -> None:
    """Register the blueprint of every domain, and the filters that their pages share."""
    init_wordings(app)
    for domain in DOMAINS:
        app.register_blueprint(import_module(f"app.web.{domain}.routes").blueprint)
