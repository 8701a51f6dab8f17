"""The page of obstacles: what is old, overdue, the committee's; joined, and decided."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from committee.models import Decision
from roadmap.models import Obstacle
from roadmap.services import obstacles
from tests import committee_factories, factories
from tests.factories import TODAY, days
from tests.roadmap.forms import sent, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]
LIST = reverse("roadmap:obstacles")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en"))


@pytest.fixture
def place(workstreams):
    return workstreams[0]


@pytest.fixture
def bank(db):
    return factories.institution("BI", title="Bank Indonesia")


@pytest.fixture
def several(place, workstreams, bank):
    """Give six obstacles: one old, one overdue, one of a bank, one joined, one closed, one new."""
    by = factories.member("secretariat")
    actions = [factories.action(workstream=workstreams[n % 2]) for n in range(6)]
    made = {
        "old": factories.obstacle(actions[0], needed="Perkara lama", raised_on=days(-31)),
        "overdue": factories.obstacle(actions[1], needed="Perkara lewat", needed_by=days(-1)),
        "bank": factories.obstacle(actions[2], needed="Surat bank", needed_from=bank),
        "closed": factories.obstacle(
            actions[3], needed="Selesai", closed_on=TODAY, closed_by=by, closing_note="Sudah."
        ),
        "new": factories.obstacle(actions[4], needed="Perkara baru"),
    }
    made["joined"] = factories.obstacle(
        actions[5], needed="Sama", joined_to=made["new"], raised_on=days(-9)
    )
    return made


def page_of(obstacle, step=""):
    name = f"obstacle-{step}" if step else "obstacle"
    return reverse(f"roadmap:{name}", args=[obstacle.pk])


def shown(answer):
    return [row.obstacle.needed for row in answer.context["found"].rows]


class TestList:
    def test_each_thing_once_the_oldest_first(self, secretariat, several):
        found = shown(secretariat.get(LIST))

        assert found == ["Perkara lama", "Perkara baru", "Perkara lewat", "Surat bank"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?show=closed", ["Selesai"]),
            (
                "?show=all",
                ["Perkara lama", "Perkara baru", "Perkara lewat", "Surat bank", "Selesai"],
            ),
            ("?watch=old", ["Perkara lama"]),
            ("?watch=overdue", ["Perkara lewat"]),
            ("?who=BI", ["Surat bank"]),
            ("?who=committee", ["Perkara lama", "Perkara baru", "Perkara lewat"]),
            ("?workstream=LOG", ["Perkara lama", "Perkara baru", "Surat bank"]),
        ],
    )
    def test_filters(self, secretariat, several, query, expected):
        assert sorted(shown(secretariat.get(LIST + query))) == sorted(expected)

    def test_a_workstream_finds_what_waits_there_behind_another(self, secretariat, several):
        """The root is of LOG; what is joined to it, of FUND."""
        assert "Perkara baru" in shown(secretariat.get(f"{LIST}?workstream=FUND"))

    def test_every_count_opens_the_list_it_counts(self, secretariat, several):
        text = secretariat.get(LIST).content.decode()
        doors = re.findall(r'<a class="stat"[^>]*data-count="(\d+)" href="([^"]+)"', text)

        assert len(doors) == 4
        for count, url in doors:
            assert len(shown(secretariat.get(url))) == int(count)

    def test_a_thing_is_as_old_as_the_first_of_its_obstacles(self, secretariat, several):
        Obstacle.objects.filter(pk=several["joined"].pk).update(
            raised_on=days(-50), needed_by=days(-3)
        )

        answer = secretariat.get(LIST)

        first = answer.context["found"].rows[0]
        assert (first.obstacle, first.age, first.actions) == (several["new"], 50, 2)
        assert first.is_overdue
        assert answer.context["found"].summary.overdue == 2

    def test_two_obstacles_of_one_action_are_one_action_behind(self, secretariat, several):
        factories.obstacle(several["new"].action, joined_to=several["new"])

        answer = secretariat.get(f"{LIST}?workstream=LOG")

        assert "2 actions behind it" in answer.content.decode()

    def test_what_is_not_known_is_named_and_ignored(self, secretariat, several):
        answer = secretariat.get(f"{LIST}?show=x&who=nobody&workstream=Q&watch=%00&page=99")

        assert answer.status_code == 200
        assert answer.content.decode().count("is not known here; it was ignored") >= 3
        assert len(shown(answer)) == 4

    def test_an_empty_list_says_what_to_do(self, secretariat):
        assert "Nothing stands in the way" in secretariat.get(LIST).content.decode()
        assert "No obstacle matches" in secretariat.get(f"{LIST}?show=closed").content.decode()

    @pytest.mark.parametrize("number", [10, 60])
    def test_its_queries_do_not_grow(
        self, secretariat, place, number, django_assert_max_num_queries
    ):
        for action in factories.actions(number, workstream=place):
            Obstacle.objects.create(
                action=action, needed="x", raised_on=TODAY, raised_by=secretariat.member
            )

        with django_assert_max_num_queries(11):
            secretariat.get(LIST)


class TestPage:
    def test_it_shows_every_action_behind_it_with_its_signal(self, secretariat, several):
        text = secretariat.get(page_of(several["new"])).content.decode()

        for name in ("new", "joined"):
            assert several[name].action.code in text
            assert several[name].needed in text
        assert text.count('data-signal="blocked"') >= 3

    def test_what_is_joined_leads_to_its_root(self, secretariat, several):
        answer = secretariat.get(page_of(several["joined"]))

        assert answer["Location"] == page_of(several["new"])

    def test_what_was_decided_leads_to_the_decision(self, secretariat, several):
        decision = committee_factories.decision(effect="obstacle")
        Obstacle.objects.filter(pk=several["closed"].pk).update(decision=decision)

        text = secretariat.get(page_of(several["closed"])).content.decode()

        assert f'href="{decision.get_absolute_url()}"' in text
        assert f'href="{decision.meeting.get_absolute_url()}"' in text

    @pytest.mark.parametrize("pk", [0, 999_999, 2**70])
    def test_an_unknown_one_is_not_found(self, secretariat, pk):
        assert secretariat.get(reverse("roadmap:obstacle", args=[pk])).status_code == 404

    def test_only_the_secretariat_sees_its_doors(self, secretariat, client_of, several):
        doors = [page_of(several["new"], step) for step in ("join", "decide")]

        for client, expected in ((secretariat, True), (client_of("chair"), False)):
            text = client.get(page_of(several["new"])).content.decode()
            assert all((door in text) is expected for door in doors)

    def test_the_page_of_the_action_leads_there(self, secretariat, several):
        text = secretariat.get(several["new"].action.get_absolute_url()).content.decode()

        assert f'href="{page_of(several["new"])}"' in text


class TestRaising:
    def test_the_owner_raises_one_from_the_page_of_the_action(self, client_of, bank):
        client = client_of(factories.member(language="en"))
        action = factories.action(owner=client.member)
        place = reverse("roadmap:obstacle-raise", args=[action.code])
        assert place in client.get(action.get_absolute_url()).content.decode()

        fields = {"needed": "Surat BI", "needed_from": bank.pk, "needed_by": "2018-10-01"}
        answer = client.post(place, sent(action, **fields))

        made = Obstacle.objects.get()
        assert answer["Location"] == action.get_absolute_url()
        assert (made.needed, made.needed_from, str(made.needed_by)) == (
            "Surat BI",
            bank,
            "2018-10-01",
        )

    def test_without_words_nothing_is_raised(self, client_of):
        client = client_of()
        action = factories.action(owner=client.member)
        fields = sent(action, needed="", needed_by="besok")

        answer = client.post(reverse("roadmap:obstacle-raise", args=[action.code]), fields)

        assert answer.status_code == 422
        assert not Obstacle.objects.exists()


class TestJoining:
    def test_ticked_ones_follow(self, secretariat, several):
        fields = sent(others=[several["old"].pk, several["bank"].pk])

        secretariat.post(page_of(several["new"], "join"), fields)

        assert several["new"].joined.count() == 3

    def test_the_search_finds_words_and_codes(self, secretariat, several):
        for text in ("bank", several["bank"].action.code.lower()):
            found = secretariat.get(page_of(several["new"], "join"), {"q": text})
            assert "Surat bank" in found.content.decode()
            assert "Perkara lama" not in found.content.decode()

    def test_they_are_taken_apart_again(self, secretariat, several):
        text = secretariat.get(page_of(several["new"], "join")).content.decode()
        assert "Not the same after all" in text

        secretariat.post(page_of(several["new"], "join"), sent(apart=[several["joined"].pk]))

        assert not several["new"].joined.exists()

    def test_where_there_is_nothing_to_join_the_page_says_so(self, secretariat):
        alone = factories.obstacle(factories.action())

        text = secretariat.get(page_of(alone, "join")).content.decode()

        assert "There is no open one to choose here." in text
        assert "Not the same after all" not in text

    def test_both_halves_of_a_double_click_get_the_same_answer(self, secretariat, several):
        for fields in (sent(others=[several["old"].pk]), sent(apart=[several["old"].pk])):
            answers = [secretariat.post(page_of(several["new"], "join"), fields) for _ in range(2)]
            assert {answer.status_code for answer in answers} == {302}

        assert several["new"].joined.get() == several["joined"]

    def test_a_choice_that_was_refused_stays_ticked(self, secretariat, several):
        fields = sent(others=[several["old"].pk, several["closed"].pk])

        answer = secretariat.post(page_of(several["new"], "join"), fields)

        assert "already been answered" in answer.content.decode()
        assert re.search(rf'value="{several["old"].pk}"[^>]*checked', answer.content.decode())

    @pytest.mark.parametrize("others", [[], ["x"], [2**70], ["9" * 5000], ["closed"]])
    def test_what_cannot_be_joined_changes_nothing(self, secretariat, several, others):
        named = {"closed": several["closed"].pk}
        fields = sent(others=[named.get(one, one) for one in others])

        answer = secretariat.post(page_of(several["new"], "join"), fields)

        assert answer.status_code == 422
        assert several["new"].joined.count() == 1


class TestDeciding:
    def test_at_an_open_meeting(self, secretariat, several):
        meeting = committee_factories.meeting()
        fields = sent(note="Ditetapkan menteri.", meeting=meeting.pk)

        answer = secretariat.post(page_of(several["new"], "decide"), fields)

        assert answer["Location"] == page_of(several["new"])
        assert set(Decision.objects.get().obstacles.all()) == {several["new"], several["joined"]}

    def test_the_form_sent_again_after_the_meeting_closed_is_answered_as_before(
        self, secretariat, several
    ):
        meeting = committee_factories.meeting()
        fields = sent(note="Ditetapkan menteri.", meeting=meeting.pk)
        secretariat.post(page_of(several["new"], "decide"), fields)
        committee_factories.close(meeting)

        answer = secretariat.post(page_of(several["new"], "decide"), fields)

        assert answer["Location"] == page_of(several["new"])
        assert Decision.objects.count() == 1

    def test_only_open_meetings_are_offered(self, secretariat, several):
        now, past = committee_factories.meeting(), committee_factories.meeting(closed=True)
        draft = committee_factories.meeting(status="draft")

        field = secretariat.get(page_of(several["new"], "decide")).context["form"]["meeting"]

        assert f'value="{now.pk}"' in str(field)
        assert not any(f'value="{one.pk}"' in str(field) for one in (past, draft))

    def test_one_that_grew_twice_gives_the_text_back(self, secretariat, several, monkeypatch):
        def growing(_pks):
            raise obstacles.Grown

        monkeypatch.setattr(obstacles, "_lock", growing)
        before = state(several["new"])

        answer = secretariat.post(page_of(several["new"], "decide"), sent(note="Ditetapkan."))

        assert answer.status_code == 422
        assert "nothing was changed" in answer.content.decode()
        assert "Ditetapkan.</textarea>" in answer.content.decode()
        assert state(several["new"]) == before

    def test_a_decision_leads_through_the_list_to_the_obstacle_it_closes(
        self, secretariat, several
    ):
        decision = committee_factories.decision(effect="obstacle")
        asked = f"?decision={decision.pk}"

        listed = secretariat.get(LIST + asked).content.decode()
        page = secretariat.get(page_of(several["new"]) + asked).content.decode()

        assert f"Choose the obstacle that decision {decision.code} closes." in listed
        assert f'href="{page_of(several["new"])}{asked}"' in listed
        assert f'href="{page_of(several["new"], "decide")}{asked}"' in page

    def test_by_the_decision_its_address_names(self, secretariat, several):
        decision = committee_factories.decision(effect="obstacle")
        place = f"{page_of(several['new'], 'decide')}?decision={decision.pk}"
        assert f'value="{decision.pk}" selected' in secretariat.get(place).content.decode()

        secretariat.post(place, sent(decision=decision.pk))

        several["new"].refresh_from_db()
        assert (several["new"].decision, several["new"].closing_note) == (decision, decision.text)

    @pytest.mark.parametrize(
        "fields",
        [{}, {"note": "  "}, {"note": "x", "meeting": "closed"}, {"note": "x", "meeting": "both"}],
    )
    def test_what_makes_no_sense_is_refused_with_the_text_kept(self, secretariat, several, fields):
        if fields.get("meeting") == "closed":
            fields = fields | {"meeting": committee_factories.meeting(closed=True).pk}
        if fields.get("meeting") == "both":
            decision = committee_factories.decision(effect="obstacle")
            fields = fields | {"meeting": decision.meeting_id, "decision": decision.pk}
        before = state(several["new"])

        answer = secretariat.post(page_of(several["new"], "decide"), sent(**fields))

        assert answer.status_code == 422
        assert state(several["new"]) == before
        if "meeting" in fields:
            assert "\nx</textarea>" in answer.content.decode()

    def test_what_is_decided_is_not_decided_again(self, secretariat, several):
        before = state(several["closed"])

        answer = secretariat.post(page_of(several["closed"], "decide"), sent(note="Lagi."))

        assert answer.status_code == 422
        assert "already been answered" in answer.content.decode()
        assert state(several["closed"]) == before

    @pytest.mark.parametrize("step", ["join", "decide"])
    def test_looking_changes_nothing(self, secretariat, several, step):
        before = state(several["new"])

        assert secretariat.get(page_of(several["new"], step)).status_code == 200
        assert state(several["new"]) == before
