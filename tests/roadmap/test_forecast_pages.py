"""What a person sees of the letters to come, and of what was told of one item."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from committee.models import Letter, Member
from roadmap.enums import Outlook, Status
from tests import factories
from tests.factories import TODAY, days
from tests.roadmap.reminding import action, plan, post, prepare

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
FORECAST = reverse("roadmap:forecast")


@pytest.fixture
def place():
    return factories.workstream("CYB")


@pytest.fixture
def owner():
    return factories.member(name="Sari", language="en")


@pytest.fixture
def secretariat():
    return factories.member("secretariat", name="Dewi", language="en")


def page(client, address=FORECAST):
    """Give a page's words, each run of spaces as one."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def reminders_of(thing):
    kind, key = ("action", thing.code) if hasattr(thing, "code") else ("milestone", thing.pk)
    return reverse(f"roadmap:{kind}-reminders", args=[key])


class TestForecast:
    def test_says_who_will_be_told_what_on_which_day_and_why(
        self, client_of, place, owner, secretariat
    ):
        action(place, owner, days(9), code="CYB-01")
        action(place, None, days(9), code="CYB-02")

        shown = page(client_of(secretariat))

        assert "Wednesday, 26 September 2018 Dewi 7 days before the due date CYB-02" in shown
        why = "Why: secretariat: the action has no owner; the workstream has no lead"
        assert why in shown
        assert "Sari 7 days before the due date CYB-01" in shown
        assert "Why: owner" in shown

    def test_shows_a_member_their_own_alone(self, client_of, place, owner, secretariat):
        action(place, owner, days(9), code="CYB-01")
        action(place, None, days(9), code="CYB-02")

        shown = page(client_of(owner))

        assert "CYB-01" in shown
        assert "CYB-02" not in shown
        assert 'name="person"' not in client_of(owner).get(FORECAST).content.decode()

    def test_a_deputy_learns_whom_they_stand_in_for(self, client_of, place, owner):
        deputy = factories.member(language="en")
        away = {"paused_from": TODAY, "paused_until": days(20), "deputy": deputy}
        Member.objects.filter(pk=owner.pk).update(**away)
        action(place, owner, days(9))

        shown = page(client_of(deputy))

        assert "Why: in place of Sari (owner), who is away" in shown

    def test_is_filtered_by_person_and_day(self, client_of, place, owner, secretariat):
        action(place, owner, days(9), code="CYB-01")
        action(place, secretariat, days(9), code="CYB-02")
        client = client_of(secretariat)

        of_one = page(client, f"{FORECAST}?person={owner.pk}&day=2018-09-26")

        assert "CYB-01" in of_one
        assert "CYB-02" not in of_one
        assert "28 September" not in of_one
        assert "No letter matches" in page(client, f"{FORECAST}?day=2018-09-29")

    @pytest.mark.parametrize("asked", ["day=x", "person=x", "page=x", "person=999999999999999999"])
    def test_an_unknown_value_is_no_error(self, client_of, secretariat, asked):
        assert page(client_of(secretariat), f"{FORECAST}?{asked}")

    def test_without_news_says_so_kindly(self, client_of, secretariat):
        assert "No letter is to come" in page(client_of(secretariat))

    def test_comes_as_a_file(self, client_of, place, owner, secretariat):
        action(place, owner, days(9), code="CYB-01")

        answer = client_of(secretariat).get(f"{FORECAST}?format=csv")

        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        found = [(row["Day"], row["Recipient"], row["Code"], row["Reminder"]) for row in rows]
        assert found[0] == ("2018-09-26", "Sari", "CYB-01", "7 days before the due date")
        assert len(found) == 5  # before, 3 and 1 working days before, on the day, and after it

    def test_writes_nothing(self, client_of, place, owner, secretariat):
        action(place, owner, days(-1))

        page(client_of(secretariat))

        assert not Letter.objects.exists()
        assert plan() > 0


class TestRemindersOfOneAction:
    """ "Was she reminded?", in one screen."""

    def test_who_was_told_when_and_where_to(self, client_of, place, owner, secretariat):
        made = action(place, owner, days(-1))
        prepare()
        post()

        shown = page(client_of(secretariat), reminders_of(made))

        assert "1 day after the due date Sari · Owner" in shown
        assert f"{owner.email} " in shown
        assert "answer 250" in shown
        assert "Sent" in shown

    def test_what_waits_and_what_was_withdrawn_and_why(self, client_of, place, owner, secretariat):
        made = action(place, owner, days(1))
        plan(days(0))
        plan(days(1))

        shown = page(client_of(secretariat), reminders_of(made))

        assert "Waits for the next letter" in shown
        assert "also stands for what fell away before it, first: 7 days before" in shown
        assert "Not told a more urgent line took its place" in shown

    def test_why_nobody_was_told(self, client_of, place, owner, secretariat):
        lead = factories.member(name="Pak Lead")
        factories.seat(lead, place)
        fields = {"outlook": Outlook.WILL_BE_LATE, "expected_date": days(10)}
        made = action(place, owner, days(-7), **fields)

        shown = page(client_of(secretariat), reminders_of(made))

        assert "rests until 4 October 2018: the owner reported that it will be late" in shown

    def test_who_is_told_instead_and_why(self, client_of, place, owner, secretariat):
        Member.objects.filter(pk=owner.pk).update(is_active=False)
        made = action(place, owner, days(-1))

        shown = page(client_of(secretariat), reminders_of(made))

        assert "Dewi secretariat: Sari (owner) has no address or no open account" in shown

    def test_a_lead_who_owns_it_is_not_told_as_a_superior(self, client_of, place, secretariat):
        lead = factories.member()
        factories.seat(lead, place)
        made = action(place, lead, days(-7))

        shown = page(client_of(secretariat), reminders_of(made))

        assert "nobody: who would be told answers for it already" in shown

    def test_what_comes_next(self, client_of, place, owner, secretariat):
        made = action(place, owner, days(20))

        shown = page(client_of(secretariat), reminders_of(made))

        assert "5 October 2018 7 days before the due date · Sari" in shown  # the 7th is a Sunday

    def test_of_a_closed_one_nothing_comes(self, client_of, place, owner, secretariat):
        made = action(place, owner, days(-1), status=Status.CANCELLED, cancelled=True)

        shown = page(client_of(secretariat), reminders_of(made))

        assert "Nothing counts down" in shown
        assert "Nothing was told of it yet." in shown

    def test_an_owner_away_over_the_due_date_is_flagged_on_both_pages(
        self, client_of, place, owner, secretariat
    ):
        away = {"paused_from": days(1), "paused_until": days(20)}
        Member.objects.filter(pk=owner.pk).update(**away)
        made = action(place, owner, days(9))
        client = client_of(secretariat)

        assert "The owner, Sari, is away from 25 September 2018" in page(client, reminders_of(made))
        assert "owner away" in page(client, made.get_absolute_url())

    def test_a_shorter_pause_is_not(self, client_of, place, owner, secretariat):
        away = {"paused_from": days(4), "paused_until": days(20)}
        Member.objects.filter(pk=owner.pk).update(**away)
        made = action(place, owner, days(9))  # the first reminder, on day 2, finds them here

        assert "owner away" not in page(client_of(secretariat), made.get_absolute_url())

    def test_others_see_what_they_were_told_themselves(self, client_of, place, owner, secretariat):
        lead = factories.member(language="en")
        factories.seat(lead, place)
        made = action(place, owner, days(-7))
        prepare()
        post()

        theirs = page(client_of(lead), reminders_of(made))

        assert "3 working days after the due date" in theirs
        assert owner.email not in theirs
        assert "Who is told now" not in theirs
        assert "Nothing was told of it yet." in page(
            client_of(factories.member(language="en")), reminders_of(made)
        )

    def test_the_action_leads_there(self, client_of, place, owner, secretariat):
        made = action(place, owner, days(9))

        shown = client_of(secretariat).get(made.get_absolute_url()).content.decode()

        assert reminders_of(made) in shown


def test_of_a_milestone_of_the_whole_roadmap(client_of, secretariat):
    made = factories.milestone(due_date=days(-1))
    prepare()
    post()

    shown = page(client_of(secretariat), reminders_of(made))

    assert "1 day after the due date Dewi" in shown
    assert "Dewi secretariat" in shown
