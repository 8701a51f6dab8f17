"""What every page may cost: a named number of queries, the same for ten rows as for a thousand.

A page that is not listed fails, so no new one slips in without its budget.
"""

from __future__ import annotations

from django.db import connection
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from committee.enums import LetterKind
from committee.models import Letter, Member
from roadmap.models import Evidence, Milestone, Obstacle, StatusUpdate
from tests import cast as casting
from tests import factories, stage
from tests.cast import address
from tests.factories import days, moment
from tests.test_permissions import read
from umkm.models import Observation
from umkm.provinces import PROVINCES

MOST = 25
# The whole roadmap on one paper, and the nineteen sections of what changed since a meeting: each
# of their parts is asked for, once.
PAPERS = {"roadmap:pack", "roadmap:pack-text", "roadmap:changes"}
# Pages hold at most fifty rows: with sixty they are full, and grow no more.
FULL = 60
PEOPLE = 50  # a committee does not grow with its roadmap
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]

BUDGETS: dict[str, int] = {
    "account_change_password": 6,
    "account_logout": 6,
    "account_reauthenticate": 12,
    "account_reset_password": 6,
    "account_reset_password_done": 6,
    "account_reset_password_from_key_done": 6,
    "admin:app_list": 4,
    "admin:committee_heartbeat_change": 5,
    "admin:committee_heartbeat_changelist": 6,
    "admin:committee_institution_add": 5,
    "admin:committee_institution_change": 6,
    "admin:committee_institution_changelist": 6,
    "admin:committee_letter_change": 6,
    "admin:committee_letter_changelist": 8,
    "admin:committee_member_add": 5,
    "admin:committee_member_change": 9,
    "admin:committee_member_changelist": 7,
    "admin:committee_member_enrol": 4,
    "admin:committee_member_role": 5,
    "admin:committee_seat_add": 6,
    "admin:committee_seat_change": 7,
    "admin:committee_seat_changelist": 7,
    "admin:committee_workstream_add": 5,
    "admin:committee_workstream_change": 6,
    "admin:committee_workstream_changelist": 6,
    "admin:index": 5,
    "admin:jsi18n": 4,
    "admin:roadmap_actionitem_change": 12,
    "admin:roadmap_actionitem_changelist": 8,
    "admin:roadmap_milestone_change": 8,
    "admin:roadmap_milestone_changelist": 7,
    "admin:roadmap_reminderrule_add": 5,
    "admin:roadmap_reminderrule_change": 21,
    "admin:roadmap_reminderrule_changelist": 7,
    "admin:umkm_challenge_add": 4,
    "admin:umkm_challenge_change": 5,
    "admin:umkm_challenge_changelist": 6,
    "admin:umkm_indicator_add": 5,
    "admin:umkm_indicator_change": 6,
    "admin:umkm_indicator_changelist": 7,
    "admin:umkm_observation_change": 8,
    "admin:umkm_observation_changelist": 6,
    "committee:language": 6,
    "committee:profile": 9,
    "roadmap:action": 21,
    "roadmap:action-cancel": 8,
    "roadmap:action-create": 15,
    "roadmap:action-edit": 18,
    "roadmap:action-move": 13,
    "roadmap:action-reassign": 9,
    "roadmap:action-reopen": 8,
    "roadmap:action-report": 9,
    "roadmap:action-return": 8,
    "roadmap:action-submit": 8,
    "roadmap:action-verify": 8,
    "roadmap:actions": 11,
    "roadmap:evidence": 5,
    "roadmap:evidence-add": 8,
    "roadmap:health": 6,
    "roadmap:letter": 9,
    "roadmap:letters": 12,
    "roadmap:method": 9,
    "roadmap:milestone": 16,
    "roadmap:milestone-achieve": 7,
    "roadmap:milestone-close": 7,
    "roadmap:milestone-create": 8,
    "roadmap:milestone-edit": 11,
    "roadmap:milestone-move": 9,
    "roadmap:milestones": 10,
    "roadmap:my": 10,
    "roadmap:obstacle-close": 9,
    "roadmap:timeline": 16,
    "roadmap:overview": 19,
    "roadmap:progress": 9,
    "roadmap:workstream": 25,
    **stage.BUDGETS,
}
# Addresses that answer GET with no page: they lead elsewhere, or take a POST alone.
NO_PAGE = {
    "roadmap:action-confirm",
    "roadmap:clock",
    "roadmap:clock-step",
    "account_login",
    "account_reset_password_from_key",
    "committee:single-sign-on",
    "committee:single-sign-on-return",
    "admin:autocomplete",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "admin:view_on_site",
    "admin:committee_member_erase",
    "admin:committee_member_invite",
    "admin:committee_member_reset",
    *stage.NO_PAGE,
}
# Rows that nobody adds or deletes in Django admin: 403. Their history leads to the ledger.
CLOSED = {"letter_add", "heartbeat_add", "actionitem_add", "milestone_add", "observation_add"}


def is_page(name):
    closed = name.endswith(("_delete", "_history")) or name.split("_", 1)[-1] in CLOSED
    return not (name in NO_PAGE or name.startswith("admin/") or closed)


def pages():
    return sorted({name for name, _route in casting.names() if is_page(name)})


def reader(name):
    """Name who sees most on a page."""
    return ({"admin:committee_member_role": "admin"} | stage.READERS).get(name, "secretariat")


def fill(cast, number):
    """Grow the roadmap: actions with their histories, milestones, letters, observations."""
    place, owner = cast.open.workstream, cast.people["secretariat"]
    made = factories.actions(number, workstream=place, owner=owner, late=True)
    StatusUpdate.objects.bulk_create(_updates(made, owner, in_force=True))
    # More than a page of its own history, so that the next page is asked for.
    own = [cast.open] * (number + 30)
    StatusUpdate.objects.bulk_create(_updates(own, owner, in_force=False))
    Obstacle.objects.bulk_create([_obstacle(one, owner) for one in made])
    milestones = factories.milestones(number, workstream=place)
    first = Letter.objects.count()
    Letter.objects.bulk_create([_letter(owner, first + n) for n in range(number)])
    line, cited = cast.observation.series, cast.observation.source
    there = Observation.objects.filter(series=line, kind="target").count()
    figures = [_observation(line, cited, there + n) for n in range(number)]
    Observation.objects.bulk_create(figures)
    stage.fill(cast, number)
    return made, milestones


def hang(cast, made, milestones):
    """Hang on the action and the milestone shown what hangs on a real one."""
    gates = Milestone.actions.through
    gates.objects.bulk_create(
        [gates(milestone=cast.milestone, actionitem=one) for one in made[:10]]
        + [gates(milestone=one, actionitem=cast.open) for one in milestones[:10]]
    )
    owner = cast.people["secretariat"]
    Obstacle.objects.bulk_create([_obstacle(cast.open, owner) for _ in range(10)])
    Evidence.objects.bulk_create([_evidence(cast.open, owner) for _ in range(10)])


def _updates(actions, by, *, in_force):
    rows = []
    for number, action in enumerate(actions):
        state = {name: getattr(action, name) for name in factories.STATE_FIELDS}
        at = moment(days(-number % 300 - 400 if not in_force else -1))
        ended = None if in_force else at
        rows.append(
            StatusUpdate(
                action=action, kind="reported", by=by, at=at, superseded_at=ended, note="x", **state
            )
        )
    return rows


def _obstacle(action, by):
    return Obstacle(action=action, needed="Surat", raised_on=days(-4), raised_by=by)


def _evidence(action, by):
    return Evidence(
        action=action, title="Surat", url="https://a.example/", added_on=days(-3), added_by=by
    )


def _letter(to, number):
    return Letter(
        dedupe_key=f"isi:{number}",
        message_id=f"<{number}@demo.test>",
        kind=LetterKind.REMINDERS,
        recipient=to,
        policy_date=days(-number),
        not_before=timezone.now(),
    )


def _observation(line, cited, number):
    # One figure of a kind, a year and a place in a line: those past 150 are of provinces.
    place = ["", *PROVINCES][number // 150]
    return Observation(
        series=line,
        year=1945 + number % 150,
        region=place,
        value=number,
        kind="target",
        known_from=days(-9),
        source=cited,
        confidence="high",
    )


# Django admin offers every action as a gate; the page of leads and secretariat asks for codes.
GROWS = {"admin:roadmap_milestone_change"}


class Costs:
    """What each page costs with some rows, which are made once for all pages."""

    rows = 0

    @classmethod
    def setUpTestData(cls):
        with override_settings(PASSWORD_HASHERS=QUICK):
            cls.cast = casting.gather()
        for _number in range(PEOPLE):
            factories.member(institution=cls.cast.institution)
        hang(cls.cast, *fill(cls.cast, cls.rows))

    def costs(self):
        return {name: self.cost(name) for name in pages()}

    def cost(self, name):
        """Give the queries and the bytes of a page."""
        client = Client()
        client.force_login(Member.objects.get(pk=self.cast.people[reader(name)].pk))
        place = address(self.cast, name)
        read(client.get(place))  # content types and the like are read once per process
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(place)
        assert answer.status_code == 200, name
        return len(queries), len(read(answer))


class TestTenRows(Costs, TestCase):
    rows = 10

    def test_every_page_keeps_its_budget(self):
        assert {name: queries for name, (queries, _bytes) in self.costs().items()} == BUDGETS


class TestAThousandRows(Costs, TestCase):
    rows = FULL

    def test_every_page_costs_the_same(self):
        full = self.costs()
        fill(self.cast, 1000 - FULL)
        many = self.costs()

        grown = {name for name in many if many[name][1] > full[name][1] * 1.1}
        assert {name: queries for name, (queries, _bytes) in many.items()} == BUDGETS
        assert grown <= GROWS


def test_no_page_costs_more_than_the_most():
    assert {name for name, queries in BUDGETS.items() if queries > MOST} <= PAPERS


def test_every_page_has_a_budget():
    assert set(pages()) == set(BUDGETS)
