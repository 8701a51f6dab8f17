"""Keeping a view: its name, and whether it keeps its day and opens first."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roadmap.enums import ViewPage
from roadmap.forms.saved import SavedForm
from roadmap.services.views import Wish
from roadmap.templatetags.roadmap import day

LONGEST_ASKED = 4000


class NameForm(SavedForm):
    """What a view is called in one's own list."""

    name = forms.CharField(label=_("Name"), max_length=100)


class KeepForm(NameForm):
    """A page as it was asked for, to be kept under a name."""

    page = forms.ChoiceField(choices=ViewPage.choices, widget=forms.HiddenInput)
    query = forms.CharField(
        required=False, max_length=LONGEST_ASKED, strip=False, widget=forms.HiddenInput
    )
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)
    with_day = forms.BooleanField(
        required=False,
        label=_("Keep the day"),
        help_text=_("Otherwise it shows the day it is opened on."),
    )
    is_start = forms.BooleanField(
        required=False, label=_("Begin here"), help_text=_("It opens whenever you sign in.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self["day"].value()
        if not given:
            del self.fields["with_day"]
            return
        # A wrong day has its own error; it is named as it was sent.
        with suppress(ValueError):
            given = day(date.fromisoformat(given))
        self.fields["with_day"].label = gettext("Always as of %(day)s") % {"day": given}


class ForgetForm(SavedForm):
    """Nothing to fill in: only that it is meant."""


def wish_of(cleaned: Mapping[str, Any]) -> Wish:
    return Wish(
        page=cleaned["page"],
        name=cleaned["name"],
        query=cleaned["query"],
        day=cleaned["day"] if cleaned.get("with_day") else None,
        is_start=cleaned["is_start"],
    )
