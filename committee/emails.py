"""The wording of mail about accounts.

The link of an invitation or a reset is made here, at sending, and never kept; what the
secretariat is told of roles, and a member of their sign-in, is kept with the letter, as proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from committee.accounts import password_link
from committee.clock import Moment
from committee.enums import LetterKind
from committee.envelopes import Mail, NothingToSay
from committee.models import Letter, RoleChange
from committee.outbox import Rendered, Renderers

ACCOUNT_KINDS = (LetterKind.INVITATION, LetterKind.PASSWORD_RESET)
SESSIONS = "committee:sessions"
# What changed about somebody's sign-in.
SAFETY = {
    "password": _("Your password was changed."),
    "app_added": _("An authenticator app was added as the second step of your sign-in."),
    "app_removed": _("The authenticator app was removed from your sign-in."),
    "passkey_added": _("A passkey was added as the second step of your sign-in."),
    "passkey_removed": _("A passkey was removed from your sign-in."),
    "codes": _("New recovery codes were made; the old ones open nothing any more."),
    "reset": _("An admin took the second step away from your sign-in, and ended your sessions."),
}


def renderers(read_clock: Callable[[], Moment]) -> Renderers:
    """Offer the outbox the words of each kind of account mail."""

    def render(letters: Sequence[Letter]) -> Rendered:
        moment = read_clock()
        return {letter.pk: _mail(letter, moment) for letter in letters}

    def render_roles(letters: Sequence[Letter]) -> Rendered:
        moment, changes = read_clock(), _changes_of(letters)
        return {letter.pk: _mail(letter, moment, changes[_act(letter)]) for letter in letters}

    kinds = (*ACCOUNT_KINDS, LetterKind.SAFETY)
    return {**dict.fromkeys(kinds, render), LetterKind.ROLES: render_roles}


def _act(letter: Letter) -> str:
    """Name what a letter tells of, an act of giving roles or a change: it stands in its key."""
    return letter.dedupe_key.split(":")[1]


def _changes_of(letters: Sequence[Letter]) -> Mapping[str, list[RoleChange]]:
    """Read the roles that were given in each act: one query for a batch of letters."""
    found = RoleChange.objects.filter(act__in={_act(letter) for letter in letters})
    changes = defaultdict(list)
    for one in found.select_related("member__institution", "by").order_by("pk"):
        changes[str(one.act)].append(one)
    return changes


def _mail(
    letter: Letter, moment: Moment, changes: Sequence[RoleChange] = ()
) -> Mail | NothingToSay:
    """Word one mail, unless the account was closed meanwhile."""
    if not letter.recipient.is_active:
        return NothingToSay("member inactive")
    with translation.override(letter.recipient.language):
        context = {**_context(letter, moment), "changes": changes}
        subject = render_to_string(f"emails/{letter.kind}_subject.txt", context)
        return Mail(
            subject=" ".join(subject.split()),
            text=render_to_string(f"emails/{letter.kind}.txt", context).strip() + "\n",
            html=render_to_string(f"emails/{letter.kind}.html", context),
            at=moment.now,
            is_kept=letter.kind not in ACCOUNT_KINDS,
        )


def _context(letter: Letter, moment: Moment) -> Mapping[str, object]:
    return {
        "recipient": letter.recipient,
        "language": letter.recipient.language,
        "link": password_link(letter.recipient) if letter.kind in ACCOUNT_KINDS else "",
        "what": SAFETY[_act(letter)] if letter.kind == LetterKind.SAFETY else "",
        "sessions_url": f"{settings.SITE_URL}{reverse(SESSIONS)}",
        "is_rehearsal": moment.rehearsal is not None,
    }
