"""Asks to move a due date: the list with its counts, those of one item, the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils.functional import Promise

from committee.models.prepared import ANY_DAY, load
from roadmap.enums import RequestState
from roadmap.models import ActionItem, DateRequest, Milestone, then, undone
from roadmap.models.undone import not_yet
from roadmap.selectors import ripple
from roadmap.selectors.ripple import Ripple

PAGE_SIZE = 50
EVERY = "all"
SHOWN_OF_ITEM = 3


@dataclass(frozen=True, slots=True)
class Door:
    """A count that opens the list it counts."""

    value: str
    label: str | Promise
    count: int


@dataclass(frozen=True, slots=True)
class RequestList:
    page: Page[DateRequest]
    doors: list[Door]
    all_count: int


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A request with what the new date would run past, or did when it was answered."""

    request: DateRequest
    item: ActionItem | Milestone
    ripple: Ripple
    is_waiting: bool
    is_date_changed: bool


def listing(*, state: str, today: date, page: Any) -> RequestList:
    """Give one page of the requests in a state: a count, the rows."""
    made = DateRequest.objects.filter(asked_on__lte=today)
    counts = made.aggregate(
        **{one.value: Count("pk", filter=is_in(one, today)) for one in RequestState}
    )
    asked = made if state == EVERY else made.filter(is_in(RequestState(state), today))
    paginator = Paginator(_in_order(asked, today), PAGE_SIZE)
    total = sum(counts.values())
    paginator.count = total if state == EVERY else counts[state]  # type: ignore[misc]
    found = paginator.get_page(page)
    found.object_list = [undone.request(one, today) for one in found.object_list]
    return RequestList(
        page=found,
        doors=[Door(one.value, one.label, counts[one.value]) for one in RequestState],
        all_count=total,
    )


def is_in(state: RequestState, today: date) -> Q:
    """Say in which state a request is on a day: what was answered later waited."""
    if state == RequestState.PENDING:
        return not_yet("answered_on", today)
    return Q(state=state, answered_on__lte=today)


def of_item(item: ActionItem | Milestone) -> list[DateRequest]:
    """Give the latest requests of one item, the newest first: one query."""
    return load(_of, ANY_DAY, isinstance(item, ActionItem), item=item.pk)


def _of(_today: date, is_action: bool, *, item: int) -> QuerySet[DateRequest]:
    made = DateRequest.objects.filter(**{"action" if is_action else "milestone": item})
    made = made.select_related("asked_by", "answered_by")
    return made.order_by("-asked_on", "-pk")[:SHOWN_OF_ITEM]


def request_page(request: DateRequest, today: date) -> RequestPage:
    """Gather the page of one request: the ripple as it is, or as it was kept with the answer."""
    is_waiting = request.state == RequestState.PENDING
    item = then.item_on(request.item, today)
    return RequestPage(
        request=request,
        item=item,
        ripple=ripple.look(item, request.new_date, today)
        if is_waiting
        else ripple.read(request.ripple, today),
        is_waiting=is_waiting,
        is_date_changed=is_waiting
        and (item.due_date, item.due_precision) != (request.old_date, request.old_precision),
    )


def _in_order(requests: QuerySet[DateRequest], today: date) -> QuerySet[DateRequest]:
    """Sort what waits by how long it has waited; what was answered newest first."""
    rows = requests.select_related("action", "milestone", "asked_by", "answered_by")
    answered = Case(When(answered_on__lte=today, then=F("answered_on")))
    return rows.order_by(answered.desc(nulls_first=True), "asked_on", "pk")
