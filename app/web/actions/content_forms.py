"""The form of what an action says: its texts by language, its kind with what that asks for, who leads, its rank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField

from app import labels, words
from app.domain.action_kinds import FIELDS, NATIONAL
from app.models import Action
from app.services.action_content import ActionContent, content_of
from app.web.forms import compared

# The words of what a kind asks for, by the names of `app.domain.action_kinds`.
KIND_WORDS: Final = {
    "question": _l("Question"),
    "period_from": _l("Period from"),
    "period_until": _l("Period until"),
    "finding": _l("Finding"),
    "what": _l("What is exchanged"),
    "from_whom": _l("From whom"),
    "every_months": _l("Every how many months"),
    "last_received_on": _l("Last received"),
    "gap": _l("Gap between the versions"),
    "target": _l("Target"),
    "scenario": _l("Scenario"),
    "place": _l("Place"),
    "starts_on": _l("First day"),
    "ends_on": _l("Last day"),
    "candidate": _l("Candidate"),
    "body": _l("Body that elects"),
    "election_on": _l("Day of the election"),
}
_TEXTS: Final = ("body", "conclusion")
_PLAIN: Final = ("original", "kind", "lead_party", "priority", "horizon")


class TitleForm(FlaskForm):
    """A title in each of the languages that it has."""

    title_en = StringField(_l("Title in English"))
    title_es = StringField(_l("Title in Spanish"))
    title_fr = StringField(_l("Title in French"))


class ContentForm(TitleForm):
    """What an action says; the fields of each kind are made by `content_class`."""

    original = SelectField(_l("Written in"), validate_choice=False)
    body_en = TextAreaField(_l("Text in English"))
    body_es = TextAreaField(_l("Text in Spanish"))
    body_fr = TextAreaField(_l("Text in French"))
    conclusion_en = TextAreaField(_l("Conclusion in English"))
    conclusion_es = TextAreaField(_l("Conclusion in Spanish"))
    conclusion_fr = TextAreaField(_l("Conclusion in French"))
    kind = RadioField(_l("Kind"), validate_choice=False)
    lead_party = SelectField(_l("Who leads"), validate_choice=False)
    priority = SelectField(_l("Priority"), validate_choice=False)
    horizon = SelectField(_l("Horizon"), validate_choice=False)


def content_class(codes: Iterable[str], language: str) -> type[ContentForm]:
    """Return the class of the form for these parties, with a field for all that any kind asks for."""

    class Content(ContentForm):
        pass

    for field in {each.name: each for fields in FIELDS.values() for each in fields}.values():
        made = TextAreaField if field.type == "text" else StringField
        setattr(Content, f"kind_{field.name}", made(KIND_WORDS[field.name]))
    for code in codes:
        name = words.party_name(code, language)
        setattr(Content, f"{NATIONAL}_{code}", TextAreaField(_("Version (%(party)s)", party=name)))
    return Content


def put_choices(form: ContentForm, codes: Iterable[str], language: str) -> None:
    """Give the form what can be chosen in it."""
    form.original.choices = list(labels.labels("language", language).items())
    form.kind.choices = list(labels.labels("action_kind", language).items())
    form.lead_party.choices = [("", _("nobody yet")), *((code, words.party_name(code, language)) for code in codes)]
    form.priority.choices = list(labels.labels("priority", language).items())
    form.horizon.choices = [("", _("open")), *labels.labels("horizon", language).items()]


def edit_form(action: Action, codes: list[str], language: str) -> ContentForm:
    """Return the form of what an action says now."""
    form = content_class(codes, language)(data=in_fields_of(content_of(action)))
    put_choices(form, codes, language)
    return form


def first_data(language: str) -> dict[str, str]:
    """Return what the form of a new action says at first."""
    return {"original": language, "kind": "task", "priority": "normal"}


def typed_content(form: Any, codes: Iterable[str], was: Action | None = None) -> ActionContent:
    """Return what was typed of an action.

    What a party said of its own version stands where the form has no field for it.
    """
    kind = form.kind.data or ""
    facts: dict[str, Any] = {each.name: form[f"kind_{each.name}"].data for each in FIELDS.get(kind, ())}
    before = dict((was.kind_facts if was else {}).get(NATIONAL) or {})
    typed = {code: form[f"{NATIONAL}_{code}"].raw_data for code in codes}
    versions = {code: raw[0] for code, raw in typed.items() if raw}
    by_language = {
        name: {code: form[f"{name}_{code}"].data or "" for code in words.LANGUAGES} for name in ("title", *_TEXTS)
    }
    return ActionContent(
        title=by_language["title"], original=form.original.data or None, body=by_language["body"],
        conclusion=by_language["conclusion"], kind=kind, kind_facts={**facts, NATIONAL: before | versions},
        lead_party=form.lead_party.data or None, priority=form.priority.data or "",
        horizon=form.horizon.data or None,
    )  # fmt: skip


def in_fields_of(content: ActionContent) -> dict[str, str]:
    """Return what an action says by the names of the form's fields."""
    return _flat({name: getattr(content, name) for name in ("title", *_TEXTS, "kind_facts", *_PLAIN)})


def _flat(said: Mapping[str, Any]) -> dict[str, str]:
    by_language = {
        f"{name}_{code}": said[name].get(code) or "" for name in ("title", *_TEXTS) for code in words.LANGUAGES
    }
    facts = {f"kind_{name}": str(value or "") for name, value in said["kind_facts"].items() if name != NATIONAL}
    versions = {f"{NATIONAL}_{code}": text for code, text in (said["kind_facts"].get(NATIONAL) or {}).items()}
    return {**by_language, **{name: said[name] or "" for name in _PLAIN}, **facts, **versions}


def both_texts(form: ContentForm, yours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return each field that somebody wrote in, what was typed and what stands now."""
    mine, others = _flat(yours), _flat(theirs)
    names = [name for name in form._fields if mine.get(name) or others.get(name)]
    return compared(form, {name: mine.get(name, "") for name in names}, others)
