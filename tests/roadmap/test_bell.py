"""What comes under somebody's bell, and what takes it away again: one table of cases each."""

from __future__ import annotations

import pytest

from roadmap.enums import MilestoneClosing, Precision, Status
from roadmap.models import Reminder
from roadmap.selectors import notices as selectors
from roadmap.services import (
    bell,
    comments,
    dates,
    milestones,
    obstacles,
    planning,
    reports,
    requests,
)
from roadmap.services.changes import Words
from tests import committee_factories as committee
from tests import factories
from tests.factories import TODAY, days, moment
from tests.roadmap.noticing import TOMORROW, mention
from tests.roadmap.reminding import a_day, action, attempt

pytestmark = pytest.mark.django_db

WORDS = Words(note="Alasan.")


class Scene:
    """One workstream with its people, one action of Sari's, and one milestone."""

    def __init__(self):
        self.place = factories.workstream("CYB")
        self.lead = factories.member(name="Rina", language="en")
        self.deputy = factories.member(name="Budi", language="en")
        self.owner = factories.member(name="Sari", deputy=self.deputy, language="en")
        self.other = factories.member(name="Dewi", language="en")
        self.office = factories.member("secretariat", name="Tim", language="en")
        factories.seat(self.lead, self.place)
        self.action = action(self.place, self.owner, days(60))
        self.milestone = factories.milestone(workstream=self.place, due_date=days(90))

    def name(self, person):
        found = {one.pk: name for name, one in vars(self).items() if hasattr(one, "letter_hour")}
        return found[person]

    def bells(self):
        """Name whose bell holds what, in order."""
        rows = Reminder.objects.filter(under_bell=True).order_by("stage", "recipient")
        return [(self.name(row.recipient_id), row.stage) for row in rows]

    def comment(self, by, *mentions):
        remark = comments.Remark("Apa kabar?", list(mentions))
        return comments.add_comment(about=self.action, attempt=attempt(by), remark=remark)

    def report(self, by):
        claim = reports.Report(Status.IN_PROGRESS, progress=50)
        reports.report(action=self.action, attempt=attempt(by), claim=claim, words=Words())

    def confirm(self, by):
        reports.confirm(action=self.action, attempt=attempt(by))

    def submit(self, by):
        factories.evidence(self.action)
        reports.submit(action=self.action, attempt=attempt(by), words=Words())

    def give_back(self, by):
        values = {"status": Status.SUBMITTED, "submitted_on": TODAY}
        type(self.action).objects.filter(pk=self.action.pk).update(**values)
        reports.return_submission(action=self.action, attempt=attempt(by), words=WORDS)

    def assign(self, by, to):
        reports.reassign(action=self.action, attempt=attempt(by), owner=to, words=WORDS)

    def move(self, by, to=120):
        wish = dates.Move(to=days(to), precision=Precision.DAY, reason="Rapat.")
        dates.move_action_date(action=self.action, attempt=attempt(by), move=wish)

    def move_milestone(self, by):
        wish = dates.Move(to=days(120), precision=Precision.DAY, reason="Rapat.")
        dates.move_milestone_date(milestone=self.milestone, attempt=attempt(by), move=wish)

    def approve(self, item, asked_by):
        made = committee.date_request(item, asked_by=asked_by)
        requests.approve_request(request=made, attempt=attempt(self.office), answer="Ya.")

    def decide(self, by, raised_by):
        made = factories.obstacle(self.action, raised_by=raised_by)
        ruling = obstacles.Ruling("BI menyurati.")
        obstacles.decide_obstacle(obstacle=made, attempt=attempt(by), ruling=ruling)

    def close(self, by, kind):
        if kind == "cancelled":
            reports.cancel(action=self.action, attempt=attempt(by), words=WORDS)
        else:
            values = {"status": Status.SUBMITTED, "submitted_on": TODAY, "submitted_by": self.other}
            type(self.action).objects.filter(pk=self.action.pk).update(**values)
            reports.verify(action=self.action, attempt=attempt(by), words=Words())


@pytest.fixture
def scene():
    return Scene()


# What somebody does, and whose bell holds it then.
COMES = {
    "assigned to another": (lambda s: s.assign(s.office, s.other), [("other", "assigned")]),
    "taken oneself": (lambda s: s.assign(s.office, s.office), []),
    "given to nobody": (lambda s: s.assign(s.office, None), []),
    "returned": (lambda s: s.give_back(s.office), [("owner", "returned")]),
    "date moved": (lambda s: s.move(s.office), [("owner", "moved")]),
    "milestone moved": (lambda s: s.move_milestone(s.office), [("lead", "moved")]),
    "obstacle decided": (lambda s: s.decide(s.office, s.owner), [("owner", "decided")]),
    "another's obstacle decided": (
        lambda s: s.decide(s.office, s.other),
        [("owner", "decided"), ("other", "decided")],
    ),
    "one's own obstacle decided": (
        lambda s: s.decide(s.office, s.office),
        [("owner", "decided")],
    ),
    "mentioned": (
        lambda s: s.comment(s.owner, s.other, s.lead),
        [("lead", "mentioned"), ("other", "mentioned")],
    ),
    "mentioned by oneself": (lambda s: s.comment(s.owner, s.owner), []),
    "request answered": (
        lambda s: s.approve(s.action, s.owner),
        [("owner", "approved")],
    ),
    "another's request answered": (
        lambda s: s.approve(s.action, s.other),
        [("other", "approved"), ("owner", "moved")],
    ),
    "the lead's request for a milestone answered": (
        lambda s: s.approve(s.milestone, s.lead),
        [("lead", "approved")],
    ),
    "another's request for a milestone answered": (
        lambda s: s.approve(s.milestone, s.other),
        [("other", "approved"), ("lead", "moved")],
    ),
    "one's own report": (lambda s: s.report(s.owner), []),
}


@pytest.mark.parametrize("case", COMES)
def test_what_somebody_does_stands_under_the_bell_of_whom_it_concerns(scene, case):
    happens, expected = COMES[case]

    happens(scene)

    assert scene.bells() == expected


def test_a_lead_who_moves_the_date_is_not_told_of_it(scene):
    scene.lead.role = "secretariat"
    scene.lead.save()

    scene.move_milestone(scene.lead)

    assert scene.bells() == []


# What stands, what happens then, and what stands after it.
RETURNED, MENTIONED = [("owner", "returned")], [("other", "mentioned")]
GOES = {
    "its reader reports": ("returned", lambda s: s.report(s.owner), []),
    "its reader confirms": ("returned", lambda s: s.confirm(s.owner), []),
    "its reader submits": ("returned", lambda s: s.submit(s.owner), []),
    "somebody else reports": ("returned", lambda s: s.report(s.office), RETURNED),
    "somebody else's action is reported": (
        "returned",
        lambda s: reports.confirm(
            action=action(s.place, s.owner, days(60)), attempt=attempt(s.owner)
        ),
        RETURNED,
    ),
    "it is verified": ("returned", lambda s: s.close(s.office, "verified"), []),
    "it is cancelled": ("returned", lambda s: s.close(s.office, "cancelled"), []),
    "it is given away": (
        "returned",
        lambda s: s.assign(s.office, s.other),
        [("other", "assigned")],
    ),
    "its date is moved too": (
        "returned",
        lambda s: s.move(s.office),
        [("owner", "moved"), *RETURNED],
    ),
    "its reader comments": ("returned", lambda s: s.comment(s.owner), RETURNED),
    "who was mentioned comments": ("mentioned", lambda s: s.comment(s.other), []),
    "another comments": ("mentioned", lambda s: s.comment(s.lead), MENTIONED),
    "a mention outlives a report": ("mentioned", lambda s: s.report(s.office), MENTIONED),
    "a mention outlives the end": (
        "mentioned",
        lambda s: s.close(s.office, "cancelled"),
        MENTIONED,
    ),
    "a mention outlives a new owner": (
        "mentioned",
        lambda s: s.assign(s.office, s.lead),
        [("lead", "assigned"), *MENTIONED],
    ),
    "who asked reads the answer though it is given away": (
        "approved",
        lambda s: s.assign(s.office, s.lead),
        [("owner", "approved"), ("lead", "assigned")],
    ),
    "an answered request ends with its action": (
        "approved",
        lambda s: s.close(s.office, "cancelled"),
        [],
    ),
    "a milestone is achieved": (
        "milestone",
        lambda s: milestones.achieve_milestone(
            milestone=s.milestone, attempt=attempt(s.office), achieved=TODAY, precision="day"
        ),
        [],
    ),
    "a milestone is closed": (
        "milestone",
        lambda s: milestones.close_milestone(
            milestone=s.milestone,
            attempt=attempt(s.office),
            closing=MilestoneClosing.MISSED,
            reason="Terlewat.",
        ),
        [],
    ),
}
STANDS = {
    "returned": lambda s: s.give_back(s.office),
    "mentioned": lambda s: s.comment(s.owner, s.other),
    "approved": lambda s: s.approve(s.action, s.owner),
    "milestone": lambda s: s.move_milestone(s.office),
}


@pytest.mark.parametrize("case", GOES)
def test_a_notice_goes_away_when_its_matter_is_settled(scene, case):
    first, happens, expected = GOES[case]
    STANDS[first](scene)
    assert scene.bells()

    happens(scene)

    assert sorted(scene.bells()) == sorted(expected)


def test_settling_takes_one_statement(scene, django_assert_num_queries):
    scene.give_back(scene.office)

    with django_assert_num_queries(1):
        bell.answered(item=f"action:{scene.action.pk}", by=scene.owner)

    assert scene.bells() == []


def test_a_change_that_fails_settles_nothing(scene, monkeypatch):
    scene.give_back(scene.office)

    def fail():
        raise RuntimeError

    monkeypatch.setattr("roadmap.services.changes.bump_revision", fail)
    with pytest.raises(RuntimeError):
        scene.report(scene.owner)

    assert scene.bells() == RETURNED


def test_a_mention_taken_back_leaves_the_bell_though_it_was_mailed(scene):
    made = scene.comment(scene.owner, scene.other)
    a_day(TOMORROW)
    remark = comments.Remark("Tidak jadi.")

    comments.edit_comment(comment=made, attempt=attempt(scene.owner), remark=remark)

    assert scene.bells() == []


def test_the_letter_takes_nothing_from_the_bell(scene):
    scene.give_back(scene.office)

    assert "returned your submission" in a_day(TOMORROW)[scene.owner].text
    assert scene.bells() == RETURNED


class TestWhileAway:
    @pytest.fixture
    def away(self, scene):
        """Let the owner leave after something was returned to them."""
        scene.give_back(scene.office)
        scene.owner.paused_from, scene.owner.paused_until = TOMORROW, days(5)
        scene.owner.save()
        planning.plan(now=moment(TOMORROW))
        return scene

    def test_the_deputy_sees_it_and_the_owner_finds_it_again(self, away):
        assert away.bells() == [("deputy", "returned"), ("owner", "returned")]

    @pytest.mark.parametrize("who", ["owner", "deputy"])
    def test_a_report_settles_it_for_both(self, away, who):
        reports.confirm(action=away.action, attempt=attempt(getattr(away, who), TOMORROW))

        assert away.bells() == []

    def test_it_leaves_the_deputys_bell_with_the_owners_return_and_comes_again(self, away):
        planning.plan(now=moment(days(7)))
        assert away.bells() == RETURNED
        type(away.owner).objects.filter(pk=away.owner.pk).update(paused_until=days(9))

        planning.plan(now=moment(days(8)))

        assert away.bells() == [("deputy", "returned"), ("owner", "returned")]


class TestMentionsUnderTheBellOnly:
    @pytest.fixture
    def quiet(self, scene):
        """Let everybody want no mail for mentions."""
        type(scene.owner).objects.update(mentions_by_mail=False)
        for person in (scene.owner, scene.other):
            person.refresh_from_db()
        return scene

    def test_a_mention_is_not_mailed_and_says_why(self, quiet):
        quiet.comment(quiet.lead, quiet.other)

        assert quiet.other not in a_day(TOMORROW)
        assert quiet.bells() == MENTIONED
        assert Reminder.objects.get().cancel_reason == bell.BELL_ONLY

    def test_with_mail_it_is_mailed(self, scene):
        scene.comment(scene.lead, scene.other)

        assert "mentioned you" in a_day(TOMORROW)[scene.other].text

    def test_of_ones_own_action_it_is_mailed_all_the_same(self, quiet):
        quiet.comment(quiet.lead, quiet.owner)

        assert "mentioned you" in a_day(TOMORROW)[quiet.owner].text

    def test_nothing_else_is_held_back(self, quiet):
        quiet.give_back(quiet.office)

        assert "returned your submission" in a_day(TOMORROW)[quiet.owner].text

    def test_one_that_waits_is_not_mailed_when_its_reader_switches_them_off(self, scene):
        scene.comment(scene.lead, scene.other)
        type(scene.other).objects.update(mentions_by_mail=False)

        assert a_day(TOMORROW) == {}
        assert Reminder.objects.get().cancel_reason == bell.BELL_ONLY
        assert scene.bells() == MENTIONED

    def test_mentioned_anew_it_stands_again_and_is_still_not_mailed(self, quiet):
        made = mention(quiet.action, quiet.other, quiet.lead)
        bell.see(by=quiet.other, notice=Reminder.objects.get())
        comments._tell(made, [quiet.other], attempt(quiet.lead))

        assert quiet.bells() == MENTIONED
        assert a_day(TOMORROW) == {}


class TestSeen:
    def test_one_by_one_and_only_ones_own(self, scene):
        scene.comment(scene.owner, scene.other, scene.lead)
        theirs = selectors.standing(scene.lead.pk).get()

        bell.see(by=scene.other, notice=theirs)
        assert len(scene.bells()) == 2
        bell.see(by=scene.lead, notice=theirs)

        assert scene.bells() == MENTIONED

    def test_all_that_was_shown_and_nothing_that_came_since(self, scene):
        scene.move(scene.office)
        newest = selectors.standing(scene.owner.pk).get().pk
        scene.move(scene.office, to=150)

        bell.see_all(by=scene.owner, until=newest)

        assert selectors.count(scene.owner.pk) == 1


def test_the_count_reads_an_index_of_bells_alone(scene, django_assert_num_queries):
    scene.comment(scene.owner, scene.other)

    with django_assert_num_queries(1):
        assert selectors.count(scene.other.pk) == 1
