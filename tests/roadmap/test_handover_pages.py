"""The page on which a leaver's work is handed over: exactly what moves is shown, then moves."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from committee.enums import Role
from committee.models import Member
from roadmap.models import ActionItem
from roadmap.selectors.leaving import Held
from tests import factories
from tests.roadmap.forms import sent
from tests.unchanged import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return factories.workstream("LOG")


@pytest.fixture
def chief(client):
    member = factories.member(Role.ADMIN, language="en")
    client.force_login(member)
    return member


@pytest.fixture
def heir():
    return factories.member(name="Pengganti")


@pytest.fixture
def leaver(place):
    member = factories.member(name="Yang pergi")
    factories.action("LOG-01", workstream=place, owner=member, title="Gerbang data")
    factories.seat(member, place)
    return member


@pytest.fixture
def page(leaver):
    return reverse("roadmap:handover", args=[leaver.pk])


def form_of(answer, **fields):
    """Give the fields of the confirmation as the page holds them."""
    form = answer.context["form"]
    hidden = {one.name: one.value() for one in form.hidden_fields()}
    return sent(None, note=form["note"].value()) | hidden | fields


def owner():
    return ActionItem.objects.get(code="LOG-01").owner


def test_all_that_moves_is_shown_and_nothing_has_moved(client, chief, page, leaver, heir):
    before = everything()

    first = client.get(page)
    chosen = client.get(page, {"successor": heir.pk})

    for text in ("Owner of 1 unfinished action", "LOG-01", "Gerbang data", "1 seat"):
        assertContains(first, text)
    assertNotContains(first, "<textarea")  # nothing to confirm before somebody is chosen
    assertContains(chosen, "This moves to Pengganti")
    assert everything() == before


def test_a_page_without_a_successor_costs_little(
    client, chief, page, leaver, place, django_assert_max_num_queries
):
    for _ in range(30):
        factories.action(workstream=place, owner=leaver)
    client.get(page)

    with django_assert_max_num_queries(20):
        client.get(page, {"successor": "nobody"})


def test_confirmed_it_moves_and_the_page_says_so(client, chief, page, leaver, heir):
    shown = client.get(page, {"successor": heir.pk})

    answer = client.post(page, form_of(shown), follow=True)

    leaver.refresh_from_db()
    assertContains(answer, "Everything is handed over, and the account is closed.")
    assert (owner(), leaver.is_active) == (heir, False)
    assert client.get(page).status_code == 302  # there is nothing left to close


def test_without_a_successor_it_is_said_what_is_orphaned_and_must_be_meant(
    client, chief, page, leaver
):
    factories.member(Role.SECRETARIAT, name="Meja")
    shown = client.get(page, {"successor": "nobody"})

    refused = client.post(page, form_of(shown, note="Pensiun."))
    kept = owner()
    done = client.post(page, form_of(shown, note="Pensiun.", is_meant="on"))

    text = " ".join(shown.content.decode().split())
    assert "These actions would have no owner" in text
    assert re.search(r"LOG-01</code>: their reminders would reach Meja", text)
    assert (refused.status_code, kept) == (422, leaver)
    assertContains(refused, "Pensiun.", status_code=422)
    assert (done.status_code, owner()) == (302, None)


class TestBetween:
    def ask(self, client, page, leaver, heir, place):
        shown = client.get(page, {"successor": heir.pk})
        factories.action("LOG-02", workstream=place, owner=leaver)
        return client.post(page, form_of(shown, note="Pindah tugas."))

    def test_something_else_would_move_so_it_is_shown_again(
        self, client, chief, page, leaver, heir, place
    ):
        answer = self.ask(client, page, leaver, heir, place)

        assert (answer.status_code, owner()) == (409, leaver)
        assertContains(answer, "something else would move by now", status_code=409)
        assertContains(answer, "Pindah tugas.", status_code=409)
        assertContains(answer, "LOG-02", status_code=409)
        assert client.post(page, form_of(answer)).status_code == 302

    def test_without_the_mark_it_would_move_unseen(self, client, chief, page, leaver, heir, place):
        with patch.object(Held, "digest", lambda held, to: "same"):
            assert self.ask(client, page, leaver, heir, place).status_code == 302


def test_words_typed_for_a_successor_who_left_too_are_kept(client, chief, page, leaver, heir):
    shown = client.get(page, {"successor": heir.pk})
    Member.objects.filter(pk=heir.pk).update(is_active=False)

    refused = client.post(page, form_of(shown, note="Pindah <tugas>."))
    again = client.get(page, {"successor": "nobody", "note": "Pindah <tugas>."})

    assertContains(refused, 'name="note" value="Pindah &lt;tugas&gt;."', status_code=422)
    assert again.context["form"]["note"].value() == "Pindah <tugas>."


@pytest.mark.parametrize("asked", ["0", "x", "999999999999999999999", "self", ""])
def test_a_successor_that_is_not_offered_is_refused(client, chief, page, leaver, asked):
    asked = leaver.pk if asked == "self" else asked

    answer = client.get(page, {"successor": asked})

    assertContains(answer, "Show what moves")
    assertNotContains(answer, "<textarea")
    sending = sent(None, successor=asked, digest="x", note="x")
    assert client.post(page, sending).status_code == 422
    assert owner() == leaver


def test_fields_the_form_does_not_ask_for_are_never_applied(client, chief, page, leaver, heir):
    """S51."""
    shown = client.get(page, {"successor": heir.pk})

    client.post(page, form_of(shown, role="admin", is_staff="1", id="1", owner=chief.pk))

    heir.refresh_from_db()
    assert (heir.role, owner()) == (Role.MEMBER, heir)


def test_somebody_on_whom_nothing_hangs_is_closed_with_one_form(client, chief):
    viewer = factories.member(Role.VIEWER)
    page = reverse("roadmap:handover", args=[viewer.pk])
    shown = client.get(page)

    answer = client.post(page, form_of(shown))

    assertContains(shown, "Nothing hangs on this person")
    assert answer.status_code == 302
    assert not Member.objects.get(pk=viewer.pk).is_active


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.CHAIR, Role.ADMIN])
def test_the_secretariat_closes_none_of_its_betters(client, role):
    client.force_login(factories.member(Role.SECRETARIAT))
    page = reverse("roadmap:handover", args=[factories.member(role).pk])

    assert client.get(page).status_code == 403
    assert client.post(page, sent(None)).status_code == 403


def test_nobody_closes_their_own_account(client, chief):
    assert client.get(reverse("roadmap:handover", args=[chief.pk])).status_code == 403
