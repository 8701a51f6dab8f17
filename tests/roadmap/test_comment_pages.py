"""Comments in the browser: at the foot of a page, all of them, mentions, edits, corrections."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from committee import clock
from roadmap.models import Comment, Reminder
from tests import committee_factories as made
from tests import factories
from tests.roadmap.forms import sent, state

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


@pytest.fixture
def member(client_of):
    return client_of(factories.member(language="en", email="saya@demo.test", name="Saya"))


@pytest.fixture(params=["action", "advice", "decision"])
def about(request, db):
    make = {"action": factories.action, "advice": made.advice, "decision": made.decision}
    return make[request.param]()


@pytest.fixture
def action(db):
    return factories.action("LOG-01")


def place_of(about):
    kind = type(about).__name__.lower()
    key = about.code if kind == "actionitem" else about.pk
    kind = "action" if kind == "actionitem" else kind
    return reverse(f"roadmap:comment-add-{kind}", args=[key])


def page_of(name, comment):
    return reverse(f"roadmap:comment-{name}", args=[comment.pk])


def text_of(answer):
    return answer.content.decode()


def said(client, about, *, minutes=0, **fields):
    at = clock.read().now - timedelta(minutes=minutes)
    return made.comment(about, by=client.member, at=at, **fields)


def test_a_comment_comes_back_to_the_foot_of_the_page(member, about):
    answer = member.post(place_of(about), sent(text="Baris satu.\nBaris <b>dua</b>."))

    assert answer.status_code == 302
    assert answer["Location"] == f"{about.get_absolute_url()}#comments"
    shown = text_of(member.get(about.get_absolute_url()))
    assert "Baris &lt;b&gt;dua&lt;/b&gt;." in shown
    assert re.search(r'<p class="history-note">Baris satu\.\r?\nBaris', shown)
    assert "1 comment, newest first" in shown


def test_sending_twice_says_it_once(member, about):
    fields = sent(text="Sekali.")

    codes = [member.post(place_of(about), fields).status_code for _ in range(2)]

    assert (codes, Comment.objects.count()) == ([302, 302], 1)


def test_a_form_without_a_token_says_nothing_and_keeps_the_text(member, action):
    answer = member.post(place_of(action), {"text": "Tanpa token."})

    assert answer.status_code == 422
    assert "Tanpa token." in text_of(answer)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001, "a\x00b"])
def test_what_cannot_be_said_is_refused(member, about, text):
    answer = member.post(place_of(about), sent(text=text))

    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_five_thousand_signs_are_kept(member, action):
    assert member.post(place_of(action), sent(text="x" * 5000)).status_code == 302


def test_the_public_neither_reads_nor_writes(client, action):
    made.comment(action, text="Rahasia dalam.")

    shown = text_of(client.get(action.get_absolute_url()))

    assert "Rahasia dalam." not in shown
    assert 'id="comments"' not in shown
    assert client.post(place_of(action), sent(text="x")).status_code == 401
    assert Comment.objects.count() == 1


class TestMentions:
    @pytest.fixture(autouse=True)
    def people(self, db):
        self.kominfo = factories.member(email="kominfo@demo.test", name="Kominfo")
        factories.member(email="budi@satu.test", name="Budi Satu")
        self.budi = factories.member(email="budi@dua.test", name="Budi Dua")
        factories.member(email="lama@demo.test", name="Lama", is_active=False)

    @pytest.mark.parametrize("name", ["@kominfo", "@KOMINFO", "@kominfo@demo.test"])
    def test_a_person_is_named_and_told(self, member, action, name):
        assert member.post(place_of(action), sent(text=f"Mohon {name}.")).status_code == 302

        assert list(Comment.objects.get().mentions.all()) == [self.kominfo]
        assert Reminder.objects.get().recipient == self.kominfo

    @pytest.mark.parametrize("name", ["siapa", "lama", "kominfo@lain.test"])
    def test_a_name_nobody_has_is_said_and_the_text_stays(self, member, action, name):
        answer = member.post(place_of(action), sent(text=f"Mohon @{name} bantu."))

        assert answer.status_code == 422
        assert f"Nobody here is written @{name};" in text_of(answer)
        assert f"Mohon @{name} bantu.</textarea>" in text_of(answer)
        assert not Comment.objects.exists()
        assert not Reminder.objects.exists()

    def test_a_name_two_people_share_asks_for_the_address(self, member, action):
        answer = member.post(place_of(action), sent(text="Mohon @budi."))

        assert answer.status_code == 422
        assert "write one of: @budi@satu.test, @budi@dua.test." in text_of(answer)
        assert member.post(place_of(action), sent(text="@budi@dua.test!")).status_code == 302
        assert list(Comment.objects.get().mentions.all()) == [self.budi]

    def test_at_most_twenty_at_once(self, member, action):
        names = " ".join(f"@orang{n}" for n in range(21))

        assert "Mention at most 20" in text_of(member.post(place_of(action), sent(text=names)))

    def test_the_page_of_comments_says_who_can_be_mentioned(self, member, action):
        foot = text_of(member.get(action.get_absolute_url()))
        shown = text_of(member.get(place_of(action)))

        assert f'href="{place_of(action)}#names"' in foot
        assert 'id="names"' in shown

        assert "@kominfo</code> Kominfo" in shown
        assert "@budi@dua.test</code> Budi Dua" in shown
        assert "Lama" not in shown

    def test_of_many_people_fifty_are_named(self, member, action):
        for n in range(50):
            factories.member(email=f"ramai{n}@demo.test")

        shown = text_of(member.get(place_of(action)))

        names = shown.split("cluster names")[1].split("</ul>")[0]
        assert names.count("<li>") == 50
        assert "everybody else with an account" in shown


class TestEditing:
    def test_a_fresh_comment_is_edited_and_says_so(self, member, about):
        comment = said(member, about, minutes=5)
        assert f'href="{page_of("edit", comment)}"' in text_of(member.get(about.get_absolute_url()))

        answer = member.post(page_of("edit", comment), sent(comment, text="Baru."))

        assert answer["Location"] == f"{place_of(about)}?page=1#comment-{comment.pk}"
        shown = text_of(member.get(about.get_absolute_url()))
        assert "Baru." in shown
        assert "edited 24 September 2018" in shown

    def test_later_the_page_leads_to_a_correction(self, member, action):
        comment = said(member, action, minutes=16)

        shown = text_of(member.get(action.get_absolute_url()))

        assert page_of("edit", comment) not in shown
        assert f'href="{page_of("correct", comment)}"' in shown
        assert member.get(page_of("edit", comment))["Location"] == page_of("correct", comment)

    def test_an_edit_sent_too_late_keeps_the_text_and_offers_the_correction(self, member, action):
        comment = said(member, action, minutes=16)
        before = state(comment)

        answer = member.post(page_of("edit", comment), sent(comment, text="Terlambat."))

        assert answer.status_code == 422
        assert state(comment) == before
        assert "Terlambat.</textarea>" in text_of(answer)
        assert f'formaction="{page_of("correct", comment)}"' in text_of(answer)

    def test_the_second_of_two_edits_sees_both(self, member, action):
        comment = said(member, action)
        mine = sent(comment, text="Punya kedua.")
        member.post(page_of("edit", comment), sent(comment, text="Punya pertama."))

        answer = member.post(page_of("edit", comment), mine)

        assert answer.status_code == 409
        assert "<mark>Punya pertama.</mark>" in text_of(answer)
        assert "Punya kedua.</textarea>" in text_of(answer)

    def test_a_form_that_lost_its_place_gets_the_comments_version_back(self, member, action):
        comment = said(member, action, version=3)

        answer = member.post(page_of("edit", comment), {"text": "Baru."})

        assert answer.status_code == 422
        assert 'name="version" value="3"' in text_of(answer)

    @pytest.mark.parametrize("name", ["edit", "correct"])
    def test_another_persons_words_are_theirs(self, member, client_of, action, name):
        comment = said(member, action)
        before = state(comment)
        other = client_of("secretariat")

        assert page_of(name, comment) not in text_of(other.get(action.get_absolute_url()))
        assert other.get(page_of(name, comment)).status_code == 403
        answer = other.post(page_of(name, comment), sent(comment, text="Bukan milikku."))
        assert answer.status_code == 403
        assert state(comment) == before


class TestCorrecting:
    def test_it_stands_below_the_first_with_both_texts(self, member, about):
        comment = said(member, about, minutes=60, text="Selesai Mei.")

        answer = member.post(page_of("correct", comment), sent(text="Selesai Juni."))

        assert answer.status_code == 302
        shown = text_of(member.get(about.get_absolute_url()))
        assert shown.index("Selesai Mei.") < shown.index("Selesai Juni.")
        assert "corrected" in shown
        assert "1 comment, newest first" in shown

    def test_the_same_again_is_no_correction(self, member, action):
        comment = said(member, action, minutes=60, text="Selesai Mei.")

        answer = member.post(page_of("correct", comment), sent(text="Selesai Mei."))

        assert answer.status_code == 422
        assert "This is what stands there already." in text_of(answer)
        assert Comment.objects.count() == 1

    def test_one_of_an_old_comment_leads_to_the_page_it_stands_on(self, member, action):
        old = said(member, action, minutes=9000, text="Lama sekali.")
        self.many(member, action, 60)

        answer = member.post(page_of("correct", old), sent(text="Ralat lama."), follow=True)

        assert "Ralat lama." in text_of(answer)
        assert answer.redirect_chain[0][0].startswith(f"{place_of(action)}?page=2#comment-")

    def many(self, member, action, number):
        now = clock.read().now
        Comment.objects.bulk_create(
            Comment(action=action, by=member.member, at=now - timedelta(minutes=n), text=f"K-{n}.")
            for n in range(number)
        )


class TestMany:
    @pytest.fixture(autouse=True)
    def a_thousand(self, member, action):
        TestCorrecting().many(member, action, 1000)

    def test_the_foot_shows_the_last_twenty_and_a_door_to_all(self, member, action):
        shown = text_of(member.get(action.get_absolute_url()))

        assert shown.count('data-kind="comment"') == 20
        assert "K-19." in shown
        assert "K-20." not in shown
        assert f'<a data-count="1000" href="{place_of(action)}">All 1,000 comments</a>' in shown

    def test_that_door_opens_all_in_pages_of_fifty(self, member, action):
        first, last = (text_of(member.get(place_of(action), {"page": page})) for page in (1, 20))

        assert "1,000 comments, newest first" in first
        assert first.count('data-kind="comment"') == last.count('data-kind="comment"') == 50
        assert "K-0." in first
        assert "K-999." in last

    def test_their_queries_do_not_grow(self, member, action, django_assert_max_num_queries):
        with django_assert_max_num_queries(10):
            member.get(place_of(action))


def test_a_decision_of_a_closed_meeting_is_still_talked_about(member):
    decision = made.decision()
    made.close(decision.meeting)

    assert member.post(place_of(decision), sent(text="Bagaimana?")).status_code == 302


def test_looking_changes_nothing(member, about):
    comment = said(member, about)
    before = state(comment)

    for place in (place_of(about), page_of("edit", comment), page_of("correct", comment)):
        assert member.get(place).status_code == 200

    assert state(comment) == before
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    "place",
    [
        "/actions/NONE-01/comments/",
        "/advice/999/comments/",
        "/decisions/999/comments/",
        "/comments/999/edit/",
        f"/comments/{2**63}/correct/",
    ],
)
def test_what_is_not_there_is_404(member, place):
    assert member.get(place).status_code == 404
    assert member.post(place, sent(text="x")).status_code == 404
