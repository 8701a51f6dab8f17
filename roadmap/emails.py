"""The wording of the reminder letter, in the reader's language.

Facts come in as plain lines; which of them still hold was decided by whoever gathered them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from committee.clock import JAKARTA
from committee.envelopes import Mail
from committee.models import Member
from roadmap.rules.reminders import Group

MOST_LINES = 20
# What a reader does with an action of theirs; whatever else is told is opened.
OWN_WORK = (Group.LATE, Group.DUE_TODAY, Group.WITHIN_3, Group.WITHIN_7, Group.UPDATE_OWED)


@dataclass(frozen=True, slots=True)
class Line:
    """One fact to be told, in words; a notice says first what happened."""

    group: Group
    days_left: int
    title: str
    title_language: str
    url: str
    code: str = ""
    happened: Sequence[str] = ()
    place: str = ""
    due: str = ""
    days: str = ""
    last_report: str = ""
    remarks: Sequence[str] = ()
    is_illustrative: bool = False

    @property
    def button(self) -> str:
        """Name what the line's button leads to, so that no two of a letter read the same."""
        if not self.code:
            return pgettext("button", "Open")
        if self.group in OWN_WORK:
            return _("Update %(code)s") % {"code": self.code}
        if self.group == Group.VERIFICATION:
            return _("Check %(code)s") % {"code": self.code}
        return _("Open %(code)s") % {"code": self.code}

    @property
    def signal(self) -> str:
        """Name the colour beside the line; its heading says the same in words."""
        if self.group in (Group.LATE, Group.ESCALATION):
            return "late"
        return "soon" if Group.DUE_TODAY <= self.group <= Group.WITHIN_7 else "calm"


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one group, under its heading."""

    heading: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Contents:
    """What one reminder letter holds; `still_late` counts what was told before."""

    recipient: Member
    lines: Sequence[Line]
    still_late: int
    is_rehearsal: bool
    at: datetime
    my_url: str
    may_unsubscribe: bool = False
    # The head of the ledger, for the secretariat: kept outside, it shows a tail cut off.
    head: tuple[int, str] | None = None


def reminder_letter(contents: Contents) -> Mail:
    """Word one letter."""
    with translation.override(contents.recipient.language):
        context = _context(contents)
        subject = render_to_string("emails/reminders_subject.txt", context)
        return Mail(
            subject=" ".join(subject.split()),
            text=render_to_string("emails/reminders.txt", context).strip() + "\n",
            html=render_to_string("emails/reminders.html", context),
            at=contents.at,
            may_unsubscribe=contents.may_unsubscribe,
        )


def _context(contents: Contents) -> dict[str, Any]:
    shown = contents.lines[:MOST_LINES]
    return {
        "recipient": contents.recipient,
        "language": contents.recipient.language,
        "sections": _sections(shown),
        "more": len(contents.lines) - len(shown),
        "still_late": still_late_words(contents.still_late),
        "counts": counts_words(contents.lines),
        "is_rehearsal": contents.is_rehearsal,
        "today": contents.at.astimezone(JAKARTA).date(),
        "my_url": contents.my_url,
        "head": contents.head,
        "settings_url": f"{settings.SITE_URL.rstrip('/')}{reverse('committee:profile')}",
    }


def _sections(lines: Sequence[Line]) -> list[Section]:
    groups = dict.fromkeys(line.group for line in lines)
    return [
        Section(heading(group), [line for line in lines if line.group == group]) for group in groups
    ]


def heading(group: Group) -> str:
    """Name a group of lines, as it stands above them."""
    return {
        Group.LATE: _("Late"),
        Group.DUE_TODAY: _("Due today"),
        Group.WITHIN_3: _("Due within 3 days"),
        Group.WITHIN_7: _("Due within 7 days"),
        Group.LATER: _("Later milestones"),
        Group.ESCALATION: _("Work of others that is late"),
        Group.UPDATE_OWED: _("Update owed"),
        Group.VERIFICATION: _("Waiting for your verification"),
        Group.NOTICE: _("For your information"),
    }[group]


def counts_words(lines: Sequence[Line]) -> str:
    """Count the lines of a letter group by group, for its subject."""
    counts = dict.fromkeys(Group, 0)
    for line in lines:
        counts[line.group] += 1
    counts[Group.WITHIN_7] += counts.pop(Group.WITHIN_3)
    return ", ".join(_counted(group, count) for group, count in counts.items() if count)


def _counted(group: Group, n: int) -> str:
    words = {
        Group.LATE: ngettext("%(n)s late", "%(n)s late", n),
        Group.DUE_TODAY: ngettext("%(n)s due today", "%(n)s due today", n),
        Group.WITHIN_7: ngettext("%(n)s due soon", "%(n)s due soon", n),
        Group.LATER: ngettext("%(n)s later milestone", "%(n)s later milestones", n),
        Group.ESCALATION: ngettext("%(n)s late elsewhere", "%(n)s late elsewhere", n),
        Group.UPDATE_OWED: ngettext("%(n)s update owed", "%(n)s updates owed", n),
        Group.VERIFICATION: ngettext("%(n)s to verify", "%(n)s to verify", n),
        Group.NOTICE: ngettext("%(n)s notice", "%(n)s notices", n),
    }
    return words[group] % {"n": n}


def days_words(days_left: int) -> str:
    """Say how far the due date is: 12 days late, due today, 3 days left."""
    if days_left == 0:
        return _("due today")
    if days_left < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days_left) % {"n": -days_left}
    return ngettext("%(n)s day left", "%(n)s days left", days_left) % {"n": days_left}


def report_words(status: str, days_ago: int | None) -> str:
    """Give the last status and how old it is."""
    if days_ago is None:
        return _("%(status)s, never reported") % {"status": status}
    if days_ago == 0:
        return _("%(status)s, reported today") % {"status": status}
    words = ngettext(
        "%(status)s, reported %(n)s day ago", "%(status)s, reported %(n)s days ago", days_ago
    )
    return words % {"status": status, "n": days_ago}


def still_late_words(count: int) -> str:
    """Count in one sentence what is still late though it was told before."""
    if not count:
        return ""
    words = ngettext(
        "%(n)s item you were told about before is still late.",
        "%(n)s items you were told about before are still late.",
        count,
    )
    return words % {"n": count}
