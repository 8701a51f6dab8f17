"""Entering, correcting and withdrawing figures: nothing that was stated is ever rewritten."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from committee.changes import Attempt, Repeated, Stale, actor_now, one_change, require
from committee.services import bump_revision
from umkm.enums import Fault, Measure
from umkm.models import Observation, Series, Source
from umkm.rules import permissions
from umkm.rules.entries import Stated, faults
from umkm.rules.refusals import Refused


@one_change
def record_observation(*, series: Series, attempt: Attempt, stated: Stated) -> Observation:
    """Enter a figure into a line.

    :raises PermissionDenied: if this person may not in that indicator's workstream.
    :raises Refused: if it makes no sense, or a figure stands there already.
    """
    series = _begin(series.pk, attempt)
    _check(series, attempt, stated)
    return _counted(put(series, attempt, stated, source_of(stated)))


@one_change
def correct_observation(
    *, observation: Observation, attempt: Attempt, stated: Stated, why: str
) -> Observation:
    """Put a figure in the place of another, which stays in the history with the reason.

    It is known from the day of the correction: a page of an earlier day shows what stood then.

    :raises PermissionDenied: if this person may not in that indicator's workstream.
    :raises Stale: when it was corrected or withdrawn meanwhile.
    :raises Refused: if it makes no sense, nothing would change, or no reason is given.
    """
    series = _begin(observation.series_id, attempt)
    old = _lock(observation, series)
    if _is_same(old, stated):
        raise Refused("value", Fault.SAME)
    _supersede(old, attempt, why)
    _check(series, attempt, stated)
    return _counted(put(series, attempt, stated, source_of(stated), replaces=old))


@one_change
def withdraw_observation(*, observation: Observation, attempt: Attempt, why: str) -> Observation:
    """Take a figure off the pages; it stays in the history with the reason.

    :raises PermissionDenied: if this person may not in that indicator's workstream.
    :raises Stale: when it was corrected or withdrawn meanwhile.
    :raises Refused: if no reason is given.
    """
    series = _begin(observation.series_id, attempt)
    try:
        return _counted(_supersede(_lock(observation, series), attempt, why))
    except Stale as stale:
        if _is_done(stale.current, attempt, why):
            raise Repeated(stale.current) from None
        raise


def put(
    series: Series, attempt: Attempt, stated: Stated, source: Source, **fields: Any
) -> Observation:
    """Write one figure within a change of the caller's, who has checked it and counts it."""
    made = build(series, attempt, stated, source, **fields)
    made.token = attempt.token
    made.save()
    return made


def build(
    series: Series, attempt: Attempt, stated: Stated, source: Source, **fields: Any
) -> Observation:
    """Make a row of a figure, not yet saved."""
    today = attempt.at.today
    known = today if "replaces" in fields else stated.known_from or today
    return Observation(
        series=series,
        year=stated.period.year,
        part=stated.period.part,
        region=stated.region,
        kind=stated.kind,
        value=stated.value,
        known_from=known,
        source=source,
        confidence=stated.confidence,
        entered_by=attempt.by,
        entered_at=attempt.at.now,
        **fields,
    )


def source_of(stated: Stated) -> Source:
    """Find the source cited, or make it; its address is kept from whoever gave one first."""
    source, _is_new = Source.objects.get_or_create(
        citation=stated.citation, defaults={"url": stated.url}
    )
    if stated.url and not source.url:
        source.url = stated.url
        source.save(update_fields=["url"])
    return source


def _begin(series: int, attempt: Attempt) -> Series:
    """Lock a line, so that two people entering at once see each other's figures."""
    locked = Series.objects.select_for_update(of=("self",), no_key=True)
    line = locked.select_related("indicator").get(pk=series)
    first = Observation.objects.filter(token=attempt.token).first() if attempt.token else None
    if first is not None:
        raise Repeated(first)
    actor = actor_now(attempt)
    require(permissions.may_enter_figures(actor, line.indicator.workstream_id))
    return line


def _check(series: Series, attempt: Attempt, stated: Stated) -> None:
    measure = Measure(series.indicator.measure)
    for field, fault, words in faults(stated, measure, attempt.at.today):
        raise Refused(field, fault, **words)
    there = Observation.objects.filter(
        series=series,
        year=stated.period.year,
        part=stated.period.part,
        kind=stated.kind,
        region=stated.region,
    )
    if stands := there.standing().first():
        raise Refused("value", Fault.STANDS, words=f"{stands.value.normalize():f}")
    stood = there.aggregate(until=Max("superseded_on"))["until"]
    # Two figures of one place never stand on the same day, not even on a page of the past.
    if stated.known_from and stood and stated.known_from < stood:
        raise Refused("known_from", Fault.STOOD, cell=stood.isoformat())


def _lock(observation: Observation, series: Series) -> Observation:
    row = Observation.objects.get(pk=observation.pk, series=series)
    if row.superseded_on is not None:
        raise Stale(row)
    return row


def _supersede(old: Observation, attempt: Attempt, why: str) -> Observation:
    if not why.strip():
        raise Refused("why", Fault.NO_REASON)
    old.superseded_on = attempt.at.today
    old.superseded_by = attempt.by
    old.superseded_why = why.strip()
    old.save(update_fields=["superseded_on", "superseded_by", "superseded_why"])
    return old


def _is_done(old: Observation, attempt: Attempt, why: str) -> bool:
    """Say whether this person has withdrawn a figure for this reason: a button pressed twice."""
    is_corrected = Observation.objects.filter(replaces=old).exists()
    is_ours = old.superseded_by_id == attempt.by.pk and old.superseded_why == why.strip()
    return is_ours and not is_corrected


def _is_same(old: Observation, stated: Stated) -> bool:
    new = (stated.period, stated.region, stated.kind, stated.value, stated.citation)
    was = (old.period, old.region, old.kind, old.value, old.source.citation)
    return new == was and old.confidence == stated.confidence


def _counted(observation: Observation) -> Observation:
    bump_revision()
    return observation
