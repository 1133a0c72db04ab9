"""The form of a note that goes with a reminder."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField


class NoteForm(FlaskForm):
    """A note, as it is typed; what stands in it is checked by the service."""

    note = TextAreaField(
        _l("Note"),
        description=_l("It stands in the mail as you write it. Write it in the language of who reads it."),
    )
