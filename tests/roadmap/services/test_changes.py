"""What every change of an action has in common, whichever verb made it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from committee.models import Revision
from roadmap.enums import Status
from roadmap.models import STATE_FIELDS, ActionItem, Reminder, StatusUpdate
from roadmap.rules.refusals import Refused
from roadmap.services.changes import Stale
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.services.conftest import STRANGERS, make
from tests.roadmap.services.verbs import OWN, VERBS, attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
EVERY_VERB = pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
EVERYBODY = sorted({*OWN, *STRANGERS, "chair"})
ALLOWED = [(name, who) for name, verb in VERBS.items() for who in sorted(verb.who)]
DENIED = [(name, who) for name, verb in VERBS.items() for who in EVERYBODY if who not in verb.who]
OUT_OF_ORDER = [
    (name, status) for name, verb in VERBS.items() for status in Status if status not in verb.starts
]


def begin(people, verb, status=None):
    """Give an action from which a verb may begin, and who may do it."""
    first = status or (Status.IN_PROGRESS if Status.IN_PROGRESS in verb.starts else None)
    action = make(people, first or sorted(verb.starts)[0])
    who = "owner" if "owner" in verb.who else "secretariat"
    return action, getattr(people, who)


@EVERY_VERB
def test_it_writes_one_update_with_the_whole_state_after_it(people, verb):
    action, by = begin(people, verb)
    first = action.updates.get()

    verb.call(action, attempt(by, action))

    action.refresh_from_db()
    first.refresh_from_db()
    last = action.updates.get(superseded_at=None)
    assert action.updates.count() == 2
    assert (last.kind, last.by, first.superseded_at) == (verb.kind, by, last.at)
    assert [getattr(last, name) for name in STATE_FIELDS] == [
        getattr(action, name) for name in STATE_FIELDS
    ]
    assert action.version == 1
    assert Revision.objects.get().number == 1
    if verb.ends:
        assert action.status == verb.ends


@EVERY_VERB
def test_only_a_report_ends_silence(people, verb):
    action, by = begin(people, verb)
    before = action.reported_on

    verb.call(action, attempt(by, action))

    action.refresh_from_db()
    assert action.reported_on == (TODAY if verb.is_report else before)


@pytest.mark.parametrize(("name", "who"), ALLOWED)
def test_who_may_can(people, name, who):
    verb = VERBS[name]
    action, _by = begin(people, verb)

    verb.call(action, attempt(getattr(people, who), action))

    assert action.updates.count() == 2


@pytest.mark.parametrize(("name", "who"), DENIED)
def test_who_may_not_changes_nothing(people, name, who):
    verb = VERBS[name]
    action, _by = begin(people, verb)

    with unchanged(PermissionDenied):
        verb.call(action, attempt(getattr(people, who), action))


@EVERY_VERB
def test_an_account_closed_a_moment_ago_changes_nothing(people, verb):
    action, by = begin(people, verb)
    type(by).objects.filter(pk=by.pk).update(is_active=False)

    with unchanged(PermissionDenied):
        verb.call(action, attempt(by, action))


@pytest.mark.parametrize(("name", "status"), OUT_OF_ORDER)
def test_out_of_order_changes_nothing(people, name, status):
    verb = VERBS[name]
    action, by = begin(people, verb, status)

    with unchanged(Refused):
        verb.call(action, attempt(by, action))


@EVERY_VERB
def test_a_stale_version_changes_nothing_and_shows_what_stands(people, verb):
    action, by = begin(people, verb)
    mine = attempt(by, action)
    ActionItem.objects.filter(pk=action.pk).update(version=7, progress=12)

    with unchanged(Stale) as caught:
        verb.call(action, mine)

    assert caught.value.current.progress == 12


@EVERY_VERB
def test_a_repeated_submit_has_one_effect(people, verb):
    action, by = begin(people, verb)
    mine = attempt(by, action)
    first = verb.call(action, mine)
    after = everything()
    if verb.kind == "obstacle" and not verb.is_report:
        factories.obstacle(action)  # the tap comes again with the same obstacle on its page
        after = everything()

    second = verb.call(action, mine)

    assert everything() == after
    assert second.pk == first.pk


@EVERY_VERB
def test_a_repeated_submit_gives_back_what_the_first_gave(people, verb):
    action, by = begin(people, verb)
    mine = attempt(by, action)
    factories.obstacle(action)

    assert type(verb.call(action, mine)) is type(verb.call(action, mine))


@EVERY_VERB
def test_without_a_version_nothing_is_compared(people, verb):
    action, by = begin(people, verb)
    ActionItem.objects.filter(pk=action.pk).update(version=7)

    verb.call(action, attempt(by))

    action.refresh_from_db()
    assert action.version == 8


@EVERY_VERB
def test_a_fault_after_any_write_leaves_nothing_behind(people, verb):
    action, by = begin(people, verb)
    before = everything()
    number, done = 1, False
    while not done:
        try:
            with failing_after(number) as writes:
                verb.call(action, attempt(by, action))
            done = True
        except Fault:
            assert everything() == before, writes
            number += 1

    assert number > 3  # the action, the chain, the update, the revision
    assert everything() != before


@contextmanager
def no_transaction():
    """Stand in for the services' transaction: what was written before a fault stays."""
    try:
        yield
    except Fault:
        connection.set_rollback(False)
        raise


def test_control_without_the_transaction_a_fault_leaves_half_a_save(people, monkeypatch):
    verb = VERBS["report"]
    action, by = begin(people, verb)
    before = everything()
    monkeypatch.setattr(transaction, "atomic", no_transaction)

    with pytest.raises(Fault), failing_after(1):
        verb.call(action, attempt(by, action))

    assert everything() != before


def test_the_chain_never_breaks(people, action):
    dice = Random(24)
    seen = {}
    for hour in range(120):
        name = dice.choice(sorted(VERBS))
        by = people.secretariat if "secretariat" in VERBS[name].who else people.owner
        try:
            VERBS[name].call(action, attempt(by, action, day=days(hour)))
        except (Refused, AttributeError, PermissionDenied):
            continue
        chain = list(action.updates.order_by("at", "pk"))
        assert [one.superseded_at for one in chain[:-1]] == [one.at for one in chain[1:]]
        assert chain[-1].superseded_at is None
        for one in chain:
            ended = seen.setdefault(one.pk, one.superseded_at) or one.superseded_at
            assert one.superseded_at == ended
            seen[one.pk] = ended

    assert len(seen) > 20


def test_two_changes_in_one_moment_keep_their_order(people, action):
    StatusUpdate.objects.filter(action=action).delete()
    now = attempt(people.owner)
    for _ in range(3):
        VERBS["confirm"].call(action, type(now)(now.by, now.at, None, uuid4()))

    moments = list(action.updates.order_by("pk").values_list("at", flat=True))

    assert moments == [now.at.now + timedelta(microseconds=n) for n in range(3)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("submit", "submitted"),
        ("verify", "verified"),
        ("return", "returned"),
        ("cancel", "cancelled"),
        ("reopen", "reopened"),
        ("move", "due date moved"),
        ("reassign", "reassigned"),
        ("report", ""),
        ("confirm", ""),
        ("edit", ""),
    ],
)
def test_what_it_makes_untrue_is_reminded_of_no_more_and_says_why(people, name, why):
    action, by = begin(people, VERBS[name])
    waiting = Reminder.objects.create(
        item=f"action:{action.pk}",
        occasion="due:0",
        stage="-3d",
        recipient=people.owner,
        due_at=moment(TODAY),
    )

    VERBS[name].call(action, attempt(by, action))

    waiting.refresh_from_db()
    assert (waiting.cancel_reason, waiting.cancelled_at is not None) == (why, bool(why))
