"""Eight processes write the ledger at once: one chain, no gap, and nobody is refused (R22)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.chaos.cases import Case, Control, Patch
from tests.chaos.findings import Findings
from tests.chaos.stage import Site, Stage

WRITERS = 8
BEFORE = 4  # what one of them wrote while alone, so that the head is known
LONGEST_RUN = 600


def written_at_once(
    rows: int, stage: Stage, tree: Path, _number: int, *, is_fair: bool = True
) -> Findings:
    """Let each writer write so many entries, all at once, and have the product check the chain."""
    with stage.site("writers", size=WRITERS, tree=tree) as site:
        assert site.fork("write", writer=1, rows=BEFORE).wait() == 0, site.log()
        ((head,),) = site.ask(f"SELECT hash FROM committee_auditentry WHERE number = {BEFORE}")
        each = [site.fork("write", writer=one, rows=rows) for one in range(1, WRITERS + 1)]
        ends = [fork.wait(seconds=LONGEST_RUN) for fork in each]
        assert ends == [0] * WRITERS, site.log()
        found = Findings()
        _nobody_was_refused(site, found)
        _all_are_there(site, rows, found, is_fair=is_fair)
        verify = site.start("manage.py", "audit", "verify", "--head", head)
        found.require(verify.wait(timeout=LONGEST_RUN) == 0, f"the chain: {site.log()}")
        return found


def _nobody_was_refused(site: Site, found: Findings) -> None:
    files = [site.folder / f"refused{one}" for one in range(1, WRITERS + 1)]
    refused = [line for file in files for line in file.read_text().splitlines()]
    found.require(not refused, f"{len(refused)} saves were refused, such as {refused[:1]}")


def _all_are_there(site: Site, rows: int, found: Findings, *, is_fair: bool) -> None:
    """Count the entries, all and each writer's, and see that all eight wrote at one time.

    SQLite lets whoever asks first, so there it is only seen that they came between each other.
    """
    ((count, last),) = site.ask("SELECT count(*), max(number) FROM committee_auditentry")
    expected = WRITERS * rows + BEFORE
    found.require(count == last == expected, f"{count} entries up to {last}, and not {expected}")
    spans = site.ask(
        "SELECT count(*), min(number), max(number) FROM committee_auditentry"
        f" WHERE number > {BEFORE} GROUP BY actor_id"
    )
    counts, firsts, lasts = zip(*spans, strict=True)
    found.require(counts == (rows,) * WRITERS, f"the writers wrote {counts}, and not {rows} each")
    between = sum(lasts) - sum(firsts) + WRITERS > WRITERS * rows
    is_at_once = max(firsts) < min(lasts) if is_fair else between
    found.require(is_at_once, f"they wrote one after the other: {spans}")


TOO_EARLY = Patch(
    "committee/ledger.py",
    "    counter = Revision.objects.filter(pk=1)\n",
    "    _seal_waiting()\n    counter = Revision.objects.filter(pk=1)\n",
)
NO_LOCK = Control("sealing under the lock of the counter", (TOO_EARLY,), harms=False)
LAST = '    last = AuditEntry.objects.order_by("-number").values_list("number", "hash").first()\n'
# Dropped once, by the one who writes alone: to drop it locks the table, as nothing here may.
DROP_KEY = """\
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conname = 'committee_auditentry_pkey'"
        )
        if cursor.fetchone():
            cursor.execute(
                "ALTER TABLE committee_auditentry DROP CONSTRAINT committee_auditentry_pkey"
            )
"""
NO_LOCK_NO_KEY = Control(
    "that lock, and the key by which the database refuses a fork",
    (TOO_EARLY, Patch("committee/ledger.py", LAST, DROP_KEY + LAST)),
    harms=False,
)
NO_PLACE_IN_LINE = Control(
    "taking one's place in the line before reading",
    (Patch("roadmap/config/settings.py", '        "transaction_mode": "IMMEDIATE",\n', ""),),
    harms=False,
)
ON_SQLITE = "SQLite: ledger, 8 writers x 400"
CASES = [
    Case("Ledger: 8 writers x 1,000 (R22)", partial(written_at_once, 1000), NO_LOCK, short=0),
    Case("Ledger: 8 writers x 100", partial(written_at_once, 100), NO_LOCK),
    Case("Ledger: a fork is found", partial(written_at_once, 100), NO_LOCK_NO_KEY, short=0),
    Case(ON_SQLITE, partial(written_at_once, 400, is_fair=False), NO_PLACE_IN_LINE, on_sqlite=True),
]
