"""What tests of reminders share: plan a day, post its letters, and name what came of it."""

from __future__ import annotations

from committee import outbox
from committee.clock import Moment, end_of
from committee.enums import LetterState
from committee.models import Letter
from committee.transport import Answer, Outcome
from roadmap.models import ActionItem, Reminder
from roadmap.services import bundling, letters, planning
from roadmap.services.changes import Attempt
from tests import factories
from tests.factories import TODAY, days, moment


class Postbox:
    """A transport that accepts everything and keeps it."""

    def __init__(self):
        self.mails = []

    def open(self):
        pass

    def announce(self, envelope):
        pass

    def send(self, envelope, meanwhile):
        meanwhile()
        self.mails.append(envelope)
        return Answer(Outcome.SENT, 250, "OK")

    def close(self):
        pass


def at(day=TODAY, hour=8):
    return Moment(moment(day, hour), day, None)


def attempt(by, day=TODAY):
    return Attempt(by=by, at=at(day, 10))


def action(place, owner, due, **fields):
    """Make an action reported today, so that only its due date speaks."""
    fields = {"reported_on": TODAY, "start_date": days(-100)} | fields
    return factories.action(workstream=place, owner=owner, due_date=due, **fields)


def plan(day=TODAY, hour=8):
    return planning.plan(now=moment(day, hour))


def stages(of=None, to=None, occasion="due:"):
    """Name what stands, in the order it was planned."""
    rows = Reminder.objects.filter(cancelled_at=None, occasion__startswith=occasion).order_by("pk")
    if of is not None:
        rows = rows.filter(
            item=f"{'action' if isinstance(of, ActionItem) else 'milestone'}:{of.pk}"
        )
    if to is not None:
        rows = rows.filter(recipient=to)
    return [row.stage for row in rows]


def reasons(of):
    rows = Reminder.objects.filter(item=f"action:{of.pk}", cancelled_at__isnull=False)
    return sorted(rows.values_list("stage", "cancel_reason"))


def prepare(day=TODAY):
    planning.plan(now=moment(day, 8))
    bundling.bundle(now=moment(day, 8))


def post(day=TODAY):
    return outbox.drain(renderers=letters.renderers(lambda: at(day)), session=Postbox())


def a_day(day=TODAY):
    """Plan, bundle and send, and give the letters of the day by their reader."""
    prepare(day)
    post(day)
    sent = Letter.objects.filter(policy_date=day, state=LetterState.SENT)
    return {letter.recipient: letter for letter in sent}


def bundle_and_send(day):
    """Make the day's letters and let them leave."""
    bundling.bundle(now=end_of(day))
    Letter.objects.filter(state="pending").update(state="sent", sent_at=moment(day))
