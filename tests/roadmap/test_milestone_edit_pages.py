"""Setting a milestone, changing it, moving its date, and how it ends."""

from __future__ import annotations

import pytest
from django.urls import reverse

from roadmap.models import Milestone
from tests import factories
from tests.factories import TODAY
from tests.roadmap.forms import sent, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

NEW = reverse("roadmap:milestone-create")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def lead(client_of, workstreams):
    client = client_of(factories.member(language="en"))
    factories.seat(client.member, workstreams[0])
    return client


def page_of(name, milestone):
    return reverse(f"roadmap:milestone-{name}", args=[milestone.pk])


def new(**fields):
    return sent(title="Layanan dibuka", due_date="2018-10-15", due_precision="month") | fields


def test_a_milestone_of_the_whole_roadmap_gated_by_actions(secretariat, workstreams):
    action = factories.action("LOG-01", workstream=workstreams[0])

    answer = secretariat.post(NEW, new(actions="log-01"))

    made = Milestone.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert (made.workstream, str(made.due_date), made.known_from) == (None, "2018-10-31", TODAY)
    assert list(made.actions.all()) == [action]


def test_an_unknown_code_is_named_and_the_text_stays(secretariat):
    answer = secretariat.post(NEW, new(actions="NONE-01, X"))

    assert answer.status_code == 422
    assert "There is no action with this code: NONE-01, X." in answer.content.decode()
    assert "Layanan dibuka" in answer.content.decode()
    assert not Milestone.objects.exists()


def test_a_lead_sets_milestones_of_the_own_workstream_only(lead, workstreams):
    assert lead.post(NEW, new()).status_code == 422
    assert lead.post(NEW, new(workstream=workstreams[1].pk)).status_code == 422
    assert lead.post(NEW, new(workstream=workstreams[0].pk)).status_code == 302
    assert Milestone.objects.get().workstream == workstreams[0]


def test_sending_twice_sets_one(secretariat):
    fields = new()

    places = {secretariat.post(NEW, fields)["Location"] for _ in range(2)}

    assert places == {Milestone.objects.get().get_absolute_url()}


def test_editing_never_moves_the_date(lead, workstreams):
    milestone = factories.milestone(workstream=workstreams[0])
    fields = sent(milestone, title="Baru", workstream=workstreams[0].pk, due_date="2030-01-01")
    due = milestone.due_date

    lead.post(page_of("edit", milestone), fields)

    milestone.refresh_from_db()
    assert (milestone.title, milestone.due_date) == ("Baru", due)


def test_the_second_editor_sees_both_and_keeps_their_text(lead, secretariat, workstreams):
    milestone = factories.milestone(workstream=workstreams[0])
    mine = sent(milestone, title="Punya saya", workstream=workstreams[0].pk)
    secretariat.post(page_of("edit", milestone), mine | sent(milestone, title="Punya mereka"))
    before = state(milestone)

    answer = lead.post(page_of("edit", milestone), mine)

    assert answer.status_code == 409
    assert state(milestone) == before
    assert "<mark>Punya mereka</mark>" in answer.content.decode()
    assert 'value="Punya saya"' in answer.content.decode()


def test_a_move_goes_on_the_slip_ledger(secretariat):
    milestone = factories.milestone()
    fields = {"due_date": "2019-01-15", "due_precision": "day", "asked_by": "Kominfo"}

    secretariat.post(page_of("move", milestone), sent(milestone, note="Anggaran.", **fields))

    milestone.refresh_from_db()
    assert str(milestone.due_date) == "2019-01-15"
    assert milestone.slips.get().reason == "Anggaran."


def test_it_ends_achieved(secretariat):
    milestone = factories.milestone()
    fields = sent(milestone, achieved="2018-09-20", precision="day")

    secretariat.post(page_of("achieve", milestone), fields)

    milestone.refresh_from_db()
    assert (str(milestone.achieved_date), milestone.achieved_recorded_on) == ("2018-09-20", TODAY)


def test_it_ends_missed_with_the_reason(secretariat):
    milestone = factories.milestone()

    secretariat.post(page_of("close", milestone), sent(milestone, closing="missed", note="Batal."))

    milestone.refresh_from_db()
    assert (milestone.closing, milestone.closing_reason) == ("missed", "Batal.")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("achieve", {"achieved": "2018-10-20", "precision": "day"}),
        ("achieve", {"achieved": "besok", "precision": "day"}),
        ("close", {"closing": "missed", "note": ""}),
        ("close", {"closing": "achieved", "note": "x"}),
        ("move", {"due_date": "2018-10-24", "due_precision": "day", "note": "sama"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(secretariat, name, fields):
    milestone = factories.milestone()
    before = state(milestone)

    answer = secretariat.post(page_of(name, milestone), sent(milestone, **fields))

    assert answer.status_code == 422
    assert state(milestone) == before


@pytest.mark.parametrize("name", ["move", "achieve", "close"])
def test_a_lead_neither_moves_nor_ends_one(lead, workstreams, name):
    milestone = factories.milestone(workstream=workstreams[0])
    before = state(milestone)

    assert lead.get(page_of(name, milestone)).status_code == 403
    assert lead.post(page_of(name, milestone), sent(milestone)).status_code == 403
    assert state(milestone) == before


@pytest.mark.parametrize("name", ["edit", "move", "achieve", "close"])
def test_looking_changes_nothing(secretariat, name):
    milestone = factories.milestone()
    before = state(milestone)

    assert secretariat.get(page_of(name, milestone)).status_code == 200
    assert state(milestone) == before


def test_what_has_ended_cannot_end_again(secretariat):
    milestone = factories.milestone(achieved=True)
    before = state(milestone)

    answer = secretariat.post(
        page_of("close", milestone), sent(milestone, closing="missed", note="x")
    )

    assert answer.status_code == 422
    assert "already been achieved or closed" in answer.content.decode()
    assert state(milestone) == before


@pytest.mark.parametrize("number", [10, 1000])
def test_its_queries_do_not_grow(secretariat, workstreams, number, django_assert_max_num_queries):
    factories.actions(number, workstream=workstreams[0])
    factories.milestones(number)
    milestone = factories.milestone()

    for name in ("edit", "move", "achieve", "close"):
        with django_assert_max_num_queries(11):
            secretariat.get(page_of(name, milestone))
