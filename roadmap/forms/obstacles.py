"""Raising what stands in the way, saying what is the same thing, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from committee.enums import DecisionEffect
from committee.models import Institution, Meeting
from roadmap.forms.decisions import DecisionField
from roadmap.forms.saved import DayField, ManyField, SavedForm, TextField
from roadmap.models import Obstacle
from roadmap.selectors.meetings import open_meetings
from roadmap.services.obstacles import Need, Ruling

MOST_OFFERED = 50


class RaiseForm(SavedForm):
    """What is needed, from whom, by when."""

    needed = TextField(label=_("What is needed"))
    needed_from = forms.ModelChoiceField(
        label=_("Needed from"),
        queryset=Institution.objects.order_by("code"),
        required=False,
        empty_label=_("the steering committee"),
    )
    needed_by = DayField(label=_("Needed by"), required=False)


def need_of(cleaned: Mapping[str, Any]) -> Need:
    return Need(cleaned["needed"], cleaned["needed_from"], cleaned["needed_by"])


class Offered(ModelChoiceIterator):
    """What may be ticked now: the first fifty, for the page finds others by words."""

    field: SameField

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        return (self.choice(one) for one in self.field.offered)


class SameField(ManyField):
    """Several obstacles, each by the code of its action and what is needed.

    Whatever is sent is taken as it was offered a moment ago: the service says what has become
    of it since, and a form sent twice gets the same answer.
    """

    iterator = Offered
    offered: Sequence[Obstacle] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Obstacle.objects.all(), required=False, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.action.code} · {Truncator(obj.needed).chars(120)}"


class JoinForm(SavedForm):
    """Which other obstacles are the same thing, and which are not after all."""

    others = SameField(
        label=_("The same thing"),
        help_text=_("They will be decided together with this one, and shown under it."),
    )
    apart = SameField(
        label=_("Not the same after all"), help_text=_("They will stand by themselves again.")
    )

    def offer(self, others: QuerySet[Obstacle], joined: QuerySet[Obstacle]) -> None:
        """Offer what may be joined; a question that cannot be asked is left out."""
        for name, found in (("others", others), ("apart", joined)):
            field = self.fields[name]
            assert isinstance(field, SameField)
            field.offered = list(found[:MOST_OFFERED])
            field.queryset = Obstacle.objects.all()  # which has the choices drawn anew
            if not field.offered:
                field.help_text = _("There is no open one to choose here.")
        if not self.is_bound and not self.fields["apart"].offered:  # type: ignore[attr-defined]
            del self.fields["apart"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("others") and not cleaned.get("apart"):
            self.add_error("others", gettext("Tick at least one."))
        return cleaned


class OpenMeetings(ModelChoiceIterator):
    """The meetings that can decide now; any may be sent, as one may have closed since."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        yield ("", str(self.field.empty_label))
        yield from (self.choice(one) for one in open_meetings())


class MeetingField(forms.ModelChoiceField):
    iterator = OpenMeetings


class DecideForm(SavedForm):
    """What was decided, and where: now at an open meeting, or by a decision that stands."""

    note = TextField(
        label=_("What was decided"),
        required=False,
        help_text=_("May stay empty where a decision that stands is chosen: its words count."),
    )
    meeting = MeetingField(
        label=_("Decided at"),
        queryset=Meeting.objects.all(),
        required=False,
        empty_label=_("no meeting: it was settled otherwise"),
        help_text=_("An open meeting: the decision is written into its minutes."),
    )
    decision = DecisionField(DecisionEffect.OBSTACLE, label=_("Or a decision that stands"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("meeting") and cleaned.get("decision"):
            self.add_error("decision", gettext("Choose a meeting or a decision, not both."))
        elif not cleaned.get("note") and not cleaned.get("decision") and "note" not in self.errors:
            self.add_error("note", gettext("Say what was decided."))
        return cleaned


def ruling_of(cleaned: Mapping[str, Any]) -> Ruling:
    return Ruling(cleaned["note"], cleaned["meeting"], cleaned["decision"])
