"""Files that somebody may bring: lists in every encoding, workbooks, and what only says so."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

import openpyxl
from hypothesis import strategies as st

from tests.fuzz import nonsense

FIGURES = (
    *("UMKM_ONLINE", "MAIN", "2021", "", "actual", "16.4", "juta unit", "", "Kemenkop"),
    *("", "high", "2022-01-15"),
)
FIGURES_IMPORT = "roadmap:figures-import"
HEADINGS = {
    FIGURES_IMPORT: (
        "indicator,series,year,period,kind,value,unit,region,source,url,confidence,known_from",
        FIGURES,
    ),
    "admin:committee_member_enrol": (
        "surel,nama,peran,lembaga,jabatan,bidang",
        ("lain@demo.test", "Lain", "viewer", "", "", ""),
    ),
}
DOORS = {name: (tuple(heading.split(",")), row) for name, (heading, row) in HEADINGS.items()}
PDF = b"%PDF-1.4\n%%EOF"
MARKS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "utf-7", "utf-32")
HEADS = (
    *(PDF, b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18),
    *(b"", b"MZ", b"<html><script>", b"\0" * 4096, b"a;b\n", b"\xff\xfe", b"GIF89a"),
)
NAMES = (
    *("a.pdf", "a.png", "a.jpg", "a.docx", "a.xlsx", "a.csv", "a.exe", "a.pdf.exe", "a", ".pdf"),
    *("a\x00.pdf", "../../a.pdf", "\u202efdp.exe", "a" * 300 + ".pdf", "\ud800.pdf", "", "."),
    *('a;b=".pdf', "CON.pdf", "a\r\nX-A: b.pdf", "🚀" * 120 + ".pdf", "%00.pdf", "a.PDF "),
)
Table = tuple[tuple[str, ...], tuple[str, ...]]

content = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda head, rest: head + rest, st.sampled_from(HEADS), st.binary(max_size=60)),
)
kinds = st.sampled_from(["application/pdf", "text/html", "", "a/\x00", "x" * 300, "image/png"])
files = st.tuples(st.one_of(st.sampled_from(NAMES), st.text(max_size=20)), kinds, content)
EVIL = (*(name for name in NAMES if "/" in name or "\x00" in name), "\u202egnp", "🚀", "a" * 200)


@st.composite
def sound(draw: Any) -> tuple[str, str, bytes]:
    """Draw a file that is what its name says, at times harmed; most of them are accepted."""
    kinds = {"pdf": PDF, "csv": b"a;b\n1;2\n", "xlsx": _workbook(DOORS[FIGURES_IMPORT])}
    ending = draw(st.sampled_from(sorted(kinds)))
    stem = draw(st.one_of(st.text(max_size=20), st.sampled_from(EVIL)))
    held = draw(_harmed(kinds[ending])) if draw(st.integers(0, 2)) == 0 else kinds[ending]
    return f"{stem}.{ending}", "application/octet-stream", held


def named(table: Table) -> Iterator[bytes]:
    """Give the files of RELIABILITY 4.3 by name, and the larger ones."""
    heading, row = table
    for text in nonsense.BAD["files"].values():
        yield nonsense.raw(text)
    for encoding in ENCODINGS:
        yield f"{';'.join(heading)}\n{';'.join(row)}\n".encode(encoding)
    first = ";".join(heading) + "\n"
    yield (first + "x" * 131_073 + ";b\n").encode()
    yield (first + ";".join("x" * 10_000) + "\n").encode()
    yield (";".join([*heading] * 2) + "\n" + ";".join(row) + "\n").encode()


@st.composite
def csv_text(draw: Any, table: Any) -> str:
    """Draw a list whose cells, heading, marks and ends are not what they should be."""
    heading, row = table if isinstance(table[0], tuple) else ((), table)
    lines = [list(heading)] if heading else []
    for _ in range(draw(st.integers(0, 4))):
        cells = list(row)
        for _again in range(draw(st.integers(0, 3))):
            where = draw(st.integers(0, len(cells)))
            cells[where : where + 1] = [draw(nonsense.short)]
        lines.append(cells)
    if lines and draw(st.integers(0, 5)) == 0:
        lines[0] = lines[0][:1] * 2 + [draw(nonsense.short)]
    mark, end = draw(st.sampled_from(MARKS)), draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    text = end.join(mark.join(cells) for cells in lines)
    return draw(st.sampled_from(["", "sep=;\n", "\ufeff", "\n\n"])) + text


@st.composite
def csv_bytes(draw: Any, table: Table) -> bytes:
    """Draw such a list in some encoding, at times with bytes changed, cut or put in."""
    text = draw(csv_text(table))
    encoding = draw(st.sampled_from(ENCODINGS[:1] * 8 + ENCODINGS))
    content = nonsense.raw(text) if encoding == "utf-8" else text.encode(encoding, "replace")
    return draw(_harmed(content)) if draw(st.integers(0, 3)) == 0 else content


@st.composite
def _harmed(draw: Any, content: bytes) -> bytes:
    where = draw(st.integers(0, len(content)))
    return draw(
        st.sampled_from([content[:where], content[:where] + b"\0\xff\xfe" + content[where:]])
    ) + draw(st.binary(max_size=8))


@st.composite
def workbooks(draw: Any, table: Table) -> bytes:
    """Draw a workbook: cells, its parts, or its bytes are not what they should be."""
    sound = _workbook(table)
    if draw(st.booleans()):
        return bytes(draw(_harmed(sound)))
    parts = _parts(sound)
    name = draw(st.sampled_from(sorted(parts)))
    text = draw(nonsense.short)
    part = parts[name]
    where = draw(st.integers(0, len(part)))
    parts[name] = draw(
        st.sampled_from(
            [
                part[:where],
                b"",
                part.replace(b"Lain", nonsense.raw(text)).replace(b"16.4", nonsense.raw(text)),
                part[:where] + nonsense.raw(text) + part[where:],
                part.replace(b'r="A', b'r="' + nonsense.raw(text)),
                part.replace(b't="s"', b't="n"'),
                part.replace(b't="inlineStr"', b't="d"'),
            ]
        )
    )
    return _packed(parts)


@cache
def _workbook(table: Table) -> bytes:
    book = openpyxl.Workbook()
    for cells in table:
        book.active.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()
