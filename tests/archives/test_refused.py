"""An archive that is damaged, or does not belong here, changes nothing and says why."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from tests.archives.acting import command, files, replacing, told
from tests.chaos.cases import Control, Patch

pytestmark = pytest.mark.processes

FILE = "roadmap/services/archive_files.py"
NO_CRC = "zipfile.ZipExtFile._update_crc = lambda *_: None\n"
UNVERIFIED = Control(
    "every checksum",
    (
        Patch(FILE, "            _check_seal(file)\n", ""),
        Patch(FILE, "                _check_members(archive, manifest)\n", ""),
        Patch(FILE, "import zipfile\n", "import zipfile\n\n" + NO_CRC),
    ),
)


def where(archive, name):
    """Give a place within the bytes of a member."""
    with zipfile.ZipFile(archive) as opened:
        info = opened.getinfo(name)
        return info.header_offset + 30 + len(name) + info.compress_size // 2


def evidence_name(archive):
    with zipfile.ZipFile(archive) as opened:
        return next(name for name in opened.namelist() if name.startswith("evidence/"))


DAMAGES = {
    "table": lambda path: where(path, "tables/roadmap_statusupdate.jsonl"),
    "evidence": lambda path: where(path, evidence_name(path)),
    "manifest": lambda path: where(path, "manifest.json"),
    "a name in the directory": lambda path: path.read_bytes().rindex(b"tables/") + 9,
    "a date nobody reads": lambda path: 11,
    "seal": lambda path: path.stat().st_size - 5,
}


def flipped(archive, place, target):
    content = bytearray(archive.read_bytes())
    content[place] ^= 1
    target.write_bytes(content)
    return target


class TestRefused:
    @pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
    def test_one_flipped_bit_anywhere(self, archive, other, damage, tmp_path):
        bad = flipped(archive, damage(archive), tmp_path / "bad.zip")
        before = told(other)

        code, words = command(other, "restore", bad, *replacing(other))

        assert (code, "The archive is damaged" in words) == (1, True)
        assert told(other) == before
        assert files(other) == {}

    def test_control_without_verification_a_damaged_archive_is_restored(
        self, stage, archive, tmp_path
    ):
        """Evidence lies in the archive as it is: nothing else would notice its flipped bit."""
        bad = flipped(archive, DAMAGES["evidence"](archive), tmp_path / "bad.zip")
        with stage.site("empty", tree=UNVERIFIED.tree(stage)) as careless:
            code, _words = command(careless, "restore", bad)

            assert code == 0
            assert set(files(careless).values()) != set(evidence_hashes(archive))

    def test_a_file_that_was_cut_off(self, archive, empty, tmp_path):
        cut = tmp_path / "cut.zip"
        cut.write_bytes(archive.read_bytes()[:-1000])

        code, words = command(empty, "restore", cut)

        assert (code, "damaged" in words) == (1, True)

    def test_a_database_that_is_not_empty(self, archive, other):
        before = told(other)

        for name in ((), ("--replace", "elsewhere")):
            code, words = command(other, "restore", archive, *name)
            assert code == 1
            assert "is not empty (37 institutions, 15 members" in words
            assert f"say --replace {Path(other.database).name}" in words
        assert told(other) == before

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"migrations": ["roadmap.9999_of_tomorrow"]}, "comes from a newer version"),
            ({"migrations": -1}, "comes from an older version"),
            ({"format": 2}, "has format 2, and this version reads 1"),
            ({"is_rehearsal": False}, "neither can become the other"),
            ({"ledger_head": "00ff"}, "The ledger's head is not the one"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
    )
    def test_what_does_not_belong_here(self, archive, other, tmp_path, change, sentence):
        foreign = rewritten(archive, tmp_path / "foreign.zip", change)
        before = told(other)

        code, words = command(other, "restore", foreign, *replacing(other))

        assert (code, sentence in words) == (1, True), words
        assert told(other) == before

    def test_a_second_backup_under_the_same_name(self, source, archive):
        before = archive.read_bytes()

        code, words = command(source, "backup", archive)

        assert (code, "is there already" in words) == (1, True)
        assert archive.read_bytes() == before


def evidence_hashes(archive):
    with zipfile.ZipFile(archive) as opened:
        return json.loads(opened.read("manifest.json"))["evidence"].values()


def rewritten(archive, target, change):
    """Write an archive anew, sealed and whole, with another manifest."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w") as new:
        for name in source.namelist():
            content = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                added = change.get("migrations")
                if isinstance(added, list):
                    change = {"migrations": manifest["migrations"] + added}
                elif added:
                    change = {"migrations": manifest["migrations"][:added]}
                content = json.dumps(manifest | change).encode()
            new.writestr(name, content)
        new.comment = b"0" * 64
    content = target.read_bytes()
    target.write_bytes(content[:-64] + hashlib.sha256(content[:-64]).hexdigest().encode())
    return target
