"""The forms of updates on actions: a note with what bears it out, what another party told, and a contest of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField

from app import labels, words
from app.domain.updates import REPORTED_STATES
from app.services.reported_updates import ReportedUpdate
from app.services.updates import Evidence
from app.web.actions.forms import NoteForm
from app.web.forms import day
from app.web.papers import paper_sent


class UpdateForm(NoteForm):
    """A note, the language it is written in, and what bears it out."""

    evidence_url = StringField(_l("Link that bears it out"))
    paper = FileField(_l("Paper that bears it out"))


class ReportForm(UpdateForm):
    """What another party told by mail, note or telephone."""

    party = RadioField(_l("Who told it"), validate_choice=False)
    told_on = StringField(_l("Told on"))
    state = SelectField(_l("How far they said they are"), validate_choice=False)


def update_form(language: str, values: Mapping[str, str] | None = None) -> UpdateForm:
    """Return the form of a note, in the reader's language unless `values` say otherwise."""
    form = UpdateForm(data=values or {"language": language})
    form.language.choices = list(labels.labels("language", language).items())
    return form


def report_form(parties: Iterable[str], language: str) -> ReportForm:
    """Return the form of what one of these parties told; the only one is chosen beforehand."""
    codes = words.party_order(parties, language)
    form = ReportForm(data={"language": language, "party": codes[0] if len(codes) == 1 else None, "state": ""})
    form.language.choices = list(labels.labels("language", language).items())
    form.party.choices = [(code, words.party_name(code, language)) for code in codes]
    states = labels.labels("leg_state", language)
    form.state.choices = [("", _("not said")), *((state, states[state]) for state in REPORTED_STATES)]
    return form


def typed_evidence(form: UpdateForm) -> Evidence:
    """Return the link and the file that were sent."""
    return Evidence(form.evidence_url.data, paper_sent(form.paper))


def typed_report(form: ReportForm) -> ReportedUpdate:
    """Return what was typed of what a party told; raises `Refusal("not_a_date")`."""
    return ReportedUpdate(
        party=form.party.data or "",
        text=form.text.data or "",
        language=form.language.data or "",
        told_on=day(form.told_on.data, "told_on"),
        state=form.state.data or None,
        evidence=typed_evidence(form),
    )
