"""One word per state, level, role and kind, in each language: pages, mails and papers take them from here.

The keys are the values that the domain stores; the words are the design's. Each group is a message
context of its own, since Spanish and French make a state agree with what it is the state of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from app import document_labels, record_labels, roster_labels, text_labels, words
from app.domain import documents

Say = Callable[[str, str], str]
Table = dict[str, str]


def _meeting_states(pgettext: Say) -> Table:
    return {
        "draft": pgettext("state of a meeting", "draft"),
        "proposed": pgettext("state of a meeting", "proposed"),
        "confirmed": pgettext("state of a meeting", "confirmed"),
        "held": pgettext("state of a meeting", "held"),
        "closed": pgettext("state of a meeting", "closed"),
        "postponed": pgettext("state of a meeting", "postponed"),
        "cancelled": pgettext("state of a meeting", "cancelled"),
        "planned_not_held": pgettext("state of a meeting", "planned, not held"),
    }


def _position_states(pgettext: Say) -> Table:
    return {
        "draft": pgettext("state of a position", "draft"),
        "cleared": pgettext("state of a position", "cleared"),
    }


def _non_paper_states(pgettext: Say) -> Table:
    return {
        "draft": pgettext("state of a non-paper", "draft"),
        "cleared": pgettext("state of a non-paper", "released by a second person"),
    }


def _position_parts(pgettext: Say) -> Table:
    return {
        "lines": pgettext("part of a position", "Lines to take"),
        "red_lines": pgettext("part of a position", "Red lines"),
        "fallback": pgettext("part of a position", "Fallback"),
        "questions": pgettext("part of a position", "Questions expected, with answers"),
        "papers": pgettext("part of a position", "Papers"),
    }


def _poll_states(pgettext: Say) -> Table:
    return {
        "open": pgettext("state of a poll", "open"),
        "closed": pgettext("state of a poll", "closed"),
        "chosen": pgettext("state of a poll", "date chosen"),
        "withdrawn": pgettext("state of a poll", "withdrawn"),
    }


def _poll_answers(pgettext: Say) -> Table:
    return {
        "yes": pgettext("answer to a slot of a poll", "yes"),
        "if_need_be": pgettext("answer to a slot of a poll", "if need be"),
        "no": pgettext("answer to a slot of a poll", "no"),
        "waiting": pgettext("answer to a slot of a poll", "waiting"),
        "answered": pgettext("answer to a slot of a poll", "has answered"),
    }


def _leg_states(pgettext: Say) -> Table:
    return {
        "open": pgettext("state of a party’s leg of an action", "open"),
        "under_way": pgettext("state of a party’s leg of an action", "under way"),
        "blocked": pgettext("state of a party’s leg of an action", "blocked"),
        "done": pgettext("state of a party’s leg of an action", "done"),
        "verified": pgettext("state of a party’s leg of an action", "verified"),
        "dropped": pgettext("state of a party’s leg of an action", "dropped"),
        "overdue": pgettext("state of a party’s leg of an action", "overdue"),
        "owes_nothing": pgettext("state of a party’s leg of an action", "owes nothing"),
        "not_at_the_table": pgettext("state of a party’s leg of an action", "not at the table"),
        "no_word": pgettext("state of a party’s leg of an action", "no word yet"),
    }


def _action_kinds(pgettext: Say) -> Table:
    return {
        "task": pgettext("kind of an action", "Task"),
        "evaluation": pgettext("kind of an action", "Evaluation"),
        "data_exchange": pgettext("kind of an action", "Exchange of data"),
        "protocol": pgettext("kind of an action", "Protocol"),
        "exercise": pgettext("kind of an action", "Exercise"),
        "candidature": pgettext("kind of an action", "Candidature"),
    }


def _priorities(pgettext: Say) -> Table:
    return {
        "low": pgettext("priority of an action", "low"),
        "normal": pgettext("priority of an action", "normal"),
        "high": pgettext("priority of an action", "high"),
    }


def _horizons(pgettext: Say) -> Table:
    return {
        "immediate": pgettext("horizon of an action", "immediate"),
        "long_term": pgettext("horizon of an action", "long-term"),
    }


def _action_links(pgettext: Say) -> Table:
    """Return what one action is to another that is named after the words."""
    return {
        "blocks": pgettext("link of an action", "Blocks"),
        "blocked_by": pgettext("link of an action", "Is blocked by"),
        "follows": pgettext("link of an action", "Follows"),
        "followed_by": pgettext("link of an action", "Is followed by"),
        "same_as": pgettext("link of an action", "Is the same as"),
        "merged_into": pgettext("link of an action", "Went into"),
        "took_in": pgettext("link of an action", "Took in"),
        "split_from": pgettext("link of an action", "Was split from"),
        "split_into": pgettext("link of an action", "Was split into"),
    }


def _commitment_statuses(pgettext: Say) -> Table:
    return {
        "not_started": pgettext("how a commitment was described", "not begun"),
        "running": pgettext("how a commitment was described", "under way"),
        "slow": pgettext("how a commitment was described", "slow"),
        "overdue": pgettext("how a commitment was described", "not done"),
        "stalled": pgettext("how a commitment was described", "stalled"),
        "conditional": pgettext("how a commitment was described", "waits on a condition"),
        "recommended": pgettext("how a commitment was described", "recommended"),
        "upcoming": pgettext("how a commitment was described", "to come"),
        "not_said": pgettext("how a commitment was described", "not said"),
    }


def _commitment_kinds(pgettext: Say) -> Table:
    return {
        "pledge": pgettext("kind of commitment", "pledge"),
        "practice": pgettext("kind of commitment", "practice"),
        "repeat": pgettext("kind of commitment", "repeat"),
    }


def _action_endings(pgettext: Say) -> Table:
    return {
        "closed": pgettext("how an action ended", "closed at a meeting"),
        "merged": pgettext("how an action ended", "merged into another"),
        "split": pgettext("how an action ended", "split"),
        "withdrawn": pgettext("how an action ended", "withdrawn"),
    }


def _answers(pgettext: Say) -> Table:
    return {
        "yes": pgettext("answer of a party", "yes"),
        "no": pgettext("answer of a party", "no"),
        "none": pgettext("answer of a party", "no answer yet"),
        "reported": pgettext("answer of a party", "reported, not confirmed"),
    }


def _period_states(pgettext: Say) -> Table:
    return {
        "met": pgettext("state of a period", "met"),
        "by_numbering": pgettext("state of a period", "met, by numbering only"),
        "partly_met": pgettext("state of a period", "partly met"),
        "not_held": pgettext("state of a period", "not held"),
        "no_record": pgettext("state of a period", "no record"),
        "open": pgettext("state of a period", "open"),
    }


def _mechanism_statuses(pgettext: Say) -> Table:
    return {
        "proposed": pgettext("status of a mechanism", "proposed"),
        "agreed": pgettext("status of a mechanism", "agreed"),
        "active": pgettext("status of a mechanism", "active"),
        "dormant": pgettext("status of a mechanism", "dormant"),
        "stalled": pgettext("status of a mechanism", "stalled"),
        "concluded": pgettext("status of a mechanism", "concluded"),
    }


def _levels(pgettext: Say) -> Table:
    return {
        "leaders": pgettext("level of a mechanism", "Leaders"),
        "ministers": pgettext("level of a mechanism", "Ministers"),
        "senior_officials": pgettext("level of a mechanism", "Senior officials"),
        "policy_planning": pgettext("level of a mechanism", "Policy planning"),
        "missions": pgettext("level of a mechanism", "Missions"),
        "agencies": pgettext("level of a mechanism", "Agencies"),
        "military_staff": pgettext("level of a mechanism", "Military staff"),
        "legislature": pgettext("level of a mechanism", "Legislature"),
    }


def _mechanism_kinds(pgettext: Say) -> Table:
    return {
        "recurring": pgettext("kind of mechanism", "Meets again and again"),
        "standing": pgettext("kind of mechanism", "Standing body"),
        "process": pgettext("kind of mechanism", "Process"),
        "one_off": pgettext("kind of mechanism", "Once"),
        "clock": pgettext("kind of mechanism", "Runs to a date"),
    }


def _meeting_kinds(pgettext: Say) -> Table:
    return {
        "session": pgettext("kind of a meeting", "session"),
        "urgent": pgettext("kind of a meeting", "urgent meeting"),
        "preparatory": pgettext("kind of a meeting", "preparatory meeting"),
        "panel": pgettext("kind of a meeting", "panel"),
        "side_session": pgettext("kind of a meeting", "side session"),
        "training": pgettext("kind of a meeting", "training"),
        "exercise": pgettext("kind of a meeting", "exercise"),
        "study_visit": pgettext("kind of a meeting", "study visit"),
    }


def _agenda_states(pgettext: Say) -> Table:
    return {
        "draft": pgettext("state of an agenda", "draft"),
        "provisional": pgettext("state of an agenda", "provisional"),
        "adopted": pgettext("state of an agenda", "adopted"),
    }


def _agenda_fields(pgettext: Say) -> Table:
    """Return what the fields of an agenda item are called where two versions of it are compared."""
    return {
        "title_en": pgettext("agenda item", "Title in English"),
        "title_es": pgettext("agenda item", "Title in Spanish"),
        "title_fr": pgettext("agenda item", "Title in French"),
        "kind": pgettext("agenda item", "Kind"),
        "type": pgettext("agenda item", "For"),
        "lead_party": pgettext("agenda item", "By"),
        "minutes": pgettext("agenda item", "Minutes"),
        "proposed_by": pgettext("agenda item", "Proposed by"),
        "presenters": pgettext("agenda item", "Presenters"),
        "annotation_en": pgettext("agenda item", "Annotation in English"),
        "annotation_es": pgettext("agenda item", "Annotation in Spanish"),
        "annotation_fr": pgettext("agenda item", "Annotation in French"),
        "expected_result_en": pgettext("agenda item", "Expected result in English"),
        "expected_result_es": pgettext("agenda item", "Expected result in Spanish"),
        "expected_result_fr": pgettext("agenda item", "Expected result in French"),
        "is_supplementary": pgettext("agenda item", "On the supplementary list"),
    }


def _item_proposal_states(pgettext: Say) -> Table:
    return {
        "open": pgettext("state of a proposal for an agenda", "open"),
        "taken": pgettext("state of a proposal for an agenda", "on the agenda"),
        "merged": pgettext("state of a proposal for an agenda", "joined to an item"),
        "declined": pgettext("state of a proposal for an agenda", "declined"),
        "withdrawn": pgettext("state of a proposal for an agenda", "withdrawn"),
    }


def _formats(pgettext: Say) -> Table:
    return {
        "in_person": pgettext("form of a meeting", "in person"),
        "hybrid": pgettext("form of a meeting", "hybrid"),
        "virtual": pgettext("form of a meeting", "by video"),
        "unknown": pgettext("form of a meeting", "not told"),
    }


def _item_types(pgettext: Say) -> Table:
    return {
        "information": pgettext("type of an agenda item", "information"),
        "discussion": pgettext("type of an agenda item", "discussion"),
        "decision": pgettext("type of an agenda item", "decision"),
    }


def _item_kinds(pgettext: Say) -> Table:
    return {
        "opening": pgettext("kind of agenda item", "Opening"),
        "adoption_of_agenda": pgettext("kind of agenda item", "Adoption of the agenda"),
        "progress_since_last": pgettext("kind of agenda item", "Progress since the last meeting"),
        "substance": pgettext("kind of agenda item", "Substance"),
        "other_business": pgettext("kind of agenda item", "Other business"),
        "adoption_of_outcome": pgettext("kind of agenda item", "Adoption of the outcome"),
        "closing": pgettext("kind of agenda item", "Closing"),
    }


def _roles(pgettext: Say) -> Table:
    return {
        "official": pgettext("role of a person", "Official"),
        "coordinator": pgettext("role of a person", "Coordinator"),
        "head": pgettext("role of a person", "Head of delegation"),
        "administrator": pgettext("role of a person", "Administrator"),
        "secretariat": pgettext("role of a person", "Secretariat"),
        "guest": pgettext("role of a person", "Guest"),
    }


def _account_states(pgettext: Say) -> Table:
    return {
        "active": pgettext("state of an account", "active"),
        "no_password": pgettext("state of an account", "no password yet"),
        "disabled": pgettext("state of an account", "disabled"),
    }


def _contact_kinds(pgettext: Say) -> Table:
    return {
        "liaison": pgettext("kind of contact", "Liaison"),
        "duty": pgettext("kind of contact", "Duty officer"),
        "coordination": pgettext("kind of contact", "Coordination"),
        "protocol": pgettext("kind of contact", "Protocol"),
        "other": pgettext("kind of contact", "Other"),
    }


def _handling_steps(pgettext: Say) -> Table:
    return {
        "public": pgettext("handling step", "public"),
        "parties": pgettext("handling step", "the parties"),
        "delegations": pgettext("handling step", "named delegations"),
        "persons": pgettext("handling step", "named persons"),
    }


def _paper_kinds(pgettext: Say) -> Table:
    return {
        "agenda": pgettext("kind of paper", "Agenda"),
        "annotated_agenda": pgettext("kind of paper", "Annotated agenda"),
        "minutes": pgettext("kind of paper", "Minutes"),
        "outcome": pgettext("kind of paper", "Outcome"),
    }


def _channels(pgettext: Say) -> Table:
    return {
        "note": pgettext("way an answer came", "by note"),
        "mail": pgettext("way an answer came", "by mail"),
        "telephone": pgettext("way an answer came", "by telephone"),
    }


def _hostings(pgettext: Say) -> Table:
    return {
        "none": pgettext("part of a party in hosting", "takes part"),
        "host": pgettext("part of a party in hosting", "host"),
        "co_host": pgettext("part of a party in hosting", "co-host"),
    }


def _media_types(pgettext: Say) -> Table:
    """Return what kind of file a paper is; the keys are those of `app.domain.documents`."""
    return {
        "application/pdf": pgettext("kind of file", "PDF"),
        "image/png": pgettext("kind of file", "picture (PNG)"),
        "image/jpeg": pgettext("kind of file", "picture (JPEG)"),
        documents.DOCX: pgettext("kind of file", "Word document"),
        documents.XLSX: pgettext("kind of file", "Excel workbook"),
        documents.ODT: pgettext("kind of file", "OpenDocument text"),
        documents.MESSAGE: pgettext("kind of file", "e-mail message"),
        documents.PLAIN: pgettext("kind of file", "plain text"),
    }


def _languages(pgettext: Say) -> Table:
    return {
        "en": pgettext("name of a language", "English"),
        "es": pgettext("name of a language", "Spanish"),
        "fr": pgettext("name of a language", "French"),
    }


def _entry_kinds(pgettext: Say) -> Table:
    return {
        "conclusion": pgettext("kind of a note", "Conclusion"),
        "decision": pgettext("kind of a note", "Decision"),
        "action": pgettext("kind of a note", "Action item"),
        "point": pgettext("kind of a note", "Point made"),
    }


def _import_text(pgettext: Say) -> Table:
    """Return what an import writes by itself into what others read."""
    return {
        "own_number": pgettext("text of an import", "Number in the table that it came from: {number}"),
        "undone": pgettext("text of an import", "It came with an import that was undone."),
        "pasted": pgettext("text of an import", "A table that was pasted"),
    }


def _import_columns(pgettext: Say) -> Table:
    return {
        "reference": pgettext("column of a table", "Reference"),
        "title": pgettext("column of a table", "Title"),
        "title_en": pgettext("column of a table", "Title (en)"),
        "title_es": pgettext("column of a table", "Title (es)"),
        "title_fr": pgettext("column of a table", "Title (fr)"),
        "text": pgettext("column of a table", "Text"),
        "owners": pgettext("column of a table", "Owners"),
        "lead": pgettext("column of a table", "Lead"),
        "due_on": pgettext("column of a table", "Due"),
        "state": pgettext("column of a table", "State"),
        "reason": pgettext("column of a table", "Reason"),
        "done_on": pgettext("column of a table", "Done on"),
        "kind": pgettext("column of a table", "Kind"),
        "priority": pgettext("column of a table", "Priority"),
        "horizon": pgettext("column of a table", "Horizon"),
        "meeting": pgettext("column of a table", "Meeting"),
        "meeting_on": pgettext("column of a table", "Day of the meeting"),
        "mechanism": pgettext("column of a table", "Mechanism"),
        "commitment": pgettext("column of a table", "Commitment"),
        "note": pgettext("column of a table", "Note"),
        "seen_by": pgettext("column of a table", "Seen by"),
    }


def _import_fates(pgettext: Say) -> Table:
    return {
        "new": pgettext("fate of a row", "new"),
        "joined": pgettext("fate of a row", "joined"),
        "same": pgettext("fate of a row", "says the same"),
        "refused": pgettext("fate of a row", "refused"),
    }


def _agenda_paper(pgettext: Say) -> Table:
    """Return the fixed words of a printed agenda; the keys are those of `app.papers.agenda`."""
    return {
        "actions": pgettext("printed agenda", "Open actions"),
        "agenda": pgettext("printed agenda", "Agenda"),
        "city": pgettext("printed agenda", "City"),
        "date": pgettext("printed agenda", "Date"),
        "end": pgettext("printed agenda", "End"),
        "format": pgettext("printed agenda", "Form"),
        "hours": pgettext("printed agenda", "Time"),
        "item": pgettext("printed agenda", "Item"),
        "lead": pgettext("printed agenda", "By"),
        "meeting_zone": pgettext("printed agenda", "time of the meeting"),
        "minutes": pgettext("printed agenda", "Min."),
        "no_items": pgettext("printed agenda", "No items yet."),
        "number": pgettext("printed agenda", "No."),
        "offset": pgettext("printed agenda", "Offset"),
        "page": pgettext("printed agenda", "Page {page} of {pages}"),
        "parties": pgettext("printed agenda", "Parties"),
        "place": pgettext("printed agenda", "Place"),
        "type": pgettext("printed agenda", "For"),
    }


def _feed_details(pgettext: Say) -> Table:
    return {
        "full": pgettext("what a calendar feed tells", "full details"),
        "busy": pgettext("what a calendar feed tells", "busy time only"),
    }


def _reminder_mails(pgettext: Say) -> Table:
    return {
        "digest": pgettext("how reminders come", "together in one mail a day, at 8:00 in my time"),
        "at_once": pgettext("how reminders come", "each in a mail of its own, on working days from 8:00"),
        "never": pgettext("how reminders come", "never"),
    }


def _mail_kinds(pgettext: Say) -> Table:
    return {
        "meeting_proposed": pgettext("what mails are about", "Proposed"),
        "meeting_confirmed": pgettext("what mails are about", "Confirmed"),
        "meeting_changed": pgettext("what mails are about", "Changed"),
        "meeting_postponed": pgettext("what mails are about", "Postponed"),
        "meeting_cancelled": pgettext("what mails are about", "Cancelled"),
        "meeting_reinstated": pgettext("what mails are about", "Proposed again"),
        "meeting_left": pgettext("what mails are about", "No longer with some of its parties"),
        "answer_reported": pgettext("what mails are about", "An answer was reported"),
        "roster_joined": pgettext("what mails are about", "Joined the roster"),
        "roster_left": pgettext("what mails are about", "Left the roster"),
        "zone_change_hour_kept": pgettext("what mails are about", "The clocks’ rules changed, the hour is kept"),
        "zone_change_moment_kept": pgettext("what mails are about", "The clocks’ rules changed, the moment is kept"),
    }


def _meeting_mails(pgettext: Say) -> Table:
    return {
        "at_once": pgettext("how mails about meetings come", "each as soon as it happens, with the calendar entry"),
        "digest": pgettext("how mails about meetings come", "together in one mail a day, at 8:00 in my time"),
        "never": pgettext("how mails about meetings come", "never: I read the pages and my calendar"),
    }


def _reminder_stages(pgettext: Say) -> Table:
    return {
        "before": pgettext("stage of a reminder", "before its day"),
        "on": pgettext("stage of a reminder", "on its day"),
        "after": pgettext("stage of a reminder", "after its day"),
        "coordinator": pgettext("stage of a reminder", "to the coordinator"),
    }


def _reminder_states(pgettext: Say) -> Table:
    return {
        "prepared": pgettext("state of a reminder", "waits"),
        "queued": pgettext("state of a reminder", "on its way"),
        "sent": pgettext("state of a reminder", "sent"),
        "withheld": pgettext("state of a reminder", "withheld"),
    }


def _themes(pgettext: Say) -> Table:
    return {
        "auto": pgettext("colours of the pages", "as this device has them"),
        "light": pgettext("colours of the pages", "light"),
        "dark": pgettext("colours of the pages", "dark"),
    }


def _appointment_states(pgettext: Say) -> Table:
    return {
        "asked": pgettext("state of a secretariat", "asked, not in force"),
        "to_come": pgettext("state of a secretariat", "agreed, to begin"),
        "in_force": pgettext("state of a secretariat", "in force"),
        "over": pgettext("state of a secretariat", "over"),
    }


GROUPS: Mapping[str, Callable[[Say], Table]] = {
    "meeting_state": _meeting_states,
    "leg_state": _leg_states,
    "action_ending": _action_endings,
    "commitment_status": _commitment_statuses,
    "commitment_kind": _commitment_kinds,
    "action_kind": _action_kinds,
    "priority": _priorities,
    "horizon": _horizons,
    "action_link": _action_links,
    "answer": _answers,
    "period_state": _period_states,
    "mechanism_status": _mechanism_statuses,
    "level": _levels,
    "mechanism_kind": _mechanism_kinds,
    "meeting_kind": _meeting_kinds,
    "format": _formats,
    "item_type": _item_types,
    "item_kind": _item_kinds,
    "role": _roles,
    "account_state": _account_states,
    "contact_kind": _contact_kinds,
    "handling_step": _handling_steps,
    "document_kind": document_labels.document_kinds,
    "document_state": document_labels.document_states,
    "paper_standing": document_labels.paper_standings,
    "amendment": document_labels.amendments,
    "note_direction": document_labels.note_directions,
    "language": _languages,
    "channel": _channels,
    "paper_kind": _paper_kinds,
    "hosting": _hostings,
    "media_type": _media_types,
    "position_state": _position_states,
    "non_paper_state": _non_paper_states,
    "position_part": _position_parts,
    "text_kind": text_labels.outcome_kinds,
    "text_state": text_labels.text_states,
    "language_state": text_labels.language_states,
    "language_fault": text_labels.language_faults,
    "name_order": text_labels.name_orders,
    "reservation_kind": text_labels.reservation_kinds,
    "silence_state": text_labels.silence_states,
    "signature_standing": text_labels.signature_standings,
    "poll_state": _poll_states,
    "poll_answer": _poll_answers,
    "audit_action": record_labels.audit_actions,
    "entry_kind": _entry_kinds,
    "roster_role": roster_labels.roster_roles,
    "roster_level": roster_labels.roster_levels,
    "roster_state": roster_labels.roster_states,
    "roster_mode": roster_labels.roster_modes,
    "roster_reply": roster_labels.roster_replies,
    "own_reply": roster_labels.own_replies,
    "own_mode": roster_labels.own_modes,
    "reply_way": roster_labels.reply_ways,
    "reply_reason": roster_labels.reply_reasons,
    "presence": roster_labels.presences,
    "participants_paper": roster_labels.participants_paper,
    "agenda_paper": _agenda_paper,
    "agenda_state": _agenda_states,
    "agenda_field": _agenda_fields,
    "item_proposal_state": _item_proposal_states,
    "import_text": _import_text,
    "import_column": _import_columns,
    "import_fate": _import_fates,
    "feed_detail": _feed_details,
    "theme": _themes,
    "reminder_mails": _reminder_mails,
    "meeting_mails": _meeting_mails,
    "mail_kind": _mail_kinds,
    "reminder_stage": _reminder_stages,
    "reminder_state": _reminder_states,
    "appointment_state": _appointment_states,
}


@functools.cache
def labels(group: str, language: str) -> Mapping[str, str]:
    """Return the words of a group by their keys, in the group's own order; `KeyError` for an unknown group."""
    catalogue = words.translations(language)
    return GROUPS[group](lambda context, message: str(catalogue.pgettext(context, message)))


def label(group: str, key: str, language: str) -> str:
    """Return the one word for a stored value; `KeyError` when the group has no such value."""
    return labels(group, language)[str(key)]
