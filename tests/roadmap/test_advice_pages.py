"""Advice in the browser: its lists, its page, the answer at a meeting, what carries it out."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from committee.models import Advice, Decision
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY
from tests.roadmap.forms import sent, state
from tests.stage.meetings import correction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

LIST, NEW = reverse("roadmap:advice-list"), reverse("roadmap:advice-create")
SAID = {"subject": "Satu gerbang data", "reasoning": "Data tersebar.\n\nSatukan."}


@pytest.fixture
def adviser(client_of):
    return client_of(factories.member("adviser", language="en", name="Pak Guru"))


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


def page_of(name, advice):
    return reverse(f"roadmap:advice-{name}", args=[advice.pk])


def text_of(answer):
    return answer.content.decode()


def answered(meeting, **fields):
    return {"meeting": meeting.pk, "verdict": "accepted", "reason": "Sejalan."} | fields


def test_an_adviser_writes_advice_for_some_workstreams(adviser, workstreams):
    chosen = [workstreams[0].pk, workstreams[2].pk]

    answer = adviser.post(NEW, sent(**SAID, workstreams=chosen))

    advice = Advice.objects.get()
    assert answer["Location"] == advice.get_absolute_url()
    assert set(advice.workstreams.all()) == {workstreams[0], workstreams[2]}
    shown = text_of(adviser.get(answer["Location"]))
    assert "Waiting for an answer" in shown
    assert re.search(r"Data tersebar\.\s+Satukan\.", shown)


def test_sending_twice_gives_one(adviser):
    fields = sent(**SAID)

    places = {adviser.post(NEW, fields)["Location"] for _ in range(2)}

    assert places == {Advice.objects.get().get_absolute_url()}


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": ""},
        {"subject": "x" * 301},
        {"reasoning": ""},
        {"reasoning": "x" * 20_001},
        {"workstreams": ["99999"]},
        {"workstreams": ["abc"]},
    ],
)
def test_what_makes_no_sense_is_refused_with_its_text(adviser, fields):
    answer = adviser.post(NEW, sent(**SAID | fields))

    assert answer.status_code == 422
    assert not Advice.objects.exists()
    kept = "Data tersebar." if "reasoning" not in fields else SAID["subject"]
    assert kept in text_of(answer)


def test_what_is_written_is_escaped(adviser):
    adviser.post(NEW, sent(subject="<b>x</b>", reasoning="<script>y</script>"))

    for place in (LIST, Advice.objects.get().get_absolute_url()):
        shown = text_of(adviser.get(place))
        assert "<b>x</b>" not in shown
        assert "<script>y" not in shown


def test_it_is_edited_until_it_is_answered(adviser):
    advice = made.advice(adviser.member)
    assert adviser.post(page_of("edit", advice), sent(advice, **SAID)).status_code == 302

    done = made.advice(adviser.member, answered=True)
    before = state(done)
    answer = adviser.post(page_of("edit", done), sent(done, **SAID))

    assert answer.status_code == 422
    assert "already been answered" in text_of(answer)
    assert state(done) == before


def test_another_advisers_advice_is_read_and_not_edited(adviser):
    advice = made.advice()

    assert adviser.get(advice.get_absolute_url()).status_code == 200
    assert adviser.get(page_of("edit", advice)).status_code == 403
    assert "Edit" not in text_of(adviser.get(advice.get_absolute_url())).split("<main")[1]


class TestLists:
    @pytest.fixture(autouse=True)
    def some_advice(self, adviser):
        self.mine = made.advice(adviser.member, subject="Milik saya")
        made.advice(subject="Menunggu")
        for verdict in ("accepted", "partly", "declined"):
            given = made.advice(answered=True, subject=f"Sudah {verdict}")
            Advice.objects.filter(pk=given.pk).update(answer=verdict)

    @pytest.mark.parametrize(
        ("show", "number"),
        [("waiting", 2), ("accepted", 1), ("partly", 1), ("declined", 1), ("all", 5), ("mine", 1)],
    )
    def test_every_count_opens_as_many(self, adviser, show, number):
        answer = adviser.get(LIST, {"show": show})

        found = answer.context["found"]
        assert dict(found.counts)[show] == found.page.paginator.count == number
        assert len(found.page.object_list) == number
        assert f'href="{LIST}?show={show}"' in text_of(answer)

    def test_an_adviser_begins_with_their_own(self, adviser, secretariat):
        own, every = adviser.get(LIST), secretariat.get(LIST)

        assert [one.subject for one in own.context["found"].page] == ["Milik saya"]
        assert every.context["found"].page.paginator.count == 5
        assert "show=mine" not in text_of(every)

    def test_who_was_an_adviser_still_finds_their_own(self, client_of):
        past = client_of(factories.member("viewer", language="en"))
        made.advice(past.member, subject="Dahulu")

        answer = past.get(LIST, {"show": "mine"})

        assert [one.subject for one in answer.context["found"].page] == ["Dahulu"]
        assert "show=mine" in text_of(past.get(LIST))

    def test_what_waits_comes_first(self, secretariat):
        rows = secretariat.get(LIST).context["found"].page.object_list

        assert [bool(one.answer) for one in rows] == [False, False, True, True, True]

    def test_accepted_advice_that_nothing_follows_says_so(self, secretariat):
        assert "nothing carries it out yet" in text_of(secretariat.get(LIST, {"show": "accepted"}))

    def test_an_unknown_list_is_named_and_ignored(self, secretariat):
        answer = secretariat.get(LIST, {"show": "<i>"})

        assert answer.status_code == 200
        assert "“&lt;i&gt;” is not known here" in text_of(answer)


@pytest.mark.parametrize("show", ["waiting", "accepted", "partly", "declined", "all", "mine"])
def test_an_empty_list_says_what_to_do_next(adviser, show):
    assert 'class="empty"' in text_of(adviser.get(LIST, {"show": show}))


class TestAnswering:
    def test_without_an_open_meeting_the_page_leads_to_the_meetings(self, secretariat):
        made.meeting(closed=True)
        answer = secretariat.get(page_of("answer", made.advice()))

        assert answer.status_code == 200
        assert "No meeting is open" in text_of(answer)
        assert f'href="{reverse("roadmap:meetings")}"' in text_of(answer).split("empty-title")[1]
        assert "<textarea" not in text_of(answer).split("<main")[1]

    def test_the_answer_says_where_why_and_who(self, secretariat, adviser):
        meeting, advice = made.meeting(), made.advice(adviser.member)

        secretariat.post(page_of("answer", advice), sent(advice, **answered(meeting)))

        shown = text_of(adviser.get(advice.get_absolute_url()))
        for part in ("Accepted", "Sejalan.", str(secretariat.member.name), "24 September 2018"):
            assert part in shown
        assert f'href="{meeting.get_absolute_url()}"' in shown

    def test_it_becomes_a_decision_that_its_page_names(self, secretariat):
        meeting, advice = made.meeting(), made.advice()
        fields = {"as_decision": "on", "text": "Menyusun satu gerbang.", "effect": "action"}
        fields |= {"responsible": secretariat.member.pk, "due_date": "2018-12-31"}

        secretariat.post(page_of("answer", advice), sent(advice, **answered(meeting), **fields))

        decision = Decision.objects.get()
        assert (decision.advice, decision.responsible) == (advice, secretariat.member)
        assert str(decision.due_date) == "2018-12-31"
        shown = text_of(secretariat.get(advice.get_absolute_url()))
        assert f'href="{decision.get_absolute_url()}"' in shown
        assert "Menyusun satu gerbang." in shown

    def test_the_same_form_twice_decides_once(self, secretariat):
        meeting, advice = made.meeting(), made.advice()
        fields = sent(advice, **answered(meeting, as_decision="on", text="Satu.", effect="task"))

        codes = [secretariat.post(page_of("answer", advice), fields).status_code for _ in range(2)]

        assert (codes, Decision.objects.count()) == ([302, 302], 1)

    @pytest.mark.parametrize(
        "fields",
        [
            {"verdict": ""},
            {"verdict": "maybe"},
            {"reason": " "},
            {"reason": "x" * 5001},
            {"meeting": "0"},
            {"meeting": "x"},
            {"as_decision": "on", "text": ""},
            {"as_decision": "on", "text": "Tolak.", "verdict": "declined"},
            {"as_decision": "on", "text": "Y", "effect": "magic"},
            {"as_decision": "on", "text": "Y", "due_date": "besok"},
        ],
    )
    def test_what_makes_no_sense_is_refused_and_nothing_changes(self, secretariat, fields):
        meeting, advice = made.meeting(), made.advice()
        before = state(advice)

        answer = secretariat.post(
            page_of("answer", advice), sent(advice, **answered(meeting) | fields)
        )

        assert answer.status_code == 422
        assert state(advice) == before
        assert not Decision.objects.exists()

    def test_a_meeting_closed_meanwhile_keeps_the_text(self, secretariat):
        meeting, advice = made.meeting(), made.advice()
        fields = sent(advice, **answered(meeting, reason="Alasan panjang."))
        made.close(meeting)

        answer = secretariat.post(page_of("answer", advice), fields)

        assert answer.status_code == 422
        assert "Alasan panjang." in text_of(answer)
        assert "No meeting is open any more" in text_of(answer)

    def test_after_its_meeting_closed_there_is_no_door_to_revise(self, secretariat):
        advice = made.advice(answered=True)
        assert "Revise the answer" in text_of(secretariat.get(advice.get_absolute_url()))

        made.close(advice.answered_at)

        assert "Revise the answer" not in text_of(secretariat.get(advice.get_absolute_url()))
        made.meeting()
        page = text_of(secretariat.get(page_of("answer", advice)))
        assert "The answer stands" in page

    def test_the_second_to_answer_sees_both(self, secretariat):
        meeting, advice = made.meeting(), made.advice()
        mine = sent(advice, **answered(meeting, reason="Punya saya."))
        secretariat.post(
            page_of("answer", advice), sent(advice, **answered(meeting, reason="Punya mereka."))
        )

        answer = secretariat.post(page_of("answer", advice), mine)

        assert answer.status_code == 409
        assert "<mark>Punya mereka.</mark>" in text_of(answer)
        assert "Punya saya." in text_of(answer)


class TestCarryingOut:
    def test_actions_are_linked_by_code_and_unlinked_by_leaving_them_out(
        self, secretariat, workstreams
    ):
        advice = made.advice(answered=True)
        for code in ("LOG-01", "LOG-02"):
            factories.action(code, workstream=workstreams[0])

        secretariat.post(page_of("link", advice), sent(advice, actions="log-01 LOG-02"))
        assert [one.code for one in advice.actions.order_by("code")] == ["LOG-01", "LOG-02"]
        secretariat.post(page_of("link", advice), sent(advice, actions="LOG-02"))

        assert [one.code for one in advice.actions.all()] == ["LOG-02"]

    def test_an_unknown_code_is_named_and_the_text_stays(self, secretariat):
        advice = made.advice(answered=True)

        answer = secretariat.post(page_of("link", advice), sent(advice, actions="NONE-01"))

        assert answer.status_code == 422
        assert "There is no action with this code: NONE-01." in text_of(answer)

    def test_what_was_not_accepted_takes_no_action(self, secretariat):
        advice, action = made.advice(), factories.action("LOG-01")

        answer = secretariat.post(page_of("link", advice), sent(advice, actions="LOG-01"))

        assert answer.status_code == 422
        assert "Only advice that was accepted" in text_of(answer)
        action.refresh_from_db()
        assert action.advice is None

    def test_the_adviser_sees_what_became_of_it(self, adviser):
        advice = made.advice(adviser.member, answered=True)
        factories.action("LOG-01", advice=advice, late=True)
        decision = made.decision(advice.answered_at, advice=advice)
        factories.action("LOG-02", decision=decision, verified=True)

        answer = adviser.get(advice.get_absolute_url())

        shown = answer.context["shown"]
        assert (shown.total, dict(shown.counts)) == (2, {"verified": 1, "late": 1})
        assert [row["code"] for row in shown.actions] == ["LOG-01", "LOG-02"]
        assert 'data-signal="late"' in text_of(answer)
        assert "2 actions" in text_of(answer)

    @pytest.mark.parametrize(("only", "code"), [("late", "LOG-01"), ("verified", "LOG-02")])
    def test_its_counts_open_as_many(self, adviser, only, code):
        advice = made.advice(answered=True)
        factories.action("LOG-01", advice=advice, late=True)
        factories.action("LOG-02", advice=advice, verified=True)
        factories.action("LOG-03", advice=advice)

        answer = adviser.get(advice.get_absolute_url(), {"only": only})

        assert [row["code"] for row in answer.context["shown"].actions] == [code]
        assert dict(answer.context["shown"].counts)[only] == 1
        assert f'href="?only={only}#carried-out"' in text_of(answer)


def test_looking_changes_nothing(adviser, secretariat):
    advice = made.advice(adviser.member)
    made.meeting()
    before = state(advice)

    for client, name in ((adviser, "edit"), (secretariat, "answer"), (secretariat, "link")):
        assert client.get(page_of(name, advice)).status_code == 200

    assert state(advice) == before


@pytest.mark.parametrize("pk", [0, 999, 2**63])
def test_an_unknown_advice_is_404(secretariat, pk):
    assert secretariat.get(f"/advice/{pk}/").status_code == 404


def test_the_public_is_led_to_sign_in(client):
    advice = made.advice(given_on=TODAY)

    for place in (LIST, NEW, advice.get_absolute_url(), page_of("answer", advice)):
        assert client.get(place).status_code == 302


@pytest.mark.parametrize("number", [10, 300])
def test_its_queries_do_not_grow(secretariat, django_assert_max_num_queries, number):
    accepted, place = made.advice(answered=True), factories.workstream("LOG")
    by = factories.member("adviser")
    Advice.objects.bulk_create(
        Advice(author=by, subject=f"S{n}", reasoning="x", given_on=TODAY) for n in range(number)
    )
    factories.actions(number, workstream=place, advice=accepted)

    for page in (LIST, accepted.get_absolute_url(), page_of("answer", accepted)):
        with django_assert_max_num_queries(13):
            secretariat.get(page)


def test_a_corrected_decision_is_quoted_as_corrected(secretariat):
    advice = made.advice(answered=True)
    decision = made.decision(advice.answered_at, advice=advice, text="Salah.")
    made.close(advice.answered_at)
    fixed = {"part": "decision", "decision": decision, "old": "Salah."}
    correction(decision.meeting, new="Benar.", **fixed)

    shown = text_of(secretariat.get(advice.get_absolute_url()))

    assert "Benar." in shown
    assert "Salah." not in shown
