"""What may be asked of the ledger; anything else is ignored, never an error."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import AuditVerb
from committee.models import Member
from roadmap.forms.saved import DayField
from roadmap.selectors import ledger


class LedgerFilter(forms.Form):
    actor = forms.ModelChoiceField(
        label=_("Who"),
        required=False,
        queryset=Member.objects.none(),
        empty_label=_("everybody, and the system"),
    )
    verb = forms.ChoiceField(
        label=_("Kind of change"),
        required=False,
        choices=[("", _("every change")), *AuditVerb.choices],
    )
    kind = forms.ChoiceField(label=_("Kind of thing"), required=False)
    key = forms.CharField(label=_("Its number"), required=False, max_length=40)
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("Until day"), required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["actor"].queryset = ledger.people()  # type: ignore[attr-defined]
        kinds = [("", _("everything")), *ledger.kinds()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def wanted(self) -> ledger.Wanted:
        """Read what was understood; a value that was not stays in its field, with the reason."""
        self.is_valid()
        understood = {name: value for name, value in self.cleaned_data.items() if value}
        return ledger.Wanted(**understood)
