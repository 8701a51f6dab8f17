"""What the secretariat says of a challenge or an initiative, and what is linked to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap.forms.codes import (
    MOST_NAMED,
    ActionsField,
    CodeField,
    IndicatorsField,
    codes_of,
)
from roadmap.forms.saved import SavedForm, TextField, fresh
from roadmap.services.served import ServedDraft
from umkm.models import Challenge, Initiative

LINKS = ("actions", "indicators")


class ServedForm(SavedForm):
    """A title in both languages, the actions that serve it and the figures that tell of it."""

    title = forms.CharField(label=_("Title (Indonesian)"), max_length=300)
    title_en = forms.CharField(label=_("Title (English)"), max_length=300, required=False)
    actions = ActionsField(
        label=_("Actions"),
        required=False,
        help_text=_("Codes of actions, such as CYB-01, LOG-04. Each one's history tells of it."),
    )
    indicators = IndicatorsField(label=_("Figures that tell of it"), required=False)

    def fit(self, thing: Challenge | Initiative) -> None:
        """Leave a list out that is too long to be typed; each action names its own there."""
        if thing.actions.count() > MOST_NAMED:
            del self.fields["actions"]

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        if bound.name in LINKS:
            return codes_of(getattr(current, bound.name).all()) or "—"
        return super().stands(current, bound)


class ChallengeForm(ServedForm):
    """What small businesses lack."""


class InitiativeForm(ServedForm):
    """What runs across workstreams."""

    what = TextField(label=_("What it is (Indonesian)"))
    what_en = TextField(label=_("What it is (English)"), required=False)
    source = TextField(label=_("Source"), rows=2, required=False)
    field_order: tuple[str, ...] = ("title", "title_en", "what", "what_en", "source", *LINKS)


class NewChallengeForm(ChallengeForm):
    code = CodeField(10)
    field_order = ("code",)


class NewInitiativeForm(InitiativeForm):
    code = CodeField(30)
    field_order = ("code", *InitiativeForm.field_order)


def draft_of(cleaned: Mapping[str, Any]) -> ServedDraft:
    """Read a draft out of a valid form."""
    beside = {*LINKS, "version", "token"}
    fields = {name: value for name, value in cleaned.items() if name not in beside}
    actions = cleaned.get("actions")
    return ServedDraft(fields, None if actions is None else list(actions), cleaned["indicators"])


def values_of(thing: Challenge | Initiative) -> dict[str, Any]:
    """Give the first values of the form that edits it."""
    names = ["title", "title_en"]
    names += ["what", "what_en", "source"] if isinstance(thing, Initiative) else []
    values = {name: getattr(thing, name) for name in names}
    lists = {name: codes_of(getattr(thing, name).all()) for name in LINKS}
    return fresh(version=thing.version, **values, **lists)
