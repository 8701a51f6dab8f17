"""Changes to challenges, initiatives, indicators, their series, and the links between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import F

from committee.access import actor_of
from committee.changes import Attempt, begin_row, check_new, one_change, require, save_row
from committee.models import Member, Versioned
from committee.services import bump_revision
from umkm.enums import Fault
from umkm.models import MAIN, Challenge, Indicator, Initiative, Observation, Series
from umkm.rules import permissions
from umkm.rules.refusals import Refused

Figure = TypeVar("Figure", Challenge, Indicator, Initiative, Series)


@dataclass(frozen=True, slots=True)
class IndicatorLinks:
    """What an indicator is linked to: each list whole, as it shall be."""

    challenges: Iterable[Challenge] = ()
    initiatives: Iterable[Initiative] = ()
    beside: Iterable[Indicator] = ()


@one_change
def save_figure(*, by: Member, figure: Figure, today: date) -> Figure:
    """Add a challenge, initiative, indicator or series, or change what is written about it.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it would change the unit in which figures stand.
    """
    require(permissions.may_manage_figures(actor_of(Member.objects.get(pk=by.pk), today)))
    check_unit(figure, getattr(figure, "unit", ""))
    return _saved(figure)


@one_change
def add_figure(*, figure: Figure, attempt: Attempt) -> Figure:
    """Add a challenge, initiative, indicator or series from a form; sent twice, it is one.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if its code is taken.
    """
    require(permissions.may_manage_figures(check_new(type(figure), attempt)))
    same = type(figure)._default_manager.filter(code=figure.code)
    if isinstance(figure, Series):
        same = same.filter(indicator=figure.indicator_id)
    if same.exists():
        raise Refused("code", Fault.CODE_TAKEN)
    figure.token = attempt.token
    return _saved(figure)


@one_change
def edit_figure(*, figure: Figure, attempt: Attempt, changes: dict[str, Any]) -> Figure:
    """Change what is written about one of them, on top of the version the form was made from.

    :raises PermissionDenied: if this person may not.
    :raises Stale: when somebody else saved first.
    :raises Refused: if it would change the unit in which figures stand.
    """
    figure, actor = begin_row(figure, attempt)
    require(permissions.may_manage_figures(actor))
    for name, value in changes.items():
        setattr(figure, name, value)
    check_unit(figure, getattr(figure, "unit", ""))
    return save_row(figure)


@one_change
def link_indicator(*, indicator: Indicator, attempt: Attempt, links: IndicatorLinks) -> Indicator:
    """Say which challenges and initiatives an indicator tells of, and what to read beside it.

    :raises PermissionDenied: if this person may not.
    :raises Stale: when somebody else saved first.
    """
    indicator, actor = begin_row(indicator, attempt)
    require(permissions.may_manage_figures(actor))
    relink(indicator.challenges, links.challenges)
    relink(indicator.initiatives, links.initiatives)
    relink(indicator.beside, [one for one in links.beside if one.pk != indicator.pk])
    return save_row(indicator)


def relink(kept: Any, rows: Iterable[Versioned]) -> None:
    """Set links within a change of the caller's; an open form that lists them is stale by then."""
    wanted = {one.pk for one in rows}
    changed = wanted ^ set(kept.values_list("pk", flat=True))
    there = kept.model.objects.filter(pk__in=changed)
    # Whoever holds one of them saves it anyway; waiting for each other's rows would never end.
    free = there.select_for_update(of=("self",), no_key=True, skip_locked=True)
    kept.model.objects.filter(pk__in=[one.pk for one in free]).update(version=F("version") + 1)
    kept.set(wanted)


def _saved(figure: Figure) -> Figure:
    figure.save()
    if isinstance(figure, Indicator):
        Series.objects.get_or_create(indicator=figure, code=MAIN)
    bump_revision()
    return figure


def check_unit(figure: Versioned, wanted: str) -> None:
    """Refuse to let figures mean something else.

    :raises Refused: if so.
    """
    if not isinstance(figure, Indicator) or figure.pk is None:
        return
    unit = Indicator.objects.values_list("unit", flat=True).get(pk=figure.pk)
    stands = Observation.objects.filter(series__indicator=figure)
    if unit != wanted and stands.exists():
        raise Refused("unit", Fault.UNIT_IN_USE)
