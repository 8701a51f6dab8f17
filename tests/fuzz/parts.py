"""The four parts in this process: first each door with named payloads, then what is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.cast import names
from tests.fuzz import nonsense, tables
from tests.fuzz.ground import READERS, Door, Ground
from tests.fuzz.judge import Case
from tests.fuzz.sending import asked, pairs_of, sent

# Names no form asks for, and names that pages are asked with.
EXTRA = ("id", "is_staff", "role", "a\x00", "__class__", "form-0-id", "note", "version", "token")
ASKED = (
    *("page", "as_of", "format", "sort", "order", "q", "status", "state", "stream", "owner"),
    *("since", "show", "year", "what", "week", "side", "series", "section", "only", "next"),
    *("lang", "from", "else", "day", "code", "decision", "signed", "until", "page\x00", "o", "p"),
    *("workstream", "institution", "signal", "late", "e", "all", "region", "_popup", "query"),
)
SEGMENT = re.compile(r"<[^>]*>|\(\?P[^)]*\)+")


def forms_first(ground: Ground) -> Iterator[Case]:
    """Send every form with each first payload in all its fields, and NUL in each alone."""
    for text in nonsense.FIRST:
        for door in ground.doors:
            yield sent(door, pairs_of(dict.fromkeys(door.fields, text)))
    for key in ("NUL", "id"):
        for door in ground.doors:
            for name in door.fields:
                yield sent(door, pairs_of(door.fields | {name: nonsense.TEXTS[key]}))


def forms(ground: Ground) -> st.SearchStrategy[Case]:
    """Draw a form, some of its fields with nonsense, seldom its headers or its bytes."""
    bodies = list(nonsense.BAD["bodies"].values())

    @st.composite
    def case(draw: Any) -> Case:
        door: Door = draw(st.sampled_from(ground.doors))
        known = [name for name in door.fields if name not in ("version", "token")]
        names = st.sampled_from(known * 3 + [*door.fields, *EXTRA])
        fields = dict(door.fields)
        for name in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
            fields[name] = draw(
                st.one_of(nonsense.text, nonsense.text, st.lists(nonsense.short, max_size=3))
            )
        made = sent(door, pairs_of(fields), draw(nonsense.headers))
        if draw(st.integers(0, 19)) == 7:
            kind, body = draw(st.sampled_from(bodies))
            environ = made.environ | {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
            made = replace(made, environ=environ, body=body.encode("latin-1"), typed={})
        return made

    return case()


def addresses_first(ground: Ground) -> Iterator[Case]:
    """Ask every address for a page and a day that cannot be, and by verbs it does not know."""
    for text in ("\x00", "99999999999999999999", "9999-12-31", ""):
        query = "&".join(f"{key}={nonsense.quoted(text)}" for key in ASKED)
        for name in ground.names():
            verb = "GET" if text else "PROPFIND"
            yield Case(name, "secretariat", asked(verb, ground.place(name), query))


def addresses(ground: Ground) -> st.SearchStrategy[Case]:
    """Draw an address with ids, questions, headers and verbs of all kinds."""
    places = {name: ground.place(name) for name in ground.names()}
    routes = dict(names())
    value = nonsense.short

    @st.composite
    def case(draw: Any) -> Case:
        name = draw(st.sampled_from(sorted(places)))
        place = places[name]
        if "<" in routes[name] and draw(st.booleans()):
            route = routes[name].strip("^$").replace("\\", "")
            place = "/" + SEGMENT.sub(lambda _found: nonsense.quoted(draw(value)), route)
        asks = draw(st.lists(st.tuples(st.sampled_from(ASKED), value), max_size=4))
        query = "&".join(f"{nonsense.quoted(key)}={nonsense.quoted(one)}" for key, one in asks)
        if draw(st.integers(0, 9)) == 3:
            query = draw(st.sampled_from(["&&=&;", "%", "%ff=%fe", "a" * 9000, "page=1&" * 900]))
        method = draw(st.sampled_from(["GET"] * 12 + nonsense.BAD["methods"]))
        who = draw(st.sampled_from(READERS))
        return Case(name, who, asked(method, place, query, draw(nonsense.headers)))

    return case()


def _door(ground: Ground, name: str) -> Door:
    return next(door for door in ground.doors if door.name == name)


def imports_first(ground: Ground) -> Iterator[Case]:
    """Bring every named file by every door that reads one."""
    for name, heading in tables.DOORS.items():
        door = _door(ground, name)
        for content in tables.named(heading):
            yield sent(door, [*_plain(door), ("file", ("a.csv", "text/csv", content))])


def imports(ground: Ground) -> st.SearchStrategy[Case]:
    """Draw a list as CSV or XLSX, broken in some way, and a door for it."""
    starts = ["institutions", "members", "workstreams", "actions"]

    @st.composite
    def case(draw: Any) -> Case:
        name = draw(st.sampled_from([*tables.DOORS, "start"]))
        if name == "start":
            door = _door(ground, f"roadmap:start-{draw(st.sampled_from(starts))}")
            text = draw(tables.csv_text(("KODE", "Nama", "a@b.example", "2018-12-31")))
            return sent(door, [("form", "lines"), ("lines-text", text)])
        door, heading = _door(ground, name), tables.DOORS[name]
        if draw(st.integers(0, 9)) == 0:
            file = ("a.xlsx", "application/x", draw(tables.workbooks(heading)))
        else:
            content = draw(tables.csv_bytes(heading))
            file = (draw(st.sampled_from(["a.csv", "a.CSV", "a\x00.csv"])), "text/csv", content)
        if name.endswith("enrol") and draw(st.booleans()):
            text = draw(tables.csv_text(heading))
            return sent(door, [("text", text), ("digest", "a"), ("apply", "1")])
        return sent(door, [*_plain(door), ("file", file)])

    return case()


def uploads_first(ground: Ground) -> Iterator[Case]:
    """Send a hundred and one files, a file where text is asked for, and text where a file is."""
    file = ("a.pdf", "application/pdf", tables.PDF)
    for door in ground.doors:
        if door.files:
            yield sent(door, [*_plain(door), *[("file", file)] * 101])
            yield sent(door, pairs_of(dict.fromkeys([*door.fields, "file"], file)))
            yield sent(door, [*_plain(door), ("file", "words")])
            yield sent(door, [*_plain(door), *[(f"f{n}", "x") for n in range(1001)]])


def uploads(ground: Ground) -> st.SearchStrategy[Case]:
    """Draw a file with a name, a kind and bytes that need not agree."""
    doors = [door for door in ground.doors if door.files]
    evidence = _door(ground, "roadmap:evidence-add")

    @st.composite
    def case(draw: Any) -> Case:
        if draw(st.booleans()):
            return sent(evidence, [*_plain(evidence), ("file", draw(tables.sound()))])
        door = draw(st.sampled_from([*doors, evidence]))
        files = draw(st.lists(tables.files, min_size=1, max_size=3))
        pairs = [*_plain(door), *[("file", one) for one in files]]
        cut = draw(st.one_of(st.none(), st.none(), st.integers(1, 600)))
        return sent(door, pairs, draw(nonsense.headers), cut=cut)

    return case()


def _plain(door: Door) -> list[tuple[str, Any]]:
    """Give what stands beside a file, which one of the forms takes instead of a link or text."""
    return [
        (name, one) for name, one in pairs_of(door.fields) if name not in ("url", "text", "apply")
    ]
