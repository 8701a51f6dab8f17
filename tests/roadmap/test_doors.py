"""Every number that is shown opens the list it counts: each is followed, and its rows counted."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

from django.test import Client, TestCase, override_settings
from django.urls import reverse

from committee.models import Advice, Member
from roadmap.models import Comment, Obstacle
from roadmap.selectors import advice as advices
from roadmap.selectors import decisions, obstacles, periods, requests, setup, since
from roadmap.selectors.advice import AdviceView
from roadmap.selectors.decisions import Listed
from roadmap.selectors.since import Section
from tests import cast as casting
from tests import committee_factories as made
from tests import factories, stage
from tests.doors import Walker, text, walk
from tests.factories import TODAY, days

ROWS = 30  # more than a page of decisions and obstacles
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
READERS = ("secretariat", "adviser", "lead")
SINCE = f"?since={days(-60)}"
FILTERS = ("?show=closed", "?show=all", "?watch=old", "?watch=overdue", "?who=committee")
MEETINGS = ("draft_meeting", "meeting", "closed_meeting", "long_meeting", "thing_meeting")
ADVICE = ("advice", "accepted", "declined")
DECISIONS = ("decision", "adopted", "task", "move")
LISTS = ("meetings", "decisions", "advice-list", "obstacles", "requests", "periods", "changes")
LOUD = ("meeting", "closed_meeting", "accepted", "declined", "move", "thing", "period")
LOUD += ("closed_period",)
THINGS = (*MEETINGS, *ADVICE, *DECISIONS, "thing", "request", "period", "closed_period")


def play(cast):
    """Add what the stage lacks: answers, joined obstacles, comments, a decision that moves."""
    more, secretariat = cast.more, cast.people["secretariat"]
    Obstacle.objects.filter(pk=more["alike"].pk).update(joined_to=more["thing"])
    declined = made.advice(answered=True)
    Advice.objects.filter(pk=declined.pk).update(answer="declined")
    factories.actions(2, workstream=cast.open.workstream, advice=declined)
    factories.actions(2, workstream=cast.open.workstream, advice=more["accepted"], verified=True)
    factories.action(workstream=cast.open.workstream, advice=more["accepted"], due_date=days(-9))
    move = made.decision(more["meeting"], number=80, effect="move")
    made.report(more["period"], signed=True, signed_by=cast.people["lead"])
    more["meeting"].attendance.create(institution=more["seated"][0], presence="present")
    Comment.objects.bulk_create(
        Comment(by=secretariat, at=factories.moment(TODAY), text="Setuju.", decision=move)
        for _ in range(ROWS)
    )
    return {"declined": declined, "move": move}


def pages(cast):
    """Give the addresses whose numbers are followed."""
    more = cast.more
    lists = {
        "meetings": [""],
        "decisions": [f"?state={one}" for one in Listed.values],
        "advice-list": [f"?show={one}" for one in AdviceView.values],
        "requests": ["?state=pending", "?state=declined", "?state=all"],
        "periods": ["", "?page=2"],
        "obstacles": ["", *FILTERS],
        "changes": ["", SINCE, *(f"{SINCE}&section={one}" for one in Section.values)],
    }
    found = [reverse(f"roadmap:{name}") + query for name, all_ in lists.items() for query in all_]
    found += [more[name].get_absolute_url() for name in THINGS]
    found += [f"{more['period'].get_absolute_url()}?signed={one}" for one in ("yes", "no")]
    return [*found, cast.open.get_absolute_url()]


class TestDoors(TestCase):
    @classmethod
    def setUpTestData(cls):
        with override_settings(PASSWORD_HASHERS=QUICK):
            cls.cast = casting.gather()
        cls.cast.more |= play(cls.cast)
        stage.fill(cls.cast, ROWS)
        cls.pages = pages(cls.cast)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Not among the test data, which each test gets a copy of: it remembers what it read.
        cls.secretariat = cls.walker("secretariat")

    @classmethod
    def walker(cls, who):
        client = Client()
        client.force_login(Member.objects.get(pk=cls.cast.people[who].pk))
        return Walker(client)

    def wrong(self, page):
        return [door for door in self.walker("secretariat").doors(page) if not door.is_right]

    def test_every_number_opens_the_list_it_counts(self):
        for who in READERS:
            walker = self.secretariat if who == "secretariat" else self.walker(who)
            doors = [door for page in self.pages for door in walker.doors(page)]

            with self.subTest(who):
                assert [door for door in doors if not door.is_right] == []
                assert len({door.place for door in doors}) > 60

    def test_a_frozen_figure_opens_the_list_as_of_the_day_it_was_counted_on(self):
        period = self.cast.more["closed_period"]

        doors = self.secretariat.doors(period.get_absolute_url())
        lists = [door for door in doors if "/actions/" in door.place]

        assert len(lists) == 5
        assert {door.place.partition("actions/")[0] for door in lists} == {
            f"/as-of/{period.closes_on}/"
        }
        assert [door for door in lists if not door.is_right] == []

    def test_the_first_hour_opens_what_it_counts(self):
        doors = self.secretariat.doors(reverse("roadmap:start"))

        assert [door for door in doors if not door.is_right] == []
        assert len(doors) == 5

    def test_no_number_leads_somewhere_without_saying_how_many(self):
        walker = self.secretariat

        assert {page: found for page in self.pages if (found := walker.unmarked(page))} == {}

    def test_each_kind_of_page_has_a_number(self):
        """Without this a page that lost its numbers would pass."""
        loud = [reverse(f"roadmap:{name}") for name in LISTS]
        loud += [self.cast.more[name].get_absolute_url() for name in LOUD]

        assert [page for page in loud if not self.secretariat.doors(page)] == []

    def test_who_was_present_is_counted(self):
        main = self.secretariat.main(self.cast.more["meeting"].get_absolute_url())
        present = [
            one for one in walk(main, "div") if ("data-presence", "present") in one.attributes
        ]

        assert f"{len(present)} of 2 institutions present" in text(main)

    def test_a_count_that_is_off_by_one_is_found(self):
        for page, (module, name, spoil) in SPOILT.items():
            place = reverse(f"roadmap:{page}")
            asked = getattr(module, name)

            with (
                self.subTest(page),
                patch.object(
                    module, name, lambda *a, asked=asked, spoil=spoil, **kw: spoil(asked(*a, **kw))
                ),
            ):
                assert self.wrong(place)

    def test_a_number_that_opens_nothing_is_found(self):
        page = self.cast.more["accepted"].get_absolute_url()
        with patch("tests.doors.named", return_value=None):
            assert self.wrong(page)


def _more(pairs):
    return [(one, n + 1) for one, n in pairs]


# Where a count is made on each page, and how to put it off by one.
SPOILT = {
    "decisions": (decisions, "listing", lambda found: replace(found, counts=_more(found.counts))),
    "advice-list": (advices, "listing", lambda found: replace(found, counts=_more(found.counts))),
    "obstacles": (obstacles, "summary", lambda found: replace(found, open=found.open + 1)),
    "requests": (requests, "listing", lambda found: replace(found, all_count=found.all_count + 1)),
    "changes": (since, "_first", lambda found: replace(found, count=found.count + 1)),
    "periods": (periods, "_row", lambda row: replace(row, signed=row.signed + 1)),
    "start": (setup, "counts", lambda found: replace(found, meetings=found.meetings + 1)),
}
