"""What somebody did, as the line of a letter says it: to whose work it was done, and to others."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from committee.enums import DecisionEffect
from roadmap.models import Reminder
from roadmap.services import happenings
from roadmap.services.happenings import LONGEST_QUOTE, Happening
from tests import committee_factories as made
from tests import factories
from tests.factories import days

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def cast(db):
    """Give an owner, whoever reads in their place, and whoever did something."""
    owner, reader, rina = (factories.member(name=name) for name in ("Sari", "Budi", "Rina"))
    action = factories.action(owner=owner)
    return SimpleNamespace(owner=owner, reader=reader, rina=rina, action=action)


def words(source, item, reader, stage, decided=None):
    reminder = Reminder(recipient=reader, stage=stage, occasion="notice:1", item="action:1")
    return happenings.words(reminder, item, Happening(source, decided or {}))


def done(cast, stage, *, note="", own=True, by="rina"):
    doer = getattr(cast, by) if by else None
    kind = "edited" if by else "imported"
    update = factories.update(cast.action, note=note, by=doer, kind=kind)
    return words(update, cast.action, cast.owner if own else cast.reader, stage)


class TestDone:
    @pytest.mark.parametrize(
        ("stage", "sentence"),
        [
            ("assigned", "Rina gave this action to you"),
            ("returned", "Rina returned your submission"),
            ("moved", "Rina moved your due date"),
            ("edited", "Rina changed this"),
        ],
    )
    def test_to_ones_own_work(self, cast, stage, sentence):
        assert done(cast, stage) == [f"{sentence}."]
        assert done(cast, stage, note="Rapat 3.") == [f"{sentence}: Rapat 3."]

    @pytest.mark.parametrize(
        ("stage", "sentence"),
        [
            ("assigned", "Rina gave this action to Sari"),
            ("returned", "Rina returned the submission"),
            ("moved", "Rina moved the due date"),
            ("edited", "Rina changed this"),
        ],
    )
    def test_to_the_work_of_somebody_one_stands_in_for(self, cast, stage, sentence):
        assert done(cast, stage, own=False) == [f"{sentence}."]
        assert done(cast, stage, own=False, note="Rapat 3.") == [f"{sentence}: Rapat 3."]

    def test_by_nobody_but_the_public_record(self, cast):
        assert done(cast, "moved", by="") == ["The public record moved your due date."]

    def test_what_comes_from_a_decision_names_it(self, cast):
        cast.action.decision = made.decision()
        code, number = cast.action.decision.code, cast.action.decision.meeting.number

        assert done(cast, "assigned")[1:] == [f"From decision {code} of meeting {number}."]
        assert done(cast, "moved")[1:] == []


class TestDates:
    def request(self, cast, state, reason):
        asked = made.date_request(
            cast.action,
            new_date=days(7),
            state=state,
            answer_reason=reason,
            answered_by=cast.rina,
            answered_on=days(0),
        )
        return words(asked, cast.action, cast.owner, state)

    def test_the_answer_to_an_ask(self, cast):
        day = "the date you asked for, 1 October 2018"

        assert self.request(cast, "declined", "Tetap.") == [f"Rina declined {day}: Tetap."]
        assert self.request(cast, "approved", "Baik.") == [f"Rina approved {day}: Baik."]
        assert self.request(cast, "approved", "") == [f"Rina approved {day}."]

    @pytest.mark.parametrize(("by", "name"), [("rina", "Rina"), (None, "The public record")])
    def test_a_milestone_that_was_moved(self, cast, by, name):
        milestone = factories.milestone(due_date=days(7))
        decision = made.decision(effect=DecisionEffect.MOVE)
        slip = factories.slip(
            milestone,
            new_date=days(14),
            reason="Belum selesai.",
            by=by and cast.rina,
            decision=decision,
        )

        assert words(slip, milestone, cast.owner, "moved") == [
            f"{name} moved this date from 1 October 2018 to 8 October 2018: Belum selesai.",
            f"By decision {decision.code} of meeting {decision.meeting.number}.",
        ]


class TestCommittee:
    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            ("accepted", "was accepted at"),
            ("partly", "was accepted in part at"),
            ("declined", "was declined at"),
        ],
    )
    def test_the_answer_to_an_advice(self, cast, answer, sentence):
        advice = made.advice(answered=True, answer=answer)
        number = advice.answered_at.number

        assert words(advice, advice, advice.author, "answered") == [
            f"Your advice {sentence} meeting {number}: Sejalan."
        ]

    @pytest.mark.parametrize("is_minuted", [True, False])
    def test_an_obstacle_that_was_decided(self, cast, is_minuted):
        decision = made.decision(effect=DecisionEffect.OBSTACLE) if is_minuted else None
        obstacle = SimpleNamespace(decision=decision)
        update = factories.update(
            cast.action, obstacle_text="Surat BI", note="Terbit Oktober.", by=cast.rina
        )

        said = words(
            update,
            cast.action,
            cast.owner,
            "decided",
            {(cast.action.pk, update.note): obstacle},
        )

        assert said[0] == "Rina decided on the obstacle “Surat BI”: Terbit Oktober."
        assert said[1:] == (
            [f"By decision {decision.code} of meeting {decision.meeting.number}."]
            if decision
            else []
        )

    def test_one_whose_words_were_corrected_since_is_still_told(self, cast):
        update = factories.update(cast.action, obstacle_text="Surat BI", note="A.", by=cast.rina)

        assert words(update, cast.action, cast.owner, "decided") == [
            "Rina decided on the obstacle “Surat BI”: A."
        ]


def test_a_mention_is_quoted_on_one_line_and_not_without_end(cast):
    comment = made.comment(cast.action, by=cast.rina, text=f"Setuju.\n\n{'x' * 300}")

    (said,) = words(comment, cast.action, cast.owner, "mentioned")

    quote = said.removeprefix("Rina mentioned you: “").removesuffix("”")
    assert quote.startswith("Setuju. xxx")
    assert quote.endswith("…")
    assert len(quote) == LONGEST_QUOTE == 200
