"""The roadmap as it was adopted, beside the roadmap as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from committee.models import Decision
from committee.models.prepared import load
from roadmap.enums import Standing, Status
from roadmap.models import ActionItem, Adoption, BaselineItem
from roadmap.models.querysets import ActionQuerySet
from roadmap.rules import decisions as rules

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Baseline:
    """How one action stands to the latest adoption that held it, or to the latest of all.

    `is_in` says which of the two; the rest is what differs from it by now.
    """

    standing: Standing
    adoption: Adoption | None = None
    is_in: bool = False
    due_date: date | None = None
    due_precision: str = ""
    output: str = ""
    owner: str = ""
    days_moved: int = 0
    has_new_output: bool = False
    has_new_owner: bool = False


def to_adopt(today: date) -> ActionQuerySet:
    """Give what adopting today would fix: every action but the cancelled."""
    return ActionItem.objects.filter(created_on__lte=today).exclude(status=Status.CANCELLED)


def latest(today: date) -> Adoption | None:
    """Give the adoption in force on a day, with its decision and meeting: one query."""
    return _latest().filter(on__lte=today).first()


def _latest() -> QuerySet[Adoption]:
    return Adoption.objects.select_related("decision__meeting").order_by("-at", "-pk")


def baseline_of(action: ActionItem, today: date) -> Baseline:
    """Put an action beside the latest baseline of a day that holds it: one query."""
    found = next(iter(load(_adopted, today, action=action.pk)), None)
    values = {name: getattr(found, f"then_{name}", None) for name in THEN}
    return _beside(action, found, values)


THEN = ("pk", "due_date", "due_precision", "output", "owner", "owner__name")


def _adopted(today: date, *, action: int) -> QuerySet[Adoption]:
    item = FilteredRelation("items", condition=Q(items__action=action))
    then = {f"then_{name}": F(f"item__{name}") for name in THEN}
    known = (
        _latest().filter(on__lte=today).annotate(item=item).annotate(**then, is_out=Q(item=None))
    )
    return known.order_by("is_out", "-at", "-pk")[:1]


def _beside(action: ActionItem, adoption: Adoption | None, then: dict[str, Any]) -> Baseline:
    is_in = then["pk"] is not None
    standing = rules.standing(
        has_adoption=adoption is not None,
        was_adopted=is_in,
        is_cancelled=action.status == Status.CANCELLED,
    )
    if not is_in:
        return Baseline(standing, adoption)
    return Baseline(
        standing=standing,
        adoption=adoption,
        is_in=True,
        due_date=then["due_date"],
        due_precision=then["due_precision"],
        output=then["output"],
        owner=then["owner__name"] or "",
        days_moved=_days(then["due_date"], action.due_date),
        has_new_output=then["output"] != action.output,
        has_new_owner=then["owner"] != action.owner_id,
    )


def _days(old: date | None, new: date | None) -> int:
    return (new - old).days if old and new else 0


def with_standing(actions: ActionQuerySet, today: date) -> ActionQuerySet:
    """Annotate `standing`, for lists: the rule of rules/decisions.py, the first match wins."""
    baseline = BaselineItem.objects.filter(adoption__on__lte=today)
    was_adopted = Exists(baseline.filter(action=OuterRef("pk")))
    is_kept = ~Q(status=Status.CANCELLED)
    standing = Case(
        When(is_kept & Q(was_adopted), then=Value(Standing.ADOPTED)),
        When(was_adopted, then=Value(Standing.REMOVED)),
        When(is_kept & Exists(Adoption.objects.filter(on__lte=today)), then=Value(Standing.ADDED)),
        default=Value(Standing.PROPOSED),
        output_field=CharField(),
    )
    return actions.annotate(standing=standing)


def adopted_items(adoption: Adoption, page: Any) -> Page[BaselineItem]:
    """List what was adopted, as it was adopted: a count and the rows of a page."""
    items = adoption.items.select_related("action", "owner").order_by("action__code", "pk")
    return Paginator(items, PAGE_SIZE).get_page(page)


def by_decision(decision: Decision, today: date) -> Adoption | None:
    """Give the adoption a decision brought about by a day, if it did."""
    return Adoption.objects.filter(decision=decision, on__lte=today).first()
