"""The wall around what is not public, and what a signed-in reader's request carries."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from committee.models import RehearsalClock
from tests import factories
from tests.cast import names
from tests.factories import TODAY

pytestmark = pytest.mark.django_db
PUBLIC = {
    "roadmap:overview",
    "roadmap:workstream",
    "roadmap:actions",
    "roadmap:action",
    "roadmap:milestones",
    "roadmap:milestone",
    "roadmap:timeline",
    "roadmap:slips",
    "roadmap:dependencies",
    "roadmap:institutions",
    "roadmap:institution",
    "roadmap:progress",
    "roadmap:method",
    "roadmap:help",
    "roadmap:help-page",
    "roadmap:indicators",
    "roadmap:indicator",
    "roadmap:figure-history",
    "roadmap:provinces",
    "roadmap:coverage",
    "roadmap:challenge",
    "roadmap:initiatives",
    "roadmap:initiative",
}


def test_the_public_pages_are_these_and_no_others():
    found = set()
    for resolver in get_resolver().url_patterns:
        for pattern in getattr(resolver, "url_patterns", [resolver]):
            if getattr(getattr(pattern, "callback", None), "is_public", False):
                found.add(f"roadmap:{pattern.name}")

    assert found == PUBLIC
    assert {name for name, _route in names()} > PUBLIC


@pytest.mark.parametrize(
    ("setting", "is_rehearsal", "is_public"),
    [
        (None, True, True),
        (None, False, False),
        (True, False, True),
        (False, True, False),
    ],
)
def test_the_site_is_public_in_a_rehearsal_or_when_told_so(
    client, settings, setting, is_rehearsal, is_public
):
    settings.PUBLIC_SITE = setting
    if is_rehearsal:
        RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())

    answer = client.get(reverse("roadmap:overview"))

    assert answer.status_code == (200 if is_public else 302)


def test_the_wall_remembers_where_one_wanted_to_go(client):
    answer = client.get(reverse("roadmap:my"), {"page": "2"})

    assert answer["Location"] == f"{reverse('account_login')}?next=/my/%3Fpage%3D2"


def test_htmx_gets_a_fragment_for_the_notices_instead_of_a_page(client):
    answer = client.get(reverse("roadmap:my"), headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#notices", "innerHTML")
    assert b"<html" not in answer.content


class TestAFormWhoseSessionHasEnded:
    PLACE = "/meetings/1/agenda/new/"

    def sent(self, fields, place=PLACE, **headers):
        """Send a form as nobody, and read what stands in the boxes of the answer."""
        answer = Client().post(place, fields, headers={"accept-language": "en"} | headers)
        assert answer.status_code == 401
        page = answer.content.decode()
        labels = re.findall(r'<label class="field-label" for="typed-\d+">(.*?)</label>', page)
        texts = re.findall(r"<textarea [^>]* readonly>\n(.*?)</textarea>", page, re.DOTALL)
        assert len(labels) == len(texts)
        return answer, dict(zip(labels, map(html.unescape, texts), strict=True))

    def test_what_was_typed_is_given_back_under_the_words_of_its_form(self):
        long = "Dibahas panjang.\n\n<b>Disepakati</b> & dicatat."
        fields = {"title": "Logistik", "minutes": long, "order": "3", "presenter": " "}

        answer, typed = self.sent(fields | {"version": "4", "token": "abc"})

        assert typed == {"Point": "Logistik", "Minutes": long, "Place on the agenda": "3"}
        assert b"<b>Disepakati" not in answer.content
        assert "no-store" in answer["Cache-Control"]
        assert b"nothing was saved" in answer.content

    def test_signing_in_leads_back_to_the_form(self):
        answer, _typed = self.sent({"title": "Logistik"}, f"{self.PLACE}?item=3&x=1")

        wanted = f"{reverse('account_login')}?next={self.PLACE}%3Fitem%3D3%26x%3D1"
        assert f'<a href="{wanted}"' in answer.content.decode()

    @pytest.mark.parametrize(
        ("referer", "place"),
        [
            ("http://testserver/my/?page=2", "http%3A//testserver/my/%3Fpage%3D2"),
            ("https://evil.example/my/", "/"),
            ("javascript:alert(1)", "/"),
            ("", "/"),
        ],
    )
    @pytest.mark.parametrize(
        ("name", "arguments"),
        [
            ("roadmap:action-confirm", ["LOG-01"]),
            ("roadmap:clock-step", []),
            ("admin:committee_member_invite", [1]),
        ],
    )
    def test_where_the_address_only_takes_forms_it_leads_to_their_page(
        self, name, arguments, referer, place
    ):
        answer, typed = self.sent({"token": "x"}, reverse(name, args=arguments), Referer=referer)

        assert f'?next={place}" target' in answer.content.decode()
        assert typed == {}

    def test_secrets_and_what_the_page_added_itself_are_not_shown(self):
        hidden = {
            "csrfmiddlewaretoken": "s3cret",
            "lines-version": "s3cret",
            "lines-token": "s3cret",
            "oldpassword": "s3cret",
            "Password2": "s3cret",
            "_save": "s3cret",
        }

        answer, typed = self.sent(hidden)

        assert typed == {}
        assert b"s3cret" not in answer.content
        assert b"<textarea" not in answer.content

    def test_what_was_chosen_is_no_text(self):
        fields = {"text": "Menyusun.", "effect": "task", "institution": "17", "due_date": ""}

        _answer, typed = self.sent(fields, "/meetings/1/decisions/new/")

        assert list(typed.values()) == ["Menyusun."]

    def test_a_file_is_told_by_its_name_only(self):
        file = SimpleUploadedFile("nota <1>.pdf", b"%PDF the content")

        answer, typed = self.sent({"file": file}, "/actions/LOG-01/evidence/")

        assert list(typed.values()) == ["nota <1>.pdf"]
        assert b"the content" not in answer.content

    def test_names_no_form_knows_are_shown_as_they_are(self):
        _answer, typed = self.sent({"<i>odd_name": "kata", "zzz-4-odd_word_12": "lain"})

        assert typed == {"&lt;i&gt;odd name": "kata", "Odd word": "lain"}

    def test_there_are_limits_and_they_are_told(self):
        many, _typed = self.sent({f"x{n}": "kata" for n in range(51)})
        long, typed = self.sent({"title": "é" * 60_000, "minutes": "kata"})
        control, _typed = self.sent({f"x{n}": "kata" for n in range(50)})

        told = [b"more than this page can show" in one.content for one in (many, long, control)]
        assert told == [True, True, False]
        assert many.content.count(b"<textarea") == 50
        assert [len(text.encode()) for text in typed.values()] == [100_000]

    def test_a_form_of_another_site_is_not_read_to_anybody(self):
        answer = Client(enforce_csrf_checks=True).post(self.PLACE, {"title": "Pancingan"})

        assert answer.status_code == 403
        assert b"Pancingan" not in answer.content

    def test_bytes_that_make_no_sense_are_answered_too(self):
        form = "application/x-www-form-urlencoded"
        answer = Client().post(self.PLACE, b"title=a%ff%00%ed%a0%80b", content_type=form)
        broken = Client(raise_request_exception=False).post(
            self.PLACE, b"--x\r\nnonsense", content_type="multipart/form-data"
        )

        assert answer.status_code == 401
        assert ">\na\ufffd" in answer.content.decode()
        assert broken.status_code == 400


def test_a_page_and_its_fragment_are_kept_apart(client):
    vary = client.get(reverse("roadmap:overview"))["Vary"]

    assert {"Cookie", "HX-Request"} <= set(vary.split(", "))


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_members_language_beats_the_browsers(language):
    client = Client(headers={"accept-language": "en" if language == "id" else "id"})
    client.force_login(factories.member(language=language))

    page = client.get(reverse("roadmap:my")).content.decode()

    assert f'<html lang="{language}"' in page


def test_a_zone_of_one_reader_is_not_the_next_ones(client):
    member = factories.member(time_zone="Asia/Jayapura")
    client.force_login(member)

    client.get(reverse("roadmap:my"))

    assert timezone.get_current_timezone_name() == "Asia/Jakarta"


def test_a_seat_that_ends_closes_its_doors_at_once(client):
    place = factories.workstream()
    member = factories.member()
    seat = factories.seat(member, place)
    client.force_login(member)
    url = reverse("roadmap:action-create")
    before = client.get(url).status_code

    type(seat).objects.update(until_date=seat.from_date)

    assert (before, client.get(url).status_code) == (200, 403)
