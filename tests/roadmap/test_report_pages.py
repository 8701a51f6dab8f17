"""Every step of an action as a person takes it, and every way it is refused."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from roadmap.enums import Status, UpdateKind
from roadmap.models import StatusUpdate
from tests import factories
from tests.factories import days
from tests.roadmap.forms import report, sent, state, step

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

WRITTEN = "Rapat dengan Bank Indonesia ditunda; kami menunggu surat. 🚚"


@pytest.fixture
def owner(client_of):
    return client_of(factories.member(language="en"))


@pytest.fixture
def action(owner, workstreams):
    return factories.action("LOG-01", workstream=workstreams[0], owner=owner.member)


def last(action):
    return action.updates.get(superseded_at=None)


def test_a_report_is_saved_with_all_its_words(owner, action):
    bank = factories.institution("BI")
    fields = {
        "outlook": "will_be_late",
        "expected_date": "2018-12-31",
        "note": WRITTEN,
        "follow_up": "Bertemu lagi.",
        "needed": "Surat dari BI",
        "needed_from": bank.pk,
        "needed_by": "2018-10-05",
    }

    answer = owner.post(step("report", action), report(action, **fields))

    action.refresh_from_db()
    assert answer["Location"] == action.get_absolute_url()
    assert (action.progress, action.outlook, str(action.expected_date)) == (
        55,
        "will_be_late",
        "2018-12-31",
    )
    assert (last(action).note, last(action).follow_up) == (WRITTEN, "Bertemu lagi.")
    assert action.obstacles.get().needed_from == bank
    assert action.is_blocked


def test_a_blank_progress_keeps_the_last_value(owner, action):
    owner.post(step("report", action), report(action, progress=""))

    action.refresh_from_db()
    assert action.progress == 40


def test_the_second_of_two_sees_both_values_and_keeps_their_text(owner, action, client_of):
    colleague = factories.member(language="en", name="Budi")
    action.contributors.add(colleague)
    mine = report(action, progress="70", note=WRITTEN)
    client_of(colleague).post(
        step("report", action), report(action, progress="25", note="Ditunda.")
    )
    before = state(action)

    answer = owner.post(step("report", action), mine)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert state(action) == before
    assert "<mark>25</mark>" in page
    assert "<mark>70</mark>" in page
    assert "Ditunda." in page
    assert page.count(WRITTEN) == 2  # beside theirs, and still in the form
    assert 'name="version" value="1"' in page
    assert "Budi" in page


def test_saving_again_is_a_decision_and_both_stay_in_the_history(owner, action):
    mine = report(action, note=WRITTEN)
    owner.post(step("report", action), report(action, note="Ditunda."))
    form = owner.post(step("report", action), mine).context["entry"]

    owner.post(step("report", action), mine | {"version": form.version, "token": form.token})

    notes = set(StatusUpdate.objects.filter(kind="reported").values_list("note", flat=True))
    assert notes == {"Ditunda.", WRITTEN}


def test_sending_twice_has_one_effect_and_the_same_answer(owner, action):
    fields = report(action)

    answers = [owner.post(step("report", action), fields) for _ in range(3)]

    assert {answer["Location"] for answer in answers} == {action.get_absolute_url()}
    assert action.updates.filter(kind="reported").count() == 1


@pytest.mark.parametrize("step_name", ["report", "confirm", "submit"])
def test_an_expired_session_in_htmx_gets_a_sentence_beside_the_form(owner, action, step_name):
    before = state(action)
    owner.logout()

    answer = owner.post(step(step_name, action), report(action), headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer["HX-Retarget"] == "#notices"
    assert state(action) == before


def test_late_needs_a_date_and_a_reason(owner, action):
    before = state(action)

    for fields in ({"note": ""}, {"expected_date": ""}):
        sending = {"outlook": "will_be_late", "expected_date": "2018-12-31"} | fields
        answer = owner.post(step("report", action), report(action, **sending))
        assert answer.status_code == 422
        assert "by which date you now expect it" in answer.content.decode()

    assert state(action) == before


def test_submitting_needs_evidence_and_then_waits(owner, action):
    before = state(action)
    refused = owner.post(step("submit", action), sent(action, note=WRITTEN))
    assert refused.status_code == 422
    assert "Attach evidence first" in refused.content.decode()
    assert WRITTEN in refused.content.decode()
    assert state(action) == before
    factories.evidence(action)

    owner.post(step("submit", action), sent(action, note=WRITTEN))

    action.refresh_from_db()
    assert action.status == Status.SUBMITTED
    assert last(action).note == WRITTEN


STEPS = {
    "verify": ({"submitted": True}, {}, Status.VERIFIED),
    "return": ({"submitted": True}, {"note": "Kurang."}, Status.IN_PROGRESS),
    "cancel": ({}, {"note": "Digabung."}, Status.CANCELLED),
    "reopen": ({"verified": True}, {"note": "Keliru."}, Status.IN_PROGRESS),
}


@pytest.mark.parametrize("name", STEPS)
def test_the_secretariat_takes_its_steps(client_of, workstreams, name):
    traits, fields, wanted = STEPS[name]
    action = factories.action(workstream=workstreams[0], owner=factories.member(), **traits)
    client = client_of("secretariat")
    assert client.get(step(name, action)).status_code == 200

    answer = client.post(step(name, action), sent(action, **fields))

    action.refresh_from_db()
    assert answer["Location"] == action.get_absolute_url()
    assert action.status == wanted


@pytest.mark.parametrize("name", [*STEPS, "move"])
def test_what_is_not_theirs_is_refused_and_nothing_changes(owner, action, name):
    factories.evidence(action)
    before = state(action)

    for answer in (owner.get(step(name, action)), owner.post(step(name, action), sent(action))):
        assert answer.status_code == 403

    assert state(action) == before


def test_nobody_verifies_their_own_work(client_of, workstreams):
    client = client_of("secretariat")
    action = factories.action(workstream=workstreams[0], submitted=True, owner=client.member)

    assert client.post(step("verify", action), sent(action)).status_code == 403


@pytest.mark.parametrize("name", ["return", "cancel", "reassign"])
def test_a_reason_is_asked_for(client_of, workstreams, name):
    action = factories.action(workstream=workstreams[0], submitted=True, owner=factories.member())
    before = state(action)

    answer = client_of("secretariat").post(step(name, action), sent(action, note="  "))

    assert answer.status_code == 422
    assert state(action) == before


def test_a_step_out_of_order_is_refused_in_a_sentence(client_of, workstreams):
    client = client_of(factories.member("secretariat", language="en"))
    action = factories.action(workstream=workstreams[0], owner=factories.member())
    before = state(action)

    answer = client.post(step("verify", action), sent(action))

    assert answer.status_code == 422
    assert "does not follow from the present status" in answer.content.decode()
    assert state(action) == before


def test_reassigning_names_the_new_owner(client_of, workstreams):
    action = factories.action(workstream=workstreams[0], owner=factories.member())
    new = factories.member(name="Dewi")

    client_of("secretariat").post(
        step("reassign", action), sent(action, owner=new.pk, note="Mutasi.")
    )

    action.refresh_from_db()
    assert action.owner == new


def test_only_who_can_answer_for_it_is_offered_as_owner(client_of, workstreams):
    action = factories.action(workstream=workstreams[0], owner=factories.member())
    before = state(action)

    for nobody in (factories.member("viewer"), factories.member(is_active=False)):
        fields = sent(action, owner=nobody.pk, note="Mutasi.")
        assert client_of("secretariat").post(step("reassign", action), fields).status_code == 422

    assert state(action) == before


def test_a_move_names_old_new_who_and_why(client_of, workstreams):
    action = factories.action(workstream=workstreams[0], owner=factories.member())
    fields = {"due_date": "2019-02-10", "due_precision": "month", "asked_by": "Kominfo"}

    client_of("secretariat").post(step("move", action), sent(action, note="Anggaran.", **fields))

    action.refresh_from_db()
    slip = action.slips.get()
    assert str(action.due_date) == "2019-02-28"
    assert (slip.old_date, slip.asked_by, slip.reason) == (days(100), "Kominfo", "Anggaran.")


def test_an_obstacle_is_closed_with_how_it_was_solved(owner, action):
    obstacle = factories.obstacle(action)
    url = reverse("roadmap:obstacle-close", args=[action.code, obstacle.pk])
    assert url in owner.get(action.get_absolute_url()).content.decode()

    owner.post(url, sent(action, note="Surat terbit."))

    obstacle.refresh_from_db()
    action.refresh_from_db()
    assert (obstacle.closing_note, action.is_blocked) == ("Surat terbit.", False)
    assert last(action).kind == UpdateKind.OBSTACLE


def test_an_obstacle_of_another_action_is_not_there(owner, action, workstreams):
    other = factories.obstacle(factories.action(workstream=workstreams[0]))
    for pk in (other.pk, 10**30):
        url = reverse("roadmap:obstacle-close", args=[action.code, pk])
        assert owner.get(url).status_code == 404


@pytest.mark.parametrize(
    ("role", "traits", "offered"),
    [
        ("viewer", {}, set()),
        ("member", {}, set()),
        ("secretariat", {}, {"edit", "move", "reassign", "cancel", "submit"}),
        ("secretariat", {"submitted": True}, {"verify", "return", "edit", "reassign", "cancel"}),
        ("secretariat", {"verified": True}, {"reopen", "edit", "reassign"}),
        ("chair", {"submitted": True}, {"verify", "return"}),
    ],
)
def test_the_page_offers_only_what_may_be_done_now(client_of, workstreams, role, traits, offered):
    action = factories.action(workstream=workstreams[0], owner=factories.member(), **traits)

    page = client_of(role).get(action.get_absolute_url()).content.decode()

    names = ("edit", "move", "reassign", "cancel", "submit", "verify", "return", "reopen")
    assert {name for name in names if step(name, action) in page} == offered


def test_looking_changes_nothing(client_of, workstreams):
    action = factories.action(workstream=workstreams[0], owner=factories.member(), submitted=True)
    client, before = client_of("secretariat"), state(action)

    for name in ("report", "submit", "verify", "return", "cancel", "reopen", "reassign", "move"):
        assert client.get(step(name, action)).status_code == 200
    assert client.get(step("confirm", action)).status_code == 405

    assert state(action) == before


@pytest.mark.parametrize("number", [10, 1000])
def test_a_report_costs_the_same_among_many(
    owner, action, workstreams, number, django_assert_max_num_queries
):
    factories.actions(number, workstream=workstreams[0], owner=owner.member)
    owner.post(step("report", action), report(action))

    with django_assert_max_num_queries(26):
        owner.post(step("report", action), report(action))


def test_a_changed_text_under_the_same_token_is_another_try_and_is_kept(client_of, workstreams):
    owner = client_of("member")
    action = factories.action(workstream=workstreams[0], owner=owner.member)
    url = reverse("roadmap:action-report", args=[action.code])
    fields = {"version": 0, "token": str(uuid4()), "status": "in_progress", "note": "Pertama."}

    first = owner.post(url, fields)
    again = owner.post(url, fields)
    changed = owner.post(url, fields | {"note": "Pertama, dan satu kalimat lagi."})

    assert (first.status_code, again.status_code, changed.status_code) == (302, 302, 409)
    assert "Pertama, dan satu kalimat lagi." in changed.content.decode()
    assert action.updates.filter(kind="reported").count() == 1
