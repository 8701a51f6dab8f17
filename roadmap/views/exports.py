"""A list as a file, at the list's own address with `?format=`: the same filters, day and rights.

The file is written whole before its first byte leaves, with its length: whoever is on an unsteady
line gets all of it or a failed download, never a part that looks whole. A slow reader holds no
query open either. Memory never sees more than a few thousand rows, the rest waits on disk.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from contextlib import closing
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.paginator import Page
from django.db.models import TextChoices
from django.http import FileResponse, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committee.http import PageRequest
from committee.logs import tell
from committee.models import Member
from roadmap.exports import csv_files, xlsx_files
from roadmap.exports.tables import Scope, Table

IN_MEMORY = 512 * 1024
AT_ONCE = 64 * 1024
PAGE_ONLY = ("format", "page")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Format(TextChoices):
    """What a list can be had as."""

    CSV = "csv"
    INDONESIAN = "csv-id"
    XLSX = "xlsx"


def file_of(
    request: PageRequest, table: Table, found: Page[Any] | Any, *notes: str
) -> HttpResponse | None:
    """Give the whole list a page is of as a file, if one is asked for; None is a page.

    `found` is one page of it, or whatever else its table makes rows of. `notes` are the sentences
    about it: which filters, what is ignored, what is left out.
    """
    asked = request.GET.get("format", "")
    if asked not in Format.values:
        return None
    scope = Scope(
        inside=request.actor is not None,
        today=getattr(request, "day", None) or request.clock.today,
        language=get_language() or "id",
        site=settings.SITE_URL,
    )
    file = cast(BinaryIO, SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - the answer closes it
    try:
        whole = found.paginator.object_list if isinstance(found, Page) else found
        # Closed here also when something breaks: the database holds a cursor open for them.
        with closing(table.rows(whole, scope)) as rows:
            if asked == Format.XLSX:
                encoding = _write_sheet(file, request, table, rows, scope, notes)
            else:
                encoding = _write_csv(file, request, table, rows, scope)
    except BaseException:
        file.close()
        raise
    tell("exported", request, format=asked)
    return _answer(table, scope, Format(asked), file, encoding)


def _write_sheet(
    file: BinaryIO,
    request: PageRequest,
    table: Table,
    rows: Iterable[Any],
    scope: Scope,
    notes: Iterable[str],
) -> str:
    def about(count: int) -> xlsx_files.Facts:
        return _facts(request, table, scope, count, notes)

    xlsx_files.write(file, str(table.title), table.shown(scope), rows, about)
    # It is compressed already, and compressing it again would take its length away.
    return "identity"


def _write_csv(
    file: BinaryIO, request: PageRequest, table: Table, rows: Iterable[Any], scope: Scope
) -> str:
    """Write CSV, compressed here rather than on the way: so its length is known."""
    is_indonesian = request.GET["format"] == Format.INDONESIAN
    dialect = csv_files.INDONESIAN if is_indonesian else csv_files.PLAIN
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        csv_files.write(file, table.shown(scope), rows, dialect)
        return "identity"
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=4, mtime=0) as packed:
        csv_files.write(cast(BinaryIO, packed), table.shown(scope), rows, dialect)
    return "gzip"


def _answer(
    table: Table, scope: Scope, asked: Format, file: BinaryIO, encoding: str
) -> HttpResponse:
    name = f"{slugify(str(table.title))}-{scope.today.isoformat()}"
    is_sheet = asked == Format.XLSX
    file.seek(0)
    answer = FileResponse(
        file,
        as_attachment=True,
        filename=f"{name}.{'xlsx' if is_sheet else 'csv'}",
        content_type=XLSX_TYPE if is_sheet else "text/csv; charset=utf-8",
    )
    answer.block_size = AT_ONCE
    answer["Content-Encoding"] = encoding
    patch_vary_headers(answer, ("Accept-Encoding",))
    return cast(HttpResponse, answer)  # as every view is said to give


def _facts(
    request: PageRequest, table: Table, scope: Scope, count: int, notes: Iterable[str]
) -> xlsx_files.Facts:
    """Say what a file holds, for whoever finds it in a year."""
    made = date_format(request.clock.now, "j F Y H:i")
    facts = [
        (_("List"), str(table.title)),
        (_("As of"), date_format(scope.today, "j F Y")),
        (_("Rows"), str(count)),
        *((_("Note"), note) for note in notes if note),
        (_("Address"), _address(request)),
        (_("Made"), made),
        (_("With the rights of"), _reader(request)),
    ]
    if request.clock.rehearsal:
        facts.append((_("Note"), _("This is a rehearsal; its states are examples.")))
    return facts


def _address(request: PageRequest) -> str:
    """Give the address that shows the same list as a page."""
    asked = request.GET.copy()
    for name in PAGE_ONLY:
        asked.pop(name, None)
    query = f"?{asked.urlencode()}" if asked else ""
    return f"{settings.SITE_URL}{request.path}{query}"


def _reader(request: PageRequest) -> str:
    if request.actor is None:
        return _("the public")
    member = cast(Member, request.user)
    return f"{member.name} ({member.get_role_display()})"
