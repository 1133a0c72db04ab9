"""Texts: the list, the page of one with two languages side by side, its revisions, and how one became another."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.errors import NotFound
from app.domain.text_hash import short_hash
from app.domain.visibility import Action, can
from app.i18n import as_typed, reader_language
from app.models.texts import OUTCOME_KINDS, TEXT_STATES
from app.services import text_revisions as revisions
from app.services.inner_notes import notes_on
from app.services.reservations import may_reserve
from app.services.text_comments import comments_on
from app.services.text_edits import order_of
from app.services.text_languages import standings_of
from app.services.texts import (
    TextFilters,
    WholeText,
    facts_of_text,
    find_text,
    place_of_text,
    text_lines,
    whole_text,
)
from app.web.paging import page_number
from app.web.routing import route, session, signed_in, viewer
from app.web.texts import agreeing as _agreeing  # noqa: F401 - its routes are on the same blueprint
from app.web.texts import editing as _editing  # noqa: F401 - its routes are on the same blueprint
from app.web.texts import languages as _languages  # noqa: F401 - its routes are on the same blueprint
from app.web.texts import making as _making  # noqa: F401 - its routes are on the same blueprint
from app.web.texts import opt_ins as _opt_ins  # noqa: F401 - its routes are on the same blueprint
from app.web.texts import papers as _papers  # noqa: F401 - its routes are on the same blueprint
from app.web.texts import readouts as _readouts  # noqa: F401 - its routes are on the same blueprint
from app.web.texts import saying as _saying  # noqa: F401 - its routes are on the same blueprint
from app.web.texts import silence as _silence  # noqa: F401 - its routes are on the same blueprint
from app.web.texts.agreement_shown import agreement_context
from app.web.texts.blueprint import blueprint
from app.web.texts.showing import footnotes_of, names_in, paragraph_views, second_language, shown_language, when

__all__ = ["blueprint"]
_READS: Final = signed_in(Action.READ_TEXTS)
FILTERS: Final = ("mechanism", "meeting", "kind", "state")


@route(blueprint, "/texts", policy=_READS)
def texts() -> ResponseReturnValue:
    """Show the texts that the viewer may see, those that changed last first."""
    kept = {name: value for name in FILTERS if (value := as_typed(request.args.get(name, "")).strip())}
    page = page_number()
    found = text_lines(session(), TextFilters(**kept), page)
    return render_template(
        "texts/list.html",
        found=found,
        asked=kept,
        kinds_of=[(kind, labels.label("text_kind", kind, reader_language())) for kind in OUTCOME_KINDS],
        states_of=[(state, labels.label("text_state", state, reader_language())) for state in TEXT_STATES],
        before=_page_at(page - 1, kept) if page > 1 else None,
        after=_page_at(page + 1, kept) if page < found.page_count else None,
    )


def _page_at(page: int, kept: dict[str, Any]) -> str:
    return url_for("texts.texts", page=page, **kept)


@route(blueprint, "/texts/<ref>", policy=_READS)
def text(ref: str) -> ResponseReturnValue:
    """Show a text: its wording in one or two languages, what is appended, and where it stands."""
    found = find_text(session(), ref)
    whole = whole_text(session(), found)
    first = shown_language(whole)
    second = second_language(whole, first)
    comments = comments_on(session(), found)
    notes = notes_on(session(), text_id=found.id) if viewer().party else ()
    footnotes = footnotes_of(whole, first)
    issued = revisions.revisions_of(session(), found)
    return render_template(
        "texts/text.html",
        whole=whole,
        text=found,
        first=first,
        second=second,
        paragraphs=paragraph_views(whole, first, second, footnotes, comments, notes),
        footnotes=footnotes,
        comments=comments,
        notes=notes,
        numbers=whole.numbers,
        revisions=issued,
        order=order_of(whole),
        **_standing(whole),
        **agreement_context(whole, next((line.revision.content_hash for line in issued), None)),
    )


def _standing(whole: WholeText) -> dict[str, Any]:
    """Return where a text stands and what the viewer may do with it, for its page; other modules add to it."""
    found, facts = whole.text, facts_of_text(session(), whole.text)
    is_open = found.state == "draft"
    return {
        "place": place_of_text(session(), found),
        "standings": standings_of(whole),
        "facts": facts,
        "may_edit": is_open and can(viewer(), Action.EDIT_TEXT, facts),
        "may_steer": can(viewer(), Action.ADOPT_TEXT, facts),
        "may_issue": is_open and can(viewer(), Action.ISSUE_TEXT, facts),
        "may_translate": can(viewer(), Action.TRANSLATE_TEXT, facts) and found.state in {"draft", "adopted"},
        "may_comment": can(viewer(), Action.EDIT_TEXT, facts),
        "may_reserve": may_reserve(session(), found),
        "short_hash": short_hash(found.content_hash),
        "when": when,
    }


@route(blueprint, "/texts/<ref>/revisions/<int(max=99999):number>", policy=_READS)
def revision(ref: str, number: int) -> ResponseReturnValue:
    """Show a revision as it was issued, in one language."""
    found = find_text(session(), ref)
    row = revisions.find_revision(session(), found, number)
    asked = request.args.get("language", "")
    language = asked if asked in words.LANGUAGES else found.original_language
    content: dict[str, Any] = row.content
    return render_template(
        "texts/revision.html", text=found, row=row, content=content, language=language, when=when,
        says=names_in(found, language), short_hash=short_hash(row.hashes.get(language, row.content_hash)),
    )  # fmt: skip


@route(blueprint, "/texts/<ref>/compare", policy=_READS)
def compare(ref: str) -> ResponseReturnValue:
    """Show how one revision became another, or the text as it stands, in one language."""
    found = find_text(session(), ref)
    if not found.revision:
        raise NotFound
    earlier = _number(request.args.get("from"), found.revision)
    later = _number(request.args.get("to"), 0) or None
    if earlier is None or (later is not None and later <= earlier):
        raise NotFound
    asked = request.args.get("language", "")
    language = asked if asked in words.LANGUAGES else found.original_language
    return render_template(
        "texts/compare.html",
        text=found,
        language=language,
        found=revisions.compare_versions(session(), found, earlier, later, language),
        froms=_choices(found.revision),
        tos=[("", _("the text as it stands")), *_choices(found.revision)[1:]],
    )


def _choices(count: int) -> list[tuple[str, str]]:
    return [(str(number), _("rev. %(number)s", number=number)) for number in range(1, count + 1)]


def _number(written: str | None, usual: int) -> int | None:
    """Return the number of a revision as an address has it; the usual one where it has none."""
    if written is None or not written:
        return usual
    return int(written) if written.isascii() and written.isdigit() and len(written) < 6 else None
