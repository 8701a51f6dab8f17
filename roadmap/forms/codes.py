"""Fields of codes: a new one, or several rows named by theirs, however these are separated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.models import CODE
from roadmap.forms.saved import TextField
from roadmap.models import ActionItem
from umkm.models import Indicator

MOST_NAMED = 200
LONGEST_TOLD = 20
MOST_TOLD = 10


class CodeField(forms.CharField):
    """A new code; whatever is typed is put into capital letters."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Code"))
        kwargs.setdefault("help_text", _("Capital letters, digits and underscores; it stays."))
        super().__init__(max_length=longest, validators=[CODE], **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class CodesField(TextField):
    """Rows named by their codes; one that is not there is told by its code."""

    model: Any = None
    too_many: Any = ""
    missing: Any = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=2, **kwargs)

    def clean(self, value: Any) -> list[Any]:
        codes = [code.upper() for code in re.split(r"[\s,;]+", super().clean(value))]
        wanted = list(dict.fromkeys(filter(None, codes)))
        if len(wanted) > MOST_NAMED:
            raise forms.ValidationError(self.too_many)
        found = list(self.model.objects.filter(code__in=wanted).order_by("code"))
        there = {one.code for one in found}
        missing = [code[:LONGEST_TOLD] for code in wanted if code not in there]
        if missing:
            told = ", ".join(missing[:MOST_TOLD])
            raise forms.ValidationError(self.missing, params={"codes": told})
        return found


class ActionsField(CodesField):
    model = ActionItem
    too_many = _("Name at most 200 actions.")
    missing = _("There is no action with this code: %(codes)s.")


class IndicatorsField(CodesField):
    model = Indicator
    too_many = _("Name at most 200 indicators.")
    missing = _("There is no indicator with this code: %(codes)s.")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Codes of indicators, such as UMKM_ONLINE, LPI_RANK."))
        super().__init__(**kwargs)


def codes_of(rows: Iterable[Any]) -> str:
    """Write rows by their codes, as such a field shows them."""
    return ", ".join(sorted(one.code for one in rows))
