"""What those who run a poll do to it: slots, time, reminders, late answers, the choice; and what came by mail."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import labels, words
from app.domain import documents as papers
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.meeting_content import Refused
from app.domain.polls import OVER
from app.domain.visibility import Action, can
from app.extension import uid_host
from app.i18n import reader_language
from app.messages import message_for
from app.models import Meeting, Poll
from app.services import poll_acts as acts
from app.services.meeting_life import CHANNELS
from app.services.poll_choice import Choice, choice_of
from app.services.poll_choosing import choose_slot
from app.services.poll_pages import PollView, poll_view
from app.services.poll_reminders import remind_now
from app.services.poll_reports import PollReport, report_poll_answer, reportable_seats
from app.services.poll_slots import change_slots
from app.services.poll_words import closes_words, slot_words, slot_words_in
from app.web.dispatches.holding import hold_if_asked, with_mails
from app.web.forms import put_error
from app.web.papers import ENDINGS, paper_sent
from app.web.polls.blueprint import blueprint
from app.web.polls.chair_forms import PollActForm, PollReportForm, SlotsForm
from app.web.polls.chair_words import act_words, consequences
from app.web.polls.forms import as_typed, sent_id
from app.web.polls.showing import clock_of_reader, places_of_poll, rows_of, seat_name
from app.web.routing import route, session, signed_in, viewer

DEADLINE: Final = ("closes_on", "closes_time", "choice")
RUN: Final = signed_in(Action.RUN_POLL)
BOTH: Final = ("GET", "POST")


# Choosing -----------------------------------------------------------------------------------------


@route(blueprint, "/polls/<ref>/choose", policy=RUN, methods=BOTH)
def choose(ref: str) -> ResponseReturnValue:
    """Say what choosing a slot will do and who is told, and do it."""
    slot_id = sent_id(request.values.get("slot"))
    if slot_id is None:
        poll_view(session(), ref)  # what is not there is not there, whatever else was sent
        return redirect(url_for("polls.poll", ref=ref), 303)
    try:
        if request.method != "POST":
            return _choice_page(choice_of(session(), ref, slot_id))
        return _chosen(_choose(ref, slot_id))
    except StaleVersion as stale:
        return _lost(ref, slot_id, stale)
    except Refused as refused:  # the draft lacks what a meeting needs, beside its date
        flash(" ".join(message_for(each) for each in refused.refusals))
        return redirect(url_for("polls.poll", ref=ref), 303)
    except Refusal as refusal:
        if refusal.field != "reason":
            raise
        return _choice_page(choice_of(session(), ref, slot_id), refusal=refusal), 422


def _choose(ref: str, slot_id: uuid.UUID) -> Meeting:
    """Choose a slot as the page that was sent promised; where that is refused, pages show again what stands."""
    hold_if_asked()
    with session().begin_nested():
        return choose_slot(
            session(), ref, slot_id, promise=request.form.get("promise", ""), uid_host=uid_host(),
            reason=request.form.get("reason", ""),
        )  # fmt: skip


def _chosen(meeting: Meeting) -> ResponseReturnValue:
    """Go to the meeting of the slot that was chosen, and say what it is now."""
    done = (
        _("The slot is chosen, and the meeting is confirmed.")
        if meeting.state == "confirmed"
        else _("The slot is chosen. The parties that have not said yes themselves are asked.")
    )
    flash(with_mails(done))
    return redirect(url_for("meetings.meeting", ref=meeting.reference), 303)


def _lost(ref: str, slot_id: uuid.UUID, stale: StaleVersion) -> ResponseReturnValue:
    """Show both slots to who chose second, or what would happen now where that is something else."""
    theirs = stale.theirs.get("slot", slot_id)
    if theirs == slot_id:
        return _choice_page(choice_of(session(), ref, slot_id), is_stale=True), 409
    view, language = poll_view(session(), ref), reader_language()
    names = {slot.id: slot_words(view.poll, slot, language) for slot in view.poll.slots}
    page = render_template(
        "polls/_chair_lost.html", poll=view.poll, view=view, yours=names.get(slot_id, ""),
        theirs=names.get(theirs, "") if isinstance(theirs, uuid.UUID) else "",
    )  # fmt: skip
    return page, 409


def _choice_page(choice: Choice, *, refusal: Refusal | None = None, is_stale: bool = False) -> str:
    language = reader_language()
    return render_template(
        "polls/_chair_choose.html",
        choice=choice,
        poll=choice.poll,
        is_stale=is_stale,
        refusal_text=message_for(refusal) if refusal else None,
        when=slot_words(choice.poll, choice.slot, language),
        yours=_in_own_time(choice, language),
        consequences=consequences(choice, language),
        parties=words.party_order(choice.poll.parties, language),
        reason=request.form.get("reason") or _("Chosen in the poll %(reference)s.", reference=choice.poll.reference),
    )


def _in_own_time(choice: Choice, language: str) -> str | None:
    """Return when the slot is on the reader's clock, where that shows something else."""
    who = viewer()
    if who.time_zone == choice.poll.time_zone:
        return None
    return slot_words_in(choice.slot, who.time_zone, words.city_of(who.time_zone, language, who.party), language)


# Its time -----------------------------------------------------------------------------------------


@route(blueprint, "/polls/<ref>/extend", policy=RUN, methods=BOTH)
def extend(ref: str) -> ResponseReturnValue:
    """Give a poll that runs a later deadline."""
    return _act(
        ref, "extend", DEADLINE, lambda form: acts.extend_poll(session(), ref, form.deadline(), version=_version(form))
    )


@route(blueprint, "/polls/<ref>/reopen", policy=RUN, methods=BOTH)
def reopen(ref: str) -> ResponseReturnValue:
    """Let a closed poll be answered again."""
    return _act(
        ref, "reopen", DEADLINE, lambda form: acts.reopen_poll(session(), ref, form.deadline(), version=_version(form))
    )


@route(blueprint, "/polls/<ref>/close", policy=RUN, methods=BOTH)
def close(ref: str) -> ResponseReturnValue:
    """Close a poll before its deadline."""
    return _act(ref, "close", (), lambda form: acts.close_poll(session(), ref, version=_version(form)))


@route(blueprint, "/polls/<ref>/withdraw", policy=RUN, methods=BOTH)
def withdraw_poll(ref: str) -> ResponseReturnValue:
    """End a poll of which nothing comes."""
    return _act(
        ref, "withdraw_poll", ("reason",),
        lambda form: acts.withdraw_poll(session(), ref, form.reason.data, version=_version(form)),
    )  # fmt: skip


def _act(ref: str, act: str, fields: tuple[str, ...], does: Callable[[PollActForm], Poll]) -> ResponseReturnValue:
    """Show what an act would do, or do it; a poll that changed meanwhile is shown as it stands."""
    poll = _own_poll(ref).poll
    form = PollActForm()
    form.keep_only(*fields)
    if "choice" in form:
        form.choice.choices = [("earlier", _("the first time")), ("later", _("the second time"))]
    if request.method != "POST":
        form.version.data = poll.version
        return _act_page(poll, act, form)
    if not form.validate():
        return _act_page(poll, act, form), 422
    try:
        does(form)
    except StaleVersion:
        form.version.data, form.version.raw_data = poll.version, [str(poll.version)]
        return _act_page(poll, act, form, is_stale=True), 409
    except Refusal as refusal:
        if refusal.field is None:
            raise
        put_error(form, refusal)
        return _act_page(poll, act, form), 422
    flash(act_words(act, poll, reader_language()).done)
    return redirect(url_for("polls.poll", ref=poll.reference), 303)


def _version(form: PollActForm | SlotsForm) -> int:
    return int(form.version.data or 0)


def _act_page(poll: Poll, act: str, form: PollActForm, *, is_stale: bool = False) -> str:
    language = reader_language()
    return render_template(
        "polls/_chair_act.html", poll=poll, act=act, form=form, said=act_words(act, poll, language), is_stale=is_stale,
        closes=closes_words(poll.closes_at, poll.closes_zone, language),
    )  # fmt: skip


def _own_poll(ref: str) -> PollView:
    """Return a poll that is the viewer's to run and not over; raises `NotFound`, `Refusal`."""
    view = poll_view(session(), ref)
    if not view.runs:
        raise Refusal("forbidden")
    if view.poll.state in OVER:
        raise Refusal("poll_is_over")
    return view


# Slots, reminders, late answers -------------------------------------------------------------------


@route(blueprint, "/polls/<ref>/slots", policy=RUN, methods=BOTH)
def slots(ref: str) -> ResponseReturnValue:
    """Add slots to a poll that runs, and withdraw others."""
    view = _own_poll(ref)
    form = SlotsForm()
    if request.method != "POST":
        form.version.data = view.poll.version
        return _slots_page(view, form)
    if not form.validate() or form.has_gaps(view.poll):
        return _slots_page(view, form), 422
    gone = {found for each in form.withdrawn.data or () if (found := sent_id(each))}
    try:
        change_slots(session(), ref, form.orders(view.poll), gone, version=_version(form))
    except StaleVersion:
        form.version.data, form.version.raw_data = view.poll.version, [str(view.poll.version)]
        return _slots_page(view, form, is_stale=True), 409
    except Refusal as refusal:
        put_error(form, refusal)
        return _slots_page(view, form), 422
    flash(_("The slots are changed. Those who answered are told, and what they said of the others stays."))
    return redirect(url_for("polls.poll", ref=view.poll.reference), 303)


def _slots_page(view: PollView, form: SlotsForm, *, is_stale: bool = False) -> str:
    language = reader_language()
    return render_template(
        "polls/_chair_slots.html", view=view, poll=view.poll, form=form, is_stale=is_stale,
        standing=[(str(slot.id), slot_words(view.poll, slot, language)) for slot in view.standing],
        length=words.duration(view.poll.minutes, language) if view.poll.minutes else None,
    )  # fmt: skip


@route(blueprint, "/polls/<ref>/remind", policy=RUN, methods=("POST",))
def remind(ref: str) -> ResponseReturnValue:
    """Remind those whose answer is missing."""
    poll = remind_now(session(), ref)
    flash(_("Those whose answer is missing are reminded. Who they are stays in their delegations."))
    return redirect(url_for("polls.poll", ref=poll.reference), 303)


@route(blueprint, "/polls/<ref>/late", policy=RUN, methods=("POST",))
def late(ref: str) -> ResponseReturnValue:
    """Let a late answer count, or count no more."""
    counts = request.form.get("counts") == "yes"
    poll = acts.count_late(session(), ref, sent_id(request.form.get("seat")) or uuid.UUID(int=0), counts=counts)
    flash(_("The late answer counts.") if counts else _("The late answer does not count."))
    return redirect(url_for("polls.poll", ref=poll.reference), 303)


# What came by mail --------------------------------------------------------------------------------


@route(blueprint, "/polls/<ref>/report", policy=signed_in(Action.REPORT_POLL_ANSWER), methods=BOTH)
def report(ref: str) -> ResponseReturnValue:
    """Enter what another delegation answered by note, mail or telephone."""
    view = poll_view(session(), ref)
    form = _report_form(view)
    if not form.seat.choices:
        raise Refusal("poll_is_over" if view.poll.state in OVER else "forbidden")
    if request.method != "POST":
        return _report_page(view, form)
    if not form.validate():
        return _report_page(view, form), 422
    try:
        report_poll_answer(session(), ref, _reported(form))
    except NotFound:
        raise
    except Refusal as refusal:
        put_error(form, refusal)
        return _report_page(view, form), 422
    flash(_("The answer is entered as reported. That delegation is told, and its own answer goes before it."))
    return redirect(url_for("polls.poll", ref=view.poll.reference), 303)


def may_report(view: PollView) -> bool:
    """Say whether the viewer may enter what another delegation answered."""
    others = any(not line.seat.is_inner and line.seat.party_code != viewer().party for line in view.seats)
    return others and view.poll.state not in OVER and can(viewer(), Action.REPORT_POLL_ANSWER, view.facts)


def _report_form(view: PollView) -> PollReportForm:
    language = reader_language()
    form = PollReportForm()
    names = {line.seat.id: seat_name(line, language) for line in view.seats}
    form.seat.choices = [
        (str(seat.id), _("%(name)s: %(said)s", name=words.party_name(seat.party_code, language), said=names[seat.id]))
        for seat in reportable_seats(session(), view.poll)
    ]
    form.channel.choices = [(name, labels.label("channel", name, language)) for name in CHANNELS]
    return form


def _reported(form: PollReportForm) -> PollReport:
    seat_id, values = uuid.UUID(form.seat.data), as_typed().values
    return PollReport(seat_id, values, form.channel.data, form.note.data, paper_sent(form.paper))


def _report_page(view: PollView, form: PollReportForm) -> str:
    context: dict[str, Any] = {
        "view": view, "poll": view.poll, "form": form, "values": as_typed().values,
        "slots": rows_of(view, places_of_poll(view), clock_of_reader()),
        "limit_mb": papers.SIZE_LIMIT_MB,
        "endings": ENDINGS,
    }  # fmt: skip
    return render_template("polls/_chair_report.html", **context)
