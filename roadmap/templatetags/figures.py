"""How figures are written: with their unit, for their period, and what can be said of a target."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from roadmap.templatetags.roadmap import number
from umkm.enums import Measure, Part, Verdict
from umkm.models import Indicator, Observation
from umkm.rules.periods import Period
from umkm.rules.targets import Judgement

register = template.Library()
CURRENCIES = ("US$", "Rp")
MARKS = {
    Verdict.REACHED: "done",
    Verdict.MISSED: "late",
    Verdict.OPEN: "on_track",
    Verdict.UNMEASURED: "not_reported",
    Verdict.INCOMPARABLE: "cancelled",
}


@register.filter
def figure_period(thing: Observation | Period) -> str:
    """Write the period of a figure: 2020, or the first half of 2020."""
    if thing.part == Part.YEAR:
        return str(thing.year)
    return f"{Part(thing.part).label} {thing.year}"


@register.filter
def amount(value: Decimal | None, indicator: Indicator) -> str:
    """Write a value with its unit: Rp266,3 triliun, 62,93 juta unit, 54,68% penduduk."""
    if value is None:
        return "—"
    text, unit = number(value), indicator.local_unit
    words = unit.split()
    for currency in CURRENCIES:
        if currency in words:
            words.remove(currency)
            return " ".join([f"{currency}{text}", *words])
    if unit.startswith("%"):
        return f"{text}{unit}"
    if indicator.measure == Measure.RANK:
        return f"{unit} {text}"
    is_scale = any(letter.isdigit() for letter in unit)
    return f"{text} ({unit})" if is_scale else f"{text} {unit}"


@register.filter
def difference(value: Decimal | None, indicator: Indicator) -> str:
    """Write how far two values lie apart: places between ranks, points between percentages."""
    if value is None:
        return "—"
    size = abs(value)
    text = number(size)
    if indicator.measure == Measure.RANK:
        counted = int(size) if size == int(size) else 2
        return ngettext("%(n)s place", "%(n)s places", counted) % {"n": text}
    if indicator.local_unit.startswith("%"):
        return _("%(n)s percentage points") % {"n": text}
    if any(letter.isdigit() for letter in indicator.local_unit):
        return _("%(n)s points") % {"n": text}
    return amount(size, indicator)


@register.filter
def signed_difference(value: Decimal | None, indicator: Indicator) -> str:
    """Write a pace with its sign: +4,2 juta unit."""
    if value is None:
        return "—"
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{difference(value, indicator)}"


@register.filter
def verdict_mark(judgement: Judgement) -> str:
    """Name the signal whose colour and shape a verdict wears."""
    is_slow = judgement.verdict is Verdict.OPEN and judgement.is_fast_enough is False
    return "due_soon" if is_slow else MARKS[judgement.verdict]


@register.filter
def verdict_label(judgement: Judgement) -> str:
    return str(judgement.verdict.label)
