"""The form of a view of the register of actions that is to be kept."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField

from app import words
from app.i18n import reader_language
from app.services import saved_views
from app.web.routing import viewer


class ViewForm(FlaskForm):
    """A view to keep: what it is called, and who uses it."""

    name = StringField()
    shared_with = SelectField(validate_choice=False)
    is_default = BooleanField()
    q = HiddenField()
    sort = HiddenField()
    columns = HiddenField()


def view_form() -> ViewForm:
    """Return the form, with those whom the viewer can share a view with."""
    form = ViewForm()
    form.name.label.text, form.shared_with.label.text = _("Name"), _("For")
    form.is_default.label.text = _("Open my list of actions with it")
    form.shared_with.choices = audience_words()
    return form


def audience_words() -> list[tuple[str, str]]:
    """Return with whom a view can be shared, each with its words."""
    language = reader_language()
    hats = {str(hat.appointment_id): words.pick(hat.name, language)[0] for hat in viewer().hats}
    said: dict[str, Callable[[], str]] = {
        saved_views.ALONE: lambda: str(_("me alone")),
        saved_views.DELEGATION: lambda: str(_("all of my delegation")),
    }
    return [
        (choice, said[choice]() if choice in said else hats.get(choice) or "")
        for choice in saved_views.audience_choices(viewer())
    ]
