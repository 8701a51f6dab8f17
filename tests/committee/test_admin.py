"""Django admin: who edits what, every save through a service, and nothing is ever deleted.

What it does to actions, milestones and rules stands in tests/roadmap/test_admin.py.
"""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from committee import services
from committee.enums import LetterKind, Role
from committee.models import Institution, Letter, Member, Revision, Seat
from roadmap.models import ReminderRule
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretariat(client):
    member = factories.member(Role.SECRETARIAT, name="Sekretariat", language="en")
    client.force_login(member)
    return member


@pytest.fixture
def chief(client):
    member = factories.member(Role.ADMIN, name="Admin", language="en")
    client.force_login(member)
    return member


def change_url(row):
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def no_seats(**fields):
    return {"seats-TOTAL_FORMS": "0", "seats-INITIAL_FORMS": "0"} | fields


def invitation(**changes):
    return {
        "email": "Baru@demo.test",
        "name": "Baru",
        "role": "member",
        "language": "id",
        "institution": "",
    } | changes


def member_form(member, **changes):
    return (
        no_seats(
            email=member.email,
            name=member.name,
            institution=member.institution_id or "",
            language=member.language,
            time_zone=member.time_zone,
            letter_hour=member.letter_hour,
            paused_from="",
            paused_until="",
            deputy="",
            is_active="on",
        )
        | changes
    )


ADD = "admin:committee_member_add"


def test_the_secretariat_invites_by_mail(client, secretariat):
    answer = client.post(reverse(ADD), invitation())

    member = Member.objects.get(email="baru@demo.test")
    letter = Letter.objects.get()
    assert answer.status_code == 302
    assert not member.has_usable_password()
    assert (letter.kind, letter.recipient) == (LetterKind.INVITATION, member)
    assert Revision.objects.get().number > 0


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.CHAIR, Role.ADMIN])
def test_the_secretariat_cannot_invite_its_own_betters(client, secretariat, role):
    answer = client.post(reverse(ADD), invitation(role=role))

    assert answer.status_code == 200
    assert not Member.objects.filter(email="baru@demo.test").exists()
    assert not Letter.objects.exists()


def test_an_admin_invites_anybody(client, chief):
    client.post(reverse(ADD), invitation(role=Role.CHAIR))

    assert Member.objects.get(email="baru@demo.test").role == Role.CHAIR


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "x@y.id\nBcc: evil@x.id"},
        {"email": "x@y.id,evil@x.id"},
        {"email": "tua@demo.test"},
        {"email": "TUA@demo.test"},
        {"name": "A\r\nTo: x@y.id"},
        {"name": "A\x00"},
        {"role": "dewa"},
        {"name": ""},
    ],
)
def test_a_bad_invitation_is_refused_whole(client, secretariat, changes):
    factories.member(email="tua@demo.test")
    before = Member.objects.count()

    answer = client.post(reverse(ADD), invitation(**changes))

    assert answer.status_code == 200
    assert Member.objects.count() == before
    assert not Letter.objects.exists()


def test_an_invitation_can_be_sent_again_until_somebody_came(client, secretariat):
    member = factories.member()
    url = reverse("admin:committee_member_invite", args=[member.pk])

    first = client.post(url)
    second = client.post(url)
    Member.objects.filter(pk=member.pk).update(last_login=factories.moment(TODAY))
    third = client.post(url)

    assert [first.status_code, second.status_code, third.status_code] == [302, 302, 403]
    assert Letter.objects.count() == 2


def test_an_admin_gives_a_role_on_its_own_page(client, chief):
    member = factories.member()
    url = reverse("admin:committee_member_role", args=[member.pk])

    shown = client.get(change_url(member)).content.decode()
    answer = client.post(url, {"role": "secretariat"})

    member.refresh_from_db()
    assert url in shown
    assert 'name="role"' not in shown
    assert answer.status_code == 302
    assert member.role == Role.SECRETARIAT


def test_nobody_gives_themselves_a_role(client, chief):
    url = reverse("admin:committee_member_role", args=[chief.pk])

    assert client.get(url).status_code == 403
    assert client.post(url, {"role": "chair"}).status_code == 403
    chief.refresh_from_db()
    assert chief.role == Role.ADMIN


def test_the_secretariat_gives_no_roles(client, secretariat):
    member = factories.member()

    answer = client.post(
        reverse("admin:committee_member_role", args=[member.pk]), {"role": "viewer"}
    )

    member.refresh_from_db()
    assert answer.status_code == 403
    assert member.role == Role.MEMBER


def test_what_is_slipped_into_the_member_form_is_ignored(client, chief):
    """S51, S52: neither rights nor another row by a field the form does not ask for."""
    member, other = factories.member(), factories.member(name="Orang lain")
    extra = {"role": "admin", "is_superuser": "on", "is_demo": "on", "password": "x"}
    extra |= {"is_staff": "on", "groups": "1", "user_permissions": "1", "id": other.pk}

    client.post(change_url(member), member_form(member, name="Lain", **extra))
    client.post(change_url(chief), member_form(chief, name="Saya", **extra))

    for one in (member, other, chief):
        one.refresh_from_db()
    assert (member.name, member.role, member.is_demo) == ("Lain", Role.MEMBER, False)
    assert (chief.name, chief.role, chief.is_superuser) == ("Saya", Role.ADMIN, False)
    assert not member.is_staff
    assert not member.check_password("x")
    assert other.name == "Orang lain"


def test_no_page_sets_the_password_of_another(client, chief):
    """S52."""
    other = factories.member(Role.ADMIN, password="nusantara-2018-biru")
    sent = {"password1": "kopi-tubruk-41", "password2": "kopi-tubruk-41"}

    client.post(f"{change_url(other).removesuffix('change/')}password/", sent)

    other.refresh_from_db()
    assert other.check_password("nusantara-2018-biru")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CHAIR, Role.SECRETARIAT])
def test_the_secretariat_cannot_take_over_a_greater_account(client, secretariat, role):
    other = factories.member(role)

    answer = client.post(change_url(other), member_form(other, email="saya@demo.test"))

    other.refresh_from_db()
    assert answer.status_code == 403
    assert other.email != "saya@demo.test"


def test_an_account_is_closed_by_handing_over_and_opened_again_here(client, secretariat):
    member = factories.member()
    door = reverse("roadmap:handover", args=[member.pk])

    open_page = client.get(change_url(member)).content.decode()
    client.post(change_url(member), member_form(member, is_active=""))
    member.refresh_from_db()
    was_closed_here = not member.is_active
    Member.objects.filter(pk=member.pk).update(is_active=False)
    closed_page = client.get(change_url(member)).content.decode()
    client.post(change_url(member), member_form(member, is_active="on"))
    member.refresh_from_db()

    assert not was_closed_here
    assert (door in open_page, door in closed_page) == (True, False)
    assert member.is_active


def test_nobody_shuts_themselves_out(client, chief):
    client.post(change_url(chief), member_form(chief, is_active=""))

    chief.refresh_from_db()
    assert chief.is_active


def test_seats_are_given_and_ended_inline(client, secretariat):
    member, place = factories.member(), factories.workstream()
    row = {
        "seats-TOTAL_FORMS": "1",
        "seats-0-member": member.pk,
        "seats-0-workstream": place.pk,
        "seats-0-kind": "lead",
        "seats-0-from_date": "2018-01-01",
        "seats-0-until_date": "",
    }

    client.post(change_url(member), member_form(member, **row))
    seat = Seat.objects.get()
    client.post(
        change_url(member),
        member_form(
            member,
            **row
            | {
                "seats-INITIAL_FORMS": "1",
                "seats-0-id": seat.pk,
                "seats-0-until_date": "2018-09-01",
                "seats-0-DELETE": "on",
            },
        ),
    )

    seat.refresh_from_db()
    assert seat.until_date is not None


def test_an_admin_gives_no_seats(client, chief):
    member, place = factories.member(), factories.workstream()
    row = {
        "seats-TOTAL_FORMS": "1",
        "seats-0-member": member.pk,
        "seats-0-workstream": place.pk,
        "seats-0-kind": "lead",
        "seats-0-from_date": "2018-01-01",
        "seats-0-until_date": "",
    }

    client.post(change_url(member), member_form(member, **row))

    assert not Seat.objects.exists()


def test_nothing_can_be_deleted(client, secretariat):
    request = client.get(reverse("admin:index")).wsgi_request

    for model, model_admin in admin.site._registry.items():
        assert not model_admin.has_delete_permission(request), model
        assert "delete_selected" not in model_admin.get_actions(request), model
    member = factories.member()
    answer = client.post(
        reverse("admin:committee_member_delete", args=[member.pk]), {"post": "yes"}
    )
    bulk = {"action": "delete_selected", "_selected_action": [member.pk], "post": "yes"}
    client.post(reverse("admin:committee_member_changelist"), bulk)

    assert answer.status_code == 403
    assert Member.objects.filter(pk=member.pk).exists()


def test_an_institution_is_saved_by_the_service_and_keeps_its_code(client, secretariat):
    fields = {
        "title": "Bank Indonesia",
        "title_en": "",
        "kind": "central bank",
        "committee_role": "member",
    }
    client.post(reverse("admin:committee_institution_add"), {"code": "BI", **fields})
    bank = Institution.objects.get(code="BI")

    client.post(change_url(bank), {"code": "XX", **fields, "title": "BI"})

    bank.refresh_from_db()
    assert (bank.code, bank.title) == ("BI", "BI")
    assert Revision.objects.get().number == 2


@pytest.mark.parametrize("who", ["secretariat", "chief"])
def test_every_admin_page_opens_and_searches(client, request, who):
    me = request.getfixturevalue(who)
    factories.milestone(actions=[factories.action(owner=me, contributors=[me])])
    factories.observation(factories.indicator())
    factories.challenge()
    factories.seat(me, factories.workstream())
    ReminderRule.objects.get_or_create(slug="x", subject="action", amount=1, audience="owner")
    services.invite(
        by=factories.member(Role.ADMIN),
        today=TODAY,
        invitation=services.Invitation("b@demo.test", "B", Role.MEMBER),
    )
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{name}_changelist"), {"q": "a"}).status_code == 200, model
        allowed = model_admin.has_add_permission(client.get(reverse("admin:index")).wsgi_request)
        expected = 200 if allowed else 403
        assert client.get(reverse(f"{name}_add")).status_code == expected, model
        for row in model.objects.all()[:1]:
            assert client.get(change_url(row)).status_code == 200, model
            history = reverse(f"{name}_history", args=[row.pk])
            kind = model._meta.label_lower
            assert client.get(history)["Location"].endswith(f"?kind={kind}&key={row.pk}"), model
    assert client.get(reverse("admin:app_list", args=["committee"])).status_code == 200
