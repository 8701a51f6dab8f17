"""The reminder rules: as plain values, in a sentence, and whom one reaches this week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committee.models import Member
from roadmap.enums import Audience, RuleSubject, RuleUnit
from roadmap.models import ReminderRule
from roadmap.rules.reminders import Rule
from roadmap.selectors.forecast import forecast

A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody a rule will reach, and in how many lines."""

    name: str
    lines: int


def rule_of(row: ReminderRule) -> Rule:
    """Give a rule as the planner weighs it."""
    return Rule(
        RuleSubject(row.subject),
        row.amount,
        RuleUnit(row.unit),
        Audience(row.audience),
        row.repeat,
        row.pk,
        row.workstream_id,
    )


def beside(row: ReminderRule) -> list[Rule]:
    """Give the active rules beside one; one that is switched off stands in nobody's way."""
    if not row.is_active:
        return []
    others = ReminderRule.objects.filter(is_active=True, subject=row.subject).exclude(pk=row.pk)
    return [rule_of(other) for other in others]


def reached_this_week(rule_id: int, now: datetime) -> list[Reached]:
    """Foresee whom a rule reaches in the coming seven days, and in how many lines each."""
    counts = Counter(
        letter.member_id
        for letter in forecast(now=now, days=A_WEEK)
        for line in letter.lines
        if line.rule_id == rule_id
    )
    people = Member.objects.filter(pk__in=counts).order_by("name", "pk")
    return [Reached(name, counts[pk]) for pk, name in people.values_list("pk", "name")]


def reach_words(reached: Iterable[Reached]) -> str:
    """Say whom a rule reaches this week."""
    lines = [
        ngettext("%(name)s (%(n)s line)", "%(name)s (%(n)s lines)", one.lines)
        % {"name": one.name, "n": one.lines}
        for one in reached
    ]
    return "; ".join(lines) or _("Nobody.")


def sentence(row: ReminderRule) -> str:
    """Say in a plain sentence what a rule does."""
    told = _("%(when)s, %(whom)s") % {"when": capfirst(_when(row)), "whom": _whom(row)}
    clauses = [clause for clause in (told, _again(row), _rolled(row)) if clause]
    words = f"{'; '.join(clauses)}. {_where(row)}"
    return words if row.is_active else _("Switched off. %(rule)s") % {"rule": words}


def _when(row: ReminderRule) -> str:
    """Say from what a rule counts, and how far."""
    if row.amount == 0:
        return _on_the_day(row.subject)
    ahead = row.amount < 0
    from_what = {
        RuleSubject.UPDATE: _("%(count)s after the last report"),
        RuleSubject.VERIFICATION: _("%(count)s after the submission"),
        RuleSubject.PERIOD: _("%(count)s before the period closes"),
    }.get(RuleSubject(row.subject))
    dated = _("%(count)s before the due date") if ahead else _("%(count)s after the due date")
    return (from_what or dated) % {"count": _count(row.unit, abs(row.amount))}


def _on_the_day(subject: str) -> str:
    words = {
        RuleSubject.VERIFICATION: _("at once after the submission"),
        RuleSubject.PERIOD: _("on the day the period closes"),
    }
    return words.get(RuleSubject(subject)) or _("on the due date")


def _count(unit: str, n: int) -> str:
    if unit == RuleUnit.WORKING_DAY:
        return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": n}
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


def _whom(row: ReminderRule) -> str:
    if row.audience == Audience.OWNER and row.subject in (
        RuleSubject.MILESTONE,
        RuleSubject.PERIOD,
    ):
        return _("whoever answers for the workstream is told")
    return {
        Audience.OWNER: _("the owner is told"),
        Audience.LEAD: _("the lead of the workstream is told"),
        Audience.SECRETARIAT: _("the secretariat is told"),
        Audience.CHAIR: _("the chair is told"),
    }[Audience(row.audience)]


def _again(row: ReminderRule) -> str:
    if not row.repeat:
        return ""
    return _("then again every %(count)s") % {"count": _count(row.unit, row.repeat)}


def _rolled(row: ReminderRule) -> str:
    """Say what a free day does to a stage; a count of working days meets none."""
    if row.unit == RuleUnit.WORKING_DAY and row.amount:
        return ""
    if row.amount <= 0:
        return _("on a free day, the working day before")
    return _("on a free day, the working day after")


def _where(row: ReminderRule) -> str:
    if row.workstream is None:
        return _("Everywhere.")
    return _("Only in %(workstream)s.") % {"workstream": row.workstream.local_title}
