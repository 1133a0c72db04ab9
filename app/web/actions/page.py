"""The page of one action: what it shows of the action itself, and the parts that others bring to it."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from app import words
from app.domain.visibility import Action as Permission
from app.domain.visibility import can
from app.i18n import reader_language
from app.services.action_lines import ActionLine
from app.services.actions import ActionView
from app.web.actions.carry import carry_parts
from app.web.actions.due import due_parts
from app.web.actions.forms import NoteForm
from app.web.actions.history import history_of, who
from app.web.actions.page_parts import about_of, links_part, steps_part
from app.web.actions.update_parts import updates_of
from app.web.commitments.serving import served_of
from app.web.routing import viewer


def _parts(view: ActionView) -> dict[str, Any]:
    """Return what the partials of the page need beside the action, by name: one line for each part."""
    return {
        "about": about_of(view),
        "links": links_part(view),
        "steps": steps_part(view),
        "updates": updates_of(view),
        **due_parts(view.line),
        **carry_parts(view.line),
        "served": served_of(view.line),
        "history": history_of(view.history, viewer(), reader_language()),
    }


def action_page(view: ActionView, form: NoteForm, **instead: Any) -> str:
    """Return the page of an action, with the form of a note as it was typed; `instead` are parts to show as given."""
    language = reader_language()
    return render_template(
        "actions/action.html",
        view=view,
        action=view.action,
        line=view.line,
        seen_by=seen_by(view.line, language),
        legs=[view.line.legs[code] for code in words.party_order(view.line.legs, language)],
        author=lambda note, name: who(name, note.party_code, language),
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
        may_note=can(viewer(), Permission.NOTE_ACTION),
        form=form,
        **(_parts(view) | instead),
    )


def seen_by(line: ActionLine, language: str) -> str:
    """Return who sees an action, in words: its parties, and the secretariat where it does."""
    names = [words.party_name(code, language) for code in words.party_order(line.parties, language)]
    return words.list_of([*names, _("the secretariat")] if line.has_secretariat else names, language)
