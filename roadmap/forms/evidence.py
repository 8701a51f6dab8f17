"""Attaching evidence: a link or a file, one of the two."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from roadmap.forms.saved import SavedForm
from roadmap.forms.uploads import NotAccepted, content_type_of


class WebAddressField(forms.URLField):
    """An address of the web, and of nothing else."""

    default_validators = [  # noqa: RUF012
        URLValidator(schemes=["http", "https"], message=_("Give a link that begins with https://")),
    ]
    default_error_messages = {  # noqa: RUF012  # Django merges these, class by class
        "invalid": _("Give a link that begins with https://")
    }


class EvidenceForm(SavedForm):
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        help_text=_("What it shows, for example: regulation 12/2018, page 3."),
    )
    url = WebAddressField(label=_("Link"), max_length=500, required=False, assume_scheme="https")
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("pdf, png, jpg, docx, xlsx, pptx or csv; at most 20 MB, and 100 files a day."),
        error_messages={"empty": _("This file is empty; attach the original file.")},
    )

    def clean_file(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload is None:
            return None
        if (upload.size or 0) > settings.EVIDENCE_MAX_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 20 MB; attach a smaller one, or a link to it.")
            )
        try:
            self.cleaned_data["content_type"] = content_type_of(upload.name or "", upload)
        except NotAccepted as refused:
            raise forms.ValidationError(str(refused.sentence)) from refused
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"url", "file"} & self.errors.keys():
            return cleaned
        if bool(cleaned.get("url")) == bool(cleaned.get("file")):
            self.add_error(None, _("Give a link or a file: one of the two."))
        return cleaned
