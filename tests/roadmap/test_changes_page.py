"""Everything since a meeting or a day: each kind of change, its count, and what bad input gets."""

from __future__ import annotations

import pytest
from django.urls import reverse

from roadmap.enums import Status
from roadmap.models import ActionItem
from roadmap.selectors.since import Section
from roadmap.services import actions, decisions, reports
from roadmap.services.actions import ActionDraft
from roadmap.services.changes import Words
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.services.verbs import attempt
from tests.stage.meetings import correction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]

HERE = reverse("roadmap:changes")
SINCE = days(-10)


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


def text(answer):
    return " ".join(answer.content.decode().split())


def found(client, **params):
    """Give the rows of each section that has any."""
    answer = client.get(HERE, {"since": str(SINCE)} | params)
    assert answer.status_code == 200
    return {one.section: one.rows for one in answer.context["sections"] if one.rows}


def old(code="", **fields):
    """Make an action that was there long before."""
    return factories.action(code, created_on=days(-200), due_date=days(100), **fields)


class TestSections:
    def test_nothing_changed_says_so(self, secretariat):
        old()

        answer = secretariat.get(HERE, {"since": str(SINCE)})

        assert found(secretariat) == {}
        assert "Nothing changed since then" in text(answer)

    def test_actions_added(self, secretariat):
        before = factories.action(created_on=days(-11))
        first, later = factories.action(created_on=SINCE), factories.action(created_on=TODAY)
        factories.action(created_on=days(1))

        assert found(secretariat) == {Section.ADDED: [later, first]}
        assert before not in found(secretariat)[Section.ADDED]

    def test_actions_removed_with_who_and_why(self, secretariat):
        by = factories.member("secretariat", name="Sari")
        gone, long_gone, back = old(), old(), old()
        for action in (gone, back):
            reports.cancel(
                action=action, attempt=attempt(by, action), words=Words(note="Digabung.")
            )
        reports.reopen(action=back, attempt=attempt(by, back), words=Words(note="Perlu lagi."))
        tried = attempt(by, long_gone, day=days(-20))
        reports.cancel(action=long_gone, attempt=tried, words=Words(note="Dulu."))

        assert found(secretariat)[Section.REMOVED] == [gone]
        shown = text(secretariat.get(HERE, {"since": str(SINCE), "section": "removed"}))
        assert "Sari" in shown
        assert "Digabung." in shown

    def test_due_dates_moved_with_the_decision_behind(self, secretariat):
        decision = committee.decision(committee.meeting(number=3, date=days(-90)), number=2)
        slip = factories.slip(old("LOG-01"), on=days(-3), decision=decision)
        factories.slip(old(), on=days(-11))
        factories.slip(old(), on=days(-3), is_applied=False)

        assert found(secretariat) == {Section.MOVED: [slip]}
        shown = text(secretariat.get(HERE, {"since": str(SINCE)}))
        assert "<del>2 January 2019</del> → <strong>1 February 2019</strong>" in shown
        assert "+30 days" in shown
        assert decision.get_absolute_url() in shown

    def test_an_approved_request_names_who_approved_it(self, secretariat):
        action, by = old(), factories.member("secretariat", name="Sari")
        slip = factories.slip(action, on=days(-3))
        answered = {"state": "approved", "answered_by": by, "answered_on": days(-3)}
        request = committee.date_request(action, slip=slip, **answered)

        assert "approved by Sari" in text(secretariat.get(HERE, {"since": str(SINCE)}))
        assert request.slip == slip

    def test_owners_changed_with_both_names(self, secretariat):
        by = factories.member("secretariat")
        one, two = factories.member(name="Budi"), factories.member(name="Sari")
        action, same = old(owner=one), old(owner=one)
        for which, owner in ((action, two), (same, one)):
            reports.reassign(
                action=which, attempt=attempt(by, which), owner=owner, words=Words(note="Mutasi.")
            )

        rows = found(secretariat)[Section.OWNER]
        assert [(row.action, row.old_name, row.owner) for row in rows] == [(action, "Budi", two)]

    def test_newly_verified_and_reopened(self, secretariat):
        by = factories.member("chair")
        handed_in, before = old(submitted=True), old(submitted=True)
        reports.verify(action=handed_in, attempt=attempt(by, handed_in), words=Words())
        tried = attempt(by, before, day=days(-20))
        reports.verify(action=before, attempt=tried, words=Words())

        assert found(secretariat) == {Section.VERIFIED: [handed_in]}
        who = factories.member("secretariat")
        words = Words(note="Belum lengkap.")
        reports.reopen(action=before, attempt=attempt(who, before), words=words)
        rows = found(secretariat)[Section.REOPENED]
        assert [row.action for row in rows] == [before]

    def test_what_became_late_since_then(self, secretariat):
        kept = {"created_on": days(-200)}
        factories.action(due_date=days(-11), **kept)
        late = [factories.action(due_date=day, **kept) for day in (SINCE, days(-1))]
        factories.action(due_date=TODAY, **kept)
        factories.action(due_date=days(-5), verified=True, **kept)

        assert found(secretariat) == {Section.LATE: late}

    def test_milestones_added_moved_and_ended(self, secretariat):
        added = factories.milestone(known_from=days(-2))
        moved = factories.milestone()
        slip = factories.slip(moved, on=days(-2))
        recorded = {"achieved_recorded_on": days(-2)}
        reached = factories.milestone(achieved=True, **recorded)
        missed = factories.milestone(missed=True, closed_on=days(-1))
        factories.milestone(achieved=True)

        rows = found(secretariat)
        assert rows.pop(Section.MILESTONE_ADDED) == [added]
        assert rows.pop(Section.MILESTONE_MOVED) == [slip]
        assert set(rows.pop(Section.MILESTONE_ENDED)) == {reached, missed}
        assert rows == {}

    def test_decisions_taken_and_obstacles_raised_and_closed(self, secretariat):
        decision = committee.decision(committee.meeting(date=SINCE))
        committee.decision(committee.meeting(date=days(-11)))
        who, action = factories.member(), old()
        raised = factories.obstacle(action, raised_on=days(-9))
        closed = {"closed_on": days(-1), "closed_by": who}
        cleared = factories.obstacle(action, raised_on=days(-50), **closed)

        assert found(secretariat) == {
            Section.DECIDED: [decision],
            Section.RAISED: [raised],
            Section.CLEARED: [cleared],
        }


class TestTheCommittee:
    def test_edits_say_what_was_there_and_what_is(self, secretariat):
        by, place = factories.member("secretariat", name="Sari"), factories.institution("BI")
        action = old("LOG-01", output="Semula", weight=1)
        said = {"title": action.title, "output": "Kini", "weight": 3, "lead_institution": place}
        said |= {"title_en": "", "output_en": "", "decision": None, "start_date": days(-5)}
        draft = ActionDraft(said, supporting=[place])
        for _ in range(2):  # the second time nothing is left to change
            actions.edit_action(action=action, attempt=attempt(by, action), draft=draft)
            action.refresh_from_db()

        (row,) = found(secretariat)[Section.EDITED]
        shown = text(secretariat.get(HERE, {"since": str(SINCE), "section": "edited"}))

        assert row.action == action
        for words in ("<del>Semula</del> → <strong>Kini</strong>", "<del>1</del> → <strong>3<"):
            assert words in shown
        for words in (f"<strong>{place.local_title}<", "<strong>BI<", "19 September 2018", "Sari"):
            assert words in shown

    def test_making_an_action_is_no_edit(self, secretariat):
        said = {"title": "Pedoman", "due_precision": "day", "workstream": factories.workstream()}
        tried = attempt(factories.member("secretariat"))
        made = actions.create_action(attempt=tried, draft=ActionDraft(said))

        assert found(secretariat) == {Section.ADDED: [made]}

    def test_advice_given_and_answered(self, secretariat):
        given = committee.advice(given_on=SINCE)
        committee.advice(given_on=days(-11))
        answered = committee.advice(answered=True, given_on=days(-90), answer="declined")
        committee.advice(answered=True, given_on=days(-90), answered_on=days(-11))

        rows = found(secretariat)

        assert (rows[Section.ADVISED], rows[Section.ANSWERED]) == ([given], [answered])
        shown = text(secretariat.get(HERE, {"since": str(SINCE)}))
        for words in ("Declined", "Sejalan.", str(answered.answered_at)):
            assert words in shown

    def test_dates_asked_for_but_not_those_approved_which_are_moves(self, secretariat):
        by = factories.member("secretariat", name="Sari")
        lately = {"answered_by": by, "answered_on": days(-1), "answer_reason": "Cukup waktu."}
        waits = committee.date_request(old(), asked_on=SINCE)
        declined = committee.date_request(old(), asked_on=days(-40), state="declined", **lately)
        committee.date_request(old(), state="approved", **lately)
        committee.date_request(old(), asked_on=days(-11))

        rows = found(secretariat)

        assert rows == {Section.REQUESTED: [declined, waits]}
        assert [row.day for row in rows[Section.REQUESTED]] == [days(-1), SINCE]
        assert "Declined: Sari. Cukup waktu." in text(secretariat.get(HERE, {"since": str(SINCE)}))

    def test_adoptions_and_periods_closed(self, secretariat):
        by = factories.member("secretariat", name="Sari")
        made = committee.adoption(by=by)
        committee.adoption(on=days(-11), at=moment(days(-11)))
        closed = {"opens_on": days(-60), "closes_on": days(-20)}
        late, early = (
            committee.period(**closed, closed_on=days(-3)),
            committee.period(**closed, closed_on=days(-2), closed_by=by),
        )
        committee.period(**closed, closed_on=days(-11))

        rows = found(secretariat)

        assert (rows[Section.ADOPTED], rows[Section.PERIOD_CLOSED]) == ([made], [early, late])
        shown = text(secretariat.get(HERE, {"since": str(SINCE)}))
        assert made.decision.get_absolute_url() in shown
        assert "By the calendar" in shown

    def test_a_decision_is_quoted_as_corrected(self, secretariat):
        decision = committee.decision(text="Salah.")
        committee.close(decision.meeting)
        fixed = {"part": "decision", "decision": decision, "old": "Salah."}
        correction(decision.meeting, new="Benar.", **fixed)

        shown = text(secretariat.get(HERE, {"since": str(SINCE)}))

        assert "Benar." in shown
        assert "Salah." not in shown

    def test_what_leaves_no_entry_is_said(self, secretariat):
        decision = committee.decision()
        tried = attempt(factories.member("secretariat"), decision)
        decisions.delete_decision(decision=decision, attempt=tried)

        assert found(secretariat) == {}
        assert "struck while its meeting was still open leaves no entry" in text(
            secretariat.get(HERE, {"since": str(SINCE)})
        )


class TestCounts:
    def test_every_count_is_the_number_of_its_rows(self, secretariat):
        factories.actions(60, workstream=factories.workstream(), created_on=TODAY)

        answer = secretariat.get(HERE, {"since": str(SINCE)})
        whole = {"since": str(SINCE), "section": "added"}
        pages = [secretariat.get(HERE, whole | {"page": page}) for page in (1, 2)]

        one = next(one for one in answer.context["sections"] if one.section == Section.ADDED)
        assert (one.count, len(one.rows)) == (60, 10)
        place = f"{HERE}?since={SINCE}&amp;section=added"
        link = f'<a data-count="60" href="{place}">The first 10 are shown; see all 60</a>'
        assert link in text(answer)
        rows = [page.context["sections"][0].rows for page in pages]
        assert [len(found) for found in rows] == [50, 10]
        assert len({row.pk for found in rows for row in found}) == 60

    @pytest.mark.parametrize("section", Section)
    def test_every_section_opens_by_itself_also_when_empty(self, secretariat, section):
        answer = secretariat.get(HERE, {"section": section})

        assert answer.status_code == 200
        assert "Nothing of this kind changed" in text(answer)


class TestAdoption:
    def test_what_came_and_went_after_adoption_is_marked(self, secretariat):
        gone = old()
        committee.adoption(committee.decision(committee.meeting(date=days(-90))), [gone])
        by = factories.member("secretariat")
        reports.cancel(action=gone, attempt=attempt(by, gone), words=Words(note="Digabung."))
        factories.action(created_on=TODAY)

        shown = text(secretariat.get(HERE, {"since": str(SINCE)}))

        assert "Removed after adoption" in shown
        assert "Added after adoption" in shown

    def test_it_stays_removed_after_adoption_when_adopted_again(self, secretariat):
        gone = old()
        committee.adoption(committee.decision(committee.meeting(date=days(-90))), [gone])
        by = factories.member("secretariat")
        reports.cancel(action=gone, attempt=attempt(by, gone), words=Words(note="Digabung."))
        committee.adoption(actions=[old()])

        assert "Removed after adoption" in text(
            secretariat.get(HERE, {"since": str(SINCE), "section": "removed"})
        )

    def test_before_any_adoption_what_is_added_is_proposed(self, secretariat):
        factories.action(created_on=TODAY)

        shown = text(secretariat.get(HERE, {"since": str(SINCE)}))

        assert "Proposed, not adopted yet" in shown
        assert "has not been adopted at a meeting recorded here yet" in shown

    def test_what_was_adopted_since_is_marked_as_adopted(self, secretariat):
        action = factories.action(created_on=days(-5))
        committee.adoption(actions=[action])

        assert '<span class="tag">Adopted</span>' in text(
            secretariat.get(HERE, {"since": str(SINCE)})
        )


def test_an_imported_verification_counts_and_a_note_beside_the_chain_does_not(secretariat):
    action, noted = old(), old(verified=True)
    ActionItem.objects.filter(pk=action.pk).update(status=Status.VERIFIED, submitted_on=days(-2))
    action.refresh_from_db()
    factories.update(action, kind="imported", by=None, at=moment(days(-2)))
    at = moment(days(-2))
    factories.StatusUpdate.objects.create(
        action=noted,
        kind="imported",
        at=at,
        superseded_at=at,
        **{name: getattr(noted, name) for name in factories.STATE_FIELDS},
    )

    assert found(secretariat) == {Section.VERIFIED: [action]}
