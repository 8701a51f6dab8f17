"""What must hold of every answer: no failure, no hang, nothing told, nothing typed lost."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

SECONDS = 5
ROOT = str(Path(__file__).resolve().parents[2])
TELLS = re.compile(
    rb"Traceback \(most recent|site-packages/|psycopg\.|sqlite3\.|django\.db\."
    rb"|SELECT .{1,200} FROM|INSERT INTO|" + re.escape(ROOT.encode())
)
# What a browser shows of a refusal: a page of ours, or a sentence for the notice region.
SAID = (b"<h1", b'class="notice', b"<dialog")
NAMED = (b'role="alert"', b'aria-invalid="true"', b"errornote", b"errorlist", b'class="error"')
# One line of text is sent by browsers without breaks, and they end lines as the standard says.
PLAIN = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")


@dataclass(slots=True)
class Case:
    """One request: by whom, to what, with which bytes."""

    name: str
    who: str
    environ: dict[str, str]
    body: bytes = b""
    typed: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        asked = {name: value[:160] for name, value in self.environ.items()}
        return f"{self.name} as {self.who}: {asked} {self.body[:300]!r}"


class Shown(HTMLParser):
    """The fields of a page's forms and what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self._area: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "textarea":
            self._area = name
            self.values[name], self.kinds[name] = "", "textarea"
        elif tag in ("input", "select", "button") and name:
            kind = found.get("type") or ("text" if tag == "input" else tag)
            if kind not in ("checkbox", "radio") or "checked" in found:
                self.values[name] = found.get("value") or ""
            self.values.setdefault(name, "")
            self.kinds[name] = kind

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data


def judge(case: Case, answer: Any, body: bytes, seconds: float) -> str:
    """Say what is wrong with an answer; empty where all is as it must be."""
    if answer.status_code >= 500:
        return f"answers {answer.status_code}"
    if seconds > SECONDS:
        return f"takes {seconds:.1f} s"
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    if is_page and (found := TELLS.search(body)):
        return f"tells {found[0][:60]!r}"
    if case.environ.get("REQUEST_METHOD") == "HEAD":
        return ""
    if answer.status_code == 400 and is_page and not any(mark in body for mark in SAID):
        return "refuses with no sentence"
    if answer.status_code == 422 and is_page:
        return _kept(case, body)
    return ""


def _kept(case: Case, body: bytes) -> str:
    """Say which field of a form shown again lost its text, or that none is named."""
    if not any(mark in body for mark in NAMED):
        return "names no field"
    shown = Shown(body.decode(errors="replace"))
    for name, text in case.typed.items():
        if shown.kinds.get(name) in ("text", "textarea", "date", "number", "url", "email"):
            found = shown.values[name]
            if PLAIN.fullmatch(text) and text.strip() and text.strip() not in found:
                return f"loses what was typed into {name}: {text[:60]!r}, shows {found[:60]!r}"
    return ""
