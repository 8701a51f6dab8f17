"""What an adviser says, what the committee answers, and which actions carry it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import AdviceAnswer, DecisionEffect
from committee.models import Advice, Meeting, Member, Workstream
from roadmap.forms.codes import ActionsField
from roadmap.forms.milestones import MilestoneForm
from roadmap.forms.saved import DayField, ManyField, SavedForm, TextField, fresh
from roadmap.models import ActionItem
from roadmap.selectors.meetings import open_meetings
from roadmap.services.advice import AdviceDraft, Answer
from roadmap.services.decisions import DecisionDraft

LONGEST_REASONING = 20_000


class AdviceForm(SavedForm):
    subject = forms.CharField(
        label=_("Subject"), max_length=300, help_text=_("What you advise, in one line.")
    )
    reasoning = TextField(
        label=_("Reasoning"),
        rows=12,
        max_length=LONGEST_REASONING,
        help_text=_("Why, and what should be done. Empty lines stay."),
    )
    workstreams = ManyField(
        label=_("Workstreams"),
        queryset=Workstream.objects.order_by("order"),
        required=False,
        help_text=_("None chosen: it is about the whole roadmap."),
    )


class AnswerForm(SavedForm):
    """The answer, and the decision it may become; an advice that became one is not asked again."""

    meeting = forms.ModelChoiceField(
        label=_("At which meeting"),
        queryset=Meeting.objects.none(),
        help_text=_("Only meetings that are open now."),
    )
    verdict = forms.ChoiceField(
        label=_("Answer"), choices=AdviceAnswer.choices, widget=forms.RadioSelect
    )
    reason = TextField(label=_("Reason"), help_text=_("The adviser reads it in the next letter."))
    as_decision = forms.BooleanField(label=_("Record this as a decision"), required=False)
    text = TextField(label=_("What was decided"), rows=4, required=False)
    effect = forms.ChoiceField(
        label=_("Effect"),
        choices=DecisionEffect.choices,
        initial=DecisionEffect.ACTION,
        required=False,
    )
    responsible = forms.ModelChoiceField(
        label=_("Carried out by"),
        queryset=Member.objects.filter(is_active=True).order_by("name", "pk"),
        required=False,
        empty_label=_("nobody named yet"),
    )
    due_date = DayField(label=_("By when"), required=False)

    def offer(self, *, may_decide: bool) -> None:
        """Offer the meetings that are open, and a decision unless there is one already.

        A form that asked for one keeps its fields: sent twice, it must be known as the same.
        """
        meetings = self.fields["meeting"]
        assert isinstance(meetings, forms.ModelChoiceField)
        meetings.queryset = open_meetings()
        if not may_decide and "as_decision" not in self.data:
            for name in ("as_decision", "text", "effect", "responsible", "due_date"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for the words of a decision only where there is to be one."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("as_decision"):
            return cleaned
        if not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Say what was decided."))
        if cleaned.get("verdict") == AdviceAnswer.DECLINED:
            self.add_error("as_decision", _("A declined advice becomes no decision."))
        return cleaned

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        names = {"meeting": "answered_at", "verdict": "answer", "reason": "answer_reason"}
        if bound.name not in names:
            return None
        value = getattr(current, names[bound.name])
        if bound.name == "verdict":
            value = current.get_answer_display()
        return str(value) if value else "—"


class LinkForm(SavedForm):
    """Codes of actions."""

    actions = ActionsField(
        label=_("Actions that carry it out"),
        required=False,
        help_text=_("Codes such as CYB-01, LOG-04. One that you take out is unlinked."),
    )
    stands = MilestoneForm.stands


def draft_of(cleaned: Mapping[str, Any]) -> AdviceDraft:
    """Read an advice out of a valid form."""
    return AdviceDraft(cleaned["subject"], cleaned["reasoning"], list(cleaned["workstreams"]))


def values_of(advice: Advice) -> dict[str, Any]:
    """Give the first values of the form that edits an advice."""
    return fresh(
        version=advice.version,
        subject=advice.subject,
        reasoning=advice.reasoning,
        workstreams=list(advice.workstreams.values_list("pk", flat=True)),
    )


def answer_of(cleaned: Mapping[str, Any]) -> Answer:
    """Read an answer, with the decision it becomes, out of a valid form."""
    verdict = AdviceAnswer(cleaned["verdict"])
    decision = _decision_of(cleaned) if cleaned.get("as_decision") else None
    return Answer(cleaned["meeting"], verdict, cleaned["reason"], decision)


def _decision_of(cleaned: Mapping[str, Any]) -> DecisionDraft:
    return DecisionDraft(
        text=cleaned["text"],
        effect=DecisionEffect(cleaned["effect"] or DecisionEffect.ACTION),
        responsible=cleaned["responsible"],
        due_date=cleaned["due_date"],
    )


def answer_values(advice: Advice) -> dict[str, Any]:
    """Give the first values of an answer: the one that stands, at the meeting it was given."""
    newest = open_meetings().first()
    return fresh(
        version=advice.version,
        meeting=advice.answered_at_id or (newest.pk if newest else None),
        verdict=advice.answer or AdviceAnswer.ACCEPTED,
        reason=advice.answer_reason,
        effect=DecisionEffect.ACTION,
    )


def link_values(advice: Advice) -> dict[str, Any]:
    """Give the first values of the form that links actions."""
    return fresh(version=advice.version, actions=", ".join(linked_codes(advice)))


def linked_codes(advice: Advice) -> list[str]:
    linked = ActionItem.objects.filter(advice=advice).order_by("code")
    return list(linked.values_list("code", flat=True))
