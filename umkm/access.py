"""The only way to fetch an indicator, a line or a figure for somebody: what is not there is 404."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.http import Http404

from committee.rules.permissions import Actor
from umkm.models import Challenge, Import, Indicator, Initiative, Observation, Series
from umkm.rules import permissions

Row = TypeVar("Row")


def indicator(code: str) -> Indicator:
    """Fetch an indicator by its code; indicators are public.

    :raises Http404: if there is none.
    """
    rows = Indicator.objects.select_related("workstream")
    return _there(rows.filter(code=code).first())


def initiative(code: str) -> Initiative:
    """Fetch an initiative by its code; initiatives are public.

    :raises Http404: if there is none.
    """
    return _there(Initiative.objects.filter(code=code).first())


def challenge(code: str) -> Challenge:
    """Fetch a challenge by its code; challenges are public.

    :raises Http404: if there is none.
    """
    return _there(Challenge.objects.filter(code=code).first())


def series(code: str, line: str) -> Series:
    """Fetch a line by its indicator's code and its own; lines are public.

    :raises Http404: if there is none.
    """
    rows = Series.objects.select_related("indicator__workstream")
    return _there(rows.filter(indicator__code=code, code=line).first())


def observation(pk: int, today: date) -> Observation:
    """Fetch a figure known by a day, with its line; figures are public.

    :raises Http404: if there is none.
    """
    rows = Observation.objects.select_related("series__indicator__workstream", "source")
    return _there(rows.filter(pk=pk, known_from__lte=today).first())


def draft(actor: Actor, pk: int) -> Import:
    """Fetch a file of figures: one's own, or any for the secretariat.

    :raises Http404: if there is none, or it is another person's.
    """
    found = _there(Import.objects.select_related("by").filter(pk=pk).first())
    if not actor.is_active or (
        found.by_id != actor.id and not permissions.may_manage_figures(actor)
    ):
        raise Http404
    return found


def _there(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row
