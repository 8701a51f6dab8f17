"""Since when the page of changes counts: a meeting, a day, or what it begins with."""

from __future__ import annotations

import pytest
from django.urls import reverse

from roadmap.selectors.since import Section
from tests import committee_factories as committee
from tests import factories
from tests.factories import days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

HERE = reverse("roadmap:changes")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


def text(answer):
    return " ".join(answer.content.decode().split())


class TestSince:
    def test_it_begins_with_the_latest_closed_meeting(self, secretariat):
        committee.meeting(number=1, date=days(-60), closed=True)
        latest = committee.meeting(number=2, date=days(-20), closed=True)
        committee.meeting(number=3, date=days(-1))

        since = secretariat.get(HERE).context["since"]

        assert (since.meeting, since.day) == (latest, days(-20))

    def test_without_a_meeting_it_begins_thirty_days_ago(self, secretariat):
        since = secretariat.get(HERE).context["since"]

        assert (since.meeting, since.day) == (None, days(-30))

    def test_a_meeting_and_a_day_can_be_chosen(self, secretariat):
        meeting = committee.meeting(number=7, date=days(-40))

        by_meeting = secretariat.get(HERE, {"since": "meeting:7"})
        by_day = secretariat.get(HERE, {"since": "2018-08-17"})

        assert by_meeting.context["since"].meeting == meeting
        assert '<option value="meeting:7" selected>' in text(by_meeting)
        assert str(by_day.context["since"].day) == "2018-08-17"
        assert 'value="2018-08-17"' in text(by_day)

    def test_a_meeting_only_planned_was_not_held(self, secretariat):
        committee.meeting(number=7, date=days(-40), status="draft")

        answer = secretariat.get(HERE, {"since": "meeting:7"})

        assert answer.context["since"].meeting is None
        assert "names no meeting held and no past day; it was ignored." in text(answer)

    @pytest.mark.parametrize(
        "bad",
        [
            "kapan",
            "meeting:99",
            "meeting:x",
            "meeting:²",
            f"meeting:{2**70}",
            "2018-13-01",
            "2018-09-25",
            "1999-12-31",
            "<b>",
            "2018-09-01\x00",
        ],
    )
    def test_a_bad_one_gets_a_sentence(self, secretariat, bad):
        answer = secretariat.get(HERE, {"since": bad})

        assert answer.status_code == 200
        assert "names no meeting held and no past day; it was ignored." in text(answer)
        assert "<b>" not in answer.content.decode()

    def test_an_unknown_section_gets_one_too(self, secretariat):
        answer = secretariat.get(HERE, {"section": "semua"})

        assert "“semua” is not known here; it was ignored." in text(answer)
        assert len(answer.context["sections"]) == len(Section)

    def test_a_meeting_still_to_come_or_a_draft_is_no_choice(self, secretariat):
        committee.meeting(number=8, date=days(3))
        committee.meeting(number=9, status="draft")

        assert secretariat.get(HERE).context["meetings"] == []
