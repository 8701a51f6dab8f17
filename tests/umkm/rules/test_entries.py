"""What a figure must be, whichever way it comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from umkm.enums import Confidence, Fault, Measure, ObservationKind
from umkm.rules.entries import Stated, faults
from umkm.rules.periods import Period
from umkm.rules.refusals import Refused, say

TODAY = date(2018, 10, 1)
SOUND = Stated(
    Period(2018, "Q3"), ObservationKind.ACTUAL, Decimal("12"), "BPS 2018", Confidence.HIGH
)
NOT_YET = Period(2018, "M11")
CASES = [
    ({}, Measure.STOCK, []),
    ({"period": Period(1945)}, Measure.STOCK, []),
    ({"period": Period(1944)}, Measure.STOCK, [("year", Fault.YEAR, {"cell": "1944"})]),
    ({"period": Period(2101)}, Measure.STOCK, [("year", Fault.YEAR, {"cell": "2101"})]),
    ({"period": Period(2100)}, Measure.STOCK, [("year", Fault.FUTURE, {})]),
    ({"period": Period(2018, "Q4")}, Measure.STOCK, []),
    ({"period": NOT_YET}, Measure.STOCK, [("year", Fault.FUTURE, {})]),
    ({"period": NOT_YET, "kind": ObservationKind.TARGET}, Measure.STOCK, []),
    ({"period": Period(2100), "kind": ObservationKind.TARGET}, Measure.STOCK, []),
    ({"value": Decimal("1")}, Measure.RANK, []),
    ({"value": Decimal("0")}, Measure.RANK, [("value", Fault.NO_RANK, {"cell": "0"})]),
    ({"value": Decimal("2.5")}, Measure.RANK, [("value", Fault.NO_RANK, {"cell": "2.5"})]),
    ({"value": Decimal("0.5")}, Measure.RATE, []),
    ({"region": "32"}, Measure.STOCK, []),
    ({"region": "99"}, Measure.STOCK, [("region", Fault.REGION, {"cell": "99"})]),
    ({"citation": " "}, Measure.STOCK, [("source", Fault.MISSING, {})]),
    ({"known_from": TODAY}, Measure.STOCK, []),
    (
        {"known_from": date(2018, 10, 2)},
        Measure.STOCK,
        [("known_from", Fault.NOT_KNOWN_YET, {})],
    ),
]


@pytest.mark.parametrize(("changed", "measure", "found"), CASES)
def test_what_is_wrong_with_a_figure(changed, measure, found):
    assert list(faults(replace(SOUND, **changed), measure, TODAY)) == found


def test_a_figure_without_a_region_covers_the_country_and_needs_no_address():
    assert (SOUND.region, SOUND.url, SOUND.known_from) == ("", "", None)


def test_a_refusal_speaks_of_its_field_in_a_sentence():
    refused = Refused("year", Fault.YEAR, cell="1944")

    assert (refused.field, refused.fault, refused.words) == ("year", Fault.YEAR, {"cell": "1944"})
    assert str(refused) == "year"
    assert refused.sentence == say(Fault.YEAR, {"cell": "1944"})
    assert "1944" in refused.sentence
    assert say(Fault.MISSING, {}) == str(Fault.MISSING.label)
