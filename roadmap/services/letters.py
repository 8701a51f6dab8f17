"""What a reminder letter says, gathered at sending from the facts of today.

Each line is asked once more whether it still holds; one that does not is cancelled with the
reason. A batch of letters costs the same number of queries as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from committee.clock import Moment
from committee.emails import renderers as account_renderers
from committee.enums import LetterKind, LetterState
from committee.envelopes import Mail, NothingToSay
from committee.models import Letter, Member
from committee.outbox import Rendered, Renderers
from roadmap import emails
from roadmap.enums import Audience
from roadmap.models import ActionItem, Milestone, Reminder, StatusUpdate
from roadmap.models.querysets import is_late
from roadmap.services import lines, occasions
from roadmap.services.occasions import ACTION, MILESTONE


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a batch of letters speaks of, as it stands now."""

    actions: Mapping[int, ActionItem]
    milestones: Mapping[int, Milestone]
    updates: Mapping[int, StatusUpdate]
    told_and_late: Mapping[int, frozenset[str]]

    def item(self, reminder: Reminder) -> ActionItem | Milestone | None:
        kind, pk = occasions.split(reminder.item)
        return self.actions.get(pk) if kind == ACTION else self.milestones.get(pk)

    def update(self, reminder: Reminder) -> StatusUpdate | None:
        return self.updates.get(occasions.notice_of(reminder.occasion) or 0)


def renderers(read_clock: Callable[[], Moment]) -> Renderers:
    """Offer the outbox the words of every kind of letter."""

    def render(letters: Sequence[Letter]) -> Rendered:
        return render_reminders(letters, read_clock())

    return {**account_renderers(read_clock), LetterKind.REMINDERS: render}


def render_reminders(letters: Sequence[Letter], moment: Moment) -> Rendered:
    """Render a batch of reminder letters, cancelling the lines that no longer hold."""
    reminders = list(Reminder.objects.filter(letter__in=letters, cancelled_at=None).order_by("pk"))
    facts = _gather(letters, reminders, moment.today)
    people = {letter.pk: letter.recipient for letter in letters}
    held, broken = _ask_again(reminders, people, facts, moment.today)
    _cancel(broken, moment)
    return {
        letter.pk: _render(letter, held[letter.pk], broken, facts, moment) for letter in letters
    }


def _gather(letters: Sequence[Letter], reminders: Sequence[Reminder], today: date) -> Facts:
    ids: dict[str, set[int]] = {ACTION: set(), MILESTONE: set()}
    for reminder in reminders:
        kind, pk = occasions.split(reminder.item)
        ids[kind].add(pk)
    notices = {occasions.notice_of(reminder.occasion) or 0 for reminder in reminders}
    actions = ActionItem.objects.select_related("workstream", "owner__deputy")
    return Facts(
        actions=actions.in_bulk(ids[ACTION]),
        milestones=Milestone.objects.select_related("workstream").in_bulk(ids[MILESTONE]),
        updates=StatusUpdate.objects.select_related("by").in_bulk(notices),
        told_and_late=_told_and_late(letters, today),
    )


def _told_and_late(letters: Sequence[Letter], today: date) -> dict[int, frozenset[str]]:
    """Name, for each reader, what they answer for, were told of before, and is late still."""
    told = Reminder.objects.filter(
        recipient__in={letter.recipient_id for letter in letters},
        letter__state=LetterState.SENT,
        cancelled_at=None,
        audience=Audience.OWNER,
    )
    late_actions = occasions.keys(ACTION, ActionItem.objects.filter(is_late(today)))
    late_milestones = occasions.keys(MILESTONE, Milestone.objects.open().filter(due_date__lt=today))
    rows = set(told.filter(item__in=late_actions).values_list("recipient", "item", "is_orphan"))
    owned = [occasions.split(item)[1] for _reader, item, orphan in rows if not orphan]
    owners = dict(ActionItem.objects.filter(pk__in=owned).values_list("pk", "owner"))
    found = defaultdict(set)
    for reader, item, is_orphan in rows:
        if is_orphan or owners.get(occasions.split(item)[1]) == reader:
            found[reader].add(item)
    for reader, item in told.filter(item__in=late_milestones).values_list("recipient", "item"):
        found[reader].add(item)
    return {reader: frozenset(items) for reader, items in found.items()}


def _ask_again(
    reminders: Iterable[Reminder], people: Mapping[int, Member], facts: Facts, today: date
) -> tuple[dict[int, list[Reminder]], dict[int, str]]:
    """Sort the lines into those that hold, letter by letter, and those that do not, with why."""
    held: dict[int, list[Reminder]] = defaultdict(list)
    broken: dict[int, str] = {}
    for reminder in reminders:
        assert reminder.letter_id is not None
        reader = people[reminder.letter_id]
        why = why_not(reminder, reader, facts.item(reminder), today)
        if why:
            broken[reminder.pk] = why
        else:
            held[reminder.letter_id].append(reminder)
    return held, broken


def why_not(
    reminder: Reminder, reader: Member, item: ActionItem | Milestone | None, today: date
) -> str:
    """Say why a fact need not be told any more; empty while it must be."""
    if not reader.is_active:
        return "member inactive"
    if reader.is_paused(today):
        return "member away"
    if item is None:
        return "no longer on the roadmap"
    return occasions.why_over(reminder, item, today) or _why_not_theirs(
        reminder, reader, item, today
    )


def _why_not_theirs(
    reminder: Reminder, reader: Member, item: ActionItem | Milestone, today: date
) -> str:
    """Say why a line for an owner is another person's by now."""
    if reminder.audience != Audience.OWNER or isinstance(item, Milestone):
        return ""
    if reminder.is_orphan:
        return "reassigned" if occasions.answers(item.owner, today) else ""
    owner = item.owner
    if owner is None or not (owner == reader or owner.deputy_id == reader.pk):
        return "reassigned"
    if owner != reader and not owner.is_paused(today):
        return "owner is back"
    return ""


def _cancel(broken: Mapping[int, str], moment: Moment) -> None:
    for why in sorted(set(broken.values())):
        ids = [pk for pk, reason in broken.items() if reason == why]
        Reminder.objects.filter(pk__in=ids, cancelled_at=None).update(
            cancelled_at=moment.now, cancel_reason=why
        )


def _render(
    letter: Letter,
    reminders: Sequence[Reminder],
    broken: Mapping[int, str],
    facts: Facts,
    moment: Moment,
) -> Mail | NothingToSay:
    if not reminders:
        reasons = sorted(set(broken.values()))
        return NothingToSay("; ".join(reasons) or "nothing left to say")
    with translation.override(letter.recipient.language):
        told = [_line(reminder, facts, moment.today) for reminder in reminders]
    items = {reminder.item for reminder in reminders}
    contents = emails.Contents(
        recipient=letter.recipient,
        lines=sorted(told, key=lambda line: (line.group, line.days_left, line.code, line.title)),
        still_late=len(facts.told_and_late.get(letter.recipient_id, frozenset()) - items),
        is_rehearsal=moment.rehearsal is not None,
        at=moment.now,
        my_url=f"{settings.SITE_URL}{reverse('roadmap:my')}",
    )
    return emails.reminder_letter(contents)


def _line(reminder: Reminder, facts: Facts, today: date) -> emails.Line:
    item = facts.item(reminder)
    assert item is not None  # or it would not have been held
    return lines.line(reminder, item, facts.update(reminder), today)
