"""What a browser is called by the one who uses it: only words of ours, nothing of what it sent.

Browsers tell what they like, and most also claim to be others; so this names, and proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

# The first that is there wins: whoever is built on Chrome says Chrome too, and Chrome says Safari.
PRODUCTS = (
    ("Samsung Internet", {"SamsungBrowser"}),
    ("Edge", {"Edg", "EdgA", "EdgiOS", "Edge"}),
    ("Opera", {"OPR", "OPT", "OPiOS", "Opera"}),
    ("UC Browser", {"UCBrowser"}),
    ("Mi Browser", {"XiaoMi"}),
    ("Huawei Browser", {"HuaweiBrowser"}),
    ("HeyTap Browser", {"HeyTapBrowser"}),
    ("Vivo Browser", {"VivoBrowser"}),
    ("DuckDuckGo", {"DuckDuckGo", "Ddg"}),
    ("Yandex", {"YaBrowser"}),
    ("Vivaldi", {"Vivaldi"}),
    ("Firefox", {"Firefox", "FxiOS"}),
    ("Internet Explorer", {"Trident", "MSIE"}),
    ("Chrome", {"Chrome", "CriOS"}),
)
# An iPad may say that it is a Mac, and does so by itself in Safari.
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac", "Macintosh"),
    ("Android", "Android"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux"),
)
APPLE = {"iPhone", "iPad", "Mac"}
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser and where it runs; empty is what nobody knows."""

    name: str
    system: str


def named(user_agent: str) -> Browser:
    """Name a browser by what it sends about itself."""
    text = user_agent[:LONGEST]
    system = next((name for name, mark in SYSTEMS if mark in text), "")
    products = {word.partition("/")[0] for word in text.split()}
    return Browser(_product(products, system), system)


def _product(products: set[str], system: str) -> str:
    found = next((name for name, marks in PRODUCTS if products & marks), "")
    if "CriOS" in products or "Version" not in products or found not in {"", "Chrome"}:
        return found
    # Safari gives its own version so; so does an app of Android that shows a page by itself.
    return "Safari" if system in APPLE and "Safari" in products else ""
