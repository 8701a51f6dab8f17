"""What stands in the way: the list, the page of one, raising, joining and deciding it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.enums import DecisionEffect
from committee.http import MemberRequest
from committee.past import looks_back, writer
from roadmap import access
from roadmap.exports.committee import OBSTACLES
from roadmap.forms import obstacles as forms
from roadmap.forms.filters import choose
from roadmap.forms.saved import fresh
from roadmap.models import Obstacle
from roadmap.models.words import wear_day
from roadmap.rules import permissions
from roadmap.selectors import actions
from roadmap.selectors import obstacles as selectors
from roadmap.selectors.obstacles import Show, Summary, Wanted, Watch
from roadmap.services import obstacles as services
from roadmap.services.changes import Attempt
from roadmap.views import panels
from roadmap.views.decisions import asked_decision
from roadmap.views.exports import file_of
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Door:
    """A count, and the query of the list it opens."""

    label: str
    count: int
    signal: str
    query: str
    is_here: bool


@looks_back
@require_safe
def listing(request: MemberRequest) -> HttpResponse:
    """List what stands in the way, oldest first; an unknown filter is named and ignored."""
    workstreams, deciders = actions.workstreams(), list(selectors.deciders())
    offered = {
        "show": set(Show.values),
        "watch": set(Watch.values),
        "who": {selectors.COMMITTEE, *(one.code for one in deciders)},
        "workstream": {one.value for one in workstreams},
    }
    chosen, ignored = choose(request.GET, offered)
    wanted = Wanted(**{name: value for name, value in chosen.items() if value})
    page = request.GET.get("page", "1")
    found = selectors.listing(wanted=wanted, today=request.day, page=page)
    decision = asked_decision(request, DecisionEffect.OBSTACLE) if writer(request) else None
    context = {
        "found": found,
        "wanted": wanted,
        "doors": _doors(found.summary, wanted),
        "decision": decision,
        "carried": f"&decision={decision.pk}" if decision else "",
        "ignored": ignored,
        "workstreams": workstreams,
        "deciders": deciders,
        "shows": Show,
        "watches": Watch,
        "is_filtered": wanted != Wanted(),
    }
    file = file_of(request, OBSTACLES, found.page, *ignored)
    return file or render(request, "roadmap/obstacles.html", context)


def _doors(summary: Summary, wanted: Wanted) -> list[Door]:
    """Name the lists that the counts above the list open."""
    offered = [
        (_("Open"), summary.open, "blocked", Wanted(), "show=open"),
        (_("Older than 30 days"), summary.old, "silent", Wanted(watch=Watch.OLD), "watch=old"),
        (_("Overdue"), summary.overdue, "late", Wanted(watch=Watch.OVERDUE), "watch=overdue"),
        (
            _("For the steering committee"),
            summary.committee,
            "waiting",
            Wanted(who=selectors.COMMITTEE),
            f"who={selectors.COMMITTEE}",
        ),
    ]
    return [
        Door(label, count, signal, query, wanted == place)
        for label, count, signal, place, query in offered
    ]


@looks_back
@require_safe
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one thing and every action behind it; what is joined leads to its root."""
    obstacle = access.any_obstacle(pk, request.day)
    if obstacle.joined_to is not None and obstacle.joined_to.raised_on <= request.day:
        return redirect("roadmap:obstacle", obstacle.joined_to_id)
    shown = selectors.obstacle_page(
        obstacle=obstacle, today=request.day, page=request.GET.get("page", "1")
    )
    wear_day(shown.row.obstacle.decision)
    actor = writer(request)
    may_decide = actor is not None and permissions.may_decide_obstacle(actor)
    context = {
        "shown": shown,
        "obstacle": shown.row.obstacle,
        "may_decide": may_decide and obstacle.closed_on is None,
        "decision": asked_decision(request, DecisionEffect.OBSTACLE) if actor else None,
    }
    return render(request, "roadmap/obstacle.html", context)


@page_or_step
def raise_(request: MemberRequest, code: str) -> HttpResponse:
    """Raise what stands in the way of an action."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_raise_obstacle(request.actor, panels.facts(request, action)))
    page = StepPage(
        title=_("Raise an obstacle"),
        button=_("Raise it"),
        saved=_("The obstacle is on the list; the action counts as blocked until it is closed."),
        back=action.get_absolute_url(),
        about=action,
        lede=_("Say what is needed, so that whoever must decide can."),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Any:
        need = forms.need_of(cleaned)
        return services.raise_obstacle(action=action, attempt=attempt, need=need)

    form = bound(request, forms.RaiseForm, **fresh(version=action.version))
    form.offer_valid(request.clock.today)
    return take(request, page, form, change)


@page_or_step
def join(request: MemberRequest, pk: int) -> HttpResponse:
    """Say which other obstacles are this same thing, or take them apart again."""
    obstacle = access.any_obstacle(pk)
    ask(permissions.may_decide_obstacle(request.actor))
    text = access.clean(request.GET.get("q", "")).strip()[:LONGEST_SEARCH]
    page = StepPage(
        title=_("The same obstacle elsewhere"),
        button=_("Save"),
        saved=_("Saved: they are decided together."),
        back=obstacle.get_absolute_url(),
        about=obstacle,
        lede=_("Several actions may wait for one thing. Joined, it is decided once for all."),
        beside="roadmap/partials/obstacle_search.html",
        facts={"obstacle": obstacle, "text": text},
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Obstacle:
        return services.join_obstacles(
            obstacle=obstacle,
            attempt=attempt,
            others=cleaned["others"],
            apart=cleaned["apart"],
        )

    form = bound(request, forms.JoinForm, **fresh())
    assert isinstance(form, forms.JoinForm)
    form.offer(selectors.candidates(obstacle, text), selectors.joined(obstacle))
    return take(request, page, form, change)


@page_or_step
def decide(request: MemberRequest, pk: int) -> HttpResponse:
    """Close a thing by what was decided, wherever it stands in the way."""
    obstacle = access.any_obstacle(pk)
    ask(permissions.may_decide_obstacle(request.actor))
    page = StepPage(
        title=_("Decide the obstacle"),
        button=_("Close by this decision"),
        saved=_("Decided. Every owner who waited is told in the next letter."),
        back=obstacle.get_absolute_url(),
        about=obstacle,
        lede=obstacle.needed,
        beside="roadmap/partials/obstacle_facts.html",
        facts=selectors.obstacle_page(
            obstacle=obstacle.joined_to or obstacle, today=request.clock.today, page=1
        ),
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Obstacle:
        ruling = forms.ruling_of(cleaned)
        return services.decide_obstacle(obstacle=obstacle, attempt=attempt, ruling=ruling)

    decision = asked_decision(request, DecisionEffect.OBSTACLE)
    form = bound(request, forms.DecideForm, **fresh(decision=decision))
    return take(request, page, form, change)
