"""The overview's panel: 304 while nothing changed, and no form in it for a cache to keep."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from committee.models import RehearsalClock
from committee.services import bump_revision
from roadmap.selectors import trend
from tests import factories
from tests.factories import TODAY, days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
PANEL = {"HX-Request": "true", "HX-Target": "board"}


@pytest.fixture
def board(workstreams):
    owner = factories.member()
    return factories.action(workstream=workstreams[0], owner=owner, late=True)


def ask(client, etag="", path="/"):
    return client.get(path, headers=PANEL | ({"If-None-Match": etag} if etag else {}))


@pytest.mark.parametrize("role", [None, "viewer", "secretariat"])
def test_it_answers_304_until_something_changes(reader, board, role):
    client = reader(role)
    first = ask(client)

    assert first["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "HX-Request"} <= set(first["Vary"].split(", "))
    again = ask(client, first["ETag"])
    assert (again.status_code, again.content) == (304, b"")

    bump_revision()

    assert ask(client, first["ETag"]).status_code == 200


def test_a_whole_page_of_a_member_is_kept_by_nobody(client_of, board):
    page = client_of("viewer").get("/")

    assert page["Cache-Control"] == "private, no-store"
    assert not page.has_header("ETag")


def test_it_holds_no_form_and_no_token(client_of, board):
    panel = ask(client_of("secretariat")).content.decode()

    assert panel.lstrip().startswith('<div id="board"')
    for word in ("<form", "csrf", "X-CSRFToken", "<input", "<html"):
        assert word not in panel


def test_the_page_names_the_state_its_panel_would_have(client_of, board):
    client = client_of("viewer")

    page = client.get("/").content.decode()

    assert re.search(r'data-roadmap-state="([^"]+)"', page)[1] == ask(client)["ETag"].replace(
        '"', "&quot;"
    )


def test_no_two_readers_languages_or_days_have_one_state(board, client_of, settings):
    viewer, other, chief = client_of("viewer"), client_of("viewer"), client_of("secretariat")
    english = factories.member("viewer", language="en")
    past = ask(viewer, path=f"/as-of/{days(-1)}/")
    states = [ask(one)["ETag"] for one in (viewer, other, chief, client_of(english), Client())]

    RehearsalClock.objects.update(day=days(1), target=days(1))
    states += [past["ETag"], ask(viewer)["ETag"]]
    settings.PUBLIC_SITE = not settings.PUBLIC_SITE
    states.append(ask(viewer)["ETag"])
    settings.BUILD = "next"
    states.append(ask(viewer)["ETag"])

    assert len(set(states)) == len(states)


def test_a_seat_won_or_lost_is_another_state(client_of, board, workstreams):
    client = client_of("member")
    before = ask(client)["ETag"]

    factories.seat(client.member, workstreams[0])

    assert ask(client)["ETag"] != before


def test_a_report_through_its_service_is_seen_by_the_next_poll(client_of, board):
    client, etag = client_of("viewer"), ""
    etag = ask(client)["ETag"]
    owner = Client()
    owner.force_login(board.owner)

    owner.post(reverse("roadmap:action-confirm", args=[board.code]), confirm_form(owner, board))

    assert ask(client, etag).status_code == 200


def confirm_form(client, action):
    page = client.get(action.get_absolute_url()).content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("version", "token")
    }


def test_whoever_looks_back_is_not_asked_again(client_of, board):
    page = client_of("viewer").get(f"/as-of/{days(-1)}/").content.decode()

    assert 'id="board"' in page
    assert "data-roadmap-refresh" not in page
    assert "hx-trigger" not in page


def test_days_long_over_are_counted_once(client_of, board, django_assert_num_queries):
    client = client_of("viewer")
    client.get("/")

    with django_assert_num_queries(2):
        trend.past(trend.month_ends(TODAY), TODAY)


def test_what_is_imported_about_a_past_day_is_counted_anew(board, workstreams):
    day = trend.month_ends(TODAY)[-1]
    assert trend.past([day], TODAY)[day][board.workstream_id].total == 1

    factories.action(workstream=workstreams[0])  # on the roadmap for a hundred days

    assert trend.past([day], TODAY)[day][board.workstream_id].total == 2


def test_a_change_of_today_leaves_the_past_as_it_was_counted(board):
    days_over = trend.month_ends(TODAY)
    before = trend.past(days_over, TODAY)

    factories.update(board, progress=90, reported_on=TODAY)

    assert trend.past(days_over, TODAY) == before
    with connection.execute_wrapper(_refuse_history):
        trend.past(days_over, TODAY)


def _refuse_history(execute, sql, params, many, context):
    assert "roadmap_actionthen" not in sql, "a day long over was counted again"
    return execute(sql, params, many, context)


def test_yesterday_is_not_kept_yet(board):
    yesterday, today = trend.month_ends(days(7))[-1], days(7)  # 30 September and the day after

    trend.past([yesterday], today)

    with (
        connection.execute_wrapper(_refuse_history),
        pytest.raises(AssertionError, match="counted again"),
    ):
        trend.past([yesterday], today)
