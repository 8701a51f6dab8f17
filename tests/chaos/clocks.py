"""Days, missed days and jumping clocks: every fact in a letter, on its day, once (R8, R9, I5).

What is expected stands in tests/chaos/expected.csv, written by hand from the rules of DESIGN.md
section 5; nothing here asks the planner what it should have done.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.chaos.cases import Case, Control, Patch, Play
from tests.chaos.findings import (
    Findings,
    copies_are_explained,
    every_letter_came_to_an_end,
    every_reminder_went_somewhere,
    keys_are_unique,
)
from tests.chaos.stage import Site, Stage

Line = tuple[str, str, str, str]
JAKARTA = ZoneInfo("Asia/Jakarta")
EXPECTED = Path(__file__).parent / "expected.csv"
FIRST = datetime(2018, 11, 12, 8, 5, tzinfo=JAKARTA)
LAST = datetime(2018, 12, 28, 23, 0, tzinfo=JAKARTA)
ROUND = (time(8, 5), time(16, 0))
BUSY = tuple(time(hour, minute) for hour in (6, 7, 8, 15, 16) for minute in (5, 20, 35, 50))
OUTAGES = {
    "steady": None,
    "off_30_minutes": ("11-28 07:55", "11-28 08:25"),
    "off_8_hours": ("11-28 07:55", "11-28 15:55"),
    "off_23_hours": ("11-28 07:50", "11-29 06:50"),
    "off_3_days": ("11-27 07:50", "11-30 07:50"),
    "off_10_days": ("11-20 00:00", "11-30 07:50"),
}
# Within a day's letter hours an outage changes nothing: the table's steady column holds.
SAME_DAY = ("off_30_minutes", "off_8_hours")
TOLD = """
    SELECT r.item, coalesce(a.code, m.title), r.occasion, r.stage, r.supersedes,
           p.name, l.policy_date
      FROM roadmap_reminder r
      JOIN committee_letter l ON l.id = r.letter_id AND l.state = 'sent'
      JOIN committee_member p ON p.id = r.recipient_id
      LEFT JOIN roadmap_actionitem a ON r.item = 'action:' || a.id
      LEFT JOIN roadmap_milestone m ON r.item = 'milestone:' || m.id
     WHERE r.cancelled_at IS NULL
     ORDER BY l.sent_at, r.id
"""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One thing told to one person in the letter of a day."""

    item: str
    occasion: str
    stage: str
    recipient: str
    day: str
    supersedes: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return self.item, self.occasion, self.stage, self.recipient

    @property
    def line(self) -> Line:
        """Name the ladder it is a step of."""
        return self.item, self.occasion, self.stage.rpartition(":")[0], self.recipient


def expected(column: str) -> list[Fact]:
    """Read one column of the table; `=` means as in steady, `-` never, `<` what it stands for."""
    found = []
    for row in csv.DictReader(EXPECTED.open()):
        cell = row["steady"] if row[column] == "=" else row[column]
        if cell != "-":
            day, _, first = cell.partition("<")
            key = (row["item"], row["occasion"], row["stage"], row["recipient"])
            found.append(Fact(*key, day=day, supersedes=first))
    return found


def told(site: Site) -> list[Fact]:
    """Read what left, in the order it left; the occasion by its kind."""
    return [
        Fact(item, occasion.partition(":")[0], stage, name, f"{day:%m-%d}", supersedes)
        for _item, item, occasion, stage, supersedes, name, day in site.ask(TOLD)
    ]


def moments(column: str) -> list[str]:
    """Give the moments of a run: two a day, and many on the days an outage begins and ends."""
    gap = OUTAGES[column]
    start, end = (_moment(text) for text in gap) if gap else (LAST, LAST)
    around = {start.date(), end.date()} if gap else set()
    found = [now for now in _days(around) if not start <= now < end]
    return [now.isoformat() for now in found]


def _moment(text: str) -> datetime:
    return datetime.strptime(f"2018-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=JAKARTA)


def _days(around: Iterable[object]) -> Iterator[datetime]:
    day = FIRST
    while day <= LAST:
        for hour in BUSY if day.date() in around else ROUND:
            now = datetime.combine(day.date(), hour, JAKARTA)
            if now >= FIRST:
                yield now
        day += timedelta(days=1)


def jumping(seed: int) -> list[str]:
    """Give a steady run whose clock now and then reads an hour or 26 hours off, either way."""
    chance = random.Random(seed)
    found = []
    for text in moments("steady"):
        found.append(text)
        if chance.random() < 0.4:
            hours = chance.choice((-26, -1, 1, 26))
            found.append((datetime.fromisoformat(text) + timedelta(hours=hours)).isoformat())
    return found


def by_the_table(column: str) -> Play:
    """Live the days of a column and compare what left with it, fact by fact (I5)."""

    def play(stage: Stage, tree: Path, _number: int) -> Findings:
        with lived(stage, tree, moments(column)) as site:
            found = at_rest(site)
            wanted = expected("steady" if column in SAME_DAY else column)
            compare(wanted, told(site), found)
            return found

    return play


def with_jumps(stage: Stage, tree: Path, number: int) -> Findings:
    """Live steady days by a clock that jumps; each ladder is told once, upwards, without gap."""
    with lived(stage, tree, jumping(number)) as site:
        found = at_rest(site)
        steps: dict[Line, list[Fact]] = defaultdict(list)
        for fact in told(site):
            steps[fact.line].append(fact)
        for line, ladder in ladders().items():
            covered = [stage for fact in steps.pop(line, []) for stage in span(fact, ladder)]
            found.lost += len(set(ladder) - set(covered))
            found.doubled += len(covered) - len(set(covered))
            found.require(covered == ladder, f"seed {number}: {line} was told {covered}")
        found.require(not steps, f"seed {number}: nobody expected {list(steps)[:3]}")
        return found


@contextmanager
def lived(stage: Stage, tree: Path, days: list[str]) -> Iterator[Site]:
    with stage.site("committee", tree=tree, is_rehearsal=False) as site:
        code = site.fork("live", moments=days).wait(seconds=600)
        assert code == 0, site.log()
        yield site


def at_rest(site: Site) -> Findings:
    """Ask the invariants that need no table (I1 to I4)."""
    site.mailbox.settle()
    found = Findings()
    keys_are_unique(site, found)
    every_reminder_went_somewhere(site, found)
    every_letter_came_to_an_end(site, found)
    copies_are_explained(site, 1, found)
    return found


def compare(wanted: list[Fact], got: list[Fact], found: Findings) -> None:
    """Count what was not told, or not on its day, as lost."""
    missing, extra = sorted(set(wanted) - set(got)), sorted(set(got) - set(wanted))
    found.lost += len(
        {(*fact.key, fact.day) for fact in wanted} - {(*fact.key, fact.day) for fact in got}
    )
    found.doubled += len(got) - len({fact.key for fact in got})
    found.require(not missing, f"I5: {len(missing)} missing, such as {missing[:2]}")
    found.require(not extra, f"I5: {len(extra)} too many, such as {extra[:2]}")


def ladders() -> dict[Line, list[str]]:
    """Give the table's stages of every line, those that are only stood for included."""
    found: dict[Line, list[str]] = defaultdict(list)
    for fact in expected("steady"):
        found[fact.line] += [fact.supersedes, fact.stage] if fact.supersedes else [fact.stage]
    return dict(found)


def span(fact: Fact, ladder: list[str]) -> list[str]:
    """Name the stages that a fact accounts for: its own, and those it stands for."""
    if not {fact.stage, fact.supersedes or fact.stage} <= set(ladder):
        return [fact.stage]  # in no table: it is told apart
    return ladder[ladder.index(fact.supersedes or fact.stage) : ladder.index(fact.stage) + 1]


WITHOUT_HOLIDAYS = Control(
    "public holidays and cuti bersama",
    (
        Patch(
            "roadmap/rules/calendar.py",
            "return day.weekday() < 5 and day not in free_days(day.year)",
            "return day.weekday() < 5",
        ),
    ),
)
YIELD = "yield Stage(name, day, order_of(name), rule)\n"
WITHOUT_WINDOW = Control(
    "the window: a stage must be hit on its day",
    (
        Patch(
            "roadmap/rules/reminders.py",
            f"        {YIELD}",
            f"        if day == today:\n            {YIELD}",
        ),
    ),
)
WITHOUT_MEMORY = Control(
    "the memory of what was told",
    (
        Patch(
            "roadmap/rules/reminders.py",
            'done = max(map(order_of, told), default=float("-inf"))',
            'done = float("-inf")',
        ),
    ),
)
CASES = [
    Case(
        "I5 seven weeks, as the hand-written table",
        by_the_table("steady"),
        WITHOUT_HOLIDAYS,
        short=0,
    ),
    *(
        Case(f"R8 ticks missed: {column}", by_the_table(column), WITHOUT_WINDOW, short=short)
        for column, short in (
            ("off_30_minutes", 0),
            ("off_8_hours", 0),
            ("off_23_hours", 0),
            ("off_3_days", 0),
            ("off_10_days", 1),
        )
    ),
    Case("R9 the clock jumps by 1 and 26 hours", with_jumps, WITHOUT_MEMORY, runs=4, at_once=2),
]
