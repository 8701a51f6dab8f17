"""The steering pack of a day: what changed since a meeting, what needs attention, what is owed.

Built only from what the history holds as of that day, so that the same pack is the same paper
months later. Decisions count once the minutes of their meeting are closed: before that their
words may still change. Every part is cut to what a paper can carry, and says how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, Max, Min, Q, Sum, Value, When

from committee.enums import MeetingStatus
from committee.models import Advice, Decision, Meeting, Workstream
from committee.rules.days import PastDay
from roadmap.enums import DecisionState, DueBasis, Outlook, Signal
from roadmap.models import DateRequest, DueDateChange, Milestone, Obstacle
from roadmap.models.querysets import is_blocked, is_contradictory, is_silent, signal_case
from roadmap.models.undone import not_yet
from roadmap.models.words import with_days, with_words, worn, worn_meetings
from roadmap.selectors import milestones, progress
from roadmap.selectors import pack_changes as names
from roadmap.selectors.actions import Watch, is_orphan, known
from roadmap.selectors.decisions import with_state
from roadmap.selectors.pack_facts import (
    Coming,
    Name,
    Need,
    Needs,
    Numbers,
    Owed,
    Pack,
    Part,
    Slip,
    Stream,
    Watched,
)
from roadmap.selectors.progress import DaysBetween, Tally
from roadmap.selectors.since import WITHIN, Since
from roadmap.selectors.since_committee import Asked

MOST_NEEDS, MOST_WATCHED, MOST_MILESTONES = 12, 50, 20
MOST_SLIPS, MOST_DECISIONS = 25, 30
AHEAD = timedelta(days=60)
# Worst first: the order in which a room should speak of them.
RANK = (
    *(Signal.LATE, Signal.BLOCKED, Signal.NOT_REPORTED, Signal.SILENT),
    *(Signal.WAITING, Signal.DUE_SOON),
)
COUNTED = (*Signal, *Watch)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pack is asked for; a past day is read from the history."""

    day: date
    since: Since


def default_since(day: date) -> Since:
    """Give the last meeting before a day whose minutes were closed by then, else 30 days."""
    closed = Meeting.objects.filter(status=MeetingStatus.CLOSED, closed_on__lte=day)
    earlier = with_days(closed, day).filter(held_on__lt=day).order_by("-held_on", "-number")
    meeting = next(iter(worn_meetings(earlier[:1])), None)
    return Since(meeting.date, meeting) if meeting else Since(day - WITHIN)


def pack(*, wanted: Wanted, is_rehearsal: bool, made_at: datetime | None = None) -> Pack:
    """Gather the whole pack; `made_at` is the moment, while the day is not over."""
    day, since = wanted.day, wanted.since
    asked = Asked(since.day, day)
    now = progress.tallies(today=day, inside=True)
    before = progress.tallies(today=_eve(since.day), inside=True)
    fresh, owners = progress.vitality(today=day)
    slips, slip_count = _slips(day)
    decisions, overdue = _decisions(day)
    return Pack(
        day=day,
        since=since.day,
        meeting=since.meeting.number if since.meeting else None,
        is_rehearsal=is_rehearsal,
        numbers=_numbers(progress.whole(now.values()), progress.whole(before.values())),
        fresh_owners=fresh,
        all_owners=owners,
        changes=names.changes(asked),
        obstacles=_obstacles(day),
        requests=_requests(day),
        advice=_advice(day),
        attention=_attention(day),
        milestones=_milestones(day),
        streams=_streams(day, now, before),
        slips=slips,
        slip_count=slip_count,
        decisions=decisions,
        overdue_decisions=overdue,
        made_at=made_at,
    )


def _eve(day: date) -> PastDay:
    """Give the day before: its end is the beginning of what is compared with."""
    return PastDay.fromordinal(day.toordinal() - 1)


def _numbers(now: Tally, before: Tally) -> Numbers:
    return Numbers(
        total=now.total,
        cancelled=now.cancelled,
        never_reported=now.never_reported,
        claimed=now.claimed,
        verified=now.verified,
        expected=now.expected,
        claimed_before=before.claimed,
        verified_before=before.verified,
        counts={str(name.value): now.count(name) for name in COUNTED},
        oldest_due=now.oldest_due,
    )


def _streams(day: date, now: dict[int, Tally], before: dict[int, Tally]) -> tuple[Stream, ...]:
    places = Workstream.objects.select_related("lead_institution").order_by("order", "pk")
    ahead = Milestone.objects.known_on(day).open().filter(due_date__gte=day)
    following: dict[int | None, Milestone] = {}
    firsts = ahead.values("workstream_id").annotate(first=Min("due_date")).order_by()
    dates: dict[int | None, date] = {row["workstream_id"]: row["first"] for row in firsts}
    for one in ahead.filter(due_date__in=set(dates.values())).order_by("due_date", "pk"):
        if dates[one.workstream_id] == one.due_date:
            following.setdefault(one.workstream_id, one)
    return tuple(
        _stream(place, now.get(place.pk, Tally()), before.get(place.pk, Tally()), following)
        for place in places
    )


def _stream(place: Workstream, now: Tally, before: Tally, following: dict[Any, Any]) -> Stream:
    following_one = following.get(place.pk)
    return Stream(
        what=Name("workstream", place.code, place.title, place.title_en),
        lead=names.institution(place.lead_institution),
        numbers=_numbers(now, before),
        next_milestone=names.milestone(following_one) if following_one else None,
        next_date=following_one.due_date if following_one else None,
        next_precision=following_one.due_precision if following_one else "day",
    )


def _attention(day: date) -> Part:
    """List every open action with a signal to speak of, or that contradicts itself."""
    rank = Case(
        *(When(signal=signal, then=Value(number)) for number, signal in enumerate(RANK)),
        default=Value(len(RANK)),
        output_field=models.SmallIntegerField(),
    )
    marks = {
        Watch.CONTRADICTION: is_contradictory(day),
        Watch.SILENT: is_silent(day),
        Watch.BLOCKED: is_blocked(),
        Watch.ORPHAN: is_orphan(),
    }
    annotated = known(day).annotate(
        signal=signal_case(day),
        **{
            mark.value: models.ExpressionWrapper(asked, models.BooleanField())
            for mark, asked in marks.items()
        },
    )
    # Every contradictory action and every orphan is open: `signal` says the rest.
    wanted = Q(signal__in=RANK) | Q(contradiction=True) | Q(orphan=True)
    found = annotated.filter(wanted)
    rows = found.annotate(rank=rank).select_related("workstream", "owner", "lead_institution")
    ordered = rows.order_by("rank", F("due_date").asc(nulls_last=True), "code")
    return Part(found.count(), tuple(_watched(row) for row in ordered[:MOST_WATCHED]))


def _watched(row: Any) -> Watched:
    place = Name("workstream", row.workstream.code, row.workstream.title, row.workstream.title_en)
    marks = (Watch.CONTRADICTION, Watch.SILENT, Watch.BLOCKED, Watch.ORPHAN)
    shift = (row.due_date - row.first_due_date).days if row.due_date and row.first_due_date else 0
    return Watched(
        what=names.action(row),
        place=place,
        owner=names.person(row.owner),
        lead=names.institution(row.lead_institution),
        signal=row.signal,
        marks=tuple(mark.value for mark in marks if getattr(row, mark.value)),
        status=row.status,
        progress=row.progress,
        outlook=row.outlook,
        expected_date=row.expected_date if row.outlook == Outlook.WILL_BE_LATE else None,
        due_date=row.due_date,
        due_precision=row.due_precision,
        is_illustrative=row.due_basis == DueBasis.ILLUSTRATIVE,
        times_moved=row.times_moved,
        days_moved=shift,
        reported_on=row.reported_on,
    )


def _obstacles(day: date) -> Needs:
    """List what is open and needed from the committee, then from institutions."""
    found = Obstacle.objects.filter(not_yet("closed_on", day), raised_on__lte=day)
    rows = found.select_related("action", "needed_from", "raised_by").order_by(*URGENT)
    return Needs(found.count(), tuple(_obstacle(row) for row in rows[:MOST_NEEDS]))


# What the committee itself must decide comes first.
URGENT = (
    Case(When(needed_from=None, then=Value(0)), default=Value(1)),
    F("needed_by").asc(nulls_last=True),
    "raised_on",
    "pk",
)


def _obstacle(row: Obstacle) -> Need:
    return Need(
        what=Name("obstacle", str(row.pk), ""),
        since=row.raised_on,
        text=row.needed,
        text_en=row.needed_en,
        about=names.action(row.action),
        needed_from=names.institution(row.needed_from),
        needed_by=row.needed_by,
        by=names.person(row.raised_by),
        is_illustrative=row.is_illustrative,
    )


def _requests(day: date) -> Needs:
    found = DateRequest.objects.filter(not_yet("answered_on", day), asked_on__lte=day)
    rows = found.select_related("action", "milestone", "asked_by").order_by("asked_on", "pk")
    return Needs(found.count(), tuple(_request(row) for row in rows[:MOST_NEEDS]))


def _request(row: DateRequest) -> Need:
    return Need(
        what=Name("request", str(row.pk), ""),
        since=row.asked_on,
        text=row.reason,
        about=names.item(row),
        by=names.person(row.asked_by),
        old_date=row.old_date,
        old_precision=row.old_precision,
        new_date=row.new_date,
        new_precision=row.new_precision,
    )


def _advice(day: date) -> Needs:
    found = Advice.objects.filter(not_yet("answered_on", day), given_on__lte=day)
    rows = found.select_related("author").order_by("given_on", "pk")
    return Needs(
        found.count(),
        tuple(
            Need(
                what=Name("advice", str(row.pk), row.subject),
                since=row.given_on,
                by=names.person(row.author),
            )
            for row in rows[:MOST_NEEDS]
        ),
    )


def _milestones(day: date) -> Part:
    """List the open milestones that are past their date or come within sixty days."""
    found = Milestone.objects.known_on(day).open().filter(due_date__lte=day + AHEAD)
    rows = found.select_related("workstream").order_by("due_date", "pk")[:MOST_MILESTONES]
    return Part(found.count(), tuple(_coming(row, day) for row in milestones.marked(rows, day)))


def _coming(row: milestones.MilestoneRow, day: date) -> Coming:
    one = row.milestone
    assert one.due_date is not None
    return Coming(
        what=names.milestone(one),
        place=names.workstream(one.workstream),
        due_date=one.due_date,
        due_precision=one.due_precision,
        is_past=one.due_date < day,
        gates=row.gates,
        verified=row.verified,
    )


def _slips(day: date) -> tuple[Part, int]:
    """List what moved, the furthest first, each with its last move; and count all moves."""
    moves = DueDateChange.objects.filter(on__lte=day, is_applied=True)
    items = moves.order_by().values("action_id", "milestone_id")
    summed = items.annotate(
        times=Count("pk"),
        far=Sum(DaysBetween(F("new_date"), F("old_date"))),
        last=Max("pk"),
        first=Min("pk"),
    )
    furthest: list[Any] = list(summed.order_by("-far", "-times", "last")[:MOST_SLIPS])
    wanted = {pk for row in furthest for pk in (row["last"], row["first"])}
    beside = ("action", "milestone", "by", "decision__meeting")
    found = {move.pk: move for move in moves.filter(pk__in=wanted).select_related(*beside)}
    bases = _bases([row["action_id"] for row in furthest if row["action_id"]], day)
    rows = tuple(_slip(row, found[row["last"]], found[row["first"]], bases) for row in furthest)
    totals = moves.aggregate(
        moves=Count("pk"),
        actions=Count("action_id", distinct=True),
        milestones=Count("milestone_id", distinct=True),
    )
    return Part(totals["actions"] + totals["milestones"], rows), totals["moves"]


def _bases(pks: Iterable[int], day: date) -> dict[int, str]:
    return dict(known(day).filter(pk__in=pks).values_list("pk", "due_basis"))


def _slip(row: dict[str, Any], last: Any, first: Any, bases: dict[int, str]) -> Slip:
    return Slip(
        what=names.item(last),
        times=row["times"],
        days=round(row["far"]),
        first_date=first.old_date,
        new_date=last.new_date,
        new_precision=last.new_precision,
        on=last.on,
        decision=names.decision(last.decision),
        by=names.person(last.by),
        asked_by=last.asked_by,
        reason=last.reason,
        reason_en=last.reason_en,
        source=last.source,
        is_illustrative=bases.get(row["action_id"]) == DueBasis.ILLUSTRATIVE,
    )


def _decisions(day: date) -> tuple[Part, int]:
    found = with_state(names.minuted(Decision.objects.all(), day), day)
    found = found.exclude(state=DecisionState.CARRIED_OUT)
    counts = found.aggregate(all=Count("pk"), overdue=Count("pk", filter=Q(is_overdue=True)))
    rows = with_words(found, day).select_related("meeting", "institution", "responsible")
    ordered = rows.order_by(F("by_when").asc(nulls_last=True), "meeting__number", "number")[
        :MOST_DECISIONS
    ]
    return Part(counts["all"], tuple(_owed(row) for row in worn(ordered))), counts["overdue"]


def _owed(row: Any) -> Owed:
    return Owed(
        what=Name("decision", str(row.pk), row.code),
        code=row.code,
        text=row.text,
        state=row.state,
        is_overdue=row.is_overdue,
        decided_on=row.meeting.date,
        by_when=row.due_date,
        institution=names.institution(row.institution),
        responsible=names.person(row.responsible),
    )
