"""S58: with the database, the mail server or the broker away nothing opens that was shut."""

from __future__ import annotations

import socket
from unittest.mock import patch

from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.urls import reverse

from committee.models import Letter
from tests.cast import address
from tests.test_permissions import TABLE, read, undone
from tests.test_security import OnStage

# What a fault says of itself; none of it is a reader's business.
SECRET = "FATAL: password of role roadmap on 10.1.2.3; SELECT token FROM committee_member"


def gone(execute, sql, params, many, context):
    raise OperationalError(SECRET)


class TestWithoutItsDatabase(OnStage):
    def answers(self, reader):
        names = [name for name, method in TABLE if method == "GET"]
        places = {name: address(self.cast, name) for name in names}
        client = self.client_of(reader)
        for name, place in places.items():
            with undone(), connection.execute_wrapper(gone):
                answer = client.get(place)
                yield name, answer.status_code, read(answer)

    # The site may be asked in every request whether it is public: no answer is not a yes.
    @override_settings(PUBLIC_SITE=None)
    def test_no_page_is_shown_and_nothing_is_told(self):
        for reader in (None, "secretariat"):
            wrong = {
                name: status
                for name, status, body in self.answers(reader)
                if (status not in (302, 404, 503) and name not in NEEDS_NONE)
                or SECRET.encode() in body
                or b"Traceback" in body
            }

            assert wrong == {}, reader

    def test_an_unforeseen_fault_tells_no_more(self):
        for reader in (None, "secretariat"):
            with patch("committee.clock.read", side_effect=RuntimeError(SECRET)):
                answer = self.client_of(reader).get(reverse("roadmap:actions"))

            assert answer.status_code == 500
            assert b"SELECT" not in answer.content
            assert b"10.1.2.3" not in answer.content

    def test_control_with_it_the_page_is_there(self):
        assert self.client_of("secretariat").get(reverse("roadmap:actions")).status_code == 200


# They show nothing that is stored.
NEEDS_NONE = {"roadmap:health", "committee:language", "admin:jsi18n"}


class TestWithoutMailAndBroker(OnStage):
    def test_a_forgotten_password_is_answered_alike_and_waits_its_turn(self):
        """Pages speak to no mail server and no broker: whoever asks cannot tell they are away."""
        answers = []
        with patch.object(socket.socket, "connect", side_effect=OSError(SECRET)), undone():
            for email in ("owner@demo.test", "nobody@demo.test"):
                client = Client(headers={"accept-language": "en"})
                answer = client.post(reverse("account_reset_password"), {"email": email})
                answers.append((answer.status_code, answer.headers["Location"]))
            waiting = Letter.objects.filter(recipient__email="owner@demo.test", state="pending")

            assert waiting.exists()
        assert answers[0] == answers[1]
        assert answers[0][0] == 302
