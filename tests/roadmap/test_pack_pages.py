"""Ordering a steering pack, its print page, its text for a chat group, and the page of a job."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from committee.services import bump_revision
from roadmap import packs
from roadmap.enums import JobFailure
from roadmap.models import Job
from roadmap.services import jobs
from tests import committee_factories as committee
from tests import factories
from tests.doors import Walker
from tests.factories import TODAY, days, moment
from tests.stage import packs as stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

PAGE, TEXT, PACKS = (reverse(f"roadmap:{name}") for name in ("pack", "pack-text", "packs"))
ORDER = {"day": str(TODAY), "since": "", "language": "en"}
YESTERDAY = {"day": str(days(-1)), "since": "", "language": "en"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PACK_ROOT = tmp_path / "packs"


@pytest.fixture
def viewer(client_of):
    return client_of(factories.member("viewer", language="en"))


@pytest.fixture
def late(workstreams):
    return factories.action("LOG-01", workstream=workstreams[0], late=True, title_en="Port rules")


def text(answer):
    return " ".join(answer.content.decode().split())


def main(answer):
    return re.search(r"<main.*</main>", text(answer))[0]


def meeting(number, day):
    """Hold a meeting with one decision, and close its minutes the day after."""
    held = committee.meeting(number=number, date=day)
    decision = committee.decision(held, number=1, text=f"Putusan {number}.", due_date=days(-2))
    shut = {"status": "closed", "closed_on": day, "closed_by": factories.member("secretariat")}
    type(held).objects.filter(pk=held.pk).update(**shut)
    return decision


class TestPrintPage:
    def test_changes_come_first_then_attention_workstreams_slips_and_decisions(self, viewer, late):
        meeting(3, days(-20))
        factories.slip(late)

        page = main(viewer.get(PAGE))

        heads = re.findall(r'<h2 id="pack-(\w+)"', page)
        assert heads == [
            *("changes", "attention", "streams", "milestones", "slips", "decisions", "about")
        ]
        assert "Changes since meeting 3" in page
        assert "Putusan 3." in page
        assert page.count("data-count") > 10

    def test_it_is_compared_with_the_last_meeting_whose_minutes_were_closed(self, viewer):
        meeting(2, days(-40))
        meeting(3, days(-20))
        committee.meeting(number=4, date=days(-1))

        assert viewer.get(PAGE).context["pack"].meeting == 3
        assert viewer.get(PAGE, {"day": str(days(-30))}).context["pack"].meeting == 2
        assert viewer.get(PAGE, {"day": str(days(-20))}).context["pack"].meeting == 2
        assert viewer.get(PAGE, {"day": str(days(-60))}).context["pack"].since == days(-90)

    def test_a_decision_counts_once_its_minutes_are_closed(self, viewer):
        still_open = committee.meeting(number=4, date=days(-3))
        committee.decision(still_open, text="Masih dirapatkan.")

        assert "Masih dirapatkan." not in main(viewer.get(PAGE))
        committee.close(still_open)
        assert "Masih dirapatkan." in main(viewer.get(PAGE))

    def test_the_day_can_be_named_in_three_ways_and_links_keep_it(self, viewer, late):
        day = str(days(-3))
        for place in (f"{PAGE}?day={day}", f"{PAGE}?as_of={day}", f"/as-of/{day}{PAGE}"):
            answer = viewer.get(place)

            assert answer.context["pack"].day == days(-3)
            assert f'href="/as-of/{day}/actions/LOG-01/"' in main(answer)
        assert 'href="/actions/LOG-01/"' in main(viewer.get(PAGE))

    def test_only_the_pack_of_today_carries_a_moment(self, viewer):
        assert "before the day was over" in main(viewer.get(PAGE))
        assert "before the day was over" not in main(viewer.get(PAGE, YESTERDAY))

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"day": "banana"}, "“banana” is no past day; it was ignored."),
            ({"day": "2018-09-25"}, "“2018-09-25” is no past day; it was ignored."),
            ({"day": "2018-02-29"}, "“2018-02-29” is no past day; it was ignored."),
            ({"since": "meeting:99"}, "“meeting:99” names no meeting or day before this pack"),
            ({"since": "2018-09-24"}, "“2018-09-24” names no meeting or day before this pack"),
            ({"lang": "fr"}, "“fr” is not known here; it was ignored."),
        ],
        ids=lambda asked: str(asked),
    )
    def test_what_is_named_wrongly_is_said_and_ignored(self, viewer, asked, said):
        answer = viewer.get(PAGE, asked)

        assert answer.status_code == 200
        assert said in text(answer)

    def test_both_languages_show_one_checksum(self, viewer, late):
        english, indonesian = (viewer.get(PAGE, {"lang": one}) for one in ("en", "id"))

        assert english.context["pack"].checksum == indonesian.context["pack"].checksum
        assert '<html lang="id">' in text(indonesian)
        assert "Port rules" in main(english)
        assert "Port rules" not in main(indonesian)

    @pytest.mark.parametrize("back", [0, 3])
    def test_every_number_opens_the_list_it_counts(self, client_of, workstreams, back):
        made = [
            factories.action(workstream=workstreams[0], late=True, outlook="on_time"),
            factories.action(workstream=workstreams[1], silent=True, owner=factories.member()),
            factories.action(workstream=workstreams[2], submitted=True),
            factories.action(workstream=workstreams[2], cancelled=True),
        ]
        factories.obstacle(made[0])
        factories.slip(made[1])
        factories.milestone(workstream=workstreams[0], known_from=days(-9))
        walker = Walker(client_of(factories.member("secretariat", language="en")))

        doors = walker.doors(f"{PAGE}?day={days(-back)}&lang=en")

        assert [door for door in doors if not door.is_right] == []
        assert len({door.place for door in doors}) > 15
        assert sum(door.rows for door in doors) > 8

    def test_dates_that_are_examples_say_so(self, viewer, late):
        type(late).objects.update(due_basis="illustrative")

        assert "example, not an official target" in main(viewer.get(PAGE))

    def test_nothing_at_all_is_a_page_too(self, viewer):
        page = main(viewer.get(PAGE, {"day": "2001-02-28"}))

        assert "No action was on the roadmap by this day." in page
        assert "No due date has been moved." in page

    def test_without_pango_it_says_that_it_serves(self, viewer, monkeypatch):
        monkeypatch.setattr(packs, "can_make_pdf", lambda: False)

        assert "print this page from the browser instead" in text(viewer.get(PAGE))


class TestText:
    def test_it_holds_counts_and_links_to_the_day(self, viewer, late, settings):
        written = viewer.get(TEXT, {"lang": "en"}).context["text"]

        assert "- Late: 1 of 1" in written
        assert f"{settings.SITE_URL}/as-of/2018-09-24/actions/?signal=late" in written
        assert "&section=" in written
        assert viewer.get(PAGE).context["pack"].checksum in written

    def test_what_people_wrote_cannot_leave_its_field(self, viewer, workstreams):
        type(workstreams[0]).objects.update(title_en="</textarea><script>alert(1)</script>")

        page = text(viewer.get(TEXT, {"lang": "en"}))

        assert "<script>alert" not in page
        assert "&lt;/textarea&gt;" in page


class TestOrdering:
    def test_one_press_orders_the_usual_pack_and_leads_to_its_job(self, viewer):
        form = viewer.get(PACKS).context["form"]
        sent = {name: form.get_initial_for_field(form.fields[name], name) for name in form.fields}

        answer = viewer.post(PACKS, {name: value for name, value in sent.items() if value})

        job = Job.objects.get()
        assert answer.url == job.get_absolute_url()
        assert job.asked == {
            "day": str(TODAY),
            "since": str(days(-30)),
            "language": "en",
            "is_now": True,
        }
        assert job.ordered_by == viewer.member

    def test_a_pack_asked_twice_is_one_job_also_by_two_people(self, viewer, client_of):
        first = viewer.post(PACKS, YESTERDAY).url
        again = viewer.post(PACKS, YESTERDAY).url
        other = client_of("chair").post(PACKS, YESTERDAY).url

        assert first == again == other
        assert Job.objects.count() == 1

    def test_today_is_ordered_anew_once_something_changed(self, viewer, late):
        viewer.post(PACKS, ORDER)
        bump_revision()
        viewer.post(PACKS, ORDER)

        assert Job.objects.count() == 2

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"day": "2018-09-25"}, "This day lies ahead; nothing is known of it yet."),
            ({"day": "kemarin"}, "Give a day that exists"),
            ({"day": ""}, "This field is required."),
            ({"since": "meeting:9"}, "Select a valid choice."),
            ({"since_day": "2018-09-24"}, "before the day of the pack."),
            ({"language": "fr"}, "Select a valid choice."),
        ],
        ids=lambda sent: str(sent),
    )
    def test_bad_input_comes_back_with_what_was_typed(self, viewer, sent, said):
        answer = viewer.post(PACKS, ORDER | sent)

        assert answer.status_code == 422
        assert said in text(answer)
        assert not Job.objects.exists()
        for value in sent.values():
            assert value in text(answer)

    def test_the_list_shows_state_checksum_who_and_the_way_to_the_file(self, viewer):
        job = stage.ready(ordered_by=factories.member(name="Rina"))

        page = main(viewer.get(PACKS))

        assert "As of 23 September 2018, compared with 24 August 2018 (English)" in page
        assert "Rina" in page
        assert job.data_sha256[:12] in page
        assert reverse("roadmap:job-file", args=[job.pk]) in page

    def test_the_form_begins_with_what_the_print_page_showed(self, viewer):
        meeting(3, days(-20))
        shown = viewer.get(PAGE, {"day": str(days(-3)), "lang": "id"})
        link = re.search(rf'href="({PACKS}[^"]*)"', main(shown).replace("/as-of/2018-09-21", ""))

        form = viewer.get(link[1].replace("&amp;", "&")).context["form"]

        assert form.initial == {"day": days(-3), "language": "id", "since": "meeting:3"}

    def test_without_pango_the_print_page_serves_and_that_is_said(self, viewer, monkeypatch):
        monkeypatch.setattr(packs, "can_make_pdf", lambda: False)

        page = main(viewer.get(PACKS))

        assert "This server lacks Pango" in page
        assert f'<a href="{PAGE}">The print page serves' in page


class TestJob:
    def ask(self, client, job, **headers):
        return client.get(job.get_absolute_url(), headers=headers)

    def test_while_it_is_made_the_page_asks_for_itself_with_and_without_javascript(self, viewer):
        job = stage.job(state="running", progress=40, attempts=1)

        page = text(self.ask(viewer, job))

        assert 'hx-trigger="every 2s"' in page
        assert f'<noscript><p><a href="{job.get_absolute_url()}">See how far it is' in page
        assert "40% is done; this page can be left." in page
        assert '<progress max="100" value="40"' in page

    def test_htmx_gets_the_part_that_changes(self, viewer):
        part = text(self.ask(viewer, stage.job(), hx_request="true"))

        assert part.startswith('<section class="panel" id="job-state"')
        assert "<html" not in part

    def test_once_ready_it_asks_no_more_and_offers_the_file(self, viewer):
        job = stage.ready()

        page = text(self.ask(viewer, job))

        assert "every 2s" not in main(self.ask(viewer, job))
        assert "See how far it is" not in page
        assert "Download the PDF" in page
        assert job.data_sha256 in page

    def test_a_failure_says_why_and_leads_to_the_print_page(self, viewer):
        ended = {"state": "failed", "ended_at": moment(TODAY), "error": "no_printer"}
        page = main(self.ask(viewer, stage.job(**ended)))

        assert str(JobFailure.NO_PRINTER.label) in page
        assert f"{PAGE}?day=2018-09-23&amp;since=2018-08-24&amp;lang=en" in page

    def test_the_file_is_a_download_that_no_cache_keeps(self, viewer):
        job = stage.ready()

        answer = viewer.get(reverse("roadmap:job-file", args=[job.pk]))

        assert b"".join(answer) == stage.PDF
        assert answer["Content-Type"] == "application/pdf"
        name = "peta-jalan-2018-09-23-en-a1a1a1a1.pdf"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"

    def test_a_file_that_is_gone_says_so(self, viewer):
        job = stage.ready()
        jobs.path_of(job).unlink()

        assert "Its file is no longer on this server." in main(self.ask(viewer, job))
        assert viewer.get(reverse("roadmap:job-file", args=[job.pk])).status_code == 404

    @pytest.mark.parametrize("name", ["job", "job-file"])
    def test_what_is_not_there_is_not_found(self, viewer, name):
        assert viewer.get(reverse(f"roadmap:{name}", args=[2**70])).status_code == 404

    def test_what_is_not_ready_has_no_file(self, viewer):
        job = stage.job()

        assert viewer.get(reverse("roadmap:job-file", args=[job.pk])).status_code == 404
