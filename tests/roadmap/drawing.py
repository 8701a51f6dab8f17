"""What tests of the timeline share: they ask for it, and read the lines it is made of."""

from __future__ import annotations

from roadmap.models import Dependency
from tests import factories
from tests.factories import days

URL = "/timeline/"
ENGLISH = {"Accept-Language": "en"}


def show(client, **query):
    response = client.get(URL, query, headers=ENGLISH)
    assert response.status_code == 200
    response.text = " ".join(response.content.decode().split())
    return response


def lines(response, kind="action"):
    return [line for line in response.context["chart"].lines if line["kind"] == kind]


def codes(response):
    return [line["code"] for line in lines(response)]


def line_of(response, code):
    return next(line for line in lines(response) if line["code"] == code)


def wait(before, after, lag=0, **fields):
    values = {"created_on": days(-50), "created_by": factories.member(), "lag_days": lag}
    return Dependency.objects.create(predecessor=before, successor=after, **values | fields)


def in_a_row(place):
    """Make three actions, each waiting for the one before, and a milestone the last one gates."""
    made = [
        factories.action(
            f"LOG-0{n}",
            workstream=place,
            number=n,
            title=f"Langkah {n}",
            start_date=start,
            due_date=due,
        )
        for n, start, due in (
            (1, days(-60), days(30)),
            (2, days(31), days(60)),
            (3, days(61), days(90)),
        )
    ]
    wait(made[0], made[1])
    wait(made[1], made[2])
    goal = factories.milestone(
        title="Sasaran", workstream=place, due_date=days(100), actions=made[2:]
    )
    return [*made, goal]
