"""How Django and Celery start; nothing imports this but they."""

from roadmap.config.celery import celery_app

__all__ = ["celery_app"]
