"""What a reminder letter says, gathered at sending from the facts of today.

Each line is asked once more whether it still holds; one that does not is cancelled with the
reason. A batch of letters costs the same number of queries as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from committee.clock import Moment
from committee.emails import renderers as account_renderers
from committee.enums import LetterKind, LetterState, Role
from committee.envelopes import Lazily, Mail, NothingToSay
from committee.models import AuditEntry, Letter, Member
from committee.outbox import Rendered, Renderers
from roadmap import emails
from roadmap.enums import Audience
from roadmap.models import ActionItem, Comment, Milestone, Obstacle, Reminder
from roadmap.models.querysets import is_late
from roadmap.rules.reminders import Rule, escalated_to, is_notice, is_personal, responsible
from roadmap.rules.weighing import Staff
from roadmap.selectors import countdowns, items, notices, owner_away
from roadmap.selectors.items import ACTION, MILESTONE, Item, Source
from roadmap.services import bell, lines, occasions
from roadmap.services.happenings import Happening

# Why a notice is not told now, and waits for another letter instead of being lost.
READER_AWAY = "member away"
ROLE_LOST = "role or seat lost"
OTHERS_TURN = (READER_AWAY, "member inactive", "owner is back")


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a batch of letters speaks of, as it stands now."""

    items: Mapping[str, Item]
    sources: Mapping[str, Source]
    decided: Mapping[tuple[int, str], Obstacle]
    told_and_late: Mapping[int, frozenset[str]]
    staff: Staff | None = None
    rules: Sequence[Rule] = ()
    head: tuple[int, str] | None = None

    def item(self, reminder: Reminder) -> Item | None:
        return self.items.get(reminder.item)

    def source(self, reminder: Reminder) -> Source | None:
        return self.sources.get(reminder.occasion)


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
    waiting = [reminder.pk for reminder in reminders if _may_wait(reminder, broken)]
    _put_back(waiting)
    _cancel({pk: why for pk, why in broken.items() if pk not in waiting}, moment)
    return Lazily(
        {
            letter.pk: partial(_render, letter, held[letter.pk], broken, facts, moment)
            for letter in letters
        }
    )


def _gather(letters: Sequence[Letter], reminders: Sequence[Reminder], today: date) -> Facts:
    about = items.items(reminder.item for reminder in reminders)
    return Facts(
        items=about,
        sources=items.sources(reminder.occasion for reminder in reminders),
        decided=notices.decided_of(reminders),
        told_and_late=_told_and_late(letters, today),
        staff=countdowns.staff(today) if any(map(_is_by_desk, reminders)) else None,
        rules=owner_away.rules_for(about.values()),
        head=_head(letters),
    )


def _head(letters: Sequence[Letter]) -> tuple[int, str] | None:
    """Give the ledger's head, where a letter of the batch goes to the secretariat."""
    if all(letter.recipient.role != Role.SECRETARIAT for letter in letters):
        return None
    return AuditEntry.objects.order_by("-number").values_list("number", "hash").first()


def _is_by_desk(reminder: Reminder) -> bool:
    """Tell a line that reaches somebody for their role or seat, and not as an action's owner."""
    is_superior = reminder.audience != Audience.OWNER
    of_action = items.split(reminder.item)[0] == ACTION
    return not is_notice(reminder.occasion) and (is_superior or reminder.is_orphan or not of_action)


def _told_and_late(letters: Sequence[Letter], today: date) -> dict[int, frozenset[str]]:
    """Name, for each reader, what they answer for, were told of before, and is late still."""
    told = Reminder.objects.filter(
        recipient__in={letter.recipient_id for letter in letters},
        letter__state=LetterState.SENT,
        cancelled_at=None,
        audience=Audience.OWNER,
    ).exclude(occasions.are_notices())
    # Told week after week, an item stands once: the rows are as many as what was ever told of.
    rows = set(told.order_by().values_list("recipient", "item", "is_orphan").distinct())
    owners, milestones = _late_items({item for _reader, item, _is_orphan in rows}, today)
    found = defaultdict(set)
    for reader, item, is_orphan in rows:
        kind, number = items.split(item)
        is_theirs = is_orphan or owners.get(number) == reader
        is_late_action = kind == ACTION and number in owners and is_theirs
        if is_late_action or (kind == MILESTONE and number in milestones):
            found[reader].add(item)
    return {reader: frozenset(items) for reader, items in found.items()}


def _late_items(told: Iterable[str], today: date) -> tuple[dict[int, int | None], set[int]]:
    """Pick what is late: the actions, each with its owner, and the milestones."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for item in told:
        kind, number = items.split(item)
        numbers[kind].add(number)
    actions = ActionItem.objects.filter(is_late(today), pk__in=numbers[ACTION])
    milestones = Milestone.objects.open().filter(due_date__lt=today, pk__in=numbers[MILESTONE])
    return (
        dict(actions.values_list("pk", "owner").order_by()),
        set(milestones.values_list("pk", flat=True).order_by()),
    )


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
        why = why or _why_not_said(reminder, reader, facts)
        why = why or _why_not_asked(reminder, reader, facts)
        if why:
            broken[reminder.pk] = why
        else:
            held[reminder.letter_id].append(reminder)
    return held, broken


def _why_not_said(reminder: Reminder, reader: Member, facts: Facts) -> str:
    """Say why what a notice tells of is not there any more, or not wanted by mail."""
    if not is_notice(reminder.occasion):
        return ""
    source = facts.source(reminder)
    if isinstance(source, Comment):
        named = {person.pk for person in source.mentions.all()}
        if reminder.recipient_id not in named:
            return "withdrawn"
        owner_id = getattr(facts.item(reminder), "owner_id", None)
        return bell.BELL_ONLY if bell.is_bell_only(reader, reminder.occasion, owner_id) else ""
    return "" if source is not None else "withdrawn"


def why_not(reminder: Reminder, reader: Member, item: Item | None, today: date) -> str:
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


def _why_not_theirs(reminder: Reminder, reader: Member, item: Item, today: date) -> str:
    """Say why a line for an owner is another person's by now."""
    if reminder.audience != Audience.OWNER or not isinstance(item, ActionItem):
        return ""
    if is_personal(reminder.occasion, reminder.stage):
        return ""
    if reminder.is_orphan:
        return "reassigned" if occasions.answers(item.owner, today) else ""
    owner = item.owner
    if owner is None or not (owner == reader or owner.deputy_id == reader.pk):
        return "reassigned"
    if owner != reader and not owner.is_paused(today):
        return "owner is back"
    return ""


def _why_not_asked(reminder: Reminder, reader: Member, facts: Facts) -> str:
    """Say why a line for a superior or a stand-in is not theirs any more."""
    item = facts.item(reminder)
    if facts.staff is None or item is None or not _is_by_desk(reminder):
        return ""
    place = getattr(item, "workstream_id", None)
    desk, people = facts.staff.desk(place), facts.staff.people
    if reminder.audience == Audience.OWNER:
        asked = responsible(getattr(item, "owner_id", None), desk, people)
    else:
        asked = escalated_to(reminder.audience, desk, people)
    return "" if reader.pk in asked else ROLE_LOST


def _may_wait(reminder: Reminder, broken: Mapping[int, str]) -> bool:
    """Tell a notice that another letter can tell: what was done has nobody else to remember it."""
    why = broken.get(reminder.pk)
    if why is None or not is_notice(reminder.occasion):
        return False
    if is_personal(reminder.occasion, reminder.stage):
        return why == READER_AWAY
    return why in OTHERS_TURN


def _put_back(waiting: Sequence[int]) -> None:
    """Take notices out of a letter that will not tell them; the plan finds them a reader."""
    if waiting:
        Reminder.objects.filter(pk__in=waiting, cancelled_at=None).update(letter=None)


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
    here = {reminder.item for reminder in reminders}
    contents = emails.Contents(
        recipient=letter.recipient,
        lines=sorted(told, key=lambda line: (line.group, line.days_left, line.code, line.title)),
        still_late=len(facts.told_and_late.get(letter.recipient_id, frozenset()) - here),
        is_rehearsal=moment.rehearsal is not None,
        at=moment.now,
        my_url=f"{settings.SITE_URL}{reverse('roadmap:my')}",
        head=facts.head if letter.recipient.role == Role.SECRETARIAT else None,
        may_unsubscribe=not any(_is_answered_for(reminder, facts) for reminder in reminders),
    )
    return emails.reminder_letter(contents)


def _is_answered_for(reminder: Reminder, facts: Facts) -> bool:
    """Tell whether a line is about what its reader owns, or is told in an owner's place."""
    owner_id = getattr(facts.item(reminder), "owner_id", None)
    is_countdown = not is_notice(reminder.occasion)
    return owner_id == reminder.recipient_id or (
        is_countdown and reminder.audience == Audience.OWNER
    )


def _line(reminder: Reminder, facts: Facts, today: date) -> emails.Line:
    item = facts.item(reminder)
    assert item is not None  # or it would not have been held
    source = facts.source(reminder)
    told = Happening(source, facts.decided) if source is not None else None
    return lines.line(reminder, item, told, today, facts.rules)
