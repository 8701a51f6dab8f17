"""What the profile page says somebody's settings come to, and that it is so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from committee.clock import Moment
from committee.models import Member
from roadmap.rules import preferences as rules
from roadmap.selectors import preferences
from roadmap.services import bundling
from tests import factories
from tests.committee.test_profile import form
from tests.factories import TODAY, days, moment
from tests.roadmap.reminding import a_day, action

pytestmark = pytest.mark.django_db
PROFILE = reverse("committee:profile")


def said(member, day=TODAY, hour=9):
    member = Member.objects.select_related("deputy").get(pk=member.pk)
    with translation.override("en"):
        return preferences.effects(member, Moment(moment(day, hour), day, None))


def away(**fields):
    values = {"name": "Sari", "paused_from": days(7), "paused_until": days(11)}
    return factories.member(**values | fields)


def test_the_next_letter_is_named_by_day_hour_and_zone():
    (sentence,) = said(factories.member(letter_hour=7, time_zone="Asia/Makassar"))

    assert sentence == (
        "Your next letter: Tuesday 25 September 2018, 07:00 WITA (Makassar), if there is something"
        " new to say."
    )


class TestWhileAway:
    def test_the_deputy_is_named(self):
        sari = away(deputy=factories.member(name="Budi"))

        assert said(sari)[1] == (
            "While you are away, 1 October 2018 to 5 October 2018, Budi gets your reminders."
        )

    def test_without_a_deputy_the_lead_of_ones_work_is(self):
        sari, place = away(), factories.workstream()
        factories.seat(factories.member(name="Rina"), place)
        action(place, sari, days(9))

        assert said(sari)[1].endswith("Rina gets your reminders, for you have named no deputy.")

    def test_a_deputy_who_is_away_then_is_said_to_be(self):
        factories.member("secretariat", name="Tim")
        sari = away(deputy=away(name="Budi"))

        assert said(sari)[1].endswith(
            "the secretariat gets your reminders, for Budi cannot be told then."
        )

    def test_nobody_left_is_said_plainly(self):
        assert "nobody can be told" in said(away())[1]

    def test_days_away_that_are_over_are_not_spoken_of(self):
        assert len(said(away(paused_from=days(-5), paused_until=days(-1)))) == 1

    def test_whoever_is_named_gets_the_letter(self):
        """The sentence is the planner's own answer: the letter of that day proves it."""
        sari, place = away(paused_from=TODAY), factories.workstream()
        rina = factories.member(name="Rina")
        factories.seat(rina, place)
        action(place, sari, days(-1))

        assert set(a_day(TODAY)) == {rina}
        assert "Rina gets your reminders" in said(sari)[1]


@pytest.mark.parametrize("chosen", ["12345", "3", "15"])
@pytest.mark.parametrize(
    ("hour", "zone"), [(8, "Asia/Jakarta"), (0, "Asia/Jayapura"), (23, "Asia/Jayapura")]
)
def test_the_moment_promised_is_the_first_that_is_bundled(hour, zone, chosen):
    """Walk hour by hour over nine days: nothing is bundled before its moment, nor passed over."""
    member = factories.member(letter_hour=hour, time_zone=zone, letter_days=chosen)
    habit = preferences.habit(member)
    hours = [moment(TODAY, 0) + timedelta(hours=n) for n in range(9 * 24)]
    bundled = {day for one in hours if (day := bundling.letter_day(member, one))}

    promised = {rules.next_letter(one, habit, None) for one in hours}

    made = {bundling.letter_moment(member, day) for day in bundled}
    assert {one for one in made if one > hours[0]} == {one for one in promised if one <= hours[-1]}


class TestOnThePage:
    @pytest.fixture
    def sari(self, client):
        sari = factories.member(name="Sari", language="en")
        client.force_login(sari)
        return sari

    def test_days_and_mentions_are_saved_and_their_effect_is_said(self, client, sari):
        sent = form(language="en", letter_days=["3", "1"], mentions_by_mail="")

        page = client.post(PROFILE, sent, follow=True).content.decode()

        sari.refresh_from_db()
        assert (sari.letter_days, sari.mentions_by_mail) == ("13", False)
        assert "Your next letter: " in page
        assert "Saved." in page

    def test_the_form_shows_what_is_chosen(self, client, sari):
        Member.objects.filter(pk=sari.pk).update(letter_days="24")

        page = client.get(PROFILE).content.decode()

        ticked = [n for n in "12345" if f'value="{n}"' in page and _is_ticked(page, n)]
        assert ticked == ["2", "4"]

    def test_without_a_day_it_is_refused_in_words_and_what_was_typed_stays(self, client, sari):
        answer = client.post(PROFILE, form(language="en", name="Sari Baru", letter_days=[]))

        assert answer.status_code == 422
        assert "Choose at least one day." in answer.content.decode()
        assert "Sari Baru" in answer.content.decode()


def _is_ticked(page, number):
    start = page.index(f'name="letter_days" value="{number}"')
    return "checked" in page[start : page.index(">", start)]
