"""Hold all letters, for whoever has just restored a backup by hand: `manage.py hold`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from committee import gate
from committee.enums import HoldReason


class Command(BaseCommand):
    help = "Hold all letters after a backup was restored, before anything is started on it."

    def handle(self, *args: Any, **options: Any) -> None:
        gate.hold(HoldReason.RESTORED)
        self.stdout.write("Letters are held until the secretariat sends or discards them.")
