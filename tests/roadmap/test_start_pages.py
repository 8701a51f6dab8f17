"""The first hour in the browser's terms: five steps, pasted or one by one, all or nothing."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from committee.models import Institution, Letter, Meeting, Member, Seat, Workstream
from roadmap.models import ActionItem
from tests import committee_factories, factories
from tests.roadmap.forms import sent
from tests.stage.start import lines, one
from tests.unchanged import everything

pytestmark = pytest.mark.django_db
START = reverse("roadmap:start")
STEPS = ("institutions", "members", "workstreams", "actions")


def page_of(step):
    return reverse(f"roadmap:start-{step}")


@pytest.fixture
def secretariat(client_of):
    return client_of(factories.member("secretariat", language="en", email="ibu@a.example"))


def post(client, step, fields):
    """Send a step; a refusal changes nothing."""
    before = everything()
    answer = client.post(page_of(step), fields)
    if answer.status_code != 302:
        assert everything() == before
    return answer


def told(client, answer):
    shown = client.get(answer["Location"]).content.decode()
    return [
        re.sub(r"\s+", " ", one)
        for one in re.findall(r'<div class="notice[^>]*>(.*?)</div>', shown)
    ]


def row_of(page, step):
    """Give the checklist's line of a step."""
    found = re.search(rf'<li class="step" data-step="{step}".*?</li>', page.content.decode(), re.S)
    return re.sub(r"\s+", " ", found.group())


class TestChecklist:
    def test_an_empty_site_begins_with_institutions(self, secretariat):
        page = secretariat.get(START)

        assert "0 of 5 done" in page.content.decode()
        assert "data-next" in row_of(page, "institutions")
        assert page.content.decode().count("data-next") == 1
        assert "1 account</a>: yours" in row_of(page, "members")

    def test_every_count_opens_the_list_it_counts(self, secretariat):
        factories.institution("BI")
        factories.member()
        place = factories.workstream("LOG")
        factories.action("LOG-01", workstream=place)
        factories.action("LOG-02", workstream=place, cancelled=True)
        committee_factories.meeting()

        page = secretariat.get(START)

        for step, words, target in (
            ("institutions", "1 institution", reverse("admin:committee_institution_changelist")),
            ("members", "2 accounts", reverse("admin:committee_member_changelist")),
            ("workstreams", "1 workstream", reverse("roadmap:overview") + "#workstreams"),
            ("actions", "1 action", reverse("roadmap:actions")),
            ("meeting", "1 meeting", reverse("roadmap:meetings")),
        ):
            link = f'<a data-count="{words.partition(" ")[0]}" href="{target}">{words}</a>'
            assert link in row_of(page, step), step
            assert secretariat.get(target).status_code == 200
        assert "not all with a coordinator yet" in row_of(page, "workstreams")
        assert "All five steps are done" in page.content.decode()

    def test_steps_may_be_taken_in_any_order(self, secretariat):
        factories.workstream("LOG")

        page = secretariat.get(START)

        assert "data-done" in row_of(page, "workstreams")
        assert "data-next" in row_of(page, "institutions")

    @pytest.mark.parametrize("step", ["", *STEPS, "meeting"])
    def test_looking_changes_nothing(self, secretariat, step):
        before = everything()

        assert secretariat.get(page_of(step) if step else START).status_code == 200
        assert everything() == before


class TestWhereItIsFound:
    def test_the_overview_of_an_empty_site_calls_the_secretariat_to_it(self, secretariat):
        assert f'href="{START}"' in secretariat.get("/").content.decode()

    def test_and_goes_on_calling_until_the_first_meeting(self, secretariat):
        factories.action("LOG-01", workstream=factories.workstream("LOG"))
        assert f'href="{START}"' in secretariat.get("/").content.decode()

        committee_factories.meeting()

        assert f'href="{START}"' not in secretariat.get("/").content.decode()

    def test_others_are_not_called(self, client_of):
        assert f'href="{START}"' not in client_of("member").get("/").content.decode()

    def test_a_rehearsal_needs_no_first_hour(self, secretariat, opening_day):
        factories.workstream("LOG")

        assert f'href="{START}"' not in secretariat.get("/").content.decode()

    @pytest.mark.parametrize(
        ("role", "is_empty", "place"),
        [
            ("secretariat", True, START),
            ("secretariat", False, reverse("roadmap:my")),
            ("admin", True, reverse("roadmap:my")),
        ],
    )
    def test_signing_in_to_an_empty_site_leads_there(self, client, role, is_empty, place):
        member = factories.member(role, password=factories.PASSWORD)
        if not is_empty:
            factories.workstream("LOG")
        fields = {"login": member.email, "password": factories.PASSWORD}

        answer = client.post(reverse("account_login"), fields, follow=True)

        assert answer.redirect_chain[-1][0] == place


class TestInstitutions:
    def test_lines_become_institutions(self, secretariat):
        text = (
            "KODE;Nama\nBI; Bank Indonesia; ; bank sentral; anggota\r\nojk; OJK; FSA; Regulator\n"
        )

        answer = post(secretariat, "institutions", lines(text))

        assert answer["Location"] == START
        assert set(Institution.objects.values_list(*COLUMNS)) == {
            ("BI", "Bank Indonesia", "", "central bank", "member"),
            ("OJK", "OJK", "FSA", "regulator", "none"),
        }
        assert told(secretariat, answer) == ["2 institutions added."]

    def test_those_that_are_there_are_named_and_left_alone(self, secretariat):
        factories.institution("BI", title="Bank Indonesia")

        answer = post(secretariat, "institutions", lines("BI; Lain\nOJK; OJK"))

        assert told(secretariat, answer) == [
            "1 institution added.",
            "1 was there already and is left as it is: Bank Indonesia",
        ]
        assert Institution.objects.get(code="BI").title == "Bank Indonesia"

    def test_one_by_one_stays_on_the_page(self, secretariat):
        fields = {"code": "bi", "title": "Bank Indonesia", "kind": "central bank"}

        answer = post(secretariat, "institutions", one(committee_role="member", **fields))

        assert answer["Location"] == page_of("institutions")
        assert Institution.objects.get().code == "BI"
        assert "BI · Bank Indonesia" in secretariat.get(answer["Location"]).content.decode()

    def test_a_code_that_is_anothers_is_refused(self, secretariat):
        factories.institution("BI", title="Bank Indonesia")
        fields = {"code": "BI", "title": "Lain", "kind": "other", "committee_role": "none"}

        answer = post(secretariat, "institutions", one(**fields))

        assert answer.status_code == 422
        assert "belongs to Bank Indonesia already" in answer.content.decode()


COLUMNS = ("code", "title", "title_en", "kind", "committee_role")


class TestMembers:
    def test_lines_become_invitations(self, secretariat):
        bank = factories.institution("BI")
        head, *rows = "Nama\tSurel\tInstansi\tPeran", "Sari\tSARI@bi.example\tbi\tAnggota"
        text = "\n".join([head, *rows, "Jo\tjo@a.example\t\tadviser"])

        answer = post(secretariat, "members", lines(text))

        people = Member.objects.exclude(pk=secretariat.member.pk)
        assert set(people.values_list("name", "email", "institution", "role")) == {
            ("Sari", "sari@bi.example", bank.pk, "member"),
            ("Jo", "jo@a.example", None, "adviser"),
        }
        assert Letter.objects.filter(kind="invitation").count() == 2
        assert told(secretariat, answer) == ["2 people invited; the letters are on their way."]

    def test_a_bad_line_and_nobody_is_invited(self, secretariat):
        text = (
            "Sari;sari@a.example\nBudi;budi@a.example;XX\nAgus;agus(a)b;;admin\nSari;SARI@a.example"
        )

        answer = post(secretariat, "members", lines(text))

        page = answer.content.decode()
        assert answer.status_code == 422
        for sentence in (
            "Line 2, institution: no institution has the code “XX”",
            "Line 3, e-mail: “agus(a)b” is no e-mail address",
            "Line 3, role: Admin is a role only an admin gives",
            "Line 4: it repeats line 1; keep one.",
        ):
            assert sentence in page
        assert "Agus;agus(a)b;;admin" in page
        assert 'aria-invalid="true"' in page

    @pytest.mark.parametrize(
        "role", ["secretariat", "chair", "admin", "Ketua", "raja", "member\x00"]
    )
    def test_no_form_gives_another_role(self, secretariat, role):
        fields = {"name": "Sari", "email": "sari@a.example", "language": "id"}

        assert post(secretariat, "members", one(role=role, **fields)).status_code == 422
        text = f"Sari; sari@a.example; ; {role}"
        assert post(secretariat, "members", lines(text)).status_code == 422

    def test_one_by_one_in_their_language(self, secretariat):
        fields = {"name": "Jo", "email": "Jo@A.example", "role": "adviser", "language": "en"}

        post(secretariat, "members", one(**fields))

        made = Member.objects.get(email="jo@a.example")
        assert (made.role, made.language) == ("adviser", "en")

    def test_sending_twice_invites_once(self, secretariat):
        fields = one(name="Jo", email="jo@a.example", role="member", language="id")

        assert {post(secretariat, "members", fields).status_code for _ in range(2)} == {302}
        assert Letter.objects.count() == 1

    def test_an_address_that_is_anothers_is_refused(self, secretariat):
        fields = {"name": "Jo", "email": "IBU@a.example", "role": "member", "language": "id"}

        assert post(secretariat, "members", one(**fields)).status_code == 422


class TestWorkstreams:
    def test_the_seven_pillars_are_offered_as_a_suggestion_and_accepted_as_they_stand(
        self, secretariat
    ):
        factories.institution("BSSN")
        page = secretariat.get(page_of("workstreams"))
        suggested = page.context["lines"]["text"].value()
        assert "only a suggestion" in page.content.decode()

        post(secretariat, "workstreams", lines(suggested))

        codes = Workstream.objects.order_by("order").values_list("code", flat=True)
        assert list(codes) == ["LOG", "FUND", "CONS", "COMM", "TAX", "EDU", "CYB"]
        cyber = Workstream.objects.get(code="CYB")
        assert (cyber.title, cyber.title_en) == ("Keamanan siber", "Cyber security")
        assert cyber.lead_institution.code == "BSSN"
        assert Workstream.objects.filter(lead_institution=None).count() == 6

    def test_where_there_are_some_nothing_is_suggested(self, secretariat):
        factories.workstream("LOG")

        page = secretariat.get(page_of("workstreams"))

        assert "only a suggestion" not in page.content.decode()

    def test_a_coordinator_gets_the_lead_seat(self, secretariat):
        lead = factories.member(email="sari@a.example")

        post(secretariat, "workstreams", lines("LOG; Logistik; ; ; Sari@A.example"))

        seat = Seat.objects.get()
        assert (seat.member, seat.kind, seat.workstream.code) == (lead, "lead", "LOG")

    @pytest.mark.parametrize("role", ["viewer", "adviser", "admin", None])
    def test_who_may_not_lead_is_named(self, secretariat, role):
        if role:
            factories.member(role, email="sari@a.example")

        answer = post(secretariat, "workstreams", lines("LOG; Logistik; ; ; sari@a.example"))

        assert answer.status_code == 422
        assert "“sari@a.example” is nobody who may lead" in answer.content.decode()

    def test_one_by_one(self, secretariat):
        lead, bank = factories.member(), factories.institution("BI")
        fields = {"code": "FUND", "title": "Pendanaan", "lead_institution": bank.pk}

        post(secretariat, "workstreams", one(lead=lead.pk, **fields))

        assert Workstream.objects.get().lead_institution == bank
        assert Seat.objects.get().member == lead


class TestActions:
    @pytest.fixture
    def place(self):
        return factories.workstream("LOG")

    def test_lines_become_actions(self, secretariat, place):
        owner = factories.member(email="sari@a.example")
        text = (
            "log; Gudang; SARI@a.example; 31 Desember 2026\nLOG; Pedoman; ; 31/12/2027\nLOG; Rapat"
        )

        answer = post(secretariat, "actions", lines(text))

        assert list(
            ActionItem.objects.order_by("code").values_list("code", "owner", "due_date")
        ) == [
            ("LOG-01", owner.pk, date(2026, 12, 31)),
            ("LOG-02", None, date(2027, 12, 31)),
            ("LOG-03", None, None),
        ]
        assert told(secretariat, answer) == ["3 actions added."]

    def test_wrong_parts_are_named(self, secretariat, place):
        factories.member("viewer", email="sari@a.example")
        text = "FUND; Kredit\nLOG; ; sari@a.example; 31 Februari 2026\nLOG; A; x@a.example"

        answer = post(secretariat, "actions", lines(text))

        page = answer.content.decode()
        for sentence in (
            "Line 1, workstream: no workstream has the code “FUND”",
            "Line 2, title: it is missing",
            "Line 2, owner&#x27;s e-mail: “sari@a.example” is nobody who may own an action",
            "Line 2, due date: “31 Februari 2026” is no day",
            "Line 3, owner&#x27;s e-mail: “x@a.example” is nobody",
        ):
            assert sentence in page

    def test_one_by_one_and_twice_is_once(self, secretariat, place):
        fields = one(workstream=place.pk, title="Gudang", due_date="2026-12-31")

        assert {post(secretariat, "actions", fields).status_code for _ in range(2)} == {302}
        assert ActionItem.objects.get().due_date == date(2026, 12, 31)

    def test_without_a_workstream_it_says_what_comes_first(self, secretariat):
        assert "Add a workstream first." in secretariat.get(page_of("actions")).content.decode()


class TestMeeting:
    def test_the_first_meeting_is_planned_and_the_hour_is_over(self, secretariat):
        page = secretariat.get(page_of("meeting"))
        assert page.context["form"]["number"].value() == 1
        fields = sent(number=1, date="2026-12-10", place="Kantor Menko")

        answer = post(secretariat, "meeting", fields)

        assert answer["Location"] == START
        assert Meeting.objects.get().place == "Kantor Menko"

    @pytest.mark.parametrize("wrong", [{"number": "0"}, {"date": "besok"}, {"place": ""}])
    def test_what_makes_no_sense_is_refused(self, secretariat, wrong):
        fields = sent(number=1, date="2026-12-10", place="Kantor Menko") | wrong

        assert post(secretariat, "meeting", fields).status_code == 422

    def test_a_number_that_is_taken_is_refused(self, secretariat):
        committee_factories.meeting(number=1)

        assert (
            post(secretariat, "meeting", sent(number=1, date="2026-12-10", place="x")).status_code
            == 422
        )


def test_the_first_link_leads_to_the_first_hour(client, capsys):
    call_command("invite", "ibu@kantor.example", "--role", "secretariat")
    path = capsys.readouterr().out.strip().removeprefix("http://testserver")
    shown = client.get(path, follow=True)
    chosen = dict.fromkeys(("password1", "password2"), "kopi-tubruk-tanpa-gula-41")
    client.post(shown.redirect_chain[-1][0], chosen)

    fields = {"login": "ibu@kantor.example", "password": chosen["password1"]}
    answer = Client().post(reverse("account_login"), fields)

    assert answer["Location"] == START
