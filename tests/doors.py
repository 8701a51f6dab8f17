"""Numbers that are links, and what they open: a reader follows each and counts the rows there.

A link that shows how many there are says so with `data-count`. It opens a list: the rows of the
page it leads to, or of the part of it that its fragment names, all its pages together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from django.test import Client
from django.test.html import Element, parse_html

# What a list is made of, and what its rows are; the first that a page has is its list.
LISTS = (
    ("table", "", "tr"),
    ("ol", "points", "li"),
    ("ol", "history", "li"),
    ("ol", "streams", "li"),
    ("ol", "milestones", "li"),
    ("section", "panel", ""),
    ("ul", "links", "li"),
    ("dl", "facts", "div"),
)
# How counts read in English; dates, codes and titles do not.
COUNTED = re.compile(r"^(All |on )?\d[\d,.]* [a-z]+|: \d[\d,.]*$|^\d+ of \d+")
MOST_PAGES = 40


@dataclass(frozen=True, slots=True)
class Door:
    """A number that is a link, the page it stands on, and how many rows it opens."""

    page: str
    words: str
    place: str
    count: str
    rows: int | None

    @property
    def is_right(self) -> bool:
        return self.count == str(self.rows)


@dataclass(slots=True)
class Walker:
    """Somebody who follows links, and remembers what each opened."""

    client: Client
    seen: dict[str, int | None] = field(default_factory=dict)
    read: dict[str, Element] = field(default_factory=dict)

    def doors(self, page: str) -> list[Door]:
        """Follow every number on a page."""
        links = [one for one in walk(self.main(page), "a") if "data-count" in dict(one.attributes)]
        return [self._door(page, dict(one.attributes), text(one)) for one in links]

    def unmarked(self, page: str) -> list[str]:
        """List the links of a page that read like a count and do not say so."""
        links = [dict(one.attributes) | {"": text(one)} for one in walk(self.main(page), "a")]
        return [one[""] for one in links if COUNTED.search(one[""]) and "data-count" not in one]

    def main(self, page: str) -> Element:
        """Give what a page says, without what stands around it."""
        if page not in self.read:
            response = self.client.get(page, headers={"accept-language": "en"})
            assert response.status_code == 200, page
            html = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)
            self.read[page] = parse_html(html[0] if html else "")
        return self.read[page]

    def _door(self, page: str, link: dict[str, Any], words: str) -> Door:
        place = urljoin(page, link["href"])
        if place not in self.seen:
            self.seen[place] = self._opened(place)
        return Door(page, words, place, link["data-count"], self.seen[place])

    def _opened(self, place: str) -> int | None:
        """Count the rows a link opens; None where there is nothing at its fragment."""
        address, _hash, fragment = place.partition("#")
        total = 0
        for _page in range(MOST_PAGES):
            main = self.main(address)
            part = named(main, fragment) if fragment else main
            if part is None:
                return None
            total += rows(part)
            following = [dict(one.attributes) for one in walk(part, "a")]
            after = [one["href"] for one in following if one.get("rel") == "next"]
            if not after:
                return total
            address = urljoin(address, after[0])
        raise AssertionError(f"{place} has no end")


def walk(element: Element, name: str = "") -> Iterator[Element]:
    """Give an element's descendants, outermost first."""
    for child in element.children:
        if isinstance(child, Element):
            if not name or child.name == name:
                yield child
            yield from walk(child, name)


def text(element: Element) -> str:
    parts = (one if isinstance(one, str) else text(one) for one in element.children)
    return " ".join(" ".join(parts).split())


def named(main: Element, fragment: str) -> Element | None:
    """Give the list or section an id stands on, or the innermost section around it."""
    found = None
    for one in [main, *walk(main)]:
        if dict(one.attributes).get("id") == fragment:
            return one if one.name in ("section", "dl") else found
        if one.name == "section" and any(
            dict(inner.attributes).get("id") == fragment for inner in walk(one)
        ):
            found = one
    return None


def rows(part: Element) -> int:
    """Count the rows of the list in this part of a page; none where it says it is empty."""
    for kind, style, row in LISTS:
        found = [one for one in walk(part, kind) if _wears(one, style)]
        if not found and part.name == kind and _wears(part, style):
            found = [part]
        if found and not row:
            return len(found)
        if found:
            return len(_children(found[0], row))
    return 0


def _children(found: Element, row: str) -> list[Element]:
    if found.name == "table":
        found = next(walk(found, "tbody"))
    return [one for one in found.children if isinstance(one, Element) and one.name == row]


def _wears(element: Element, style: str) -> bool:
    return not style or style in dict(element.attributes).get("class", "").split()
