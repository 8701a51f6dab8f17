"""Putting an action on the roadmap and changing what it says."""

from __future__ import annotations

import pytest
from django.urls import reverse

from roadmap.enums import UpdateKind
from roadmap.models import ActionItem
from tests import factories
from tests.factories import days
from tests.roadmap.forms import sent, state, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

NEW = reverse("roadmap:action-create")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def lead(client_of, workstreams):
    client = client_of(factories.member(language="en"))
    factories.seat(client.member, workstreams[0])
    return client


def new(workstream, **fields):
    first = {"workstream": workstream.pk, "title": "Uji coba layanan", "weight": "1"}
    return sent(**first, due_precision="day") | fields


def edited(action, **fields):
    return sent(action, title="Judul baru", weight="2", start_date="2018-07-01") | fields


def test_a_new_action_gets_the_next_code_an_owner_and_a_first_date(secretariat, workstreams):
    factories.action("LOG-07", workstream=workstreams[0], number=7)
    owner, bank = factories.member(), factories.institution("BI")
    fields = {"owner": owner.pk, "due_date": "2018-11-05", "due_precision": "quarter"}

    answer = secretariat.post(NEW, new(workstreams[0], supporting=[bank.pk], **fields))

    made = ActionItem.objects.get(code="LOG-08")
    assert answer["Location"] == made.get_absolute_url()
    assert (made.owner, str(made.due_date), made.supporting) == (owner, "2018-12-31", ";BI;")
    assert made.first_due_date == made.due_date
    assert made.updates.get().kind == UpdateKind.EDITED


def test_a_lead_creates_in_the_own_workstream_only(lead, workstreams):
    assert lead.post(NEW, new(workstreams[0], due_date="2018-11-05")).status_code == 302
    assert lead.post(NEW, new(workstreams[1])).status_code == 422
    assert ActionItem.objects.get().workstream == workstreams[0]
    assert list(lead.get(NEW).context["form"].fields["workstream"].queryset) == [workstreams[0]]


@pytest.mark.parametrize("role", ["viewer", "adviser", "member", "chair", "admin"])
def test_others_create_nothing(client_of, workstreams, role):
    client = client_of(role)

    assert client.get(NEW).status_code == 403
    assert client.post(NEW, new(workstreams[0])).status_code == 403
    assert not ActionItem.objects.exists()


def test_sending_twice_creates_once(secretariat, workstreams):
    fields = new(workstreams[0])

    places = {secretariat.post(NEW, fields)["Location"] for _ in range(2)}

    assert places == {ActionItem.objects.get().get_absolute_url()}


def test_due_before_it_starts_is_refused_with_what_was_typed(secretariat, workstreams):
    fields = {"start_date": "2018-12-01", "due_date": "2018-11-01"}

    answer = secretariat.post(NEW, new(workstreams[0], **fields))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "lies before the start date" in page
    assert 'value="2018-12-01"' in page
    assert not ActionItem.objects.exists()


def test_editing_keeps_a_history_and_ends_no_silence(lead, workstreams):
    action = factories.action(workstream=workstreams[0], silent=True)

    lead.post(step("edit", action), edited(action))

    action.refresh_from_db()
    last = action.updates.get(superseded_at=None)
    assert (action.title, action.weight) == ("Judul baru", 2)
    assert last.kind == UpdateKind.EDITED
    assert last.changes["weight"] == [1, 2]
    assert action.reported_on == days(-40)


def test_what_a_form_does_not_name_never_changes(lead, workstreams):
    action = factories.action(workstream=workstreams[0], owner=factories.member())
    extra = {
        "owner": lead.member.pk,
        "due_date": "2030-01-01",
        "status": "verified",
        "progress": "100",
        "workstream": workstreams[1].pk,
        "code": "X-1",
    }
    kept = ("owner_id", "due_date", "status", "progress", "workstream_id", "code")
    before = {name: state(action)[name] for name in kept}

    assert lead.post(step("edit", action), edited(action, **extra)).status_code == 302

    assert {name: state(action)[name] for name in kept} == before


def test_a_lead_never_moves_a_date(lead, workstreams):
    action = factories.action(workstream=workstreams[0])
    before = state(action)
    fields = sent(action, due_date="2019-06-01", due_precision="day", note="Perlu waktu.")

    assert lead.get(step("move", action)).status_code == 403
    assert lead.post(step("move", action), fields).status_code == 403
    assert state(action) == before


def test_the_second_editor_sees_both_and_keeps_their_text(lead, secretariat, workstreams):
    action = factories.action(workstream=workstreams[0])
    mine = edited(action, title="Judul saya")
    secretariat.post(step("edit", action), edited(action, title="Judul mereka"))
    before = state(action)

    answer = lead.post(step("edit", action), mine)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert state(action) == before
    assert "<mark>Judul mereka</mark>" in page
    assert "<mark>Judul saya</mark>" in page
    assert 'value="Judul saya"' in page
    assert 'name="version" value="1"' in page


def test_the_form_shows_what_now_stands(lead, workstreams):
    bank = factories.institution("BI")
    action = factories.action(workstream=workstreams[0], supporting=";BI;", title="Judul lama")

    form = lead.get(step("edit", action)).context["form"]

    assert form["title"].value() == "Judul lama"
    assert form["supporting"].value() == [bank.pk]


def test_errors_are_tied_to_their_fields(lead, workstreams):
    action = factories.action(workstream=workstreams[0])

    page = lead.post(step("edit", action), edited(action, title="")).content.decode()

    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_title_error"' in page
    assert 'href="#id_title"' in page


@pytest.mark.parametrize("number", [10, 1000])
def test_its_queries_do_not_grow(secretariat, workstreams, number, django_assert_max_num_queries):
    factories.actions(number, workstream=workstreams[0])
    action = factories.action(workstream=workstreams[0])

    with django_assert_max_num_queries(15):
        secretariat.get(NEW)
    with django_assert_max_num_queries(18):
        secretariat.get(step("edit", action))
