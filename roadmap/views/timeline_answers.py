"""What a reader asks of the timeline: whom a slip pushes, which chain is critical, what moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from roadmap.charts.timeline import Marks
from roadmap.forms.timeline import Asked
from roadmap.selectors import network
from roadmap.selectors import timeline as selectors
from roadmap.selectors.action_rows import local
from roadmap.selectors.network import Network, Target
from roadmap.selectors.timeline import MOST_MOVED, Found

SHOWN = 50


@dataclass(slots=True)
class Answers:
    """The answers in words, and what of them the chart marks."""

    asked: Asked
    found: Found
    today: date
    language: str
    targets: list[Target]
    words: dict[str, Any] = field(default_factory=dict)
    marked: dict[str, Any] = field(default_factory=dict)

    def read(self) -> tuple[dict[str, Any], Marks]:
        """Answer all that was asked; what nobody knows is named and ignored."""
        asks_network = self.asked.slip or self.asked.milestone
        whole = network.whole(self.today) if asks_network else Network()
        if self.asked.slip:
            self._slip(whole)
        if self.asked.milestone:
            self._chain(whole)
        if self.asked.since:
            self._moved(self.asked.since.day)
        return self.words, Marks(**self.marked)

    def _slip(self, whole: Network) -> None:
        """Say what a slip pushes: the actions that wait for it, the milestones it runs past."""
        action = selectors.action_called(self.asked.slip, self.today)
        if action is None:
            self.asked.ignore(self.asked.slip)
            self.asked.slip = ""
            return
        pushes = network.pushed(whole, action, self.asked.days)
        names = network.named([push.item for push in pushes], self.today)
        told = [(push, names[push.item]) for push in pushes if push.item in names]
        dues = {
            push.item: (row["due_date"], push.new_due)
            for push, row in told
            if row["due_date"] and push.new_due
        }
        if due := action["due_date"]:
            dues[action["pk"]] = (due, due + timedelta(days=self.asked.days))
        self.words["slip"] = {
            "action": action,
            "new_due": dues[action["pk"]][1] if due else None,
            "pushes": [(push, self._named(row)) for push, row in told[:SHOWN]],
            "count": len(pushes),
            "milestones": network.passed(dues, self.today)[:SHOWN],
        }
        self.marked["pushes"] = {push.item: push for push in pushes}
        self.marked["slipping"] = (action["pk"], self.asked.days)

    def _chain(self, whole: Network) -> None:
        target = next((one for one in self.targets if one.pk == self.asked.milestone), None)
        if target is None:
            self.asked.ignore(str(self.asked.milestone))
            self.asked.milestone = None
            return
        found = network.chain(whole, target.pk, self.today)
        names = network.named(found, self.today)
        steps = [self._named(names[pk]) for pk in found if pk in names]
        self.words["chain"] = {"target": target, "steps": steps[:SHOWN], "count": len(steps)}
        self.marked["chain"] = frozenset(found)

    def _moved(self, first: date) -> None:
        of_actions, of_milestones = selectors.old_dates(
            [row["pk"] for row in self.found.actions],
            [one.pk for one in self.found.milestones],
            first,
            self.today,
        )
        rows = selectors.moved(self.asked.filters.query, first, self.today)
        told = [self._named(row) | {"days": _days(row)} for row in rows[:MOST_MOVED]]
        self.words["moved"] = {"rows": told, "is_cut": len(rows) > MOST_MOVED}
        self.marked |= {"since": first, "old": of_actions, "old_milestones": of_milestones}

    def _named(self, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"name": local(row["title"], row["title_en"], self.language)}


def _days(row: dict[str, Any]) -> int:
    return (row["due_date"] - row["old_date"]).days if row["due_date"] else 0
