"""One-time links to choose a password: a week for an invitation, an hour for a forgotten one.

An invitation is read when its reader comes to it, perhaps after a weekend; whoever asks for a
new password waits for the mail (RELIABILITY S39).
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int

from committee.models import Member

RESET_LASTS = timedelta(hours=1)


class LinkTokens(PasswordResetTokenGenerator):
    """Django's tokens, which PASSWORD_RESET_TIMEOUT ends after a week, or sooner by us."""

    def check_token(self, user: Member | None, token: str | None) -> bool:
        return super().check_token(user, token) and not self._is_stale(user, token)

    def _is_stale(self, user: Member | None, token: str | None) -> bool:
        if user is None or token is None or user.last_login is None:
            return False  # who never signed in follows an invitation
        made = base36_to_int(token.partition("-")[0])
        return bool(self._num_seconds(self._now()) - made > RESET_LASTS.total_seconds())
