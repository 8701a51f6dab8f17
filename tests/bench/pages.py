"""The pages: each of the product's beside its floor, in turns; then the weight of a first visit.

A page as of a past day has the same page of today as its floor.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import uuid4

from tests.bench.clients import Browser
from tests.bench.stage import Stage

ROUNDS = 60
ACTION = 5  # any row of the floor will do, as long as it is the same one each time
CHIEF = "sekretariat@demo.test"
PAST = "2018-09-10"
# The pages of figures have no floor of their own: they are held to the list's.
FIGURES = {
    "indicators": "/umkm/",
    "indicator": "/umkm/SYN_001/",
    "provinces": "/umkm/SYN_001/provinces/",
    "coverage": "/umkm/coverage/",
}
HEADING = (
    f"{'what':<16}{'actions':>8}{'median':>9}{'p95':>9}{'floor':>9}{'ratio':>8}{'budget':>8}"
    f"{'queries':>9}{'bytes':>8}{'gzip':>8}   (ms)"
)


@dataclass(slots=True)
class Row:
    """One line of the table: a page of the product beside its floor."""

    name: str
    budget: float
    browser: Browser
    product: Callable[[], float]
    floor: Callable[[], float]
    times: list[tuple[float, float]] = field(default_factory=list)

    def once(self) -> None:
        self.times.append((self.product(), self.floor()))

    def line(self, size: int, queries: str) -> str:
        product, floor = (sorted(side) for side in zip(*self.times, strict=True))
        median, beside = statistics.median(product) * 1000, statistics.median(floor) * 1000
        p95 = statistics.quantiles(product, n=20)[18] * 1000
        return (
            f"{self.name:<16}{size:>8}{median:>9.1f}{p95:>9.1f}{beside:>9.1f}"
            f"{median / beside:>7.2f}x{self.budget:>7g}x"
            f"{queries:>9}{len(self.browser.body):>8}{self.browser.weight:>8}"
        )


def measure(stage: Stage, port: int, floor_port: int) -> None:
    code, owner = stage.inside("pick").split()
    rows = table(Browser(floor_port), lambda email: signed_in(port, email), code, owner)
    for row in rows:
        row.once()
        row.times.clear()  # the first request warms both sides
    for _ in range(ROUNDS):
        for row in rows:
            row.once()
    queries = dict(line.split() for line in stage.inside("queries", code, owner).splitlines())
    for row in rows:
        stage.tell(row.line(stage.size, queries.get(row.name.replace(" ", "_"), "")))
    for path in ("/", "/actions/", f"/actions/{code}/", "/timeline/?workstream=LOG"):
        stage.tell(first_load(port, path, stage.size))
    stage.tell(whole_list(port, stage.size))


def table(floor: Browser, signed_in: Callable[[str], Browser], code: str, owner: str) -> list[Row]:
    floor.get("/login")
    floor.get(f"/action/{ACTION}")
    overview, listing, action, timeline = (signed_in(CHIEF) for _page in range(4))
    my, write = signed_in(owner), signed_in(owner)
    path = f"/actions/{code}/"
    on_list = partial(floor.get, "/list")
    filtered, bars = "/actions/?workstream=LOG&sort=due", "/timeline/?workstream=LOG"
    return [
        Row("overview", 2, overview, lambda: overview.get("/"), lambda: floor.get("/overview")),
        Row("list", 2, listing, lambda: listing.get(filtered), lambda: floor.get("/list")),
        Row("action", 2, action, lambda: action.get(path), lambda: floor.get(f"/action/{ACTION}")),
        Row("my", 2, my, lambda: my.get("/my/"), lambda: floor.get("/list")),
        Row("timeline", 3, timeline, lambda: timeline.get(bars), lambda: floor.get("/list")),
        *(of_figures(name, signed_in(CHIEF), on_list) for name in FIGURES),
        Row("write", 3, write, lambda: report(write, code), lambda: floor_write(floor)),
        *(
            then(name, signed_in(CHIEF), signed_in(CHIEF), page)
            for name, page in (("", "/"), ("list", filtered), ("action", path))
        ),
    ]


def of_figures(name: str, browser: Browser, on_list: Callable[[], float]) -> Row:
    return Row(name, 2, browser, lambda: browser.get(FIGURES[name]), on_list)


def then(name: str, browser: Browser, beside: Browser, page: str) -> Row:
    """Put a page as of a past day beside itself; each has a browser, whose last page is weighed."""
    asked = f"/as-of/{PAST}{page}"
    return Row(
        f"{name or 'overview'} then",
        1.5,
        browser,
        lambda: browser.get(asked),
        lambda: beside.get(page),
    )


def signed_in(port: int, email: str, encoding: str = "gzip") -> Browser:
    browser = Browser(port, encoding)
    browser.get("/akun/masuk/")
    browser.post("/akun/masuk/", {"login": email, "password": "peta-jalan"})
    return browser


def report(browser: Browser, code: str) -> float:
    """Send one status update; fetching its form is not part of the time."""
    browser.get(f"/actions/{code}/")
    fields = {
        "version": browser.field("version"),
        "token": str(uuid4()),
        "status": "in_progress",
        "progress": "50",
        "outlook": "",
        "note": "bench",
    }
    return browser.post(f"/actions/{code}/report/", fields)


def floor_write(browser: Browser) -> float:
    return browser.post(f"/action/{ACTION}", {"progress": "50", "note": "bench"})


def first_load(port: int, path: str, size: int) -> str:
    """Weigh a page with everything it loads, as an empty cache fetches it."""
    browser = signed_in(port, CHIEF, encoding="br, gzip")
    browser.get(path)
    page = browser.weight
    weights = []
    for asset in browser.assets():
        browser.get(asset)
        weights.append(browser.weight)
    total = (page + sum(weights)) / 1000
    return (
        f"{'first load':<16}{size:>8}{total:>9.1f}   kB of {path}, itself {page / 1000:.1f} (<= 90)"
    )


def whole_list(port: int, size: int) -> str:
    """Fetch every action as a file."""
    browser = signed_in(port, CHIEF, encoding="identity")
    taken = browser.get("/actions/?format=csv")
    rows = browser.body.count(b"\n") - 1
    return f"{'csv':<16}{size:>8}{taken * 1000:>9.0f}   ms for {rows} rows"
