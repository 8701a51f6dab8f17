"""Changing one's password, also for whoever has none."""

from __future__ import annotations

from typing import Any

from allauth.account.views import PasswordChangeView
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class ChangePassword(PasswordChangeView):
    """Change a password; a first one is chosen by the link that the next page sends."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.has_usable_password():
            return super().dispatch(request, *args, **kwargs)
        messages.info(request, _("You have no password yet: have a link sent to choose one."))
        return redirect("account_reset_password")
