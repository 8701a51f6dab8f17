"""What leads and the secretariat say of a milestone, and how one ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import DecisionEffect
from committee.models import Workstream
from committee.rules.permissions import Actor
from roadmap.enums import MilestoneClosing
from roadmap.forms.codes import ActionsField, IndicatorsField, codes_of
from roadmap.forms.decisions import DecisionField
from roadmap.forms.saved import DayField, PrecisionField, SavedForm, TextField, fresh
from roadmap.models import Milestone
from roadmap.rules import permissions
from roadmap.services.milestones import MilestoneDraft


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
    actions = ActionsField(
        label=_("Gated by"),
        required=False,
        help_text=_("Codes of the actions that must be done for it, such as CYB-01, LOG-04."),
    )
    indicators = IndicatorsField(label=_("Meant to move"), required=False)
    decision = DecisionField(DecisionEffect.MILESTONE)

    def offer(self, actor: Actor) -> None:
        """Offer the workstreams this person may set milestones for."""
        workstreams = self.fields["workstream"]
        assert isinstance(workstreams, forms.ModelChoiceField)
        if not permissions.may_edit_milestone(actor, None):
            workstreams.queryset = Workstream.objects.filter(pk__in=actor.lead_of).order_by("order")
            workstreams.required = True
            workstreams.empty_label = None

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        if bound.name in ("actions", "indicators"):
            return codes_of(getattr(current, bound.name).all()) or "—"
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
    return MilestoneDraft(fields, list(cleaned["actions"]), list(cleaned["indicators"]))


def values_of(milestone: Milestone) -> dict[str, Any]:
    """Give the first values of the form that edits a milestone."""
    return fresh(
        version=milestone.version,
        workstream=milestone.workstream,
        title=milestone.title,
        title_en=milestone.title_en,
        actions=codes_of(milestone.actions.all()),
        indicators=codes_of(milestone.indicators.all()),
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
