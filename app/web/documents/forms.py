"""The forms of documents: their shape; what they mean is the services' to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from app import labels, words
from app.domain.markings import STEPS
from app.domain.notes_verbales import NoteContent
from app.domain.visibility import Viewer
from app.i18n import reader_language
from app.models import Meeting, RegisteredDocument
from app.models.documents import LANGUAGE_STATES
from app.services.document_acts import KINDS_FILED, DocumentWords, Namable, Received
from app.services.notes_verbales import NoteLine, NoteWords
from app.services.registered_documents import LANGUAGES, SentFile
from app.web.forms import DayField, HourField, choice_of_two, typed_titles
from app.web.papers import paper_sent
from app.web.zones import zone_choices


class DocumentForm(FlaskForm):
    """A document as it is filed or changed."""

    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))
    kind = SelectField(_l("Kind"), validate_choice=False)
    original_language = SelectField(_l("Original language"), validate_choice=False)
    marking = StringField(
        _l("National marking"),
        description=_l("Word for word, as your government writes it. What is classified cannot be kept here."),
    )
    handling_step = SelectField(
        _l("Who reads it"), validate_choice=False, description=_l("You are always among its readers.")
    )
    named = SelectMultipleField(
        _l("Named readers"), validate_choice=False, description=_l("For named delegations or named persons.")
    )
    due_on = DayField(
        _l("Due on"), [Optional()], description=_l("Leave it empty to have the day counted back from the meeting.")
    )
    lead_weeks = IntegerField(
        _l("Weeks before the meeting"),
        [Optional()],
        description=_l("Empty: 10 weeks for a paper, and out 6 weeks before; two weeks after it for a report."),
    )
    release_on = DayField(
        _l("Under embargo until"), [Optional()], description=_l("Guests read nothing of it before this instant.")
    )
    release_time = HourField(_l("Hour"), [Optional()])
    release_zone = SelectField(_l("Time zone of the embargo"), validate_choice=False)
    file = FileField(_l("File in the original language"))
    language_es = SelectField(_l("Version in Spanish"), validate_choice=False)
    language_en = SelectField(_l("Version in English"), validate_choice=False)
    language_fr = SelectField(_l("Version in French"), validate_choice=False)

    def offer(self, viewer: Viewer, parties: tuple[str, ...], people: tuple[Namable, ...]) -> None:
        """Give its fields what can be chosen in them."""
        language = reader_language()
        self.kind.choices = [(key, labels.label("document_kind", key, language)) for key in KINDS_FILED]
        self.original_language.choices = language_choices()
        self.handling_step.choices = [(key, labels.label("handling_step", key, language)) for key in STEPS]
        self.named.choices = [
            *((code, words.party_name(code, language)) for code in words.party_order(parties, language)),
            *((str(each.person_id), f"{each.name} ({each.party})") for each in people),
        ]
        self.release_zone.choices = zone_choices(language)
        for code in LANGUAGES:
            self[f"language_{code}"].choices = [("not_needed", _("not needed")), ("requested", _("requested"))]
        if request.method != "POST" and self.release_zone.data is None:
            self.release_zone.data = viewer.time_zone

    def said(self) -> DocumentWords:
        """Return what was typed."""
        return DocumentWords(
            title=typed_titles(self),
            original_language=self.original_language.data or "",
            kind=self.kind.data or "",
            handling_step=self.handling_step.data or "",
            named=tuple(self.named.data or ()),
            marking=self.marking.data or "",
            due_on=self.due_on.data,
            lead_weeks=self.lead_weeks.data,
            release_on=self.release_on.data,
            release_time=self.release_time.data,
            release_zone=self.release_zone.data or "",
            choice=choice_of_two(request.form.get("choice")),
        )

    def received(self) -> Received:
        """Return what came with it: the file in its original language, and what is asked for in the others."""
        sent = sent_file(self.file)
        original = self.original_language.data or ""
        asked = {code: self[f"language_{code}"].data or "not_needed" for code in LANGUAGES if code != original}
        return Received(files={original: sent} if sent else {}, languages=asked)


class LanguageForm(FlaskForm):
    """A document in one language."""

    state = SelectField(_l("How far it is"), validate_choice=False)
    translated_from = SelectField(_l("Translation of"), validate_choice=False)
    file = FileField(_l("File"))

    def offer(self, language: str) -> None:
        """Give its fields what can be chosen in them, for the version in that language."""
        own = reader_language()
        self.state.choices = [(key, labels.label("language_state", key, own)) for key in LANGUAGE_STATES]
        others = [pair for pair in language_choices() if pair[0] != language]
        self.translated_from.choices = [("", _("no translation")), *others]


class AmendForm(FlaskForm):
    """What revises, corrects or adds to a document."""

    kind = SelectField(_l("What it is"), validate_choice=False)
    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))
    language = SelectField(_l("Language of the file"), validate_choice=False)
    file = FileField(_l("File"))

    def offer(self) -> None:
        """Give its fields what can be chosen in them."""
        own = reader_language()
        self.kind.choices = list(labels.labels("amendment", own).items())
        self.language.choices = language_choices()

    def received(self) -> Received:
        """Return the file that was sent."""
        sent = sent_file(self.file)
        return Received(files={self.language.data or "": sent} if sent else {})


class NoteForm(FlaskForm):
    """A note verbale, as it goes out or as it came in."""

    reference = StringField(_l("Number that the note has"), description=_l("As the other side wrote it on the note."))
    other_party = SelectField(_l("Other party"), validate_choice=False)
    language = SelectField(_l("Language of the note"), validate_choice=False)
    sender = StringField(
        _l("Who writes"), description=_l("With its article, as in “The Embassy of Mexico” or “la Embajada de México”.")
    )
    addressee = StringField(_l("Who is addressed"), description=_l("With its article, as it stands in a sentence."))
    subject = StringField(_l("Subject"))
    opening = TextAreaField(
        _l("Opening courtesy"), description=_l("Empty for the usual one in the language of the note.")
    )
    body = TextAreaField(_l("Text"), description=_l("In the third person. An empty line begins a paragraph."))
    closing = TextAreaField(
        _l("Closing courtesy"), description=_l("Empty for the usual one in the language of the note.")
    )
    dated_on = DayField(_l("Date of the note"), [Optional()])
    answer_due_on = DayField(_l("Answer due on"), [Optional()])
    answers = SelectField(_l("It answers"), validate_choice=False)
    meeting = StringField(_l("Meeting"), description=_l("Its reference, where the note is about one: UNC-2026-2."))
    file = FileField(_l("The note itself, as a file"))

    def offer(self, viewer: Viewer, lines: Iterable[NoteLine]) -> None:
        """Give its fields what can be chosen in them; `lines` are the notes that it may answer."""
        language = reader_language()
        self.language.choices = language_choices()
        others = words.party_order([code for code in ("CA", "MX", "US") if code != viewer.party], language)
        self.other_party.choices = [("", _("another")), *((code, words.party_name(code, language)) for code in others)]
        answered = [(str(line.note.id), _name(line)) for line in lines]
        self.answers.choices = [("", _("no other note")), *answered]

    def ask_for(self, direction: str) -> None:
        """Mark what a note of that direction cannot be without, so that nobody reads that it may be left out."""
        needed = ("sender", "addressee", "body") if direction == "out" else ("reference",)
        for name in ("dated_on", "subject", *needed):
            self[name].flags.required = True

    def said(self, direction: str) -> NoteWords:
        """Return what was typed."""
        content = NoteContent(
            language=self.language.data or "", sender=self.sender.data or "", addressee=self.addressee.data or "",
            subject=self.subject.data or "", body=self.body.data or "", opening=self.opening.data or "",
            closing=self.closing.data or "",
        )  # fmt: skip
        return NoteWords(
            direction=direction, content=content, dated_on=self.dated_on.data, reference=self.reference.data or "",
            other_party=self.other_party.data or None, answer_due_on=self.answer_due_on.data,
            answers=self.answers.data or "", meeting=self.meeting.data or "", file=sent_file(self.file),
        )  # fmt: skip


def _name(line: NoteLine) -> str:
    subject = line.content.subject if line.content else ""
    return f"{line.note.reference} {subject}".strip()


def language_choices() -> list[tuple[str, str]]:
    """Return the three languages by their names."""
    own = reader_language()
    return [(code, labels.label("language", code, own)) for code in LANGUAGES]


def sent_file(field: FileField) -> SentFile | None:
    """Return the file that was sent, None for none."""
    sent = paper_sent(field)
    return SentFile(sent.file_name, sent.content) if sent else None


def values_of(document: RegisteredDocument, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return what a document says, as its form writes it; the embargo is in the time of its own zone."""
    released = (
        words.local(document.release_at, document.release_zone)
        if document.release_at and document.release_zone
        else None
    )
    return {
        **titles,
        "kind": document.kind,
        "original_language": document.original_language,
        "marking": document.marking,
        "handling_step": document.handling_step,
        "named": list(document.named),
        "due_on": document.due_on,
        "lead_weeks": document.lead_weeks,
        "release_on": released.date() if released else None,
        "release_time": released.time() if released else None,
        "release_zone": document.release_zone,
    }


def parties_at(meeting: Meeting | None, others: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parties that can be named: those at the meeting, else those given."""
    return tuple(row.party_code for row in meeting.parties) if meeting is not None else others
