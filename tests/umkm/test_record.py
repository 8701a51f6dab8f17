"""Every number of the record is there, in a line of its counter, with source and confidence."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from roadmap.models import ActionItem, Milestone
from roadmap.seed import files, importer
from umkm.enums import Direction
from umkm.models import Indicator, Observation, Series

pytestmark = pytest.mark.django_db
LATER = date(2026, 1, 1)


@pytest.fixture
def everything_known():
    call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)
    importer.learn(LATER)


def rows():
    with (files.BUNDLED / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_number_is_there_with_its_source_and_confidence(everything_known):
    there = {
        (
            one.series.indicator.code,
            str(one.year),
            one.kind,
            one.value,
            one.series.indicator.unit,
            one.source.citation,
            one.confidence,
        )
        for one in Observation.objects.select_related("series__indicator", "source")
    }

    told = {
        (
            row["code"],
            row["year"],
            row["kind"],
            Decimal(row["value"]),
            row["unit"],
            row["source"],
            row["confidence"],
        )
        for row in rows()
    }
    assert len(told) == len(rows()) == Observation.objects.count()
    assert there == told
    assert set(Indicator.objects.values_list("code", flat=True)) == {row["code"] for row in rows()}


def line_of(code, year, value):
    return Observation.objects.get(
        series__indicator__code=code, year=year, kind="actual", value=value
    ).series


@pytest.mark.parametrize(
    ("code", "year", "one", "other"),
    [("UMKM_COUNT", 2017, "57.9", "62.93"), ("UMKM_EMPLOYMENT_SHARE", 2017, "80", "97.02")],
)
def test_conflicting_figures_stand_in_lines_of_their_own_and_say_why(
    everything_known, code, year, one, other
):
    first, second = line_of(code, year, one), line_of(code, year, other)

    assert first != second
    assert first.title
    assert second.title
    assert first.indicator.differs
    assert first.indicator.differs_en


def test_figures_of_different_counters_are_in_different_lines(everything_known):
    lines = {
        one.code: sorted(one.observations.filter(kind="actual").values_list("year", flat=True))
        for one in Series.objects.filter(indicator__code="UMKM_ONLINE")
    }

    assert lines == {"KOMINFO": [2017, 2018, 2019], "MAIN": [2020, 2021, 2022, 2023]}
    assert not Series.objects.filter(code__startswith="LINE_").exists()


def test_every_indicator_says_what_it_measures_in_both_languages(everything_known):
    for one in Indicator.objects.all():
        assert one.what, one.code
        assert one.what_en, one.code
        assert one.unit_en, one.code
    targets = Indicator.objects.filter(series__observations__kind="target")
    assert not targets.filter(direction=Direction.NEITHER).exists()


def test_initiatives_name_their_actions_and_indicators_what_moves_them(everything_known):
    action = ActionItem.objects.get(code="EDU-02")

    assert [one.code for one in action.initiatives.all()] == ["STARTUP1000"]
    assert "TECHNOPRENEUR" in action.indicators.values_list("code", flat=True)
    milestone = Milestone.objects.get(title="Nilai e-commerce US$130 miliar")
    assert [one.code for one in milestone.indicators.all()] == ["ECOM_VALUE_TARGET"]


def test_a_link_somebody_took_away_does_not_come_back(everything_known):
    ActionItem.objects.get(code="EDU-02").initiatives.clear()

    call_command("seed", verbosity=0)

    assert not ActionItem.objects.get(code="EDU-02").initiatives.exists()
    assert Observation.objects.count() == len(rows())


def test_without_notes_a_second_figure_of_a_year_gets_a_line_of_its_own(tmp_path):
    record = files.read(files.BUNDLED, rehearsal=False)
    plain = {**record, "series": [], "indicator_notes": []}
    importer.prepare(plain)

    importer.load(plain, until=LATER)

    assert Observation.objects.count() == len(rows())
    lines = Series.objects.filter(indicator__code="UMKM_COUNT").order_by("order")
    assert [one.code for one in lines] == ["MAIN", "LINE_2"]
    assert not Indicator.objects.exclude(direction=Direction.NEITHER).exists()
