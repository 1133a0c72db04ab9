"""The forms of positions: their shape; what they mean is the services' to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from app import labels, words
from app.domain.positions import CHOSEN_PARTS, QUESTIONS_LIMIT, PositionContent, Question
from app.services.position_edits import as_fields
from app.services.position_shares import ShareOrder
from app.web.forms import DayField

SPARE_QUESTIONS: Final = 3


class NonPaperForm(FlaskForm):
    """A non-paper: its text and its language."""

    language = SelectField(_l("Language"), validate_choice=False)
    lines = TextAreaField(
        _l("Text"), description=_l("Write nothing that says whom it is from: it is handed over as it stands here.")
    )


class PositionForm(FlaskForm):
    """A position; its questions and answers are fields of their own, `question_1`, `answer_1` and so on."""

    language = SelectField(_l("Language"), validate_choice=False)
    lines = TextAreaField(_l("Lines to take"), description=_l("What your delegation says at the table."))
    red_lines = TextAreaField(
        _l("Red lines"), description=_l("What it does not agree to. Never handed over unless somebody ticks it.")
    )
    fallback = TextAreaField(
        _l("Fallback"), description=_l("What it could live with. Never handed over unless somebody ticks it.")
    )
    papers = TextAreaField(_l("Papers"), description=_l("A symbol or a name in each line."))


class ShareForm(FlaskForm):
    """To whom something is handed, and what of it; sent by GET to see it first."""

    class Meta:
        """A choice that only shows a page carries no token."""

        csrf = False

    party = SelectMultipleField(_l("Hand it to"), validate_choice=False)
    part = SelectMultipleField(_l("Beside the lines"), validate_choice=False)
    expires_on = DayField(
        _l("Shown until"), [Optional()], description=_l("Its last day, for its readers. Empty where it has none.")
    )


class ConfirmForm(FlaskForm):
    """That somebody knows what cannot be taken back."""

    confirmed = BooleanField(_l("I know that this cannot be taken back."))


# Writing --------------------------------------------------------------------------------------------


def position_form(content: PositionContent | None, language: str) -> PositionForm:
    """Return the form of a position, with some empty questions; `content` is what stands, None for a new one."""
    count = min(max(_asked(content), _sent_questions()) + SPARE_QUESTIONS, QUESTIONS_LIMIT)
    fields: dict[str, Any] = {}
    for number in range(1, count + 1):
        shown = words.number(number, language)
        fields[f"question_{number}"] = StringField(_("Question %(number)s", number=shown))
        fields[f"answer_{number}"] = TextAreaField(_("Answer %(number)s", number=shown))
    made = type("PositionFormOfThisPage", (PositionForm,), fields)
    form: PositionForm = made(data=as_fields(content) if content else {"language": language})
    form.language.choices = list(labels.labels("language", language).items())
    return form


def non_paper_form(content: PositionContent | None, language: str) -> NonPaperForm:
    """Return the form of a non-paper."""
    data = {"language": content.language, "lines": content.lines} if content else {"language": language}
    form = NonPaperForm(data=data)
    form.language.choices = list(labels.labels("language", language).items())
    return form


def typed_position(form: FlaskForm) -> PositionContent:
    """Return the position, or the non-paper, that was typed."""
    said: dict[str, Any] = {
        name: form[name].data or "" if name in form else "" for name in ("lines", "red_lines", "fallback")
    }
    numbers = [name.removeprefix("question_") for name in form.data if name.startswith("question_")]
    asked = [Question(form[f"question_{each}"].data or "", form[f"answer_{each}"].data or "") for each in numbers]
    papers: list[str] = (form["papers"].data or "").splitlines() if "papers" in form else []
    return PositionContent(**said, questions=tuple(asked), papers=tuple(papers), language=form["language"].data or "")


def question_numbers(form: FlaskForm) -> list[int]:
    """Return the numbers of the questions that a form has."""
    return sorted(int(name.removeprefix("question_")) for name in form.data if name.startswith("question_"))


def _asked(content: PositionContent | None) -> int:
    return len(content.questions) if content else 0


def _sent_questions() -> int:
    """Return the highest number of a question that was sent with something in it, so that nothing typed is lost."""
    sent = [
        int(number)
        for number in map(str, range(1, QUESTIONS_LIMIT + 1))
        if request.form.get(f"question_{number}") or request.form.get(f"answer_{number}")
    ]
    return max(sent, default=0)


# Sharing --------------------------------------------------------------------------------------------


def share_form(offered: Iterable[str], written: Iterable[str], language: str, source: Mapping[str, Any]) -> ShareForm:
    """Return the form that says to whom and what; `source` is what was sent, by GET or with the confirmation."""
    form = ShareForm(formdata=source)
    order = words.party_order(offered, language)
    form.party.choices = [(code, words.party_name(code, language)) for code in order]
    parts = set(written)
    said = labels.labels("position_part", language)
    form.part.choices = [(part, said[part]) for part in CHOSEN_PARTS if part in parts]
    return form


def typed_order(form: ShareForm) -> ShareOrder:
    """Return to whom and what was chosen."""
    return ShareOrder(tuple(form.party.data or ()), tuple(form.part.data or ()), form.expires_on.data)
