"""The named kill points K1 to K11 (RELIABILITY.md 2.7), each with what it may cost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.chaos import controls, findings
from tests.chaos.cases import Case, Control
from tests.chaos.findings import Findings
from tests.chaos.mailbox import Answers, Reply
from tests.chaos.stage import Site, Stage

MOST_ROUNDS = 4
TWO_BATCHES = 24
REPEATS = 20


def finish(site: Site, rounds: int = MOST_ROUNDS) -> None:
    """Let unwatched drainers finish the work, with time passing between their rounds."""
    for _ in range(rounds):
        site.age()
        site.deliver()
        states = {state for state, *_ in site.letters()}
        if states and states <= set(findings.TERMINAL):
            return


def kill_at(site: Site, point: str, nth: int = 1) -> bool:
    """Kill a drainer outright where it stands; False if it ended without coming there."""
    fork = site.fork("deliver", point=point, nth=nth)
    came = fork.reached()
    fork.kill()
    site.mailbox.settle()
    return came


def killed_once(
    points: Sequence[tuple[str, int]], doubts: Sequence[int], size: int,
    stage: Stage, tree: Path, number: int,
) -> Findings:  # fmt: skip
    """Kill at one of some points (in turn), finish, and look."""
    point, nth = points[number % len(points)]
    copies = 2 if "K8" in point or "K9" in point else 1
    with stage.site(size=size, tree=tree, answer=_answer_of(point)) as site:
        point, _, earlier = point.partition(" after ")
        if earlier:  # a sweep has work only where a drainer was killed before
            kill_at(site, earlier)
            site.age()
        came = kill_at(site, point, nth)
        finish(site)
        found = findings.look(site, findings.one_each(size), most_copies=copies)
        found.require(came, f"{point} was not reached\n{site.log()}")
        doubted = sum(in_doubt for _state, _tries, in_doubt, _error in site.letters())
        found.require(doubted in doubts, f"{point}: in doubt {doubted} times, not {doubts}")
        return found


def killed_again_and_again(stage: Stage, tree: Path, _number: int) -> Findings:
    """Kill at K9 whoever takes the letter up: the second doubt is a person's, and ends it."""
    with stage.site(size=1, tree=tree) as site:
        for _ in range(4):
            kill_at(site, "K9")
            site.age()
        finish(site)
        found = findings.look(site, findings.one_each(1), most_copies=2)
        state, _tries, doubted, why = site.letters()[0]
        found.require((state, doubted) == ("failed", 2), f"{state} after {doubted} doubts")
        found.require("in doubt twice" in why, f"failed because {why!r}")
        return found


def _answer_of(point: str) -> Answers | None:
    """Refuse for once where the settling of a refusal is the point."""
    if point != "K11 in settle":
        return None
    refused: list[str] = []

    def answer(verb: str, recipient: str) -> Reply | None:
        if verb != "RCPT" or recipient in refused:
            return None
        refused.append(recipient)
        return Reply("451 4.3.0 later") if len(refused) == 1 else None

    return answer


def _case(
    name: str, points: Sequence[tuple[str, int]], control: Control,
    doubts: Sequence[int] = (0,), size: int = 4,
) -> Case:  # fmt: skip
    play = partial(killed_once, points, doubts, size)
    return Case(name, play, control, runs=REPEATS, short=len(points), control_runs=2, at_once=2)


def _each(point: str, most: int) -> list[tuple[str, int]]:
    return [(point, nth) for nth in range(1, most + 1)]


CASES = [
    _case("K1 plan insert - commit", _each("K1", 1), controls.NO_SECOND_PLAN),
    _case("K2 plan commit - bundle", _each("K2", 1), controls.NO_SECOND_PLAN),
    _case(
        "K3 bundle insert - commit",
        [*_each("K3 before link", 4), *_each("K3", 4)],
        controls.NO_COMMON_COMMIT,
    ),
    _case("K4 connect - claim", _each("K4", 1), controls.CLAIM_BEFORE_CONNECT, size=TWO_BATCHES),
    _case("K5 claim commit - on-wire mark", _each("K5", 2), controls.NO_RETURN, size=TWO_BATCHES),
    _case("K6 on-wire commit - text", _each("K6", 4), controls.DOUBT_IS_SENT, doubts=(1,)),
    _case("K7 mid DATA", _each("K7", 4), controls.NO_SECOND_TRY, doubts=(1,)),
    _case("K8 final dot - 250", _each("K8", 4), controls.NO_FLAG, doubts=(1,)),
    _case(
        "K9 250 - sent commit",
        [*_each("K9", 4), *_each("K9 in settle", 4)],
        controls.NO_MARK,
        doubts=(1,),
    ),
    # The letter that follows is marked in the same commit, so it may be in doubt, with no copy.
    _case("K10 after sent commit", _each("K10", 4), controls.NO_SENT, doubts=(0, 1)),
    _case(
        "K11 inside sweep, inside settle",
        # The second copy of the first is the price of K8, and must stay flagged.
        [("K11 in sweep after K8", 1), ("K11 in settle", 1), ("K11 in sweep after K6", 1)],
        controls.SWEEP_IN_STEPS,
        doubts=(1,),
    ),
    Case("K9 again and again", killed_again_and_again, controls.NO_BOUND, runs=3, at_once=2),
]
