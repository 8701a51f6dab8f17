"""Changes to people, seats and institutions; each refusal leaves everything as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from committee import services
from committee.enums import InstitutionKind, LetterKind, Role, SeatKind
from committee.models import AuditEntry, Institution, Letter, Revision, Seat, Workstream
from committee.services import AlreadyIn, Invitation
from tests import factories
from tests.factories import TODAY, days, moment
from tests.unchanged import Fault, everything, failing_after, unchanged

pytestmark = pytest.mark.django_db
OTHERS = (Role.VIEWER, Role.ADVISER, Role.MEMBER, Role.CHAIR)
GREATER = (Role.SECRETARIAT, Role.CHAIR, Role.ADMIN)


def invite(by, role=Role.MEMBER):
    invitation = Invitation("Baru@Demo.test", "Baru", role)
    return services.invite(by=by, invitation=invitation, today=TODAY)


def test_an_invitation_makes_an_account_and_its_letter():
    bank = factories.institution()
    invitation = Invitation("Baru@Demo.test", "Baru", Role.MEMBER, bank, "en")

    made = services.invite(
        by=factories.member(Role.SECRETARIAT), invitation=invitation, today=TODAY
    )

    letter = Letter.objects.get()
    assert (made.email, made.role, made.institution, made.language) == (
        "baru@demo.test",
        Role.MEMBER,
        bank,
        "en",
    )
    assert not made.has_usable_password()
    assert timedelta(days=7, minutes=-1) < letter.expires_at - timezone.now() <= timedelta(days=7)
    assert (letter.kind, letter.recipient, letter.policy_date) == (
        LetterKind.INVITATION,
        made,
        TODAY,
    )
    assert Revision.objects.get().number == 1


def test_a_fault_after_any_write_invites_nobody():
    by = factories.member(Role.ADMIN)
    before, number, done = everything(), 1, False
    while not done:
        try:
            with failing_after(number):
                invite(by)
            done = True
        except Fault:
            assert everything() == before
            number += 1

    assert number > 2


@pytest.mark.parametrize("role", OTHERS)
def test_others_invite_nobody(role):
    by = factories.member(role)

    with unchanged(PermissionDenied):
        invite(by)


@pytest.mark.parametrize("role", GREATER)
def test_the_secretariat_invites_none_of_its_betters(role):
    by = factories.member(Role.SECRETARIAT)

    with unchanged(PermissionDenied):
        invite(by, role)


def taken_a_moment_ago(by):
    """Take somebody's role after their page was drawn; what they hold is the old row."""
    type(by).objects.filter(pk=by.pk).update(role=Role.VIEWER)
    return by


@pytest.mark.parametrize(
    "change",
    [
        invite,
        lambda by: services.change_role(
            by=by, member=factories_first(), role=Role.ADMIN, today=TODAY
        ),
        lambda by: services.update_member(
            by=by, member=factories_first(), changes={"name": "X"}, today=TODAY
        ),
        lambda by: services.invite_again(by=by, member=factories_first(), today=TODAY),
        lambda by: services.save_institution(by=by, institution=institution(), today=TODAY),
        lambda by: services.save_seat(by=by, seat=seat(), today=TODAY),
        lambda by: services.save_workstream(
            by=by, workstream=Workstream(code="W", title="x", order=9), today=TODAY
        ),
    ],
)
@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.ADMIN])
def test_a_role_taken_a_moment_ago_changes_nothing(change, role):
    factories.member(email="pertama@demo.test")
    factories.workstream()
    by = taken_a_moment_ago(factories.member(role))

    with unchanged(PermissionDenied):
        change(by)


def factories_first():
    return factories.Member.objects.get(email="pertama@demo.test")


def institution():
    return Institution(code="BARU", title="Baru", kind=InstitutionKind.MINISTRY)


def seat():
    place = Workstream.objects.get()
    return Seat(member=factories_first(), workstream=place, kind=SeatKind.LEAD, from_date=days(-1))


def test_a_second_invitation_goes_to_who_has_not_come():
    by, member = factories.member(Role.SECRETARIAT), factories.member()
    services.invite_again(by=by, member=member, today=TODAY)
    services.invite_again(by=by, member=member, today=TODAY)

    assert Letter.objects.filter(recipient=member).count() == 2


@pytest.mark.parametrize("fields", [{"last_login": moment(TODAY)}, {"is_active": False}])
def test_who_has_come_or_gone_is_invited_no_more(fields):
    by, member = factories.member(Role.ADMIN), factories.member(**fields)

    with unchanged(PermissionDenied):
        services.invite_again(by=by, member=member, today=TODAY)


def test_an_admin_gives_a_role():
    by, member = factories.member(Role.ADMIN), factories.member()

    services.change_role(by=by, member=member, role=Role.SECRETARIAT, today=TODAY)

    member.refresh_from_db()
    assert member.role == Role.SECRETARIAT


@pytest.mark.parametrize("role", [*OTHERS, Role.SECRETARIAT])
def test_nobody_else_gives_one(role):
    by, member = factories.member(role), factories.member()

    with unchanged(PermissionDenied):
        services.change_role(by=by, member=member, role=Role.ADMIN, today=TODAY)


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_themselves_one(role):
    by = factories.member(role)

    with unchanged(PermissionDenied):
        services.change_role(by=by, member=by, role=Role.ADMIN, today=TODAY)


def test_what_is_written_about_a_member_changes_but_never_the_role():
    by, member = factories.member(Role.SECRETARIAT), factories.member()
    changes = {"name": "Lain", "letter_hour": 7, "role": Role.ADMIN, "is_demo": True}

    changed = services.update_member(by=by, member=member, changes=changes, today=TODAY)

    member.refresh_from_db()
    assert (changed, changed.name) == (member, "Lain")
    assert (member.name, member.letter_hour) == ("Lain", 7)
    assert (member.role, member.is_demo) == (Role.MEMBER, False)


def own_settings():
    """Give another value for each of the settings that are a person's own."""
    return {
        "name": "Lain",
        "language": "en",
        "time_zone": "Asia/Makassar",
        "letter_hour": 7,
        "mentions_by_mail": False,
        "paused_from": days(1),
        "paused_until": days(2),
        "deputy": factories.member(),
    }


def test_each_setting_of_a_profile_is_kept():
    member, changes = factories.member(), own_settings()

    services.update_profile(by=member, changes=changes)

    member.refresh_from_db()
    assert {name: getattr(member, name) for name in changes} == changes


def test_the_secretariat_writes_address_institution_and_access_beside_them():
    by, member = factories.member(Role.SECRETARIAT), factories.member(is_active=False)
    access = {"email": "x@y.id", "institution": factories.institution(), "is_active": True}
    changes = own_settings() | access

    services.update_member(by=by, member=member, changes=changes, today=TODAY)

    member.refresh_from_db()
    assert {name: getattr(member, name) for name in changes} == changes


def test_a_new_address_has_not_been_refused_and_the_same_one_has():
    refused = {"refused_at": moment(TODAY), "refused_why": "550 no such user"}
    by, member = factories.member(Role.SECRETARIAT), factories.member(**refused)

    def change(email):
        changes = {"email": email}
        made = services.update_member(by=by, member=member, changes=changes, today=TODAY)
        made.refresh_from_db()
        return made.refused_at, made.refused_why

    assert change(member.email) == (refused["refused_at"], refused["refused_why"])
    assert change("baru@demo.test") == (None, "")


def test_seats_that_are_passed_on_are_in_the_ledger_by_themselves():
    by, leaver, heir = factories.member(Role.ADMIN), factories.member(), factories.member()
    factories.seat(leaver, factories.workstream())
    services.bump_revision()
    last = AuditEntry.objects.count()

    services.pass_on(by=by, member=leaver, to=heir, today=TODAY)

    told = AuditEntry.objects.filter(number__gt=last, object_type="committee.seat")
    assert sorted(told.values_list("verb", flat=True)) == ["add", "change"]


@pytest.mark.parametrize("role", GREATER)
def test_the_secretariat_changes_nothing_about_its_betters(role):
    by, member = factories.member(Role.SECRETARIAT), factories.member(role)

    with unchanged(PermissionDenied):
        services.update_member(by=by, member=member, changes={"email": "x@y.id"}, today=TODAY)


def test_an_admin_does_not_shut_themselves_out():
    by = factories.member(Role.ADMIN)

    with unchanged(PermissionDenied):
        services.update_member(by=by, member=by, changes={"is_active": False}, today=TODAY)


def test_a_profile_holds_ones_own_settings_and_nothing_more():
    member = factories.member()
    changes = {"language": "en", "letter_hour": 6, "role": Role.ADMIN, "email": "x@y.id"}

    changed = services.update_profile(by=member, changes=changes)

    assert (changed, changed.letter_hour) == (member, 6)
    after = type(member).objects.get(pk=member.pk)
    assert (after.language, after.letter_hour) == ("en", 6)
    assert (after.role, after.email) == (Role.MEMBER, member.email)


SAVES = [
    lambda by: services.save_institution(by=by, institution=institution(), today=TODAY),
    lambda by: services.save_seat(by=by, seat=seat(), today=TODAY),
    lambda by: services.save_workstream(
        by=by, workstream=Workstream(code="W", title="x", order=9), today=TODAY
    ),
]


@pytest.mark.parametrize("save", SAVES)
def test_the_secretariat_keeps_institutions_seats_and_workstreams(save):
    factories.member(email="pertama@demo.test")
    factories.workstream()

    assert save(factories.member(Role.SECRETARIAT)).pk
    assert Revision.objects.get().number == 1


@pytest.mark.parametrize("save", SAVES)
@pytest.mark.parametrize("role", [*OTHERS, Role.ADMIN])
def test_nobody_else_does(save, role):
    factories.member(email="pertama@demo.test")
    factories.workstream()
    by = factories.member(role)

    with unchanged(PermissionDenied):
        save(by)


def test_the_command_line_opens_an_account_once_and_again_until_it_is_used():
    first = services.open_account(email="s@demo.test", name="S", role=Role.SECRETARIAT)

    again = services.open_account(email="S@Demo.test", name="S", role=Role.SECRETARIAT)

    assert first == again


@pytest.mark.parametrize(
    "fields",
    [{"last_login": moment(TODAY)}, {"role": Role.ADMIN}, {"is_active": False}],
)
def test_the_command_line_takes_over_no_account(fields):
    values = {"role": Role.SECRETARIAT, "email": "s@demo.test"} | fields
    factories.member(**values)

    with unchanged(AlreadyIn):
        services.open_account(email="s@demo.test", name="S", role=Role.SECRETARIAT)


def test_the_revision_counts_every_change():
    for number in (1, 2, 3):
        services.bump_revision()
        assert Revision.objects.get().number == number
