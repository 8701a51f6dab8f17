"""What somebody may not see answers byte for byte as what is not there: found by the table alone.

Every address that names an object is asked twice: with one that stands on stage and with one
that nobody has. Where the table says 404, or the way to sign in, both answers must be the same.
"""

from __future__ import annotations

import re

from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.cast import COLUMNS, address, arguments
from tests.test_permissions import LOGIN, TABLE, OnStage, read, undone

NOBODYS_NUMBER, NOBODYS_NAME = 2_000_000_011, "TIDAK-ADA"
# Drawn anew for every answer.
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"[^"]*"')
HIDING = frozenset({"404", LOGIN})


def missing(cast, name):
    """Give the same address with an object that nobody has; None where it names no object."""
    if name.startswith("admin/"):
        return re.sub(r"\d+/\Z", f"{NOBODYS_NUMBER}/", address(cast, name))
    args = arguments(cast, name)
    others = [NOBODYS_NUMBER if isinstance(one, int) else NOBODYS_NAME for one in args]
    try:
        return reverse(name, args=others) if args else None
    except NoReverseMatch:
        return None


class TestHidden(OnStage):
    def heard(self, client, method, place, **headers):
        """Send a request to an address and tell all that can be told of the answer."""
        with undone():
            answer = getattr(client, method.lower())(place, headers=headers)
            body = TOKEN.sub(b"", read(answer)).replace(place.encode(), b"HERE")
        told = {name: value.replace(place, "HERE") for name, value in answer.headers.items()}
        told.pop("Content-Length", None)  # of a page that repeats its own address
        return answer.status_code, told, body

    def hidden(self, hiding=HIDING):
        """Name every case in which an object must not be told from one that is not there."""
        for (name, method), row in TABLE.items():
            place = missing(self.cast, name)
            if place is None or name.startswith("account_"):
                continue
            for column in COLUMNS:
                if row[column] in hiding:
                    yield column, name, method, address(self.cast, name), place

    def compare(self, hiding=HIDING, **headers):
        told, asked = {}, 0
        for column, name, method, there, nowhere in self.hidden(hiding):
            client = Client(raise_request_exception=False)
            client.cookies.load(self.cookies.get(column, ""))
            with self.settings(PUBLIC_SITE=column != "anonymous_private"):
                asked += 1
                if self.heard(client, method, there, **headers) != self.heard(
                    client, method, nowhere, **headers
                ):
                    told[name, method] = [*told.get((name, method), []), column]
        assert asked > 500
        assert told == {}

    def test_an_object_one_may_not_see_answers_as_one_that_is_not_there(self):
        self.compare()

    def test_a_fragment_of_it_does_too(self):
        self.compare({"404"}, **{"HX-Request": "true"})

    def test_a_word_too_many_would_be_seen(self):
        """The comparison itself can fail: who may see the letter is told more."""
        client = Client()
        client.cookies.load(self.cookies["owner"])
        name = "roadmap:letter"

        there = self.heard(client, "GET", address(self.cast, name))

        assert there != self.heard(client, "GET", missing(self.cast, name))
