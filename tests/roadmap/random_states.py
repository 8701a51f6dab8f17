"""Random actions with random pasts, for tests that count them in two ways."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from roadmap.enums import Outlook, Status
from roadmap.models import STATE_FIELDS, ActionItem, StatusUpdate
from tests import factories
from tests.factories import SMALL, TODAY, days, moment

NEAR = (None, -400, -60, -42, -39, -31, -30, -29, -8, -1, 0, 1, 6, 7, 8, 30, 200)
LIVES = 3  # how many states each action was in


def make(number: int, seed: int, places: int = 3) -> list[ActionItem]:
    """Make so many actions, each with a chain of states up to today, and gates among them."""
    dice = Random(seed)
    streams = [factories.workstream() for _ in range(places)]
    owners = [factories.member() for _ in range(40)]
    rows = [
        ActionItem(
            code=f"R-{seed}-{n}",
            title="x",
            workstream=dice.choice(streams),
            number=n % SMALL,
            created_on=days(dice.choice((-400, -200, -60, -46, -45, -44, -31, -30, -29, -3))),
        )
        for n in range(number)
    ]
    chains = [list(_chain(dice, action, owners)) for action in rows]
    made = ActionItem.objects.bulk_create(rows)
    StatusUpdate.objects.bulk_create(update for chain in chains for update in chain)
    _gates(dice, made)
    return made


def _chain(dice, action, owners):
    """Live through some states; the last one is the action's own."""
    latest = (TODAY - action.created_on).days
    told = sorted(dice.sample(range(1, latest + 1), min(LIVES - 1, latest)))
    moments = [action.created_on, *(action.created_on + timedelta(days=one) for one in told)]
    for nth, day in enumerate(moments):
        _live(dice, action, day, owners)
        following = moments[nth + 1] if nth + 1 < len(moments) else None
        yield StatusUpdate(
            action=action,
            kind="imported",
            at=moment(day),
            superseded_at=moment(following) if following else None,
            **{name: getattr(action, name) for name in STATE_FIELDS},
        )


def _live(dice: Random, action: ActionItem, day: date, owners: list) -> None:
    action.status = dice.choice(Status.values)
    ended = action.status in (Status.SUBMITTED, Status.VERIFIED)
    action.progress, action.weight = dice.randrange(101), dice.randrange(1, 6)
    action.outlook = dice.choice(["", Outlook.ON_TIME, Outlook.ON_TIME, Outlook.AT_RISK])
    action.start_date, action.due_date = _some_day(dice), _some_day(dice)
    action.first_due_date = action.due_date
    action.due_basis = dice.choice(("decided", "illustrative"))
    told = dice.choice((None, None, None, -400, -76, -75, -74, -60, -46, -45, -31, -30, -29, -1))
    # Nobody reports before the action is there, nor on a day that is yet to come.
    reported = None if told is None else max(days(told), action.created_on)
    action.reported_on = None if reported is None else min(reported, day)
    action.submitted_on = day if ended else None
    action.is_blocked = dice.random() < 0.2
    action.is_submitted_late = ended and dice.random() < 0.5
    action.owner = dice.choice(owners) if dice.random() < 0.6 else None


def _some_day(dice: Random) -> date | None:
    offset = dice.choice(NEAR)
    return None if offset is None else days(offset)


def _gates(dice: Random, made: list[ActionItem]) -> None:
    kinds = [
        {},
        {"due_date": days(-1)},
        {"due_date": days(-1), "achieved": True},
        {"due_date": days(-60), "missed": True},
        {"due_date": days(-60)},
        {"due_date": TODAY},
        {"due_date": days(-46), "known_from": days(-40)},
        {"due_date": days(-1), "known_from": days(1)},
    ]
    for kind in kinds:
        factories.milestone(actions=dice.sample(made, len(made) // 10), **kind)
