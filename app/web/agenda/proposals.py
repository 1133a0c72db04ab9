"""Items that delegations propose, side by side, with what is done about them; and a mechanism's backlog."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import words
from app.domain.agenda_overlap import overlaps
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.domain.visibility import Action, can
from app.i18n import reader_language
from app.messages import message_for
from app.models import ItemProposal, Meeting
from app.services import agenda_backlog as backlogs
from app.services import agenda_proposals as service
from app.services import agenda_topics as topics
from app.services.agenda import AgendaView, ItemLine, agenda_of
from app.services.agenda_content import FORMAL
from app.services.meetings import facts_of_meeting, find_meeting
from app.web.agenda.blueprint import PROPOSES, blueprint
from app.web.agenda.forms import ProposalForm, item_of_proposal, proposal_form, typed_proposal
from app.web.agenda.showing import asked
from app.web.forms import put_error, sent_version
from app.web.routing import route, session, viewer


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal with what its reader may do: settle it, or take it back; and what it may be joined to."""

    proposal: ItemProposal
    may_settle: bool
    is_own: bool
    targets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Titles that share their words: what stands on the agenda, and what each side proposed (None: the secretariat)."""

    lines: tuple[ItemLine, ...]
    sides: Mapping[str | None, tuple[ItemProposal, ...]]


# The proposals for a meeting ------------------------------------------------------------------------------


@route(blueprint, "/meetings/<ref>/agenda/proposals", policy=PROPOSES, methods=("GET", "POST"))
def proposals(ref: str) -> ResponseReturnValue:
    """Show what was proposed for a meeting, and take another proposal."""
    meeting = find_meeting(session(), ref)
    form = proposal_form([row.party_code for row in meeting.parties], reader_language())
    if request.method != "POST":
        return _page(meeting, form)
    try:
        typed = typed_proposal(form, reader_language())
        if request.form.get("consent"):
            return asked(topics.ask_item(session(), ref, item_of_proposal(typed), request.form.get("why", "")))
        made = service.propose_item(session(), ref, typed)
    except Refusal as refusal:
        put_error(form, refusal)
        return _page(meeting, form, refused=refusal), 422
    if made.is_late:
        flash(_("It is proposed. It came late: whoever steers the meeting lets it on, or leaves it to a later one."))
    else:
        flash(_("It is proposed. Everybody whom it concerns sees it."))
    return redirect(_address(meeting, f"proposal-{made.id}"), 303)


@route(blueprint, "/meetings/<ref>/agenda/proposals/<uuid:proposal_id>/take", policy=PROPOSES, methods=("POST",))
def take_proposal(ref: str, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Make an item of a proposal."""
    return _settled(
        ref, _("It is on the agenda."), lambda: service.take(session(), ref, proposal_id, version=sent_version())
    )


@route(blueprint, "/meetings/<ref>/agenda/proposals/<uuid:proposal_id>/join", policy=PROPOSES, methods=("POST",))
def join_proposal(ref: str, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Join a proposal to an item, or to another proposal, which becomes one by that."""
    kind, _sep, written = request.form.get("target", "").partition(":")
    try:
        target = uuid.UUID(written)
    except ValueError:
        target = uuid.UUID(int=0)
    join = service.join_to_proposal if kind == "proposal" else service.join_to_item
    return _settled(ref, _("It is joined."), lambda: join(session(), ref, proposal_id, target, version=sent_version()))


@route(blueprint, "/meetings/<ref>/agenda/proposals/<uuid:proposal_id>/decline", policy=PROPOSES, methods=("POST",))
def decline_proposal(ref: str, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Decline a proposal, with a reason."""
    reason = request.form.get("reason", "")
    return _settled(
        ref, _("It is declined."),
        lambda: service.decline(session(), ref, proposal_id, reason, version=sent_version()),
    )  # fmt: skip


@route(blueprint, "/meetings/<ref>/agenda/proposals/<uuid:proposal_id>/withdraw", policy=PROPOSES, methods=("POST",))
def withdraw_proposal(ref: str, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Take back a proposal of one's own side."""
    return _settled(
        ref, _("It is withdrawn."), lambda: service.withdraw(session(), ref, proposal_id, version=sent_version())
    )


@route(blueprint, "/meetings/<ref>/agenda/proposals/<uuid:proposal_id>/backlog", policy=PROPOSES, methods=("POST",))
def leave_proposal(ref: str, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Leave a proposal to a later meeting of the mechanism."""
    return _settled(
        ref, _("It waits in the backlog for a later meeting."),
        lambda: backlogs.put_to_backlog(session(), ref, proposal_id, version=sent_version()),
    )  # fmt: skip


@route(blueprint, "/meetings/<ref>/agenda/proposals/<uuid:proposal_id>/fetch", policy=PROPOSES, methods=("POST",))
def fetch_proposal(ref: str, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Propose for a meeting what waits in its mechanism's backlog."""
    return _settled(
        ref, _("It is proposed for this meeting."),
        lambda: backlogs.take_from_backlog(session(), ref, proposal_id, version=sent_version()),
    )  # fmt: skip


def _settled(ref: str, said: str, act: Any) -> ResponseReturnValue:
    """Do something about a proposal, and show the page again, with what was refused at its head."""
    meeting = find_meeting(session(), ref)
    try:
        act()
    except StaleVersion:
        form = proposal_form([row.party_code for row in meeting.parties], reader_language())
        return _page(meeting, form, is_stale=True), 409
    except NotFound:
        raise
    except Refusal as refusal:
        form = proposal_form([row.party_code for row in meeting.parties], reader_language())
        return _page(meeting, form, error=message_for(refusal)), 422
    flash(said)
    return redirect(_address(meeting), 303)


def _page(
    meeting: Meeting,
    form: ProposalForm,
    *,
    refused: Refusal | None = None,
    error: str = "",
    is_stale: bool = False,
) -> str:
    found = service.proposals_for(session(), meeting)
    view = agenda_of(session(), meeting, open_actions=())
    facts = facts_of_meeting(session(), meeting)
    shown = [each for each in found.proposals if each.state == "open"]
    rows = [
        ProposalRow(
            each, service.may_settle(session(), each, facts), service.is_own(session(), each),
            _targets(each, view, shown),
        )
        for each in shown
    ]  # fmt: skip
    is_topic = refused is not None and refused.key == "topic_set_aside"
    return render_template(
        "agenda/proposals.html",
        meeting=meeting,
        found=found,
        rows=rows,
        settled=[each for each in reversed(found.proposals) if each.state != "open"],
        overlaps=_overlaps(view, shown),
        sides=_sides(shown),
        agenda=view,
        numbers={line.item.id: line.number for line in (*view.items, *view.apart)},
        may_propose=not view.is_frozen and can(viewer(), Action.EDIT_AGENDA, facts),
        form=form,
        topic=refused.values["topic"] if refused is not None and is_topic else None,
        why=request.form.get("why", ""),
        error=error,
        is_stale=is_stale,
        own_city=words.city_of(viewer().time_zone, reader_language(), viewer().party),
    )


def _targets(proposal: ItemProposal, view: AgendaView, others: Sequence[ItemProposal]) -> tuple[tuple[str, str], ...]:
    """Return what a proposal may be joined to, by the value that a form sends."""
    language = reader_language()
    same = sorted(proposal.parties)
    items = [
        (f"item:{line.item.id}", f"{line.number} {words.pick(line.item.title, language)[0]}")
        for line in (*view.items, *view.apart)
        if line.item.kind not in FORMAL and sorted(line.item.parties) == same
    ]
    proposed = [
        (f"proposal:{each.id}", _("proposal: %(title)s", title=words.pick(each.title, language)[0]))
        for each in others
        if each.id != proposal.id and sorted(each.parties) == same
    ]
    return (*items, *proposed)


def _overlaps(view: AgendaView, proposals: Sequence[ItemProposal]) -> tuple[Overlap, ...]:
    """Return what is about the same, side by side: items that stand, and proposals by who made them."""
    lines = {line.item.id: line for line in (*view.items, *view.apart) if line.item.kind not in FORMAL}
    by_id = {each.id: each for each in proposals}
    titles = [*((key, line.item.title) for key, line in lines.items()), *((k, p.title) for k, p in by_id.items())]
    found = []
    for group in overlaps(titles):
        mine = [by_id[key] for key in group if key in by_id]
        if mine:  # items that are alike are on one page already
            sides = {code: tuple(each for each in mine if each.party_code == code) for code in _sides(mine)}
            found.append(Overlap(tuple(lines[key] for key in group if key in lines), sides))
    return tuple(found)


def _sides(proposals: Sequence[ItemProposal]) -> tuple[str | None, ...]:
    """Return who made these proposals: parties in the order of the reader's alphabet, then the secretariat."""
    found = {each.party_code for each in proposals}
    codes = words.party_order([code for code in found if code], reader_language())
    return (*codes, None) if None in found else tuple(codes)


def _address(meeting: Meeting, anchor: str | None = None) -> str:
    return url_for("agenda.proposals", ref=meeting.reference, _anchor=anchor)


# The backlog of a mechanism -------------------------------------------------------------------------------


@route(blueprint, "/mechanisms/<code>/backlog", policy=PROPOSES, methods=("GET", "POST"))
def backlog(code: str) -> ResponseReturnValue:
    """Show what waits for a meeting of a mechanism, and take another item."""
    found = backlogs.backlog_of(session(), code)
    form = proposal_form((), reader_language())
    if request.method == "POST":
        try:
            made = backlogs.propose_to_backlog(session(), code, typed_proposal(form, reader_language()))
        except Refusal as refusal:
            put_error(form, refusal)
            return _backlog_page(found, form), 422
        flash(_("It waits for a meeting of this mechanism."))
        return redirect(url_for("agenda.backlog", code=code, _anchor=f"proposal-{made.id}"), 303)
    return _backlog_page(found, form)


@route(blueprint, "/mechanisms/<code>/backlog/<uuid:proposal_id>/withdraw", policy=PROPOSES, methods=("POST",))
def withdraw_from_backlog(code: str, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Take back what one's own side put into the backlog."""
    found = backlogs.backlog_of(session(), code)
    if proposal_id not in {each.id for each in found.proposals}:
        raise NotFound
    backlogs.withdraw_from_backlog(session(), proposal_id, version=sent_version())
    flash(_("It is withdrawn."))
    return redirect(url_for("agenda.backlog", code=code), 303)


def _backlog_page(found: backlogs.Backlog, form: ProposalForm) -> str:
    own: Mapping[uuid.UUID, bool] = {each.id: service.is_own(session(), each) for each in found.proposals}
    count = len(found.proposals)
    return render_template(
        "agenda/backlog.html",
        found=found,
        mechanism=found.mechanism,
        own=own,
        count_words=ngettext("%(num)d item waits for a meeting.", "%(num)d items wait for a meeting.", count),
        form=form,
        own_city=words.city_of(viewer().time_zone, reader_language(), viewer().party),
    )
