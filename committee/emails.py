"""The wording of account mail. Its link is made here, at sending, and never kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.template.loader import render_to_string
from django.utils import translation

from committee.accounts import password_link
from committee.clock import Moment
from committee.enums import LetterKind
from committee.envelopes import Mail, NothingToSay
from committee.models import Letter
from committee.outbox import Rendered, Renderers

ACCOUNT_KINDS = (LetterKind.INVITATION, LetterKind.PASSWORD_RESET)


def renderers(read_clock: Callable[[], Moment]) -> Renderers:
    """Offer the outbox the words of each kind of account mail."""

    def render(letters: Sequence[Letter]) -> Rendered:
        moment = read_clock()
        return {letter.pk: _account_mail(letter, moment) for letter in letters}

    return dict.fromkeys(ACCOUNT_KINDS, render)


def _account_mail(letter: Letter, moment: Moment) -> Mail | NothingToSay:
    """Word one account mail, unless the account was closed meanwhile."""
    if not letter.recipient.is_active:
        return NothingToSay("member inactive")
    with translation.override(letter.recipient.language):
        context = _context(letter, moment)
        subject = render_to_string(f"emails/{letter.kind}_subject.txt", context)
        return Mail(
            subject=" ".join(subject.split()),
            text=render_to_string(f"emails/{letter.kind}.txt", context).strip() + "\n",
            html=render_to_string(f"emails/{letter.kind}.html", context),
            at=moment.now,
            is_kept=False,
        )


def _context(letter: Letter, moment: Moment) -> Mapping[str, object]:
    return {
        "recipient": letter.recipient,
        "language": letter.recipient.language,
        "link": password_link(letter.recipient),
        "is_rehearsal": moment.rehearsal is not None,
    }
