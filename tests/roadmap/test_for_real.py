"""For real: an empty database, the files of a roadmap, and the first secretariat's link."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from committee.checks import is_no_rehearsal
from committee.models import Member, RehearsalClock
from roadmap.models import ActionItem, Obstacle
from roadmap.seed.files import BUNDLED

pytestmark = pytest.mark.django_db
PASSPHRASE = "kopi-tubruk-tanpa-gula-41"


def _follow(client, link):
    """Choose a password by the link, as a browser does: it moves on to a form."""
    shown = client.get(urlsplit(link).path, follow=True)
    form = {"password1": PASSPHRASE, "password2": PASSPHRASE}
    return client.post(shown.redirect_chain[-1][0], form)


def test_the_first_secretariat_comes_by_a_link_and_sees_an_empty_site(client, capsys):
    call_command("invite", "ibu@kantor.example", "--role", "secretariat")
    assert _follow(client, capsys.readouterr().out.strip()).status_code == 302
    member = Member.objects.get(email="ibu@kantor.example")
    assert member.check_password(PASSPHRASE)
    signing_in = {"login": member.email, "password": PASSPHRASE}
    assert client.post(reverse("account_login"), signing_in).status_code == 302
    for page in ("/", "/my/", "/actions/", "/milestones/", "/letters/"):
        assert client.get(page).status_code == 200, page


def test_real_files_bring_no_demo_accounts_no_examples_and_no_clock():
    call_command("seed", "--from", str(BUNDLED), verbosity=0)
    assert ActionItem.objects.count() == 25
    assert not Member.objects.exists()
    assert not RehearsalClock.objects.exists()
    assert not Obstacle.objects.exists()
    assert ActionItem.objects.filter(created_on__gt=date.today()).count() == 0


def test_real_files_go_into_an_empty_database_only():
    call_command("seed", "--from", str(BUNDLED), verbosity=0)
    with pytest.raises(CommandError):
        call_command("seed", "--from", str(BUNDLED), verbosity=0)
    with pytest.raises(CommandError):
        call_command("seed", "--rehearsal", "--as-of", "2018-09-24", verbosity=0)


def test_nobody_is_invited_twice_once_they_have_come(client, capsys):
    call_command("invite", "ibu@kantor.example", "--role", "admin")
    with pytest.raises(CommandError):
        call_command("invite", "ibu@kantor.example", "--role", "secretariat")


def test_deployment_checks_refuse_a_rehearsal():
    assert is_no_rehearsal(None, databases=["default"]) == []
    call_command("seed", "--synthetic", "1", verbosity=0)
    assert [error.id for error in is_no_rehearsal(None, databases=["default"])] == [
        "committee.E001"
    ]
