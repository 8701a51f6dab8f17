"""A backup or a restore that is killed: no half archive under its name, and no half site."""

from __future__ import annotations

import pytest

from tests.archives.acting import assert_holds, assert_same, command, opening, replacing, told
from tests.chaos.cases import Control, Patch

pytestmark = pytest.mark.processes

UNSAFE = Control(
    "the one transaction",
    (
        Patch(
            "roadmap/services/archive_tables.py",
            "with connection.constraint_checks_disabled(), transaction.atomic(durable=True):",
            "with connection.constraint_checks_disabled():",
        ),
    ),
)
BACKUP_POINTS = ["begun", "tables written", "not yet sealed", "not yet named"]
BEFORE = [
    ("verified", 1),
    ("files half placed", 3),
    ("files placed", 1),
    ("emptied", 1),
    ("half filled", 40),
    ("filled", 1),
    ("held", 1),
    ("not yet committed", 1),
]


class TestKilled:
    @pytest.mark.parametrize("point", BACKUP_POINTS)
    def test_a_backup_leaves_no_archive_and_the_next_one_none_of_its_parts(
        self, source, tmp_path, point
    ):
        path = tmp_path / "site.zip"
        fork = source.fork("command", words=["backup", str(path)], point=f"backup: {point}")
        assert fork.reached(), source.log()
        fork.kill()

        assert not path.exists()
        assert command(source, "backup", path)[0] == 0
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize(("point", "nth"), BEFORE, ids=[point for point, _ in BEFORE])
    def test_a_restore_leaves_the_database_as_it_was(self, archive, source, other, point, nth):
        before = told(other)
        self.kill(other, archive, f"restore: {point}", nth)

        assert told(other) == before
        assert command(other, "restore", archive, *replacing(other))[0] == 0
        assert_same(other, source)

    def test_a_restore_that_was_committed_is_whole(self, archive, source, other):
        self.kill(other, archive, "restore: committed", 1)

        assert_same(other, source)
        assert_holds(other)

    def test_control_without_the_transaction_a_kill_leaves_half_a_site(self, stage, archive):
        with opening(stage, UNSAFE.tree(stage)) as careless:
            before = told(careless)
            self.kill(careless, archive, "restore: emptied", 1)

            assert told(careless) != before

    @staticmethod
    def kill(site, archive, point, nth):
        words = ["restore", str(archive), *replacing(site)]
        fork = site.fork("command", words=words, point=point, nth=nth)
        assert fork.reached(), site.log()
        fork.kill()
