"""What waits for what: said, changed and taken back, never in a circle.

A row is never changed and never deleted: another lag is another row, and what was removed keeps
the day, so that a past day reads as it was. Nothing moves by itself when something is said here.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from committee.services import bump_revision
from roadmap.enums import Refusal, Status
from roadmap.models import ActionItem, Dependency
from roadmap.rules import permissions
from roadmap.rules.dependencies import path
from roadmap.rules.refusals import Refused
from roadmap.selectors.dependencies import links_after
from roadmap.services.changes import Attempt, Repeated, actor_now, one_change, require


@one_change
def add_dependency(
    *, predecessor: ActionItem, successor: ActionItem, lag_days: int, attempt: Attempt
) -> Dependency:
    """Let one action wait until another is finished, and for some calendar days more.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it waits for itself, for this one already, for a cancelled one, or in a
        circle, whose way the sentence names.
    """
    _begin(attempt, successor)
    _check_two(predecessor, successor)
    _check_circle(predecessor, successor, attempt.at.today)
    return _stand(predecessor.pk, successor.pk, lag_days, attempt)


@one_change
def change_lag(*, dependency: Dependency, lag_days: int, attempt: Attempt) -> Dependency:
    """Let an action wait for another number of days.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if it was removed meanwhile, or this is the number that stands.
    """
    _begin(attempt, dependency.successor)
    dependency = _standing(dependency)
    if dependency.lag_days == lag_days:
        raise Refused(Refusal.SAME_TEXT)
    _end(dependency, attempt)
    return _stand(dependency.predecessor_id, dependency.successor_id, lag_days, attempt)


@one_change
def remove_dependency(*, dependency: Dependency, attempt: Attempt) -> Dependency:
    """Let an action no longer wait for another; that it did stays on record.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if somebody else removed it meanwhile.
    """
    _begin(attempt, dependency.successor)
    current = Dependency.objects.get(pk=dependency.pk)
    if current.removed_by_id == attempt.by.pk and not _is_linked(current):
        raise Repeated(current)  # the same wish, sent again
    current = _standing(dependency)
    _end(current, attempt)
    bump_revision()
    return current


def _begin(attempt: Attempt, successor: ActionItem) -> None:
    """Keep every other change of dependencies waiting, then ask who this is.

    :raises Repeated: when this token has already had its effect.
    """
    hold_all()
    token = attempt.token
    first = Dependency.objects.filter(token=token).first() if token else None
    if first is not None:
        raise Repeated(first)
    require(permissions.may_link(actor_now(attempt), successor.workstream_id))


def hold_all() -> None:
    """Let one change at a time look for circles, until its transaction ends.

    A circle may close over any number of actions, each link laid by another person: no lock of
    the two actions named, nor of any rows that exist, would make these people wait for each
    other. Readers go on. A database without such locks has one writer at a time anyway, from the
    first statement of its transaction.
    """
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Dependency._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _check_two(predecessor: ActionItem, successor: ActionItem) -> None:
    if predecessor.pk == successor.pk:
        raise Refused(Refusal.WAITS_FOR_ITSELF)
    both = ActionItem.objects.filter(pk__in=(predecessor.pk, successor.pk))
    if both.filter(status=Status.CANCELLED).exists():
        raise Refused(Refusal.WAITS_FOR_CANCELLED)
    standing = Dependency.objects.filter(removed_on=None)
    if standing.filter(predecessor=predecessor, successor=successor).exists():
        raise Refused(Refusal.WAITS_ALREADY)


def _check_circle(predecessor: ActionItem, successor: ActionItem, today: date) -> None:
    """Refuse a link whose successor its predecessor already waits for, over however many others.

    Those of cancelled actions count too: reopened, they wait again.
    """
    way = path(links_after(successor.pk, today), successor.pk, predecessor.pk)
    if way:
        codes = dict(ActionItem.objects.filter(pk__in=way).values_list("pk", "code"))
        circle = [codes[pk] for pk in (*way, successor.pk)]
        raise Refused(Refusal.WAITS_IN_CIRCLE, path=" → ".join(circle))


def _standing(dependency: Dependency) -> Dependency:
    found = Dependency.objects.filter(pk=dependency.pk, removed_on=None).first()
    if found is None:
        raise Refused(Refusal.MEANWHILE)
    return found


def _is_linked(dependency: Dependency) -> bool:
    """Tell whether the same two stand linked, as they do when only the days were changed."""
    pair = {"predecessor": dependency.predecessor_id, "successor": dependency.successor_id}
    return Dependency.objects.filter(removed_on=None, **pair).exists()


def _end(dependency: Dependency, attempt: Attempt) -> None:
    dependency.removed_on, dependency.removed_by = attempt.at.today, attempt.by
    dependency.save(update_fields=["removed_on", "removed_by"])


def _stand(predecessor: int, successor: int, lag_days: int, attempt: Attempt) -> Dependency:
    made = Dependency.objects.create(
        predecessor_id=predecessor,
        successor_id=successor,
        lag_days=lag_days,
        created_on=attempt.at.today,
        created_by=attempt.by,
        token=attempt.token,
    )
    bump_revision()
    return made
