"""Bytes that make no sense: a clear answer each, never a failure, and nothing typed is lost."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from tests import factories
from tests.roadmap.forms import report, sent, state, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

NOTE = "Catatan yang panjang dan tidak boleh hilang."


@pytest.fixture
def owner(client_of):
    return client_of(factories.member(language="en"))


@pytest.fixture
def action(owner, workstreams):
    return factories.action("LOG-01", workstream=workstreams[0], owner=owner.member)


NONSENSE = {
    "progress 101": {"progress": "101"},
    "progress -1": {"progress": "-1"},
    "progress abc": {"progress": "abc"},
    "progress 1e3": {"progress": "1e3"},
    "progress huge": {"progress": "9" * 400},
    "progress NUL": {"progress": "5\x00"},
    "no status": {"status": ""},
    "status verified": {"status": "verified"},
    "status NUL": {"status": "in_progress\x00"},
    "outlook": {"outlook": "never"},
    "day that is none": {"expected_date": "2018-02-30"},
    "day in words": {"expected_date": "31/12/2018"},
    "day out of range": {"expected_date": "9999-12-31"},
    "day NUL": {"expected_date": "2018-12-31\x00"},
    "needed from nobody": {"needed": "x", "needed_from": "999999999999999999999999"},
    "needed from words": {"needed": "x", "needed_from": "'; DROP TABLE"},
    "needed from NUL": {"needed": "x", "needed_from": "\x00"},
    "needed by": {"needed": "x", "needed_by": "besok"},
    "an obstacle without its words": {"needed_by": "2018-12-31"},
    "needed too long": {"needed": "x" * 100_000},
    "follow-up NUL": {"follow_up": "a\x00b"},
}


@pytest.mark.parametrize("name", NONSENSE)
def test_a_report_that_makes_no_sense_is_refused_in_the_form(owner, action, name):
    before = state(action)

    answer = owner.post(step("report", action), report(action, note=NOTE) | NONSENSE[name])

    page = answer.content.decode()
    assert answer.status_code == 422
    assert state(action) == before
    assert NOTE in page
    assert 'role="alert"' in page
    (field,) = set(NONSENSE[name]) & answer.context["entry"].errors.keys() or {"needed"}
    assert f'aria-describedby="LOG-01-{field}' in page


@pytest.mark.parametrize(
    "text", ["🚚 é ﷽ " + "a\u0301" * 2000, "<script>alert(1)</script>", "{{ 7*7 }}"]
)
def test_any_text_that_can_be_kept_is_kept(owner, action, text):
    owner.post(step("report", action), report(action, note=text))

    assert action.updates.get(superseded_at=None).note == text.strip()
    assert "<script>alert" not in owner.get(action.get_absolute_url()).content.decode()


@pytest.mark.parametrize("text", ["x" * 100_000, "Rapat\x00ditunda"])
def test_a_text_that_cannot_be_kept_is_given_back(owner, action, text):
    before = state(action)

    answer = owner.post(step("report", action), report(action, note=text))

    assert answer.status_code == 422
    assert state(action) == before
    assert text.replace("\x00", "")[:20] in answer.content.decode().replace("\x00", "")
    assert len(answer.content) > len(text)


LOST = [
    {"version": ""},
    {"version": "abc"},
    {"version": "-1"},
    {"version": "9" * 30},
    {"version": "0\x00"},
    {"token": ""},
    {"token": "not-a-token"},
    {"token": "\x00"},
]


@pytest.mark.parametrize("changes", LOST)
def test_a_form_that_lost_its_place_gets_it_back(owner, action, changes):
    before = state(action)

    answer = owner.post(step("report", action), report(action, note=NOTE) | changes)

    entry = answer.context["entry"]
    assert answer.status_code == 422
    assert "had lost its place" in answer.content.decode()
    assert state(action) == before
    again = report(action, note=NOTE) | {"version": entry.version, "token": entry.token}
    assert owner.post(step("report", action), again).status_code == 302


@pytest.mark.parametrize("name", ["report", "confirm", "submit", "reassign", "move", "edit"])
@pytest.mark.parametrize("code", ["NONE-99", "%00", "LOG-01%00%00x", "💥", "x" * 3000])
def test_an_unknown_code_is_not_there(owner, name, code):
    url = reverse("roadmap:action-report", args=["CODE"]).replace("CODE", code)

    assert owner.post(url.replace("report", name), {}).status_code == 404


@pytest.mark.parametrize(
    "field", ["title", "title_en", "output", "lead_institution", "weight", "start_date"]
)
@pytest.mark.parametrize("value", ["x\x00", "x" * 100_000])
def test_no_field_of_a_new_action_fails(client_of, workstreams, field, value):
    client = client_of("secretariat")
    fields = {"workstream": workstreams[0].pk, "title": "Judul", "weight": "1"}

    answer = client.post(
        reverse("roadmap:action-create"), sent(**fields, due_precision="day") | {field: value}
    )

    assert answer.status_code == 422
    assert not workstreams[0].actions.exists()


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"a=%ff&b=%00", b"[" * 10_000])
@pytest.mark.parametrize(
    "kind",
    ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"],
)
def test_a_body_that_is_no_form_changes_nothing(owner, action, body, kind):
    before = state(action)

    answer = owner.post(step("report", action), body, content_type=kind)

    assert answer.status_code in (400, 422)
    assert state(action) == before


def test_one_token_for_two_actions_has_one_effect(owner, action, workstreams):
    other = factories.action("LOG-02", workstream=workstreams[0], owner=owner.member)
    token = {"token": str(uuid4())}
    owner.post(step("report", action), report(action) | token)
    before = state(other)

    answer = owner.post(step("report", other), report(other) | token)

    assert answer.status_code == 302
    assert state(other) == before
