"""What owners and verifiers say about an action's status; what it does is services/reports.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committee.enums import DecisionEffect
from committee.models import Institution, Member
from committee.models.prepared import load
from roadmap.enums import Outlook, Status
from roadmap.forms.decisions import DecisionField
from roadmap.forms.people import PersonField
from roadmap.forms.saved import Compared, DayField, PrecisionField, SavedForm, TextField
from roadmap.models import ActionItem
from roadmap.services.changes import Words
from roadmap.services.dates import Move
from roadmap.services.obstacles import Need
from roadmap.services.reports import Report

REPORTABLE = (Status.PLANNED, Status.IN_PROGRESS)
# What a form keeps as typed, and an action knows: the values of an untouched form.
KNOWN = ("status", "progress", "outlook", "expected_date")


class ReportForm(SavedForm):
    """An owner's report, with the obstacle raised in the same breath."""

    status = forms.ChoiceField(
        label=_("Status"), choices=[(one.value, one.label) for one in REPORTABLE]
    )
    progress = forms.IntegerField(
        label=_("Progress"),
        required=False,
        min_value=0,
        max_value=100,
        error_messages={
            "invalid": _("Give a whole number from 0 to 100."),
            "min_value": _("Give a whole number from 0 to 100."),
            "max_value": _("Give a whole number from 0 to 100."),
        },
    )
    outlook = forms.ChoiceField(
        label=_("Outlook"), required=False, choices=[("", _("not said")), *Outlook.choices]
    )
    expected_date = DayField(label=_("Expected date"), required=False)
    note = TextField(label=_("Note"), required=False)
    follow_up = TextField(label=_("Follow-up"), required=False)
    needed = TextField(label=_("What is needed"), required=False)
    needed_from = forms.ModelChoiceField(
        label=_("Needed from"),
        queryset=Institution.objects.order_by("code"),
        required=False,
        empty_label=_("the steering committee"),
    )
    needed_by = DayField(label=_("Needed by"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        asked = cleaned.get("needed_from") or cleaned.get("needed_by")
        if asked and not cleaned.get("needed") and "needed" not in self.errors:
            self.add_error("needed", _("Say what is needed, or leave the obstacle empty."))
        return cleaned

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        """Put the latest words of the other person beside these ones."""
        if bound.name in ("note", "follow_up"):
            last = current.updates.filter(superseded_at=None).first()
            return getattr(last, bound.name, "") or "—"
        return super().stands(current, bound)


def claim_of(cleaned: Mapping[str, Any]) -> Report:
    """Read what is claimed out of a valid form."""
    return Report(
        status=Status(cleaned["status"]),
        progress=cleaned["progress"],
        outlook=cleaned["outlook"],
        expected_date=cleaned["expected_date"],
    )


def words_of(cleaned: Mapping[str, Any]) -> Words:
    """Read what a person wrote out of any valid form."""
    return Words(
        note=cleaned.get("note", ""),
        obstacle_text=cleaned.get("needed", ""),
        follow_up=cleaned.get("follow_up", ""),
    )


def need_of(cleaned: Mapping[str, Any]) -> Need | None:
    if not cleaned["needed"]:
        return None
    return Need(cleaned["needed"], cleaned["needed_from"], cleaned["needed_by"])


@dataclass(frozen=True, slots=True)
class Entry:
    """A report form as it is drawn: many on one page cost a dict each, not a form."""

    action: ActionItem
    values: Mapping[str, Any]
    version: int
    token: UUID | str
    errors: Mapping[str, Any] = field(default_factory=dict)
    compared: list[Compared] = field(default_factory=list)
    current: Any = None
    confirm_token: UUID = field(default_factory=uuid4)
    is_folded: bool = False

    @property
    def needs_attention(self) -> bool:
        return bool(self.errors or self.compared)


def untouched(action: ActionItem, *, folded: bool = False) -> Entry:
    """Give the form of an action as it stands; a folded one is fetched when it is opened."""
    values = {name: getattr(action, name) for name in KNOWN}
    if values["expected_date"]:
        values["expected_date"] = values["expected_date"].isoformat()
    return Entry(action, values, action.version, uuid4(), is_folded=folded)


def typed(action: ActionItem, form: SavedForm, compared: list[Compared], current: Any) -> Entry:
    """Give a refused form back with every character that was typed."""
    return Entry(
        action,
        form.data,
        form.data.get("version", action.version),
        form.data.get("token", ""),
        form.errors,
        compared,
        current,
    )


@dataclass(frozen=True, slots=True)
class Institutions:
    """Whom something may be needed from; `options` is drawn once for all forms of a page."""

    rows: list[tuple[str, str]]
    options: SafeString


def institutions(today: date) -> Institutions:
    """Load those that exist today, in the reader's language: one query."""
    english = get_language() == "en"
    found = load(_institutions, today)
    rows = [(str(pk), (title_en if english else "") or title) for pk, title, title_en in found]
    return Institutions(rows, format_html_join("", '<option value="{}">{}</option>', rows))


def _institutions(today: date) -> QuerySet[Any, Any]:
    return (
        Institution.objects.valid_on(today).order_by("code").values_list("pk", "title", "title_en")
    )


class NoteForm(SavedForm):
    """A step with a word beside it, which may be left out."""

    note = TextField(label=_("Note"), required=False)


class ReasonForm(SavedForm):
    """A step that must say why."""

    note = TextField(label=_("Reason"))


class ConfirmForm(SavedForm):
    """One tap: no change, still correct."""


class SolvedForm(SavedForm):
    """How an obstacle was solved."""

    note = TextField(label=_("How it was solved"))


class ReassignForm(SavedForm):
    """Who answers for an action from now on."""

    owner = PersonField(label=_("New owner"), required=False, empty_label=_("nobody"))
    note = TextField(label=_("Reason"))

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        owner: Member | None = current.owner
        return (str(owner) if owner else "—") if bound.name == "owner" else None


class MoveForm(SavedForm):
    """A new due date, who asked for it, and why."""

    due_date = DayField(label=_("New due date"))
    due_precision = PrecisionField()
    asked_by = forms.CharField(label=_("Asked by"), max_length=200, required=False)
    decision = DecisionField(DecisionEffect.MOVE, label=_("Decision of the committee"))
    note = TextField(label=_("Reason"))

    def clean_asked_by(self) -> str:
        return " ".join(str(self.cleaned_data["asked_by"]).split())


def move_of(cleaned: Mapping[str, Any]) -> Move:
    return Move(
        to=cleaned["due_date"],
        precision=cleaned["due_precision"],
        reason=cleaned["note"],
        asked_by=cleaned["asked_by"],
        decision=cleaned["decision"],
    )
