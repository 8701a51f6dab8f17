"""The health of the mail: red only for what is broken, every number a door, and a line on pages."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from committee import gate
from committee.enums import HoldReason
from committee.heartbeats import beat
from committee.models import Heartbeat, Letter, MailGate, Member, RehearsalClock
from roadmap.selectors import mail_alarms, mail_health
from tests import factories
from tests.doors import Walker
from tests.factories import TODAY
from tests.stage.mail import letter

pytestmark = pytest.mark.django_db

HEALTH = reverse("roadmap:mail-health")
CLEAN = (
    "{day}: expected 4, told 4, missing 0 (unplanned 0, untold 0, waiting 0, lost 0), "
    "extra 0, unrecorded 0"
)
MISSING = CLEAN.replace("missing 0", "missing 2").replace("lost 0", "lost 2")


def ago(**span):
    return timezone.now() - timedelta(**span)


def well():
    """Let every part have done its round a moment ago, and the night have found nothing."""
    for name in mail_health.PARTS:
        beat(name)
    beat("reconcile", CLEAN.format(day=TODAY))


@pytest.fixture
def secretariat(client):
    member = factories.member("secretariat", language="en")
    client.force_login(member)
    return member


def broken():
    with translation.override("en"):
        return mail_alarms.broken(mail_health.health(TODAY), TODAY)


def silence(name, **span):
    Heartbeat.objects.filter(name=name).update(at=ago(**span))


def shut():
    MailGate.objects.create(pk=1, shut_at=ago(minutes=2), probe_at=timezone.now(), refusals=12)


def busy():
    """Five hundred letters wait their turn, and nothing has been refused."""
    owner = factories.member()
    first = letter(owner, "satu")
    Letter.objects.bulk_create(
        Letter(
            kind=first.kind,
            recipient=owner,
            policy_date=TODAY,
            not_before=ago(minutes=14),
            dedupe_key=f"sibuk:{number}",
            message_id=f"<{number}@x>",
        )
        for number in range(500)
    )


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (lambda: None, None),
        (busy, None),
        (lambda: silence("smtp", days=3), None),  # nothing was to be sent
        (lambda: letter(factories.member(), "x", not_before=ago(minutes=14)), None),
        (lambda: letter(factories.member(), "x", state="held"), None),  # the gate says it
        (lambda: silence("plan", minutes=4), "Planning what is to be told: no round for more"),
        (lambda: silence("drain", minutes=4), "Sending what is due: no round for more"),
        (lambda: Heartbeat.objects.all().delete(), "the worker has never run"),
        (lambda: letter(factories.member(), "x", not_before=ago(minutes=16)), "15 minutes"),
        (
            lambda: letter(factories.member(), "x", state="failed", last_error="poison"),
            "1 letter has failed.",
        ),
        (lambda: gate.hold(HoldReason.RESTORED), "Letters are held"),
        (shut, "The mail server refuses letters"),
        (lambda: beat("smtp", "connection refused"), "cannot be reached: connection refused"),
        (lambda: beat("reconcile", MISSING.format(day=TODAY)), "2 lines that were to be told"),
        (lambda: beat("reconcile", CLEAN.format(day="2018-09-20")), "since yesterday"),
        (
            lambda: beat("reconcile", CLEAN.format(day=TODAY).replace("extra 0", "extra 1")),
            "does not add up",
        ),
    ],
)
def test_only_what_is_broken_is_red(breaks, said):
    well()
    breaks()

    found = broken()

    assert len(found) == (2 if said and "never" in said else 1 if said else 0)
    assert said is None or said in found[0]


def test_a_server_out_of_reach_is_named_once_and_not_as_a_late_letter():
    well()
    letter(factories.member(), "x", not_before=ago(hours=9))
    beat("smtp", "connection refused")

    assert len(broken()) == 1


def test_every_number_opens_what_it_counts(client, secretariat):
    well()
    beat("reconcile", MISSING.format(day=TODAY))
    owner = factories.member(is_active=False)
    for _twice in range(2):
        factories.action(owner=owner)
    letter(owner, "1", state="failed", last_error="poison")
    letter(owner, "2", in_doubt=1)
    letter(owner, "3")
    gate.hold(HoldReason.CLOCK_WENT_BACK)

    walker = Walker(client)
    doors = walker.doors(HEALTH)

    assert len(doors) == 6  # four states, the hold, and the actions of who cannot be reached
    assert [door for door in doors if not door.is_right] == []
    assert walker.unmarked(HEALTH) == []


def test_addresses_that_bounce_and_owners_out_of_reach_are_named(client, secretariat):
    bounced = factories.member(name="Sari", refused_at=ago(days=1), refused_why="5.1.1 unknown")
    closed = factories.member(name="Budi", is_active=False)
    bare = factories.member(name="Tini")
    Member.objects.filter(pk=bare.pk).update(email="")
    for owner in (closed, bare):
        factories.action(owner=owner)
    factories.action(owner=factories.member(name="Wati"))

    page = client.get(HEALTH).content.decode()
    main = page[page.index("<main") :]

    for said in ("5.1.1 unknown", "the account is closed", "no address"):
        assert said in main
    for person in (bounced, closed, bare):
        assert reverse("admin:committee_member_change", args=[person.pk]) in main
    assert "Wati" not in main


def test_what_a_night_found_missing_is_named_with_its_page(client, secretariat):
    action = factories.action("LOG-07", due_date=TODAY - timedelta(days=9))
    beat("reconcile", MISSING.format(day=TODAY))

    page = client.get(HEALTH).content.decode()

    assert "Something is missing" in page
    assert f'<li><a href="{action.get_absolute_url()}">' in page


def test_a_fresh_site_says_calmly_that_nothing_has_run(client, secretariat):
    page = client.get(HEALTH).content.decode()

    assert "the worker has never run" in page
    assert "The first comparison comes with the next plan" in page


@pytest.mark.parametrize("people", [1, 20])
def test_it_costs_the_same_however_many(client, secretariat, people, django_assert_num_queries):
    well()
    for number in range(people):
        owner = factories.member(is_active=False, refused_at=ago(days=1), refused_why="x")
        factories.action(owner=owner)
        letter(owner, str(number), state="failed", last_error="poison")

    with django_assert_num_queries(14):  # one is for the second factor
        client.get(HEALTH)


class TestHeld:
    @pytest.mark.parametrize(
        ("name", "state"), [("mail-release", "pending"), ("mail-discard", "cancelled")]
    )
    def test_the_secretariat_decides_after_a_second_look(self, client, secretariat, name, state):
        mine = letter(factories.member(), "x")
        gate.hold(HoldReason.RESTORED)
        place = reverse(f"roadmap:{name}")

        assert place in client.get(HEALTH).content.decode()
        asked = client.get(place).content.decode()
        first = client.post(place, {"version": 2, "token": str(uuid4())})
        held_on = gate.look().is_held
        second = client.post(place, {"version": 1, "token": str(uuid4())})

        assert "1 letter held" in asked
        assert (first.status_code, held_on) == (409, True)
        assert second["Location"] == HEALTH
        mine.refresh_from_db()
        assert mine.state == state
        assert not gate.look().is_held

    def test_a_second_click_does_no_harm(self, client, secretariat):
        letter(factories.member(), "x")
        gate.hold(HoldReason.RESTORED)
        place, sent = reverse("roadmap:mail-release"), {"version": 1, "token": str(uuid4())}

        answers = [client.post(place, sent).status_code for _twice in range(2)]

        assert answers == [302, 302]
        assert Letter.objects.get().state == "pending"

    def test_an_admin_sees_why_and_has_no_button(self, client):
        client.force_login(factories.member("admin", language="en"))
        gate.hold(HoldReason.RESTORED)

        page = client.get(HEALTH).content.decode()

        assert "restored from a backup" in page
        assert reverse("roadmap:mail-release") not in page


class TestLineOnEveryPage:
    PAGE = reverse("roadmap:letters")

    def line(self, client, role="secretariat"):
        client.force_login(factories.member(role, language="en"))
        page = client.get(self.PAGE).content.decode()
        found = re.search(r'<aside class="alarm".*?</aside>', page, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""

    @pytest.mark.parametrize("role", ["secretariat", "admin"])
    def test_nothing_is_said_while_rounds_are_made(self, client, role):
        well()
        silence("plan", minutes=29)

        assert self.line(client, role) == ""

    @pytest.mark.parametrize("name", ["plan", "drain"])
    @pytest.mark.parametrize("is_rehearsal", [True, False])
    def test_a_worker_that_stopped_is_said(self, client, name, is_rehearsal):
        if is_rehearsal:
            RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
        well()
        silence(name, minutes=31)

        said = self.line(client)

        assert said.startswith("Nothing has been sent since ")
        assert "The worker is not running." in said

    def test_one_that_never_ran_is_said(self, client):
        beat("plan")

        assert "The worker has never run." in self.line(client, "admin")

    def test_a_hold_is_said(self, client):
        well()
        gate.hold(HoldReason.RESTORED)

        assert self.line(client).startswith("Letters are held since ")

    @pytest.mark.parametrize("role", ["member", "viewer", "chair", "adviser"])
    def test_others_are_told_nothing_and_pay_nothing(self, client, role, django_assert_num_queries):
        assert self.line(client, role) == ""
        of_second_factor = role == "chair"  # who is asked whether they have one
        with django_assert_num_queries(7 + of_second_factor):
            client.get(self.PAGE)
