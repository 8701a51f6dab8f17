"""Many people by one list: shown row by row, then all of it done or nothing."""

from __future__ import annotations

import io
from unittest.mock import PropertyMock, patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from committee import clock, services
from committee.access import actor_of
from committee.enums import LetterKind, Role
from committee.models import Institution, Letter, Member, Seat
from committee.selectors.enrolment import MOST_PEOPLE, Plan, named, plan
from committee.sheets import read_text
from tests import factories
from tests.factories import TODAY, days
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
HEAD = "surel;nama;peran;instansi;bahasa"
NEW = "ani@demo.test;Ani;anggota;BI;id"
PAGE = "admin:committee_member_enrol"


@pytest.fixture
def bank():
    return factories.institution("BI")


@pytest.fixture
def chief(client, bank):
    member = factories.member(Role.ADMIN, name="Admin", language="en", institution=bank)
    client.force_login(member)
    return member


@pytest.fixture
def secretariat(client, bank):
    member = factories.member(Role.SECRETARIAT, name="Sekretariat", language="en")
    client.force_login(member)
    return member


@pytest.fixture
def site(client):
    """Give the page: what it shows of a list, and what it does of one that was shown."""
    return Page(client)


class Page:
    def __init__(self, client):
        self.client = client
        self.url = reverse(PAGE)

    def show(self, *lines, head=HEAD, **fields):
        return self.client.post(self.url, {"text": "\n".join([head, *lines])} | fields)

    def bring(self, name, content):
        return self.client.post(self.url, {"file": SimpleUploadedFile(name, content)})

    def apply(self, shown, **fields):
        kept = shown.context["form"].initial
        return self.client.post(self.url, {**kept, "apply": "1"} | fields)


def complaints(answer):
    return answer.context["plan"].complaints


def words(answer):
    return " ".join(answer.content.decode().split())


def test_a_preview_says_what_each_row_would_do_and_does_nothing(site, chief, bank):
    factories.institution("OJK")
    budi = factories.member(email="budi@demo.test", name="Budi", institution=bank)
    same = factories.member(email="cici@demo.test", name="Cici", institution=bank)
    before = everything()

    answer = site.show(
        NEW,
        f"{budi.email};Budi Santoso;penasihat;OJK;en",
        f"{same.email};Cici;anggota;BI;id",
    )

    text = words(answer)
    assert answer.status_code == 200
    assert everything() == before
    assert "1 person would be invited. 1 would be changed. 1 stays as it is." in text
    for change in ("Name: Budi → Budi Santoso", "Role: Member → Adviser", "Institution: BI → OJK"):
        assert change in text
    assert "Language: Bahasa Indonesia → English" in text


def test_what_was_shown_is_done_and_the_same_list_again_changes_nothing(site, chief, bank):
    budi = factories.member(email="budi@demo.test", name="Budi", institution=bank)
    lines = (NEW, f"{budi.email};;viewer;;")
    shown = site.show(*lines)

    done = site.apply(shown)

    ani = Member.objects.get(email="ani@demo.test")
    budi.refresh_from_db()
    assert done.status_code == 302
    assert (ani.name, ani.role, ani.institution, ani.language) == ("Ani", "member", bank, "id")
    assert (budi.name, budi.role) == ("Budi", "viewer")
    assert Letter.objects.filter(kind=LetterKind.INVITATION, recipient=ani).count() == 1
    before = everything()
    again = site.show(*lines)
    assert "All 2 people of this list stand so already." in words(again)
    site.apply(again)
    assert everything() == before


def test_what_a_list_says_of_somebody_known_is_written(site, chief, bank):
    ojk = factories.institution("OJK")
    budi = factories.member(email="budi@demo.test", name="Budi", institution=bank)

    site.apply(site.show(f"{budi.email};Budi Santoso;;OJK;en"))

    budi.refresh_from_db()
    assert (budi.name, budi.institution, budi.language) == ("Budi Santoso", ojk, "en")
    assert budi.role == "member"


BAD = [
    ("ani@demo.test;Ani;angota;BI;id", "Row 2, column “peran”: “angota” is none of:"),
    ("ani@demo.test;Ani;anggota;;id", "Row 2, column “instansi”: a member speaks for"),
    ("ani@demo.test;Ani;anggota;BX;id", "Row 2, column “instansi”: no institution has the code"),
    ("ani@demo.test;;anggota;BI;id", "Row 2, column “nama”: it is missing"),
    (";Ani;anggota;BI;id", "Row 2, column “surel”: it is missing"),
    ("ani(at)demo.test;Ani;anggota;BI;id", "Row 2, column “surel”: “ani(at)demo.test” is no"),
    ("ani@demo.test;Ani;anggota;BI;fr", "Row 2, column “bahasa”: “fr” is none of: id, en"),
    ('ani@demo.test;"A\x07ni";anggota;BI;id', "Row 2, column “nama”: it holds a control"),
    ("ani@demo.test;=1+1;anggota;BI;id", "Row 2, column “nama”: it holds a formula"),
    (f"ani@demo.test;{'A' * 151};anggota;BI;id", "Row 2, column “nama”: it is longer than 150"),
    (f"{NEW}\nANI@demo.test;Ani;anggota;BI;id", "Row 3, column “surel”: it repeats line 2"),
    ("tutup@demo.test;;;;", "Row 2, column “surel”: this account is closed"),
    ("ani@demo.test;Ani;anggota;LAMA;id", "Row 2, column “instansi”: LAMA does not exist today"),
]


@pytest.mark.parametrize(("line", "sentence"), BAD)
def test_a_wrong_row_is_named_and_nothing_is_done(site, chief, line, sentence):
    factories.member(email="tutup@demo.test", is_active=False)
    factories.institution("LAMA", valid_until=days(-1))
    before = everything()

    shown = site.show(line, "dewi@demo.test;Dewi;anggota;BI;id")
    forced = site.apply(shown)

    assert [shown.status_code, forced.status_code] == [422, 422]
    assert [one[: len(sentence)] for one in complaints(shown)] == [sentence]
    assert everything() == before
    assert "dewi@demo.test;Dewi" in words(shown)  # what was sent is there to be mended


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        ("surel;nama;email", "Row 1, column “email”: it stands twice"),
        ("nama;peran", "Row 1, column “e-mail”: this column is missing"),
    ],
)
def test_a_wrong_heading_is_named(site, chief, head, sentence):
    answer = site.show("a@demo.test;Ani;x", head=head)

    assert answer.status_code == 422
    assert complaints(answer)[0].startswith(sentence)


def test_columns_that_are_not_read_are_named_and_never_applied(site, chief, bank):
    """S51: neither a column nor a field can set what the list does not speak of."""
    head = f"{HEAD};is_staff;is_active;password;id;Jabatan"
    shown = site.show(f"{NEW};1;0;rahasia;1;Kepala", head=head)
    site.apply(shown, is_staff="1", role="admin", is_superuser="on", created_by="1")

    ani = Member.objects.get(email="ani@demo.test")
    assert "is_staff, is_active, password, id, Jabatan" in words(shown)
    assert (ani.role, ani.is_staff, ani.is_active) == ("member", False, True)
    assert not ani.has_usable_password()


def test_too_many_people_are_refused(site, chief):
    lines = [f"a{n}@demo.test;A;anggota;BI;id" for n in range(MOST_PEOPLE + 1)]

    answer = site.show(*lines)

    assert answer.status_code == 422
    assert "501 lines" in complaints(answer)[0]


def test_an_empty_form_and_a_text_without_end_are_refused(site, chief):
    for fields in ({}, {"text": " \n"}, {"text": f"{HEAD}\n{'x' * 200_001}"}):
        answer = site.client.post(site.url, fields)
        assert answer.status_code == 422
        assert answer.context["form"].errors


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_file_is_read_however_an_office_saved_it(site, chief, encoding, mark):
    text = f"{HEAD}\r\n\r\n  ANI@Demo.test ;“Ani” Müller ;Anggota; bi ;\r\n".replace(";", mark)

    shown = site.bring("orang.CSV", text.encode(encoding))
    site.apply(shown)

    ani = Member.objects.get(email="ani@demo.test")
    assert (ani.name, ani.role, ani.institution.code) == ("“Ani” Müller", "member", "BI")


def test_excels_own_note_of_the_separator_is_no_heading(site, chief):
    answer = site.bring("orang.csv", f"sep=;\r\n{HEAD}\r\n{NEW}\r\n".encode())

    assert answer.context["plan"].planned[0].row == 3


def test_a_spreadsheet_keeps_its_row_numbers(site, chief):
    book, file = Workbook(), io.BytesIO()
    for row in (HEAD.split(";"), [], ["ani@demo.test", "Ani; S.E.", "anggota", "BI"], ["x"]):
        book.active.append(row)
    book.active["B4"] = "=1+1"
    book.save(file)

    answer = site.bring("orang.xlsx", file.getvalue())

    assert [one[:5] for one in complaints(answer)] == ["Row 4"] * 2
    assert "Ani; S.E." in answer.context["form"].initial["text"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"%PDF"), ("a.xlsx", b"PK"), ("a.csv", b""), ("a.csv", HEAD.encode())],
)
def test_a_file_that_is_no_list_is_refused_with_its_reason(site, chief, name, content):
    answer = site.bring(name, content)

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


class TestBetween:
    """The world changes between what was shown and what is done."""

    def change(self, budi):
        Member.objects.filter(pk=budi.pk).update(name="Budi Lain")

    def ask(self, site, bank):
        budi = factories.member(email="budi@demo.test", name="Budi", institution=bank)
        shown = site.show(NEW, f"{budi.email};Budi Santoso;;;")
        self.change(budi)
        return site.apply(shown)

    def test_nothing_is_done_and_it_is_shown_again(self, site, chief, bank):
        answer = self.ask(site, bank)

        assert answer.status_code == 422
        assert "would do something else by now" in words(answer)
        assert "Budi Lain → Budi Santoso" in words(answer)
        assert not Member.objects.filter(email="ani@demo.test").exists()
        assert site.apply(answer).status_code == 302

    def test_without_the_mark_it_would_be_done(self, site, chief, bank):
        with patch.object(Plan, "digest", PropertyMock(return_value="same")):
            assert self.ask(site, bank).status_code == 302

    def test_a_text_mended_after_it_was_shown_is_shown_first(self, site, chief):
        shown = site.show(NEW)

        answer = site.apply(shown, text=f"{HEAD}\nlain@demo.test;Lain;admin;BI;id")

        assert answer.status_code == 422
        assert not Member.objects.filter(email="lain@demo.test").exists()


class TestRights:
    def test_the_secretariat_invites_none_of_its_betters(self, site, secretariat):
        for role in (Role.SECRETARIAT, Role.CHAIR, Role.ADMIN):
            answer = site.show(f"ani@demo.test;Ani;{role.value};BI;id")
            assert "a role only an admin gives" in complaints(answer)[0]

    def test_the_secretariat_changes_no_role_and_no_greater_account(self, site, secretariat, bank):
        member = factories.member(institution=bank)
        chair = factories.member(Role.CHAIR, institution=bank)

        answer = site.show(f"{member.email};;viewer;;", f"{chair.email};Lain;;;")

        assert "only an admin changes a role" in complaints(answer)[0]
        assert "only an admin changes this account" in complaints(answer)[1]

    def test_nobody_changes_their_own_role(self, site, chief):
        answer = site.show(f"{chief.email};;chair;;")

        assert "nobody changes their own role" in complaints(answer)[0]
        site.apply(answer)
        chief.refresh_from_db()
        assert chief.role == Role.ADMIN

    def test_one_row_that_may_not_be_done_refuses_the_whole(self, secretariat):
        """S50: past the page, the service itself asks for each of them."""
        sheet = read_text(f"{HEAD}\n{NEW}\nc@demo.test;C;chair;BI;id", named)
        digest = plan(sheet, actor_of(secretariat, TODAY), TODAY).digest

        with unchanged(services.Unlike):
            services.enrol(by=secretariat, sheet=sheet, digest=digest, today=TODAY)

    def test_seats_are_the_secretariats_to_give(self, site, secretariat, client, chief):
        place = factories.workstream("LOG")
        head, line = f"{HEAD};pilar;penugasan", f"{NEW};log;Koordinator"
        refused = site.show(line, head=head)
        client.force_login(secretariat)

        site.apply(site.show(line, head=head))

        assert "seats are the secretariat" in complaints(refused)[0]
        seat = Seat.objects.get()
        assert (seat.workstream, seat.kind, seat.from_date) == (place, "lead", clock.read().today)
        before = everything()
        site.apply(site.show(line, head=head))
        assert everything() == before

    def test_half_a_seat_is_refused(self, site, secretariat):
        factories.workstream("LOG")

        answer = site.show(f"{NEW};LOG", head=f"{HEAD};pilar;penugasan")

        assert "Row 2, column “penugasan”: workstream and seat go together" in complaints(answer)[0]


def test_a_fault_after_any_write_does_nothing(chief, bank):
    factories.member(Role.SECRETARIAT)
    budi = factories.member(email="budi@demo.test", institution=bank)
    sheet = read_text(f"{HEAD}\n{NEW}\n{budi.email};Budi;viewer;;", named)
    digest = plan(sheet, actor_of(chief, TODAY), TODAY).digest
    before, number, done = everything(), 1, False
    while not done:
        try:
            with failing_after(number):
                services.enrol(by=chief, sheet=sheet, digest=digest, today=TODAY)
            done = True
        except Fault:
            assert everything() == before
            number += 1

    assert number > 5


def test_a_plan_costs_the_same_for_one_person_or_thirty(chief, bank, django_assert_num_queries):
    lines = "\n".join(f"a{n}@demo.test;A;anggota;BI;id" for n in range(30))
    sheet, actor = read_text(f"{HEAD}\n{lines}", named), actor_of(chief, TODAY)

    with django_assert_num_queries(4):
        assert len(plan(sheet, actor, TODAY).invited) == 30


def test_an_institution_that_ended_names_its_heir(site, chief):
    heir = factories.institution("KOMDIGI")
    factories.institution("KOMINFO", valid_until=days(-1), successor=heir)
    assert Institution.objects.valid_on(TODAY).filter(code="KOMINFO").count() == 0

    answer = site.show("ani@demo.test;Ani;anggota;kominfo;id")

    assert "it became KOMDIGI" in complaints(answer)[0]
