"""What a page as of a past day costs: as many queries for ten rows as for a thousand.

Its rows are read from the history in the queries that read them today.
"""

from __future__ import annotations

from django.db import connection
from django.test import Client, TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from committee.models import Member
from roadmap.urls import urlpatterns
from tests import cast as casting
from tests.cast import address
from tests.factories import days
from tests.test_budgets import BUDGETS, QUICK, fill, hang, reader

AS_OF = f"/as-of/{days(-1)}"
ALL = 1000
FEW = 10
ONE_MORE = 1  # what a page is about may be read as it is, then worn as it was


class TestCosts(TestCase):
    @classmethod
    def setUpTestData(cls):
        with override_settings(PASSWORD_HASHERS=QUICK):
            cls.cast = casting.gather()
        hang(cls.cast, *fill(cls.cast, FEW))

    def cost(self, name):
        client = Client()
        client.force_login(Member.objects.get(pk=self.cast.people[reader(name)].pk))
        place = f"{AS_OF}{address(self.cast, name)}"
        if client.get(place).status_code == 404:
            return None
        with CaptureQueriesContext(connection) as queries:
            client.get(place)
        return len(queries)

    def costs(self):
        takes_part = [one for one in urlpatterns if getattr(one.callback, "looks_back", False)]
        costs = {f"roadmap:{one.name}": self.cost(f"roadmap:{one.name}") for one in takes_part}
        return {name: cost for name, cost in costs.items() if cost is not None}

    def test_they_do_not_grow_and_none_costs_more_than_today(self):
        few = self.costs()
        fill(self.cast, ALL - FEW)

        many = self.costs()

        assert many == few
        assert len(many) > 14
        most = {name: BUDGETS.get(name, cost) + ONE_MORE for name, cost in many.items()}
        assert {name: cost for name, cost in many.items() if cost > most[name]} == {}
