"""Two people at one record: what one strikes while the other saves gives the other's text back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from committee.models import Decision
from roadmap import access
from roadmap.services import decisions
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY
from tests.roadmap.forms import sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
WORDS = "Kata yang diketik."


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def meeting():
    return committee.meeting(number=3)


def text(answer):
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("name", ["edit", "done"])
def test_what_was_struck_meanwhile_gives_the_text_back(secretariat, meeting, monkeypatch, name):
    gone, kept = committee.decision(meeting, effect="task"), committee.decision(meeting)
    typed = {"text": WORDS, "effect": "task"}
    typed |= {"done_on": TODAY.isoformat(), "done_note": WORDS}
    form = sent(gone, **typed)
    # Fetched before somebody else strikes it, saved after that.
    monkeypatch.setattr(access, "decision", lambda pk: gone)
    Decision.objects.filter(pk=gone.pk).delete()

    answer = secretariat.post(reverse(f"roadmap:decision-{name}", args=[gone.pk]), form)

    assert answer.status_code == 422
    assert "nothing was changed" in text(answer)
    assert WORDS in text(answer)
    assert list(Decision.objects.all()) == [kept]


def test_a_point_taken_off_meanwhile_gives_the_text_back(secretariat, meeting, monkeypatch):
    item = committee.agenda_item(meeting)
    form = sent(text=WORDS, effect="task", agenda_item=item.pk)
    lock = decisions.lock_open_meeting

    def take_off_first(meeting):
        meeting.agenda.all().delete()
        return lock(meeting)

    monkeypatch.setattr(decisions, "lock_open_meeting", take_off_first)

    answer = secretariat.post(reverse("roadmap:decision-create", args=[3]), form)

    assert answer.status_code == 422
    assert WORDS in text(answer)
    assert not Decision.objects.exists()


def test_one_struck_twice_is_gone_and_says_so(secretariat, client_of, meeting):
    decision = committee.decision(meeting)
    place = reverse("roadmap:decision-delete", args=[decision.pk])
    form = secretariat.get(place).context["form"]
    again = sent(decision, meeting=form["meeting"].value())
    assert secretariat.post(place, again).status_code == 302

    answer = secretariat.post(place, again, follow=True)

    assert answer.redirect_chain == [(meeting.get_absolute_url(), 302)]
    assert "This decision was struck already." in text(answer)
    assert secretariat.get(place).status_code == 404
    assert secretariat.post(place, again | {"meeting": 99}).status_code == 404
    assert secretariat.post(place, sent()).status_code == 404
    assert client_of(factories.member()).post(place, again).status_code == 403
