"""Open the first account of a real roadmap: prints a one-time link to choose a password."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from committee import accounts, services
from committee.enums import Role


class Command(BaseCommand):
    help = "Make an account for a secretariat or an admin and print its one-time link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=[Role.SECRETARIAT, Role.ADMIN])
        parser.add_argument("--name", default="", help="as shown to the others")

    @no_translations  # the terminal speaks English, as dev.py and `clock` do
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(_("%s is not an e-mail address.") % email) from None
        name = options["name"] or email.partition("@")[0]
        try:
            member = services.open_account(email=email, name=name, role=Role(options["role"]))
        except services.AlreadyIn:
            raise CommandError(_("%s has already signed in.") % email) from None
        self.stdout.write(accounts.password_link(member))
