"""The pages of reporting periods: what one reads there, signs, closes and corrects."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from committee.enums import SeatKind
from committee.models import RehearsalClock
from roadmap.models import Period, PeriodCorrection
from roadmap.services import periods
from tests import committee_factories, factories
from tests.factories import TODAY, days, moment
from tests.roadmap.forms import sent, state
from tests.roadmap.services.verbs import attempt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

LIST = reverse("roadmap:periods")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en", name="Sekretariat"))


@pytest.fixture
def lead(client_of, workstreams):
    client = client_of(factories.member(language="en", name="Rini"))
    factories.seat(client.member, workstreams[0])
    return client


@pytest.fixture
def viewer(client_of):
    return client_of(factories.member("viewer", language="en"))


@pytest.fixture
def period(workstreams):
    periods.keep(now=moment(TODAY))
    return Period.objects.get()


@pytest.fixture
def closed(period, workstreams):
    factories.action("LOG-01", workstream=workstreams[0], late=True)
    period.reports.filter(workstream=workstreams[0]).update(
        narrative="Pedoman selesai.", signed_by=factories.member(name="Rini"), signed_on=TODAY
    )
    periods.close_period(
        period=period,
        attempt=attempt(factories.member("secretariat", name="Wati"), period),
    )
    period.refresh_from_db()
    return period


def page(name, period):
    return reverse(f"roadmap:period-{name}", args=[period.pk])


def sign_page(period, code="LOG"):
    return reverse("roadmap:report-sign", args=[period.pk, code])


def text(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


class TestReading:
    def test_without_a_period_the_list_says_when_there_will_be_one(self, viewer):
        assert "A period opens by itself" in text(viewer.get(LIST))

    def test_the_open_one_comes_first_and_says_how_many_have_signed(self, viewer, period):
        old = committee_factories.period(opens_on=days(-99), closes_on=days(-80))
        Period.objects.filter(pk=old.pk).update(closed_on=days(-79))
        later = committee_factories.period(opens_on=days(-9), closes_on=days(-5))
        Period.objects.filter(pk=later.pk).update(closed_on=days(-4))

        shown = text(viewer.get(LIST))

        places = [shown.index(str(one)) for one in (period, later, old)]
        assert places == sorted(places)
        assert "0 of 7" in shown

    def test_what_the_list_counts_is_what_the_door_opens(self, viewer, lead, period):
        lead.post(sign_page(period), sent(narrative="Pedoman selesai."))

        assert "1 of 7" in text(viewer.get(LIST))
        door = viewer.get(period.get_absolute_url(), {"signed": "yes"})
        others = viewer.get(period.get_absolute_url(), {"signed": "no"})
        assert door.content.count(b'aria-labelledby="report-') == 1
        assert others.content.count(b'aria-labelledby="report-') == 6

    def test_a_list_without_anybody_leads_back_to_all(self, viewer, period):
        shown = text(viewer.get(period.get_absolute_url(), {"signed": "yes"}))

        assert "Nobody has signed yet" in shown
        assert "All reports of this period" in shown

    def test_an_unknown_filter_is_named_and_ignored(self, viewer, period):
        shown = viewer.get(period.get_absolute_url(), {"signed": "<b>perhaps"})

        assert "“&lt;b&gt;perhaps” is not known here" in shown.content.decode()
        assert shown.content.count(b'aria-labelledby="report-') == 7

    def test_while_it_is_open_every_count_opens_the_actions_it_counts(
        self, viewer, period, workstreams
    ):
        for trait in ({"late": True}, {"late": True, "silent": True}, {"blocked": True}, {}):
            factories.action(workstream=workstreams[0], **trait)
        factories.action(workstream=workstreams[0], verified=True)

        content = viewer.get(period.get_absolute_url()).content.decode()

        doors = re.findall(r'href="(/actions/\?workstream=LOG[^"]*)">(\d+)</a>', content)
        assert [number for _url, number in doors] == ["5", "1", "2", "1", "1"]
        for url, number in doors:
            listed = text(viewer.get(url.replace("&amp;", "&")))
            assert re.search(rf"\b{number} actions?\b", listed), url

    def test_once_closed_the_figures_are_frozen(self, viewer, closed, workstreams):
        factories.action(workstream=workstreams[0], late=True)

        answer = viewer.get(closed.get_absolute_url())

        assert "Closed on 24 September 2018 by Wati." in text(answer)
        assert "frozen as of 24 September 2018" in text(answer)
        assert "Late 1 2 by now" in text(answer)

    def test_closed_by_hand_each_figure_opens_the_list_of_that_days_end(
        self, viewer, closed, workstreams, opening_day
    ):
        """The list is as of the end of the day; where the day went on, both numbers stand there."""
        factories.action(workstream=workstreams[0], late=True)
        RehearsalClock.objects.update(day=days(3), target=days(3))
        factories.action(workstream=workstreams[0], late=True, created_on=days(2))

        content = viewer.get(closed.get_absolute_url()).content.decode()

        assert "Late 1 2 at the end of that day" in text(viewer.get(closed.get_absolute_url()))
        found = re.findall(r'data-count="(\d+)" href="(/as-of/[^"]*LOG[^"]*)"', content)
        assert [count for count, _url in found] == ["2", "0", "2", "0", "0"]
        for count, url in found:
            assert url.startswith("/as-of/2018-09-24/actions/?workstream=LOG")
            listed = viewer.get(url.replace("&amp;", "&")).context["found"]
            assert listed.found == int(count), url

    def test_who_signed_what_and_when_is_read_at_a_glance(self, viewer, closed):
        shown = text(viewer.get(closed.get_absolute_url()))

        assert "Signed Rini, 24 September 2018 Pedoman selesai." in shown
        assert "No narrative was signed before the period closed." in shown

    def test_closed_by_the_calendar_it_says_so(self, viewer, period):
        periods.keep(now=moment(days(17)))

        shown = text(viewer.get(period.get_absolute_url()))

        assert "Closed on 11 October 2018 by the calendar." in shown
        assert "The figures are frozen as of 10 October 2018." in shown

    def test_a_viewer_is_offered_no_step(self, viewer, period):
        content = viewer.get(period.get_absolute_url()).content.decode()

        assert "/sign/" not in content
        assert page("close", period) not in content

    @pytest.mark.parametrize("pk", [0, 999, 2**63, 10**30])
    def test_an_unknown_period_is_not_found(self, viewer, pk):
        assert viewer.get(reverse("roadmap:period", args=[pk])).status_code == 404

    def test_strangers_are_led_to_the_sign_in_page(self, client, period):
        assert client.get(LIST).status_code == 302
        assert client.get(period.get_absolute_url()).status_code == 302


class TestSigning:
    def test_a_lead_signs_the_own_workstream_and_is_offered_no_other(self, lead, period):
        content = lead.get(period.get_absolute_url()).content.decode()
        assert sign_page(period) in content
        assert sign_page(period, "FUND") not in content

        answer = lead.post(sign_page(period), sent(narrative="Pedoman selesai."), follow=True)

        assert "The report is signed." in text(answer)
        assert "Rini, 24 September 2018 Pedoman selesai." in text(answer)

    def test_a_deputy_seat_signs_as_the_lead_does(self, client_of, period, workstreams):
        deputy = client_of(factories.member(language="en"))
        factories.seat(deputy.member, workstreams[0], SeatKind.DEPUTY)

        assert deputy.post(sign_page(period), sent(narrative="Ya.")).status_code == 302

    def test_signing_again_begins_with_what_was_written(self, lead, period):
        lead.post(sign_page(period), sent(narrative="Pedoman selesai."))

        assert "Pedoman selesai." in lead.get(sign_page(period)).content.decode()

    @pytest.mark.parametrize("narrative", ["", "   ", "x" * 5001])
    def test_what_cannot_be_a_narrative_is_refused_and_stays(self, lead, period, narrative):
        report = period.reports.get(workstream__code="LOG")
        before = state(report)

        answer = lead.post(sign_page(period), sent(report, narrative=narrative))

        assert answer.status_code == 422
        assert narrative.strip() in answer.content.decode()
        assert state(report) == before

    def test_the_second_of_two_sees_both_and_keeps_the_text(self, lead, secretariat, period):
        report = period.reports.get(workstream__code="LOG")
        mine = sent(report, narrative="Punya saya.")
        secretariat.post(sign_page(period), sent(report, narrative="Punya mereka."))
        before = state(report)

        answer = lead.post(sign_page(period), mine)

        assert answer.status_code == 409
        assert "Punya saya." in answer.content.decode()
        assert "Punya mereka." in answer.content.decode()
        assert state(report) == before

    def test_after_closing_the_text_stays_and_the_reason_is_said(self, lead, closed):
        report = closed.reports.get(workstream__code="LOG")
        before = state(report)

        answer = lead.post(sign_page(closed), sent(report, narrative="Terlambat."))

        assert answer.status_code == 422
        assert "This period is closed and its figures are frozen" in text(answer)
        assert "Terlambat." in answer.content.decode()
        assert state(report) == before

    @pytest.mark.parametrize("code", ["NONE", "%00", "FUND"])
    def test_what_is_not_ones_own_is_forbidden_and_what_is_not_there_not_found(
        self, lead, period, code
    ):
        place = f"{period.get_absolute_url()}{code}/sign/"

        assert lead.get(place).status_code == (403 if code == "FUND" else 404)


class TestClosing:
    def test_it_says_first_who_has_not_signed(self, secretariat, lead, period):
        lead.post(sign_page(period), sent(narrative="Pedoman selesai."))

        shown = text(secretariat.get(page("close", period)))

        assert "6 workstreams have not signed:" in shown
        assert "This cannot be undone" in shown

    def test_it_closes_and_says_by_whom(self, secretariat, period):
        answer = secretariat.post(page("close", period), sent(period), follow=True)

        assert "Closed on 24 September 2018 by Sekretariat." in text(answer)

    def test_opening_the_page_closes_nothing(self, secretariat, period):
        before = state(period)

        secretariat.get(page("close", period))

        assert state(period) == before

    def test_the_second_of_two_is_told(self, secretariat, period):
        mine = sent(period)
        secretariat.post(page("close", period), sent(period))
        before = state(period)

        answer = secretariat.post(page("close", period), mine)

        assert answer.status_code == 409
        assert state(period) == before


class TestCorrecting:
    def fields(self, period, **fields):
        report = period.reports.get(workstream__code="LOG")
        values = {"report": report.pk, "figure": "late", "new": "2", "note": "Satu terlewat."}
        return sent(**values | fields)

    def test_both_values_are_shown_with_who_when_and_why(self, secretariat, viewer, closed):
        secretariat.post(page("correct", closed), self.fields(closed))

        answer = viewer.get(closed.get_absolute_url())

        assert "Late 2 frozen as 1" in text(answer)
        assert "Late : 1 → 2 Satu terlewat. Sekretariat, 24 September 2018" in text(answer)

    def test_a_percentage_is_shown_in_the_readers_way(self, secretariat, client_of, closed):
        fields = self.fields(closed, figure="claimed", new="47.5")
        secretariat.post(page("correct", closed), fields)

        indonesian = client_of(factories.member("viewer", language="id"))
        assert "47,5%" in text(indonesian.get(closed.get_absolute_url()))
        assert "47.5%" in text(secretariat.get(closed.get_absolute_url()))

    def test_a_corrected_narrative_is_what_is_read(self, secretariat, viewer, closed):
        fields = self.fields(closed, figure="narrative", new="Pedoman ditunda.")
        secretariat.post(page("correct", closed), fields)

        content = viewer.get(closed.get_absolute_url()).content.decode()
        assert '<p class="history-note">Pedoman ditunda.</p>' in content
        assert "<del>Pedoman selesai.</del>" in content
        assert "Corrected after the period closed; what was signed stands below." in content

    def test_the_second_of_two_sees_what_the_first_put_there(self, secretariat, closed):
        form = secretariat.get(page("correct", closed)).context["form"]
        mine = self.fields(closed, new="3", version=form["version"].value())
        secretariat.post(page("correct", closed), self.fields(closed))

        answer = secretariat.post(page("correct", closed), mine)

        assert answer.status_code == 409
        assert all(f"<mark>{value}</mark>" in answer.content.decode() for value in (2, 3))
        assert PeriodCorrection.objects.count() == 1
        again = mine | {name: answer.context["form"][name].value() for name in ("version", "token")}
        assert secretariat.post(page("correct", closed), again).status_code == 302
        assert PeriodCorrection.objects.latest("pk").old == "2"

    def test_a_form_opened_later_has_seen_what_was_corrected(self, secretariat, closed):
        secretariat.post(page("correct", closed), self.fields(closed))

        form = secretariat.get(page("correct", closed)).context["form"]

        assert form["version"].value() == 1

    def test_a_link_beside_a_report_chooses_it(self, secretariat, closed):
        report = closed.reports.get(workstream__code="FUND")

        content = secretariat.get(page("correct", closed), {"report": report.pk}).content.decode()

        assert f'<option value="{report.pk}" selected>' in content

    @pytest.mark.parametrize("asked", ["x", "9" * 40, "-1", "\x00"])
    def test_a_bad_link_chooses_nothing(self, secretariat, closed, asked):
        answer = secretariat.get(page("correct", closed), {"report": asked, "figure": asked})

        assert answer.status_code == 200

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"new": "1.000"}, "Write a whole number without separators"),
            ({"figure": "claimed", "new": "1.000"}, "Write a percentage from 0 to 100"),
            ({"new": "1"}, "This is what stands there already."),
            ({"figure": "mood"}, "Select a valid choice"),
            ({"report": "0"}, "Select a valid choice"),
            ({"note": " "}, "This field is required."),
        ],
    )
    def test_what_is_no_correction_is_refused_and_the_text_stays(
        self, secretariat, closed, fields, sentence
    ):
        sending = self.fields(closed, **fields)

        answer = secretariat.post(page("correct", closed), sending)

        assert answer.status_code == 422
        assert sentence in text(answer)
        assert sending["new"] in answer.content.decode()
        assert not PeriodCorrection.objects.exists()

    def test_a_report_of_another_period_is_no_choice(self, secretariat, closed):
        other = committee_factories.report(committee_factories.period())

        answer = secretariat.post(page("correct", closed), self.fields(closed, report=other.pk))

        assert answer.status_code == 422
        assert not PeriodCorrection.objects.exists()

    def test_an_open_period_is_changed_at_its_reports(self, secretariat, period):
        answer = secretariat.post(page("correct", period), self.fields(period))

        assert answer.status_code == 422
        assert "This period is not closed yet" in text(answer)
        assert not PeriodCorrection.objects.exists()
