"""Texts that no spreadsheet takes for a formula, and no reader of XML for a broken file.

In CSV a text that would begin a formula gets an apostrophe before it, and one more if it has some
already: `sheets.unguarded` gives back exactly what was written. The same is done after a separator
or a new line inside a text: opened with the other separator than it was written with, as Excel does
with the comma in Indonesia, a file is cut there, and what follows begins a cell. XLSX says itself
what is text and needs none of this.
"""

from __future__ import annotations

import re

from committee.sheets import FORMULA

GUARDED = re.compile(rf"(^|[;,\t\r\n])(?='*[{FORMULA}])")
STARTS = frozenset("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
SEPARATORS = ";,\t\r\n"
BEGINS_FORMULA = re.compile(rf"[{FORMULA}\n]")
# What XML 1.0 cannot hold, half characters included.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads `_x0041_` in a cell as the letter A.
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
LONGEST_CELL = 32_767


def guarded(value: str) -> str:
    """Write a text for CSV, so that it stays text wherever the file is opened."""
    # Most texts need no look at all, and there are millions of them in a large file.
    is_plain = value[:1] not in STARTS and not any(one in value for one in SEPARATORS)
    return value if is_plain else GUARDED.sub(r"\1'", value)


def for_xml(value: str) -> str:
    """Write a text for a cell of a spreadsheet: only what such a cell can hold."""
    plain = NOT_XML.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if len(plain) > LONGEST_CELL:
        plain = plain[: LONGEST_CELL - 1] + "…"
    if "_x" in plain:
        plain = ESCAPED.sub("_x005F_", plain)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
