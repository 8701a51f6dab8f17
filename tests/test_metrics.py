"""`/metrics/`: what a monitor collects, in its own format, and nothing that names a person."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from committee.heartbeats import beat
from committee.models import Heartbeat, Letter, LetterAttempt
from roadmap.selectors import metrics
from tests import factories
from tests.stage.mail import letter

pytestmark = pytest.mark.django_db

LINE = re.compile(r'([a-z_]+)(\{[a-z]+="[^"]*"\})? (-?[0-9.e+-]+)\Z')


def read(text):
    """Read the format back, as a monitor does."""
    found, named = {}, set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _hash, _type, name, kind = line.split()
            assert kind in ("gauge", "counter", "summary")
            named.add(name)
            continue
        name, labels, value = LINE.match(line).groups()
        assert re.sub(r"_(sum|count)\Z", "", name) in named
        found[name + (labels or "")] = float(value)
    return found


def sent(person, key, minutes):
    """A letter that left some minutes after it might."""
    now = timezone.now()
    made = letter(
        person, key, state="sent", sent_at=now, not_before=now - timedelta(minutes=minutes)
    )
    LetterAttempt.objects.create(
        letter=made, number=1, outcome="sent", worker="x:1",
        started_at=now - timedelta(seconds=2), ended_at=now,
    )  # fmt: skip
    return made


def test_an_empty_site_has_every_name_and_no_number_to_fear():
    found = read(metrics.text())

    assert found['mail_rows{state="pending"}'] == 0
    assert found["mail_oldest_due_seconds"] == 0
    assert found["mail_lag_seconds_count"] == 0
    assert 'mail_lag_seconds{quantile="0.5"}' not in found
    assert "reminder_missing" not in found  # nothing has been compared yet


def test_the_numbers_are_those_of_the_letters():
    sari = factories.member(name="Sari", email="sari@demo.test")
    for minutes in range(1, 101):
        sent(sari, f"s{minutes}", minutes)
    letter(sari, "p", not_before=timezone.now() - timedelta(minutes=20))
    letter(sari, "later", not_before=timezone.now() + timedelta(hours=2))
    letter(sari, "d", in_doubt=2, state="failed", last_error="in doubt twice")
    letter(sari, "f", state="failed", last_error="permanent: 5.1.1 sari@demo.test unknown")
    letter(sari, "o", state="failed", last_error="else")
    beat("plan")
    Heartbeat.objects.filter(name="plan").update(at=timezone.now() - timedelta(minutes=5))
    night = "2018-09-24: expected 4, told 2, missing 2 (unplanned 1, untold 0, waiting 1, lost 0)"
    beat("reconcile", f"{night}, extra 0, unrecorded 0")

    text = metrics.text()
    found = read(text)

    assert found['mail_rows{state="sent"}'] == 100
    assert found['mail_rows{state="pending"}'] == 2
    assert found['mail_rows{state="failed"}'] == 3
    assert found["mail_oldest_due_seconds"] == pytest.approx(1200, abs=30)
    assert found['mail_lag_seconds{quantile="0.5"}'] == pytest.approx(51 * 60, abs=1)
    assert found['mail_lag_seconds{quantile="0.95"}'] == pytest.approx(96 * 60, abs=1)
    assert found['mail_lag_seconds{quantile="0.99"}'] == pytest.approx(100 * 60, abs=1)
    assert found["mail_lag_seconds_sum"] == pytest.approx(5050 * 60, abs=100)
    assert found["mail_in_doubt_total"] == 2
    assert found['mail_failed_total{reason="permanent"}'] == 1
    assert found['mail_failed_total{reason="in doubt"}'] == 1
    assert found['mail_failed_total{reason="other"}'] == 1
    assert found["mail_attempt_seconds_count"] == 100
    assert found["mail_attempt_seconds_sum"] == pytest.approx(200, abs=1)
    assert found['heartbeat_age_seconds{name="plan"}'] == pytest.approx(300, abs=30)
    assert found["reminder_missing"] == 2
    assert "sari" not in text.lower()


def test_a_lag_of_long_ago_is_no_news():
    old = sent(factories.member(), "lama", 500)
    Letter.objects.filter(pk=old.pk).update(sent_at=timezone.now() - timedelta(days=8))

    assert read(metrics.text())["mail_lag_seconds_count"] == 0


def test_the_command_prints_what_the_page_gives(client):
    beat("plan")
    client.force_login(factories.member("admin"))
    out = StringIO()

    call_command("metrics", stdout=out)
    page = client.get(reverse("roadmap:metrics"))

    assert page["Content-Type"].startswith("text/plain; version=0.0.4")
    assert page["Cache-Control"] == "private, no-store"
    assert read(out.getvalue()).keys() == read(page.content.decode()).keys()
