"""What tests of notices share: doing something that somebody is to be told of."""

from __future__ import annotations

from roadmap.enums import RequestState, UpdateKind
from roadmap.services import (
    notices,
)
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.reminding import action

TOMORROW = days(1)


def mention(about, person, by, text="Mohon pendapat @Dewi tentang hal ini."):
    comment = committee.comment(about, by=by, text=text)
    comment.mentions.add(person)
    kind = {"ActionItem": "action"}.get(type(about).__name__, type(about).__name__.lower())
    notices.tell(
        people=[person],
        item=f"{kind}:{about.pk}",
        occasion=f"comment:{comment.pk}",
        stage="mentioned",
        at=moment(TODAY, 10),
        by=by,
    )
    return comment


def answer(request, person=None):
    kind = "action" if request.action_id else "milestone"
    notices.tell(
        people=[person or request.asked_by],
        item=f"{kind}:{request.item.pk}",
        occasion=f"request:{request.pk}",
        stage=request.state,
        at=moment(TODAY, 10),
        by=request.answered_by,
    )


def tell_answer(advice):
    notices.tell(
        people=[advice.author],
        item=f"advice:{advice.pk}",
        occasion=f"answer:{advice.pk}",
        stage="answered",
        at=moment(TODAY, 10),
        by=advice.answered_by,
    )


def decide(made, people, by, decision=None):
    """Close an obstacle of an action as the committee does, and tell people."""
    values = {"closed_on": TODAY, "closed_by": by, "closing_note": "BI menyurati.\nBatas 1 Okt."}
    factories.obstacle(made, needed="Surat BI", decision=decision, **values)
    update = factories.update(
        made,
        kind=UpdateKind.OBSTACLE,
        by=by,
        obstacle_text="Surat BI",
        note=values["closing_note"],
        at=moment(TODAY, 10),
    )
    notices.tell(
        people=people,
        item=f"action:{made.pk}",
        occasion=f"notice:{update.pk}",
        stage="decided",
        at=update.at,
        by=by,
    )


def every_kind(place, people, by):
    """Tell every person one line of every new kind."""
    for person in people:
        made = action(place, person, days(60), decision=committee.decision())
        notices.tell_owner(made, factories.update(made, UpdateKind.EDITED, by=by), "assigned")
        mention(made, person, by)
        mention(committee.advice(), person, by)
        mention(committee.decision(), person, by)
        tell_answer(committee.advice(person, answered=True))
        decide(made, [person], by, committee.decision(effect="obstacle"))
        values = {"answered_by": by, "answered_on": TODAY, "answer_reason": "Disetujui."}
        for state in (RequestState.APPROVED, RequestState.DECLINED):
            answer(committee.date_request(made, state=state, **values))
        milestone = factories.milestone(workstream=place)
        answer(committee.date_request(milestone, state="declined", asked_by=person, **values))
