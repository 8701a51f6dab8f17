"""What every form that changes something shares: its version, its one-time token, its words.

Lengths and days have limits here, so that no text or date can break what reads it later.
"""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from committee.models import Institution
from roadmap.enums import Precision
from roadmap.templatetags.roadmap import day

LONGEST_TEXT = 5_000
LONGEST_KEY = 19  # digits of the first number that no row can have
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
LOST = _("The form had lost its place. Nothing you typed is lost; please save again.")
LARGEST_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Compared:
    """One value as it now stands, beside what was typed."""

    label: str
    theirs: str
    yours: str

    @property
    def differs(self) -> bool:
        return self.theirs != self.yours


class DayField(forms.DateField):
    """A day within the years this roadmap can be about."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_validators = [  # noqa: RUF012
        MinValueValidator(FIRST_DAY, _("Give a day between 2000 and 2100.")),
        MaxValueValidator(LAST_DAY, _("Give a day between 2000 and 2100.")),
    ]
    default_error_messages = {  # noqa: RUF012  # Django merges these, class by class
        "invalid": _("Give a day that exists, such as 2018-12-31.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


class TextField(forms.CharField):
    """A few sentences."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)
        # The limit is told after sending: a browser would silently cut what is pasted.
        self.widget.attrs.pop("maxlength", None)


def is_key(text: str) -> bool:
    """Tell what may be the number of a row: nothing longer than a database can hold."""
    return text.isdecimal() and len(text) < LONGEST_KEY


class ManyField(forms.ModelMultipleChoiceField):
    """Several rows to tick; a number no database can hold is one that is not there."""

    widget: type[forms.Widget] = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        if any(_is_beyond(str(one)) for one in value or ()):
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], "invalid_choice", {"value": ""}
            )
        return super().clean(value)


def _is_beyond(text: str) -> bool:
    """Tell a whole number that SQLite cannot even be asked about."""
    with suppress(ValueError):
        return not -(2**63) <= int(text) < 2**63
    return False


class PrecisionField(forms.ChoiceField):
    """What a date stands for; a period counts from its last day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("This date stands for"),
            choices=[
                (Precision.DAY, _("exactly this day")),
                (Precision.MONTH, _("its whole month")),
                (Precision.QUARTER, _("its whole quarter")),
                (Precision.YEAR, _("its whole year")),
            ],
            help_text=_("A month, quarter or year counts until its last day."),
            initial=Precision.DAY,
            **kwargs,
        )


class SavedForm(forms.Form):
    """A form that knows on top of which version it was filled in, and is sent once."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=LARGEST_VERSION,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), LOST),
    )
    token = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": LOST, "invalid": LOST}
    )

    def offer_valid(self, today: date) -> None:
        """Offer, for something new, only the institutions that exist today."""
        for field in self.fields.values():
            rows = getattr(field, "queryset", None)
            if rows is not None and rows.model is Institution:
                field.queryset = rows.valid_on(today)  # type: ignore[attr-defined]

    def renewed(self, version: int) -> SavedForm:
        """Give the same form with the same text on top of another version."""
        typed = self._with_hidden(version)
        typed.is_valid()
        return typed

    def mended(self, version: int) -> SavedForm:
        """Give a refused form back; one that had lost its place gets it again."""
        if not {"version", "token"} & self.errors.keys():
            return self
        typed = self._with_hidden(version)
        typed.is_valid()
        typed.add_error(None, str(LOST))
        return typed

    def _with_hidden(self, version: int) -> SavedForm:
        again: Any = copy(self)
        again._errors = None
        data = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data[self.add_prefix("version")] = str(version)
        data[self.add_prefix("token")] = str(uuid4())
        again.data = data
        again._bound_fields_cache = {}
        return again

    def compare(self, current: Any) -> list[Compared]:
        """Put what was typed beside what now stands."""
        return [
            Compared(str(bound.label), theirs, worded(self.cleaned_data.get(bound.name), bound))
            for bound in self.visible_fields()
            if (theirs := self.stands(current, bound)) is not None
        ]

    def stands(self, current: Any, bound: forms.BoundField) -> str | None:
        """Word what a field holds now; None where the thing keeps no such value."""
        if not hasattr(current, bound.name):
            return None
        return worded(getattr(current, bound.name), bound)


def worded(value: Any, bound: forms.BoundField) -> str:
    """Write a value as a person reads it."""
    if isinstance(value, date):
        return day(value)
    if hasattr(value, "all") or isinstance(value, (list, tuple, QuerySet)):
        found = value.all() if hasattr(value, "all") else value
        return ", ".join(sorted(str(one) for one in found)) or "—"
    choices = dict(getattr(bound.field, "choices", ()) or ()) if isinstance(value, str) else {}
    return str(choices.get(value, value)) if value not in (None, "") else "—"


def fresh(**values: Any) -> dict[str, Any]:
    """Give the first values of a form, with a token of its own."""
    return {"version": 0, "token": uuid4(), **values}
