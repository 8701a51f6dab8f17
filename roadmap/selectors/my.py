"""What one person owes: own, contributed and deputised work, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When

from committee.models.prepared import load
from committee.rules.days import PastDay, night_after
from committee.rules.permissions import Actor
from roadmap.enums import Signal, Status, UpdateKind
from roadmap.models import ActionItem, StatusUpdate
from roadmap.models.querysets import OPEN, ActionQuerySet
from roadmap.rules import permissions
from roadmap.selectors.actions import known

PAGE_SIZE = 20
MOST_TO_VERIFY = 20
URGENCY = (
    *(Signal.LATE, Signal.BLOCKED, Signal.NOT_REPORTED, Signal.SILENT),
    *(Signal.DUE_SOON, Signal.ON_TRACK, Signal.WAITING),
)
OWED = OPEN | Q(status=Status.SUBMITTED)


@dataclass(frozen=True, slots=True)
class MyPage:
    """A person's page: what they owe, what waits for their verification, what is done."""

    page: Page[Any]
    done: int
    to_verify: list[ActionItem]
    more_to_verify: bool


def my_page(*, actor: Actor, today: date, page: Any = 1) -> MyPage:
    """Gather the page: four queries, five for who verifies."""
    counts = next(iter(load(_counted, today, member=actor.id)), {"owed": 0, "done": 0})
    paginator = Paginator(range(counts["owed"]), PAGE_SIZE)
    found = paginator.get_page(page)
    found.object_list = load(_owed, today, (found.number - 1) * PAGE_SIZE, member=actor.id)
    waiting = _to_verify(actor, today)
    return MyPage(
        page=found,
        done=counts["done"],
        to_verify=waiting[:MOST_TO_VERIFY],
        more_to_verify=len(waiting) > MOST_TO_VERIFY,
    )


def _counted(today: date, *, member: int) -> Any:
    """Count what a person owes and what is done, in one row for all of it."""
    whole = known(today).filter(_mine(member, today)).order_by().annotate(all=Value(1))
    counted = whole.values("all").annotate(
        owed=Count("pk", filter=OWED), done=Count("pk", filter=Q(status=Status.VERIFIED))
    )
    return counted.values("owed", "done")


def _owed(today: date, start: int, *, member: int) -> Any:
    owed = own(member, today).filter(OWED).for_rows().with_signal(today)
    ordered = owed.annotate(urgency=_urgency()).order_by(
        "urgency", F("due_date").asc(nulls_last=True), "pk"
    )
    return ordered[start : start + PAGE_SIZE]


def owed_by(member_id: int, today: date) -> ActionQuerySet:
    """Give all a person owes, in the order of their codes."""
    return own(member_id, today).filter(OWED).order_by("workstream__order", "number")


def card(*, member_id: int, code: str, today: date) -> ActionItem | None:
    """Find one card of a person's page: two people's own work are two different lists."""
    return next(iter(load(_card, today, member=member_id, code=code)), None)


def _card(today: date, *, member: int, code: str) -> Any:
    return own(member, today).filter(code=code).for_rows().with_signal(today)


def own(member_id: int, today: date) -> ActionQuerySet:
    """Give the actions a person may report on because they are theirs, with the reason why."""
    found = known(today).filter(_mine(member_id, today))
    return found.annotate(
        part=Case(
            When(owner=member_id, then=Value("owner")),
            When(deputised(member_id, today), then=Value("deputy")),
            default=Value("contributor"),
            output_field=models.CharField(),
        )
    )


def deputised(member_id: int, today: date) -> Q:
    """Say which actions a person answers for while their owner is away."""
    away = {"owner__paused_from__lte": today, "owner__paused_until__gte": today}
    return Q(owner__deputy=member_id, **away)


def _mine(member_id: int, today: date) -> Q:
    """Say which actions a person owns, contributes to, or stands in for."""
    everything = known(today)
    contributed = ActionItem.contributors.through.objects.filter(member_id=member_id)
    # Three lists of ids, each by its own index: one OR over joins would read every action.
    owned = everything.filter(owner=member_id).values("pk")
    as_deputy = everything.filter(deputised(member_id, today)).values("pk")
    return Q(pk__in=owned.union(as_deputy, contributed.values("actionitem")))


def _urgency() -> Case:
    ranks = [When(signal=signal, then=Value(rank)) for rank, signal in enumerate(URGENCY)]
    return Case(*ranks, default=Value(len(URGENCY)), output_field=models.IntegerField())


def _to_verify(actor: Actor, today: date) -> list[ActionItem]:
    """Give submissions this person may verify, the one that waits longest first."""
    if not permissions.may_verify_anything(actor):
        return []
    return load(_waiting, today, member=actor.id)


def _waiting(today: date, *, member: int) -> Any:
    waiting = known(today).filter(status=Status.SUBMITTED).exclude(_mine(member, today))
    found = _sent_by_others(waiting, member, today).for_rows().with_signal(today)
    return found.order_by("submitted_on", "pk")[: MOST_TO_VERIFY + 1]


def _sent_by_others(waiting: ActionQuerySet, member_id: int, today: date) -> ActionQuerySet:
    """Leave out what a person submitted; who did in the past, the history says."""
    if not isinstance(today, PastDay):
        return waiting.exclude(submitted_by=member_id)
    sent = StatusUpdate.objects.filter(
        kind=UpdateKind.SUBMITTED, by=member_id, at__lt=night_after(today)
    )
    same = {"action": OuterRef("pk"), "submitted_on": OuterRef("submitted_on")}
    return waiting.exclude(Exists(sent.filter(**same)))
