"""Planning, opening, minuting and closing a meeting."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from committee.enums import Presence
from committee.models import Attendance, Meeting
from roadmap.rules.refusals import Refused
from roadmap.selectors import meetings as selectors
from roadmap.services import meetings as services
from roadmap.services.changes import Stale
from roadmap.services.meetings import AgendaDraft, MeetingDraft, Sitting
from tests import committee_factories, factories
from tests.factories import TODAY
from tests.roadmap.services.verbs import attempt
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
DRAFT = MeetingDraft(7, date(2018, 10, 1), "Istana")


@pytest.fixture
def meeting(people):
    """Give an open meeting with two points and a decision under the first."""
    made = committee_factories.meeting()
    first = committee_factories.agenda_item(made, order=1, title="Logistik", minutes="Dibahas.")
    committee_factories.agenda_item(made, order=2, title="Pajak")
    committee_factories.decision(made, agenda_item=first)
    return made


@pytest.fixture
def institution(db):
    return factories.institution(committee_role="member")


def create(by, draft=DRAFT, *, tried=None):
    return services.create_meeting(attempt=tried or attempt(by), draft=draft)


def edit(meeting, by, draft=DRAFT, *, tried=None):
    return services.edit_meeting(
        meeting=meeting, attempt=tried or attempt(by, meeting), draft=draft
    )


def start(meeting, by, *, tried=None):
    return services.open_meeting(meeting=meeting, attempt=tried or attempt(by, meeting))


def end(meeting, by, *, tried=None):
    return services.close_meeting(meeting=meeting, attempt=tried or attempt(by, meeting))


def add(meeting, by, *, tried=None, title="Lain-lain", order=9):
    return services.add_point(
        meeting=meeting, attempt=tried or attempt(by, meeting), draft=AgendaDraft(title, order)
    )


def change(meeting, by, *, tried=None, title="Baru", order=1):
    return services.edit_point(
        meeting=meeting,
        attempt=tried or attempt(by, meeting),
        item=meeting.agenda.last(),
        draft=AgendaDraft(title, order, "Kominfo", "Disepakati."),
    )


def remove(meeting, by, *, tried=None, item=None):
    return services.remove_point(
        meeting=meeting,
        attempt=tried or attempt(by, meeting),
        item=item or meeting.agenda.order_by("order").last(),
    )


def attend(meeting, by, *, tried=None, presence=Presence.PRESENT, people="Rudi"):
    places = selectors.seated_institutions(meeting)
    sittings = [Sitting(one, presence, people) for one in places]
    return services.save_attendance(
        meeting=meeting, attempt=tried or attempt(by, meeting), sittings=sittings
    )


def propose(meeting, by, *, tried=None, abouts=()):
    return services.take_proposals(
        meeting=meeting, attempt=tried or attempt(by, meeting), abouts=abouts
    )


RUNNING = [edit, add, change, remove, attend, propose]
WRITES = [*RUNNING, end]
NOT_THE_SECRETARIAT = ["viewer", "adviser", "member", "lead", "admin"]


def titles(meeting):
    return list(meeting.agenda.order_by("order").values_list("order", "title"))


class TestPlanning:
    def test_a_new_meeting_is_a_draft(self, people):
        made = create(people.secretariat)

        assert (made.number, made.status, made.closed_on) == (7, "draft", None)
        assert selectors.next_number() == 8

    def test_a_number_is_used_once(self, people, meeting):
        create(people.secretariat)

        with unchanged(Refused) as caught:
            create(people.secretariat)
        assert caught.value.reason == "number_taken"
        with unchanged(Refused):
            edit(meeting, people.secretariat)

    def test_a_form_sent_twice_plans_one_meeting(self, people):
        mine = attempt(people.secretariat)

        assert create(None, tried=mine) == create(None, tried=mine)
        assert Meeting.objects.count() == 1

    @pytest.mark.parametrize("who", [*NOT_THE_SECRETARIAT, "chair"])
    def test_only_the_secretariat_plans_and_minutes(self, people, meeting, institution, who):
        by = getattr(people, who)

        with unchanged(PermissionDenied):
            create(by)
        for write in RUNNING:
            with unchanged(PermissionDenied):
                write(meeting, by)

    def test_its_data_can_change_until_it_is_closed(self, people, meeting):
        edit(meeting, people.secretariat)

        meeting.refresh_from_db()
        assert (meeting.number, meeting.date, meeting.place) == (7, DRAFT.date, "Istana")
        assert meeting.version == 1


class TestOpeningAndClosing:
    @pytest.mark.parametrize("who", ["secretariat", "chair"])
    def test_it_opens_then_closes_with_the_name_and_the_day(self, people, who):
        by, meeting = getattr(people, who), create(people.secretariat)

        start(meeting, by)
        end(meeting, by)

        meeting.refresh_from_db()
        assert (meeting.status, meeting.opened_on) == ("closed", TODAY)
        assert (meeting.closed_on, meeting.closed_by) == (TODAY, by)

    @pytest.mark.parametrize("who", NOT_THE_SECRETARIAT)
    def test_nobody_else_opens_or_closes(self, people, meeting, who):
        draft = committee_factories.meeting(status="draft")

        with unchanged(PermissionDenied):
            start(draft, getattr(people, who))
        with unchanged(PermissionDenied):
            end(meeting, getattr(people, who))

    def test_what_is_open_does_not_open_again(self, people, meeting):
        with unchanged(Refused) as caught:
            start(meeting, people.chair)

        assert caught.value.reason == "meeting_open"

    def test_a_draft_cannot_be_closed(self, people):
        draft = committee_factories.meeting(status="draft")

        with unchanged(Refused) as caught:
            end(draft, people.chair)

        assert caught.value.reason == "meeting_not_open"

    @pytest.mark.parametrize("step", [start, end])
    def test_what_is_closed_stays_closed(self, people, meeting, step):
        committee_factories.close(meeting)

        with unchanged(Refused) as caught:
            step(meeting, people.chair)

        assert caught.value.reason == "meeting_closed"

    @pytest.mark.parametrize("write", RUNNING)
    def test_nothing_is_written_into_a_closed_meeting(self, people, meeting, institution, write):
        committee_factories.close(meeting)

        with unchanged(Refused) as caught:
            write(meeting, people.secretariat)

        assert caught.value.reason == "meeting_closed"

    def test_others_lock_a_meeting_only_while_it_takes_what_they_write(self, meeting):
        draft = committee_factories.meeting(status="draft")
        closed = committee_factories.meeting(closed=True)

        assert services.lock_meeting(draft) == draft
        assert services.lock_open_meeting(meeting) == meeting
        with pytest.raises(Refused, match="meeting_not_open"):
            services.lock_open_meeting(draft)
        for lock in (services.lock_meeting, services.lock_open_meeting):
            with pytest.raises(Refused, match="meeting_closed"):
                lock(closed)

    def test_only_open_meetings_are_offered_to_decide_at(self, meeting):
        committee_factories.meeting(status="draft")
        committee_factories.meeting(closed=True)

        assert list(selectors.open_meetings()) == [meeting]


class TestTogether:
    @pytest.mark.parametrize("write", WRITES)
    def test_the_second_of_two_is_told(self, people, meeting, institution, write):
        mine = attempt(people.secretariat, meeting)
        add(meeting, people.secretariat)

        with unchanged(Stale):
            write(meeting, None, tried=mine)

    @pytest.mark.parametrize("write", WRITES)
    def test_a_form_sent_twice_has_one_effect(self, people, meeting, institution, write):
        mine = attempt(people.secretariat, meeting)
        write(meeting, None, tried=mine)
        after = everything()

        write(meeting, None, tried=mine)

        assert everything() == after

    @pytest.mark.parametrize("write", [edit, add, change, remove, attend, end])
    def test_a_fault_after_any_write_leaves_nothing_behind(
        self, people, meeting, institution, write
    ):
        before, number, done = everything(), 1, False
        while not done:
            try:
                with failing_after(number):
                    write(meeting, people.secretariat)
                done = True
            except Fault:
                assert everything() == before
                number += 1

        assert number > 2


class TestAgenda:
    def test_a_new_point_goes_where_it_is_put_and_the_others_move_down(self, people, meeting):
        add(meeting, people.secretariat, title="Pembukaan", order=1)

        assert titles(meeting) == [(1, "Pembukaan"), (2, "Logistik"), (3, "Pajak")]

    def test_a_number_beyond_the_end_is_the_end(self, people, meeting):
        add(meeting, people.secretariat, order=900)

        assert titles(meeting)[-1] == (3, "Lain-lain")

    def test_a_point_is_minuted_and_moved(self, people, meeting):
        change(meeting, people.secretariat, order=1)

        item = meeting.agenda.get(title="Baru")
        assert (item.presenter, item.minutes) == ("Kominfo", "Disepakati.")
        assert titles(meeting) == [(1, "Baru"), (2, "Logistik")]

    def test_a_removed_point_leaves_no_gap(self, people, meeting):
        add(meeting, people.secretariat)

        remove(meeting, people.secretariat, item=meeting.agenda.get(title="Pajak"))

        assert titles(meeting) == [(1, "Logistik"), (2, "Lain-lain")]

    def test_a_point_with_a_decision_stays(self, people, meeting):
        with unchanged(Refused) as caught:
            remove(meeting, people.secretariat, item=meeting.agenda.get(title="Logistik"))

        assert caught.value.reason == "has_decisions"

    def test_what_was_proposed_goes_below_what_stands(self, people, meeting):
        advice = committee_factories.advice(subject="Satu gerbang data")

        propose(meeting, people.secretariat, abouts=[f"advice:{advice.pk}"])

        item = meeting.agenda.get(order=3)
        assert (item.title, item.about) == ("Satu gerbang data", f"advice:{advice.pk}")

    @pytest.mark.parametrize(
        "about", ["advice:1000000", "advice:x", "nonsense", "member:1", f"advice:{10**30}", ""]
    )
    def test_what_was_never_proposed_is_not_taken(self, people, meeting, about):
        propose(meeting, people.secretariat, abouts=[about])

        assert len(titles(meeting)) == 2


class TestAttendance:
    def test_each_institution_is_recorded_with_its_people(self, people, meeting, institution):
        attend(meeting, people.secretariat)

        record = meeting.attendance.get()
        assert (record.institution, record.presence, record.people) == (
            institution,
            "present",
            "Rudi",
        )

    def test_recording_again_replaces_and_an_empty_presence_takes_back(
        self, people, meeting, institution
    ):
        attend(meeting, people.secretariat)
        attend(meeting, people.secretariat, presence=Presence.EXCUSED, people="")
        assert meeting.attendance.get().presence == "excused"

        attend(meeting, people.secretariat, presence="", people="")

        assert not meeting.attendance.exists()

    def test_who_has_left_the_committee_keeps_what_was_recorded(self, people, meeting):
        guest = factories.institution()
        Attendance.objects.create(meeting=meeting, institution=guest, presence="present")

        assert [seat.institution for seat in selectors.seats_of(meeting)] == [guest]
