"""What, by when, and is it on track."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RoadmapConfig(AppConfig):
    name = "roadmap"
    verbose_name = _("Roadmap")

    def ready(self) -> None:
        from roadmap import guards

        post_migrate.connect(guards.keep, sender=self, dispatch_uid="roadmap_guards")
