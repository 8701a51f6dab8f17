"""A site that was lived in, its archive, and places to restore it into: all on real databases."""

from __future__ import annotations

import pytest

from tests.archives.acting import command, lived_in, opening
from tests.chaos.stage import Stage
from tests.plugin import CHOSEN


@pytest.fixture(scope="package")
def stage():
    with Stage(on_sqlite=CHOSEN != "postgres") as stage:
        yield stage


@pytest.fixture(scope="package")
def source(stage):
    with lived_in(stage) as site:
        yield site


@pytest.fixture(scope="package")
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
