"""S1: no form is taken from another site, another session or nobody's page.

Each refused form is the accepted one with one thing changed about where it comes from.
"""

from __future__ import annotations

from unittest.mock import patch

from django.conf import settings
from django.test import override_settings

from tests.cast import NOBODY, address
from tests.cast_forms import form
from tests.test_permissions import TABLE, read, undone, written
from tests.test_security import OnStage

OURS, THEIRS = "a1" * 16, "b2" * 16
HERE = "https://testserver"
# Secret in the cookie, token in the form, headers; everything is asked over https.
HONEST = {
    "with an origin": (OURS, OURS, {"Origin": HERE}),
    "with a referrer": (OURS, OURS, {"Referer": f"{HERE}/my/"}),
}
FORGED = {
    "no cookie, no token": ("", "", {"Origin": HERE}),
    "a token in the cookie only": (OURS, "", {"Origin": HERE}),
    "the token of another session": (OURS, THEIRS, {"Origin": HERE}),
    "a token that is none": (OURS, "x", {"Origin": HERE}),
    "from another site": (OURS, OURS, {"Origin": "https://evil.id"}),
    "from a neighbour's address": (OURS, OURS, {"Origin": "https://testserver.evil.id"}),
    "from our name without https": (OURS, OURS, {"Origin": "http://testserver"}),
    "from nowhere": (OURS, OURS, {"Origin": "null"}),
    "without a referrer": (OURS, OURS, {}),
    "with another site's referrer": (OURS, OURS, {"Referer": "https://evil.id/testserver/"}),
}
# Their links are made anew for each request; following one is what proves the right.
LEFT_OUT = "account_reset"


def senders():
    """Name every address that takes a form, with somebody from whom it is taken."""
    for (name, method), row in TABLE.items():
        allowed = [who for who, code in row.items() if code == "302" and who not in NOBODY]
        if method == "POST" and allowed and not name.startswith(LEFT_OUT):
            yield name, allowed[0]


@override_settings(CSRF_TRUSTED_ORIGINS=[HERE])
class TestForgery(OnStage):
    def send(self, who, place, fields, request):
        """Send a form as it would come from somewhere; say what was answered, and if it wrote."""
        cookie, token, headers = request
        client = self.client_of(who, enforce_csrf_checks=True, headers=headers)
        if cookie:
            client.cookies[settings.CSRF_COOKIE_NAME] = cookie
        sent = fields | ({"csrfmiddlewaretoken": token} if token else {})
        with undone(), written() as tables:
            answer = client.post(place, sent, secure=True)
        read(answer)
        return answer.status_code, bool(tables)

    def told(self, requests, names=()):
        """Send every form, or those of some names, in each of these ways."""
        for name, who in senders():
            if not names or name in names:
                place, fields = address(self.cast, name), form(self.cast, name)
                for why, request in requests.items():
                    yield why, name, *self.send(who, place, fields, request)

    def test_every_forged_form_is_refused_and_changes_nothing(self):
        assert [one for one in self.told(FORGED) if one[2:] != (403, False)] == []

    def test_the_same_forms_are_taken_from_our_own_pages(self):
        for why, request in HONEST.items():
            told = list(self.told({why: request}))

            assert [one for one in told if one[2] != 302] == []
            assert sum(wrote for *_, wrote in told) > 100

    def test_a_header_is_as_good_as_a_field_and_no_better(self):
        by_header = {
            token: (OURS, "", {"Origin": HERE, "X-CSRFToken": token}) for token in (OURS, THEIRS)
        }

        told = list(self.told(by_header, ["roadmap:action-confirm"]))

        assert [one[2:] for one in told] == [(302, True), (403, False)]

    def test_control_without_the_check_they_would_be_taken(self):
        names = ("roadmap:action-confirm", "roadmap:clock-step", "committee:profile")
        with patch("django.middleware.csrf.CsrfViewMiddleware.process_view", return_value=None):
            told = list(self.told(FORGED, names))

        assert len(told) == len(FORGED) * len(names)
        assert [one for one in told if one[2:] != (302, True)] == []
