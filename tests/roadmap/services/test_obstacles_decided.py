"""Several obstacles that are one thing: joined, decided once, and every waiting owner told."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from committee.models import Decision
from roadmap.models import Obstacle, Reminder, StatusUpdate
from roadmap.rules.refusals import Refused
from roadmap.services import obstacles
from roadmap.services.obstacles import Ruling
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.roadmap.services.verbs import attempt
from tests.stage.meetings import correction
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
TEXT = "Peraturan ditetapkan sebelum akhir tahun."


@pytest.fixture
def trio(people):
    """Give an obstacle of each of three actions, the first of them joined by the second."""
    owners = [factories.member() for _ in range(3)]
    actions = [factories.action(workstream=people.place, owner=owner) for owner in owners]
    made = [factories.obstacle(one, raised_on=days(-9 + n)) for n, one in enumerate(actions)]
    join(people, made[0], made[1])
    return [Obstacle.objects.get(pk=one.pk) for one in made]


def join(people, root, *others, apart=(), by=None):
    return obstacles.join_obstacles(
        obstacle=root, attempt=attempt(by or people.secretariat), others=others, apart=apart
    )


def decide(people, obstacle, ruling=None, *, tried=None):
    return obstacles.decide_obstacle(
        obstacle=obstacle,
        attempt=tried or attempt(people.secretariat),
        ruling=ruling or Ruling(TEXT),
    )


def roots(*found):
    rows = Obstacle.objects.in_bulk([one.pk for one in found])
    return [rows[one.pk].joined_to_id for one in found]


class TestJoining:
    def test_what_is_joined_to_another_follows_it(self, people, trio):
        first, second, third = trio

        join(people, third, first)

        assert roots(first, second, third) == [third.pk, third.pk, None]

    def test_joining_again_is_no_harm(self, people, trio):
        first, second, third = trio

        join(people, first, second, third)

        assert roots(*trio) == [None, first.pk, first.pk]

    def test_no_circle_comes_of_joining_a_root_to_itself(self, people, trio):
        join(people, trio[0], trio[0])

        assert roots(*trio) == [None, trio[0].pk, None]

    def test_one_that_hangs_on_another_is_no_root(self, people, trio):
        with unchanged(Refused) as caught:
            join(people, trio[1], trio[2])

        assert caught.value.reason == "already_joined"

    def test_what_hangs_on_another_is_not_taken_from_it(self, people, trio):
        with unchanged(Refused) as caught:
            join(people, trio[2], trio[1])

        assert caught.value.reason == "already_joined"

    @pytest.mark.parametrize("closed", [0, 2])
    def test_what_is_closed_is_joined_to_nothing(self, people, trio, closed):
        Obstacle.objects.filter(pk=trio[closed].pk).update(
            closed_on=TODAY, closed_by=people.secretariat
        )

        with unchanged(Refused) as caught:
            join(people, trio[0], trio[2])

        assert caught.value.reason == "already_answered"

    def test_they_are_taken_apart_again(self, people, trio):
        join(people, trio[0], apart=[trio[1]])

        assert roots(*trio) == [None, None, None]

    def test_taking_apart_what_hangs_elsewhere_by_now_does_nothing(self, people, trio):
        join(people, trio[2], apart=[trio[1]])

        assert roots(*trio) == [None, trio[0].pk, None]

    @pytest.mark.parametrize("who", ["owner", "lead", "chair", "admin", "viewer", "adviser"])
    def test_only_the_secretariat_joins(self, people, trio, who):
        with unchanged(PermissionDenied):
            join(people, trio[0], trio[2], by=getattr(people, who))

    def test_one_solved_by_itself_stands_alone_and_the_next_is_the_root(self, people, trio):
        first, second, third = trio
        join(people, first, third)

        obstacles.close_obstacle(
            action=first.action,
            attempt=attempt(people.secretariat, first.action),
            obstacle=first,
            closing_note="Surat diterima.",
        )

        assert roots(first, second, third) == [None, None, second.pk]
        assert set(Obstacle.objects.filter(closed_on=None)) >= {second, third}

    def test_one_joined_is_solved_by_itself(self, people, trio):
        first, second, _third = trio

        obstacles.close_obstacle(
            action=second.action,
            attempt=attempt(people.secretariat, second.action),
            obstacle=second,
            closing_note="Surat diterima.",
        )

        first.refresh_from_db()
        assert (roots(second), first.closed_on) == ([None], None)

    def test_one_that_was_joined_meanwhile_is_found_at_the_second_try(
        self, people, trio, monkeypatch
    ):
        """Between reading and locking, somebody else's join of the third had its effect."""
        first, _second, third = trio
        lock, tries = obstacles._lock, []

        def grown_once(pks):
            tries.append(pks)
            if len(tries) == 1:
                raise obstacles.Grown
            return lock(pks)

        join(people, first, third)
        monkeypatch.setattr(obstacles, "_lock", grown_once)

        decide(people, first)

        assert len(tries) == 2
        assert not Obstacle.objects.filter(pk__in=[o.pk for o in trio], closed_on=None).exists()


class TestDeciding:
    def test_it_closes_all_that_is_joined_and_nothing_else(self, people, trio):
        first, second, third = trio

        decide(people, first)

        found = Obstacle.objects.in_bulk([one.pk for one in trio])
        for one in (found[first.pk], found[second.pk]):
            assert (one.closed_on, one.closed_by, one.closing_note) == (
                TODAY,
                people.secretariat,
                TEXT,
            )
        assert found[third.pk].closed_on is None

    def test_each_action_gets_one_update_and_is_blocked_no_more(self, people, trio):
        first, second, _third = trio
        also = factories.obstacle(second.action, needed="Anggaran", joined_to=first)
        before = {one.action_id: one.action.version for one in (first, second)}

        decide(people, first)

        for one in (first, second):
            one.action.refresh_from_db()
            update = one.action.updates.get(superseded_at=None)
            assert (update.kind, update.note, update.by) == ("obstacle", TEXT, people.secretariat)
            assert (one.action.is_blocked, update.is_blocked) == (False, False)
            assert one.action.version == before[one.action_id] + 1
        assert also.needed in second.action.updates.get(superseded_at=None).obstacle_text

    def test_an_action_with_another_obstacle_stays_blocked(self, people, trio):
        factories.obstacle(trio[0].action, needed="Anggaran")

        decide(people, trio[0])

        trio[0].action.refresh_from_db()
        assert trio[0].action.is_blocked

    def test_one_that_is_joined_leads_to_its_root(self, people, trio):
        decide(people, trio[1])

        assert not Obstacle.objects.filter(pk=trio[0].pk, closed_on=None).exists()

    def test_every_waiting_owner_is_told_in_the_next_letter(self, people, trio):
        decide(people, trio[0])

        told = Reminder.objects.filter(stage="decided")
        assert {one.recipient for one in told} == {trio[0].action.owner, trio[1].action.owner}
        assert {one.item for one in told} == {f"action:{one.action_id}" for one in trio[:2]}
        assert all(one.occasion.startswith("notice:") for one in told)

    def test_whoever_raised_it_is_told_too_but_not_who_decides(self, people, trio):
        Obstacle.objects.filter(pk=trio[0].pk).update(raised_by=people.lead)
        Obstacle.objects.filter(pk=trio[1].pk).update(raised_by=people.secretariat)

        decide(people, trio[0])

        told = {one.recipient for one in Reminder.objects.filter(stage="decided")}
        assert told == {trio[0].action.owner, trio[1].action.owner, people.lead}

    def test_at_an_open_meeting_it_becomes_a_decision(self, people, trio):
        meeting = committee_factories.meeting()

        decide(people, trio[0], Ruling(TEXT, meeting=meeting))

        decision = Decision.objects.get()
        assert (decision.meeting, decision.effect, decision.text) == (meeting, "obstacle", TEXT)
        assert set(decision.obstacles.all()) == set(trio[:2])

    @pytest.mark.parametrize("which", [0, 1])
    def test_that_decision_stands_under_the_point_about_any_of_them(self, people, trio, which):
        meeting = committee_factories.meeting()
        committee_factories.agenda_item(meeting, about=f"obstacle:{trio[2].pk}")
        committee_factories.agenda_item(meeting, about=f"advice:{trio[which].pk}")
        point = committee_factories.agenda_item(meeting, about=f"obstacle:{trio[which].pk}")

        decide(people, trio[0], Ruling(TEXT, meeting=meeting))

        assert Decision.objects.get().agenda_item == point

    def test_of_a_decision_that_was_corrected_the_right_words_count(self, people, trio):
        decision = committee_factories.decision(effect="obstacle", text="Salah.")
        committee_factories.close(decision.meeting)
        fixed = {"part": "decision", "decision": decision, "old": "Salah."}
        correction(decision.meeting, new="Benar.", **fixed)

        assert decide(people, trio[0], Ruling("", decision=decision)).closing_note == "Benar."

    def test_by_a_decision_that_stands_its_words_count(self, people, trio):
        decision = committee_factories.decision(effect="obstacle", text="Disepakati.")

        decide(people, trio[0], Ruling("", decision=decision))

        trio[1].refresh_from_db()
        assert (trio[1].decision, trio[1].closing_note) == (decision, "Disepakati.")

    @pytest.mark.parametrize(
        ("ruling", "reason"),
        [
            (lambda: Ruling("  "), "needs_reason"),
            (lambda: Ruling(TEXT, decision=committee_factories.decision()), "not_this_effect"),
            (
                lambda: Ruling(TEXT, meeting=committee_factories.meeting(closed=True)),
                "meeting_closed",
            ),
            (
                lambda: Ruling(TEXT, meeting=committee_factories.meeting(status="draft")),
                "meeting_not_open",
            ),
        ],
    )
    def test_a_refused_decision_changes_nothing(self, people, trio, ruling, reason):
        made = ruling()

        with unchanged(Refused) as caught:
            decide(people, trio[0], made)

        assert caught.value.reason == reason

    @pytest.mark.parametrize("which", [0, 1])
    def test_what_is_decided_is_not_decided_again(self, people, trio, which):
        decide(people, trio[0])

        with unchanged(Refused) as caught:
            decide(people, trio[which])

        assert caught.value.reason == "already_answered"

    @pytest.mark.parametrize("who", ["owner", "lead", "chair", "admin", "viewer", "adviser"])
    def test_only_the_secretariat_decides(self, people, trio, who):
        with unchanged(PermissionDenied):
            decide(people, trio[0], tried=attempt(getattr(people, who)))

    def test_a_form_sent_twice_decides_once(self, people, trio):
        mine = attempt(people.secretariat)
        ruling = Ruling(TEXT, meeting=committee_factories.meeting())

        assert decide(people, trio[0], ruling, tried=mine) == decide(
            people, trio[0], ruling, tried=mine
        )
        assert Decision.objects.count() == 1
        assert StatusUpdate.objects.filter(kind="obstacle", note=TEXT).count() == 2

    @pytest.mark.parametrize("which", [0, 1])
    def test_sent_again_after_the_meeting_closed_it_gives_the_first_result(
        self, people, trio, which
    ):
        mine, meeting = attempt(people.secretariat), committee_factories.meeting()
        first = decide(people, trio[which], Ruling(TEXT, meeting=meeting), tried=mine)
        committee_factories.close(meeting)
        after = everything()

        again = decide(people, trio[which], Ruling(TEXT, meeting=meeting), tried=mine)

        assert again == first == trio[0]
        assert everything() == after

    def test_control_another_form_is_refused_by_the_closed_meeting(self, people, trio):
        meeting = committee_factories.meeting()
        decide(people, trio[0], Ruling(TEXT, meeting=meeting))
        committee_factories.close(meeting)

        with unchanged(Refused) as caught:
            decide(people, trio[0], Ruling(TEXT, meeting=meeting))

        assert caught.value.reason == "meeting_closed"

    def test_one_that_grew_twice_while_it_was_locked_is_refused(self, people, trio, monkeypatch):
        tries = []

        def growing(pks):
            tries.append(pks)
            raise obstacles.Grown

        monkeypatch.setattr(obstacles, "_lock", growing)

        with unchanged(Refused) as caught:
            decide(people, trio[0])

        assert caught.value.reason == "meanwhile"
        assert len(tries) == 2

    def test_a_fault_after_any_write_leaves_nothing_behind(self, people, trio):
        """Among the writes: both obstacles, both actions, the decision, the notices."""
        ruling = Ruling(TEXT, meeting=committee_factories.meeting())
        before, number, done = everything(), 1, False
        while not done:
            try:
                with failing_after(number) as writes:
                    decide(people, trio[0], ruling)
                done = True
            except Fault:
                assert everything() == before, writes
                number += 1

        for table in ("roadmap_obstacle", "roadmap_reminder", "committee_decision"):
            assert any(table in sql for sql in writes)
