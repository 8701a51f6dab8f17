"""What a reader sees when a request cannot be answered as asked."""

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db
TOO_LARGE = "a" * 1_100_000


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("id", "tidak ada yang disimpan"), ("en", "nothing was saved")],
)
def test_a_form_too_large_to_be_read_is_answered_in_words(client, language, sentence):
    client.force_login(factories.member("member", language=language))
    client.cookies["django_language"] = language

    answer = client.post(reverse("committee:profile"), {"name": TOO_LARGE})

    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_for_htmx_the_words_go_to_the_notices_and_the_form_stays(client):
    client.force_login(factories.member("member"))

    answer = client.post(
        reverse("committee:profile"), {"name": TOO_LARGE}, headers={"HX-Request": "true"}
    )

    assert (answer.status_code, answer["HX-Retarget"]) == (400, "#notices")
    assert "<html" not in answer.content.decode()
