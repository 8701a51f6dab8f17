"""The letters as their readers see them, and the strip of the rehearsal's clock."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from committee.enums import LetterKind, LetterState
from committee.models import Letter, LetterAttempt, RehearsalClock
from committee.outbox import enqueue
from roadmap.enums import Audience
from roadmap.models import Reminder
from roadmap.selectors import letters as selectors
from roadmap.services.changes import SETTLING
from tests import factories
from tests.committee.test_accounts import without_token
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

LETTERS = reverse("roadmap:letters")
_numbers = iter(range(1, 100_000))


def letter(recipient, *, sent=False, day=TODAY, **fields):
    made = enqueue(
        kind=fields.pop("kind", LetterKind.REMINDERS),
        recipient=recipient,
        policy_date=day,
        dedupe_key=f"uji:{next(_numbers)}",
    )
    if sent:
        fields |= {
            "state": LetterState.SENT,
            "sent_at": timezone.now(),
            "address": recipient.email,
            "subject": "1 terlambat",
            "text": "Yth. Sari,\nCYB-01 terlambat <b>12</b> hari.",
        }
    Letter.objects.filter(pk=made.pk).update(**fields)
    made.refresh_from_db()
    return made


def reminder(of, item, *, stage="+1d", occasion="due:0", why=""):
    return Reminder.objects.create(
        item=f"{'action' if hasattr(item, 'code') else 'milestone'}:{item.pk}",
        occasion=occasion,
        stage=stage,
        audience=Audience.OWNER,
        recipient=of.recipient,
        letter=of,
        due_at=factories.moment(TODAY),
        cancel_reason=why,
        cancelled_at=timezone.now() if why else None,
    )


@pytest.fixture
def secretariat(client):
    member = factories.member("secretariat")
    client.force_login(member)
    return member


def page(client, address=LETTERS, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_secretariat_sees_every_letter(client, secretariat):
    letter(factories.member(name="Sari", email="sari@demo.test"), sent=True)

    text = page(client)

    assert "Sari" in text
    assert "sari@demo.test" in text
    assert "1 terlambat" in text


def test_a_member_sees_their_own_letters_alone(client):
    sari, budi = factories.member(name="Sari"), factories.member(name="Budi Luhur")
    mine, other = letter(sari, sent=True), letter(budi, sent=True)
    client.force_login(sari)

    text = page(client, person=budi.pk)

    assert reverse("roadmap:letter", args=[mine.pk]) in text
    assert reverse("roadmap:letter", args=[other.pk]) not in text
    assert "Budi Luhur" not in text


def test_anothers_letter_answers_like_a_missing_one(client):
    mine = letter(factories.member(), sent=True)
    client.force_login(factories.member())

    hidden = client.get(reverse("roadmap:letter", args=[mine.pk]))
    missing = client.get(reverse("roadmap:letter", args=[10**12]))

    assert hidden.status_code == missing.status_code == 404
    assert without_token(hidden) == without_token(missing)


def test_an_absurd_number_is_not_found(client, secretariat):
    assert client.get("/letters/99999999999999999999999/").status_code == 404


def test_a_letter_shows_its_text_lines_and_attempts(client, secretariat):
    sari = factories.member(name="Sari")
    mine = letter(sari, sent=True)
    action = factories.action("CYB-01", title="Pusat aduan")
    milestone = factories.milestone(title="Pusat dibuka")
    reminder(mine, action)
    reminder(mine, milestone, stage="-14d", why="due date moved")
    LetterAttempt.objects.create(
        letter=mine,
        number=1,
        started_at=timezone.now(),
        ended_at=timezone.now(),
        outcome="sent",
        code=250,
        text="OK queued",
        worker="x:1",
    )

    text = page(client, reverse("roadmap:letter", args=[mine.pk]))

    assert "CYB-01 terlambat &lt;b&gt;12&lt;/b&gt; hari." in text
    assert "Pusat aduan" in text
    assert "Pusat dibuka" in text
    assert "OK queued" in text
    assert reverse("roadmap:action", args=["CYB-01"]) in text


def test_account_mail_shows_no_text_and_says_why(client, secretariat):
    mine = letter(factories.member(), kind=LetterKind.PASSWORD_RESET, sent=False)
    secretariat.language = "en"
    secretariat.save()

    text = page(client, reverse("roadmap:letter", args=[mine.pk]))

    assert "is not kept" in text
    assert "/akun/sandi/baru/" not in text


def test_letters_are_filtered_by_state_person_days_kind_and_institution(client, secretariat):
    bank = factories.institution("BI")
    sari = factories.member(name="Sari", institution=bank)
    budi = factories.member(name="Budi", institution=bank)
    wanted = letter(sari, sent=True)
    letter(sari)
    letter(budi, sent=True)
    letter(sari, sent=True, day=TODAY - timedelta(days=1))
    letter(sari, sent=True, day=TODAY + timedelta(days=1))
    letter(sari, sent=True, kind=LetterKind.INVITATION)
    asked = {"state": "sent", "person": sari.pk, "since": "2018-09-24", "until": "2018-09-24"}

    one = client.get(LETTERS, asked | {"kind": "reminders", "institution": bank.pk})
    other = client.get(LETTERS, asked | {"institution": factories.institution("OJK").pk})

    assert [found.pk for found in one.context["page_obj"]] == [wanted.pk]
    assert (
        len(other.context["page_obj"].object_list) == 2
    )  # nobody there has a letter: it is ignored, and said


@pytest.mark.parametrize(
    "query",
    [
        {"state": "x"},
        {"person": "abc"},
        {"person": "9" * 30},
        {"since": "31/02/2018"},
        {"until": "9999-12-31"},
        {"kind": "x", "institution": "9" * 30},
        {"page": "0"},
        {"page": "1e99"},
        {"page": "abc"},
        {"state": "\x00"},
        {"recipient__password": "x", "ordering": "-text"},
    ],
)
def test_a_strange_filter_is_never_an_error(client, secretariat, query):
    letter(secretariat)

    assert "<main" in page(client, **query)


def test_fifty_letters_a_page(client, secretariat):
    for _ in range(51):
        letter(secretariat)

    assert len(client.get(LETTERS).context["page_obj"].object_list) == 50
    assert len(client.get(LETTERS, {"page": 2}).context["page_obj"].object_list) == 1


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_list_costs_the_same_however_many_letters(
    client, secretariat, rows, django_assert_num_queries
):
    of = letter(secretariat)
    copies = [
        Letter(
            kind=of.kind,
            recipient=secretariat,
            policy_date=TODAY,
            not_before=of.not_before,
            dedupe_key=f"banyak:{n}",
            message_id=f"<{n}@x>",
        )
        for n in range(rows)
    ]
    Letter.objects.bulk_create(copies)

    with django_assert_num_queries(13):
        client.get(LETTERS)


@pytest.mark.parametrize("rows", [1, 40])
def test_a_letter_costs_the_same_however_many_lines(
    client, secretariat, rows, django_assert_num_queries
):
    mine = letter(secretariat, sent=True)
    for action in factories.actions(rows, workstream=factories.workstream()):
        reminder(mine, action)

    with django_assert_num_queries(11):
        client.get(reverse("roadmap:letter", args=[mine.pk]))


@pytest.mark.parametrize(
    ("occasion", "stage", "words"),
    [
        ("due:0", "0d", "on the due date"),
        ("due:0", "-7d", "7 days before the due date"),
        ("due:2", "+1d", "1 day after the due date"),
        ("due:0", "lead:+3wd", "3 working days after the due date"),
        ("report:2018-08-01", "+30d", "update owed"),
        ("submission:2018-08-01:3", "0d", "verification owed"),
        ("notice:12", "returned", "returned, with its reason"),
        ("notice:12", "decided", "obstacle decided"),
        ("comment:12", "mentioned", "mentioned in a comment"),
        ("request:12", "approved", "request for a new date approved"),
        ("request:12", "declined", "request for a new date declined"),
        ("answer:12", "answered", "advice answered"),
        ("answer:12", "answered:2", "advice answered"),
        ("period:12", "-3wd", "narrative owed"),
        ("due:0", "odd", "odd"),
    ],
)
def test_a_stage_is_put_into_words(occasion, stage, words):
    with translation.override("en"):
        assert selectors.stage_words(occasion, stage) == words


def test_every_reason_a_service_records_has_words():
    written = set(SETTLING.values())
    for name in ("letters", "planning", "lines", "occasions", "handovers"):
        source = Path(f"roadmap/services/{name}.py")
        if source.exists():
            written |= set(re.findall(r'return "([a-z ]+)"', source.read_text()))
    with translation.override("id"):
        missing = {why for why in written if why not in selectors._reasons()}
    assert not missing - {""}


def rehearsal(day=TODAY):
    return RehearsalClock.objects.create(day=day, target=day, since=timezone.now())


def test_the_secretariat_steps_the_clock_and_comes_back(client, secretariat):
    rehearsal()

    answer = client.post(
        reverse("roadmap:clock-step"), {"days": "7"}, HTTP_REFERER="http://testserver/actions/"
    )

    assert answer["Location"] == "http://testserver/actions/"
    assert RehearsalClock.objects.get().target == TODAY + timedelta(days=7)


@pytest.mark.parametrize("days", ["", "0", "-1", "2", "365", "abc", "1e9", "\x00"])
def test_other_steps_are_refused_in_words(client, secretariat, days):
    rehearsal()

    answer = client.post(reverse("roadmap:clock-step"), {"days": days}, follow=True)

    assert answer.status_code == 200
    assert RehearsalClock.objects.get().target == TODAY
    assert "notice-error" in answer.content.decode()


def test_the_strip_is_a_fragment_for_htmx_and_the_overview_for_others(client):
    rehearsal()

    part = client.get(reverse("roadmap:clock"), HTTP_HX_REQUEST="true")
    whole = client.get(reverse("roadmap:clock"))

    assert part.content.strip().startswith(b"<aside")
    assert whole["Location"] == reverse("roadmap:overview")


def test_a_real_roadmap_has_no_clock_to_step(client, secretariat):
    assert client.get(reverse("roadmap:clock")).status_code == 404
    assert client.post(reverse("roadmap:clock-step"), {"days": "1"}).status_code == 404
