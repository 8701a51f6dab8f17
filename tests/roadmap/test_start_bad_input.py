"""What the first hour refuses: a clear answer each, nothing half saved, nothing typed lost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import factories
from tests.stage.start import lines, one
from tests.unchanged import everything

pytestmark = pytest.mark.django_db
STEPS = ("institutions", "members", "workstreams", "actions")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


def post(client, step, fields):
    """Send a step; nothing here is saved."""
    before = everything()
    answer = client.post(reverse(f"roadmap:start-{step}"), fields)
    assert everything() == before
    return answer


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "x" * 100_001,
        "A;b\x00;c",
        '"',
        "\n".join("a;b@c.example" for _ in range(201)),
    ],
    ids=["empty", "blank", "huge", "NUL", "quote", "201 lines"],
)
def test_it_is_refused_and_given_back(secretariat, step, text):
    answer = post(secretariat, step, lines(text))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert len(answer.content) > len(text)


@pytest.mark.parametrize("step", STEPS)
def test_a_hundred_kilobytes_of_wrong_lines_name_the_first_twenty(secretariat, step):
    text = "\n".join(f"ü{n};{'é' * 400};x;y;z" for n in range(150))

    answer = post(secretariat, step, lines(text))

    assert answer.status_code == 422
    assert len(answer.context["lines"].non_field_errors()) == 20
    assert "the first 20 are named by line" in answer.content.decode()


@pytest.mark.parametrize("step", STEPS)
def test_an_empty_form_of_one_is_refused(secretariat, step):
    assert post(secretariat, step, one()).status_code == 422


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fields", [{}, {"form": "one"}, {"form": "\x00"}, {"lines-text": "A;B"}])
def test_a_form_that_lost_its_place_gets_it_back(secretariat, step, fields):
    answer = post(secretariat, step, fields)

    assert answer.status_code == 422
    assert "had lost its place" in answer.content.decode()


def test_a_form_sent_by_one_way_leaves_the_other_alone(secretariat):
    page = post(secretariat, "institutions", one(code="?")).content.decode()

    assert page.count('role="alert"') == 1
    assert 'id="id_lines-text_error"' not in page


def test_markup_is_shown_and_not_run(secretariat):
    text = "<script>alert(1)</script>;<img src=x>"

    page = post(secretariat, "institutions", lines(text)).content.decode()

    assert "<script>alert" not in page
    assert "<img src=x>" not in page


@pytest.mark.parametrize("language", ["id", "en"])
def test_complaints_are_in_the_readers_language(client_of, language):
    client = client_of(factories.member("secretariat", language=language))

    page = post(client, "members", lines("Sari;x")).content.decode()

    assert ("Line 1, e-mail" in page) == (language == "en")


@pytest.mark.parametrize("way", ["one", "many"])
def test_an_address_longer_than_accounts_keep_is_refused(secretariat, way):
    address = f"{'a' * 290}@kantor.example"
    named = one(name="Sari", email=address, role="member", language="id")

    answer = post(secretariat, "members", named if way == "one" else lines(f"Sari;{address}"))

    assert answer.status_code == 422
    assert "254 characters" in answer.content.decode()
