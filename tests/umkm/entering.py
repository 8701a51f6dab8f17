"""Attempts, and figures as somebody states them."""

from __future__ import annotations

from decimal import Decimal

from committee.changes import Attempt
from committee.clock import Moment
from tests.factories import TODAY, moment
from umkm.enums import Confidence, ObservationKind
from umkm.rules.entries import Stated
from umkm.rules.periods import Period


def attempt(by, token=None, version=None, today=TODAY):
    return Attempt(by=by, at=Moment(moment(today), today, None), version=version, token=token)


def stated(value="62.93", year=2017, part="Y", **fields):
    values = {
        "kind": ObservationKind.ACTUAL,
        "citation": "Kemenko",
        "confidence": Confidence.HIGH,
    }
    return Stated(period=Period(year, part), value=Decimal(value), **values | fields)
