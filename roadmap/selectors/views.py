"""A person's saved views: where each leads, and in words what it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from committee.models import Member
from roadmap.enums import Signal, Status, ViewPage
from roadmap.models import SavedView
from roadmap.rules.views import DAY
from roadmap.selectors import actions, obstacles, slips
from roadmap.selectors.milestones import WHOLE_ROADMAP, Stage
from roadmap.selectors.since import Section

# What the values of a filter are called.
ENUMS: Mapping[str, tuple[type[TextChoices], ...]] = {
    "signal": (Signal, actions.Watch),
    "status": (Status,),
    "part": (actions.Part,),
    "stage": (Stage,),
    "show": (obstacles.Show, slips.Show),
    "watch": (obstacles.Watch,),
    "kind": (slips.Kind,),
    "way": (slips.Way,),
    "section": (Section,),
}
DAYS = ("due_from", "due_to", "from", "to", "since", DAY)


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view, the list it opens, and its filters in words."""

    view: SavedView
    page: str
    url: str
    filters: list[str]


def listing(member: int) -> list[ViewRow]:
    """Give a person's own views by name: two queries."""
    return described(SavedView.objects.filter(member=member).order_by("name", "pk"))


def described(views: Iterable[SavedView]) -> list[ViewRow]:
    """Say of views what they ask for; owners are named by one query for all."""
    found = list(views)
    owners = _owners(found)
    return [
        ViewRow(one, str(ViewPage(one.page).label), place_of(one), words(one.query, owners))
        for one in found
    ]


def start_of(member: int) -> SavedView | None:
    """Give the view a person begins with."""
    return SavedView.objects.filter(member=member, is_start=True).first()


def place_of(view: SavedView) -> str:
    """Give the address of the list with the filters of a view."""
    return f"{reverse(f'roadmap:{view.page}')}{'?' if view.query else ''}{view.query}"


def words(query: str, owners: Mapping[str, str]) -> list[str]:
    """Say filters as a person reads them: Signal: Late. What is folded is no filter."""
    labels = _labels()
    return [
        f"{labels[name]}: {_value(name, value, owners)}"
        for name, value in parse_qsl(query)
        if name in labels
    ]


def _labels() -> dict[str, str]:
    return {
        "q": _("Text"),
        "workstream": _("Workstream"),
        "signal": _("Signal"),
        "status": _("Status"),
        "institution": _("Institution"),
        "owner": _("Owner"),
        "sort": _("Order"),
        "stage": _("Stage"),
        "show": _("Status"),
        "watch": _("Of the open ones"),
        "who": _("Who must decide"),
        "since": _("Since"),
        "meeting": _("Since the meeting"),
        "section": _("Kind of change"),
        "part": capfirst(_("part")),
        "challenge": _("Challenge"),
        "initiative": _("Initiative"),
        "due_from": capfirst(_("earliest due date")),
        "due_to": capfirst(_("latest due date")),
        "kind": _("Of what"),
        "way": _("Shift"),
        "item": _("What"),
        "zoom": _("Zoom"),
        "from": _("From"),
        "to": _("To"),
        "slip": _("What if?"),
        "days": _("Days"),
        "milestone": _("Critical chain to"),
        DAY: _("As of"),
    }


def _value(name: str, value: str, owners: Mapping[str, str]) -> str:
    if name == "owner":
        return owners.get(value, value)
    if name in DAYS:
        return _day(value)
    known = (one for one in ENUMS.get(name, ()) if value in one.values)
    label = next((str(one(value).label) for one in known), value)
    return _special().get((name, value), label)


def _day(value: str) -> str:
    """Write a day in full; an address may name a meeting, or anything, instead."""
    try:
        return date_format(date.fromisoformat(value), "j F Y")
    except ValueError:
        kind, _colon, number = value.partition(":")
        return _("Meeting %(number)s") % {"number": number} if kind == "meeting" else value


def _special() -> dict[tuple[str, str], str]:
    """Give the values that are of no enumeration."""
    return {
        ("institution", actions.NO_LEAD): _("No lead institution"),
        ("challenge", actions.NO_CHALLENGE): _("Names no challenge"),
        ("workstream", WHOLE_ROADMAP): _("The whole roadmap"),
        ("status", actions.STILL_OPEN): _("Not finished: planned or in progress"),
        ("signal", actions.OWED): _("Report owed"),
        ("who", obstacles.COMMITTEE): _("the steering committee"),
        ("zoom", "months"): _("Months"),
        ("zoom", "years"): _("Years"),
    }


def _owners(views: Iterable[SavedView]) -> dict[str, str]:
    asked = {dict(parse_qsl(one.query)).get("owner", "") for one in views}
    numbers = [int(value) for value in asked if value.isdecimal() and len(value) < 19]
    found = Member.objects.filter(pk__in=numbers).values_list("pk", "name")
    return {str(pk): name for pk, name in found}
