"""A canary in every confidential field; none in a foreign response, and none in any log.

What is told in `tests/story.py` is compared with the models, so that a new column cannot be forgotten.
The responses themselves are checked by `CheckingClient`, in the matrix and in every other test.
"""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from sqlalchemy import JSON, Enum, String, Text, select

from app.db import Database
from app.models import Base, Guarded
from app.models.sealed import Private, Sealed
from config import Settings
from tests import story, world
from tests.conftest import client_of, make_app, readable
from tests.web.test_matrix import RULES, addresses

# Text that is no secret of anybody's, and why it holds no canary.
PLAIN = {
    "Action.reference", "Meeting.reference",  # scoped, so that no number tells of another's
    "Action.created_by_party", "ActionNote.party_code", "AgendaItem.lead_party", "AuditRecord.party_code",
    "Document.owner_party", "Draft.owner_party", "Leg.party_code", "MeetingParty.party_code", "Meeting.proposed_by",
    "Person.delegation",  # codes of parties
    "ActionNote.language", "Person.language", "Subscription.language", "Person.theme", "Subscription.detail",
    "AgendaItem.kind", "AgendaItem.type", "Draft.kind", "Leg.state", "Meeting.state", "Meeting.format",
    "MeetingParty.answer", "MeetingParty.hosting", "Person.role", "AuditRecord.action", "AuditRecord.subject_kind",
    # one of a closed set of words
    "AuditRecord.digest", "AuditRecord.previous_digest", "Document.digest", "Subscription.token_digest",
    "Person.password", "Person.fs_uniquifier",  # digests and random letters
    "Meeting.time_zone", "Meeting.tzdata_version", "Person.time_zone", "Document.media_type", "Leg.office_code",
    "Person.office_code",  # names of published things
    "Meeting.uid", "AuditRecord.subject_id", "Person.email", "Submission.result",  # checked by their own tests
    "Appointment.name", "Appointment.parties",  # published to the parties that appointed
    "Mechanism.ref", "Mechanism.code", "Mechanism.prefix", "Mechanism.status", "Mechanism.name", "Mechanism.parties",
    "Mechanism.facts", "Mechanism.loaded_facts", "Mechanism.origin", "Mechanism.entered_by",
    "Mechanism.record_here", "Event.code", "Event.name", "Event.place", "Event.time_zone", "Event.source",
    "Event.added_by_party",  # the published register
    "Decision.kind", "Decision.state", "Decision.parties", "Decision.asked_by_party", "DecisionAnswer.party_code",
    "DecisionAnswer.answer", "FactStatement.field", "FactStatement.kind", "FactStatement.party_code",
    "FactStatement.value_digest", "HostingChange.kind", "HostingChange.party_code", "HostingChange.with_party",
    "HandOver.from_party", "HandOver.to_party", "HandOverItem.done_by_party", "PlanningNote.cycle",
    "PlanningNote.language", "PlanningNote.party_code", "Contact.party_code", "Contact.office_code", "Contact.kind",
    "Meeting.kind", "Appointment.kind", "Appointment.office_code",  # closed sets of words, codes and digests
    "Action.kind", "Action.priority", "Action.horizon", "Action.due_basis", "Action.state", "Action.ended_as",
    "Action.lead_party", "ActionNote.kind", "ActionNote.way", "ActionNote.for_party", "ActionNote.reported_state",
    "DueMove.party_code", "Subtask.owner_party", "ActionLink.kind", "CarryOver.outcome", "CarryOver.party_code",
    "SavedView.columns", "SavedView.sort", "ActionBatch.kind", "ActionImport.owner_party", "Commitment.origin",
    "Commitment.kind", "Commitment.owners", "Commitment.created_by_party", "Commitment.loaded_facts",
    "DatePlan.owner_party", "Poll.reference", "Poll.owner_party", "Poll.format", "Poll.time_zone", "Poll.parties",
    "Poll.required_parties", "Poll.closes_zone", "Poll.state", "PollSeat.party_code", "PollSeat.kind",
    "PollSeat.office_code", "PollResponse.party_code", "PollAnswer.value", "PollNote.party_code", "PollNote.language",
    "PollInnerNote.owner_party", "BusyCalendar.kind", "BusyCalendar.party_code", "BusyCalendar.office_code",
    "BusyCalendar.time_zone", "BusyCalendar.digest", "BusyCalendar.seen_by", "BusyInterval.office_code",
    "RosterEntry.party_code", "RosterEntry.role", "RosterEntry.office_code", "RosterEntry.expected_level",
    "RosterEntry.actual_level", "RosterEntry.mode", "RosterEntry.state", "RosterEntry.reply", "RosterAddress.language",
    "RosterAddress.time_zone", "RosterAttendance.presence", "MeetingProtocol.precedence", "MeetingProtocol.language",
    "MeetingProtocol.first_party", "MeetingProtocol.expected_level", "Dispatch.kind", "MeetingInvitation.party_code",
    "MeetingInvitation.method", "MeetingInvitation.told", "MeetingInvitation.reply", "MeetingInvitation.reply_way",
    "InvitationReply.outcome",
    "InvitationReply.reason", "InvitationReply.reply", "Person.meeting_mails",
    "CommitmentStatement.party_code", "CommitmentStatement.kind", "CommitmentStatement.state",
    "CommitmentStatement.language", "ReminderConsent.party_code", "Reminder.stage", "Reminder.state",
    "Person.reminder_mails", "Subscription.actions_as",  # closed sets of words, and codes
    "Commitment.ref",  # scoped, as references are
    "Release.documents", "Subscription.choices", "Subscription.closures_of",  # ids and codes
    "AgendaItem.parties", "AgendaItem.proposed_by", "Agenda.state", "AgendaRevision.state", "AgendaRevision.digest",
    "ItemProposal.party_code", "ItemProposal.type", "ItemProposal.parties", "ItemProposal.state",
    "RegisteredDocument.symbol", "RegisteredDocument.kind", "RegisteredDocument.state", "RegisteredDocument.named",
    "RegisteredDocument.original_language", "RegisteredDocument.owner_party", "RegisteredDocument.marking_party",
    "RegisteredDocument.handling_step", "RegisteredDocument.release_zone", "LanguageVersion.language",
    "LanguageVersion.state", "LanguageVersion.translated_from", "NoteVerbale.owner_party", "NoteVerbale.direction",
    "NoteVerbale.other_party", "PaperTemplate.kind", "PaperTemplate.owner_party", "AgreedText.reference",
    "AgreedText.kind", "AgreedText.original_language", "AgreedText.parties", "AgreedText.state",
    "AgreedText.content_hash", "AgreedText.name_order", "AgreedText.chair_party", "AgreedText.adopted_way",
    "AgreedText.proposed_by", "TextParagraph.kind", "ParagraphWording.language", "ParagraphWording.changed_party",
    "TextRevision.hashes", "TextRevision.content_hash", "TextRevision.issued_party", "TextLanguage.language",
    "TextLanguage.state", "TextComment.party_code", "TextComment.language", "Reservation.party_code",
    "Reservation.kind", "TextSignature.party_code", "TextSignature.content_hash", "TextSignature.way",
    "TextSignature.excepted", "TextSignature.void_reason", "Silence.content_hash", "Silence.parties", "Silence.state",
    "Silence.time_zone", "Silence.tzdata_version", "Silence.circulated_party", "SilenceReceipt.party_code",
    "SilenceAnswer.party_code", "SilenceAnswer.kind", "SilenceOptIn.party_code", "Readout.party_code",
    "ReadoutDraft.owner_party", "Position.kind", "Position.owner_party", "Position.state", "PositionShare.kind",
    "PositionShare.owner_party", "ShareRecipient.party_code", "ShareCopy.kind", "ShareCopy.party_code",
    "ShareCopy.from_party", "InnerNote.owner_party", "Room.state", "Room.chair_party", "MinuteEntry.kind",
    "MinuteEntry.language", "MinuteEntry.speaker_party", "MinuteEntry.owed_by", "BestPractice.found_in",
    # scoped references and symbols, closed sets of words, codes and digests
}  # fmt: skip


def confidential() -> list[tuple[type[Guarded], str]]:
    """Return every column of a guarded class that can hold words, but those that are no secret."""
    found = []
    for mapper in Base.registry.mappers:
        for column in mapper.columns if issubclass(mapper.class_, Guarded) else ():
            holds_words = isinstance(column.type, String | Text | JSON | Sealed) and not isinstance(column.type, Enum)
            if holds_words and f"{mapper.class_.__name__}.{column.key}" not in PLAIN:
                found.append((mapper.class_, str(column.key)))
    return sorted(found, key=lambda pair: (pair[0].__name__, pair[1]))


@pytest.mark.parametrize(("cls", "column"), confidential(), ids=lambda value: getattr(value, "__name__", value))
def test_every_confidential_field_holds_a_canary(told: Database, cls: type[Guarded], column: str) -> None:
    with told.system_session("look for canaries") as session:
        values = [getattr(row, column) for row in session.scalars(select(cls))]
    texts = [value.text if isinstance(value, Private) else json.dumps(value, default=str) for value in values]
    assert any("zzcanary-" in text for text in texts), (
        f"{cls.__name__}.{column} holds no canary: tell one in tests/story.py"
    )


def test_the_list_of_what_is_no_secret_names_columns_that_exist() -> None:
    known = {f"{mapper.class_.__name__}.{column.key}" for mapper in Base.registry.mappers for column in mapper.columns}
    assert known >= PLAIN


def test_the_check_itself_would_notice() -> None:
    ours, theirs = world.canary("CAMXUS", "title"), world.canary("MXUS", "title")
    assert world.foreign_canaries(f"{ours} {theirs}", world.CAST["benoit"]) == {theirs}
    assert world.foreign_canaries(f"{ours} {theirs}", world.CAST["ana"]) == set()
    assert world.foreign_canaries(ours, None) == {ours}
    assert world.foreign_canaries(readable("text/calendar", b"SUMMARY:zzcanary-MX\r\n US-title"), world.CAST["benoit"])


def test_no_canary_in_any_log(settings: Settings, told: Database, capfd: pytest.CaptureFixture[str]) -> None:
    """Read and write everything as those who may, break what can be broken, and read what was logged."""
    app: Flask = make_app(settings, told)
    for key in ("ana", "carol", "sam"):
        client = client_of(app, key)
        for rule in RULES:
            for path in addresses(rule):
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    words = {
                        name: world.canary("MX", "typed")
                        for name in ("title", "title_en", "reason", "note", "name", "text")
                    }
                    client.open(path, method=method, data=words if method == "POST" else None)
    logged = "".join(capfd.readouterr())
    assert re.findall(r"zzcanary-[A-Z]+-[a-z_]+", logged) == []
    for token in story.TOKENS.values():
        assert token not in logged
