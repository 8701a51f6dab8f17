"""What the secretariat writes down of a decision, and how others point to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from committee.enums import AdviceAnswer, DecisionEffect
from committee.models import Advice, AgendaItem, Decision, Institution, Meeting, Member
from roadmap.forms.saved import LARGEST_VERSION, DayField, SavedForm, TextField, fresh, is_key
from roadmap.models.words import with_answers, with_text
from roadmap.services.decisions import DecisionDraft

MOST_OFFERED = 50
LONGEST_LABEL = 90
PLAIN = ("text", "effect", "agenda_item", "institution", "responsible", "due_date", "advice")


class Offered(ModelChoiceIterator):
    """The first fifty of a long list, and the one chosen wherever it stands."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        latest = Q(pk__in=self.queryset.values("pk")[:MOST_OFFERED])
        for one in self.queryset.filter(latest | Q(pk=getattr(self.field, "chosen", None))):
            yield self.choice(one)


class LongListField(forms.ModelChoiceField):
    """A choice out of a list that grows with the years: the latest are offered, any may stand."""

    iterator = Offered
    chosen: str | None = None

    def prepare_value(self, value: Any) -> Any:
        prepared = super().prepare_value(value)
        self.chosen = str(prepared) if is_key(str(prepared)) else None
        return prepared

    def label_from_instance(self, obj: Any) -> str:
        return _shortened(str(obj))


class DecisionField(LongListField):
    """A decision taken for one of these effects, the latest first."""

    def __init__(self, *effects: DecisionEffect, **kwargs: Any) -> None:
        found = with_text(Decision.objects.filter(effect__in=effects).select_related("meeting"))
        kwargs.setdefault("label", _("Decision it comes from"))
        kwargs.setdefault("empty_label", _("none"))
        kwargs.setdefault("required", False)
        super().__init__(queryset=found.order_by("-meeting__number", "-number"), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return _shortened(f"{obj.code} · {obj.words}")


class DecisionForm(SavedForm):
    """A decision as the minutes hold it."""

    text = TextField(label=_("What was decided"), rows=4)
    effect = forms.ChoiceField(
        label=_("What must come of it"), choices=DecisionEffect.choices, widget=forms.RadioSelect
    )
    institution = forms.ModelChoiceField(
        label=_("Carried out by (institution)"),
        queryset=Institution.objects.order_by("code"),
        required=False,
        empty_label=_("none named"),
    )
    responsible = forms.ModelChoiceField(
        label=_("Carried out by (person)"),
        queryset=Member.objects.filter(is_active=True).order_by("name", "pk"),
        required=False,
        empty_label=_("nobody named"),
    )
    due_date = DayField(label=_("By when"), required=False)
    agenda_item = forms.ModelChoiceField(
        label=_("Agenda item"),
        queryset=AgendaItem.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    advice = LongListField(
        label=_("Advice it follows"),
        queryset=with_answers(Advice.objects.all())
        .exclude(answered_as=AdviceAnswer.DECLINED)
        .order_by("-given_on", "-pk"),
        required=False,
        empty_label=_("none"),
    )

    def offer(self, meeting: Meeting, standing: Decision | None = None) -> None:
        """Offer the points of this meeting's agenda, and people who may since have left."""
        points = self.fields["agenda_item"]
        assert isinstance(points, forms.ModelChoiceField)
        points.queryset = meeting.agenda.order_by("order", "pk")
        people = self.fields["responsible"]
        assert isinstance(people, forms.ModelChoiceField)
        named = Q(pk=standing.responsible_id) if standing is not None else Q()
        people.queryset = Member.objects.filter(Q(is_active=True) | named).order_by("name", "pk")


def draft_of(cleaned: Mapping[str, Any]) -> DecisionDraft:
    """Read a draft out of a valid form."""
    values = {name: cleaned[name] for name in PLAIN}
    return DecisionDraft(**values | {"effect": DecisionEffect(cleaned["effect"])})


def values_of(decision: Decision) -> dict[str, Any]:
    """Give the first values of the form that edits a decision."""
    return fresh(version=decision.version, **{name: getattr(decision, name) for name in PLAIN})


class DeleteForm(SavedForm):
    """Striking a decision; its meeting is where one goes on, also once it is gone."""

    meeting = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST_VERSION
    )


class DoneForm(SavedForm):
    """When a task was carried out, and how."""

    done_on = DayField(label=_("Carried out on"))
    done_note = TextField(label=_("How it was carried out"))


def _shortened(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(LONGEST_LABEL)
