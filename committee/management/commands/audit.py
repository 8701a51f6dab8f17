"""`manage.py audit verify [--head HASH]` and `manage.py audit export`: the ledger, checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from committee.models import AuditEntry
from committee.rules import chain


def entries() -> Iterator[dict[str, Any]]:
    """Give every entry of the ledger as it is exported, in the order of their numbers."""
    for entry in AuditEntry.objects.order_by("number").iterator(chunk_size=1000):
        yield entry.as_sealed() | {"prev_hash": entry.prev_hash, "hash": entry.hash}


class Command(BaseCommand):
    help = "Check the ledger, or write it out as JSON lines."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "export"])
        parser.add_argument("--head", default="", help="a seal known from a letter or a backup")

    def handle(self, *, what: str, head: str, **_options: Any) -> None:
        if what == "export":
            for entry in entries():
                self.stdout.write(chain.canonical(entry))
            return
        broken = chain.first_broken(entries(), head)
        if broken:
            raise CommandError(broken)
        self.stdout.write(_("Every entry is as it was written."))
