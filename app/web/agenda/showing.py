"""The page of an agenda and that of an item, whichever route shows them, and both sides of a lost race in words."""

from __future__ import annotations

import uuid
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import words
from app.domain.errors import NotFound, Refusal, StaleVersion
from app.i18n import reader_language
from app.messages import message_for
from app.models import AgendaItem, Decision, Meeting
from app.services import agenda as service
from app.services.agenda_acts import words_of
from app.services.agenda_page import agenda_page
from app.services.agenda_standing import standing_of, topics_set_aside
from app.services.agenda_topics import consents_of
from app.web.agenda.blueprint import address
from app.web.agenda.forms import ItemForm, LeadTimesForm, form_data, item_form, lead_times_form
from app.web.routing import session, viewer


def form_for(meeting: Meeting, item: AgendaItem | None = None) -> ItemForm:
    """Return the form of a new item, or of one that stands."""
    parties = item.parties if item is not None and item.parties else [row.party_code for row in meeting.parties]
    return item_form(parties, reader_language(), words_of(item) if item else None)


def item_form_as_it_stands(meeting: Meeting, item: AgendaItem) -> ItemForm:
    """Return the form of an item whatever was sent, where something else than the form was."""
    form = form_for(meeting, item)
    for name, value in form_data(words_of(item)).items():
        form[name].data = value
    return form


def agenda_html(
    meeting: Meeting,
    form: ItemForm,
    *,
    stale: StaleVersion | None = None,
    refused: Refusal | None = None,
    lead_times: LeadTimesForm | None = None,
) -> str:
    """Return the agenda's own page; `stale` says what was asked of an agenda that reads otherwise by now.

    `refused` is what is said at its head, or of a topic set aside, for which consent can be asked.
    """
    page = agenda_page(session(), meeting)
    rows = [*(line.item for line in (*page.view.items, *page.view.apart)), *page.view.removed]
    is_topic = refused is not None and refused.key == "topic_set_aside"
    return render_template(
        "agenda/agenda.html",
        meeting=meeting,
        page=page,
        agenda=page.view,
        form=form,
        lead_times=lead_times or lead_times_form(page.view.standing),
        versions={row.id: service.version_of(row) for row in rows},
        just_removed=next((row for row in page.view.removed if str(row.id) == request.args.get("removed")), None),
        compared=compared_orders(stale) if stale and ("order" in stale.theirs or "title" in stale.theirs) else None,
        is_stale=stale is not None,
        topic=refused.values["topic"] if refused is not None and is_topic else None,
        error=message_for(refused) if refused is not None and not is_topic and refused.field is None else "",
        own_city=words.city_of(viewer().time_zone, reader_language(), viewer().party),
    )


def item_html(
    meeting: Meeting,
    item: AgendaItem,
    form: ItemForm,
    version: str,
    rows: list[tuple[str, str, str]] | None = None,
    *,
    said: str = "",
    topic_error: str = "",
) -> str:
    """Return the page on which an item is changed; after adoption, on which the change is asked of every party."""
    view = service.agenda_of(session(), meeting, open_actions=())
    line = next((each for each in (*view.items, *view.apart) if each.item.id == item.id), None)
    return render_template(
        "agenda/item.html",
        meeting=meeting,
        item=item,
        line=line,
        form=form,
        version=version,
        compared=rows,
        back=address(meeting),
        is_adopted=not item.parties and view.standing.state == "adopted",
        may_steer=view.may_steer,
        place_count=len(view.items),
        topics=topics_set_aside(session(), meeting.mechanism_id),
        consent=consents_of(session(), meeting).get(item.id),
        said=said,
        topic_error=topic_error,
    )


def is_adopted(meeting: Meeting) -> bool:
    """Say whether changes of the agenda are asked of every party."""
    return standing_of(session(), meeting).state == "adopted"


def compared_orders(stale: StaleVersion) -> list[tuple[str, str, str]]:
    """Return what was asked beside what stands now: the order of an agenda, or the words of an item."""
    language = reader_language()
    if "order" in stale.theirs:
        titles = cast("list[dict[str, str]]", stale.theirs["order"])
        now = "\n".join(f"{number}. {words.pick(title, language)[0]}" for number, title in enumerate(titles, start=1))
        return [(_("Order"), _move_words(stale.yours, language), now)]
    title = words.pick(cast("dict[str, str]", stale.theirs["title"]), language)[0]
    return [(_("Item"), _("Remove it"), title)]


def _move_words(yours: dict[str, Any], language: str) -> str:
    title = words.pick(cast("dict[str, str]", yours["title"]), language)[0]
    if "place" in yours or isinstance(yours["direction"], int):
        place = yours.get("place", yours.get("direction"))
        return str(_("Move “%(title)s” to place %(place)s", title=title, place=place))
    up, down = _("Move “%(title)s” up", title=title), _("Move “%(title)s” down", title=title)
    return str(up if yours["direction"] == "up" else down)


def asked(decision: Decision) -> ResponseReturnValue:
    """Lead to what every party was asked, or to the agenda that it changed at once."""
    if decision.state == "taken":
        flash(_("Every party has said yes: it is in force."))
    else:
        flash(_("Every party is asked. It takes effect at the last yes."))
    return redirect(url_for("decisions.decision", decision_id=decision.id), 303)


def item_of(meeting: Meeting, item_id: uuid.UUID) -> AgendaItem:
    """Return an item of a meeting, one that was taken off too; raises `NotFound`."""
    found = next((row for row in service.items_of(session(), meeting.id) if row.id == item_id), None)
    if found is None:
        raise NotFound
    return found
