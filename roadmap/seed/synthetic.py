"""Many realistic actions for measuring: the same ones for the same number, every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from committee.enums import Role, SeatKind
from committee.models import Institution, Member, Seat, Workstream
from committee.services import bump_revision
from roadmap.enums import Outlook, Status, UpdateKind
from roadmap.models import (
    STATE_FIELDS,
    ActionItem,
    Dependency,
    DueDateChange,
    Milestone,
    Obstacle,
    StatusUpdate,
)
from roadmap.rules.dates import action_code
from roadmap.seed import demo, importer, synthetic_figures
from roadmap.seed.files import Record
from roadmap.seed.histories import dawn

OPENING = date(2018, 9, 24)
BATCH = 1000
PROJECT = 24  # actions that belong together, across the workstreams
LAGS = (0, 0, 0, 7, 14, 30)
VERBS = ("Penyusunan", "Penyelarasan", "Uji coba", "Perluasan", "Evaluasi", "Sosialisasi")
THINGS = ("pedoman logistik", "skema pendanaan", "layanan digital", "pelatihan UMKM", "data dagang")
Link = tuple[ActionItem, ActionItem, int]
NOTES = ("Rapat koordinasi selesai.", "Rancangan dibahas.", "Menunggu masukan.", "Uji coba jalan.")


@transaction.atomic
def fill(record: Record, number: int) -> list[str]:
    """Make a rehearsal of so many actions, with people, histories, slips and milestones."""
    dice = random.Random(number)  # noqa: S311 - the same actions every time is the point
    _take_time()
    demo.begin(OPENING)
    importer.prepare(record)
    members = _members(dice, max(10, number // 10))
    actions = _actions(dice, number, members)
    links = _links(random.Random(f"links of {number}"), actions)  # noqa: S311 - as above
    chains = [_chain(dice, action) for action in actions]
    ActionItem.objects.bulk_create(actions, batch_size=BATCH)
    StatusUpdate.objects.bulk_create((one for chain in chains for one in chain), batch_size=BATCH)
    DueDateChange.objects.bulk_create(_slips(actions, chains), batch_size=BATCH)
    Obstacle.objects.bulk_create(_obstacles(actions), batch_size=BATCH)
    Dependency.objects.bulk_create(_dependencies(links), batch_size=BATCH)
    milestones = _milestones(dice, actions, max(1, number // 20))
    synthetic_figures.fill(actions, OPENING)
    bump_revision()
    _count_up()
    return [f"action {one.code}" for one in actions] + [f"milestone {one}" for one in milestones]


def _count_up() -> None:
    """Let the database learn what so many new rows hold, lest it plan as if there were none."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _take_time() -> None:
    """Let one transaction think longer between its statements than a page ever may."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
            cursor.execute("SET statement_timeout = 0")


def _members(dice: random.Random, number: int) -> list[Member]:
    places = list(Institution.objects.order_by("pk"))
    demo.add(
        [
            Member(
                email=demo.address(f"anggota{n}"),
                name=f"Anggota {n}",
                role=Role.MEMBER,
                institution=dice.choice(places),
                is_demo=True,
            )
            for n in range(1, number + 1)
        ]
    )
    members = list(Member.objects.filter(email__startswith="anggota").order_by("pk"))
    streams = list(Workstream.objects.order_by("order"))
    Seat.objects.bulk_create(
        (
            Seat(
                member=member,
                workstream=dice.choice(streams),
                kind=SeatKind.CONTRIBUTOR,
                from_date=demo.SEATED,
            )
            for member in members
        ),
        batch_size=BATCH,
    )
    return members


def _actions(dice: random.Random, number: int, members: list[Member]) -> list[ActionItem]:
    streams = list(Workstream.objects.order_by("order"))
    actions = []
    for n in range(number):
        place = streams[n % len(streams)]
        nth = n // len(streams) + 1
        owner = dice.choice(members)
        start = OPENING - timedelta(days=dice.randint(60, 600))
        due = OPENING + timedelta(days=dice.randint(-60, 400))
        actions.append(
            ActionItem(
                code=action_code(place.code, nth),
                number=nth,
                workstream=place,
                title=f"{dice.choice(VERBS)} {dice.choice(THINGS)} {nth}",
                output="Dokumen yang disepakati",
                owner=owner,
                lead_institution_id=owner.institution_id,
                start_date=start,
                created_on=start,
                due_date=due,
                first_due_date=due,
                weight=dice.randint(1, 3),
            )
        )
    return actions


def _links(dice: random.Random, actions: list[ActionItem]) -> list[Link]:
    """Let actions of one project wait for some due before them: about two each, never a circle.

    Most are planned to begin when they can; what slips later is violated then.
    """
    links = []
    for first in range(0, len(actions), PROJECT):
        project = sorted(actions[first : first + PROJECT], key=_due)
        for place, after in enumerate(project):
            found = [
                (before, after, dice.choice(LAGS))
                for before in _before(dice, project[:place], after)
            ]
            links += found
            if found and dice.random() < 0.8:
                _begin_when_possible(after, found)
    return links


def _before(dice: random.Random, earlier: list[ActionItem], after: ActionItem) -> list[ActionItem]:
    """Choose what an action waits for, rather from its own workstream."""
    own = [one for one in earlier if one.workstream_id == after.workstream_id]
    pool = own if own and dice.random() < 0.5 else earlier
    return dice.sample(pool, min(len(pool), dice.choice((1, 2, 3))))


def _begin_when_possible(after: ActionItem, found: list[Link]) -> None:
    start = max(_due(before) + timedelta(days=lag + 1) for before, _after, lag in found)
    if start < _due(after):
        after.start_date = start


def _due(action: ActionItem) -> date:
    return action.due_date or OPENING


def _dependencies(links: list[Link]) -> Iterator[Dependency]:
    by = Member.objects.get(email=demo.address("sekretariat"))
    for before, after, lag in links:
        said = max(before.created_on, after.created_on)
        yield Dependency(
            predecessor=before, successor=after, lag_days=lag, created_on=said, created_by=by
        )


def _chain(dice: random.Random, action: ActionItem) -> list[StatusUpdate]:
    """Play an action's life from its start until now: three to eight updates."""
    age = (OPENING - action.created_on).days
    told = sorted(dice.sample(range(1, age), dice.randint(2, 7)))
    chain = [_update(action, UpdateKind.IMPORTED, action.created_on)]
    moved = told[0] if dice.random() < 0.2 else None
    for step, offset in enumerate(told, start=1):
        day = action.created_on + timedelta(days=offset)
        kind = _live(dice, action, day, step / len(told), moves=offset == moved)
        chain[-1].superseded_at = dawn(day)
        fields = {} if kind == UpdateKind.IMPORTED else {"by": action.owner}
        chain.append(_update(action, kind, day, note=dice.choice(NOTES), **fields))
    return chain


def _live(
    dice: random.Random, action: ActionItem, day: date, share: float, *, moves: bool
) -> UpdateKind:
    """Change an action's state as one day of its life would."""
    due = action.due_date or OPENING
    if moves:
        action.due_date = due + timedelta(days=dice.choice((31, 92, 184)))
        action.times_moved = action.date_generation = 1
        return UpdateKind.IMPORTED
    action.reported_on = day
    action.progress = min(95, max(action.progress, int(share * dice.randint(30, 100))))
    action.status = Status.IN_PROGRESS
    action.outlook = dice.choice((Outlook.ON_TIME, Outlook.ON_TIME, Outlook.AT_RISK))
    if share == 1 and dice.random() < 0.2:
        action.status, action.progress, action.submitted_on = Status.SUBMITTED, 100, day
        action.submitted_by = action.owner
        action.is_submitted_late = day > due
        return UpdateKind.SUBMITTED
    if share == 1 and dice.random() < 0.1:
        action.is_blocked = True
        return UpdateKind.OBSTACLE
    return UpdateKind.REPORTED


def _update(action: ActionItem, kind: UpdateKind, day: date, **fields: Any) -> StatusUpdate:
    state = {name: getattr(action, name) for name in STATE_FIELDS}
    return StatusUpdate(
        action=action, kind=kind, at=dawn(day), is_illustrative=True, **state, **fields
    )


def _slips(actions: list[ActionItem], chains: list[list[StatusUpdate]]) -> list[DueDateChange]:
    return [
        DueDateChange(
            action=action,
            old_date=action.first_due_date or OPENING,
            new_date=action.due_date or OPENING,
            # The first thing that happens to an action that slips is its slip.
            on=chain[1].at.date(),
            reason="Pembahasan belum selesai.",
            source="sintetis",
        )
        for action, chain in zip(actions, chains, strict=True)
        if action.times_moved
    ]


def _obstacles(actions: list[ActionItem]) -> list[Obstacle]:
    return [
        Obstacle(
            action=action,
            needed="Keputusan Komite Pengarah",
            raised_on=action.reported_on or OPENING,
            raised_by=action.owner,
            is_illustrative=True,
        )
        for action in actions
        if action.is_blocked
    ]


def _milestones(dice: random.Random, actions: list[ActionItem], number: int) -> list[Milestone]:
    gates = [dice.choice(actions) for _ in range(number)]
    milestones = [
        Milestone(
            title=f"Tonggak {n}",
            workstream=gate.workstream,
            due_date=gate.due_date,
            first_due_date=gate.due_date,
            known_from=gate.created_on,
        )
        for n, gate in enumerate(gates, start=1)
    ]
    Milestone.objects.bulk_create(milestones, batch_size=BATCH)
    through = Milestone.actions.through
    through.objects.bulk_create(
        (
            through(milestone_id=one.pk, actionitem_id=gate.pk)
            for one, gate in zip(milestones, gates, strict=True)
        ),
        batch_size=BATCH,
    )
    return milestones
