"""What I owe: whose cards, in which order, updated in place, at a fixed cost."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from roadmap.enums import UpdateKind
from tests import factories
from tests.factories import days
from tests.roadmap.exporting import rows_of
from tests.roadmap.forms import report, sent, state, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

MY = reverse("roadmap:my")


@pytest.fixture
def owner(client_of):
    return client_of(factories.member(language="en"))


def cards(page) -> list[str]:
    return re.findall(r'id="action-([^"]+)"', page.content.decode())


def test_the_most_urgent_comes_first(owner, workstreams):
    place, mine = workstreams[0], {"owner": owner.member}
    wanted = [
        factories.action(workstream=place, late=True, **mine),
        factories.action(workstream=place, blocked=True, **mine),
        factories.action(workstream=place, reported_on=None, **mine),
        factories.action(workstream=place, silent=True, **mine),
        factories.action(workstream=place, due_date=days(3), **mine),
        factories.action(workstream=place, **mine),
        factories.action(workstream=place, submitted=True, **mine),
    ]
    factories.action(workstream=place, late=True, owner=factories.member())

    assert cards(owner.get(MY)) == [one.code for one in wanted]


def test_contributed_and_deputised_work_is_included_and_labelled(owner, workstreams):
    away = factories.member(
        name="Rina", deputy=owner.member, paused_from=days(-1), paused_until=days(1)
    )
    back = factories.member(deputy=owner.member, paused_from=days(-9), paused_until=days(-1))
    shared = factories.action(workstream=workstreams[0], contributors=[owner.member])
    lent = factories.action(workstream=workstreams[0], owner=away)
    factories.action(workstream=workstreams[0], owner=back)

    page = owner.get(MY)

    assert set(cards(page)) == {shared.code, lent.code}
    assert "you contribute" in page.content.decode()
    assert "for Rina, who is away" in page.content.decode()


def test_done_work_is_a_count_that_is_a_door(owner, workstreams):
    factories.action(workstream=workstreams[0], owner=owner.member, verified=True)

    page = owner.get(MY).content.decode()

    assert "1 of your actions is verified" in page
    assert f"?owner={owner.member.pk}&amp;status=verified" in page


@pytest.mark.parametrize("role", ["viewer", "adviser", "secretariat", "admin"])
def test_who_owes_nothing_is_told_so_with_a_way_on(client_of, role):
    page = client_of(role).get(MY).content.decode()

    assert 'class="empty"' in page
    assert reverse("roadmap:actions") in page


@pytest.mark.parametrize(
    ("role", "seen"), [("secretariat", True), ("chair", True), ("member", False)]
)
def test_submissions_wait_for_those_who_may_verify_them(client_of, workstreams, role, seen):
    action = factories.action(workstream=workstreams[0], submitted=True)

    page = client_of(role).get(MY).content.decode()

    assert (step("verify", action).removesuffix("verify/") in page) is seen


def test_nobody_is_asked_to_verify_their_own_submission(client_of, workstreams):
    client = client_of("secretariat")
    factories.action(workstream=workstreams[0], submitted=True, submitted_by=client.member)

    assert client.get(MY).context["my"].to_verify == []


def test_one_tap_confirms_and_gives_the_card_back(owner, workstreams):
    action = factories.action(workstream=workstreams[0], owner=owner.member, silent=True)
    headers = {"HX-Request": "true", "HX-Target": f"action-{action.code}"}

    answer = owner.post(
        step("confirm", action), sent(action, **{"from": "my"}), headers=headers, follow=True
    )

    action.refresh_from_db()
    assert action.reported_on == factories.TODAY
    assert action.updates.get(superseded_at=None).kind == UpdateKind.CONFIRMED
    assert cards(answer) == [action.code]
    assert "<html" not in answer.content.decode()
    assert "notice-success" in answer.content.decode()


def test_without_htmx_one_tap_leads_back_to_the_card(owner, workstreams):
    action = factories.action(workstream=workstreams[0], owner=owner.member)

    answer = owner.post(step("confirm", action), sent(action, **{"from": "my"}))

    assert answer["Location"] == f"{MY}#action-{action.code}"


def test_a_tap_on_an_old_card_asks_to_look_again(owner, workstreams):
    action = factories.action(workstream=workstreams[0], owner=owner.member)
    old = sent(action)
    owner.post(step("report", action), report(action))
    before = state(action)

    headers = {"HX-Request": "true", "HX-Target": f"action-{action.code}"}
    answer = owner.post(step("confirm", action), old, headers=headers)

    assert answer.status_code == 409
    assert state(action) == before
    assert "Somebody saved before you" in answer.content.decode()
    assert 'name="version" value="1"' in answer.content.decode()


def test_an_update_swaps_only_its_card(owner, workstreams):
    action = factories.action(workstream=workstreams[0], owner=owner.member)
    factories.action(workstream=workstreams[0], owner=owner.member)
    headers = {"HX-Request": "true", "HX-Target": f"action-{action.code}"}

    answer = owner.post(step("report", action), report(action), headers=headers, follow=True)

    assert cards(answer) == [action.code]
    assert "55%" in answer.content.decode()


def test_a_form_further_down_is_fetched_when_opened(owner, workstreams):
    many = factories.actions(7, workstream=workstreams[0], owner=owner.member)
    code = many[-1].code
    assert owner.get(MY).content.decode().count('name="note"') == 1

    headers = {"HX-Request": "true", "HX-Target": f"action-{code}"}
    card = owner.get(MY, {"open": "1"}, headers=headers)

    assert cards(card) == [code]
    assert 'name="note"' in card.content.decode()
    assert owner.get(step("report", many[-1]), {"from": "my"}).status_code == 200


def test_a_card_of_somebody_else_is_not_handed_out(owner, workstreams):
    action = factories.action(workstream=workstreams[0], owner=factories.member())

    for code in (action.code, "NONE-1", "\x00", "x" * 5000):
        headers = {"HX-Request": "true", "HX-Target": f"action-{code}"}
        assert owner.get(MY, headers=headers).status_code == 404


@pytest.mark.parametrize("number", [10, 1000])
def test_its_queries_do_not_grow(owner, workstreams, number, django_assert_num_queries):
    factories.actions(number, workstream=workstreams[0], owner=owner.member)
    owner.get(MY)

    with django_assert_num_queries(8):
        page = owner.get(MY)

    assert len(cards(page)) == min(number, 20)


def test_a_page_that_does_not_exist_is_the_nearest_one(owner, workstreams):
    factories.actions(30, workstream=workstreams[0], owner=owner.member)

    assert len(cards(owner.get(MY, {"page": "2"}))) == 10
    for page in ("0", "-1", "1e99", "abc", "\x00"):
        assert owner.get(MY, {"page": page}).status_code == 200


def test_what_is_owed_comes_as_a_file_with_as_many_rows(owner, workstreams):
    mine = [
        factories.action(code, workstream=workstreams[0], owner=owner.member, **traits)
        for code, traits in {"LOG-01": {"late": True}, "LOG-02": {}}.items()
    ]
    factories.action(workstream=workstreams[0], owner=owner.member, verified=True)
    factories.action(workstream=workstreams[0], owner=factories.member())

    rows = rows_of(owner.get(MY, {"format": "csv"}))

    assert {row["Code"]: row["Signal"] for row in rows} == {"LOG-01": "Late", "LOG-02": "On track"}
    assert len(rows) == len(cards(owner.get(MY))) == len(mine)
