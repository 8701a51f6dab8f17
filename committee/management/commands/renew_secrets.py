"""Put second factors under a new SECRET_KEY: `manage.py renew_secrets`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from committee.second_factor import renew_secrets


class Command(BaseCommand):
    help = "Write the secrets of second factors anew, under the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{renew_secrets()} secrets stand under the present SECRET_KEY.")
