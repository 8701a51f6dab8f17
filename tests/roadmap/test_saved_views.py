"""Saved views: kept clean, changed by their owner alone, and never more than one beginning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import override

from committee.clock import read
from roadmap.enums import Refusal, ViewPage
from roadmap.forms import filters
from roadmap.models import SavedView
from roadmap.rules.refusals import Refused
from roadmap.rules.views import KEPT, LONGEST, MOST, kept
from roadmap.selectors.views import words
from roadmap.services import views as services
from roadmap.services.changes import Attempt
from roadmap.services.views import Wish
from tests import factories
from tests.stage.views import saved

LATE = Wish(page="actions", name="Terlambat", query="signal=late")


@pytest.mark.parametrize(
    ("page", "query", "clean"),
    [
        ("actions", "", ""),
        ("actions", "?signal=late&page=3", "signal=late"),
        ("actions", "signal=late&as_of=2018-09-01", "signal=late"),
        ("actions", "format=csv&evil=1&q=", ""),
        ("actions", "sort=-due&workstream=LOG", "workstream=LOG&sort=-due"),
        ("actions", "q=a%26b%3Dc&next=//evil.example", "q=a%26b%3Dc"),
        ("milestones", "stage=past_due&signal=late", "stage=past_due"),
        ("obstacles", "watch=old&decision=7", "watch=old"),
        ("changes", "since=meeting:3&section=moved", "since=meeting%3A3&section=moved"),
    ],
)
def test_only_filters_the_page_knows_are_kept(page, query, clean):
    assert kept(page, query) == clean


def test_a_day_is_kept_only_where_it_is_asked_for():
    asked = kept("actions", "signal=late&as_of=2018-08-01", date(2018, 9, 1))

    assert asked == "signal=late&as_of=2018-09-01"


def test_what_is_too_long_is_refused():
    with pytest.raises(Refused) as refused:
        kept("actions", "q=" + "x" * LONGEST)

    assert refused.value.reason == Refusal.VIEW_TOO_LONG


def test_every_filter_of_the_action_list_is_kept():
    assert set(KEPT[ViewPage.ACTIONS]) == {"q", *filters.NAMES, *filters.DAYS}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "signal=late&status=open",
            ["Signal: Late", "Status: Not finished: planned or in progress"],
        ),
        ("signal=owed&part=lead", ["Signal: Report owed", "Part: leads"]),
        ("due_from=2018-10-01&sort=due", ["Earliest due date: 1 October 2018", "Order: due"]),
        (
            "stage=past_due&workstream=-",
            ["Stage: Past their date", "Workstream: The whole roadmap"],
        ),
        ("show=added&way=later", ["Status: Items added", "Shift: Moved later"]),
        (
            "show=closed&who=committee",
            ["Status: Closed", "Who must decide: the steering committee"],
        ),
        ("zoom=months&open=LOG&from=banana", ["Zoom: Months", "From: banana"]),
        ("since=meeting:3&section=added", ["Since: Meeting 3", "Kind of change: Actions added"]),
    ],
)
def test_filters_are_said_in_words(query, said):
    with override("en"):
        assert words(query, {}) == said


@pytest.mark.parametrize("page", ViewPage.values)
def test_every_filter_that_is_kept_has_a_name(page):
    asked = "&".join(f"{name}=7" for name in KEPT[page] if name != "open")

    assert len(words(asked, {})) == asked.count("&") + 1


@pytest.mark.parametrize("page", ViewPage.values)
def test_every_page_that_can_be_kept_has_an_address(page):
    assert reverse(f"roadmap:{page}")
    assert KEPT[page]


@pytest.fixture
def attempt(opening_day):
    return Attempt(factories.member("viewer"), read(), token=uuid4())


def again(attempt, **fields):
    return replace(attempt, token=uuid4(), **fields)


def test_a_view_is_kept_once_however_often_it_is_sent(attempt):
    first = services.save_view(attempt=attempt, wish=LATE)
    second = services.save_view(attempt=attempt, wish=LATE)

    assert first == second
    assert SavedView.objects.count() == 1
    assert len(first.slug) == 22


def test_a_name_is_used_once_by_a_person_and_by_others_too(attempt):
    services.save_view(attempt=attempt, wish=LATE)
    with pytest.raises(Refused) as refused:
        services.save_view(attempt=again(attempt), wish=LATE)
    services.save_view(attempt=again(attempt, by=factories.member()), wish=LATE)

    assert refused.value.reason == Refusal.VIEW_NAME_TAKEN
    assert SavedView.objects.count() == 2


def test_nobody_keeps_more_than_the_most(attempt):
    for _number in range(MOST):
        saved(attempt.by)

    with pytest.raises(Refused) as refused:
        services.save_view(attempt=attempt, wish=LATE)

    assert refused.value.reason == Refusal.TOO_MANY_VIEWS
    assert attempt.by.saved_views.count() == MOST


def test_a_person_begins_in_one_place(attempt):
    first = services.save_view(attempt=attempt, wish=replace(LATE, is_start=True))
    wish = replace(LATE, name="Lain", is_start=True)
    second = services.save_view(attempt=again(attempt), wish=wish)
    other = saved(is_start=True)

    services.start_with(view=first, attempt=attempt, is_start=True)

    assert set(SavedView.objects.filter(is_start=True)) == {first, other}
    services.start_with(view=first, attempt=attempt, is_start=False)
    assert second not in SavedView.objects.filter(is_start=True)
    assert set(SavedView.objects.filter(is_start=True)) == {other}


def test_a_renamed_view_keeps_its_address(attempt):
    view = saved(attempt.by)

    services.rename_view(view=view, attempt=attempt, name="Baru")

    found = SavedView.objects.get(slug=view.slug)
    assert (found.name, found.query) == ("Baru", view.query)


def test_its_own_name_is_no_name_taken(attempt):
    view = saved(attempt.by, name="Sama")

    services.rename_view(view=view, attempt=attempt, name="Sama")

    assert SavedView.objects.get().name == "Sama"


@pytest.mark.parametrize("verb", ["rename", "start", "delete"])
def test_nobody_changes_another_persons_view(attempt, verb):
    view = saved(factories.member())
    changes = {
        "rename": lambda: services.rename_view(view=view, attempt=attempt, name="Baru"),
        "start": lambda: services.start_with(view=view, attempt=attempt, is_start=True),
        "delete": lambda: services.delete_view(view=view, attempt=attempt),
    }
    before = SavedView.objects.values().get()

    with pytest.raises(PermissionDenied):
        changes[verb]()

    assert SavedView.objects.values().get() == before


def test_a_view_deleted_is_gone(attempt):
    view = saved(attempt.by)

    services.delete_view(view=view, attempt=attempt)

    assert not SavedView.objects.exists()
