"""Numbers in an address or a form that no row can have: refused in words, never a failure."""

from __future__ import annotations

import pytest
from django.urls import reverse

from committee.models import Advice, Decision
from roadmap.models import ActionItem
from tests import committee_factories as committee
from tests import factories
from tests.roadmap.forms import sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
NUMBERS = ["9" * 5000, str(2**63), f"-{2**64}", "9_223_372_036_854_775_808", "\u0661", "²"]


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_decision_is_about_no_such_point_and_follows_no_such_advice(secretariat, number):
    place = reverse("roadmap:decision-create", args=[committee.meeting().number])
    words = {"text": "Menyusun pedoman.", "effect": "task"}

    assert secretariat.get(place, {"item": number}).status_code == 404
    assert secretariat.post(place, sent(**words, advice=number)).status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize("number", NUMBERS)
def test_advice_is_about_no_such_workstream(client_of, number):
    adviser = client_of(factories.member("adviser", language="en"))
    words = {"subject": "Satu gerbang data", "reasoning": "Data tersebar."}

    answer = adviser.post(reverse("roadmap:advice-create"), sent(**words, workstreams=[number]))

    assert answer.status_code == 422
    assert "Data tersebar." in answer.content.decode()
    assert not Advice.objects.exists()


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", ["supporting", "challenges", "contributors"])
def test_an_action_names_no_such_thing(secretariat, workstreams, name, number):
    words = {"workstream": workstreams[0].pk, "title": "Uji coba", "weight": "1"}
    words |= {"due_precision": "day", name: [number]}

    answer = secretariat.post(reverse("roadmap:action-create"), sent(**words))

    assert answer.status_code == 422
    assert "Uji coba" in answer.content.decode()
    assert not ActionItem.objects.exists()
