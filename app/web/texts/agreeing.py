"""Acts on a text's agreement: signing, adopting, what it needs, and what comes after an adoption."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.agreement import CHAIRS
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.text_hash import short_hash
from app.domain.visibility import Action, can
from app.i18n import as_typed, reader_language
from app.models import AgreedText
from app.services.adopted_texts import begin_amendment
from app.services.adoption import adopt_now, blockers_of
from app.services.signatures import SignatureOrder, confirm, sign, take_back
from app.services.text_agreement import change_terms
from app.services.texts import facts_of_text, find_text, whole_text
from app.web.forms import put_error, sent_version
from app.web.routing import route, session, signed_in, viewer
from app.web.texts.agreement_forms import AgreementForm
from app.web.texts.agreement_words import act_words, blocker_words
from app.web.texts.blueprint import blueprint

_SIGNS: Final = signed_in(Action.SIGN_TEXT)
_ADOPTS: Final = signed_in(Action.ADOPT_TEXT)
BOTH: Final = ("GET", "POST")
Does = Callable[[AgreementForm], object]
Fill = Callable[[AgreementForm, AgreedText], None]


@route(blueprint, "/texts/<ref>/sign", policy=_SIGNS, methods=BOTH)
def sign_text(ref: str) -> ResponseReturnValue:
    """Say what is signed, and sign it for the viewer's party."""
    fields = ("way", "confirm_by_on", "excepted")
    return perform(ref, "sign", Action.SIGN_TEXT, fields, lambda form: _sign(ref, form), _fill_signing)


def _sign(ref: str, form: AgreementForm) -> None:
    way = "ad_referendum" if form.way.data == "ad_referendum" else "signed"
    excepted = frozenset(form.excepted.data or ()) if "excepted" in form else frozenset()
    day = form.confirm_by_on.data if way == "ad_referendum" else None
    sign(session(), ref, SignatureOrder(shown_hash(), way, day, excepted))  # type: ignore[arg-type]


def _fill_signing(form: AgreementForm, text: AgreedText) -> None:
    if text.kind != CHAIRS:
        del form["excepted"]
        return
    numbers = whole_text(session(), text).numbers
    form.excepted.choices = [(str(key), _("Paragraph %(number)s", number=number)) for key, number in numbers.items()]


@route(blueprint, "/texts/<ref>/confirm", policy=_SIGNS, methods=BOTH)
def confirm_signature(ref: str) -> ResponseReturnValue:
    """Confirm what the viewer's party signed ad referendum."""
    return perform(ref, "confirm", Action.SIGN_TEXT, (), lambda _form: confirm(session(), ref, shown_hash()))


@route(blueprint, "/texts/<ref>/sign/take-back", policy=_SIGNS, methods=("POST",))
def take_signature_back(ref: str) -> ResponseReturnValue:
    """Take the signature of the viewer's party back."""
    text = take_back(session(), ref)
    flash(_("Your party’s signature is taken back. It stays in the record as void."))
    return redirect(url_for("texts.text", ref=text.reference), 303)


@route(blueprint, "/texts/<ref>/adopt", policy=_ADOPTS, methods=BOTH)
def adopt_text(ref: str) -> ResponseReturnValue:
    """Say what stands in the way of adopting a text, and adopt it once nothing does."""
    return perform(ref, "adopt", Action.ADOPT_TEXT, (), lambda _form: adopt_now(session(), ref, shown_hash()))


@route(blueprint, "/texts/<ref>/terms", policy=_ADOPTS, methods=BOTH)
def terms(ref: str) -> ResponseReturnValue:
    """Say what a text needs to be agreed: whether open brackets stay, and whose chair's summary it is."""
    return perform(
        ref, "terms", Action.ADOPT_TEXT, ("brackets_noted", "chair_party"), lambda form: _set_terms(ref, form),
        _fill_terms,
    )  # fmt: skip


def _set_terms(ref: str, form: AgreementForm) -> None:
    text = find_text(session(), ref, lock=True)
    if text.version != sent_version():
        raise StaleVersion({"version": sent_version()}, {"version": text.version})
    changed: dict[str, object] = {"brackets_noted": bool(form.brackets_noted.data)}
    if "chair_party" in form:
        chosen = form.chair_party.data or ""
        if chosen not in text.parties:
            raise Refusal("chair_missing", field="chair_party")
        changed["chair_party"] = chosen
    change_terms(session(), text, **changed)


def _fill_terms(form: AgreementForm, text: AgreedText) -> None:
    language = reader_language()
    if request.method != "POST":
        form.brackets_noted.data = text.brackets_noted
    if text.kind != CHAIRS:
        del form["chair_party"]
        return
    named = [(code, words.party_name(code, language)) for code in words.party_order(text.parties, language)]
    form.chair_party.choices = [("", _("not said yet")), *named]
    if request.method != "POST":
        form.chair_party.data = text.chair_party or ""


@route(blueprint, "/texts/<ref>/amend", policy=signed_in(Action.EDIT_TEXT), methods=("POST",))
def amend(ref: str) -> ResponseReturnValue:
    """Begin a corrigendum or a revision of an adopted text."""
    made = begin_amendment(session(), ref, request.form.get("how", ""))
    flash(_("It is a text of its own, with the words of the adopted one. Change them, and have it agreed."))
    return redirect(url_for("texts.text", ref=made.reference), 303)


# One act ------------------------------------------------------------------------------------------


def perform(
    ref: str,
    act: str,
    action: Action,
    fields: tuple[str, ...],
    does: Does,
    fill: Fill | None = None,
    **more: Any,
) -> ResponseReturnValue:
    """Say what an act on a text does, and do it; refused or late, its page is shown again with what was typed."""
    text = find_text(session(), ref)
    if not can(viewer(), action, facts_of_text(session(), text)):
        raise Refusal("forbidden")
    form = AgreementForm()
    form.keep_only(*fields)
    if fill is not None:
        fill(form, text)
    if request.method != "POST":
        return act_page(text, act, form, **more)
    try:
        if not form.validate():
            return act_page(text, act, form, **more), 422
        with session().begin_nested():
            does(form)
    except StaleVersion as stale:
        return act_page(find_text(session(), ref), act, form, stale=stale, **more), 409
    except NotFound:
        raise
    except Refusal as refusal:
        put_error(form, refusal)
        return act_page(find_text(session(), ref), act, form, **more), 422
    flash(act_words(act).done)
    return redirect(url_for("texts.text", ref=text.reference), 303)


def act_page(text: AgreedText, act: str, form: AgreementForm, *, stale: StaleVersion | None = None, **more: Any) -> str:
    """Return the page of an act: what it is on, what follows from it, its fields, and its button."""
    shown = shown_hash() or text.content_hash
    hashes = None
    if stale is not None and "content_hash" in stale.yours:
        hashes = short_hash(str(stale.yours["content_hash"])), short_hash(str(stale.theirs["content_hash"]))
    context = {
        "silence": None, "advice": (), "advised": None, "better": None, "elsewhere": (), "answer": None, "missing": (),
        **more,
    }  # fmt: skip
    version = sent_version() if request.method == "POST" and stale is None else context.get("version", text.version)
    return render_template(
        "texts/agreement_act.html", text=text, act=act, form=form, said=act_words(act), shown=shown,
        short_shown=short_hash(shown), hashes=hashes, is_stale=stale is not None,
        blocking=[blocker_words(each) for each in blockers_of(session(), text)] if act == "adopt" else more.get(
            "blocking", ()
        ),
        **{**{name: value for name, value in context.items() if name != "blocking"}, "version": version},
    )  # fmt: skip


def shown_hash() -> str:
    """Return the hash of the content that the form was made from, as it was sent."""
    return as_typed(request.form.get("shown", "")).strip()[:64]
