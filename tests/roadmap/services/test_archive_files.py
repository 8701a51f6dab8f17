"""The file of a backup: sealed to the last bit, whole under its name or not there at all."""

from __future__ import annotations

import fcntl
import os
import zipfile
from contextlib import nullcontext

import pytest

from roadmap.services import archive_files
from roadmap.services.archive_files import Manifest, Table, Unfit

MANIFEST = {
    "build": "b",
    "vendor": "sqlite",
    "made_at": "2018-09-24T08:05:00+07:00",
    "is_rehearsal": True,
    "migrations": ["roadmap.0001_initial"],
    "tables": {"t": Table(1, 1)},
    "evidence": {},
    "missing": [],
    "changed": [],
    "ledger_head": None,
}


def write(path):
    with archive_files.writing(path) as writer:
        writer.add("tables/t.jsonl", [b'[1, "LOG-01"]\n' * 20], packed=True)
        writer.add("evidence/a", [b"%PDF-1.4"], packed=False)
        archive_files.finish(writer, Manifest(**MANIFEST, members=dict(writer.members)))
    return path


def accepts(path):
    try:
        archive_files.verify(path)
    except Unfit:
        return False
    return True


def bits_flipped(content):
    """Give the content with one bit of each of its bytes flipped, one after the other."""
    for place in range(len(content)):
        yield content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]


def passing(path, contents):
    """Count what would be restored of some contents."""
    count = 0
    for content in contents:
        path.write_bytes(content)
        count += accepts(path)
    return count


def test_a_whole_one_is_read_back(tmp_path):
    path = write(tmp_path / "a.zip")

    with archive_files.reading(path) as (archive, manifest):
        assert archive.read("evidence/a") == b"%PDF-1.4"
        assert manifest.tables == {"t": Table(1, 1)}
        assert set(manifest.members) == {"tables/t.jsonl", "evidence/a"}


def test_the_folders_it_is_to_lie_in_are_made(tmp_path):
    assert accepts(write(tmp_path / "backups" / "2018" / "a.zip"))


def test_a_flipped_bit_in_any_byte_is_refused(tmp_path):
    content = write(tmp_path / "a.zip").read_bytes()

    assert passing(tmp_path / "b.zip", bits_flipped(content)) == 0


def test_control_without_the_seal_some_pass(tmp_path, monkeypatch):
    content = write(tmp_path / "a.zip").read_bytes()
    monkeypatch.setattr(archive_files, "_check_seal", lambda _file: None)

    assert passing(tmp_path / "b.zip", bits_flipped(content)) > 0


def test_one_that_was_cut_off_or_went_on_is_refused(tmp_path):
    content = write(tmp_path / "a.zip").read_bytes()
    others = [content[:end] for end in range(0, len(content), 7)]

    assert passing(tmp_path / "b.zip", [*others, content + b"x", b"x" + content]) == 0


@pytest.mark.parametrize("content", [b"", b"PK", b"\x00" * 500, b"not an archive" * 90])
def test_anything_else_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "b.zip"
    path.write_bytes(content)

    with pytest.raises(Unfit, match="The archive is damaged"):
        archive_files.verify(path)


def test_one_that_is_not_there_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(Unfit, match="cannot be read"):
        archive_files.verify(tmp_path / "none.zip")


@pytest.mark.parametrize("extra", ["tables/u.jsonl", "evidence/b", "tables/t.jsonl"])
def test_a_member_the_manifest_does_not_name_is_refused(tmp_path, extra):
    warned = pytest.warns(UserWarning, match="Duplicate") if "t.json" in extra else nullcontext()

    with warned, pytest.raises(Unfit, match="does not hold the files it names"):
        smuggle(tmp_path / "a.zip", extra)
    assert list(tmp_path.iterdir()) == []


def smuggle(path, extra):
    with archive_files.writing(path) as writer:
        writer.add("tables/t.jsonl", [b"[1]\n"], packed=True)
        archive_files.finish(writer, Manifest(**MANIFEST, members=dict(writer.members)))
        writer.add(extra, [b"[2]\n"], packed=True)


@pytest.fixture
def broken_off(tmp_path):
    """Leave what a backup leaves that was killed."""
    part = tmp_path / ".old.zip.part"
    part.write_bytes(b"PK")
    return part


def test_what_a_killed_one_left_goes_with_the_next(tmp_path, broken_off):
    write(tmp_path / "a.zip")

    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_what_another_one_is_writing_stays(tmp_path, broken_off):
    with broken_off.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write(tmp_path / "a.zip")

    assert broken_off.exists()


def test_two_under_one_name_are_refused(tmp_path):
    path = tmp_path / "a.zip"

    with archive_files.writing(path) as first:
        with pytest.raises(Unfit, match="Another backup"), archive_files.writing(path):
            pass
        archive_files.finish(first, Manifest(**MANIFEST))

    before = path.read_bytes()
    with pytest.raises(Unfit, match="is there already"):
        write(path)
    assert path.read_bytes() == before


def break_off(path):
    with archive_files.writing(path) as writer:
        writer.add("tables/t.jsonl", [b"[1]\n"], packed=True)
        raise OSError("the disk is full")


def test_a_fault_on_the_way_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="full"):
        break_off(tmp_path / "a.zip")

    assert os.listdir(tmp_path) == []


def test_it_is_an_ordinary_zip(tmp_path):
    with zipfile.ZipFile(write(tmp_path / "a.zip")) as archive:
        assert archive.testzip() is None
        assert {one.external_attr >> 16 for one in archive.infolist()} == {0o600}
