"""The letters a reader may see, and what each of them told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from committee.enums import LetterState
from committee.models import Institution, Letter, LetterAttempt, Member
from committee.rules import permissions
from committee.rules.permissions import Actor
from roadmap.models import Reminder
from roadmap.rules.reminders import is_personal
from roadmap.selectors import items
from roadmap.selectors.items import Item, Name

# Asked for like a state: letters of which a second copy may have arrived.
IN_DOUBT = "doubt"
STAGE = re.compile(r"\A(?:[a-z]+:)?([+-]?\d+)(d|wd)\Z")
OF_OCCASIONS = {
    "report": gettext_lazy("update owed"),
    "period": gettext_lazy("narrative owed"),
    "submission": gettext_lazy("verification owed"),
    "comment": gettext_lazy("mentioned in a comment"),
    "answer": gettext_lazy("advice answered"),
    "slip": gettext_lazy("due date of a milestone moved"),
    "request": gettext_lazy("request answered"),
    "notice": gettext_lazy("notice"),
}
OF_STAGES = {
    "request": {
        "approved": gettext_lazy("request for a new date approved"),
        "declined": gettext_lazy("request for a new date declined"),
    },
    "notice": {
        "assigned": gettext_lazy("assigned to you"),
        "returned": gettext_lazy("returned, with its reason"),
        "moved": gettext_lazy("due date moved"),
        "decided": gettext_lazy("obstacle decided"),
    },
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters a reader asked for; empty means all."""

    state: str = ""
    person: Member | None = None
    institution: Institution | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One reminder in words, and why it was cancelled if it was."""

    title: str
    title_language: str
    url: str
    code: str
    stage: str
    audience: str
    cancel_reason: str


def letters_for(actor: Actor, wanted: Wanted) -> QuerySet[Letter]:
    """Give the letters this person may read, newest first: every one, or their own."""
    letters = of_every_state(actor, wanted)
    if wanted.state == IN_DOUBT:
        letters = letters.filter(in_doubt__gt=0)
    elif wanted.state:
        letters = letters.filter(state=wanted.state)
    return letters.select_related("recipient").defer("text").order_by("-policy_date", "-pk")


def of_every_state(actor: Actor, wanted: Wanted) -> QuerySet[Letter]:
    """Give the letters asked for, whatever became of them."""
    asked = {
        "recipient": wanted.person,
        "recipient__institution": wanted.institution,
        "kind": wanted.kind,
        "policy_date__gte": wanted.since,
        "policy_date__lte": wanted.until,
    }
    letters = Letter.objects.filter(**{name: value for name, value in asked.items() if value})
    if permissions.may_see_all_letters(actor):
        return letters
    return letters.filter(recipient_id=actor.id)


def state_counts(actor: Actor, wanted: Wanted) -> dict[str, int]:
    """Count the letters asked for by state, and all of them under the empty one: one query."""
    rows = of_every_state(actor, wanted).order_by().values("state")
    found = list(rows.annotate(n=Count("pk"), doubted=Count("pk", filter=Q(in_doubt__gt=0))))
    counts = dict.fromkeys(LetterState.values, 0) | {row["state"]: row["n"] for row in found}
    counts[""] = sum(row["n"] for row in found)
    return counts | {IN_DOUBT: sum(row["doubted"] for row in found)}


def failed_as_asked(actor: Actor, wanted: Wanted) -> QuerySet[Letter]:
    """Give the failed letters among those asked for: what "send all again" means."""
    return of_every_state(actor, wanted).filter(state=LetterState.FAILED).order_by("pk")


def line_counts(letters: Sequence[Letter]) -> dict[int, dict[str, int]]:
    """Count the lines of the letters on one page, told and cancelled: one query."""
    counts = (
        Reminder.objects.filter(letter__in=[letter.pk for letter in letters])
        .order_by()
        .values("letter")
        .annotate(
            told=Count("pk", filter=Q(cancelled_at=None)),
            cancelled=Count("pk", filter=Q(cancelled_at__isnull=False)),
        )
    )
    return {row["letter"]: {"told": row["told"], "cancelled": row["cancelled"]} for row in counts}


def people_with_letters() -> QuerySet[Member]:
    return Member.objects.filter(letters__isnull=False).distinct().order_by("name", "pk")


def institutions_with_letters() -> QuerySet[Institution]:
    written = Institution.objects.filter(member__letters__isnull=False)
    return written.distinct().order_by("title", "pk")


def attempts_of(letter: Letter) -> list[LetterAttempt]:
    """Give every try to hand a letter over, with its outcome in words."""
    attempts = list(letter.attempts.order_by("number"))
    for attempt in attempts:
        attempt.outcome_words = outcome_words(attempt.outcome)  # type: ignore[attr-defined]
    return attempts


def outcome_words(outcome: str) -> str:
    """Say in the reader's language what became of one try."""
    words = {
        "sent": _("accepted by the mail server"),
        "refused": _("refused by the mail server"),
        "temporary": _("put off by the mail server"),
        "broken": _("the connection broke"),
        "unknown": _("the connection broke while sending"),
        "in doubt": _("no answer was recorded"),
    }
    return words.get(outcome, outcome)


def lines_of(letter: Letter) -> list[ToldLine]:
    """Put a letter's reminders into words: one query and one for each kind of item."""
    reminders = list(letter.reminders.order_by("pk"))
    about = items.items(reminder.item for reminder in reminders)
    return [_line(reminder, about.get(reminder.item)) for reminder in reminders]


def _line(reminder: Reminder, item: Item | None) -> ToldLine:
    name = items.name_of(item) if item else Name(_("no longer on the roadmap"), url="")
    return ToldLine(
        title=name.title,
        title_language=name.language,
        url=name.url,
        code=name.code,
        stage=stage_words(reminder.occasion, reminder.stage),
        audience=_told_as(reminder),
        cancel_reason=reason_words(reminder.cancel_reason),
    )


def _told_as(reminder: Reminder) -> str:
    """Say in which part somebody was told; a notice to one person is to nobody's part."""
    if is_personal(reminder.occasion, reminder.stage):
        return ""
    return str(reminder.get_audience_display())


def stage_words(occasion: str, stage: str) -> str:
    """Say what a reminder is about: 3 working days before the due date, update owed."""
    kind = occasion.partition(":")[0]
    words = OF_STAGES.get(kind, {}).get(stage) or OF_OCCASIONS.get(kind)
    return str(words) if words else _due_words(stage)


def _due_words(stage: str) -> str:
    found = STAGE.match(stage)
    if found is None:
        return stage
    amount, unit = int(found[1]), found[2]
    if amount == 0:
        return _("on the due date")
    if unit == "wd":
        count = ngettext("%(n)s working day", "%(n)s working days", abs(amount))
    else:
        count = ngettext("%(n)s day", "%(n)s days", abs(amount))
    words = _("%(count)s after the due date") if amount > 0 else _("%(count)s before the due date")
    return words % {"count": count % {"n": abs(amount)}}


def reason_words(reason: str) -> str:
    """Give a recorded reason in the reader's language; what is not ours stays as it was."""
    return "; ".join(_reason(part) for part in reason.split("; ") if part)


def _reason(reason: str) -> str:
    head, _colon, rest = reason.partition(": ")
    known = _reasons()
    if reason in known:
        return known[reason]
    if reason.startswith(OVERTAKEN):
        day = date.fromisoformat(reason.removeprefix(OVERTAKEN))
        return _("overtaken by the letter of %(day)s") % {"day": date_format(day, "j F Y")}
    return f"{known[head]}: {rest}" if head in known else reason


OVERTAKEN = "overtaken by the letter of "


def _reasons() -> dict[str, str]:
    """Name what services record, for readers; a test compares the two."""
    return {
        "submitted": _("submitted meanwhile"),
        "verified": _("verified meanwhile"),
        "returned": _("returned meanwhile"),
        "cancelled": _("cancelled meanwhile"),
        "reopened": _("reopened meanwhile"),
        "due date moved": _("its due date was moved"),
        "reported": _("reported meanwhile"),
        "expected later": _("a later date is expected, with its reason"),
        "superseded": _("a more urgent line took its place"),
        "no longer owed": _("no longer owed"),
        "reassigned": _("given to somebody else"),
        "achieved": _("achieved meanwhile"),
        "closed": _("closed meanwhile"),
        "member inactive": _("the account is closed"),
        "member away": _("the member is away"),
        "owner is back": _("the owner is back"),
        "role or seat lost": _("the role or seat was given up meanwhile"),
        "signed": _("signed meanwhile"),
        "period closed": _("the reporting period has closed"),
        "withdrawn": _("taken back meanwhile"),
        "mentions by mail are off": _("the member reads mentions under the bell only"),
        "no longer on the roadmap": _("no longer on the roadmap"),
        "nothing left to say": _("nothing left to say"),
        "permanent": _("refused by the mail server for good"),
        "expired": _("not sent in time: its link would have been too old"),
        "poison": _("given up: preparing it failed again and again"),
        "discarded": _("held, and the secretariat decided that it does not go"),
        "in doubt twice": _("it may have arrived: the connection broke twice while sending"),
    }
