"""The forms of a change to many actions, and of taking it back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField


class BulkForm(FlaskForm):
    """What one change writes to each of the chosen actions; only the fields of its operation are shown."""

    state = SelectField(_l("State"), validate_choice=False)
    due_on = StringField(_l("Due"))
    office_code = SelectField(_l("Office"), validate_choice=False)
    person_id = SelectField(_l("Person with an account"), validate_choice=False)
    person = StringField(_l("Or a name"))
    priority = SelectField(_l("Priority"), validate_choice=False)
    horizon = SelectField(_l("Horizon"), validate_choice=False)
    note = TextAreaField(_l("Note"))
    language = SelectField(_l("Language of the note"), validate_choice=False)
    reason = TextAreaField(_l("Reason"))


class UndoForm(FlaskForm):
    """Why a change is taken back."""

    reason = TextAreaField(_l("Reason"))
