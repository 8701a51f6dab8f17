"""Mail servers that are slow, that refuse, and letters that hurt (R5, R10, R11)."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path

from tests.chaos import controls, findings
from tests.chaos.cases import Case
from tests.chaos.findings import Findings
from tests.chaos.kills import finish
from tests.chaos.mailbox import FINAL_DOT, Answers, Reply
from tests.chaos.stage import Site, Stage

# The product's longest wait for an answer is so many times shorter, and so are the delays.
HASTE = 100
DELAYS = {"m1": 5, "m2": 30, "m3": 120, "m4": 700}
POISONS = {"M10": "raises", "M20": "exits", "M30": "eats"}
BAD_ADDRESS = "m5@demo test"
UNTOLD = ("m5@demo.test", "m10@demo.test", "m20@demo.test", "m30@demo.test")
MOST_ROUNDS, MOST_RESTARTS = 14, 10
REFUSED, LATER = "554 5.7.1 relaying denied", "451 4.3.0 later"
MOST_REFUSALS, A_MINUTE = 10, 61


def slow(stage: Stage, tree: Path, _number: int) -> Findings:
    """Answer the final dot of one letter each after 5, 30, 120 and 700 s, all hastened alike.

    The third answers in time when asked again; the fourth never does.
    """
    asked: Counter[str] = Counter()

    def answer(verb: str, recipient: str) -> Reply | None:
        if verb != FINAL_DOT:
            return None
        who = recipient.partition("@")[0]
        asked[who] += 1
        return Reply(after=0 if who == "m3" and asked[who] > 1 else DELAYS[who] / HASTE)

    with stage.site(size=4, tree=tree, answer=answer) as site:
        has_waited = True
        for _ in range(8):
            site.fork("deliver", haste=HASTE).wait()
            # A drainer that waited for the longest answer would have seen that session end.
            has_waited &= not site.mailbox.busy
            site.age()
        site.mailbox.close()  # nobody waits for its last answers
        found = findings.look(site, findings.one_each(4), most_copies=2)
        rows = [(state, in_doubt) for state, _tries, in_doubt, _error in site.letters()]
        wanted = [("sent", 0), ("sent", 0), ("sent", 1), ("failed", 2)]
        found.require(rows == wanted, f"state and doubts are {rows}, not {wanted}")
        found.require(not has_waited, "a drainer waited as long as the relay did")
        return found


def poisoned(size: int, stage: Stage, tree: Path, _number: int) -> Findings:
    """Put four letters among many that raise, end the process, eat memory, or cannot be sent.

    A mail is made while the one before it is on the wire, so what ends the process puts that
    one in doubt: it may come twice, and is flagged.
    """
    with stage.site(size=size, tree=tree) as site:
        site.ask(f"UPDATE committee_member SET email = '{BAD_ADDRESS}' WHERE name = 'M5'")
        site.fork("plan").wait()
        ended: Counter[int | None] = Counter()
        for _ in range(MOST_ROUNDS):
            drainers = [site.fork("drain", poison=POISONS) for _ in range(3)]
            ended.update(drainer.wait() for drainer in drainers)
            site.age()
            if ended[None] > MOST_RESTARTS or not site.has_letters("pending", "sending"):
                break
        site.ask("UPDATE committee_member SET email = 'm5@demo.test' WHERE name = 'M5'")
        found = findings.look(site, findings.one_each(size), most_copies=2, untold=UNTOLD)
        _each_says_why(site, found)
        found.require(ended[None] <= MOST_RESTARTS, f"{ended[None]} drainers ended outright")
        found.require(not ended[1], f"{ended[1]} drainers broke off\n{site.log()}")
        found.notes.append(f"{ended[None]} drainers ended outright")
        return found


def _each_says_why(site: Site, found: Findings) -> None:
    """Look for the four among the failed, each with a reason, and after five strikes at most."""
    rows = site.ask(
        "SELECT m.name, l.last_error, l.strikes FROM committee_letter l"
        " JOIN committee_member m ON m.id = l.recipient_id WHERE l.state = 'failed'"
    )
    said = {name: why for name, why, _strikes in rows}
    found.require(sorted(said) == ["M10", "M20", "M30", "M5"], f"failed are {said}")
    for name in POISONS:
        is_traced = re.search(r"poison.*trace [0-9a-f]{8}", said.get(name, ""))
        found.require(is_traced, f"{name} failed without a trace: {said.get(name)!r}")
    found.require("address" in said.get("M5", ""), f"M5 failed because {said.get('M5')!r}")
    found.require(all(strikes <= 5 for *_, strikes in rows), "more than five strikes")


def _once(code_of: dict[str, str]) -> Answers:
    """Refuse each of some recipients once, with its code; 550 always."""
    told: set[str] = set()

    def answer(verb: str, recipient: str) -> Reply | None:
        code = code_of.get(recipient.partition("@")[0])
        if verb != "RCPT" or code is None or recipient in told:
            return None
        if not code.startswith("550"):
            told.add(recipient)
        return Reply(code)

    return answer


CODES = {
    "m1": "421 4.3.2 closing",
    "m2": "450 4.2.0 mailbox busy",
    "m3": LATER,
    "m4": "452 4.2.2 full",
    "m5": "550 5.1.1 no such user",
    "m6": REFUSED,
}


def codes(stage: Stage, tree: Path, _number: int) -> Findings:
    """Refuse five letters for now and one for good: five are told, one has failed at once."""
    with stage.site(size=8, tree=tree, answer=_once(CODES)) as site:
        finish(site, rounds=8)
        found = findings.look(site, findings.one_each(8), untold=["m5@demo.test"])
        rows = site.letters()
        found.require(
            [state for state, *_ in rows] == ["sent"] * 4 + ["failed"] + ["sent"] * 3,
            f"letters are {[row[0] for row in rows]}",
        )
        found.require(rows[4][1] == 1 and "5.1.1" in rows[4][3], f"the failed one: {rows[4]}")
        return found


def refused_relay(verb: str, code: str, stage: Stage, tree: Path, _number: int) -> Findings:
    """Refuse us everything for a while: ten times are enough to know, then once a minute.

    No letter has failed by it; once the relay takes letters, all go.
    """
    refusals = [True] * 10_000
    heard: list[str] = []

    def answer(said: str, _recipient: str) -> Reply | None:
        if said != verb or not refusals:
            return None
        heard.append(said)
        return Reply(code)

    user = {"user": "peta", "password": "jalan"} if verb == "AUTH" else {}
    with stage.site(size=24, tree=tree, answer=answer) as site:
        found = Findings()
        site.fork("plan").wait()
        for _ in range(MOST_REFUSALS + 3):
            site.fork("drain", **user).wait()
        found.require(len(heard) == MOST_REFUSALS, f"refused {len(heard)} times")
        for _ in range(2):
            site.age(A_MINUTE)
            for _ in range(3):
                site.fork("drain", **user).wait()
        found.require(len(heard) == MOST_REFUSALS + 2, f"{len(heard)} tries after two minutes")
        refusals.clear()
        finish(site, rounds=6)
        found += findings.look(site, findings.one_each(24))
        failed = [row for row in site.letters() if row[0] == "failed"]
        found.require(not failed, f"failed by an outage of ours: {failed[:2]}")
        return found


CASES = [
    Case("R5 relay answers after 5, 30, 120, 700 s", slow, controls.DOUBT_IS_BROKEN),
    Case("R10 4 poisoned among 1,000", partial(poisoned, 1000), controls.NO_STRIKES, short=0),
    Case("R10 4 poisoned among 60", partial(poisoned, 60), controls.NO_STRIKES, runs=0),
    Case("R11 421, 450, 451, 452, 550, 554", codes, controls.EVERY_5XX_IS_FINAL),
    Case(
        "R11 breaker: relaying denied (554)",
        partial(refused_relay, "RCPT", REFUSED),
        controls.NO_BREAKER,
    ),
    Case(
        "R11 breaker: sign-in refused (535)",
        partial(refused_relay, "AUTH", "535 5.7.8 no"),
        controls.NO_BREAKER,
    ),
]
