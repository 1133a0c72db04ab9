"""Forms of papers: looked at, put in the place of ours, and given up again."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from wtforms import FileField, Form, SelectField

from app import labels, words
from app.domain.documents import DOCX
from app.domain.errors import NotFound, Refusal
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models.documents import TEMPLATE_KINDS
from app.papers.docx_forms import FIELDS, own_form
from app.services import paper_forms as service
from app.services.paper_forms import Side
from app.web.documents.routes import attachment
from app.web.forms import put_error
from app.web.papers import paper_sent
from app.web.routing import route, session, signed_in
from app.web.take_away.blueprint import blueprint

_KEEPS: Final = signed_in(Action.KEEP_TEMPLATES)


class PutForm(Form):
    """A form to be put in the place of ours."""

    kind = SelectField(_l("Paper"))
    whose = SelectField(_l("For"))
    file = FileField(
        _lp("of a paper", "Form"), description=_l("A text document (DOCX) with the fields that it is to fill in.")
    )


@route(blueprint, "/documents/forms", policy=_KEEPS)
def forms() -> ResponseReturnValue:
    """Show which form stands for each kind of paper, for each side of the viewer's."""
    return render_template(
        "take_away/forms.html", lines=service.forms(session()), named=side_words, fields=_fields_said()
    )


@route(blueprint, "/documents/forms/ours.docx", policy=_KEEPS)
def our_form() -> ResponseReturnValue:
    """Give our own form, as a start for another."""
    return _handed(f"{_('form')}.docx", own_form())


@route(blueprint, "/documents/forms/theirs.docx", policy=_KEEPS)
def their_form() -> ResponseReturnValue:
    """Give the form that stands in the place of ours."""
    return _handed(*service.form_of(session(), _kind(), _side()))


@route(blueprint, "/documents/forms/put", policy=_KEEPS, methods=("GET", "POST"))
def put_form() -> ResponseReturnValue:
    """Take a form and check it, then put it in the place of what stands."""
    form = _prepared()
    if request.method == "POST":
        try:
            _put(form)
        except Refusal as refusal:
            put_error(form, refusal)
            return _put_page(form), 422
        flash(_("The form is in place. What you take away from now on is written in it."))
        return redirect(url_for("take_away.forms"), 303)
    return _put_page(form)


def _put(form: PutForm) -> None:
    paper = paper_sent(form.file)
    if paper is None:
        raise Refusal("required", field="file")
    service.put_form(session(), _kind(), _side(), file_name=paper.file_name, content=paper.content)


def _put_page(form: PutForm) -> str:
    return render_template("take_away/put.html", form=form, fields=_fields_said())


@route(blueprint, "/documents/forms/drop", policy=_KEEPS, methods=("GET", "POST"))
def drop_form() -> ResponseReturnValue:
    """Ask whether to go back to our own form, and do it."""
    kind, side = _kind(), _side()
    if request.method == "POST":
        service.drop_form(session(), kind, side)
        flash(_("Our own form is back in its place."))
        return redirect(url_for("take_away.forms"), 303)
    line = next((each for each in service.forms(session()) if each.kind == kind and each.side == side), None)
    if line is None or line.form is None:
        raise NotFound
    return render_template("take_away/drop.html", line=line, named=side_words)


def _prepared() -> PutForm:
    """Return the form with what can be chosen, and what the address names already chosen."""
    form = PutForm(request.form if request.method == "POST" else request.args)
    form.file.data = request.files.get("file")
    form.kind.choices = [(kind, labels.label("paper_kind", kind, reader_language())) for kind in TEMPLATE_KINDS]
    form.whose.choices = [(str(side.appointment_id or ""), side_words(side)) for side in service.sides(session())]
    return form


def _kind() -> str:
    return request.values.get("kind", "")


def _side() -> Side:
    return service.side_named(session(), request.values.get("whose", ""))


def side_words(side: Side) -> str:
    """Return for whom a form is: one's own delegation, or a secretariat with what it serves."""
    language = reader_language()
    if side.hat is None:
        return str(_("your delegation"))
    serves = side.hat.meeting_reference or words.pick(side.hat.mechanism_name, language)[0] or _("ad hoc meetings")
    return f"{words.pick(side.hat.name, language)[0] or _('secretariat')} ({serves})"


def _fields_said() -> list[tuple[str, str]]:
    said: dict[str, Any] = {
        "title": _("its title"),
        "reference": _("its number or reference, its kind, and how far it is"),
        "standing": _("what it says of itself: adopted, endorsed by whom, subject to translation"),
        "marking": _("national markings, and the handling step"),
        "date": _("the day on which it was printed"),
        "body": _("all that it says; no form is without this field"),
    }
    return [("{{ " + name + " }}", str(said[name])) for name in FIELDS]


def _handed(name: str, content: bytes) -> ResponseReturnValue:
    response = make_response(content)
    response.headers["Content-Type"] = DOCX
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
