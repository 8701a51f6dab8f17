"""Who takes over from somebody who leaves, and that what was shown is meant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.models import Member
from roadmap.forms.people import possible_owners
from roadmap.forms.saved import SavedForm, TextField
from roadmap.services.leaving import Handover

NOBODY = "nobody"


class SuccessorForm(forms.Form):
    """The choice of a successor: a way to a page, which changes nothing."""

    successor = forms.ChoiceField(label=_("Who takes over"))

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = possible_owners().exclude(pk=member.pk).select_related("institution")
        self.people = {str(one.pk): one for one in people}
        offered = [(pk, _worded(one)) for pk, one in self.people.items()]
        field = self.fields["successor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("choose…")), *offered, (NOBODY, _("nobody"))]

    @property
    def chosen(self) -> Member | None:
        """Give who was chosen, of a valid form; None for nobody."""
        return self.people.get(self.cleaned_data["successor"])


class LeaveForm(SavedForm):
    """That what was shown is meant, and why."""

    successor = forms.CharField(max_length=20, widget=forms.HiddenInput)
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    note = TextField(
        label=_("Why"), help_text=_("It stands in the history of each action that moves.")
    )
    is_meant = forms.BooleanField(
        label=_("I mean it: these actions are to have no owner."),
        error_messages={"required": _("Tick this, or choose who takes over.")},
    )

    def ask_nothing_more(self) -> None:
        """Leave out the question that only stands where something would be orphaned."""
        del self.fields["is_meant"]

    def on_top_of(self, digest: str) -> LeaveForm:
        """Give the same form with the same words, on top of what would move by now."""
        data = {**self.data.dict(), "digest": digest}  # type: ignore[attr-defined]
        again = LeaveForm(data)
        if "is_meant" not in self.fields:
            again.ask_nothing_more()
        return again


def handover_of(cleaned: dict[str, Any], successor: Member | None) -> Handover:
    return Handover(successor, cleaned["note"], cleaned["digest"])


def _worded(member: Member) -> str:
    place = f" · {member.institution.code}" if member.institution else ""
    return f"{member.name}{place}"
