"""What a file really is: its ending and its bytes must agree. Nothing is run."""

from __future__ import annotations

import codecs
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext_lazy as _

from committee import archives

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "csv": "text/csv",
}
SIGNATURES = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
ALIASES = {"jpeg": "jpg"}
SAMPLE = 64 * 1024
# Where browsers of any age look before they take a file for a page.
LOOKED_AT = 1024
MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<iframe", b"<object")
# No text has them; a tab, the ends of lines and pages are no such characters.
CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f")

NOT_ALLOWED = _("Only pdf, png, jpg, docx, xlsx, pptx and csv files can be attached.")
NOT_WHAT_IT_SAYS = _("This file is not what its name says; attach the original file.")
NOT_SAFE = _("This document cannot be attached: it holds macros, or far more than it shows.")


class NotAccepted(Exception):
    """This file cannot be evidence; `sentence` says why."""

    def __init__(self, sentence: object) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def content_type_of(name: str, file: IO[bytes]) -> str:
    """Settle a file's type by ending and content.

    :raises NotAccepted: if they do not agree, or the type is not allowed.
    """
    ending = PurePath(name).suffix.lower().removeprefix(".")
    ending = ALIASES.get(ending, ending)
    if ending not in TYPES:
        raise NotAccepted(NOT_ALLOWED)
    file.seek(0)
    sample = file.read(SAMPLE)
    if ending in PARTS:
        _check_document(file, PARTS[ending])
    elif _is_page(sample) or not _is(ending, sample, file):
        raise NotAccepted(NOT_WHAT_IT_SAYS)
    file.seek(0)
    return TYPES[ending]


def _is(ending: str, sample: bytes, file: IO[bytes]) -> bool:
    return _is_table(sample, file) if ending == "csv" else sample.startswith(SIGNATURES[ending])


def _is_page(sample: bytes) -> bool:
    """Find markup behind the first bytes of something else: what is one thing is not another."""
    head = sample[:LOOKED_AT].lower()
    return any(tag in head for tag in MARKUP)


def _is_table(sample: bytes, file: IO[bytes]) -> bool:
    """Tell text from anything else; a page of markup is no table."""
    if sample.startswith((*SIGNATURES.values(), b"PK\x03\x04")):
        return False
    if sample.lstrip(b"\xef\xbb\xbf \t\r\n\f").startswith(b"<"):
        return False
    return any(_is_text(file, encoding) for encoding in ("utf-8", "cp1252"))


def _is_text(file: IO[bytes], encoding: str) -> bool:
    """Read a file to its end, piece by piece: as UTF-8, or in the encoding of an older Excel."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while piece := file.read(SAMPLE):
            if CONTROLS.intersection(piece):
                return False
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check_document(file: IO[bytes], main_part: str) -> None:
    """Judge an office document by its directory, and by what it says of its parts."""
    file.seek(0)
    try:
        names = [entry.filename for entry in archives.directory(file)]
    except archives.Unreadable as error:
        raise NotAccepted(NOT_WHAT_IT_SAYS) from error
    except archives.Unsafe as error:
        raise NotAccepted(NOT_SAFE) from error
    if main_part not in names or archives.TYPES not in names:
        raise NotAccepted(NOT_WHAT_IT_SAYS)
    if archives.says_macros(file):
        raise NotAccepted(NOT_SAFE)
