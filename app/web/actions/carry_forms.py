"""The form of what a meeting does with what was still open: five fields for each item."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from app import words
from app.domain.carry_over import NEW, Choice, field
from app.i18n import reader_language
from app.services.carry_lines import CarryScreen, OpenLine

NAMES = ("choice", "note", "into", "titles", "version")


def carry_form(screen: CarryScreen) -> FlaskForm:
    """Return the form of what becomes of each open item; at first each is left as it is."""

    class Items(FlaskForm):
        pass

    for each in screen.open_lines:
        reference = each.action.reference
        makers: dict[str, Any] = {
            "choice": SelectField(reference, validate_choice=False),
            "note": StringField(_("Note (%(item)s)", item=reference)),
            "into": SelectField(_("Merge into (%(item)s)", item=reference), validate_choice=False),
            "titles": TextAreaField(_("Titles of new items (%(item)s)", item=reference)),
            "version": HiddenField(),
        }
        for name in NAMES:
            setattr(Items, field(name, reference), makers[name])
    first = {field("choice", each.action.reference): "leave" for each in screen.open_lines}
    first |= {field("version", each.action.reference): str(each.action.version) for each in screen.open_lines}
    form = Items(data=first)
    for each in screen.open_lines:
        form[field("choice", each.action.reference)].choices = _choices(each)
        form[field("into", each.action.reference)].choices = _targets(screen, each)
    return form


def _choices(each: OpenLine) -> list[tuple[str, str]]:
    ending = [("merge", _("merge it")), ("split", _("split it"))]
    return [
        ("leave", _("leave it")),
        ("carry", _("carry it over")),
        *([("close", _("close it")), *ending] if each.may_end else []),
    ]


def _targets(screen: CarryScreen, own: OpenLine) -> list[tuple[str, str]]:
    """Return what an item can be merged into: a new one, or another open one that the same people read."""
    language = reader_language()
    others = [
        (each.action.reference, f"{each.action.reference}, {words.pick(each.action.title, language)[0]}")
        for each in screen.open_lines
        if each is not own and each.action.audience_id == own.action.audience_id
    ]
    return [("", _("choose")), (NEW, _("a new item")), *others]


def typed_choices(form: FlaskForm, screen: CarryScreen) -> list[Choice]:
    """Return what was chosen for each item, as it was typed."""
    return [
        Choice(
            reference,
            form[field("choice", reference)].data or "leave",
            form[field("note", reference)].data or "",
            form[field("into", reference)].data or "",
            tuple((form[field("titles", reference)].data or "").splitlines()),
        )
        for reference in (each.action.reference for each in screen.open_lines)
    ]


def chosen_too_late(screen: CarryScreen) -> list[Choice]:
    """Return something chosen for each item that is open here no more: that is refused, and not passed over."""
    shown, prefix = {each.action.reference for each in screen.open_lines}, field("choice", "")
    sent = [name.removeprefix(prefix) for name, value in request.form.items() if value not in {"", "leave"}
            and name.startswith(prefix)]  # fmt: skip
    return [Choice(reference, "carry") for reference in sent if reference not in shown]


def typed_versions(form: FlaskForm, screen: CarryScreen) -> dict[str, int]:
    """Return the version in which each item was shown."""
    found = {}
    for each in screen.open_lines:
        written = form[field("version", each.action.reference)].data or ""
        if written.isascii() and written.isdigit() and len(written) < 10:
            found[each.action.reference] = int(written)
    return found
