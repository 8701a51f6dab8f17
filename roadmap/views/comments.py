"""Comments: at the foot of what they are about, and on a page of their own that holds them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.forms import Field
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from committee.http import MemberRequest, PageRequest
from committee.models import Advice, Decision
from roadmap import access
from roadmap.forms import comments as forms
from roadmap.forms.saved import fresh
from roadmap.models import ActionItem, Comment
from roadmap.rules import permissions
from roadmap.rules.comments import may_still_edit
from roadmap.selectors import comments as selectors
from roadmap.selectors.comments import Thread
from roadmap.services import comments as services
from roadmap.services.changes import Attempt
from roadmap.views.steps import StepPage, ask, bound, page_or_step, take

About = ActionItem | Advice | Decision


@dataclass(frozen=True, slots=True)
class Talk:
    """The comments on one thing, and what the field for one more says; it is drawn by hand."""

    thread: Thread
    all_url: str
    field: Field
    token: UUID


def talk(request: PageRequest, about: About) -> Talk | None:
    """Gather what partials/comments.html shows below a thing: one query; nothing in public."""
    if request.actor is None:
        return None
    thread = selectors.last_comments(about=about, actor=request.actor, now=request.clock.now)
    return Talk(thread, place_of(about), forms.CommentForm.base_fields["text"], uuid4())


@page_or_step
def of_action(request: MemberRequest, code: str) -> HttpResponse:
    """Show all that was said about an action, and take one more."""
    return _add(request, access.action(code, request.clock.today))


@page_or_step
def of_advice(request: MemberRequest, pk: int) -> HttpResponse:
    """Show all that was said about an advice, and take one more."""
    return _add(request, access.advice(pk))


@page_or_step
def of_decision(request: MemberRequest, pk: int) -> HttpResponse:
    """Show all that was said about a decision, and take one more."""
    return _add(request, access.decision(pk))


@page_or_step
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change one's own comment while it is fresh; afterwards the page leads to a correction."""
    comment = _own(request, pk)
    correct_url = reverse("roadmap:comment-correct", args=[pk])
    is_late = not may_still_edit(comment.at, request.clock.now)
    if is_late and request.method != "POST":
        return redirect(correct_url)
    page = _page(
        comment.about,
        title=_("Edit the comment"),
        button=_("Save"),
        saved=_("Your comment is changed."),
        comment=comment,
        may_edit=not is_late,
        correct_url=correct_url if is_late else "",
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Comment:
        remark = forms.remark_of(cleaned)
        return services.edit_comment(comment=comment, attempt=attempt, remark=remark)

    first = fresh(version=comment.version, text=comment.text)
    return take(request, page, bound(request, forms.CommentForm, **first), change, place=_where)


@page_or_step
def correct(request: MemberRequest, pk: int) -> HttpResponse:
    """Add to one's own comment what is right."""
    comment = _own(request, pk)
    page = _page(
        comment.about,
        title=_("Correct the comment"),
        button=_("Add the correction"),
        saved=_("Your correction stands below your comment."),
        comment=comment,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Comment:
        remark = forms.remark_of(cleaned)
        return services.correct_comment(comment=comment, attempt=attempt, remark=remark)

    form = bound(request, forms.CommentForm, **fresh(text=comment.text))
    return take(request, page, form, change, place=_where)


def _add(request: MemberRequest, about: About) -> HttpResponse:
    ask(permissions.may_comment(request.actor))
    thread = selectors.all_comments(
        about=about,
        actor=request.actor,
        now=request.clock.now,
        page=request.GET.get("page", "1"),
    )
    page = _page(
        about,
        title=_("Comments"),
        button=_("Send the comment"),
        saved=_("Your comment is there."),
        thread=thread,
    )

    def change(cleaned: dict[str, Any], attempt: Attempt) -> Comment:
        remark = forms.remark_of(cleaned)
        return services.add_comment(about=about, attempt=attempt, remark=remark)

    form = bound(request, forms.CommentForm, **fresh())
    return take(request, page, form, change, place=lambda _comment: page.back)


def _own(request: MemberRequest, pk: int) -> Comment:
    """Fetch a comment of this person's own.

    :raises PermissionDenied: if another person wrote it.
    """
    comment = access.comment(pk)
    ask(permissions.may_edit_comment(request.actor, comment.by_id))
    return comment


def _page(about: About, *, title: str, button: str, saved: str, **facts: Any) -> StepPage:
    names, has_more = selectors.names()
    facts |= {"about": about, "names": names, "has_more_names": has_more}
    return StepPage(
        title,
        button,
        saved,
        back=f"{about.get_absolute_url()}#comments",
        about=facts.get("comment"),
        facts=facts,
        template="roadmap/comment.html",
    )


def place_of(about: About) -> str:
    """Give the address of all comments on a thing, which is also where a new one is sent."""
    kind = services.KINDS[type(about)]
    key = about.code if isinstance(about, ActionItem) else about.pk
    return reverse(f"roadmap:comment-add-{kind}", args=[key])


def _where(comment: Comment) -> str:
    """Give the address at which a comment that was changed can be seen."""
    number = selectors.page_of(comment)
    return f"{place_of(comment.about)}?page={number}#comment-{comment.pk}"
