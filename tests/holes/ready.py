"""A migrated database for many short runs of tests: made once, then copied in memory.

Loaded with `-p tests.holes.ready` where HOLES_DATABASE names an SQLite file. The first run fills
it; in later ones the migrations find everything applied and only give back what a flush takes.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connection

FILE = Path(os.environ.get("HOLES_DATABASE", "holes.sqlite3"))


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    source.backup(target)


def _ready(plain: Any) -> Any:
    def handle(self: Any, *args: Any, **options: Any) -> Any:
        connection.ensure_connection()
        if FILE.exists():
            with closing(sqlite3.connect(FILE)) as made:
                _copy(made, connection.connection)
            return plain(self, *args, **options)
        done = plain(self, *args, **options)
        with closing(sqlite3.connect(FILE)) as made:
            _copy(connection.connection, made)
        return done

    return handle


migrate.Command.handle = _ready(migrate.Command.handle)
