"""The wording of the reminder letter, in the reader's language.

Facts come in as plain lines; which of them still hold was decided by whoever gathered them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext

from committee.clock import JAKARTA
from committee.envelopes import Mail
from committee.models import Member
from roadmap.rules.reminders import Group
from roadmap.templatetags.roadmap import day

MOST_LINES = 20
# What a reader does with an action of theirs; whatever else is told is opened.
OWN_WORK = (Group.LATE, Group.DUE_TODAY, Group.WITHIN_3, Group.WITHIN_7, Group.UPDATE_OWED)
REHEARSAL = gettext_lazy("This is a rehearsal: dates and reports are practice, not official.")
AT_MOST = gettext_lazy(
    "Peta Jalan sends you at most one letter on a working day, "
    "and only when there is something new."
)
HEADINGS = {
    Group.LATE: gettext_lazy("Late"),
    Group.DUE_TODAY: gettext_lazy("Due today"),
    Group.WITHIN_3: gettext_lazy("Due within 3 days"),
    Group.WITHIN_7: gettext_lazy("Due within 7 days"),
    Group.LATER: gettext_lazy("Later milestones"),
    Group.ESCALATION: gettext_lazy("Work of others that is late"),
    Group.UPDATE_OWED: gettext_lazy("Update owed"),
    Group.VERIFICATION: gettext_lazy("Waiting for your verification"),
    Group.NOTICE: gettext_lazy("For your information"),
}
COUNTED = {
    Group.LATE: ngettext_lazy("%(n)s late", "%(n)s late", "n"),
    Group.DUE_TODAY: ngettext_lazy("%(n)s due today", "%(n)s due today", "n"),
    Group.WITHIN_7: ngettext_lazy("%(n)s due soon", "%(n)s due soon", "n"),
    Group.LATER: ngettext_lazy("%(n)s later milestone", "%(n)s later milestones", "n"),
    Group.ESCALATION: ngettext_lazy("%(n)s late elsewhere", "%(n)s late elsewhere", "n"),
    Group.UPDATE_OWED: ngettext_lazy("%(n)s update owed", "%(n)s updates owed", "n"),
    Group.VERIFICATION: ngettext_lazy("%(n)s to verify", "%(n)s to verify", "n"),
    Group.NOTICE: ngettext_lazy("%(n)s notice", "%(n)s notices", "n"),
}


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
    def details(self) -> list[str]:
        """Say where the item belongs, how it stood last, and what else is to be known."""
        return [detail for detail in (self.place, self.last_report, *self.remarks) if detail]


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one group, under its heading."""

    group: Group
    lines: Sequence[Line]

    @property
    def heading(self) -> str:
        """Name the group, as it stands above its lines."""
        return str(HEADINGS[self.group])

    @property
    def signal(self) -> str:
        """Name the colour beside the lines; their heading says the same in words."""
        if self.group in (Group.LATE, Group.ESCALATION):
            return "late"
        return "soon" if Group.DUE_TODAY <= self.group <= Group.WITHIN_7 else "calm"


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
        return Mail(
            subject=_subject(contents, context["counts"]),
            text=_text(context),
            html=render_to_string("emails/reminders.html", context),
            at=contents.at,
            may_unsubscribe=contents.may_unsubscribe,
        )


def _subject(contents: Contents, counts: str) -> str:
    words = _("Peta Jalan: %(counts)s") % {"counts": counts}
    rehearsal = _("Rehearsal")
    return f"[{rehearsal}] {words}" if contents.is_rehearsal else words


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


def _text(context: Mapping[str, Any]) -> str:
    """Say in plain paragraphs, fit for a chat group, what the page of HTML says, in its order."""
    told = [words for section in context["sections"] for words in _paragraphs(section)]
    values = {**context, "name": context["recipient"].name, "day": day(context["today"])}
    paragraphs = [
        *([REHEARSAL] if context["is_rehearsal"] else []),
        _("Dear %(name)s,") % values,
        _("What is new for you on %(day)s: %(counts)s.") % values,
        *told,
        *_what_else(context),
        " ".join([_("Everything that waits for you:"), context["my_url"]]),
        *([_ledger_words(*context["head"])] if context["head"] else []),
        _small_print(context),
    ]
    return "\n\n".join(map(str, paragraphs)) + "\n"


def _paragraphs(section: Section) -> list[str]:
    return [section.heading.upper(), *map(_line_text, section.lines)]


def _line_text(line: Line) -> str:
    facts = [*line.happened, *_due_text(line), *line.details, line.url]
    title = f"{line.code} {line.title}" if line.code else line.title
    return "\n  ".join([f"- {title}", *facts])


def _due_text(line: Line) -> list[str]:
    if not line.due:
        return []
    words, example = _("Due"), _("example, not an official target")
    also = f" [{example}]" if line.is_illustrative else ""
    return [f"{words}: {line.due} ({line.days}){also}"]


def _what_else(context: Mapping[str, Any]) -> list[str]:
    n = context["more"]
    more = ngettext("And %(n)s more:", "And %(n)s more:", n) % {"n": n}
    found = [f"{more} {context['my_url']}"] if n else []
    return [*found, *([context["still_late"]] if context["still_late"] else [])]


def _ledger_words(number: int, seal: str) -> str:
    words = _("Ledger of changes: entry %(n)s, seal %(seal)s")
    return words % {"n": localize(number), "seal": seal}


def _small_print(context: Mapping[str, Any]) -> str:
    settings_page = _("Change the hour and the days of your letter:")
    return f"-- \n{AT_MOST}\n{settings_page} {context['settings_url']}"


def _sections(lines: Sequence[Line]) -> list[Section]:
    groups = dict.fromkeys(line.group for line in lines)
    return [Section(group, [line for line in lines if line.group == group]) for group in groups]


def counts_words(lines: Sequence[Line]) -> str:
    """Count the lines of a letter group by group, for its subject."""
    counts = dict.fromkeys(Group, 0)
    for line in lines:
        counts[line.group] += 1
    counts[Group.WITHIN_7] += counts.pop(Group.WITHIN_3)
    return ", ".join(COUNTED[group] % {"n": n} for group, n in counts.items() if n)


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
