"""Who, and in which workstream."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CommitteeConfig(AppConfig):
    name = "committee"
    verbose_name = _("Committee")

    def ready(self) -> None:
        from committee import checks, guards  # noqa: F401 - checks register themselves

        pre_migrate.connect(guards.lift, sender=self, dispatch_uid="committee_guards")
        post_migrate.connect(guards.keep, sender=self, dispatch_uid="committee_guards")
