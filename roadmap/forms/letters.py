"""What may be asked of the list of letters; anything else is ignored, never an error."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import LetterState
from committee.models import Member
from roadmap.selectors.letters import Wanted, people_with_letters

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LetterFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("every state")), *LetterState.choices]
    )
    person = forms.ModelChoiceField(
        label=_("Recipient"),
        required=False,
        queryset=Member.objects.none(),
        empty_label=_("everybody"),
    )
    day = forms.DateField(label=_("Day"), required=False, widget=DAY)

    def __init__(self, *args: object, sees_all: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if sees_all:
            self.fields["person"].queryset = people_with_letters()  # type: ignore[attr-defined]
        else:
            del self.fields["person"]

    def wanted(self) -> Wanted:
        """Read what was understood; a value that was not stays in its field, with the reason."""
        self.is_valid()
        cleaned = self.cleaned_data
        return Wanted(
            state=cleaned.get("state", ""),
            person=cleaned.get("person"),
            day=cleaned.get("day"),
        )
