"""How long a comment may be edited, and who is named in one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from roadmap.rules.comments import may_still_edit, mentioned
from tests.factories import TODAY, moment

WRITTEN = moment(TODAY)


@pytest.mark.parametrize(
    ("minutes", "seconds", "may"),
    [
        (0, 0, True),
        (14, 59, True),
        (15, 0, False),
        (15, 1, False),
        (24 * 60, 0, False),
    ],
)
def test_a_comment_can_be_edited_for_fifteen_minutes(minutes, seconds, may):
    later = WRITTEN + timedelta(minutes=minutes, seconds=seconds)

    assert may_still_edit(WRITTEN, later) is may


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("Tidak ada siapa-siapa.", []),
        ("@kominfo, tolong periksa.", ["kominfo"]),
        ("Sudah dengan @kominfo.", ["kominfo"]),
        ("(@bi) dan @BI dan @ojk", ["bi", "ojk"]),
        ("@budi.santoso-2: ya", ["budi.santoso-2"]),
        ("@kominfo@demo.test.", ["kominfo@demo.test"]),
        ("Surel ke kominfo@demo.test saja", []),
        ("rapat @ 10.00 dan @", []),
        ("baris\n@kominfo\n@bi", ["kominfo", "bi"]),
        ("@... @--", []),
    ],
)
def test_names_are_read_as_people_write_them(text, names):
    assert mentioned(text) == names
