"""The forms of texts: their shape; what they mean is the services' to say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired

from app import labels, words
from app.models.texts import OUTCOME_KINDS, RESERVATION_KINDS

_NEEDED = InputRequired(_l("Fill this in."))


class BeginForm(FlaskForm):
    """A text that is to be begun."""

    kind = SelectField(_l("What it will be"), validate_choice=False)
    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))
    original_language = SelectField(_l("Original language"), validate_choice=False)
    parties = SelectMultipleField(
        _l("Whose text it is"),
        [_NEEDED],
        validate_choice=False,
        description=_l("Nobody else learns that there is one."),
    )
    markdown = TextAreaField(
        _l("First draft"), description=_l("An empty line begins a new paragraph; # before a line makes it a heading.")
    )


class TitleForm(FlaskForm):
    """Another title of a text."""

    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))


class WordingForm(FlaskForm):
    """What a paragraph says in one language."""

    markdown = TextAreaField(_l("Wording"), [_NEEDED])


class ParagraphForm(FlaskForm):
    """A paragraph that is to be added."""

    kind = RadioField(_l("What it is"), validate_choice=False)
    markdown = TextAreaField(_l("Wording"), [_NEEDED])


class IssueForm(FlaskForm):
    """What a revision brings."""

    note = TextAreaField(_l("What has changed"), description=_l("All parties to the text read it."))


class RemarkForm(FlaskForm):
    """A remark on a text or a paragraph, and who reads it."""

    readers = RadioField(_l("Who reads it"), validate_choice=False)
    words = TextAreaField(_l("Remark"), [_NEEDED])


class ReservationForm(FlaskForm):
    """What a party appends to a text."""

    kind = SelectField(_l("What it is"), validate_choice=False)
    paragraph = SelectField(_lp("part of a text", "On"), validate_choice=False)
    original = SelectField(_l("Written in"), validate_choice=False)
    wording_en = TextAreaField(_l("In English"))
    wording_es = TextAreaField(_l("In Spanish"))
    wording_fr = TextAreaField(_l("In French"))


class ReadoutForm(FlaskForm):
    """A party's own account of a meeting, in any of the languages."""

    wording_en = TextAreaField(_l("In English"))
    wording_es = TextAreaField(_l("In Spanish"))
    wording_fr = TextAreaField(_l("In French"))


def begin_form(parties: Iterable[str], language: str) -> BeginForm:
    """Return the form of a new text of some of these parties, at first of all."""
    codes = words.party_order(parties, language)
    form = BeginForm(data={"parties": codes, "original_language": language, "kind": "joint_statement"})
    form.kind.choices = [(kind, labels.label("text_kind", kind, language)) for kind in OUTCOME_KINDS]
    form.original_language.choices = list(words.LANGUAGE_NAMES.items())
    form.parties.choices = [(code, words.party_name(code, language)) for code in codes]
    return form


def paragraph_form() -> ParagraphForm:
    """Return the form of a paragraph that is to be added."""
    form = ParagraphForm(data={"kind": "paragraph"})
    form.kind.choices = [("paragraph", _("Paragraph")), ("heading", _("Heading"))]
    return form


def remark_form(own: str | None, readers: str, language: str) -> RemarkForm:
    """Return the form of a remark: for the own delegation (who has one), or for all parties to the text."""
    form = RemarkForm(data={"readers": readers})
    form.readers.choices = [("all", _("All parties to this text"))]
    if own is not None:
        alone = _("The delegation of %(party)s alone", party=words.party_name(own, language))
        form.readers.choices.insert(0, ("own", alone))
    return form


def reservation_form(places: Iterable[tuple[str, str]], language: str, values: dict[str, Any]) -> ReservationForm:
    """Return the form of what a party appends, on the whole text or one of these paragraphs."""
    form = ReservationForm(data={"kind": "reservation", "original": language, **values})
    form.kind.choices = [(kind, labels.label("reservation_kind", kind, language)) for kind in RESERVATION_KINDS]
    form.paragraph.choices = [("", _("the whole text")), *places]
    form.original.choices = list(words.LANGUAGE_NAMES.items())
    return form
