"""A meeting that is opened to more parties: what its reference tells them, and a meeting of its own instead."""

from __future__ import annotations

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.domain.visibility import Action
from app.i18n import reader_language
from app.services.staged_changes import Publication, begin_anew, told_by_reference
from app.web.drafts.blueprint import blueprint
from app.web.forms import sent_version
from app.web.routing import route, session, signed_in


@route(blueprint, "/drafts/<uuid:draft_id>/anew", policy=signed_in(Action.EDIT_DRAFT), methods=("POST",))
def begin_anew_instead(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Make a draft of a new meeting from changes that would open one to more parties."""
    draft = begin_anew(session(), draft_id, version=sent_version())
    flash(_("This is a draft of a meeting of its own. The other meeting stays as it is."))
    return redirect(url_for("drafts.draft", draft_id=draft.id), 303)


def warning_of_reference(planned: Publication) -> str:
    """Return what those who come in read in the reference, in words; nothing where nobody comes in or it tells none."""
    told = told_by_reference(planned)
    if told is None or told == ((), 0):
        return ""
    began, before = told
    language = reader_language()
    said = [_("The reference stays %(reference)s, and is never renumbered.", reference=planned.meeting.reference)]
    if began:
        names = words.list_of(
            [words.party_name(code, language) for code in words.party_order(began, language)], language
        )
        said.append(_("Whoever comes in reads in it that this began as a meeting of %(names)s.", names=names))
    if before:
        said.append(
            ngettext(
                "They also read that there was %(num)s such meeting before it.",
                "They also read that there were %(num)s such meetings before it.",
                before,
            )
        )
    return " ".join(str(each) for each in said)
