"""When a session began and was last used, kept in the session itself; and its end.

Sessions live in real time, in a rehearsal too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from committee import access, clock, services
from committee.models import Member
from committee.rules import second_factor
from committee.rules.browsers import Browser, named
from committee.rules.sessions import is_fresh, is_over

SIGNED_IN, SEEN = "signed_in_at", "seen_at"
# Writing down each request would cost a write each; so somebody idle is ended at most this
# much before their time.
SEEN_EVERY = 300


def watch() -> None:
    """Have each sign-in begin its session."""
    user_logged_in.connect(begin, dispatch_uid="committee.sessions")


def begin(sender: Any, request: HttpRequest, user: Member, **_: Any) -> None:
    """Note when somebody signed in, and the day a second factor is due if one is asked for."""
    now = time.time()
    request.session.update({SIGNED_IN: now, SEEN: now})
    moment = clock.read()
    actor = access.actor_of(user, moment.today)
    if second_factor.is_asked(actor, is_rehearsal=moment.rehearsal is not None):
        grace = timedelta(days=settings.SECOND_FACTOR_GRACE_DAYS)
        services.ask_for_second_factor(member=user, by_day=moment.today + grace)


class TimeOut:
    """End a session that is over, so that the wall answers as to anybody signed out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            _follow(request)
            _judge(request, time.time())
        return self.get_response(request)


def _follow(request: Any) -> None:
    """Note a session under its new name: Django gives one when SECRET_KEY was renewed."""
    if request.session.session_key != request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        UserSession.objects.create_from_request(request)


def _judge(request: Any, now: float) -> None:
    if has_ended(request.session, now):
        logout(request)
    elif now - request.session[SEEN] >= SEEN_EVERY and not _asks_by_itself(request):
        request.session[SEEN] = now


def _asks_by_itself(request: Any) -> bool:
    """Tell a page left open, which asks for its panels again and again, from a person."""
    return bool(request.htmx) and request.method == "GET"


def has_ended(session: Mapping[str, Any], now: float) -> bool:
    """Tell whether a session is idle for too long or too old."""
    return is_over(
        session.get(SIGNED_IN),
        session.get(SEEN),
        now=now,
        idle=settings.SESSION_IDLE_SECONDS,
        longest=settings.SESSION_COOKIE_AGE,
    )


def is_signed_in_afresh(request: Any) -> bool:
    """Tell whether this session's sign-in is recent enough for Django admin."""
    began = request.session.get(SIGNED_IN)
    return is_fresh(began, now=time.time(), lasts=settings.FRESH_SIGN_IN_SECONDS)


@dataclass(frozen=True, slots=True)
class Own:
    """One of somebody's sessions, as they see it."""

    row: UserSession
    browser: Browser
    signed_in: datetime
    seen: datetime
    is_current: bool


def of_member(member: Member, current: str | None) -> list[Own]:
    """List somebody's sessions that still let them in, the latest first: two queries."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=member)}
    kept = Session.objects.filter(session_key__in=rows, expire_date__gt=timezone.now())
    inside = {one.session_key: one.get_decoded() for one in kept}
    found = [
        _own(rows[key], known, is_current=key == current)
        for key, known in inside.items()
        if _lets_in(known, member)
    ]
    return sorted(found, key=lambda one: one.signed_in, reverse=True)


def _own(row: UserSession, known: Mapping[str, Any], *, is_current: bool) -> Own:
    return Own(
        row, named(row.user_agent), _at(known[SIGNED_IN]), _at(known[SEEN]), is_current=is_current
    )


def _lets_in(known: Mapping[str, Any], member: Member) -> bool:
    hashes = (member.get_session_auth_hash(), *member.get_session_auth_fallback_hash())
    mine = (constant_time_compare(known.get(HASH_SESSION_KEY, ""), one) for one in hashes)
    return any(mine) and not has_ended(known, time.time())


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def end(sessions: list[Own]) -> None:
    """End them: the next request of each is a stranger's."""
    get_adapter().end_sessions([one.row for one in sessions])
