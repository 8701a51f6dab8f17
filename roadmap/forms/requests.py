"""Asking for another due date, and the words of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.enums import DecisionEffect
from roadmap.forms.decisions import DecisionField
from roadmap.forms.saved import DayField, PrecisionField, SavedForm, TextField
from roadmap.services.dates import Move
from roadmap.services.requests import DECLINING


class AskForm(SavedForm):
    """The date somebody would rather have, and why."""

    due_date = DayField(label=_("New due date"))
    due_precision = PrecisionField()
    note = TextField(
        label=_("Reason"),
        help_text=_("What has changed since the date was set? Everybody reads it."),
    )

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        return None if bound.name == "note" else super().stands(current, bound)


def wish_of(cleaned: Mapping[str, Any]) -> Move:
    return Move(to=cleaned["due_date"], precision=cleaned["due_precision"], reason=cleaned["note"])


class ApproveForm(SavedForm):
    """Yes, with the decision behind it if there is one."""

    decision = DecisionField(DecisionEffect.MOVE, label=_("Decision of the committee"))
    note = TextField(label=_("Answer"), required=False)


class DeclineForm(SavedForm):
    """No, and why; the secretariat or a meeting declines."""

    decision = DecisionField(
        DECLINING,
        label=_("Decision of the committee"),
        empty_label=_("none: the secretariat declines"),
        help_text=_("Only if it was declined at a meeting."),
    )
    note = TextField(label=_("Reason"))


class WithdrawForm(SavedForm):
    """Taken back by whoever asked."""

    note = TextField(label=_("Why it is no longer needed"), required=False)
