"""Two people save one action at the same moment, over HTTP and through a server each.

In every round both read the form and both send it: one is accepted, the other is told, with both
values side by side and their own text still in the form. The controls are the same rounds on
servers whose source lacks a protection.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from html import unescape
from threading import Barrier

import pytest

from tests.bench.clients import Browser
from tests.chaos.cases import Control, Patch
from tests.chaos.serving import served
from tests.chaos.stage import Stage
from tests.factories import PASSWORD
from tests.plugin import CHOSEN

pytestmark = pytest.mark.processes

ON_SQLITE = CHOSEN != "postgres"
ROUNDS = 50 if ON_SQLITE else 500
DOUBLES = ROUNDS // 10
CODE, DOOR, FORM = "CHA-01", "/akun/masuk/", "/actions/CHA-01/report/"
ACCEPTED, TOLD = 302, 409
# Its owner, and who leads its workstream.
PEOPLE = ("sari", "lina")

CHANGES = "roadmap/services/changes.py"
VERSION = Patch(
    CHANGES,
    "    if attempt.version is not None and attempt.version != locked.version:\n"
    "        raise Stale(locked)\n",
    "",
)
ROW = Patch(CHANGES, '.select_for_update(of=("self",)).get(pk=action.pk)', ".get(pk=action.pk)")
TOKEN = Patch(
    "roadmap/views/saving.py",
    '    attempt = Attempt(request.user, request.clock, cleaned["version"], token)\n',
    '    attempt = Attempt(request.user, request.clock, cleaned["version"])\n',
)


@dataclass
class Person:
    """Somebody signed in at a server of their own."""

    name: str
    browser: Browser
    start: Barrier

    def ask(self, path: str, fields: dict[str, str] | None = None) -> int:
        """Hang up each time: a server does so itself on a line that has been quiet."""
        with closing(self.browser.connection):
            self.browser.get(path) if fields is None else self.browser.post(path, fields)
        return self.browser.status

    def read(self) -> dict[str, str]:
        """Open the form and give what it hides."""
        assert self.ask(FORM) == 200
        return {name: self.browser.field(name) for name in ("version", "token")}

    def send(self, fields: dict[str, str]) -> Answer:
        """Send a form once the other is about to, too."""
        self.start.wait(timeout=60)
        status = self.ask(FORM, fields)
        return Answer(status, fields["progress"], fields["note"], self.browser.body.decode())


@dataclass(frozen=True)
class Answer:
    """What a person sent, and what came back."""

    status: int
    progress: str
    note: str
    page: str

    @property
    def typed(self) -> list[str]:
        return [self.progress, self.note]

    @property
    def kept(self) -> list[str]:
        """Give what stands in the form that came back."""
        progress = re.search(rf'id="{CODE}-progress"[^>]* value="(\d+)"', self.page)
        note = re.search(rf'<textarea id="{CODE}-note"[^>]*>\n([^<]*)</textarea>', self.page)
        return [unescape(found[1]) for found in (progress, note) if found]

    @property
    def compared(self) -> list[str]:
        """Give what is marked as different: what now stands, then what was typed."""
        section = re.search(r"<section[^>]* data-roadmap-conflict>.*?</section>", self.page, re.S)
        assert section, "nothing is compared"
        return [unescape(mark) for mark in re.findall(r"<mark>([^<]*)</mark>", section[0])]


@pytest.fixture(scope="module")
def stage():
    with Stage(on_sqlite=ON_SQLITE) as stage:
        yield stage


@contextmanager
def two_servers(stage, tree=None):
    """Open a site that two servers share; give it and their ports."""
    with stage.site("committee", tree=tree) as site, served(site, servers=2) as ports:
        yield site, ports


@pytest.fixture(scope="module")
def whole(stage):
    with two_servers(stage) as found:
        yield found


def signed_in(names, ports):
    start = Barrier(len(names))
    people = [
        Person(name, Browser(port, refusals={TOLD}), start)
        for name, port in zip(names, ports, strict=True)
    ]
    for person in people:
        person.ask(DOOR)
        typed = {"login": f"{person.name}@demo.test", "password": PASSWORD}
        assert person.ask(DOOR, typed) == ACCEPTED
    return people


def race(ports, rounds):
    """Let two people save at once, again and again; give the two answers of each round."""
    people = signed_in(PEOPLE, ports)
    with ThreadPoolExecutor(len(people)) as pool:
        for number in range(rounds):
            forms = list(pool.map(Person.read, people))
            yield list(pool.map(lambda who, form, n=number: save(who, form, n), people, forms))


def save(person, form, number):
    """Claim what nobody else claims in this round, in words that a page must escape."""
    progress = number % 50 + 50 * PEOPLE.index(person.name)
    note = f'Ronde {number}: "{person.name}" & Setneg'
    return person.send(form | {"status": "in_progress", "progress": str(progress), "note": note})


def twice(ports, rounds):
    """Let one person send one form through both servers at once; give the answers of each round."""
    first, second = signed_in(("sari", "sari"), ports)
    second.browser.cookies = first.browser.cookies
    with ThreadPoolExecutor(2) as pool:
        for number in range(rounds):
            form = first.read() | {
                "status": "in_progress",
                "progress": f"{number}",
                "note": "Sekali",
            }
            second.browser.token = first.browser.token
            yield list(pool.map(lambda who, sent=form: who.send(sent), (first, second)))


def statuses(answers):
    return sorted(answer.status for answer in answers)


def counts(site):
    """Count the versions of the action, its reports, and the entries of both in the ledger."""
    ((key, version),) = site.ask(f"SELECT id, version FROM roadmap_actionitem WHERE code='{CODE}'")
    reports = f"SELECT count(*) FROM roadmap_statusupdate WHERE action_id={key} AND kind='reported'"
    told = "SELECT count(*) FROM committee_auditentry WHERE object_type="
    entries = (
        f"{told}'roadmap.statusupdate' AND verb='add'",
        f"{told}'roadmap.actionitem' AND verb='change' AND object_id='{key}'",
    )
    return [version, *(site.ask(query)[0][0] for query in (reports, *entries))]


def grown(site, before):
    return [now - then for now, then in zip(counts(site), before, strict=True)]


def test_one_of_two_is_accepted_and_the_other_is_told_and_keeps_the_text(whole):
    site, ports = whole
    before = counts(site)

    rounds = [sorted(answers, key=lambda one: one.status) for answers in race(ports, ROUNDS)]

    for winner, loser in rounds:
        assert (winner.status, loser.status) == (ACCEPTED, TOLD)
        assert loser.kept == loser.typed
        assert loser.compared == winner.typed + loser.typed
    assert grown(site, before) == [ROUNDS] * 4
    history = site.ask(
        "SELECT note FROM roadmap_statusupdate WHERE note LIKE 'Ronde %' ORDER BY at"
    )
    assert [note for (note,) in history] == [winner.note for winner, _loser in rounds]
    assert site.start("manage.py", "audit", "verify").wait(timeout=120) == 0, site.log()


def test_one_form_sent_twice_at_once_has_one_effect(whole):
    site, ports = whole
    before = counts(site)

    rounds = [statuses(answers) for answers in twice(ports, DOUBLES)]

    assert rounds == [[ACCEPTED, ACCEPTED]] * DOUBLES
    assert grown(site, before) == [DOUBLES] * 4


@pytest.mark.parametrize(
    "taken_away",
    [
        pytest.param(VERSION, id="the version"),
        pytest.param(
            ROW,
            id="the lock of the row",
            marks=pytest.mark.skipif(ON_SQLITE, reason="its writers wait for each other"),
        ),
    ],
)
def test_control_without_it_both_are_accepted(stage, taken_away):
    tree = Control("it", (taken_away,)).tree(stage)
    with two_servers(stage, tree) as (_site, ports):
        assert any(statuses(answers) == [ACCEPTED] * 2 for answers in race(ports, ROUNDS))


def test_control_without_token_and_version_one_form_has_two_effects(stage):
    """Either alone holds the second off; the token gives it the first one's answer as well."""
    tree = Control("the token and the version", (TOKEN, VERSION)).tree(stage)
    with two_servers(stage, tree) as (site, ports):
        before = counts(site)

        rounds = list(twice(ports, DOUBLES))

        assert len(rounds) == DOUBLES
        assert grown(site, before)[:2] == [2 * DOUBLES] * 2
