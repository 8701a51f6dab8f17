"""RELIABILITY 4.3: bytes that are lawful and make no sense get a sentence, never a failure.

The payloads are data (payloads/bad_bytes.json); each stands by itself, so that a red one has a
name. tests/fuzz fires the same ones at every other address, mixed.
"""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.test.client import FakePayload

from tests import cast as casting
from tests.cast_forms import form
from tests.fuzz import nonsense, tables
from tests.fuzz.judge import Case, judge
from tests.fuzz.sending import asked, pairs_of, sent
from tests.test_permissions import read

pytestmark = pytest.mark.django_db

BAD = nonsense.BAD
WORDS = nonsense.TEXTS | nonsense.LONG
PAGE, FORM, IMPORT = "roadmap:actions", "roadmap:action-create", "roadmap:figures-import"


@pytest.fixture
def cast():
    return casting.gather()


@pytest.fixture
def send(cast, client):
    """Give what sends a case as the secretariat and says what is wrong with the answer."""
    client.force_login(cast.people["secretariat"])
    client.raise_request_exception = False

    def fire(case):
        began = time.monotonic()
        answer = client.request(
            **case.environ, **{"wsgi.input": FakePayload(case.body)}, REMOTE_ADDR="127.0.0.1"
        )
        return judge(case, answer, read(answer), time.monotonic() - began)

    return fire


def door(cast, name):
    """Give a form as the fuzzer sees it: with what would be accepted."""
    return SimpleNamespace(
        name=name,
        who="secretariat",
        place=casting.address(cast, name),
        fields=form(cast, name),
        files=(),
    )


def place(cast, query="", method="GET", headers=()):
    return Case(PAGE, "secretariat", asked(method, casting.address(cast, PAGE), query, headers))


@pytest.mark.parametrize("name", WORDS)
def test_a_page_asked_with_it_answers(cast, send, name):
    query = "&".join(
        f"{key}={nonsense.quoted(WORDS[name][:2000])}" for key in ("q", "page", "as_of")
    )

    assert send(place(cast, query)) == ""


@pytest.mark.parametrize("page", BAD["pages"])
def test_a_page_of_no_such_number_answers(cast, send, page):
    assert send(place(cast, f"page={nonsense.quoted(page)}")) == ""


@pytest.mark.parametrize("name", WORDS)
def test_a_form_filled_with_it_is_answered(cast, send, name):
    found = door(cast, FORM)

    assert send(sent(found, pairs_of(dict.fromkeys(found.fields, WORDS[name])))) == ""


@pytest.mark.parametrize("name", WORDS)
def test_a_list_that_holds_it_is_answered(cast, send, name):
    heading, row = tables.DOORS[IMPORT]
    lines = [heading, row[:6] + (WORDS[name],) + row[7:], (WORDS[name],) * len(row)]
    content = nonsense.raw("\n".join(";".join(cells) for cells in lines))

    assert send(_brought(cast, content)) == ""


@pytest.mark.parametrize("number", range(len(list(tables.named(tables.DOORS[IMPORT])))))
def test_a_file_that_is_no_such_list_is_answered(cast, send, number):
    content = list(tables.named(tables.DOORS[IMPORT]))[number]

    assert send(_brought(cast, content)) == ""


def _brought(cast, content):
    return sent(door(cast, IMPORT), [("file", ("a.csv", "text/csv", content))])


@pytest.mark.parametrize("name", BAD["bodies"])
def test_a_body_that_is_no_form_is_answered(cast, send, name):
    kind, text = BAD["bodies"][name]
    body = text.encode("latin-1")
    environ = asked("POST", door(cast, FORM).place)
    environ |= {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}

    assert send(Case(FORM, "secretariat", environ, body)) == ""


@pytest.mark.parametrize("many", ["fields", "files", "brackets"])
def test_more_than_a_form_may_hold_is_answered(cast, send, many):
    found = door(cast, FORM)
    if many == "fields":
        case = sent(found, [*pairs_of(found.fields), *[(f"f{n}", "x") for n in range(1001)]])
    elif many == "files":
        case = sent(found, [("file", ("a.pdf", "application/pdf", tables.PDF))] * 101)
    else:
        body = b"[" * 100_000
        environ = asked("POST", found.place) | {"CONTENT_TYPE": "application/json"}
        case = Case(FORM, "secretariat", environ | {"CONTENT_LENGTH": str(len(body))}, body)

    assert send(case) == ""


@pytest.mark.parametrize("method", BAD["methods"])
def test_a_verb_nobody_expects_is_answered(cast, send, method):
    assert send(place(cast, method=method)) == ""


@pytest.mark.parametrize(
    "name", [name for name, one in BAD["headers"].items() if one[0] != "Content-Length"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_header_of_no_sense_is_answered(cast, send, name, method):
    found = BAD["headers"][name]
    by_form = sent(door(cast, FORM), pairs_of(door(cast, FORM).fields), [found])

    assert send(by_form if method == "POST" else place(cast, headers=[found])) == ""


def test_a_language_of_ten_thousand_letters_is_answered(cast, send):
    assert send(place(cast, headers=[["Accept-Language", "id-" + "x" * 10_000]])) == ""


@pytest.mark.urls("tests.fuzz.planted")
def test_control_a_view_that_fails_on_nul_is_told(send):
    plant = SimpleNamespace(name="planted", who="secretariat", place="/ditanam/", files=())

    assert send(sent(plant, [("kata", "ditunda")])) == ""
    assert send(sent(plant, [("kata", nonsense.TEXTS["NUL"])])) == "answers 500"
