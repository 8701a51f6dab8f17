"""Sign-in, as allauth asks us: nobody signs up, and account mail leaves through the outbox."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import LoginStage
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.internal.constants import LoginStageKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from committee import access, clock, ledger, outbox
from committee.enums import WAITING, LetterKind, LetterState, Role
from committee.logs import tell
from committee.models import Letter, Member, Workstream
from committee.redirects import is_ours
from committee.tokens import RESET_LASTS

RESET = "account/email/password_reset_key"
# What allauth would write of, by its templates: what is told of each stands in emails.py.
OF_SAFETY = {
    "account/email/password_changed": "password",
    "account/email/password_reset": "password",
    "account/email/password_set": "password",
    "mfa/email/totp_activated": "app_added",
    "mfa/email/totp_deactivated": "app_removed",
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
    "mfa/email/recovery_codes_generated": "codes",
}


def password_link(member: Member) -> str:
    """Make a one-time link to choose a password, on our own address: never the request's."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(member)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(member), "key": token},
    )
    return f"{settings.SITE_URL}{path}"


class SecondStep(LoginStage):
    """Ask for the second factor, after whatever came first.

    allauth's own stage would bring the passkeys' modules into memory for a password alone.
    """

    key = LoginStageKey.MFA_AUTHENTICATE.value
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if access.has_second_factor(self.login.user):
            return redirect(self.urlname), True
        return None, True


class AccountAdapter(DefaultAccountAdapter):
    """People come by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Member | None:
        """Answer a closed account as a wrong password: nobody learns that it exists."""
        member = super().authenticate(request, **credentials)
        return member if member is not None and member.is_active else None

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count one more try.

        :raises ValidationError: if there were too many for this account, or from this address.
        """
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            tell("rate_limited", request)
            raise

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count an account once, however it is spelled and whatever Host was asked.

        allauth takes the Host into its key, whose port a client chooses freely.
        """
        return str(credentials.get("email", "")).upper().lower()

    def set_password(self, user: Member, password: str) -> None:  # type: ignore[override]
        """Save a new password and that it was changed, and forget tries in vain.

        allauth forgets those of addresses in its own table, where an invited member has none.
        """
        with transaction.atomic():
            ledger.acts(user)
            super().set_password(user, password)
            ledger.bump_revision()
        self._delete_login_attempts_cached_email(self.request, email=user.email)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Name the client as our outermost proxy saw it."""
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured:  # fewer hops than proxies: it came past them
            return str(request.META["REMOTE_ADDR"])

    def get_login_stages(self) -> list[str]:
        """Keep every stage of allauth's, the second factor's by ours."""
        theirs = "allauth.mfa.stages.AuthenticateStage"
        ours = f"{SecondStep.__module__}.{SecondStep.__name__}"
        return [ours if one == theirs else one for one in super().get_login_stages()]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead the secretariat of an empty site to its first steps."""
        member = request.user
        is_secretariat = isinstance(member, Member) and member.role == Role.SECRETARIAT
        if is_secretariat and not Workstream.objects.exists():
            return reverse("roadmap:start")
        return str(super().get_login_redirect_url(request))

    def is_safe_url(self, url: str | None) -> bool:
        """Follow `next` within the host that was asked, and nowhere else."""
        return is_ours(self.request, url or "")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the letter for a forgotten password; its link is made at sending.

        :raises ValueError: for any other mail, which has no place here.
        """
        if template_prefix != RESET:
            raise ValueError(f"no letter is written for {template_prefix}")
        queue_reset(context["user"])

    def send_notification_mail(  # type: ignore[override]
        self, template_prefix: str, user: Member, *_args: Any, **_kwargs: Any
    ) -> None:
        """Tell a member what changed about their sign-in; a first password is no news."""
        if template_prefix in OF_SAFETY and user.last_login is not None:
            queue_safety(user, OF_SAFETY[template_prefix])


def queue_safety(member: Member, what: str) -> None:
    """Queue a letter that says what changed about a member's sign-in (ASVS 6.3.7).

    :param what: a key of `emails.SAFETY`.
    """
    transaction.on_commit(partial(tell, "safety_changed", member=member.pk, what=what))
    outbox.enqueue(
        kind=LetterKind.SAFETY,
        recipient=member,
        policy_date=clock.read().today,
        dedupe_key=f"safety:{what}:{member.pk}:{uuid.uuid4().hex}",
    )


def queue_reset(member: Member) -> None:
    """Queue one reset letter, unless one is waiting: impatience sends no second."""
    mine = Letter.objects.filter(recipient=member, kind=LetterKind.PASSWORD_RESET)
    if mine.filter(state__in=(*WAITING, LetterState.SENDING)).exists():
        return
    outbox.enqueue(
        kind=LetterKind.PASSWORD_RESET,
        recipient=member,
        policy_date=clock.read().today,
        dedupe_key=f"password_reset:{member.pk}:{uuid.uuid4().hex}",
        # Account mail lives as long as its link would: a late one surprises.
        expires_at=timezone.now() + RESET_LASTS,
    )
