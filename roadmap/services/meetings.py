"""Planning, opening, minuting and closing a meeting; afterwards only corrections are added.

Whatever is written into a meeting locks it first, so that no close comes between, and leaves it
under its next version, so that the second of two people minuting it is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from committee import ledger
from committee.enums import AdviceAnswer, AuditVerb, MeetingStatus, MinutesPart
from committee.models import (
    Advice,
    AgendaItem,
    Attendance,
    Institution,
    Meeting,
    Member,
    MinutesCorrection,
)
from committee.rules import permissions
from committee.services import bump_revision
from roadmap.enums import Refusal
from roadmap.rules.refusals import Refused
from roadmap.selectors import meetings as selectors
from roadmap.selectors import proposals
from roadmap.selectors.passages import Passage, carriers
from roadmap.services.changes import (
    Attempt,
    Repeated,
    Stale,
    actor_now,
    begin_row,
    check_new,
    one_change,
    require,
    save_row,
)


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """When and where a meeting is held, and its number."""

    number: int
    date: date
    place: str


@dataclass(frozen=True, slots=True)
class AgendaDraft:
    """A point as somebody writes it; `order` is its place, counted from 1."""

    title: str
    order: int
    presenter: str = ""
    minutes: str = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """An institution's attendance; without a presence nothing is recorded."""

    institution: Institution
    presence: str = ""
    people: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is right instead of a passage of the minutes, and why."""

    what: str
    new: str
    reason: str


def lock_meeting(meeting: Meeting) -> Meeting:
    """Lock a meeting for whatever is written into it; no close comes between.

    :raises Refused: when it is closed.
    """
    locked = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if locked.is_closed:
        raise Refused(Refusal.MEETING_CLOSED)
    return locked


def lock_open_meeting(meeting: Meeting) -> Meeting:
    """Lock a meeting for what is done only while it sits.

    :raises Refused: when it is closed, or has not been opened.
    """
    locked = lock_meeting(meeting)
    if locked.status != MeetingStatus.OPEN:
        raise Refused(Refusal.MEETING_NOT_OPEN)
    return locked


@one_change
def create_meeting(*, attempt: Attempt, draft: MeetingDraft) -> Meeting:
    """Plan a meeting; it begins as a draft.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the number is taken.
    """
    actor = check_new(Meeting, attempt)
    require(permissions.may_run_meetings(actor))
    _check_number(draft.number)
    made = Meeting.objects.create(
        number=draft.number, date=draft.date, place=draft.place, token=attempt.token
    )
    bump_revision()
    return made


@one_change
def edit_meeting(*, meeting: Meeting, attempt: Attempt, draft: MeetingDraft) -> Meeting:
    """Change when and where a meeting is held, until it is closed.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it is closed, or the number is taken.
    """
    meeting = _begin(meeting, attempt)
    if draft.number != meeting.number:
        _check_number(draft.number)
    meeting.number, meeting.date, meeting.place = draft.number, draft.date, draft.place
    return save_row(meeting)


@one_change
def open_meeting(*, meeting: Meeting, attempt: Attempt) -> Meeting:
    """Open a meeting: from now on it decides.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it has been opened or closed already.
    """
    meeting, actor = begin_row(meeting, attempt)
    require(permissions.may_open_and_close_meetings(actor))
    if meeting.status != MeetingStatus.DRAFT:
        raise Refused(Refusal.MEETING_CLOSED if meeting.is_closed else Refusal.MEETING_OPEN)
    meeting.status, meeting.opened_on = MeetingStatus.OPEN, attempt.at.today
    return save_row(meeting)


@one_change
def close_meeting(*, meeting: Meeting, attempt: Attempt) -> Meeting:
    """Close a meeting: its minutes are locked for good.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it is not open.
    """
    meeting, actor = begin_row(meeting, attempt)
    require(permissions.may_open_and_close_meetings(actor))
    if meeting.status != MeetingStatus.OPEN:
        raise Refused(Refusal.MEETING_CLOSED if meeting.is_closed else Refusal.MEETING_NOT_OPEN)
    meeting.status = MeetingStatus.CLOSED
    meeting.closed_on, meeting.closed_by = attempt.at.today, attempt.by
    return save_row(meeting)


@one_change
def add_point(*, meeting: Meeting, attempt: Attempt, draft: AgendaDraft) -> Meeting:
    """Put a point on the agenda.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is closed.
    """
    meeting = _begin(meeting, attempt)
    item = AgendaItem.objects.create(
        meeting=meeting,
        order=0,
        title=draft.title,
        presenter=draft.presenter,
        minutes=draft.minutes,
    )
    _renumber(meeting, item, draft.order)
    return save_row(meeting)


@one_change
def edit_point(
    *, meeting: Meeting, attempt: Attempt, item: AgendaItem, draft: AgendaDraft
) -> Meeting:
    """Change a point, its place on the agenda and its minutes.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is closed.
    """
    meeting = _begin(meeting, attempt)
    item = meeting.agenda.get(pk=item.pk)
    item.title, item.presenter, item.minutes = draft.title, draft.presenter, draft.minutes
    item.save(update_fields=["title", "presenter", "minutes"])
    _renumber(meeting, item, draft.order)
    return save_row(meeting)


@one_change
def remove_point(*, meeting: Meeting, attempt: Attempt, item: AgendaItem) -> Meeting:
    """Take a point off the agenda.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is closed, or something was decided under the point.
    """
    meeting = _begin(meeting, attempt)
    if item.decisions.exists():
        raise Refused(Refusal.HAS_DECISIONS)
    meeting.agenda.filter(pk=item.pk).delete()
    _renumber(meeting)
    return save_row(meeting)


@one_change
def take_proposals(*, meeting: Meeting, attempt: Attempt, abouts: Iterable[str]) -> Meeting:
    """Put what the agenda proposed on it, below what stands there.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is closed.
    """
    meeting = _begin(meeting, attempt)
    taken = proposals.chosen(meeting, attempt.at.today, abouts)
    last = meeting.agenda.count()
    made = AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, order=last + n, title=one.title, about=one.about)
        for n, one in enumerate(taken, 1)
    )
    ledger.tell_rows(made)
    return save_row(meeting)


@one_change
def save_attendance(*, meeting: Meeting, attempt: Attempt, sittings: list[Sitting]) -> Meeting:
    """Record who attended, through whom; institutions not named keep what was recorded.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is closed.
    """
    meeting = _begin(meeting, attempt)
    meeting.attendance.filter(institution__in=[one.institution for one in sittings]).delete()
    made = Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting, institution=one.institution, presence=one.presence, people=one.people
        )
        for one in sittings
        if one.presence
    )
    ledger.tell_rows(made)
    return save_row(meeting)


@one_change
def correct_minutes(
    *, meeting: Meeting, attempt: Attempt, correction: Correction
) -> MinutesCorrection:
    """Add a correction to the minutes of a closed meeting; what stood is taken from there.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if the meeting is not closed, has no such passage, the same stands there
        already, it cannot stand there, or no reason is given.
    """
    _hold_advice(correction)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    token = attempt.token
    if token and (first := MinutesCorrection.objects.filter(token=token).first()):
        raise Repeated(first)
    passage = selectors.passage_of(meeting, correction.what)
    if passage is not None and attempt.version not in (None, passage.version):
        raise Stale(passage)
    require(permissions.may_run_meetings(actor_now(attempt)))
    if not meeting.is_closed:
        raise Refused(Refusal.MEETING_NOT_CLOSED)
    if passage is None:
        raise Refused(Refusal.NO_SUCH_PASSAGE)
    if not correction.reason.strip():
        raise Refused(Refusal.NEEDS_REASON)
    if correction.new == passage.text:
        raise Refused(Refusal.SAME_TEXT)
    _check(passage, correction.new)
    return _enter(meeting, attempt, passage, correction)


def _hold_advice(correction: Correction) -> None:
    """Keep what follows an advice as it is meanwhile; before the meeting, as its answer does."""
    part, _colon, number = correction.what.partition(":")
    if part == MinutesPart.ANSWER and number.isdecimal():
        Advice.objects.select_for_update(of=("self",), no_key=True).filter(pk=number).first()


def _check(passage: Passage, new: str) -> None:
    """Refuse what cannot stand in a passage.

    :raises Refused: for a day, a person, an institution or an answer that there is none of, and
        for declining what something follows from.
    """
    if not _is_possible(passage.part, new):
        raise Refused(Refusal.NOT_POSSIBLE)
    if passage.part == MinutesPart.ANSWER and new == AdviceAnswer.DECLINED:
        followed = Advice.objects.get(pk=passage.what.partition(":")[2])
        if followed.decisions.exists() or followed.actions.exists():
            raise Refused(Refusal.ADVICE_CARRIED_OUT)


def _is_possible(part: MinutesPart, new: str) -> bool:
    try:
        if part == MinutesPart.DATE or (part == MinutesPart.BY_WHEN and new):
            date.fromisoformat(new)
        if part == MinutesPart.CARRIED_BY:
            return _is_somebody(*carriers(new))
    except ValueError:
        return False
    if part == MinutesPart.ANSWER:
        return new in AdviceAnswer.values
    return bool(new.strip()) or part not in (MinutesPart.DECISION, MinutesPart.ANSWER_WHY)


def _is_somebody(institution: int | None, person: int | None) -> bool:
    """Say whether there is such an institution and such a person; nobody is possible too."""
    found = (Institution, institution), (Member, person)
    return all(
        number is None or model._default_manager.filter(pk=number).exists()
        for model, number in found
    )


def _enter(
    meeting: Meeting, attempt: Attempt, passage: Passage, correction: Correction
) -> MinutesCorrection:
    """Write a correction down, beside what it corrects."""
    columns = {
        MinutesPart.AGENDA: "agenda_item_id",
        MinutesPart.MINUTES: "agenda_item_id",
        MinutesPart.DECISION: "decision_id",
        MinutesPart.CARRIED_BY: "decision_id",
        MinutesPart.BY_WHEN: "decision_id",
        MinutesPart.ANSWER: "advice_id",
        MinutesPart.ANSWER_WHY: "advice_id",
        MinutesPart.ATTENDANCE: "institution_id",
    }
    target = passage.what.partition(":")[2]
    made = MinutesCorrection.objects.create(
        meeting=meeting,
        part=passage.part,
        **{columns[passage.part]: int(target)} if target else {},
        old=passage.text,
        new=correction.new,
        reason=correction.reason,
        by=attempt.by,
        on=attempt.at.today,
        at=attempt.at.now,
        token=attempt.token,
    )
    bump_revision()
    return made


def _begin(meeting: Meeting, attempt: Attempt) -> Meeting:
    """Lock a meeting for whoever runs it."""
    meeting, actor = begin_row(meeting, attempt)
    require(permissions.may_run_meetings(actor))
    if meeting.is_closed:
        raise Refused(Refusal.MEETING_CLOSED)
    return meeting


def _check_number(number: int) -> None:
    if Meeting.objects.filter(number=number).exists():
        raise Refused(Refusal.NUMBER_TAKEN)


def _renumber(meeting: Meeting, moved: AgendaItem | None = None, place: int = 1) -> None:
    """Count the points from 1 again, with one of them at the place it was given."""
    items = list(meeting.agenda.order_by("order", "pk"))
    if moved is not None:
        items.remove(moved)
        items.insert(max(place, 1) - 1, moved)
    changed = []
    for order, item in enumerate(items, 1):
        if item.order != order:
            item.order = order
            changed.append(item)
    AgendaItem.objects.bulk_update(changed, ["order"])
    for item in changed:
        ledger.tell(item, AuditVerb.CHANGE, order=item.order)
