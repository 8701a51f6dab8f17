"""The application for an asynchronous server; the product itself is served by wsgi.py."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.config.settings")

application = get_asgi_application()
