"""The control: the site's addresses and one that fails on NUL. The fuzzer must find it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path

urls: Any = import_module("roadmap.config.urls")
FORM = '<main><h1>Ditanam</h1><form method="post"><input name="kata"></form></main>'


@login_not_required
def plant(request: Any) -> HttpResponse:
    """Show a form; fail when it is sent with a NUL in it."""
    if "\x00" in request.POST.get("kata", ""):
        raise ValueError("planted")
    return HttpResponse(FORM)


urlpatterns = [path("ditanam/", plant, name="planted"), *urls.urlpatterns]
handler400, handler403, handler404 = urls.handler400, urls.handler403, urls.handler404
handler429, handler500 = urls.handler429, urls.handler500
