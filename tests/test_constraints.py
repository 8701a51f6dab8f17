"""What must hold is a constraint of the database: each refuses what it must, by its name."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from committee.enums import LetterKind
from committee.models import (
    Letter,
    LetterAttempt,
    MailGate,
    RehearsalClock,
    Revision,
)
from committee.outbox import enqueue
from roadmap.models import DueDateChange, Reminder, ReminderRule, StatusUpdate
from tests import factories, stage
from tests.factories import TODAY, days, moment

pytestmark = pytest.mark.django_db
OURS = ("committee", "umkm", "roadmap")


def letter(**fields):
    made = enqueue(
        kind=LetterKind.REMINDERS,
        recipient=factories.member(),
        policy_date=TODAY,
        dedupe_key=f"uji:{uuid.uuid4()}",
    )
    Letter.objects.filter(pk=made.pk).update(**fields)


def letter_attempt():
    made = enqueue(
        kind=LetterKind.REMINDERS,
        recipient=factories.member(),
        policy_date=TODAY,
        dedupe_key="uji:coba",
    )
    now = timezone.now()
    for _ in range(2):
        LetterAttempt.objects.create(
            letter=made, number=1, started_at=now, ended_at=now, outcome="sent", worker="x"
        )


def mail_gate(**fields):
    MailGate.objects.create(**{"id": 1} | fields)


def member(**fields):
    made = factories.member()
    fields = {name: made.pk if value == "self" else value for name, value in fields.items()}
    type(made).objects.filter(pk=made.pk).update(**fields)


def seat(*, times=1, **fields):
    who, place = factories.member(), factories.workstream()
    for _ in range(times):
        factories.seat(who, place, **fields)


def clock(**fields):
    values = {"day": TODAY, "target": TODAY, "since": timezone.now()}
    RehearsalClock.objects.create(**values | fields)


def action(**fields):
    made = factories.action(history=False)
    type(made).objects.filter(pk=made.pk).update(**fields)


def same_number():
    place = factories.workstream()
    for code in ("X-01", "X-02"):
        factories.action(code, workstream=place, number=1)


def update(**fields):
    made = factories.action()
    made.updates.update(**fields)


def two_in_force():
    made = factories.action()
    factories.update(made)
    StatusUpdate.objects.filter(action=made).update(superseded_at=None)


def obstacle(**fields):
    made = factories.obstacle(factories.action())
    type(made).objects.filter(pk=made.pk).update(**fields)


def evidence(**fields):
    made = factories.evidence(factories.action())
    type(made).objects.filter(pk=made.pk).update(**fields)


def milestone(**fields):
    made = factories.milestone()
    type(made).objects.filter(pk=made.pk).update(**fields)


def slip(**fields):
    made = factories.slip(factories.action(), source="uji")
    fields = {name: made.old_date if value == "old" else value for name, value in fields.items()}
    DueDateChange.objects.filter(pk=made.pk).update(**fields)


def slip_of_both():
    made = factories.slip(factories.action())
    DueDateChange.objects.filter(pk=made.pk).update(milestone=factories.milestone())


def rule(**fields):
    values = {"slug": "uji", "subject": "action", "amount": 1, "audience": "owner"}
    ReminderRule.objects.create(**values | fields)


def reminder(*, times=1, **fields):
    who = factories.member()
    values = {"item": "action:1", "occasion": "due:0", "stage": "0d", "due_at": moment(TODAY)}
    for _ in range(times):
        Reminder.objects.create(recipient=who, **values | fields)


def observation(**fields):
    factories.observation(factories.indicator(), **fields)


SOMEBODY_ELSE = uuid.uuid4()
BREAKS = {
    "institution_code_has_no_semicolon": [lambda: factories.institution("A;B")],
    "member_pause_has_both_dates_in_order": [
        lambda: member(paused_from=TODAY),
        lambda: member(paused_until=TODAY),
        lambda: member(paused_from=TODAY, paused_until=days(-1)),
    ],
    "member_letter_hour_ok": [lambda: member(letter_hour=24)],
    "member_has_a_letter_day": [lambda: member(letter_days="")],
    "member_refused_says_why": [
        lambda: member(refused_at=moment(TODAY)),
        lambda: member(refused_why="550 5.1.1 no such user"),
    ],
    "member_role_is_known": [lambda: member(role="dewa")],
    "member_is_not_own_deputy": [lambda: member(deputy="self")],
    "seat_ends_after_it_begins": [lambda: seat(until_date=days(-400))],
    "seat_is_taken_once": [lambda: seat(times=2)],
    "letter_state_is_known": [lambda: letter(state="lost")],
    "letter_is_leased_iff_sending": [
        lambda: letter(state="sending"),
        lambda: letter(lease_token=SOMEBODY_ELSE),
        lambda: letter(state="sending", lease_token=SOMEBODY_ELSE),
    ],
    "letter_sent_at_iff_sent": [
        lambda: letter(state="sent"),
        lambda: letter(sent_at=moment(TODAY)),
    ],
    "letter_that_did_not_go_says_why": [
        lambda: letter(state="failed"),
        lambda: letter(state="cancelled"),
    ],
    "letter_attempt_is_recorded_once": [letter_attempt],
    "mail_gate_is_one_row": [lambda: mail_gate(id=2)],
    "mail_gate_held_says_why": [
        lambda: mail_gate(held_at=moment(TODAY)),
        lambda: mail_gate(held_because="restored"),
        lambda: mail_gate(held_at=moment(TODAY), held_because="mood"),
    ],
    "mail_gate_shut_knows_its_next_try": [
        lambda: mail_gate(shut_at=moment(TODAY)),
        lambda: mail_gate(probe_at=moment(TODAY)),
    ],
    "rehearsal_clock_is_one": [lambda: clock(id=2)],
    "rehearsal_clock_never_goes_back": [lambda: clock(target=days(-1))],
    "revision_is_one": [lambda: Revision.objects.create(id=2)],
    "observation_kind_is_known": [lambda: observation(kind="guess")],
    "observation_year_is_plausible": [
        lambda: observation(year=1944),
        lambda: observation(year=2101),
    ],
    "action_number_is_used_once": [same_number],
    "action_status_is_known": [lambda: action(status="green")],
    "action_progress_is_a_percentage": [lambda: action(progress=101)],
    "action_weight_is_1_to_100": [lambda: action(weight=0), lambda: action(weight=101)],
    "action_submitted_has_its_day": [
        lambda: action(status="submitted"),
        lambda: action(status="verified"),
    ],
    "action_keeps_its_first_due_date": [
        lambda: action(first_due_date=None),
        lambda: action(due_date=None),
    ],
    "action_that_will_be_late_says_when": [lambda: action(outlook="will_be_late")],
    "action_supporting_is_wrapped_in_semicolons": [
        lambda: action(supporting="BI"),
        lambda: action(supporting=";BI"),
    ],
    "update_kind_is_known": [lambda: update(kind="guessed", by=factories.member())],
    "update_has_a_person_or_is_imported": [lambda: update(kind="reported", by=None)],
    "update_is_superseded_after_it_was_made": [
        lambda: update(superseded_at=moment(date(2000, 1, 1)))
    ],
    "action_has_one_update_in_force": [two_in_force],
    "obstacle_is_closed_by_somebody": [
        lambda: obstacle(closed_on=TODAY),
        lambda: obstacle(closed_by=factories.member()),
    ],
    "obstacle_says_what_is_needed": [lambda: obstacle(needed="")],
    "evidence_is_a_link_or_a_hashed_file": [
        lambda: evidence(url=""),
        lambda: evidence(stored_name="x", sha256="y"),
        lambda: evidence(url="", stored_name="x"),
    ],
    "milestone_achieved_has_the_day_it_was_recorded": [
        lambda: milestone(achieved_date=TODAY),
        lambda: milestone(achieved_recorded_on=TODAY),
    ],
    "milestone_closed_says_when_and_why": [
        lambda: milestone(closing="missed"),
        lambda: milestone(closing="missed", closed_on=TODAY),
        lambda: milestone(closed_on=TODAY),
    ],
    "milestone_ends_one_way": [
        lambda: milestone(
            achieved_date=TODAY,
            achieved_recorded_on=TODAY,
            closing="missed",
            closed_on=TODAY,
            closing_reason="x",
        )
    ],
    "milestone_keeps_its_first_due_date": [
        lambda: milestone(first_due_date=None),
        lambda: milestone(due_date=None),
    ],
    "slip_is_of_one_action_or_one_milestone": [slip_of_both, lambda: slip(action=None)],
    "slip_changes_the_date": [lambda: slip(new_date="old")],
    "slip_has_a_reason": [lambda: slip(reason="")],
    "slip_has_a_person_or_a_source": [lambda: slip(source="")],
    "rule_amount_is_sensible": [lambda: rule(amount=-181), lambda: rule(amount=366)],
    "rule_repeats_only_after_the_date": [
        lambda: rule(amount=-1, repeat=7),
        lambda: rule(repeat=0),
    ],
    "reminder_is_told_once": [lambda: reminder(times=2)],
    "reminder_cancelled_says_why": [
        lambda: reminder(cancelled_at=moment(TODAY)),
        lambda: reminder(cancel_reason="moved"),
    ],
    **stage.BREAKS,
}
CASES = [(name, number) for name, breaks in BREAKS.items() for number in range(len(breaks))]


def constraints():
    found = [
        one
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for one in model._meta.constraints
    ]
    return {one.name: one for one in found}


@pytest.mark.parametrize(("name", "number"), CASES)
def test_it_refuses_what_it_must(name, number):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKS[name][number]()

    # SQLite names the columns of a unique constraint that is not an index of its own.
    is_nameless = connection.vendor == "sqlite" and is_plain_unique(name)
    assert is_nameless or name in str(caught.value)


def is_plain_unique(name):
    return isinstance(constraints()[name], models.UniqueConstraint)


def test_every_constraint_has_a_case():
    assert set(BREAKS) == set(constraints())


def test_what_the_cases_start_from_is_accepted():
    """Only the break can be what a case is refused for."""
    for make in (
        letter,
        mail_gate,
        member,
        seat,
        clock,
        action,
        update,
        obstacle,
        evidence,
        milestone,
    ):
        with transaction.atomic():
            make()
    for make in (slip, rule, reminder, observation):
        make()
