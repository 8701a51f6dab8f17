"""Small businesses: their indicators, figures, files, challenges and initiatives as pages."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from committee.access import actor_of
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.forms import sent
from umkm.models import Import, Indicator, Initiative, Observation, Series
from umkm.provinces import PROVINCES
from umkm.selectors.imports import plan

HEADING = ["indicator", "year", "kind", "value", "unit", "source", "confidence"]
ROW = ["UJI", "2016", "actual", "61,5", "juta", "Kemenkop", "high"]
SAID = {"title": "Uji coba", "title_en": "A trial"}
FIGURE = {
    "year": "2015",
    "part": "Y",
    "kind": "actual",
    "value": "60",
    "notation": "",
    "region": "",
    "citation": "Kemenkop",
    "confidence": "high",
}
_more = count()
YEARS = range(2000, 2015)
INITIATIVES = 60


def draft(by: Any, rows: list[list[str]] | None = None, **fields: Any) -> Import:
    """Keep a file that nobody has applied yet."""
    numbered = [[number, row] for number, row in enumerate(rows or [ROW], start=2)]
    values = {"name": "angka.csv", "sha256": "0" * 64, "notation": "comma", "heading": HEADING}
    at = {"by": by, "at": moment(TODAY), "rows": numbered}
    return Import.objects.create(**values | at | fields)


def make(cast: Any) -> dict[str, Any]:
    """Make an indicator of the lead's own workstream, with a figure, and a file of the lead's."""
    place = cast.open.workstream
    own = factories.indicator("UJI", workstream=place, headline_order=1, direction="higher")
    initiative = factories.initiative("EWTP")
    challenge = factories.challenge("CAP")
    for linked in (own.challenges, cast.open.challenges):
        linked.add(challenge)
    cast.open.initiatives.add(initiative)
    cast.open.indicators.add(own, cast.indicator)
    cast.milestone.indicators.add(own)
    own.initiatives.add(initiative)
    own.beside.add(cast.indicator)
    factories.observation(own, year=2019, value="70", kind="target")
    factories.observation(own, region="32", value="5")
    return {
        "own_indicator": own,
        "own_figure": factories.observation(own, value="63"),
        "initiative": initiative,
        "answered": challenge,
        "draft": draft(cast.people["lead"]),
    }


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    more = cast.more
    of_indicator = (
        *("indicator", "indicator-edit", "indicator-links", "figure-history", "provinces"),
        *("figure-create", "series-create"),
    )
    found = {name: [more["own_indicator"].code] for name in of_indicator}
    for name in ("figure-correct", "figure-withdraw"):
        found[name] = [more["own_figure"].pk]
    for name in ("figures-preview", "figures-notation", "figures-apply"):
        found[name] = [more["draft"].pk]
    for name in ("challenge", "challenge-edit"):
        found[name] = [more["answered"].code]
    for name in ("initiative", "initiative-edit"):
        found[name] = [more["initiative"].code]
    return found | {"series-edit": [more["own_indicator"].code, "MAIN"]}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    more, line = cast.more, cast.more["own_indicator"].series.get()
    lead = actor_of(cast.people["lead"], TODAY)
    file = SimpleUploadedFile("angka.csv", f"{','.join(HEADING)}\r\n".encode() + b"UJI\r\n")
    kept = Import.objects.filter(pk=more["draft"].pk).first() or more["draft"]
    said = {**SAID, "unit": "juta", "direction": "higher", "measure": "stock"}
    return {
        "indicator-create": sent(None, code="BARU", **said),
        "indicator-edit": sent(more["own_indicator"], **said),
        "indicator-links": sent(more["own_indicator"], actions=cast.open.code),
        "series-create": sent(None, code="LAIN", order="1", **SAID),
        "series-edit": sent(line, order="1", **SAID),
        "figure-create": sent(None, series=line.pk, **FIGURE),
        "figure-correct": sent(None, **FIGURE, why="Salah ketik."),
        "figure-withdraw": sent(None, why="Bukan dari sumber ini."),
        "figures-import": sent(None, file=file),
        "figures-notation": sent(kept, notation="point"),
        "figures-apply": sent(kept, digest=plan(kept, lead, TODAY).digest),
        "challenge-create": sent(None, code="BARU", **SAID),
        "challenge-edit": sent(more["answered"], **SAID),
        "initiative-create": sent(None, code="BARU", what="Uji", **SAID),
        "initiative-edit": sent(more["initiative"], what="Uji", **SAID),
    }


def fill(cast: Any, number: int) -> None:
    """Grow the indicators; provinces, years and initiatives do not grow with a roadmap."""
    own, cited = cast.more["own_indicator"], cast.observation.source
    made = Indicator.objects.bulk_create(
        Indicator(code=f"IND{next(_more)}", title="Uji", unit="juta", workstream=own.workstream)
        for _number in range(number)
    )
    lines = Series.objects.bulk_create(Series(indicator=one) for one in made)
    Observation.objects.bulk_create(_figure(line, 2017, cited) for line in lines)
    line = own.series.get()
    if line.observations.filter(year=YEARS[0]).exists():
        return
    Initiative.objects.bulk_create(
        Initiative(code=f"INI{next(_more)}", title="Uji", what="Uji")
        for _number in range(INITIATIVES)
    )
    Observation.objects.bulk_create(
        _figure(line, year, cited, region) for year in YEARS for region in PROVINCES
    )


def _figure(line: Series, year: int, cited: Any, region: str = "") -> Observation:
    return Observation(
        series=line,
        year=year,
        region=region,
        value=year - 1990,
        kind="actual",
        known_from=days(-9),
        source=cited,
        confidence="high",
    )


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:challenge": 12,
    "roadmap:challenge-create": 6,
    "roadmap:challenge-edit": 10,
    "roadmap:coverage": 11,
    "roadmap:figure-correct": 7,
    "roadmap:figure-create": 9,
    "roadmap:figure-history": 9,
    "roadmap:figure-withdraw": 7,
    "roadmap:figures-import": 6,
    "roadmap:figures-preview": 10,
    "roadmap:figures-sample": 4,
    "roadmap:indicator": 19,
    "roadmap:indicator-create": 7,
    "roadmap:indicator-edit": 8,
    "roadmap:indicator-links": 13,
    "roadmap:indicators": 13,
    "roadmap:initiative": 14,
    "roadmap:initiative-create": 6,
    "roadmap:initiative-edit": 10,
    "roadmap:initiatives": 11,
    "roadmap:provinces": 11,
    "roadmap:series-create": 7,
    "roadmap:series-edit": 7,
}
NO_PAGE: set[str] = {"roadmap:figures-notation", "roadmap:figures-apply"}
BREAKS: dict[str, list[Callable[[], Any]]] = {}
