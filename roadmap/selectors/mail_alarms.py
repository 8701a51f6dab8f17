"""What of the mail is broken, in sentences: only what somebody must see to, the gravest first.

Broken evidence is named beside it, for want of another page that its keepers look at daily.

Busy is not broken: letters that wait their turn, however many, are no alarm.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committee.enums import LetterState
from roadmap.selectors.mail_health import Health, Part
from roadmap.selectors.reconciliation import Line

LATE_AFTER = timedelta(minutes=15)


def broken(found: Health, today: date) -> list[str]:
    """Say what is broken; nothing is the usual answer."""
    silent = [_silent(part) for part in found.parts if part.is_silent]
    told = [
        _held(found),
        _server(found),
        _late(found),
        _failed(found.counts[LetterState.FAILED]),
        _missed(found.reconciled, today),
        _broken_files(found.files_broken),
    ]
    return [*silent, *(sentence for sentence in told if sentence)]


def _silent(part: Part) -> str:
    if part.at is None:
        return _("%(part)s: the worker has never run.") % {"part": part.label}
    return _("%(part)s: no round for more than 3 minutes.") % {"part": part.label}


def _held(found: Health) -> str:
    return _("Letters are held until the secretariat decides.") if found.gate.is_held else ""


def _server(found: Health) -> str:
    if found.gate.is_shut:
        return _("The mail server refuses letters; one is tried each minute.")
    if not found.smtp_trouble:
        return ""
    return _("The mail server cannot be reached: %(why)s") % {"why": found.smtp_trouble}


def _late(found: Health) -> str:
    """Speak of a letter that is late for no reason named above."""
    if found.oldest is None or found.waits_for_a_reason:
        return ""
    late = timezone.now() - found.oldest.not_before > LATE_AFTER
    return _("A letter has waited for more than 15 minutes.") if late else ""


def _failed(count: int) -> str:
    sentence = ngettext("%(n)s letter has failed.", "%(n)s letters have failed.", count)
    return sentence % {"n": count} if count else ""


def _broken_files(count: int) -> str:
    sentence = ngettext(
        "%(n)s file of evidence is missing or was changed: take it from a backup.",
        "%(n)s files of evidence are missing or were changed: take them from a backup.",
        count,
    )
    return sentence % {"n": count} if count else ""


def _missed(line: Line | None, today: date) -> str:
    if line is None:
        return ""
    if line.day < today - timedelta(days=1):
        return _("What was told has not been compared with what was to be told since yesterday.")
    if line.missing:
        sentence = ngettext(
            "%(n)s line that was to be told is missing.",
            "%(n)s lines that were to be told are missing.",
            line.missing,
        )
        return sentence % {"n": line.missing}
    return "" if line.is_clean else _("The record of letters does not add up.")
