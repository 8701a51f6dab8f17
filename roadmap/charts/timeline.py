"""The timeline as lines of a chart: each is drawn in a band, and told again in the table below.

One line, two readings: what the chart shows of an action, its table says in words, because both
are made from the same line. Lines are dicts: a template reads four hundred of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.charts import axis, shapes
from roadmap.charts.axis import Window
from roadmap.charts.shapes import End, bar, clipped, cut
from roadmap.enums import DueBasis, Signal, Status
from roadmap.rules.dependencies import Push
from roadmap.selectors.action_rows import local
from roadmap.selectors.milestones import WHOLE_ROADMAP, mark_of, stage_of
from roadmap.selectors.network import Network
from roadmap.selectors.timeline import Found, Group, stands_on
from roadmap.templatetags.roadmap import number, period, signed_days

# Within a row: its icon and name, below them the bar, and under that the bar of the first dates.
WITHIN = {"rule_y": 1, "icon_y": -2, "text_y": 11, "bar_y": 15, "base_y": 25, "first_y": 9}
WITHIN |= {"was_y": 13, "mark_y": 20, "sum_y": 28}
NAME_WIDTH, GROUP_WIDTH, MARK_WIDTH = 244, 244, 220
MOST_WHOLE, MOST_UNDATED = 100, 20
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Marks:
    """What is laid over the bars: dates as they were, what a slip pushes, a critical chain."""

    since: date | None = None
    old: Mapping[int, date] = field(default_factory=dict)
    old_milestones: Mapping[int, date] = field(default_factory=dict)
    pushes: Mapping[int, Push] = field(default_factory=dict)
    chain: Collection[int] = ()
    slipping: tuple[int, int] | None = None  # the action, and by how many days


@dataclass(frozen=True, slots=True)
class Band:
    """As many lines as a page of paper takes, and the arrows among them."""

    number: int
    height: int
    lines: list[Line]
    arrows: list[Line]
    continued: str  # the workstream it is in the middle of


@dataclass(frozen=True, slots=True)
class Chart:
    window: Window
    upper: list[axis.Tick]
    lower: list[axis.Tick]
    today: float | None
    bands: list[Band]
    lines: list[Line]
    unseen: int  # dependencies of which one end is not among the lines
    broken: int

    @property
    def anchor(self) -> str:
        """Say on which side of today its date is written, so that it stays within the plot."""
        at = self.today or 0
        return "start" if at < 8 else "end" if at > 92 else "middle"


class Words:
    """Dates in the reader's language, each written once; names in it, with their own mark."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._days: dict[tuple[date | None, str], str] = {}
        self._months = [date_format(date(2000, month, 1), "M") for month in range(1, 13)]

    def day(self, day: date | None, precision: str = "day") -> str:
        key = day, precision
        if key not in self._days:
            self._days[key] = self._written(day, precision)
        return self._days[key]

    def _written(self, day: date | None, precision: str) -> str:
        """Write a day as `short_day` does, in a tenth of its time; else its period."""
        if day is None or precision != "day":
            return period(day, precision)
        return f"{day.day} {self._months[day.month - 1]} {day.year}"

    def name(self, row: Mapping[str, Any]) -> str:
        return local(row["title"], row["title_en"], self.language)

    def plain(self, title: str, title_en: str) -> str:
        return (title_en if self.language == "en" else "") or title


@dataclass(slots=True)
class Drawing:
    """What every line needs to know to be drawn."""

    window: Window
    words: Words
    today: date
    marks: Marks
    network: Network
    toggle: Callable[[str], str]
    door: Callable[..., str]
    names_whole: bool = True

    def chart(self, found: Found, zoom: str) -> Chart:
        """Draw a timeline."""
        # The title of a link tells its whole name; so many of them are too heavy for a page.
        self.names_whole = len(found.actions) <= MOST_WHOLE
        lines = self._lines(found)
        broken = self.network.broken()
        heights = shapes.bands(len(lines))
        arrows, unseen = self._arrows(lines, heights, broken)
        upper, lower = axis.ticks(self.window, zoom)
        is_today_shown = self.window.holds(self.today)
        return Chart(
            window=self.window,
            upper=upper,
            lower=lower,
            today=self.window.after(self.today) if is_today_shown else None,
            bands=[
                Band(
                    n + 1,
                    height,
                    lines[n * shapes.BAND :][: shapes.BAND],
                    arrows[n],
                    _continued(lines, n * shapes.BAND),
                )
                for n, height in enumerate(heights)
            ],
            lines=lines,
            unseen=unseen,
            broken=len(broken),
        )

    def _lines(self, found: Found) -> list[Line]:
        lines = []
        by_code: dict[str | None, list[Any]] = {}
        for one in found.milestones:
            by_code.setdefault(one.workstream__code, []).append(one)
        if None in by_code:
            lines.append(self._lane(by_code[None]))
        actions: dict[str, list[dict[str, Any]]] = {}
        for row in found.actions:
            actions.setdefault(row["workstream__code"], []).append(row)
        for group in found.groups:
            lines.append(self._group(group, by_code.get(group.code, [])))
            lines += self._actions(actions.get(group.code, []))
        for index, line in enumerate(lines):
            top = shapes.place(index)[1]
            line |= {name: top + y for name, y in WITHIN.items()}
        return lines

    def _lane(self, milestones: list[Any]) -> Line:
        return {
            "kind": "lane",
            "text": _("The whole roadmap"),
            "milestones": self._milestones(milestones, WHOLE_ROADMAP),
        }

    def _group(self, group: Group, milestones: list[Any]) -> Line:
        first, last = group.first, group.last
        return {
            "kind": "group",
            "group": group,
            "code": group.code,
            "text": cut(group.title, GROUP_WIDTH),
            "url": self.toggle(group.code),
            "doors": {
                "all": self.door(workstream=group.code),
                "late": self.door(workstream=group.code, signal=Signal.LATE.value),
            },
            "sum": bar(first, last, self.window) if first and last else None,
            "milestones": self._milestones(milestones, group.code),
        }

    def _actions(self, rows: Iterable[dict[str, Any]]) -> list[Line]:
        base = reverse("roadmap:actions")
        labels = {signal.value: str(signal.label) for signal in Signal}
        labels[""] = str(Status.CANCELLED.label)
        waits = self._waits()
        return [self._action(row, base, labels, waits) for row in rows]

    def _action(
        self, row: dict[str, Any], base: str, labels: dict[str, str], waits: dict[int, list[Line]]
    ) -> Line:
        plain = f"{row['code']} {self.words.plain(row['title'], row['title_en'])}"
        text = cut(plain, NAME_WIDTH)
        start, due, first = row["start_date"], row["due_date"], row["first_due_date"]
        return {
            "kind": "action",
            "pk": row["pk"],
            "code": row["code"],
            "url": f"{base}{row['code']}/",
            "title": self.words.name(row),
            "text": text,
            "whole": plain if self.names_whole and text != plain else "",
            "lead": row["lead_institution__code"],
            "owner": row.get("owner__name"),
            "signal": row["signal"] or "cancelled",
            "label": labels[row["signal"]],
            "dates": self._dates(start, due, row["due_precision"]),
            "first": self.words.day(first) if first and first != due else "",
            "shift": signed_days((due - first).days) if first and due and first != due else "",
            "is_illustrative": row["due_basis"] == DueBasis.ILLUSTRATIVE,
            "waits": waits.get(row["pk"], []),
            "may_slip": bool(due) and row["signal"] not in (Signal.DONE, Signal.DONE_LATE, ""),
            "now": self._bar(start, due),
            "beyond": self._beyond(start, due),
            "until": self.words.day(due, row["due_precision"]),
            "base": self._bar(start, first),
            **self._laid_over(row),
        }

    def _dates(self, start: date | None, due: date | None, precision: str) -> str:
        if start is None or due is None:
            day = self.words.day(due, precision)
            return f"{self.words.day(start)} – {day}" if start else day
        return f"{self.words.day(start)} – {self.words.day(due, precision)}"

    def _bar(self, start: date | None, end: date | None) -> shapes.Bar | None:
        """Draw from start to end; what has no start is a mark at its end."""
        return bar(start or end, end, self.window) if end else None

    def _beyond(self, start: date | None, due: date | None) -> str:
        """Say on which side of the days shown a bar lies."""
        if due is None or due >= self.window.first:
            return "after" if due and (start or due) > self.window.last else ""
        return "before"

    def _laid_over(self, row: dict[str, Any]) -> Line:
        """Give what the reader asked to see over an action: its old date, its push, its chain."""
        marks, pk, due = self.marks, row["pk"], row["due_date"]
        laid: Line = {"is_critical": pk in marks.chain}
        if marks.since and row["created_on"] >= marks.since:
            laid["is_added"] = True
        if (old := marks.old.get(pk)) and due and old != due:
            laid["was"] = bar(min(old, due), max(old, due), self.window)
            laid["was_x"] = clipped(self.window.after(old)) if self.window.holds(old) else None
            laid["old"] = self.words.day(old)
        if push := marks.pushes.get(pk):
            laid["push"] = self._bar(push.new_start, push.new_due)
            laid["push_words"] = signed_days(push.days)
        if marks.slipping and marks.slipping[0] == pk and due:
            laid["push"] = self._bar(row["start_date"], due + timedelta(days=marks.slipping[1]))
            laid["push_words"] = signed_days(marks.slipping[1])
        return laid

    def _waits(self) -> dict[int, list[Line]]:
        """Say for each action what it waits for, and whether it begins too early for that."""
        broken = self.network.broken()
        base = reverse("roadmap:actions")
        waits: dict[int, list[Line]] = {}
        for link in self.network.links:
            code = self.network.codes[link.before]
            waits.setdefault(link.after, []).append(
                {
                    "code": code,
                    "url": f"{base}{code}/",
                    "lag": signed_days(link.lag) if link.lag else "",
                    "is_broken": (link.before, link.after) in broken,
                }
            )
        return waits

    def _arrows(
        self, lines: list[Line], heights: list[int], broken: set[tuple[int, int]]
    ) -> tuple[list[list[Line]], int]:
        """Draw the links whose two ends are among the lines, and count the others."""
        rows = {line["pk"]: row for row, line in enumerate(lines) if line["kind"] == "action"}
        found: list[list[Line]] = [[] for _height in heights]
        unseen = 0
        for link in self.network.links:
            ends = self._ends(link.before, link.after, rows)
            if ends is None:
                unseen += 1
                continue
            is_broken = (link.before, link.after) in broken
            for arrow in shapes.arrows(*ends, heights):
                found[arrow.band].append(_arrow(arrow, is_broken))
        return found, unseen

    def _ends(self, before: int, after: int, rows: Mapping[int, int]) -> tuple[End, End] | None:
        if before not in rows or after not in rows:
            return None
        until, begins = self.network.spans[before].due, self.network.spans[after].begins
        if until is None or begins is None:
            return None
        leaving = clipped(self.window.after(until))
        arriving = clipped(self.window.at(begins))
        return End(rows[before], leaving), End(rows[after], arriving)

    def _milestones(self, milestones: list[Any], code: str) -> list[Line]:
        dated = [
            (self.window.after(day), one)
            for one in milestones
            if (day := stands_on(one)) and self.window.holds(day)
        ]
        places = [x for x, _one in dated]
        found = shapes.stacks(places)
        ends = [*(stack.x for stack in found[1:]), 100.0]
        marks = []
        for stack, end in zip(found, ends, strict=False):
            members = [one for _x, one in dated[stack.first : stack.last + 1]]
            mark = self._milestone(members[0]) if len(members) == 1 else self._many(members, code)
            room = min(MARK_WIDTH, int((end - stack.x) * axis.DESK / 100) - 20)
            marks.append({**mark, "x": stack.x, "label": _label(mark["name"], room)})
        return (
            marks
            + [self._milestone(one) for one in milestones if not stands_on(one)][:MOST_UNDATED]
        )

    def _milestone(self, one: Any) -> Line:
        stage = stage_of(one, self.today)
        moved = one.first_due_date and one.due_date and one.first_due_date != one.due_date
        first = one.first_due_date if moved and self.window.holds(one.first_due_date) else None
        old = self.marks.old_milestones.get(one.pk)
        return {
            "count": 1,
            "x": None,
            "url": reverse("roadmap:milestone", args=[one.pk]),
            "name": self.words.plain(one.title, one.title_en),
            "title": local(one.title, one.title_en, self.words.language),
            "day": self.words.day(stands_on(one), one.due_precision),
            "stage": stage.label,
            "signal": mark_of(one, stage, self.today),
            "first": self.words.day(one.first_due_date) if moved else "",
            "first_x": self.window.after(first) if first else None,
            "old": self.words.day(old) if old and old != one.due_date else "",
        }

    def _many(self, members: list[Any], code: str) -> Line:
        """Draw milestones that would cover each other as one, whose count opens their list."""
        days = [day for one in members if (day := stands_on(one))]
        first, last = min(days), max(days)
        address = f"{reverse('roadmap:milestones')}?workstream={code}"
        name = ngettext("%(count)s milestone", "%(count)s milestones", len(members))
        return {
            "count": len(members),
            "url": f"{address}&from={first.isoformat()}&to={last.isoformat()}",
            "name": name % {"count": number(len(members))},
            "day": f"{self.words.day(first)} – {self.words.day(last)}",
            "signal": "",
            "old": "",
        }


def _arrow(arrow: shapes.Arrow, is_broken: bool) -> Line:
    return {
        "x1": arrow.x1,
        "y1": arrow.y1,
        "y2": arrow.y2,
        "x2": arrow.x2,
        "is_broken": is_broken,
    }


def _continued(lines: list[Line], first: int) -> str:
    """Name the workstream a band goes on with: on paper its own line is a page back."""
    if lines[first]["kind"] != "action":
        return ""
    return next(line["text"] for line in lines[first::-1] if line["kind"] == "group")


def _label(name: str, room: int) -> str:
    return cut(name, room) if room > 40 else ""
