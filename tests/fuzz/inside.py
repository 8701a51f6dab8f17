"""Play the parts on one database, in a process of its own; each row is told as a line of JSON.

Its environment is that of the suite (tests/plugin.py): the database is an empty one of its own.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from itertools import islice
from typing import Any

MOST_PROBLEMS = 40


def main(order: dict[str, Any]) -> None:
    """Prepare the database and play what the order names."""
    from tests import plugin  # noqa: F401 - it gives this process its environment

    os.environ["DJANGO_SETTINGS_MODULE"] = "roadmap.config.settings"
    import django
    from django.core.management import call_command

    django.setup()
    _settle(is_planted=order["planted"])
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    from tests.fuzz.ground import Ground

    ground = Ground()
    _tell({"cookies": ground.cookies["secretariat"]})
    for part, number in order["parts"].items():
        ground.sign_in()
        _tell(play(ground, part, number, order["seed"]))


def _settle(*, is_planted: bool) -> None:
    """Serve unhashed files, hash quickly, and keep the log of refusals out of the table."""
    from django.conf import settings
    from django.test import client
    from django.test.utils import override_settings

    from committee.http import Request

    client.WSGIRequest = Request  # type: ignore[attr-defined] # as the server makes them
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    changed: dict[str, Any] = {"STORAGES": settings.STORAGES | {"staticfiles": plain}}
    changed["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if is_planted:
        changed["ROOT_URLCONF"] = "tests.fuzz.planted"
    override_settings(**changed).enable()
    logging.disable(logging.CRITICAL)


def play(ground: Any, part: str, number: int, seed: int) -> dict[str, Any]:
    """Fire so many cases of a part: the named ones first, half of them at most, then drawn ones."""
    from tests.fuzz import parts

    row: dict[str, Any] = {"part": part, "cases": 0, "4xx": 0, "5xx": 0, "hangs": 0, "wrong": 0}
    row |= {"problems": [], "seen": []}
    began = time.monotonic()

    def fire(case: Any) -> None:
        if row["cases"] >= number:
            return
        wrong, status = ground.fire(case)
        row["cases"] += 1
        row["4xx"] += 400 <= status < 500
        row["5xx"] += status >= 500
        row["hangs"] += "hangs" in wrong or "takes" in wrong
        row["wrong"] += bool(wrong)
        key = f"{case.name} {wrong[:120]}"
        if wrong and key not in row["seen"] and len(row["problems"]) < MOST_PROBLEMS:
            row["seen"].append(key)
            row["problems"].append(f"{wrong}\n      {case}")

    for case in islice(getattr(parts, f"{part}_first")(ground), number * 2 // 3):
        fire(case)
    while row["cases"] < number:
        # Hypothesis keeps a tree of all it drew: in portions, it stays small.
        drawn(getattr(parts, part)(ground), fire, min(500, number - row["cases"]), seed)
        seed += 1
    row["seconds"] = time.monotonic() - began
    del row["seen"]
    return row


def drawn(strategy: Any, fire: Callable[[Any], None], number: int, seed: int) -> None:
    """Draw so many cases; the same seed draws the same ones."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    kept = settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    seeded(seed)(kept(given(strategy)(fire)))()


def _tell(row: dict[str, Any]) -> None:
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
