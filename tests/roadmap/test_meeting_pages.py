"""The list of meetings, the page of one, and every step that is taken from there."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from committee.models import Attendance, Meeting
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.roadmap.forms import sent, state
from tests.stage.meetings import correction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
LIST, NEW = reverse("roadmap:meetings"), reverse("roadmap:meeting-create")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en", name="Sari"))


@pytest.fixture
def reader(client_of):
    return client_of(factories.member("viewer", language="en"))


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


def point(**fields):
    return {"title": "Pajak", "order": "2"} | fields


class TestList:
    def test_it_says_what_to_do_while_there_is_none(self, secretariat, reader):
        assert "Plan the first meeting" in text(secretariat.get(LIST))
        assert "The secretariat plans the first one" in text(reader.get(LIST))

    def test_it_counts_points_and_decisions_and_opens_them(self, reader, meeting):
        committee_factories.decision(meeting)
        committee_factories.decision(meeting)

        page = reader.get(LIST)

        assert "Meeting 12" in text(page)
        assert f'href="{meeting.get_absolute_url()}#agenda">1 point</a>' in page.content.decode()
        assert f'href="{meeting.get_absolute_url()}#decisions">2 decisions<' in (
            page.content.decode()
        )
        shown = reader.get(meeting.get_absolute_url()).content.decode()
        assert shown.count('class="point"') == 1
        assert shown.count('<li id="decision-') == 2

    def test_the_newest_comes_first_and_25_fit_a_page(self, reader):
        for number in range(1, 31):
            committee_factories.meeting(number=number, date=days(number))

        first, second = reader.get(LIST), reader.get(f"{LIST}?page=2")

        assert [m.number for m in first.context["page_obj"]] == list(range(30, 5, -1))
        assert [m.number for m in second.context["page_obj"]] == list(range(5, 0, -1))
        assert "30 meetings" in text(first)


class TestPage:
    def test_it_shows_who_came_what_was_said_and_what_was_decided(self, reader, meeting):
        place = factories.institution("OJK", title="Otoritas Jasa Keuangan")
        Attendance.objects.create(
            meeting=meeting, institution=place, presence="present", people="Wimboh"
        )
        decision = committee_factories.decision(
            meeting, agenda_item=meeting.agenda.get(), number=1, due_date=days(9), institution=place
        )
        advice = committee_factories.advice(answered=True, answered_at=meeting)

        page = reader.get(meeting.get_absolute_url())

        seen = text(page)
        for words in ("Present · Wimboh", "not recorded", "Dibahas.", "by 3 October 2018"):
            assert words in seen
        assert "1 of 2 institutions present" in seen
        assert decision.get_absolute_url() in page.content.decode()
        assert advice.get_absolute_url() in page.content.decode()
        assert "Accepted" in seen

    def test_each_point_leads_to_what_it_is_about(self, secretariat, reader, meeting):
        milestone = factories.milestone(due_date=days(-3))
        secretariat.post(
            step("agenda-propose", meeting), sent(meeting, about=[f"milestone:{milestone.pk}"])
        )

        page = reader.get(meeting.get_absolute_url())

        assert milestone.get_absolute_url() in page.content.decode()

    def test_a_point_about_what_is_gone_stays_readable(self, reader, meeting):
        meeting.agenda.update(about="advice:999999")

        assert "Logistik" in text(reader.get(meeting.get_absolute_url()))

    def test_it_offers_only_what_this_reader_may_do_now(
        self, client_of, secretariat, reader, meeting
    ):
        chair = client_of(factories.member("chair", language="en"))
        place, close = meeting.get_absolute_url(), step("meeting-close", meeting)
        attend, decide = step("meeting-attend", meeting), step("decision-create", meeting)

        for link, seen_by in ((close, [secretariat, chair]), (attend, [secretariat])):
            offered = [
                one for one in (secretariat, chair, reader) if f'"{link}"' in body(one, place)
            ]
            assert offered == seen_by
        assert f'"{decide}' in body(secretariat, place)
        committee_factories.close(meeting)
        for link in (close, attend, decide):
            assert f'"{link}' not in body(secretariat, place)
        assert step("meeting-correct", meeting) in body(secretariat, place)
        assert step("meeting-correct", meeting) not in body(chair, place)

    def test_a_correction_stands_beside_what_it_corrects(self, reader, meeting):
        item = meeting.agenda.get()
        closed = committee_factories.close(meeting)
        by = factories.member("secretariat", name="Sari")
        for old, new in (("Dibahas.", "Ditunda."), ("Ditunda.", "Disepakati.")):
            correction(
                closed, part="minutes", agenda_item=item, old=old, new=new, by=by, reason="Salah."
            )

        page = reader.get(closed.get_absolute_url())

        for part in ("<del>Dibahas.</del> <ins>Ditunda.</ins>", "<ins>Disepakati.</ins>"):
            assert part in page.content.decode()
        assert 'class="history-note">Disepakati.</p>' in page.content.decode()
        assert "Sari, 24 September 2018: Salah." in text(page)

    def test_an_unknown_number_is_not_found(self, secretariat, meeting):
        for number in (999, 10**30):
            place = reverse("roadmap:meeting", args=[number])
            assert secretariat.get(place).status_code == 404
        edit = reverse("roadmap:agenda-edit", args=[meeting.number, 10**30])
        assert secretariat.get(edit).status_code == 404

    def test_a_point_of_another_meeting_is_not_found(self, secretariat, meeting):
        other = committee_factories.meeting()

        answer = secretariat.get(step("agenda-edit", other, meeting.agenda.get().pk))

        assert answer.status_code == 404


def body(client, place):
    return client.get(place).content.decode()


class TestSteps:
    def test_a_meeting_from_plan_to_locked_minutes(self, secretariat):
        proposed = secretariat.get(NEW).context["form"].initial["number"]
        answer = secretariat.post(NEW, sent(number=proposed, date="2018-10-01", place="Istana"))
        made = Meeting.objects.get()
        assert (answer["Location"], made.number) == (made.get_absolute_url(), 1)

        secretariat.post(step("agenda-add", made), sent(made, **point(order="1")))
        secretariat.post(step("meeting-open", made), sent(made))
        item = made.agenda.get()
        secretariat.post(
            step("agenda-edit", made, item.pk),
            sent(made, **point(order="1", presenter="Kominfo", minutes="Disepakati.")),
        )
        answer = secretariat.post(step("meeting-close", made), sent(made), follow=True)

        assert "its minutes are locked" in text(answer)
        made.refresh_from_db()
        assert (made.status, made.closed_by) == ("closed", secretariat.member)
        assert made.agenda.get().minutes == "Disepakati."

    def test_closing_says_what_it_locks_and_what_is_missing(self, secretariat, meeting):
        committee_factories.agenda_item(meeting)

        seen = text(secretariat.get(step("meeting-close", meeting)))

        assert "2 points of the agenda with their minutes (1 without minutes)" in seen
        assert "0 institutions present (1 not recorded)" in seen

    def test_attendance_is_one_form_for_all(self, secretariat, meeting):
        seats = [factories.institution(committee_role="member") for _ in range(2)]
        fields = {f"presence_{one.pk}": "present" for one in seats}

        secretariat.post(step("meeting-attend", meeting), sent(meeting, **fields))

        assert meeting.attendance.filter(presence="present").count() == 2

    def test_people_without_a_presence_are_asked_for_it(self, secretariat, meeting):
        place = factories.institution(committee_role="chair")
        before = state(meeting)

        answer = secretariat.post(
            step("meeting-attend", meeting), sent(meeting, **{f"people_{place.pk}": "Darmin"})
        )

        assert answer.status_code == 422
        assert 'value="Darmin"' in answer.content.decode()
        assert state(meeting) == before

    def test_several_proposals_are_taken_at_once(self, secretariat, meeting):
        ticked = [f"advice:{committee_factories.advice().pk}" for _ in range(3)]
        page = secretariat.get(step("agenda-propose", meeting))
        assert page.content.decode().count('name="about"') == 3

        secretariat.post(step("agenda-propose", meeting), sent(meeting, about=ticked[:2]))

        assert set(meeting.agenda.exclude(about="").values_list("about", flat=True)) == set(
            ticked[:2]
        )
        again = secretariat.get(step("agenda-propose", meeting))
        assert again.content.decode().count('name="about"') == 1

    def test_what_is_beyond_the_page_by_now_can_still_be_taken(
        self, secretariat, meeting, monkeypatch
    ):
        shown = committee_factories.advice(given_on=TODAY)
        monkeypatch.setattr("roadmap.selectors.proposals.MOST", 1)
        committee_factories.advice(given_on=days(-30))

        answer = secretariat.post(
            step("agenda-propose", meeting), sent(meeting, about=[f"advice:{shown.pk}"])
        )

        assert answer.status_code == 302
        assert meeting.agenda.filter(about=f"advice:{shown.pk}").exists()

    def test_it_says_so_when_nothing_waits(self, secretariat, meeting):
        seen = text(secretariat.get(step("agenda-propose", meeting)))

        assert "Nothing waits for the committee" in seen

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("meeting-edit", {"number": "0", "date": "2018-10-01", "place": "x"}),
            ("meeting-edit", {"number": "3", "date": "besok", "place": "x"}),
            ("meeting-edit", {"number": "3", "date": "2018-10-01", "place": ""}),
            ("meeting-edit", {"number": "3", "date": "2018-10-01", "place": "x" * 201}),
            ("agenda-add", {"title": "", "order": "1"}),
            ("agenda-add", {"title": "x\x00y", "order": "1"}),
            ("agenda-add", {"title": "x", "order": "1e9"}),
            ("agenda-add", {"title": "x", "order": "1", "minutes": "y" * 20_001}),
            ("agenda-propose", {}),
            ("agenda-propose", {"about": "obstacle:99"}),
            ("agenda-propose", {"about": "'; DROP"}),
            ("meeting-correct", {"what": "place", "new": "x", "reason": "y"}),
            ("meeting-correct", {}),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_nothing_changes(
        self, secretariat, meeting, name, fields
    ):
        before = state(meeting)

        answer = secretariat.post(step(name, meeting), sent(meeting, **fields))

        assert answer.status_code == 422
        assert state(meeting) == before
        assert meeting.agenda.count() == 1

    def test_a_taken_number_is_told_and_the_text_stays(self, secretariat, meeting):
        fields = {"number": meeting.number, "date": "2018-10-01", "place": "Istana"}

        answer = secretariat.post(NEW, sent(**fields))

        assert answer.status_code == 422
        assert "There is a meeting with this number already." in text(answer)
        assert 'value="Istana"' in answer.content.decode()

    @pytest.mark.parametrize(
        "name", ["meeting-edit", "meeting-close", "meeting-attend", "agenda-add", "agenda-propose"]
    )
    def test_looking_changes_nothing(self, secretariat, meeting, name):
        before = state(meeting)

        assert secretariat.get(step(name, meeting)).status_code == 200
        assert state(meeting) == before

    def test_a_point_removed_twice_is_gone_and_says_so(self, secretariat, reader, meeting):
        item = meeting.agenda.get()
        place, again = step("agenda-remove", meeting, item.pk), sent(meeting)
        assert secretariat.post(place, again).status_code == 302
        before = state(meeting)

        answer = secretariat.post(place, again, follow=True)

        assert answer.redirect_chain == [(meeting.get_absolute_url(), 302)]
        assert "This point was taken off the agenda already." in text(answer)
        assert state(meeting) == before
        assert secretariat.get(place).status_code == 404
        assert secretariat.post(place).status_code == 404
        assert reader.post(place, again).status_code == 403


class TestTogether:
    """Two people minute one meeting: the second sees both and keeps what they typed."""

    def stale(self, secretariat, meeting, name, *more, **fields):
        mine = sent(meeting, **fields)
        first = point(title="Punya mereka")
        secretariat.post(step("agenda-add", meeting), sent(meeting, **first))
        before = state(meeting)

        answer = secretariat.post(step(name, meeting, *more), mine)

        assert answer.status_code == 409
        assert state(meeting) == before
        return answer.content.decode()

    def test_a_new_point(self, secretariat, meeting):
        page = self.stale(secretariat, meeting, "agenda-add", **point(title="Punya saya"))

        assert "<mark>1. Logistik; 2. Punya mereka</mark>" in page
        assert 'value="Punya saya"' in page

    def test_a_point_being_minuted(self, secretariat, meeting):
        item = meeting.agenda.get()
        typed = point(title="Logistik", minutes="Catatan saya")

        page = self.stale(secretariat, meeting, "agenda-edit", item.pk, **typed)

        assert "<mark>Dibahas.</mark>" in page
        assert page.count("Catatan saya") == 2

    def test_the_attendance(self, secretariat, meeting):
        place = factories.institution(committee_role="chair", title="Kemenko")
        typed = {f"presence_{place.pk}": "present", f"people_{place.pk}": "Darmin"}

        page = self.stale(secretariat, meeting, "meeting-attend", **typed)

        assert "<mark>Present · Darmin</mark>" in page
        assert 'value="Darmin"' in page

    @pytest.mark.parametrize("name", ["meeting-close", "agenda-propose", "meeting-edit"])
    def test_the_other_steps(self, secretariat, meeting, name):
        advice = committee_factories.advice(subject="Satu data")
        typed = {"about": [f"advice:{advice.pk}"], "number": "77", "date": "2018-10-01"}

        page = self.stale(secretariat, meeting, name, place="Istana", **typed)

        assert "Somebody saved before you" in page

    def test_saving_again_is_a_decision(self, secretariat, meeting):
        self.stale(secretariat, meeting, "agenda-add", **point(title="Punya saya"))

        secretariat.post(step("agenda-add", meeting), sent(meeting, **point(title="Punya saya")))

        assert meeting.agenda.filter(title="Punya saya").exists()
