"""A small site backed up and put back in this process; tests/archives/ plays it with real ones."""

from __future__ import annotations

import json
import zipfile
from contextlib import nullcontext
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from committee import ledger
from committee.models import AuditEntry, Institution, Letter, MailGate, Member, RehearsalClock
from committee.services import bump_revision
from roadmap.models import ActionItem, Evidence, StatusUpdate
from roadmap.services import archive_files, archive_tables, archives
from roadmap.services.archive_files import Unfit
from tests import committee_factories, factories
from tests.factories import TODAY, moment
from tests.stage.mail import letter
from tests.unchanged import everything, unchanged

pytestmark = pytest.mark.django_db
NOW = moment(TODAY)
PDF = b"%PDF-1.4 keputusan"
# Letters are held by a restore, and the ledger says so.
TOUCHED = ("committee_letter", "committee_mailgate", "committee_auditentry", "committee_revision")

# Other tests gave numbers that no rollback takes back.
ALWAYS_EMPTY = {
    "sqlite": "DELETE FROM sqlite_sequence WHERE name = 'roadmap_news'",
    "postgresql": "ALTER TABLE roadmap_news ALTER COLUMN id RESTART WITH 1",
}


@pytest.fixture(autouse=True)
def in_one_transaction(monkeypatch):
    """Let the test's own transaction be the snapshot: nobody else writes meanwhile."""
    monkeypatch.setattr(archive_tables, "snapshot", nullcontext)


@pytest.fixture
def site(settings, tmp_path):
    """Fill a site: a plan with its history, a file on disk, a letter that waits, a locked row."""
    settings.EVIDENCE_ROOT = tmp_path / "data" / "evidence"
    settings.EVIDENCE_ROOT.mkdir(parents=True)
    with transaction.atomic():
        owner = factories.member()
        action = factories.action("LOG-01", owner=owner)
        keep_file(action, "peraturan", PDF)
        factories.evidence(action)  # a link: nothing of it is on disk
        letter(owner, "satu")
        committee_factories.meeting(closed=True)
        bump_revision()
    connection.check_constraints()  # as a commit would
    return settings.EVIDENCE_ROOT


def keep_file(action, name, content):
    (Path(archives.settings.EVIDENCE_ROOT) / name).write_bytes(content)
    factories.evidence(
        action,
        url="",
        stored_name=name,
        file_name=f"{name}.pdf",
        content_type="application/pdf",
        size=len(content),
        sha256=sha256(content).hexdigest(),
    )


@pytest.fixture
def archive(site, tmp_path):
    path = tmp_path / "backup.zip"
    archives.backup(path=path, now=NOW)
    return path


def here():
    """Name the database as `--replace` must name it."""
    return Path(str(connection.settings_dict["NAME"])).name


def restore(path):
    connection.check_constraints()  # as the commit of what was written before would
    return archives.restore(path=path, replace=here())


def manifest_of(path):
    return archive_files.verify(path)


def rewritten(path, target, **changes):
    """Write an archive anew, sealed and whole, with another manifest or other lines."""
    lines = changes.pop("lines", {})
    with (
        archive_files.reading(path) as (old, manifest),
        archive_files.writing(target) as writer,
    ):
        for name in manifest.members:
            writer.add(name, [lines.get(name, old.read(name))], packed=True)
        new = replace(manifest, members=dict(writer.members), **changes)
        archive_files.finish(writer, new)
    return target


def next_institution():
    return factories.institution().pk


class TestPutBack:
    def test_every_row_comes_back_as_it_was(self, archive):
        before = everything()
        StatusUpdate.objects.all().delete()
        Evidence.objects.all().delete()
        ActionItem.objects.update(title="Salah", progress=1, owner=None)
        factories.member()

        restore(archive)

        after = everything()
        assert {name for name in before if before[name] != after[name]} <= set(TOUCHED)

    def test_it_tells_how_much_came_back(self, archive):
        done = restore(archive)

        manifest = manifest_of(archive)
        assert done.rows == sum(one.rows for one in manifest.tables.values())
        assert manifest.tables["roadmap_actionitem"].rows == 1
        assert manifest.tables["roadmap_evidence"].rows == 2
        assert (done.placed, done.held) == (1, 1)

    def test_a_table_of_many_rows_comes_back_whole(self, site, tmp_path):
        number = 2 * archive_tables.BATCH + 1
        factories.actions(number, workstream=factories.workstream())
        titles = sorted(ActionItem.objects.values_list("pk", "title"))
        archives.backup(path=tmp_path / "many.zip", now=NOW)
        ActionItem.objects.update(title="Salah")

        restore(tmp_path / "many.zip")

        assert sorted(ActionItem.objects.values_list("pk", "title")) == titles
        assert len(titles) == number + 1

    def test_no_letter_leaves_before_somebody_has_looked(self, archive):
        restore(archive)

        assert Letter.objects.get().state == "held"
        assert MailGate.objects.get().held_because == "restored"

    def test_the_ledger_goes_on_where_the_archive_ends(self, archive):
        head = AuditEntry.objects.order_by("-number").first()

        restore(archive)

        added = AuditEntry.objects.filter(number__gt=head.number)
        assert [one.prev_hash for one in added] == [head.hash]

    def test_the_next_row_gets_a_number_that_was_never_given(self, site, tmp_path):
        gone = next_institution()
        Institution.objects.filter(pk=gone).delete()
        archives.backup(path=tmp_path / "gone.zip", now=NOW)

        restore(tmp_path / "gone.zip")

        assert next_institution() == gone + 1

    def test_numbers_given_since_the_backup_are_given_again(self, archive):
        first = next_institution()

        restore(archive)

        assert next_institution() == first

    def test_a_table_that_was_always_empty_begins_at_one(self, site, tmp_path):
        with connection.cursor() as cursor:
            cursor.execute(ALWAYS_EMPTY[connection.vendor])
        manifest = archives.backup(path=tmp_path / "b.zip", now=NOW)
        assert manifest.tables["roadmap_news"].last_id == 0
        factories.news()

        restore(tmp_path / "b.zip")

        assert factories.news().pk == 1

    def test_nothing_is_remembered_of_the_site_that_was_there(self, archive):
        cache.set("masuk", 5)
        assert cache.get("masuk") == 5

        restore(archive)

        assert cache.get("masuk") is None

    def test_what_was_locked_is_locked_again(self, archive):
        restore(archive)

        with (
            pytest.raises(DatabaseError, match="is locked"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE committee_meeting SET number = 9")


class TestEvidence:
    def test_a_file_that_was_lost_lies_there_again(self, site, archive):
        (site / "peraturan").unlink()

        restore(archive)

        assert {path.name: path.read_bytes() for path in site.iterdir()} == {"peraturan": PDF}

    def test_a_file_that_was_changed_is_as_it_was(self, site, archive, monkeypatch):
        (site / "peraturan").write_bytes(b"lain")
        synced = []
        monkeypatch.setattr(archive_files, "sync_folder", synced.append)

        restore(archive)

        assert (site / "peraturan").read_bytes() == PDF
        assert synced == [site]  # its new name outlives a power cut

    def test_a_folder_that_is_gone_is_made(self, site, archive):
        (site / "peraturan").unlink()
        site.rmdir()
        site.parent.rmdir()

        restore(archive)

        assert (site / "peraturan").read_bytes() == PDF

    def test_it_lies_in_the_archive_as_it_is_and_rows_are_packed(self, archive):
        with zipfile.ZipFile(archive) as opened:
            kinds = {one.filename: one.compress_type for one in opened.infolist()}

        assert kinds["evidence/peraturan"] == zipfile.ZIP_STORED
        assert kinds["tables/roadmap_actionitem.jsonl"] == zipfile.ZIP_DEFLATED

    def test_other_files_stay(self, site, archive):
        (site / "lain").write_bytes(b"x")

        restore(archive)

        assert (site / "lain").read_bytes() == b"x"

    def test_what_is_missing_or_changed_is_named(self, site, tmp_path):
        action = ActionItem.objects.get()
        keep_file(action, "hilang", PDF)
        keep_file(action, "rusak", PDF)
        (site / "hilang").unlink()
        (site / "rusak").write_bytes(b"lain")

        manifest = archives.backup(path=tmp_path / "b.zip", now=NOW)

        assert (manifest.missing, manifest.changed) == (["hilang"], ["rusak"])
        assert set(manifest.evidence) == {"peraturan", "hilang", "rusak"}
        assert restore(tmp_path / "b.zip").placed == 2

    def test_a_file_is_never_put_outside_the_folder(self, site, archive, tmp_path):
        evil = "../jahat"
        name = archives.EVIDENCE.format(evil)
        with (
            archive_files.reading(archive) as (old, manifest),
            archive_files.writing(tmp_path / "evil.zip") as writer,
        ):
            for one in manifest.members:
                writer.add(one, [old.read(one)], packed=True)
            writer.add(name, [PDF], packed=False)
            said = manifest.evidence | {evil: sha256(PDF).hexdigest()}
            new = replace(manifest, members=dict(writer.members), evidence=said)
            archive_files.finish(writer, new)

        with unchanged(Unfit) as caught:
            restore(tmp_path / "evil.zip")

        assert "outside the folder of evidence" in str(caught.value)
        assert not (tmp_path / "jahat").exists()


class TestWhatItSays:
    def test_of_which_site_it_is_and_when_it_was_made(self, archive, settings):
        manifest = manifest_of(archive)

        assert manifest.made_at == NOW.isoformat()
        assert (manifest.build, manifest.vendor) == (settings.BUILD, connection.vendor)
        assert manifest.is_rehearsal is False
        assert manifest.ledger_head == AuditEntry.objects.order_by("-number").first().hash
        assert "roadmap.0001_initial" in manifest.migrations
        assert manifest.migrations == sorted(manifest.migrations)

    def test_a_rehearsal_is_one_in_its_archive(self, site, tmp_path):
        RehearsalClock.objects.create(pk=1, day=TODAY, target=TODAY, since=NOW)

        manifest = archives.backup(path=tmp_path / "r.zip", now=NOW)

        assert manifest.is_rehearsal is True
        assert restore(tmp_path / "r.zip").manifest.is_rehearsal is True

    def test_nobody_who_was_signed_in_is_in_it(self, archive):
        assert not [name for name in manifest_of(archive).tables if "session" in name]


class TestRefused:
    def test_a_site_that_holds_anything_is_not_overwritten_unasked(self, site, archive):
        (site / "peraturan").unlink()
        for name in ("", f"{here()}x"):
            with unchanged(Unfit) as caught:
                archives.restore(path=archive, replace=name)
            assert "is not empty (" in str(caught.value)
            assert f"say --replace {here()}" in str(caught.value)
            assert list(site.iterdir()) == []

    @pytest.mark.parametrize("left", [Institution, Member])
    def test_one_person_or_institution_alone_is_not_overwritten_either(self, archive, left):
        with archive_tables.rewriting():
            archive_tables.empty()
            factories.institution() if left is Institution else factories.member()
        before = everything()

        with pytest.raises(Unfit, match="is not empty"):
            archives.restore(path=archive)

        assert everything() == before

    def test_an_empty_site_needs_no_leave(self, archive):
        before = everything()
        with archive_tables.rewriting():
            archive_tables.empty()

        archives.restore(path=archive)

        assert everything()["roadmap_actionitem"] == before["roadmap_actionitem"]

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (lambda it: {"migrations": [*it.migrations, "roadmap.9999_x"]}, "a newer version"),
            (lambda it: {"migrations": it.migrations[1:]}, "an older version"),
            (lambda it: {"is_rehearsal": True}, "neither can become the other"),
            (lambda it: {"ledger_head": "00ff"}, "head is not the one"),
            (lambda it: {"tables": dict(list(it.tables.items())[1:])}, "other tables"),
        ],
        ids=["newer", "older", "rehearsal", "ledger", "tables"],
    )
    def test_what_does_not_belong_here(self, archive, tmp_path, change, sentence):
        foreign = rewritten(archive, tmp_path / "f.zip", **change(manifest_of(archive)))

        with unchanged(Unfit) as caught:
            restore(foreign)

        assert sentence in str(caught.value)

    def test_a_table_with_a_row_less_than_it_names(self, archive, tmp_path):
        cut = {archives.TABLES.format("roadmap_statusupdate"): b""}

        with unchanged(Unfit) as caught:
            restore(rewritten(archive, tmp_path / "f.zip", lines=cut))

        assert "names 1 rows of roadmap_statusupdate and holds 0" in str(caught.value)

    def test_a_row_that_points_to_nothing(self, archive, tmp_path):
        name = archives.TABLES.format("roadmap_evidence")
        with archive_files.reading(archive) as (old, _manifest):
            rows = [json.loads(line) for line in old.read(name).splitlines()]
        place = [field.attname for field in Evidence._meta.concrete_fields].index("action_id")
        for row in rows:
            row[place] = 999_999
        lines = {name: "".join(f"{json.dumps(row)}\n" for row in rows).encode()}

        with unchanged(IntegrityError):
            restore(rewritten(archive, tmp_path / "f.zip", lines=lines))

    def test_a_database_that_waits_for_a_migration(self, archive):
        last = sorted(name for name in manifest_of(archive).migrations if "roadmap." in name)[-1]
        MigrationRecorder(connection).record_unapplied("roadmap", last.removeprefix("roadmap."))

        with unchanged(Unfit) as caught:
            restore(archive)

        assert "not up to date" in str(caught.value)

    def test_a_fault_on_the_way_leaves_all_as_it_was(self, archive, monkeypatch):
        def fail(_reason):
            raise OSError("disk")

        monkeypatch.setattr(archives.gate, "hold", fail)

        with unchanged(OSError):
            restore(archive)

        with transaction.atomic():  # and the site goes on writing
            factories.workstream()
            ledger.bump_revision()
