"""Indonesian first, English complete: the catalogues, their words, and how both write figures."""

from __future__ import annotations

import ast
import gettext
import os
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext
from pytest_django.asserts import assertContains

from committee.transport import Outcome
from roadmap import emails
from roadmap.enums import Outlook, Precision, Signal, Status
from roadmap.selectors.letters import outcome_words, reason_words, stage_words
from roadmap.templatetags.roadmap import (
    day,
    days_from,
    number,
    percent,
    period,
    short_day,
    signed_days,
)
from tests import checks

ROOT = Path(__file__).resolve().parents[1]
# A page for when nothing works says everything twice, without the catalogues.
TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*.*")
    if path.suffix in (".html", ".txt")
    if path.name != "500.html"
)
LAST_DAY = date(2019, 12, 31)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
TAG = re.compile(r"</?\w+[^>]*>")


def indonesian() -> dict[str, str]:
    """Read what each English text is in Indonesian; of a plural, its singular."""
    compiled = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.mo"
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    texts = {key[0] if isinstance(key, tuple) else key: text for key, text in catalogue.items()}
    return {english.rpartition("\x04")[2]: text for english, text in texts.items() if english}


# What a word of DESIGN.md's second section is on every Indonesian screen.
GLOSSARY = {
    r"\bdue dates?\b": r"tenggat",
    r"\bactions?\b": r"rencana aksi",
    r"\bworkstreams?\b": r"\bpilar",
    r"\bmilestones?\b": r"tonggak",
    r"\bowners?\b": r"penanggung jawab",
    r"\binstitutions?\b": r"instansi",
    r"\boutputs?\b": r"keluaran",
    r"\bstatus updates?\b": r"pembaruan status",
    r"\bobstacles?\b": r"kendala",
    r"\bfollow-up\b": r"tindak lanjut",
    r"\bevidence\b": r"data dukung",
    r"\bsteering committee\b": r"komite pengarah",
    r"\bsecretariat\b(?!@)": r"manajemen pelaksana",
    r"\badvisers?\b": r"penasihat",
    r"\breminders?\b": r"pengingat|diingatkan",
    r"(?<!capital )\bletters?\b": r"\bsurel",
    r"\bnot an official target\b": r"bukan target resmi",
}
# Words for the same things that would make two nouns of one, and misspellings.
FORBIDDEN = {
    "surat, where a mail is meant": r"\bsurat\b",
    "batas waktu, where tenggat is": r"\bbatas waktu\b|\bdeadline\b",
    "e-mail, where surel is": r"\be-?mail\b",
    "aksi without rencana": r"(?<!rencana )\baksi\b",
    "bukti, where data dukung is": r"\bbukti\b",
    "hambatan, where kendala is": r"\bhambatan\b",
    "sekretariat, where Manajemen Pelaksana is": r"\bsekretariat\b(?!@)",
    "silahkan, where silakan is right": r"\bsilahkan\b",
    "anda in small letters": r"(?-i:\banda\b)",
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """Collect the texts of today's code into a copy of the catalogues."""
    if shutil.which("xgettext") is None:
        assert not os.environ.get("CI"), "CI must have gettext"
        pytest.skip("gettext is not installed")
    copy = tmp_path_factory.mktemp("texts") / "copy"
    shutil.copytree(ROOT, copy, ignore=checks.NOT_OURS)
    assert checks.extract(copy) == []
    return copy


class TestTheCatalogues:
    @pytest.mark.parametrize("code", checks.LANGUAGES)
    def test_hold_every_text_of_the_code_and_nothing_guessed(self, code, fresh):
        assert checks.compare(code, fresh) == []

    def test_keep_every_placeholder_and_tag(self):
        for english, text in indonesian().items():
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(english)), english
            assert sorted(TAG.findall(text)) == sorted(TAG.findall(english)), english

    def test_begin_and_end_as_the_english_does(self):
        for english, text in indonesian().items():
            if english[:2].istitle() and text[0].isalpha():
                assert text[0].isupper(), english
            if english[-1] in ".:,;":
                assert text[-1] == english[-1], english

    @pytest.mark.parametrize("word", GLOSSARY)
    def test_use_one_noun_per_thing(self, word):
        others = {
            english: text
            for english, text in indonesian().items()
            if re.search(word, PLACEHOLDER.sub("", english), re.I)
            and not re.search(GLOSSARY[word], text, re.I)
        }

        assert others == {}

    @pytest.mark.parametrize("what", FORBIDDEN)
    def test_never_use_a_second_word_for_it(self, what):
        found = [text for text in indonesian().values() if re.search(FORBIDDEN[what], text, re.I)]

        assert found == []

    @pytest.mark.parametrize("words", [Signal, Status, Outlook])
    def test_tell_every_state_apart(self, words):
        for code in checks.LANGUAGES:
            with translation.override(code):
                labels = [str(label) for label in words.labels]
            assert len(set(labels)) == len(labels)


def text_within_a_string(path: Path) -> list[int]:
    """List the lines that mark a text inside an f-string, where no catalogue finds it."""
    marks = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
    strings = [
        one for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.JoinedStr)
    ]
    calls = [one for string in strings for one in ast.walk(string) if isinstance(one, ast.Call)]
    return [one.lineno for one in calls if getattr(one.func, "id", "") in marks]


class TestTheCode:
    @pytest.mark.parametrize("app", ["committee", "umkm", "roadmap"])
    def test_marks_no_text_where_the_catalogues_do_not_look(self, app):
        found = {path.name: text_within_a_string(path) for path in (ROOT / app).rglob("*.py")}

        assert {name: lines for name, lines in found.items() if lines} == {}

    def test_control_one_within_a_string_is_seen(self, tmp_path):
        hidden = tmp_path / "hidden.py"
        hidden.write_text("""words = f"{_('Due')}: {day}"\n""")

        assert text_within_a_string(hidden) == [1]


class TestTheTemplates:
    UNSPOKEN = re.compile(
        r"{% comment %}.*?{% endcomment %}|{#.*?#}|"
        r"{% blocktrans(?:late)?\b.*?{% endblocktrans(?:late)? %}|"
        r"<(style|script|code)\b.*?</\1>",
        re.S,
    )
    MARKUP = re.compile(r"{%.*?%}|{{.*?}}|<[^>]*>|&\w+;", re.S)
    SPOKEN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')
    # Names stay as they are, and the language page speaks both languages at once.
    NAMES = frozenset(
        {"Peta Jalan", "Bahasa Indonesia", "English", "Bahasa", "Language", "US", "SHA-256"}
    )
    ADDRESS = re.compile(r"[?&]\w+=\S*")

    @pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
    def test_mark_every_word_they_say(self, path):
        text = self.UNSPOKEN.sub(" ", path.read_text())
        spoken = [self.MARKUP.sub("\n", text)]
        spoken += self.SPOKEN_ATTRIBUTE.findall(re.sub(r"{[{%].*?[%}]}", " ", text, flags=re.S))
        words = {
            part.strip(" \t.,:;·()[]") for piece in spoken for part in re.split(r"[\n·]", piece)
        }

        said = {word for word in words if not self.ADDRESS.fullmatch(word)}
        assert {word for word in said if re.search(r"[^\W\d_]{2}", word)} <= self.NAMES


class TestIndonesian:
    @pytest.fixture(autouse=True)
    def in_indonesian(self):
        with translation.override("id"):
            yield

    def test_days_and_periods(self):
        assert day(LAST_DAY) == "31 Desember 2019"
        assert short_day(LAST_DAY) == "31 Des 2019"
        assert period(LAST_DAY, Precision.MONTH) == "Desember 2019"
        assert period(LAST_DAY, Precision.QUARTER) == "triwulan IV 2019"
        assert period(LAST_DAY, Precision.YEAR) == "2019"
        assert period(None) == "tanpa tanggal"

    def test_numbers_and_percentages(self):
        assert number(Decimal("1234.50")) == "1.234,5"
        assert number(57_900_000) == "57.900.000"
        assert percent(12.4) == "12%"
        assert translation.gettext("US$%(value)s billion") % {"value": number(130)} == (
            "US$130 miliar"
        )

    def test_distances(self):
        assert signed_days(304) == "+304 hari"
        assert signed_days(-1) == "−1 hari"
        assert days_from(date(2019, 12, 30), LAST_DAY) == "1 hari lalu"
        assert days_from(date(2020, 1, 3), LAST_DAY) == "3 hari lagi"
        assert emails.days_words(-12) == "terlambat 12 hari"
        assert stage_words("due:1", "-3wd") == "3 hari kerja sebelum tenggat"
        assert stage_words("due:1", "lead:+3wd") == "3 hari kerja setelah tenggat"

    def test_what_became_of_a_letter(self):
        assert reason_words("overtaken by the letter of 2018-09-25") == (
            "digantikan oleh surel pengingat tanggal 25 September 2018"
        )
        for outcome in (*(outcome.value for outcome in Outcome), "in doubt"):
            assert outcome_words(outcome) != outcome

    def test_there_is_one_plural_form(self):
        one, many = (ngettext("%(n)s working day", "%(n)s working days", n) for n in (1, 5))

        assert one == many == "%(n)s hari kerja"

    def test_the_signals(self):
        assert [str(label) for label in Signal.labels] == [
            "Selesai",
            "Selesai terlambat",
            "Menunggu verifikasi",
            "Terlambat",
            "Terkendala",
            "Belum dilaporkan",
            "Tanpa kabar",
            "Segera jatuh tempo",
            "Sesuai rencana",
        ]


class TestEnglish:
    @pytest.fixture(autouse=True)
    def in_english(self):
        with translation.override("en"):
            yield

    def test_days_and_periods(self):
        assert day(LAST_DAY) == "31 December 2019"
        assert period(LAST_DAY, Precision.MONTH) == "December 2019"
        assert period(LAST_DAY, Precision.QUARTER) == "quarter IV 2019"

    def test_numbers_and_percentages(self):
        assert number(Decimal("1234.50")) == "1,234.5"
        assert number(57_900_000) == "57,900,000"
        assert percent(12.4) == "12%"

    def test_one_is_not_many(self):
        assert signed_days(1) == "+1 day"
        assert signed_days(304) == "+304 days"
        assert emails.days_words(1) == "1 day left"
        assert emails.days_words(-2) == "2 days late"
        assert stage_words("due:1", "+1d") == "1 day after the due date"


@pytest.mark.django_db
class TestPages:
    @pytest.mark.parametrize(
        ("code", "heading"),
        [
            ("id", "Terlalu banyak percobaan dalam waktu singkat"),
            ("en", "Too many attempts in a short time"),
        ],
    )
    def test_impatience_is_answered_in_the_readers_language(self, client, settings, code, heading):
        cache.clear()
        settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
        answers = [
            client.post(
                reverse("account_reset_password"),
                {"email": "orang@demo.test"},
                headers={"accept-language": code},
            )
            for _attempt in range(2)
        ]

        assertContains(answers[1], heading, status_code=429)

    def test_sign_in_speaks_of_surel_and_kata_sandi(self, client):
        page = client.get(reverse("account_login"), headers={"accept-language": "id"})

        assertContains(page, ">Surel</label>")
        assertContains(page, ">Kata sandi</label>")
