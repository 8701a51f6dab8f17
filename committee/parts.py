"""One part of a line that people wrote or pasted: what it says, or a sentence of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

LONGEST_ADDRESS = 254  # as accounts keep it
# What mail programs and spreadsheets leave behind, unseen: marks of order and of direction.
UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060\u202a\u202b\u202c"))
SPACES = re.compile("[ \u00a0\u2000-\u200a\u202f\u3000]+")
CODE = re.compile(r"[A-Z][A-Z0-9_]*")
Read = Callable[[str], Any]


class Unreadable(Exception):
    """A part of a line that makes no sense; the message says what to do."""


def tidy(part: str) -> str:
    """Make every kind of space a plain one, and keep what must be complained of."""
    return SPACES.sub(" ", part).strip(" ")


def printable(part: str) -> str:
    """Give a part back, unless it holds what nobody can see.

    :raises Unreadable: if so.
    """
    if not part.isprintable():
        raise Unreadable(_("it holds a control character; write it anew."))
    return part


def quoted(part: str) -> str:
    """Show what was written, not longer than a complaint can bear."""
    return f"“{Truncator(part).chars(40)}”"


def words(longest: int) -> Read:
    """Read a text of a certain length at most."""

    def read_words(part: str) -> str:
        if len(part) > longest:
            sentence = _("it is longer than %(longest)d characters; shorten it.")
            raise Unreadable(sentence % {"longest": longest})
        return part

    return read_words


def code(longest: int) -> Read:
    """Read a new code, in capitals however it was written."""

    def read_code(part: str) -> str:
        found = part.upper()
        if not CODE.fullmatch(found) or len(found) > longest:
            sentence = _("%(part)s is no code; use at most %(longest)d of A to Z, 0 to 9 and _.")
            raise Unreadable(sentence % {"part": quoted(part), "longest": longest})
        return found

    return read_code


def address(part: str) -> str:
    """Read an e-mail address, in lower case: one person, one account."""
    if not part:
        return ""
    try:
        validate_email(part)
    except ValidationError:
        sentence = _("%(part)s is no e-mail address; write it as name@office.go.id.")
        raise Unreadable(sentence % {"part": quoted(part)}) from None
    return str(words(LONGEST_ADDRESS)(part)).lower()


def one_of(kinds: type[TextChoices], blank: TextChoices) -> Read:
    """Read a word of a list, as it is called in either language; empty means `blank`."""

    def read_word(part: str) -> Any:
        found = spoken(kinds).get(part.casefold(), None) if part else blank
        if found is None:
            sentence = _("%(part)s is none of: %(words)s.")
            known = ", ".join(str(one.label) for one in kinds)
            raise Unreadable(sentence % {"part": quoted(part), "words": known})
        return found

    return read_word


def spoken(kinds: type[TextChoices]) -> dict[str, Any]:
    """Give every word a choice goes by: its code and its labels in both languages."""
    found = {one.value.casefold(): one for one in kinds}
    for language in ("id", "en"):
        with translation.override(language):
            found |= {str(one.label).casefold(): one for one in kinds}
    return found
