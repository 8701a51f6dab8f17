"""What an action waits for and what needs it: the list, and saying, changing, removing a link."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from committee.http import MemberRequest, PageRequest, public, revalidated
from committee.past import looks_back, writer
from roadmap import access
from roadmap.exports.dependencies import DEPENDENCIES
from roadmap.forms import dependencies as forms
from roadmap.forms.filters import unknown
from roadmap.forms.saved import fresh
from roadmap.models import ActionItem, Dependency
from roadmap.rules import permissions
from roadmap.selectors import dependencies as selectors
from roadmap.selectors.dependencies import Side
from roadmap.services import dependencies as services
from roadmap.services.changes import Attempt
from roadmap.views.exports import file_of
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take


@looks_back
@public
@require_safe
@revalidated
def listing(request: PageRequest, code: str) -> HttpResponse:
    """List every link of an action at one end; an unknown end is named and ignored."""
    action = access.action(code, request.day)
    asked = request.GET.get("side", "")
    is_known = asked in Side.values
    found = selectors.listing(
        action=action,
        side=Side(asked) if is_known else Side.WAITS,
        today=request.day,
        page=request.GET.get("page", "1"),
    )
    ignored = [unknown(asked)] if asked and not is_known else []
    whole = action, found.page.paginator.object_list
    if file := file_of(
        request, DEPENDENCIES, whole, f"{action.code}: {found.side.label}", *ignored
    ):
        return file
    context = {"action": action, "found": found, "ignored": ignored}
    context["may_link"] = may_link(request, action)
    return render(request, "roadmap/dependencies.html", context)


def may_link(request: PageRequest, action: ActionItem) -> bool:
    """Say whether this reader may say what an action waits for, on this page of this day."""
    actor = writer(request)
    return actor is not None and permissions.may_link(actor, action.workstream_id)


@page_or_step
def add(request: MemberRequest, code: str) -> HttpResponse:
    """Let an action wait for another."""
    action = access.action(code, request.clock.today)
    ask(permissions.may_link(request.actor, action.workstream_id))
    page = StepPage(
        title=_("What it waits for"),
        button=_("Save"),
        saved=_("Saved: it waits until the other is finished."),
        back=action.get_absolute_url(),
        about=action,
        lede=_("It can begin once the other action is finished. No date moves by itself."),
        version=0,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Dependency:
        return services.add_dependency(
            predecessor=cleaned["predecessor"],
            successor=action,
            lag_days=cleaned["lag_days"],
            attempt=attempt,
        )

    return take(request, page, bound(request, forms.DependencyForm, **fresh()), change)


@page_or_step
def change_lag(request: MemberRequest, code: str, pk: int) -> HttpResponse:
    """Let an action wait for another number of days."""
    action, dependency = _find(request, code, pk)
    page = _page(
        action, dependency, _("Change the days between"), _("Save"), _("The days are changed.")
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Dependency:
        return services.change_lag(
            dependency=dependency, lag_days=cleaned["lag_days"], attempt=attempt
        )

    form = bound(request, forms.LagForm, **forms.values_of(dependency))
    return take(request, page, form, change)


@page_or_step
def remove(request: MemberRequest, code: str, pk: int) -> HttpResponse:
    """Let an action no longer wait for another."""
    action, dependency = _find(request, code, pk)
    page = _page(action, dependency, _("It waits no longer"), _("Remove"), _("Removed."))

    def change(_cleaned: dict[str, Any], attempt: Attempt) -> Dependency:
        return services.remove_dependency(dependency=dependency, attempt=attempt)

    return take(request, page, bound(request, forms.RemoveForm, **fresh()), change)


def _find(request: MemberRequest, code: str, pk: int) -> tuple[ActionItem, Dependency]:
    """Fetch a link of an action that this person may change."""
    action = access.action(code, request.clock.today)
    dependency = access.dependency(action, pk, is_sent=request.method == "POST")
    ask(permissions.may_link(request.actor, action.workstream_id))
    return action, dependency


def _page(
    action: ActionItem, dependency: Dependency, title: str, button: str, saved: str
) -> StepPage:
    words = {"after": action.code, "before": dependency.predecessor.code}
    words["title"] = dependency.predecessor.local_title
    return StepPage(
        title=title,
        button=button,
        saved=saved,
        back=action.get_absolute_url(),
        about=action,
        lede=_("%(after)s waits for %(before)s %(title)s.") % words,
        version=0,
    )
