"""The ledger: what is written, by whom, in the same transaction; and who notices a change of it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from committee import erasing, ledger, services
from committee.enums import AuditVerb
from committee.management.commands.audit import entries
from committee.models import AuditEntry, Institution, RehearsalClock
from committee.rules import chain
from tests import factories
from tests.factories import TODAY

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return factories.member("secretariat")


def institution(code="BARU", **fields):
    return Institution(code=code, title="Badan Baru", kind="ministry", **fields)


def add(office, code="BARU"):
    return services.save_institution(by=office, institution=institution(code), today=TODAY)


def of(row):
    return AuditEntry.objects.filter(object_type=row._meta.label_lower, object_id=str(row.pk))


def undone(work):
    with transaction.atomic():
        work()
        raise ZeroDivisionError


class TestWhatIsWritten:
    def test_who_added_what(self, office):
        made = add(office)

        entry = of(made).get()
        assert (entry.actor_id, entry.role, entry.verb) == (office.pk, "secretariat", "add")
        assert json.loads(entry.after)["title"] == "Badan Baru"

    def test_a_change_says_from_what_to_what_and_nothing_else(self, office):
        made = add(office)
        made = Institution.objects.get(pk=made.pk)
        made.title = "Badan Lama"

        services.save_institution(by=office, institution=made, today=TODAY)

        entry = of(made).get(verb="change")
        assert json.loads(entry.before) == {"title": "Badan Baru"}
        assert json.loads(entry.after) == {"title": "Badan Lama"}

    def test_a_save_that_changes_nothing_writes_nothing(self, office):
        made = add(office)

        services.save_institution(by=office, institution=made, today=TODAY)

        assert of(made).count() == 1

    def test_what_a_save_did_not_write_is_not_told(self, office):
        made = add(office)
        made.title, made.title_en = "Tidak disimpan", "Saved"
        with transaction.atomic():
            made.save(update_fields=["title_en"])
            ledger.bump_revision()

        assert json.loads(of(made).get(verb="change").after) == {"title_en": "Saved"}

    def test_a_rollback_takes_it_back(self, office):
        with pytest.raises(ZeroDivisionError):
            undone(lambda: add(office))

        assert not AuditEntry.objects.filter(object_type="committee.institution").exists()

    def test_what_a_savepoint_undid_is_not_told_by_the_next_service(self, office):
        with pytest.raises(ZeroDivisionError):
            undone(institution("HILANG").save)
        made = add(office)

        told = AuditEntry.objects.filter(object_type="committee.institution")
        assert [entry.object_id for entry in told] == [str(made.pk)]

    def test_many_at_once_are_one_entry_with_their_number_and_digest(self, office):
        with transaction.atomic():
            for number in range(30):
                institution(f"B{number}").save()
            ledger.bump_revision()

        entry = AuditEntry.objects.get(verb=AuditVerb.BULK)
        told = json.loads(entry.after)
        assert told["count"] >= 30
        assert len(told["digest"]) == 64

    def test_a_password_is_told_as_changed_and_never_kept(self, office):
        member = factories.member()
        member.set_password("sangat rahasia sekali")
        with transaction.atomic():
            member.save()
            ledger.bump_revision()

        kept = "".join(AuditEntry.objects.values_list("after", flat=True))
        assert '"password":"…"' in kept
        assert member.password not in kept

    def test_people_are_named_by_number_alone(self, office):
        admin = factories.member("admin")
        member = factories.member(name="Ibu Sari Unik", email="sari.unik@demo.test")
        changes = {"name": "Sari Lain Lagi"}
        services.update_member(by=admin, member=member, changes=changes, today=TODAY)

        kept = "".join(f"{one.before}{one.after}" for one in AuditEntry.objects.all())
        assert json.loads(of(member).last().after) == {"name": "…"}
        assert not [word for word in ("Sari", "unik@") if word in kept]


class TestErasing:
    @pytest.fixture
    def gone(self):
        member = factories.member(name="Ibu Sari Unik", email="sari.unik@demo.test")
        type(member).objects.filter(pk=member.pk).update(is_active=False)
        return type(member).objects.get(pk=member.pk)

    def test_a_name_goes_and_the_chain_stays_whole(self, gone, office):
        add(office)

        erasing.erase_member(by=factories.member("admin"), member=gone, today=TODAY)

        gone.refresh_from_db()
        assert (gone.name, gone.email) == (
            f"Anggota {gone.pk}",
            f"anggota-{gone.pk}@dihapus.invalid",
        )
        assert chain.first_broken(entries()) == ""

    @pytest.mark.parametrize("role", ["secretariat", "chair", "member"])
    def test_admins_alone_may(self, gone, role):
        with pytest.raises(PermissionDenied):
            erasing.erase_member(by=factories.member(role), member=gone, today=TODAY)

    def test_nobody_who_is_still_here(self):
        admin, member = factories.member("admin"), factories.member()

        with pytest.raises(PermissionDenied):
            erasing.erase_member(by=admin, member=member, today=TODAY)

    def test_the_page_says_what_goes_and_asks_first(self, gone, client):
        RehearsalClock.objects.create(day=TODAY, target=TODAY, since=timezone.now())
        client.force_login(factories.member("admin", language="en"))
        place = reverse("admin:committee_member_erase", args=[gone.pk])

        assert "go for good" in client.get(place).content.decode()
        client.post(place)

        gone.refresh_from_db()
        assert gone.name == f"Anggota {gone.pk}"


def test_the_database_refuses_to_change_or_remove_an_entry(office):
    add(office)
    entry = AuditEntry.objects.last()
    entry.after = "{}"
    for change in (entry.save, entry.delete):
        with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
            change()


def test_the_locks_stand_on_this_database(office):
    with connection.cursor() as cursor:
        names = (
            "SELECT tgname FROM pg_trigger"
            if connection.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        cursor.execute(names)
        there = {row[0] for row in cursor.fetchall()}

    assert {f"committee_auditentry_{event}_locked" for event in ("update", "delete")} <= there


class TestVerifying:
    @pytest.fixture
    def whole(self, office):
        for number in range(40):
            add(office, f"B{number}")
        return list(entries())

    def test_a_whole_ledger_is_whole(self, whole, capsys):
        call_command("audit", "verify", head=whole[20]["hash"])

        assert chain.first_broken(whole) == ""

    def test_three_hundred_forgeries_are_named_three_hundred_times(self, whole):
        dice = random.Random(7)
        for _forgery in range(300):
            forged, first = forge(list(map(dict, whole)), dice)
            said = chain.first_broken(forged, head=whole[-1]["hash"])
            assert said.startswith(f"entry {first} "), said

    def test_a_tail_cut_off_is_seen_by_whoever_knows_the_head(self, whole):
        cut = whole[:-3]

        assert chain.first_broken(cut) == ""  # control: the chain alone cannot know
        assert "known head" in chain.first_broken(cut, head=whole[-1]["hash"])

    def test_a_chain_that_seals_nothing_would_notice_nothing(self, whole):
        """Control: it is the seal that tells."""
        forged = list(map(dict, whole))
        forged[5]["after"] = "{}"
        assert chain.first_broken(forged)

        with patch.object(chain, "seal", lambda previous, entry: entry["hash"]):
            assert chain.first_broken(forged) == ""

    def test_the_command_names_the_first_broken_entry(self, whole):
        with (
            patch("committee.management.commands.audit.entries", lambda: iter(whole[1:])),
            pytest.raises(CommandError, match="entry 1 is missing"),
        ):
            call_command("audit", "verify")

    @pytest.mark.parametrize("is_forged", [False, True])
    def test_a_machine_without_the_project_says_the_same(self, whole, tmp_path, is_forged):
        if is_forged:
            whole[10]["actor"] = 999
        exported = tmp_path / "ledger.jsonl"
        exported.write_text("".join(f"{chain.canonical(one)}\n" for one in whole))
        script = ROOT / "committee" / "rules" / "chain.py"

        done = subprocess.run(
            [sys.executable, "-I", str(script), str(exported)],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip

        assert done.returncode == int(is_forged)
        assert ("entry 11 is not as it was written" in done.stdout) is is_forged


def forge(rows, dice):
    """Change a ledger as a forger would, and say which entry is then the first that is wrong."""
    place = dice.randrange(len(rows) - 1)
    kind = dice.choice(["edit", "delete", "insert", "swap"])
    if kind == "edit":
        name = dice.choice([*chain.SEALED[1:], "hash", "prev_hash"])
        rows[place][name] = f"{rows[place][name]}x"
    elif kind == "delete":
        del rows[place]
    elif kind == "insert":
        rows.insert(place, dict(rows[place]))
        return rows, place + 2 if rows[place]["number"] == place + 1 else place + 1
    else:
        rows[place], rows[place + 1] = rows[place + 1], rows[place]
    return rows, place + 1
