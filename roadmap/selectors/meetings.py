"""The committee's meetings, and everything one of them holds.

What stands in the minutes of a closed meeting is what was written, then corrected: a passage
knows both, and the page, the form and the service that corrects it all ask here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from committee.enums import CommitteeRole, MeetingStatus, MinutesPart, Presence
from committee.models import (
    Advice,
    AgendaItem,
    Attendance,
    Decision,
    Institution,
    Meeting,
    MinutesCorrection,
)
from roadmap.selectors import proposals
from roadmap.selectors.proposals import About

SITS = (CommitteeRole.CHAIR, CommitteeRole.MEMBER)


@dataclass(frozen=True, slots=True)
class Entry:
    """One correction in words: what stood, what is right, and who says so."""

    old: str
    new: str
    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of the minutes: as first written, and the corrections that led to what stands."""

    what: str
    label: str
    original: str
    corrections: list[MinutesCorrection] = field(default_factory=list)

    @property
    def part(self) -> MinutesPart:
        return MinutesPart(self.what.partition(":")[0])

    @property
    def text(self) -> str:
        return self.corrections[-1].new if self.corrections else self.original

    @property
    def words(self) -> str:
        return words(self.part, self.text)

    @property
    def version(self) -> int:
        """Count the corrections: whoever corrects further must have seen them all."""
        return len(self.corrections)

    @property
    def entries(self) -> list[Entry]:
        return entries(self.corrections)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as the minutes show it."""

    decision: Decision
    text: Passage


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
        loose = [decided.text for decided in self.others]
        return [self.date, self.place, *(seat.passage for seat in self.seats), *spoken, *loose]


def _of_point(point: Point) -> list[Passage]:
    return [point.title, point.minutes, *(decided.text for decided in point.decisions)]


def open_meetings() -> QuerySet[Meeting]:
    """Give the meetings at which something can be decided now, the newest first."""
    return Meeting.objects.filter(status=MeetingStatus.OPEN).order_by("-date", "-number")


def listing() -> QuerySet[Meeting]:
    """Give every meeting, the newest first, with how many points and decisions it has."""
    counts = {"points": _count(AgendaItem), "decided": _count(Decision)}
    return Meeting.objects.annotate(**counts).order_by("-date", "-number")


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


def answered_at(meeting: Meeting) -> QuerySet[Advice]:
    return meeting.answers.select_related("author").order_by("pk")


def minutes_of(meeting: Meeting) -> Minutes:
    """Gather what a meeting holds: five queries, and one per kind of thing it is about."""
    found: dict[str, list[MinutesCorrection]] = defaultdict(list)
    for one in meeting.corrections.select_related("by").order_by("pk"):
        found[key_of(one)].append(one)

    def passage(what: str, label: str, original: str) -> Passage:
        return Passage(what, label, original, found.get(what, []))

    items = list(meeting.agenda.order_by("order", "pk"))
    decided = _decided(meeting, passage)
    abouts = proposals.abouts(item.about for item in items if item.about)
    return Minutes(
        date=passage("date", _("Date"), meeting.date.isoformat()),
        place=passage("place", _("Place"), meeting.place),
        points=[_point(item, passage, abouts, decided) for item in items],
        others=decided[None],
        seats=_seats(meeting, passage),
    )


Maker = Callable[[str, str, str], Passage]


def _decided(meeting: Meeting, passage: Maker) -> dict[int | None, list[Decided]]:
    """Group the decisions by the point they were taken under."""
    decided: dict[int | None, list[Decided]] = defaultdict(list)
    found = meeting.decisions.select_related("institution", "responsible", "advice")
    for decision in found.order_by("number"):
        decision.meeting = meeting
        text = passage(f"decision:{decision.pk}", str(decision), decision.text)
        decided[decision.agenda_item_id].append(Decided(decision, text))
    return decided


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


def corrections_of(decision: Decision) -> list[Entry]:
    """Give what was corrected of a decision after its meeting was closed."""
    return entries(decision.corrections.select_related("by").order_by("pk"))


def entries(corrections: Iterable[MinutesCorrection]) -> list[Entry]:
    """Put corrections into words, in the reader's language."""
    return [
        Entry(words(one.part, one.old), words(one.part, one.new), one.reason, one.by.name, one.on)
        for one in corrections
    ]


def key_of(correction: MinutesCorrection) -> str:
    """Name the passage a correction speaks of."""
    target = correction.agenda_item_id or correction.decision_id or correction.institution_id
    return f"{correction.part}:{target}" if target else correction.part


def attended(presence: str, people: str) -> str:
    """Write an attendance as corrections keep it, in no language."""
    return f"{presence}:{people}"


def words(part: str, text: str) -> str:
    """Say what a passage holds, as a reader reads it."""
    if part == MinutesPart.DATE:
        return date_format(date.fromisoformat(text), "j F Y")
    if part != MinutesPart.ATTENDANCE:
        return text or "—"
    presence, _colon, people = text.partition(":")
    label = str(Presence(presence).label) if presence else _("not recorded")
    return f"{label} · {people}" if people else label
