"""Asks to move a due date: the list with its counts, those of one item, the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise

from roadmap.enums import RequestState
from roadmap.models import ActionItem, DateRequest, Milestone
from roadmap.selectors import ripple
from roadmap.selectors.ripple import Overrun

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
    overruns: list[Overrun]
    is_waiting: bool
    is_date_changed: bool


def listing(*, state: str, page: Any) -> RequestList:
    """Give one page of the requests in a state: a count, the rows."""
    counts = DateRequest.objects.aggregate(
        **{one.value: Count("pk", filter=Q(state=one)) for one in RequestState}
    )
    asked = DateRequest.objects.all() if state == EVERY else DateRequest.objects.filter(state=state)
    paginator = Paginator(_in_order(asked), PAGE_SIZE)
    total = sum(counts.values())
    paginator.count = total if state == EVERY else counts[state]  # type: ignore[misc]
    return RequestList(
        page=paginator.get_page(page),
        doors=[Door(one.value, one.label, counts[one.value]) for one in RequestState],
        all_count=total,
    )


def of_item(item: ActionItem | Milestone) -> list[DateRequest]:
    """Give the latest requests of one item, the newest first: one query."""
    found = item.requests.select_related("asked_by", "answered_by").order_by("-asked_on", "-pk")
    return list(found[:SHOWN_OF_ITEM])


def request_page(request: DateRequest, today: date) -> RequestPage:
    """Gather the page of one request: the ripple as it is, or as it was kept with the answer."""
    is_waiting = request.state == RequestState.PENDING
    item = request.item
    return RequestPage(
        request=request,
        item=item,
        overruns=ripple.overruns(item, request.new_date, today)
        if is_waiting
        else ripple.read(request.ripple),
        is_waiting=is_waiting,
        is_date_changed=is_waiting
        and (item.due_date, item.due_precision) != (request.old_date, request.old_precision),
    )


def _in_order(requests: QuerySet[DateRequest]) -> QuerySet[DateRequest]:
    """Sort what waits by how long it has waited; what was answered newest first."""
    rows = requests.select_related("action", "milestone", "asked_by", "answered_by")
    return rows.order_by(F("answered_on").desc(nulls_first=True), "asked_on", "pk")
