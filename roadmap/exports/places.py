"""Institutions and the owners of open actions as files; owners are for the inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committee.models import Member
from roadmap.exports.tables import Column, Scope, Table, chunks, day, number, text


def _institution_columns(scope: Scope) -> list[Column]:
    return [
        text(_("Code"), lambda row: row.institution.code if row.institution else "", 16),
        text(_("Institution"), _title, 40),
        number(_("Leads"), "led"),
        number(_("Verified"), "verified"),
        number(_("Late"), "late"),
        number(_("Supports"), "supported"),
        number(_("Owners who reported in the last 30 days"), "fresh", inside=True),
        number(_("Silent owners"), "silent", inside=True),
        text(_("Address"), lambda row: _address(row, scope), 40),
    ]


def _title(row: Any) -> str:
    return row.institution.local_title if row.institution else _("No lead institution")


def _address(row: Any, scope: Scope) -> str:
    if row.institution is None:
        return ""
    return scope.site + reverse("roadmap:institution", args=[row.institution.code])


def _institution_rows(found: Any, _scope: Scope) -> Iterator[Any]:
    """Give the rows as they are: there are no more of them than institutions."""
    yield from found


def _owner_columns(scope: Scope) -> list[Column]:
    return [
        text(_("Owner"), lambda row: row["member"].name, 30),
        text(_("Institution"), lambda row: _place(row["member"]), 40),
        day(_("Last report"), lambda row: row["last"]),
        number(_("Open actions"), lambda row: row["open"]),
        number(_("Late"), lambda row: row["late"]),
        number(_("Reports owed"), lambda row: row["owed"]),
        text(
            _("Address"),
            lambda row: scope.site + reverse("roadmap:person", args=[row["owner_id"]]),
            40,
        ),
    ]


def _place(member: Member) -> str:
    return member.institution.local_title if member.institution else ""


def _owner_rows(found: Any, _scope: Scope) -> Iterator[dict[str, Any]]:
    for part in chunks(found):
        loaded = Member.objects.select_related("institution")
        members = loaded.in_bulk([row["owner_id"] for row in part])
        yield from ({**row, "member": members[row["owner_id"]]} for row in part)


INSTITUTIONS = Table(gettext_lazy("Institutions"), _institution_columns, _institution_rows)
OWNERS = Table(gettext_lazy("Owners"), _owner_columns, _owner_rows)
