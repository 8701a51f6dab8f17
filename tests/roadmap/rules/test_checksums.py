"""The checksum of facts: one way to write them, and only what is no name of today."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest

from committee.rules.days import PastDay
from roadmap.enums import Status
from roadmap.rules.checksums import TODAYS, canonical, checksum


@dataclass(frozen=True, slots=True)
class Fact:
    day: date
    share: float | None
    status: Status
    counts: dict[str, int]
    name: str = field(default="", metadata=TODAYS)
    parts: tuple[Fact, ...] = ()


FACT = Fact(date(2018, 9, 24), 41.25, Status.PLANNED, {"b": 1, "a": 2}, "Judul")


def test_facts_are_written_in_one_way():
    assert canonical(FACT) == (
        '{"counts":{"a":2,"b":1},"day":"2018-09-24","parts":[],"share":41.2,"status":"planned"}'
    )


@pytest.mark.parametrize(
    "same",
    [
        {"name": "Judul baru"},
        {"counts": {"a": 2, "b": 1}},
        {"day": PastDay(2018, 9, 24)},
        {"share": 41.249999999999},
    ],
    ids=str,
)
def test_the_same_facts_have_the_same_checksum(same):
    assert checksum(replace(FACT, **same)) == checksum(FACT)


@pytest.mark.parametrize(
    "other",
    [
        {"day": date(2018, 9, 25)},
        {"share": 41.4},
        {"share": None},
        {"status": Status.VERIFIED},
        {"counts": {"a": 2, "b": 0}},
        {"parts": (FACT,)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_other_facts_have_another(other):
    assert checksum(replace(FACT, **other)) != checksum(FACT)


def test_a_moment_is_no_fact_of_a_day():
    with pytest.raises(TypeError):
        checksum([datetime(2018, 9, 24, tzinfo=UTC)])
