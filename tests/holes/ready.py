"""A migrated database for many short runs of tests: made once, then copied in memory.

Loaded with `-p tests.holes.ready` where HOLES_DATABASE names an SQLite file. The first run fills
it; later ones copy it, triggers and all, and migrate nothing.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connection

FILE = Path(os.environ["HOLES_DATABASE"])


def _ready(plain: Any) -> Any:
    def handle(self: Any, *args: Any, **options: Any) -> Any:
        migrate.Command.handle = plain  # only the test database is made this way
        connection.ensure_connection()
        if FILE.exists():
            with closing(sqlite3.connect(FILE)) as made:
                made.backup(connection.connection)
            return None
        done = plain(self, *args, **options)
        with closing(sqlite3.connect(FILE)) as made:
            connection.connection.backup(made)
        return done

    return handle


migrate.Command.handle = _ready(migrate.Command.handle)
