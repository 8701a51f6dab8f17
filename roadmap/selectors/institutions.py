"""What each institution leads and supports: the list of all of them, and the page of one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Q

from committee.models import Decision, Institution
from roadmap.enums import DecisionState, Status
from roadmap.models.querysets import ActionQuerySet, is_late
from roadmap.models.undone import not_yet
from roadmap.models.words import with_words, worn
from roadmap.selectors import load, obstacles, progress
from roadmap.selectors.actions import Part, known, of_institution
from roadmap.selectors.decisions import taken, with_state
from roadmap.selectors.load import Load
from roadmap.selectors.progress import Tally
from roadmap.selectors.standing import Standing, standing
from roadmap.selectors.worklists import Asked, Parts, Reader, Show, Worklist, worklist

PAGE_SIZE = 50
MOST_BESIDE = 10


@dataclass(slots=True)
class Row:
    """An institution and its counts; the owners only for the inside."""

    institution: Institution | None
    led: int = 0
    verified: int = 0
    late: int = 0
    supported: int = 0
    fresh: int = 0
    owners: int = 0

    @property
    def silent(self) -> int:
        return self.owners - self.fresh


@dataclass(frozen=True, slots=True)
class InstitutionList:
    page: Page[Any]
    without_lead: Row


@dataclass(frozen=True, slots=True)
class Inside:
    """What only members see of an institution."""

    fresh: int
    owners: int
    median_age: float | None
    decisions: list[Decision]
    more_decisions: bool
    obstacles: list[obstacles.Row]
    more_obstacles: bool

    @property
    def silent(self) -> int:
        return self.owners - self.fresh


@dataclass(frozen=True, slots=True)
class InstitutionPage:
    institution: Institution
    tally: Tally
    work: Worklist
    load: Load
    standing: Standing
    inside: Inside | None

    @property
    def supported(self) -> int:
        return self.work.count(Show.SUPPORTS)


def listing(*, today: date, inside: bool, page: Any = 1) -> InstitutionList:
    """Give one page of the institutions with a part in the roadmap: three queries, four inside."""
    led = _led_counts(today)
    supported = _supported_counts(today)
    owners = _owner_counts(today) if inside else {}
    named = Institution.objects.filter(Q(pk__in=[pk for pk in led if pk]) | Q(code__in=supported))
    rows = []
    for one in named.select_related("successor").order_by("title", "pk"):
        row = led.get(one.pk) or Row(None)
        row.institution, row.supported = one, supported[one.code]
        row.fresh, row.owners = owners.get(one.pk, (0, 0))
        rows.append(row)
    rows.sort(key=lambda row: (-row.led, -row.supported))
    return InstitutionList(Paginator(rows, PAGE_SIZE).get_page(page), led.get(None, Row(None)))


def _led_counts(today: date) -> dict[int | None, Row]:
    grouped = known(today).exclude(status=Status.CANCELLED).values("lead_institution_id")
    counted = grouped.order_by().annotate(
        led=Count("pk"),
        verified=Count("pk", filter=Q(status=Status.VERIFIED)),
        late=Count("pk", filter=is_late(today)),
    )
    rows: list[dict[str, Any]] = [{**row} for row in counted]
    return {row.pop("lead_institution_id"): Row(None, **row) for row in rows}


def _supported_counts(today: date) -> Counter[str]:
    """Count by code: the database groups by who supports together, a few hundred at most."""
    actions = known(today).exclude(status=Status.CANCELLED).exclude(supporting="")
    grouped = actions.order_by().values_list("supporting", "lead_institution__code")
    counts: Counter[str] = Counter()
    for codes, lead, number in grouped.annotate(number=Count("pk")):
        for code in {*codes.split(";")} - {"", lead}:
            counts[code] += number
    return counts


def _owner_counts(today: date) -> dict[int, tuple[int, int]]:
    """Count the owners of what each leads who reported lately, and all of them."""
    limit = today - timedelta(days=settings.SILENT_AFTER_DAYS)
    owned = known(today).open().filter(owner__isnull=False, lead_institution__isnull=False)
    grouped = owned.order_by().values("lead_institution_id", "owner_id")
    found: dict[int, tuple[int, int]] = {}
    for row in grouped.annotate(last=Max("reported_on")):
        fresh, owners = found.get(row["lead_institution_id"], (0, 0))
        is_fresh = row["last"] is not None and row["last"] > limit
        found[row["lead_institution_id"]] = (fresh + is_fresh, owners + 1)
    return found


def institution_page(*, institution: Institution, asked: Asked, reader: Reader) -> InstitutionPage:
    """Gather the page: a fixed number of queries, at most fifty rows."""
    today = reader.today
    led, supported = _of(institution, Part.LEAD, today), _of(institution, Part.SUPPORT, today)
    gated = load.gated_by(led, today)
    tally = progress.whole(progress.tallies(today=today, inside=False, among=led).values())
    parts: Parts = {Show.LEADS: led, Show.SUPPORTS: supported, Show.MILESTONES: gated}
    return InstitutionPage(
        institution=institution,
        tally=tally,
        work=worklist(parts, asked, reader),
        load=load.load_of(today=today, actions=led, supported=supported, milestones=gated),
        standing=standing(actions=lambda day: _led(institution, day), today=today, tally=tally),
        inside=_inside(institution, led, today) if reader.inside else None,
    )


def _led(institution: Institution, day: date) -> ActionQuerySet:
    return known(day).filter(lead_institution=institution.pk)


def _of(institution: Institution, part: Part, today: date) -> ActionQuerySet:
    found = known(today).filter(of_institution(institution.code, part))
    return found.exclude(status=Status.CANCELLED)


def _inside(institution: Institution, led: ActionQuerySet, today: date) -> Inside:
    fresh, owners = progress.vitality(today=today, among=led)
    decisions, asked = _decisions(institution, today), _asked_for(institution, today)
    return Inside(
        fresh=fresh,
        owners=owners,
        median_age=load.median_age(led, today),
        decisions=decisions[:MOST_BESIDE],
        more_decisions=len(decisions) > MOST_BESIDE,
        obstacles=asked[:MOST_BESIDE],
        more_obstacles=len(asked) > MOST_BESIDE,
    )


def _decisions(institution: Institution, today: date) -> list[Decision]:
    """List what the institution has still to carry out, as corrected; one more than is shown."""
    found = with_words(with_state(taken(today), today), today).filter(carrier=institution.pk)
    unfinished = found.exclude(state=DecisionState.CARRIED_OUT).select_related(*BESIDE)
    return worn(unfinished.order_by(F("by_when").asc(nulls_last=True), "pk")[: MOST_BESIDE + 1])


def _asked_for(institution: Institution, today: date) -> list[obstacles.Row]:
    """List what the institution must decide, the oldest first; one more than is shown."""
    waiting = obstacles.things(today).filter(not_yet("closed_on", today), needed_from=institution)
    found = waiting.select_related("action").order_by("since", "pk")[: MOST_BESIDE + 1]
    return [obstacles.row_of(one, today) for one in found]


BESIDE = ("meeting", "institution", "responsible")
