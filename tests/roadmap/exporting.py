"""Reading a list that came as a file: whole, checked against its own length."""

from __future__ import annotations

import csv
import gzip
from io import BytesIO, StringIO

from openpyxl import load_workbook


def body(answer):
    """Give the bytes of a file, which has exactly the length it says."""
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(content)
    return gzip.decompress(content) if answer["Content-Encoding"] == "gzip" else content


def rows_of(answer, separator=","):
    """Read a CSV file into a dict for each row."""
    text = body(answer).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=separator))


def book_of(answer):
    return load_workbook(BytesIO(body(answer)))


def cells_of(answer):
    """Read the list of a workbook into a dict for each row."""
    heading, *rows = book_of(answer).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def about(answer):
    """Read the sheet that says what a workbook holds."""
    return list(book_of(answer).worksheets[1].iter_rows(values_only=True))
