"""The words of the committee: who somebody is, and what became of a letter."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    VIEWER = "viewer", _("Viewer")
    ADVISER = "adviser", _("Adviser")
    MEMBER = "member", _("Member")
    SECRETARIAT = "secretariat", _("Secretariat")
    CHAIR = "chair", _("Chair")
    ADMIN = "admin", _("Admin")


class SeatKind(TextChoices):
    LEAD = "lead", _("Lead")
    DEPUTY = "deputy", _("Deputy")
    CONTRIBUTOR = "contributor", _("Contributor")


class InstitutionKind(TextChoices):
    MINISTRY = "ministry", _("Ministry")
    AGENCY = "agency", _("Agency")
    CENTRAL_BANK = "central bank", _("Central bank")
    REGULATOR = "regulator", _("Regulator")
    OTHER = "other", _("Other")


class CommitteeRole(TextChoices):
    CHAIR = "chair", _("Chair")
    MEMBER = "member", _("Member")
    NONE = "none", _("Not a member")


class MeetingStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    # In other languages an open meeting and an open obstacle are two words.
    OPEN = "open", pgettext_lazy("meeting", "Open")
    CLOSED = "closed", _("Closed")


class Presence(TextChoices):
    PRESENT = "present", _("Present")
    EXCUSED = "excused", _("Excused")
    ABSENT = "absent", _("Absent")


class DecisionEffect(TextChoices):
    """What must come of a decision before it counts as carried out."""

    ACTION = "action", _("Creates an action")
    MILESTONE = "milestone", _("Creates a milestone")
    MOVE = "move", _("Moves a due date")
    OBSTACLE = "obstacle", _("Closes an obstacle")
    ADOPTION = "adoption", _("Adopts the roadmap")
    TASK = "task", _("Something else to be done")
    RECORD = "record", _("For the record, nothing further")


class AdviceAnswer(TextChoices):
    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    DECLINED = "declined", _("Declined")


class MinutesPart(TextChoices):
    """Which part of the minutes a correction speaks of."""

    DATE = "date", _("Date")
    PLACE = "place", _("Place")
    ATTENDANCE = "attendance", _("Attendance")
    AGENDA = "agenda", _("Agenda item")
    MINUTES = "minutes", _("Minutes")
    DECISION = "decision", _("Decision")
    CARRIED_BY = "carried_by", _("Who carries a decision out")
    BY_WHEN = "by_when", _("By when a decision is carried out")
    ANSWER = "answer", _("Answer to an advice")
    ANSWER_WHY = "answer_why", _("Reason of an answer")


class AuditVerb(TextChoices):
    ADD = "add", _("Added")
    CHANGE = "change", _("Changed")
    REMOVE = "remove", _("Removed")
    LINK = "link", _("Linked")
    BULK = "bulk", _("Many at once")


class LetterKind(TextChoices):
    REMINDERS = "reminders", _("Reminder letter")
    INVITATION = "invitation", _("Invitation")
    PASSWORD_RESET = "password_reset", _("Password reset")
    ROLES = "roles", _("Roles that were given")
    SAFETY = "safety", _("Change to one's sign-in")


class LetterState(TextChoices):
    PENDING = "pending", _("Pending")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    HELD = "held", _("Held")


# Has not left and may still leave: it is withdrawn and overtaken as long as it does not.
WAITING = (LetterState.PENDING, LetterState.HELD)


class HoldReason(TextChoices):
    """Why nothing may leave until the secretariat has looked."""

    RESTORED = "restored", _("The database was restored from a backup")
    CLOCK_WENT_BACK = "clock", _("The clock of the machine went back")


class FileFault(TextChoices):
    """Why a file is refused whole, before any row is read."""

    KIND = "kind", _("Only CSV and XLSX files can be read.")
    TOO_LARGE = "too_large", _("The file is larger than 5 MB; split it.")
    TOO_MANY_ROWS = "too_many_rows", _("The file has more than 20,000 rows; split it.")
    TOO_WIDE = "too_wide", _("The file has more than 60 columns; take out those that are not read.")
    UNSAFE = (
        "unsafe",
        _("This spreadsheet holds macros, or far more than it shows; save it anew as XLSX or CSV."),
    )
    BROKEN = "broken", _("The file cannot be read; save it anew as XLSX or CSV.")
    ENCODING = "encoding", _("The text is not UTF-8; save the file as CSV UTF-8, or as XLSX.")
    EMPTY = "empty", _("The file holds no rows under its heading.")
    HEADING = "heading", _("The first row names none of the columns; take the sample file.")
