"""The mail server down, facts that change under a waiting letter, and a restored backup.

R4, R12, R13 and R14 of RELIABILITY.md. What each letter must say is written here by hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.chaos import findings
from tests.chaos.cases import Case, Control, Patch
from tests.chaos.clocks import JAKARTA, at_rest
from tests.chaos.findings import Expected, Findings
from tests.chaos.stage import Site, Stage

OUTBOX, LETTERS = "committee/outbox.py", "roadmap/services/letters.py"
MONDAY, THURSDAY = date(2018, 9, 24), date(2018, 9, 27)
ROUNDS_WHILE_DOWN = 3
LONGEST_WAIT = 90
# One line a member: the action's stage, how far its date is, and the subject's counts.
ON_MONDAY = (
    ("+1d", "1 day late", "1 late"),
    ("0d", "due today", "1 due today"),
    ("-1wd", "1 day left", "1 due soon"),
    ("-7d", "7 days left", "1 due soon"),
)
ON_THURSDAY = (
    ("+4wd", "4 days late", "1 late"),
    ("+1d", "3 days late", "1 late"),
    ("+1d", "2 days late", "1 late"),
    ("-3wd", "4 days left", "1 due soon"),
)


def told_as_of(lines: tuple[tuple[str, str, str], ...]) -> list[Expected]:
    return [
        Expected(f"m{number}@demo.test", f"CYB-{number}", stage, f"({words})\n", subject)
        for number, (stage, words, subject) in enumerate(lines, 1)
    ]


def waited(fact: Callable[[], Any], seconds: float = LONGEST_WAIT) -> bool:
    """Wait for a fact, and tell whether it came."""
    ends = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def pass_time(site: Site, hours: float) -> None:
    """Let the rehearsal's clock read some hours after Monday 08:05, as after an outage."""
    days, rest = divmod(hours, 24)
    day = MONDAY + timedelta(days=days)
    site.ask(
        f"UPDATE committee_rehearsalclock SET day = '{day}', target = '{day}',"
        f" since = now() - interval '{rest * 3600} seconds'"
    )


def server_down(hours: int, lines: tuple[Any, ...], stage: Stage, tree: Path, _n: int) -> Findings:
    """Stop the mail server for some hours; no letter pays for it, and each speaks of today."""
    with stage.site(tree=tree) as site:
        site.mailbox.close()
        assert site.fork("invite").wait() == 0, site.log()
        for number in range(1, ROUNDS_WHILE_DOWN + 1):
            pass_time(site, hours * number / ROUNDS_WHILE_DOWN)
            site.deliver()
        tried = site.ask("SELECT count(*) FROM committee_letter WHERE tries > 0")[0][0]
        site.ask("UPDATE committee_letter SET expires_at = now() WHERE expires_at IS NOT NULL")
        _come_back(site)
        found = findings.look(site, told_as_of(lines))
        found.require(not tried, f"{tried} letters paid a try for a server that was down")
        reset = site.ask("SELECT state, last_error FROM committee_letter WHERE kind <> 'reminders'")
        found.require(reset == [("failed", "expired")], f"the old link's letter: {reset}")
        return found


def _come_back(site: Site) -> None:
    """Start the server under a loop that never stopped, and wait until nothing waits."""
    loop = site.fork("loop")
    site.mailbox.open()
    waited(lambda: site.ask("SELECT 1 FROM committee_heartbeat WHERE name = 'plan'"))
    waited(lambda: not _waiting(site), 60)
    loop.kill()


def _waiting(site: Site) -> bool:
    return any(state in ("pending", "sending") for state, *_ in site.letters())


# What happens to member n's line between the plan and the wire; member 6 is left alone.
CHANGES = """
    UPDATE roadmap_actionitem SET status = 'verified', submitted_on = '2018-09-24'
     WHERE code = 'CYB-1';
    UPDATE roadmap_actionitem SET due_date = '2018-12-31', date_generation = date_generation + 1
     WHERE code = 'CYB-2';
    UPDATE committee_member SET is_active = false WHERE name = 'M3';
    UPDATE roadmap_actionitem SET owner_id = (SELECT id FROM committee_member WHERE name = 'M6')
     WHERE code = 'CYB-4';
    UPDATE committee_member SET paused_from = '2018-09-24', paused_until = '2018-09-30'
     WHERE name = 'M5';
"""
# Who was told as a superior, a stand-in or the secretariat, and is none any more; sari is.
ROLES_LOST = """
    UPDATE committee_member SET role = 'viewer' WHERE name = 'rina';
    UPDATE committee_seat SET until_date = '2018-11-11' WHERE member_id IN
           (SELECT id FROM committee_member WHERE name IN ('lina', 'didi'));
"""


def changed_before_the_wire(
    rows: str, morning: str, changes: str, witness: str,
    stage: Stage, tree: Path, _n: int,
) -> Findings:  # fmt: skip
    """Change facts once the letters are made; only the witness is written to, all else says why."""
    with stage.site(rows, size=6, tree=tree, is_rehearsal=False) as site:
        assert site.fork("prepare", moments=[morning]).wait() == 0, site.log()
        made = len(site.letters())
        site.ask(changes)
        assert site.fork("send", moments=[morning]).wait() == 0, site.log()
        found = at_rest(site)
        written_to = [copy.recipient for copy in site.mailbox.copies]
        found.unflagged += len([person for person in written_to if person != witness])
        found.lost += witness not in written_to
        found.require(written_to == [witness], f"written to {written_to}")
        reasons = site.ask("SELECT last_error FROM committee_letter WHERE state = 'cancelled'")
        found.require(len(reasons) == made - 1, f"{len(reasons)} of {made} letters were cancelled")
        found.require(all(why for (why,) in reasons), f"without a reason: {reasons}")
        return found


# What should never happen, done to the tables by hand, and the word of the line that finds it.
NEVER = {
    "lost": "UPDATE committee_letter SET state = 'cancelled', sent_at = NULL, last_error = '?'",
    "unrecorded": "DELETE FROM committee_letterattempt",
    "extra": """
        INSERT INTO roadmap_reminder (item, occasion, stage, supersedes, audience, recipient_id,
                                      is_orphan, due_at, under_bell, cancel_reason)
        SELECT item, 'due:7', stage, '', audience, recipient_id, is_orphan, due_at, false, ''
          FROM roadmap_reminder""",
}
MORNING = f"{MONDAY}T08:05+07:00"


def reconciled(stage: Stage, tree: Path, _number: int) -> Findings:
    """Do what should never happen, and read the line of the nightly comparison each time."""
    found = Findings()
    for word, statement in {"": "SELECT 1", **NEVER}.items():
        with stage.site(tree=tree, is_rehearsal=False) as site:
            assert site.fork("live", moments=[MORNING]).wait() == 0, site.log()
            _without_guards(site, statement)
            assert site.fork("reconcile", moments=[MORNING]).wait() == 0, site.log()
            ((line,),) = site.ask("SELECT note FROM committee_heartbeat WHERE name = 'reconcile'")
            is_found = f"{word} 4" in line if word else "missing 0" in line
            found.lost += not is_found
            found.require(is_found, f"{word or 'all well'}: {line}")
    return found


def _without_guards(site: Site, statement: str) -> None:
    """Do it although triggers forbid it, as a damaged disk would."""
    site.ask(f"SET session_replication_role = replica; {statement}")


def restored(days: int, stage: Stage, tree: Path, _number: int) -> Findings:
    """Restore Monday's backup days later: nothing leaves unasked, then under the same names."""
    last = MONDAY + timedelta(days=days)
    with stage.site(tree=tree, is_rehearsal=False) as site:
        backup = str(site.folder / "backup.zip")
        _command(site, "backup", backup)
        mornings = [_at(MONDAY + timedelta(days=number), 8) for number in range(days + 1)]
        _live(site, *mornings)
        before, sent = _names(site, last), len(site.mailbox.copies)
        _command(site, "restore", backup, "--replace", Path(site.database).name)
        _live(site, _at(last, 9))
        found = Findings(doubled=len(site.mailbox.copies) - sent)
        found.require(not found.doubled, f"{found.doubled} letters left before the release")
        held = sum(state == "held" for state, *_ in site.letters())
        found.require(held == 4, f"{held} letters are held, and not 4")
        assert site.fork("release").wait() == 0, site.log()
        _live(site, _at(last, 10))
        after = _names(site, last)
        found.lost += 4 - len(after)
        same = {reader for reader, name in before.items() if after.get(reader) == name}
        found.require(before and same == set(before), f"other names than before: {after}")
        return found


def _at(day: date, hour: int) -> str:
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=JAKARTA).isoformat()


def _command(site: Site, *words: str) -> None:
    assert site.fork("command", words=words).wait() == 0, site.log()


def _live(site: Site, *moments: str) -> None:
    assert site.fork("live", moments=moments).wait() == 0, site.log()
    site.mailbox.settle()


def _names(site: Site, day: date) -> dict[str, str]:
    """Give the Message-ID of each reader's letter of a day, if it was sent."""
    return dict(
        site.ask(
            "SELECT p.email, l.message_id FROM committee_letter l JOIN committee_member p"
            " ON p.id = l.recipient_id WHERE p.role = 'member' AND l.state = 'sent'"
            f" AND l.policy_date = '{day}'"
        )
    )


CLAIM_FIRST = Control(
    "connecting before the claim",
    (
        Patch(
            OUTBOX,
            "    session = session or transport.from_settings()\n",
            "    session = session or transport.from_settings()\n    claim(limit)\n",
        ),
    ),
)
NO_RECHECK = Control(
    "asking again at sending",
    (
        Patch(
            LETTERS, "        if why:\n            broken[", "        if None:\n            broken["
        ),
    ),
)
BLIND_LINE = Control(
    "looking for lines in letters that will not leave",
    (
        Patch(
            "roadmap/selectors/reconciliation.py",
            'return Reminder.objects.filter(gone, cancelled_at=None).order_by("pk")',
            "return Reminder.objects.none()",
        ),
    ),
)
NO_HOLD = Control(
    "the hold",
    (
        Patch(OUTBOX, "if gate.holds() or not _waiting()", "if not _waiting()"),
        Patch("committee/gate.py", "    if gate.is_held:\n        return 0\n", ""),
    ),
)
CASES = [
    *(
        Case(
            f"R4 mail server down for {hours} h",
            partial(server_down, hours, lines),
            CLAIM_FIRST,
            short=short,
        )
        for hours, lines, short in ((1, ON_MONDAY, 0), (12, ON_MONDAY, 0), (72, ON_THURSDAY, 1))
    ),
    Case(
        "R12 closed, moved, reassigned, away, gone before the wire",
        partial(changed_before_the_wire, "one_each", MORNING, CHANGES, "m6@demo.test"),
        NO_RECHECK,
    ),
    Case(
        "R12 role or seat lost before the wire",
        partial(
            changed_before_the_wire,
            "committee",
            "2018-11-12T08:05+07:00",
            ROLES_LOST,
            "sari@demo.test",
        ),
        NO_RECHECK,
    ),
    Case("R13 the nightly comparison finds what never should be", reconciled, BLIND_LINE),
    Case("R14 backup of the morning restored", partial(restored, 0), NO_HOLD, short=0),
    Case("R14 backup of three days ago restored", partial(restored, 3), NO_HOLD),
]
