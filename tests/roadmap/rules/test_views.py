"""What of an address a saved view keeps."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

import pytest

from roadmap.enums import Refusal, ViewPage
from roadmap.rules import views
from roadmap.rules.refusals import Refused

# Written out by hand: the names that stand in addresses people have saved.
KEPT = {
    ViewPage.ACTIONS: "q workstream signal status institution part owner due_from due_to sort"
    " challenge initiative",
    ViewPage.MILESTONES: "workstream stage",
    ViewPage.TIMELINE: "q workstream signal status institution part owner due_from due_to zoom"
    " from to open since slip days milestone challenge initiative",
    ViewPage.OBSTACLES: "show watch who workstream",
    ViewPage.SLIPS: "q workstream institution kind way item since meeting show",
    ViewPage.CHANGES: "since section",
}


@pytest.mark.parametrize("page", ViewPage.values)
def test_a_page_keeps_its_own_filters_in_their_order_and_nothing_else(page):
    names = KEPT[ViewPage(page)].split()
    asked = urlencode(dict.fromkeys([*reversed(names), "page", "as_of", "csrf"], "1"))

    assert views.kept(page, f"?{asked}") == urlencode(dict.fromkeys(names, "1"))


def test_an_empty_filter_is_not_kept_and_spaces_around_one_go():
    assert views.kept(ViewPage.MILESTONES, "workstream=%20&stage=%20late%20") == "stage=late"


def test_a_day_is_kept_only_when_asked_for():
    day = date(2018, 10, 1)

    assert views.kept(ViewPage.CHANGES, "since=7") == "since=7"
    assert views.kept(ViewPage.CHANGES, "since=7", day) == "since=7&as_of=2018-10-01"


def test_the_longest_that_is_kept():
    assert views.MOST == 50
    assert len(views.kept(ViewPage.ACTIONS, "q=" + "x" * 998)) == 1000
    with pytest.raises(Refused) as refused:
        views.kept(ViewPage.ACTIONS, "q=" + "x" * 999)
    assert refused.value.reason is Refusal.VIEW_TOO_LONG
