"""What the agenda of a meeting proposes by itself, and what its points are about.

One query per kind. At most `MOST` of a kind are proposed at once, the most pressing first; once
they are on the agenda the next come forward.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committee.models import Advice, Meeting
from roadmap.enums import RequestState, Status
from roadmap.models import ActionItem, DateRequest, Milestone, Obstacle
from roadmap.models.querysets import is_contradictory
from roadmap.selectors.actions import Watch

MOST = 25
LONGEST_TITLE = 300
GOING_ON = (Status.PLANNED, Status.IN_PROGRESS, Status.SUBMITTED)


@dataclass(frozen=True, slots=True)
class About:
    """What a point speaks of: its kind in words, its title in both languages, its page."""

    kind: str
    title: str
    title_en: str
    url: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A point the agenda proposes, and why it belongs there."""

    about: str
    thing: About
    why: str

    @property
    def title(self) -> str:
        """Give the title the point would have: the Indonesian one, as the minutes are."""
        return self.thing.title


@dataclass(frozen=True, slots=True)
class Group:
    """The proposals of one kind; `all_url` opens the whole list where there are more."""

    label: str
    proposals: list[Proposal]
    all_url: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind is found, worded and opened."""

    name: str
    label: Callable[[], str]
    find: Callable[[date], QuerySet[Any]]
    fetch: Callable[[], QuerySet[Any]]
    thing: Callable[[Any], About]
    why: Callable[[Any, date], str]
    all_url: Callable[[], str]


def groups(meeting: Meeting, today: date, *, only: Iterable[str] | None = None) -> list[Group]:
    """Propose points for a meeting, without those on its agenda: six queries.

    With `only`, give whichever of these may be proposed, however many others press.
    """
    taken = by_kind(meeting.agenda.exclude(about="").values_list("about", flat=True))
    asked = None if only is None else by_kind(only)
    found = [_group(kind, today, taken[kind.name], asked) for kind in KINDS]
    return [group for group in found if group.proposals]


def chosen(meeting: Meeting, today: date, abouts: Iterable[str]) -> list[Proposal]:
    """Give those of the named proposals that still stand."""
    found = groups(meeting, today, only=abouts)
    return [proposal for group in found for proposal in group.proposals]


def abouts(names: Iterable[str]) -> dict[str, About]:
    """Find what points are about: one query per kind named."""
    wanted = by_kind(names)
    return {
        f"{kind.name}:{row.pk}": kind.thing(row)
        for kind in KINDS
        if wanted[kind.name]
        for row in kind.fetch().filter(pk__in=wanted[kind.name])
    }


def by_kind(names: Iterable[str]) -> dict[str, list[int]]:
    """Sort names such as `obstacle:12` by their kind; what is no such name is left out."""
    found: dict[str, list[int]] = defaultdict(list)
    for name in names:
        kind, _colon, pk = name.partition(":")
        if pk.isascii() and pk.isdecimal() and len(pk) < 19:
            found[kind].append(int(pk))
    return found


def _group(kind: _Kind, today: date, taken: list[int], asked: dict[str, list[int]] | None) -> Group:
    rows = kind.find(today).exclude(pk__in=taken)
    if asked is not None:
        return _made(kind, rows.filter(pk__in=asked[kind.name]), today)
    found = list(rows[: MOST + 1])
    return _made(kind, found[:MOST], today, kind.all_url() if len(found) > MOST else "")


def _made(kind: _Kind, rows: Iterable[Any], today: date, all_url: str = "") -> Group:
    made = [
        Proposal(f"{kind.name}:{row.pk}", kind.thing(row), kind.why(row, today)) for row in rows
    ]
    return Group(kind.label(), made, all_url)


def _short(text: str) -> str:
    """Put a text on one line that a point's title can hold."""
    return Truncator(" ".join(text.split())).chars(LONGEST_TITLE)


def _coded(action: ActionItem, text: str, text_en: str) -> tuple[str, str]:
    return _short(f"{action.code}: {text}"), _short(f"{action.code}: {text_en}") if text_en else ""


def _obstacles(today: date) -> QuerySet[Obstacle]:
    """Give what waits for the committee, or for somebody who has let the day pass.

    What was raised at an action that has ended is still proposed while others wait behind it.
    """
    waits = Q(needed_from=None) | Q(needed_by__lt=today)
    open_ones = Obstacle.objects.filter(waits, closed_on=None, joined_to=None)
    behind = Count("joined", filter=Q(joined__closed_on=None, joined__action__status__in=GOING_ON))
    return (
        open_ones.select_related("action", "needed_from")
        .annotate(behind=behind)
        .filter(Q(action__status__in=GOING_ON) | Q(behind__gt=0))
        .order_by("raised_on", "pk")
    )


def _obstacle(row: Obstacle) -> About:
    titles = _coded(row.action, row.needed, row.needed_en)
    return About(
        _("Obstacle"), *titles, reverse("roadmap:obstacle", args=[row.pk]), row.action.code
    )


def _why_obstacle(row: Any, today: date) -> str:
    if row.needed_from is None:
        sentence = _("Needed from the steering committee since %(day)s.")
        said = sentence % {"day": _day(row.raised_on)}
    else:
        sentence = _("Needed from %(name)s by %(day)s.")
        said = sentence % {"name": row.needed_from.local_title, "day": _day(row.needed_by)}
    if not row.behind:
        return said
    more = ngettext(
        "It holds up %(n)s other action.", "It holds up %(n)s other actions.", row.behind
    )
    return f"{said} {more % {'n': row.behind}}"


def _contradictions(today: date) -> QuerySet[ActionItem]:
    found = ActionItem.objects.filter(is_contradictory(today), created_on__lte=today)
    return found.order_by("due_date", "pk")


def _action(row: ActionItem) -> About:
    titles = _coded(row, row.title, row.title_en)
    return About(_("Action"), *titles, row.get_absolute_url(), row.code)


def _why_contradiction(row: ActionItem, today: date) -> str:
    return _(
        "The owner says “on time”, but it is late, silent, or holds up a milestone "
        "whose date has passed."
    )


def _milestones(today: date) -> QuerySet[Milestone]:
    late = Milestone.objects.known_on(today).open().filter(due_date__lt=today)
    return late.order_by("due_date", "pk")


def _milestone(row: Milestone) -> About:
    return About(_("Milestone"), row.title, row.title_en, row.get_absolute_url())


def _why_milestone(row: Any, today: date) -> str:
    late = (today - row.due_date).days
    sentence = ngettext(
        "%(n)s day past its date, %(day)s.", "%(n)s days past its date, %(day)s.", late
    )
    return sentence % {"n": late, "day": _day(row.due_date)}


def _advice(today: date) -> QuerySet[Advice]:
    waiting = Advice.objects.filter(answer="", given_on__lte=today)
    return waiting.select_related("author").order_by("given_on", "pk")


def _advised(row: Advice) -> About:
    # What people write is in their own language: both titles, so that none is marked as another.
    return About(_("Advice"), row.subject, row.subject, row.get_absolute_url())


def _why_advice(row: Advice, today: date) -> str:
    words = {"day": _day(row.given_on), "name": row.author.name}
    return _("Given by %(name)s on %(day)s, not answered yet.") % words


def _requests(today: date) -> QuerySet[DateRequest]:
    waiting = DateRequest.objects.filter(state=RequestState.PENDING, asked_on__lte=today)
    return waiting.select_related("action", "milestone", "asked_by").order_by("asked_on", "pk")


def _request(row: DateRequest) -> About:
    item, code = row.item, ""
    titles = (item.title, item.title_en)
    if isinstance(item, ActionItem):
        titles, code = _coded(item, *titles), item.code
    return About(_("Move of a due date"), *titles, row.get_absolute_url(), code)


def _why_request(row: DateRequest, today: date) -> str:
    words = {"name": row.asked_by.name, "old": _day(row.old_date), "new": _day(row.new_date)}
    return _("%(name)s asks to move it from %(old)s to %(new)s.") % words


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else "—"


def _contradiction_list() -> str:
    return f"{reverse('roadmap:actions')}?signal={Watch.CONTRADICTION}"


def _late_list() -> str:
    return f"{reverse('roadmap:milestones')}?stage=past_due"


KINDS = (
    _Kind(
        "obstacle",
        lambda: _("Obstacles that need a decision"),
        _obstacles,
        lambda: Obstacle.objects.select_related("action"),
        _obstacle,
        _why_obstacle,
        lambda: reverse("roadmap:obstacles"),
    ),
    _Kind(
        "action",
        lambda: _("Contradictions"),
        _contradictions,
        ActionItem.objects.all,
        _action,
        _why_contradiction,
        _contradiction_list,
    ),
    _Kind(
        "milestone",
        lambda: _("Milestones past their date"),
        _milestones,
        Milestone.objects.all,
        _milestone,
        _why_milestone,
        _late_list,
    ),
    _Kind(
        "advice",
        lambda: _("Advice not answered yet"),
        _advice,
        Advice.objects.all,
        _advised,
        _why_advice,
        lambda: reverse("roadmap:advice-list"),
    ),
    _Kind(
        "request",
        lambda: _("Date moves to approve"),
        _requests,
        lambda: DateRequest.objects.select_related("action", "milestone"),
        _request,
        _why_request,
        lambda: reverse("roadmap:requests"),
    ),
)
