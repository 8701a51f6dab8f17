"""The signal, the contradiction and the progress of SQL are those of the rules."""

from random import Random

import pytest

from roadmap.enums import Outlook, Signal, Status
from roadmap.models import ActionItem, Milestone
from roadmap.rules import progress as progress_rules
from roadmap.rules import signals
from roadmap.selectors import progress
from roadmap.selectors.actions import ActionQuery, Watch, listing
from tests import factories
from tests.factories import TODAY, days

pytestmark = pytest.mark.django_db
NEAR = (None, -400, -60, -31, -30, -29, -8, -1, 0, 1, 6, 7, 8, 30, 200)


def some_day(dice, *, never=True):
    offset = dice.choice(NEAR if never else NEAR[1:])
    return None if offset is None else days(offset)


@pytest.fixture
def states():
    """Make 1,000 actions in random states, some of them gates of random milestones."""
    dice = Random(20180924)
    places = [factories.workstream() for _ in range(3)]
    owner = factories.member()
    rows = []
    for number in range(1000):
        status = dice.choice(Status.values)
        start, due = some_day(dice), some_day(dice)
        submitted = status in (Status.SUBMITTED, Status.VERIFIED)
        outlook = dice.choice(["", Outlook.ON_TIME, Outlook.ON_TIME, Outlook.AT_RISK])
        rows.append(
            ActionItem(
                code=f"X-{number}",
                title="x",
                workstream=dice.choice(places),
                number=number,
                status=status,
                progress=dice.randrange(101),
                weight=dice.randrange(1, 6),
                outlook=outlook,
                start_date=start,
                due_date=due,
                first_due_date=due,
                created_on=min(some_day(dice, never=False), TODAY),
                reported_on=some_day(dice),
                submitted_on=TODAY if submitted else None,
                is_blocked=dice.random() < 0.2,
                is_submitted_late=submitted and dice.random() < 0.5,
                owner=owner if dice.random() < 0.5 else None,
            )
        )
    made = ActionItem.objects.bulk_create(rows)
    kinds = [
        {},
        {"due_date": days(-1)},
        {"due_date": days(-1), "achieved": True},
        {"due_date": days(-1), "missed": True},
        {"due_date": TODAY},
        {"due_date": days(-1), "known_from": days(1)},
    ]
    for kind in kinds:
        factories.milestone(actions=dice.sample(made, 120), **kind)
    return made


def facts_of(action):
    gates = Milestone.objects.known_on(TODAY).open().filter(due_date__lt=TODAY, actions=action)
    return signals.Facts(
        status=Status(action.status),
        created_on=action.created_on,
        due_date=action.due_date,
        start_date=action.start_date,
        reported_on=action.reported_on,
        is_submitted_late=action.is_submitted_late,
        is_blocked=action.is_blocked,
        outlook=action.outlook,
        has_passed_gate=gates.exists(),
    )


def codes(name):
    query = ActionQuery(signal=name)
    found = set()
    for number in range(1, 22):
        rows = listing(query=query, today=TODAY, page=number, inside=True).rows
        found |= {row["code"] for row in rows}
    return found


def test_sql_and_rule_see_the_same_signal(states):
    in_sql = dict(ActionItem.objects.with_signal(TODAY).values_list("pk", "signal"))

    by_rule = {action.pk: signals.signal(facts_of(action), TODAY) or "" for action in states}

    assert in_sql == by_rule
    assert set(in_sql.values()) == {"", *Signal.values}


def test_sql_and_rule_see_the_same_contradictions(states):
    by_rule = {a.code for a in states if signals.is_contradiction(facts_of(a), TODAY)}

    assert codes(Watch.CONTRADICTION) == by_rule
    assert by_rule


def test_sql_and_rule_see_the_same_silence(states):
    by_rule = {a.code for a in states if signals.is_silent(facts_of(a), TODAY)}

    assert codes(Watch.SILENT) == by_rule
    assert codes(Signal.SILENT) < by_rule


def test_sql_and_rule_give_the_same_progress(states):
    in_sql = progress.tallies(today=TODAY, inside=True)

    for place in {action.workstream_id for action in states}:
        parts = [
            progress_rules.Part(
                status=Status(action.status),
                weight=action.weight,
                progress=action.progress,
                was_reported=action.reported_on is not None,
                start_date=action.start_date,
                due_date=action.due_date,
            )
            for action in states
            if action.workstream_id == place
        ]
        by_rule = progress_rules.progress(parts, TODAY)
        assert in_sql[place].claimed == pytest.approx(by_rule.claimed)
        assert in_sql[place].verified == pytest.approx(by_rule.verified)
        assert in_sql[place].expected == pytest.approx(by_rule.expected)
        assert in_sql[place].never_reported == by_rule.never_reported


def test_every_count_of_the_overview_is_the_length_of_its_list(states):
    whole = progress.whole(progress.tallies(today=TODAY, inside=True).values())

    for name in [*Signal.values, *Watch.values]:
        found = listing(query=ActionQuery(signal=name), today=TODAY, inside=True).found
        assert (name, whole.count(name)) == (name, found)


def test_vitality_is_the_share_of_owners_with_a_fresh_report(states):
    place = factories.workstream()
    for reported in (days(-1), days(-29), days(-30), None):
        owner = factories.member()
        factories.action(workstream=place, owner=owner, reported_on=reported, history=False)
    among = ActionItem.objects.filter(workstream=place)

    assert progress.vitality(today=TODAY, among=among) == (2, 4)
