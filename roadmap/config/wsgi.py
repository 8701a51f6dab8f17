"""The web application: `gunicorn roadmap.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.config.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from committee.http import Request  # noqa: E402

application.request_class = Request

# A page that takes longer than 5 s is lost to its reader; workers keep the 60 s of settings.py.
_options = settings.DATABASES["default"].get("OPTIONS", {})
if "options" in _options:
    _options["options"] += " -c statement_timeout=5000"
