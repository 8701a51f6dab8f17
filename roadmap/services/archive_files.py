"""The file a backup is kept in: an ordinary zip, sealed by a checksum of every byte of it.

Its comment, the last thing in the file, is the SHA-256 of all that stands before; the manifest
names every member with a checksum of its own. Nothing here knows a table. A file gets its name
only when it is whole and was read back; until then it is called `.NAME.part`.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
SEAL_LENGTH = hashlib.sha256().digest_size * 2
CHUNK = 1 << 20
# The manifest holds names and numbers only; a larger one was not written here.
MOST_MANIFEST = 256 << 20
BROKEN = "The archive is damaged: {}. Nothing was changed; take another one."


class Unfit(Exception):
    """This archive cannot be made or restored; the text is the sentence that says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file within the archive."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Table:
    """How many rows a table has, and the last number it gave a row."""

    rows: int
    last_id: int | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, and of which site. `evidence` is what the rows expect of each file."""

    build: str
    vendor: str
    made_at: str
    is_rehearsal: bool
    migrations: list[str]
    tables: dict[str, Table]
    evidence: dict[str, str]
    missing: list[str]
    changed: list[str]
    ledger_head: str | None
    members: dict[str, Member] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """An archive being written: members first, the manifest last."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: dict[str, Member] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool) -> Member:
        """Write one member and give its size and checksum."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as target:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self.members[name] = Member(size, digest.hexdigest())
        return self.members[name]


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Open an archive for writing; it appears under its name once it is whole.

    :raises Unfit: if there is such a file already.
    """
    if path.exists():
        raise Unfit(f"{path} is there already: choose another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_parts(path.parent)
    part = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Unfit(f"Another backup is being written to {path}.") from error
    try:
        with os.fdopen(handle, "w+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # tells a living writer from one that was killed
            with zipfile.ZipFile(file, "w") as archive:
                archive.comment = b"0" * SEAL_LENGTH
                yield Writer(archive)
            _seal(file)
            verify(part)
            part.replace(path)
            sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def finish(writer: Writer, manifest: Manifest) -> None:
    """Write the manifest of all that was written before it."""
    text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
    writer.add(MANIFEST, [text.encode()], packed=True)


@contextmanager
def reading(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open an archive of which every byte was checked.

    :raises Unfit: if it is damaged, or written by a newer version.
    """
    manifest = verify(path)
    with zipfile.ZipFile(path) as archive:
        yield archive, manifest


def verify(path: Path) -> Manifest:
    """Read every byte of an archive, and give its manifest.

    :raises Unfit: if it is damaged, or written by a newer version.
    """
    try:
        with path.open("rb") as file:
            _check_seal(file)
            with zipfile.ZipFile(file) as archive:
                manifest = _manifest_of(archive)
                _check_members(archive, manifest)
    except Unfit:
        raise
    except OSError as error:
        raise Unfit(f"The archive cannot be read: {error}") from error
    except Exception as error:  # whatever a file that was never ours makes zip and JSON say
        raise Unfit(BROKEN.format("it is no archive of this site")) from error
    return manifest


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """Read a file to its end, a piece at a time."""
    while chunk := file.read(CHUNK):
        yield chunk


def sync_folder(folder: Path) -> None:
    """Make a name given in a folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear_parts(folder: Path) -> None:
    """Remove what backups left that were killed: nobody holds their lock."""
    for part in folder.glob(".*.part"):
        with part.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            part.unlink()


def _seal(file: IO[bytes]) -> None:
    """Put the checksum of all that stands before it at the file's end, and on disk."""
    seal = _digest_before_seal(file)
    file.seek(-SEAL_LENGTH, os.SEEK_END)
    file.write(seal)
    file.flush()
    os.fsync(file.fileno())


def _digest_before_seal(file: IO[bytes]) -> bytes:
    left = file.seek(0, os.SEEK_END) - SEAL_LENGTH
    if left <= 0:
        raise Unfit(BROKEN.format("it is empty or cut off"))
    file.seek(0)
    digest = hashlib.sha256()
    while left and (chunk := file.read(min(CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest().encode()


def _check_seal(file: IO[bytes]) -> None:
    seal = _digest_before_seal(file)
    if file.read(SEAL_LENGTH) != seal:
        raise Unfit(BROKEN.format("its bytes are not those that were written"))
    file.seek(0)


def _manifest_of(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
        raise ValueError(MANIFEST)
    read: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if read["format"] != FORMAT:
        raise Unfit(
            f"The archive has format {read['format']}, and this version reads {FORMAT}:"
            " restore it with the version that wrote it."
        )
    read["members"] = {name: Member(**value) for name, value in read["members"].items()}
    read["tables"] = {name: Table(**value) for name, value in read["tables"].items()}
    return Manifest(**{one.name: read[one.name] for one in fields(Manifest)})


def _check_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Hold every member against the manifest, and refuse one it does not name."""
    if sorted(archive.namelist()) != sorted([*manifest.members, MANIFEST]):
        raise Unfit(BROKEN.format("it does not hold the files it names"))
    for name, expected in manifest.members.items():
        digest = hashlib.sha256()
        with archive.open(name) as member:
            for chunk in chunks_of(member):
                digest.update(chunk)
        if digest.hexdigest() != expected.sha256:
            raise Unfit(BROKEN.format(f"{name} is not what was written"))
