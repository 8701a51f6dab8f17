"""The committee's meetings, and everything one of them holds.

What stands in the minutes of a closed meeting is what was written, then corrected: a passage
knows both, and the page, the form and the service that corrects it all ask here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from committee.enums import CommitteeRole, MeetingStatus, Presence
from committee.models import (
    Advice,
    AgendaItem,
    Attendance,
    Decision,
    Institution,
    Meeting,
    MinutesCorrection,
)
from committee.rules.days import PastDay
from roadmap.models import undone
from roadmap.models.words import with_days
from roadmap.selectors import proposals
from roadmap.selectors.passages import (
    Entry,
    Passage,
    attended,
    carried,
    carriers_in,
    key_of,
    names_in,
)
from roadmap.selectors.proposals import About

SITS = (CommitteeRole.CHAIR, CommitteeRole.MEMBER)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as the minutes show it."""

    decision: Decision
    text: Passage
    carrier: Passage
    by_when: Passage

    def passages(self) -> list[Passage]:
        return [self.text, self.carrier, self.by_when]

    @property
    def entries(self) -> list[Entry]:
        return [entry for passage in self.passages() for entry in passage.entries]


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to an advice, as the minutes show it."""

    advice: Advice
    answer: Passage
    why: Passage

    @property
    def entries(self) -> list[Entry]:
        return [*self.answer.entries, *self.why.entries]


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the agenda: what it is about, what was said, what was decided."""

    item: AgendaItem
    title: Passage
    minutes: Passage
    about: About | None
    decisions: list[Decided]


@dataclass(frozen=True, slots=True)
class Seated:
    """An institution's place at a meeting; `record` is None while nothing was written down."""

    institution: Institution
    record: Attendance | None
    presence: str
    people: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Minutes:
    """A meeting with all its passages."""

    date: Passage
    place: Passage
    points: list[Point]
    others: list[Decided]
    seats: list[Seated]
    answers: list[Answered]
    is_unwritten: bool = False

    @property
    def present(self) -> int:
        return sum(seat.presence == Presence.PRESENT for seat in self.seats)

    @property
    def decisions(self) -> list[Decided]:
        found = [one for point in self.points for one in point.decisions] + self.others
        return sorted(found, key=lambda one: one.decision.number)

    @property
    def silent_points(self) -> int:
        return sum(not point.minutes.text for point in self.points)

    @property
    def unrecorded(self) -> int:
        return sum(not seat.presence for seat in self.seats)

    def passages(self) -> list[Passage]:
        """Give every part that can be corrected, in the order of the page."""
        spoken = [one for point in self.points for one in _of_point(point)]
        loose = [passage for decided in self.others for passage in decided.passages()]
        loose += [passage for one in self.answers for passage in (one.answer, one.why)]
        return [self.date, self.place, *(seat.passage for seat in self.seats), *spoken, *loose]


def _of_point(point: Point) -> list[Passage]:
    decided = [passage for one in point.decisions for passage in one.passages()]
    return [point.title, point.minutes, *decided]


def open_meetings() -> QuerySet[Meeting]:
    """Give the meetings at which something can be decided now, the newest first."""
    return Meeting.objects.filter(status=MeetingStatus.OPEN).order_by("-date", "-number")


def listing(today: date) -> QuerySet[Meeting]:
    """Give every meeting, the newest first, with how many points and decisions it has.

    Of a day looked back at those opened by then: what was being prepared is not in the history.
    """
    counts = {"points": _count(AgendaItem), "decided": _count(Decision)}
    found = with_days(Meeting.objects.annotate(**counts), today)
    if isinstance(today, PastDay):
        found = found.filter(undone.held(today))
    return found.order_by("-held_on", "-number")


def _count(model: type[AgendaItem | Decision]) -> Coalesce:
    rows = model._default_manager.filter(meeting=OuterRef("pk")).order_by().values("meeting")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def next_number() -> int:
    """Propose the number of the next meeting."""
    return (Meeting.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def seated_institutions(meeting: Meeting) -> QuerySet[Institution]:
    """Give who sits on the committee, and whoever else was recorded at this meeting."""
    recorded = meeting.attendance.values("institution")
    found = Institution.objects.filter(Q(committee_role__in=SITS) | Q(pk__in=recorded))
    return found.order_by("committee_role", "title", "pk")


def minutes_of(meeting: Meeting, day: date | None = None) -> Minutes:
    """Gather what a meeting holds: six queries, and one per kind of thing it is about.

    As of a day before it was closed its minutes are left out: they were still being written, and
    the history does not hold what stood there.
    """
    is_unwritten = isinstance(day, PastDay) and not meeting.is_closed
    found: dict[str, list[MinutesCorrection]] = defaultdict(list)
    corrections = meeting.corrections.select_related("by").order_by("pk")
    entries = list(corrections.filter(on__lte=day) if day else corrections)
    for one in entries:
        found[key_of(one)].append(one)
    taken = meeting.decisions.select_related("institution", "responsible", "advice")
    decisions = list(taken.order_by("number"))
    names = names_in(carriers_in(entries), decisions)

    def passage(what: str, label: str, original: str) -> Passage:
        return Passage(what, label, original, found.get(what, []), names)

    items = list(meeting.agenda.order_by("order", "pk"))
    for item in items if is_unwritten else ():
        item.minutes = ""
    decided = _decided(meeting, decisions, passage)
    abouts = proposals.abouts(item.about for item in items if item.about)
    return Minutes(
        date=passage("date", _("Date"), meeting.date.isoformat()),
        place=passage("place", _("Place"), meeting.place),
        points=[_point(item, passage, abouts, decided) for item in items],
        others=decided[None],
        seats=[] if is_unwritten else _seats(meeting, passage),
        answers=[_answered(one, passage) for one in _answers(meeting, day)],
        is_unwritten=is_unwritten,
    )


def _answers(meeting: Meeting, day: date | None) -> QuerySet[Advice]:
    given = meeting.answers.filter(answered_on__lte=day) if day else meeting.answers.all()
    return given.select_related("author").order_by("pk")


Maker = Callable[[str, str, str], Passage]


def _decided(
    meeting: Meeting, decisions: Iterable[Decision], passage: Maker
) -> dict[int | None, list[Decided]]:
    """Group the decisions by the point they were taken under."""
    decided: dict[int | None, list[Decided]] = defaultdict(list)
    for decision in decisions:
        decision.meeting = meeting
        decided[decision.agenda_item_id].append(_decision(decision, passage))
    return decided


def _decision(decision: Decision, passage: Maker) -> Decided:
    pk, named = decision.pk, {"decision": decision}
    who = carried(decision.institution_id, decision.responsible_id)
    day = decision.due_date.isoformat() if decision.due_date else ""
    return Decided(
        decision,
        text=passage(f"decision:{pk}", str(decision), decision.text),
        carrier=passage(f"carried_by:{pk}", _("%(decision)s: carried out by") % named, who),
        by_when=passage(f"by_when:{pk}", _("%(decision)s: by when") % named, day),
    )


def _answered(advice: Advice, passage: Maker) -> Answered:
    pk, named = advice.pk, {"advice": advice}
    why = _("Reason of the answer to “%(advice)s”") % named
    return Answered(
        advice,
        answer=passage(f"answer:{pk}", _("Answer to “%(advice)s”") % named, advice.answer),
        why=passage(f"answer_why:{pk}", why, advice.answer_reason),
    )


def _point(
    item: AgendaItem,
    passage: Maker,
    abouts: dict[str, About],
    decided: dict[int | None, list[Decided]],
) -> Point:
    named = {"n": item.order}
    return Point(
        item=item,
        title=passage(f"agenda:{item.pk}", _("Point %(n)s") % named, item.title),
        minutes=passage(f"minutes:{item.pk}", _("Minutes of point %(n)s") % named, item.minutes),
        about=abouts.get(item.about),
        decisions=decided.get(item.pk, []),
    )


def _seats(meeting: Meeting, passage: Maker) -> list[Seated]:
    records = {one.institution_id: one for one in meeting.attendance.all()}
    return [_seat(one, records.get(one.pk), passage) for one in seated_institutions(meeting)]


def seats_of(meeting: Meeting) -> list[Seated]:
    """Give every institution's place as first written, corrections left out: two queries."""
    return _seats(meeting, Passage)


def _seat(institution: Institution, record: Attendance | None, passage: Maker) -> Seated:
    original = attended(record.presence, record.people) if record else ""
    shown = passage(f"attendance:{institution.pk}", institution.local_title, original)
    presence, _colon, people = shown.text.partition(":")
    return Seated(institution, record, presence, people, shown)


def passage_of(meeting: Meeting, what: str) -> Passage | None:
    """Give one part of the minutes as it stands, None where there is no such part."""
    found = minutes_of(meeting).passages()
    return next((passage for passage in found if passage.what == what), None)
