"""Acting officials and institutions that end: who counts as what, and on which days."""

from __future__ import annotations

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from committee.access import actor_of
from committee.enums import Role
from committee.models import Institution, RehearsalClock, Seat
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretariat(client):
    RehearsalClock.objects.create(day=TODAY, target=TODAY, since=moment(TODAY))
    member = factories.member(Role.SECRETARIAT, language="en")
    client.force_login(member)
    return member


@pytest.fixture
def place():
    return factories.workstream("LOG")


def seat_form(member, place, **fields):
    values = {"member": member.pk, "workstream": place.pk, "kind": "lead", "is_acting": "on"}
    return values | {"from_date": "2018-09-20", "until_date": "2018-10-20"} | fields


def test_an_acting_lead_leads_within_their_days_alone(place):
    member = factories.member()
    factories.seat(member, place, is_acting=True, from_date=days(0), until_date=days(9))

    led = [bool(actor_of(member, days(n)).lead_of) for n in (-1, 0, 9, 10)]

    assert led == [False, True, True, False]


def test_an_acting_official_is_named_so_wherever_the_seat_is_shown(client, secretariat, place):
    member = factories.member(name="Budi")
    seat = factories.seat(member, place, is_acting=True, until_date=days(9))
    pages = [
        place.get_absolute_url(),
        reverse("roadmap:person", args=[member.pk]),
        reverse("admin:committee_member_change", args=[member.pk]),
        reverse("admin:committee_seat_changelist"),
        reverse("roadmap:start-workstreams"),
        reverse("roadmap:handover", args=[member.pk]),
    ]

    for page in pages:
        assertContains(client.get(page), "Plt.")
    Seat.objects.filter(pk=seat.pk).update(is_acting=False)
    for page in pages[:2]:
        assertNotContains(client.get(page), "Plt.")


@pytest.mark.parametrize("until", ["", "2018-09-01"])
def test_an_acting_seat_needs_its_end_and_the_form_says_where(client, secretariat, place, until):
    member = factories.member()

    answer = client.post(
        reverse("admin:committee_seat_add"), seat_form(member, place, until_date=until)
    )

    assert answer.status_code == 200
    assert "until_date" in answer.context["adminform"].form.errors
    assert not Seat.objects.exists()


def test_an_acting_seat_is_given_by_a_simple_form(client, secretariat, place):
    client.post(reverse("admin:committee_seat_add"), seat_form(factories.member(), place))

    assert Seat.objects.get().is_acting


class TestInstitutions:
    @pytest.fixture
    def old(self):
        heir = factories.institution("KOMDIGI", title="Kementerian Komdigi")
        return factories.institution(
            "KOMINFO", title="Kementerian Kominfo", valid_until=days(-1), successor=heir
        )

    @pytest.fixture
    def chooser(self, place):
        """Give the pages on which an institution is chosen for something new."""
        return [
            reverse("admin:committee_member_add"),
            reverse("roadmap:action-create"),
            reverse("roadmap:start-members"),
            reverse("roadmap:start-workstreams"),
            reverse("roadmap:obstacle-raise", args=[factories.action(workstream=place).code]),
        ]

    def test_something_new_is_given_only_what_exists_today(self, client, secretariat, old, chooser):
        for page in chooser:
            answer = client.get(page)
            assertContains(answer, f'value="{old.successor_id}"')
            assertNotContains(answer, f'value="{old.pk}"')
        Institution.objects.update(valid_until=None, successor=None)
        for page in chooser:
            assertContains(client.get(page), f'value="{old.pk}"')

    def test_a_pasted_line_cannot_name_it_either(self, client, secretariat, old):
        line = "Ani; ani@demo.test; KOMINFO; member"
        sent = {"lines-text": line, "lines-version": "0"}
        sent["lines-token"] = "5a2d1a1e-0000-4000-8000-000000000000"

        answer = client.post(reverse("roadmap:start-members"), sent)

        assertContains(answer, "no institution has the code", status_code=422)

    def test_an_action_of_before_keeps_it(self, client, secretariat, old, place):
        action = factories.action(workstream=place, lead_institution=old)

        assertContains(client.get(action.get_absolute_url()), old.title)
        edited = client.get(reverse("roadmap:action-edit", args=[action.code]))
        assertContains(edited, f'value="{old.pk}" selected')

    def test_its_page_and_the_list_say_what_it_became(self, client, secretariat, old, place):
        factories.action(workstream=place, lead_institution=old)

        for page in (
            reverse("roadmap:institution", args=[old.code]),
            reverse("roadmap:institutions"),
        ):
            assertContains(client.get(page), "Since 24 September 2018 it is")
            assertContains(client.get(page), old.successor.title)

    def test_who_became_another_ended_on_a_day(self, client, secretariat, old):
        fields = {"code": "BARU", "title": "Baru", "kind": "other", "committee_role": "none"}

        answer = client.post(
            reverse("admin:committee_institution_add"), fields | {"successor": old.successor_id}
        )

        assert answer.status_code == 200
        assert "valid_until" in answer.context["adminform"].form.errors
        assert not Institution.objects.filter(code="BARU").exists()
