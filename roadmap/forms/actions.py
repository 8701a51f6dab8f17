"""What leads and the secretariat say of an action: explicit fields, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import DecisionEffect
from committee.models import Decision, Institution, Workstream
from committee.rules.permissions import Actor
from roadmap.forms.codes import IndicatorsField, codes_of
from roadmap.forms.decisions import DecisionField
from roadmap.forms.people import PeopleField, PersonField
from roadmap.forms.saved import DayField, ManyField, PrecisionField, SavedForm, TextField, fresh
from roadmap.models import ActionItem
from roadmap.rules import permissions
from roadmap.services.actions import ActionDraft
from umkm.models import Challenge, Initiative

PLAIN = (
    *("title", "title_en", "output", "output_en", "decision"),
    *("lead_institution", "start_date", "weight"),
)
LISTS = ("supporting", "challenges", "contributors", "initiatives", "indicators")


class ActionForm(SavedForm):
    """What an action says; owner and dates change on pages of their own."""

    title = forms.CharField(label=_("Title (Indonesian)"), max_length=300)
    title_en = forms.CharField(label=_("Title (English)"), max_length=300, required=False)
    output = TextField(label=_("Output (Indonesian)"), required=False)
    output_en = TextField(label=_("Output (English)"), required=False)
    decision = DecisionField(
        DecisionEffect.ACTION,
        help_text=_("Its page then leads back to the decision, the meeting and the advice."),
    )
    lead_institution = forms.ModelChoiceField(
        label=_("Lead institution"),
        queryset=Institution.objects.order_by("code"),
        required=False,
        empty_label=_("none yet"),
    )
    supporting = ManyField(
        label=_("Supporting institutions"),
        queryset=Institution.objects.order_by("code"),
        required=False,
    )
    contributors = PeopleField(
        label=_("Contributors"),
        required=False,
        help_text=_("They see it among their own actions and may report on it."),
    )
    challenges = ManyField(
        label=_("Challenges of small businesses it answers"),
        queryset=Challenge.objects.order_by("code"),
        required=False,
    )
    initiatives = ManyField(
        label=_("Part of the initiatives"),
        queryset=Initiative.objects.order_by("code"),
        required=False,
    )
    indicators = IndicatorsField(label=_("Meant to move"), required=False)
    start_date = DayField(label=_("Start date"), required=False)
    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=1,
        max_value=100,
        initial=1,
        help_text=_("How much it counts in its workstream's progress: 1 unless agreed otherwise."),
    )

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        if bound.name == "supporting":
            found = Institution.objects.filter(code__in=current.supporting_codes)
            return ", ".join(sorted(str(one) for one in found)) or "—"
        if bound.name == "indicators":
            return codes_of(current.indicators.all()) or "—"
        return super().stands(current, bound)


class NewActionForm(ActionForm):
    """A new action: its workstream, owner and first due date are set once."""

    workstream = forms.ModelChoiceField(
        label=_("Workstream"), queryset=Workstream.objects.order_by("order"), empty_label=None
    )
    owner = PersonField(label=_("Owner"), required=False, empty_label=_("nobody yet"))
    due_date = DayField(
        label=_("Due date"),
        required=False,
        help_text=_("Later only the secretariat can move it, with a reason."),
    )
    due_precision = PrecisionField()
    field_order = ("workstream", "title", "title_en", "due_date", "due_precision", "owner")

    def offer(self, actor: Actor) -> None:
        """Offer the workstreams this person may add to."""
        workstreams = self.fields["workstream"]
        assert isinstance(workstreams, forms.ModelChoiceField)
        if not permissions.may_create_action(actor, 0):
            workstreams.queryset = Workstream.objects.filter(pk__in=actor.lead_of).order_by("order")


def values_from(decision: Decision) -> dict[str, Any]:
    """Give the first values of an action that carries out a decision."""
    return {
        "decision": decision,
        "owner": decision.responsible,
        "lead_institution": decision.institution,
        "due_date": decision.due_date,
    }


def draft_of(cleaned: Mapping[str, Any]) -> ActionDraft:
    """Read a draft out of a valid form."""
    once = ("workstream", "owner", "due_date", "due_precision")
    fields = {name: cleaned[name] for name in (*PLAIN, *once) if name in cleaned}
    return ActionDraft(fields, **{name: list(cleaned[name]) for name in LISTS})


def values_of(action: ActionItem) -> dict[str, Any]:
    """Give the first values of the form that edits an action."""
    values = {name: getattr(action, name) for name in PLAIN if name != "decision"}
    supporting = Institution.objects.filter(code__in=action.supporting_codes)
    return fresh(
        **values | {"version": action.version, "decision": action.decision_id},
        supporting=list(supporting),
        challenges=list(action.challenges.all()),
        initiatives=list(action.initiatives.all()),
        indicators=codes_of(action.indicators.all()),
        contributors=list(action.contributors.all()),
    )
