"""Attaching what shows that an output exists."""

from __future__ import annotations

import hashlib
import os
import re

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from committee.models import Revision
from roadmap.models import Evidence
from roadmap.rules.refusals import Refused
from roadmap.services import evidence as services
from roadmap.services.changes import Stale
from tests.factories import TODAY, days
from tests.roadmap.services.conftest import STRANGERS
from tests.roadmap.services.verbs import OWN, attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"


def link(action, by, *, tried=None):
    return services.add_link(
        action=action,
        attempt=tried or attempt(by, action),
        title="Peraturan",
        url="https://jdih.example/12",
    )


def file(action, by, *, tried=None):
    return services.add_file(
        action=action,
        attempt=tried or attempt(by, action),
        title="Peraturan",
        upload=SimpleUploadedFile("../surat.pdf", PDF),
        content_type="application/pdf",
    )


BOTH = pytest.mark.parametrize("add", [link, file])


def test_a_link_is_kept_with_who_and_when(people, action):
    made = link(action, people.owner)

    assert (made.url, made.added_by, made.added_on) == (
        "https://jdih.example/12",
        people.owner,
        TODAY,
    )
    assert Revision.objects.get().number == 1


def test_a_file_is_kept_under_a_random_name_with_its_hash(people, action):
    made = file(action, people.owner)

    assert (settings.EVIDENCE_ROOT / made.stored_name).read_bytes() == PDF
    assert made.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (made.size, made.content_type) == (len(PDF), "application/pdf")
    assert "surat" not in made.stored_name


@BOTH
def test_evidence_is_no_report_and_changes_no_state(people, action, add):
    add(action, people.owner)

    before = (action.reported_on, action.version, action.updates.count())
    action.refresh_from_db()
    assert (action.reported_on, action.version, action.updates.count()) == before


@BOTH
@pytest.mark.parametrize("who", sorted(OWN))
def test_who_reports_may_attach(people, action, add, who):
    assert add(action, getattr(people, who)).pk


@BOTH
@pytest.mark.parametrize("who", [*STRANGERS, "chair"])
def test_a_stranger_attaches_nothing(people, action, add, who):
    with unchanged(PermissionDenied):
        add(action, getattr(people, who))


@BOTH
def test_a_form_sent_twice_attaches_once(people, action, add):
    mine = attempt(people.owner, action)

    first = add(action, None, tried=mine)

    assert add(action, None, tried=mine) == first
    assert Evidence.objects.count() == 2  # the one it had, and this one


@BOTH
def test_a_stale_form_attaches_nothing(people, action, add):
    mine = attempt(people.owner, action)
    type(action).objects.filter(pk=action.pk).update(version=5)

    with unchanged(Stale):
        add(action, None, tried=mine)


@BOTH
def test_a_fault_after_any_write_leaves_no_row(people, action, add):
    before, number, done = everything(), 1, False
    while not done:
        try:
            with failing_after(number):
                add(action, people.owner)
            done = True
        except Fault:
            assert everything() == before
            number += 1

    assert number > 1


@pytest.mark.parametrize("most", [(2, 10**9), (9, 2 * len(PDF))], ids=["files", "bytes"])
def test_the_day_is_full_with_the_last_file_it_takes(people, action, settings, most):
    settings.EVIDENCE_MOST_A_DAY = most
    for _ in range(2):
        link(action, people.owner)  # takes no room
        file(action, people.owner)

    with unchanged(Refused) as caught:
        file(action, people.owner)

    assert caught.value.reason == "day_is_full"
    link(action, people.owner)
    file(action, people.contributor)  # nobody fills another's day
    tomorrow = attempt(people.owner, action, day=days(1))
    assert file(action, people.owner, tried=tomorrow).added_on == days(1)


def test_a_file_is_whole_on_disk_before_its_row_is_written(people, action, monkeypatch):
    synced, sync = [], os.fsync

    def seen(handle):
        synced.append((os.fstat(handle).st_size, Evidence.objects.exclude(stored_name="").count()))
        sync(handle)

    monkeypatch.setattr(services.os, "fsync", seen)

    file(action, people.owner)

    assert synced == [(len(PDF), 0)]


def test_its_name_on_disk_is_nobodys_to_guess(people, action):
    names = [file(action, people.owner).stored_name for _ in range(2)]

    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in names)
    assert len(set(names)) == 2


def test_a_file_that_cannot_be_read_has_no_checksum(tmp_path):
    (tmp_path / "a").write_bytes(PDF)

    assert services.digest_of(tmp_path / "a") == hashlib.sha256(PDF).hexdigest()
    assert services.digest_of(tmp_path / "b") == ""
