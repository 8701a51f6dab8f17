"""Saying yes to a number of letters: should it be another by now, the page asks again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.utils.translation import gettext as _

from committee.http import MemberRequest
from roadmap.services.changes import Attempt, Stale


@dataclass(frozen=True, slots=True)
class _Counted:
    """What stands now, in the place of a thing with a version."""

    version: int


def expect(request: MemberRequest, attempt: Attempt, count: int) -> None:
    """Go on only with as many letters as the reader was shown; with none, as after a second click.

    :raises Stale: if there are more or fewer by now.
    """
    if count and attempt.version != count:
        messages.warning(request, _("Their number has changed meanwhile. Please look once more."))
        raise Stale(_Counted(count))
