"""What the timeline's address asks for: zoom, open workstreams, since when, a slip, a chain.

The filter of actions is filters.py's; what neither knows is named and ignored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from roadmap.forms import filters
from roadmap.forms.filters import Filters
from roadmap.selectors import since as changes
from roadmap.selectors.actions import Choices
from roadmap.selectors.since import Since

ZOOMS = ("months", "quarters", "years")
DEFAULT_ZOOM = "quarters"
DEFAULT_DAYS, MOST_DAYS = 30, 3650
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
CLOSED = "-"  # `open=-` closes every workstream


@dataclass(slots=True)
class Asked:
    """The address, read."""

    filters: Filters
    zoom: str = DEFAULT_ZOOM
    first: date | None = None
    last: date | None = None
    opened: frozenset[str] | None = None
    since: Since | None = None
    slip: str = ""
    days: int = DEFAULT_DAYS
    milestone: int | None = None
    page: int = 1
    ignored: list[str] = field(default_factory=list)

    def ignore(self, text: str) -> None:
        """Say that something asked for is not known here."""
        self.ignored.append(filters.unknown(text))


def read(params: QueryDict, *, choices: Choices, today: date, inside: bool) -> Asked:
    """Read a query string."""
    asked = Asked(filters.read(params, choices=choices, inside=inside))
    asked.ignored = list(asked.filters.ignored)
    _read_zoom(asked, params)
    asked.opened = _opened(asked, params, {option.value for option in choices.workstreams})
    _read_since(asked, params.getlist("since"), today, inside)
    asked.slip = _clean(params.get("slip", ""))
    asked.days = _number(asked, params.get("days", ""), MOST_DAYS) or DEFAULT_DAYS
    asked.milestone = _number(asked, params.get("milestone", ""), 2**31)
    asked.page = _number(asked, params.get("page", ""), 10**6) or 1
    return asked


def _read_zoom(asked: Asked, params: QueryDict) -> None:
    zoom = _clean(params.get("zoom", ""))
    if zoom and zoom not in ZOOMS:
        asked.ignore(zoom)
    asked.zoom = zoom if zoom in ZOOMS else DEFAULT_ZOOM
    asked.first = _day(asked, params.get("from", ""))
    asked.last = _day(asked, params.get("to", ""))
    if asked.first and asked.last and asked.first > asked.last:
        asked.ignored.append(_("The first day lies after the last one; both were ignored."))
        asked.first = asked.last = None


def _opened(asked: Asked, params: QueryDict, known: Iterable[str]) -> frozenset[str] | None:
    text = _clean(params.get("open", ""))
    if not text:
        return None
    wanted = {one for one in text.split(",") if one and one != CLOSED}
    for one in sorted(wanted - set(known)):
        asked.ignore(one)
    return frozenset(wanted & set(known))


def _read_since(asked: Asked, texts: Iterable[str], today: date, inside: bool) -> None:
    """Take the first that says something: a form has a choice of meetings and a day."""
    text = next((one for one in map(_clean, texts) if one), "")
    if text.startswith("meeting") and not inside:
        asked.ignored.append(
            _("Only members can compare with a meeting; it was ignored. Sign in to use it.")
        )
        return
    asked.since = changes.read(text, today) if text else None
    if text and asked.since is None:
        sentence = _("“%(value)s” names no meeting held and no past day; it was ignored.")
        asked.ignored.append(sentence % {"value": text[:40]})


def _day(asked: Asked, text: str) -> date | None:
    text = _clean(text)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        asked.ignore(text)
        return None
    return day


def _number(asked: Asked, text: str, most: int) -> int | None:
    text = _clean(text)
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 12 and 0 < int(text) <= most:
        return int(text)
    asked.ignore(text)
    return None


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:200]
