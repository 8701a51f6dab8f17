"""What a monitor asks: does the site answer, and is the machinery behind it alive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from roadmap.selectors import machinery


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database does, else 503; ages are for a monitor to judge."""
    try:
        body, status = _ages(machinery.signs_of_life(), timezone.now()), 200
    except DatabaseError:
        body, status = {"status": "database unreachable"}, 503
    response = JsonResponse(body, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _ages(signs: machinery.Signs, now: datetime) -> dict[str, Any]:
    return {
        "status": "ok",
        "seconds_since_plan": _age(signs.plan_at, now),
        "seconds_since_drain": _age(signs.drain_at, now),
        "oldest_unsent_letter_seconds": _age(signs.oldest_unsent_at, now),
    }


def _age(moment: datetime | None, now: datetime) -> int | None:
    return max(0, int((now - moment).total_seconds())) if moment else None
