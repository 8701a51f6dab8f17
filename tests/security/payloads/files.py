"""Files nobody should send, made as they are needed: small here, large once they are opened."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping

from openpyxl import Workbook

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.4\n%%EOF"
PNG_START = b"\x89PNG\r\n\x1a\n"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20
PAGE = b"<html><script>alert(document.domain)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
POLYGLOT = b"/*\n%PDF-1.4\n*/alert(1)//"
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
TYPES = "[Content_Types].xml"
WITH_MACROS = b"<Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>"
MACROS_ELSEWHERE = b"<Default Extension='bin' ContentType='application/vnd.ms-office.vbaProject'/>"
HEAD = ["indicator", "year", "value"]
ENCRYPTED = 0x1
MEGABYTE = 1024 * 1024
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
LAUGHS = f"<!DOCTYPE x [<!ENTITY l0 'ha'>{LAUGHS}]><x>&l9;</x>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"


def png(width: int, height: int) -> bytes:
    """Make a picture of one colour; its size is what is written first."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer, line, made = zlib.compressobj(9), bytes(1 + (width + 7) // 8), b""
    for _line in range(height):
        made += packer.compress(line)
    made += packer.flush()
    parts = ((b"IHDR", head), (b"IDAT", made), (b"IEND", b""))
    return PNG_START + b"".join(_chunk(kind, what) for kind, what in parts)


def _chunk(kind: bytes, what: bytes) -> bytes:
    return struct.pack(">I", len(what)) + kind + what + struct.pack(">I", zlib.crc32(kind + what))


def document(
    kind: str = "docx",
    extra: Mapping[str, bytes] | None = None,
    *,
    types: bytes = b"<Types/>",
    packed: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Make a document that has its main part, and whatever else is wanted."""
    parts = {MAIN[kind]: b"<x/>", TYPES: types, **(extra or {})}
    return zipped([(zipfile.ZipInfo(name), what) for name, what in parts.items()], packed)


def zipped(parts: list[tuple[zipfile.ZipInfo, bytes]], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for entry, what in parts:
            archive.writestr(entry, what, compress_type=packed, compresslevel=9)
    return target.getvalue()


def twice(kind: str) -> bytes:
    """Make a document whose list of parts is there two times, unlike each other."""
    names = (MAIN[kind], TYPES, TYPES.upper())
    return zipped([(zipfile.ZipInfo(name), WITH_MACROS) for name in names])


def linked(kind: str) -> bytes:
    """Make a document that holds a symbolic link."""
    link = zipfile.ZipInfo("word/media/image1.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    parts = [(zipfile.ZipInfo(name), b"<x/>") for name in (MAIN[kind], TYPES)]
    return zipped([*parts, (link, b"/etc/passwd")])


def _in_directory(content: bytes, name: str, offset: int, shape: str, value: int) -> bytes:
    """Change one number of an entry, in the archive's directory alone."""
    made = bytearray(content)
    place = content.rindex(name.encode()) - 46
    assert content[place : place + 4] == b"PK\x01\x02"
    struct.pack_into(shape, made, place + offset, value)
    return bytes(made)


def encrypted(content: bytes, name: str) -> bytes:
    """Say of an entry that it needs a password."""
    return _in_directory(content, name, 8, "<H", ENCRYPTED)


def lying(content: bytes, name: str, size: int) -> bytes:
    """Say of an entry that it holds this many bytes."""
    return _in_directory(content, name, 24, "<I", size)


def nested(depth: int = 6) -> bytes:
    """Make an archive in an archive in an archive, each ten times what it holds."""
    inner = b"0" * MEGABYTE
    for level in range(depth):
        inner = zipped([(zipfile.ZipInfo(f"{level}/{n}.zip"), inner) for n in range(10)])
    return inner


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_with(**changed: bytes) -> bytes:
    """Make a whole workbook of one figure; a part named by its last word is another."""
    return replaced(workbook(HEAD, ["A", 2017, 1]), changed)


def replaced(content: bytes, changed: Mapping[str, bytes]) -> bytes:
    """Put other bytes into the parts of an archive whose paths end so; add those not there."""
    with zipfile.ZipFile(io.BytesIO(content)) as there:
        parts = {name: there.read(name) for name in there.namelist()}
    for word, what in changed.items():
        found = [name for name in parts if word in name]
        parts |= dict.fromkeys(found or [word], what)
    return zipped([(zipfile.ZipInfo(name), what) for name, what in parts.items()])
