"""Which rows the ledger takes note of, and what it never tells of them."""

from __future__ import annotations

import json

import pytest
from django.apps import apps
from django.db.models.signals import ModelSignal
from django.utils import timezone

from committee import ledger
from committee.models import Attendance, AuditEntry, Institution, Letter, Member, Revision
from roadmap.models import ActionItem
from tests import factories

pytestmark = pytest.mark.django_db


def sealed():
    """Seal what was changed and give the entries that this made."""
    before = AuditEntry.objects.count()
    ledger.bump_revision()
    return list(AuditEntry.objects.order_by("number")[before:])


@pytest.fixture
def action():
    made = factories.action()
    sealed()
    return made


class TestLinks:
    def test_a_link_laid_and_one_taken_away_are_told_with_both_ends(self, action):
        person = factories.member()
        sealed()
        keys = {"actionitem_contributors": [person.pk], "of": "committee.member"}

        action.contributors.add(person)
        [laid] = sealed()
        action.contributors.remove(person)
        [taken] = sealed()

        assert (laid.verb, laid.object_id) == ("link", str(action.pk))
        assert (laid.before, json.loads(laid.after)) == ("", keys)
        assert (json.loads(taken.before), taken.after) == (keys, "")

    def test_a_link_that_was_there_is_no_news(self, action):
        person = factories.member()
        action.contributors.add(person)
        sealed()

        action.contributors.add(person)

        assert sealed() == []


class TestWatching:
    @pytest.fixture
    def signals(self, monkeypatch):
        fresh = {name: ModelSignal() for name in ("pre_save", "post_save", "pre_delete")}
        fresh["m2m_changed"] = ModelSignal()
        for name, signal in fresh.items():
            monkeypatch.setattr(ledger, name, signal)
        return fresh

    def test_every_way_a_row_changes_is_watched(self, signals):
        for app in ("committee", "roadmap"):
            ledger.watch_models(apps.get_app_config(app), ledger.OUTSIDE)

        for name in ("pre_save", "post_save", "pre_delete"):
            assert signals[name].has_listeners(Institution)
            assert not any(map(signals[name].has_listeners, (Letter, AuditEntry, Revision)))
        assert signals["m2m_changed"].has_listeners(ActionItem.contributors.through)

    def test_the_machinery_writes_no_ledger_of_itself(self):
        named = {model.__name__ for model in apps.get_app_config("committee").get_models()}

        assert named >= ledger.OUTSIDE

    def test_a_row_taken_away_is_told_as_it_was(self):
        gone = factories.institution("BANK", title="Bank")
        sealed()
        key = str(gone.pk)
        gone.delete()

        [entry] = sealed()

        assert (entry.verb, entry.object_id, entry.after) == ("remove", key, "")
        assert json.loads(entry.before)["title"] == "Bank"


class TestUntold:
    @pytest.fixture
    def person(self):
        made = factories.member()
        sealed()
        return made

    def test_signing_in_says_nothing_to_a_reader(self, person):
        person.last_login = timezone.now()
        person.save(update_fields=["last_login"])

        assert sealed() == []

    def test_control_another_column_of_the_same_row_does(self, person):
        person.is_active = False
        person.save(update_fields=["is_active"])

        [entry] = sealed()
        assert json.loads(entry.after) == {"is_active": False}

    @pytest.mark.parametrize("name", sorted(ledger.HIDDEN["committee.member"]))
    def test_what_is_a_person_s_own_is_told_as_there_alone(self, person, name):
        old = Member.objects.get(pk=person.pk)
        setattr(old, name, "rahasia@demo.test")
        old.save()

        [entry] = sealed()
        assert json.loads(entry.after)[name] == "…"
        assert "rahasia" not in entry.after

    def test_who_sat_at_a_meeting_is_told_as_there_alone(self):
        row = Attendance(pk=1, presence="present", people="Sari")
        ledger.tell_rows([row])

        [entry] = [one for one in sealed() if one.object_type == "committee.attendance"]

        assert json.loads(entry.after)["people"] == "…"


class TestCounting:
    def test_every_act_counts_one_from_the_first(self):
        Revision.objects.all().delete()

        for number in (1, 2):
            ledger.bump_revision()
            assert list(Revision.objects.values_list("pk", "number")) == [(1, number)]

    def test_a_row_remembered_is_not_read_again(self, django_assert_num_queries):
        row = factories.institution("BANK")
        row = Institution.objects.get(pk=row.pk)
        sealed()
        ledger.remember(row)
        row.title = "Bank Baru"

        with django_assert_num_queries(1):
            row.save(update_fields=["title"])

        [entry] = sealed()
        assert json.loads(entry.after) == {"title": "Bank Baru"}

    def test_many_kinds_at_once_are_named_in_order(self):
        for number in range(ledger.MOST_SINGLY):
            factories.institution(f"B{number}")
        factories.workstream("W9")

        [entry] = sealed()

        told = json.loads(entry.after)
        assert told["kinds"] == ["committee.institution", "committee.workstream"]
        assert told["count"] == ledger.MOST_SINGLY + 1
        assert (entry.verb, entry.object_type) == ("bulk", "committee.institution")

    def test_twenty_at_once_are_told_singly(self):
        for number in range(20):
            factories.institution(f"B{number}")

        assert {entry.verb for entry in sealed()} == {"add"}

    @pytest.mark.parametrize("is_sealed", [True, False])
    def test_a_change_that_no_service_sealed_is_said_in_the_log(self, caplog, is_sealed):
        ledger.Change("add", "committee.seat", "7", {}, {}, is_sealed)()

        assert ("committee.seat 7 is in no ledger" in caplog.text) is not is_sealed
