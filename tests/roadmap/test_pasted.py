"""Lines as people really paste them: each is read, or its complaint names line and part."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from committee import parts
from committee.enums import CommitteeRole, InstitutionKind
from roadmap.forms import pasted
from roadmap.forms.pasted import Column

COLUMNS = [
    Column("name", "name", parts.words(20), ("nama", "name"), is_required=True),
    Column("email", "e-mail", parts.address, ("surel", "e-mail"), is_required=True),
    Column("code", "code", lambda part: parts.code(5)(part) if part else None),
    Column("due", "due", pasted.day),
]


def read(text):
    with translation.override("en"):
        return pasted.read(text, COLUMNS, lambda values: values.get("email"))


def values(text):
    found = read(text)
    assert found.complaints == []
    return [tuple(line.values.values()) for line in found.lines]


SARI = ("Sari", "sari@a.example", "BI", date(2026, 12, 31))


@pytest.mark.parametrize(
    "line",
    [
        "Sari;sari@a.example;BI;2026-12-31",
        "  Sari ; sari@a.example ;  BI ; 2026-12-31  ",
        "Sari\tsari@a.example\tBI\t31/12/2026",
        "Sari\tsari@a.example\tBI\t31/12/2026\t\t\t",
        "Sari,sari@a.example,BI,31 Desember 2026",
        '"Sari"; "sari@a.example"; BI; 31 December 2026',
        "\ufeffSari;sari@a.example;bi;31 Des. 2026",
        "Sari\u00a0;\u00a0sari@a.example;BI\u00a0;31\u00a0Desember\u00a02026",
        "Sari;\u200bSARI@A.Example;BI;31 DESEMBER 2026",
    ],
)
def test_one_line_however_it_was_written(line):
    assert values(line) == [SARI]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_machine_and_empty_ones_count_but_say_nothing(ending):
    text = ending.join(["", "Sari;sari@a.example", "", " \t ", "Budi;budi(at)a.example", ""])

    found = read(text)

    assert [line.number for line in found.lines] == [2, 5]
    assert found.complaints == [
        "Line 5, e-mail: “budi(at)a.example” is no e-mail address; write it as name@office.go.id."
    ]


@pytest.mark.parametrize("head", ["Nama;Surel;Instansi", "name\te-mail", "NAMA ; SUREL"])
def test_the_head_of_a_spreadsheet_is_no_line(head):
    assert values(f"{head}\nSari;sari@a.example;BI;2026-12-31") == [SARI]


def test_a_name_with_quotation_marks_and_semicolons_stays_whole():
    text = '"Sari; S.E.";sari@a.example\nBudi "Bud" S;budi@a.example'

    assert [one[0] for one in values(text)] == ["Sari; S.E.", 'Budi "Bud" S']


COMPLAINTS = {
    "Sari": "Line 1: it has one part only; separate the parts with semicolons (;).",
    "Sari, S.E., sari@a.example": (
        "Line 1: a comma may stand inside a name; separate the parts with semicolons (;)."
    ),
    "a;b@a.example;X;2026-12-31;e;f": (
        "Line 1: it has 6 parts, but at most 4 are read; take the others out."
    ),
    '"Sari;sari@a.example': "Line 1: its quotation marks do not match; take them out.",
    ";sari@a.example": "Line 1, name: it is missing; write it on this line.",
    "Sari;": "Line 1, e-mail: it is missing; write it on this line.",
    "Sa\x0bri;sari@a.example": ("Line 1, name: it holds a control character; write it anew."),
    f"{'x' * 21};sari@a.example": ("Line 1, name: it is longer than 20 characters; shorten it."),
    "Sari;sari@a.example;B-I": (
        "Line 1, code: “B-I” is no code; use at most 5 of A to Z, 0 to 9 and _."
    ),
    "Sari;sari@a.example;ABCDEF": (
        "Line 1, code: “ABCDEF” is no code; use at most 5 of A to Z, 0 to 9 and _."
    ),
}


@pytest.mark.parametrize("text", COMPLAINTS)
def test_what_cannot_be_read_is_named_with_what_to_do(text):
    assert read(text).complaints == [COMPLAINTS[text]]


@pytest.mark.parametrize(
    "day",
    [
        "besok",
        "31/13/2026",
        "2026-02-30",
        "1999-12-31",
        "2101-01-01",
        "31 Foo 2026",
        "12/2026",
        "0",
    ],
)
def test_a_day_that_is_none_is_named(day):
    (complaint,) = read(f"Sari;sari@a.example;BI;{day}").complaints

    assert complaint.startswith(f"Line 1, due: “{day}” is no day; write it as 2026-12-31")


def test_every_part_that_is_wrong_is_named_and_so_is_every_line():
    found = read("Sari;x;b-i;besok\nBudi;budi@a.example\n;y")

    assert [one.split(":")[0] for one in found.complaints] == [
        "Line 1, e-mail",
        "Line 1, code",
        "Line 1, due",
        "Line 3, name",
        "Line 3, e-mail",
    ]


def test_who_stands_twice_is_named_even_beside_another_mistake():
    found = read("Sari;sari@a.example;b-i\nBudi;SARI@a.example")

    assert found.complaints[1] == "Line 2: it repeats line 1; keep one."


@pytest.mark.parametrize("text", ["", "  \r\n\t;;\n", "\ufeff", "nama;surel"])
def test_nothing_to_read_is_said(text):
    assert read(text).complaints == ["There is no line to read; paste at least one."]


def test_two_hundred_lines_are_read_and_one_more_is_too_many():
    lines = [f"Orang {n};orang{n}@a.example" for n in range(201)]

    assert len(values("\n".join(lines[:200]))) == 200
    assert read("\n".join(lines)).complaints == [
        "These are 201 lines; paste at most 200 at a time."
    ]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("word", ["central bank", "Bank Sentral", "CENTRAL BANK"])
def test_words_of_a_list_are_known_in_either_language(word, language):
    with translation.override(language):
        assert parts.one_of(InstitutionKind, InstitutionKind.OTHER)(word) == "central bank"


def test_an_empty_word_means_the_plain_one_and_an_unknown_one_is_named():
    read_role = parts.one_of(CommitteeRole, CommitteeRole.NONE)

    assert read_role("") == CommitteeRole.NONE
    with translation.override("en"), pytest.raises(parts.Unreadable) as refused:
        read_role("raja")
    assert str(refused.value) == "“raja” is none of: Chair, Member, Not a member."
