"""What pages are told: lines that are never joined, targets judged honestly, as of any day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.http import Http404

from committee.enums import Role
from committee.rules.permissions import Actor
from tests import factories
from umkm import access
from umkm.enums import Verdict, Why
from umkm.models import Import, Observation, Series, Source
from umkm.provinces import PROVINCES
from umkm.selectors import indicators as selectors
from umkm.selectors.lines import lines_of

pytestmark = pytest.mark.django_db
DAY = date(2021, 3, 1)


def indicator(code="KUR", **fields):
    values = {"direction": "higher", "measure": "flow", "headline_order": 1}
    return factories.indicator(code, **values | fields)


def state(line, year, value, kind="actual", known=date(2021, 1, 1), **fields):
    return factories.observation(
        line, year=year, value=value, kind=kind, known_from=known, **fields
    )


def headline(of, today=DAY):
    (found,) = selectors.headlines(today, [of])
    return found


def test_a_headline_shows_the_latest_figure_its_target_and_the_gap():
    kur = indicator()
    state(kur, 2017, "96")
    state(kur, 2018, "120", known=date(2022, 1, 1))
    state(kur, 2017, "106.6", kind="target")

    found = headline(kur)

    assert (found.latest.value, found.aim.target.value) == (96, Decimal("106.6"))
    assert (found.aim.judgement.verdict, found.aim.judgement.gap) == ("missed", Decimal("10.6"))
    assert found.aim.compared == found.latest
    assert headline(kur, date(2022, 1, 1)).latest.value == 120


def test_the_next_open_target_comes_first_and_then_the_last_one():
    kur = indicator()
    for year in (2019, 2022, 2024):
        state(kur, year, "1", kind="target")

    assert headline(kur).aim.target.year == 2022
    assert headline(kur, date(2030, 1, 1)).aim.target.year == 2024


def test_lines_of_different_counters_are_never_joined():
    online = indicator("UMKM_ONLINE", measure="stock")
    kominfo = factories.series(online, "KOMINFO")
    state(kominfo, 2019, "9.16")
    state(kominfo, 2019, "8", kind="target")
    state(online, 2020, "11.7")
    state(online, 2019, "10", kind="target")

    found = headline(online)
    lines = {one.series.code: one for one in lines_of([online], DAY)[online.pk]}

    assert (found.line.series.code, found.latest.value) == ("MAIN", Decimal("11.7"))
    assert [one.value for one in found.others] == [Decimal("9.16")]
    # Its own target is reached; the other's figure does not count for this one.
    assert lines["KOMINFO"].aims[0].judgement.verdict == Verdict.REACHED
    assert lines["MAIN"].aims[0].judgement.verdict == Verdict.UNMEASURED


def test_a_target_without_a_measure_of_its_own_says_so_beside_what_there_is():
    promised, counted = indicator("ECOM_VALUE_TARGET"), indicator("ECOM_GMV")
    promised.beside.add(counted)
    state(promised, 2020, "130", kind="target")
    state(counted, 2020, "32")

    page = selectors.indicator_page(promised, DAY)

    judged = page.lines[0].aims[0].judgement
    assert (judged.verdict, judged.why) == (Verdict.INCOMPARABLE, Why.NEVER_MEASURED)
    assert [(one.indicator.code, one.latest.value) for one in page.beside] == [("ECOM_GMV", 32)]
    assert page.lines[0].points() == []


def test_a_year_not_measured_is_a_gap_and_never_a_line():
    kur = indicator()
    for year, value in ((2015, "1"), (2016, "2"), (2018, "4")):
        state(kur, year, value)
    state(kur, 2017, "9", part="H1")

    assert headline(kur).line.points() == [(2015, 1), (2016, 2), (2017, None), (2018, 4)]


def test_a_baseline_is_part_of_the_line():
    kur = indicator()
    state(kur, 2016, "94", kind="baseline")
    state(kur, 2016, "100", kind="target")

    found = headline(kur)

    assert (found.latest.kind, found.aim.judgement.gap) == ("baseline", 6)
    assert found.line.points() == [(2016, 94)]


def test_an_indicator_without_figures_has_a_row():
    found = headline(indicator())

    assert (found.latest, found.aim, found.others) == (None, None, [])
    assert found.line.series.code == "MAIN"


def test_headlines_are_those_chosen_in_their_order():
    for code, place in (("A", 2), ("B", 1), ("C", None)):
        indicator(code, headline_order=place)

    assert [one.indicator.code for one in selectors.headlines(DAY)] == ["B", "A"]
    assert [one.code for one in selectors.indicators()] == ["B", "A", "C"]


def test_provinces_are_ranked_and_named_where_missing():
    kur = indicator()
    for region, value in (("32", "5"), ("33", "10"), ("35", "5"), ("", "99")):
        state(kur, 2019, value, region=region)
    state(kur, 2018, "7", region="32")
    line = access.series("KUR", "MAIN")

    found = selectors.ranking(line, DAY)

    rows = [(one.place, one.province.title, one.share) for one in found.rows]
    assert rows == [(1, "Jawa Tengah", 100), (2, "Jawa Barat", 50), (2, "Jawa Timur", 50)]
    assert (found.year, found.years, len(found.missing)) == (2019, [2018, 2019], 35)
    assert found.total is None
    assert selectors.ranking(line, DAY, 2018).year == 2018
    assert selectors.ranking(line, DAY, 1999).year == 2019
    assert selectors.ranking(line, date(2020, 1, 1)) is None


@pytest.mark.parametrize(("measure", "total"), [("flow", 38), ("rate", None), ("rank", None)])
def test_provinces_add_up_only_where_all_are_there_and_may(measure, total):
    kur = indicator(measure=measure)
    for code in PROVINCES:
        state(kur, 2019, "1", region=code)

    assert selectors.ranking(access.series("KUR", "MAIN"), DAY).total == total


def test_small_multiples_share_their_years():
    kur = indicator()
    state(kur, 2018, "1", region="32")
    state(kur, 2020, "2", region="32")
    state(kur, 2019, "3", region="11")

    found = selectors.small_multiples(kur.series.get(), DAY)

    assert [(one.province.title, one.points) for one in found] == [
        ("Aceh", [(2018, None), (2019, 3), (2020, None)]),
        ("Jawa Barat", [(2018, 1), (2019, None), (2020, 2)]),
    ]
    assert selectors.small_multiples(kur.series.get(), date(2020, 1, 1)) == []


def test_the_history_names_what_was_stated_until_a_day():
    kur = indicator()
    state(kur, 2018, "1")
    state(kur, 2019, "2", known=date(2022, 1, 1))

    assert [one.value for one in selectors.history(kur, DAY)] == [1]
    assert [one.value for one in selectors.history(kur, date(2022, 1, 1))] == [2, 1]


def test_the_codes_are_those_of_bps():
    codes = ["11-19", "21", "31-36", "51-53", "61-65", "71-76", "81-82", "91-92", "94-97"]
    spans = [list(map(int, one.split("-"))) for one in codes]
    expected = [str(n) for span in spans for n in range(span[0], span[-1] + 1)]

    assert list(PROVINCES) == expected
    assert len(PROVINCES) == 38
    names = {one.title for one in PROVINCES.values()}
    assert len(names) == 38
    assert all(one.title_en for one in PROVINCES.values())


def test_what_is_not_there_is_not_found():
    for fetch in (
        lambda: access.indicator("X"),
        lambda: access.initiative("X"),
        lambda: access.challenge("X"),
        lambda: access.series("X", "MAIN"),
        lambda: access.observation(1, DAY),
        lambda: access.observation(state(indicator(), 2018, "1").pk, date(2020, 12, 31)),
    ):
        with pytest.raises(Http404):
            fetch()


def test_a_file_is_its_owners_and_the_secretariats():
    owner = factories.member()
    draft = Import.objects.create(name="a.csv", by=owner, at=factories.moment(DAY))

    assert access.draft(Actor(owner.pk, Role.MEMBER), draft.pk) == draft
    assert access.draft(Actor(0, Role.SECRETARIAT), draft.pk) == draft
    for actor in (Actor(0, Role.MEMBER), Actor(0, Role.CHAIR), Actor(owner.pk, Role.MEMBER, False)):
        with pytest.raises(Http404):
            access.draft(actor, draft.pk)


@pytest.mark.parametrize("number", [2, 20])
def test_pages_ask_as_much_for_few_as_for_many(django_assert_num_queries, number):
    fill(number)
    line = access.series("IND_0", "MAIN")
    with django_assert_num_queries(3):
        assert len(selectors.headlines(DAY)) == number
    with django_assert_num_queries(8):
        page = selectors.indicator_page(line.indicator, DAY)
    assert (len(page.beside), page.has_provinces) == (number - 1, True)
    with django_assert_num_queries(2):
        assert len(selectors.ranking(line, DAY).rows) == 38
    with django_assert_num_queries(1):
        assert len(selectors.small_multiples(line, DAY)) == 38


def fill(number):
    made = [indicator(f"IND_{n}", headline_order=n) for n in range(number)]
    made[0].beside.set(made[1:])
    cited = Source.objects.create(citation="uji")
    Observation.objects.bulk_create(
        Observation(
            series=line, year=year, value=year, kind="actual", region=region,
            known_from=date(2021, 1, 1), source=cited, confidence="high",
        )
        for line in Series.objects.all()
        for region in ("", *PROVINCES)
        for year in (2018, 2019)
    )  # fmt: skip
