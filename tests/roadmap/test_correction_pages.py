"""Correcting the minutes of a closed meeting, step by step."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from roadmap.services import meetings as services
from tests import committee_factories, factories
from tests.roadmap.forms import sent
from tests.roadmap.services.verbs import attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en", name="Sari"))


@pytest.fixture
def meeting(db):
    """Give an open meeting with a point and an institution of the committee."""
    factories.institution("BI", committee_role="member", title="Bank Indonesia")
    made = committee_factories.meeting(number=12)
    committee_factories.agenda_item(made, order=1, title="Logistik", minutes="Dibahas.")
    return made


def step(name, meeting, *more):
    return reverse(f"roadmap:{name}", args=[meeting.number, *more])


def text(answer):
    """Give what a reader sees, without markup and line breaks."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def body(client, place):
    return client.get(place).content.decode()


@pytest.fixture
def closed(meeting):
    return committee_factories.close(meeting)


def test_one_chooses_what_to_correct(secretariat, closed):
    page = secretariat.get(step("meeting-correct", closed))

    item = closed.agenda.get()
    for what in ("date", "place", f"agenda:{item.pk}", f"minutes:{item.pk}"):
        assert f'href="?what={what}"' in page.content.decode()


@pytest.mark.parametrize("what", ["", "place", "cuaca"])
@pytest.mark.parametrize("status", ["draft", "open"])
def test_before_the_meeting_is_closed_there_is_no_form_to_fill(secretariat, meeting, status, what):
    type(meeting).objects.filter(pk=meeting.pk).update(status=status)

    answer = secretariat.get(step("meeting-correct", meeting), {"what": what})

    assert answer.status_code == 409
    assert "This meeting is not closed yet" in text(answer)
    assert "hold no such part" not in text(answer)
    assert 'name="reason"' not in answer.content.decode()


def test_sent_before_it_is_closed_what_was_typed_stays_and_nothing_is_kept(secretariat, meeting):
    mine = sent() | {"what": "place", "new": "Istana", "reason": "Salah."}

    answer = secretariat.post(step("meeting-correct", meeting), mine)

    assert answer.status_code == 422
    assert "This meeting is not closed yet; change its minutes there." in text(answer)
    assert 'value="Istana"' in answer.content.decode()
    assert not meeting.corrections.exists()


def test_what_stands_is_there_to_be_mended(secretariat, closed):
    what = f"minutes:{closed.agenda.get().pk}"

    page = secretariat.get(step("meeting-correct", closed), {"what": what})

    assert page.context["form"].initial["new"] == "Dibahas."


@pytest.mark.parametrize(
    ("what", "typed", "stands"),
    [
        ("date", {"new": "2018-09-25"}, "25 September 2018"),
        ("place", {"new": "Istana"}, "Istana"),
        ("attendance", {"presence": "excused", "people": "Perry"}, "Excused · Perry"),
    ],
)
def test_each_kind_has_its_own_fields(secretariat, closed, what, typed, stands):
    if what == "attendance":
        what += f":{factories.Institution.objects.get(code='BI').pk}"
    fields = {"what": what, "reason": "Salah tulis.", "version": 0, **typed}

    answer = secretariat.post(step("meeting-correct", closed), sent() | fields)

    assert answer.status_code == 302
    assert f"<ins>{stands}</ins>" in body(secretariat, closed.get_absolute_url())


def test_an_unknown_part_is_told(secretariat, closed):
    place = step("meeting-correct", closed)

    assert "hold no such part" in text(secretariat.get(place, {"what": "cuaca"}))

    assert "hold no such part" in text(secretariat.post(place, sent()))
    answer = secretariat.post(place, sent(what="cuaca", new="Istana", reason="Salah tulis."))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert [one.text for one in answer.context["typed"]] == ["Istana", "Salah tulis."]
    assert "Istana</textarea>" in answer.content.decode()


def test_the_second_of_two_sees_what_the_first_put_there(secretariat, closed):
    mine = sent() | {"what": "place", "new": "Istana", "reason": "Salah."}
    services.correct_minutes(
        meeting=closed,
        attempt=attempt(secretariat.member),
        correction=services.Correction("place", "Bappenas", "Pindah."),
    )

    answer = secretariat.post(step("meeting-correct", closed), mine)

    assert answer.status_code == 409
    assert "<mark>Bappenas</mark>" in answer.content.decode()
    assert closed.corrections.count() == 1


def test_the_reason_is_asked_for(secretariat, closed):
    mine = sent() | {"what": "place", "new": "Istana", "reason": ""}

    answer = secretariat.post(step("meeting-correct", closed), mine)

    assert answer.status_code == 422
    assert 'value="Istana"' in answer.content.decode()
    assert not closed.corrections.exists()


class TestDecisionsAndAnswers:
    """Who carries a decision out, by when, and what was answered to an advice, and why."""

    @pytest.fixture
    def whats(self, meeting):
        """Name the passages of a closed meeting with a decision and an answer."""
        sari = factories.member(name="Rudi")
        decision = committee_factories.decision(meeting, responsible=sari)
        advice = committee_factories.advice(answered=True, answered_at=meeting)
        committee_factories.close(meeting)
        parts = {"carried_by": decision, "by_when": decision, "answer": advice}
        named = {part: f"{part}:{thing.pk}" for part, thing in parts.items()}
        return named | {"answer_why": f"answer_why:{advice.pk}"}

    def put(self, client, meeting, what, **typed):
        fields = {"what": what, "reason": "Salah tulis.", "version": 0, **typed}
        return client.post(step("meeting-correct", meeting), sent() | fields)

    def test_each_can_be_chosen(self, secretariat, meeting, whats):
        page = body(secretariat, step("meeting-correct", meeting))
        minutes = body(secretariat, meeting.get_absolute_url())

        for what in whats.values():
            assert f'href="?what={what}"' in page
            assert f"?what={what}" in minutes

    @pytest.mark.parametrize(
        ("part", "typed", "stood", "stands"),
        [
            ("carried_by", {"institution": "BI", "responsible": ""}, "Rudi", "Bank Indonesia"),
            ("carried_by", {"institution": "", "responsible": ""}, "Rudi", "nobody named"),
            ("by_when", {"new": "2018-12-31"}, "no date", "31 December 2018"),
            ("answer", {"new": "partly"}, "Accepted", "Accepted in part"),
            ("answer_why", {"new": "Terlalu luas."}, "Sejalan.", "Terlalu luas."),
        ],
    )
    def test_each_is_corrected_in_words(
        self, secretariat, meeting, whats, part, typed, stood, stands
    ):
        if typed.get("institution"):
            bank = factories.Institution.objects.get(code=typed["institution"])
            typed = typed | {"institution": bank.pk}

        answer = self.put(secretariat, meeting, whats[part], **typed)

        assert answer.status_code == 302
        shown = body(secretariat, meeting.get_absolute_url())
        assert f"<del>{stood}</del> <ins>{stands}</ins>" in shown

    @pytest.mark.parametrize(
        ("part", "typed", "told"),
        [
            ("carried_by", {"institution": "99999"}, "Choose an institution from the list."),
            ("carried_by", {"responsible": "Sari"}, "Choose a person from the list."),
            ("carried_by", {"responsible": "9" * 30}, "Choose a person from the list."),
            ("by_when", {"new": "2018-02-30"}, "Give a day that exists, such as 2018-12-31."),
            ("by_when", {"new": "1018-02-20"}, "Give a day between 2000 and 2100."),
            ("answer", {"new": "mungkin"}, "Select a valid choice."),
            ("answer_why", {"new": ""}, "This field is required."),
        ],
    )
    def test_what_does_not_exist_is_told_and_the_reason_stays(
        self, secretariat, meeting, whats, part, typed, told
    ):
        answer = self.put(secretariat, meeting, whats[part], **typed)

        assert answer.status_code == 422
        assert told in text(answer)
        assert "Salah tulis." in answer.content.decode()
        assert not meeting.corrections.exists()

    def test_what_stands_is_chosen_already(self, secretariat, meeting, whats):
        page = secretariat.get(step("meeting-correct", meeting), {"what": whats["carried_by"]})

        assert (
            '<option value="{}" selected>Rudi</option>'.format(
                page.context["form"].initial["responsible"]
            )
            in page.content.decode()
        )

    def test_declining_what_is_carried_out_says_why_not(self, secretariat, meeting, whats):
        factories.action(advice=meeting.answers.get())

        answer = self.put(secretariat, meeting, whats["answer"], new="declined")

        assert answer.status_code == 422
        assert "Actions or decisions carry this advice out" in text(answer)
        assert not meeting.corrections.exists()

    def test_the_second_of_two_sees_whom_the_first_named(self, secretariat, meeting, whats):
        bank = factories.Institution.objects.get(code="BI")
        services.correct_minutes(
            meeting=meeting,
            attempt=attempt(secretariat.member),
            correction=services.Correction(whats["carried_by"], f"{bank.pk}:", "Salah."),
        )

        answer = self.put(secretariat, meeting, whats["carried_by"], institution="")

        assert answer.status_code == 409
        assert "<mark>Bank Indonesia</mark>" in answer.content.decode()
        assert meeting.corrections.count() == 1
