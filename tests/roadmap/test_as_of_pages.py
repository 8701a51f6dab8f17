"""Each page as of a past day: what came later is not there yet, and nobody is offered a step."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from committee.enums import MeetingStatus
from committee.models import MinutesCorrection
from committee.rules.days import PastDay
from roadmap.models import Obstacle, Period, PeriodCorrection
from tests import committee_factories as made
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

AGO = 5
THEN = PastDay.fromordinal(days(-AGO).toordinal())
AS_OF = f"/as-of/{THEN}"


def text(answer):
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(main)).split())


@pytest.fixture
def reader(client_of):
    return client_of(factories.member("secretariat", language="en", name="Wati"))


@pytest.fixture
def then(reader):
    """Read a page as of some days ago; its status where it is not there."""

    def read(place, **asked):
        answer = reader.get(f"{AS_OF}{place}", asked)
        return text(answer) if answer.status_code == 200 else answer.status_code

    return read


def place(name, *args):
    return reverse(f"roadmap:{name}", args=args)


class TestMeetings:
    def test_one_opened_later_is_not_there_and_one_closed_later_is_open(self, then):
        later = made.meeting(number=8, date=days(-1), opened_on=days(-1))
        draft = made.meeting(number=9, date=days(-9), status=MeetingStatus.DRAFT)
        held = made.meeting(number=7, date=days(-6), opened_on=days(-6))
        item = made.agenda_item(held, title="Pusat data", minutes="Disepakati.")
        made.close(held)

        listed, page = then(place("meetings")), then(held.get_absolute_url())

        assert "Meeting 7" in listed
        assert not re.search("Meeting [89]", listed)
        assert (then(later.get_absolute_url()), then(draft.get_absolute_url())) == (404, 404)
        assert "Pusat data" in page
        assert item.minutes not in page
        assert "The minutes were not closed by then" in page
        assert "closed 24 September" not in page

    def test_a_later_correction_is_not_known_yet(self, reader, then):
        held = made.meeting(number=7, date=days(-9), opened_on=days(-9))
        found = made.decision(held, text="Semula.")
        held.status, held.closed_on, held.closed_by = "closed", days(-8), factories.member()
        held.save()
        MinutesCorrection.objects.create(
            meeting=held,
            part="decision",
            decision=found,
            old="Semula.",
            new="Benar.",
            reason="Salah tulis.",
            by=factories.member(),
            on=TODAY,
            at=moment(TODAY),
        )

        for page in (held, found):
            assert "Semula." in then(page.get_absolute_url())
            assert "Benar." not in then(page.get_absolute_url())
            assert "Benar." in text(reader.get(page.get_absolute_url()))


class TestDecisions:
    @pytest.fixture
    def held(self):
        return made.meeting(number=7, date=days(-20), opened_on=days(-20))

    def test_whether_it_was_carried_out_is_as_it_was(self, held, reader):
        done_by = factories.member()
        task = {"done_on": days(-1), "done_by": done_by, "done_note": "Sudah dikirim."}
        made.decision(held, effect="task", **task)
        verified = factories.action(decision=made.decision(held))
        verified.status, verified.submitted_on = "verified", days(-1)
        verified.save()
        factories.update(verified, at=moment(days(-1)))
        factories.milestone(
            decision=made.decision(held, effect="milestone"),
            achieved_date=days(-20),
            achieved_recorded_on=days(-1),
        )
        factories.slip(factories.action(), on=days(-1), decision=made.decision(held, effect="move"))
        obstacle = {"closed_on": days(-1), "closed_by": done_by, "closing_note": "Surat."}
        factories.obstacle(
            factories.action(), decision=made.decision(held, effect="obstacle"), **obstacle
        )
        made.adoption(made.decision(held, effect="adoption"), on=days(-1))

        now = reader.get(place("decisions"), {"state": "all"}).context["found"].page
        past = reader.get(f"{AS_OF}{place('decisions')}", {"state": "all"}).context["found"].page

        assert {one.effect: one.state for one in now} == dict.fromkeys(
            ("task", "action", "milestone", "move", "obstacle", "adoption"), "carried_out"
        )
        assert {one.effect: one.state for one in past} == {
            **dict.fromkeys(("task", "move", "obstacle", "adoption"), "not_begun"),
            **dict.fromkeys(("action", "milestone"), "in_hand"),
        }
        for one in past:
            page = reader.get(f"{AS_OF}{one.get_absolute_url()}")
            assert page.context["decision"].state == one.state
            assert "Sudah dikirim." not in page.content.decode()
            assert page.context["shown"].effects.adoption is None

    def test_what_was_adopted_later_is_not_listed(self, held, then):
        found = made.decision(held, effect="adoption")
        made.adoption(found, [factories.action()], on=days(-1))

        assert then(place("decision-baseline", found.pk)) == 404

    def test_one_of_a_later_meeting_is_not_there(self, then):
        later = made.decision(made.meeting(number=8, date=days(-1), opened_on=days(-1)))

        assert then(later.get_absolute_url()) == 404
        assert "No decision yet" in then(place("decisions"), state="all")


class TestAdvice:
    def test_answered_later_it_waited(self, then):
        found = made.advice(answered=True, subject="Satu gerbang data")

        waiting, page = then(place("advice-list"), show="waiting"), then(found.get_absolute_url())

        assert "Satu gerbang data" in waiting
        assert "Waiting for an answer 1" in waiting
        assert "Accepted 0" in waiting
        assert "Waiting for an answer" in page
        assert "Sejalan." not in page

    def test_given_later_it_is_not_there(self, then):
        found = made.advice(given_on=days(-1))

        assert then(found.get_absolute_url()) == 404
        assert "No advice yet" in then(place("advice-list"), show="all")


class TestObstacles:
    def test_closed_later_it_was_open_and_raised_later_it_is_not_there(self, then):
        by = factories.member(name="Budi")
        ended = {"closed_on": days(-1), "closed_by": by, "closing_note": "Surat terbit."}
        old = factories.obstacle(
            factories.action(), needed="Surat BI", raised_on=days(-50), **ended
        )
        new = factories.obstacle(factories.action(), needed="Nomor", raised_on=days(-1))

        listed, page = then(place("obstacles")), then(old.get_absolute_url())

        assert "1 Open 1 Older than 30 days" in listed
        assert "Surat BI" in listed
        assert "Nomor" not in listed
        assert "45 days" in page
        assert "Surat terbit." not in page
        assert then(new.get_absolute_url()) == 404
        assert then(place("obstacles"), show="closed").count("Surat BI") == 0

    def test_joined_to_one_raised_later_it_stood_alone(self, then):
        root = factories.obstacle(factories.action(), needed="Akar", raised_on=days(-1))
        first = factories.obstacle(factories.action(), needed="Pertama", raised_on=days(-9))
        Obstacle.objects.filter(pk=first.pk).update(joined_to=root)

        assert "Pertama" in then(place("obstacles"))
        assert "Akar" not in then(first.get_absolute_url())
        assert "4 days" in then(first.get_absolute_url())


class TestMilestones:
    def test_a_later_move_is_not_known_yet(self, reader, then):
        milestone = factories.milestone()
        factories.slip(milestone, on=days(-9), reason="Dana terlambat.")
        factories.slip(milestone, on=days(-1), reason="Lelang gagal.")
        page = milestone.get_absolute_url()

        assert "Dana terlambat." in then(page)
        assert "Lelang gagal." not in then(page)
        assert "Lelang gagal." in text(reader.get(page))


class TestInstitutions:
    def test_what_was_decided_at_a_meeting_opened_later_is_not_there(self, reader, then):
        bank = factories.institution("BI")
        later = made.meeting(number=8, date=days(-9), opened_on=days(-1))
        made.decision(later, text="Siapkan gerbang.", institution=bank)
        page = place("institution", bank.code)

        assert "Siapkan gerbang." not in then(page)
        assert "Siapkan gerbang." in text(reader.get(page))


class TestTimeline:
    def test_who_owned_something_then_can_be_asked_for(self, reader):
        before = factories.member(name="Surya")
        action = factories.action("LOG-01", owner=before)
        factories.update(action, at=moment(days(-9)))
        action.owner = factories.member()
        action.save()
        factories.update(action, at=moment(days(-1)))

        answer = reader.get(f"{AS_OF}{place('timeline')}", {"owner": before.pk})

        assert [one["code"] for one in answer.context["found"].actions] == ["LOG-01"]


class TestRequests:
    def test_answered_later_it_waited_and_asked_later_it_is_not_there(self, then):
        answered = {"answered_by": factories.member(name="Budi"), "answered_on": days(-1)}
        action = factories.action(title="Gerbang data")
        asked = made.date_request(
            action, asked_on=days(-9), state="declined", answer_reason="Belum perlu.", **answered
        )
        later = made.date_request(factories.action(title="Yang lain"), asked_on=days(-1))

        listed, page = then(place("requests")), then(asked.get_absolute_url())

        assert "Gerbang data" in listed
        assert "Yang lain" not in listed
        assert "1 request" in listed
        assert "Belum perlu." not in page
        assert "Waiting for an answer" in page
        assert then(later.get_absolute_url()) == 404

    def test_what_it_would_run_past_is_as_it_was(self, then):
        action = factories.action()
        gate = factories.milestone(title="Layanan dibuka", due_date=days(100), actions=[action])
        asked = made.date_request(action, asked_on=days(-9))
        factories.slip(gate, on=days(-1), new_date=days(300))

        assert "Layanan dibuka" in then(asked.get_absolute_url())


class TestPeriods:
    @pytest.fixture
    def period(self):
        return made.period(opens_on=days(-20), closes_on=days(-3))

    def test_before_it_closed_its_figures_were_live_and_a_later_signature_was_not_there(
        self, period, then
    ):
        place_ = factories.workstream("LOG")
        by = factories.member(name="Rini")
        made.report(period, workstream=place_, signed=True, signed_by=by, actions=9, late=9)
        Period.objects.filter(pk=period.pk).update(closed_on=days(-2))
        factories.action(workstream=place_, late=True)

        page = then(period.get_absolute_url())

        assert "Not signed" in page
        assert "Rini" not in page
        assert "Actions 1" in page
        assert "Late 1" in page

    def test_once_closed_they_are_frozen_and_a_later_correction_is_not_there(self, reader, then):
        period = made.period(opens_on=days(-40), closes_on=days(-20))
        report = made.report(period, workstream=factories.workstream("LOG"), actions=9, late=4)
        Period.objects.filter(pk=period.pk).update(closed_on=days(-19))
        PeriodCorrection.objects.create(
            report=report,
            figure="late",
            old="4",
            new="5",
            reason="Salah.",
            by=factories.member(),
            on=TODAY,
            at=moment(TODAY),
        )

        assert "Actions 9" in then(period.get_absolute_url())
        assert "frozen as 4" not in then(period.get_absolute_url())
        assert "frozen as 4" in text(reader.get(period.get_absolute_url()))

    def test_one_that_opened_later_is_not_there(self, then):
        period = made.period(opens_on=days(-1))

        assert then(period.get_absolute_url()) == 404
        assert "No period yet" in then(place("periods"))


class TestChanges:
    def test_only_what_had_changed_by_then(self, then):
        action = factories.action(due_date=days(10), created_on=days(-60))
        factories.slip(action, on=days(-8), reason="Lelang diulang.")
        factories.slip(action, on=days(-1), reason="Diulang lagi.")
        factories.action(title="Rencana baru", created_on=days(-7))
        factories.action(title="Lebih baru", created_on=days(-1))
        late = factories.action(title="Terlambat", due_date=days(-7), created_on=days(-60))
        late.status = "verified"
        late.submitted_on = TODAY
        late.save()
        factories.update(late, kind="verified", at=moment(TODAY))

        page = then(place("changes"), since=str(days(-10)))

        assert "Lelang diulang." in page
        assert "Diulang lagi." not in page
        assert "Rencana baru" in page
        assert "Lebih baru" not in page
        assert "Late since then: 1" in page
        assert "Newly verified: 0" in page

    def test_the_old_date_is_struck_through(self, reader):
        factories.slip(factories.action(due_date=days(10)), on=days(-8))

        content = reader.get(
            f"{AS_OF}{place('changes')}", {"since": str(days(-9))}
        ).content.decode()

        assert re.search("<del>4 Oct[a-z]* 2018</del>", content)

    def test_a_day_ahead_of_the_day_shown_is_ignored(self, then):
        assert "it was ignored" in then(place("changes"), since=str(days(-1)))


class TestMine:
    def test_it_shows_what_was_owed_then_without_a_form(self, reader):
        mine = factories.action(title="Dulu milik saya", owner=reader.member)
        mine.owner = None
        mine.save()
        factories.update(mine, by=reader.member)
        factories.action(title="Baru milik saya", owner=reader.member, created_on=days(-1))

        answer = reader.get(f"{AS_OF}{place('my')}")

        assert "Dulu milik saya" in text(answer)
        assert "Baru milik saya" not in text(answer)
        assert "<form" not in answer.content.decode().partition("<main")[2].partition("</main>")[0]

    def test_who_submitted_then_does_not_verify_it(self, reader):
        other = factories.member()
        for by in (other, reader.member):
            action = factories.action(submitted=True, history=False, title=f"Dari {by.pk}")
            factories.update(action, kind="submitted", by=by, at=moment(days(-7)))

        waiting = reader.get(f"{AS_OF}{place('my')}").context["my"].to_verify

        assert [one.title for one in waiting] == [f"Dari {other.pk}"]

    def test_htmx_asks_for_no_card_of_the_past(self, reader):
        action = factories.action(owner=reader.member)
        target = {"hx-request": "true", "hx-target": f"action-{action.code}"}

        answer = reader.get(f"{AS_OF}{place('my')}", headers=target)

        assert b"hx-post" not in answer.content
