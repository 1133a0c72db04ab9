"""What a mail about reminders says, in its recipient's words: the same for the mail and for who looks at it before."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Select, select

from app import labels, words
from app.db import GuardedSession
from app.domain import actions as actions_rules
from app.domain import reminders as rules
from app.domain.reminders import Stage
from app.domain.visibility import Viewer
from app.models import Action, Leg, Office, Party, Person, Reminder
from app.services.answer_links import token_of
from app.services.outbox import Claimed
from app.services.reminder_consents import consents_since
from app.services.reminder_post import goes_by_itself, ids_of
from app.services.reminders import still_stands

TEMPLATE: Final = "reminder"
MOST_LINES: Final = 50


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder with what its words need: its leg and action, the leg's office, and its party."""

    reminder: Reminder
    leg: Leg
    action: Action
    office: Office | None
    party: Party


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the links of a mail lead: the pages, and the answer to a reminder."""

    base_url: str
    answer: Callable[[uuid.UUID], str]


@dataclass(frozen=True, slots=True)
class ReminderMail:
    """A mail about reminders: its subject, and the values of its template."""

    subject: str
    values: Mapping[str, Any]


def reminded_query() -> Select[Reminder, Leg, Action, Office, Party]:
    """Return the query for reminders with what their words need, of those whose leg stands as it did."""
    return (
        select(Reminder, Leg, Action, Office, Party)
        .join(Leg, Leg.id == Reminder.leg_id)
        .join(Action, Action.id == Reminder.action_id)
        .join(Party, Party.code == Leg.party_code)
        .outerjoin(Office, Office.code == Leg.office_code)
        .where(still_stands())
        .order_by(Reminder.due_on, Action.reference, Reminder.id)
    )


def reminder_content(
    session: GuardedSession, viewer: Viewer, message: Claimed, base_url: str, secret_key: str
) -> ReminderMail | None:
    """Return what a message about reminders says on its recipient's session; None when nothing is left to say.

    What they may not see any more is not in it, nor what is done meanwhile, nor what crosses and is no more let
    through; and nothing at all for who chose never to be reminded.
    """
    chosen = session.execute(select(Person.reminder_mails).where(Person.id == viewer.person_id)).scalar_one()
    if chosen == "never":
        return None
    may_go = Reminder.decided_by.is_not(None) | goes_by_itself(consents_since(session))
    mine = (Reminder.id.in_(ids_of(message.payload)), Reminder.recipient_id == viewer.person_id)
    rows = session.execute(reminded_query().where(*mine, Reminder.state == "queued", may_go)).all()
    if not rows:
        return None
    to = Addresses(base_url, lambda reminder_id: f"{base_url}/answers/{token_of(reminder_id, secret_key)}")
    return mail_of([Reminded(*row) for row in rows], viewer.language, session.now, to)


def mail_of(reminded: Sequence[Reminded], language: str, now: dt.datetime, to: Addresses) -> ReminderMail:
    """Return the mail about these reminders; those of one leg are one line, the last of them with the notes of all.

    Of very many it has those whose day is nearest, and how many more there are.
    """
    _ = words.translations(language)
    legs = _by_leg(reminded)
    nearest = sorted(legs, key=lambda own: abs(own[-1].reminder.due_on - now.date()))[:MOST_LINES]
    lines = [_line(each, language, now, to) for each in legs if each in nearest]
    if len(legs) == 1:
        subject = lines[0]["subject"]
        lead = _.gettext("This is about one thing that was promised.")
    else:
        count = words.number(len(legs), language)
        subject = _.ngettext("%(num)s promise to look at", "%(num)s promises to look at", len(legs)) % {"num": count}
        lead = _.gettext("This is about what was promised and is due soon, or still open.")
    more, left = None, len(legs) - len(lines)
    if left:
        said = _.ngettext("And %(num)s more, in Entente:", "And %(num)s more, in Entente:", left)
        more = said % {"num": words.number(left, language)}
    values = {"lead": lead, "lines": lines, "more": more, "all": f"{to.base_url}/actions"}
    return ReminderMail(subject, {**values, "profile": f"{to.base_url}/profile"})


def _by_leg(reminded: Iterable[Reminded]) -> list[list[Reminded]]:
    """Return the reminders of each leg, by their stages."""
    found: dict[uuid.UUID, list[Reminded]] = {}
    for each in reminded:
        found.setdefault(each.leg.id, []).append(each)
    return [
        sorted(own, key=lambda one: rules.STAGES.index(cast("Stage", one.reminder.stage))) for own in found.values()
    ]


def _line(own: Sequence[Reminded], language: str, now: dt.datetime, to: Addresses) -> dict[str, Any]:
    last = own[-1]
    action, leg, party = last.action, last.leg, last.party
    title, title_language = words.pick(action.title, language)
    title = " ".join(title.split())
    zone_name = party.time_zone or "UTC"
    due_on, today = last.reminder.due_on, actions_rules.today_in(now, zone_name)
    subject, said = _said(cast("Stage", last.reminder.stage), due_on, today, language)
    day = f"{words.date_long(due_on, language)} ({words.pick(party.capital or party.name, language)[0]})"
    office = words.pick(last.office.name, language)[0] if last.office else None
    return {
        "subject": subject % {"title": title},
        "title": title,
        "title_language": title_language or language,
        "reference": action.reference,
        "said": said % {"day": day},
        "state": labels.label("leg_state", leg.state, language),
        "owed_by": words.party_name(leg.party_code, language),
        "named": ", ".join(each for each in (leg.person_name, office) if each) or None,
        "recorded_by": _recorded_by(last, language),
        "notes": [each.reminder.note for each in own if each.reminder.note],
        "answer": to.answer(last.reminder.id),
        "link": f"{to.base_url}/actions/{action.reference}",
    }


def _recorded_by(each: Reminded, language: str) -> str | None:
    """Return who recorded the action, where that is not the party that owes the leg."""
    if not each.reminder.crosses:
        return None
    by = each.action.created_by_party
    return words.party_name(by, language) if by else words.translations(language).gettext("the secretariat")


def _said(stage: Stage, due_on: dt.date, today: dt.date, language: str) -> tuple[str, str]:
    """Return the subject with a place for the title, and the sentence with a place for the day.

    It is told as it stands today, whatever day the reminder was made on. No sentence blames anybody.
    """
    _ = words.translations(language).gettext
    if due_on > today:
        left = words.days_left(due_on, today, language)
        return _("Due soon: %(title)s"), _("Due on %(day)s, %(left)s.") % {"day": "%(day)s", "left": left}
    if due_on == today:
        return _("Due today: %(title)s"), _("Due today, %(day)s.")
    if stage == "coordinator":
        return (
            _("Still open: %(title)s"),
            _("Its day was %(day)s, and it is still open. A word on how it stands, or another day, helps all to plan."),
        )
    return _("Its day is over: %(title)s"), _("Its day was %(day)s, and it is still open.")
