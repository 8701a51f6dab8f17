"""S4, S5, S7: one address, two shapes; headers any client may write; one configuration."""

from __future__ import annotations

import json
import re
from html import unescape
from unittest.mock import patch

from django.test import Client

from tests.cast import address
from tests.cast_forms import form
from tests.test_architecture import HTMX
from tests.test_permissions import read, undone
from tests.test_security import NAMES, OnStage

META = re.compile(r"""<meta name="htmx-config" content='(.*?)'>""")
IN_HTMX = {"HX-Request": "true"}
# What a browser sends when a page it went back to is no longer at hand.
RESTORED = {"HX-History-Restore-Request": "true"}
FORGED = {
    "HX-Target": '"><script>alert(1)</script>',
    "HX-Current-URL": "javascript:alert(1)//<script>",
    "HX-Prompt": "<img src=x onerror=alert(1)>",
    "HX-Trigger": "'-alert(1)-'<script>",
    "HX-Trigger-Name": '"onload="alert(1)',
    "HX-Boosted": "true<script>",
    "HX-Redirect": "https://evil.id",
    "HX-Retarget": "body",
}
MARKS = ("alert(1)", "evil.id", "onerror=", 'onload="')


class SharedCache:
    """A proxy in front of many readers, as the standard of caching describes it."""

    def __init__(self, client):
        self.client = client
        self.kept = {}

    def get(self, path, **headers):
        for varied, answer in self.kept.get(path, ()):
            if all(headers.get(name) == value for name, value in varied.items()):
                return answer
        answer = self.client.get(path, headers=headers)
        # A careless one: only no-store keeps anything out of it.
        if "no-store" not in answer.headers.get("Cache-Control", ""):
            names = filter(None, answer.headers.get("Vary", "").split(", "))
            varied = {name: headers.get(name) for name in names}
            self.kept.setdefault(path, []).append((varied, answer))
        return answer


class TestTwoShapes(OnStage):
    def bare(self, reader, names):
        """Name the pages that one cache gives out as a part of themselves.

        Each is asked for as a part, then as a page, then as one gone back to.
        """
        cache = SharedCache(self.client_of(reader))
        found = set()
        for name in names:
            place = address(self.cast, name)
            with undone():
                answers = [cache.get(place, **headers) for headers in (IN_HTMX, {}, RESTORED)]
                bodies = [read(answer) for answer in answers]
            for answer, body in zip(answers[1:], bodies[1:], strict=True):
                if answer.status_code == 200 and is_part(answer, body):
                    found.add(name)
        return found

    def test_no_cache_hands_out_a_part_as_a_page(self):
        names = [name for name in NAMES if name.startswith("roadmap:")]

        assert self.bare(None, names) == set()
        assert self.bare("secretariat", names) == set()

    def test_control_without_vary_it_would(self):
        with (
            patch("committee.middleware.patch_vary_headers"),
            patch("committee.http.patch_vary_headers"),
        ):
            assert self.bare(None, ["roadmap:overview"]) == {"roadmap:overview"}


def is_part(answer, body):
    is_html = answer["Content-Type"].startswith("text/html")
    return is_html and not body.lstrip().startswith(b"<!doctype html>")


class TestForgedHeaders(OnStage):
    def test_they_are_only_ever_looked_up(self):
        shown = set()
        for reader, name, answer, body in self.visits(**FORGED, **IN_HTMX):
            said = body.decode(errors="replace") + repr(answer.headers)
            if answer.status_code >= 500 or any(mark in said for mark in MARKS):
                shown.add((reader, name))

        assert shown == set()

    def test_a_form_sent_with_them_goes_where_it_always_went(self):
        client = self.client_of("owner", headers=FORGED)
        with undone():
            answer = client.post(
                address(self.cast, "roadmap:action-confirm"),
                form(self.cast, "roadmap:action-confirm"),
            )

        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert "HX-Redirect" not in answer.headers

    def test_none_of_them_stands_for_a_sign_in(self):
        for headers in (IN_HTMX | FORGED, IN_HTMX | {"X-User-ID": "1", "Remote-User": "admin"}):
            answer = Client(headers=headers).get("/my/")

            assert answer.status_code == 401


class TestEveryPage(OnStage):
    def test_it_has_one_configuration_and_says_what_it_depends_on(self):
        loaded, wrong = 0, set()
        for _reader, name, answer, body in self.visits():
            if not {"Cookie", "HX-Request"} <= set(answer.headers.get("Vary", "").split(", ")):
                wrong.add(("vary", name))
            page = body.decode(errors="replace")
            found = [json.loads(unescape(one)) for one in META.findall(page)]
            has_htmx = "htmx" in " ".join(re.findall(r"<script[^>]*>", page))
            loaded += has_htmx
            if found != ([HTMX] if has_htmx else []):
                wrong.add(("configuration", name))

        assert wrong == set()
        assert loaded > 200
