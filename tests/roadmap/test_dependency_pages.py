"""What an action waits for, on its page, on the page of all its links, and at a milestone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from roadmap.models import Dependency
from tests import factories
from tests.doors import Walker
from tests.factories import days, dependency
from tests.roadmap.forms import sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
SECTION = 'id="dependencies"'
LONG_AGO = days(-10)
BEFORE = days(-49)  # the links of the tests stand since days(-50)


@pytest.fixture
def place(workstreams):
    return workstreams[0]


@pytest.fixture
def action(place):
    """Give LOG-01, which takes a hundred days from tomorrow."""
    return factories.action("LOG-01", workstream=place, start_date=days(1), due_date=days(100))


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def lead(client_of, place):
    lead = client_of(factories.member(language="en"))
    factories.seat(lead.member, place)
    return lead


def before(place, code="LOG-02", due=LONG_AGO, **fields):
    return factories.action(code, workstream=place, due_date=due, start_date=None, **fields)


def page_of(action, step="", pk=None):
    name = f"dependency-{step}" if step else "dependencies"
    return reverse(f"roadmap:{name}", args=[action.code] + ([pk] if pk else []))


def text_of(client, place, **headers):
    answer = client.get(place, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


class TestOnThePageOfTheAction:
    def test_both_ends_are_shown_with_the_days_in_words(self, client, action, place, workstreams):
        dependency(before(place), action, lag_days=7)
        dependency(action, before(workstreams[1], "FUND-01", days(400)))

        page = text_of(client, action.get_absolute_url())

        assert "LOG-02" in page
        assert "7 calendar days must pass in between: on 22 September 2018 at the earliest" in page
        assert "FUND-01" in page
        assert "Pillar FUND" in page
        assert "can begin the day after: on 3 January 2019 at the earliest" in page
        assert "too late" not in page

    def test_a_violated_one_says_so_in_words(self, client, action, place):
        other = before(place, due=days(5))
        dependency(other, action, lag_days=2)

        page = text_of(client, action.get_absolute_url())

        assert 'data-signal="contradiction">7 days too late for it</span>' in page
        assert "begins 7 days too early</span>" in text_of(client, other.get_absolute_url())
        assert "example, not an official target" not in page

    def test_an_illustrative_date_behind_that_verdict_is_badged(self, client, action, place):
        dependency(before(place, due=days(5), due_basis="illustrative"), action)

        page = text_of(client, action.get_absolute_url())

        assert 'too late for it</span> <span class="tag">example, not an official target' in page

    def test_what_is_finished_or_cancelled_is_named(self, client, action, place):
        dependency(before(place, verified=True, due=days(50)), action)
        dependency(before(place, "LOG-03", cancelled=True, due=days(50)), action)

        page = text_of(client, action.get_absolute_url())

        assert "Finished" in page
        assert "cancelled: nothing waits for it" in page
        assert "too late" not in page

    def test_nothing_is_said_plainly(self, client, action):
        page = text_of(client, action.get_absolute_url())

        assert "It waits for no other action." in page
        assert "No other action waits for it." in page

    def test_the_public_reads_and_is_offered_nothing(self, client, action, place):
        link = dependency(before(place), action)

        page = text_of(client, action.get_absolute_url())

        assert page_of(action, "add") not in page
        assert page_of(action, "remove", link.pk) not in page
        assert link.created_by.name not in page

    def test_as_of_a_past_day_it_shows_what_stood_and_offers_nothing(
        self, secretariat, action, place
    ):
        by = secretariat.member
        gone = dependency(before(place), action, removed_on=days(-10), removed_by=by)
        dependency(before(place, "LOG-03"), action, created_on=days(-20))

        now = text_of(secretariat, action.get_absolute_url())
        then = text_of(secretariat, f"/as-of/{BEFORE}{action.get_absolute_url()}")

        assert ("LOG-02" in now, "LOG-03" in now) == (False, True)
        assert ("LOG-02" in then, "LOG-03" in then) == (True, False)
        assert page_of(action, "remove", gone.pk) not in then
        assert "Say what it waits for" not in then

    def test_as_of_a_past_day_the_verdict_is_that_of_then(self, client, action, place):
        other = before(place, due=days(-10))
        dependency(other, action)
        type(other).objects.filter(pk=other.pk).update(due_date=days(50))
        other.refresh_from_db()
        factories.update(other, kind="moved", by=factories.member())

        assert "50 days too late for it" in text_of(client, action.get_absolute_url())
        then = text_of(client, f"/as-of/{days(-1)}{action.get_absolute_url()}")
        assert "too late" not in then

    def test_many_are_counted_and_the_count_opens_them_all(self, secretariat, action, place):
        by = secretariat.member
        Dependency.objects.bulk_create(
            Dependency(predecessor=one, successor=action, created_on=days(-9), created_by=by)
            for one in factories.actions(57, workstream=place)
        )
        walker = Walker(secretariat)

        found = walker.doors(action.get_absolute_url()) + walker.doors(page_of(action))

        links = [door for door in found if "dependencies" in door.place or "side" in door.place]
        assert {door.count for door in links} == {"57", "0"}
        assert [door for door in links if not door.is_right] == []
        assert walker.unmarked(page_of(action)) == []

    def test_long_names_are_shown_whole(self, client, action, place):
        dependency(before(place, title="Penyelarasan " * 22), action)

        assert ("Penyelarasan " * 22).strip() in text_of(client, action.get_absolute_url())


class TestListing:
    def test_the_other_end_is_asked_for(self, client, action, place):
        dependency(action, before(place, due=days(300)))

        assert "LOG-02" not in text_of(client, page_of(action))
        assert "LOG-02" in text_of(client, f"{page_of(action)}?side=needed")

    def test_an_unknown_end_is_named_and_ignored(self, client, action):
        page = text_of(client, f"{page_of(action)}?side=banana")

        assert "“banana” is not known here; it was ignored." in page

    def test_it_can_be_read_as_of_a_past_day(self, client, action, place):
        dependency(before(place), action)

        assert "LOG-02" in text_of(client, f"/as-of/{days(-1)}{page_of(action)}")
        assert "LOG-02" not in text_of(client, f"/as-of/{days(-60)}{page_of(action)}")

    def test_it_is_had_as_a_file(self, client, action, place):
        dependency(before(place, due=days(5), due_basis="illustrative"), action, lag_days=2)
        dependency(action, before(place, "LOG-03"))

        answer = client.get(page_of(action), {"format": "csv"}, headers={"accept-language": "en"})

        head, row = b"".join(answer).decode("utf-8-sig").splitlines()
        assert head.startswith("Code,Action,Workstream,Start date,Due date,")
        assert row.startswith("LOG-02,")
        assert ",2,2018-10-02,7,yes," in row

    def test_of_an_unknown_action_it_is_not_found(self, client):
        assert client.get("/actions/XX-01/dependencies/").status_code == 404


class TestSaying:
    def test_the_lead_says_it_from_the_page_of_the_action(self, lead, action, place):
        other = before(place)
        page = text_of(lead, action.get_absolute_url())
        assert f'href="{page_of(action, "add")}"' in page

        answer = lead.post(
            page_of(action, "add"), sent(predecessor=f" {other.code.lower()} ", lag_days="3")
        )

        assert answer["Location"] == action.get_absolute_url()
        made = Dependency.objects.get()
        assert (made.predecessor, made.successor, made.lag_days) == (other, action, 3)

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"predecessor": "LOG-99"}, "There is no action with this code: LOG-99."),
            ({"predecessor": "LOG-01"}, "An action cannot wait for itself."),
            ({"predecessor": ""}, "This field is required."),
            ({"predecessor": "\x00"}, "Null characters are not allowed."),
            ({"lag_days": "-1"}, "Give a whole number of days, from 0 to 3650."),
            ({"lag_days": "9" * 30}, "Give a whole number of days, from 0 to 3650."),
            ({"lag_days": "besok"}, "Give a whole number of days, from 0 to 3650."),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_what_was_typed(
        self, secretariat, action, place, fields, sentence
    ):
        before(place)
        typed = {"predecessor": "LOG-02", "lag_days": "3"} | fields

        answer = secretariat.post(page_of(action, "add"), sent(**typed))

        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        if "\x00" not in typed["predecessor"]:
            assert f'value="{typed["lag_days"]}"' in answer.content.decode()
        assert not Dependency.objects.exists()

    def test_a_circle_is_refused_by_the_codes_on_its_way(self, secretariat, action, place):
        second, third = before(place), before(place, "LOG-03")
        dependency(action, second)
        dependency(second, third)

        answer = secretariat.post(page_of(action, "add"), sent(predecessor="LOG-03", lag_days="0"))

        assert answer.status_code == 422
        assert "LOG-01 → LOG-02 → LOG-03 → LOG-01." in answer.content.decode()
        assert Dependency.objects.count() == 2

    def test_the_days_are_changed_and_the_link_removed(self, lead, action, place):
        link = dependency(before(place), action, lag_days=7)
        change = page_of(action, "change", link.pk)
        page = text_of(lead, action.get_absolute_url())
        assert change in page
        assert 'value="7"' in text_of(lead, change)

        lead.post(change, sent(lag_days="30"))
        made = Dependency.objects.get(removed_on=None)
        assert made.lag_days == 30
        assert "LOG-01 waits for LOG-02" in text_of(lead, page_of(action, "remove", made.pk))
        lead.post(page_of(action, "remove", made.pk), sent())

        assert not Dependency.objects.filter(removed_on=None).exists()
        assert lead.get(page_of(action, "remove", made.pk)).status_code == 404

    @pytest.mark.parametrize("step", ["change", "remove"])
    def test_sent_twice_it_is_done_once(self, lead, action, place, step):
        link = dependency(before(place), action, lag_days=7)
        form = sent(lag_days="30")

        answers = [lead.post(page_of(action, step, link.pk), form) for _time in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        assert Dependency.objects.filter(removed_on=None).count() == (step == "change")

    @pytest.mark.parametrize("step", ["change", "remove"])
    def test_what_was_changed_meanwhile_is_said_and_keeps_what_was_typed(
        self, lead, action, place, step
    ):
        link = dependency(before(place), action, lag_days=7)
        lead.post(page_of(action, "change", link.pk), sent(lag_days="30"))

        answer = lead.post(page_of(action, step, link.pk), sent(lag_days="12"))

        assert answer.status_code == 422
        assert step == "remove" or 'value="12"' in answer.content.decode()
        assert Dependency.objects.get(removed_on=None).lag_days == 30

    @pytest.mark.parametrize("pk", [0, 999_999, 2**70])
    @pytest.mark.parametrize("step", ["change", "remove"])
    def test_an_unknown_one_is_not_found(self, secretariat, action, step, pk):
        place = f"/actions/{action.code}/dependencies/{pk}/{step}/"

        assert secretariat.get(place).status_code == 404

    def test_one_of_another_action_is_not_found_here(self, secretariat, action, place):
        link = dependency(action, before(place))

        assert secretariat.get(page_of(action, "remove", link.pk)).status_code == 404

    def test_no_form_is_offered_for_what_is_cancelled(self, secretariat, place):
        cancelled = factories.action("LOG-09", workstream=place, cancelled=True)

        page = text_of(secretariat, cancelled.get_absolute_url())

        assert f'action="{page_of(cancelled, "add")}"' not in page


class TestChain:
    @pytest.fixture
    def milestone(self, action):
        return factories.milestone(title="Layanan dibuka", due_date=days(130), actions=[action])

    def chain(self, client, milestone, day=None):
        prefix = f"/as-of/{day}" if day else ""
        page = text_of(client, f"{prefix}{milestone.get_absolute_url()}")
        return page.partition('id="chain"')[2].partition("</section>")[0]

    def test_it_is_listed_in_order_with_the_room_at_each_step(
        self, client, milestone, action, place
    ):
        second, third = before(place, due=days(-4)), before(place, "LOG-03", due=days(-10))
        dependency(second, action, lag_days=4)
        dependency(third, second)
        dependency(before(place, "LOG-04", due=days(-90)), action)

        chain = self.chain(client, milestone)

        parts = ["LOG-03", "5 days of room before the next", "LOG-02", "no room: a slip moves"]
        parts += ["LOG-01", "30 days of room before the milestone"]
        places = [chain.index(part) for part in parts]
        assert places == sorted(places)
        assert "LOG-04" not in chain

    def test_what_is_too_early_or_past_the_date_is_marked(self, client, milestone, action, place):
        dependency(before(place, due=days(3)), action)
        type(milestone).objects.update(due_date=days(90))

        chain = self.chain(client, milestone)

        assert "the next begins 3 days too early" in chain
        assert "10 days past the milestone" in chain

    def test_without_an_open_dated_gate_it_says_so(self, client, milestone, action):
        type(action).objects.filter(pk=action.pk).update(due_date=None, first_due_date=None)

        chain = self.chain(client, milestone)

        assert "there is no chain to watch" in chain
        assert "1 open action before it has no due date" in chain

    def test_of_a_past_day_it_is_that_of_then(self, client, milestone, action, place):
        dependency(before(place), action, created_on=days(-20))

        assert "LOG-02" in self.chain(client, milestone)
        assert "LOG-02" not in self.chain(client, milestone, days(-30))
        assert "LOG-01" in self.chain(client, milestone, days(-30))

    def test_a_milestone_that_ended_has_none(self, client, action):
        ended = factories.milestone(actions=[action], achieved=True)

        assert self.chain(client, ended) == ""
