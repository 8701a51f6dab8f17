"""A site that was lived in is backed up, lost, and put back: with real processes throughout.

Each database of a round is one of its own; what is compared is every row of every table, every
file of evidence, and what a person sees who signs in.
"""

from __future__ import annotations

import hashlib
import http.cookiejar
import json
import re
import stat
import urllib.parse
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.chaos.cases import Control, Patch
from tests.chaos.keeping import FILES
from tests.chaos.stage import Stage
from tests.plugin import CHOSEN
from tests.servers import free_port, wait_for_port

pytestmark = pytest.mark.processes

ON_SQLITE = CHOSEN != "postgres"
FILE = "roadmap/services/archive_files.py"
NO_CRC = "zipfile.ZipExtFile._update_crc = lambda *_: None\n"
# What a restore changes on purpose: letters are held, and everybody signs in again.
CHANGED = {"committee_mailgate", "committee_letter"}
UNVERIFIED = Control(
    "every checksum",
    (
        Patch(FILE, "            _check_seal(file)\n", ""),
        Patch(FILE, "                _check_members(archive, manifest)\n", ""),
        Patch(FILE, "import zipfile\n", "import zipfile\n\n" + NO_CRC),
    ),
)
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


@pytest.fixture(scope="module")
def stage():
    with Stage(on_sqlite=ON_SQLITE) as stage:
        yield stage


def obey(site, role, **options):
    assert site.fork(role, **options).wait(seconds=300) == 0, site.log()


def command(site, *words):
    """Run a command of manage.py and give its code and what it said since."""
    before = len(said(site))
    code = site.fork("command", words=[str(word) for word in words]).wait(seconds=300)
    return code, said(site)[before:]


def said(site):
    path = site.folder / "log"
    return path.read_text() if path.exists() else ""


def told(site):
    """Give every row of every table, the number each last gave, and the locks that stand."""
    obey(site, "tell")
    return json.loads((site.folder / "told.json").read_text())


def files(site):
    paths = (site.folder / "evidence").glob("*")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@contextmanager
def lived_in(stage):
    with opening(stage) as site:
        obey(site, "live in")
        yield site


@pytest.fixture(scope="module")
def source(stage):
    with lived_in(stage) as site:
        yield site


@pytest.fixture(scope="module")
def archive(source):
    path = source.folder / "backups" / "site.zip"
    code, words = command(source, "backup", path)
    assert code == 0, words
    return path


@pytest.fixture
def empty(stage):
    with stage.site("empty") as site:
        yield site


@pytest.fixture
def other(stage):
    """Give another rehearsal: restoring into it removes what it holds."""
    with opening(stage) as site:
        yield site


def opening(stage, tree=None):
    return stage.site("opening_day", tree=tree, is_rehearsal=False)


def replacing(site):
    return "--replace", Path(site.database).name


def assert_same(restored, source):
    before, after = told(source), told(restored)
    rows, found = before["rows"], after["rows"]
    assert {name: len(rows[name]) for name in rows} == {
        name: len(found[name]) - (name == "committee_mailgate") for name in found
    }
    assert {name for name in rows if rows[name] != found[name]} <= CHANGED
    last = before["last"] | {"committee_mailgate": after["last"]["committee_mailgate"]}
    assert after["last"] == last
    assert after["locks"]
    assert files(source).items() <= files(restored).items()
    held = "SELECT count(*) FROM committee_letter WHERE state IN ('pending', 'held')"
    assert restored.ask(held) == source.ask(held)
    assert restored.ask("SELECT count(*) FROM committee_letter WHERE state = 'pending'") == [(0,)]


def assert_holds(site):
    assert site.ask("SELECT held_because FROM committee_mailgate") == [("restored",)]


class TestWhole:
    def test_into_an_empty_place(self, source, archive, empty):
        code, words = command(empty, "restore", archive)

        assert code == 0, words
        assert_same(empty, source)
        assert_holds(empty)
        assert len(files(empty)) == FILES
        assert f"{FILES} files of evidence. 3 letters are held" in words
        assert source.ask("SELECT count(*) FROM django_session") == [(1,)]
        assert empty.ask("SELECT count(*) FROM django_session") == [(0,)]

    def test_in_place_of_what_was_there_with_its_locks_lifted_and_remade(
        self, source, archive, other
    ):
        locks = told(other)["locks"]

        code, words = command(other, "restore", archive, *replacing(other))

        assert code == 0, words
        assert_same(other, source)
        assert_holds(other)
        assert told(other)["locks"] == locks
        for locked in ("DELETE FROM umkm_observation", "UPDATE committee_meeting SET number = 9"):
            with pytest.raises(Exception, match="is locked"):
                other.ask(locked)

    def test_the_site_opens_lets_people_in_and_shows_the_hold(self, archive, empty):
        assert command(empty, "restore", archive)[0] == 0

        with web(empty) as url:
            page = signed_in(url, "sekretariat@demo.test")(f"{url}/letters/health/")

        (held,) = re.findall(r'<h2 id="held">.*?</section>', page, re.DOTALL)
        assert "Basis data dipulihkan dari cadangan" in held
        assert 'data-count="3"' in held

    def test_the_next_row_gets_the_number_it_would_have_got(self, archive, source, empty):
        assert command(empty, "restore", archive)[0] == 0
        last = told(source)["last"]["committee_institution"]

        obey(empty, "add one")

        assert empty.ask("SELECT max(id) FROM committee_institution") == [(last + 1,)]
        assert last > source.ask("SELECT max(id) FROM committee_institution")[0][0]

    def test_only_its_owner_reads_the_archive(self, archive):
        assert stat.S_IMODE(archive.stat().st_mode) == 0o600

    def test_any_tool_opens_it(self, archive):
        with zipfile.ZipFile(archive) as opened:
            assert opened.testzip() is None
            manifest = json.loads(opened.read("manifest.json"))
        assert manifest["format"] == 1
        assert manifest["tables"]["roadmap_actionitem"]["rows"] == 25
        assert len(manifest["evidence"]) == FILES

    @pytest.mark.skipif(ON_SQLITE, reason="asks both databases")
    def test_a_site_moves_from_one_database_to_the_other(self, source, archive, empty, tmp_path):
        with Stage(on_sqlite=True) as small, small.site("empty") as moved:
            assert command(moved, "restore", archive)[0] == 0
            assert_same(moved, source)
            back = tmp_path / "back.zip"
            assert command(moved, "backup", back)[0] == 0
            code, words = command(empty, "restore", back)

        assert code == 0, words
        assert_same(empty, source)


@contextmanager
def web(site):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = site.start(
        *("-m", "gunicorn", "roadmap.config.wsgi", "-b", f"127.0.0.1:{port}"),
        "--no-control-socket",
        SITE_URL=url,
        DEBUG="1",
    )
    wait_for_port(port, alive=server)
    yield url
    site.kill(server)


def signed_in(url, address):
    """Sign in as a person does, and give what fetches a page."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def fetch(address, fields=None):
        sent = urllib.parse.urlencode(fields).encode() if fields else None
        request = urllib.request.Request(address, sent, {"Referer": url})
        with opener.open(request, timeout=60) as answer:
            return answer.read().decode()

    door = opener.open(f"{url}/my/", timeout=60)
    form = door.read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
    fields = {"csrfmiddlewaretoken": token, "login": address, "password": "peta-jalan"}
    fetch(door.url, fields)
    return fetch


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


class TestEvidence:
    def test_what_is_missing_or_changed_is_said_and_never_hidden(self, stage, tmp_path):
        with lived_in(stage) as site, stage.site("empty") as empty:
            obey(site, "damage")
            path = tmp_path / "site.zip"

            code, words = command(site, "backup", path)

            assert code == 0
            assert "Evidence is missing, and so it is in this backup" in words
            assert "Evidence was changed since it was attached" in words
            code, words = command(empty, "restore", path)
            assert code == 0
            assert words.count("Evidence was missing or changed when the backup was made") == 2
            assert len(files(empty)) == FILES - 1


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
