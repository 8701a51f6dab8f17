"""Who, and in which workstream."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitteeConfig(AppConfig):
    name = "committee"
    verbose_name = _("Committee")

    def ready(self) -> None:
        from committee import checks, events, guards, sessions  # noqa: F401 - checks register themselves
        from committee.ledger import OUTSIDE, watch_models

        events.listen()
        sessions.watch()
        guards.watch(self, guards.GUARDS)
        watch_models(self, OUTSIDE)
