"""What a file may be called where people keep it: never a place, a device or a second line."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 150
# Windows opens a device instead of a file of this name, whatever its ending.
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|\Z)", re.IGNORECASE)
# What no file system or header takes as it stands.
FORBIDDEN = frozenset('"*:<>?|')
UNNAMED = "file"


def plain_name(name: str) -> str:
    """Give a name without folders, hidden characters and what file systems refuse, cut to fit.

    Its ending stays: what a file is was settled by it.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(one for one in last if one not in FORBIDDEN and _is_seen(one))
    stem, dot, ending = " ".join(shown.split()).rpartition(".")
    stem = (stem if dot else ending).strip(" .")[: LONGEST - len(ending) - 1].rstrip(" .")
    whole = f"{stem or UNNAMED}.{ending}" if dot else stem or UNNAMED
    return DEVICE.sub(r"_\1", whole, count=1) if DEVICE.match(whole) else whole[:LONGEST]


def _is_seen(letter: str) -> bool:
    """Leave out controls, and what turns the direction of writing: `exe.pdf` may be `fdp.exe`."""
    return letter == " " or unicodedata.category(letter)[0] != "C"
