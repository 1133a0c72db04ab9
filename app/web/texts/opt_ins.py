"""Taking part in the silence procedure for a mechanism, from the mechanism's page."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import Mechanism, SilenceOptIn
from app.services.mechanism_facts import find_mechanism
from app.services.silence_opt_ins import end_opt_in, may_opt_in, opt_in, opt_ins_of
from app.web.routing import route, session, signed_in, viewer
from app.web.texts.blueprint import blueprint


@dataclass(frozen=True, slots=True)
class OptInLine:
    """A party of a mechanism, and since which day it takes part in its silence procedure, None where it does not."""

    party: str
    row: SilenceOptIn | None


@dataclass(frozen=True, slots=True)
class SilenceParts:
    """Who takes part in the silence procedure for a mechanism, and what the viewer's party may do about its own."""

    lines: tuple[OptInLine, ...]
    may_begin: bool
    may_end: bool


def silence_parts(mechanism: Mechanism) -> SilenceParts:
    """Return who takes part in the silence procedure for a mechanism, in the order of the reader's alphabet."""
    standing = {row.party_code: row for row in opt_ins_of(session(), mechanism.id) if row.ended_at is None}
    order = words.party_order(mechanism.parties, reader_language())
    may, takes_part = may_opt_in(session(), mechanism), viewer().party in standing
    lines = tuple(OptInLine(code, standing.get(code)) for code in order)
    return SilenceParts(lines, may and not takes_part, may and takes_part)


@route(blueprint, "/mechanisms/<code>/silence", policy=signed_in(Action.OPT_INTO_SILENCE), methods=("POST",))
def opt_into_silence(code: str) -> ResponseReturnValue:
    """Let the viewer's party take part in the silence procedure for a mechanism, or no more."""
    mechanism = find_mechanism(session(), code)
    match request.form.get("act"):
        case "begin":
            opt_in(session(), mechanism)
            flash(_("Your party takes part in the silence procedure for this mechanism from now on."))
        case "end":
            end_opt_in(session(), mechanism)
            flash(_("Your party takes part no more. What is under silence already goes on."))
        case _other:
            raise Refusal("required")
    return redirect(url_for("mechanisms.mechanism", code=code, _anchor="silence"), 303)
