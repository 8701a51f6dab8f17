"""What, by when, and is it on track."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoadmapConfig(AppConfig):
    name = "roadmap"
    verbose_name = _("Roadmap")

    def ready(self) -> None:
        from committee.guards import watch
        from committee.ledger import watch_models
        from roadmap.guards import GUARDS
        from roadmap.models import then

        then.watch(self)
        watch(self, GUARDS)
        watch_models(self, {"Job", "Reminder", "SavedView", "ActionThen", "MilestoneThen"})
