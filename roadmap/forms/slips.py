"""What the filter of the moved dates makes of an address: values, and words about the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from roadmap.forms.filters import Tag, unknown
from roadmap.selectors import since, slips
from roadmap.selectors.actions import Option
from roadmap.selectors.milestones import WHOLE_ROADMAP
from roadmap.selectors.since import Since
from roadmap.selectors.slips import Kind, Show, SlipQuery, Way
from roadmap.templatetags.roadmap import day

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen from lists."""

    workstreams: list[Option]
    institutions: list[Option]

    @property
    def places(self) -> list[Option]:
        """Give the workstreams, and what belongs to none of them."""
        return [*self.workstreams, Option(WHOLE_ROADMAP, _("The whole roadmap"))]


@dataclass(frozen=True, slots=True)
class Asked:
    """The address, read: what is asked, what was ignored, and which filters are in force."""

    query: SlipQuery
    ignored: list[str]
    chosen: list[Tag]
    page: str


def read(params: QueryDict, *, offered: Offered, today: date, inside: bool) -> Asked:
    """Read a query string; what it does not know is named and ignored, never an error."""
    reader = _Reader(params)
    begin = _since(reader, today, inside=inside)
    item = reader.text("item")
    named = slips.item_named(item, today) if item else None
    if item and named is None:
        reader.ignore(item)
    show = reader.one_of("show", {one.value: one.label for one in Show})
    query = SlipQuery(
        workstream=reader.one_of("workstream", _labels(offered.places)),
        institution=reader.one_of("institution", _labels(offered.institutions)),
        kind=reader.one_of("kind", {one.value: one.label for one in Kind}),
        way=reader.one_of("way", {one.value: one.label for one in Way}),
        item=slips.key_of(named) if named else "",
        text=reader.text("q"),
        since=begin,
        show=Show(show) if show else Show.ALL,
    )
    chosen = [*reader.chosen, *_told(query, str(named.local_title) if named else "")]
    return Asked(query, reader.ignored, chosen, params.get("page", "1"))


class _Reader:
    """Values of an address, one after the other, with what is to be said of them."""

    def __init__(self, params: QueryDict) -> None:
        self.params = params
        self.ignored: list[str] = []
        self.chosen: list[Tag] = []

    def text(self, name: str) -> str:
        return self.params.get(name, "").replace("\x00", "").strip()[:LONGEST]

    def one_of(self, name: str, labels: Mapping[str, object]) -> str:
        value = self.text(name)
        if value not in labels:
            if value:
                self.ignore(value)
            return ""
        if name != "show":
            self.chosen.append(Tag(str(labels[value]), (name,)))
        return value

    def ignore(self, value: str) -> None:
        self.ignored.append(unknown(value))


def _labels(options: list[Option]) -> dict[str, object]:
    return {option.value: option.label for option in options}


def _since(reader: _Reader, today: date, *, inside: bool) -> Since | None:
    """Read a day or a meeting to begin at; meetings are for members."""
    text, number = reader.text("since"), reader.text("meeting")
    if number and text and inside:
        reader.ignored.append(_("A meeting is chosen, so the day was ignored."))
    wanted = f"meeting:{number}" if number and inside else text
    if not wanted:
        return None
    is_meeting = wanted.startswith("meeting:")
    found = since.read(wanted, today) if inside or not is_meeting else None
    if found is None:
        sentence = _("“%(value)s” names no meeting held and no past day; it was ignored.")
        reader.ignored.append(sentence % {"value": wanted.removeprefix("meeting:")[:40]})
    return found


def _told(query: SlipQuery, item: str) -> list[Tag]:
    """Name what was not chosen from a list."""
    tags = []
    if query.item:
        tags.append(Tag(item[:60], ("item",)))
    if query.text:
        tags.append(Tag(_("Text: %(text)s") % {"text": query.text[:60]}, ("q",)))
    if query.since is not None:
        words = {"meeting": query.since.meeting, "day": day(query.since.day)}
        sentence = _("Since %(meeting)s, %(day)s") if words["meeting"] else _("Since %(day)s")
        tags.append(Tag(sentence % words, ("since", "meeting")))
    return tags
