"""How the roadmap writes dates, numbers and percentages, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from html import escape
from math import ceil
from typing import Any

from django import template
from django.utils.dates import MONTHS
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from committee.past import address_on
from roadmap.enums import Precision, Signal, Status

register = template.Library()
QUARTERS = ("I", "II", "III", "IV")
GROUPED_FROM = 1000


@register.filter(expects_localtime=True)
def day(value: date | datetime | None) -> str:
    """Write a day in full: 31 Desember 2019."""
    # As date_format(value, "j F Y") writes it, five times as fast: a list has fifty of them.
    return f"{value.day} {MONTHS[value.month]} {value.year}" if value else "—"


@register.filter(expects_localtime=True)
def short_day(value: date | datetime | None) -> str:
    """Write a day for a narrow column: 31 Des 2019."""
    return date_format(value, "j M Y") if value else "—"


@register.filter(expects_localtime=True)
def period(value: date | datetime | None, precision: str = Precision.DAY) -> str:
    """Write a date as the period it stands for: a day, month, quarter or year."""
    if value is None:
        return _("no date")
    if precision == Precision.MONTH:
        return date_format(value, "F Y")
    if precision == Precision.QUARTER:
        quarter = QUARTERS[(value.month - 1) // 3]
        return _("quarter %(quarter)s %(year)s") % {"quarter": quarter, "year": value.year}
    return str(value.year) if precision == Precision.YEAR else day(value)


@register.filter
def number(value: int | float | Decimal | None) -> str:
    """Write a number with the language's own separators and no needless zeros."""
    if value is None:
        return "—"
    if type(value) is int and abs(value) < GROUPED_FROM:
        return str(value)
    if isinstance(value, Decimal):
        value = value.normalize()
        return number_format(f"{value:f}", force_grouping=True)
    return number_format(value, force_grouping=True)


@register.filter
def percent(value: float | Decimal | None) -> str:
    """Write a whole percentage, or a dash where there is nothing to count."""
    if value is None:
        return "—"
    sign = "%" if get_language() == "en" else " %"
    return f"{round(value)}{sign.strip()}"


@register.filter
def signed_points(value: float | None) -> str:
    """Write a change in percentage points with its sign: +2.5."""
    if value is None:
        return "—"
    text = number_format(abs(round(value, 1)), decimal_pos=1)
    return f"{'+' if value >= 0.05 else '−' if value <= -0.05 else '±'}{text}"


@register.filter
def trend_level(value: float) -> str:
    """Give how far below the top of a plot a value stands, in percent of its height."""
    return f"{100 - value:g}"


@register.filter
def as_of(address: str, on: date) -> str:
    """Give an address as of a past day."""
    return address_on(address, on)


@register.filter
def signed_days(value: float) -> str:
    """Write a shift in days with its sign: +304 hari; a median may end in half a day."""
    counted = ceil(abs(value))
    text = ngettext("%(days)s day", "%(days)s days", counted) % {"days": number(abs(value))}
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{text}"


@register.filter
def days_from(value: date | None, today: date) -> str:
    """Say how far a day lies from today: today, in 3 days, 5 days ago."""
    if value is None:
        return ""
    days = (value - today).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": number(days)}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": number(-days)}


@register.filter
def status_label(value: str) -> str:
    """Name a status; Django's own way reads every choice each time."""
    return str(Status(value).label)


@register.filter
def signal_label(value: str) -> str:
    return str(Signal(value).label) if value else str(Status.CANCELLED.label)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Look a key up in a mapping a template was given."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def options(offered: Iterable[Any], chosen: str) -> SafeString:
    """Draw the options of a select, hundreds of people among them: neither a template nor
    Django's lazy escaping is quick enough for that many.
    """
    rows = (
        f'<option value="{escape(str(option.value))}"'
        f"{' selected' if option.value == chosen else ''}>{escape(str(option.label))}</option>"
        for option in offered
    )
    return mark_safe("".join(rows))  # noqa: S308 - every part is escaped above


@register.simple_tag
def local(thing: Any, field: str = "title") -> SafeString | str:
    """Write a two-language field in the reader's language, else in Indonesian, marked as such."""
    english = getattr(thing, f"{field}_en", "")
    text = getattr(thing, field)
    if get_language() != "en":
        return str(text)
    return english or format_html('<span lang="id">{}</span>', text) if text else ""


@register.simple_tag(takes_context=True)
def query(context: Any, **changes: Any) -> str:
    """Give this page's query string with some parameters changed; None leaves one out."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.simple_tag(takes_context=True)
def query_without(context: Any, names: Iterable[str]) -> str:
    """Give this page's query string without some parameters, on its first page."""
    params = context["request"].GET.copy()
    for name in (*names, "page"):
        params.pop(name, None)
    return f"?{params.urlencode()}" if params else "?"
