"""The steering pack on paper: the page, the PDF of the same template, and the text for a chat.

The PDF is drawn by WeasyPrint, which is loaded only where a PDF is made: without Pango it cannot
be, and the print page serves. Nothing is fetched: the sheets are read from our own files.
"""

from __future__ import annotations

import ctypes
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation

from committee import clock
from committee.clock import Moment
from committee.past import PREFIX
from committee.rules.days import PastDay, before
from roadmap.enums import JobFailure, JobKind
from roadmap.selectors import pack as selectors
from roadmap.selectors import since as since_selectors
from roadmap.selectors.pack_facts import Pack
from roadmap.selectors.since import Since
from roadmap.services.jobs import CannotBeMade, Made, Order, Progress

# Part of what a pack is: another layout is another paper, made anew.
LAYOUT = 1
SHEETS = ("css/tokens.css", "css/pack.css")
PANGO = [
    [f"lib{name}.so.0", f"lib{name}.dylib", f"lib{name}-0.dll"]
    for name in ("pango-1.0", "pangoft2-1.0")
]
# What charts are drawn in; WeasyPrint gives an inline SVG neither our sheets nor their variables.
INK = {"bar-track": "track", "bar-claimed": "claimed", "bar-verified": "verified"}
INK |= {"bar-expected": "expected"}


def order_of(*, day: date, since: Since, language: str, revision: int) -> Order:
    """Name a pack: a past day's by what it shows, today's also by the state of the data."""
    is_now = not isinstance(day, PastDay)
    state = f"now{revision}" if is_now else "end"
    key = f"pack:{day.isoformat()}:{state}:{since.value}:{since.day}:{language}:{LAYOUT}"
    asked = {"day": day.isoformat(), "since": since.value, "language": language, "is_now": is_now}
    return Order(JobKind.PACK, key, asked)


def read(day: date, since: Since, moment: Moment) -> Pack:
    """Read a pack in one view of the database; today's carries the moment it was read."""
    with _stillness():
        return selectors.pack(
            wanted=selectors.Wanted(day, since),
            is_rehearsal=moment.rehearsal is not None,
            made_at=None if isinstance(day, PastDay) else moment.now,
        )


@contextmanager
def _stillness() -> Iterator[None]:
    """Read all of it as of one moment; SQLite would keep everybody from writing meanwhile."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def make(asked: Mapping[str, Any], progress: Progress) -> Made:
    """Make the PDF that was ordered.

    :raises CannotBeMade: where Pango is missing.
    """
    weasyprint = _printer()
    progress(10)
    moment = clock.read()
    ordered = date.fromisoformat(asked["day"])
    day = before(ordered, moment.today) or ordered
    since = since_selectors.read(asked["since"], day) or selectors.default_since(day)
    pack = read(day, since, moment)
    progress(40)
    content = _pdf(weasyprint, pack, asked["language"], progress)
    return Made(content, pack.checksum)


def can_make_pdf() -> bool:
    """Say whether a PDF can be made here, without loading what makes it."""
    return all(any(map(_is_there, names)) for names in PANGO)


@lru_cache
def _is_there(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _printer() -> Any:
    """Load what draws a PDF.

    :raises CannotBeMade: where Pango is missing.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise CannotBeMade(JobFailure.NO_PRINTER) from error
    # It tells of every property that only browsers know; what is wrong with a PDF is an error.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint


def pdf(pack: Pack, language: str) -> bytes:
    """Draw a pack as a tagged PDF.

    :raises CannotBeMade: where Pango is missing.
    """
    return _pdf(_printer(), pack, language, lambda _share: None)


def _pdf(weasyprint: Any, pack: Pack, language: str, progress: Progress) -> bytes:
    page = weasyprint.HTML(
        string=_coloured(document(pack, language)),
        base_url=f"{settings.SITE_URL}/",
        url_fetcher=_refuse,
    )
    progress(60)
    sheets = [weasyprint.CSS(string=_sheet(name), url_fetcher=_refuse) for name in SHEETS]
    drawn = page.render(stylesheets=sheets, pdf_variant="pdf/ua-1")
    progress(85)
    content: bytes = drawn.write_pdf(pdf_variant="pdf/ua-1")
    return content


def _refuse(url: str, *_args: Any, **_options: Any) -> NoReturn:
    raise ValueError(f"a pack fetches nothing: {url}")


def document(pack: Pack, language: str) -> str:
    """Write the document a PDF is drawn from; its links lead to the day it shows."""
    with translation.override(language), links_to(pack.day):
        context = {"pack": pack, "LANGUAGE_CODE": language, "is_paper": True}
        return render_to_string("roadmap/partials/pack_document.html", context)


def text(pack: Pack, language: str) -> str:
    """Write a pack as plain text for a chat group, with links that lead to its day."""
    with translation.override(language), links_to(pack.day):
        context = {"pack": pack, "site": settings.SITE_URL, "LANGUAGE_CODE": language}
        # Plain, not safe: whoever shows it on a page must escape it.
        return "".join([render_to_string("roadmap/pack.txt", context)])


@contextmanager
def links_to(day: date, today: date | None = None) -> Iterator[None]:
    """Let links lead to pages as of a day; today's own need no day, unless they are for later."""
    before = get_script_prefix()
    if day == today:
        yield
        return
    set_script_prefix(f"{PREFIX}{day.isoformat()}/")
    try:
        yield
    finally:
        set_script_prefix(before)


def _sheet(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found).read_text()


def _coloured(html: str) -> str:
    """Put literal colours into every drawing."""
    colours = dict(re.findall(r"(?<![a-z-])--([a-z-]+):\s*(#[0-9a-f]{6});", _light()))
    rules = "".join(f".{name}{{fill:{colours[token]}}}" for name, token in INK.items())
    return re.sub(r"(<svg\b[^<>]*>)", rf"\1<style>{rules}</style>", html)


def _light() -> str:
    """Give the tokens of light pages: the first block of their sheet."""
    return _sheet(SHEETS[0]).partition("@media")[0]
