"""What a monitor asks: does the site answer, and is the machinery behind it alive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from committee.http import MemberRequest
from committee.rules import permissions
from roadmap.selectors import machinery, metrics
from roadmap.selectors.mail_alarms import LATE_AFTER
from roadmap.selectors.mail_health import QUIET_AFTER
from roadmap.views.steps import ask

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database does, else 503; ages are for a monitor to judge."""
    try:
        body, status = _told(machinery.signs_of_life(), timezone.now()), 200
    except DatabaseError:
        body, status = {"status": "database unreachable"}, 503
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def collected(request: MemberRequest) -> HttpResponse:
    """Give a monitor its numbers, to those who look after the mail."""
    ask(permissions.may_see_all_letters(request.actor))
    return HttpResponse(metrics.text(), content_type=METRICS_TYPE)


def _told(signs: machinery.Signs, now: datetime) -> dict[str, Any]:
    return {
        "status": "ok",
        "seconds_since_plan": _age(signs.plan_at, now),
        "seconds_since_drain": _age(signs.drain_at, now),
        "oldest_unsent_letter_seconds": _age(signs.oldest_unsent_at, now),
        "attention": _attention(signs, now),
    }


def _attention(signs: machinery.Signs, now: datetime) -> list[str]:
    """Name what a person should look at; the site itself is well all the same."""
    waited = now - signs.oldest_unsent_at if signs.oldest_unsent_at else None
    found = {
        "nothing is planned": signs.plan_at is None or now - signs.plan_at > QUIET_AFTER,
        "nothing is sent": signs.drain_at is None or now - signs.drain_at > QUIET_AFTER,
        "letters are held": signs.held_at is not None,
        "a letter waits": waited is not None and waited > LATE_AFTER,
    }
    return [words for words, holds in found.items() if holds]


def _age(moment: datetime | None, now: datetime) -> int | None:
    return max(0, int((now - moment).total_seconds())) if moment else None
