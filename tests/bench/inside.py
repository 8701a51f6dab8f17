"""What the bench asks from inside the product: a row to use, query counts, a planning run."""

from __future__ import annotations

import resource
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from committee import clock  # noqa: E402
from committee.models import Member  # noqa: E402
from roadmap.models import ActionItem  # noqa: E402
from roadmap.services import reminders  # noqa: E402


def pick() -> None:
    """Print the code and the owner's address of an open action."""
    action = ActionItem.objects.open().exclude(owner=None).order_by("pk").select_related("owner")[0]
    print(action.code, action.owner.email if action.owner else "")


def queries(code: str, owner: str) -> None:
    """Print how many queries each page takes."""
    pages = {
        "overview": ("/", "sekretariat@demo.test"),
        "list": ("/actions/?workstream=LOG&sort=due", "sekretariat@demo.test"),
        "action": (f"/actions/{code}/", "sekretariat@demo.test"),
        "my": ("/my/", owner),
    }
    settings.ALLOWED_HOSTS = ["testserver"]
    for name, (path, email) in pages.items():
        client = Client()
        client.force_login(
            Member.objects.filter(email=email)[0], "django.contrib.auth.backends.ModelBackend"
        )
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(path).status_code == 200, path
        print(name, len(captured))


def plan(size: str) -> None:
    """Time one planning of the day's reminders."""
    began = time.perf_counter()
    reminders.plan(now=clock.read().now)
    taken = (time.perf_counter() - began) * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{'plan a day':<16}{size:>8}{taken:>9.0f}   peak {peak:.0f} MB")


if __name__ == "__main__":
    {"pick": pick, "queries": queries, "plan": plan}[sys.argv[1]](*sys.argv[2:])
