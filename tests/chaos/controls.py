"""Every protection that a control takes out, as the source without it. One table."""

from __future__ import annotations

from tests.chaos.cases import Control, Patch

OUTBOX, SETTLING = "committee/outbox.py", "committee/settling.py"

NO_SECOND_PLAN = Control(
    "planning again what an ended round had begun",
    (
        Patch(
            "roadmap/tasks.py",
            'if moment.rehearsal is None and has_beaten_within("plan", BETWEEN_ROUNDS):',
            'if has_beaten_within("plan", timedelta(days=1)):',
        ),
    ),
)
NO_COMMON_COMMIT = Control(
    "one transaction for a letter and its reminders",
    (
        Patch(
            "roadmap/services/bundling.py",
            "@transaction.atomic\ndef _bundle_for(",
            "def _bundle_for(",
        ),
        Patch("roadmap/services/bundling.py", "older.select_for_update()", "older"),
    ),
)
_NO_RETURN = Patch(
    SETTLING,
    "    expired.filter(on_wire_at=None).update(state=LetterState.PENDING, **unleased)\n",
    "",
)
CLAIM_BEFORE_CONNECT = Control(
    "connecting before the claim, and the sweep's return",
    (
        _NO_RETURN,
        Patch(
            OUTBOX,
            "    try:\n        session.open()",
            "    early = claim(limit)\n    try:\n        session.open()",
        ),
        Patch(
            OUTBOX,
            "return _send_all(Round(session, renderers, monotonic() + DRAIN_SECONDS), limit)",
            "work = Round(session, renderers, monotonic() + DRAIN_SECONDS)\n"
            "        _send_batch(work, early)\n"
            "        return _send_all(work, limit)",
        ),
    ),
)
NO_RETURN = Control("the sweep's return of what never was on the wire", (_NO_RETURN,))
DOUBT_IS_SENT = Control(
    "the doubt: what was on the wire counts as sent",
    (
        Patch(
            SETTLING,
            "state=LetterState.PENDING, not_before=Now() + AFTER_DOUBT, **again",
            "state=LetterState.SENT, sent_at=Now(), not_before=Now(), **again",
        ),
    ),
)
NO_SECOND_TRY = Control(
    "the second try of a letter in doubt",
    (Patch(SETTLING, "MOST_DOUBTS = 2", "MOST_DOUBTS = 1"),),
)
NO_FLAG = Control(
    "the flag of a letter in doubt",
    (
        Patch(
            SETTLING, 'again = {"in_doubt": F("in_doubt") + 1, **unleased}', "again = {**unleased}"
        ),
    ),
)
NO_MARK = Control(
    "the mark before a letter goes on the wire",
    (
        Patch(
            "committee/statements.py",
            "SET on_wire_at = {now}, lease_until = {later}",
            "SET lease_until = {later}",
        ),
    ),
)
NO_SENT = Control(
    "writing down at once what was accepted",
    (Patch(SETTLING, "return _mark_sent(letter, mail, attempt, following)", "return False"),),
)
SWEEP_IN_STEPS = Control(
    "the sweep's transaction: it returns first and flags later",
    (
        Patch(SETTLING, "@transaction.atomic\ndef _doubt(", "def _doubt("),
        Patch(
            SETTLING,
            "state=LetterState.PENDING, not_before=Now() + AFTER_DOUBT, **again\n    )\n",
            "state=LetterState.PENDING, not_before=Now() + AFTER_DOUBT, **unleased\n    )\n"
            "    returned = Letter.objects.filter(pk__in=[one.pk for one in letters])\n"
            '    returned.update(in_doubt=F("in_doubt") + 1)\n',
        ),
        Patch(
            SETTLING,
            "        stuck = stuck.select_for_update(skip_locked=True)\n    letters = list(stuck",
            "        stuck = stuck.all()\n    letters = list(stuck",
        ),
    ),
)
NO_BOUND = Control(
    "the end after two doubts", (Patch(SETTLING, "MOST_DOUBTS = 2", "MOST_DOUBTS = 99"),)
)
NO_SIGNAL = Control(
    "finishing the letter in hand when told to stop",
    (
        Patch(
            "roadmap/management/commands/deliver.py",
            "signal.signal(number, lambda *_: stop.set())",
            "signal.signal(number, signal.SIG_DFL)",
        ),
    ),
)
DOUBT_IS_BROKEN = Control(
    "the doubt: silence after the final dot counts as not sent",
    (
        Patch(
            "committee/transport.py",
            "return Answer(Outcome.UNKNOWN, text",
            "return Answer(Outcome.BROKEN, text",
        ),
    ),
)
NO_STRIKES = Control(
    "the strikes that are counted in the claim",
    (Patch(OUTBOX, '        strikes=F("strikes") + 1,\n', ""),),
    harms=False,
)
EVERY_5XX_IS_FINAL = Control(
    "telling an address refused from a relay that refuses us",
    (
        Patch(
            "committee/transport.py",
            'return enhanced[1] == "5" and enhanced[2] in ("1", "2")',
            'return enhanced[1] == "5"',
        ),
    ),
)
NO_BREAKER = Control(
    "the breaker after ten refusals",
    (Patch("committee/gate.py", "MOST_REFUSALS = 10", "MOST_REFUSALS = 10_000"),),
    harms=False,
)
CARELESS_CLAIM = Control(
    "the claim's transaction and second look, the mark's token",
    (
        Patch(
            OUTBOX,
            "    with transaction.atomic():\n        ids = _next",
            "    if True:\n        ids = _next",
        ),
        # Both may now read before either writes; the pause only makes it likely.
        Patch(
            OUTBOX,
            "    Letter.objects.filter(id__in=ids, state=LetterState.PENDING).update(",
            "    __import__('time').sleep(0.5)\n    Letter.objects.filter(id__in=ids).update(",
        ),
        Patch(
            OUTBOX, "Letter.objects.filter(lease_token=token)", "Letter.objects.filter(id__in=ids)"
        ),
        Patch("committee/statements.py", "lease_token = %s AND state = 'sending'", "%s <> ''"),
    ),
)
CARELESS_PLAN = Control(
    "skipping the facts that another planner has just added",
    (
        Patch("roadmap/services/planning.py", ", ignore_conflicts=True", ""),
        Patch(
            "roadmap/services/planning.py",
            "countdowns.all_countdowns(now), told)\n",
            "countdowns.all_countdowns(now), told)\n    __import__('time').sleep(2)\n",
        ),
    ),
    harms=False,
)
