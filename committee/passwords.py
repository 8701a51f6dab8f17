"""A password must not be made of the words everybody here would try first."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from committee.models import Institution, Member

# The product, its subject, and what people put in front of a year.
_COMMON = (
    "peta jalan roadmap road map umkm ecommerce commerce niaga dagang elektronik digital komite"
    " pengarah steering committee sekretariat secretariat manajemen pelaksana kementerian menteri"
    " ministry lembaga instansi pemerintah goid indonesia nusantara garuda pancasila merdeka"
    " jakarta bismillah password passwd kata sandi katasandi rahasia admin administrator root"
    " login masuk welcome selamat datang qwerty asdfgh iloveyou sayang demo test"
)
WORDS = frozenset(_COMMON.split())
LOOKALIKES = str.maketrans("013457$@!", "oieastsai")
# With fewer letters beside known words, a list of those words and all years finds it.
OWN_LETTERS = 4
SHORTEST_WORD = 3
# No list of guesses reaches so far.
LONG = 64


class OwnWordsValidator:
    """Refuse a password that is next to nothing once the words of this place are taken out.

    A sentence may hold any of them; no kind of character is asked for (RELIABILITY S35).
    """

    def validate(self, password: str, user: Member | None = None) -> None:
        """Count letters alone beside known words: a year and a mark protect nobody.

        :raises ValidationError: if there are too few.
        """
        if len(password) < LONG and _is_of_words(password, {*WORDS, *_of_places(), *_of(user)}):
            raise ValidationError(self.get_help_text(), code="password_of_own_words")

    def get_help_text(self) -> str:
        return _(
            "Choose more than words of this site, of an institution or of your name: add some of"
            " your own."
        )


def _is_of_words(password: str, known: set[str]) -> bool:
    text = unicodedata.normalize("NFKD", password).casefold()
    kept = [one for one in text if one.translate(LOOKALIKES).isalnum()]
    longest_first = sorted(known, key=len, reverse=True)
    words = re.compile("|".join(re.escape(word) for word in longest_first))
    found = [match.span() for match in words.finditer("".join(kept).translate(LOOKALIKES))]
    taken = {place for start, end in found for place in range(start, end)}
    own = sum(one.isalpha() for place, one in enumerate(kept) if place not in taken)
    return bool(found) and own < OWN_LETTERS


def _of_places() -> set[str]:
    rows = Institution.objects.values_list("code", "title", "title_en")
    return {word for row in rows for text in row for word in _words(text)}


def _of(user: Member | None) -> set[str]:
    return set() if user is None else {*_words(user.name), *_words(user.email.partition("@")[0])}


def _words(text: str) -> list[str]:
    """Take the words of a text, small; one of two letters stands in every other."""
    words = re.split(r"[\W_]+", text.casefold())
    return [word for word in words if len(word) >= SHORTEST_WORD]
