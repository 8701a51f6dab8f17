"""The steering pack as a PDF: tagged, its fonts inside, the same facts in both languages."""

from __future__ import annotations

import io
import re
import sys

import pytest
from pypdf import PdfReader

from committee.clock import Moment
from committee.models import RehearsalClock
from committee.rules.days import PastDay
from roadmap import packs
from roadmap.enums import JobFailure
from roadmap.selectors import pack as selectors
from roadmap.selectors.since import Since
from roadmap.services.jobs import CannotBeMade
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days, moment

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not packs.can_make_pdf(), reason="Pango is not installed"),
]
DAY = PastDay(2018, 9, 23)
CLOCK = Moment(moment(TODAY), TODAY, None)
ASKED = {"day": str(DAY), "since": str(days(-60)), "language": "en", "is_now": False}
FOOT = re.compile(r"\d+ / \d+")


@pytest.fixture
def roadmap(workstreams):
    """Make something for every part of a pack."""
    owner = factories.member(name="Sari Dewi")
    place = workstreams[0]
    late = factories.action(
        "LOG-01", workstream=place, late=True, owner=owner, title_en="Port rules", outlook="on_time"
    )
    factories.obstacle(late, needed="Nomor peraturan & <b>dasar</b>", needed_en="A number & <b>")
    factories.actions(40, workstream=workstreams[1], late=True)
    for action in factories.ActionItem.objects.filter(updates=None):
        factories.update(action, kind="imported", at=moment(days(-100)), by=None)
    factories.slip(late)
    factories.milestone(workstream=place, title_en="Port opened", actions=[late])
    held = committee.meeting(number=3, date=days(-30))
    committee.decision(held, number=1, text="Menyusun pedoman.", due_date=days(-5))
    shut = {"status": "closed", "closed_on": days(-29), "closed_by": owner}
    type(held).objects.filter(pk=held.pk).update(**shut)
    return late


def made(language="en", day=DAY):
    pack = packs.read(day, Since(days(-60)), CLOCK)
    return pack, PdfReader(io.BytesIO(packs.pdf(pack, language)))


def words(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def fonts(reader):
    """Give the descriptor of every font on every page."""
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            whole = font.get_object()
            inner = whole.get("/DescendantFonts", [whole])[0].get_object()
            yield inner["/FontDescriptor"].get_object()


def tags(node):
    """Walk the structure tree and give the kind of every element."""
    node = node.get_object()
    if isinstance(node, list):
        for one in node:
            yield from tags(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield str(node["/S"]), node
        if "/K" in node:
            yield from tags(node["/K"])


class TestTags:
    def test_it_is_a_tagged_paper_with_language_and_title(self, roadmap):
        _pack, reader = made("id")
        root = reader.trailer["/Root"]

        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == "id"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert "23 September 2018" in reader.metadata.title
        assert b"pdfuaid:part" in reader.xmp_metadata.stream.get_data()

    def test_headings_lists_and_tables_are_told_from_text(self, roadmap):
        _pack, reader = made()
        found = list(tags(reader.trailer["/Root"]["/StructTreeRoot"]["/K"]))
        kinds = {kind for kind, _node in found}

        assert kinds >= {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TR", "/TH", "/TD", "/Link"}
        figures = [node for kind, node in found if kind == "/Figure"]
        assert figures
        assert all("claimed" in str(node["/Alt"]).lower() for node in figures)

    def test_every_font_is_inside(self, roadmap):
        _pack, reader = made()
        found = list(fonts(reader))

        assert found
        assert all("/FontFile2" in one or "/FontFile3" in one for one in found)


class TestPaper:
    def test_it_is_on_a4_with_numbered_pages_and_repeated_heads(self, roadmap):
        _pack, reader = made()
        pages = [page.extract_text() for page in reader.pages]
        width, height = reader.pages[0].mediabox.width, reader.pages[0].mediabox.height

        assert (round(width), round(height)) == (595, 842)
        assert len(pages) > 3
        assert all(FOOT.search(page) for page in pages)
        assert sum("Why it stands here" in " ".join(page.split()) for page in pages) > 1

    def test_the_colours_of_its_drawings_are_those_of_the_site(self, roadmap):
        _pack, reader = made()
        drawn = b"".join(page.get_contents().get_data() for page in reader.pages)
        for one in reader.pages:
            for form in one["/Resources"].get("/XObject", {}).values():
                drawn += form.get_object().get_data()
        verified = [int(part, 16) / 255 for part in ("0b", "5c", "55")]

        found = [[float(one) for one in m.split()[:3]] for m in re.findall(rb"[\d. ]+ rg", drawn)]

        assert "--verified: #0b5c55" in packs._sheet("css/tokens.css")
        assert any(
            len(one) == 3 and all(abs(a - b) < 0.01 for a, b in zip(one, verified, strict=True))
            for one in found
        )

    def test_its_links_lead_to_the_day_it_shows(self, roadmap, settings):
        _pack, reader = made()
        found = {
            note.get_object()["/A"]["/URI"]
            for page in reader.pages
            for note in page.get("/Annots", [])
            if "/A" in note.get_object()
        }

        assert f"{settings.SITE_URL}/as-of/2018-09-23/actions/LOG-01/" in found
        assert all(one.startswith(f"{settings.SITE_URL}/as-of/2018-09-23/") for one in found)


class TestFacts:
    def test_both_languages_say_the_same_under_one_checksum(self, roadmap):
        (pack, english), (same, indonesian) = made("en"), made("id")

        assert pack.checksum == same.checksum
        for reader in (english, indonesian):
            text = words(reader)
            assert text.replace(" ", "").count(pack.checksum) >= 2
            for fact in ("LOG-01", "Sari Dewi", "Menyusun pedoman.", "41"):
                assert fact in text, fact
        assert "Port rules" in words(english)
        assert "Port rules" not in words(indonesian)
        assert "A number & <b>" in words(english)
        assert "Nomor peraturan & <b>dasar</b>" in words(indonesian)

    def test_the_same_data_gives_the_same_paper(self, roadmap):
        (_one, first), (_two, second) = made(), made()

        assert [page.extract_text() for page in first.pages] == [
            page.extract_text() for page in second.pages
        ]

    def test_today_carries_the_moment_it_was_read_and_a_day_over_does_not(self, roadmap):
        pack, today = made(day=TODAY)
        _past, over = made()

        assert pack.made_at == CLOCK.now
        assert "at 09:00, before the day was over" in words(today)
        assert "before the day was over" not in words(over)

    def test_a_rehearsal_says_so(self, roadmap, opening_day):
        clock = Moment(CLOCK.now, TODAY, RehearsalClock.objects.get())
        pack = packs.read(DAY, Since(days(-60)), clock)

        assert "Rehearsal with examples" in packs.document(pack, "en")
        assert "Rehearsal with examples" not in packs.document(made()[0], "en")

    def test_an_empty_roadmap_is_a_paper_too(self, db):
        _pack, reader = made()

        assert "No action was on the roadmap by this day." in words(reader)

    def test_names_of_300_characters_stay_on_the_paper(self, workstreams):
        title = "Panjang" * 42
        factories.action("LOG-01", workstream=workstreams[0], late=True, title=title)

        _pack, reader = made("id")

        assert title in words(reader).replace(" ", "")


class TestMaking:
    def test_the_order_is_carried_out_with_progress(self, roadmap, opening_day):
        steps = []

        made = packs.make(ASKED, steps.append)

        assert made.content.startswith(b"%PDF-")
        assert len(made.data_sha256) == 64
        assert steps == sorted(steps)
        assert len(steps) > 3

    def test_without_pango_it_says_so_and_is_not_tried_again(self, monkeypatch):
        class NoPango:
            def find_spec(self, name, path=None, target=None):
                if name == "weasyprint":
                    raise OSError("cannot load library 'libpango-1.0-0'")

        monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
        monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])

        with pytest.raises(CannotBeMade) as refusal:
            packs.make(ASKED, lambda _share: None)

        assert refusal.value.failure == JobFailure.NO_PRINTER

    def test_nothing_is_fetched(self):
        with pytest.raises(ValueError, match="fetches nothing"):
            packs._refuse("https://example.test/a.png")

    def test_a_pack_of_yesterday_is_one_and_todays_follows_the_data(self):
        since = Since(days(-30))
        asked = {"since": since, "language": "id"}

        assert len({packs.order_of(day=DAY, revision=n, **asked).key for n in (1, 2)}) == 1
        assert len({packs.order_of(day=TODAY, revision=n, **asked).key for n in (1, 2)}) == 2
        assert selectors.default_since(TODAY) == since
