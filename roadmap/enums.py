"""The words of the roadmap: what is claimed, what is seen, and why something is refused."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """What the owner claims; transitions.py says which may follow which."""

    PLANNED = "planned", _("Planned")
    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    VERIFIED = "verified", _("Verified")
    CANCELLED = "cancelled", _("Cancelled")


class Outlook(TextChoices):
    ON_TIME = "on_time", _("On time")
    AT_RISK = "at_risk", _("At risk")
    WILL_BE_LATE = "will_be_late", _("Will be late")


class Signal(TextChoices):
    """What the system sees, in order of precedence; computed, never stored."""

    DONE = "done", _("Done")
    DONE_LATE = "done_late", _("Done late")
    WAITING = "waiting", _("Waiting for verification")
    LATE = "late", _("Late")
    BLOCKED = "blocked", _("Blocked")
    NOT_REPORTED = "not_reported", _("Not reported")
    SILENT = "silent", _("Silent")
    DUE_SOON = "due_soon", _("Due soon")
    ON_TRACK = "on_track", _("On track")


class UpdateKind(TextChoices):
    """What a status update did."""

    REPORTED = "reported", _("Reported")
    CONFIRMED = "confirmed", _("Confirmed: no change, still correct")
    SUBMITTED = "submitted", _("Submitted for verification")
    VERIFIED = "verified", _("Verified")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Reopened")
    MOVED = "moved", _("Due date moved")
    REASSIGNED = "reassigned", _("Reassigned")
    EDITED = "edited", _("Edited")
    OBSTACLE = "obstacle", _("Obstacle")
    IMPORTED = "imported", _("From the public record")


class Precision(TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


class DueBasis(TextChoices):
    """Where a due date comes from; an illustrative one is badged wherever it leads to a verdict."""

    DECIDED = "decided", _("Set by the committee")
    PUBLIC_TARGET = "public target", _("Public target")
    ILLUSTRATIVE = "illustrative", _("Example, not an official target")


class MilestoneClosing(TextChoices):
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")


class RequestState(TextChoices):
    """What became of an ask to move a due date."""

    PENDING = "pending", _("Waiting for an answer")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DecisionState(TextChoices):
    """How far a decision is from carried out; computed from what points to it, never stored."""

    NOT_BEGUN = "not_begun", _("Not begun")
    IN_HAND = "in_hand", _("In hand")
    CARRIED_OUT = "carried_out", _("Carried out")


class Standing(TextChoices):
    """How an action stands to the roadmap as it was last adopted."""

    PROPOSED = "proposed", _("Proposed, not adopted yet")
    ADOPTED = "adopted", _("Adopted")
    ADDED = "added", _("Added after adoption")
    REMOVED = "removed", _("Removed after adoption")


class PeriodState(TextChoices):
    """Where a reporting period stands on a day."""

    UPCOMING = "upcoming", _("Not open yet")
    OPEN = "open", _("Open for reports")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")


class PeriodFigure(TextChoices):
    """What a closed period holds of a workstream, and a correction may speak of."""

    NARRATIVE = "narrative", _("Narrative")
    ACTIONS = "actions", _("Actions")
    CLAIMED = "claimed", _("Claimed progress")
    VERIFIED = "verified", _("Verified progress")
    EXPECTED = "expected", _("Expected progress")
    DONE = "done", _("Done")
    LATE = "late", _("Late")
    SILENT = "silent", _("Silent")
    BLOCKED = "blocked", _("Blocked")


class RuleSubject(TextChoices):
    """What a reminder rule watches."""

    ACTION = "action", _("Due date of an action")
    MILESTONE = "milestone", _("Due date of a milestone")
    UPDATE = "update", _("Update owed")
    VERIFICATION = "verification", _("Verification owed")
    PERIOD = "period", _("Closing of a reporting period")


class RuleUnit(TextChoices):
    DAY = "day", _("days")
    WORKING_DAY = "working_day", _("working days")


class Audience(TextChoices):
    OWNER = "owner", _("Owner")
    LEAD = "lead", _("Lead of the workstream")
    SECRETARIAT = "secretariat", _("Secretariat")
    CHAIR = "chair", _("Chair")


class ViewPage(TextChoices):
    """The pages whose filters can be kept under a name."""

    ACTIONS = "actions", _("Actions")
    MILESTONES = "milestones", _("Milestones")
    TIMELINE = "timeline", _("Timeline")
    OBSTACLES = "obstacles", _("Obstacles")
    SLIPS = "slips", _("Moved dates")
    CHANGES = "changes", _("Changes")


class JobKind(TextChoices):
    PACK = "pack", _("Steering pack")


class JobState(TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


class JobFailure(TextChoices):
    """Why a job failed; the label is shown to whoever ordered it."""

    LOST = (
        "lost",
        _("It was tried three times and ended each time before it was done; nothing was made."),
    )
    NO_PRINTER = (
        "no_printer",
        _("This server lacks Pango, which sets the type of a PDF. The print page serves."),
    )


class Refusal(TextChoices):
    """Why a change cannot be made, as things stand; the label is shown to the reader."""

    OUT_OF_ORDER = "out_of_order", _("This step does not follow from the present status.")
    NO_EVIDENCE = (
        "no_evidence",
        _("Attach evidence first: a link or a file that shows the output exists."),
    )
    DAY_IS_FULL = (
        "day_is_full",
        _(
            "One person can attach %(files)s files a day, %(size)s in all, and this one is beyond"
            " it. Attach it tomorrow, or give a link to it today."
        ),
    )
    CLOSED = "closed", _("This is closed; ask the secretariat to reopen it first.")
    NEEDS_REASON = "needs_reason", _("Give a reason in a sentence.")
    NEEDS_EXPECTED_DATE = (
        "needs_expected_date",
        _("Say by which date you now expect it, and why it will be late."),
    )
    SAME_DATE = "same_date", _("The new date is the date already in force.")
    ALREADY_ENDED = "already_ended", _("This milestone has already been achieved or closed.")
    FUTURE_DATE = "future_date", _("This date lies in the future.")
    INACTIVE_OWNER = "inactive_owner", _("This person has no active account.")
    NOT_PLANNED_YET = "not_planned_yet", _("The due date lies before the start date.")
    MEETING_CLOSED = (
        "meeting_closed",
        _("This meeting is closed and its minutes are locked; add a correction instead."),
    )
    MEETING_NOT_OPEN = ("meeting_not_open", _("This is done at an open meeting; open it first."))
    MEETING_OPEN = ("meeting_open", _("This meeting has been opened already."))
    MEETING_NOT_CLOSED = (
        "meeting_not_closed",
        _("This meeting is not closed yet; change its minutes there."),
    )
    NO_SUCH_PASSAGE = ("no_such_passage", _("The minutes of this meeting hold no such part."))
    LINK_TOO_OLD = (
        "link_too_old",
        _("Its link would be too old by now; invite the person again, or they ask for another."),
    )
    NUMBER_TAKEN = ("number_taken", _("There is a meeting with this number already."))
    BEFORE_MEETING = (
        "before_meeting",
        _("It cannot have been carried out before the meeting that decided it."),
    )
    HAS_DECISIONS = (
        "has_decisions",
        _("Something was decided under this point, so it stays on the agenda."),
    )
    HAS_EFFECTS = (
        "has_effects",
        _("Something came of this decision, so it stays on the record."),
    )
    NOT_THIS_EFFECT = ("not_this_effect", _("This decision was taken for something else."))
    ALREADY_ANSWERED = ("already_answered", _("This has already been answered."))
    RULE_AMOUNT = ("rule_amount", _("Count from 180 before to 365 after."))
    RULE_AFTER_REPORT = (
        "rule_after_report",
        _("An update is owed after the last report: count 1 or more."),
    )
    RULE_AFTER_SUBMISSION = (
        "rule_after_submission",
        _("A verification is owed from the submission on: count 0 or more."),
    )
    RULE_BEFORE_CLOSING = (
        "rule_before_closing",
        _("A closed period takes no report: count 0 or less."),
    )
    RULE_REPEAT = ("rule_repeat", _("Repeat every 1 to 365, or leave it empty for once."))
    RULE_REPEATS_AFTER = (
        "rule_repeats_after",
        _("Only a rule from the date on repeats, and of a period none does."),
    )
    RULE_AUDIENCE = ("rule_audience", _("These people have no part in what this rule watches."))
    RULE_ESCALATES_AFTER = (
        "rule_escalates_after",
        _("Superiors are told once it is late: count 1 or more."),
    )
    RULE_TWICE = (
        "rule_twice",
        _("Another rule tells them this already on the same day; change or switch off that one."),
    )
    MEANWHILE = "meanwhile", _("Somebody else saved this meanwhile; nothing was changed.")
    ALREADY_JOINED = ("already_joined", _("One of these is joined to another obstacle already."))
    ADVICE_NOT_ACCEPTED = (
        "advice_not_accepted",
        _("Only advice that was accepted, at least in part, is carried out by actions."),
    )
    ADVICE_DECIDED = (
        "advice_decided",
        _("This advice has become a decision already; save the answer without another one."),
    )
    ADVICE_DECLINED = (
        "advice_declined",
        _("This advice was declined, so no decision follows it."),
    )
    OTHER_ADVICE = (
        "other_advice",
        _("One of these actions carries out another advice already; unlink it there first."),
    )
    ADVICE_CARRIED_OUT = (
        "advice_carried_out",
        _("Actions or decisions carry this advice out, so it cannot be declined."),
    )
    REQUEST_WAITS = (
        "request_waits",
        _("A request to move this date is waiting already; answer or withdraw it first."),
    )
    NO_DATE_YET = ("no_date_yet", _("There is no due date yet to move from."))
    DATE_CHANGED = (
        "date_changed",
        _("The date in force has changed since this was asked; ask again from the new one."),
    )
    PERIOD_CLOSED = (
        "period_closed",
        _("This period is closed and its figures are frozen; add a correction instead."),
    )
    PERIOD_NOT_OPEN = ("period_not_open", _("This period has not opened yet."))
    PERIOD_STILL_OPEN = ("period_still_open", _("This period is not closed yet; change it there."))
    NEEDS_NARRATIVE = ("needs_narrative", _("Write the narrative first, in a few sentences."))
    NOT_A_COUNT = (
        "not_a_count",
        _("Write a whole number without separators, such as 1250."),
    )
    NOT_A_PERCENTAGE = (
        "not_a_percentage",
        _("Write a percentage from 0 to 100, with at most two decimals, such as 47.5 or 47,5."),
    )
    SAME_TEXT = ("same_text", _("This is what stands there already."))
    NOT_POSSIBLE = (
        "not_possible",
        _("This cannot stand there; name a day, person, institution or answer that exists."),
    )
    TOO_LATE_TO_EDIT = (
        "too_late_to_edit",
        _("A comment can be edited for 15 minutes; now add a correction to it."),
    )
    ALREADY_ADOPTED = ("already_adopted", _("This decision has already adopted the roadmap."))
    NOTHING_TO_ADOPT = ("nothing_to_adopt", _("There is no action to adopt yet."))
    ALREADY_DONE = ("already_done", _("This has already been carried out."))
    VIEW_NAME_TAKEN = ("view_name_taken", _("You have a view of this name already."))
    TOO_MANY_VIEWS = (
        "too_many_views",
        _("You have as many views as one can keep; delete one you no longer need."),
    )
    VIEW_TOO_LONG = (
        "view_too_long",
        _("These filters are too long to be kept; shorten the text searched for."),
    )
    WAITS_FOR_ITSELF = ("waits_for_itself", _("An action cannot wait for itself."))
    WAITS_ALREADY = ("waits_already", _("It waits for this action already; change the days there."))
    WAITS_IN_CIRCLE = (
        "waits_in_circle",
        _("Each would wait for the next, and nobody could begin: %(path)s."),
    )
    WAITS_FOR_CANCELLED = (
        "waits_for_cancelled",
        _("One of the two is cancelled: nothing waits for it, and it waits for nothing."),
    )
