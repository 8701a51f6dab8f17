"""What each step of an action's status leaves behind, beyond what all changes share."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from committee.enums import Role
from roadmap.enums import Outlook, Status
from roadmap.models import Reminder
from roadmap.rules.refusals import Refused
from roadmap.services import reports
from roadmap.services.changes import Words
from roadmap.services.obstacles import Need
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.services.conftest import make
from tests.roadmap.services.verbs import REASON, attempt
from tests.unchanged import unchanged

pytestmark = pytest.mark.django_db
LATE = {"outlook": Outlook.WILL_BE_LATE, "expected_date": days(120)}


def report(action, by, *, words=REASON, need=None, **claim):
    claim = reports.Report(**{"status": Status.IN_PROGRESS} | claim)
    return reports.report(
        action=action, attempt=attempt(by, action), claim=claim, words=words, need=need
    )


def last_notice(action):
    return Reminder.objects.get(item=f"action:{action.pk}", occasion__startswith="notice:")


def test_a_report_keeps_every_word_and_value(people, action):
    words = Words(note="Rancangan selesai.", obstacle_text="Surat BI", follow_up="Rapat.")
    need = Need("Surat BI", factories.institution("BI"), days(9))

    update = report(action, people.owner, words=words, need=need, progress=70, **LATE)

    action.refresh_from_db()
    raised = action.obstacles.order_by("pk").last()
    assert (update.note, update.obstacle_text, update.follow_up) == (
        "Rancangan selesai.",
        "Surat BI",
        "Rapat.",
    )
    assert (update.progress, update.outlook, update.expected_date) == (
        70,
        Outlook.WILL_BE_LATE,
        days(120),
    )
    assert (raised.needed, raised.needed_from.code, raised.needed_by) == ("Surat BI", "BI", days(9))
    assert (raised.raised_on, raised.raised_by) == (TODAY, people.owner)
    assert update.is_blocked


def test_a_blank_progress_keeps_the_last_value_and_nought_is_no_blank(people, action):
    assert report(action, people.owner).progress == 40
    assert report(action, people.owner, progress=0).progress == 0


def test_an_expected_date_is_kept_only_with_late(people, action):
    report(action, people.owner, **LATE)

    update = report(action, people.owner, outlook=Outlook.ON_TIME, expected_date=days(120))

    assert (update.outlook, update.expected_date) == (Outlook.ON_TIME, None)


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        (REASON, {"outlook": Outlook.WILL_BE_LATE}),
        (Words(), LATE),
        (Words(note="  \n"), LATE),
    ],
)
def test_late_without_a_date_and_a_reason_changes_nothing(people, action, words, claim):
    with unchanged(Refused) as caught:
        report(action, people.owner, words=words, **claim)

    assert caught.value.reason == "needs_expected_date"


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.VERIFIED, Status.CANCELLED])
def test_a_report_reaches_no_status_that_has_a_step_of_its_own(people, action, status):
    with unchanged(Refused):
        report(action, people.owner, status=status)


def test_work_begun_is_not_unbegun(people, action):
    with unchanged(Refused):
        report(action, people.owner, status=Status.PLANNED)


@pytest.mark.parametrize(
    ("due", "late"), [(days(-1), True), (TODAY, False), (days(1), False), (None, False)]
)
def test_a_submission_knows_its_day_and_whether_it_came_late(people, action, due, late):
    type(action).objects.filter(pk=action.pk).update(due_date=due, first_due_date=due)

    update = reports.submit(action=action, attempt=attempt(people.owner, action), words=Words())

    action.refresh_from_db()
    assert (update.submitted_on, update.is_submitted_late) == (TODAY, late)
    assert action.submitted_by == people.owner
    assert update.progress == 40  # submitting claims nothing


def test_a_submission_needs_evidence(people, action):
    action.evidence.all().delete()

    with unchanged(Refused) as caught:
        reports.submit(action=action, attempt=attempt(people.owner, action), words=Words())

    assert caught.value.reason == "no_evidence"


@pytest.mark.parametrize("relation", ["owner", "contributor", "deputy", "submitter"])
def test_nobody_verifies_or_returns_their_own_work(people, relation):
    action, judge = make(people, Status.SUBMITTED), people.chair
    if relation == "contributor":
        action.contributors.add(judge)
    elif relation == "deputy":
        type(judge).objects.filter(pk=people.owner.pk).update(deputy=judge)
    else:
        field = {"owner": "owner", "submitter": "submitted_by"}[relation]
        type(action).objects.filter(pk=action.pk).update(**{field: judge})

    for service in (reports.verify, reports.return_submission):
        with unchanged(PermissionDenied):
            service(action=action, attempt=attempt(judge, action), words=REASON)


def test_a_verification_keeps_the_day_of_the_submission(people):
    action = make(people, Status.SUBMITTED)

    update = reports.verify(action=action, attempt=attempt(people.chair, action), words=REASON)

    assert (update.submitted_on, update.note) == (days(-3), REASON.note)


@pytest.mark.parametrize(
    ("service", "status", "judge"),
    [
        (reports.return_submission, Status.SUBMITTED, "chair"),
        (reports.reopen, Status.VERIFIED, "secretariat"),
        (reports.reopen, Status.CANCELLED, "secretariat"),
    ],
)
def test_work_begun_again_forgets_its_submission(people, service, status, judge):
    action = make(people, status)
    type(action).objects.filter(pk=action.pk).update(submitted_by=people.owner)

    update = service(action=action, attempt=attempt(getattr(people, judge), action), words=REASON)

    action.refresh_from_db()
    assert (update.status, update.submitted_on, update.is_submitted_late) == (
        Status.IN_PROGRESS,
        None,
        False,
    )
    assert action.submitted_by is None


def test_a_return_is_told_to_who_stands_in_for_the_owner(people):
    action = make(people, Status.SUBMITTED)

    reports.return_submission(action=action, attempt=attempt(people.chair, action), words=REASON)

    assert (last_notice(action).stage, last_notice(action).recipient) == ("returned", people.deputy)


def test_reopening_starts_the_reminders_afresh(people):
    action = make(people, Status.VERIFIED)

    reports.reopen(action=action, attempt=attempt(people.secretariat, action), words=REASON)

    action.refresh_from_db()
    assert action.date_generation == 1


@pytest.mark.parametrize(
    ("service", "status"),
    [
        (reports.return_submission, Status.SUBMITTED),
        (reports.cancel, Status.IN_PROGRESS),
        (reports.reopen, Status.VERIFIED),
    ],
)
@pytest.mark.parametrize("note", ["", "   "])
def test_what_needs_a_reason_changes_nothing_without_one(people, service, status, note):
    action = make(people, status)

    with unchanged(Refused) as caught:
        service(action=action, attempt=attempt(people.secretariat, action), words=Words(note=note))

    assert caught.value.reason == "needs_reason"


def reassign(action, by, owner, words=REASON):
    return reports.reassign(action=action, attempt=attempt(by, action), owner=owner, words=words)


def test_the_new_owner_is_told_and_nobody_else(people, action):
    reassign(action, people.lead, people.member)

    assert (last_notice(action).stage, last_notice(action).recipient) == ("assigned", people.member)


def test_who_takes_it_on_themselves_is_not_told(people, action):
    reassign(action, people.lead, people.lead)

    assert not Reminder.objects.exists()


def test_an_action_may_be_left_without_an_owner(people, action):
    assert reassign(action, people.lead, None).owner is None


def test_an_owner_without_an_account_changes_nothing(people, action):
    gone = factories.member(Role.MEMBER, is_active=False)

    with unchanged(Refused) as caught:
        reassign(action, people.lead, gone)

    assert caught.value.reason == "inactive_owner"


def test_handing_on_without_a_reason_changes_nothing(people, action):
    with unchanged(Refused):
        reassign(action, people.lead, people.member, Words())
