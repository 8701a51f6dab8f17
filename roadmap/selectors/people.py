"""Who answers for what: the owners sorted by their silence, and the page of one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Count, F, Max, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from committee.models import Member, Seat
from roadmap.enums import Status
from roadmap.models import ActionItem
from roadmap.models.querysets import ActionQuerySet, is_late
from roadmap.selectors import load, progress
from roadmap.selectors.actions import is_owed, known
from roadmap.selectors.load import Load
from roadmap.selectors.my import deputised
from roadmap.selectors.progress import Tally
from roadmap.selectors.worklists import Asked, Parts, Reader, Show, Worklist, worklist

PAGE_SIZE = 50


class Reported(models.TextChoices):
    """Whether an owner of open actions reported on any of them in the last 30 days."""

    YES = "yes", pgettext_lazy("owner", "Reported")
    NO = "no", _("Silent")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which owners a reader asked for: of what an institution leads, of a workstream."""

    reported: str = ""
    institution: str = ""
    workstream: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An owner of open actions, and how long they have been silent."""

    member: Member
    open: int
    late: int
    owed: int
    last: date | None


@dataclass(frozen=True, slots=True)
class PeopleList:
    page: Page[Any]
    rows: list[Row]
    fresh: int
    owners: int

    @property
    def silent(self) -> int:
        return self.owners - self.fresh


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What one person has to do with the roadmap."""

    member: Member
    seats: list[Seat]
    stands_in_for: list[Member]
    tally: Tally
    last: date | None
    owed: int
    open: int
    median_age: float | None
    work: Worklist
    load: Load


def listing(*, wanted: Wanted, today: date, page: Any = 1) -> PeopleList:
    """Give one page of the owners of open actions, the longest silent first: four queries."""
    owned = _owned(wanted, today)
    fresh, owners = progress.vitality(today=today, among=owned)
    shown = {Reported.YES: fresh, Reported.NO: owners - fresh}
    paginator = Paginator(_by_owner(owned, wanted.reported, today), PAGE_SIZE)
    paginator.count = shown.get(Reported(wanted.reported), 0) if wanted.reported else owners  # type: ignore[misc]
    found = paginator.get_page(page)
    return PeopleList(found, _rows(list(found.object_list)), fresh, owners)


def _owned(wanted: Wanted, today: date) -> ActionQuerySet:
    owned = known(today)
    if wanted.institution:
        owned = owned.filter(lead_institution__code=wanted.institution)
    if wanted.workstream:
        owned = owned.filter(workstream__code=wanted.workstream)
    return owned


def _by_owner(owned: ActionQuerySet, reported: str, today: date) -> Any:
    """Group open actions by owner, by the definition of `progress.vitality`."""
    limit = today - timedelta(days=settings.SILENT_AFTER_DAYS)
    grouped = owned.open().filter(owner__isnull=False).order_by().values("owner_id", "owner__name")
    found = grouped.annotate(
        last=Max("reported_on"),
        open=Count("pk"),
        late=Count("pk", filter=is_late(today)),
        owed=Count("pk", filter=is_owed(today)),
    )
    if reported == Reported.YES:
        found = found.filter(last__gt=limit)
    elif reported == Reported.NO:
        found = found.filter(Q(last=None) | Q(last__lte=limit))
    return found.order_by(F("last").asc(nulls_first=True), "owner__name", "owner_id")


def _rows(grouped: list[dict[str, Any]]) -> list[Row]:
    pks = [row["owner_id"] for row in grouped]
    members = Member.objects.select_related("institution", "deputy").in_bulk(pks)
    numbers = ("open", "late", "owed", "last")
    return [
        Row(member=members[row["owner_id"]], **{name: row[name] for name in numbers})
        for row in grouped
    ]


def person_page(*, member: Member, asked: Asked, reader: Reader) -> PersonPage:
    """Gather the page of one person: a fixed number of queries, at most fifty rows."""
    today = reader.today
    owned = _live(today).filter(owner=member.pk)
    gated = load.gated_by(owned, today)
    parts: Parts = {
        Show.OWNS: owned,
        Show.CONTRIBUTES: _live(today).filter(pk__in=_contributed(member)),
        Show.DEPUTISES: _live(today).filter(deputised(member.pk, today)),
        Show.MILESTONES: gated,
    }
    told = owned.open().aggregate(
        last=Max("reported_on"),
        open=Count("pk"),
        owed=Count("pk", filter=is_owed(today)),
    )
    return PersonPage(
        member=member,
        seats=_seats(member, today),
        stands_in_for=list(member.deputising_for.select_related("institution").order_by("name")),
        tally=progress.whole(progress.tallies(today=today, inside=True, among=owned).values()),
        median_age=load.median_age(owned, today),
        work=worklist(parts, asked, reader),
        load=load.load_of(today=today, actions=owned, milestones=gated),
        **told,
    )


def _live(today: date) -> ActionQuerySet:
    return known(today).exclude(status=Status.CANCELLED)


def _contributed(member: Member) -> Any:
    through: Any = ActionItem.contributors.through
    return through.objects.filter(member_id=member.pk).values("actionitem_id")


def _seats(member: Member, today: date) -> list[Seat]:
    held = Seat.objects.held_on(today).filter(member=member).select_related("workstream")
    return list(held.order_by("workstream__order", "pk"))
