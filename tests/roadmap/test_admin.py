"""Django admin of the roadmap: descriptions are edited with their history, dates are not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from committee.enums import Role
from roadmap.enums import UpdateKind
from roadmap.models import ReminderRule, StatusUpdate
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretariat(client):
    member = factories.member(Role.SECRETARIAT, name="Sekretariat", language="en")
    client.force_login(member)
    return member


@pytest.fixture
def chief(client):
    member = factories.member(Role.ADMIN, name="Admin", language="en")
    client.force_login(member)
    return member


def change_url(row):
    return reverse(f"admin:roadmap_{row._meta.model_name}_change", args=[row.pk])


def action_form(action, **changes):
    return {
        "title": action.title,
        "title_en": "",
        "output": "",
        "output_en": "",
        "lead_institution": "",
        "start_date": "2018-01-01",
        "weight": "1",
        "source": "",
        "confidence": "",
        "version_read": action.version,
    } | changes


def test_an_action_is_edited_with_its_history(client, secretariat):
    action = factories.action(supporting="", progress=40)
    sneaky = {"status": "verified", "progress": "99", "due_date": "2030-01-01", "owner": "1"}

    answer = client.post(change_url(action), action_form(action, title="Baru", **sneaky))

    update = StatusUpdate.objects.get(action=action, superseded_at=None)
    due = action.due_date
    action.refresh_from_db()
    assert answer.status_code == 302
    assert (action.title, action.progress, action.due_date) == ("Baru", 40, due)
    assert action.status == "in_progress"
    assert (update.kind, update.by) == (UpdateKind.EDITED, secretariat)
    assert action.get_absolute_url() in client.get(change_url(action)).content.decode()


def test_contributors_and_supporting_institutions_survive_an_edit(client, secretariat):
    factories.institution("BI")
    helper = factories.member()
    action = factories.action(supporting=";BI;")

    client.post(change_url(action), action_form(action, contributors=[helper.pk]))

    action.refresh_from_db()
    assert action.supporting == ";BI;"
    assert list(action.contributors.all()) == [helper]


def test_a_stale_admin_form_is_refused_with_its_text_in_it(client, secretariat):
    action = factories.action()
    old = action_form(action, title="Kalimat saya", version_read=action.version - 1)

    answer = client.post(change_url(action), old)

    action.refresh_from_db()
    assert answer.status_code == 200
    assert "Kalimat saya" in answer.content.decode()
    assert action.title != "Kalimat saya"


def test_an_admin_reads_actions_and_changes_none(client, chief):
    action = factories.action()

    shown = client.get(change_url(action))
    answer = client.post(change_url(action), action_form(action, title="Baru"))

    action.refresh_from_db()
    assert shown.status_code == 200
    assert answer.status_code == 403
    assert action.title != "Baru"


def test_a_milestone_is_edited_but_never_moved(client, secretariat):
    milestone = factories.milestone()
    due = milestone.due_date
    fields = {
        "title": "Dibuka",
        "title_en": "",
        "source": "",
        "confidence": "",
        "version_read": milestone.version,
        "due_date": "2030-01-01",
    }

    client.post(change_url(milestone), fields)

    milestone.refresh_from_db()
    assert (milestone.title, milestone.due_date, milestone.version) == ("Dibuka", due, 1)


def test_the_secretariat_keeps_the_rules(client, secretariat):
    fields = {
        "slug": "uji",
        "subject": "action",
        "amount": "5",
        "unit": "day",
        "repeat": "",
        "audience": "owner",
        "is_active": "on",
    }

    client.post(reverse("admin:roadmap_reminderrule_add"), fields)

    assert ReminderRule.objects.get(slug="uji").amount == 5
