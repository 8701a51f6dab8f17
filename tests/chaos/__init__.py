"""Whether a letter can be lost or doubled, tried with real processes and real kills.

`python3 dev.py chaos [CASES] [--short]` plays every case (or those whose name begins so) and
prints a table: case, runs, lost, doubled, unflagged, seconds. Under each case stands its
negative control: the same case on a copy of the product's source with one protection taken out,
which must go red. The exit code is 1 if a guarantee failed or a control stayed green. `--short`
plays fewer and smaller runs, three cases at once.

How it works:

* `stage.Stage` owns a private PostgreSQL (or a folder of SQLite files), a copy of the product's
  source as it was when the run began, and template databases; `Stage.site()` is a fresh database
  with its own mailbox in a tenth of a second.
* `Site.fork(role)` runs the product in a process forked from one that has imported it already
  (`zygote`); `Site.start(...)` starts one from nothing: `manage.py`, celery, gunicorn. Kills are
  real SIGKILLs from outside.
* `driver` runs inside a forked process. At a kill point (`POINTS`) it says so on a pipe and
  blocks until it is killed. Points are watched on the wire and in the SQL that leaves, so the
  product is not changed and need not know.
* `Site.age()` lets time pass: it moves leases and waiting times of the letters into the past by
  SQL. That is how ten-minute leases fit into seconds; nothing in the product is shortened.
* `findings.look()` asserts the invariants I1 to I5 of RELIABILITY.md against hand-written tables
  (`*.csv`), never against the planner under test.
* `cases.Case` names a case, `cases.Control` what its control takes away (`controls`).
  Modules that hold cases have a list `CASES`: kills, moments, relays, sqlite, outages_….
* `ledgers` is about no letter: it has eight processes write the ledger at once.
"""
