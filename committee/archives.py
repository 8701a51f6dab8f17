"""What a ZIP archive says of itself: enough to refuse it before any of it is unpacked.

Documents and workbooks are such archives. What its directory says need not be true: whoever
unpacks one counts again.
"""

from __future__ import annotations

import stat
import zipfile
from typing import IO

MOST_ENTRIES = 2_000
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
TYPES = "[Content_Types].xml"
MOST_TYPES = 1024 * 1024
ENCRYPTED = 0x1
# The others are unpacked in one go, however much comes out; no program saves documents so.
KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What a document says of a part that holds macros, whatever that part is called.
MACROS = (b"macroenabled", b"vbaproject", b"vbadata", b"macrosheet")


class Unreadable(Exception):
    """This is no archive that can be read without a password."""


class Unsafe(Exception):
    """This archive is not unpacked: too much, or something no document needs."""


def directory(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    """Give what an archive says it holds, having read its directory alone.

    :raises Unreadable: if it is broken, encrypted, or no archive.
    :raises Unsafe: if it is too large, names places outside or one place twice, or holds links or
        macros.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable from error
    if any(entry.flag_bits & ENCRYPTED or entry.compress_type not in KNOWN for entry in entries):
        raise Unreadable
    # Programs differ in which of two parts of one name they read.
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MOST_ENTRIES or len(names) < len(entries):
        raise Unsafe
    if _is_too_much(entries) or any(map(_is_odd, entries)):
        raise Unsafe
    return entries


def says_macros(file: IO[bytes]) -> bool:
    """Say whether a document's list of its parts speaks of macros, under whichever names.

    A list that is missing, larger than any needs to be, or not as long as it says, counts as one.
    """
    try:
        with zipfile.ZipFile(file) as archive, archive.open(TYPES) as part:
            said = part.read(MOST_TYPES + 1)
    except (KeyError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return True
    # In UTF-16 every other byte is NUL.
    plain = said.replace(b"\0", b"").lower()
    return len(said) > MOST_TYPES or any(one in plain for one in MACROS)


def _is_too_much(entries: list[zipfile.ZipInfo]) -> bool:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    return unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 1)


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    """Find a place outside, a link, and a macro's usual name."""
    path = entry.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    is_outside = path.startswith("/") or path[1:2] == ":" or ".." in path.split("/")
    return is_link or is_outside or "vbaproject" in path.lower()
