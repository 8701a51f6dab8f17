"""What one asks the timeline: what waits for what, what a slip pushes, which chain, what moved."""

import pytest
from django.template.loader import render_to_string

from roadmap.models import ActionItem, Dependency
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.roadmap.drawing import in_a_row, line_of, lines, show, wait

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


@pytest.fixture
def place(workstreams):
    return workstreams[0]


@pytest.fixture
def chain(place):
    return in_a_row(place)


class TestDependencies:
    def test_arrows_lead_between_rows(self, client, chain):
        page = show(client)

        (band,) = [one for one in page.context["chart"].bands if one.arrows]
        assert len(band.arrows) == 2
        assert '<a href="/actions/LOG-01/">LOG-01</a>' in page.text

    def test_a_violated_one_is_dashed_marked_and_said(self, client, chain):
        second = chain[1]
        second.start_date = days(-5)
        second.save()

        page = show(client)

        assert page.context["chart"].broken == 1
        assert '<use class="tl-broken" href="#tl-broken"' in page.text
        assert "begins too early" in page.text

    def test_a_removed_one_is_gone(self, client, chain):
        Dependency.objects.update(removed_on=TODAY, removed_by=factories.member())

        assert not any(band.arrows for band in show(client).context["chart"].bands)

    def test_one_whose_end_is_not_shown_is_in_the_table(self, client, chain, workstreams):
        other = factories.action("FUND-01", workstream=workstreams[1])
        wait(other, chain[0])

        page = show(client, workstream="LOG")

        assert page.context["chart"].unseen == 1
        assert "the table names all of them" in page.text
        assert '<a href="/actions/FUND-01/">FUND-01</a>' in page.text


def test_a_drawing_for_paper_brings_its_own_shapes(client, chain):
    chart = show(client).context["chart"]

    drawn = render_to_string(
        "components/chart/timeline.html", {"chart": chart, "day": TODAY, "alone": True}
    )

    assert drawn.count('id="tl-late"') == 2 * len(chart.bands)  # the head's, and the band's
    assert "LOG-01 Langkah 1" in drawn


class TestQuestions:
    def test_what_a_slip_pushes(self, client, chain):
        page = show(client, slip="LOG-01", days=30)

        slip = page.context["slip"]
        assert [(push.days, row["code"]) for push, row in slip["pushes"]] == [
            (30, "LOG-02"),
            (30, "LOG-03"),
        ]
        assert [(one.title, late) for one, late in slip["milestones"]] == [("Sasaran", 20)]
        assert "If LOG-01 slips by 30 days" in page.text
        assert page.text.count('class="tl-push"') == 3 + 1  # and the legend's
        assert line_of(page, "LOG-03")["push_words"] == "+30 days"

    def test_a_slip_that_pushes_nothing(self, client, chain):
        page = show(client, slip="LOG-03", days=1)

        assert "Nothing that waits for it would have to move" in page.text

    def test_a_slip_of_what_has_no_date(self, client, place):
        factories.action("LOG-01", workstream=place, due_date=None)

        assert "It has no due date" in show(client, slip="LOG-01").text

    def test_each_open_action_offers_the_question(self, client, chain):
        page = show(client, workstream="LOG")

        assert 'href="?workstream=LOG&amp;slip=LOG-02#slip"' in page.text

    def test_the_critical_chain(self, client, chain):
        goal = chain[-1]

        page = show(client, milestone=goal.pk)

        steps = [step["code"] for step in page.context["chain"]["steps"]]
        assert steps == ["LOG-01", "LOG-02", "LOG-03"]
        assert page.text.count("on the critical chain") == 3 + 1  # and the legend's
        assert page.text.count('class="tl-critical"') == 3

    def test_a_milestone_nobody_gates_has_no_chain(self, client, chain, place):
        ActionItem.objects.filter(pk=chain[2].pk).update(status="cancelled")

        assert "there is no chain" in show(client, milestone=chain[-1].pk).text

    def test_what_moved_since_a_day(self, client, chain):
        factories.slip(chain[0], on=days(-3), new_date=days(40))
        factories.slip(chain[1], on=days(-30), new_date=days(70))

        page = show(client, since=days(-5).isoformat())

        assert [row["code"] for row in page.context["moved"]["rows"]] == ["LOG-01"]
        assert "<del>24 Oct 2018</del>" in page.text
        assert line_of(page, "LOG-01")["was"] is not None
        assert line_of(page, "LOG-02").get("was") is None

    def test_what_moved_since_a_meeting(self, client_of, chain):
        meeting = committee_factories.meeting(date=days(-5), number=7)
        factories.slip(chain[0], on=days(-5), new_date=days(40))
        factories.slip(chain[-1], on=days(-4), new_date=days(140))

        page = show(client_of("viewer"), since="meeting:7")

        assert page.context["asked"].since.meeting == meeting
        assert [row["code"] for row in page.context["moved"]["rows"]] == ["LOG-01"]
        assert [one["old"] for one in lines(page, "group")[0]["milestones"]] == ["2 Jan 2019"]

    def test_the_meeting_stays_with_another_day_and_with_a_slip(self, client_of, chain):
        committee_factories.meeting(date=days(-5), number=7)

        page = show(client_of("viewer"), since=["meeting:7", ""], slip="LOG-01")  # as a form sends

        assert ("since", "meeting:7") in page.context["page"].kept
        assert ("since", "meeting:7") in page.context["kept"]

    def test_what_was_added_since(self, client, place):
        factories.action("LOG-01", workstream=place, created_on=days(-2))

        assert "added since" in show(client, since=days(-5).isoformat()).text
