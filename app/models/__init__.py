"""All tables, so that metadata is complete wherever it is imported from."""

from app.models.actions import (
    Action,
    ActionBatch,
    ActionImport,
    ActionLink,
    ActionNote,
    CarryOver,
    DueMove,
    Leg,
    SavedView,
    Subtask,
)
from app.models.agenda import AgendaItem
from app.models.appointments import Appointment, AppointmentMember
from app.models.audiences import Audience, AudienceMember
from app.models.audit import AuditHead, AuditRecord
from app.models.availability import BusyCalendar, BusyInterval
from app.models.base import Base, Guarded, SystemOnly, Versioned
from app.models.commitments import Commitment, CommitmentAction, CommitmentStatement
from app.models.contacts import Contact
from app.models.convening import Dispatch, InvitationReply, MeetingInvitation, ReceivedMail
from app.models.decisions import Decision, DecisionAnswer, FactStatement
from app.models.documents import Document
from app.models.events import Event
from app.models.hosting import HandOver, HandOverItem, HostingChange, PlanningNote
from app.models.mechanisms import Mechanism
from app.models.meetings import Draft, Meeting, MeetingParty, ReferenceCounter, Sitting
from app.models.operations import Heartbeat, InstanceFact, OutboxMessage, Submission
from app.models.parties import Office, OfficeName, Party
from app.models.people import Invitation, Person, SignInAttempt, SignInSession
from app.models.polls import (
    DatePlan,
    Poll,
    PollAnswer,
    PollInnerNote,
    PollNote,
    PollProxy,
    PollResponse,
    PollSeat,
    PollSlot,
)
from app.models.releases import Release
from app.models.reminders import Reminder, ReminderConsent
from app.models.rosters import MeetingProtocol, RosterAddress, RosterAttendance, RosterEntry
from app.models.subscriptions import Authorisation, Subscription, SubscriptionFetch

__all__ = [
    "Action",
    "ActionBatch",
    "ActionImport",
    "ActionLink",
    "ActionNote",
    "AgendaItem",
    "Appointment",
    "AppointmentMember",
    "Audience",
    "AudienceMember",
    "AuditHead",
    "AuditRecord",
    "Authorisation",
    "Base",
    "BusyCalendar",
    "BusyInterval",
    "CarryOver",
    "Commitment",
    "CommitmentAction",
    "CommitmentStatement",
    "Contact",
    "DatePlan",
    "Decision",
    "DecisionAnswer",
    "Dispatch",
    "Document",
    "Draft",
    "DueMove",
    "Event",
    "FactStatement",
    "Guarded",
    "HandOver",
    "HandOverItem",
    "Heartbeat",
    "HostingChange",
    "InstanceFact",
    "Invitation",
    "InvitationReply",
    "Leg",
    "Mechanism",
    "Meeting",
    "MeetingInvitation",
    "MeetingParty",
    "MeetingProtocol",
    "Office",
    "OfficeName",
    "OutboxMessage",
    "Party",
    "Person",
    "PlanningNote",
    "Poll",
    "PollAnswer",
    "PollInnerNote",
    "PollNote",
    "PollProxy",
    "PollResponse",
    "PollSeat",
    "PollSlot",
    "ReceivedMail",
    "ReferenceCounter",
    "Release",
    "Reminder",
    "ReminderConsent",
    "RosterAddress",
    "RosterAttendance",
    "RosterEntry",
    "SavedView",
    "SignInAttempt",
    "SignInSession",
    "Sitting",
    "Submission",
    "Subscription",
    "SubscriptionFetch",
    "Subtask",
    "SystemOnly",
    "Versioned",
]
