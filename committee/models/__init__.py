"""Nouns of the committee: who, in which workstream, what was decided, and the mail they get.

Nothing here knows a deadline.
"""

from committee.models.audit import AuditEntry
from committee.models.letters import Letter, LetterAttempt, MailGate
from committee.models.machinery import Heartbeat, RehearsalClock, Revision
from committee.models.meetings import (
    Advice,
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    MinutesCorrection,
    Versioned,
)
from committee.models.people import (
    ACTING,
    CODE,
    ZONES,
    Institution,
    Member,
    MemberManager,
    RoleChange,
    Seat,
    SeatQuerySet,
    Titled,
    Workstream,
)

__all__ = [
    "ACTING",
    "CODE",
    "ZONES",
    "Advice",
    "AgendaItem",
    "Attendance",
    "AuditEntry",
    "Decision",
    "Heartbeat",
    "Institution",
    "Letter",
    "LetterAttempt",
    "MailGate",
    "Meeting",
    "Member",
    "MemberManager",
    "MinutesCorrection",
    "RehearsalClock",
    "Revision",
    "RoleChange",
    "Seat",
    "SeatQuerySet",
    "Titled",
    "Versioned",
    "Workstream",
]
