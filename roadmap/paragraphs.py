"""The paragraph a workstream or an institution pastes into its own report, in both languages.

Plain sentences without any markup, and nothing that is not for the public: they travel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committee.models import Titled
from roadmap.enums import Signal
from roadmap.selectors.progress import Tally
from roadmap.selectors.standing import Due, Late, Standing
from roadmap.templatetags.roadmap import day, number, percent, period, signed_days

LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One text in one language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a paragraph is about; `supported` is None for what can only hold, not support."""

    place: Titled
    supported: int | None = None


def paragraphs(subject: Subject, standing: Standing) -> list[Paragraph]:
    """Word the same facts in both languages, whatever the reader's is."""
    return [_worded(language, subject, standing) for language in LANGUAGES]


def _worded(language: str, subject: Subject, standing: Standing) -> Paragraph:
    with translation.override(language):
        return Paragraph(language, " ".join(_sentences(subject, standing)))


def _sentences(subject: Subject, standing: Standing) -> Iterator[str]:
    yield _opening(subject, standing)
    if standing.tally.total:
        yield _progress(standing.tally)
        yield from _before(standing.before)
        yield _("As the system sees them: %(list)s.") % {"list": _states(standing)}
        yield _late(standing)
        yield _reported(standing.reported)
        yield _moves(standing)
        yield from _next(standing.next)
        yield from _examples(standing.examples)
    yield _("Source: Peta Jalan, the record of the roadmap.")


def _opening(subject: Subject, standing: Standing) -> str:
    held = standing.tally.total
    facts = {"day": day(standing.day), "name": subject.place.local_title, "number": number(held)}
    if subject.supported is None:
        return _held(held) % facts
    return _led(held) % (facts | {"supported": number(subject.supported)})


def _held(count: int) -> str:
    return ngettext(
        "As of %(day)s, the workstream “%(name)s” of Indonesia's e-commerce roadmap holds "
        "%(number)s action.",
        "As of %(day)s, the workstream “%(name)s” of Indonesia's e-commerce roadmap holds "
        "%(number)s actions.",
        count,
    )


def _led(count: int) -> str:
    return ngettext(
        "As of %(day)s, %(name)s leads %(number)s action of Indonesia's e-commerce roadmap; "
        "actions it supports: %(supported)s.",
        "As of %(day)s, %(name)s leads %(number)s actions of Indonesia's e-commerce roadmap; "
        "actions it supports: %(supported)s.",
        count,
    )


def _progress(tally: Tally) -> str:
    facts = {"claimed": percent(tally.claimed), "verified": percent(tally.verified)}
    if tally.expected is None:
        return _("Weighted progress: %(claimed)s claimed, %(verified)s verified.") % facts
    sentence = _(
        "Weighted progress: %(claimed)s claimed, %(verified)s verified, %(expected)s expected "
        "by now."
    )
    return sentence % (facts | {"expected": percent(tally.expected)})


def _before(tally: Tally) -> Iterator[str]:
    """Say what it was thirty days before, where there was something then."""
    if tally.total:
        facts = {"claimed": percent(tally.claimed), "verified": percent(tally.verified)}
        yield _("30 days earlier: %(claimed)s claimed, %(verified)s verified.") % facts


def _states(standing: Standing) -> str:
    pills = standing.tally.pills
    return ", ".join(f"{number(count)} {str(signal.label).lower()}" for signal, count in pills)


def _late(standing: Standing) -> str:
    count = standing.tally.count(Signal.LATE)
    if not count:
        return _("No action is late.")
    facts = {"list": ", ".join(_one_late(late) for late in standing.late)}
    more = count - len(standing.late)
    if not more:
        return _("Late: %(list)s.") % facts
    return _("Late: %(list)s, and %(more)s more.") % (facts | {"more": number(more)})


def _one_late(late: Late) -> str:
    facts = {"code": late.code, "days": number(late.days)}
    if late.is_illustrative:
        return (
            ngettext(
                "%(code)s (%(days)s day, example date)",
                "%(code)s (%(days)s days, example date)",
                late.days,
            )
            % facts
        )
    return ngettext("%(code)s (%(days)s day)", "%(code)s (%(days)s days)", late.days) % facts


def _reported(count: int) -> str:
    sentence = ngettext(
        "In the last 30 days %(number)s action was reported on.",
        "In the last 30 days %(number)s actions were reported on.",
        count,
    )
    return sentence % {"number": number(count)}


def _moves(standing: Standing) -> str:
    if not standing.moves:
        return _("No due date was moved in that time.")
    moved = (f"{one.code} ({signed_days(one.days)})" for one in standing.moved)
    facts = {"list": ", ".join(moved)}
    more = standing.moves - len(standing.moved)
    if not more:
        return _("Due dates moved in that time: %(list)s.") % facts
    sentence = _("Due dates moved in that time: %(list)s, and %(more)s more.")
    return sentence % (facts | {"more": number(more)})


def _next(due: Due | None) -> Iterator[str]:
    if due is None:
        return
    facts = {"code": due.code, "day": period(due.due_date, due.due_precision)}
    if due.is_illustrative:
        yield _("Next due: %(code)s, %(day)s (example date).") % facts
    else:
        yield _("Next due: %(code)s, %(day)s.") % facts


def _examples(count: int) -> Iterator[str]:
    if count:
        sentence = ngettext(
            "%(number)s due date is an example, not an official target.",
            "%(number)s due dates are examples, not official targets.",
            count,
        )
        yield sentence % {"number": number(count)}
