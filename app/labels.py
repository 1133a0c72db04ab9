"""One word per state, level, role and kind, in each language: pages, mails and papers take them from here.

The keys are the values that the domain stores; the words are the design's. Each group is a message
context of its own, since Spanish and French make a state agree with what it is the state of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from babel.support import NullTranslations

from app import words
from app.domain import documents

Table = dict[str, str]


def _meeting_states(t: NullTranslations) -> Table:
    return {
        "draft": t.pgettext("state of a meeting", "draft"),
        "proposed": t.pgettext("state of a meeting", "proposed"),
        "confirmed": t.pgettext("state of a meeting", "confirmed"),
        "held": t.pgettext("state of a meeting", "held"),
        "closed": t.pgettext("state of a meeting", "closed"),
        "postponed": t.pgettext("state of a meeting", "postponed"),
        "cancelled": t.pgettext("state of a meeting", "cancelled"),
        "planned_not_held": t.pgettext("state of a meeting", "planned, not held"),
    }


def _leg_states(t: NullTranslations) -> Table:
    return {
        "open": t.pgettext("state of a party’s leg of an action", "not begun"),
        "under_way": t.pgettext("state of a party’s leg of an action", "under way"),
        "blocked": t.pgettext("state of a party’s leg of an action", "blocked"),
        "done": t.pgettext("state of a party’s leg of an action", "done"),
        "verified": t.pgettext("state of a party’s leg of an action", "verified"),
        "dropped": t.pgettext("state of a party’s leg of an action", "dropped"),
        "overdue": t.pgettext("state of a party’s leg of an action", "overdue"),
        "owes_nothing": t.pgettext("state of a party’s leg of an action", "owes nothing"),
        "not_a_party": t.pgettext("state of a party’s leg of an action", "not a party"),
    }


def _answers(t: NullTranslations) -> Table:
    return {
        "yes": t.pgettext("answer of a party", "yes"),
        "no": t.pgettext("answer of a party", "no"),
        "none": t.pgettext("answer of a party", "no answer yet"),
        "reported": t.pgettext("answer of a party", "reported, not confirmed"),
    }


def _period_states(t: NullTranslations) -> Table:
    return {
        "met": t.pgettext("state of a period", "met"),
        "by_numbering": t.pgettext("state of a period", "met, by numbering only"),
        "partly_met": t.pgettext("state of a period", "partly met"),
        "not_held": t.pgettext("state of a period", "not held"),
        "no_record": t.pgettext("state of a period", "no record"),
        "open": t.pgettext("state of a period", "open"),
    }


def _mechanism_statuses(t: NullTranslations) -> Table:
    return {
        "proposed": t.pgettext("status of a mechanism", "proposed"),
        "agreed": t.pgettext("status of a mechanism", "agreed"),
        "active": t.pgettext("status of a mechanism", "active"),
        "dormant": t.pgettext("status of a mechanism", "dormant"),
        "stalled": t.pgettext("status of a mechanism", "stalled"),
        "concluded": t.pgettext("status of a mechanism", "concluded"),
    }


def _levels(t: NullTranslations) -> Table:
    return {
        "leaders": t.pgettext("level of a mechanism", "Leaders"),
        "ministers": t.pgettext("level of a mechanism", "Ministers"),
        "senior_officials": t.pgettext("level of a mechanism", "Senior officials"),
        "policy_planning": t.pgettext("level of a mechanism", "Policy planning"),
        "missions": t.pgettext("level of a mechanism", "Missions"),
        "agencies": t.pgettext("level of a mechanism", "Agencies"),
        "military_staff": t.pgettext("level of a mechanism", "Military staff"),
        "legislature": t.pgettext("level of a mechanism", "Legislature"),
    }


def _formats(t: NullTranslations) -> Table:
    return {
        "in_person": t.pgettext("form of a meeting", "in person"),
        "hybrid": t.pgettext("form of a meeting", "hybrid"),
        "virtual": t.pgettext("form of a meeting", "by video"),
        "unknown": t.pgettext("form of a meeting", "not told"),
    }


def _item_types(t: NullTranslations) -> Table:
    return {
        "information": t.pgettext("type of an agenda item", "information"),
        "discussion": t.pgettext("type of an agenda item", "discussion"),
        "decision": t.pgettext("type of an agenda item", "decision"),
    }


def _item_kinds(t: NullTranslations) -> Table:
    return {
        "opening": t.pgettext("kind of agenda item", "Opening"),
        "adoption_of_agenda": t.pgettext("kind of agenda item", "Adoption of the agenda"),
        "progress_since_last": t.pgettext("kind of agenda item", "Progress since the last meeting"),
        "substance": t.pgettext("kind of agenda item", "Substance"),
        "other_business": t.pgettext("kind of agenda item", "Other business"),
        "adoption_of_outcome": t.pgettext("kind of agenda item", "Adoption of the outcome"),
        "closing": t.pgettext("kind of agenda item", "Closing"),
    }


def _roles(t: NullTranslations) -> Table:
    return {
        "official": t.pgettext("role of a person", "Official"),
        "coordinator": t.pgettext("role of a person", "Coordinator"),
        "head": t.pgettext("role of a person", "Head of delegation"),
        "administrator": t.pgettext("role of a person", "Administrator"),
        "secretariat": t.pgettext("role of a person", "Secretariat"),
        "guest": t.pgettext("role of a person", "Guest"),
    }


def _handling_steps(t: NullTranslations) -> Table:
    return {
        "public": t.pgettext("handling step", "public"),
        "parties": t.pgettext("handling step", "the parties"),
        "named_delegations": t.pgettext("handling step", "named delegations"),
        "named_persons": t.pgettext("handling step", "named persons"),
    }


def _channels(t: NullTranslations) -> Table:
    return {
        "note": t.pgettext("way an answer came", "by note"),
        "mail": t.pgettext("way an answer came", "by mail"),
        "telephone": t.pgettext("way an answer came", "by telephone"),
    }


def _hostings(t: NullTranslations) -> Table:
    return {
        "none": t.pgettext("part of a party in hosting", "takes part"),
        "host": t.pgettext("part of a party in hosting", "host"),
        "co_host": t.pgettext("part of a party in hosting", "co-host"),
    }


def _media_types(t: NullTranslations) -> Table:
    """Return what kind of file a paper is; the keys are those of `app.domain.documents`."""
    return {
        "application/pdf": t.pgettext("kind of file", "PDF"),
        "image/png": t.pgettext("kind of file", "picture (PNG)"),
        "image/jpeg": t.pgettext("kind of file", "picture (JPEG)"),
        documents.DOCX: t.pgettext("kind of file", "Word document"),
        documents.XLSX: t.pgettext("kind of file", "Excel workbook"),
        documents.ODT: t.pgettext("kind of file", "OpenDocument text"),
        documents.MESSAGE: t.pgettext("kind of file", "e-mail message"),
        documents.PLAIN: t.pgettext("kind of file", "plain text"),
    }


def _languages(t: NullTranslations) -> Table:
    return {
        "en": t.pgettext("name of a language", "English"),
        "es": t.pgettext("name of a language", "Spanish"),
        "fr": t.pgettext("name of a language", "French"),
    }


def _audit_actions(t: NullTranslations) -> Table:
    """Return what the audit record says was done; a key that is not here is shown as it is stored."""
    return {
        "signed_in": t.pgettext("act in the record", "Signed in"),
        "signed_out": t.pgettext("act in the record", "Signed out"),
        "password_set": t.pgettext("act in the record", "Set a password by a link"),
        "password_changed": t.pgettext("act in the record", "Changed the password"),
        "profile_changed": t.pgettext("act in the record", "Changed the profile"),
        "person_added": t.pgettext("act in the record", "Added an account"),
        "person_invited": t.pgettext("act in the record", "Made a link to set a password"),
        "person_disabled": t.pgettext("act in the record", "Disabled an account"),
        "person_enabled": t.pgettext("act in the record", "Enabled an account"),
        "appointment_made": t.pgettext("act in the record", "Appointed a secretariat"),
        "appointment_member_added": t.pgettext("act in the record", "Added somebody to a secretariat"),
        "draft_started": t.pgettext("act in the record", "Began a draft"),
        "draft_saved": t.pgettext("act in the record", "Saved a draft"),
        "draft_discarded": t.pgettext("act in the record", "Discarded a draft"),
        "draft_proposed": t.pgettext("act in the record", "Proposed a draft"),
        "draft_published": t.pgettext("act in the record", "Published staged changes"),
        "meeting_proposed": t.pgettext("act in the record", "Proposed the meeting"),
        "meeting_changed": t.pgettext("act in the record", "Changed the meeting"),
        "meeting_parties_added": t.pgettext("act in the record", "Added parties to the meeting"),
        "meeting_parties_dropped": t.pgettext("act in the record", "Took parties off the meeting"),
        "meeting_recorded": t.pgettext("act in the record", "Recorded a past meeting"),
        "catalogue_loaded": t.pgettext("act in the record", "Loaded the catalogue"),
        "meeting_answered": t.pgettext("act in the record", "Answered a meeting"),
        "meeting_answer_reported": t.pgettext("act in the record", "Entered an answer that was reported"),
        "meeting_confirmed": t.pgettext("act in the record", "Confirmed a meeting"),
        "meeting_postponed": t.pgettext("act in the record", "Postponed a meeting"),
        "meeting_cancelled": t.pgettext("act in the record", "Cancelled a meeting"),
        "meeting_reinstated": t.pgettext("act in the record", "Reinstated a meeting"),
        "meeting_held": t.pgettext("act in the record", "Recorded a meeting as held"),
        "meeting_closed": t.pgettext("act in the record", "Closed a meeting"),
        "document_added": t.pgettext("act in the record", "Added a paper"),
    }


def _themes(t: NullTranslations) -> Table:
    return {
        "auto": t.pgettext("colours of the pages", "as this device has them"),
        "light": t.pgettext("colours of the pages", "light"),
        "dark": t.pgettext("colours of the pages", "dark"),
    }


GROUPS: Mapping[str, Callable[[NullTranslations], Table]] = {
    "meeting_state": _meeting_states,
    "leg_state": _leg_states,
    "answer": _answers,
    "period_state": _period_states,
    "mechanism_status": _mechanism_statuses,
    "level": _levels,
    "format": _formats,
    "item_type": _item_types,
    "item_kind": _item_kinds,
    "role": _roles,
    "handling_step": _handling_steps,
    "language": _languages,
    "channel": _channels,
    "hosting": _hostings,
    "media_type": _media_types,
    "audit_action": _audit_actions,
    "theme": _themes,
}


@functools.cache
def labels(group: str, language: str) -> Mapping[str, str]:
    """Return the words of a group by their keys, in the group's own order; `KeyError` for an unknown group."""
    return GROUPS[group](words.translations(language))


def label(group: str, key: str, language: str) -> str:
    """Return the one word for a stored value; `KeyError` when the group has no such value."""
    return labels(group, language)[str(key)]
