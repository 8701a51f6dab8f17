"""Saying something, editing it while it is fresh, correcting it later; who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from committee.clock import Moment
from roadmap.enums import Refusal
from roadmap.models import Comment, Reminder
from roadmap.rules import comments as rules
from roadmap.rules.refusals import Refused
from roadmap.services import comments
from roadmap.services.changes import Attempt, Stale
from roadmap.services.comments import Remark
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY, moment
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
WRITTEN = moment(TODAY)


def after(by, comment, **passed):
    """Give an attempt so long after a comment was written."""
    now = comment.at + timedelta(**passed)
    return Attempt(by=by, at=Moment(now, TODAY, None), version=comment.version, token=uuid4())


def say(by, about, text="Setuju.", mentions=(), tried=None):
    remark = Remark(text, list(mentions))
    return comments.add_comment(about=about, attempt=tried or attempt(by), remark=remark)


def edit(comment, tried, text="Sangat setuju.", mentions=()):
    return comments.edit_comment(
        comment=comment, attempt=tried, remark=Remark(text, list(mentions))
    )


def correct(comment, tried, text="Sebenarnya tidak.", mentions=()):
    return comments.correct_comment(
        comment=comment, attempt=tried, remark=Remark(text, list(mentions))
    )


def told():
    return set(Reminder.objects.values_list("item", "occasion", "stage", "recipient_id"))


def subjects():
    return {"action": factories.action(), "advice": made.advice(), "decision": made.decision()}


@pytest.mark.parametrize("kind", ["action", "advice", "decision"])
@pytest.mark.parametrize("role", ["viewer", "adviser", "member", "secretariat", "chair", "admin"])
def test_everybody_who_is_signed_in_comments_on_everything(people, kind, role):
    about = subjects()[kind]

    comment = say(getattr(people, role), about)

    assert (comment.about, comment.text, comment.by) == (about, "Setuju.", getattr(people, role))
    assert comment.edited_at is None


def test_somebody_whose_account_was_closed_meanwhile_says_nothing(people, action):
    people.viewer.is_active = False
    people.viewer.save()

    with unchanged(PermissionDenied):
        say(people.viewer, action)


@pytest.mark.parametrize("kind", ["action", "advice", "decision"])
def test_who_is_mentioned_is_told_once_and_the_writer_never(people, kind):
    about = subjects()[kind]

    comment = say(people.viewer, about, mentions=[people.owner, people.viewer])

    item, occasion = f"{kind}:{about.pk}", f"comment:{comment.pk}"
    assert told() == {(item, occasion, "mentioned", people.owner.pk)}
    assert set(comment.mentions.all()) == {people.owner, people.viewer}


def test_what_is_said_of_a_decision_struck_meanwhile_is_refused_at_once(people):
    decision = made.decision()
    type(decision).objects.filter(pk=decision.pk).delete()

    with unchanged(type(decision).DoesNotExist):
        say(people.member, decision)


def test_an_action_itself_is_not_changed_by_what_is_said_of_it(people, action):
    before = factories.ActionItem.objects.values().get(pk=action.pk)

    say(people.viewer, action)

    assert factories.ActionItem.objects.values().get(pk=action.pk) == before
    assert action.updates.count() == 1


def test_the_same_form_sent_twice_is_one_comment(people, action):
    tried = attempt(people.viewer)

    first, second = (say(people.viewer, action, tried=tried) for _ in range(2))

    assert first == second
    assert Comment.objects.count() == 1


def test_control_without_its_token_it_is_two(people, action):
    tried = replace(attempt(people.viewer), token=None)

    for _ in range(2):
        say(people.viewer, action, tried=tried)

    assert Comment.objects.count() == 2


def test_a_fresh_comment_is_edited_and_says_when(people, action):
    comment = say(people.viewer, action)

    edited = edit(comment, after(people.viewer, comment, minutes=14, seconds=59))

    assert (edited.text, edited.at) == ("Sangat setuju.", comment.at)
    assert edited.edited_at == comment.at + timedelta(minutes=14, seconds=59)


@pytest.mark.parametrize("seconds", [0, 1])
def test_after_fifteen_minutes_it_stays_as_it_is(people, action, seconds):
    comment = say(people.viewer, action)

    with unchanged(Refused) as caught:
        edit(comment, after(people.viewer, comment, minutes=15, seconds=seconds))

    assert caught.value.reason == Refusal.TOO_LATE_TO_EDIT


def test_control_with_a_longer_time_it_would_be_edited(people, action, monkeypatch):
    monkeypatch.setattr(rules, "EDITABLE_FOR", timedelta(days=1))
    comment = say(people.viewer, action)

    assert edit(comment, after(people.viewer, comment, hours=2)).text == "Sangat setuju."


@pytest.mark.parametrize("verb", [edit, correct])
@pytest.mark.parametrize("who", ["secretariat", "admin", "chair", "owner"])
def test_nobody_touches_the_words_of_another(people, action, verb, who):
    comment = say(people.viewer, action)

    with unchanged(PermissionDenied):
        verb(comment, after(getattr(people, who), comment, minutes=1))


def test_an_edit_tells_only_whom_it_newly_mentions(people, action):
    comment = say(people.viewer, action, mentions=[people.owner])
    Reminder.objects.all().delete()

    edit(
        comment,
        after(people.viewer, comment, minutes=1),
        mentions=[people.owner, people.contributor],
    )

    assert {one[-1] for one in told()} == {people.contributor.pk}
    assert set(comment.mentions.all()) == {people.owner, people.contributor}


def test_who_is_edited_out_before_the_letter_is_not_told_unless_named_again(people, action):
    comment = say(people.viewer, action, mentions=[people.owner, people.contributor])
    edited = edit(comment, after(people.viewer, comment, minutes=1), mentions=[people.contributor])

    standing = Reminder.objects.filter(cancelled_at=None)
    assert [one.recipient for one in standing] == [people.contributor]
    again = {"text": "Lagi.", "mentions": [people.owner, people.contributor]}
    edit(edited, after(people.viewer, edited, minutes=2), **again)
    assert standing.all().count() == 2


def test_an_edit_that_changes_nothing_is_no_edit(people, action):
    comment = say(people.viewer, action)

    with unchanged(Refused):
        edit(comment, after(people.viewer, comment, minutes=1), text=comment.text)


def test_an_edit_on_an_older_version_is_told(people, action):
    comment = say(people.viewer, action)
    old = after(people.viewer, comment, minutes=1)
    edit(comment, after(people.viewer, comment, minutes=1))

    with unchanged(Stale):
        edit(comment, old, text="Yang lain.")


def test_a_correction_stands_beside_the_first_and_both_texts_stay(people, action):
    comment = say(people.viewer, action)

    correction = correct(comment, after(people.viewer, comment, days=3))

    comment.refresh_from_db()
    assert (comment.text, comment.edited_at) == ("Setuju.", None)
    assert (correction.corrects, correction.about) == (comment, action)


def test_correcting_a_correction_corrects_the_first(people, action):
    comment = say(people.viewer, action)
    once = correct(comment, after(people.viewer, comment, days=3))

    again = correct(once, after(people.viewer, once, days=1), text="Setuju.")

    assert again.corrects == comment


def test_a_correction_says_something_else(people, action):
    comment = say(people.viewer, action)
    correct(comment, after(people.viewer, comment, days=3), text="Lain.")

    with unchanged(Refused):
        correct(comment, after(people.viewer, comment, days=4), text="Lain.")


def test_a_correction_tells_whom_the_first_did_not_mention(people, action):
    comment = say(people.viewer, action, mentions=[people.owner])
    Reminder.objects.all().delete()

    correct(
        comment,
        after(people.viewer, comment, days=1),
        mentions=[people.owner, people.contributor],
    )

    assert {one[-1] for one in told()} == {people.contributor.pk}


def test_whoever_left_is_not_told(people, action):
    people.owner.is_active = False
    people.owner.save()

    say(people.viewer, action, mentions=[people.owner])

    assert told() == set()


@pytest.mark.parametrize("number", range(1, 5))
def test_a_fault_after_any_write_leaves_nothing(people, action, number):
    before = everything()

    with pytest.raises(Fault), failing_after(number):
        say(people.viewer, action, mentions=[people.owner])

    assert everything() == before
