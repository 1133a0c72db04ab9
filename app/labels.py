"""One word per state, level, role and kind, in each language: pages, mails and papers take them from here.

The keys are the values that the domain stores; the words are the design's. Each group is a message
context of its own, since Spanish and French make a state agree with what it is the state of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from app import document_labels, text_labels, words
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


def _audit_actions(pgettext: Say) -> Table:
    """Return what the audit record says was done; a key that is not here is shown as it is stored."""
    return {
        "key_rotated": pgettext("act in the record", "Made a new key for what is sealed from now on"),
        "rows_resealed": pgettext("act in the record", "Sealed what was under an older key anew"),
        "key_retired": pgettext("act in the record", "Retired a key that nothing needs any more"),
        "silence_accepted": pgettext("act in the record", "Accepted a text before the end of a silence"),
        "silence_answer_reported": pgettext("act in the record", "Entered an answer under silence that was reported"),
        "silence_answer_settled": pgettext("act in the record", "Settled a reported answer under silence"),
        "silence_broken": pgettext("act in the record", "Broke the silence on a text"),
        "silence_circulated": pgettext("act in the record", "Put a text under silence"),
        "silence_extended": pgettext("act in the record", "Gave a silence a later end"),
        "silence_lapsed": pgettext("act in the record", "A silence lapsed: not all had received the text"),
        "silence_opened": pgettext("act in the record", "The clock of a silence began"),
        "silence_opted_in": pgettext("act in the record", "Opted into the silence procedure"),
        "silence_opt_in_ended": pgettext("act in the record", "Ended its part in the silence procedure"),
        "silence_received": pgettext("act in the record", "Received a text under silence"),
        "silence_withdrawn": pgettext("act in the record", "Took a text back from under silence"),
        "text_adopted": pgettext("act in the record", "Adopted a text"),
        "text_amended": pgettext("act in the record", "Began a corrigendum or a revision of a text"),
        "text_confirmed": pgettext("act in the record", "Confirmed a signature ad referendum"),
        "text_signed": pgettext("act in the record", "Signed a text"),
        "text_signature_taken_back": pgettext("act in the record", "Took a signature back"),
        "text_signatures_voided": pgettext("act in the record", "Signatures on a text became void"),
        "text_terms_changed": pgettext("act in the record", "Changed what a text needs to be agreed"),
        "text_begun": pgettext("act in the record", "Began a text"),
        "paper_form_put": pgettext("act in the record", "Put a form in the place of our own"),
        "paper_form_dropped": pgettext("act in the record", "Went back to our own form of a paper"),
        "text_language_moved": pgettext("act in the record", "Said how far a text is in a language"),
        "text_names_ordered": pgettext("act in the record", "Chose the order of names in a text"),
        "text_wording_changed": pgettext("act in the record", "Changed the wording of a paragraph"),
        "text_paragraph_added": pgettext("act in the record", "Added a paragraph to a text"),
        "text_paragraph_moved": pgettext("act in the record", "Moved a paragraph of a text"),
        "text_paragraph_removed": pgettext("act in the record", "Took a paragraph out of a text"),
        "text_paragraph_restored": pgettext("act in the record", "Put a paragraph back into a text"),
        "text_retitled": pgettext("act in the record", "Changed the title of a text"),
        "text_withdrawn": pgettext("act in the record", "Withdrew a text"),
        "text_taken_up": pgettext("act in the record", "Took a text up again"),
        "text_issued": pgettext("act in the record", "Issued a revision of a text"),
        "text_commented": pgettext("act in the record", "Commented on a text"),
        "text_comment_settled": pgettext("act in the record", "Settled a comment on a text"),
        "text_comment_removed": pgettext("act in the record", "Took back a comment on a text"),
        "inner_note_written": pgettext("act in the record", "Wrote a note for the own delegation"),
        "inner_note_removed": pgettext("act in the record", "Took back a note for the own delegation"),
        "inner_note_restored": pgettext("act in the record", "Put back a note for the own delegation"),
        "reservation_made": pgettext("act in the record", "Appended a reservation or a statement to a text"),
        "reservation_changed": pgettext("act in the record", "Changed what a party appends to a text"),
        "reservation_withdrawn": pgettext("act in the record", "Withdrew what a party had appended to a text"),
        "readout_drafted": pgettext("act in the record", "Wrote at the own readout of a meeting"),
        "readout_published": pgettext("act in the record", "Published the own readout of a meeting"),
        "room_opened": pgettext("act in the record", "Opened the room of the meeting"),
        "room_closed": pgettext("act in the record", "Ended the meeting in its room"),
        "room_not_attributed": pgettext("act in the record", "Made the meeting one not for attribution"),
        "room_attributed": pgettext("act in the record", "Took back that the meeting is not for attribution"),
        "item_taken": pgettext("act in the record", "Moved on in the agenda of the room"),
        "entry_captured": pgettext("act in the record", "Captured something for the minutes"),
        "entry_changed": pgettext("act in the record", "Changed what was captured for the minutes"),
        "entry_removed": pgettext("act in the record", "Took something off the notes"),
        "entry_restored": pgettext("act in the record", "Put something back on the notes"),
        "minutes_drafted": pgettext("act in the record", "Drafted the minutes from the notes"),
        "minutes_extended": pgettext("act in the record", "Added later notes to the minutes"),
        "practice_recorded": pgettext("act in the record", "Recorded a best practice"),
        "practice_changed": pgettext("act in the record", "Changed a best practice"),
        "practice_removed": pgettext("act in the record", "Took a best practice off the register"),
        "practice_restored": pgettext("act in the record", "Put a best practice back on the register"),
        "poll_opened": pgettext("act in the record", "Put slots to the delegations in a poll"),
        "poll_answer_reported": pgettext("act in the record", "Entered what another delegation answered in a poll"),
        "poll_chosen": pgettext("act in the record", "Chose a slot of a poll"),
        "poll_closed": pgettext("act in the record", "A poll closed"),
        "poll_lapsed": pgettext("act in the record", "A poll lapsed: other parties meet now"),
        "poll_extended": pgettext("act in the record", "Gave a poll more time"),
        "poll_late_counted": pgettext("act in the record", "Decided whether a late answer counts"),
        "poll_reminded": pgettext("act in the record", "Reminded those whose answer to a poll is missing"),
        "poll_reopened": pgettext("act in the record", "Opened a poll again"),
        "poll_slots_changed": pgettext("act in the record", "Changed the slots of a poll"),
        "poll_withdrawn": pgettext("act in the record", "Withdrew a poll"),
        "poll_answered": pgettext("act in the record", "Answered a poll"),
        "poll_proxy_named": pgettext("act in the record", "Named who answers in a poll"),
        "poll_proxy_ended": pgettext("act in the record", "Ended that somebody answers in a poll"),
        "poll_seat_added": pgettext("act in the record", "Asked somebody more of the delegation in a poll"),
        "poll_seat_dropped": pgettext("act in the record", "Took somebody of the delegation out of a poll"),
        "poll_note_written": pgettext("act in the record", "Wrote a note in a poll"),
        "poll_note_withdrawn": pgettext("act in the record", "Took a note in a poll back"),
        "signed_in": pgettext("act in the record", "Signed in"),
        "signed_out": pgettext("act in the record", "Signed out"),
        "password_set": pgettext("act in the record", "Set a password by a link"),
        "password_changed": pgettext("act in the record", "Changed the password"),
        "profile_changed": pgettext("act in the record", "Changed the profile"),
        "mails_held": pgettext("act in the record", "Held the mails about a meeting"),
        "mails_sent_later": pgettext("act in the record", "Sent the held mails about a meeting"),
        "mails_dropped": pgettext("act in the record", "Dropped the held mails about a meeting"),
        "reminders_let_through": pgettext("act in the record", "Let reminders from others come by themselves"),
        "reminders_looked_at": pgettext("act in the record", "Ended that reminders from others come by themselves"),
        "reminder_noted": pgettext("act in the record", "Wrote a note for a reminder"),
        "reminder_sent": pgettext("act in the record", "Sent a reminder to another government"),
        "reminder_withheld": pgettext("act in the record", "Withheld a reminder"),
        "person_added": pgettext("act in the record", "Added an account"),
        "person_invited": pgettext("act in the record", "Made a link to set a password"),
        "person_changed": pgettext("act in the record", "Changed an account"),
        "mechanism_entered": pgettext("act in the record", "Entered a mechanism"),
        "mechanism_settled": pgettext("act in the record", "Settled a mechanism that was entered"),
        "office_added": pgettext("act in the record", "Added an office"),
        "office_renamed": pgettext("act in the record", "Gave an office a new name"),
        "contact_added": pgettext("act in the record", "Added a contact"),
        "contact_changed": pgettext("act in the record", "Changed a contact"),
        "contact_removed": pgettext("act in the record", "Took a contact away"),
        "busy_added": pgettext("act in the record", "Gave busy time"),
        "busy_replaced": pgettext("act in the record", "Replaced busy time by a newer calendar"),
        "busy_shared": pgettext("act in the record", "Changed who sees busy time"),
        "busy_removed": pgettext("act in the record", "Removed busy time"),
        "busy_restored": pgettext("act in the record", "Brought busy time back"),
        "person_disabled": pgettext("act in the record", "Disabled an account"),
        "person_enabled": pgettext("act in the record", "Enabled an account"),
        "appointment_made": pgettext("act in the record", "Appointed a secretariat"),
        "appointment_member_added": pgettext("act in the record", "Added somebody to a secretariat"),
        "appointment_member_removed": pgettext("act in the record", "Took somebody off a secretariat"),
        "appointment_ended": pgettext("act in the record", "Ended a secretariat"),
        "secretariat_let_in": pgettext("act in the record", "Gave a secretariat the meetings to come"),
        "secretariat_let_out": pgettext("act in the record", "Took the meetings to come from a secretariat"),
        "hat_put_on": pgettext("act in the record", "Began to act for a secretariat"),
        "hat_taken_off": pgettext("act in the record", "Ceased to act for a secretariat"),
        "meeting_released": pgettext("act in the record", "Released the meeting to a guest"),
        "release_withdrawn": pgettext("act in the record", "Took the meeting back from a guest"),
        "decision_lapsed": pgettext("act in the record", "A decision lapsed: other parties meet now"),
        "draft_started": pgettext("act in the record", "Began a draft"),
        "draft_saved": pgettext("act in the record", "Saved a draft"),
        "draft_discarded": pgettext("act in the record", "Discarded a draft"),
        "position_begun": pgettext("act in the record", "Began a position or a non-paper"),
        "position_saved": pgettext("act in the record", "Changed a position or a non-paper"),
        "position_cleared": pgettext("act in the record", "Cleared a position or a non-paper"),
        "position_shared": pgettext("act in the record", "Shared a position or a non-paper"),
        "share_received": pgettext("act in the record", "Something was shared with your delegation"),
        "share_opened": pgettext("act in the record", "Opened what was shared"),
        "share_was_opened": pgettext("act in the record", "A party opened what was shared with it"),
        "date_plan_started": pgettext("act in the record", "Began to look for a date"),
        "date_plan_saved": pgettext("act in the record", "Saved what a date is looked for"),
        "date_plan_used": pgettext("act in the record", "Took a date that was found"),
        "date_plan_discarded": pgettext("act in the record", "Gave up looking for a date"),
        "draft_proposed": pgettext("act in the record", "Proposed a draft"),
        "draft_published": pgettext("act in the record", "Published staged changes"),
        "meeting_proposed": pgettext("act in the record", "Proposed the meeting"),
        "meeting_changed": pgettext("act in the record", "Changed the meeting"),
        "meeting_placed": pgettext("act in the record", "Set the meeting around another one"),
        "meeting_followed": pgettext("act in the record", "Moved the meeting after the one that it is around"),
        "meeting_date_kept": pgettext("act in the record", "Kept the date although what it is around has moved"),
        "meeting_served_set": pgettext("act in the record", "Said for which period the meeting was held"),
        "event_added": pgettext("act in the record", "Added an event of others"),
        "event_changed": pgettext("act in the record", "Changed an event of others"),
        "event_cancelled": pgettext("act in the record", "Recorded that an event of others was cancelled"),
        "zone_change_hour_kept": pgettext("act in the record", "Kept the hour on the wall under new zone data"),
        "zone_change_moment_kept": pgettext("act in the record", "Kept the moment under new zone data"),
        "meeting_parties_added": pgettext("act in the record", "Added parties to the meeting"),
        "meeting_parties_dropped": pgettext("act in the record", "Took parties off the meeting"),
        "meeting_recorded": pgettext("act in the record", "Recorded a past meeting"),
        "catalogue_loaded": pgettext("act in the record", "Loaded the catalogue"),
        "meeting_answered": pgettext("act in the record", "Answered a meeting"),
        "meeting_answer_reported": pgettext("act in the record", "Entered an answer that was reported"),
        "meeting_confirmed": pgettext("act in the record", "Confirmed a meeting"),
        "meeting_postponed": pgettext("act in the record", "Postponed a meeting"),
        "meeting_cancelled": pgettext("act in the record", "Cancelled a meeting"),
        "meeting_reinstated": pgettext("act in the record", "Reinstated a meeting"),
        "meeting_held": pgettext("act in the record", "Recorded a meeting as held"),
        "meeting_closed": pgettext("act in the record", "Closed a meeting"),
        "document_added": pgettext("act in the record", "Added a paper"),
        "document_registered": pgettext("act in the record", "Registered a document"),
        "document_changed": pgettext("act in the record", "Changed a document"),
        "document_reach_changed": pgettext("act in the record", "Changed who reads a document"),
        "document_withdrawn": pgettext("act in the record", "Withdrew a document"),
        "language_received": pgettext("act in the record", "Received a document in a language"),
        "language_state_changed": pgettext("act in the record", "Changed how far a language version is"),
        "paper_attached": pgettext("act in the record", "Put a paper to an item"),
        "paper_detached": pgettext("act in the record", "Took a paper from an item"),
        "paper_moved": pgettext("act in the record", "Moved a paper of an item"),
        "note_verbale_sent": pgettext("act in the record", "Registered a note verbale that goes out"),
        "note_verbale_received": pgettext("act in the record", "Registered a note verbale that came in"),
        "note_verbale_changed": pgettext("act in the record", "Changed a note verbale"),
        "subscription_created": pgettext("act in the record", "Made a calendar subscription"),
        "subscription_revoked": pgettext("act in the record", "Revoked a calendar subscription"),
        "subscription_changed": pgettext("act in the record", "Changed a calendar subscription"),
        "subscription_renewed": pgettext("act in the record", "Renewed the address of a calendar subscription"),
        "authorisation_granted": pgettext("act in the record", "Let an assistant subscribe for a principal"),
        "authorisation_ended": pgettext("act in the record", "Ended an assistant’s leave to subscribe"),
        "agenda_filled": pgettext("act in the record", "Filled the agenda from the template"),
        "agenda_item_added": pgettext("act in the record", "Added an agenda item"),
        "agenda_item_changed": pgettext("act in the record", "Changed an agenda item"),
        "agenda_item_moved": pgettext("act in the record", "Moved an agenda item"),
        "agenda_item_removed": pgettext("act in the record", "Removed an agenda item"),
        "agenda_item_restored": pgettext("act in the record", "Put an agenda item back"),
        "agenda_issued": pgettext("act in the record", "Issued a revision of the provisional agenda"),
        "agenda_adopted": pgettext("act in the record", "Adopted the agenda by the yes of every party"),
        "agenda_lead_times_set": pgettext("act in the record", "Changed by when the agenda is due"),
        "item_proposed": pgettext("act in the record", "Proposed an agenda item"),
        "item_proposal_taken": pgettext("act in the record", "Made an agenda item of a proposal"),
        "item_proposal_merged": pgettext("act in the record", "Joined a proposal to an agenda item"),
        "item_proposal_declined": pgettext("act in the record", "Declined a proposal for the agenda"),
        "item_proposal_withdrawn": pgettext("act in the record", "Withdrew a proposal for the agenda"),
        "item_proposal_put_to_backlog": pgettext("act in the record", "Left a proposal to a later meeting"),
        "item_proposal_taken_from_backlog": pgettext("act in the record", "Proposed for a meeting what had waited"),
        "action_recorded": pgettext("act in the record", "Recorded an action"),
        "actions_brought": pgettext("act in the record", "Brought a table of actions"),
        "actions_import_discarded": pgettext("act in the record", "Discarded a table of actions"),
        "actions_imported": pgettext("act in the record", "Imported a table of actions"),
        "actions_import_undone": pgettext("act in the record", "Undid an import of actions"),
        "action_joined": pgettext("act in the record", "Changed an action from a table"),
        "action_withdrawn": pgettext("act in the record", "Withdrew an action with its import"),
        "action_put_back": pgettext("act in the record", "Put back what an import changed of an action"),
        "action_title_corrected": pgettext("act in the record", "Corrected the title of an action"),
        "leg_added": pgettext("act in the record", "Added a leg to an action"),
        "leg_updated": pgettext("act in the record", "Updated a leg of an action"),
        "view_saved": pgettext("act in the record", "Kept a view of the actions"),
        "view_renamed": pgettext("act in the record", "Gave a view of the actions another name"),
        "view_removed": pgettext("act in the record", "Took away a view of the actions"),
        "view_restored": pgettext("act in the record", "Put back a view of the actions"),
        "leg_accepted": pgettext("act in the record", "Accepted a leg of an action"),
        "leg_put_back": pgettext("act in the record", "Took back a change of a leg made with others"),
        "actions_changed": pgettext("act in the record", "Changed several actions at once"),
        "actions_put_back": pgettext("act in the record", "Took back a change of several actions"),
        "action_edited": pgettext("act in the record", "Changed what an action says"),
        "action_linked": pgettext("act in the record", "Linked two actions"),
        "action_unlinked": pgettext("act in the record", "Took a link of two actions back"),
        "subtask_added": pgettext("act in the record", "Added a step of the delegation’s own"),
        "subtask_changed": pgettext("act in the record", "Changed a step of the delegation’s own"),
        "subtask_done": pgettext("act in the record", "Ticked a step of the delegation’s own"),
        "subtask_reopened": pgettext("act in the record", "Took the tick off a step of the delegation’s own"),
        "subtask_removed": pgettext("act in the record", "Took away a step of the delegation’s own"),
        "subtask_put_back": pgettext("act in the record", "Put back a step of the delegation’s own"),
        "due_basis_set": pgettext("act in the record", "Said how the day of an action is found"),
        "due_moved": pgettext("act in the record", "Set or moved the day of a leg"),
        "clock_started": pgettext("act in the record", "Said when the event of a clock happened"),
        "action_closed": pgettext("act in the record", "Closed an action at a meeting"),
        "action_carried": pgettext("act in the record", "Carried an action over"),
        "action_merged": pgettext("act in the record", "Merged an action into another"),
        "action_split": pgettext("act in the record", "Split an action"),
        "carry_over_undone": pgettext("act in the record", "Undid what a meeting did with an action"),
        "note_added": pgettext("act in the record", "Added a note to an action"),
        "note_corrected": pgettext("act in the record", "Corrected a note on an action"),
        "no_change_said": pgettext("act in the record", "Said that nothing is new on an action"),
        "update_reported": pgettext("act in the record", "Entered an update that was reported"),
        "update_taken_over": pgettext("act in the record", "Took over what was reported"),
        "update_contested": pgettext("act in the record", "Contested what was reported"),
        "invitation_answered": pgettext("act in the record", "Answered an invitation"),
        "answered_by_link": pgettext("act in the record", "Answered a reminder by its link"),
        "leg_handed_over": pgettext("act in the record", "Handed a leaver’s action on"),
        "leg_hand_over_undone": pgettext("act in the record", "Took back handing a leaver’s action on"),
        "commitment_recorded": pgettext("act in the record", "Recorded a commitment"),
        "commitment_stated": pgettext("act in the record", "Said where a party stands with a commitment"),
        "commitment_reported": pgettext("act in the record", "Entered what a party told of a commitment"),
        "commitment_contested": pgettext("act in the record", "Contested what is shown of a commitment"),
        "commitment_statement_withdrawn": pgettext("act in the record", "Withdrew what was said of a commitment"),
        "commitment_linked": pgettext("act in the record", "Said which commitment an action serves"),
        "commitment_unlinked": pgettext("act in the record", "Took back which commitment an action serves"),
        "commitment_accounting_changed": pgettext("act in the record", "Changed how a commitment is accounted for"),
        "roster_proposed": pgettext("act in the record", "Proposed somebody for a roster"),
        "roster_changed": pgettext("act in the record", "Changed an entry of a roster"),
        "roster_approved": pgettext("act in the record", "Approved who joins a delegation"),
        "roster_refused": pgettext("act in the record", "Refused who was to join a delegation"),
        "roster_withdrawn": pgettext("act in the record", "Withdrew somebody from a roster"),
        "roster_restored": pgettext("act in the record", "Put somebody back on a roster"),
        "credentials_noted": pgettext("act in the record", "Noted when credentials came"),
        "attendance_recorded": pgettext("act in the record", "Recorded who was there"),
        "protocol_changed": pgettext("act in the record", "Set the order of precedence"),
        "decision_asked": pgettext("act in the record", "Asked the parties to decide"),
        "decision_answered": pgettext("act in the record", "Answered what the parties decide"),
        "decision_taken": pgettext("act in the record", "Decided: every party said yes"),
        "decision_withdrawn": pgettext("act in the record", "Withdrew what was asked"),
        "fact_confirmed": pgettext("act in the record", "Confirmed a fact of a mechanism"),
        "fact_contested": pgettext("act in the record", "Contested a fact of a mechanism"),
        "fact_statement_withdrawn": pgettext("act in the record", "Withdrew its word on a fact"),
        "mechanism_facts_changed": pgettext("act in the record", "Changed the facts of a mechanism"),
        "mechanism_merged": pgettext("act in the record", "Merged a mechanism into another"),
        "hosting_changed": pgettext("act in the record", "Changed a turn to host"),
        "hosting_change_taken_back": pgettext("act in the record", "Took a change of hosts back"),
        "hand_over_started": pgettext("act in the record", "Began a hand-over"),
        "hand_over_changed": pgettext("act in the record", "Changed the day or the note of a hand-over"),
        "hand_over_given": pgettext("act in the record", "Handed over to the next host"),
        "hand_over_received": pgettext("act in the record", "Received from the host before"),
        "hand_over_line_added": pgettext("act in the record", "Added a line to a hand-over"),
        "hand_over_line_changed": pgettext("act in the record", "Changed a line of a hand-over"),
        "hand_over_line_ticked": pgettext("act in the record", "Ticked a line of a hand-over"),
        "hand_over_line_opened": pgettext("act in the record", "Took the tick off a line of a hand-over"),
        "hand_over_line_moved": pgettext("act in the record", "Moved a line of a hand-over"),
        "hand_over_line_removed": pgettext("act in the record", "Took a line off a hand-over"),
        "hand_over_line_restored": pgettext("act in the record", "Put a line of a hand-over back"),
        "planning_noted": pgettext("act in the record", "Wrote a note into a planning record"),
        "mechanism_period_not_held": pgettext("act in the record", "Recorded that a period had no meeting"),
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


def _roster_roles(pgettext: Say) -> Table:
    return {
        "head": pgettext("role on a roster", "Head of delegation"),
        "alternate": pgettext("role on a roster", "Alternate"),
        "adviser": pgettext("role on a roster", "Adviser"),
        "interpreter": pgettext("role on a roster", "Interpreter"),
        "liaison": pgettext("role on a roster", "Liaison"),
        "support": pgettext("role on a roster", "Support"),
    }


def _roster_levels(pgettext: Say) -> Table:
    return {
        "leader": pgettext("level of a representative", "Head of state or government"),
        "minister": pgettext("level of a representative", "Minister"),
        "deputy_minister": pgettext("level of a representative", "Deputy minister"),
        "assistant_secretary": pgettext("level of a representative", "Assistant secretary"),
        "director_general": pgettext("level of a representative", "Director general"),
        "director": pgettext("level of a representative", "Director"),
        "expert": pgettext("level of a representative", "Expert"),
    }


def _roster_states(pgettext: Say) -> Table:
    return {
        "proposed": pgettext("state of an entry of a roster", "Waits for approval"),
        "approved": pgettext("state of an entry of a roster", "Approved"),
        "refused": pgettext("state of an entry of a roster", "Refused"),
        "withdrawn": pgettext("state of an entry of a roster", "Withdrawn"),
    }


def _roster_modes(pgettext: Say) -> Table:
    return {
        "in_person": pgettext("how somebody takes part", "In person"),
        "remote": pgettext("how somebody takes part", "By video"),
    }


def _presences(pgettext: Say) -> Table:
    return {
        "present": pgettext("attendance", "Present"),
        "remote": pgettext("attendance", "By video"),
        "absent": pgettext("attendance", "Absent"),
    }


def _roster_replies(pgettext: Say) -> Table:
    return {
        "accepted": pgettext("reply to an invitation", "Accepted"),
        "tentative": pgettext("reply to an invitation", "Tentative"),
        "declined": pgettext("reply to an invitation", "Declined"),
    }


def _participants_paper(pgettext: Say) -> Table:
    """Return the fixed words of a list of participants; the keys are those of `app.papers.participants`."""
    return {
        "list": pgettext("list of participants", "List of participants"),
        "name": pgettext("list of participants", "Name"),
        "title": pgettext("list of participants", "Title and office"),
        "role": pgettext("list of participants", "Role"),
        "mode": pgettext("list of participants", "Takes part"),
        "place": pgettext("list of participants", "Place"),
        "date": pgettext("list of participants", "Date"),
        "precedence": pgettext("list of participants", "Order"),
        "attendance": pgettext("list of participants", "Attendance"),
        "nobody": pgettext("list of participants", "Nobody is named yet."),
        "page": pgettext("list of participants", "Page {page} of {pages}"),
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


def _own_replies(pgettext: Say) -> Table:
    return {
        "accepted": pgettext("answer to an invitation", "I will come"),
        "tentative": pgettext("answer to an invitation", "Perhaps"),
        "declined": pgettext("answer to an invitation", "I will not come"),
    }


def _own_modes(pgettext: Say) -> Table:
    return {
        "in_person": pgettext("how I take part", "in person"),
        "remote": pgettext("how I take part", "by video"),
    }


def _reply_ways(pgettext: Say) -> Table:
    return {
        "page": pgettext("way a reply came", "on the page of the meeting"),
        "link": pgettext("way a reply came", "by the link in the mail"),
        "calendar": pgettext("way a reply came", "from a calendar"),
    }


def _reply_reasons(pgettext: Say) -> Table:
    return {
        "no_secret": pgettext("why a reply did not count", "It was not sent to the address of this invitation."),
        "wrong_secret": pgettext("why a reply did not count", "It was sent to the address of another invitation."),
        "another_meeting": pgettext("why a reply did not count", "It is about another meeting."),
        "another_sender": pgettext(
            "why a reply did not count", "It came from another address than the one that was invited."
        ),
        "another_attendee": pgettext("why a reply did not count", "It answers for somebody else."),
        "not_invited": pgettext("why a reply did not count", "This person is no longer invited."),
        "meeting_cancelled": pgettext("why a reply did not count", "The meeting is cancelled."),
        "meeting_over": pgettext("why a reply did not count", "The meeting is over."),
        "no_date": pgettext("why a reply did not count", "The meeting has no date now."),
        "earlier_date": pgettext("why a reply did not count", "It answers an earlier date of the meeting."),
        "unknown_sequence": pgettext("why a reply did not count", "It answers a date that was never sent."),
        "ahead_of_time": pgettext("why a reply did not count", "It is dated more than a day ahead."),
        "older": pgettext("why a reply did not count", "A newer answer was there already."),
        "repeated": pgettext("why a reply did not count", "It repeats what was answered already."),
        "too_many": pgettext("why a reply did not count", "Too many replies came on one day."),
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
    "audit_action": _audit_actions,
    "entry_kind": _entry_kinds,
    "roster_role": _roster_roles,
    "roster_level": _roster_levels,
    "roster_state": _roster_states,
    "roster_mode": _roster_modes,
    "roster_reply": _roster_replies,
    "own_reply": _own_replies,
    "own_mode": _own_modes,
    "reply_way": _reply_ways,
    "reply_reason": _reply_reasons,
    "presence": _presences,
    "participants_paper": _participants_paper,
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
