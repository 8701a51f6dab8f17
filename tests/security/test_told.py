"""No answer holds what is nobody's business: addresses of people, hashes, tokens (S54).

Pages, fragments and files are read whole, for what is stored about others.
"""

from __future__ import annotations

import re

from django.test import Client

from committee.models import Member
from tests.cast import address
from tests.test_permissions import TABLE, OnStage, read, undone

# Only who looks after people and letters reads their addresses; everybody reads their own.
HASHES = (b"md5$", b"argon2", b"pbkdf2")
CSRF = re.compile(rb'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"')
READERS = ("anonymous_public", "viewer", "owner")
FILES = ("", "csv")


class TestTold(OnStage):
    def answers(self, column, **headers):
        client = Client(raise_request_exception=False, headers=headers)
        client.cookies.load(self.cookies.get(column, ""))
        for name in sorted({name for name, _method in TABLE}):
            for asked in FILES if name.startswith("roadmap:") and not headers else ("",):
                with undone():
                    answer = client.get(
                        address(self.cast, name), {"format": asked} if asked else {}
                    )
                    yield name, asked, CSRF.sub(b"", read(answer))

    def test_no_role_reads_what_is_not_theirs(self):
        people = {name: one.email.encode() for name, one in self.cast.people.items()}
        secrets = [one.password.encode() for one in Member.objects.all() if len(one.password) > 20]
        told = {}
        for column in READERS:
            others = [email for name, email in people.items() if name != column]
            for headers in ({}, {"HX-Request": "true"}):
                for name, asked, body in self.answers(column, **headers):
                    found = [one for one in (*HASHES, *others, *secrets) if one in body]
                    if found:
                        told[column, name, asked] = found
        assert secrets
        assert told == {}

    def test_the_check_can_fail(self):
        """Who looks after people does read addresses: on the same pages, by the same search."""
        email = self.cast.people["owner"].email.encode()

        pages = {name for name, _asked, body in self.answers("secretariat") if email in body}

        assert "admin:committee_member_changelist" in pages
