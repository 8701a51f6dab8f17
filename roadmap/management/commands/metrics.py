"""Print the numbers of `/metrics`, for a scraper that reads text files."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from roadmap.selectors import metrics


class Command(BaseCommand):
    help = "Print the numbers a monitor collects, as /metrics does."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(metrics.text(), ending="")
