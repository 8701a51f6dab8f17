"""What may be asked of the list of letters; anything else is ignored, never an error."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import LetterKind, LetterState
from committee.models import Institution, Member
from roadmap.forms.saved import SavedForm
from roadmap.selectors.letters import (
    IN_DOUBT,
    Wanted,
    institutions_with_letters,
    people_with_letters,
)

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
# Only who sees everybody's letters can choose among people.
OF_OTHERS = ("person", "institution")


class LetterFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("every state")),
            *LetterState.choices,
            (IN_DOUBT, _("In doubt: may have arrived twice")),
        ],
    )
    person = forms.ModelChoiceField(
        label=_("Recipient"),
        required=False,
        queryset=Member.objects.none(),
        empty_label=_("everybody"),
    )
    institution = forms.ModelChoiceField(
        label=_("Institution"),
        required=False,
        queryset=Institution.objects.none(),
        empty_label=_("every institution"),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("every kind")), *LetterKind.choices]
    )
    since = forms.DateField(label=_("From day"), required=False, widget=DAY)
    until = forms.DateField(label=_("Until day"), required=False, widget=DAY)

    def __init__(self, *args: object, sees_all: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if sees_all:
            self.fields["person"].queryset = people_with_letters()  # type: ignore[attr-defined]
            institutions = institutions_with_letters()
            self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]
            return
        for name in OF_OTHERS:
            del self.fields[name]

    def wanted(self) -> Wanted:
        """Read what was understood; a value that was not stays in its field, with the reason."""
        self.is_valid()
        understood = {name: value for name, value in self.cleaned_data.items() if value}
        return Wanted(**understood)


class ConfirmForm(SavedForm):
    """Says yes to a number of letters, which it keeps as its version."""
