"""Looking back: `/as-of/2018-10-01/…` and `?as_of=2018-10-01` show a page as of a past day.

The first form is an address of its own, so every link of such a page keeps the day without any
template knowing; the second is what the date control sends. Only pages that read history take
part; any other, and everything that changes something, is about today.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import get_script_prefix, set_script_prefix
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from committee.http import PageRequest, View
from committee.rules.days import PastDay, past_day
from committee.rules.permissions import Actor

GetResponse = Callable[[HttpRequest], HttpResponseBase]
PREFIX = "/as-of/"
SAME_METHOD = 307
READING = ("GET", "HEAD")


def looks_back(view: View) -> View:
    """Mark a page that can be read as of a past day: it reads `request.day`, never the clock."""
    view.looks_back = True  # type: ignore[attr-defined]
    return view


def writer(request: PageRequest) -> Actor | None:
    """Give who may change something on this page: whoever looks back only reads."""
    return None if isinstance(request.day, PastDay) else request.actor


def address_on(address: str, day: date) -> str:
    """Give an address of this site as of a past day, whatever day the one given keeps."""
    return f"{PREFIX}{day.isoformat()}/{address.removeprefix(get_script_prefix())}"


class AsOfMiddleware:
    """Take the day out of the address; links made while answering lead to the same day."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        before = get_script_prefix()
        request.asked_day, request.plain_path = _split(request.path_info)
        request.path_info = request.plain_path
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)

    def process_view(
        self, request: Any, view: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        takes_part = getattr(view, "looks_back", False)
        if request.asked_day and not (takes_part and request.method in READING):
            return _to_today(request)
        if takes_part:
            request.day = _day(request, request.asked_day or request.GET.get("as_of", ""))
        return None


def _split(path: str) -> tuple[str, str]:
    """Give the day an address names and the address without it."""
    if not path.startswith(PREFIX):
        return "", path
    asked, _slash, rest = path.removeprefix(PREFIX).partition("/")
    return (asked, f"/{rest}") if asked else ("", path)


def _to_today(request: Any) -> HttpResponseBase:
    """Send a request that is not about the past to its own address, with what it carries."""
    query = request.META.get("QUERY_STRING", "")
    path = escape_leading_slashes(escape_uri_path(request.plain_path))
    answer = HttpResponseRedirect(f"{path}?{query}" if query else path)
    if request.method not in READING:
        answer.status_code = SAME_METHOD
    return answer


def _day(request: Any, asked: str) -> date:
    """Give the day to show: today, unless a past one is asked for."""
    today: date = request.clock.today
    if not asked:
        return today
    try:
        day = past_day(asked, today)
    except ValueError:
        request.bad_day = asked[:40]
        return today
    if day is None:
        return today
    set_script_prefix(f"{PREFIX}{day.isoformat()}/")
    return day
