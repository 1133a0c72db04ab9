"""Entering a mechanism, or adopting one of the catalogue's related forums."""

from __future__ import annotations

import re
from typing import Final, get_args

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain.catalogue_types import Level
from app.domain.errors import Refusal
from app.domain.mechanism_entry import NewMechanism
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services import mechanism_entry as service
from app.web.forms import put_error, titles_of
from app.web.mechanisms.blueprint import blueprint
from app.web.mechanisms.forms import EntryForm
from app.web.routing import route, session, signed_in, viewer

_POLICY: Final = signed_in(Action.KEEP_MECHANISM)
_EMPTY: Final = {"status": "agreed", "level": "senior_officials"}


@route(blueprint, "/mechanisms/new", policy=_POLICY, methods=("GET", "POST"))
def new_mechanism() -> ResponseReturnValue:
    """Enter a mechanism, or adopt the forum that the address names, and ask the other parties to agree."""
    if not viewer().speaks_for_party:
        raise Refusal("forbidden")
    forum = request.values.get("forum") or None
    begun = service.new_from_forum(forum) if forum else None
    form = _form(begun)
    if request.method == "POST" and form.validate():
        try:
            decision = service.enter_mechanism(session(), _typed(form, forum), form.note.data or "")
        except Refusal as refusal:
            put_error(form, refusal)
        else:
            code = decision.content["code"]
            flash(_("The mechanism was entered. It counts once every party has agreed."))
            return redirect(url_for("mechanisms.mechanism", code=code), 303)
    page = render_template("mechanisms/new.html", form=form, forum=forum, fixed=begun)
    return page, 422 if request.method == "POST" else 200


@route(blueprint, "/mechanisms/forums", policy=signed_in(Action.READ_REGISTER))
def forums() -> ResponseReturnValue:
    """List the related forums of the catalogue, each with the way to adopt it."""
    return render_template(
        "mechanisms/forums.html",
        lines=service.forums(session()),
        own=viewer().party if viewer().speaks_for_party else None,
    )


def _form(begun: NewMechanism | None) -> EntryForm:
    form = EntryForm(data=_data(begun) if begun else _EMPTY | {"parties": [viewer().party]})
    language = reader_language()
    if begun is None:
        form.parties.choices = _parties(language)
    else:
        del form.parties  # a forum's parties are the catalogue's
    form.level.choices = [(level, labels.label("level", level, language)) for level in get_args(Level)]
    form.status.choices = [(each, labels.label("mechanism_status", each, language)) for each in ("agreed", "active")]
    form.anchor.choices = [("calendar_year", _("by calendar years")), ("rolling", _("from the day of the mandate"))]
    return form


def _parties(language: str) -> list[tuple[str, str]]:
    """Return the parties to choose from in the alphabet of that language, the three governments first."""
    known = service.choosable_parties(session())
    named = {code: words.pick(party.name, language)[0] for code, party in known.items()}
    order = sorted(known, key=lambda code: (not known[code].is_core, words.collation_key(named[code]), code))
    return [(code, named[code]) for code in order]


def _data(begun: NewMechanism) -> dict[str, object]:
    names = {name.replace("title_", "name_"): value for name, value in titles_of(begun.name).items()}
    return {
        **names, "letters": begun.letters, "parties": list(begun.parties), "level": begun.level,
        "status": begun.status, "is_open": begun.is_open,
    }  # fmt: skip


def _typed(form: EntryForm, forum: str | None) -> NewMechanism:
    return NewMechanism(
        name={code: form[f"name_{code}"].data or "" for code in words.LANGUAGES},
        letters=form.letters.data or "",
        parties=(form.parties.data or ()) if form.parties else (),
        level=form.level.data or "",
        status=form.status.data or "",
        minimum_meetings=form.minimum_meetings.data,
        period_months=form.period_months.data,
        anchor=form.anchor.data or "",
        instrument=form.instrument.data or "",
        mandate_on=(form.mandate_on.data or "").strip(),
        scope_in=_lines(form.scope_in.data),
        scope_out=_lines(form.scope_out.data),
        is_open=bool(form.is_open.data),
        forum=forum,
    )


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in re.split(r"[\r\n]+", text or "") if line.strip())
