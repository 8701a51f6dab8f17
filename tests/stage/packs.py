"""Steering packs: one that is ready, its addresses, and what may not be stored of a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings

from roadmap.models import Job
from tests import factories
from tests.factories import TODAY, days, moment

PDF = b"%PDF-1.7\n%%EOF"
ASKED = {"day": str(days(-1)), "since": str(days(-31)), "language": "en", "is_now": False}


def job(**fields: Any) -> Job:
    """Order a pack of yesterday; traits are its own fields."""
    values = {"kind": "pack", "key": f"uji:{uuid4()}", "asked": ASKED, "ordered_at": moment(TODAY)}
    values |= fields
    if "ordered_by" not in values:
        values["ordered_by"] = factories.member()
    return Job.objects.create(**values)


def ready(**fields: Any) -> Job:
    """Make a pack whose file lies where it should."""
    name = f"{uuid4().hex}.pdf"
    settings.PACK_ROOT.mkdir(parents=True, exist_ok=True)
    (settings.PACK_ROOT / name).write_bytes(PDF)
    done = {"state": "done", "progress": 100, "ended_at": moment(TODAY), "stored_name": name}
    return job(**done | {"size": len(PDF), "data_sha256": "a1" * 32} | fields)


def make(cast: Any) -> dict[str, Any]:
    return {"pack": ready(ordered_by=cast.people["secretariat"])}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    pack = cast.more["pack"]
    return {"pack": [], "pack-text": [], "packs": [], "job": [pack.pk], "job-file": [pack.pk]}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    return {"packs": {"day": str(TODAY), "since": "", "language": "id"}}


def fill(cast: Any, number: int) -> None:
    """Grow the list of packs."""
    by = cast.people["secretariat"]
    Job.objects.bulk_create(
        Job(kind="pack", key=f"isi:{uuid4()}", asked=ASKED, ordered_by=by, ordered_at=moment(TODAY))
        for _ in range(number)
    )


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:job": 7,
    "roadmap:job-file": 5,
    "roadmap:pack": 53,
    "roadmap:pack-text": 53,
    "roadmap:packs": 9,
}
NO_PAGE: set[str] = set()


def _broken(**fields: Any) -> Callable[[], Any]:
    return lambda: Job.objects.filter(pk=ready().pk).update(**fields)


# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {
    "job_kind_is_known": [_broken(kind="song")],
    "job_state_is_known": [_broken(state="lost")],
    "job_progress_is_a_percentage": [_broken(progress=101)],
    "job_done_has_made_something": [
        _broken(ended_at=None),
        _broken(stored_name=""),
        _broken(data_sha256=""),
    ],
    "job_failed_says_why": [_broken(state="failed"), _broken(state="failed", ended_at=None)],
}


def sound() -> None:
    """Make what the breaks start from: only the break can be what a case is refused for."""
    ready()
