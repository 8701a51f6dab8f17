"""RELIABILITY 4.3: bad but legal bytes get a sentence or do no harm, on both databases.

The payloads are data (payloads/bad_bytes.json); each is sent to a page, a form and a list that
stand for their kind. What must hold of an answer is what the fuzzer asks of it.
"""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import TestCase, override_settings

from tests.fuzz import nonsense, parts, tables
from tests.fuzz.ground import Ground
from tests.fuzz.judge import Case, judge
from tests.fuzz.sending import asked, pairs_of, sent
from tests.test_permissions import QUICK

FORMS = (
    *(
        "roadmap:action-report",
        "roadmap:action-create",
        "roadmap:evidence-add",
        "roadmap:meeting-create",
    ),
    *("committee:profile", "account_login", "admin:committee_member_add", *tables.DOORS),
)
PAGES = ("roadmap:actions", "roadmap:overview", "roadmap:my", "roadmap:audit", "roadmap:timeline")
ADDRESSES = (
    "/actions/{}/",
    "/milestones/{}/",
    "/people/{}/",
    "/evidence/{}/",
    "/admin/umkm/challenge/{}/change/",
)
TEXTS = nonsense.TEXTS | nonsense.LONG
# One ground for all tests: a class attribute would be copied for each.
HELD: dict[str, Ground] = {}


class TestBadBytes(TestCase):
    @classmethod
    def setUpTestData(cls):
        with override_settings(PASSWORD_HASHERS=QUICK):
            HELD["ground"] = Ground(FORMS)

    @classmethod
    def tearDownClass(cls):
        HELD.clear()
        super().tearDownClass()

    def setUp(self):
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        self.ground = HELD["ground"]

    def wrong(self, cases):
        """Fire cases and say what was wrong, by case."""
        found = {}
        for case in cases:
            said, _status = self.ground.fire(case)
            if said:
                found[str(case)[:300]] = said
        return found

    def test_every_text_in_every_field(self):
        cases = [
            sent(door, pairs_of(dict.fromkeys(door.fields, text)))
            for door in self.ground.doors
            for text in TEXTS.values()
        ]

        assert len(cases) > 400
        assert self.wrong(cases) == {}

    def test_every_text_in_one_field_of_a_form_that_is_right_otherwise(self):
        cases = [
            sent(door, pairs_of(door.fields | {name: text}))
            for door in self.ground.doors[:2]
            for name in door.fields
            for text in nonsense.TEXTS.values()
        ]

        assert self.wrong(cases) == {}

    def test_every_question_asked_of_a_page(self):
        values = [*nonsense.BAD["pages"], *nonsense.TEXTS.values()]
        cases = [
            Case(name, "secretariat", asked("GET", self.ground.place(name), query))
            for name in PAGES
            for text in values
            for query in ["&".join(f"{key}={nonsense.quoted(text)}" for key in parts.ASKED)]
        ]

        assert self.wrong(cases) == {}

    def test_every_number_of_what_is_not_there(self):
        cases = [
            Case(place, "secretariat", asked("GET", place.format(nonsense.quoted(text))))
            for place in ADDRESSES
            for text in nonsense.TEXTS.values()
        ]

        assert self.wrong(cases) == {}

    def test_every_header_and_verb(self):
        places = [self.ground.place(name) for name in PAGES]
        every = [
            *[("GET", [one]) for one in nonsense.HEADERS],
            *[("POST", [one]) for one in nonsense.HEADERS],
        ]
        every += [(verb, []) for verb in nonsense.BAD["methods"]]
        every += [("GET", [["Accept-Language", "id-ID,en;q=0.5," * 700]])]
        cases = [
            Case(place, "secretariat", asked(verb, place, "", headers))
            for place in places
            for verb, headers in every
        ]

        assert self.wrong(cases) == {}

    def test_control_characters_for_htmx_get_a_sentence(self):
        names = ("HX-Target", "HX-Trigger", "HX-Current-URL", "HX-Prompt", "HX-Trigger-Name")
        within = ["HX-Request", "true"]
        cases = [
            Case(place, "secretariat", asked(verb, place, "", [within, [name, f"action-{bad}"]]))
            for name in names
            for bad in ("\x01", "\x07", "\x7f", "\x85", "%00", "%0a")
            for verb in ("GET", "POST")
            for place in ("/my/", "/nothing/", "/actions/LOG-01/report/")
        ]

        assert self.wrong(cases) == {}

    def test_every_body_that_is_no_form(self):
        bodies = [*nonsense.BAD["bodies"].values(), ["application/json", "[" * 100_000]]
        cases = []
        for door in self.ground.doors:
            for kind, body in bodies:
                given = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
                environ = asked("POST", door.place) | given
                cases.append(Case(door.name, door.who, environ, body.encode("latin-1")))

        assert self.wrong(cases) == {}

    def test_every_list_and_a_hundred_files(self):
        cases = [*parts.imports_first(self.ground), *parts.uploads_first(self.ground)]

        assert self.wrong(cases) == {}

    def test_control_what_fails_is_found(self):
        with override_settings(ROOT_URLCONF="tests.fuzz.planted"):
            case = Case("", "", asked("POST", "/ditanam/"), b"kata=a%00b")
            case.environ |= {
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": "10",
            }

            assert "answers 500" in self.ground.fire(case)[0]


class Answer:
    """What a judge sees of an answer."""

    def __init__(self, status: int) -> None:
        self.status_code = status
        self.headers = {"Content-Type": "text/html"}


FORM = b'<p role="alert">no</p><textarea name="note">%s</textarea>'
CASE = Case("", "", {}, typed={"note": "Rapat ditunda"})


@pytest.mark.parametrize(
    ("status", "body", "seconds", "said"),
    [
        (422, FORM % b"Rapat ditunda", 0.1, ""),
        (422, FORM % b"", 0.1, "loses what was typed"),
        (422, b"<h1>no</h1>", 0.1, "names no field"),
        (400, b"Bad Request", 0.1, "refuses with no sentence"),
        (503, b"<h1>later</h1>", 0.1, "answers 503"),
        (200, b"", 5.5, "takes 5.5 s"),
        (200, b"Traceback (most recent call last)", 0.1, "tells"),
    ],
)
def test_control_each_thing_asked_of_an_answer_can_be_missed(
    status: int, body: bytes, seconds: float, said: str
) -> None:
    answer: Any = Answer(status)

    found = judge(CASE, answer, body, seconds)

    assert found.startswith(said)
    assert bool(found) == bool(said)
