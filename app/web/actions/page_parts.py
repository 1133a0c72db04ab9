"""The parts of an action's page that are of the action itself: what it says, its links, one's own steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app import labels, words
from app.domain.action_kinds import FIELDS, NATIONAL, KindField, days_without_data, next_expected_on
from app.domain.actions import why_whole
from app.i18n import reader_language
from app.models import AgendaItem
from app.services.action_lines import ActionLine
from app.services.action_links import SAID, LinkLine, links_of, may_link
from app.services.actions import ActionView
from app.services.agenda import item_behind
from app.services.subtasks import StepLine, may_keep, subtasks_of
from app.web.actions.content_forms import KIND_WORDS
from app.web.actions.forms import LinkForm, StepForm
from app.web.routing import session

# What it says -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class About:
    """What an action says beside its title; `facts` are what its kind asks for, as pairs of a term and its words.

    `expected_on` is the day by which data are expected next, `late_days` for how long they have been. `versions`
    are the parties' own of a protocol, by code, None where a party's is not known.
    """

    item: AgendaItem | None
    why: str
    facts: tuple[tuple[str, str], ...]
    versions: Mapping[str, str | None]
    expected_on: dt.date | None
    late_days: int


def about_of(view: ActionView) -> About:
    """Return what the page of an action says of it."""
    action, language = view.action, reader_language()
    kept = action.kind_facts
    rows = [(field, kept[field.name]) for field in FIELDS.get(action.kind, ()) if kept.get(field.name)]
    said = [_said(field, value, language) for field, value in rows]
    versions = kept.get(NATIONAL) or {}
    codes = words.party_order(view.line.parties, language) if action.kind == "protocol" else []
    is_exchange = action.kind == "data_exchange"
    return About(
        item=item_behind(session(), action.agenda_item_id),
        why=why_sentence(view.line, language),
        facts=tuple(said),
        versions={code: versions.get(code) for code in codes},
        expected_on=next_expected_on(kept) if is_exchange else None,
        late_days=_late_days(view.line) if is_exchange else 0,
    )


def _said(field: KindField, value: Any, language: str) -> tuple[str, str]:
    """Return the term of a field and its words."""
    match field.type:
        case "day":
            return str(KIND_WORDS[field.name]), words.date_long(dt.date.fromisoformat(value), language)
        case "months":
            return str(_("How often")), str(ngettext("every month", "every %(num)d months", value))
    return str(KIND_WORDS[field.name]), str(value)


def _late_days(line: ActionLine) -> int:
    """Return for how many days data are late, once their day is over in the capital of every party that owes them."""
    owing = [leg for leg in line.legs.values() if leg.is_owed and leg.leg.is_accepted]
    today = min((leg.today for leg in owing), default=None)
    return days_without_data(line.action.kind_facts, today, is_owed=True) if today else 0


def why_sentence(line: ActionLine, language: str) -> str:
    """Return why the whole stands where it does, in a sentence."""
    reason, codes = why_whole({code: leg.state for code, leg in line.legs.items()})
    names = words.list_of([words.party_name(code, language) for code in words.party_order(codes, language)], language)
    said: dict[str, str] = {
        "no_leg": _("nobody owes anything of it yet"),
        "all_dropped": _("every leg is dropped"),
        "all_verified": _("every leg is verified"),
        "to_verify": _("every leg is done; still to be verified: %(parties)s", parties=names),
        "blocked": _("blocked: %(parties)s", parties=names),
        "none_begun": _("nobody has begun"),
        "some_begun": _("begun: %(parties)s", parties=names),
    }
    return said[reason]


# Links --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinksPart:
    """The links of an action that the viewer sees, and the form of another one for those who may make it."""

    lines: tuple[LinkLine, ...]
    form: LinkForm | None


def link_form() -> LinkForm:
    """Return the form of a link."""
    form, said = LinkForm(), labels.labels("action_link", reader_language())
    form.said.choices = [(key, said[key]) for key in SAID]
    return form


def links_part(view: ActionView, form: LinkForm | None = None) -> LinksPart:
    """Return the links on the page of an action; `form` is one that was refused."""
    may = may_link(session(), view.line)
    return LinksPart(links_of(session(), view.action), (form or link_form()) if may else None)


# Steps --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepsPart:
    """The steps of the viewer's own delegation: those that stand, and those removed."""

    lines: tuple[StepLine, ...]
    removed: tuple[StepLine, ...]
    form: StepForm


def steps_part(view: ActionView, form: StepForm | None = None) -> StepsPart | None:
    """Return the steps on the page of an action, None for who is of no delegation; `form` is one that was refused."""
    if not may_keep(session()):
        return None
    lines = subtasks_of(session(), view.action)
    return StepsPart(
        lines=tuple(line for line in lines if line.row.removed_at is None),
        removed=tuple(line for line in lines if line.row.removed_at is not None),
        form=form or StepForm(formdata=None),
    )
