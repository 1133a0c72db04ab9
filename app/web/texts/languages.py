"""The languages of a text: how far each is, what a translation lacks, and how the versions name the parties."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.name_orders import NAME_ORDERS, listed
from app.domain.text_languages import ORIGINAL_STATES, TRANSLATION_STATES, Standing
from app.domain.visibility import Action, can
from app.i18n import as_typed, reader_language
from app.messages import message_for
from app.services import text_languages as service
from app.services.text_edits import open_text_in, save_wording
from app.services.texts import WholeText, facts_of_text, find_text, whole_text
from app.web.forms import iso_day, sent_version
from app.web.routing import route, session, signed_in, viewer
from app.web.texts.blueprint import blueprint

_READS: Final = signed_in(Action.READ_TEXTS)
_TRANSLATES: Final = signed_in(Action.TRANSLATE_TEXT)
_STEERS: Final = signed_in(Action.ADOPT_TEXT)
FIELDS: Final = ("state", "due_on")


@route(blueprint, "/texts/<ref>/languages", policy=_READS)
def languages(ref: str) -> ResponseReturnValue:
    """Show how far a text is in each language, and what each translation lacks."""
    return _page(whole_text(session(), find_text(session(), ref)))


@route(blueprint, "/texts/<ref>/languages/<language>", policy=_TRANSLATES, methods=("POST",))
def move_language(ref: str, language: str) -> ResponseReturnValue:
    """Put a language in another state, with the day by which it is wanted."""
    typed = {name: as_typed(request.form.get(name, "")).strip() for name in FIELDS}
    try:
        due_on = _day(typed["due_on"])
        service.set_language(session(), ref, language, typed["state"], version=sent_version(), due_on=due_on)
    except StaleVersion:
        problem = _("Somebody else has moved this language since. Look at it, and say again.")
        return _again(ref, language, typed, problem), 409
    except NotFound:
        raise
    except Refusal as refusal:
        return _again(ref, language, typed, message_for(refusal, reader_language())), 422
    named = labels.label("language", language, reader_language())
    flash(_("%(language)s: %(state)s.", language=named, state=_state(typed["state"])))
    return redirect(url_for("texts.languages", ref=ref, _anchor=f"l-{language}"), 303)


@route(blueprint, "/texts/<ref>/languages/<language>/<uuid:paragraph_id>/holds", policy=_TRANSLATES, methods=("POST",))
def still_holds(ref: str, language: str, paragraph_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a translated paragraph is right for the original as it stands now too."""
    text = open_text_in(session(), ref, language)
    whole = whole_text(session(), text)
    found = next((each for each in whole.paragraphs if each.id == paragraph_id), None)
    wording = found.wordings.get(language) if found else None
    if wording is None:
        raise NotFound
    try:
        save_wording(session(), text, paragraph_id, language, wording.markdown, version=sent_version())
    except StaleVersion:
        flash(_("Somebody else has changed this translation since. Look at it again."), "warning")
    return redirect(url_for("texts.languages", ref=text.reference, _anchor=f"l-{language}"), 303)


@route(blueprint, "/texts/<ref>/names", policy=_STEERS, methods=("POST",))
def order_names(ref: str) -> ResponseReturnValue:
    """Say in which order the versions of the text name its parties."""
    order = as_typed(request.form.get("name_order", "")).strip()
    return _settled(ref, lambda: service.set_name_order(session(), ref, order, version=sent_version()))


@route(blueprint, "/texts/<ref>/translation", policy=_STEERS, methods=("POST",))
def need_languages(ref: str) -> ResponseReturnValue:
    """Say whether adoption waits for every language, or is subject to translation."""
    needs_all = request.form.get("needs_all") == "y"
    return _settled(ref, lambda: service.set_all_needed(session(), ref, needs_all=needs_all, version=sent_version()))


def _settled(ref: str, settle: Any) -> ResponseReturnValue:
    try:
        settle()
    except StaleVersion:
        return _again(ref, "", {}, _("The text has changed since. Look at it, and say again.")), 409
    except NotFound:
        raise
    except Refusal as refusal:
        return _again(ref, "", {}, message_for(refusal, reader_language())), 422
    flash(_("Saved."))
    return redirect(url_for("texts.languages", ref=ref, _anchor="settings"), 303)


def _again(ref: str, language: str, typed: dict[str, str], problem: str) -> str:
    """Show the page with what was typed for one of its languages, and why it was not taken."""
    return _page(whole_text(session(), find_text(session(), ref)), {language: typed}, {language: problem})


def _page(
    whole: WholeText, typed: dict[str, dict[str, str]] | None = None, problems: dict[str, str] | None = None
) -> str:
    text = whole.text
    facts = facts_of_text(session(), text)
    standings, steers = service.standings_of(whole), can(viewer(), Action.ADOPT_TEXT, facts)
    return render_template(
        "texts/languages.html",
        whole=whole,
        text=text,
        standings=standings,
        choices={each.language: _choices(each, steers=steers) for each in standings},
        paragraphs={str(each.id): each for each in whole.paragraphs},
        typed=typed or {},
        problems=problems or {},
        names={code: listed(service.names_for(session(), text, code)) for code in whole.languages},
        orders=[(order, labels.label("name_order", order, reader_language())) for order in NAME_ORDERS],
        may_translate=can(viewer(), Action.TRANSLATE_TEXT, facts) and text.state in {"draft", "adopted"},
        may_steer=text.state == "draft" and steers,
    )


def _choices(standing: Standing, *, steers: bool) -> list[tuple[str, str]]:
    """Return the states that the viewer can put a language in, and the one that it is in."""
    states = ORIGINAL_STATES if standing.is_original else TRANSLATION_STATES
    may_not = frozenset() if steers else service.STEERED_STATES - {standing.state}
    return [(state, _state(state)) for state in states if state not in may_not]


def _state(state: str) -> str:
    return labels.labels("language_state", reader_language()).get(state, state)


def _day(written: str) -> dt.date | None:
    """Return the day that was typed, None for none; raises `Refusal("not_a_date")`."""
    if not written:
        return None
    try:
        return iso_day(written)
    except ValueError:
        raise Refusal("not_a_date", field="due_on") from None
