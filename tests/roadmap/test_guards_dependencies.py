"""What waited for what is history: the database lets a dependency be removed, and nothing else."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from committee import guards
from roadmap import guards as roadmap_guards
from roadmap.models import Dependency
from tests import factories
from tests.factories import TODAY, days

pytestmark = pytest.mark.django_db


@pytest.fixture
def dependency():
    place, by = factories.workstream(), factories.member("secretariat")
    first, then = (factories.action(workstream=place) for _ in range(2))
    return Dependency.objects.create(
        predecessor=first, successor=then, lag_days=3, created_on=days(-9), created_by=by
    )


def change(**values):
    return lambda one: Dependency.objects.filter(pk=one.pk).update(**values)


CHANGES = {
    "another lag": change(lag_days=4),
    "an earlier beginning": change(created_on=days(-30)),
    "another end": lambda one: change(predecessor=factories.action())(one),
    "gone": lambda one: Dependency.objects.filter(pk=one.pk)._raw_delete("default"),
}


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_a_dependency_is_never_rewritten(dependency, act):
    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        act(dependency)

    dependency.refresh_from_db()
    assert (dependency.lag_days, dependency.created_on) == (3, days(-9))


def test_it_can_be_removed_once(dependency):
    remove = change(removed_on=TODAY, removed_by=dependency.created_by)
    remove(dependency)

    with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
        change(removed_on=None, removed_by=None)(dependency)


@pytest.mark.parametrize("act", CHANGES.values(), ids=CHANGES)
def test_without_the_locks_it_would_be(dependency, act):
    guards.remove("default", roadmap_guards.GUARDS)
    try:
        assert act(dependency) == 1
    finally:
        guards.install("default", roadmap_guards.GUARDS)
