"""Keeping a view under a name. A person's views are changed one at a time, by themselves only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from committee.models import Member
from roadmap.enums import Refusal
from roadmap.models import SavedView
from roadmap.rules import permissions, views
from roadmap.rules.refusals import Refused
from roadmap.services.changes import Attempt, Repeated, actor_now, one_change, require


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to keep; `day` only where the view is to stay on a past day."""

    page: str
    name: str
    query: str
    day: date | None = None
    is_start: bool = False


@one_change
def save_view(*, attempt: Attempt, wish: Wish) -> SavedView:
    """Keep a page with its filters under a name of one's own.

    :raises PermissionDenied: if this person may not.
    :raises Refused: when the name is taken, or nothing more can be kept.
    """
    member = _locked(attempt)
    first = SavedView.objects.filter(token=attempt.token).first() if attempt.token else None
    if first is not None:
        raise Repeated(first)
    if member.saved_views.count() >= views.MOST:
        raise Refused(Refusal.TOO_MANY_VIEWS)
    _check_name(member, wish.name)
    query = views.kept(wish.page, wish.query, wish.day)
    if wish.is_start:
        _clear_start(member)
    return SavedView.objects.create(
        member=member,
        name=wish.name,
        page=wish.page,
        query=query,
        slug=secrets.token_urlsafe(16),
        is_start=wish.is_start,
        created_on=attempt.at.today,
        token=attempt.token,
    )


@one_change
def rename_view(*, view: SavedView, attempt: Attempt, name: str) -> SavedView:
    """Give an own view another name; its address stays.

    :raises PermissionDenied: if it is another person's.
    :raises Refused: when the name is taken.
    """
    member = _locked(attempt)
    view = _own(view, member)
    if attempt.token and view.token == attempt.token:
        raise Repeated(view)
    _check_name(member, name, beside=view)
    view.name, view.token = name, attempt.token
    view.save(update_fields=["name", "token"])
    return view


@one_change
def start_with(*, view: SavedView, attempt: Attempt, is_start: bool) -> SavedView:
    """Open an own view after signing in, instead of any other; or no longer.

    :raises PermissionDenied: if it is another person's.
    """
    member = _locked(attempt)
    view = _own(view, member)
    if is_start:
        _clear_start(member)
    view.is_start = is_start
    view.save(update_fields=["is_start"])
    return view


@one_change
def delete_view(*, view: SavedView, attempt: Attempt) -> None:
    """Forget an own view; whoever has its address is told that it is gone.

    :raises PermissionDenied: if it is another person's.
    """
    _own(view, _locked(attempt)).delete()


def _locked(attempt: Attempt) -> Member:
    """Let one person's views wait for each other: their number, names and start depend on all."""
    require(permissions.may_keep_views(actor_now(attempt)))
    return Member.objects.select_for_update(of=("self",), no_key=True).get(pk=attempt.by.pk)


def _own(view: SavedView, member: Member) -> SavedView:
    require(view.member_id == member.pk)
    return SavedView.objects.get(pk=view.pk)


def _check_name(member: Member, name: str, *, beside: SavedView | None = None) -> None:
    taken = member.saved_views.filter(name=name)
    others = taken.exclude(pk=beside.pk) if beside else taken
    if others.exists():
        raise Refused(Refusal.VIEW_NAME_TAKEN)


def _clear_start(member: Member) -> None:
    member.saved_views.filter(is_start=True).update(is_start=False)
