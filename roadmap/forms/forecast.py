"""What may be asked of the forecast; anything else is ignored, never an error."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap.selectors.forecast_page import Wanted


class ForecastFilter(forms.Form):
    person = forms.TypedChoiceField(
        label=_("Recipient"), required=False, coerce=int, empty_value=None
    )
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: object, names: Mapping[int, str], sees_all: bool, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not sees_all:
            del self.fields["person"]
            return
        people = sorted(names.items(), key=lambda one: (one[1], one[0]))
        choices = [("", _("everybody")), *people]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Read what was understood; a value that was not stays in its field, with the reason."""
        self.is_valid()
        return Wanted(self.cleaned_data.get("person"), self.cleaned_data.get("day"))
