"""What a decision adopted, as it was adopted, whatever became of it since."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import committee_factories as committee
from tests import factories
from tests.factories import days
from tests.roadmap.exporting import rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


def test_what_was_adopted_can_be_opened_as_it_was_adopted(client_of):
    owner = factories.member(name="Sari")
    kept, other = factories.action("LOG-01", owner=owner), factories.action("LOG-02")
    adoption = committee.adoption(actions=[kept, other])
    kept.due_date, kept.owner = days(300), None
    kept.save()

    page = client_of("viewer")
    shown = page.get(adoption.decision.get_absolute_url()).content.decode()
    place = reverse("roadmap:decision-baseline", args=[adoption.decision_id])
    items = page.get(place).context["page_obj"]

    assert f'href="{place}" data-count="2"' in shown
    assert [(one.action, one.due_date, one.owner) for one in items] == [
        (kept, days(100), owner),
        (other, days(100), None),
    ]
    nothing = reverse("roadmap:decision-baseline", args=[committee.decision().pk])
    assert page.get(nothing).status_code == 404


def test_it_comes_as_a_file_of_what_was_adopted(client_of):
    owner = factories.member(name="Sari")
    kept = factories.action("LOG-01", owner=owner)
    adoption = committee.adoption(actions=[kept, factories.action("LOG-02")])
    factories.ActionItem.objects.filter(pk=kept.pk).update(due_date=days(300), owner=None)
    place = reverse("roadmap:decision-baseline", args=[adoption.decision_id])

    reader = factories.member("viewer", language="en")
    rows = rows_of(client_of(reader).get(place, {"format": "csv"}))

    assert [(row["Code"], row["Due date"], row["Owner"]) for row in rows] == [
        ("LOG-01", days(100).isoformat(), "Sari"),
        ("LOG-02", days(100).isoformat(), ""),
    ]
