"""What makes no sense, as strategies: the named payloads of RELIABILITY 4.3, and any text."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.security.payloads import payloads

BAD = payloads("bad_bytes")
TEXTS: dict[str, str] = BAD["texts"]
LONG = {name: part * times + "".join(end) for name, (part, times, *end) in BAD["repeated"].items()}
# A length that is none is refused by the server itself: only the wire sends one.
HEADERS = [one for one in BAD["headers"].values() if one[0] != "Content-Length"]
# What every field is tried with before anything is drawn.
FIRST = (*(TEXTS[name] for name in ("NUL", "lone surrogate", "id", "last day")), "")

text = st.one_of(
    st.sampled_from(list(TEXTS.values())),
    st.sampled_from(list(TEXTS.values())),
    st.text(max_size=40),
    st.text(st.characters(), max_size=8),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.sampled_from(list(LONG.values())),
)
short = st.one_of(
    st.sampled_from(list(TEXTS.values())), st.sampled_from(BAD["pages"]), st.text(max_size=20)
)
headers = st.lists(st.sampled_from(HEADERS), max_size=3)


def raw(words: str) -> bytes:
    """Give text as bytes that a browser never sends, too: lone surrogates, as they are."""
    return words.encode("utf-8", "surrogatepass")


def quoted(words: str, safe: str = "") -> str:
    return quote_from_bytes(raw(words), safe=safe)


def latin(words: str) -> str:
    """Give text as the gateway hands on a header's bytes: one character for each."""
    return raw(words).decode("latin-1") if max(words, default="") > "\xff" else words


def head(name: str, value: str) -> tuple[str, str]:
    """Name a header as the gateway does, which lets no NUL through (the wire tries)."""
    plain = name.upper().replace("-", "_")
    key = plain if plain.startswith("CONTENT_") else f"HTTP_{plain}"
    return key, latin(value).replace("\0", "")
