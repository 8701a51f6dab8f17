"""Kills at moments that nobody chose, and the quiet end that a restart asks for."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.chaos import controls, findings
from tests.chaos.cases import Case, Control
from tests.chaos.findings import Findings
from tests.chaos.kills import finish
from tests.chaos.mailbox import FINAL_DOT, Reply
from tests.chaos.stage import Fork, Site, Stage
from tests.servers import wait_until

# A hundred times as fast: a lease of ten minutes lasts six seconds.
TICK, AGED = 0.1, 10
BETWEEN_KILLS = (0.15, 0.6)
BETWEEN_STOPS, MOST_RESTARTS = (3, 40), 60
PROCESSES = ("plan", "drain", "drain", "drain")
# Service managers wait a minute before they kill (docker-compose.yml says so); here both that
# and the product's longest drain are a tenth of what they are.
HASTE, GRACE = 10, 60 / 10


def late(seconds: float, verb: str, _recipient: str) -> Reply | None:
    """Accept, but not at once: most of a letter's time is then the wait for its 250."""
    return Reply(after=seconds) if verb == FINAL_DOT else None


@contextmanager
def time_flies(site: Site) -> Iterator[None]:
    """Let time pass for the letters while the case goes on."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(TICK):
            site.age(AGED)

    clock = threading.Thread(target=run)
    clock.start()
    try:
        yield
    finally:
        stop.set()
        clock.join()


def random_kills(size: int, stage: Stage, tree: Path, number: int) -> Findings:
    """Kill a planner or one of three drainers every few hundred milliseconds.

    It goes on until every letter has been tried; then the rest is finished in peace, because a
    letter killed twice on the wire is a person's by design (the case "K9 again and again").
    """
    chance = random.Random(number)
    with stage.site(size=size, tree=tree, answer=partial(late, 0.02)) as site:
        with time_flies(site):
            kills = _kill_until_tried(site, size, chance)
        finish(site)
        found = findings.look(site, findings.one_each(size), most_copies=2)
        found.notes.append(f"{kills} kills, {found.doubled} letters came twice")
        return found


def _kill_until_tried(site: Site, size: int, chance: random.Random) -> int:
    running: dict[int, Fork] = {}
    kills, deadline = 0, time.monotonic() + 300
    while not _all_tried(site, size):
        assert time.monotonic() < deadline, f"not all were tried in time\n{site.log()}"
        until = time.monotonic() + chance.uniform(*BETWEEN_KILLS)
        while time.monotonic() < until:
            for place, role in enumerate(PROCESSES):
                if place not in running or not running[place].is_alive:
                    running[place] = site.fork(role)
            time.sleep(0.05)
        victim = running[chance.randrange(len(PROCESSES))]
        kills += victim.is_alive
        victim.kill()
    for fork in running.values():
        fork.kill()
    return kills


def _all_tried(site: Site, size: int) -> bool:
    ((tried, made),) = site.ask(
        "SELECT count(*) FILTER (WHERE sent_at IS NOT NULL OR in_doubt > 0), count(*)"
        " FROM committee_letter"
    )
    return bool(tried == made == size)


def restarts(size: int, stage: Stage, tree: Path, number: int) -> Findings:
    """Stop three `deliver --loop` with SIGTERM again and again, as an update of the site does.

    Whoever has not ended within the grace is killed, as service managers do.
    """
    chance = random.Random(number)
    with stage.site(size=size, tree=tree, answer=partial(late, 0.05)) as site:
        site.fork("plan").wait()
        stopped = 0
        while site.has_letters("pending", "sending"):
            assert stopped < MOST_RESTARTS, site.log()
            loops = [site.fork("loop", haste=HASTE) for _ in range(3)]
            _wait_for_some(site, chance.randrange(*BETWEEN_STOPS))
            _stop(loops)
            stopped += 1
            site.age()
        found = findings.look(site, findings.one_each(size))
        found.notes.append(f"{stopped} restarts")
        return found


def _wait_for_some(site: Site, letters: int) -> None:
    """Wait until so many more have arrived, or none is left that could go now."""
    enough = len(site.mailbox.copies) + letters
    left = (
        "SELECT 1 FROM committee_letter WHERE state = 'sending'"
        " OR (state = 'pending' AND not_before <= now())"
    )
    wait_until(lambda: len(site.mailbox.copies) >= enough or not site.ask(left))


def _stop(loops: list[Fork]) -> None:
    for loop in loops:
        loop.kill(signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    while time.monotonic() < deadline and any(loop.is_alive for loop in loops):
        time.sleep(0.05)
    for loop in loops:
        loop.kill()


def _case(
    words: str, play: Callable[..., Findings], control: Control, full: int, short: int
) -> tuple[Case, Case]:
    """Make one case for the whole run, and one with fewer letters for CI's."""
    return (
        Case(f"{words}, {full:,} letters", partial(play, full), control, short=0),
        Case(f"{words}, {short:,} letters", partial(play, short), control, runs=0),
    )


CASES = [
    *_case("R1 random kills", random_kills, controls.NO_MARK, 1500, 150),
    *_case("R1 restarts with SIGTERM", restarts, controls.NO_SIGNAL, 300, 60),
]
