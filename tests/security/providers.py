"""A real OpenID Connect provider in a process of its own, which can be made to lie.

As a program (`python -m tests.security.providers PORT`) it serves one; `running` starts it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.servers import free_port, wait_for_port

ROOT = Path(__file__).resolve().parents[2]
DROPPED = "(dropped)"


class Provider:
    """A provider's address, and the people and lies it is told."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.talk = requests.Session()
        self.asked: list[dict[str, str]] = []

    def knows(self, sub: str, **claims: Any) -> None:
        self.talk.put(f"{self.issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def lies(self, place: str = "", **facts: Any) -> None:
        """Change what it says at a place from now on; without a place be honest again."""
        told = {place: facts} if place else {}
        self.talk.put(f"{self.issuer}/lies", json=told, timeout=5).raise_for_status()

    def told(self) -> dict[str, str]:
        """Give what came with the last code that was changed for a token."""
        return dict(self.talk.get(f"{self.issuer}/told", timeout=5).json())

    def lets_in(self, place: str, sub: str) -> str:
        """Sign in there as somebody, and give the address that leads back to us."""
        self.asked.append(
            {name: one for name, (one, *_) in parse_qs(urlsplit(place).query).items()}
        )
        answer = self.talk.post(place, data={"sub": sub}, timeout=5, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])

    def settings(self, **changes: str) -> dict[str, str]:
        known = {
            "OIDC_ISSUER": self.issuer,
            "OIDC_CLIENT_ID": "peta-jalan",
            "OIDC_CLIENT_SECRET": "rahasia-klien",
            "OIDC_NAME": "SSO Nasional",
        }
        return known | changes


@contextmanager
def running() -> Iterator[Provider]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.security.providers", str(port)],
        cwd=ROOT, env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for_port(port, alive=process)
        provider = Provider(port)
        yield provider
        provider.talk.close()
    finally:
        process.kill()
        process.wait()


def serve(port: int) -> None:
    import flask
    import oidc_provider_mock
    from oidc_provider_mock import _app as inside
    from werkzeug.serving import run_simple

    plain = inside.OpenIDCode.get_jwt_config

    def with_name_of_key(self: Any, *asked: Any) -> dict[str, Any]:
        """Say by which of its keys it signs, as every large provider does."""
        return {**plain(self, *asked), "kid": inside.storage.jwk.as_dict()["kid"]}

    inside.OpenIDCode.get_jwt_config = with_name_of_key
    app = oidc_provider_mock.app()
    lies: dict[str, dict[str, Any]] = {}
    told: dict[str, str] = {}

    @app.put("/lies")
    def learn() -> str:
        lies.clear()
        lies.update(flask.request.get_json())
        return ""

    @app.get("/told")
    def tell() -> dict[str, str]:
        return told

    @app.before_request
    def listen() -> None:
        if flask.request.path == "/oauth2/token":
            told.update(flask.request.form)

    @app.after_request
    def lie(answer: flask.Response) -> flask.Response:
        if told := lies.get(flask.request.path):
            facts = answer.get_json() | told
            kept = {name: value for name, value in facts.items() if value != DROPPED}
            answer.set_data(flask.json.dumps(kept))
        return answer

    run_simple("127.0.0.1", port, app, threaded=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
