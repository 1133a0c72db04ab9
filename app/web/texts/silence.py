"""Acts on a text under silence: circulating, receiving, accepting, breaking, more time, taking back, reports."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain import documents as papers
from app.domain.errors import Refusal
from app.domain.silence_advice import advice_on, next_good_instant
from app.domain.visibility import Action
from app.i18n import reader_language
from app.models import AgreedText, Silence
from app.services import silence_acts as acts
from app.services.agreement_words import instant_words, times_elsewhere
from app.services.meeting_life import CHANNELS
from app.services.silence_circulation import Prospect, capitals_of, circulate, prospect
from app.services.silence_receipts import receive
from app.services.silence_reports import SilenceReport, report_answer, settle_answer
from app.services.silences import latest_silence, reported_answer
from app.services.texts import find_text
from app.web.forms import sent_version
from app.web.papers import ENDINGS, paper_sent
from app.web.routing import route, session, signed_in, viewer
from app.web.texts.agreeing import BOTH, perform, shown_hash
from app.web.texts.agreement_forms import AgreementForm
from app.web.texts.agreement_words import advice_words, blocker_words
from app.web.texts.blueprint import blueprint
from app.web.zones import zone_choices

_RUNS: Final = signed_in(Action.RUN_SILENCE)
END: Final = ("until_on", "until_time", "choice")


@route(blueprint, "/texts/<ref>/silence/new", policy=_RUNS, methods=BOTH)
def circulate_text(ref: str) -> ResponseReturnValue:
    """Say what putting a text under silence does, with a good instant for its end; and do it."""
    found = prospect(session(), ref)
    return perform(
        ref, "circulate", Action.RUN_SILENCE, (*END, "zone", "hours"), lambda form: _circulate(ref, form, found),
        lambda form, _text: _fill_end(form, found), **_about(found),
    )  # fmt: skip


def _circulate(ref: str, form: AgreementForm, found: Prospect) -> None:
    if not found.obstacles and not found.missing:
        _look_first(found.zone, found.capitals)
    circulate(session(), ref, form.end(), hours=form.hours.data or 0, shown_hash=shown_hash())


def _fill_end(form: AgreementForm, found: Prospect) -> None:
    form.zone.choices = zone_choices(reader_language())
    if request.method != "POST":
        local = words.local(found.suggested, found.zone)
        form.until_on.data, form.until_time.data, form.zone.data = local.date(), local.time(), found.zone
    if not form.until_time.errors and request.method != "POST":
        del form["choice"]


def _about(found: Prospect) -> dict[str, Any]:
    """Return what the page of circulating says before anything is typed, or of the end that was typed."""
    end = _typed_end(found.zone) or found.suggested
    advice = advice_on(end, session().now, found.capitals)
    better = next_good_instant(end, found.zone, found.capitals) if advice else None
    language = reader_language()
    return {
        "blocking": [blocker_words(each) for each in found.obstacles],
        "missing": found.missing if found.missing is not None else None,
        "advice": [advice_words(each) for each in advice],
        "advised": end.isoformat() if advice and request.method == "POST" else None,
        "better": instant_words(better, found.zone, language) if better and better != end else None,
        "elsewhere": times_elsewhere(end, found.zone, found.capitals, language),
        "ends": instant_words(end, found.zone, language),
    }


def _look_first(zone: str, capitals: Mapping[str, str]) -> None:
    """Raise `Refusal` once for a typed end that there is advice against: it is read before anything is done."""
    end = _typed_end(zone)
    if end is None or end <= session().now or request.form.get("advised") == end.isoformat():
        return
    if advice_on(end, session().now, capitals):
        raise Refusal("silence_end_advised", field="until_on")


def _typed_end(zone: str) -> Any:
    """Return the instant that was typed, None where it cannot be read: the form says why."""
    if request.method != "POST":
        return None
    form = AgreementForm()
    if not (form.until_on.data and form.until_time.data):
        return None
    try:
        return form.end(form.zone.data or zone).resolved().instant
    except Refusal:
        return None


@route(blueprint, "/texts/<ref>/silence/receive", policy=signed_in(Action.RECEIVE_SILENCE), methods=("POST",))
def receive_text(ref: str) -> ResponseReturnValue:
    """Say that the viewer's delegation has received a text under silence."""
    receive(session(), ref)
    flash(_("Your delegation’s receipt is recorded."))
    return redirect(url_for("texts.text", ref=ref), 303)


@route(blueprint, "/texts/<ref>/silence/accept", policy=signed_in(Action.SIGN_TEXT), methods=BOTH)
def accept_text(ref: str) -> ResponseReturnValue:
    """Accept a text for the viewer's party before the end of the silence."""
    return _on_silence(ref, "accept", Action.SIGN_TEXT, (), lambda _f: acts.accept_early(session(), ref, shown_hash()))


@route(blueprint, "/texts/<ref>/silence/break", policy=signed_in(Action.BREAK_SILENCE), methods=BOTH)
def break_text(ref: str) -> ResponseReturnValue:
    """Object to a text under silence for the viewer's party, in writing."""
    return _on_silence(
        ref, "break_it", Action.BREAK_SILENCE, ("words",),
        lambda form: acts.break_silence(session(), ref, form.words.data or ""),
    )  # fmt: skip


@route(blueprint, "/texts/<ref>/silence/extend", policy=_RUNS, methods=BOTH)
def extend_text(ref: str) -> ResponseReturnValue:
    """Give a silence a later end."""
    text = find_text(session(), ref)
    silence = _standing(text)
    capitals = capitals_of(session(), text.parties)
    end = _typed_end(silence.time_zone)
    advice = advice_on(end, session().now, capitals) if end is not None else ()

    def extend(form: AgreementForm) -> None:
        _look_first(silence.time_zone, capitals)
        acts.extend_silence(session(), ref, form.end(silence.time_zone), version=sent_version())

    return _on_silence(
        ref, "extend", Action.RUN_SILENCE, END, extend,
        advice=[advice_words(each) for each in advice], advised=end.isoformat() if advice else None,
    )  # fmt: skip


@route(blueprint, "/texts/<ref>/silence/withdraw", policy=_RUNS, methods=BOTH)
def withdraw_text(ref: str) -> ResponseReturnValue:
    """Take a text back from under silence."""
    return _on_silence(
        ref, "withdraw", Action.RUN_SILENCE, ("reason",),
        lambda form: acts.withdraw_silence(session(), ref, form.reason.data or "", version=sent_version()),
    )  # fmt: skip


@route(blueprint, "/texts/<ref>/silence/report", policy=signed_in(Action.REPORT_SILENCE_ANSWER), methods=BOTH)
def report_on_silence(ref: str) -> ResponseReturnValue:
    """Enter what another party answered outside of Entente."""
    fields = ("party", "kind", "channel", "note", "paper")
    return _on_silence(ref, "report", Action.REPORT_SILENCE_ANSWER, fields, lambda form: _report(ref, form))


def _report(ref: str, form: AgreementForm) -> None:
    report_answer(
        session(),
        ref,
        SilenceReport(
            form.party.data or "", form.kind.data or "", form.channel.data or "", form.note.data or "",
            paper_sent(form.paper),
        ),
    )  # fmt: skip


@route(blueprint, "/texts/<ref>/silence/answers/<uuid:answer_id>", policy=_RUNS, methods=BOTH)
def settle_reported(ref: str, answer_id: uuid.UUID) -> ResponseReturnValue:
    """Settle what was reported of a party: an objection, or none."""
    answer = reported_answer(session(), find_text(session(), ref), answer_id)
    return _on_silence(
        ref, "settle", Action.RUN_SILENCE, ("ruling", "note"),
        lambda form: settle_answer(
            session(), ref, answer_id, form.ruling.data or "", form.note.data or "", version=sent_version()
        ),
        answer=answer,
    )  # fmt: skip


def _on_silence(
    ref: str, act: str, action: Action, fields: tuple[str, ...], does: Any, **more: Any
) -> ResponseReturnValue:
    text = find_text(session(), ref)
    silence = _standing(text)
    at = silence.ends_at or silence.until_at
    language = reader_language()
    return perform(
        ref, act, action, fields, does, lambda form, _text: _fill(form, silence),
        silence=silence, version=silence.version, ends=instant_words(at, silence.time_zone, language),
        elsewhere=times_elsewhere(at, silence.time_zone, capitals_of(session(), text.parties), language),
        endings=ENDINGS, limit_mb=papers.SIZE_LIMIT_MB, **more,
    )  # fmt: skip


def _fill(form: AgreementForm, silence: Silence) -> None:
    language = reader_language()
    if "party" in form:
        others = [code for code in words.party_order(silence.parties, language) if code != viewer().party]
        form.party.choices = [(code, words.party_name(code, language)) for code in others]
        form.channel.choices = [(name, labels.label("channel", name, language)) for name in CHANNELS]
    if "ruling" in form:
        form.note.label.text = _("How you know, for all to read")
    if "choice" in form and request.method != "POST":
        del form["choice"]


def _standing(text: AgreedText) -> Silence:
    """Return the silence of a text, over or not: an act on one that is over is refused where it is done."""
    found = latest_silence(session(), text.id)
    if found is None:
        raise Refusal("no_silence")
    return found
