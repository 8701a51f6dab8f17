"""What an action waits for, as people say it: a code and a number of days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap.forms.saved import SavedForm, fresh
from roadmap.models import ActionItem, Dependency
from roadmap.models.dependencies import MOST_LAG

WHOLE = _("Give a whole number of days, from 0 to 3650.")


class LagField(forms.IntegerField):
    """Calendar days between the end of one action and the beginning of the next."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Days between"),
            min_value=0,
            max_value=MOST_LAG,
            initial=0,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WHOLE),
            help_text=_(
                "Calendar days that must pass in between, such as 30 for a notice period. "
                "With 0 it can begin the day after."
            ),
        )


class DependencyForm(SavedForm):
    """The action that must be finished first."""

    predecessor = forms.CharField(
        label=_("Waits for the action with the code"),
        max_length=16,
        help_text=_("Such as CYB-01; of any workstream."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
    )
    lag_days = LagField()

    def clean_predecessor(self) -> ActionItem:
        code = self.cleaned_data["predecessor"].strip().upper()
        found = ActionItem.objects.filter(code__iexact=code).first()
        if found is None:
            sentence = _("There is no action with this code: %(codes)s.")
            raise forms.ValidationError(sentence, params={"codes": code[:20]})
        return found

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        return None


class LagForm(SavedForm):
    """Another number of days."""

    lag_days = LagField()


class RemoveForm(SavedForm):
    """It waits no longer."""


def values_of(dependency: Dependency) -> dict[str, Any]:
    """Give the first values of the form that changes the days."""
    return fresh(lag_days=dependency.lag_days)
