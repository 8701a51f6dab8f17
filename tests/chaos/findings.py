"""What is asserted after every run: the five invariants of RELIABILITY.md, and three counts.

What is expected comes from hand-written tables, never from the planner under test.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.mailbox import Copy
from tests.chaos.stage import Site

HERE = Path(__file__).parent
TERMINAL = ("sent", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of one letter: whom it is told to, which stage, and what the letter must say."""

    recipient: str
    item: str
    stage: str
    words: str
    subject: str = ""


@dataclass(slots=True)
class Findings:
    """What a run showed. `doubled` are letters with more copies than one, `unflagged` copies
    that no doubt explains."""

    lost: int = 0
    doubled: int = 0
    unflagged: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    broke_off: bool = False

    def __iadd__(self, other: Findings) -> Findings:
        self.lost += other.lost
        self.doubled += other.doubled
        self.unflagged += other.unflagged
        self.problems += other.problems
        self.notes += other.notes
        self.broke_off |= other.broke_off
        return self

    def require(self, fact: object, otherwise: str) -> None:
        if not fact:
            self.problems.append(otherwise)

    @property
    def is_harmed(self) -> bool:
        """Tell whether somebody was not told, or told twice."""
        return self.lost + self.doubled + self.unflagged > 0


def one_each(size: int) -> list[Expected]:
    """Give what tests/chaos/one_each.csv says that each of `size` members is told."""
    lines = list(csv.DictReader((HERE / "one_each.csv").open()))
    return [
        Expected(
            recipient=f"m{number}@demo.test",
            item=f"CYB-{number}",
            stage=line["stage"],
            words=f"CYB-{number} Rule {number}\n",
            subject=line["subject"],
        )
        for number in range(1, size + 1)
        if (line := lines[(number - 1) % len(lines)])
    ]


def look(
    site: Site, expected: Iterable[Expected], *, most_copies: int = 1, untold: Sequence[str] = ()
) -> Findings:
    """Assert the invariants once everything has come to rest; `untold` cannot be reached."""
    site.mailbox.settle()
    expected = list(expected)
    told = [line for line in expected if line.recipient not in untold]
    found = Findings()
    _each_is_told(site.mailbox.copies, told, found)
    keys_are_unique(site, found)  # I1
    every_reminder_went_somewhere(site, found)  # I2
    every_letter_came_to_an_end(site, found)  # I3
    copies_are_explained(site, most_copies, found)  # I4
    _reminders_are_those_expected(site, expected, found)  # I5
    return found


def _each_is_told(copies: Iterable[Copy], expected: Iterable[Expected], found: Findings) -> None:
    received: dict[str, dict[str, Copy]] = defaultdict(dict)
    for copy in copies:
        received[copy.recipient].setdefault(copy.message_id, copy)
    lines: dict[str, list[Expected]] = defaultdict(list)
    for line in expected:
        lines[line.recipient].append(line)
    for recipient, its in lines.items():
        letters = received.pop(recipient, {})
        found.doubled += max(len(letters) - 1, 0)
        text = "".join(letter.text for letter in letters.values())
        missing = [line.item for line in its if line.words not in text]
        found.lost += bool(missing)
        found.require(not missing, f"{recipient} was not told of {missing}")
        subjects = "".join(str(letter.message["Subject"]) for letter in letters.values())
        found.require(all(line.subject in subjects for line in its), f"{recipient}: {subjects}")
    found.require(not received, f"nobody expected letters to {sorted(received)[:5]}")


def keys_are_unique(site: Site, found: Findings) -> None:
    keys = {
        "committee_letter": ("dedupe_key", "message_id"),
        "roadmap_reminder": ("item, occasion, stage, recipient_id",),
    }
    for table, columns in keys.items():
        for column in columns:
            twice = site.ask(f"SELECT {column} FROM {table} GROUP BY {column} HAVING count(*) > 1")
            found.require(not twice, f"I1: {table} has twice {twice[:3]}")


def every_reminder_went_somewhere(site: Site, found: Findings) -> None:
    loose = site.ask(
        "SELECT item, stage FROM roadmap_reminder WHERE letter_id IS NULL"
        " AND (cancelled_at IS NULL OR cancel_reason = '')"
    )
    found.require(not loose, f"I2: in no letter and not cancelled {loose[:5]}")


def every_letter_came_to_an_end(site: Site, found: Findings) -> None:
    ends = Counter(state for state, *_ in site.letters())
    open_ones = {state: number for state, number in ends.items() if state not in TERMINAL}
    found.require(not open_ones, f"I3: came to no end {open_ones}")


def copies_are_explained(site: Site, most: int, found: Findings) -> None:
    counts = site.mailbox.counts()
    rows = site.ask("SELECT message_id, state, in_doubt FROM committee_letter")
    for name, state, in_doubt in rows:
        copies = counts.pop(name, 0)
        found.doubled += copies > 1
        found.unflagged += max(copies - 1 - in_doubt, 0)
        found.require(copies <= 1 + in_doubt, f"I4: {copies} copies, in doubt {in_doubt} times")
        found.require(copies <= most, f"{copies} copies of a letter, at most {most} are allowed")
        found.require(state != "sent" or copies, "I4: sent, and in no mailbox")
    found.require(not counts, f"I4: nobody wrote {list(counts)[:3]}")


def _reminders_are_those_expected(site: Site, expected: list[Expected], found: Findings) -> None:
    rows = site.ask(
        "SELECT m.email, a.code, r.stage FROM roadmap_reminder r"
        " JOIN committee_member m ON m.id = r.recipient_id"
        " JOIN roadmap_actionitem a ON 'action:' || a.id = r.item WHERE r.cancelled_at IS NULL"
    )
    wanted = {(line.recipient, line.item, line.stage) for line in expected}
    missing, extra = wanted - set(rows), set(rows) - wanted
    found.require(not missing, f"I5: {len(missing)} missing, such as {sorted(missing)[:3]}")
    found.require(not extra, f"I5: {len(extra)} too many, such as {sorted(extra)[:3]}")
