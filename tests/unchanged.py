"""The whole database as one value, and a fault after any of its writes."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection

# Counters of tries, in the table of the cache, are no part of what a person saves.
WRITE = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(?!"cache")', re.IGNORECASE)


class Fault(Exception):
    """The machine stopped here."""


def everything():
    """Give every row of every table but sessions."""
    models = [
        one for one in apps.get_models(include_auto_created=True) if one.__name__ != "Session"
    ]
    return {one._meta.db_table: sorted(map(repr, one.objects.values_list())) for one in models}


@contextmanager
def unchanged(*refusals):
    """Expect one of these refusals, and not one row changed."""
    before = everything()
    with pytest.raises(refusals) as caught:
        yield caught
    assert everything() == before


@contextmanager
def failing_after(number):
    """Break after so many writes; gives the list of writes that were made."""
    made = []

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if WRITE.match(sql):
            made.append(sql)
            if len(made) == number:
                raise Fault
        return answer

    with connection.execute_wrapper(watch):
        yield made
