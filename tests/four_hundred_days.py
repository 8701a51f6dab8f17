"""Four hundred days of a committee, by chance but always the same, through the services.

`Rehearsal` lives them; whoever looks on sees each day end. What comes of it only a service made.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied

from committee.clock import Moment
from committee.rules.days import JAKARTA
from roadmap.enums import MilestoneClosing, Outlook, Precision, Status
from roadmap.models import ActionItem, DateRequest, Milestone, Obstacle
from roadmap.rules.refusals import Refused
from roadmap.services import actions, dates, evidence, milestones, obstacles, reports, requests
from roadmap.services.changes import Attempt, Words
from tests import factories

FIRST = date(2019, 2, 1)  # over a year's end and a 29 February
LENGTH = 400
A_DAY = timedelta(days=1)
WORDS = Words(note="Sesuai rapat.")


class Rehearsal:
    """A small roadmap and the people who change it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.today = FIRST
        self.places = [factories.institution(code) for code in ("BI", "OJK", "KOMINFO")]
        self.streams = [factories.workstream(code, order=n) for n, code in enumerate(("LA", "LB"))]
        self.owners = [factories.member() for _ in range(4)]
        self.secretariat = factories.member("secretariat")
        self.chair = factories.member("chair")
        self.now = datetime.combine(FIRST, time(), JAKARTA)
        for _ in range(8):
            self.create()
        for _ in range(3):
            self.plan()

    def days(self) -> Iterator[date]:
        """Live each day, and give it when it is over."""
        for number in range(LENGTH):
            self.today = FIRST + number * A_DAY
            for second in sorted(self._seconds()):
                self.now = datetime.combine(self.today, time(), JAKARTA) + timedelta(seconds=second)
                self._once()
            yield self.today

    def _seconds(self) -> list[int]:
        """Give the moments of a day; its first and last second are among them more than fair."""
        some = [0, 86_399, *(self.dice.randrange(86_400) for _ in range(2))]
        return self.dice.sample(some, self.dice.randrange(4))

    def _once(self) -> None:
        """Do one thing; what the rules refuse was not to happen."""
        try:
            self.dice.choice(THINGS)(self)
        except (Refused, PermissionDenied):
            return

    def by(self, who: Any = None) -> Attempt:
        return Attempt(by=who or self.secretariat, at=Moment(self.now, self.today, None))

    def some(self, **asked: Any) -> Any:
        found = list(ActionItem.objects.filter(**asked).order_by("pk"))
        return self.dice.choice(found) if found else self._none()

    def _none(self) -> Any:
        raise PermissionDenied

    def ahead(self) -> date:
        return self.today + self.dice.randrange(1, 120) * A_DAY

    def create(self) -> None:
        fields = {
            "workstream": self.dice.choice(self.streams),
            "title": f"Rencana {self.dice.random()}",
            "due_date": self.dice.choice([None, self.ahead(), self.ahead()]),
            "due_precision": self.dice.choice(Precision.values),
            "start_date": self.dice.choice([None, self.today]),
            "owner": self.dice.choice([None, *self.owners]),
            "lead_institution": self.dice.choice(self.places),
        }
        draft = actions.ActionDraft(fields, supporting=self.dice.sample(self.places, 1))
        actions.create_action(attempt=self.by(), draft=draft)

    def report(self) -> None:
        action = self.some(owner__isnull=False)
        outlook = self.dice.choice(Outlook.values)
        claim = reports.Report(
            Status.IN_PROGRESS, self.dice.randrange(101), outlook, expected_date=self.ahead()
        )
        need = obstacles.Need("Nomor.") if self.dice.random() < 0.2 else None
        attempt = self.by(action.owner)
        reports.report(action=action, attempt=attempt, claim=claim, words=WORDS, need=need)

    def submit(self) -> None:
        action = self.some(owner__isnull=False, status=Status.IN_PROGRESS)
        attempt = self.by(action.owner)
        evidence.add_link(action=action, attempt=attempt, title="Bukti", url="https://a.test/1")
        reports.submit(action=action, attempt=attempt, words=WORDS)

    def answer(self) -> None:
        verb = self.dice.choice([reports.verify, reports.verify, reports.return_submission])
        verb(action=self.some(status=Status.SUBMITTED), attempt=self.by(self.chair), words=WORDS)

    def confirm(self) -> None:
        action = self.some(owner__isnull=False)
        reports.confirm(action=action, attempt=self.by(action.owner))

    def move(self) -> None:
        attempt = self.by()
        dates.move_action_date(action=self.some(), attempt=attempt, move=self._move())

    def _move(self) -> dates.Move:
        return dates.Move(self.ahead(), self.dice.choice(Precision.values), "Belum selesai.")

    def ask(self) -> None:
        action = self.some(owner__isnull=False, due_date__isnull=False)
        requests.ask_move(item=action, attempt=self.by(action.owner), move=self._move())

    def settle(self) -> None:
        waiting = list(DateRequest.objects.filter(state="pending").order_by("pk"))
        found = self.dice.choice(waiting) if waiting else self._none()
        verb = self.dice.choice([requests.approve_request, requests.decline_request])
        verb(request=found, attempt=self.by(), decision=None, answer="Baik.")

    def reassign(self) -> None:
        owner = self.dice.choice([None, *self.owners])
        reports.reassign(action=self.some(), attempt=self.by(), owner=owner, words=WORDS)

    def edit(self) -> None:
        action = self.some()
        fields = {
            "title": f"Rencana {self.dice.random()}",
            "weight": self.dice.randrange(1, 9),
            "lead_institution": self.dice.choice([None, *self.places]),
            "start_date": self.dice.choice([None, self.today]),
            "due_basis": self.dice.choice(["decided", "illustrative"]),
        }
        draft = actions.ActionDraft(fields, supporting=self.dice.sample(self.places, 2))
        actions.edit_action(action=action, attempt=self.by(), draft=draft)

    def cancel(self) -> None:
        reports.cancel(action=self.some(), attempt=self.by(), words=WORDS)

    def reopen(self) -> None:
        closed = self.some(status__in=(Status.CANCELLED, Status.VERIFIED))
        reports.reopen(action=closed, attempt=self.by(), words=WORDS)

    def close(self) -> None:
        still_open = list(Obstacle.objects.filter(closed_on=None).order_by("pk"))
        one = self.dice.choice(still_open) if still_open else self._none()
        obstacles.close_obstacle(
            action=one.action, attempt=self.by(), obstacle=one, closing_note="Selesai."
        )

    def plan(self) -> None:
        fields = {
            "title": f"Tonggak {self.dice.random()}",
            "workstream": self.dice.choice([None, *self.streams]),
            "due_date": self.ahead(),
            "due_precision": self.dice.choice(Precision.values),
        }
        gates = self.dice.sample(list(ActionItem.objects.order_by("pk")), 3)
        draft = milestones.MilestoneDraft(fields, gates)
        milestones.create_milestone(attempt=self.by(), draft=draft)

    def milestone(self) -> Milestone:
        return self.dice.choice(list(Milestone.objects.order_by("pk")))

    def postpone(self) -> None:
        found = self.milestone()
        day = dates.Move(self.ahead(), Precision.DAY, "Belum.").last_day
        move = dates.Move(day, Precision.DAY, "Belum.")
        if day != found.due_date:  # a change of precision alone is on no ledger
            dates.move_milestone_date(milestone=found, attempt=self.by(), move=move)

    def achieve(self) -> None:
        done = self.today - self.dice.randrange(9) * A_DAY
        milestones.achieve_milestone(
            milestone=self.milestone(), attempt=self.by(), achieved=done, precision=Precision.DAY
        )

    def give_up(self) -> None:
        closing = self.dice.choice(MilestoneClosing.values)
        milestones.close_milestone(
            milestone=self.milestone(), attempt=self.by(), closing=closing, reason="Terlewat."
        )


OFTEN = (Rehearsal.report, Rehearsal.report, Rehearsal.submit, Rehearsal.answer)
THINGS = (
    *OFTEN * 3,
    *(Rehearsal.confirm, Rehearsal.move, Rehearsal.move, Rehearsal.ask, Rehearsal.settle),
    *(Rehearsal.reassign, Rehearsal.edit, Rehearsal.cancel, Rehearsal.reopen, Rehearsal.close),
    *(Rehearsal.create, Rehearsal.plan, Rehearsal.postpone, Rehearsal.achieve, Rehearsal.give_up),
)
