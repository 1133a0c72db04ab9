"""All tables, so that metadata is complete wherever it is imported from."""

from app.models.actions import Action, ActionNote, Leg
from app.models.agenda import AgendaItem
from app.models.appointments import Appointment, AppointmentMember
from app.models.audiences import Audience, AudienceMember
from app.models.audit import AuditHead, AuditRecord
from app.models.base import Base, Guarded, SystemOnly, Versioned
from app.models.documents import Document
from app.models.mechanisms import Mechanism
from app.models.meetings import Draft, Meeting, MeetingParty, ReferenceCounter, Sitting
from app.models.operations import Heartbeat, InstanceFact, OutboxMessage, Submission
from app.models.parties import Office, Party
from app.models.people import Invitation, Person, SignInAttempt, SignInSession
from app.models.subscriptions import Subscription, SubscriptionFetch

__all__ = [
    "Action",
    "ActionNote",
    "AgendaItem",
    "Appointment",
    "AppointmentMember",
    "Audience",
    "AudienceMember",
    "AuditHead",
    "AuditRecord",
    "Base",
    "Document",
    "Draft",
    "Guarded",
    "Heartbeat",
    "InstanceFact",
    "Invitation",
    "Leg",
    "Mechanism",
    "Meeting",
    "MeetingParty",
    "Office",
    "OutboxMessage",
    "Party",
    "Person",
    "ReferenceCounter",
    "SignInAttempt",
    "SignInSession",
    "Sitting",
    "Submission",
    "Subscription",
    "SubscriptionFetch",
    "SystemOnly",
    "Versioned",
]
