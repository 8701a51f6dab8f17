"""What became of letters: counts that open what they count, a state in words, and trying again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from committee import gate
from committee.enums import HoldReason, LetterKind
from committee.models import Letter
from roadmap.selectors import letter_states
from tests import factories
from tests.doors import Walker
from tests.factories import TODAY
from tests.stage.mail import letter

pytestmark = pytest.mark.django_db

LETTERS = reverse("roadmap:letters")
AGAIN = reverse("roadmap:letters-resend")
SENT = {"state": "sent", "sent_at": timezone.now()}
FAILED = {"state": "failed", "last_error": "poison"}


def failed(recipient, key="gagal", **fields):
    return letter(recipient, key, **FAILED | fields)


def yes(version=0):
    return {"version": version, "token": str(uuid4())}


@pytest.fixture
def secretariat(client):
    member = factories.member("secretariat", language="en")
    client.force_login(member)
    return member


def test_every_count_opens_what_it_counts(client, secretariat):
    sari = factories.member()
    letter(sari, "1", **SENT, in_doubt=1)
    letter(sari, "2", **SENT)
    failed(sari, "3")
    letter(sari, "4", state="held")
    letter(secretariat, "5")

    for page in (LETTERS, f"{LETTERS}?person={sari.pk}&state=sent"):
        doors = Walker(client).doors(page)
        assert {door.words.rpartition(" ")[0] for door in doors} >= {"Failed", "In doubt", "Held"}
        assert [door for door in doors if not door.is_right] == []


def test_a_member_counts_their_own_letters_alone(client):
    sari = factories.member(language="en")
    letter(sari, "1")
    letter(factories.member(), "2")
    client.force_login(sari)

    page = client.get(LETTERS)

    assert [door.count for door in page.context["doors"] if door.state == ""] == [1]
    assert "roadmap:letters-resend" not in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "It leaves with the next round of the worker."),
        ({"not_before": timezone.now() + timedelta(hours=1)}, "It is tried from "),
        (
            {"not_before": timezone.now() + timedelta(hours=1), "last_error": "4.2.0 busy"},
            "The last try failed; it is tried again from ",
        ),
        ({"state": "held"}, "Letters are held since "),
        (SENT, "The mail server accepted it."),
        (SENT | {"in_doubt": 1}, "It may have arrived twice"),
        (FAILED | {"last_error": "in doubt twice", "in_doubt": 2}, "It may have arrived already"),
        (
            FAILED | {"last_error": "permanent: 5.1.1 unknown"},
            "Refused by the mail server for good: 5.1.1 unknown. Nothing more is tried until",
        ),
        ({"state": "cancelled", "last_error": "verified"}, "Verified meanwhile. It is not sent."),
    ],
)
def test_a_state_is_explained(fields, said):
    gate.hold(HoldReason.RESTORED)
    mine = letter(factories.member(), "x", **fields)

    with translation.override("en"):
        assert said in letter_states.explain(mine)


def test_a_failed_letter_is_sent_again_from_its_page(client, secretariat):
    mine = failed(factories.member())
    place = reverse("roadmap:letter-resend", args=[mine.pk])

    page = client.get(mine.get_absolute_url()).content.decode()
    client.post(place, yes())

    assert place in page
    mine.refresh_from_db()
    assert mine.state == "pending"
    assert place not in client.get(mine.get_absolute_url()).content.decode()


def test_who_may_not_decide_sees_no_button(client):
    client.force_login(factories.member("admin"))
    mine = failed(factories.member())
    place = reverse("roadmap:letter-resend", args=[mine.pk])

    assert place not in client.get(mine.get_absolute_url()).content.decode()
    assert client.post(place, yes()).status_code == 403
    mine.refresh_from_db()
    assert mine.state == "failed"


def test_a_link_grown_too_old_is_refused_in_words(client, secretariat):
    old = timezone.now() - timedelta(days=1)
    mine = failed(factories.member(), kind=LetterKind.INVITATION, expires_at=old)

    answer = client.post(reverse("roadmap:letter-resend", args=[mine.pk]), yes())

    assert answer.status_code == 422
    assert "Its link would be too old by now" in answer.content.decode()
    mine.refresh_from_db()
    assert mine.state == "failed"


def test_all_that_failed_is_sent_again_as_filtered(client, secretariat):
    sari, budi = factories.member(), factories.member()
    wanted = [failed(sari, str(number)) for number in range(3)]
    left = [failed(budi, "4"), letter(sari, "5", state="cancelled", last_error="verified")]
    place = f"{AGAIN}?person={sari.pk}"

    listed = client.get(f"{LETTERS}?person={sari.pk}").content.decode()
    asked = client.get(place)
    client.post(place, yes(version=3))

    assert "Send 3 failed letters again" in listed
    assert "3 letters that failed are tried again" in asked.content.decode()
    states = dict(Letter.objects.values_list("pk", "state"))
    assert {states[one.pk] for one in wanted} == {"pending"}
    assert [states[one.pk] for one in left] == ["failed", "cancelled"]


def test_should_their_number_have_changed_it_asks_once_more(client, secretariat):
    for number in range(2):
        failed(factories.member(), str(number))

    answer = client.post(AGAIN, yes(version=1))

    assert answer.status_code == 409
    assert "2 letters that failed" in answer.content.decode()
    assert "Please look once more" in answer.content.decode()
    assert set(Letter.objects.values_list("state", flat=True)) == {"failed"}
    again = answer.context["form"]
    assert client.post(AGAIN, yes(version=again.data["version"])).status_code == 302


def test_a_letter_shows_the_address_used_and_the_answer(client, secretariat):
    sari = factories.member(email="baru@demo.test")
    mine = failed(sari, address="lama@demo.test", last_code=550, last_error="permanent: 5.1.1 no")

    page = client.get(mine.get_absolute_url()).content.decode()

    for said in ("lama@demo.test", "today it is baru@demo.test", "550", mine.message_id[1:9]):
        assert said in page


def test_nothing_asked_for_is_said_kindly(client, secretariat):
    assert "No letter yet" in client.get(LETTERS).content.decode()
    assert "No letter matches" in client.get(LETTERS, {"since": str(TODAY)}).content.decode()
