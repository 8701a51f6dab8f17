"""A browser reduced to what a timing needs: cookies, a CSRF token, one connection."""

from __future__ import annotations

import gzip
import re
import time
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.body = b""

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

    def _ask(self, method: str, path: str, body: str | None = None) -> float:
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            "Accept-Encoding": "gzip",
            "Accept-Language": "id",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        raw = response.read()
        taken = time.perf_counter() - began
        assert response.status < 400, f"{method} {path}: {response.status}"
        self._remember(response.headers.get_all("Set-Cookie") or [])
        zipped = response.getheader("Content-Encoding") == "gzip"
        self.body = gzip.decompress(raw) if zipped else raw
        if found := TOKEN.search(self.body):
            self.token = found[1].decode()
        return taken

    def _remember(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
