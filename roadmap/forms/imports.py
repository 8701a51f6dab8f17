"""A file of figures as somebody brings it: read at once, shown before anything is applied."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committee.sheets import NotAccepted, read
from roadmap.forms.saved import SavedForm
from umkm.enums import Notation
from umkm.selectors.imports import named
from umkm.services.imports import Brought

UNSAID = ("", _("Not said: ask me where a number can be read in two ways"))


class BringForm(SavedForm):
    """The file, and how it writes numbers."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 5 MB and 20,000 rows."),
        error_messages={"empty": _("This file is empty; choose another.")},
    )
    notation = forms.ChoiceField(
        label=_("How the file writes numbers"),
        choices=[UNSAID, *Notation.choices],
        widget=forms.RadioSelect,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if upload := cleaned.get("file"):
            content = upload.read()
            try:
                cleaned["sheet"] = read(upload.name or "", content, named)
            except NotAccepted as refused:
                self.add_error("file", str(refused.fault.label))
            cleaned["sha256"] = hashlib.sha256(content).hexdigest()
        return cleaned


class NotationForm(SavedForm):
    """How a kept file writes numbers."""

    notation = forms.ChoiceField(
        label=_("How the file writes numbers"),
        choices=Notation.choices,
        widget=forms.RadioSelect,
    )


class ApplyForm(SavedForm):
    """That what was shown is meant."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


def brought_of(cleaned: Mapping[str, Any]) -> Brought:
    """Read a file out of a valid form."""
    sheet = cleaned["sheet"]
    return Brought(
        name=cleaned["file"].name,
        sha256=cleaned["sha256"],
        heading=sheet.heading,
        rows=sheet.rows,
        notation=Notation(cleaned["notation"]) if cleaned["notation"] else None,
    )
