"""Rows of the record that stand by themselves: who, for whom, what, and the news."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models

from committee.models import Institution, Workstream
from roadmap.models import News
from roadmap.seed import figures
from roadmap.seed.files import Record, Row, key_of
from umkm.models import Challenge


def add_frame(record: Record) -> list[str]:
    """Add what has no date: institutions, workstreams, challenges, what is measured.

    What is there already stays as it is: somebody may have edited it.
    """
    lines = _add(Institution, (_institution(row) for row in record["institutions"]))
    places = dict(Institution.objects.values_list("code", "pk"))
    lines += _add(Workstream, (_workstream(row, places) for row in record["workstreams"]))
    lines += _add(Challenge, (_named(row) for row in record["challenges"]))
    streams = dict(Workstream.objects.values_list("code", "pk"))
    return lines + figures.add_frame(record, streams)


def _add(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> list[str]:
    manager = model._default_manager
    there = set(manager.values_list("code", flat=True))
    new = [model(**row) for row in rows if row["code"] not in there]
    manager.bulk_create(new)
    return [f"{model._meta.model_name} {row.code}" for row in new]  # type: ignore[attr-defined]


def _named(row: Row) -> dict[str, Any]:
    return {"code": row["code"], "title": row["name_id"], "title_en": row["name_en"]}


def _institution(row: Row) -> dict[str, Any]:
    return _named(row) | {"kind": row["kind"], "committee_role": row["committee_role"]}


def _workstream(row: Row, places: dict[str, int]) -> dict[str, Any]:
    lead = places.get(row["lead_institution"])
    return _named(row) | {"order": row["order"], "lead_institution_id": lead}


def add_news(row: Row, day: date) -> str:
    """Add a dated fact that belongs to no action."""
    stream = Workstream.objects.filter(code=row["workstream"]).first()
    News.objects.create(
        workstream=stream,
        date=row["date"],
        date_precision=row["date_precision"],
        text=row["what_id"],
        text_en=row["what_en"],
        is_setback=row["obstacle"] == "yes",
        source=row["source"],
        confidence=row["confidence"],
        import_key=key_of("events", row),
    )
    return f"news {day}: {row['what_id']}"
