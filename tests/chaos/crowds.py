"""Many at once: ten thousand facts in one tick, and too many planners and drainers (R6, R7)."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.chaos import findings
from tests.chaos.brokers import Broker, start_celery
from tests.chaos.cases import Case, Control, Patch
from tests.chaos.clocks import at_rest
from tests.chaos.findings import Findings
from tests.chaos.stage import Site, Stage

MORNING = "2018-09-24T08:05+07:00"
READERS = 400
LINES_IN_A_LETTER = 20
PLANNERS = DRAINERS = 4
BEATS = 3
SECONDS = 10


def due_at_once(size: int, stage: Stage, tree: Path, _number: int) -> Findings:
    """Plan everything in one tick, print what it cost, and send one letter to each reader."""
    with stage.site("crowd", size=size, tree=tree) as site:
        assert site.fork("weigh", moments=[MORNING]).wait(seconds=600) == 0, site.log()
        drainers = [site.fork("drain") for _ in range(DRAINERS)]
        assert [drainer.wait(seconds=600) for drainer in drainers] == [0] * DRAINERS, site.log()
        cost = json.loads((site.folder / "cost.json").read_text())
        print("    " + ", ".join(f"{name} {value}" for name, value in cost.items()), flush=True)
        found = at_rest(site)
        letters = {copy.recipient: copy.text for copy in site.mailbox.copies}
        found.lost += READERS - len(letters)
        found.require(len(site.mailbox.copies) == READERS, f"{len(site.mailbox.copies)} letters")
        wrong = [text for text in letters.values() if _told(text) != LINES_IN_A_LETTER]
        found.require(not wrong, f"{len(wrong)} letters have other than 20 lines")
        told = site.ask("SELECT count(*) FROM roadmap_reminder WHERE letter_id IS NOT NULL")[0][0]
        found.require(told == size, f"{told} facts are in letters, and not {size}")
        return found


def _told(text: str) -> int:
    return sum(line.startswith("- BIG-") for line in text.splitlines())


def too_many(size: int, stage: Stage, tree: Path, _number: int) -> Findings:
    """Let planners, drainers and, on PostgreSQL, beats and workers ring over each other."""
    with ExitStack() as stack:
        site = stack.enter_context(stage.site(size=size, tree=tree))
        if not stage.on_sqlite:
            broker = stack.enter_context(Broker())
            start_celery(site, broker.port, beats=BEATS)
        bells = [
            site.fork("ring", bell=bell, seconds=SECONDS)
            for bell in ["plan"] * PLANNERS + ["drain"] * DRAINERS
        ]
        ends = [bell.wait(seconds=120) for bell in bells]
        site.deliver(2)
        found = findings.look(site, findings.one_each(size))
        found.require(ends == [0] * len(bells), f"ended with {ends}\n{site.log()}")
        found.doubled += _told_twice(site)
        return found


def _told_twice(site: Site) -> int:
    """Count the surplus lines: a fact is an item, a stage and a reader, whatever its key says."""
    rows = site.ask(
        "SELECT count(*) - 1 FROM roadmap_reminder WHERE cancelled_at IS NULL"
        " GROUP BY item, stage, recipient_id HAVING count(*) > 1"
    )
    return sum(number for (number,) in rows)


NO_JOIN = Control(
    "joining facts to their letter",
    (Patch("roadmap/services/bundling.py", "    fresh.update(letter=letter)\n", ""),),
)
INSERT = "    Reminder.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)\n"
NO_KEY = Control(
    "the unique key of a fact",
    (
        Patch(
            "roadmap/services/planning.py",
            INSERT,
            "    from django.db import connection\n\n"
            "    with connection.cursor() as cursor:\n"
            '        cursor.execute("ALTER TABLE roadmap_reminder'
            ' DROP CONSTRAINT IF EXISTS reminder_is_told_once")\n' + INSERT,
        ),
    ),
)
# SQLite cannot drop a key; this one says who planned, so it is another's for each planner.
NO_COMMON_KEY = Control(
    "the key that is the same for every planner",
    (
        Patch(
            "roadmap/services/planning.py",
            INSERT,
            "    import os\n\n"
            "    for one in new:\n"
            '        one.occasion += f":{os.getpid()}"\n' + INSERT,
        ),
    ),
)
CASES = [
    Case("R6 10,000 due in one tick", partial(due_at_once, 10_000), NO_JOIN, short=0),
    Case("R7 3 beats, 4 planners, 4 drainers", partial(too_many, 120), NO_KEY),
    Case("R7 4 planners, 4 drainers", partial(too_many, 60), NO_COMMON_KEY, on_sqlite=True),
]
