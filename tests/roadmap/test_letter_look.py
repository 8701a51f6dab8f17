"""How a letter looks: one way to each line, plain enough for a chat group, readable in the dark."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from committee.models import Member
from roadmap import emails
from roadmap.rules.reminders import Group
from tests.factories import TODAY, moment

OWN = {Group.LATE, Group.DUE_TODAY, Group.WITHIN_3, Group.WITHIN_7, Group.UPDATE_OWED}


def line(group, number, **fields):
    values = {
        "group": group,
        "days_left": 3,
        "title": f"Rencana {number}",
        "title_language": "id",
        "url": f"https://peta.example/actions/LOG-{number:02}/",
        "code": f"LOG-{number:02}",
        "place": "Logistik",
        "due": "27 September 2018",
        "days": "3 days left",
        "last_report": "In progress, reported 4 days ago",
        "remarks": ["An obstacle is open."],
    }
    return emails.Line(**values | fields)


def letter(lines, language="en"):
    contents = emails.Contents(
        recipient=Member(name="Sari", language=language),
        lines=lines,
        still_late=2,
        is_rehearsal=True,
        at=moment(TODAY, 8),
        my_url="https://peta.example/my/",
    )
    return emails.reminder_letter(contents)


def of_every_group():
    return [line(group, number) for number, group in enumerate(Group, start=1)]


@pytest.mark.parametrize("language", ["id", "en"])
class TestOfEveryGroup:
    def test_each_line_has_one_button_that_no_other_has(self, language):
        html = letter(of_every_group(), language).html

        found = re.findall(r'<a class="button" href="([^"]+)"[^>]*>([^<]+)</a>', html)

        assert [url for url, _words in found] == [one.url for one in of_every_group()]
        assert len({words for _url, words in found}) == len(Group)
        assert all(html.count(f'"{url}"') == 1 for url, _words in found)

    def test_nothing_is_fetched_to_show_it(self, language):
        html = letter(of_every_group(), language).html

        assert not re.search(r"<img|<link|<script|<iframe|url\(|@import|background=", html)

    def test_no_line_of_text_is_a_table_and_each_address_stands_alone(self, language):
        text = letter(of_every_group(), language).text

        assert "\t" not in text
        assert "|" not in text
        assert not re.search(r"\S {2,}\S", text)
        ways = [row.strip() for row in text.splitlines() if "/actions/" in row]
        assert ways == [one.url for one in of_every_group()]

    def test_the_text_and_the_html_say_the_same_in_the_same_order(self, language):
        mail = letter(of_every_group(), language)
        plain = re.sub(r"<style.*?</style>|<[^>]+>", " ", mail.html, flags=re.S)

        for said in (mail.text, plain):
            assert re.findall(r"LOG-(\d\d)\s+Rencana", said) == [f"{n:02}" for n in range(1, 10)]
            for words in ("27 September 2018", "Logistik", "reported 4 days", "An obstacle is"):
                assert said.count(words) == len(Group), words

    def test_the_subject_counts_every_group(self, language):
        subject = letter(of_every_group(), language).subject

        assert len(re.findall(r"\d+", subject)) == len(Group) - 1  # within 3 and 7 are one: soon

    def test_it_leads_to_where_its_hour_and_days_are_chosen(self, language):
        mail = letter(of_every_group(), language)

        assert "http://testserver/profile/" in mail.text
        assert 'href="http://testserver/profile/"' in mail.html


def test_a_button_says_what_is_to_be_done():
    with translation.override("en"):
        words = {group: line(group, 1).button for group in Group}

    assert {group for group, word in words.items() if word == "Update LOG-01"} == OWN
    assert words[Group.VERIFICATION] == "Check LOG-01"
    assert words[Group.NOTICE] == "Open LOG-01"


def test_a_button_without_a_code_is_told_apart_by_ear():
    html = letter([line(Group.LATER, 1, code="", title="Palapa <Ring>")]).html

    assert 'aria-label="Open: Palapa &lt;Ring&gt;"' in html


def test_a_button_and_its_ground_differ_enough_in_both_lights():
    html = letter(of_every_group()).html
    dark = html[html.index("prefers-color-scheme: dark") :]

    assert ratio("0b5c55", "ffffff") > 4.5
    for colour in re.findall(r"\.(?:ink|soft|button|faint)[^{]*\{[^}]*?color: #(\w{6})", dark)[:4]:
        assert ratio(colour, "15201f") > 4.5


def ratio(one, other):
    """Give the contrast of two colours, as WCAG counts it."""

    def light(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)
