"""The roadmap as it was adopted, beside the roadmap as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from roadmap.enums import Standing, Status
from roadmap.models import ActionItem, Adoption, BaselineItem
from roadmap.models.querysets import ActionQuerySet
from roadmap.rules import decisions as rules


@dataclass(frozen=True, slots=True)
class Baseline:
    """How one action stands to the latest adoption, and what differs from it by now."""

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


def latest() -> Adoption | None:
    """Give the adoption in force, with its decision and meeting: one query."""
    return _latest().first()


def _latest() -> QuerySet[Adoption]:
    return Adoption.objects.select_related("decision__meeting").order_by("-at", "-pk")


def baseline_of(action: ActionItem) -> Baseline:
    """Put an action beside its baseline: one query."""
    item = FilteredRelation("items", condition=Q(items__action=action))
    names = ("pk", "due_date", "due_precision", "output", "owner", "owner__name")
    then = {f"then_{name}": F(f"item__{name}") for name in names}
    fields = [f"then_{name}" for name in names]
    found = _latest().annotate(item=item).annotate(**then).first()
    values = [getattr(found, name, None) for name in fields]
    return _beside(action, found, dict(zip(names, values, strict=True)))


def _beside(action: ActionItem, adoption: Adoption | None, then: dict[str, Any]) -> Baseline:
    is_in = then["pk"] is not None
    standing = rules.standing(
        has_adoption=adoption is not None,
        is_in_baseline=is_in,
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


def with_baseline(actions: ActionQuerySet, adoption: Adoption | None) -> ActionQuerySet:
    """Annotate `is_in_baseline`, for lists."""
    items = BaselineItem.objects.filter(adoption=adoption, action=OuterRef("pk"))
    return actions.annotate(is_in_baseline=Exists(items))
