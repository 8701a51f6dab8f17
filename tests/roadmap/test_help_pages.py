"""Help: a page for each kind of user, in both languages, whose pictures and links are all there."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from committee.models import RehearsalClock
from roadmap.views import help as pages
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

FOLDER = settings.BASE_DIR / "static"
TEMPLATES = sorted((settings.BASE_DIR / "templates" / "roadmap" / "help").glob("*.html"))
PLACES = ("/help/", *(f"/help/{slug}/" for slug in pages.KINDS))
LANGUAGES = ("id", "en")
SHARPNESS = 1.5
LARGEST = 40_000
LARGEST_EAGER = 25_000
LARGEST_TOGETHER = 600_000
# A first load may weigh 90 kB; the rest of a page, with every asset, takes some 60 of them.
LARGEST_PAGE = 32_000


class Seen(HTMLParser):
    """What a page shows and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.images: list[dict[str, str]] = []
        self.links: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "img" and "/help/" in found["src"]:
            self.images.append(found)
        elif tag == "a" and found["href"].startswith("/"):
            self.links.add(found["href"])


def seen(client, place, language="id"):
    response = client.get(place, headers={"accept-language": language})
    assert response.status_code == 200, place
    return Seen(response.content.decode())


def file_of(image) -> Path:
    return FOLDER / image["src"].removeprefix(settings.STATIC_URL)


def size_of(path: Path) -> tuple[int, int]:
    """Read width and height from the head of a WebP, where each stands less one."""
    head = path.read_bytes()[:30]
    assert head[8:16] == b"WEBPVP8X", path
    return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1


@pytest.fixture
def lead(client_of):
    member = factories.member(language="en")
    factories.seat(member, factories.workstream("CYB"))
    return client_of(member)


def signed_in(role, **fields):
    client = Client()
    client.force_login(factories.member(role, language="en", **fields))
    return client


class TestPictures:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("place", PLACES)
    def test_each_is_there_small_and_described(self, client, place, language):
        images = seen(client, place, language).images

        for image in images:
            path = file_of(image)
            assert path.name.endswith(f".{language}.webp")
            assert path.stat().st_size <= LARGEST
            assert len(image["alt"]) > 20
        assert len({image["alt"] for image in images}) == len(images)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("place", PLACES)
    def test_each_says_its_own_size_so_that_nothing_jumps(self, client, place, language):
        for image in seen(client, place, language).images:
            told = (int(image["width"]), int(image["height"]))
            assert size_of(file_of(image)) == tuple(SHARPNESS * one for one in told)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("place", PLACES)
    def test_only_the_first_comes_at_once_and_together_they_are_light(
        self, client, place, language
    ):
        images = seen(client, place, language).images

        eager = [file_of(image) for image in images if image.get("loading") != "lazy"]
        assert len(eager) <= 1
        assert sum(path.stat().st_size for path in eager) <= LARGEST_EAGER
        assert sum(file_of(image).stat().st_size for image in images) <= LARGEST_PAGE

    def test_all_of_them_are_light_and_none_lies_unused(self, client):
        shown = {
            file_of(image)
            for place in PLACES
            for language in LANGUAGES
            for image in seen(client, place, language).images
        }
        kept = set((FOLDER / pages.FOLDER).glob("*.webp"))

        assert kept == shown
        assert sum(path.stat().st_size for path in kept) <= LARGEST_TOGETHER

    def test_every_kind_but_none_lacks_a_picture(self, client):
        for slug in pages.KINDS:
            assert seen(client, f"/help/{slug}/").images, slug

    def test_a_template_names_only_pictures_that_were_taken(self):
        named = {
            name
            for path in TEMPLATES
            for name in re.findall(r"picture=pictures\.(\w+)", path.read_text())
        }

        for language in LANGUAGES:
            assert named == set(pages.sizes()[language])


class TestLinks:
    @pytest.mark.parametrize("place", PLACES)
    def test_every_one_resolves_for_the_public(self, client, place):
        for link in seen(client, place).links:
            assert client.get(link, follow=True).status_code == 200, link

    @pytest.mark.parametrize(
        ("role", "slug"), [(role, kind.slug) for role, kind in pages.KIND_OF.items()]
    )
    def test_every_one_opens_for_whom_the_page_is_written(self, role, slug):
        client = signed_in(role)

        for link in seen(client, f"/help/{slug}/", "en").links:
            assert client.get(link, follow=True).status_code == 200, link

    def test_every_one_opens_for_a_lead_too(self, lead):
        for link in seen(lead, "/help/koordinator/", "en").links:
            assert lead.get(link, follow=True).status_code == 200, link

    @pytest.mark.parametrize("place", PLACES)
    def test_none_leads_a_mere_reader_to_a_closed_door(self, place):
        client = signed_in("viewer")

        for link in seen(client, place, "en").links:
            assert client.get(link, follow=True).status_code == 200, link

    def test_every_page_of_the_site_leads_to_help(self, client):
        assert "/help/" in seen(client, "/").links
        assert "/help/" in seen(signed_in("member"), "/my/").links


class TestWhoIsNamedFirst:
    @pytest.mark.parametrize(("role", "kind"), pages.KIND_OF.items())
    def test_a_signed_in_person_finds_their_own_kind_first(self, role, kind):
        response = signed_in(role).get("/help/")

        assert response.context["own"] is kind
        assert kind not in response.context["others"]
        assert len(response.context["others"]) == len(pages.KINDS) - 1
        html = response.content.decode()
        first = re.search(r"/help/([\w-]+)/", html[html.index("<main") :])
        assert first[1] == kind.slug

    def test_a_member_with_a_lead_seat_is_a_lead(self, lead):
        assert lead.get("/help/").context["own"] is pages.LEAD

    def test_the_public_is_asked(self, client):
        response = client.get("/help/")

        assert response.context["own"] is None
        assert response.context["others"] == list(pages.KINDS.values())

    def test_knowing_it_costs_no_query_more_than_another_page(
        self, client, django_assert_num_queries
    ):
        client.get("/help/")  # the first request fills what is read once

        with django_assert_num_queries(2):  # the clock, and the revision for the ETag
            client.get("/help/")
        with django_assert_num_queries(2):
            client.get("/help/anggota/")


class TestDoors:
    @pytest.mark.parametrize("who", ["member", "secretariat", "ketua2", "x"])
    def test_a_kind_nobody_knows_is_not_found(self, client, who):
        assert client.get(f"/help/{who}/").status_code == 404

    def test_it_is_closed_to_the_public_while_the_site_is(self, client, settings):
        settings.PUBLIC_SITE = False

        for place in PLACES:
            response = client.get(place)
            assert response.status_code == 302
            assert response["Location"].startswith("/akun/masuk/")

    def test_an_unchanged_page_is_not_sent_twice(self, client):
        first = client.get("/help/anggota/")

        again = client.get("/help/anggota/", headers={"if-none-match": first["ETag"]})

        assert again.status_code == 304

    @pytest.mark.parametrize("place", PLACES)
    def test_the_languages_differ_in_every_text(self, client, place):
        english, indonesian = (_words(client, place, code) for code in ("en", "id"))

        assert english & indonesian <= {"Admin", "/health/"}

    def test_the_threshold_on_the_page_is_the_one_in_force(self, client, settings):
        settings.SILENT_AFTER_DAYS = 45
        with translation.override("en"):
            html = client.get("/help/anggota/", headers={"accept-language": "en"})

        assert "After 45 days without a report" in html.content.decode()


def _words(client, place, language):
    """Give the paragraphs and headings of the main part in one language."""
    html = client.get(place, headers={"accept-language": language}).content.decode()
    main = re.sub(r"<[^>]+>", "\n", html[html.index("<main") : html.index("</main")])
    return {line.strip() for line in main.split("\n") if re.search(r"\w{2}", line)}


def test_a_rehearsal_does_not_change_who_may_read(client, settings):
    settings.PUBLIC_SITE = None
    RehearsalClock.objects.all().delete()

    assert client.get("/help/").status_code == 302
