"""What a file really is: its ending and its bytes must agree. Nothing is unpacked or run."""

from __future__ import annotations

import zipfile
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext_lazy as _

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
MOST_ENTRIES = 2_000
MOST_UNPACKED = 50 * 1024 * 1024
SAMPLE = 64 * 1024

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
    elif not (_is_table(sample) if ending == "csv" else sample.startswith(SIGNATURES[ending])):
        raise NotAccepted(NOT_WHAT_IT_SAYS)
    file.seek(0)
    return TYPES[ending]


def _is_table(sample: bytes) -> bool:
    """Tell text from anything else; a page of markup is no table."""
    if b"\x00" in sample or sample.startswith((*SIGNATURES.values(), b"PK\x03\x04")):
        return False
    return not sample.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _check_document(file: IO[bytes], main_part: str) -> None:
    """Judge an office document by its directory alone."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise NotAccepted(NOT_WHAT_IT_SAYS) from error
    names = [entry.filename for entry in entries]
    if main_part not in names:
        raise NotAccepted(NOT_WHAT_IT_SAYS)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or any(map(_is_odd, names)):
        raise NotAccepted(NOT_SAFE)


def _is_odd(name: str) -> bool:
    path = name.replace("\\", "/")
    return path.startswith("/") or ".." in path.split("/") or "vbaproject" in path.lower()
