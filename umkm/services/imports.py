"""Files of figures: kept as they were read, shown, then applied whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from committee import ledger
from committee.changes import (
    Attempt,
    Repeated,
    Stale,
    actor_now,
    begin_row,
    check_new,
    one_change,
    require,
    save_row,
)
from umkm.enums import Notation
from umkm.models import Import, Observation, Series, Source
from umkm.rules import permissions
from umkm.selectors.imports import Plan, Planned, plan
from umkm.services.observations import build

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Brought:
    """A file somebody brings: its name, its checksum, and what was read in it."""

    name: str
    sha256: str
    heading: list[str]
    rows: list[tuple[int, list[Any]]]
    notation: Notation | None = None


class ImportRefused(Exception):
    """Nothing of the file was applied; the complaints of `plan` say why."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("refused")
        self.plan = plan


@one_change
def keep_file(*, attempt: Attempt, brought: Brought) -> Import:
    """Keep a file for its preview, in place of one's earlier file that was never applied.

    :raises PermissionDenied: if this person enters no figures at all.
    """
    require(permissions.may_import_figures(check_new(Import, attempt)))
    Import.objects.filter(by=attempt.by, applied_at=None).delete()
    return save_row(
        Import(
            name=brought.name[:200],
            sha256=brought.sha256,
            notation=brought.notation or "",
            heading=brought.heading,
            rows=brought.rows,
            by=attempt.by,
            at=attempt.at.now,
            token=attempt.token,
        )
    )


@one_change
def choose_notation(*, draft: Import, attempt: Attempt, notation: Notation) -> Import:
    """Say how a kept file writes numbers.

    :raises PermissionDenied: if it is another person's file, or it was applied.
    """
    draft, _actor = begin_row(draft, attempt)
    require(draft.by_id == attempt.by.pk and draft.applied_at is None)
    draft.notation = notation
    return save_row(draft)


@one_change
def apply_import(*, draft: Import, attempt: Attempt, digest: str) -> Import:
    """Add every figure of a kept file, or none.

    :param digest: of the plan that was shown; what was not shown is not done.
    :raises PermissionDenied: if it is another person's file.
    :raises ImportRefused: if a row of it cannot be added as things stand.
    :raises Stale: when it would by now do something else than was shown.
    """
    # Others enter figures into these lines only before us or after us.
    list(Series.objects.select_for_update(of=("self",), no_key=True).order_by("pk"))
    draft = Import.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.pk)
    require(draft.by_id == attempt.by.pk)
    if draft.applied_at is not None:
        raise Repeated(draft)
    actor = actor_now(attempt)
    require(permissions.may_import_figures(actor))
    found = plan(draft, actor, attempt.at.today)
    if found.complaints:
        raise ImportRefused(found)
    if found.digest != digest:
        raise Stale(draft)
    _add(draft, attempt, found.planned)
    draft.applied_at = attempt.at.now
    draft.added, draft.unchanged = len(found.planned), found.unchanged
    return save_row(draft)


def _add(draft: Import, attempt: Attempt, planned: list[Planned]) -> None:
    sources = _sources(planned)
    rows = [
        build(one.series, attempt, one.stated, sources[one.stated.citation], batch=draft)
        for one in planned
    ]
    ledger.tell_rows(Observation.objects.bulk_create(rows, batch_size=BATCH))


def _sources(planned: Iterable[Planned]) -> dict[str, Source]:
    """Find every source cited, and make those that are new."""
    cited = {one.stated.citation: one.stated.url for one in reversed(list(planned))}
    there = Source.objects.in_bulk(list(cited), field_name="citation")
    new = [Source(citation=name, url=url) for name, url in cited.items() if name not in there]
    Source.objects.bulk_create(new, batch_size=BATCH, ignore_conflicts=True)
    return Source.objects.in_bulk(list(cited), field_name="citation")
