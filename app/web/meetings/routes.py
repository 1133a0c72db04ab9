"""The list of meetings, the page of each, and what its parties answer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain import documents as papers
from app.domain.errors import Refusal, StaleVersion
from app.domain.lifecycle import STATES
from app.domain.visibility import Action, Role, can
from app.i18n import reader_language
from app.models import Meeting
from app.services import meeting_life as life
from app.services import meetings as service
from app.services.dispatches import who_is_told_of_report
from app.services.drafts import own_drafts
from app.web.dispatches.holding import hold_if_asked, with_mails
from app.web.forms import put_error
from app.web.meetings import acts as _acts  # noqa: F401 - its routes
from app.web.meetings.blueprint import blueprint
from app.web.meetings.clocks import promised
from app.web.meetings.forms import AnswerForm, ReportForm
from app.web.meetings.listing import row_of
from app.web.meetings.page import page_of
from app.web.paging import page_number
from app.web.papers import ENDINGS, paper_sent
from app.web.releases.page import parties_for_guest, released_page
from app.web.routing import route, session, signed_in, viewer

__all__ = ["blueprint"]


@route(blueprint, "/meetings", policy=signed_in(Action.READ_MEETINGS))
def meetings() -> ResponseReturnValue:
    """Show the meetings to come, the viewer's own drafts, and the meetings past."""
    chosen = {name: request.args.get(name) or None for name in ("mechanism", "state")}
    page = page_number()
    found = service.meetings(session(), session().now, page=page, **chosen)
    language = reader_language()
    parties = parties_for_guest(session(), viewer(), (*found.coming, *found.past))
    first = page == 1 and not any(chosen.values())
    return render_template(
        "meetings/list.html",
        coming=[row_of(line, viewer(), language, parties) for line in found.coming],
        past=[row_of(line, viewer(), language, parties) for line in found.past],
        drafts=own_drafts(session()) if first else (),
        found=found,
        chosen=chosen,
        mechanisms=_mechanism_choices(language),
        states=[(state, labels.label("meeting_state", state, language)) for state in STATES],
        own_city=words.city_of(viewer().time_zone, language, viewer().party),
        can_draft=can(viewer(), Action.DRAFT_MEETING),
        before=_page_address(page - 1, chosen) if page > 1 else None,
        after=_page_address(page + 1, chosen) if page < found.page_count else None,
    )


@route(blueprint, "/meetings/<ref>", policy=signed_in(Action.READ_MEETINGS))
def meeting(ref: str) -> ResponseReturnValue:
    """Show one meeting; to a guest what was released of it."""
    if viewer().role is Role.GUEST:
        return released_page(session(), viewer(), ref)
    return page_of(session(), viewer(), ref)


@route(blueprint, "/meetings/<ref>/answer", policy=signed_in(Action.ANSWER_MEETING), methods=("POST",))
def answer(ref: str) -> ResponseReturnValue:
    """Write the own answer of the viewer's party."""
    form = AnswerForm()
    given = form.answer.data
    if not form.validate() or given not in ("yes", "no"):
        return page_of(session(), viewer(), ref, error=_("This answer did not arrive whole. Give it again.")), 422
    try:
        hold_if_asked()
        answered = life.answer_meeting(session(), ref, given, promise=form.promise.data, version=form.version.data)
    except StaleVersion:
        return page_of(session(), viewer(), ref, stale=True), 409
    flash(_what_was_said(answered, given))
    return redirect(url_for("meetings.meeting", ref=answered.reference), 303)


@route(blueprint, "/meetings/<ref>/report", policy=signed_in(Action.REPORT_ANSWER), methods=("GET", "POST"))
def report(ref: str) -> ResponseReturnValue:
    """Take another party's answer that came by note, mail or telephone."""
    found = service.find_meeting(session(), ref)
    form = _report_form(found)
    if request.method != "POST":
        form.promise.data = life.promise_of(found)
        return _report_page(found, form)
    if not form.validate():
        return _report_page(found, form), 422
    try:
        hold_if_asked()
        reported = life.report_answer(session(), ref, _report(form), promise=form.promise.data)
    except StaleVersion:
        form.promise.data = life.promise_of(found)
        return _report_page(found, form, stale=True), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _report_page(found, form), 422
    flash(with_mails(_("The answer is entered as reported. It does not confirm the meeting.")))
    return redirect(url_for("meetings.meeting", ref=reported.reference), 303)


def _report_form(found: Meeting) -> ReportForm:
    """Return the form of a report; raises `Refusal("not_in_state")` where nobody's answer can be reported."""
    if "report" not in life.possible_acts(session(), found, service.facts_of_meeting(session(), found)):
        raise Refusal("not_in_state")
    language = reader_language()
    form = ReportForm()
    open_to_report = words.party_order(life.reportable_parties(session(), found), language)
    form.party.choices = [(code, words.party_name(code, language)) for code in open_to_report]
    form.answer.choices = [(value, labels.label("answer", value, language)) for value in ("yes", "no")]
    form.channel.choices = [(name, labels.label("channel", name, language)) for name in life.CHANNELS]
    return form


def _report_page(found: Meeting, form: ReportForm, *, stale: bool = False) -> str:
    return render_template(
        "meetings/report.html",
        meeting=found,
        title=promised(found, reader_language()),
        form=form,
        stale=stale,
        plan=who_is_told_of_report(session(), found, life.reportable_parties(session(), found)),
        limit_mb=papers.SIZE_LIMIT_MB,
        endings=ENDINGS,
    )


def _report(form: ReportForm) -> life.Report:
    return life.Report(
        party=form.party.data,
        value=form.answer.data,
        channel=form.channel.data,
        note=form.note.data,
        paper=paper_sent(form.paper),
    )


def _what_was_said(answered: Meeting, given: str) -> str:
    if answered.state == "confirmed":
        return with_mails(_("Your party said yes, and with it every party has: the meeting is confirmed."))
    if given == "yes":
        return str(_("Your party said yes."))
    return str(_("Your party said no."))


def _mechanism_choices(language: str) -> list[tuple[str, str]]:
    return [(row.code, words.pick(row.name, language)[0]) for row in service.mechanisms_with_meetings(session())]


def _page_address(page: int, chosen: dict[str, str | None]) -> str:
    asked: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return url_for("meetings.meetings", page=page, **asked)
