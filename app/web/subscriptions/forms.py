"""The forms of subscriptions: what a feed is to show, and who may subscribe for somebody."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, RadioField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app import words
from app.domain.action_entries import ACTIONS_AS
from app.domain.visibility import REGISTER, Action, can
from app.i18n import group_labels, in_language, party_name, reader_language
from app.models.meetings import KINDS
from app.services import feed_choices
from app.services import subscriptions as service
from app.services.authorisations import principals
from app.services.feed_filters import LEVELS
from app.services.subscription_edits import as_fields
from app.services.subscriptions import NAME_LIMIT, Wanted
from app.web.forms import named_choices
from app.web.routing import session, viewer

ONESELF: Final = "me"
_NEEDED = _l("Choose one.")
_MISSING = _l("Something that you no longer see")


def _several(label: Any, description: Any = "") -> Any:
    """Return a field of boxes of which none or more are ticked; what they may be is checked by the service."""
    return SelectMultipleField(label, description=description, validate_choice=False)


class SubscriptionForm(FlaskForm):
    """What a feed is to show; each of the filters narrows nothing where nothing is ticked."""

    whose = SelectField(
        _l("Whose calendar"),
        [InputRequired(_NEEDED)],
        validate_choice=False,
        description=_l("It shows what that person may see."),
    )
    mechanism = _several(_l("Mechanisms"))
    party = _several(_l("With any of these at the table"))
    level = _several(_l("Level of the mechanism"))
    kind = _several(_l("Kind of meeting"))
    office = SelectField(
        _l("Led by an office of your government"),
        validate_choice=False,
        description=_l("All meetings of the mechanisms that this office, or a part of it, leads for your government."),
    )
    tentative = RadioField(
        _l("Proposed meetings"),
        [InputRequired(_NEEDED)],
        choices=[
            SelectChoice("yes", _l("Show them too, marked as tentative")),
            SelectChoice("no", _l("Show a meeting once every party has confirmed it")),
        ],
        description=_l("A meeting is proposed until every party has said yes."),
    )
    cancelled = RadioField(
        _l("Cancelled and postponed meetings"),
        [InputRequired(_NEEDED)],
        choices=[
            SelectChoice("yes", _l("Keep them for 90 days, marked as cancelled")),
            SelectChoice("no", _l("Take them out at once")),
        ],
    )
    detail = RadioField(
        _l("Details"),
        [InputRequired(_NEEDED)],
        choices=[
            SelectChoice("full", _l("Full details: title, place, links, times in each capital")),
            SelectChoice("busy", _l("Busy time only: nothing but when you are not free")),
        ],
        description=_l("Choose busy time only for a calendar that others can see."),
    )
    to_agree = BooleanField(
        _l("Dates to agree, on the last day of their period"),
        description=_l("A whole day that keeps you free; not in a feed of busy time only."),
    )
    actions = RadioField(
        _l("Action items"),
        default="none",
        validate_choice=False,
        choices=[
            SelectChoice("none", _l("Leave them out")),
            SelectChoice("todos", _l("As to-dos, for programs that have a task list")),
            SelectChoice("days", _l("As whole days on which they are due, for Google Calendar and Outlook")),
            SelectChoice("both", _l("As both")),
        ],
        description=_l("What your delegation owes, or, for a secretariat, all that it sees. They keep you free."),
    )
    closures = _several(
        _l("Closures of federal offices"),
        description=_l("Whole days that keep you free, for the next 18 months; not in a feed of busy time only."),
    )
    language = SelectField(_l("Language of the entries"), [InputRequired(_NEEDED)], validate_choice=False)
    gzip = BooleanField(
        _l("Send it compressed"),
        description=_l("Leave this on, unless a program shows an empty calendar or an error."),
    )
    name = StringField(
        _l("Name"),
        [Length(max=4 * NAME_LIMIT)],
        description=_l("For yourself, to know it again in your list: where the address goes, as in “Phone”."),
    )

    def lists(self) -> Mapping[str, SelectMultipleField]:
        """Return the fields of which several can be ticked, by name."""
        return {field.name: field for field in self if isinstance(field, SelectMultipleField)}


class AssistantForm(FlaskForm):
    """The address of somebody who may subscribe for oneself."""

    email = EmailField(_l("Their e-mail address"), [InputRequired(_l("Fill this in."))])


# Choices ------------------------------------------------------------------------------------------


def form_with_choices(standing: Wanted | None = None) -> SubscriptionForm:
    """Return the form with what the viewer may choose, and with what stands in a subscription that is edited."""
    form, current, language = SubscriptionForm(), session(), reader_language()
    form.mechanism.choices = named_choices(service.choosable_mechanisms(current), language)
    parties = words.party_order(feed_choices.parties_to_choose(current), language)
    form.party.choices = [(code, party_name(code)) for code in parties]
    form.level.choices = [(level, group_labels("level")[level]) for level in LEVELS]
    form.kind.choices = [(kind, group_labels("meeting_kind")[kind]) for kind in KINDS]
    offices = named_choices(feed_choices.offices_to_choose(current), language)
    form.office.choices = [("", _("Any office")), *offices] if offices else []
    capitals = feed_choices.closing_capitals(current)
    form.closures.choices = [(party.code, in_language(party.capital)) for party in capitals]
    form.language.choices = list(words.LANGUAGE_NAMES.items())
    lines = principals(current) if standing is None else ()
    form.whose.choices = [(ONESELF, _("My own")), *((str(line.principal.id), line.principal.name) for line in lines)]
    _keep_choices(form, standing)
    _drop_what_is_not_there(form)
    return form


def _keep_choices(form: SubscriptionForm, standing: Wanted | None) -> None:
    """Let what stands in a subscription be chosen again, though the viewer has lost it."""
    if standing is None:
        return
    values = as_fields(standing)
    for name, field in form.lists().items():
        known = {value for value, _said in field.choices}
        field.choices += [(value, str(_MISSING)) for value in values[name] if value not in known]
    if standing.office and standing.office not in {value for value, _said in form.office.choices}:
        form.office.choices = [*(form.office.choices or [("", _("Any office"))]), (standing.office, str(_MISSING))]


def _drop_what_is_not_there(form: SubscriptionForm) -> None:
    """Leave out the fields in which there is nothing to choose."""
    if len(form.whose.choices) < 2:
        del form.whose
    for name in ("mechanism", "party", "closures", "office"):
        if not form[name].choices:
            delattr(form, name)
    if not can(viewer(), Action.READ_ACTIONS):
        del form.actions
    if REGISTER not in viewer().keys:
        del form.to_agree
        del form.level


def fill_from_address(form: SubscriptionForm) -> None:
    """Choose beforehand what the address asks for, as the calendar's page writes it, and what is usual."""
    for field in form.lists().values():
        known = {value for value, _said in field.choices}
        field.data = [value for value in request.args.getlist(field.name) if value in known]
    form.tentative.data, form.detail.data, form.language.data = "yes", "full", reader_language()
    form.cancelled.data = "no" if request.args.get("cancelled") in {"0", "no"} else "yes"
    form.gzip.data = True
    if "actions" in form:
        form.actions.data = request.args.get("actions") if request.args.get("actions") in ACTIONS_AS else "none"


def fill_from(form: SubscriptionForm, wanted: Wanted) -> None:
    """Show a subscription as it stands."""
    for name, value in as_fields(wanted).items():
        if name in form:
            form[name].data = value == "yes" if isinstance(form[name], BooleanField) else value


def typed(form: SubscriptionForm, standing: Wanted | None = None) -> Wanted:
    """Return what was chosen; whom a subscription that is edited is for stays."""
    whose = form.whose.data if "whose" in form and form.whose.data != ONESELF else None
    lists = {name: tuple(field.data or ()) for name, field in form.lists().items()}
    return Wanted(
        name=form.name.data or "",
        includes_tentative=form.tentative.data == "yes",
        detail=form.detail.data or "",
        language=form.language.data or "",
        mechanisms=lists.get("mechanism", ()),
        parties=lists.get("party", ()),
        levels=lists.get("level", ()),
        kinds=lists.get("kind", ()),
        office=(form.office.data or None) if "office" in form else None,
        keeps_cancelled=form.cancelled.data == "yes",
        shows_to_agree=bool(form.to_agree.data) if "to_agree" in form else False,
        actions_as=(form.actions.data or "none") if "actions" in form else "none",
        closures_of=lists.get("closures", ()),
        uses_gzip=bool(form.gzip.data),
        principal_id=standing.principal_id if standing else _person(whose),
    )


def _person(written: str | None) -> uuid.UUID | None:
    """Return whom a form names; one that is nobody's id is nobody's."""
    if written is None:
        return None
    try:
        return uuid.UUID(written)
    except ValueError:
        return uuid.UUID(int=0)


def said(form: SubscriptionForm, fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a form's fields as the reader reads them, to compare two versions."""
    found = {}
    for name, value in fields.items():
        if name not in form:
            continue
        if isinstance(form[name], BooleanField):
            found[name] = _("yes") if value == "yes" else _("no")
        else:
            found[name] = _joined(form[name], value) if isinstance(value, list) else value
    return found


def _joined(field: Any, values: Iterable[str]) -> str:
    known = dict(field.choices)
    return ", ".join(str(known.get(value, _MISSING)) for value in values)
