"""What leads and the secretariat say of a milestone, and how one ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import DecisionEffect
from committee.models import Workstream
from committee.rules.permissions import Actor
from roadmap.enums import MilestoneClosing
from roadmap.forms.decisions import DecisionField
from roadmap.forms.saved import DayField, PrecisionField, SavedForm, TextField, fresh
from roadmap.models import ActionItem, Milestone
from roadmap.rules import permissions
from roadmap.services.milestones import MilestoneDraft

MOST_GATES = 200


class MilestoneForm(SavedForm):
    """What a milestone says; its date moves on a page of its own."""

    workstream = forms.ModelChoiceField(
        label=_("Workstream"),
        queryset=Workstream.objects.order_by("order"),
        required=False,
        empty_label=_("the whole roadmap"),
    )
    title = forms.CharField(label=_("Title (Indonesian)"), max_length=300)
    title_en = forms.CharField(label=_("Title (English)"), max_length=300, required=False)
    actions = TextField(
        label=_("Gated by"),
        rows=2,
        required=False,
        help_text=_("Codes of the actions that must be done for it, such as CYB-01, LOG-04."),
    )

    decision = DecisionField(DecisionEffect.MILESTONE)

    def offer(self, actor: Actor) -> None:
        """Offer the workstreams this person may set milestones for."""
        workstreams = self.fields["workstream"]
        assert isinstance(workstreams, forms.ModelChoiceField)
        if not permissions.may_edit_milestone(actor, None):
            workstreams.queryset = Workstream.objects.filter(pk__in=actor.lead_of).order_by("order")
            workstreams.required = True
            workstreams.empty_label = None

    def clean_actions(self) -> list[ActionItem]:
        """Find the actions named, in whatever way their codes are separated."""
        codes = [code.upper() for code in re.split(r"[\s,;]+", self.cleaned_data["actions"])]
        wanted = list(dict.fromkeys(filter(None, codes)))
        if len(wanted) > MOST_GATES:
            raise forms.ValidationError(_("Name at most 200 actions."))
        found = list(ActionItem.objects.filter(code__in=wanted).order_by("code"))
        missing = [code[:20] for code in wanted if code not in {one.code for one in found}]
        if missing:
            sentence = _("There is no action with this code: %(codes)s.")
            raise forms.ValidationError(sentence, params={"codes": ", ".join(missing[:10])})
        return found

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        if bound.name == "actions":
            return ", ".join(current.actions.order_by("code").values_list("code", flat=True)) or "—"
        return super().stands(current, bound)


class NewMilestoneForm(MilestoneForm):
    due_date = DayField(
        label=_("Due date"),
        required=False,
        help_text=_("Later only the secretariat can move it, with a reason."),
    )
    due_precision = PrecisionField()
    field_order = ("workstream", "title", "title_en", "due_date", "due_precision", "actions")


def draft_of(cleaned: Mapping[str, Any]) -> MilestoneDraft:
    """Read a draft out of a valid form."""
    names = ("workstream", "title", "title_en", "due_date", "due_precision", "decision")
    fields = {name: cleaned[name] for name in names if name in cleaned}
    return MilestoneDraft(fields, list(cleaned["actions"]))


def values_of(milestone: Milestone) -> dict[str, Any]:
    """Give the first values of the form that edits a milestone."""
    codes = milestone.actions.order_by("code").values_list("code", flat=True)
    return fresh(
        version=milestone.version,
        workstream=milestone.workstream,
        title=milestone.title,
        title_en=milestone.title_en,
        actions=", ".join(codes),
        decision=milestone.decision_id,
    )


class AchieveForm(SavedForm):
    achieved = DayField(label=_("Achieved on"))
    precision = PrecisionField()


class CloseForm(SavedForm):
    closing = forms.ChoiceField(
        label=_("It ends as"), choices=MilestoneClosing.choices, widget=forms.RadioSelect
    )
    note = TextField(label=_("Reason"))
