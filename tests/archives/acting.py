"""What the tests of archives do with a site: command it, ask it all, hold it beside another."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from pathlib import Path

# What a restore changes on purpose: letters are held, which the ledger says, and everybody signs
# in again.
ADDED = {"committee_mailgate", "committee_auditentry"}
CHANGED = ADDED | {"committee_letter", "committee_revision"}


def obey(site, role, **options):
    assert site.fork(role, **options).wait(seconds=300) == 0, site.log()


def command(site, *words):
    """Run a command of manage.py and give its code and what it said since."""
    before = len(said(site))
    code = site.fork("command", words=[str(word) for word in words]).wait(seconds=300)
    return code, said(site)[before:]


def said(site):
    path = site.folder / "log"
    return path.read_text() if path.exists() else ""


def told(site):
    """Give every row of every table, the number each last gave, and the locks that stand."""
    obey(site, "tell")
    return json.loads((site.folder / "told.json").read_text())


def files(site):
    paths = (site.folder / "evidence").glob("*")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@contextmanager
def lived_in(stage):
    with opening(stage) as site:
        obey(site, "live in")
        yield site


def opening(stage, tree=None):
    return stage.site("opening_day", tree=tree, is_rehearsal=False)


def replacing(site):
    return "--replace", Path(site.database).name


def assert_same(restored, source):
    before, after = told(source), told(restored)
    rows, found = before["rows"], after["rows"]
    assert {name: len(rows[name]) for name in rows} == {
        name: len(found[name]) - (name in ADDED) for name in found
    }
    assert {name for name in rows if rows[name] != found[name]} <= CHANGED
    last = before["last"] | {name: after["last"][name] for name in ADDED}
    assert after["last"] == last
    assert after["locks"]
    assert files(source).items() <= files(restored).items()
    held = "SELECT count(*) FROM committee_letter WHERE state IN ('pending', 'held')"
    assert restored.ask(held) == source.ask(held)
    assert restored.ask("SELECT count(*) FROM committee_letter WHERE state = 'pending'") == [(0,)]


def assert_holds(site):
    assert site.ask("SELECT held_because FROM committee_mailgate") == [("restored",)]
