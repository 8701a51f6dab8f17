"""A site that was lived in is backed up, lost, and put back: with real processes throughout.

What is compared is every row of every table, every file of evidence, and what a person sees who
signs in.
"""

from __future__ import annotations

import http.cookiejar
import json
import re
import stat
import urllib.parse
import urllib.request
import zipfile
from contextlib import contextmanager

import pytest

from tests.archives.acting import (
    assert_holds,
    assert_same,
    command,
    files,
    lived_in,
    obey,
    replacing,
    told,
)
from tests.chaos.keeping import FILES
from tests.chaos.stage import Stage
from tests.plugin import CHOSEN
from tests.servers import free_port, wait_for_port

pytestmark = pytest.mark.processes


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

    @pytest.mark.skipif(CHOSEN != "postgres", reason="asks both databases")
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
