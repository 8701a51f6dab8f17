"""A browser reduced to what a timing needs: cookies, a CSRF token, one connection."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Container
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
ASSET = re.compile(rb'(?:href|src)="(/static/[^"]+)"')


class Browser:
    """No answer may be an error, but for the `refusals` that are what is looked for."""

    def __init__(self, port: int, encoding: str = "gzip", refusals: Container[int] = ()) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=300)
        self.encoding, self.refusals = encoding, refusals
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.body = b""
        self.weight = self.status = 0

    def get(self, path: str) -> float:
        """Fetch a page, remember its form token, and return the seconds it took."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> float:
        """Send a form with the last page's token and return the seconds it took."""
        return self._ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": self.token}))

    def field(self, name: str) -> str:
        """Read a hidden field of the last page."""
        found = re.search(rf'name="{name}" value="([^"]*)"'.encode(), self.body)
        assert found, f"no field {name} on the page"
        return found[1].decode()

    def assets(self) -> list[str]:
        """Name the static files of the last page, each once."""
        return sorted({found.decode() for found in ASSET.findall(self.body)})

    def _ask(self, method: str, path: str, body: str | None = None) -> float:
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Accept-Encoding": self.encoding,
            "Accept-Language": "id",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        raw = response.read()
        taken = time.perf_counter() - began
        self.status = response.status
        is_good = self.status < 400 or self.status in self.refusals
        assert is_good, f"{method} {path}: {self.status}"
        self._remember(response.headers.get_all("Set-Cookie") or [])
        self._keep(raw, response.getheader("Content-Encoding"))
        return taken

    def _keep(self, raw: bytes, encoding: str | None) -> None:
        self.weight = len(raw)
        self.body = gzip.decompress(raw) if encoding == "gzip" else raw
        if found := TOKEN.search(self.body):
            self.token = found[1].decode()

    def _remember(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
