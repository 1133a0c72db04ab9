"""The form of a release: its shape; what it means is the service's to say."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app.models import Document
from app.services.releases import NewRelease


class ReleaseForm(FlaskForm):
    """What is to be released to whom."""

    email = StringField(
        _l("Address of the guest’s account"),
        [InputRequired(_l("Fill this in."))],
        description=_l("Accounts of guests are added by the operator."),
    )
    shows_agenda = BooleanField(_l("With the agenda"))
    documents = SelectMultipleField(_l("Papers"), validate_choice=False)
    note = TextAreaField(_l("Why"), description=_l("The parties that are asked can read it."))

    def typed(self) -> NewRelease:
        """Return what was typed."""
        chosen = tuple(self.documents.data or ())
        return NewRelease(self.email.data or "", bool(self.shows_agenda.data), chosen, self.note.data or "")


def release_form(papers: Sequence[Document]) -> ReleaseForm:
    """Return the form with these papers to choose from; without any, none is asked for."""
    form = ReleaseForm()
    form.documents.choices = [(str(paper.id), paper.file_name) for paper in papers]
    return form
