"""Forms and files as the bytes of a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from tests.fuzz.judge import Case
from tests.fuzz.nonsense import head, latin, quoted, raw

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=batas"
File = tuple[str, str, bytes]  # its name, what it says it is, what it holds
Pairs = list[tuple[str, Any]]


def pairs_of(fields: dict[str, Any]) -> Pairs:
    """Give each value of a form, as a browser sends them."""
    return [
        (name, one if isinstance(one, tuple) else str(one))
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
        if one is not None
    ]


def asked(method: str, place: str, query: str = "", headers: Iterable[list[str]] = ()) -> Any:
    """Give what the gateway says of a request."""
    path = unquote_to_bytes(place).decode("latin-1")
    given = {"REQUEST_METHOD": latin(method), "PATH_INFO": path, "QUERY_STRING": latin(query)}
    return given | dict(head(name, value) for name, value in headers)


def urlencoded(pairs: Pairs) -> bytes:
    return "&".join(f"{quoted(name)}={quoted(str(value))}" for name, value in pairs).encode()


def multipart(pairs: Pairs, end: bytes = b"--batas--\r\n") -> bytes:
    return b"".join(_part(name, value) for name, value in pairs) + end


def _part(name: str, value: str | File) -> bytes:
    field = raw(name).replace(b'"', b"%22")
    start = b'--batas\r\nContent-Disposition: form-data; name="' + field + b'"'
    if isinstance(value, str):
        return start + b"\r\n\r\n" + raw(value) + b"\r\n"
    file, kind, content = value
    named = b'; filename="' + raw(file).replace(b'"', b"%22") + b'"\r\nContent-Type: '
    return start + named + raw(kind) + b"\r\n\r\n" + content + b"\r\n"


def sent(
    door: Any, pairs: Pairs, headers: Iterable[list[str]] = (), *, cut: int | None = None
) -> Case:
    """Give the case that sends a form by its door; with files it is sent in parts."""
    in_parts = bool(door.files) or any(isinstance(value, tuple) for _name, value in pairs)
    body = (multipart if in_parts else urlencoded)(pairs)[:cut]
    environ = asked("POST", door.place, headers=headers)
    environ.setdefault("CONTENT_TYPE", MULTIPART if in_parts else URLENCODED)
    environ.setdefault("CONTENT_LENGTH", str(len(body)))
    is_whole = cut is None and environ["CONTENT_TYPE"] in (MULTIPART, URLENCODED)
    return Case(door.name, door.who, environ, body, _typed(door, pairs) if is_whole else {})


def _typed(door: Any, pairs: Pairs) -> dict[str, str]:
    """Give the texts of a form's own fields that are sent once; a page may hold two forms."""
    which = f"{dict(pairs).get('form', '')}-"
    own = [name for name in door.fields if "form" not in door.fields or name.startswith(which)]
    names = [name for name, _value in pairs if name in own]
    return {
        name: value for name, value in pairs if isinstance(value, str) and names.count(name) == 1
    }
