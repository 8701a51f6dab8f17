"""The Celery application: `celery -A roadmap.config worker`."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.config.settings")

TRANSPORT_ALIASES["filesystem"] = "roadmap.config.broker:Transport"
celery_app = Celery("roadmap")
celery_app.config_from_object("django.conf:settings", namespace="CELERY")
celery_app.autodiscover_tasks()
