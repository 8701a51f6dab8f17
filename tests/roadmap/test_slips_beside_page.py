"""What came and went, what was known by then, and what of the moved dates the public sees."""

from __future__ import annotations

import pytest

from tests import committee_factories, factories
from tests.doors import Walker
from tests.factories import days, moment
from tests.roadmap.test_slips_page import PAGE, move, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("opening_day")]


@pytest.fixture
def reader(client_of):
    return client_of(factories.member("viewer", language="en"))


@pytest.fixture
def log():
    return factories.workstream("LOG")


@pytest.fixture
def fund():
    return factories.workstream("FUND")


class TestComeAndGone:
    @pytest.fixture
    def items(self, log, fund):
        old = factories.action("LOG-01", workstream=log)
        factories.action("LOG-02", workstream=log, created_on=days(-5), start_date=days(-5))
        factories.milestone(title="Baru", workstream=fund, known_from=days(-3))
        gone = factories.action("LOG-03", workstream=log)
        gone.status = "cancelled"
        gone.save()
        by = factories.member("secretariat", name="Tuti")
        factories.update(gone, kind="cancelled", at=moment(days(-2)), by=by, note="Tumpang tindih.")
        closed = {"closed_on": days(-1), "closing": "cancelled", "closing_reason": "Tak perlu."}
        factories.milestone(title="Batal", workstream=fund, **closed)
        factories.milestone(title="Terlewat", workstream=fund, missed=True)
        return old

    def shown(self, reader, show, **asked):
        answer = reader.get(PAGE, {"show": show, "since": str(days(-30)), **asked})
        rows = answer.context["page_obj"].object_list
        return [(getattr(row.item, "code", "") or row.item.title, row.day) for row in rows]

    def test_what_was_added_stands_with_its_day(self, reader, items):
        assert self.shown(reader, "added") == [("Baru", days(-3)), ("LOG-02", days(-5))]

    def test_what_was_removed_stands_with_who_and_why(self, reader, items):
        assert self.shown(reader, "removed") == [("Batal", days(-1)), ("LOG-03", days(-2))]
        shown = text(reader.get(PAGE, {"show": "removed", "since": str(days(-30))}))
        for words in ("Tuti", "Tumpang tindih.", "Tak perlu."):
            assert words in shown

    def test_both_are_counted_and_the_counts_open_them(self, reader, items):
        doors = Walker(reader).doors(f"{PAGE}?since={days(-30)}")

        counted = {door.words: door.rows for door in doors if door.is_right}
        assert counted["Items added: 2"] == 2
        assert counted["Items removed: 2"] == 2

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"workstream": "LOG"}, ["LOG-03"]),
            ({"workstream": "-"}, []),
            ({"kind": "milestone"}, ["Batal"]),
            ({"q": "batal"}, ["Batal"]),
            ({"institution": "BI"}, []),
        ],
    )
    def test_filters_narrow_them(self, reader, items, asked, expected):
        factories.institution("BI")

        assert [name for name, _day in self.shown(reader, "removed", **asked)] == expected

    def test_what_was_brought_back_is_not_removed(self, reader, items, log):
        back = factories.action("LOG-09", workstream=log)
        by = factories.member("secretariat")
        for status, kind, number in (("cancelled",) * 2 + (-8,), ("in_progress", "reopened", -6)):
            back.status = status
            back.save()
            factories.update(back, kind=kind, at=moment(days(number)), by=by)

        assert "LOG-09" not in dict(self.shown(reader, "removed"))

    def test_earlier_than_the_day_is_not_since(self, reader, items):
        answer = reader.get(PAGE, {"show": "removed", "since": str(days(-1))})

        assert [row.item.title for row in answer.context["page_obj"]] == ["Batal"]

    def test_none_is_said_kindly(self, reader, log):
        assert "Nothing of this kind since then" in text(reader.get(PAGE, {"show": "added"}))


class TestThen:
    def test_only_what_was_known_by_then(self, reader, log):
        action = factories.action("LOG-01", workstream=log)
        move(action, 10, on=days(-20))
        move(action, 300, on=days(-5))

        answer = reader.get(f"/as-of/{days(-10).isoformat()}{PAGE}")

        assert answer.context["summary"].sums.days == 10
        assert [one.days for one in answer.context["page_obj"]] == [10]
        assert "moved 1×, +10 days" in text(answer)

    def test_what_came_later_was_not_there(self, reader, log):
        gone = factories.action("LOG-03", workstream=log)
        gone.status = "cancelled"
        gone.save()
        factories.update(gone, kind="cancelled", at=moment(days(-2)), by=factories.member())
        address = f"/as-of/{days(-3).isoformat()}{PAGE}?since={days(-30)}"

        before = reader.get(f"{address}&show=removed")
        after = reader.get(address.replace(str(days(-3)), str(days(-1))) + "&show=removed")

        assert before.context["page_obj"].object_list == []
        assert [row.item.code for row in after.context["page_obj"]] == ["LOG-03"]

    def test_every_number_opens_the_rows_of_then(self, reader, log):
        action = factories.action(workstream=log, created_on=days(-50))
        move(action, 10, on=days(-20))

        doors = Walker(reader).doors(f"/as-of/{days(-10).isoformat()}{PAGE}?since={days(-60)}")

        assert doors
        assert [door for door in doors if not door.is_right] == []


class TestPublic:
    @pytest.fixture(autouse=True)
    def public(self, settings):
        settings.PUBLIC_SITE = True

    @pytest.fixture
    def moves(self, log):
        action = factories.action("LOG-01", workstream=log)
        by = factories.member("secretariat", name="Tuti")
        decision = committee_factories.decision()
        move(action, 5, by=by, reason="Rahasia.", asked_by="Budi", decision=decision)
        move(action, 6, reason="Diumumkan.", source="kontan")
        return decision

    def test_they_see_dates_and_public_reasons_and_no_names(self, client, moves):
        answer = client.get(PAGE, headers={"accept-language": "en"})

        shown, body = text(answer), answer.content.decode()
        for words in ("+5 days", "+6 days", "Diumumkan.", "kontan", "Moved by the committee"):
            assert words in shown
        for words in ("Rahasia", "Tuti", "Budi"):
            assert words not in body
        assert moves.get_absolute_url() not in body

    @pytest.mark.parametrize(("asked", "number"), [("rahasia", 0), ("budi", 0), ("diumumkan", 1)])
    def test_they_find_nothing_by_what_they_may_not_read(self, client, moves, asked, number):
        found = client.get(PAGE, {"q": asked}).context["page_obj"]

        assert len(found.object_list) == number

    def test_meetings_are_not_theirs_to_choose(self, client, moves):
        committee_factories.meeting(number=3, date=days(-5), place="Kantor Menko")

        for asked in ({"meeting": "3"}, {"since": "meeting:3"}):
            answer = client.get(PAGE, asked)
            assert answer.context["asked"].query.since is None
            assert "Kantor Menko" not in answer.content.decode()

    def test_why_something_was_removed_is_for_members(self, client, log):
        gone = factories.action("LOG-03", workstream=log)
        gone.status = "cancelled"
        gone.save()
        by = factories.member("secretariat", name="Tuti")
        factories.update(gone, kind="cancelled", at=moment(days(-2)), by=by, note="Tumpang tindih.")

        body = client.get(PAGE, {"show": "removed"}).content.decode()

        assert "LOG-03" in body
        assert "Tuti" not in body
        assert "Tumpang tindih." not in body

    def test_every_number_opens_the_rows_it_counts(self, client, moves):
        doors = Walker(client).doors(PAGE)

        assert doors
        assert [door for door in doors if not door.is_right] == []

    def test_nothing_changed_is_answered_in_short(self, client, moves):
        first = client.get(PAGE)

        again = client.get(PAGE, headers={"if-none-match": first["ETag"]})

        assert again.status_code == 304
