"""Periods beyond their own pages: what My actions owes of them, and their rules in the admin."""

from __future__ import annotations

import pytest
from django.urls import reverse

from roadmap.models import Period, PeriodRule
from roadmap.services import periods
from tests import factories
from tests.factories import TODAY, moment
from tests.roadmap.forms import sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

MY = reverse("roadmap:my")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def lead(client_of, workstreams):
    client = client_of(factories.member(language="en", name="Rini"))
    factories.seat(client.member, workstreams[0])
    return client


@pytest.fixture
def viewer(client_of):
    return client_of(factories.member("viewer", language="en"))


@pytest.fixture
def period(workstreams):
    periods.keep(now=moment(TODAY))
    return Period.objects.get()


def sign_page(period):
    return reverse("roadmap:report-sign", args=[period.pk, "LOG"])


class TestMyPage:
    def test_a_lead_is_led_to_the_narrative_that_is_owed(self, lead, period):
        assert sign_page(period) in lead.get(MY).content.decode()
        assert "Nothing is asked of you" not in lead.get(MY).content.decode()

        lead.post(sign_page(period), sent(narrative="Pedoman selesai."))

        assert sign_page(period) not in lead.get(MY).content.decode()

    def test_nobody_else_is(self, secretariat, viewer, period):
        for client in (secretariat, viewer):
            assert "/sign/" not in client.get(MY).content.decode()


class TestRules:
    def test_the_secretariat_adds_one_in_the_admin(self, secretariat):
        fields = {"code": "B01", "month": "1", "opens_before": "5", "closes_after": "8"}

        secretariat.post(reverse("admin:roadmap_periodrule_add"), fields | {"is_active": "on"})

        assert PeriodRule.objects.get(code="B01").month == 1

    def test_its_code_stays(self, secretariat):
        rule = PeriodRule.objects.get(code="B09")
        fields = {"code": "X", "month": "9", "opens_before": "5", "closes_after": "8"}

        secretariat.post(reverse("admin:roadmap_periodrule_change", args=[rule.pk]), fields)

        rule.refresh_from_db()
        assert (rule.code, rule.opens_before, rule.is_active) == ("B09", 5, False)
