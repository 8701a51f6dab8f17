"""Every role that is given is mailed to the secretariat; nobody gives one to themselves."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from pytest_django.asserts import assertContains

from committee import emails, outbox, services
from committee.clock import Moment
from committee.enums import LetterKind, LetterState, Role
from committee.models import Letter, Member, RoleChange
from committee.selectors.enrolment import named, plan
from committee.sheets import read_text
from tests import factories
from tests.committee.test_outbox import Postbox
from tests.factories import TODAY, moment
from tests.roadmap.test_guards_meetings import goes_through, refused
from tests.unchanged import unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief():
    return factories.member(Role.ADMIN, name="Admin Satu")


@pytest.fixture
def desk():
    return [
        factories.member(Role.SECRETARIAT, language="id"),
        factories.member(Role.SECRETARIAT, language="en"),
    ]


def give(by, member, role):
    services.change_role(by=by, member=member, role=role, today=TODAY)


def post():
    postbox = Postbox()
    at = Moment(moment(TODAY), TODAY, None)
    outbox.drain(renderers=emails.renderers(lambda: at), session=postbox)
    return postbox.accepted


def told():
    return set(Letter.objects.filter(kind=LetterKind.ROLES).values_list("recipient", flat=True))


def test_the_secretariat_reads_who_gave_whom_which_role(chief, desk):
    bank = factories.institution("BI")
    member = factories.member(name="Budi", institution=bank)

    give(chief, member, Role.CHAIR)
    post()

    letters = {one.recipient_id: one for one in Letter.objects.filter(kind=LetterKind.ROLES)}
    english = letters[desk[1].pk]
    assert set(letters) == {one.pk for one in desk}
    assert all(one.state == LetterState.SENT for one in letters.values())
    assert "Admin Satu" in english.text  # kept with the letter, as proof
    assert "Budi (BI): Member → Chair" in english.text


def test_its_page_shows_what_was_said(client, chief, desk):
    give(chief, factories.member(name="Budi"), Role.CHAIR)
    post()
    client.force_login(desk[1])
    letter = Letter.objects.get(recipient=desk[1])

    assertContains(client.get(letter.get_absolute_url()), "Budi: Member → Chair")


def test_who_is_put_out_of_the_secretariat_reads_it_too(chief, desk):
    give(chief, desk[0], Role.VIEWER)

    assert told() == {one.pk for one in desk}


def test_who_comes_into_the_secretariat_reads_it(chief):
    member = factories.member()

    give(chief, member, Role.SECRETARIAT)

    assert told() == {member.pk}


def test_roles_given_by_one_list_are_told_in_one_letter_each(chief, desk):
    people = [factories.member(name=f"Orang {n}") for n in "AB"]
    rows = "\n".join(f"{one.email};viewer" for one in people)
    sheet = read_text(f"surel;peran\n{rows}", named)
    digest = plan(sheet, actor(chief), TODAY).digest

    services.enrol(by=chief, sheet=sheet, digest=digest, today=TODAY)
    post()

    assert RoleChange.objects.count() == 2
    for letter in Letter.objects.filter(kind=LetterKind.ROLES):
        assert all(one.name in letter.text for one in people)
    assert Letter.objects.count() == len(desk)


def test_the_same_role_again_is_no_change(chief, desk):
    give(chief, factories.member(), Role.MEMBER)

    assert told() == set()


def test_a_reader_whose_account_was_closed_meanwhile_gets_none(chief, desk):
    give(chief, factories.member(), Role.CHAIR)
    Member.objects.filter(pk=desk[0].pk).update(is_active=False)
    post()

    states = dict(Letter.objects.values_list("recipient", "state"))
    assert states == {desk[0].pk: LetterState.CANCELLED, desk[1].pk: LetterState.SENT}


REWRITES = {
    "another role": lambda: RoleChange.objects.update(new=Role.VIEWER),
    "another giver": lambda: RoleChange.objects.update(by=factories.member()),
    "one less": lambda: RoleChange.objects.all().delete(),
}


@pytest.mark.parametrize("what", REWRITES)
def test_what_was_given_is_never_rewritten_and_only_the_lock_holds_it(chief, what):
    give(chief, factories.member(), Role.CHAIR)

    refused(lambda _nothing: REWRITES[what](), None)
    goes_through(lambda _nothing: REWRITES[what](), None)


def test_nobody_gives_themselves_a_role_and_nobody_hears_of_it(chief, desk):
    """S52: refused by the service; past the service, by the database."""
    with unchanged(PermissionDenied):
        give(chief, chief, Role.CHAIR)
    with pytest.raises(IntegrityError), transaction.atomic():
        services._give_roles([(chief, Role.CHAIR)], chief, TODAY)

    chief.refresh_from_db()
    assert chief.role == Role.ADMIN


def actor(member):
    return services.actor_of(member, TODAY)
