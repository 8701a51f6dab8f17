"""What the night does about evidence: stray files go, rows without their file are counted."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from committee import gate
from committee.enums import HoldReason
from committee.models import Heartbeat
from roadmap.models import Evidence
from roadmap.selectors import evidence as selectors
from roadmap.services import evidence
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"
DAY = 24 * 3600


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.EVIDENCE_ROOT.mkdir()
    return settings.EVIDENCE_ROOT


def lay(name, *, days_ago, content=PDF):
    path = settings.EVIDENCE_ROOT / name
    path.write_bytes(content)
    os.utime(path, (time.time() - days_ago * DAY,) * 2)
    return path


def attached(name):
    """Give the row of a file that lies there, and lay it."""
    lay(name, days_ago=9)
    fields = {"url": "", "stored_name": name, "file_name": "a.pdf", "size": len(PDF)}
    digest = hashlib.sha256(PDF).hexdigest()
    return factories.evidence(factories.action(), sha256=digest, **fields)


def names():
    return {path.name for path in settings.EVIDENCE_ROOT.iterdir()}


def test_what_has_no_row_goes_after_a_day_and_all_else_stays():
    attached("kept")
    lay("stray", days_ago=1.05)
    lay("half.restoring", days_ago=2)
    lay("young", days_ago=0.95)

    night = evidence.keep(today=TODAY)

    assert names() == {"kept", "young"}
    assert (night.stray, night.broken) == (2, 0)


def test_control_without_asking_for_rows_what_is_kept_would_go(monkeypatch):
    attached("kept")
    monkeypatch.setattr(evidence.Evidence, "objects", Evidence.objects.none())

    evidence.keep(today=TODAY)

    assert names() == set()


def test_nothing_goes_while_letters_are_held_after_a_restore():
    lay("stray", days_ago=9)
    gate.hold(HoldReason.RESTORED)

    assert evidence.keep(today=TODAY).stray == 0
    assert names() == {"stray"}


def test_a_site_without_any_evidence_has_nothing_to_keep(folder):
    shutil.rmtree(folder)

    assert evidence.keep(today=TODAY) == selectors.Night(0, 0)


@pytest.mark.parametrize("content", [None, b"", PDF + b"x"], ids=["gone", "empty", "longer"])
def test_a_file_that_is_gone_or_of_another_size_is_counted_and_shown(content, caplog):
    path = settings.EVIDENCE_ROOT / attached("kept").stored_name
    path.unlink() if content is None else path.write_bytes(content)

    with caplog.at_level(logging.ERROR):
        evidence.keep(today=TODAY)

    assert "stray 0, broken 1" in caplog.text
    page = health_page()
    assert "1 file of evidence is missing or was changed: take it from a backup." in page


def health_page():
    client = Client()
    client.force_login(factories.member("secretariat", language="en"))
    return client.get(reverse("roadmap:mail-health")).content.decode()


def test_a_changed_file_of_the_same_size_is_found_within_a_month():
    lay(attached("kept").stored_name, days_ago=0, content=PDF[::-1])

    found = [evidence.keep(today=TODAY + timedelta(days=n)).broken for n in range(30)]

    assert sorted(found) == [0] * 29 + [1]


def test_each_file_is_read_once_in_thirty_nights():
    for number in range(31):
        lay(attached(f"file{number}").stored_name, days_ago=0, content=PDF[::-1])

    nights = [evidence.keep(today=TODAY + timedelta(days=n)).broken for n in range(60)]

    assert sum(nights[:30]) == 31
    assert nights[30:] == nights[:30]


def test_when_all_is_well_nothing_is_said():
    factories.evidence(attached("kept").action)  # a link: nothing of it lies here
    evidence.keep(today=TODAY)

    assert Heartbeat.objects.get(name=selectors.NAME).note == "stray 0, broken 0"
    assert "of evidence" not in health_page()


@pytest.mark.parametrize("note", ["", "stray 1", "stray 1, broken x", "stray 1, broken 1 and"])
def test_what_is_no_line_of_a_night_says_nothing(note):
    assert selectors.read(note) is None
