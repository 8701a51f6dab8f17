"""Challenges and initiatives, made and linked in the browser: in matrix, page and history."""

from __future__ import annotations

import pytest
from django.urls import reverse

from committee.changes import Attempt
from committee.clock import Moment
from committee.enums import Role
from roadmap.models import ActionItem, StatusUpdate
from roadmap.selectors.served import coverage
from roadmap.services import links
from tests import factories
from tests.factories import TODAY, moment
from tests.roadmap.forms import sent, step
from umkm.models import Challenge, Indicator, Initiative, Series

pytestmark = pytest.mark.usefixtures("opening_day")


@pytest.fixture
def action(workstreams):
    return factories.action("LOG-01", workstream=workstreams[0], late=True)


@pytest.fixture
def secretariat(client_of, action):
    return client_of(factories.member(Role.SECRETARIAT, language="en"))


def text(answer):
    return answer.content.decode()


def post(client, name, arguments=(), thing=None, **fields):
    address = reverse(f"roadmap:{name}", args=arguments)
    return client.post(address, sent(thing, **fields))


def made_initiative(client, **fields):
    said = {"code": "ewtp", "title": "e-WTP", "what": "Aturan bersama."}
    return post(client, "initiative-create", **said | fields)


def test_an_initiative_is_made_and_linked_and_its_actions_tell_of_it(secretariat, action):
    answer = made_initiative(secretariat, actions="log-01")

    page = text(secretariat.get(answer["Location"]))
    assert answer["Location"] == reverse("roadmap:initiative", args=["EWTP"])
    assert action.title in page
    assert "1 late" in text(secretariat.get(reverse("roadmap:initiatives")))
    assert StatusUpdate.objects.latest("pk").changes == {"initiatives": ["", "EWTP"]}
    assert "e-WTP" in text(secretariat.get(action.get_absolute_url()))


def test_unlinking_it_is_in_the_history_too(secretariat, action):
    made_initiative(secretariat, actions="LOG-01")
    made = Initiative.objects.get()

    post(secretariat, "initiative-edit", ["EWTP"], made, title="e-WTP", what="x", actions="")

    assert not action.initiatives.exists()
    assert StatusUpdate.objects.latest("pk").changes == {"initiatives": ["EWTP", ""]}


@pytest.mark.parametrize("name", ["challenge", "initiative"])
def test_a_link_made_elsewhere_meanwhile_is_not_taken_away_unseen(secretariat, action, name):
    thing = getattr(factories, name)("LAIN")
    open_form = sent(thing, title="Lain", what="x", actions="", indicators="")
    linked = Attempt(by=secretariat.member, at=Moment(moment(TODAY), TODAY, None))
    links.link_action(action=action, attempt=linked, links={f"{name}s": [thing]})

    answer = secretariat.post(reverse(f"roadmap:{name}-edit", args=["LAIN"]), open_form)

    assert answer.status_code == 409
    assert "LOG-01" in text(answer)
    assert getattr(action, f"{name}s").exists()


def test_a_figure_linked_elsewhere_meanwhile_is_not_taken_away_unseen(secretariat):
    thing, indicator = factories.initiative("EWTP"), factories.indicator("LPI")
    open_form = sent(thing, title="e-WTP", what="x", actions="", indicators="")
    post(secretariat, "indicator-links", ["LPI"], indicator, initiatives=[thing.pk])

    answer = secretariat.post(reverse("roadmap:initiative-edit", args=["EWTP"]), open_form)

    assert answer.status_code == 409
    assert thing.indicators.exists()


def test_a_code_that_is_taken_or_an_action_that_is_not_there_is_told(secretariat):
    factories.initiative("EWTP")

    taken, unknown = made_initiative(secretariat), made_initiative(secretariat, actions="LOG-77")

    assert taken.status_code == unknown.status_code == 422
    assert "This code is taken." in text(taken)
    assert "There is no action with this code: LOG-77." in text(unknown)


def test_the_same_form_sent_twice_makes_one_thing(secretariat):
    form = sent(None, code="EWTP", title="e-WTP", what="x", actions="LOG-01")
    address = reverse("roadmap:initiative-create")

    first = secretariat.post(address, form)
    again = secretariat.post(address, form)

    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Initiative.objects.count() == 1
    assert StatusUpdate.objects.filter(changes__has_key="initiatives").count() == 1


def test_a_challenge_brings_a_column_and_a_link_fills_its_cell(secretariat, action):
    post(secretariat, "challenge-create", code="CAP", title="Kapasitas", title_en="Capacity")

    empty = text(secretariat.get(reverse("roadmap:coverage")))
    assert "No action of any workstream answers “Capacity”." in empty
    assert 'href="#gap-LOG-CAP"' in empty
    post(
        secretariat,
        "challenge-edit",
        ["CAP"],
        Challenge.objects.get(),
        title="Kapasitas",
        title_en="Capacity",
        actions="LOG-01",
    )
    full = text(secretariat.get(reverse("roadmap:coverage")))
    assert "?workstream=LOG&amp;challenge=CAP&amp;signal=late" in full
    assert 'href="#gap-LOG-CAP"' not in full
    assert StatusUpdate.objects.latest("pk").changes == {"challenges": ["", "CAP"]}
    assert "Capacity" in text(secretariat.get(action.get_absolute_url()))


def test_the_form_of_an_action_links_it_too(secretariat, action):
    initiative, indicator = factories.initiative("EWTP"), factories.indicator("LPI")

    answer = secretariat.post(
        step("edit", action),
        sent(action, title="Uji", weight="1", initiatives=[initiative.pk], indicators="lpi"),
    )

    assert answer.status_code == 302
    assert list(action.initiatives.all()) == [initiative]
    assert list(action.indicators.all()) == [indicator]
    changes = StatusUpdate.objects.latest("pk").changes
    assert (changes["initiatives"], changes["indicators"]) == (["", "EWTP"], ["", "LPI"])


def test_a_milestone_names_the_figures_it_is_to_move(secretariat, workstreams):
    milestone = factories.milestone(workstream=workstreams[0])
    factories.indicator("LPI", title="Peringkat LPI")
    said = {"workstream": workstreams[0].pk, "title": "Uji", "indicators": "LPI"}

    post(secretariat, "milestone-edit", [milestone.pk], milestone, **said)

    assert "Peringkat LPI" in text(secretariat.get(milestone.get_absolute_url()))
    assert "Uji" in text(secretariat.get(reverse("roadmap:indicator", args=["LPI"])))


def test_the_links_of_an_indicator_are_set_on_its_own_page(secretariat, action):
    indicator, other = factories.indicator("LPI"), factories.indicator("LPI_SCORE")
    challenge = factories.challenge("VAL")

    post(
        secretariat,
        "indicator-links",
        ["LPI"],
        indicator,
        challenges=[challenge.pk],
        actions="LOG-01",
        beside="LPI_SCORE",
    )

    assert list(indicator.beside.all()) == [other]
    assert list(challenge.indicators.all()) == [indicator]
    assert StatusUpdate.objects.latest("pk").changes == {"indicators": ["", "LPI"]}


def test_an_indicator_and_another_series_of_it_are_made(secretariat):
    said = {"unit": "juta", "direction": "higher", "measure": "stock", "title": "Daring"}
    post(secretariat, "indicator-create", code="ONLINE", **said)

    post(secretariat, "series-create", ["ONLINE"], code="KOMINFO", title="Kominfo", order="1")
    again = post(secretariat, "series-create", ["ONLINE"], code="MAIN", title="x", order="1")

    indicator = Indicator.objects.get(code="ONLINE")
    assert list(indicator.series.order_by("order").values_list("code", flat=True)) == [
        "MAIN",
        "KOMINFO",
    ]
    assert "This code is taken." in text(again)


def test_the_unit_in_which_figures_stand_does_not_change(secretariat):
    indicator = factories.indicator("ONLINE", unit="juta")
    factories.observation(indicator)
    said = {"unit": "miliar", "direction": "higher", "measure": "stock", "title": "Daring"}

    answer = post(secretariat, "indicator-edit", ["ONLINE"], indicator, **said)

    assert answer.status_code == 422
    assert "Figures stand in this unit" in text(answer)
    assert Series.objects.get().indicator.unit == "juta"


def test_an_action_is_counted_under_each_of_its_challenges_and_cancelled_ones_nowhere(action):
    both = [factories.challenge("CAP"), factories.challenge("FIN")]
    action.challenges.set(both)
    gone = factories.action(workstream=action.workstream, status="cancelled", history=False)
    gone.challenges.set(both)
    factories.action(workstream=action.workstream)

    found = coverage(TODAY)

    cells = {place.code: cells for place, cells in found.rows}["LOG"]
    assert [(cell.work.number, cell.work.late) for cell in cells] == [(1, 1), (1, 1)]
    assert found.unlinked == 1


def test_the_list_of_actions_is_filtered_by_challenge_and_initiative(client, action):
    challenge, initiative = factories.challenge("CAP"), factories.initiative("EWTP")
    action.challenges.add(challenge)
    action.initiatives.add(initiative)
    other = factories.action(workstream=action.workstream)
    address = reverse("roadmap:actions")

    def codes(query):
        return {row["code"] for row in client.get(f"{address}?{query}").context["found"].rows}

    assert codes("challenge=CAP") == codes("initiative=EWTP") == {action.code}
    assert codes("challenge=none") == {other.code}
    assert codes("challenge=NO_SUCH") == {action.code, other.code}
    assert ActionItem.objects.count() == 2
