"""What a browser is called: real texts that browsers send, and texts that strangers make up."""

from __future__ import annotations

import re

import pytest

from committee.rules import browsers
from committee.rules.browsers import Browser, named
from tests.security.payloads import payloads

TEXTS = payloads("user_agents")
CHROME, EDGE, OPERA, SAFARI, SAMSUNG = (
    next(text for name, _, text in TEXTS["real"] if name == wanted)
    for wanted in ("Chrome", "Edge", "Opera", "Safari", "Samsung Internet")
)
HOSTILE = [
    "",
    " ",
    "-",
    "/" * 500,
    "<script>alert(1)</script>",
    "<b>Chrome/131.0</b>",
    '"><img src=x onerror=alert(1)>/1.0',
    "\u202emorhC\u202c/131.0",
    "Chr\u200bome/131.0",
    "\x00\x01\x1b[31mChrome\x07\x7f/1.0",
    "%(browser)s {{ system }} {% now %}",
    "\ud83d\ude00 \U0001f600",
    "A" * 10_000,
    "(" * 10_000,
    " " * 10_000 + "Chrome/131.0",
]
WORDS = {name for name, _marks in (*browsers.PRODUCTS, *browsers.SYSTEMS)} | {"Safari", ""}


@pytest.mark.parametrize(("name", "system", "text"), TEXTS["real"])
def test_a_browser_is_called_by_its_name(name, system, text):
    assert named(text) == Browser(name, system)


def test_every_mark_is_in_one_of_them():
    texts = " ".join(text for _, _, text in TEXTS["real"])

    marks = {mark for _, marks in browsers.PRODUCTS for mark in marks}
    assert {mark for mark in marks if not re.search(rf"\b{mark}[/ ]", texts)} == set()


@pytest.mark.parametrize(("name", "system", "text"), TEXTS["others"])
def test_an_app_a_robot_or_a_tool_is_not_called_one(name, system, text):
    assert named(text) == Browser(name, system)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_made_up_is_nobody(text):
    assert named(text) == Browser("", "")


@pytest.mark.parametrize("bad", ["<b>", "\u202e", "\x00", "\x1b[31m", "A" * 10_000])
@pytest.mark.parametrize("text", [CHROME, SAMSUNG, EDGE, OPERA, SAFARI, ""])
def test_whatever_stands_around_it_only_words_of_ours_come_back(text, bad):
    for mixed in (bad + text, text + bad, text.replace(" ", bad), text.replace("/", bad + "/")):
        found = named(mixed)

        assert {found.name, found.system} <= WORDS


@pytest.mark.parametrize("text", [SAMSUNG, EDGE, OPERA])
def test_control_in_another_order_all_would_be_chrome(text, monkeypatch):
    monkeypatch.setattr(browsers, "PRODUCTS", browsers.PRODUCTS[::-1])

    assert named(text).name == "Chrome"


def test_a_version_of_its_own_tells_safari_from_others_and_chrome_from_an_app():
    assert named(SAFARI.replace("Version/17.5 ", "")) == Browser("", "iPhone")
    assert named(CHROME.replace("Chrome/", "Version/4.0 Chrome/")) == Browser("", "Android")


@pytest.mark.parametrize(("before", "name"), [(994, "Chrome"), (995, "")])
def test_a_text_without_end_is_read_so_far_and_no_further(before, name):
    assert named(" " * before + "Chrome/1").name == name
