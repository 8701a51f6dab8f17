"""For whom."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UmkmConfig(AppConfig):
    name = "umkm"
    verbose_name = _("Small businesses")

    def ready(self) -> None:
        from committee.guards import watch
        from committee.ledger import watch_models
        from umkm.guards import GUARDS

        watch(self, GUARDS)
        watch_models(self, {"Import"})
