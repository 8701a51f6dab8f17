"""Put second factors under a new SECRET_KEY: `manage.py renew_secrets`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from committee.second_factor import renew_secrets


class Command(BaseCommand):
    help = "Write the secrets of second factors anew, under the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        number, lost = renew_secrets()
        self.stdout.write(f"{number} secrets stand under the present SECRET_KEY.")
        if lost:
            raise CommandError(
                f"No key reads the second factor of {', '.join(lost)}. Take it away in Django "
                "admin, so that they can set up another."
            )
