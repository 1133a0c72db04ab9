"""The forms of hosts, hand-overs and planning records: their shape; what they mean is the services' to say."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField

from app import words
from app.services.hosting import KINDS
from app.web.forms import DayField


class ChangeForm(FlaskForm):
    """A change of the turns to host, and why."""

    kind = RadioField(_l("What changes"), validate_choice=False)
    party = SelectField(_l("Whose turn"), validate_choice=False)
    with_party = SelectField(
        _l("With which other party"), validate_choice=False, description=_l("For an exchange, and for a co-host.")
    )
    counts_from = DayField(
        _l("Counts from"),
        description=_l("The change bears on the first such turn after this day: today, or a day past."),
    )
    reason = TextAreaField(_l("Reason"), description=_l("All of the parties read it, and it stays in the record."))


class ReasonForm(FlaskForm):
    """Why something is taken back."""

    reason = TextAreaField(_l("Reason"))


class StartForm(FlaskForm):
    """Who hands over to whom, and by when."""

    from_party = SelectField(_l("Who hands over"), validate_choice=False)
    to_party = SelectField(_l("Who receives"), validate_choice=False)
    due_on = DayField(_l("Due on"))
    note = TextAreaField(_l("Note"), description=_l("All of the mechanism’s parties read it."))


class HandOverForm(FlaskForm):
    """The day of a hand-over, and a note on it."""

    due_on = DayField(_l("Due on"))
    note = TextAreaField(_l("Note"), description=_l("All of the mechanism’s parties read it."))


class LineForm(FlaskForm):
    """A line of a checklist."""

    text = StringField(_l("Text of the line"))


class NoteForm(FlaskForm):
    """A note of the planning record, and the language that it is in."""

    text = TextAreaField(_l("Note"))
    language = SelectField(_l("Language of the note"), validate_choice=False)


def change_form(turning: Collection[str], parties: Iterable[str], language: str) -> ChangeForm:
    """Return the form of a change: of whose turns there are, with any party of the mechanism."""
    form = ChangeForm()
    kinds = {
        "skip": _("Skip the turn: it passes to whoever follows, and the party waits for the next round"),
        "swap": _("Exchange the next turns of two parties"),
        "co_host": _("Add a co-host: the turn stays where it is"),
        "cancelled": _("Record that the turn fell out: the meeting was not held, and the party keeps the next turn"),
    }
    form.kind.choices = [(kind, kinds[kind]) for kind in KINDS]
    form.party.choices = [("", _("Choose a party")), *party_choices(turning, language)]
    form.with_party.choices = [("", _("No other party")), *party_choices(parties, language)]
    for name in ("kind", "party", "counts_from", "reason"):
        form[name].flags.required = True
    return form


def start_form(parties: Iterable[str], suggested: tuple[str | None, str | None], language: str) -> StartForm:
    """Return the form that begins a hand-over, from the present host to the next where they are known."""
    form = StartForm(data={"from_party": suggested[0] or "", "to_party": suggested[1] or ""})
    for field in (form.from_party, form.to_party):
        field.choices = [("", _("Choose a party")), *party_choices(parties, language)]
        field.flags.required = True
    form.due_on.flags.required = True
    return form


def note_form(language: str, text: str = "") -> NoteForm:
    """Return the form of a note, at first in the reader's language."""
    form = NoteForm(data={"text": text, "language": language})
    form.language.choices = list(words.LANGUAGE_NAMES.items())
    form.text.flags.required = form.language.flags.required = True
    return form


def party_choices(codes: Iterable[str], language: str) -> list[tuple[str, str]]:
    """Return parties to choose from, by their names."""
    return [(code, words.party_name(code, language)) for code in words.party_order(codes, language)]
