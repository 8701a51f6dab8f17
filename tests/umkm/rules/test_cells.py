"""Each cell of a file of figures gives its value, or the fault for which it cannot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from umkm.enums import Confidence, Fault, Notation, ObservationKind
from umkm.rules import cells
from umkm.rules.numbers import Unreadable
from umkm.rules.periods import Period

FORMULA = {"formula": "=1+1"}
READ = {column: reader for column, _, reader in cells.READERS}
GIVEN = [
    ("year", "2018", 2018),
    ("year", 2018.0, 2018),
    ("year", "7", 7),
    ("period", "", "Y"),
    ("period", "q3", "Q3"),
    ("kind", "Realisasi", ObservationKind.ACTUAL),
    ("kind", "aktual", ObservationKind.ACTUAL),
    ("kind", "actual", ObservationKind.ACTUAL),
    ("kind", "awal", ObservationKind.BASELINE),
    ("kind", "dasar", ObservationKind.BASELINE),
    ("kind", "target", ObservationKind.TARGET),
    ("value", "1.234,5", Decimal("1234.5")),
    ("region", "", ""),
    ("region", "00", ""),
    ("region", "Indonesia", ""),
    ("region", "JAWA BARAT", "32"),
    ("region", "West Java", "32"),
    ("region", "32", "32"),
    ("source", " BPS\u00a02018\u00a0", "BPS 2018"),
    ("url", "", ""),
    ("url", "https://bps.go.id/a", "https://bps.go.id/a"),
    ("url", "http://bps.go.id/a", "http://bps.go.id/a"),
    ("confidence", "tinggi", Confidence.HIGH),
    ("confidence", "Sedang", Confidence.MEDIUM),
    ("confidence", "rendah", Confidence.LOW),
    ("confidence", "low", Confidence.LOW),
    ("known_from", "2018-12-31", date(2018, 12, 31)),
    ("known_from", "", None),
]
REFUSED = [
    ("year", "", Fault.MISSING),
    ("year", "20188", Fault.YEAR),
    ("year", "MMXVIII", Fault.YEAR),
    ("year", "٢٠١٨", Fault.YEAR),
    ("period", "Q5", Fault.PERIOD),
    ("kind", "", Fault.MISSING),
    ("kind", "guess", Fault.KIND),
    ("value", FORMULA, Fault.FORMULA),
    ("region", "Atlantis", Fault.REGION),
    ("source", " ", Fault.MISSING),
    ("source", FORMULA, Fault.FORMULA),
    ("source", "a\x07b", Fault.CONTROL),
    ("source", "x" * 441, Fault.TOO_LONG),
    ("url", "bps.go.id", Fault.ADDRESS),
    ("url", "https://bps", Fault.ADDRESS),
    ("url", "https://b.id/" + "x" * 188, Fault.TOO_LONG),
    ("confidence", "", Fault.MISSING),
    ("confidence", "certain", Fault.CONFIDENCE),
    ("known_from", "31.12.2018", Fault.DAY),
]


@pytest.mark.parametrize(("column", "cell", "value"), GIVEN)
def test_a_cell_gives_its_value(column, cell, value):
    assert READ[column](cell, Notation.COMMA) == value


@pytest.mark.parametrize(("column", "cell", "fault"), REFUSED)
def test_a_cell_says_why_it_cannot(column, cell, fault):
    with pytest.raises(Unreadable) as refused:
        READ[column](cell, Notation.COMMA)

    assert refused.value.fault is fault


@pytest.mark.parametrize("column", ["year", "period", "kind", "region", "confidence", "known_from"])
def test_a_short_cell_is_read_up_to_a_hundred_characters(column):
    with pytest.raises(Unreadable) as longest:
        READ[column]("x" * 100, None)
    with pytest.raises(Unreadable) as longer:
        READ[column]("x" * 101, None)

    assert longest.value.fault is not Fault.TOO_LONG
    assert (longer.value.fault, longer.value.words) == (Fault.TOO_LONG, {"most": "100"})


def test_the_longest_source_and_address_are_taken():
    address = "https://b.id/" + "x" * 187

    assert READ["source"]("x" * 440, None) == "x" * 440
    assert READ["url"](address, None) == address


def test_every_column_has_its_place_in_what_is_stated():
    assert [(column, name) for column, name, _ in cells.READERS] == [
        *(("year", "year"), ("period", "period"), ("kind", "kind"), ("value", "value")),
        *(("region", "region"), ("source", "citation"), ("url", "url")),
        *(("confidence", "confidence"), ("known_from", "known_from")),
    ]


@pytest.mark.parametrize(
    ("column", "words"), [("kind", "baseline, target, actual"), ("confidence", "high, medium, low")]
)
def test_an_unknown_word_is_answered_with_the_known_ones(column, words):
    with pytest.raises(Unreadable) as refused:
        READ[column]("other", None)

    assert refused.value.words == {"words": words}


def test_a_number_of_a_spreadsheet_is_a_text_without_a_tail():
    assert cells.text(2018.0, 10) == "2018"
    assert cells.text(0.1 + 0.2, 10) == "0.3"
    assert cells.text("", 10) == ""


def test_what_was_written_is_shown_and_cut():
    assert cells.quoted("x" * 40) == f"“{'x' * 40}”"
    assert cells.quoted("x" * 41) == f"“{'x' * 39}…”"
    assert cells.quoted(FORMULA) == "“=…”"
    assert cells.quoted(7) == "“7”"


def test_a_line_without_a_code_is_the_first():
    assert cells.series(" ") == "MAIN"
    assert cells.series(" rural ") == "RURAL"


def test_a_period_is_a_year_and_its_part():
    assert cells.period(2018, "Q3") == Period(2018, "Q3")
