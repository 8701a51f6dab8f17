"""What the pages of small businesses say of the whole record, by the end of its last year."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from html import unescape

from django.core.management import call_command
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone, translation

from committee.models import Member, RehearsalClock
from roadmap.seed import files, importer
from roadmap.templatetags.figures import amount
from tests.doors import Walker
from umkm.enums import Confidence
from umkm.models import UNVERIFIED, Indicator

LATER = date(2026, 1, 1)
TAG = re.compile(r"<[^>]+>")
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


def words(html):
    """Give a piece of a page as a reader sees it."""
    return " ".join(unescape(TAG.sub(" ", html)).split()).replace(" ,", ",")


class TestTheWholeRecord(TestCase):
    @classmethod
    def setUpTestData(cls):
        call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)
        importer.learn(LATER)
        RehearsalClock.objects.update(day=LATER, target=LATER, since=timezone.now())

    def setUp(self):
        self.client = Client(headers={"accept-language": "en"})

    def page(self, name, *arguments):
        return self.client.get(reverse(f"roadmap:{name}", args=arguments)).content.decode()

    def said(self, code):
        return words(self.page("indicator", code))

    def test_every_number_is_on_a_page_with_its_source_and_confidence(self):
        missing = []
        with (files.BUNDLED / "indicators.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        pages = {}
        for row in rows:
            code = row["code"]
            if code not in pages:
                pages[code] = [words(one) for one in ROW.findall(self.page("indicator", code))]
            with translation.override("en"):
                value = amount(Decimal(row["value"]), Indicator.objects.get(code=code))
            source = row["source"].removeprefix(UNVERIFIED).strip()
            said = [
                row["year"],
                value,
                " ".join(source.split()),
                Confidence(row["confidence"]).label,
            ]
            said += ["not verified"] if row["source"].startswith(UNVERIFIED) else []
            if not any(all(str(one) in line for one in said) for line in pages[code]):
                missing.append(said)

        assert missing == []
        assert len(rows) > 100

    def test_five_indicators_can_be_answered_from_their_pages(self):
        expected = {
            "KUR_DISBURSED": "Missed by Rp7.3 trillion Target for 2015: Rp30 trillion.",
            "UMKM_ONLINE": "Reached Target for 2019: 8 million units."
            " Measured: 9.16 million units in 2019. Better than the target by 1.16 million units.",
            "ECOM_VALUE_TARGET": "No comparable measurement Target for 2020: US$130 billion."
            " Nothing was ever measured on the same definition.",
            "TECHNOPRENEUR": "No comparable measurement Target for 2020: 1,000 units."
            " Nothing was measured for the target's period.",
            "UMKM_COUNT": "No target was stated."
            " It tells of scale; neither more nor less is better in itself.",
        }

        wrong = {code for code, sentence in expected.items() if sentence not in self.said(code)}

        assert wrong == set()

    def test_the_page_of_the_target_shows_the_other_series_beside_it_and_in_no_line(self):
        page = self.page("indicator", "ECOM_VALUE_TARGET")

        said = words(page)
        for value in ("US$77 billion", "US$65 billion", "Rp453.75 trillion", "US$7.28 billion"):
            assert value in said
        assert "No actual was ever measured on this target's definition." in said
        assert "fig-line fig-line" not in page

    def test_conflicting_figures_stand_side_by_side_with_the_reason(self):
        said = words(self.page("indicators"))

        for value in ("62.93", "57.9 million units", "80% 2017", "97.02%"):
            assert value in said or value in self.said("UMKM_COUNT") + self.said(
                "UMKM_EMPLOYMENT_SHARE"
            )
        assert "The founding article names 57.9 million in 2017" in said
        assert "an upper bound without a source" in said

    def test_a_chart_says_its_lines_in_words_and_breaks_where_nothing_was_measured(self):
        page = self.page("indicator", "INTERNET_PENETRATION")

        path = re.search(r'class="trend-line fig-line[^>]*d="([^"]+)"', page).group(1)
        assert path.count("M") == 2  # 2016 to 2018, 2022 to 2025; 2014 and 2020 stand alone
        assert "from 34.9% of the population in 2014 to" in words(page)

    def test_every_number_of_the_matrix_and_the_initiatives_opens_what_it_counts(self):
        member = Member.objects.get(email="sekretariat@demo.test")
        Member.objects.filter(pk=member.pk).update(language="en")
        inside = Client()
        inside.force_login(member)
        for client in (self.client, inside):
            walker = Walker(client)
            for name in ("coverage", "initiatives"):
                doors = walker.doors(reverse(f"roadmap:{name}"))

                assert [one for one in doors if not one.is_right] == []
                assert len(doors) > 5

    def test_every_cell_is_a_number_or_a_finding(self):
        page = self.page("coverage")

        assert page.count('class="fig-number"') + page.count('class="fig-gap"') == 35
        assert page.count('class="fig-gap"') == page.count('<li id="gap-')
        assert "Tax: no action addresses “Access to technology”." in words(page)

    def test_the_overview_tells_how_they_are_doing(self):
        said = words(self.page("overview"))

        assert "How small businesses are doing" in said
        assert "E-commerce value, roadmap target never measured" in said

    def test_a_past_day_shows_what_was_known_then(self):
        address = reverse("roadmap:indicator", args=["UMKM_ONLINE"])

        then = words(self.client.get(f"/as-of/2018-09-24{address}").content.decode())

        assert "4.6 million units" in then
        assert "9.16 million units" not in then
